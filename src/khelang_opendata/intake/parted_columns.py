"""Columns of the summary table that were sorted alone, which parts their values from the projects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence

from khelang_opendata.intake.cell_meanings import number_of
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.sheet_headings import FoundSheet
from khelang_opendata.intake.summary_projects import SheetProject, number_text_of
from khelang_opendata.intake.summary_rows import SummaryRow

_LEAST = 5
"""Rows that are parted by a sort, and by nothing that a person does on purpose in one column."""
_TITLE, _NUMBER = "title_th", "sequence_no"
Values = Mapping[Hashable, str]
"""The values of a column by project, or by budget line."""


def parted_columns(
    merge: Merge, found: FoundSheet, projects: Sequence[SheetProject], old: Mapping[str, Sequence[SummaryRow]]
) -> Iterator[Remark]:
    """Remarks, each at a heading, on columns that have their old values in other rows.

    Numbers are left out: who moves a project numbers the others anew.

    Args:
        merge: the import, with its new projects and budget lines.
        found: the sheet.
        projects: its projects.
        old: the rows of the old ones by their ids.
    """
    places = {column.name: at for at, column in found.columns.items()}
    parted = [_TITLE] if _has_parted_titles(merge, projects, old) else []
    if not parted:
        for name in places:
            before, after = _values(merge, name, projects)
            if name not in (_TITLE, _NUMBER) and _is_parted(before, after):
                parted.append(name)
    for name in parted:
        named = found.column(name).named
        yield Remark(RemarkKind.REFUSED, "column_parted", found.read.name, found.heading, places[name], named)


def _is_parted(before: Values, after: Values) -> bool:
    """Whether most values of a column are in other rows, and are all of the same ones."""
    moved = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
    filled = [value for value in before.values() if value]
    return (
        len(moved) >= _LEAST
        and 2 * len(moved) > len(filled)
        and Counter(filled) == Counter(value for value in after.values() if value)
    )


def _values(merge: Merge, name: str, projects: Sequence[SheetProject]) -> tuple[Values, Values]:
    """The values of a column before and after: those of projects, or of the budget lines of a year."""
    if name.isdigit():
        return _of_year(merge.rows("budgets"), name), _of_year(merge.new["budgets"], name)
    kept = [(merge.rows("projects")[one.old], one.row) for one in projects if one.old is not None]
    before: Values = {old["project_id"]: old.get(name, "") for old, _ in kept}
    return before, {new["project_id"]: new.get(name, "") for _, new in kept}


def _of_year(lines: Sequence[Row], year: str) -> Values:
    """What the budget lines of a year say."""
    of_year = (line for line in lines if line["fiscal_year_be"] == year)
    return {(line["project_id"], line["line_no"]): line["amount_thb"] or line["budget_status"] for line in of_year}


def _has_parted_titles(merge: Merge, projects: Sequence[SheetProject], old: Mapping[str, Sequence[SummaryRow]]) -> bool:
    """Whether most titles are in rows that have number, unit and amounts of other projects."""
    known = {id_: _print_of_old(merge, rows) for id_, rows in old.items() if rows}
    parted = 0
    for project in (project for project in projects if project.old is not None):
        of_row = _print_of_new(project)
        own = known.get(project.row["project_id"])
        parted += of_row != own and of_row in known.values()
    return parted >= _LEAST and 2 * parted > len(projects)


Print = tuple[str, str, tuple[tuple[str, str], ...]]


def _print_of_old(merge: Merge, rows: Sequence[SummaryRow]) -> Print:
    project = rows[0].project
    amounts = {year: line["amount_thb"] for year, line in rows[0].lines.items() if number_of(line["amount_thb"])}
    unit = merge.older.label("units", project["lead_unit_id"])
    return project[_NUMBER], comparable(unit), _plain(amounts)


def _print_of_new(project: SheetProject) -> Print:
    one = project.first
    amounts = {year: one.text(year) for year in one.columns if number_of(one.text(year)) and year.isdigit()}
    return number_text_of(one), comparable(one.text("lead_unit_id")), _plain(amounts)


def _plain(amounts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((year, f"{number_of(text):.2f}") for year, text in amounts.items()))
