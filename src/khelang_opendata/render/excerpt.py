"""An excerpt of a sheet around an issue: the heading, the row, and the cell at fault among its neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from khelang_opendata.model.places import letters
from khelang_opendata.model.report import Issue
from khelang_opendata.package.datapackage import Package, Resource, Table
from khelang_opendata.standard.family import find_family
from khelang_opendata.tableschema.dialect import TableUnreadable

_MOST_COLUMNS = 5


class ExcerptColumn(NamedTuple):
    """One column of an excerpt: its letter in a spreadsheet, its label in the heading, and the row's cell.

    ``cell`` is None where the row has no such cell, and throughout where the heading itself is at fault. ``marked``
    is the cell at fault, ``key`` one that identifies the row; the others are neighbours.
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
    columns: tuple[ExcerptColumn, ...]

    @property
    def cell_name(self) -> str:
        """The marked cells as a spreadsheet names them (``F2``), else empty."""
        return ", ".join(f"{column.letter}{self.row}" for column in self.columns if column.marked)


class Sheets:
    """The tables of a package as reports look them up, once or ten thousand times; without a package, none."""

    def __init__(self, package: Package | None) -> None:
        """Take the first resource of each name that has a file."""
        resources = package.resources if package else ()
        self._resources = {r.name: r for r in reversed(resources) if r.data is not None}
        self._tables: dict[str, Table | None] = {}
        self._positions: dict[str, Mapping[str, int]] = {}

    def resource(self, name: str | None) -> Resource | None:
        return self._resources.get(name or "")

    def table(self, name: str | None) -> Table | None:
        """A table of the package; None where it is absent or cannot be read."""
        if name is not None and name not in self._tables:
            resource = self.resource(name)
            self._tables[name] = None
            with suppress(TableUnreadable):
                self._tables[name] = resource.table if resource else None
        return self._tables[name] if name is not None else None

    def position(self, name: str, column: str) -> int | None:
        """The first position of a column in a table that can be read."""
        if name not in self._positions:
            table = self.table(name)
            header = table.header if table else []
            self._positions[name] = dict(zip(reversed(header), range(len(header) - 1, -1, -1), strict=True))
        return self._positions[name].get(column)


def excerpt_of(sheets: Sheets, issue: Issue, schema: str) -> Excerpt | None:
    """The excerpt around an issue; None where it names no row, or where the table cannot be read.

    ``schema`` is the report's schema version, which knows each table's key.
    """
    place = issue.location
    if place.row is None or place.resource is None or place.address is not None:
        return None
    if (table := sheets.table(place.resource)) is None:
        return None
    if not 1 <= place.row <= len(table.rows) + 1:
        return None
    cells = table.header if place.row == 1 else table.rows[place.row - 2]
    marked = _marked(sheets, table, cells, issue)
    known = find_family(schema).tables.get(place.resource)
    found = (sheets.position(place.resource, name) for name in (known.primary_key if known else ()))
    keys = [position for position in found if position is not None]
    columns = []
    for position in _near(table, marked, keys):
        label = table.header[position] if position < len(table.header) else ""
        cell = cells[position] if position < len(cells) and place.row > 1 else None
        columns.append(ExcerptColumn(letters(position), label, cell, position in marked, position in keys))
    return Excerpt(place.resource, place.row, tuple(columns))


def address_of(sheets: Sheets, issue: Issue) -> str:
    """The cells at fault as a spreadsheet names them (``F2``), or the row (``2:2``); empty for no row."""
    place = issue.location
    if place.address is not None:
        return place.address
    if place.row is None or place.resource is None or (table := sheets.table(place.resource)) is None:
        return ""
    if not 1 <= place.row <= len(table.rows) + 1:
        return f"{place.row}:{place.row}"
    cells = table.header if place.row == 1 else table.rows[place.row - 2]
    marked = _marked(sheets, table, cells, issue)
    return ", ".join(f"{letters(position)}{place.row}" for position in marked) or f"{place.row}:{place.row}"


def _marked(sheets: Sheets, table: Table, cells: list[str], issue: Issue) -> Sequence[int]:
    """Positions of the cells at fault: the field's or the key's, those beyond the heading, or the label in it."""
    place, header = issue.location, table.header
    if place.row == 1:
        found = issue.params.get("position", 0)
        named = [i for i, label in enumerate(header) if label in (place.cell, place.field)][-1:]
        return named or ([found - 1] if isinstance(found, int) and 0 < found <= len(header) else [])
    fields = [place.field] if place.field else str(issue.params.get("key", "")).split(" + ")
    positions = (sheets.position(place.resource or "", field) for field in fields)
    named = [position for position in positions if position is not None]
    return named or range(len(header), len(cells))


def _near(table: Table, marked: Sequence[int], keys: list[int]) -> list[int]:
    """Positions worth showing, in the sheet's order: marked cells, keys, neighbours, then others of the row."""
    end = max(len(table.header), max(marked, default=-1) + 1)
    neighbours = (position + step for position in marked[:3] for step in (-1, 1))
    others = () if marked else range(min(end, _MOST_COLUMNS))
    wanted = dict.fromkeys(p for p in (*marked[:3], *keys, *neighbours, *others) if 0 <= p < end)
    return sorted([*wanted][:_MOST_COLUMNS])
