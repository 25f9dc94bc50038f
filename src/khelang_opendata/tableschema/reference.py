"""frictionless, the standard's own library, as an engine: for what the others do not take, and to compare them with."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from heapq import merge
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from khelang_opendata.tableschema.columns import Column, JsonObject, SchemaInvalid, SchemaUnsupported
from khelang_opendata.tableschema.compiled import PATTERN_SECONDS, TableSource
from khelang_opendata.tableschema.dialect import DialectUnsupported
from khelang_opendata.tableschema.findings import Finding, FindingType

if TYPE_CHECKING:
    from frictionless import Package

_PROFILES = "https://datapackage.org/profiles/2.0"
_AS_STANDARD = {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "skipInitialSpace": False}
"""The standard's defaults, given explicitly because frictionless guesses absent properties from the file."""
_LOOKS_FOR_HEADING = {"commentChar", "commentRows"}
"""Properties with which frictionless finds the heading only if it guesses where it is."""

_TEMPORAL = ("date", "datetime", "time")
_OF_TYPE = ("name", "type", "missingValues")
_OF_VALUES = (FindingType.TYPE, FindingType.CONSTRAINT)

_CONSTRAINT = re.compile(r'constraint "(\w+)" is')
_SAME_AS = re.compile(r"the same as in the row at position (\d+)")


def check_table(source: TableSource, sources: Mapping[str, TableSource]) -> Iterator[Finding]:
    """The findings of a table, row by row, as frictionless has them; ``sources`` are all that it may refer to, by name.

    Raises:
        SchemaInvalid: frictionless refuses the schema, the dialect or the file.
    """
    try:
        package = _package(_needed(source, sources))
        report = package.get_resource(source.name).validate(limit_errors=sys.maxsize)
    except Exception as error:  # any kind: on some invalid schemas frictionless crashes
        raise error if isinstance(error, SchemaInvalid) else SchemaInvalid(f"{source.name}: {error}") from error
    for found in report.tasks[0].errors:
        if found.type not in set(FindingType):
            raise SchemaInvalid(f"{source.name}: {found.message}")
    strict = list(_strict_findings(source))
    refused = {(finding.row, finding.field) for finding in strict}
    findings = (_finding(found, source) for found in report.tasks[0].errors)
    kept = (f for f in findings if f.type not in _OF_VALUES or (f.row, f.field) not in refused)
    yield from merge(kept, _timed_findings(source), strict, key=attrgetter("row"))


def _strict_findings(source: TableSource) -> Iterator[Finding]:
    """The dates and times that are not in the standard's form, of which frictionless takes some."""
    missing = source.schema.get("missingValues", [""])
    columns = [
        (position, Column({key: field[key] for key in _OF_TYPE if key in field}, missing))
        for position, field in enumerate(source.schema["fields"])
        if field.get("type") in _TEMPORAL and field.get("format", "default") == "default"
    ]
    try:
        source.check_dialect()
    except DialectUnsupported:  # frictionless alone reads such a file
        return
    for row, cells in enumerate(chain.from_iterable(source.chunks() if columns else ()), source.first_row):
        for position, column in columns:
            if position < len(cells) and "type" in column.faults(cells[position]):
                yield Finding(FindingType.TYPE, row, column.name, cells[position])


def _timed_findings(source: TableSource) -> Iterator[Finding]:
    """The cells that break a pattern of a schema from elsewhere; frictionless would match it without a time limit."""
    if PATTERN_SECONDS not in source.schema:
        return
    columns = list(_timed_columns(source.schema))
    row = source.first_row
    for rows in source.chunks() if columns else ():
        for cells in rows:
            for position, column in columns:
                if position < len(cells) and "pattern" in column.faults(cells[position]):
                    yield Finding(FindingType.CONSTRAINT, row, column.name, cells[position], "pattern")
            row += 1


def _timed_columns(schema: JsonObject) -> Iterator[tuple[int, Column]]:
    missing = schema.get("missingValues", [""])
    for position, field in enumerate(schema["fields"]):
        if pattern := (field.get("constraints") or {}).get("pattern"):
            text = {"name": field["name"], "type": "string", "constraints": {"pattern": pattern}}
            if "missingValues" in field:
                text["missingValues"] = field["missingValues"]
            try:
                yield position, Column(text, missing, schema[PATTERN_SECONDS])
            except SchemaUnsupported as error:
                raise SchemaInvalid(f"{error.args[0]} of {field['name']}") from None


def _needed(source: TableSource, sources: Mapping[str, TableSource]) -> Iterator[TableSource]:
    """A table and those that it refers to, so that faults of other tables do not affect its check."""
    targets = {key["reference"].get("resource") for key in source.schema.get("foreignKeys", ())}
    yield from (other for other in sources.values() if other.name in {source.name, *targets})


def _package(sources: Iterable[TableSource]) -> Package:
    from frictionless import Dialect, Package, Schema  # noqa: PLC0415 (170 ms to import)
    from frictionless.resources import TableResource  # noqa: PLC0415 (part of the same)

    package = Package(name="package")
    for source in sources:
        options: dict[str, Any] = {"data": source.data, "format": "csv", "encoding": "utf-8-sig"}
        if source.rows is not None:
            options = {"data": [[field["name"] for field in source.schema["fields"]], *source.rows]}
        resource = TableResource(
            name=source.name,
            schema=Schema.from_descriptor(_as_meant(source.schema)),
            dialect=Dialect.from_descriptor(_explicit_dialect(source)),
            schema_profile=f"{_PROFILES}/dataresource.json",
            **options,
        )
        package.add_resource(resource)
    return package


def _explicit_dialect(source: TableSource) -> JsonObject:
    """A table's dialect with every property set, so that frictionless guesses none."""
    given = (source.rows is None and source.dialect) or {}
    heading = {} if given.keys() & _LOOKS_FOR_HEADING else {"header": True}
    return {**_AS_STANDARD, **heading, **given}


def _as_meant(schema: JsonObject) -> JsonObject:
    """A schema whose patterns mean the whole text, as in the standard; frictionless does not group alternatives."""
    meant = deepcopy(schema)
    is_timed = meant.pop(PATTERN_SECONDS, None) is not None
    for field in meant["fields"]:
        constraints = field.get("constraints") or {}
        if is_timed and "jsonSchema" in constraints:
            raise SchemaInvalid(f"constraint jsonSchema of {field['name']}")
        if pattern := constraints.pop("pattern", None):
            constraints |= {} if is_timed else {"pattern": rf"(?:{pattern})\Z"}
    return {"$schema": f"{_PROFILES}/tableschema.json", **meant}


def _finding(error: Any, source: TableSource) -> Finding:
    type_ = FindingType(error.type)
    constraint = _CONSTRAINT.match(error.note) if type_ is FindingType.CONSTRAINT else None
    same_as = _SAME_AS.match(error.note)
    primary = source.schema.get("primaryKey", ()) if type_ is FindingType.PRIMARY_KEY else ()
    return Finding(
        type_,
        error.row_number,
        getattr(error, "field_name", None) or None,
        error.cells[error.field_number - 1] if type_ is FindingType.UNIQUE else getattr(error, "cell", None),
        constraint[1] if constraint else None,
        tuple(getattr(error, "field_names", [primary] if isinstance(primary, str) else primary)),
        int(same_as[1]) if same_as else None,
    )
