"""Schema families: tables, codelists, rules and the descriptor's JSON Schema, read from a folder.

This project's own family is ``anticorruption-plan``, in ``schemas/``; :meth:`SchemaFamily.load` reads any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from khelang_opendata.files import StrPath
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.data_package import ANY_PACKAGE
from khelang_opendata.standard.tables import JsonObject, TableSchema

FAMILY = "anticorruption-plan"
CURRENT = f"{FAMILY}/1.0.0"

OWN_SCHEMAS = "none"
"""The id of the family without tables: each resource has only the schema that its package gives it."""


def schemas_folder() -> Path:
    """The folder that holds the schema families: inside the installed package, or beside ``src`` in a checkout."""
    installed = Path(__file__).parents[1] / "schemas"
    return installed if installed.is_dir() else Path(__file__).parents[3] / "schemas"


def version_numbers(version: str) -> list[int]:
    """The numbers of a version, which order versions (Semantic Versioning 2.0.0, clause 11)."""
    return [int(number) for number in version.split(".")]


@dataclass(frozen=True, eq=False)
class SchemaFamily:
    """A set of tables that refer to each other, in their canonical order, with codelists and rules.

    Attributes:
        id: its name in reports: ``<family>/<version>``, or the folder that a user named.
        folder: where it was read; the family without tables has one that does not exist.
        tables: the tables by name.
        is_open: whether a package may have other tables, which its own schemas describe.
        rules: by code, the rules on rows that ``rules.json`` declares.
    """

    id: str
    folder: Path
    tables: Mapping[str, TableSchema]
    is_open: bool = False
    rules: Mapping[str, JsonObject] | None = None

    @classmethod
    def load(cls, folder: StrPath) -> SchemaFamily:
        """Read the family of any other standard.

        Args:
            folder: it holds ``tables/<table>.json`` (Table Schemas, versions 1 and 2), and may hold ``codelists/*.csv``
                (with a column ``code``), ``rules.json`` and ``package.schema.json`` (a JSON Schema of the descriptor).

        Raises:
            UsageError: there is no such folder, it holds no table, or a file in it cannot be used.

        Example:
            >>> from khelang_opendata import SchemaFamily, validate
            >>> family = SchemaFamily.load("contracts-standard")
            >>> sorted(family.tables)
            ['contracts', 'payments', 'suppliers']
            >>> validate("contracts", family=family).valid
            True
        """
        from khelang_opendata.standard.family_folder import read_family  # noqa: PLC0415 (only for other standards)

        path = Path(folder)
        tables, rules = read_family(path)
        return cls(path.as_posix(), path, tables, is_open=True, rules=rules)

    def with_codes(self, own: Mapping[str, Mapping[str, Code]]) -> SchemaFamily:
        """The family with codes that a package adds to its open codelists, by codelist and code."""
        return (
            replace(self, tables={name: table.with_codes(own) for name, table in self.tables.items()}) if own else self
        )

    def with_fields(self, own: Mapping[str, Sequence[JsonObject]]) -> SchemaFamily:
        """The family with columns that a package adds to its tables, by table."""
        tables = {name: t.with_fields(own[name]) if name in own else t for name, t in self.tables.items()}
        return replace(self, tables=tables) if own else self

    def with_tables(self, tables: Mapping[str, TableSchema]) -> SchemaFamily:
        """The family with further tables, those of a package."""
        return replace(self, tables={**tables, **self.tables})

    @property
    def held(self) -> SchemaFamily:
        """The family as the forms of a release hold its tables: values of types that they lack as text."""
        return replace(self, tables={name: table.held for name, table in self.tables.items()})

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
    def package_schemas(self) -> tuple[JsonObject, ...]:
        """The JSON Schemas (2020-12) that ``datapackage.json`` satisfies."""
        own = self.folder / "package.schema.json"
        schemas = (ANY_PACKAGE,) if self.is_open else ()
        return (*schemas, _read_json(own)) if own.is_file() else schemas


TABLE_ORDER = (
    "plans",
    "goals",
    "legal_bases",
    "dimensions",
    "missions",
    "units",
    "projects",
    "project_units",
    "objectives",
    "steps",
    "step_promises",
    "budgets",
    "budget_items",
    "targets",
    "indicators",
    "risks",
    "risk_factors",
    "risk_controls",
    "risk_results",
    "printed_totals",
    "codes",
    "errata",
    "errata_records",
    "progress",
    "progress_results",
)


def load_family(schema_id: str = CURRENT) -> SchemaFamily:
    """One version of this project's family, read once.

    Args:
        schema_id: ``<family>/<version>`` as a descriptor's ``conformsTo`` gives it.

    Raises:
        KeyError: this installation has no such version.

    Example:
        >>> from khelang_opendata import load_family
        >>> load_family().tables["projects"].primary_key
        ('project_id',)
    """
    return _load_family(schema_id)


@cache
def _load_family(schema_id: str) -> SchemaFamily:
    if schema_id not in known_schemas():
        raise KeyError(schema_id)
    folder = schemas_folder() / schema_id
    paths = (folder / "tables" / f"{name}.json" for name in TABLE_ORDER)
    tables = (TableSchema.of(_read_json(path), folder / "codelists") for path in paths)
    return SchemaFamily(schema_id, folder, {table.name: table for table in tables})


def find_family(schema_id: str) -> SchemaFamily:
    """The family that a report names.

    Args:
        schema_id: ``<family>/<version>`` of this project, the folder of another standard, which is read again when a
            file in it changes, or ``none`` for the family without tables.

    Raises:
        UsageError: as :meth:`SchemaFamily.load`.

    Example:
        >>> from khelang_opendata import find_family, validate
        >>> validate("contracts", family=find_family("none")).schema
        'none'
    """
    try:
        return load_family(schema_id)
    except KeyError:
        return _other_family(schema_id, _stamps(Path(schema_id)))


@cache
def _other_family(schema_id: str, _: tuple[tuple[int, int], ...]) -> SchemaFamily:
    if schema_id == OWN_SCHEMAS:
        return SchemaFamily(OWN_SCHEMAS, schemas_folder() / OWN_SCHEMAS, {}, is_open=True)
    return SchemaFamily.load(schema_id)


def _stamps(folder: Path) -> tuple[tuple[int, int], ...]:
    """What changes when a file of a family changes: the times and sizes of all."""
    found = (path.stat() for pattern in ("*.json", "*/*.json", "*/*.csv") for path in sorted(folder.glob(pattern)))
    return tuple((stat.st_mtime_ns, stat.st_size) for stat in found)


def known_schemas() -> tuple[str, ...]:
    """The ``<family>/<version>`` names this installation can check, oldest first."""
    versions = (p.name for p in (schemas_folder() / FAMILY).iterdir() if (p / "tables").is_dir())
    return tuple(f"{FAMILY}/{v}" for v in sorted(versions, key=version_numbers))


def _read_json(path: Path) -> JsonObject:
    content: JsonObject = json.loads(path.read_bytes())
    return content
