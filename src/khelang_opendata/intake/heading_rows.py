"""The heading of a table in a sheet: one row, or up to three whose words belong together, and what they name.

In many summary tables งบประมาณ (budget) is above the years, which are in the row below; merged or not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text

_ROWS_SOUGHT = 25
_ROWS_SCANNED = 500
"""Rows in which a heading is sought that is not among the first."""
_LEAST_FAR = 3
"""Known headings of a row that far down."""
_MOST_ROWS = 3
_MOST_COLUMNS = 200
_LONGEST_LABEL = 80
_LONGEST_OF_YEAR = len("fiscalyearbe2566") + 4
_SPENT = re.compile("เบิก|(?<!ราย)จ่าย|จ่ายจริง|ใช้จริง|คงเหลือ|spent|paid|actual|balance", re.IGNORECASE)
"""Words of a column that has other amounts of a year than its budget."""
_BUDGET = re.compile("(?:งบ|งบประมาณ|budget)(?:ที่ตั้งไว้|ตามแผน|รายจ่าย|ที่ได้รับ)?(?:บาท|thb|baht)?", re.IGNORECASE)
"""The whole heading of a column of budgets below that of its year."""
_YEAR = re.compile(r"\b2[05]\d\d\b")


@dataclass(frozen=True)
class TableHeading:
    """The heading of a table: its first and last row from zero, and what it says of each column.

    Attributes:
        first: its first row.
        last: its last row.
        labels: the lowest text of each column.
        rows: the row of each label.
        groups: what the rows above say of each label and of others beside it; empty where they say nothing.
    """

    first: int
    last: int
    labels: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    groups: tuple[str, ...] = ()

    @property
    def names(self) -> list[tuple[str, ...]]:
        """What a person may call each column: its label, and the label behind that of its group."""
        pairs = zip(self.labels, self.groups, strict=True)
        return [(label, f"{group} {label}") if group and label else (label,) for label, group in pairs]


def heading_at(sheet: ReadSheet, first: int, last: int) -> TableHeading:
    """The heading that rows of a sheet are, with the rows above whose cells are merged with theirs.

    Args:
        sheet: the sheet.
        first: the first row.
        last: the last one.
    """
    cells = sheet.cells
    while first and _is_merged_with_above(sheet, first):
        first -= 1
    width = max((len(line) for line in cells[first : last + 1]), default=0)
    labels, rows, groups = [], [], []
    above = [cells[at] for at in range(first, last) if len({*filter(None, cells[at])}) > 1]
    for place in range(width):
        row = next((at for at in range(last, first - 1, -1) if _text(cells[at], place)), last)
        label = _text(cells[row], place) if row < len(cells) else ""
        found = [_group(line, place) for line in above] if label and row == last else []
        if first == last and label:
            found = [_merged_above(sheet, first, place)]
        labels.append(label)
        rows.append(row)
        groups.append(" ".join(dict.fromkeys(text for text in found if text and text != label)))
    return TableHeading(first, last, tuple(labels), tuple(rows), tuple(groups))


def _text(line: Sequence[str], place: int) -> str:
    return line[place] if place < len(line) else ""


def _is_merged_with_above(sheet: ReadSheet, row: int) -> bool:
    line, above = sheet.cells[row : row + 1], sheet.cells[row - 1]
    return any(
        text and (row, at) in sheet.filled and text == _text(above, at)
        for cells in line
        for at, text in enumerate(cells)
    )


def _group(line: Sequence[str], place: int) -> str:
    """The text above a label: that of its column, else of the nearest one to the left."""
    return next((line[at] for at in range(min(place, len(line) - 1), -1, -1) if line[at]), "")


def _merged_above(sheet: ReadSheet, row: int, place: int) -> str:
    """The text of a merged cell above a label, unless it is the title of the whole table."""
    if not row or not sheet.filled & {(row - 1, place), (row - 1, place + 1)}:
        return ""
    line = sheet.cells[row - 1]
    return _text(line, place) if len({*filter(None, line)}) > 1 else ""


def best_heading(
    best: int, size: int, at: Callable[[int, int], TableHeading], known: Callable[[TableHeading], tuple[int, int]]
) -> TableHeading:
    """A row as heading, with the rows around it that make more columns known; the fewest rows, the first of equal ones.

    Args:
        best: the row.
        size: how many rows the sheet has.
        at: the heading that rows are, from the first and the last.
        known: how many columns a heading names, and the negative number of those that it names again.
    """
    blocks = [
        at(first, last)
        for first in range(max(best - _MOST_ROWS + 1, 0), best + 1)
        for last in range(best, min(first + _MOST_ROWS, size))
    ]
    return max(
        blocks, key=lambda block: (known(block), block.first - block.last, -block.first), default=TableHeading(0, 0)
    )


def headings_of(sheet: ReadSheet, plans: Iterable[PlanSheet], start: int = 0) -> dict[str, TableHeading]:
    """The heading that a sheet would have as each of the plan's sheets, by their tables.

    Args:
        sheet: the sheet.
        plans: the plan's sheets.
        start: the row at which it is sought.
    """
    lines = [_RowLabels.of(line) for line in sheet.cells[start : start + _ROWS_SOUGHT]]
    at = cache(partial(heading_at, sheet))
    found = {}
    for plan in plans:
        known = KnownColumns(plan.columns)
        counts = [known.count_of(line) for line in lines]
        best = start + counts.index(max(counts)) if counts else 0
        found[plan.table] = best_heading(best, len(sheet.cells), at, known.rank) if any(counts) else at(start, start)
    return found


def far_start(sheet: ReadSheet, plans: Iterable[PlanSheet]) -> int | None:
    """Where to seek a heading that is not among the first rows; None where no row looks like one."""
    known = [KnownColumns(plan.columns) for plan in plans]
    for at, line in enumerate(sheet.cells[_ROWS_SOUGHT:_ROWS_SCANNED], _ROWS_SOUGHT):
        labels = _RowLabels.of(line[:_MOST_COLUMNS])
        if len(labels.keys) >= _LEAST_FAR and any(one.count_of(labels) >= _LEAST_FAR for one in known):
            return at - _MOST_ROWS + 1
    return None


class _RowLabels(NamedTuple):
    """The cells of a row, and as they compare."""

    texts: list[str]
    keys: set[str]

    @classmethod
    def of(cls, line: Sequence[str]) -> _RowLabels:
        texts = [*filter(None, line)]
        return cls(texts, {comparable(text) for text in texts})


class KnownColumns:
    """The columns of a sheet by what their headings say."""

    def __init__(self, columns: Sequence[PlanColumn]) -> None:
        self.by_title: dict[str, PlanColumn] = {}
        for column in columns:
            for title in (*map(comparable, (*column.titles, *column.also)), column.name):
                self.by_title.setdefault(title, column)
        self._years = {column.name: column for column in columns if column.name.isdigit()}

    def exact(self, label: str) -> PlanColumn | None:
        """The column of this title."""
        return self.by_title.get(comparable(label)) if label else None

    def of_year(self, label: str, group: str = "") -> PlanColumn | None:
        """The column of the only year that a short heading names, of either era, or that is above one of budgets."""
        if not self._years or len(label) > _LONGEST_LABEL or _SPENT.search(label) or _SPENT.search(group):
            return None
        named = label if _YEAR.search(ascii_text(label)) else group if _BUDGET.fullmatch(comparable(label)) else ""
        years = [int(year) for year in _YEAR.findall(ascii_text(named))]
        if len(years) != 1 or len(comparable(named)) > _LONGEST_OF_YEAR:
            return None
        return self._years.get(str(years[0] if years[0] >= FIRST_BUDDHIST_YEAR else years[0] + ERA))

    def count(self, heading: TableHeading) -> int:
        """How many columns a heading names."""
        return self.rank(heading)[0]

    def rank(self, heading: TableHeading) -> tuple[int, int]:
        """How many columns a heading names, and the negative number of those that it names again."""
        pairs = zip(heading.labels, heading.groups, strict=True)
        found = (self.exact(label) or self.of_year(label, group) for label, group in pairs if label)
        names = [column.name for column in found if column is not None]
        return len({*names}), len({*names}) - len(names)

    def count_of(self, labels: _RowLabels) -> int:
        """How many columns the cells of one row name."""
        found = {self.by_title[key].name for key in self.by_title.keys() & labels.keys}
        years = (self.of_year(label) for label in labels.texts) if self._years else ()
        return len(found | {column.name for column in years if column is not None})
