"""The schema family ``anticorruption-plan``: its versions, tables and codelists, read from ``schemas/``.

A descriptor carries its Table Schemas inline; :func:`TableSchema.compiled` is the one form they have there.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FAMILY = "anticorruption-plan"
CURRENT = f"{FAMILY}/1.0.0"

JsonObject = dict[str, Any]


def schemas_folder() -> Path:
    """The folder that holds the schema families: inside the installed package, or beside ``src`` in a checkout."""
    installed = Path(__file__).parents[1] / "schemas"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "schemas"


def version_numbers(version: str) -> list[int]:
    """The numbers of a version, which order versions (Semantic Versioning 2.0.0, clause 11)."""
    return [int(number) for number in version.split(".")]


@dataclass(frozen=True, eq=False)
class Field:
    """One column: its Table Schema descriptor, and the folder of the codelist that it may name."""

    descriptor: JsonObject
    codelists: Path

    @property
    def name(self) -> str:
        return str(self.descriptor["name"])

    @property
    def title(self) -> str:
        """The Thai title."""
        return str(self.descriptor["title"])

    @cached_property
    def _read(self) -> Callable[[str], Any]:
        from khelang_opendata.tableschema.columns import reader  # noqa: PLC0415 (explanations need no engine)

        return reader(self.descriptor)

    def value(self, text: str) -> Any:
        """A cell as a value of the column's type; None for an empty cell and for a text of another type."""
        return self._read(text) if text else None

    @cached_property
    def codes(self) -> tuple[str, ...] | None:
        """The codes its values come from; None for free values."""
        codelist = self.descriptor.get("codelist")
        return _read_codes(self.codelists / codelist) if codelist else None

    @property
    def open_codes(self) -> tuple[str, ...] | None:
        """The codes of an open codelist: others are allowed, with a warning."""
        return self.codes if self.descriptor.get("openCodelist") else None


@dataclass(frozen=True, eq=False)
class TableSchema:
    """One table of the family, as its JSON file describes it (Table Schema, Data Package v2)."""

    descriptor: JsonObject
    fields: tuple[Field, ...]

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
    def primary_key(self) -> tuple[str, ...]:
        return tuple(self.descriptor.get("primaryKey", ()))

    @property
    def foreign_keys(self) -> list[JsonObject]:
        return list(self.descriptor.get("foreignKeys", ()))

    @cached_property
    def field_by_name(self) -> Mapping[str, Field]:
        return {f.name: f for f in self.fields}

    def compiled(self) -> JsonObject:
        """The schema for inline use in a descriptor; titles and rules on rows remain in the family's file."""
        keep = ("$schema", "fields", "missingValues", "primaryKey", "foreignKeys")
        return {key: self.descriptor[key] for key in keep if key in self.descriptor}


@dataclass(frozen=True, eq=False)
class SchemaFamily:
    """One version of the family: tables in their canonical order, codelists, and the descriptor's JSON Schema."""

    id: str
    folder: Path
    tables: Mapping[str, TableSchema]

    def compile_into(self, descriptor: JsonObject) -> JsonObject:
        """A copy of a descriptor in which each resource of the family carries the family's schema inline."""
        resources = descriptor.get("resources")
        if not isinstance(resources, list):
            return descriptor
        return {**descriptor, "resources": [self._with_schema(entry) for entry in resources]}

    def _with_schema(self, entry: Any) -> Any:
        table = self.tables.get(str(entry.get("name"))) if isinstance(entry, dict) else None
        return {**entry, "schema": table.compiled()} if table else entry

    @cached_property
    def package_schema(self) -> JsonObject:
        """JSON Schema (2020-12) of ``datapackage.json``."""
        return _read_json(self.folder / "package.schema.json")


TABLE_ORDER = (
    "plans",
    "dimensions",
    "missions",
    "units",
    "projects",
    "budgets",
    "targets",
    "indicators",
    "risks",
    "risk_factors",
    "risk_controls",
    "printed_totals",
    "errata",
    "progress",
)


def load_family(schema_id: str = CURRENT) -> SchemaFamily:
    """One version of the family, read once.

    Args:
        schema_id: ``<family>/<version>`` as a descriptor's ``conformsTo`` gives it.

    Raises:
        KeyError: this installation has no such version.
    """
    return _load_family(schema_id)


@cache
def _load_family(schema_id: str) -> SchemaFamily:
    if schema_id not in known_schemas():
        raise KeyError(schema_id)
    folder = schemas_folder() / schema_id
    tables = (_read_table(folder, name) for name in TABLE_ORDER)
    return SchemaFamily(schema_id, folder, {table.name: table for table in tables})


def known_schemas() -> tuple[str, ...]:
    """The ``<family>/<version>`` names this installation can check, oldest first."""
    versions = (p.name for p in (schemas_folder() / FAMILY).iterdir() if (p / "tables").is_dir())
    return tuple(f"{FAMILY}/{v}" for v in sorted(versions, key=version_numbers))


def _read_table(folder: Path, name: str) -> TableSchema:
    descriptor = _read_json(folder / "tables" / f"{name}.json")
    codelists = folder / "codelists"
    return TableSchema(descriptor, tuple(Field(field, codelists) for field in descriptor["fields"]))


@cache
def _read_codes(codelist: Path) -> tuple[str, ...]:
    with codelist.open(encoding="utf-8-sig", newline="") as lines:
        return tuple(row["code"] for row in csv.DictReader(lines))


def _read_json(path: Path) -> JsonObject:
    content: JsonObject = json.loads(path.read_bytes())
    return content
