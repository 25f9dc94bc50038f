"""A Table Schema compiled once: its columns and keys; and the tables that it is compiled for."""

from __future__ import annotations

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from khelang_opendata.tableschema.columns import Column, JsonObject
from khelang_opendata.tableschema.dialect import CHUNK, Dialect, Row
from khelang_opendata.tableschema.official_profile import SchemaInvalid, faults_beside_fields

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
    "trueValues",
    "falseValues",
    "delimiter",
    "itemType",
)
"""Properties of a field that say how its text is read."""

FIELD_PROPERTIES = ("name", "type", "format", "constraints", "categories", "missingValues", *_OPTIONS)
"""The properties of a field that decide whether a cell is valid."""


@dataclass(frozen=True)
class TableSource:
    """A table to be checked.

    Attributes:
        name: the resource's name, which foreign keys refer to.
        schema: its Table Schema descriptor. Its property ``patternSeconds`` limits the time that the pattern of a
            column may take.
        data: the CSV file.
        dialect: the resource's ``dialect``, None for the standard's default.
        rows: the rows below the heading, where they have been read already; the fields are in their order then.
        brief: whether of the cells that a row lacks only the first is reported, for a heading may have thousands.
    """

    name: str
    schema: JsonObject
    data: bytes
    dialect: JsonObject | None = None
    rows: Sequence[Row] | None = field(default=None, repr=False)
    brief: bool = False

    @cached_property
    def compiled(self) -> CompiledSchema:
        """The schema ready to check the table; SchemaInvalid if it cannot be used."""
        return compile_schema(self.schema)

    @property
    def first_row(self) -> int:
        """The record number of the first row below the heading."""
        return FIRST_ROW if self.rows is not None else Dialect.of(self.dialect).first_row

    def heading(self) -> Row | None:
        """The labels of the columns; None where the file has no heading, or the caller has read it.

        Raises:
            TableUnreadable: the file is no table.
        """
        return None if self.rows is not None else Dialect.of(self.dialect).heading(self.name, self.data)

    def chunks(self) -> Iterator[tuple[Sequence[int], Sequence[Row]]]:
        """The rows below the heading and their numbers, some thousands at a time; TableUnreadable if it is no table."""
        if self.rows is None:
            yield from Dialect.of(self.dialect).rows(self.name, self.data)
            return
        for start in range(0, len(self.rows), CHUNK):
            rows = self.rows[start : start + CHUNK]
            yield range(FIRST_ROW + start, FIRST_ROW + start + len(rows)), rows


class ForeignKey(NamedTuple):
    """A reference: the fields here, and the table and fields that must have their values."""

    fields: Fields
    resource: str
    target: Fields


@dataclass(frozen=True, eq=False)
class CompiledSchema:
    """Columns in the order of the file, and keys; its columns remember texts, so it serves many tables well."""

    columns: tuple[Column, ...]
    primary_key: Fields
    foreign_keys: tuple[ForeignKey, ...]
    unique_keys: tuple[Fields, ...] = ()

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
        fields = (self.primary_key, *self.unique_keys, *(key.fields for key in self.foreign_keys))
        keys = {name for names in fields for name in names}
        columns = enumerate(self.columns)
        return tuple(i for i, column in columns if not i or not column.is_free or column.name in keys)


def compile_schema(descriptor: JsonObject) -> CompiledSchema:
    """A Table Schema ready to check tables; the same descriptor gives the same object.

    Raises:
        SchemaInvalid: it is none that the standard's profile takes, or its parts do not fit together.
    """
    try:
        own = isinstance(descriptor, dict) and PATTERN_SECONDS in descriptor  # a table's time is its own
        return (_compiled.__wrapped__ if own else _compiled)(json.dumps(descriptor, sort_keys=True))
    except SchemaInvalid:
        raise
    except (TypeError, ValueError, RecursionError):  # what no JSON holds, among others a number of too many digits
        raise SchemaInvalid("the schema is not JSON") from None


def compile_types(descriptor: JsonObject) -> CompiledSchema:
    """A Table Schema of which only the types matter: what a table is that others refer to.

    Raises:
        SchemaInvalid: it is no valid schema.
    """
    kept = ("name", "type", "format", "missingValues", *_OPTIONS)
    fields = [{key: field[key] for key in kept if key in field} for field in descriptor["fields"]]
    return compile_schema({"fields": fields, "missingValues": descriptor.get("missingValues", [""])})


@lru_cache(maxsize=256)
def _compiled(text: str) -> CompiledSchema:
    descriptor = json.loads(text)
    if fault := next(faults_beside_fields(descriptor), None):
        raise SchemaInvalid(str(fault))
    seconds = descriptor.get(PATTERN_SECONDS)
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float)):
        raise SchemaInvalid(f"{PATTERN_SECONDS} must be a number")
    primary = _names(descriptor.get("primaryKey", ()))
    missing, keys = descriptor.get("missingValues", [""]), {*primary}
    columns = tuple(Column(field, missing, seconds, is_key=_is_key(field, keys)) for field in descriptor["fields"])
    foreign = tuple(
        ForeignKey(_names(k["fields"]), k["reference"].get("resource", ""), _names(k["reference"]["fields"]))
        for k in descriptor.get("foreignKeys", ())
    )
    unique = tuple(map(_names, descriptor.get("uniqueKeys", ())))
    names = {column.name for column in columns}
    if len(names) < len(columns):
        raise SchemaInvalid("two fields have the same name")
    for key in (primary, *unique, *(key.fields for key in foreign)):
        if unknown := [name for name in key if name not in names]:
            raise SchemaInvalid(f"a key names {unknown[0]}, which is no field")
    if any(len(key.fields) != len(key.target) for key in foreign):
        raise SchemaInvalid("a foreign key has more fields on one side than on the other")
    return CompiledSchema(columns, primary, foreign, unique)


def _is_key(field: Any, keys: Container[str]) -> bool:
    return isinstance(field, dict) and isinstance(field.get("name"), str) and field["name"] in keys


def _names(fields: str | list[str]) -> Fields:
    return (fields,) if isinstance(fields, str) else tuple(fields)
