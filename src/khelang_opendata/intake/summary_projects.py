"""Which rows of the summary table are which projects: further rows of one, and copies, which count money twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.cell_meanings import codes_like, number_of
from khelang_opendata.intake.cell_numbers import read_ordinal
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.row_matching import likeness
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet
from khelang_opendata.intake.summary_rows import SummaryRow, is_of_amounts

_LONGEST = 80
_SOURCE = "funding_source"
_SETS_APART = ("budget_programme_th", "budget_work_th", "expense_category_th")
"""Columns that two amounts of one source may differ in."""
_PLACED = ("lead_unit_id", "dimension_id", "mission_id")
_NEARLY = 0.9
"""How like two titles are of which one is probably a slip of the other.

The most alike of the 45 titles of the first plan are at 0.675 (31 and 32).
"""


@dataclass
class SheetProject:
    """The rows of the sheet that are one project's, and its row of the table."""

    data: list[DataRow]
    row: Row = field(default_factory=dict)
    old: int | None = None

    @property
    def first(self) -> DataRow:
        return self.data[0]

    @property
    def title(self) -> str:
        return self.first.text("title_th")


def number_text_of(one: DataRow) -> str:
    """The number of a row: ``7`` of ``๗.`` and of ``07``."""
    number = read_ordinal(one.text("sequence_no")).value
    return str(int(number)) if number is not None else one.text("sequence_no")


def projects_of(merge: Merge, found: FoundSheet, data: Sequence[DataRow]) -> list[SheetProject]:
    """The projects of the sheet: rows of one number and title, and rows that lack one or both, are one's."""
    projects: dict[tuple[str, str], SheetProject] = {}
    last: SheetProject | None = None
    for one in data:
        title, number = one.text("title_th"), number_text_of(one)
        if not title and not number and not one.errors and last is not None:
            last.data.append(one)
            merge.remarks.append(one.remark(RemarkKind.TAKEN, "row_continues", None, text=last.title[:_LONGEST]))
            continue
        if not title:
            if "title_th" not in one.errors:
                title_column = found.column("title_th")
                merge.remarks.append(one.remark(RemarkKind.REFUSED, "title_missing", "title_th", **title_column.named))
            last = None
            continue
        key = (comparable(title), number)
        if not number and last is not None and comparable(last.title) == key[0]:
            key = (key[0], number_text_of(last.first))
        if key in projects:
            projects[key].data.append(one)
        else:
            projects[key] = SheetProject([one])
        last = projects[key]
    return list(projects.values())


def without_copies(
    merge: Merge, projects: Sequence[SheetProject], old: Mapping[str, Sequence[SummaryRow]]
) -> list[SheetProject]:
    """The projects without their copies, each of which is a remark that stops the import.

    Args:
        merge: the import.
        projects: the projects of the sheet, with their old records.
        old: the rows that they had when the workbook was made, by their ids.
    """
    for project in projects:
        _leave_out_repeated_rows(merge, project, old.get(project.row["project_id"], ()))
    copies = {id(copy) for copy in _copies(merge, projects)}
    return [project for project in projects if id(project) not in copies]


def _leave_out_repeated_rows(merge: Merge, project: SheetProject, old: Sequence[SummaryRow]) -> None:
    """Leave out the rows that give amounts of a source anew: their years would count twice.

    A row is known where the plan had it when the workbook was made: an old row of the same source is used up by one.
    """
    kept: list[DataRow] = []
    unused = list(old)
    for one in project.data:
        known = next((row for row in unused if _has_source(merge, one, row)), None)
        before = next((other for other in kept if _repeats(one, other)), None)
        if known is not None and (before is None or _was_twice(merge, before, old)):
            unused.remove(known)
        elif before is not None:
            params = {"text": project.title[:_LONGEST], "row": str(before.row + 1)}
            merge.remarks.append(one.remark(RemarkKind.REFUSED, "row_repeated", None, **params))
            continue
        kept.append(one)
    project.data = kept


def _has_source(merge: Merge, one: DataRow, row: SummaryRow) -> bool:
    text, value = one.text(_SOURCE), row.shared.get(_SOURCE, "")
    meanings = merge.family.tables["budgets"].field_by_name[_SOURCE].meanings
    return comparable(text) == comparable(value) or value in codes_like(meanings, text)


def _was_twice(merge: Merge, one: DataRow, old: Sequence[SummaryRow]) -> bool:
    return sum(_has_source(merge, one, row) for row in old) > 1


def _repeats(one: DataRow, other: DataRow) -> bool:
    """Whether a row has a year of another, and no source of its own nor another heading of the budget."""
    source = comparable(one.text(_SOURCE))
    if source and source != comparable(other.text(_SOURCE)):
        return False
    if any(_differ(one, other, name) for name in _SETS_APART):
        return False
    return any(one.text(year) and other.text(year) for year in _years(one))


def _differ(one: DataRow, other: DataRow, name: str) -> bool:
    return bool(one.text(name)) and comparable(one.text(name)) != comparable(other.text(name))


def _years(one: DataRow) -> Iterator[str]:
    return filter(is_of_amounts, one.columns)


def _copies(merge: Merge, projects: Sequence[SheetProject]) -> Iterator[SheetProject]:
    """The new projects that are another one's copy; those that may be are only a remark."""
    seen: list[SheetProject] = [project for project in projects if project.old is not None]
    for project in (project for project in projects if project.old is None):
        found = [(kind, other) for other in seen if (kind := _kind_of_copy(project, other))]
        kind, other = min(found, key=lambda pair: _KINDS.index(pair[0]), default=("", project))
        params = {"text": other.title[:_LONGEST], "row": str(other.first.row + 1)}
        if kind == "project_alike":
            merge.remarks.append(project.first.remark(RemarkKind.TAKEN, kind, "title_th", **params))
        elif kind:
            merge.remarks.append(project.first.remark(RemarkKind.REFUSED, kind, "title_th", **params))
            yield project
            continue
        seen.append(project)


_KINDS = ("project_repeated", "title_nearly", "project_alike")
"""Codes of remarks on copies, the surest first."""


def _kind_of_copy(one: SheetProject, other: SheetProject) -> str:
    """The code of the remark on a project that another's copy is or may be; none for one that is its own."""
    if comparable(one.title) == comparable(other.title):
        is_elsewhere = any(_differ(one.first, other.first, name) for name in _PLACED)
        return "project_alike" if is_elsewhere else "project_repeated"
    numbers = number_text_of(one.first), number_text_of(other.first)
    has_own_number = bool(numbers[0]) and numbers[0] != numbers[1]
    has_same_amounts = _amounts(one) == _amounts(other) != []
    if (has_own_number and not has_same_amounts) or likeness(one.title, other.title) < _NEARLY:
        return ""
    if has_own_number or _differ(one.first, other.first, "dimension_id"):
        return "project_alike" if has_same_amounts else ""
    return "title_nearly"


def _amounts(project: SheetProject) -> list[str]:
    """The cells of all years of a project that has an amount in one; none of another."""
    cells = [one.text(year) for one in project.data for year in _years(one)]
    return cells if any(number_of(cell) for cell in cells) else []
