"""An excerpt of a sheet around an issue: the heading, the row, and the cell at fault among its neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from khelang_opendata.dialect import TableUnreadable
from khelang_opendata.errors import Issue
from khelang_opendata.package import Package, Resource, Table
from khelang_opendata.schema import load_family

_MOST_COLUMNS = 5


class Column(NamedTuple):
    """One column of an excerpt: its letter in a spreadsheet, its label in the heading, and the row's cell.

    ``cell`` is None where the row has no such cell, and throughout where the heading itself is at fault. ``marked``
    is the cell at fault, ``key`` one that tells which row this is; the others are neighbours.
    """

    letter: str
    label: str
    cell: str | None
    marked: bool
    key: bool


class Excerpt(NamedTuple):
    """A few columns of one row of a sheet; row 1 is the heading."""

    resource: str
    row: int
    columns: tuple[Column, ...]

    @property
    def cell_name(self) -> str:
        """The marked cells as a spreadsheet names them (``F2``), else empty."""
        return ", ".join(f"{column.letter}{self.row}" for column in self.columns if column.marked)


def resource_of(package: Package | None, name: str | None) -> Resource | None:
    """The first resource of a name that has a file."""
    resources = package.resources if package else ()
    return next((r for r in resources if r.name == name and r.data is not None), None)


def table_of(package: Package | None, name: str | None) -> Table | None:
    """A table of the package; None where it is absent or cannot be read."""
    resource = resource_of(package, name)
    try:
        return resource.table if resource else None
    except TableUnreadable:
        return None


def excerpt_of(package: Package | None, issue: Issue, schema: str) -> Excerpt | None:
    """The excerpt around an issue; None where it names no row, or where the table cannot be read.

    Args:
        package: the package that was checked.
        issue: the issue.
        schema: the report's schema version, which knows each table's key.
    """
    place = issue.location
    if place.row is None or place.resource is None or (table := table_of(package, place.resource)) is None:
        return None
    if not 1 <= place.row <= len(table.rows) + 1:
        return None
    cells = table.header if place.row == 1 else table.rows[place.row - 2]
    marked = _marked(table.header, cells, issue)
    keys = _keys(table.header, place.resource, schema)
    near = _near(table, marked, keys)
    columns = (_column(table.header, cells, p, place.row, marked=p in marked, key=p in keys) for p in near)
    return Excerpt(place.resource, place.row, tuple(columns))


def letters(position: int) -> str:
    """The letters of a column in a spreadsheet: A for 0, Z for 25, AA for 26."""
    name = ""
    while position >= 0:
        name = chr(ord("A") + position % 26) + name
        position = position // 26 - 1
    return name


def _column(header: list[str], cells: list[str], position: int, row: int, *, marked: bool, key: bool) -> Column:
    label = header[position] if position < len(header) else ""
    cell = cells[position] if position < len(cells) and row > 1 else None
    return Column(letters(position), label, cell, marked, key)


def _marked(header: list[str], cells: list[str], issue: Issue) -> list[int]:
    """Positions of the cells at fault: the field's or the key's, those beyond the heading, or the label in it."""
    place = issue.location
    if place.row == 1:
        found = issue.params.get("position", 0)
        named = [i for i, label in enumerate(header) if label in (place.cell, place.field)][-1:]
        return named or ([found - 1] if isinstance(found, int) and 0 < found <= len(header) else [])
    fields = [place.field] if place.field else str(issue.params.get("key", "")).split(" + ")
    named = [header.index(field) for field in fields if field in header]
    return named or list(range(len(header), len(cells)))


def _keys(header: list[str], resource: str, schema: str) -> list[int]:
    table = load_family(schema).tables.get(resource)
    return [header.index(name) for name in (table.primary_key if table else ()) if name in header]


def _near(table: Table, marked: list[int], keys: list[int]) -> list[int]:
    """Positions worth showing, in the sheet's order: marked cells, keys, neighbours, then others of the row."""
    end = max([len(table.header), *(position + 1 for position in marked)])
    wanted = dict.fromkeys(p for p in _candidates(marked, keys, end) if 0 <= p < end)
    return sorted(list(wanted)[:_MOST_COLUMNS])


def _candidates(marked: list[int], keys: list[int], end: int) -> Iterator[int]:
    yield from marked[:3]
    yield from keys
    for position in marked[:3]:
        yield from (position - 1, position + 1)
    if not marked:
        yield from range(end)
