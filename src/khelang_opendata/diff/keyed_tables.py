"""A table made ready to be compared: its rows by primary key, or an error if the keys are unusable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter

from khelang_opendata.model.failures import DataError
from khelang_opendata.package.datapackage import Package, Resource, Table
from khelang_opendata.standard.family import SchemaFamily, known_schemas, load_family
from khelang_opendata.standard.tables import Field
from khelang_opendata.tableschema.dialect import Row, TableUnreadable

Key = tuple[str, ...]


@dataclass(frozen=True)
class KeyedTable:
    """A table whose rows have distinct keys; ``index`` has each row's position in ``rows``."""

    header: Row
    rows: list[Row]
    index: Mapping[Key, int]

    @cached_property
    def positions(self) -> Mapping[str, int]:
        return {column: position for position, column in enumerate(self.header)}

    def taker(self, columns: Iterable[str]) -> Callable[[Row], tuple[str, ...]]:
        """A function that returns a row's cells of these columns."""
        positions = [self.positions[column] for column in columns]
        if len(positions) == 1:  # of which itemgetter would return the cell itself
            return lambda row: (row[positions[0]],)
        return itemgetter(*positions)


def family_named(package: Package) -> SchemaFamily:
    """The schema family that a package names; DataError where it names none, or one that is not known here."""
    named = package.descriptor.get("conformsTo")
    if named not in known_schemas():
        raise DataError("diff_refused", "schema_unknown", package=str(package.root), schema=str(named or "-"))
    return load_family(named)


def resources_by_name(package: Package, family: SchemaFamily) -> dict[str, Resource]:
    """The package's tables of the family; DataError where two have one name. Other resources are compared as files."""
    found: dict[str, Resource] = {}
    for resource in (r for r in package.resources if not r.is_derived and r.name in family.tables):
        if resource.name in found:
            raise DataError("diff_refused", "table_repeated", package=str(package.root), table=resource.name)
        found[resource.name] = resource
    return found


def keyed_table(package: Package, resource: Resource, key: Key, family: SchemaFamily) -> KeyedTable:
    """A table of a package by its key; DataError where it cannot be read, or keys are missing or occur twice."""
    place = {"package": str(package.root), "table": resource.name}
    table = _table(resource, place)
    _check_shape(table, key, place)
    rows = _with_plain_line_ends(table)
    keys = _keys(rows, table.header, key, family.tables[resource.name].field_by_name)
    index = dict(zip(keys, range(len(keys)), strict=True))
    _check_keys(keys, index, place)
    return KeyedTable(table.header, rows, index)


def _table(resource: Resource, place: dict[str, str]) -> Table:
    if resource.problem == "missing":
        raise DataError("diff_refused", "table_missing", path=resource.path, **place)
    if resource.data is None:
        raise DataError("diff_refused", "table_unread", path=resource.path, **place)
    try:
        return resource.table
    except TableUnreadable as error:
        raise DataError("diff_refused", "table_unreadable", rule=error.code, **place) from None


def _check_shape(table: Table, key: Key, place: dict[str, str]) -> None:
    counts = Counter(table.header)
    if repeated := next((name for name in table.header if counts[name] > 1), None):
        raise DataError("diff_refused", "column_repeated", field=repeated, **place)
    if absent := next((name for name in key if name not in counts), None):
        raise DataError("diff_refused", "key_column_missing", field=absent, **place)
    width = len(table.header)
    if any(len(row) != width for row in table.rows):
        row = next(number for number, row in enumerate(table.rows, 2) if len(row) != width)
        raise DataError("diff_refused", "row_uneven", row=row, **place)


def _check_keys(keys: list[Key], index: Mapping[Key, int], place: dict[str, str]) -> None:
    empty = next((position for position, key in enumerate(keys) if "" in key), None)
    if empty is not None:
        raise DataError("diff_refused", "key_missing", row=empty + 2, **place)
    if len(index) == len(keys):
        return
    first: dict[Key, int] = {}
    for row, key in enumerate(keys, 2):
        if key in first:
            raise DataError("diff_refused", "key_repeated", row=row, first=first[key], key=", ".join(key), **place)
        first[key] = row


def _with_plain_line_ends(table: Table) -> list[Row]:
    """The rows; where the file has other line ends than LF, those inside cells become LF, too."""
    if b"\r" not in table.data:
        return table.rows
    return [[cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row] for row in table.rows]


def _keys(rows: list[Row], header: Row, key: Key, fields: Mapping[str, Field]) -> list[Key]:
    """Each row's key: text unchanged, whole numbers as their value is written (01 and 1 are one key)."""
    columns = []
    for name in key:
        cells, field = list(map(itemgetter(header.index(name)), rows)), fields.get(name)
        if field and field.descriptor["type"] == "integer":
            values = {cell: field.value(cell) for cell in set(cells)}
            cells = [cell if values[cell] is None else str(values[cell]) for cell in cells]
        columns.append(cells)
    return list(zip(*columns, strict=True))
