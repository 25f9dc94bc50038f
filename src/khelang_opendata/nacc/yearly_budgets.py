"""The budgets of each year; an amount for the whole period belongs to none, and leaves each year's amount unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.model.thai import baht
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice

Record = Mapping[str, str]

_WHOLE = "whole_period_thb"
"""The amount for all years, in a row that was made for one of them."""


def yearly_budgets(budgets: Iterable[Record], projects: Iterable[Record]) -> Mapping[tuple[str, int], Sequence[Record]]:
    """The rows of the budgets by project and year.

    Args:
        budgets: the rows of the table.
        projects: the rows of the table ``projects``. A budget without a year is given to every year of its project;
            an amount of money in it becomes an unknown amount with a note.
    """
    years = {project["project_id"]: _years(project) for project in projects}
    found: defaultdict[tuple[str, int], list[Record]] = defaultdict(list)
    for budget in budgets:
        if budget["fiscal_year_be"]:
            found[budget["project_id"], int(budget["fiscal_year_be"])].append(budget)
        else:
            for year in years[budget["project_id"]]:
                found[budget["project_id"], year].append(_in_one_year(budget))
    return dict(found)


def is_part_of_whole(budget: Record) -> bool:
    """Whether the amount is unknown because the document gives one for all years together."""
    return _WHOLE in budget


def _years(project: Record) -> range:
    return range(int(project["start_fiscal_year_be"]), int(project["end_fiscal_year_be"]) + 1)


def _in_one_year(budget: Record) -> Record:
    """A row for all years as one of them has it: the share of money is unknown, any other status is the year's."""
    if budget["budget_status"] != "budgeted":
        return budget
    note = notice("budget_whole_period", Language.TH, amount=baht(Decimal(budget["amount_thb"])))
    notes = [note, *([budget["note_th"]] if budget["note_th"] else [])]
    return {
        **budget,
        "budget_status": "unknown",
        "amount_thb": "",
        _WHOLE: budget["amount_thb"],
        "note_th": "; ".join(notes),
    }
