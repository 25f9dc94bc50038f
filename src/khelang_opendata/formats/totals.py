"""The totals of the budgets, tidy: one row per year of the plan, of each dimension, division and lead unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.formats.flat import STEP, YEAR_CE, aligned, code_fields, made_schema, text_field, year_ce
from khelang_opendata.formats.joins import Joins, Record
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject, TableSchema

SUMMARY_KEY = ("scope", "scope_id", "fiscal_year_be")
SUMMARY: JsonObject = {
    "title": "ยอดรวมงบประมาณ",
    "title_en": "Totals of the budgets",
    "description": "ยอดรวมที่คำนวณจากตาราง budgets รายปี ของทั้งแผน แต่ละมิติ แต่ละสำนักหรือกอง และแต่ละหน่วยงาน "
    "ยอดของแต่ละขอบเขต (scope) รวมกันได้เท่ากับทั้งแผน อย่านำยอดต่างขอบเขตมาบวกกัน "
    "จำนวนเงินที่เอกสารให้ไว้รวมทุกปีอยู่ในแถวที่ไม่มีปีงบประมาณ ไม่รวมอยู่ในยอดของปีใด",
    "description_en": "Totals computed from the budgets, by year, of the whole plan and of each dimension, division "
    "and unit. The rows of each scope add up to the plan's: never add rows of different scopes. Amounts for the whole "
    "period are in rows without a fiscal year, and in the total of no year.",
}
"""The description of the table of totals in Thai and English."""
_SCOPES = {
    "plan": ("ทั้งแผน", "Whole plan"),
    "dimension": ("มิติ", "Dimension"),
    "division": ("สำนัก/กอง", "Division"),
    "unit": ("หน่วยงาน", "Unit"),
}
_NOT_NAMED = ("ไม่ได้ระบุ", "Not named")
"""The name of the projects that name no dimension or unit; their row has the plan's id."""


def summary_schema(family: SchemaFamily) -> TableSchema:
    """The table of totals as a schema, in both languages."""
    return made_schema("summary", SUMMARY, _fields(family), SUMMARY_KEY, family)


def summary_table(edition: Edition) -> ReleasedTable:
    """The totals by plan, dimension, division in charge and lead unit, each for every year of the plan.

    The rows of each scope add up to the plan's; a row of one scope must not be added to a row of another.
    """
    joins = Joins(edition)
    years = sorted({record["fiscal_year_be"] for record in edition.records("budgets")}, key=lambda year: year or "9")
    groups = _groups(edition, joins)
    places = [(scope, id_, year) for scope, id_ in _scopes(joins) for year in years]
    amounts = aligned([_total(groups[place]) for place in places])
    rows = (
        (*_head(joins, *place), *_counts(groups[place]), amount) for place, amount in zip(places, amounts, strict=True)
    )
    return ReleasedTable(summary_schema(edition.family), tuple(rows))


def _fields(family: SchemaFamily) -> list[JsonObject]:
    budgets = family.tables["budgets"].field_by_name
    scope = text_field(
        "scope",
        "ขอบเขตของยอดรวม",
        "What the total is of",
        "plan: ทั้งแผน; dimension: มิติ; division: สำนัก กอง หรือหน่วยที่รับผิดชอบ รวมหน่วยงานภายใน; unit: เฉพาะหน่วยงานรับผิดชอบหลัก "
        "ยอดของแต่ละขอบเขตรวมกันได้เท่ากับทั้งแผน จึงอย่านำยอดต่างขอบเขตมาบวกกัน",
        "plan: the whole plan; dimension: one dimension; division: the division in charge with all units inside it; "
        "unit: the lead unit alone. The rows of each scope add up to the plan's: never add rows of different scopes.",
    )
    return [
        budgets["plan_id"].descriptor,
        {**scope, "constraints": {"required": True, "enum": [*_SCOPES]}},
        *code_fields(scope),
        *_name_fields(),
        budgets["fiscal_year_be"].descriptor,
        YEAR_CE,
        *_count_fields(),
        text_field(
            "amount_thb",
            "งบประมาณรวม",
            "Total",
            "ผลรวมของ amount_thb ในตาราง budgets หน่วยเป็นบาท เงินที่ใช้ร่วมกับโครงการอื่นนับครั้งเดียวที่โครงการที่จ่าย "
            "เมื่อมีโครงการที่ไม่ทราบจำนวนเงิน ยอดนี้คือจำนวนอย่างต่ำ เว้นว่างเมื่อไม่ทราบจำนวนเงินของโครงการใดเลย",
            "Sum of amount_thb in the table budgets, in baht. Money shared with another project counts once, with the "
            "project that pays. Where amounts are unknown, this is the least it can be; empty where none is known.",
        )
        | {"type": "number", "constraints": {"minimum": 0}},
    ]


def _name_fields() -> list[JsonObject]:
    id_ = text_field(
        "scope_id",
        "รหัสของแผน มิติ หรือหน่วยงาน",
        "Id of the plan, dimension or unit",
        "plan_id, dimension_id หรือ unit_id ตามขอบเขต แถวของโครงการที่ไม่ได้ระบุมิติหรือหน่วยงานใช้ plan_id",
        "The plan_id, dimension_id or unit_id, as the scope says; the plan_id for projects that name no dimension or "
        "unit.",
    )
    thai = text_field(
        "name_th",
        "ชื่อแผน มิติ หรือหน่วยงาน",
        "Name (Thai)",
        "ชื่อภาษาไทย หน่วยงานภายในมีชื่อสำนักหรือกองนำหน้า คั่นด้วย >",
        "Thai name. That of a unit inside a division begins with the division's, divided by >.",
    )
    english = text_field(
        "name_en",
        "ชื่อแผน มิติ หรือหน่วยงานภาษาอังกฤษ",
        "Name (English)",
        "ชื่อภาษาอังกฤษ หน่วยงานภายในมีชื่อสำนักหรือกองนำหน้า คั่นด้วย > เว้นว่างเมื่อยังไม่ได้แปล",
        "English name. That of a unit inside a division begins with the division's, divided by >. Empty when not yet "
        "translated.",
    )
    return [id_ | {"constraints": {"required": True}}, thai | {"constraints": {"required": True}}, english]


def _count_fields() -> list[JsonObject]:
    fields = (
        text_field(
            "projects",
            "จำนวนโครงการที่ดำเนินการ",
            "Projects that run",
            "จำนวนโครงการที่ดำเนินการในปีนั้น ทั้งที่ใช้และไม่ใช้งบประมาณ",
            "Projects that run in that year, with or without money.",
        ),
        text_field(
            "projects_with_budget",
            "จำนวนโครงการที่ตั้งงบประมาณไว้",
            "Projects with a budget",
            "จำนวนโครงการที่มีแหล่งเงินอย่างน้อยหนึ่งแหล่งซึ่งตั้งงบประมาณไว้ในปีนั้น",
            "Projects with money planned from at least one source in that year.",
        ),
        text_field(
            "projects_with_unknown_amount",
            "จำนวนโครงการที่ไม่ทราบจำนวนเงิน",
            "Projects with an unknown amount",
            "จำนวนโครงการที่เอกสารไม่บอกจำนวนเงินของแหล่งเงินอย่างน้อยหนึ่งแหล่งในปีนั้น",
            "Projects for which the document does not give the amount from at least one source in that year.",
        ),
    )
    return [field | {"type": "integer", "constraints": {"required": True, "minimum": 0}} for field in fields]


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
    plan_id = joins.plan["plan_id"]
    units = [*joins.units, plan_id]
    yield "plan", plan_id
    yield from (("dimension", id_) for id_ in joins.dimensions)
    others = (("dimension", plan_id), *((scope, id_) for scope in ("division", "unit") for id_ in units))
    yield from (place for place in others if place in used)


def _head(joins: Joins, scope: str, id_: str, year: str) -> list[str]:
    return [joins.plan["plan_id"], scope, *_SCOPES[scope], id_, *_names(joins, scope, id_), year, year_ce(year)]


def _names(joins: Joins, scope: str, id_: str) -> list[str]:
    """The Thai and English name; a unit's begins with its division's, since units of one name are many."""
    if scope == "plan":
        return [joins.plan["title_th"], joins.plan["title_en"]]
    if id_ == joins.plan["plan_id"]:
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
