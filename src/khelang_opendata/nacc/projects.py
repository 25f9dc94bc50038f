"""The projects of one fiscal year as the ITA asks for them: their budgets and period, and their results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.joins import NOTHING, Joins, Record
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.ita import Item
from khelang_opendata.nacc.sheet import Cell, Footnotes, Group, Sheet, ToDo, amount, money, say, text, title_of
from khelang_opendata.nacc.yearly_budgets import is_part_of_whole, yearly_budgets
from khelang_opendata.package.edition import Edition
from khelang_opendata.render.dates import fiscal_year_days, thai_date

_ABOUT_BUDGET = {
    *("amount_thb", "amount_basis", "budget_status", "funding_source"),
    *("summary_amount_printed", "sheet_amount_printed"),
}
_PLAN_COLUMNS = ("number", "project", "unit", "budget", "period")
_RESULT_COLUMNS = ("number", "project", "budget", "result", "spent", "problems")
_TELLING = ("budgeted", "unknown", "shared", "no_budget", "not_run")
"""The statuses of a budget, the most informative first."""
_HALF, _MONTHS = "6", 12
_TOLD = ("result_th", "disbursed_thb", "problem_th")


@dataclass(frozen=True)
class _Year:
    """The projects that have a budget entry in one fiscal year, in the plan's order."""

    edition: Edition
    year: int

    @cached_property
    def joins(self) -> Joins:
        return Joins(self.edition)

    @cached_property
    def budgets(self) -> Mapping[str, Sequence[Record]]:
        """The budgets of the year by project."""
        found = yearly_budgets(self.edition.records("budgets"), self.joins.projects.values())
        return {project: budgets for (project, year), budgets in found.items() if year == self.year}

    @property
    def projects(self) -> list[Record]:
        projects = (project for project in self.joins.projects.values() if project["project_id"] in self.budgets)
        return sorted(projects, key=lambda project: int(project["sequence_no"]))

    def is_run(self, project: Record) -> bool:
        """Whether a project is run in the year, according to its budgets."""
        return any(budget["budget_status"] != "not_run" for budget in self.budgets[project["project_id"]])

    def is_unknown(self, project: Record) -> bool:
        """Whether an amount of a project is unknown."""
        return any(budget["budget_status"] == "unknown" for budget in self.budgets[project["project_id"]])

    def known(self, projects: Sequence[Record]) -> Decimal:
        """The known budgets of the projects."""
        budgets = (budget for project in projects for budget in self.budgets[project["project_id"]])
        return sum((Decimal(budget["amount_thb"] or 0) for budget in budgets), Decimal(0))

    def sum(self, projects: Sequence[Record]) -> Cell:
        """The sum of the projects' budgets; a minimum if an amount is unknown."""
        known = amount(self.known(projects))
        if not any(self.is_unknown(project) for project in projects):
            return known
        return Cell((say("least", amount=known.lines[0]),), figure=known.figure)

    def budget(self, project: Record) -> Cell:
        """A project's budget; sources of money are named if there are several, or others than the organisation."""
        budgets = self.budgets[project["project_id"]]
        notes = [budget["note_th"] for budget in budgets if budget["note_th"]]
        is_plain = len(budgets) == 1 and budgets[0]["funding_source"] in ("", "lao_budget")
        sources = [
            say(
                "of_source",
                source=title_of(self.edition, "budgets", "funding_source", budget["funding_source"]),
                amount=_budget(budget).lines[0],
            )
            for budget in (() if is_plain else budgets)
        ]
        main = min(budgets, key=lambda budget: _TELLING.index(budget["budget_status"]))
        is_sum = len(budgets) > 1 and main["budget_status"] == "budgeted"
        cell = self.sum([project]) if is_sum else _budget(main)
        return Cell(cell.lines, (*sources, *dict.fromkeys(notes)), cell.figure)

    def groups(self, projects: Sequence[Record]) -> Iterator[tuple[Record, list[Record]]]:
        """The dimensions in the plan's order, each with its projects."""
        without: Record = {"dimension_id": ""}
        for dimension in (*self.joins.dimensions.values(), without):
            if members := [project for project in projects if project["dimension_id"] == dimension["dimension_id"]]:
                yield dimension, members


def plan_sheet(edition: Edition, year: int, item: Item) -> Sheet:
    """The projects of a fiscal year, each with its budget, or that it uses none, and the period in which it is run."""
    of_year, footnotes = _Year(edition, year), Footnotes(edition)
    projects, groups = of_year.projects, []
    for dimension, members in of_year.groups(projects):
        rows = tuple(_plan_row(of_year, footnotes, project) for project in members)
        known = of_year.sum(members)
        known = footnotes.marked(known, "printed_totals", dimension["dimension_id"], {"amount_thb"}, year)
        groups.append(Group(rows, _heading(dimension), known))
    total = _total(of_year, footnotes, projects)
    unknown = [project for project in projects if of_year.is_unknown(project)]
    todo = (ToDo("budgets", {"year": year, "numbers": _numbers(unknown)}),) if unknown else ()
    return footnotes.sheet(_PLAN_COLUMNS, groups, total, todo)


def _plan_row(of_year: _Year, footnotes: Footnotes, project: Record) -> tuple[Cell, ...]:
    first, last = map(thai_date, fiscal_year_days(of_year.year))
    unit = of_year.joins.units.get(project["lead_unit_id"], NOTHING).get("name_th") or say("unstated")
    division = of_year.joins.division(project["lead_unit_id"]).get("name_th", unit)
    return (
        text(project["sequence_no"]),
        text(project["title_th"]),
        text(unit if unit == division else f"{unit} {division}"),
        _marked_budget(of_year, footnotes, project),
        text(say("period", first=first, last=last) if of_year.is_run(project) else say("budget_not_run")),
    )


def _marked_budget(of_year: _Year, footnotes: Footnotes, project: Record) -> Cell:
    return footnotes.marked(of_year.budget(project), "budgets", project["project_id"], _ABOUT_BUDGET, of_year.year)


def _total(of_year: _Year, footnotes: Footnotes, projects: Sequence[Record]) -> tuple[Cell, ...]:
    """The last row, with what the document says of the plan's total, and of the amounts of all projects."""
    plan_id = of_year.edition.plan["plan_id"]
    total = footnotes.marked(of_year.sum(projects), "printed_totals", plan_id, {"amount_thb"}, of_year.year)
    total = footnotes.marked(total, "budgets", plan_id, _ABOUT_BUDGET, of_year.year)
    not_run = sum(not of_year.is_run(project) for project in projects)
    label = say("total_run" if not_run else "total", count=len(projects), not_run=not_run)
    return (text(label), total, text(""))


def results_sheet(edition: Edition, year: int, item: Item) -> Sheet:
    """The recorded results of the projects of a fiscal year: result, money spent, problems."""
    of_year, footnotes = _Year(edition, year), Footnotes(edition)
    progress = _progress(edition, year, item.months)
    projects = [p for p in of_year.projects if of_year.is_run(p) or p["project_id"] in progress]
    groups = tuple(
        Group(tuple(_result_row(of_year, footnotes, p, progress.get(p["project_id"]), item.months) for p in own), head)
        for own, head in ((members, _heading(dimension)) for dimension, members in of_year.groups(projects))
    )
    total = _results_total(of_year, projects, progress) if projects else ()
    todo = _missing_results(of_year, item, projects, progress)
    return footnotes.sheet(_RESULT_COLUMNS, groups, total, todo)


def _progress(edition: Edition, year: int, months: int) -> Mapping[str, Record]:
    """The reports of a round by project.

    What was completed after six months need not be reported again, so that its report is that of the year, too.
    """
    reports = [record for record in edition.records("progress") if record["fiscal_year_be"] == str(year)]
    earlier = (r for r in reports if r["round_months"] == _HALF and r["status"] == "completed" and months == _MONTHS)
    own = (record for record in reports if record["round_months"] == str(months))
    return {record["project_id"]: record for record in (*earlier, *own)}


def _result_row(
    of_year: _Year, footnotes: Footnotes, project: Record, report: Record | None, months: int
) -> tuple[Cell, ...]:
    head = text(project["sequence_no"]), text(project["title_th"]), _marked_budget(of_year, footnotes, project)
    if report is None:
        return (*head, *[text(say("unrecorded"))] * 3)
    problems = report["problem_th"] or say("unrecorded")
    return (*head, _result(of_year, report, months), _spent(of_year, project, report), text(*problems.splitlines()))


def _result(of_year: _Year, report: Record, months: int) -> Cell:
    """The state that was reported, with the reason where the project cannot be carried out, and the result."""
    status = title_of(of_year.edition, "progress", "status", report["status"])
    if report["cannot_reason"]:
        reason = title_of(of_year.edition, "progress", "cannot_reason", report["cannot_reason"])
        status = say("cannot", status=status, reason=reason)
    is_earlier = report["round_months"] == _HALF and months == _MONTHS
    return Cell((status, *report["result_th"].splitlines()), (say("earlier"),) if is_earlier else ())


def _spent(of_year: _Year, project: Record, report: Record) -> Cell:
    """The money spent; a project that has no budget of its own and spent nothing used none."""
    spent = report["disbursed_thb"]
    if not spent:
        return text(say("unrecorded"))
    needs_none = all(b["budget_status"] == "no_budget" for b in of_year.budgets[project["project_id"]])
    return text(say("budget_no_budget")) if needs_none and not Decimal(spent) else amount(spent)


def _results_total(of_year: _Year, projects: Sequence[Record], progress: Mapping[str, Record]) -> tuple[Cell, ...]:
    reported = [r["disbursed_thb"] for r in progress.values() if r["disbursed_thb"]]
    spent = sum((Decimal(value) for value in reported), Decimal(0))
    spent_cell = amount(spent) if len(reported) == len(projects) else text(say("least", amount=money(spent)))
    label = text(say("total", count=len(projects)))
    return (label, of_year.sum(projects), text(""), spent_cell if reported else text(say("unrecorded")), text(""))


def _missing_results(
    of_year: _Year, item: Item, projects: Sequence[Record], progress: Mapping[str, Record]
) -> tuple[ToDo, ...]:
    """The missing results; a project that cannot be carried out needs none."""
    plan = of_year.edition.plan
    if of_year.year < int(plan["start_fiscal_year_be"]):
        years = f"{plan['start_fiscal_year_be']}-{plan['end_fiscal_year_be']}"
        return (ToDo("other_plan", {"year": of_year.year, "years": years}),)
    missing = [p for p in projects if not _has_result(progress.get(p["project_id"]))]
    params = {"year": of_year.year, "months": item.months, "count": len(projects)}
    if not progress:
        return (ToDo("no_results", params),)
    return (ToDo("some_results", {**params, "missing": len(missing), "numbers": _numbers(missing)}),) if missing else ()


def _has_result(report: Record | None) -> bool:
    return report is not None and all(
        report[name] for name in _TOLD if name != "result_th" or report["status"] != "cannot"
    )


def _budget(budget: Record) -> Cell:
    """One budget: its amount, or the meaning of its status."""
    if budget["budget_status"] == "budgeted":
        return amount(budget["amount_thb"])
    return text(say("budget_undivided" if is_part_of_whole(budget) else f"budget_{budget['budget_status']}"))


def _heading(dimension: Record) -> str:
    if not dimension["dimension_id"]:
        return notice("no_dimension", Language.TH)
    return say("dimension", code=dimension["dimension_code"], name=dimension["name_th"])


def _numbers(projects: Sequence[Record]) -> str:
    return ", ".join(project["sequence_no"] for project in projects)
