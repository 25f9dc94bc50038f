"""frictionless, the standard's own library, as an engine: for what the others do not take, and to compare them with."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from khelang_opendata.tableschema.columns import Column, JsonObject
from khelang_opendata.tableschema.compiled import PATTERN_SECONDS, TableSource
from khelang_opendata.tableschema.dialect import DialectUnsupported, Row, TableUnreadable
from khelang_opendata.tableschema.findings import Finding, FindingType
from khelang_opendata.tableschema.keys import KeySets
from khelang_opendata.tableschema.official_profile import SchemaInvalid
from khelang_opendata.tableschema.stdlib import check_table as check_ourselves
from khelang_opendata.tableschema.xsd_patterns import translated

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

_OURS = ("categories", "jsonSchema")
"""Constraints that frictionless does not know."""


def check_table(source: TableSource, sources: Mapping[str, TableSource]) -> Iterator[Finding]:
    """The findings of a table, row by row, as frictionless has them; ``sources`` are all that it may refer to, by name.

    What frictionless does not check of the standard is added: unique keys, categories, JSON Schemas, and the patterns
    that it does not understand or would match without a time limit.

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
    yield from merge(kept, _added(source), strict, key=attrgetter("row"))


def _strict_findings(source: TableSource) -> Iterator[Finding]:
    """The dates and times that are not in the standard's form, of which frictionless takes some."""
    missing = source.schema.get("missingValues", [""])
    columns = [
        (position, Column({key: field[key] for key in _OF_TYPE if key in field}, missing))
        for position, field in enumerate(source.schema["fields"])
        if field.get("type") in _TEMPORAL and field.get("format", "default") == "default"
    ]
    try:
        for numbers, rows in source.chunks() if columns else ():
            for row, cells in zip(numbers, rows, strict=True):
                for position, column in columns:
                    if position < len(cells) and "type" in column.faults(cells[position]):
                        yield Finding(FindingType.TYPE, row, column.name, cells[position])
    except DialectUnsupported:  # frictionless alone reads such a file
        return


def _added(source: TableSource) -> Iterator[Finding]:
    """What frictionless does not check."""
    kept = {name: value for name, value in source.schema.items() if name not in ("primaryKey", "foreignKeys")}
    fields = [_added_field(field, is_timed=PATTERN_SECONDS in kept) for field in source.schema["fields"]]
    if "uniqueKeys" not in kept and not any({"constraints", "categories"} & field.keys() for field in fields):
        return
    own = replace(source, schema={**kept, "fields": fields})
    try:
        found = check_ourselves(own, KeySets({}))
        yield from (f for f in found if f.type is FindingType.UNIQUE_KEY or f.constraint in ("pattern", *_OURS))
    except DialectUnsupported as error:
        message = f"{source.name}: categories, unique keys and JSON Schemas are not checked with {error.name}"
        raise SchemaInvalid(message) from None


def _added_field(field: JsonObject, *, is_timed: bool) -> JsonObject:
    """A field with those of its constraints that frictionless does not check."""
    constraints = {
        name: limit
        for name, limit in field.get("constraints", {}).items()
        if name in _OURS or (name == "pattern" and (is_timed or translated(limit).is_new))
    }
    rest = {name: value for name, value in field.items() if name != "constraints"}
    return {**rest, "constraints": constraints} if constraints else rest


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
        if (rows := _rows(source)) is not None:
            options = {"data": [[field["name"] for field in source.schema["fields"]], *rows]}
        resource = TableResource(
            name=source.name,
            schema=Schema.from_descriptor(_as_meant(source.schema)),
            dialect=Dialect.from_descriptor(_explicit_dialect(source, is_read=rows is not None)),
            schema_profile=f"{_PROFILES}/dataresource.json",
            **options,
        )
        package.add_resource(resource)
    return package


def _rows(source: TableSource) -> Sequence[Row] | None:
    """The rows of a table that frictionless must not read itself, as its heading does not name every field."""
    if source.rows is not None:
        return source.rows
    try:
        labels = source.heading()
        if labels is None or labels == [field["name"] for field in source.schema["fields"]]:
            return None
        return [row for _, rows in source.chunks() for row in rows]
    except (DialectUnsupported, TableUnreadable):
        return None


def _explicit_dialect(source: TableSource, *, is_read: bool) -> JsonObject:
    """A table's dialect with every property set, so that frictionless guesses none."""
    given = {} if is_read or source.dialect is None else source.dialect
    heading = {} if given.keys() & _LOOKS_FOR_HEADING else {"header": True}
    return {**_AS_STANDARD, **heading, **given}


def _as_meant(schema: JsonObject) -> JsonObject:
    """A schema in the words in which frictionless means what the standard means.

    A pattern is of the whole text, and frictionless does not group alternatives; the parts of a primary key are
    required; keys of no fields are none.
    """
    meant = deepcopy(schema)
    is_timed = meant.pop(PATTERN_SECONDS, None) is not None
    primary = _names(meant.get("primaryKey", ()))
    for field in meant["fields"]:
        constraints = field.setdefault("constraints", {})
        constraints.pop("jsonSchema", None)
        if pattern := constraints.pop("pattern", None):
            ours = translated(pattern)
            constraints |= {} if is_timed or ours.is_new else {"pattern": rf"(?:{ours.pattern})\Z"}
        constraints |= {"required": True} if field["name"] in primary else {}
    return {"$schema": f"{_PROFILES}/tableschema.json", **meant}


def _names(fields: str | Sequence[str]) -> Sequence[str]:
    return [fields] if isinstance(fields, str) else fields


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
        tuple(getattr(error, "field_names", _names(primary))),
        int(same_as[1]) if same_as else None,
    )
