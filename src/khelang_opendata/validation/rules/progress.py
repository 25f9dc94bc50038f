"""Rules of the progress reports: a reason where a project cannot run, rounds that fit, and money that adds up."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.errors import Issue
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import PlanRule


def progress_reason_missing(plan: Plan) -> Iterator[Issue]:
    """A project that cannot be carried out says why; the reporting system asks for it."""
    for report in plan.records("progress"):
        if report.text("status") == "cannot" and report.text("cannot_reason") is None:
            yield report.issue("progress_reason_missing", "cannot_reason", year=_year(report))


def progress_regressed(plan: Plan) -> Iterator[Issue]:
    """What was completed after six months is still completed after twelve months of the same year."""
    completed = {_project_year(r) for r in _round(plan, 6) if r.text("status") == "completed"}
    for report in _round(plan, 12):
        if _project_year(report) in completed and report.text("status") not in (None, "completed"):
            yield report.issue("progress_regressed", "status", year=_year(report))


def progress_outside_project(plan: Plan) -> Iterator[Issue]:
    """A report is about a year in which the project runs.

    A project with reversed years, and a year outside the whole plan, have issues of their own.
    """
    for report in plan.records("progress"):
        project, year = plan.find("projects", report.text("project_id")), report.integer("fiscal_year_be")
        if project is None or year is None or (plan.years and year not in plan.years):
            continue
        start, end = project.integer("start_fiscal_year_be"), project.integer("end_fiscal_year_be")
        if start is not None and end is not None and start <= end and not start <= year <= end:
            yield report.issue("progress_outside_project", "fiscal_year_be", year=year, start=start, end=end)


def disbursed_exceeds_approved(plan: Plan) -> Iterator[Issue]:
    """No more is disbursed than was approved."""
    return _exceeding(plan, "disbursed_exceeds_approved", "disbursed_thb", "approved_thb")


def approved_exceeds_planned(plan: Plan) -> Iterator[Issue]:
    """No more is approved than was planned; worth a look, but lawful after a transfer of budget."""
    return _exceeding(plan, "approved_exceeds_planned", "approved_thb", "planned_thb")


def _exceeding(plan: Plan, code: str, field: str, limit_field: str) -> Iterator[Issue]:
    for report in plan.records("progress"):
        amount, limit = report.number(field), report.number(limit_field)
        if amount is not None and limit is not None and amount > limit:
            yield report.issue(code, field, limit=report.text(limit_field) or "", year=_year(report))


def _round(plan: Plan, months: int) -> Iterator[Record]:
    return (report for report in plan.records("progress") if report.integer("round_months") == months)


def _project_year(report: Record) -> tuple[str | None, int | None]:
    return report.text("project_id"), report.integer("fiscal_year_be")


def _year(report: Record) -> int:
    return report.integer("fiscal_year_be") or 0


RULES: dict[str, PlanRule] = {
    "progress_reason_missing": PlanRule(progress_reason_missing),
    "progress_regressed": PlanRule(progress_regressed),
    "progress_outside_project": PlanRule(progress_outside_project, ("plans", "projects")),
    "disbursed_exceeds_approved": PlanRule(disbursed_exceeds_approved),
    "approved_exceeds_planned": PlanRule(approved_exceeds_planned),
}
