"""Cells of one sheet in the bytes of its part: where they are, where missing ones go, and how large they are drawn."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from khelang_opendata.intake.xml_places import PlaceReader, Splice, XmlPlace, ascii_xml, filled, places, with_attributes
from khelang_opendata.model.places import letters, position

Cell = tuple[int, int]
"""Row and column, both from zero."""

_FOLLOWING = 12
"""Rows below a cell whose heights are looked at."""
_WIDTH, _HEIGHT = 8.43, 15.0
"""The width of a column (in digits) and the height of a row (in points) where a sheet names none."""
_AFTER_NOTES = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "AlternateContent",
    "webPublishItems",
    "tableParts",
    "extLst",
)
"""What comes after ``legacyDrawing`` in a sheet (ISO/IEC 29500-1, 18.3.1.99); ``AlternateContent`` holds controls."""


def place_of(address: str) -> Cell:
    """Row and column of an address such as ``C9`` or ``$C$9``; ValueError where it is none."""
    named = address.replace("$", "").upper()
    digits = named.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return int(digits) - 1, position(named.removesuffix(digits))


@dataclass
class SheetCells:
    """What a look at the part of a sheet finds of some of its cells."""

    data: bytes
    root: XmlPlace
    top: list[XmlPlace] = field(default_factory=list)
    """The children of the root."""
    rows: dict[int, XmlPlace] = field(default_factory=dict)
    cells: dict[int, dict[int, XmlPlace]] = field(default_factory=dict)
    following: dict[int, int] = field(default_factory=dict)
    """Where rows that the part lacks go in."""
    heights: dict[int, float] = field(default_factory=dict)
    columns: list[tuple[int, int, Mapping[str, str]]] = field(default_factory=list)
    """First and last column of each entry of ``cols``, and its attributes."""
    merged: Mapping[int, list[tuple[Cell, Cell]]] = field(default_factory=dict)
    """The merged ranges that each row is in."""

    def child(self, name: str) -> XmlPlace | None:
        return next((place for place in self.top if place.name == name), None)

    def visible_place(self, cell: Cell) -> Cell:
        """The cell that shows: of merged cells the first."""
        for first, last in self.merged.get(cell[0], ()):
            if first[1] <= cell[1] <= last[1]:
                return first
        return cell

    def width(self, column: int) -> int:
        """The width of a column in pixels of a usual screen."""
        for first, last, attributes in self.columns:
            if first <= column <= last:
                width = 0.0 if _is_true(attributes, "hidden") else float(attributes.get("width", _WIDTH))
                return round(width * 7 + 5) if width else 0
        return round(_WIDTH * 7 + 5)

    def height(self, row: int) -> int:
        """The height of a row in pixels of a usual screen."""
        return round(self.heights.get(row, _HEIGHT) * 4 / 3)

    def styled(self, styles: Mapping[Cell, Callable[[int], int]]) -> Iterator[Splice]:
        """The changes that give cells another style; cells and rows that the part lacks are put in.

        Args:
            styles: the new style of each cell, as a function of the style that it has.
        """
        by_row: dict[int, dict[int, Callable[[int], int]]] = {}
        for (row, column), style in sorted(styles.items(), key=lambda item: item[0]):
            by_row.setdefault(row, {})[column] = style
        new_rows = b""
        for row, wanted in by_row.items():
            if row in self.rows:
                yield from self._in_row(row, wanted)
                continue
            cells = b"".join(
                self._new_cell(row, column, style(self._base(row, column))) for column, style in wanted.items()
            )
            name = f"{self.root.prefix}row"
            made = f'<{name} r="{row + 1}">'.encode() + cells + f"</{name}>".encode()
            if (at := self.following.get(row)) is None:
                new_rows += made
            else:
                yield Splice(at, at, made)
        if new_rows:
            sheet_data = self.child("sheetData")
            assert sheet_data  # a sheet without it has no cells, and no remarks
            yield filled(self.data, sheet_data, new_rows)

    def with_notes(self, link: str, namespace: str) -> Splice:
        """The change that links the sheet to the drawing of its notes.

        Args:
            link: the relationship's id.
            namespace: that of relationships.
        """
        made = f'<{self.root.prefix}legacyDrawing xmlns:r="{namespace}" r:id="{link}"/>'
        later = next((place.start for place in self.top if place.name in _AFTER_NOTES), self.root.outside)
        return Splice(later, later, ascii_xml(made))

    def _in_row(self, row: int, wanted: Mapping[int, Callable[[int], int]]) -> Iterator[Splice]:
        place, known = self.rows[row], self.cells[row]
        at_end = b""
        is_wider = False
        for column, style in wanted.items():
            if column in known:
                cell = known[column]
                old = self.data[cell.start : cell.inside]
                new = with_attributes(old, {"s": str(style(_number(cell.attributes, "s")))})
                yield Splice(cell.start, cell.inside, new)
                continue
            is_wider = True
            made = self._new_cell(row, column, style(self._base(row, column)))
            later = min((other for other in known if other > column), default=None)
            if later is None:
                at_end += made
            else:
                yield Splice(known[later].start, known[later].start, made)
        tag = self.data[place.start : place.inside]
        if is_wider and "spans" in place.attributes:
            tag = with_attributes(tag, {"spans": None})  # which says where the row's first and last cell are
        if place.is_closed and at_end:
            name = f"{place.prefix}row"
            yield Splice(
                place.start, place.end, tag.removesuffix(b"/>").rstrip() + b">" + at_end + f"</{name}>".encode()
            )
            return
        if tag != self.data[place.start : place.inside]:
            yield Splice(place.start, place.inside, tag)
        if at_end:
            yield Splice(place.outside, place.outside, at_end)

    def _new_cell(self, row: int, column: int, style: int) -> bytes:
        return f'<{self.root.prefix}c r="{letters(column)}{row + 1}" s="{style}"/>'.encode()

    def _base(self, row: int, column: int) -> int:
        """The style of a cell that the part lacks: that of its row, else of its column."""
        if row in self.rows and _is_true(self.rows[row].attributes, "customFormat"):
            return _number(self.rows[row].attributes, "s")
        styles = (_number(a, "style") for first, last, a in self.columns if first <= column <= last)
        return next(styles, 0)


def sheet_cells(data: bytes, wanted: set[Cell]) -> SheetCells:
    """Look for cells in the part of a sheet.

    Args:
        data: the part.
        wanted: the cells; the whole of their rows is looked at.

    Raises:
        ValueError: the part is no sheet.
    """
    ranges = [_range_of(p.attributes["ref"]) for p in places(data, lambda name, _depth: name == "mergeCell")]
    rows = sorted({row for row, _ in wanted})
    merged: dict[int, list[tuple[Cell, Cell]]] = {}
    for first, last in ranges:
        for row in rows[bisect_left(rows, first[0]) : bisect_right(rows, last[0])]:
            merged.setdefault(row, []).append((first, last))
    rows = sorted({*rows, *(first[0] for found in merged.values() for first, _ in found)})
    return _Look(data, rows, merged).sheet()


class _Look(PlaceReader):
    """Keeps the rows that are wanted, their cells, and what is around the rows."""

    def __init__(self, data: bytes, rows: list[int], merged: Mapping[int, list[tuple[Cell, Cell]]]) -> None:
        super().__init__(data)
        self._merged = merged
        self._waiting = deque(rows)
        self._near = {row + more for row in rows for more in range(_FOLLOWING)}
        self._row, self._is_wanted = -1, False
        self._numbers: list[int] = []
        self._following: dict[int, int] = {}
        self._heights: dict[int, float] = {}

    def wants(self, name: str, depth: int, attributes: Mapping[str, str], at: int) -> bool:
        if name == "row" and depth == 2:  # noqa: PLR2004 (below sheetData)
            return self._is_row_wanted(attributes, at)
        if name == "c" and depth == 3:  # noqa: PLR2004 (below the row)
            return self._is_wanted
        return depth <= 1 or name == "col"

    def _is_row_wanted(self, attributes: Mapping[str, str], at: int) -> bool:
        self._row = int(attributes.get("r", self._row + 2)) - 1
        while self._waiting and self._waiting[0] < self._row:
            self._following[self._waiting.popleft()] = at
        self._is_wanted = bool(self._waiting) and self._waiting[0] == self._row
        if self._row in self._near and "ht" in attributes:
            self._heights[self._row] = float(attributes["ht"])
        if self._is_wanted:
            self._waiting.popleft()
            self._numbers.append(self._row)
        return self._is_wanted

    def sheet(self) -> SheetCells:
        root, *found = self.read()
        sheet = SheetCells(self.data, root, following=self._following, heights=self._heights, merged=self._merged)
        row = -1
        for place in found:
            if place.name == "row" and place.depth > 1:
                row = self._numbers[len(sheet.rows)]
                sheet.rows[row], sheet.cells[row] = place, {}
            elif place.name == "c" and place.depth > 1:
                named = place.attributes.get("r")
                column = place_of(named)[1] if named else max(sheet.cells[row], default=-1) + 1
                sheet.cells[row][column] = place
            elif place.name == "col":
                a = place.attributes
                sheet.columns.append((int(a["min"]) - 1, int(a["max"]) - 1, a))
            else:
                sheet.top.append(place)
        return sheet


def _range_of(address: str) -> tuple[Cell, Cell]:
    first, _, last = address.partition(":")
    return place_of(first), place_of(last or first)


def _number(attributes: Mapping[str, str], name: str) -> int:
    return int(attributes.get(name, "0"))


def _is_true(attributes: Mapping[str, str], name: str) -> bool:
    return attributes.get(name) in ("1", "true")
