"""The plan without keys to follow: the budgets as one flat table with all names joined in and all codes explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from khelang_opendata.formats.joins import NOTHING, Joins, Record
from khelang_opendata.formats.weighted_errata import errata_by_weight
from khelang_opendata.model.thai import ERA
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema

FLAT_KEY = ("project_id", "line_no")
FLAT: JsonObject = {
    "title": "งบประมาณแบบตารางเดียว",
    "title_en": "Budgets as one flat table",
    "description": "หนึ่งแถวต่อรายการงบประมาณของโครงการ พร้อมชื่อของทุกรายการที่เกี่ยวข้องและความหมายของทุกรหัส "
    "เปิดใช้ได้โดยไม่ต้องเชื่อมตาราง ช่องว่างไม่ใช่ศูนย์ ให้ดู budget_status ประกอบ แถวที่ไม่มีปีงบประมาณเป็นจำนวนเงินรวมทุกปี",
    "description_en": "The budgets, one row per line of a project's budget, with all names joined in and all codes "
    "explained. An empty amount does not mean zero: budget_status gives the meaning. A row without a fiscal year is an "
    "amount for the whole period.",
}
"""The description of the flat table in Thai and English."""
STEP = " > "
"""Separates the names of a path."""


@dataclass(frozen=True)
class _Role:
    """A joined table: its name, whether a row may have no match, and the texts that explain this."""

    table: str
    optional: bool = False
    prefix: str = ""
    prefix_en: str = ""
    note: str = ""
    note_en: str = ""


_ROLES = {
    "plan": _Role("plans"),
    "dimension": _Role("dimensions", optional=True, prefix_en="Dimension: "),
    "mission": _Role("missions", optional=True, prefix_en="Mission: "),
    "division": _Role(
        "units",
        optional=True,
        prefix="สำนัก/กองที่รับผิดชอบ: ",
        prefix_en="Division in charge: ",
        note="หน่วยงานที่ขึ้นตรงต่อองค์กร ซึ่งหน่วยงานรับผิดชอบหลักสังกัด ",
        note_en="The unit directly under the organisation to which the lead unit belongs. ",
    ),
    "unit": _Role("units", optional=True, prefix="หน่วยงานรับผิดชอบหลัก: ", prefix_en="Lead unit: "),
    "project": _Role("projects", prefix_en="Project: "),
    "parent": _Role("projects", optional=True, prefix="โครงการหลัก: ", prefix_en="Parent project: "),
    "budget": _Role("budgets"),
}

_COLUMNS = {
    "plan_id": "plan.plan_id",
    "lao_name_th": "plan.lao_name_th",
    "fiscal_year_be": "budget.fiscal_year_be",
    "fiscal_year_ce": "",
    "project_id": "project.project_id",
    "line_no": "budget.line_no",
    "project_no": "project.sequence_no",
    "project_kind": "project.project_kind",
    "project_title_th": "project.title_th",
    "project_title_en": "project.title_en",
    "budget_status": "budget.budget_status",
    "amount_thb": "budget.amount_thb",
    "amount_basis": "budget.amount_basis",
    "amount_has_erratum": "",
    "funding_source": "budget.funding_source",
    "source_basis": "budget.source_basis",
    "budget_programme_th": "budget.budget_programme_th",
    "budget_work_th": "budget.budget_work_th",
    "expense_category_th": "budget.expense_category_th",
    "summary_amount_printed": "budget.summary_amount_printed",
    "sheet_amount_printed": "budget.sheet_amount_printed",
    "budget_note_th": "budget.note_th",
    "errata_ids": "",
    "dimension_id": "dimension.dimension_id",
    "dimension_heading_th": "",
    "dimension_heading_en": "",
    "dimension_name_th": "dimension.name_th",
    "dimension_name_en": "dimension.name_en",
    "dimension_scored": "dimension.scored",
    "mission_id": "mission.mission_id",
    "mission_name_th": "mission.name_th",
    "mission_name_en": "mission.name_en",
    "mission_path_th": "",
    "mission_path_en": "",
    "lead_division_id": "division.unit_id",
    "lead_division_name_th": "division.name_th",
    "lead_division_name_en": "division.name_en",
    "lead_unit_id": "unit.unit_id",
    "lead_unit_name_th": "unit.name_th",
    "lead_unit_name_en": "unit.name_en",
    "lead_unit_level": "unit.unit_level",
    "lead_unit_path_th": "",
    "lead_unit_path_en": "",
    "other_units": "",
    "audiences": "",
    "project_eplan_title_th": "project.eplan_title_th",
    "project_start_fiscal_year_be": "project.start_fiscal_year_be",
    "project_end_fiscal_year_be": "project.end_fiscal_year_be",
    "parent_project_id": "parent.project_id",
    "parent_project_title_th": "parent.title_th",
    "parent_project_title_en": "parent.title_en",
    "source_section": "project.source_section",
    "lao_name_en": "plan.lao_name_en",
    "lao_type": "plan.lao_type",
    "dla_code": "plan.dla_code",
    "province_code": "plan.province_code",
    "province_th": "plan.province_th",
    "district_th": "plan.district_th",
    "plan_title_th": "plan.title_th",
    "plan_title_en": "plan.title_en",
}
"""The flat table's columns, and where each comes from; those from nowhere are made here.

Columns that differ from row to row come first, visible without scrolling; the plan's own come last.

The numbers of dimensions and missions are texts: a program that reads only the first rows takes a column of ``1`` or
``1.10`` for numbers, and stumbles over ``3*`` or ``4.1.1``.
"""


def text_field(name: str, title: str, title_en: str, description: str, description_en: str) -> JsonObject:
    """The descriptor of a column of text."""
    texts = {"title": title, "title_en": title_en, "description": description, "description_en": description_en}
    return {"name": name, **texts, "type": "string"}


YEAR_CE = {
    **text_field(
        "fiscal_year_ce",
        "ปีงบประมาณ (ค.ศ.)",
        "Fiscal year (common era)",
        "ปี ค.ศ. ที่ปีงบประมาณสิ้นสุด คือปี พ.ศ. ลบ 543 ปีงบประมาณ 2566 คือ 2023 (1 ตุลาคม 2022 ถึง 30 กันยายน 2023)",
        "Year of the common era in which the fiscal year ends, the Buddhist year less 543: 2566 is 2023, which runs "
        "from 1 October 2022 to 30 September 2023.",
    ),
    "type": "integer",
}

_MADE = (
    text_field(
        "dimension_heading_th",
        "เลขและชื่อมิติ",
        "Dimension: number and name (Thai)",
        "เลขมิติตามที่พิมพ์ เช่น 3* และชื่อมิติ",
        "Number of the dimension as printed, such as 3*, and its name.",
    ),
    text_field(
        "dimension_heading_en",
        "เลขและชื่อมิติภาษาอังกฤษ",
        "Dimension: number and name (English)",
        "เลขมิติตามที่พิมพ์ เช่น 3* และชื่อภาษาอังกฤษ ชื่อที่ยังไม่ได้แปลใช้ภาษาไทย",
        "Number of the dimension as printed, such as 3*, and its English name. A name not yet translated is in Thai.",
    ),
    text_field(
        "mission_path_th",
        "ภารกิจพร้อมภารกิจที่อยู่เหนือขึ้นไป",
        "Mission with those above it (Thai)",
        "เลขและชื่อภารกิจจากระดับบนสุดลงมา คั่นด้วย > เว้นว่างเมื่อโครงการไม่ระบุภารกิจ",
        "Numbers and names from the highest mission down, divided by >. Empty when the project is directly under the "
        "dimension alone.",
    ),
    text_field(
        "mission_path_en",
        "ภารกิจพร้อมภารกิจที่อยู่เหนือขึ้นไป (ภาษาอังกฤษ)",
        "Mission with those above it (English)",
        "เลขและชื่อภารกิจภาษาอังกฤษจากระดับบนสุดลงมา คั่นด้วย > ชื่อที่ยังไม่ได้แปลใช้ภาษาไทย",
        "Numbers and English names from the highest mission down, divided by >. A name not yet translated is in Thai.",
    ),
    text_field(
        "lead_unit_path_th",
        "หน่วยงานรับผิดชอบหลักพร้อมต้นสังกัด",
        "Lead unit with those above it (Thai)",
        "ชื่อหน่วยงานจากต้นสังกัดสูงสุดลงมา คั่นด้วย > ใช้แยกหน่วยงานที่ชื่อซ้ำกัน",
        "Names from the highest unit down, divided by >. Distinguishes units of the same name.",
    ),
    text_field(
        "lead_unit_path_en",
        "หน่วยงานรับผิดชอบหลักพร้อมต้นสังกัด (ภาษาอังกฤษ)",
        "Lead unit with those above it (English)",
        "ชื่อภาษาอังกฤษจากต้นสังกัดสูงสุดลงมา คั่นด้วย > ชื่อที่ยังไม่ได้แปลใช้ภาษาไทย",
        "English names from the highest unit down, divided by >. A name not yet translated is in Thai.",
    ),
    YEAR_CE,
    text_field(
        "errata_ids",
        "รหัสข้อคลาดเคลื่อน",
        "Errata",
        "ข้อคลาดเคลื่อนของเอกสารเกี่ยวกับโครงการนี้ในปีนี้หรือทุกปี คั่นด้วยวรรค ที่กระทบเงินหรือความรับผิดชอบอยู่ก่อน "
        "รายละเอียดอยู่ที่ตาราง errata เว้นว่างเมื่อไม่พบ",
        "Where the document contradicts itself about this project in this year or in all: ids of the table errata, "
        "divided by spaces, those that affect money or responsibility first. Empty when nothing was found.",
    ),
    {
        **text_field(
            "amount_has_erratum",
            "มีข้อคลาดเคลื่อนเรื่องเงิน",
            "Amount has an erratum",
            "true เมื่อมีข้อคลาดเคลื่อนเรื่องจำนวนเงินหรือช่วงเวลาของเงินในโครงการนี้ ปีนี้หรือทุกปี ให้อ่าน errata ก่อนอ้างจำนวนเงิน",
            "true where an erratum about an amount or its period concerns this project in this year or in all: read "
            "the errata before the amount is quoted.",
        ),
        "type": "boolean",
        "constraints": {"required": True},
    },
    text_field(
        "other_units",
        "หน่วยงานร่วมและหน่วยงานสนับสนุน",
        "Joint and supporting units",
        "ชื่อหน่วยงานอื่นของโครงการ คั่นด้วย ; เว้นว่างเมื่อไม่มี",
        "Thai names of the project's other units, divided by semicolons. Empty where there are none.",
    ),
    text_field(
        "audiences",
        "ประเภทกลุ่มเป้าหมาย",
        "Audiences",
        "รหัสประเภทกลุ่มเป้าหมายทั้งหมดของโครงการ คั่นด้วยวรรค ความหมายอยู่ที่บัญชีรหัส audience",
        "Codes of all audiences of the project's targets, divided by spaces; the codelist audience explains them.",
    ),
)


@dataclass(frozen=True)
class _FlatColumn:
    """A column of the flat table: its descriptor, and how its value comes from the records joined in a row."""

    descriptor: JsonObject
    value: Callable[[Mapping[str, Record]], str]


def flat_schema(family: SchemaFamily) -> TableSchema:
    """The flat table as a schema: its columns are fields of the family and fields made here, in both languages."""
    return made_schema("flat", FLAT, [column.descriptor for column in _columns(family)], FLAT_KEY, family)


def flat_table(edition: Edition) -> ReleasedTable:
    """The budgets with all names joined in and all codes explained: one row per line of a project's budget."""
    columns = _columns(edition.family)
    rows = (tuple(column.value(joined) for column in columns) for joined in _joined_rows(edition))
    return ReleasedTable(flat_schema(edition.family), tuple(rows))


def made_schema(
    name: str, about: JsonObject, fields: Sequence[JsonObject], key: Sequence[str], family: SchemaFamily
) -> TableSchema:
    """The schema of a table that is made from the tables of the family.

    Args:
        name: the table's name.
        about: its titles and descriptions.
        fields: the descriptors of its columns.
        key: the columns of its primary key.
        family: the family, whose codelists the columns may name.
    """
    descriptor = {"name": name, **about, "fields": [*fields], "missingValues": [""], "primaryKey": [*key]}
    return TableSchema(descriptor, tuple(Field(field, family.folder / "codelists") for field in fields))


def aligned(amounts: Sequence[Decimal | None]) -> list[str]:
    """Amounts as text, all with as many decimals as the longest, for programs that infer types from the first rows."""
    exponents = (amount.as_tuple().exponent for amount in amounts if amount is not None)
    decimals = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return ["" if amount is None else f"{amount:.{max(0, decimals)}f}" for amount in amounts]


def year_ce(year_be: str) -> str:
    """The year of the common era in which a fiscal year ends; empty without a year."""
    return str(int(year_be) - ERA) if year_be else ""


def code_fields(descriptor: JsonObject) -> list[JsonObject]:
    """The two columns beside a column of codes with the codes' titles."""
    name, title, title_en = descriptor["name"], descriptor["title"], descriptor["title_en"]
    return [
        text_field(
            f"{name}_th",
            f"{title} (ชื่อภาษาไทย)",
            f"{title_en}, in Thai",
            f"ชื่อภาษาไทยของรหัสในคอลัมน์ {name}",
            f"Thai title of the code in {name}.",
        ),
        text_field(
            f"{name}_en",
            f"{title} (ชื่อภาษาอังกฤษ)",
            f"{title_en}, in English",
            f"ชื่อภาษาอังกฤษของรหัสในคอลัมน์ {name}",
            f"English title of the code in {name}.",
        ),
    ]


def _columns(family: SchemaFamily) -> list[_FlatColumn]:
    return [column for name, source in _COLUMNS.items() for column in _columns_of(name, source, family)]


def _columns_of(name: str, source: str, family: SchemaFamily) -> Iterator[_FlatColumn]:
    """A column, and after a column of codes the two that explain them."""
    if not source:
        descriptor = next(field for field in _MADE if field["name"] == name)
        yield _FlatColumn(descriptor, lambda joined: joined["made"][name])
        return
    role, _, column = source.partition(".")
    field = family.tables[_ROLES[role].table].field_by_name[column]
    descriptor = _described(field, name, _ROLES[role])
    yield _FlatColumn(descriptor, lambda joined: joined[role].get(column, ""))
    if field.codes:
        for code_field, language in zip(code_fields(descriptor), Language, strict=True):
            titles = {code: getattr(texts, f"title_{language}") for code, texts in field.meanings.items()}
            yield _FlatColumn(code_field, lambda joined, titles=titles: titles.get(joined[role].get(column), ""))  # type: ignore[misc]


def _described(field: Field, name: str, role: _Role) -> JsonObject:
    """The descriptor of a joined column: its texts name its table; it may be empty if a row has no match."""
    source = field.descriptor
    constraints = {k: v for k, v in source.get("constraints", {}).items() if not (role.optional and k == "required")}
    return {
        **source,
        "name": name,
        "title": role.prefix + source["title"],
        "title_en": role.prefix_en + source["title_en"],
        "description": role.note + source["description"],
        "description_en": role.note_en + source["description_en"],
        "constraints": constraints,
    }


def _joined_rows(edition: Edition) -> Iterator[Mapping[str, Record]]:
    """The records that each row of the budgets brings together, by their roles."""
    joins, errata, about = Joins(edition), _errata(edition), _About(edition)
    budgets = list(edition.tables["budgets"].records())
    amounts = aligned([Decimal(budget["amount_thb"]) if budget["amount_thb"] else None for budget in budgets])
    for budget, amount in zip(budgets, amounts, strict=True):
        project = joins.projects[budget["project_id"]]
        unit = joins.units.get(project["lead_unit_id"], NOTHING)
        yield {
            "plan": joins.plan,
            "dimension": joins.dimensions.get(project["dimension_id"], NOTHING),
            "mission": joins.missions.get(project["mission_id"], NOTHING),
            "division": joins.division(project["lead_unit_id"]),
            "unit": unit,
            "project": project,
            "parent": joins.projects.get(project["parent_project_id"], NOTHING),
            "budget": {**budget, "amount_thb": amount},
            "made": _made(joins, project, budget["fiscal_year_be"], errata) | about.of(project["project_id"]),
        }


def _made(joins: Joins, project: Record, year: str, errata: Mapping[str, Sequence[Record]]) -> dict[str, str]:
    dimension = joins.dimensions.get(project["dimension_id"], NOTHING)
    missions, units = joins.mission_path(project["mission_id"]), joins.unit_path(project["lead_unit_id"])
    known = [one for one in errata.get(project["project_id"], ()) if not year or one["fiscal_year_be"] in ("", year)]
    about_money = any(one["resource"] == "budgets" and one["topic"] in ("amount", "period") for one in known)
    code, name = dimension.get("dimension_code", ""), dimension.get("name_th", "")
    return {
        "dimension_heading_th": f"{code} {name}".strip(),
        "dimension_heading_en": f"{code} {dimension.get('name_en') or name}".strip(),
        "mission_path_th": STEP.join(f"{m['mission_code']} {m['name_th']}" for m in missions),
        "mission_path_en": STEP.join(f"{m['mission_code']} {m['name_en'] or m['name_th']}" for m in missions),
        "lead_unit_path_th": STEP.join(u["name_th"] for u in units),
        "lead_unit_path_en": STEP.join(u["name_en"] or u["name_th"] for u in units),
        "fiscal_year_ce": year_ce(year),
        "errata_ids": " ".join(dict.fromkeys(one["erratum_id"] for one in known)),
        "amount_has_erratum": "true" if about_money else "false",
    }


def _errata(edition: Edition) -> Mapping[str, Sequence[Record]]:
    """The errata by the id of a record that they concern, the weightiest first."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for erratum in errata_by_weight(edition):
        for record in (erratum, *erratum["records"]):
            place = {name: record[name] for name in ("resource", "record_id", "field", "fiscal_year_be")}
            found[record["record_id"].partition("/")[0]].append({**erratum, **place})
    return found


class _About:
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
