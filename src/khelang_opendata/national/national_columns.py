"""The columns of the dataset: those of the standard's tables, and three tables about the plans.

Every table of the standard has the province of its plan, by which the files are divided, and one column with what
packages and profiles add (``x_…``), a JSON object by column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from khelang_opendata.formats.doubles import is_money
from khelang_opendata.standard.family import load_family

if TYPE_CHECKING:
    import polars as pl

PROVINCE = "province_code"
OWN = "own_columns"
PACKAGE = "package"
PACKAGES, ISSUES = "packages", "issues"

BAHT_DECIMALS = 4
BAHT = f"DECIMAL(38, {BAHT_DECIMALS})"
"""Amounts stay exact: sums over the nation do not depend on their order."""

_TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE"}

_TEXT, _NUMBER = "VARCHAR", "BIGINT"

_PACKAGE_COLUMNS = {
    "package": _TEXT,
    "root": _TEXT,
    "state": _TEXT,
    "reason": _TEXT,
    "reason_th": _TEXT,
    "reason_en": _TEXT,
    "content_hash": _TEXT,
    "judged_by": _TEXT,
    "data_hash": _TEXT,
    "first_success": "DATE",
    "last_success": "DATE",
    "changed_on": "DATE",
    "plan_id": _TEXT,
    "version": _TEXT,
    "schema": _TEXT,
    "profile": _TEXT,
    "signature": _TEXT,
    "lao_name_th": _TEXT,
    "lao_name_en": _TEXT,
    "lao_type": _TEXT,
    "dla_code": _TEXT,
    "province_code": _TEXT,
    "province_th": _TEXT,
    "start_fiscal_year_be": _NUMBER,
    "end_fiscal_year_be": _NUMBER,
    "rows": _NUMBER,
    "projects": _NUMBER,
    "budget_thb": BAHT,
    "errors": _NUMBER,
    "warnings": _NUMBER,
    "acknowledged": _NUMBER,
    "infos": _NUMBER,
}

_ISSUE_COLUMNS = {
    "package": _TEXT,
    "number": _NUMBER,
    "code": _TEXT,
    "severity": _TEXT,
    "acknowledged_by": _TEXT,
    "table_name": _TEXT,
    "row_number": _NUMBER,
    "field": _TEXT,
    "message_th": _TEXT,
    "message_en": _TEXT,
}


def table_names() -> tuple[str, ...]:
    """The tables of the standard, in its order."""
    return tuple(load_family().tables)


@cache
def column_types(table: str) -> Mapping[str, str]:
    """The columns of a table of the dataset with their SQL types."""
    if table == PACKAGES:
        return _PACKAGE_COLUMNS
    if table == ISSUES:
        return _ISSUE_COLUMNS
    fields = load_family().tables[table].fields
    types = {f.name: BAHT if is_money(f) else _TYPES.get(f.descriptor["type"], _TEXT) for f in fields}
    return {**types, PROVINCE: _TEXT, OWN: _TEXT}


def frame_of(rows: Sequence[Mapping[str, Any]], types: Mapping[str, str]) -> pl.DataFrame:
    """Rows as a table of typed columns; a value that a row lacks is null.

    Args:
        rows: the values by column.
        types: the columns and their SQL types, those of :func:`column_types`.
    """
    import polars as pl  # noqa: PLC0415 (heavy, and an extra)

    known: dict[str, pl.DataType] = {
        _TEXT: pl.String(),
        _NUMBER: pl.Int64(),
        "DOUBLE": pl.Float64(),
        "BOOLEAN": pl.Boolean(),
        "DATE": pl.Date(),
        BAHT: pl.Decimal(38, BAHT_DECIMALS),
    }
    columns = {name: [row.get(name) for row in rows] for name in types}
    for name, type_ in types.items():
        if type_ == "DOUBLE":
            columns[name] = [None if value is None else float(value) for value in columns[name]]
    return pl.DataFrame(columns, schema={name: known[type_] for name, type_ in types.items()})
