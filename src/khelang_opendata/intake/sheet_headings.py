"""Which sheet of a file is which sheet of the plan, where its heading is, and which rows below it hold data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.thai import ascii_text

_ROWS_SOUGHT = 25
_LEAST_KNOWN = 2
_ALIKE, _LEAD = 0.8, 0.1
_LONGEST_SHOWN = 60
_LONGEST_OF_YEAR = len("fiscalyearbe2566") + 4
_TOTAL = re.compile(
    r"(?:ยอด)?รวม(?:ยอด|ย่อย|ทั้งสิ้น|ทั้งหมด|ทั้งแผน|ทุกปี|สุทธิ|เป็นเงิน|เงิน|งบประมาณ|จำนวน|โครงการ|กิจกรรม|มาตรการ|มิติ|ภารกิจ|ด้าน|ปี|ที่)*"
    r"(?=[\s\d:.(/]|$)|(?:grand )?total\b|sum\b",
    re.IGNORECASE,
)
"""The words of a row of totals; a title that goes on after them, as that of a project may, is none."""
_YEAR = re.compile(r"\b25\d\d\b")


@dataclass(frozen=True)
class DataRow:
    """A row of data: its place, and the text and the place of each column of the plan's sheet."""

    sheet: str
    row: int
    texts: Mapping[str, str]
    columns: Mapping[str, int]
    errors: Mapping[str, str]
    """The errors of cells that have no value; an empty one for a formula without a value."""
    filled: frozenset[str] = frozenset()
    """The columns in which a merge fills in the value of another cell."""

    def text(self, name: str) -> str:
        """A cell as text; empty where the sheet lacks the column."""
        return self.texts.get(name, "")

    def remark(self, kind: RemarkKind, code: str, name: str | None = None, **params: str) -> Remark:
        """A remark on one cell of the row, or on the row."""
        return Remark(kind, code, self.sheet, self.row, self.columns.get(name) if name else None, params)


@dataclass(frozen=True)
class FoundSheet:
    """A sheet of the file as one of the plan's: its heading's row, and the columns by their places."""

    plan: PlanSheet
    read: ReadSheet
    heading: int
    columns: Mapping[int, PlanColumn]

    @property
    def labels(self) -> dict[str, str]:
        """What the headings say, by the names of their columns."""
        return {column.name: self.read.cells[self.heading][at] for at, column in self.columns.items()}

    def column(self, name: str) -> PlanColumn:
        """A column of the plan's sheet, whether or not the file's has it."""
        return next(column for column in self.plan.columns if column.name == name)


def find_sheets(
    read: Sequence[ReadSheet], plans: Mapping[str, PlanSheet]
) -> tuple[dict[str, FoundSheet], list[Remark]]:
    """The plan's sheets in a file by their tables, and remarks on sheets and columns that are not read.

    Args:
        read: the sheets of the file that a person sees.
        plans: the plan's sheets.
    """
    found: dict[str, FoundSheet] = {}
    remarks: list[Remark] = []
    for sheet in (sheet for sheet in read if any(any(line) for line in sheet.cells)):
        plan = _plan_of(sheet, plans)
        if plan is None:
            remarks.append(Remark(RemarkKind.IGNORED, "sheet_unread", sheet.name))
        elif plan.table in found:
            remarks.append(
                Remark(RemarkKind.REFUSED, "sheet_twice", sheet.name, params={"other": found[plan.table].read.name})
            )
        else:
            heading = _heading(sheet, plan)
            columns, of_columns = _columns(sheet, plan, heading)
            found[plan.table] = FoundSheet(plan, sheet, heading, columns)
            remarks += of_columns
    return found, remarks


def _plan_of(sheet: ReadSheet, plans: Mapping[str, PlanSheet]) -> PlanSheet | None:
    """The plan's sheet of this name, else the one whose headings it has most of."""
    for plan in plans.values():
        if comparable(sheet.name) in (*map(comparable, plan.titles), plan.table):
            return plan if _known(sheet, plan, _heading(sheet, plan)) else None
    shares = {p.table: _known(sheet, p, _heading(sheet, p)) / len(_in_sight(p)) for p in plans.values()}
    best = max(shares, key=lambda name: shares[name])
    is_enough = _known(sheet, plans[best], _heading(sheet, plans[best])) > _LEAST_KNOWN
    return plans[best] if is_enough and shares[best] >= 1 / 2 else None


def _in_sight(plan: PlanSheet) -> list[PlanColumn]:
    return [column for column in plan.columns if not column.is_folded]


def _heading(sheet: ReadSheet, plan: PlanSheet) -> int:
    rows = range(min(_ROWS_SOUGHT, len(sheet.cells)))
    return max(rows, key=lambda row: (_known(sheet, plan, row), -row), default=0)


def _known(sheet: ReadSheet, plan: PlanSheet, row: int) -> int:
    if row >= len(sheet.cells):
        return 0
    found = (_exact(label, plan.columns) or _of_year(label, plan.columns) for label in sheet.cells[row])
    return len({column.name for column in found if column is not None})


def _exact(label: str, columns: Sequence[PlanColumn]) -> PlanColumn | None:
    """The column of this title."""
    sought = comparable(label)
    titles = ((column, (*map(comparable, (*column.titles, *column.also)), column.name)) for column in columns)
    return next((column for column, names in titles if sought in names), None) if sought else None


def _of_year(label: str, columns: Sequence[PlanColumn]) -> PlanColumn | None:
    """The column of the only year that a short heading names."""
    years = _YEAR.findall(ascii_text(label))
    if len(years) != 1 or len(comparable(label)) > _LONGEST_OF_YEAR:
        return None
    return next((column for column in columns if column.name == years[0]), None)


def _columns(sheet: ReadSheet, plan: PlanSheet, heading: int) -> tuple[dict[int, PlanColumn], list[Remark]]:
    labels = dict(enumerate(sheet.cells[heading]))
    found: dict[int, PlanColumn] = {}
    remarks: list[Remark] = []
    for at, label in labels.items():
        column = _exact(label, plan.columns)
        if column is not None and column.name not in {c.name for c in found.values()}:
            found[at] = column
    for at, label in labels.items():
        if at in found:
            continue
        free = [column for column in plan.columns if column.name not in {c.name for c in found.values()}]
        column = _of_year(label, free) or _similar(label, [column for column in free if not column.name.isdigit()])
        place = (heading, at)
        if place in sheet.check.unvalued:
            remarks.append(Remark(RemarkKind.REFUSED, "formula_without_value", sheet.name, heading, at))
        elif place in sheet.check.errors:
            params = {"text": sheet.check.errors[place]}
            remarks.append(Remark(RemarkKind.REFUSED, "cell_error", sheet.name, heading, at, params))
        elif column is not None:
            found[at] = column
            params = {"label": label, **column.named}
            remarks.append(Remark(RemarkKind.TAKEN, "heading_taken", sheet.name, heading, at, params))
        elif label or any(len(line) > at and line[at] for line in sheet.cells[heading + 1 :]):
            params = {"label": label[:_LONGEST_SHOWN]}
            remarks.append(Remark(RemarkKind.IGNORED, "column_unread", sheet.name, heading, at, params))
    named = {column.name for column in found.values()}
    for column in _in_sight(plan):
        if column.name not in named and not any(r.kind is RemarkKind.REFUSED for r in remarks):
            remarks.append(Remark(RemarkKind.IGNORED, "column_missing", sheet.name, heading, params=column.named))
    return found, remarks


def _similar(label: str, free: Sequence[PlanColumn]) -> PlanColumn | None:
    """The column whose title is like a heading, and more so than any other's."""
    sought = comparable(label)
    scores = sorted(
        ((max(SequenceMatcher(None, sought, comparable(t)).ratio() for t in c.titles), c.name) for c in free),
        reverse=True,
    )
    if not sought or not scores or scores[0][0] < _ALIKE:
        return None
    if len(scores) > 1 and scores[0][0] - scores[1][0] < _LEAD:
        return None
    return next(column for column in free if column.name == scores[0][1])


def data_rows(found: FoundSheet) -> tuple[list[DataRow], list[Remark]]:
    """The rows of data below a heading, and remarks on rows that are left out, hidden, or have an error in a cell."""
    rows: list[DataRow] = []
    remarks: list[Remark] = []
    heading = [comparable(label) for label in found.read.cells[found.heading]]
    places = {column.name: at for at, column in found.columns.items()}
    unread = {**dict.fromkeys(found.read.check.unvalued, ""), **found.read.check.errors}
    for at, cells in enumerate(found.read.cells[found.heading + 1 :], found.heading + 1):
        if not any(cells[place] for place in found.columns if place < len(cells)):
            continue
        if _is_repeated(cells, heading, found):
            remarks.append(Remark(RemarkKind.IGNORED, "heading_repeated", found.read.name, at))
        elif total := _total(cells, found):
            remarks.append(Remark(RemarkKind.IGNORED, "total_left_out", found.read.name, at, params={"text": total}))
        else:
            texts = {column.name: cells[p] for p, column in found.columns.items() if p < len(cells)}
            errors = {c.name: unread[at, p] for p, c in found.columns.items() if (at, p) in unread}
            filled = frozenset(c.name for p, c in found.columns.items() if (at, p) in found.read.filled)
            rows.append(DataRow(found.read.name, at, texts, places, errors, filled))
            remarks += _of_row(rows[-1], found)
    return rows, remarks


def _is_repeated(cells: Sequence[str], heading: Sequence[str], found: FoundSheet) -> bool:
    filled = [p for p in found.columns if p < len(cells) and cells[p]]
    return len(filled) > 1 and all(comparable(cells[p]) == heading[p] for p in filled)


def _total(cells: Sequence[str], found: FoundSheet) -> str | None:
    """The words of a row of totals: its first text begins with them, and it has no number before it."""
    first = next((cells[p] for p in sorted(found.columns) if p < len(cells) and cells[p]), "")
    has_number = any(re.search(r"\d", ascii_text(cells[p])) for p in found.columns if p < len(cells))
    return first[:_LONGEST_SHOWN] if _TOTAL.match(first) and has_number else None


def _of_row(row: DataRow, found: FoundSheet) -> Iterator[Remark]:
    for name, error in row.errors.items():
        if error:
            yield row.remark(RemarkKind.REFUSED, "cell_error", name, text=error)
        else:
            yield row.remark(RemarkKind.REFUSED, "formula_without_value", name)
    if row.row in found.read.check.hidden_rows:
        yield row.remark(RemarkKind.TAKEN, "row_hidden")
