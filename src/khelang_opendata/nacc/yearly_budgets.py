"""The budgets of each year; an amount for the whole period belongs to none, and leaves each year's amount unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.model.thai import baht
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice

Record = Mapping[str, str]


def yearly_budgets(budgets: Iterable[Record], years: Iterable[int]) -> Mapping[tuple[str, int], Sequence[Record]]:
    """The rows of the budgets by project and year.

    Args:
        budgets: the rows of the table.
        years: the fiscal years (B.E.) to which a row without a year is given, as an unknown amount with a note.
    """
    found: defaultdict[tuple[str, int], list[Record]] = defaultdict(list)
    for budget in budgets:
        if budget["fiscal_year_be"]:
            found[budget["project_id"], int(budget["fiscal_year_be"])].append(budget)
        else:
            for year in years:
                found[budget["project_id"], year].append(_unknown(budget))
    return dict(found)


def _unknown(budget: Record) -> Record:
    note = notice("budget_whole_period", Language.TH, amount=baht(Decimal(budget["amount_thb"] or 0)))
    notes = [note, *([budget["note_th"]] if budget["note_th"] else [])]
    return {**budget, "budget_status": "unknown", "amount_thb": "", "note_th": "; ".join(notes)}
