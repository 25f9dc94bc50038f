"""Years of the summary table that are ticked: when a project runs, with one amount for all years or with none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from khelang_opendata.intake.cell_meanings import is_tick, number_of, year_meaning
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import PlanColumn
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.summary_projects import SheetProject
from khelang_opendata.intake.summary_rows import NOT_RUN, TICK, WHOLE, is_of_amounts

_ENDS = ("start_fiscal_year_be", "end_fiscal_year_be")


def has_ticks(project: SheetProject) -> bool:
    """Whether any year of a project is ticked."""
    return any(is_ticked(project, one.text(name)) for one in project.data for name in _years(project))


def has_whole_amount(project: SheetProject) -> bool:
    """Whether a project has an amount for all years together."""
    return any(number_of(one.text(WHOLE)) for one in project.data)


def is_ticked(project: SheetProject, text: str) -> bool:
    """Whether the cell of a year is a tick. Beside an amount for all years, 1 is one, too, and no baht."""
    return is_tick(text) or (has_whole_amount(project) and number_of(text) == 1)


def take_ticks(merge: Merge, project: SheetProject, signs: Mapping[str, str], columns: Sequence[PlanColumn]) -> None:
    """Take the first and the last year of a project from its ticks, unless columns of the sheet give them.

    Ticks that have no meaning are refused where their years are read, and say nothing here.

    Args:
        merge: the import.
        project: the project, as far as its own columns are taken.
        signs: what the signs of the sheet mean.
        columns: the columns of the sheet.
    """
    has_meaning = TICK in signs or any(one.text(WHOLE) for one in project.data)
    if not has_ticks(project) or not has_meaning:
        return
    statuses = merge.family.tables["budgets"].field_by_name["budget_status"].meanings
    planned = set[str]()
    for one in project.data:
        for name in _years(project):
            said = year_meaning(one.text(name), signs, statuses) if one.text(name) else None
            if is_ticked(project, one.text(name)) or (said and said.status not in ("", NOT_RUN)):
                planned.add(name)
    ends = dict(zip(_ENDS, (min(planned), max(planned)), strict=True))
    given = [column for column in columns if column.name in ends and project.first.text(column.name)]
    for column in given:
        if project.row[column.name] != ends[column.name]:
            params = {**column.named, "text": ", ".join(sorted(planned))}
            merge.remarks.append(project.first.remark(RemarkKind.REFUSED, "ticks_disagree", column.name, **params))
    if given or all(project.row[name] == year for name, year in ends.items()):
        return
    place = next(name for name in sorted(planned) if any(is_ticked(project, one.text(name)) for one in project.data))
    params = {"text": ", ".join(sorted(planned)), "before": "-".join(filter(None, map(project.row.get, _ENDS))) or "–"}
    params["after"] = "-".join(ends.values())
    kind = RemarkKind.TAKEN if project.old is None else RemarkKind.CHANGED
    merge.remarks.append(project.first.remark(kind, "ticks_taken", place, **params))
    project.row |= ends


def _years(project: SheetProject) -> Iterator[str]:
    return (name for name in project.first.columns if name != WHOLE and is_of_amounts(name))
