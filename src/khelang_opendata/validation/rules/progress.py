"""Rules of the progress reports: a reason where a project cannot run, rounds that fit, and money that adds up."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import PlanRule, plan_rule


@plan_rule(Severity.ERROR)
def progress_reason_missing(plan: Plan) -> Iterator[Issue]:
    """A project that cannot be carried out says why; the reporting system asks for it."""
    rows = zip(plan.texts("progress", "status"), plan.texts("progress", "cannot_reason"), strict=True)
    for place, (status, reason) in enumerate(rows):
        if status == "cannot" and reason is None:
            report = plan.record("progress", place)
            yield report.issue(progress_reason_missing, "cannot_reason", year=_year(report))


@plan_rule(Severity.ERROR)
def progress_regressed(plan: Plan) -> Iterator[Issue]:
    """What was completed after six months is still completed after twelve months of the same year."""
    completed = {_project_year(plan, place) for place, status in _round(plan, 6) if status == "completed"}
    for place, status in _round(plan, 12) if completed else ():
        if status not in (None, "completed") and _project_year(plan, place) in completed:
            report = plan.record("progress", place)
            yield report.issue(progress_regressed, "status", year=_year(report))


@plan_rule(Severity.WARNING, needs=("plans", "projects"))
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


@plan_rule(Severity.WARNING)
def disbursed_exceeds_approved(plan: Plan) -> Iterator[Issue]:
    """No more is disbursed than was approved."""
    return _exceeding(plan, disbursed_exceeds_approved, "disbursed_thb", "approved_thb")


@plan_rule(Severity.INFO)
def approved_exceeds_planned(plan: Plan) -> Iterator[Issue]:
    """No more is approved than was planned; worth a look, but lawful after a transfer of budget."""
    return _exceeding(plan, approved_exceeds_planned, "approved_thb", "planned_thb")


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
