"""Rules of the progress reports: a reason where a project cannot run, rounds that fit, and money that adds up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.thai import ERA, baht
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import PlanRule, plan_rule

SIX_MONTHS, TWELVE_MONTHS = 6, 12


@plan_rule(Severity.ERROR, needs=("progress",))
def progress_reason_missing(plan: Plan) -> Iterator[Issue]:
    """A project that cannot be carried out says why; the reporting system asks for it."""
    rows = zip(plan.texts("progress", "status"), plan.texts("progress", "cannot_reason"), strict=True)
    for place, (status, reason) in enumerate(rows):
        if status == "cannot" and reason is None:
            report = plan.record("progress", place)
            yield report.issue(progress_reason_missing, "cannot_reason", year=_year(report))


@plan_rule(Severity.ERROR, needs=("progress",))
def progress_regressed(plan: Plan) -> Iterator[Issue]:
    """What was completed after six months is still completed after twelve months of the same year."""
    completed = {_project_year(plan, place) for place, status in _round(plan, SIX_MONTHS) if status == "completed"}
    for place, status in _round(plan, TWELVE_MONTHS) if completed else ():
        if status not in (None, "completed") and _project_year(plan, place) in completed:
            report = plan.record("progress", place)
            yield report.issue(progress_regressed, "status", year=_year(report))


@plan_rule(Severity.WARNING, needs=("plans", "projects", "progress"))
def progress_outside_project(plan: Plan) -> Iterator[Issue]:
    """A report is about a year in which the project runs.

    A project with reversed years, and a year outside the whole plan, have issues of their own.
    """
    projects, plan_years = plan.places("projects"), plan.years
    starts = plan.integers("projects", "start_fiscal_year_be")
    ends = plan.integers("projects", "end_fiscal_year_be")
    rows = zip(plan.texts("progress", "project_id"), plan.integers("progress", "fiscal_year_be"), strict=True)
    for place, (id_, year) in enumerate(rows):
        project = projects.get(id_ or "")
        if project is None or year is None or (plan_years and year not in plan_years):
            continue
        start, end = starts[project], ends[project]
        if start is not None and end is not None and start <= end and not start <= year <= end:
            report = plan.record("progress", place)
            yield report.issue(progress_outside_project, "fiscal_year_be", year=year, start=start, end=end)


@plan_rule(Severity.WARNING, needs=("progress",), compares=("limit",))
def disbursed_exceeds_approved(plan: Plan) -> Iterator[Issue]:
    """No more is disbursed than was approved."""
    return _exceeding(plan, disbursed_exceeds_approved, "disbursed_thb", "approved_thb")


@plan_rule(Severity.INFO, needs=("progress",))
def approved_exceeds_planned(plan: Plan) -> Iterator[Issue]:
    """No more is approved than was planned; worth a look, but lawful after a transfer of budget."""
    return _exceeding(plan, approved_exceeds_planned, "approved_thb", "planned_thb")


@plan_rule(Severity.WARNING, needs=("progress",), compares=("before",))
def disbursed_decreases(plan: Plan) -> Iterator[Issue]:
    """What is disbursed by the end of a year is no less than after six months: both are sums from the year's start."""
    disbursed = plan.numbers("progress", "disbursed_thb")
    earlier = {_project_year(plan, place): disbursed[place] for place, _ in _round(plan, SIX_MONTHS)}
    for place, _ in _round(plan, TWELVE_MONTHS) if earlier else ():
        before, after = earlier.get(_project_year(plan, place)), disbursed[place]
        if before is not None and after is not None and after < before:
            report = plan.record("progress", place)
            yield report.issue(disbursed_decreases, "disbursed_thb", before=baht(before), year=_year(report))


@plan_rule(Severity.WARNING, needs=("budgets", "progress"))
def disbursed_without_budget(plan: Plan) -> Iterator[Issue]:
    """Money is disbursed only in a year in which the plan has the project run with money."""
    planned = _statuses(plan)
    for place, amount in enumerate(plan.numbers("progress", "disbursed_thb")):
        statuses = planned.get(_project_year(plan, place), set())
        if amount and statuses and statuses <= {"no_budget", "not_run"}:
            report = plan.record("progress", place)
            variant = "no_budget" if "no_budget" in statuses else "not_run"
            yield report.issue(disbursed_without_budget, "disbursed_thb", variant=variant, year=_year(report))


@plan_rule(Severity.WARNING, needs=("budgets", "progress"), compares=("planned",))
def planned_differs(plan: Plan) -> Iterator[Issue]:
    """The planned amount that is reported is the plan's, where the plan gives all amounts of that year."""
    unknown = {"unknown", "shared"}
    statuses = _statuses(plan)
    for place, reported in enumerate(plan.numbers("progress", "planned_thb")):
        project, year = key = _project_year(plan, place)
        if reported is None or not statuses.get(key) or statuses[key] & unknown or project in plan.whole_period:
            continue
        planned = plan.budget_totals[year][project or ""]
        if planned != reported:
            report = plan.record("progress", place)
            yield report.issue(planned_differs, "planned_thb", planned=baht(planned), year=_year(report))


@plan_rule(Severity.WARNING, needs=("progress",))
def progress_reason_unneeded(plan: Plan) -> Iterator[Issue]:
    """Only a project that cannot be carried out has a reason why not."""
    rows = zip(plan.texts("progress", "status"), plan.texts("progress", "cannot_reason"), strict=True)
    for place, (status, reason) in enumerate(rows):
        if reason is not None and status not in (None, "cannot"):
            report = plan.record("progress", place)
            yield report.issue(progress_reason_unneeded, "cannot_reason", year=_year(report))


@plan_rule(Severity.WARNING, needs=("progress",))
def progress_reason_unexplained(plan: Plan) -> Iterator[Issue]:
    """The reason "other" is explained in words."""
    rows = zip(plan.texts("progress", "cannot_reason"), plan.texts("progress", "problem_th"), strict=True)
    for place, (reason, problem) in enumerate(rows):
        if reason == "other" and problem is None:
            report = plan.record("progress", place)
            yield report.issue(progress_reason_unexplained, "problem_th", year=_year(report))


@plan_rule(Severity.WARNING, needs=("plans", "progress"), compares=("end",))
def reported_before_round(plan: Plan) -> Iterator[Issue]:
    """A report is dated no earlier than the end of its round: 31 March or 30 September of the fiscal year.

    A year outside the whole plan has an issue of its own.
    """
    ends = {SIX_MONTHS: (3, 31), TWELVE_MONTHS: (9, 30)}
    days = plan.days("progress", "reported_on")
    for place, (months, day) in enumerate(zip(plan.integers("progress", "round_months"), days, strict=True)):
        year = plan.integers("progress", "fiscal_year_be")[place]
        if day is None or year is None or months not in ends or year not in plan.years:
            continue
        end = date(year - ERA, *ends[months])
        if day < end:
            report = plan.record("progress", place)
            yield report.issue(reported_before_round, "reported_on", end=end.isoformat(), year=year)


def _statuses(plan: Plan) -> Mapping[tuple[str | None, int | None], set[str | None]]:
    """The statuses of the budgets of each project in each year."""
    found: dict[tuple[str | None, int | None], set[str | None]] = {}
    years, statuses = plan.integers("budgets", "fiscal_year_be"), plan.texts("budgets", "budget_status")
    for id_, year, status in zip(plan.ids("budgets"), years, statuses, strict=True):
        found.setdefault((id_, year), set()).add(status)
    return found


def _exceeding(plan: Plan, rule: PlanRule, field: str, limit_field: str) -> Iterator[Issue]:
    amounts = zip(plan.numbers("progress", field), plan.numbers("progress", limit_field), strict=True)
    for place, (amount, limit) in enumerate(amounts):
        if amount is not None and limit is not None and amount > limit:
            report = plan.record("progress", place)
            yield report.issue(rule, field, limit=report.text(limit_field) or "", year=_year(report))


def _round(plan: Plan, months: int) -> Iterator[tuple[int, str | None]]:
    """The positions of the reports of a round, with their status."""
    rows = zip(plan.integers("progress", "round_months"), plan.texts("progress", "status"), strict=True)
    return ((place, status) for place, (round_, status) in enumerate(rows) if round_ == months)


def _project_year(plan: Plan, place: int) -> tuple[str | None, int | None]:
    return plan.texts("progress", "project_id")[place], plan.integers("progress", "fiscal_year_be")[place]


def _year(report: Record) -> int:
    return report.integer("fiscal_year_be") or 0
