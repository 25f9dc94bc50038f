"""The report to E-PlanNACC, the reporting system of the NACC: one row a project, year and round.

Source of what the system asks, of its words and of their order: a public copy of its source code, of the plan period
2561-2564 (https://github.com/lovelak/iplan, commit 15df1addcbf72393484343c7820acfea667fe92f): the report's form in
``projectreport.php``, the list of reports in ``ajax/getProjectReportDisplay.php``. The system of today may differ.

Three things follow from the form. A project either runs without a budget, and is then asked for no amounts, or with
one. A project once reported as completed in the six-month round is closed for the twelve-month round of that year.
Amounts are whole baht: the form takes nothing but digits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from khelang_opendata.nacc.eplan.notes import NoteFacts, notes_of
from khelang_opendata.nacc.eplan.plan_tables import SIX_MONTHS, TWELVE_MONTHS, Dimension, PlanTables, Record, Reported
from khelang_opendata.nacc.source import check_year
from khelang_opendata.package.datapackage import Package


@dataclass(frozen=True)
class EplanRow:
    """A project in one round of a year: what the plan says of it, and what was reported.

    ``uses_budget`` is None if neither gives it. ``reported`` is the report of the round, ``earlier`` that of
    the six-month round, where the row is of the twelve-month round. ``notes`` are what the official must decide.
    """

    sequence_no: int
    eplan_title: str
    title: str
    kind: str
    dimension: Dimension
    year: int
    months: int
    uses_budget: bool | None
    planned: Decimal | None
    reported: Reported | None
    earlier: Reported | None
    notes: tuple[str, ...]

    @property
    def is_closed(self) -> bool:
        """Whether the system takes no report of this round: the project was completed in the round before."""
        return self.reported is None and self.earlier is not None and self.earlier.status == "completed"

    @property
    def counted_status(self) -> str | None:
        """The status that the system scores: that of the year's latest report; None without a report."""
        latest = self.reported or self.earlier
        return latest.status if latest else None

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that must still be filled in; the planned amount, if the plan does not give it, among them."""
        if self.is_closed:
            return ()
        return tuple(name for name, value in self._needed().items() if value in (None, ""))

    def _needed(self) -> Mapping[str, object]:
        report = self.reported
        needed: dict[str, object] = {"uses_budget": self.uses_budget}
        if self.uses_budget is not False:
            needed["planned"] = self.planned
            needed |= {"approved": report and report.approved, "disbursed": report and report.disbursed}
        needed |= {"in_ordinance": report and report.in_ordinance, "status": report and report.status}
        if report and report.status == "cannot":
            needed["reason"] = report.reason
        if report and report.reason == "other":
            needed["other_reason"] = report.problem
        return needed


def eplan_rows(package: Package, year: int, months: int) -> tuple[EplanRow, ...]:
    """The rows of a year's (B.E.) projects for one round of 6 or 12 months, by dimension and number as in the plan.

    UsageError where the plan does not run in that year.
    """
    return rows_of_tables(PlanTables.of(package), year, months)


def rows_of_tables(tables: PlanTables, year: int, months: int) -> tuple[EplanRow, ...]:
    """The rows as :func:`eplan_rows` gives them, of a plan's tables."""
    check_year(year, tables.years)
    projects = [project for project in tables.projects if tables.runs(project, year)]
    sharing = _sharing(projects)
    return tuple(_row(tables, project, year, months, sharing[_eplan_title(project)]) for project in projects)


def projects_not_run(package: Package, year: int) -> tuple[int, ...]:
    """The numbers of the projects that do not run in a year, which are not reported."""
    tables = PlanTables.of(package)
    return tuple(sorted(int(p["sequence_no"]) for p in tables.projects if not tables.runs(p, year)))


def year_to_report(package: Package) -> int:
    """The latest fiscal year that was reported on, else the plan's first."""
    tables = PlanTables.of(package)
    return max((year for _, year, _ in tables.reports), default=tables.years[0])


def _row(tables: PlanTables, project: Record, year: int, months: int, sharing: Sequence[int]) -> EplanRow:
    facts = _facts(tables, project, year, months, sharing)
    reported = facts.reported
    return EplanRow(
        sequence_no=int(project["sequence_no"]),
        eplan_title=_eplan_title(project),
        title=project["title_th"],
        kind=tables.codes("projects", "project_kind")[project["project_kind"]],
        dimension=facts.dimension,
        year=year,
        months=months,
        uses_budget=facts.uses_budget,
        planned=reported.planned if reported and reported.planned is not None else facts.planned,
        reported=reported,
        earlier=facts.earlier,
        notes=notes_of(facts),
    )


def _facts(tables: PlanTables, project: Record, year: int, months: int, sharing: Sequence[int]) -> NoteFacts:
    id_, number = project["project_id"], int(project["sequence_no"])
    budgets, reported = tables.budgets.get((id_, year), ()), tables.reports.get((id_, year, months))
    concerned = tables.errata.get(id_, ())
    return NoteFacts(
        dimension=tables.dimensions[project["dimension_id"]],
        budgets=budgets,
        uses_budget=_uses_budget(budgets, reported),
        planned=_sum(budgets),
        reported=reported,
        earlier=tables.reports.get((id_, year, SIX_MONTHS)) if months == TWELVE_MONTHS else None,
        sharing=[other for other in sharing if other != number],
        errata=[erratum for erratum in concerned if erratum["fiscal_year_be"] in ("", str(year))],
        sources=tables.codes("budgets", "funding_source"),
    )


def _eplan_title(project: Record) -> str:
    """The name in E-PlanNACC, which is the project's own name if the plan gives no other."""
    return project["eplan_title_th"] or project["title_th"]


def _sharing(projects: Sequence[Record]) -> Mapping[str, Sequence[int]]:
    """The numbers of the projects that share each name in E-PlanNACC."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for project in projects:
        found[_eplan_title(project)].append(int(project["sequence_no"]))
    return found


def _sum(budgets: Sequence[Record]) -> Decimal | None:
    """The planned amount of all sources together; None if no amount is known."""
    amounts = [Decimal(budget["amount_thb"]) for budget in budgets if budget["amount_thb"]]
    return sum(amounts, Decimal(0)) if amounts else None


def _uses_budget(budgets: Sequence[Record], reported: Reported | None) -> bool | None:
    """Whether a project takes money that year, from the plan or a report; None if unknown."""
    amounts = (reported.planned, reported.approved, reported.disbursed) if reported else ()
    statuses = {budget["budget_status"] for budget in budgets} - {"not_run"}
    if "budgeted" in statuses or any(amounts):
        return True
    return False if statuses == {"no_budget"} else None
