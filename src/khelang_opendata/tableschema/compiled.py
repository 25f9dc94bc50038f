"""A Table Schema compiled once: its columns and keys; and the tables that it is compiled for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from khelang_opendata.tableschema.columns import Column, JsonObject, SchemaUnsupported
from khelang_opendata.tableschema.dialect import CHUNK, Dialect, Row

Fields = tuple[str, ...]
Cells = Sequence[Sequence[str | None]] | Mapping[int, Sequence[str | None]]
"""Texts by columns, of some columns only where a row is too short or too long; None where a row is too short."""

FIRST_ROW = 2
"""The number of the first row below a heading of one row."""

PATTERN_SECONDS = "patternSeconds"
"""A property of schemas that is ours: how long matching one column's pattern may take. A schema from elsewhere may
hold a pattern that takes years."""

_OPTIONS = (
    "bareNumber",
    "groupChar",
    "decimalChar",
    "floatNumber",
    "trueValues",
    "falseValues",
    "delimiter",
    "itemType",
)
"""Properties of a field that say how its text is read."""

FIELD_PROPERTIES = ("name", "type", "format", "constraints", "missingValues", *_OPTIONS)
"""The properties of a field that decide whether a cell is valid."""


@dataclass(frozen=True)
class TableSource:
    """A table to be checked.

    Attributes:
        name: the resource's name, which foreign keys refer to.
        schema: its Table Schema descriptor; the fields are in the order of the file's columns. Its property
            ``patternSeconds`` limits the time that the pattern of a column may take.
        data: the CSV file.
        dialect: the resource's ``dialect``, None for the standard's default.
        rows: the rows below the heading, where they have been read already.
        brief: whether of the cells that a row lacks only the first is reported, for a heading may have thousands.
    """

    name: str
    schema: JsonObject
    data: bytes
    dialect: JsonObject | None = None
    rows: Sequence[Row] | None = field(default=None, repr=False)
    brief: bool = False

    def check_dialect(self) -> None:
        """Make sure that the table can be read here, else raise DialectUnsupported."""
        if self.rows is None:
            Dialect.of(self.dialect)

    @property
    def first_row(self) -> int:
        """The record number of the first row below the heading."""
        return FIRST_ROW if self.rows is not None else Dialect.of(self.dialect).first_row

    def chunks(self) -> Iterator[Sequence[Row]]:
        """The rows below the heading, some thousands at a time; TableUnreadable if the file is no table."""
        if self.rows is not None:
            yield from (self.rows[start : start + CHUNK] for start in range(0, len(self.rows), CHUNK))
            return
        dialect = Dialect.of(self.dialect)
        chunks = dialect.chunks(self.name, self.data)
        if dialect.header and (rows := next(chunks, [])[1:]):
            yield rows
        yield from chunks


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A reference: the fields here, and the table and fields that must have their values."""

    fields: Fields
    resource: str
    target: Fields


@dataclass(frozen=True)
class CompiledSchema:
    """Columns in the order of the file, and keys; its columns remember texts, so it serves many tables well."""

    columns: tuple[Column, ...]
    primary_key: Fields
    foreign_keys: tuple[ForeignKey, ...]

    def values(self, fields: Fields, cells: Cells) -> Sequence[Any]:
        """The values of one field, or the tuples of several, of rows that are given by columns."""
        read = [self.columns[i].values(cells[i]) for i in map(self.positions.__getitem__, fields)]
        return read[0] if len(read) == 1 else list(zip(*read, strict=True))

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """The position of each field, by its name, in their order."""
        return {column.name: position for position, column in enumerate(self.columns)}

    @cached_property
    def required(self) -> tuple[int, ...]:
        """The positions of the fields that must not be empty, in order."""
        return tuple(position for position, column in enumerate(self.columns) if column.is_required)

    @cached_property
    def judged(self) -> tuple[int, ...]:
        """The positions of the fields to check: the first, to find blank rows, and all but free texts."""
        keys = {*self.primary_key, *(name for key in self.foreign_keys for name in key.fields)}
        columns = enumerate(self.columns)
        return tuple(i for i, column in columns if not i or not column.is_free or column.name in keys)


def compile_schema(descriptor: JsonObject) -> CompiledSchema:
    """A Table Schema ready to check tables; the same descriptor gives the same object.

    Raises:
        SchemaUnsupported: it asks for what this engine does not do, or is no valid schema.
    """
    compile_ = _compiled.__wrapped__ if PATTERN_SECONDS in descriptor else _compiled  # a table's time is its own
    try:
        return compile_(json.dumps(descriptor, sort_keys=True))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise SchemaUnsupported("no valid descriptor") from None


def compile_fields(descriptor: JsonObject, names: Fields) -> CompiledSchema:
    """A Table Schema of which only the types of some fields matter: what a table is that others refer to.

    Raises:
        SchemaUnsupported: it lacks one of the fields, or their types are not for this engine.
    """
    kept = ("name", "type", "format", "missingValues", *_OPTIONS)
    fields = [
        {key: field[key] for key in kept if key in field} if field["name"] in names else {"name": field["name"]}
        for field in descriptor["fields"]
    ]
    schema = compile_schema({"fields": fields, "missingValues": descriptor.get("missingValues", [""])})
    if not {*names} <= schema.positions.keys():
        raise SchemaUnsupported(f"foreign key to {', '.join(names)}")
    return schema


@lru_cache(maxsize=256)
def _compiled(text: str) -> CompiledSchema:
    descriptor = json.loads(text)
    if descriptor.get("fieldsMatch", "exact") not in ("exact", ["exact"]):
        raise SchemaUnsupported("fieldsMatch")
    missing = descriptor.get("missingValues", [""])
    seconds = descriptor.get(PATTERN_SECONDS)
    columns = tuple(Column(field, missing, seconds) for field in descriptor["fields"])
    by_name = {column.name: column for column in columns}
    if len(by_name) < len(columns):
        raise SchemaUnsupported("two fields of one name")
    foreign = descriptor.get("foreignKeys", ())
    keys = [
        ForeignKey(_names(k["fields"]), k["reference"].get("resource", ""), _names(k["reference"]["fields"]))
        for k in foreign
    ]
    primary = _names(descriptor.get("primaryKey", ()))
    for name in (*primary, *(name for key in keys for name in key.fields)):
        if name not in by_name:
            raise SchemaUnsupported(f"key field {name}")
    if any(len(key.fields) != len(key.target) for key in keys):
        raise SchemaUnsupported("foreign key of unlike lengths")
    return CompiledSchema(columns, primary, tuple(keys))


def _names(fields: str | list[str]) -> Fields:
    return (fields,) if isinstance(fields, str) else tuple(fields)
