"""The tables and columns of a schema family, as their Table Schemas describe them (Data Package v2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from khelang_opendata.standard.codelists import Code, read_codelist

JsonObject = dict[str, Any]

OWN_COLUMN = re.compile("x_[a-z0-9_]+")
"""The names of the columns that a package may add to a table of the standard."""


_HELD_TYPES = ("string", "integer", "number", "boolean", "date")
"""The types that every form of a release has; the standard has no others, but packages and profiles add columns."""


@dataclass(frozen=True, eq=False)
class Field:
    """One column: its Table Schema descriptor, and the folder of the codelist that it may name."""

    descriptor: JsonObject
    codelists: Path | None = None
    own_codes: Mapping[str, Code] | None = None
    """The codes that a package adds to an open codelist."""
    is_own: bool = False
    """Whether a package adds the column to a table of the standard."""

    @property
    def name(self) -> str:
        return str(self.descriptor["name"])

    @property
    def title(self) -> str:
        """The Thai title; the name where the schema has no title."""
        return str(self.descriptor.get("title") or self.name)

    @property
    def title_en(self) -> str:
        """The English title; the Thai one where the schema has no other."""
        return str(self.descriptor.get("title_en") or self.title)

    @cached_property
    def _read(self) -> Callable[[str], Any]:
        from khelang_opendata.tableschema.columns import reader  # noqa: PLC0415 (explanations need no engine)

        return reader(self.descriptor)

    def value(self, text: str) -> Any:
        """A cell as a value of the column's type; None for an empty cell and for a text of another type."""
        return self._read(text) if text else None

    @cached_property
    def held(self) -> Field:
        """The column as the forms of a release hold it: as text, where they have no type for its values."""
        from khelang_opendata.tableschema.columns import reader  # noqa: PLC0415 (as above)
        from khelang_opendata.tableschema.official_profile import SchemaInvalid  # noqa: PLC0415 (as above)

        try:
            is_held = self.descriptor.get("type") in _HELD_TYPES and reader(self.descriptor) is not None
        except SchemaInvalid:
            is_held = False
        if is_held:
            return self
        kept = {name: value for name, value in self.descriptor.items() if name != "format"}
        return replace(self, descriptor={**kept, "type": "string"})

    @property
    def holds_codes(self) -> bool:
        """Whether the column holds ids or codes: it has a codelist, a pattern or a list of values."""
        constraints = self.descriptor.get("constraints", ())
        return "codelist" in self.descriptor or "pattern" in constraints or "enum" in constraints

    @property
    def holds_texts(self) -> bool:
        """Whether the column holds texts of any form."""
        return self.descriptor.get("type") == "string" and not self.holds_codes

    @property
    def codelist(self) -> str | None:
        """The name of the codelist that the column names, without its ending."""
        named = self.descriptor.get("codelist")
        return str(named).removesuffix(".csv") if named and self.codelists else None

    @cached_property
    def meanings(self) -> Mapping[str, Code]:
        """The codes its values come from, with their meanings, in the codelist's order; none for free values."""
        if not self.codelist or not self.codelists:
            return {}
        return {**read_codelist(self.codelists / f"{self.codelist}.csv"), **(self.own_codes or {})}

    @cached_property
    def codes(self) -> tuple[str, ...] | None:
        """The codes its values come from; None for free values."""
        return tuple(self.meanings) if self.codelist else None

    @property
    def is_open(self) -> bool:
        """Whether other codes than those of the codelist are allowed, with a warning."""
        return bool(self.descriptor.get("openCodelist"))

    @property
    def open_codes(self) -> tuple[str, ...] | None:
        """The codes of an open codelist."""
        return self.codes if self.is_open else None

    def with_codes(self, own: Mapping[str, Mapping[str, Code]]) -> Field:
        """The column with the codes that a package adds to its open codelist, by codelist and code."""
        added = own.get(self.codelist) if self.codelist and self.is_open else None
        return replace(self, own_codes={**(self.own_codes or {}), **added}) if added else self


LABEL_COLUMNS = ("title_th", "name_th", "process_th")
"""The columns that name the rows of the standard's tables."""


@dataclass(frozen=True, eq=False)
class TableSchema:
    """One table: its Table Schema, in which keys are lists, and its columns.

    Attributes:
        descriptor: the Table Schema.
        fields: the columns.
        own_fields: the names of the columns that a package adds to a table of the standard.
        is_foreign: whether others wrote the schema: a package, or another standard.
    """

    descriptor: JsonObject
    fields: tuple[Field, ...]
    own_fields: frozenset[str] = frozenset()
    is_foreign: bool = False

    @classmethod
    def of(cls, descriptor: JsonObject, codelists: Path | None = None) -> TableSchema:
        """A table of this project's own schemas.

        Args:
            descriptor: its Table Schema, with a ``name``.
            codelists: the folder of the codelists that its columns name.
        """
        return cls(descriptor, tuple(Field(field, codelists) for field in descriptor["fields"]))

    @classmethod
    def of_any(cls, name: str, descriptor: JsonObject, codelists: Path | None = None) -> TableSchema:
        """A table of any Table Schema (versions 1 and 2): shorthands are written out, closed codelists become enums.

        Args:
            name: the table's name.
            descriptor: a valid Table Schema.
            codelists: the folder of the codelists that its columns name.
        """
        fields = [_with_codes(field, codelists) for field in descriptor.get("fields", ())]
        whole = {
            "missingValues": [""],
            "fieldsMatch": "exact",
            **descriptor,
            "name": name,
            "fields": fields,
            "primaryKey": _names(descriptor.get("primaryKey", ())),
            "foreignKeys": [_foreign_key(key) for key in descriptor.get("foreignKeys", ())],
        }
        if isinstance(whole["fieldsMatch"], list):  # version 2.0 of the standard's profile has it so
            whole["fieldsMatch"] = next(iter(whole["fieldsMatch"]), "exact")
        return replace(cls.of(whole, codelists), is_foreign=True)

    @property
    def name(self) -> str:
        return str(self.descriptor["name"])

    @property
    def optional(self) -> bool:
        """Whether a package may lack the table."""
        return bool(self.descriptor.get("optional", False))

    @property
    def min_rows(self) -> int:
        """How many rows the table must have at least."""
        return int(self.descriptor.get("minRows", 0))

    @property
    def fields_match(self) -> str:
        """How the heading matches the schema: ``exact``, ``equal``, ``subset``, ``superset``, ``partial``."""
        return str(self.descriptor.get("fieldsMatch", "equal"))

    @property
    def label_column(self) -> str | None:
        """The column that names the rows to people in Thai; None where they have no name of their own."""
        return next((name for name in LABEL_COLUMNS if name in self.field_by_name), None)

    @property
    def primary_key(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("primaryKey", ()))

    @property
    def foreign_keys(self) -> list[JsonObject]:
        return list(self.descriptor.get("foreignKeys", ()))

    @property
    def unique_keys(self) -> list[list[str]]:
        return list(self.descriptor.get("uniqueKeys", ()))

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        return {f.name: f for f in self.fields}

    @property
    def repeated_names(self) -> list[str]:
        """The columns that the schema has more than once."""
        return [field.name for field in self.fields if self.field_by_name[field.name] is not field]

    def with_fields(self, own: Sequence[JsonObject]) -> TableSchema:
        """The table with columns that a package adds to it, each with all the texts that a column has."""
        added = [
            {"title": f["name"], "title_en": f["name"], "description": "", "description_en": "", "type": "string", **f}
            for f in own
        ]
        descriptor = {**self.descriptor, "fields": [*self.descriptor["fields"], *added]}
        fields = (*self.fields, *(Field(field, is_own=True) for field in added))
        names = self.own_fields.union(field["name"] for field in added)
        return replace(self, descriptor=descriptor, fields=fields, own_fields=names)

    @property
    def held(self) -> TableSchema:
        """The table as the forms of a release hold it (:attr:`Field.held`)."""
        fields = tuple(field.held for field in self.fields)
        if fields == self.fields:
            return self
        return replace(self, fields=fields, descriptor={**self.descriptor, "fields": [f.descriptor for f in fields]})

    def with_codes(self, own: Mapping[str, Mapping[str, Code]]) -> TableSchema:
        """The table with codes that a package adds to its open codelists, by codelist and code."""
        return replace(self, fields=tuple(field.with_codes(own) for field in self.fields))

    def unknown_names(self, tables: Mapping[str, TableSchema]) -> Iterator[str]:
        """The columns and tables that the keys name, but that do not exist.

        Args:
            tables: all tables by name, this one among them.
        """
        own = (self.primary_key, *self.unique_keys)
        yield from (name for fields in own for name in fields if name not in self.field_by_name)
        for key in self.foreign_keys:
            yield from (name for name in key["fields"] if name not in self.field_by_name)
            reference = key["reference"]
            target = tables.get(reference["resource"] or self.name)
            if target is None:
                yield reference["resource"]
            elif target.fields:
                yield from (name for name in reference["fields"] if name not in target.field_by_name)
            if len(key["fields"]) != len(reference["fields"]):
                yield ", ".join(reference["fields"])

    def compiled(self) -> JsonObject:
        """The schema for inline use in a descriptor; titles and rules on rows remain in the family's file."""
        keep = ("$schema", "fields", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys")
        return {key: self.descriptor[key] for key in keep if key in self.descriptor}


def _with_codes(field: JsonObject, codelists: Path | None) -> JsonObject:
    if "codelist" not in field or field.get("openCodelist") or not codelists:
        return field
    constraints = field.get("constraints", {})
    return {**field, "constraints": {"enum": list(read_codelist(codelists / field["codelist"])), **constraints}}


def _foreign_key(key: JsonObject) -> JsonObject:
    reference = key["reference"]
    return {
        "fields": _names(key["fields"]),
        "reference": {"resource": reference.get("resource", ""), "fields": _names(reference["fields"])},
    }


def _names(fields: str | Sequence[str]) -> list[str]:
    return [fields] if isinstance(fields, str) else list(fields)
