"""Rules of the plan's arithmetic: amounts against their status, years, printed texts, totals and counts.

An empty amount counts as nothing in a sum; where one of the summands is unknown, a larger printed total is no
contradiction.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.thai import amounts_in_words, baht, in_words, printed_amounts, same_words
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import PlanRule, plan_rule
from khelang_opendata.validation.rules.trees import cycles, leaves_first, parents_of

_PRINTED = ("summary_amount_printed", "sheet_amount_printed")
_NOTHING = Decimal(0)

_FEW, _MANY = 2, 10
"""So many amounts, if they are sorted, say nothing; so many that contradict their status were sorted alone."""

_AMOUNT_FITS: dict[str | None, Callable[[Decimal | None], bool]] = {
    "budgeted": lambda amount: amount is not None and amount > 0,
    "no_budget": lambda amount: amount == 0,
    "not_run": lambda amount: amount is None,
    "shared": lambda amount: not amount,
    "unknown": lambda amount: amount is None,
}


@plan_rule(Severity.ERROR, needs=("budgets",))
def budget_status_amount(plan: Plan) -> Iterator[Issue]:
    """A budget's amount is what its status says: money, 0 or empty (data model, table of budget_status)."""
    unfit = [place for place, fits in enumerate(_statuses_fit(plan)) if not fits]
    if len(unfit) >= _MANY and _is_sorted(plan.texts("budgets", "amount_thb")):
        yield plan.record("budgets", unfit[0]).issue(
            budget_status_amount, "amount_thb", variant="sorted", count=len(unfit)
        )
        return
    for place in unfit:
        budget = plan.record("budgets", place)
        status = budget.text("budget_status") or ""
        yield budget.issue(budget_status_amount, "amount_thb", variant=status, year=_year(budget))


def _is_sorted(texts: Sequence[str | None]) -> bool:
    """Whether different amounts are in the order of their letters or numbers, up or down, but for empty cells."""
    written = [text for text in texts if text]
    numbers = [Decimal(text) for text in written if text.replace(".", "", 1).isdecimal()]
    orders = (written, sorted(written)), (numbers, sorted(numbers))
    return len({*written}) > _FEW and any(given in (up, up[::-1]) for given, up in orders)


@plan_rule(Severity.ERROR, needs=("plans", "projects", "budgets"))
def budget_year_missing(plan: Plan) -> Iterator[Issue]:
    """Each project has a budget row for each year of the plan, also for a year in which it does not run.

    A project with an amount for the whole period needs none.
    """
    present = {year: plan.budget_totals.get(year, {}) for year in plan.years}
    for place, id_ in enumerate(plan.ids("projects")):
        if id_ in plan.whole_period:
            continue
        if missing := [year for year, projects in present.items() if id_ not in projects]:
            years = ", ".join(map(str, missing))
            yield plan.record("projects", place).issue(budget_year_missing, year=missing[0], years=years)


@plan_rule(Severity.ERROR, needs=("budgets",))
def budget_period_wrong(plan: Plan) -> Iterator[Issue]:
    """An amount for the whole period has no fiscal year, and any other row has one."""
    years, bases = plan.texts("budgets", "fiscal_year_be"), plan.texts("budgets", "amount_basis")
    for place, (year, basis) in enumerate(zip(years, bases, strict=True)):
        if (year is None) != (basis == "whole_period"):
            variant = "no_year" if year is None else "with_year"
            yield plan.record("budgets", place).issue(budget_period_wrong, "fiscal_year_be", variant=variant)


@plan_rule(Severity.ERROR, needs=("budgets",))
def source_basis_missing(plan: Plan) -> Iterator[Issue]:
    """A row with money has a source, and says whether the document states it."""
    columns = (plan.texts("budgets", name) for name in ("budget_status", "funding_source", "source_basis"))
    for place, (status, source, basis) in enumerate(zip(*columns, strict=True)):
        if status == "budgeted" and (source is None or basis is None):
            budget, field = plan.record("budgets", place), "funding_source" if source is None else "source_basis"
            yield budget.issue(source_basis_missing, field, year=_year(budget))


@plan_rule(Severity.WARNING, needs=("budgets", "budget_items"), compares=("added",))
def budget_items_differ(plan: Plan) -> Iterator[Issue]:
    """The expenses of a budget line add up to its amount, where all of them have one."""
    amounts = plan.amounts("budget_items")
    items: defaultdict[tuple[str, str | None], list[Decimal | None]] = defaultdict(list)
    for id_, line, amount in zip(plan.ids("budget_items"), plan.texts("budget_items", "line_no"), amounts, strict=True):
        items[id_, line].append(amount)
    budgets = zip(plan.ids("budgets"), plan.texts("budgets", "line_no"), plan.amounts("budgets"), strict=True)
    for place, (id_, line, amount) in enumerate(budgets if items else ()):
        known = [item for item in items.get((id_, line), ()) if item is not None]
        added = sum(known, _NOTHING)
        if known and len(known) == len(items[id_, line]) and amount is not None and added != amount:
            budget = plan.record("budgets", place)
            params = {"amount": baht(amount), "added": baht(added)}
            yield budget.issue(budget_items_differ, "amount_thb", year=_year(budget), **params)


@plan_rule(Severity.ERROR, needs=("plans", "budgets"))
def budget_outside_plan(plan: Plan) -> Iterator[Issue]:
    """A budget's fiscal year is one of the plan's."""
    years = plan.years
    for place, year in enumerate(plan.integers("budgets", "fiscal_year_be") if years else ()):
        if year is not None and year not in years:
            budget = plan.record("budgets", place)
            yield budget.issue(budget_outside_plan, "fiscal_year_be", year=year, first=years[0], last=years[-1])


@plan_rule(Severity.WARNING, needs=("plans", "projects", "budgets"), compares=("amount",))
def budget_outside_project(plan: Plan) -> Iterator[Issue]:
    """Money is planned only for years in which the project runs."""
    projects, plan_years = plan.places("projects"), plan.years
    starts = plan.integers("projects", "start_fiscal_year_be")
    ends = plan.integers("projects", "end_fiscal_year_be")
    budgets = zip(plan.ids("budgets"), plan.integers("budgets", "fiscal_year_be"), plan.amounts("budgets"), strict=True)
    for place, (id_, year, amount) in enumerate(budgets):
        project = projects.get(id_) if amount and year in plan_years else None
        if project is None or year is None:
            continue
        first, last = starts[project], ends[project]
        if first is not None and last is not None and first <= last and not first <= year <= last:
            budget, shown = plan.record("budgets", place), baht(amount or _NOTHING)
            yield budget.issue(
                budget_outside_project, "fiscal_year_be", year=year, first=first, last=last, amount=shown
            )


@plan_rule(Severity.WARNING, needs=("projects", "budgets"), compares=("amount",))
def printed_amounts_differ(plan: Plan) -> Iterator[Issue]:
    """What the summary table and the project's sheet print is the adopted amount, or the year's total of all sources.

    A row that breaks ``budget_status_amount`` is left to it.
    """
    summaries, sheets = (plan.texts("budgets", field) for field in _PRINTED)
    summary_has_amounts = any(summaries)
    for place, (fits, amount, *printed) in enumerate(
        zip(_statuses_fit(plan), plan.amounts("budgets"), summaries, sheets, strict=True)
    ):
        if not fits:
            continue
        for field, text in zip(_PRINTED, printed, strict=True):
            if text and _states_other(text, amount) and _states_other(text, _total(plan, place)):
                yield _printed_issue(plan, place, field)
        if summary_has_amounts and not printed[0] and _is_lost_in_summary(plan, place):
            yield _printed_issue(plan, place, "summary_amount_printed", variant="missing")


def _states_other(printed: str, adopted: Decimal | None) -> bool:
    """Whether a text states amounts and neither one of them nor their sum is adopted."""
    stated, adopted = printed_amounts(printed), adopted or _NOTHING
    return bool(stated) and adopted not in stated and adopted != sum(stated)


def _total(plan: Plan, place: int) -> Decimal:
    """The sum of all sources for the project of a budget in its year."""
    year = plan.integers("budgets", "fiscal_year_be")[place]
    return plan.budget_totals[year][plan.ids("budgets")[place]]


def _is_lost_in_summary(plan: Plan, place: int) -> bool:
    """Whether the summary table names the project of a budget, and its amount is known."""
    project = plan.places("projects").get(plan.ids("budgets")[place])
    named = project is not None and plan.texts("projects", "summary_title_printed")[project] is not None
    return named and plan.texts("budgets", "budget_status")[place] != "unknown"


def _printed_issue(plan: Plan, place: int, field: str, **variant: str) -> Issue:
    budget, amount = plan.record("budgets", place), plan.amounts("budgets")[place]
    if amount is None and not variant and budget.text("budget_status") == "unknown":
        return budget.issue(printed_amounts_differ, field, variant="unknown", year=_year(budget))
    return budget.issue(printed_amounts_differ, field, **variant, year=_year(budget), amount=baht(amount or _NOTHING))


@plan_rule(
    Severity.WARNING,
    needs=("plans", "dimensions", "missions", "projects", "budgets", "printed_totals"),
    compares=("items",),
)
def printed_subtotal_differs(plan: Plan) -> Iterator[Issue]:
    """The total printed for a dimension, or for a mission with its sub-missions, is the sum of its projects."""
    sums = _Sums(plan)
    known = {"dimension": plan.places("dimensions"), "mission": plan.places("missions")}
    for place, (scope, id_) in enumerate(_scopes(plan)):
        if scope and id_ in known.get(scope, ()):
            yield from _compared(plan, place, sums, printed_subtotal_differs)


@plan_rule(Severity.WARNING, needs=("plans", "projects", "budgets", "printed_totals"), compares=("items",))
def printed_grand_total_differs(plan: Plan) -> Iterator[Issue]:
    """The plan's printed total is the sum of all projects."""
    sums = _Sums(plan)
    for place, (scope, _) in enumerate(_scopes(plan)):
        if scope == "plan":
            yield from _compared(plan, place, sums, printed_grand_total_differs)


@plan_rule(Severity.WARNING, needs=("dimensions", "printed_totals"), compares=("added",))
def printed_totals_inconsistent(plan: Plan) -> Iterator[Issue]:
    """The plan's printed total is the sum of the totals printed for its dimensions, where each has one that year."""
    years = plan.integers("printed_totals", "fiscal_year_be")
    amounts = [amount or _NOTHING for amount in plan.amounts("printed_totals")]
    totals = list(zip(_scopes(plan), years, amounts, strict=True))
    subtotals = {(id_, year): amount for (scope, id_), year, amount in totals if scope == "dimension"}
    years_of_plan = {year for (scope, _), year, _ in totals if scope == "plan"}
    sums = {year: _sum_of_dimensions(plan, subtotals, year) for year in years_of_plan}
    for place, ((scope, _), year, amount) in enumerate(totals):
        expected = sums[year] if scope == "plan" else None
        if expected is not None and amount != expected:
            total, printed, added = plan.record("printed_totals", place), baht(amount), baht(expected)
            yield total.issue(printed_totals_inconsistent, "amount_thb", year=year or 0, printed=printed, added=added)


def _sum_of_dimensions(
    plan: Plan, subtotals: Mapping[tuple[str, int | None], Decimal], year: int | None
) -> Decimal | None:
    """The sum of the dimensions' printed totals in a year; None if a total is not printed."""
    keys = [(dimension, year) for dimension in plan.ids("dimensions")]
    return sum((subtotals[key] for key in keys), _NOTHING) if keys and subtotals.keys() >= {*keys} else None


@plan_rule(Severity.WARNING, needs=("plans", "dimensions", "projects"), compares=("rows",))
def declared_count_differs(plan: Plan) -> Iterator[Issue]:
    """The number of projects that the plan, or a dimension, declares is the number of rows it has."""
    by_dimension = Counter(plan.texts("projects", "dimension_id"))
    for table in ("plans", "dimensions"):
        for place, declared in enumerate(plan.integers(table, "declared_project_count")):
            rows = by_dimension[plan.ids(table)[place]] if table == "dimensions" else by_dimension.total()
            if declared is not None and declared != rows:
                record, field = plan.record(table, place), "declared_project_count"
                yield record.issue(declared_count_differs, field, variant=table, declared=declared, rows=rows)


@plan_rule(Severity.WARNING, needs=("budgets",))
def amount_words_differ(plan: Plan) -> Iterator[Issue]:
    """The Thai words in brackets spell the figures before them; of several wrong ones in a text the first is named."""
    for place, printed in enumerate(zip(*(plan.texts("budgets", field) for field in _PRINTED), strict=True)):
        for field, text in zip(_PRINTED, printed, strict=True):
            if text and (wrong := _wrong_words(text)):
                budget = plan.record("budgets", place)
                params = {"amount": baht(wrong[0]), "words": wrong[1], "expected": in_words(wrong[0])}
                yield budget.issue(amount_words_differ, field, record=None, year=_year(budget), **params)


@lru_cache(maxsize=4096)
def _wrong_words(printed: str) -> tuple[Decimal, str] | None:
    """The first amount of a text whose words name another one, and these words."""
    return next(((amount, words) for amount, words in amounts_in_words(printed) if not same_words(words, amount)), None)


@dataclass(slots=True, eq=False, repr=False)
class _Sum:
    """The sum of some projects' budgets in a year, and whether an amount is unknown."""

    amount: Decimal = _NOTHING
    is_unknown: bool = False

    def add(self, other: _Sum) -> None:
        """Take in another sum."""
        self.amount += other.amount
        self.is_unknown = self.is_unknown or other.is_unknown


class _Sums:
    """The sums of the budgets of a plan, its dimensions and its missions, by scope and year."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[str, int], Mapping[str | None, _Sum]] = {}

    def of(self, scope: str, id_: str, year: int) -> _Sum:
        """The sum of a plan, a dimension, or a mission with its sub-missions in a fiscal year."""
        if (scope, year) not in self._known:
            self._known[scope, year] = self._added(scope, year)
        return self._known[scope, year].get(None if scope == "plan" else id_, _Sum())

    def _added(self, scope: str, year: int) -> Mapping[str | None, _Sum]:
        plan, sums = self._plan, defaultdict[str | None, _Sum](_Sum)
        ids = plan.ids("projects")
        owners = [None] * len(ids) if scope == "plan" else plan.texts("projects", f"{scope}_id")
        amounts, unknown = plan.budget_totals.get(year, {}), plan.unknown_budgets.get(year, ())
        for owner, id_ in zip(owners, ids, strict=True):
            sums[owner].add(_Sum(amounts.get(id_, _NOTHING), id_ in unknown))
        if scope == "mission":
            self._add_sub_missions(sums)
        return sums

    def _add_sub_missions(self, sums: defaultdict[str | None, _Sum]) -> None:
        """Add to each mission those below it; those of a cycle are all below each other."""
        parents = parents_of(self._plan, "missions", "parent_mission_id")
        for id_ in leaves_first(parents):
            sums[parents[id_]].add(sums[id_])
        for ring in cycles(parents):
            whole = _Sum()
            for id_ in ring:
                whole.add(sums[id_])
            sums.update(dict.fromkeys(ring, whole))


def _scopes(plan: Plan) -> Iterator[tuple[str | None, str]]:
    return zip(plan.texts("printed_totals", "scope"), plan.ids("printed_totals"), strict=True)


def _compared(plan: Plan, place: int, sums: _Sums, rule: PlanRule) -> Iterator[Issue]:
    """The issue of a printed total that is not what the budgets of its scope add up to."""
    year = plan.integers("printed_totals", "fiscal_year_be")[place]
    if year is None or year not in plan.years:
        return
    scope = plan.texts("printed_totals", "scope")[place] or ""
    items = sums.of(scope, plan.ids("printed_totals")[place], year)
    printed = plan.amounts("printed_totals")[place] or _NOTHING
    gap_unknown = printed > items.amount and items.is_unknown
    if printed != items.amount and not gap_unknown:
        total = plan.record("printed_totals", place)
        yield total.issue(rule, "amount_thb", year=year, printed=baht(printed), items=baht(items.amount))


def _statuses_fit(plan: Plan) -> Iterator[bool]:
    """Whether each budget's amount fits its status; any fits one that is not known."""
    for status, amount in zip(plan.texts("budgets", "budget_status"), plan.amounts("budgets"), strict=True):
        fits = _AMOUNT_FITS.get(status)
        yield fits is None or fits(amount)


def _year(record: Record) -> int | None:
    """The year of a record; None for an amount for the whole period."""
    return record.integer("fiscal_year_be")
