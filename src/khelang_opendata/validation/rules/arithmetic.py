"""Rules of the plan's arithmetic: amounts against their status, years, printed texts, totals and counts.

An empty amount counts as nothing in a sum; where one of the summands is unknown, a larger printed total is no
contradiction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from decimal import Decimal

from khelang_opendata.errors import Issue
from khelang_opendata.thai import amounts_in_words, baht, in_words, printed_amounts, same_words
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import PlanRule

_PRINTED = ("summary_amount_printed", "sheet_amount_printed")
_MOST_DIGITS = 16

_AMOUNT_FITS: dict[str, Callable[[Decimal | None], bool]] = {
    "budgeted": lambda amount: amount is not None and amount > 0,
    "no_budget": lambda amount: amount == 0,
    "not_run": lambda amount: amount is None,
    "shared": lambda amount: not amount,
    "unknown": lambda amount: amount is None,
}


def budget_status_amount(plan: Plan) -> Iterator[Issue]:
    """A budget's amount is what its status says: money, 0 or empty (data model, table of budget_status)."""
    for budget in plan.records("budgets"):
        if not _status_fits(budget):
            status = budget.text("budget_status") or ""
            yield budget.issue("budget_status_amount", "amount_thb", variant=status, year=_year(budget))


def budget_year_missing(plan: Plan) -> Iterator[Issue]:
    """Each project has a budget row for each year of the plan, also for a year in which it does not run."""
    for project in plan.records("projects"):
        present = {budget.integer("fiscal_year_be") for budget in plan.budgets_by_project.get(project.id, ())}
        if missing := [year for year in plan.years if year not in present]:
            years = ", ".join(map(str, missing))
            yield project.issue("budget_year_missing", year=missing[0], years=years)


def budget_outside_plan(plan: Plan) -> Iterator[Issue]:
    """A budget's fiscal year is one of the plan's."""
    for budget in plan.records("budgets") if plan.years else ():
        year = budget.integer("fiscal_year_be")
        if year is not None and year not in plan.years:
            first, last = plan.years[0], plan.years[-1]
            yield budget.issue("budget_outside_plan", "fiscal_year_be", year=year, first=first, last=last)


def budget_outside_project(plan: Plan) -> Iterator[Issue]:
    """Money is planned only for years in which the project runs."""
    for budget in plan.records("budgets"):
        year, project = budget.integer("fiscal_year_be"), plan.find("projects", budget.id)
        if year is None or year not in plan.years or project is None or not _amount(budget):
            continue
        first, last = project.integer("start_fiscal_year_be"), project.integer("end_fiscal_year_be")
        if first is not None and last is not None and first <= last and not first <= year <= last:
            amount = baht(_amount(budget))
            yield budget.issue(
                "budget_outside_project", "fiscal_year_be", year=year, first=first, last=last, amount=amount
            )


def printed_amounts_differ(plan: Plan) -> Iterator[Issue]:
    """What the summary table and the project's sheet print is the adopted amount, or the year's total of all sources.

    A row that breaks ``budget_status_amount`` is left to it.
    """
    summary_has_amounts = any(budget.text("summary_amount_printed") for budget in plan.records("budgets"))
    for budget in filter(_status_fits, plan.records("budgets")):
        adopted, year = _amount(budget), _year(budget)
        total = sum(map(_amount, _same_year(plan, budget)), Decimal(0))
        for field in _PRINTED:
            if _contradicts(budget.text(field), {adopted, total}):
                yield budget.issue("printed_amounts_differ", field, year=year, amount=baht(adopted))
        if summary_has_amounts and _lost_in_summary(plan, budget):
            field = "summary_amount_printed"
            yield budget.issue("printed_amounts_differ", field, variant="missing", year=year, amount=baht(adopted))


def _contradicts(printed: str | None, adopted: Set[Decimal]) -> bool:
    """Whether a text states amounts and neither one of them nor their sum is adopted."""
    stated = printed_amounts(printed or "")
    return bool(stated) and adopted.isdisjoint({*stated, sum(stated)})


def _lost_in_summary(plan: Plan, budget: Record) -> bool:
    """Whether the summary table names the project and prints no amount, though the amount is known."""
    project = plan.find("projects", budget.id)
    named = project is not None and project.text("summary_title_printed") is not None
    return named and budget.text("summary_amount_printed") is None and budget.text("budget_status") != "unknown"


def amount_words_differ(plan: Plan) -> Iterator[Issue]:
    """The Thai words in brackets spell the figures before them; of several wrong ones in a text the first is named."""
    for budget in plan.records("budgets"):
        for field in _PRINTED:
            pairs = amounts_in_words(budget.text(field) or "")
            wrong = next(((amount, words) for amount, words in pairs if not same_words(words, amount)), None)
            if wrong:
                params = {"amount": baht(wrong[0]), "words": wrong[1], "expected": in_words(wrong[0])}
                yield budget.issue("amount_words_differ", field, record=None, year=_year(budget), **params)


def printed_subtotal_differs(plan: Plan) -> Iterator[Issue]:
    """The total printed for a dimension, or for a mission with its sub-missions, is the sum of its projects."""
    for total in plan.records("printed_totals"):
        members = _members(plan, total)
        if members is not None:
            yield from _compared(plan, total, members, "printed_subtotal_differs")


def printed_grand_total_differs(plan: Plan) -> Iterator[Issue]:
    """The plan's printed total is the sum of all projects."""
    everything = {project.id for project in plan.records("projects")}
    for total in plan.records("printed_totals"):
        if total.text("scope") == "plan":
            yield from _compared(plan, total, everything, "printed_grand_total_differs")


def printed_totals_inconsistent(plan: Plan) -> Iterator[Issue]:
    """The plan's printed total is the sum of the totals printed for its dimensions, where each has one that year."""
    totals = plan.records("printed_totals")
    subtotals = {(t.id, t.integer("fiscal_year_be")): _amount(t) for t in totals if t.text("scope") == "dimension"}
    for total in totals:
        year = total.integer("fiscal_year_be")
        keys = [(dimension.id, year) for dimension in plan.records("dimensions")]
        if total.text("scope") == "plan" and keys and subtotals.keys() >= set(keys):
            expected = sum((subtotals[key] for key in keys), Decimal(0))
            if _amount(total) != expected:
                printed, added = baht(_amount(total)), baht(expected)
                yield total.issue(
                    "printed_totals_inconsistent", "amount_thb", year=_year(total), printed=printed, added=added
                )


def declared_count_differs(plan: Plan) -> Iterator[Issue]:
    """The number of projects that the plan, or a dimension, declares is the number of rows it has."""
    projects = plan.records("projects")
    for table, members in (("plans", None), ("dimensions", "dimension_id")):
        for record in plan.records(table):
            rows = sum(members is None or project.text(members) == record.id for project in projects)
            declared = record.integer("declared_project_count")
            if declared is not None and declared != rows:
                field = "declared_project_count"
                yield record.issue("declared_count_differs", field, variant=table, declared=declared, rows=rows)


def _members(plan: Plan, total: Record) -> Set[str] | None:
    """The projects of the dimension or mission a printed total belongs to; None for any other scope or unknown id."""
    if total.text("scope") == "dimension" and plan.find("dimensions", total.id):
        return {p.id for p in plan.records("projects") if p.text("dimension_id") == total.id}
    if total.text("scope") == "mission" and plan.find("missions", total.id):
        missions = _with_sub_missions(plan, total.id)
        return {p.id for p in plan.records("projects") if p.text("mission_id") in missions}
    return None


def _with_sub_missions(plan: Plan, mission: str) -> Set[str]:
    found: set[str] = set()
    children = {mission}
    while children - found:
        found |= children
        children = {m.id for m in plan.records("missions") if m.text("parent_mission_id") in found}
    return found


def _compared(plan: Plan, total: Record, members: Set[str], code: str) -> Iterator[Issue]:
    year = total.integer("fiscal_year_be")
    if year is None or year not in plan.years:
        return
    rows = (budget for member in members for budget in plan.budgets_by_project.get(member, ()))
    budgets = [budget for budget in rows if budget.integer("fiscal_year_be") == year]
    items, printed = sum(map(_amount, budgets), Decimal(0)), _amount(total)
    gap_unknown = any(b.text("budget_status") == "unknown" for b in budgets) and printed > items
    if printed != items and not gap_unknown:
        yield total.issue(code, "amount_thb", year=year, printed=baht(printed), items=baht(items))


def _same_year(plan: Plan, budget: Record) -> Iterator[Record]:
    year = budget.integer("fiscal_year_be")
    return (b for b in plan.budgets_by_project.get(budget.id, ()) if b.integer("fiscal_year_be") == year)


def _status_fits(budget: Record) -> bool:
    fits = _AMOUNT_FITS.get(budget.text("budget_status") or "")
    return fits is None or fits(_stated(budget))


def _amount(record: Record) -> Decimal:
    return _stated(record) or Decimal(0)


def _stated(record: Record) -> Decimal | None:
    """The amount of a row; None where it is empty, or too large to be one (9e999999 is a number, too)."""
    amount = record.number("amount_thb")
    return amount if amount is not None and amount.adjusted() < _MOST_DIGITS else None


def _year(record: Record) -> int:
    return record.integer("fiscal_year_be") or 0


RULES: dict[str, PlanRule] = {
    "budget_status_amount": PlanRule(budget_status_amount, ("budgets",)),
    "budget_year_missing": PlanRule(budget_year_missing, ("plans", "projects", "budgets")),
    "budget_outside_plan": PlanRule(budget_outside_plan, ("plans", "budgets")),
    "budget_outside_project": PlanRule(budget_outside_project, ("plans", "projects", "budgets")),
    "printed_amounts_differ": PlanRule(printed_amounts_differ, ("projects", "budgets")),
    "printed_subtotal_differs": PlanRule(
        printed_subtotal_differs, ("plans", "dimensions", "missions", "projects", "budgets", "printed_totals")
    ),
    "printed_grand_total_differs": PlanRule(
        printed_grand_total_differs, ("plans", "projects", "budgets", "printed_totals")
    ),
    "printed_totals_inconsistent": PlanRule(printed_totals_inconsistent, ("dimensions", "printed_totals")),
    "declared_count_differs": PlanRule(declared_count_differs, ("plans", "dimensions", "projects")),
    "amount_words_differ": PlanRule(amount_words_differ, ("budgets",)),
}
