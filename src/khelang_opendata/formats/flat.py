"""The plan without keys to follow: the budgets as one flat table with all names joined in and all codes explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.formats.joins import NOTHING, Joins, Record
from khelang_opendata.formats.made_schemas import (
    STEP,
    JoinedColumn,
    aligned,
    joined_columns,
    joined_rows,
    made_schema,
    year_ce,
)
from khelang_opendata.formats.reported_progress import MONEY, has_progress, progress_of_lines
from khelang_opendata.formats.weighted_errata import errata_of_records
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.tables import TableSchema

FLAT = "flat"


def flat_table(edition: Edition) -> ReleasedTable:
    """The budgets with all names joined in and all codes explained: one row per line of a project's budget.

    Where anything is reported, the columns of progress are at the end.
    """
    return ReleasedTable(flat_schema(edition), joined_rows(_columns(edition), _joined_budgets(edition)))


def flat_schema(edition: Edition) -> TableSchema:
    """The schema of the flat table."""
    return made_schema(FLAT, [column.descriptor for column in _columns(edition)], edition.family)


def _columns(edition: Edition) -> list[JoinedColumn]:
    return list(joined_columns(FLAT, edition.family, progress=has_progress(edition)))


def roles_of_project(joins: Joins, project: Record) -> dict[str, Record]:
    """The records that a project brings with it, by their roles."""
    return {
        "plan": joins.edition.plan,
        "dimension": joins.dimensions.get(project["dimension_id"], NOTHING),
        "mission": joins.missions.get(project["mission_id"], NOTHING),
        "division": joins.division(project["lead_unit_id"]),
        "unit": joins.units.get(project["lead_unit_id"], NOTHING),
        "project": project,
        "parent": joins.projects.get(project["parent_project_id"], NOTHING),
    }


def headings_of_dimension(joins: Joins, project: Record) -> dict[str, str]:
    """The dimension's number and name in both languages."""
    thai, english = joins.dimension_heading(project["dimension_id"])
    return {"dimension_heading_th": thai, "dimension_heading_en": english}


def _joined_budgets(edition: Edition) -> Iterator[Mapping[str, Record]]:
    """The records that each row of the budgets brings together, by their roles."""
    joins, errata, about = Joins(edition), errata_of_records(edition.records), _FromOtherTables(edition)
    budgets, progress = list(edition.records("budgets")), _aligned_progress(edition)
    amounts = aligned([Decimal(budget["amount_thb"]) if budget["amount_thb"] else None for budget in budgets])
    for budget, amount in zip(budgets, amounts, strict=True):
        project = joins.projects[budget["project_id"]]
        report = progress.get((budget["project_id"], budget["line_no"]), NOTHING)
        made = _made(joins, project, budget["fiscal_year_be"], errata) | about.of(project["project_id"])
        yield {
            **roles_of_project(joins, project),
            "budget": {**budget, "amount_thb": amount},
            "progress": report,
            "made": made | {name: report.get(name, "") for name in MONEY},
        }


def _aligned_progress(edition: Edition) -> Mapping[tuple[str, str], Record]:
    reports = progress_of_lines(edition)
    for name in MONEY:
        amounts = aligned([Decimal(report[name]) if report[name] else None for report in reports.values()])
        reports = {
            line: {**report, name: amount} for (line, report), amount in zip(reports.items(), amounts, strict=True)
        }
    return reports


def _made(joins: Joins, project: Record, year: str, errata: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    missions, units = joins.mission_path(project["mission_id"]), joins.unit_path(project["lead_unit_id"])
    known = [one for one in errata.get(project["project_id"], ()) if not year or one["fiscal_year_be"] in ("", year)]
    about_money = any(one["resource"] == "budgets" and one["topic"] in ("amount", "period") for one in known)
    return {
        **headings_of_dimension(joins, project),
        "mission_path_th": STEP.join(f"{m['mission_code']} {m['name_th']}" for m in missions),
        "mission_path_en": STEP.join(f"{m['mission_code']} {m['name_en'] or m['name_th']}" for m in missions),
        "lead_unit_path_th": STEP.join(u["name_th"] for u in units),
        "lead_unit_path_en": STEP.join(u["name_en"] or u["name_th"] for u in units),
        "fiscal_year_ce": year_ce(year),
        "errata_ids": " ".join(dict.fromkeys(one["erratum_id"] for one in known)),
        "amount_has_erratum": "true" if about_money else "false",
    }


class _FromOtherTables:
    """What the rows of other tables add to a project."""

    def __init__(self, edition: Edition) -> None:
        units = {unit["unit_id"]: unit["name_th"] for unit in edition.records("units")}
        self._units: defaultdict[str, list[str]] = defaultdict(list)
        for row in edition.records("project_units"):
            if row["role"] != "lead":
                self._units[row["project_id"]].append(units.get(row["unit_id"]) or row["unit_printed"])
        self._audiences: defaultdict[str, list[str]] = defaultdict(list)
        for row in edition.records("targets"):
            self._audiences[row["project_id"]] += [row["audience"]] if row["audience"] else []

    def of(self, project_id: str) -> dict[str, str]:
        """The columns of a project."""
        return {
            "other_units": "; ".join(dict.fromkeys(self._units[project_id])),
            "audiences": " ".join(dict.fromkeys(self._audiences[project_id])),
        }
