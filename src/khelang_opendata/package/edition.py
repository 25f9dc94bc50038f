"""The source of every file of a release: the same rows in the same order, typed by their schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject, TableSchema

Value = str | int | Decimal | bool | date | None


@dataclass(frozen=True)
class ReleasedTable:
    """A table of a valid package: its rows as text, the columns in the schema's order; an empty cell is empty text."""

    schema: TableSchema
    rows: tuple[tuple[str, ...], ...]

    @property
    def name(self) -> str:
        """The table's name, which is its resource's."""
        return self.schema.name

    def records(self) -> Iterator[dict[str, str]]:
        names = [field.name for field in self.schema.fields]
        return (dict(zip(names, row, strict=True)) for row in self.rows)

    def values(self) -> Iterator[tuple[Value, ...]]:
        """The rows as values of the types that a release has; None for an empty cell."""
        for row in self.rows:
            yield tuple(field.value(text) for field, text in zip(self.schema.fields, row, strict=True))


@dataclass(frozen=True)
class Edition:
    """One version of a plan about to be released: its tables in the family's order, and their metadata.

    ``descriptor`` is the package's, with the version and day of this release and without the list of files.
    ``additional`` are the descriptor's entries of the files that are no table of the family.
    """

    family: SchemaFamily
    tables: Mapping[str, ReleasedTable]
    descriptor: JsonObject
    released_on: date
    additional: tuple[JsonObject, ...] = ()

    def records(self, table: str) -> Iterator[dict[str, str]]:
        """The rows of a table by column name; none where the package lacks the table."""
        return self.tables[table].records() if table in self.tables else iter(())

    @cached_property
    def plan(self) -> Mapping[str, str]:
        return next(self.tables["plans"].records())

    @property
    def plan_id(self) -> str:
        """The plan's id, which begins the names of files that hold all of it."""
        return str(self.descriptor["name"])

    @property
    def version(self) -> str:
        """The release's version, without the letter v."""
        return str(self.descriptor["version"])


def table_csv(table: ReleasedTable) -> bytes:
    """A table as the release has it: UTF-8 with BOM, LF, the columns in the schema's order, cells unchanged."""
    return csv_bytes([[field.name for field in table.schema.fields], *table.rows])


def released_edition(package: Package, family: SchemaFamily) -> Edition:
    """The edition that a release holds; the release's package is valid."""
    released_on = date.fromisoformat(str(package.descriptor["created"])[:10])
    return Edition(family, released_tables(package, family), package.descriptor, released_on)


def released_tables(package: Package, family: SchemaFamily) -> dict[str, ReleasedTable]:
    """The tables of a valid package, in the family's order."""
    resources = {resource.name: resource for resource in package.resources}
    found: dict[str, ReleasedTable] = {}
    for name, schema in family.tables.items():
        if name in resources:
            table = resources[name].table
            positions = [table.header.index(field.name) for field in schema.fields]
            found[name] = ReleasedTable(schema, tuple(tuple(row[p] for p in positions) for row in table.rows))
    return found
