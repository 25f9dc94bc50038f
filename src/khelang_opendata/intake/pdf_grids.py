"""The tables of a page of a PDF: cells between lines that are drawn, of which a PDF keeps no structure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

_NEAR = 3.0
"""Points within which two drawn lines are one: both sides of a border that is drawn as a thin box."""
_SHORTEST, _LEAST_ROW = 4.0, 8.0
_MOST_LINES = 5_000
"""Lines of a page that are looked at: a drawing has more."""
_MOST_CELLS = 20_000


class DrawnLine(NamedTuple):
    """A horizontal or vertical line: its place on the other axis, and from where to where it goes, in points."""

    at: float
    start: float
    end: float


@dataclass
class PageGrid:
    """A table of a page: the edges of its columns and rows, from the left and from the top, and its cells.

    ``owners[row][column]`` is the cell that a place belongs to, by its first row and column.
    """

    xs: Sequence[float]
    ys: Sequence[float]
    owners: Sequence[Sequence[tuple[int, int]]]
    texts: dict[tuple[int, int], list[str]] = field(default_factory=dict)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """The cell that has a place of the page in it; y counts from the bottom."""
        column = bisect_right(self.xs, x) - 1
        row = bisect_right([-edge for edge in self.ys], -y) - 1
        is_within = 0 <= column < len(self.xs) - 1 and 0 <= row < len(self.ys) - 1
        return self.owners[row][column] if is_within else None

    def rows(self) -> Iterator[list[str]]:
        """The rows as text; of merged cells the first has it."""
        for row, owners in enumerate(self.owners):
            yield [
                "".join(self.texts.get((row, at), ())) if owner == (row, at) else "" for at, owner in enumerate(owners)
            ]


def page_grids(horizontal: Sequence[DrawnLine], vertical: Sequence[DrawnLine]) -> list[PageGrid]:
    """The tables that drawn lines make.

    Args:
        horizontal: lines from left to right, ``at`` a height.
        vertical: lines from bottom to top, ``at`` a distance from the left.
    """
    if max(len(horizontal), len(vertical)) > _MOST_LINES:
        return []
    grids = []
    for rows, columns in _connected(_joined(horizontal), _joined(vertical)):
        down = _aligned(columns)
        across = _aligned([*rows, *_cut_edges(rows, columns)])
        xs = sorted({line.at for line in down})
        ys = sorted({line.at for line in across}, reverse=True)
        if len(xs) > 2 and len(ys) > 1 and len(xs) * len(ys) <= _MOST_CELLS:  # noqa: PLR2004 (two columns at least)
            grids.append(PageGrid(xs, ys, _owners(xs, ys, across, down)))
    return grids


def _joined(lines: Sequence[DrawnLine]) -> list[DrawnLine]:
    """Lines in the same place as one, where they touch or overlap: both sides of a border, and its parts."""
    found: list[DrawnLine] = []
    near: list[int] = []
    for line in sorted(lines):
        near = [at for at in near if line.at - found[at].at <= _NEAR]
        beside = next((at for at in near if _touch(found[at], line)), None)
        if beside is None:
            near.append(len(found))
            found.append(line)
        else:
            one = found[beside]
            found[beside] = DrawnLine(one.at, min(one.start, line.start), max(one.end, line.end))
    return [line for line in found if line.end - line.start >= _SHORTEST]


def _touch(one: DrawnLine, other: DrawnLine) -> bool:
    return one.start - _NEAR <= other.end and other.start <= one.end + _NEAR


def _aligned(lines: Sequence[DrawnLine]) -> list[DrawnLine]:
    """The lines of one table, of which those that are nearly in one place are in one place."""
    found: list[DrawnLine] = []
    for line in sorted(lines):
        at = found[-1].at if found and line.at - found[-1].at <= _NEAR else line.at
        found.append(line._replace(at=at))
    return found


def _cut_edges(rows: Sequence[DrawnLine], columns: Sequence[DrawnLine]) -> Iterator[DrawnLine]:
    """The upper and lower edge of a table that a page cuts within a row, where no line is drawn."""
    start, end = min(line.start for line in rows), max(line.end for line in rows)
    top, bottom = max(line.end for line in columns), min(line.start for line in columns)
    if top - max(line.at for line in rows) > _LEAST_ROW:
        yield DrawnLine(top, start, end)
    if min(line.at for line in rows) - bottom > _LEAST_ROW:
        yield DrawnLine(bottom, start, end)


def _connected(
    across: Sequence[DrawnLine], down: Sequence[DrawnLine]
) -> Iterator[tuple[list[DrawnLine], list[DrawnLine]]]:
    """Groups of lines that cross or touch each other."""
    free = set(range(len(across)))
    for first in range(len(across)):
        if first not in free:
            continue
        free.discard(first)
        rows, columns, waiting = [first], set[int](), [first]
        while waiting:
            line = across[waiting.pop()]
            for at, other in enumerate(down):
                if at not in columns and _cross(line, other):
                    columns.add(at)
                    beside = [one for one in free if _cross(across[one], other)]
                    free.difference_update(beside)
                    rows += beside
                    waiting += beside
        if columns:
            yield [across[at] for at in rows], [down[at] for at in columns]


def _cross(across: DrawnLine, down: DrawnLine) -> bool:
    is_over = across.start - _NEAR <= down.at <= across.end + _NEAR
    return is_over and down.start - _NEAR <= across.at <= down.end + _NEAR


def _owners(
    xs: Sequence[float], ys: Sequence[float], rows: Sequence[DrawnLine], columns: Sequence[DrawnLine]
) -> list[list[tuple[int, int]]]:
    """The cell of each place of a grid: places without a line between them are one cell."""
    has_left = _drawn(columns, xs, [(top + bottom) / 2 for top, bottom in pairwise(ys)])
    has_top = _drawn(rows, ys, [(left + right) / 2 for left, right in pairwise(xs)])
    owners: list[list[tuple[int, int]]] = []
    for row in range(len(ys) - 1):
        owners.append([])
        for column in range(len(xs) - 1):
            if column and (column, row) not in has_left:
                owners[row].append(owners[row][column - 1])
            elif row and (row, column) not in has_top:
                owners[row].append(owners[row - 1][column])
            else:
                owners[row].append((row, column))
    return owners


def _drawn(lines: Sequence[DrawnLine], edges: Sequence[float], middles: Sequence[float]) -> set[tuple[int, int]]:
    """Which edges are drawn beside which places: number of the edge, number of the place."""
    by_edge: dict[float, list[DrawnLine]] = {}
    for line in lines:
        by_edge.setdefault(line.at, []).append(line)
    return {
        (at, place)
        for at, edge in enumerate(edges)
        for line in by_edge[edge]
        for place, middle in enumerate(middles)
        if line.start <= middle <= line.end
    }
