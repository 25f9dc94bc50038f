"""The differences between two packages: metadata, tables, columns, rows by primary key, and cells.

Cells are compared as text, so that 1 and 1.0 differ: a cell that is only written differently is corrected, too.
Keys are compared as values (01 and 1 are one key). How a file is written is no difference: byte order mark, line
ends (inside cells, too), quoting, dialect, and the order of rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from khelang_opendata.diff.keyed_tables import Key, KeyedTable, family_named, keyed_table, resources_by_name
from khelang_opendata.diff.metadata import MetadataChange, metadata_changes
from khelang_opendata.package.datapackage import Package, Resource
from khelang_opendata.standard.family import SchemaFamily


class Change(StrEnum):
    """The kind of change of a table or a row."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that differs; ``old`` is None in an added row, ``new`` in a removed one."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that differs: its key, and its number as a spreadsheet shows it (a removed row's in the older file).

    ``cells`` are those that differ, in the schema's order; those of an added or removed row that are not empty.
    """

    change: Change
    key: Key
    row: int
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class TableChanges:
    """A table that differs: columns, and rows in the newer file's order, then those that it lacks.

    ``key`` names the columns of the primary key. Cells of an added or removed column are not listed, except in
    rows that were added or removed themselves.
    """

    name: str
    change: Change
    key: Key
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two packages: what it is called, its version, and the schema it conforms to."""

    name: str
    version: str
    schema: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two packages; tables in the order of the newer one's schema family."""

    old: Side
    new: Side
    metadata: tuple[MetadataChange, ...]
    tables: tuple[TableChanges, ...]

    @property
    def schema_changed(self) -> bool:
        """Whether the packages conform to different versions of the standard."""
        return self.old.schema != self.new.schema

    def __bool__(self) -> bool:
        return bool(self.schema_changed or self.metadata or self.tables)


@dataclass(frozen=True)
class _Compared:
    """A package prepared for comparison."""

    package: Package
    family: SchemaFamily
    resources: Mapping[str, Resource]

    @classmethod
    def of(cls, package: Package) -> _Compared:
        family = family_named(package)
        return cls(package, family, resources_by_name(package, family))

    @property
    def side(self) -> Side:
        texts = self.package.descriptor
        return Side(str(texts.get("name", "")), str(texts.get("version", "")), self.family.id)

    def sheet(self, name: str, key: Key) -> KeyedTable | None:
        resource = self.resources.get(name)
        return keyed_table(self.package, resource, key, self.family) if resource else None


def diff_packages(old: Package, new: Package) -> Changes:
    """Compare two packages; the folder of a release is a package, too.

    Args:
        old: the package as it was.
        new: the package as it is.

    Returns:
        The differences, in an order that depends only on the packages; falsy if nothing differs.

    Raises:
        DataError: a table cannot be read, or keys are missing or occur twice.
        DescriptorError: the descriptors are nested too deeply.

    Example:
        >>> from khelang_opendata import Package, diff_packages
        >>> plan = Package.load("datapackage")
        >>> bool(diff_packages(plan, plan))
        False
    """
    before, after = _Compared.of(old), _Compared.of(new)
    names = dict.fromkeys([*after.family.tables, *before.family.tables])
    tables = (_table_changes(name, before, after) for name in names)
    metadata = metadata_changes(old, new, names)
    return Changes(before.side, after.side, metadata, tuple(table for table in tables if table))


def _table_changes(name: str, before: _Compared, after: _Compared) -> TableChanges | None:
    schema = after.family.tables.get(name) or before.family.tables[name]
    key = schema.primary_key
    old, new = before.sheet(name, key), after.sheet(name, key)
    order = [field.name for field in schema.fields]
    if old and new:
        return _changed(name, key, order, old, new)
    if new:
        return TableChanges(name, Change.ADDED, key, (), (), tuple(_rows(Change.ADDED, new, order)))
    if old:
        return TableChanges(name, Change.REMOVED, key, (), (), tuple(_rows(Change.REMOVED, old, order)))
    return None


def _changed(name: str, key: Key, order: list[str], old: KeyedTable, new: KeyedTable) -> TableChanges | None:
    added = tuple(column for column in _ordered(new.header, order) if column not in old.positions)
    removed = tuple(column for column in _ordered(old.header, order) if column not in new.positions)
    rows = (*_rows_of_new(old, new, order), *_rows(Change.REMOVED, old, order, kept=new.index))
    return TableChanges(name, Change.CHANGED, key, added, removed, rows) if added or removed or rows else None


def _rows_of_new(old: KeyedTable, new: KeyedTable, order: list[str]) -> Iterator[RowChange]:
    columns = _ordered(new.header, order)
    shared = [column for column in columns if column in old.positions]
    take_old, take_new, take_all = old.taker(shared), new.taker(shared), new.taker(columns)
    aligned = old.header == new.header
    for key, position in new.index.items():
        row = new.rows[position]
        if (known := old.index.get(key)) is None:
            yield _whole_row(Change.ADDED, key, position, columns, take_all(row))
        elif not (aligned and row == old.rows[known]):
            was, now = take_old(old.rows[known]), take_new(row)
            differing = [CellChange(*cell) for cell in zip(shared, was, now, strict=True) if cell[1] != cell[2]]
            if differing:
                yield RowChange(Change.CHANGED, key, position + 2, tuple(differing))


def _rows(
    change: Change, sheet: KeyedTable, order: list[str], kept: Mapping[Key, Any] | None = None
) -> Iterator[RowChange]:
    """The rows of a sheet, all added or all removed, but those that were kept."""
    columns = _ordered(sheet.header, order)
    take = sheet.taker(columns)
    for key, position in sheet.index.items():
        if not kept or key not in kept:
            yield _whole_row(change, key, position, columns, take(sheet.rows[position]))


def _whole_row(change: Change, key: Key, position: int, columns: list[str], cells: tuple[str, ...]) -> RowChange:
    filled = ((column, cell) for column, cell in zip(columns, cells, strict=True) if cell)
    if change is Change.ADDED:
        return RowChange(change, key, position + 2, tuple(CellChange(column, None, cell) for column, cell in filled))
    return RowChange(change, key, position + 2, tuple(CellChange(column, cell, None) for column, cell in filled))


def _ordered(header: list[str], order: list[str]) -> list[str]:
    """Columns in the schema's order, then those that it does not have in the file's."""
    present, known = {*header}, {*order}
    return [*(column for column in order if column in present), *(column for column in header if column not in known)]
