"""The totals of the budgets, tidy: one row per year of the plan, of each dimension, division and lead unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.formats.flat import STEP, aligned, code_fields, made_schema, made_tables, year_ce
from khelang_opendata.formats.joins import Joins, Record
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject, TableSchema

_NOT_NAMED = ("ไม่ได้ระบุ", "Not named")
"""The name of the projects that name no dimension or unit; their row has the plan's id."""


def summary_schema(family: SchemaFamily) -> TableSchema:
    """The table of totals as a schema."""
    return made_schema("summary", list(_fields(family)), family)


def summary_table(edition: Edition) -> ReleasedTable:
    """The totals by plan, dimension, division in charge and lead unit, each for every year of the plan.

    The rows of each scope add up to the plan's; a row of one scope must not be added to a row of another.
    """
    joins = Joins(edition)
    years = sorted({record["fiscal_year_be"] for record in edition.records("budgets")}, key=lambda year: year or "9")
    groups = _groups(edition, joins)
    places = [(scope, id_, year) for scope, id_ in _scopes(joins) for year in years]
    amounts = aligned([_total(groups[place]) for place in places])
    titles = made_tables()["summary"]["scopes"]
    whole = f"{edition.plan['start_fiscal_year_be']}-{edition.plan['end_fiscal_year_be']}"
    rows = []
    for (scope, id_, year), amount in zip(places, amounts, strict=True):
        head = (edition.plan["plan_id"], scope, *titles[scope], id_, *_names(joins, scope, id_))
        rows.append((*head, year or whole, year, year_ce(year), *_counts(groups[scope, id_, year]), amount))
    return ReleasedTable(summary_schema(edition.family), tuple(rows))


def _fields(family: SchemaFamily) -> Iterator[JsonObject]:
    for name, source in made_tables()["summary"]["columns"].items():
        if isinstance(source, str):
            table, _, column = source.partition(".")
            yield family.tables[table].field_by_name[column].descriptor
        else:
            descriptor = {"name": name, **source}
            yield descriptor
            yield from code_fields(descriptor) if "enum" in source.get("constraints", {}) else ()


def _groups(edition: Edition, joins: Joins) -> Mapping[tuple[str, str, str], Sequence[Record]]:
    """The rows of the budgets by scope, id and year; each row once in each scope."""
    groups: defaultdict[tuple[str, str, str], list[Record]] = defaultdict(list)
    for budget in edition.records("budgets"):
        for scope, id_ in _ids(joins, joins.projects[budget["project_id"]]).items():
            groups[scope, id_, budget["fiscal_year_be"]].append(budget)
    return groups


def _ids(joins: Joins, project: Record) -> Record:
    """The totals that a project counts towards, by scope; one without a dimension or a unit counts towards none's."""
    unit = project["lead_unit_id"]
    return {
        "plan": project["plan_id"],
        "dimension": project["dimension_id"] or _none(project),
        "division": joins.division(unit).get("unit_id") or _none(project),
        "unit": unit or _none(project),
    }


def _none(project: Record) -> str:
    """The id of the projects that name no dimension or unit: the plan's, so that the rows of a scope add up to it."""
    return project["plan_id"]


def _scopes(joins: Joins) -> Iterator[tuple[str, str]]:
    """The plan, its dimensions, and the divisions and units that are in charge of a project, in their tables' order."""
    used = {(scope, id_) for project in joins.projects.values() for scope, id_ in _ids(joins, project).items()}
    plan_id = joins.edition.plan["plan_id"]
    units = [*joins.units, plan_id]
    yield "plan", plan_id
    yield from (("dimension", id_) for id_ in joins.dimensions)
    others = (("dimension", plan_id), *((scope, id_) for scope in ("division", "unit") for id_ in units))
    yield from (place for place in others if place in used)


def _names(joins: Joins, scope: str, id_: str) -> list[str]:
    """The Thai and English name; a unit's begins with its division's, since units of one name are many."""
    if scope == "plan":
        return [joins.edition.plan["title_th"], joins.edition.plan["title_en"]]
    if id_ == joins.edition.plan["plan_id"]:
        return [*_NOT_NAMED]
    if scope == "dimension":
        return [joins.dimensions[id_]["name_th"], joins.dimensions[id_]["name_en"]]
    if scope == "division":
        return [joins.units[id_]["name_th"], joins.units[id_]["name_en"]]
    path = joins.unit_path(id_)
    path = path[path.index(joins.division(id_)) :]
    return [STEP.join(unit["name_th"] for unit in path), STEP.join(unit["name_en"] or unit["name_th"] for unit in path)]


def _counts(budgets: Sequence[Record]) -> list[str]:
    """How many projects run, how many have money planned, and for how many an amount is unknown."""
    projects: defaultdict[str, set[str]] = defaultdict(set)
    for budget in budgets:
        projects[budget["budget_status"]].add(budget["project_id"])
    running = set().union(*(ids for status, ids in projects.items() if status != "not_run"))
    return [str(len(ids)) for ids in (running, projects["budgeted"], projects["unknown"])]


def _total(budgets: Sequence[Record]) -> Decimal | None:
    """The sum of the amounts; None where all that there might be is unknown."""
    amounts = [Decimal(budget["amount_thb"]) for budget in budgets if budget["amount_thb"]]
    unknown = any(budget["budget_status"] == "unknown" for budget in budgets)
    return None if unknown and not amounts else sum(amounts, Decimal())
