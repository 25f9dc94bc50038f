"""What is reported of the projects, beside the lines of the budgets: each amount once, so that sums are right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from khelang_opendata.formats.joins import Record
from khelang_opendata.package.edition import Edition

MONEY = ("approved_thb", "disbursed_thb")

LineKey = tuple[str, str]
"""The project and the number of a line of the budgets."""


def has_progress(edition: Edition) -> bool:
    """Whether anything is reported."""
    return next(edition.records("progress"), None) is not None


def latest_reports(edition: Edition) -> Mapping[tuple[str, str], Record]:
    """The report of the last round of each project and fiscal year (B.E.)."""
    latest: dict[tuple[str, str], Record] = {}
    for report in edition.records("progress"):
        place = report["project_id"], report["fiscal_year_be"]
        if place not in latest or int(report["round_months"]) > int(latest[place]["round_months"]):
            latest[place] = report
    return latest


def progress_of_lines(edition: Edition) -> Mapping[LineKey, Record]:
    """The latest report on each project and year, beside the project's first line of that year.

    Where a project has no line of the year, but one of the whole period, that has the latest report with the sums of
    all such years. The amounts of a year are those of its latest round, which counts from the beginning of the year.
    """
    first: dict[tuple[str, str], LineKey] = {}
    for budget in sorted(edition.records("budgets"), key=lambda budget: int(budget["line_no"])):
        first.setdefault((budget["project_id"], budget["fiscal_year_be"]), (budget["project_id"], budget["line_no"]))
    reports: defaultdict[LineKey, list[Record]] = defaultdict(list)
    for (project, year), last in sorted(latest_reports(edition).items()):
        line = first.get((project, year)) or first.get((project, ""))
        if line:
            reports[line].append(last)
    return {line: _summed(found) for line, found in reports.items()}


def _summed(reports: Sequence[Record]) -> Record:
    """The last report, with the sums of all."""
    return {**reports[-1], **{name: _sum([report[name] for report in reports]) for name in MONEY}}


def _sum(amounts: Sequence[str]) -> str:
    known = [Decimal(amount) for amount in amounts if amount]
    return f"{sum(known, Decimal()):f}" if known else ""
