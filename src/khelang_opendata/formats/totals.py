"""The totals of the budgets: a table each for the years, the dimensions, the divisions in charge and the lead units.

Each table adds up to the plan. They are not one table, because a sum over all rows of such a table counts the plan
once for each way to divide it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.about import NOT_NAMED
from khelang_opendata.formats.joins import Joins, Record
from khelang_opendata.formats.made_schemas import STEP, aligned, made_schema, made_tables, year_ce
from khelang_opendata.formats.reported_progress import MONEY, has_progress, progress_of_lines
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.tables import JsonObject, TableSchema

TOTALS = ("totals_by_year", "totals_by_dimension", "totals_by_division", "totals_by_unit")


def totals_tables(edition: Edition) -> list[ReleasedTable]:
    """The totals of each year of the plan, whole and by dimension, division in charge and lead unit.

    Where anything is reported, the columns of progress are at the end.
    """
    budgets = _Budgets(edition)
    return [_table(name, budgets) for name in TOTALS]


@dataclass(frozen=True)
class _Budgets:
    """The lines of the budgets with what they count towards."""

    edition: Edition

    @cached_property
    def joins(self) -> Joins:
        return Joins(self.edition)

    @cached_property
    def years(self) -> Sequence[str]:
        """The fiscal years, and last an empty text if there are amounts of the whole period."""
        found = {record["fiscal_year_be"] for record in self.edition.records("budgets")}
        return sorted(found, key=lambda year: year or "9")

    @cached_property
    def reports(self) -> Mapping[tuple[str, str], Record]:
        return progress_of_lines(self.edition)

    def places(self, name: str) -> Iterator[tuple[str, Sequence[str]]]:
        """The ids that a table has rows of, in the order of their tables, each with its names."""
        joins, plan_id = self.joins, self.edition.plan["plan_id"]
        if name == "totals_by_year":
            yield plan_id, ()
            return
        used = {self.id_of(name, project) for project in joins.projects.values()}
        if name == "totals_by_dimension":
            yield from ((id_, (one["name_th"], one["name_en"])) for id_, one in joins.dimensions.items())
        else:
            yield from ((id_, self._unit_names(name, id_)) for id_ in joins.units if id_ in used)
        if plan_id in used:
            yield plan_id, NOT_NAMED

    def id_of(self, name: str, project: Record) -> str:
        """What a project counts towards; where it names no dimension or unit, the plan."""
        unit = project["lead_unit_id"]
        ids = {
            "totals_by_year": project["plan_id"],
            "totals_by_dimension": project["dimension_id"],
            "totals_by_division": self.joins.division(unit).get("unit_id"),
            "totals_by_unit": unit,
        }
        return ids[name] or project["plan_id"]

    def _unit_names(self, name: str, id_: str) -> Sequence[str]:
        """The Thai and English name; a unit's begins with its division's, since units of one name are many."""
        if name == "totals_by_division":
            return self.joins.units[id_]["name_th"], self.joins.units[id_]["name_en"]
        path = self.joins.unit_path(id_)
        path = path[path.index(self.joins.division(id_)) :]
        return tuple(STEP.join(unit[f"name_{end}"] or unit["name_th"] for unit in path) for end in ("th", "en"))


def _table(name: str, budgets: _Budgets) -> ReleasedTable:
    edition, groups = budgets.edition, _groups(name, budgets)
    places = [(id_, names, year) for id_, names in budgets.places(name) for year in budgets.years]
    lines = [groups[id_, year] for id_, _, year in places]
    whole = f"{edition.plan['start_fiscal_year_be']}-{edition.plan['end_fiscal_year_be']}"
    heads = [
        (edition.plan["plan_id"], *((id_, *names) if names else ()), year or whole, year, year_ce(year))
        for id_, names, year in places
    ]
    columns = [_counts(group) for group in lines]
    amounts = aligned([_total(group) for group in lines])
    rows = [(*head, *counts, amount) for head, counts, amount in zip(heads, columns, amounts, strict=True)]
    if has_progress(edition):
        rows = [(*row, *more) for row, more in zip(rows, _reported(lines, budgets.reports), strict=True)]
    return ReleasedTable(totals_schema(name, edition), tuple(rows))


def totals_schema(name: str, edition: Edition) -> TableSchema:
    """The schema of one of these tables."""
    return made_schema(name, list(_fields(name, edition)), edition.family)


def _fields(name: str, edition: Edition) -> Iterator[JsonObject]:
    common = made_tables()["totals"]
    sources = {**common["first"], **made_tables()[name].get("columns", {}), **common["columns"]}
    sources |= common["progress_columns"] if has_progress(edition) else {}
    for column, source in sources.items():
        if isinstance(source, str):
            table, _, field = source.partition(".")
            yield edition.family.tables[table].field_by_name[field].descriptor
        else:
            yield {"name": column, **source}


def _groups(name: str, budgets: _Budgets) -> Mapping[tuple[str, str], Sequence[Record]]:
    """The lines of the budgets by id and year; each line once."""
    groups: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
    for budget in budgets.edition.records("budgets"):
        id_ = budgets.id_of(name, budgets.joins.projects[budget["project_id"]])
        groups[id_, budget["fiscal_year_be"]].append(budget)
    return groups


def _counts(lines: Sequence[Record]) -> list[str]:
    """How many projects run, how many have money planned, and for how many an amount is unknown."""
    projects: defaultdict[str, set[str]] = defaultdict(set)
    for budget in lines:
        projects[budget["budget_status"]].add(budget["project_id"])
    running = set().union(*(ids for status, ids in projects.items() if status != "not_run"))
    return [str(len(ids)) for ids in (running, projects["budgeted"], projects["unknown"])]


def _total(lines: Sequence[Record]) -> Decimal | None:
    """The sum of the amounts; None where all that there might be is unknown."""
    amounts = [Decimal(budget["amount_thb"]) for budget in lines if budget["amount_thb"]]
    unknown = any(budget["budget_status"] == "unknown" for budget in lines)
    return None if unknown and not amounts else sum(amounts, Decimal())


def _reported(groups: Sequence[Sequence[Record]], reports: Mapping[tuple[str, str], Record]) -> list[tuple[str, ...]]:
    """How many projects are reported on, and the sums of what is approved and disbursed, of each group of lines."""
    found = [
        [reports[key] for line in lines if (key := (line["project_id"], line["line_no"])) in reports]
        for lines in groups
    ]
    counts = [str(len({report["project_id"] for report in group})) for group in found]
    sums = [aligned([_sum(report[name] for report in group) for group in found]) for name in MONEY]
    return list(zip(counts, *sums, strict=True))


def _sum(amounts: Iterator[str]) -> Decimal | None:
    known = [Decimal(amount) for amount in amounts if amount]
    return sum(known, Decimal()) if known else None
