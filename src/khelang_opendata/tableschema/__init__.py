"""Tables checked against Table Schemas (Data Package v2) at the speed of the machine: :func:`check_tables`.

There are three engines with one result. The standard one needs nothing but Python; the large one reads tables of many
rows with polars (extra ``large``); frictionless, the standard's own library, takes what they do not and is what they
are compared with. ``docs/table-schema.md`` lists where they differ from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec

from khelang_opendata.model.failures import ExtraMissing
from khelang_opendata.tableschema import stdlib
from khelang_opendata.tableschema.columns import SchemaInvalid, SchemaUnsupported
from khelang_opendata.tableschema.compiled import TableSource, compile_fields, compile_schema
from khelang_opendata.tableschema.dialect import DialectUnsupported
from khelang_opendata.tableschema.findings import Finding, FindingType
from khelang_opendata.tableschema.keys import KeySets

__all__ = ["Engine", "Finding", "FindingType", "SchemaInvalid", "TableCheck", "TableSource", "check_tables"]

LARGE = 100_000
"""Rows from which on a table is worth the import of polars."""


class Engine(StrEnum):
    """The engines that check tables."""

    STANDARD = "standard"
    LARGE = "large"
    FRICTIONLESS = "frictionless"


@dataclass(frozen=True, slots=True)
class TableCheck:
    """The check of one table: who does it, why not the engine that was asked for, and what it finds, row by row."""

    name: str
    engine: Engine
    reason: str | None
    findings: Iterator[Finding]


def check_tables(sources: Sequence[TableSource], engine: Engine | None = None) -> Iterator[TableCheck]:
    """Check tables that may refer to each other.

    Args:
        sources: the tables; what a foreign key refers to must be among them.
        engine: which engine; by default the one that is fastest for each table. The large one leaves to the standard
            one what it does not take.

    Returns:
        A check of each table, in the order in which they were given. Its findings are made as they are asked for,
        and must be exhausted before the next check is asked for.

    Raises:
        ExtraMissing: the large engine was asked for, and the extra ``large`` is not installed.

    Example:
        >>> from khelang_opendata import TableSource, check_tables
        >>> schema = {"fields": [{"name": "year", "type": "integer"}]}
        >>> (check,) = check_tables([TableSource("projects", schema, b"year\\n2566\\nsoon\\n")])
        >>> [(finding.type.value, finding.row, finding.cell) for finding in check.findings]
        [('type-error', 3, 'soon')]
    """
    if engine is Engine.LARGE and not _has_large():
        raise ExtraMissing("large")
    by_name = {source.name: source for source in sources}
    key_sets = KeySets(by_name)
    for source in sources:
        reason = None if engine is Engine.FRICTIONLESS else _unsupported(source, by_name)
        if reason or engine is Engine.FRICTIONLESS:
            from khelang_opendata.tableschema import reference  # noqa: PLC0415 (imports frictionless)

            findings = reference.check_table(source, by_name)
            yield TableCheck(source.name, Engine.FRICTIONLESS, reason, findings)
        elif _is_large(source, engine) and (found := _large_findings(source, key_sets)) is not None:
            yield TableCheck(source.name, Engine.LARGE, None, found)
        else:
            yield TableCheck(source.name, Engine.STANDARD, None, stdlib.check_table(source, key_sets))


def _is_large(source: TableSource, engine: Engine | None) -> bool:
    if engine is not None:
        return engine is Engine.LARGE
    rows = len(source.rows) if source.rows is not None else source.data.count(b"\n")
    return rows > LARGE and _has_large()


def _has_large() -> bool:
    return all(map(find_spec, ("numpy", "polars")))


def _large_findings(source: TableSource, key_sets: KeySets) -> Iterator[Finding] | None:
    from khelang_opendata.tableschema import large, records  # noqa: PLC0415 (import polars and numpy)

    try:
        return large.check_table(source, key_sets)
    except records.RecordsUnclear:
        return None


def _unsupported(source: TableSource, sources: Mapping[str, TableSource]) -> str | None:
    """The first feature of a table, or of one that it refers to, that our engines do not support; None if none."""
    try:
        source.check_dialect()
        for key in compile_schema(source.schema).foreign_keys:
            target = sources.get(key.resource or source.name)
            if target is None:
                return f"foreign key to {key.resource}"
            compile_fields(target.schema, key.target)
            target.check_dialect()
    except DialectUnsupported as error:
        return f"dialect: {error.name}"
    except SchemaUnsupported as error:
        return f"schema: {error.args[0]}"
    return None
