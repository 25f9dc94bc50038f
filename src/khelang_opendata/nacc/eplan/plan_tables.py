"""The tables of a plan as its reports to E-PlanNACC ask them, and the words of that system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.weighted_errata import errata_of_records
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.yearly_budgets import yearly_budgets
from khelang_opendata.package.datapackage import Package
from khelang_opendata.package.edition import ReleasedTable, released_tables
from khelang_opendata.validation import family_of

SIX_MONTHS, TWELVE_MONTHS = 6, 12

STATUSES = {"in_progress": "อยู่ระหว่างดำเนินการ", "completed": "ดำเนินการแล้วเสร็จ", "cannot": "ไม่สามารถดำเนินการได้"}
"""The states of a project, and what the system's form calls them."""

REASONS = {
    "not_funded": "ไม่ได้รับงบประมาณ",
    "policy_changed": "นโยบายผู้บริหารเปลี่ยนแปลง",
    "understaffed": "บุคลากรไม่เพียงพอ",
    "other": "อื่นๆ",
}
"""Why a project cannot be carried out, and what the system's form calls it."""

Record = Mapping[str, str]


@dataclass(frozen=True)
class Dimension:
    """A dimension of the plan; the projects of one that is not scored count for nothing."""

    code: str
    name: str
    scored: bool

    @property
    def heading(self) -> str:
        """Number and name, as the system lists them."""
        return f"มิติที่ {self.code} {self.name}" if self.code else self.name


@dataclass(frozen=True)
class Reported:
    """What was reported of a project in one round; None, or empty text, for what was not."""

    status: str
    in_ordinance: bool | None
    planned: Decimal | None
    approved: Decimal | None
    disbursed: Decimal | None
    reason: str | None
    result: str
    problem: str


@dataclass(frozen=True)
class PlanTables:
    """The tables of a valid plan as reports ask them."""

    tables: Mapping[str, ReleasedTable]

    @classmethod
    def of(cls, package: Package) -> PlanTables:
        return cls(released_tables(package, family_of(package)))

    def records(self, name: str) -> tuple[Record, ...]:
        """The records of a table; none where a plan without it lacks it."""
        return tuple(self.tables[name].records()) if name in self.tables else ()

    @cached_property
    def plan(self) -> Record:
        return self.records("plans")[0]

    @cached_property
    def years(self) -> range:
        return range(int(self.plan["start_fiscal_year_be"]), int(self.plan["end_fiscal_year_be"]) + 1)

    @cached_property
    def dimensions(self) -> Mapping[str, Dimension]:
        """The dimensions by their ids, in the plan's order, and last that of projects without one."""
        records = self.records("dimensions")
        found = {d["dimension_id"]: Dimension(d["dimension_code"], d["name_th"], _truth(d["scored"])) for d in records}
        return {**found, "": Dimension("", notice("no_dimension", Language.TH), scored=True)}

    @cached_property
    def projects(self) -> tuple[Record, ...]:
        """The projects by dimension, as the plan has them, and number."""
        places = {dimension: place for place, dimension in enumerate(self.dimensions)}
        return tuple(sorted(self.records("projects"), key=lambda p: (places[p["dimension_id"]], int(p["sequence_no"]))))

    @cached_property
    def budgets(self) -> Mapping[tuple[str, int], Sequence[Record]]:
        """The rows of the budgets by project and year, one for each source of money."""
        return yearly_budgets(self.records("budgets"), self.projects)

    @cached_property
    def errata(self) -> Mapping[str, Sequence[Record]]:
        """The errata by the id of each record that they concern."""
        return errata_of_records(self.records)

    @cached_property
    def reports(self) -> Mapping[tuple[str, int, int], Reported]:
        """The reports by project, year and round; the system has no status for a project that has not begun."""
        records = [record for record in self.records("progress") if record["status"] != "not_started"]
        return {(r["project_id"], int(r["fiscal_year_be"]), int(r["round_months"])): _reported(r) for r in records}

    def codes(self, table: str, field: str) -> Mapping[str, str]:
        """The Thai titles of the codes of a column."""
        return {code: entry.title_th for code, entry in self.tables[table].schema.field_by_name[field].meanings.items()}

    def runs(self, project: Record, year: int) -> bool:
        """Whether a project is one of a year's: planned for it, or reported on all the same."""
        id_ = project["project_id"]
        if any((id_, year, months) in self.reports for months in (SIX_MONTHS, TWELVE_MONTHS)):
            return True
        budgets = self.budgets.get((id_, year), ())
        is_planned = not budgets or any(budget["budget_status"] != "not_run" for budget in budgets)
        return is_planned and int(project["start_fiscal_year_be"]) <= year <= int(project["end_fiscal_year_be"])


def _reported(record: Record) -> Reported:
    return Reported(
        status=record["status"],
        in_ordinance=_truth(record["in_ordinance"]) if record["in_ordinance"] else None,
        planned=_amount(record["planned_thb"]),
        approved=_amount(record["approved_thb"]),
        disbursed=_amount(record["disbursed_thb"]),
        reason=record["cannot_reason"] or None,
        result=record["result_th"],
        problem=record["problem_th"],
    )


def _amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _truth(text: str) -> bool:
    return text.lower() == "true"
