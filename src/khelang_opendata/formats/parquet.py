"""A release's tables, and those made from them, as Parquet, one file each, if polars (extra ``large``) is installed.

Money is a column of whole numbers where all its amounts are whole baht, else of decimals with two places or as many as
are written. Whole numbers come first, because pandas shows decimals as objects that most of its functions refuse.
Other numbers are doubles, which give back every number of up to 15 digits. Text that is empty in the CSV is null, as in
every typed form.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING

from khelang_opendata.formats.doubles import decimals_of, held_values, is_money
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.package.edition import Edition, ReleasedTable

if TYPE_CHECKING:
    import polars as pl

_DIGITS = 38


def is_available() -> bool:
    """Whether polars is installed; without it a release has no Parquet files."""
    return find_spec("polars") is not None


def parquet(edition: Edition, made: Mapping[str, ReleasedTable] | None = None) -> dict[str, bytes]:
    """The edition's tables as Parquet files by table; nothing without polars. DataError as of the database.

    The bytes are the same for the same version of polars, which the lock file names.

    Args:
        edition: the edition.
        made: the tables that :func:`tables_made_of` makes of it, where they exist already.
    """
    if not is_available():
        return {}
    made = tables_made_of(edition) if made is None else made
    return {name: _file(table) for name, table in {**edition.tables, **made}.items()}


def _file(table: ReleasedTable) -> bytes:
    import polars as pl  # noqa: PLC0415 (heavy, and an extra)

    types: dict[str, pl.DataType] = {
        "integer": pl.Int64(),
        "number": pl.Float64(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
    }
    fields, rows = table.schema.fields, list(held_values(table))
    schema, columns = {}, []
    for at, field in enumerate(fields):
        cells = [row[at] for row in rows]
        decimals = decimals_of(c for c in cells if isinstance(c, Decimal)) if is_money(field) else None
        type_, convert = types.get(field.descriptor["type"], pl.String()), float
        if decimals is not None:
            type_, convert = (pl.Decimal(_DIGITS, decimals), Decimal) if decimals else (pl.Int64(), int)  # type: ignore[assignment]
        schema[field.name] = type_
        columns.append([convert(cell) if isinstance(cell, Decimal) else cell for cell in cells])
    stream = io.BytesIO()
    frame = pl.DataFrame(columns, schema=schema, orient="col")
    frame.write_parquet(stream, compression="zstd", statistics=True)
    return stream.getvalue()
