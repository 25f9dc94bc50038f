"""Tables checked against Table Schemas (Data Package v2) at the speed of the machine: :func:`check_tables`.

There are three engines with one result. The standard one needs nothing but Python; the large one reads tables of many
rows with polars (extra ``large``); frictionless, the standard's own library, takes the dialects that they do not and is
what they are compared with. ``docs/table-schema.md`` lists where they differ from it. Before any of them, the schema is
checked against the standard's profile, and the heading against the schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from importlib.util import find_spec
from typing import NamedTuple

from khelang_opendata.model.failures import ExtraMissing, LibraryMissing
from khelang_opendata.tableschema import stdlib
from khelang_opendata.tableschema.compiled import TableSource
from khelang_opendata.tableschema.dialect import OF_FRICTIONLESS, DialectUnsupported, TableUnreadable
from khelang_opendata.tableschema.findings import Finding, FindingType
from khelang_opendata.tableschema.keys import KeySets
from khelang_opendata.tableschema.official_profile import SchemaInvalid

__all__ = ["Engine", "Finding", "FindingType", "SchemaInvalid", "TableCheck", "TableSource"]
__all__ += ["TableUnreadable", "check_tables"]

LARGE = 100_000
"""Rows from which on a table is worth the import of polars."""


class Engine(StrEnum):
    """The engines that check tables."""

    STANDARD = "standard"
    LARGE = "large"
    FRICTIONLESS = "frictionless"


class TableCheck(NamedTuple):
    """The check of one table: who does it, why not the engine that was asked for, and what it finds, row by row."""

    name: str
    engine: Engine
    reason: str | None
    findings: Iterator[Finding]


def check_tables(sources: Sequence[TableSource], engine: Engine | None = None) -> Iterator[TableCheck]:
    """Check tables that may refer to each other.

    Args:
        sources: the tables; what a foreign key refers to must be among them. A heading is compared with the schema
            (``fieldsMatch``); where it is wrong, there are findings in it and none below.
        engine: which engine; by default the one that is fastest for each table. The large one leaves to the standard
            one what it does not take.

    Returns:
        A check of each table, in the order in which they were given. Its findings are made as they are asked for,
        and must be exhausted before the next check is asked for. They raise SchemaInvalid where the schema is none that
        the standard's profile takes, or the dialect or the file is not read, and TableUnreadable where the file is
        no table.

    Raises:
        ExtraMissing: the large engine was asked for, and the extra ``large`` is not installed.
        LibraryMissing: a table needs frictionless, and the program runs where there is none.

    Example:
        >>> from khelang_opendata import TableSource, check_tables
        >>> schema = {"fields": [{"name": "year", "type": "integer"}]}
        >>> (check,) = check_tables([TableSource("projects", schema, b"year\\n2566\\nsoon\\n")])
        >>> [(finding.type.value, finding.row, finding.cell) for finding in check.findings]
        [('type-error', 3, 'soon')]
    """
    if engine is Engine.LARGE and not _has_large():
        raise ExtraMissing("large")
    tables = [_Prepared(source) for source in sources]
    by_name = {table.source.name: table for table in tables}
    key_sets = KeySets(
        {name: table.source for name, table in by_name.items()},
        {name for name, table in by_name.items() if table.heading},
    )
    for table in tables:
        source, reason = table.source, table.reason or _dialect_of_target(table, by_name)
        if refusal := table.refusal or _refused_reference(table, by_name):
            yield TableCheck(source.name, Engine.STANDARD, None, _raising(refusal))
        elif table.heading:
            yield TableCheck(source.name, Engine.STANDARD, None, iter(table.heading))
        elif reason or engine is Engine.FRICTIONLESS:
            if find_spec("frictionless") is None:
                raise LibraryMissing("frictionless")
            from khelang_opendata.tableschema import reference  # noqa: PLC0415 (imports frictionless)

            findings = reference.check_table(source, key_sets.sources)
            yield TableCheck(source.name, Engine.FRICTIONLESS, reason, findings)
        elif _is_large(source, engine) and (found := _large_findings(source, key_sets)) is not None:
            yield TableCheck(source.name, Engine.LARGE, None, found)
        else:
            yield TableCheck(source.name, Engine.STANDARD, None, stdlib.check_table(source, key_sets))


class _Prepared:
    """A table before its check: with its fields in the order of its columns, or why it cannot be checked."""

    def __init__(self, source: TableSource) -> None:
        self.source = source
        self.heading: list[Finding] = []
        self.refusal: Exception | None = None
        self.reason: str | None = None
        try:
            if source.rows is None and not isinstance(source.dialect, dict | None):
                raise SchemaInvalid(f"{source.name}: the dialect must be an object; a file or an address is not read")
            self.source, self.heading = _headed(source)
        except DialectUnsupported as error:
            self.reason = f"dialect: {error.name}" if error.name in OF_FRICTIONLESS else None
            self.refusal = None if self.reason else SchemaInvalid(f"{source.name}: dialect {error.name} is not read")
        except (SchemaInvalid, TableUnreadable) as error:
            self.refusal = error

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the fields."""
        return frozenset(field["name"] for field in self.source.schema["fields"])


def _headed(source: TableSource) -> tuple[TableSource, list[Finding]]:
    """A table whose schema is valid, and what is wrong with its heading, where the caller has not read it."""
    if source.compiled and source.rows is not None:
        return source, []
    from khelang_opendata.tableschema.labels import headed  # noqa: PLC0415 (tables that were read need it not)

    return headed(source)


def _raising(error: Exception) -> Iterator[Finding]:
    raise error
    yield  # a function without it would raise before anybody asks for a finding


def _refused_reference(table: _Prepared, tables: Mapping[str, _Prepared]) -> SchemaInvalid | None:
    """The first foreign key of a table that cannot be followed, as what is refused."""
    for key in table.source.compiled.foreign_keys:
        target = tables.get(key.resource) if key.resource else table
        if target is None:
            return SchemaInvalid(f"{table.source.name}: foreign key to {key.resource}, which is no table here")
        if isinstance(target.refusal, SchemaInvalid):
            return SchemaInvalid(f"{table.source.name}: foreign key to {key.resource}, whose schema cannot be used")
        if unknown := [name for name in key.target if name not in target.fields and not target.heading]:
            return SchemaInvalid(f"{table.source.name}: foreign key to {unknown[0]}, which is no field")
    return None


def _dialect_of_target(table: _Prepared, tables: Mapping[str, _Prepared]) -> str | None:
    """Why frictionless must follow a foreign key of a table: what the target's dialect has; None where it need not."""
    if table.refusal:
        return None
    targets = {key.resource for key in table.source.compiled.foreign_keys}
    return next((tables[name].reason for name in sorted(targets) if name in tables and tables[name].reason), None)


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
