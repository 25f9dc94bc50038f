"""The plan without keys to follow: the budgets as one flat table with all names joined in and all codes explained."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from khelang_opendata.formats.joins import NOTHING, Joins, Record
from khelang_opendata.formats.weighted_errata import errata_of_records
from khelang_opendata.model.thai import ERA
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema

STEP = " > "
"""Separates the names of a path."""


@cache
def made_tables() -> JsonObject:
    """The descriptions of the flat table and of the totals (``made_tables.yaml``)."""
    content: JsonObject = yaml.safe_load(Path(__file__).with_name("made_tables.yaml").read_bytes())
    return content


def made_texts(name: str) -> JsonObject:
    """The titles and descriptions of one of these tables, or of another file, in Thai and English."""
    return {text: made_tables()[name][text] for text in ("title", "title_en", "description", "description_en")}


@dataclass(frozen=True)
class _FlatColumn:
    """A column of the flat table: its descriptor, and how its value comes from the records joined in a row."""

    descriptor: JsonObject
    value: Callable[[Mapping[str, Record]], str]


def flat_schema(family: SchemaFamily) -> TableSchema:
    """The flat table as a schema."""
    return made_schema("flat", [column.descriptor for column in _columns(family)], family)


def flat_table(edition: Edition) -> ReleasedTable:
    """The budgets with all names joined in and all codes explained: one row per line of a project's budget."""
    columns = list(_columns(edition.family))
    rows = (tuple(column.value(joined) for column in columns) for joined in _joined_rows(edition))
    return ReleasedTable(flat_schema(edition.family), tuple(rows))


def made_schema(name: str, fields: Sequence[JsonObject], family: SchemaFamily) -> TableSchema:
    """The schema of a table made from the family's; its fields may name the family's codelists."""
    key = made_tables()[name]["primaryKey"]
    descriptor = {"name": name, **made_texts(name), "fields": [*fields], "missingValues": [""], "primaryKey": key}
    schema = TableSchema(descriptor, tuple(Field(field, family.folder / "codelists") for field in fields))
    sources = (field for table in family.tables.values() for field in table.fields)
    return schema.with_codes(
        {field.codelist: field.own_codes for field in sources if field.codelist and field.own_codes}
    )


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
    fields = made_tables()["code_columns"]
    return [{name: text.format_map(descriptor) for name, text in field.items()} for field in fields]


def _columns(family: SchemaFamily) -> Iterator[_FlatColumn]:
    for name, source in made_tables()["flat"]["columns"].items():
        yield from _columns_of(name, source, family)


def _columns_of(name: str, source: str | JsonObject, family: SchemaFamily) -> Iterator[_FlatColumn]:
    """A column, and after a column of codes the two that explain them."""
    if not isinstance(source, str):
        yield _FlatColumn({"name": name, **source}, lambda joined: joined["made"][name])
        return
    role_name, _, column = source.partition(".")
    role = made_tables()["flat"]["roles"][role_name]
    field = family.tables[role["table"]].field_by_name[column]
    descriptor = _described(field, name, role)
    yield _FlatColumn(descriptor, lambda joined: joined[role_name].get(column, ""))
    if field.codes:
        for code_field, language in zip(code_fields(descriptor), Language, strict=True):
            titles = {code: getattr(texts, f"title_{language}") for code, texts in field.meanings.items()}
            yield _FlatColumn(code_field, lambda joined, titles=titles: titles.get(joined[role_name].get(column), ""))  # type: ignore[misc]


def _described(field: Field, name: str, role: JsonObject) -> JsonObject:
    """The descriptor of a joined column: its texts name its table; it may be empty if a row has no match."""
    source = field.descriptor
    texts = {text: role.get(text, "") + source[text] for text in made_texts("flat")}
    optional = role.get("optional")
    constraints = {k: v for k, v in source.get("constraints", {}).items() if not (optional and k == "required")}
    return {**source, "name": name, **texts, "constraints": constraints}


def _joined_rows(edition: Edition) -> Iterator[Mapping[str, Record]]:
    """The records that each row of the budgets brings together, by their roles."""
    joins, errata, about = Joins(edition), errata_of_records(edition.records), _FromOtherTables(edition)
    budgets = list(edition.records("budgets"))
    amounts = aligned([Decimal(budget["amount_thb"]) if budget["amount_thb"] else None for budget in budgets])
    for budget, amount in zip(budgets, amounts, strict=True):
        project = joins.projects[budget["project_id"]]
        yield {
            "plan": edition.plan,
            "dimension": joins.dimensions.get(project["dimension_id"], NOTHING),
            "mission": joins.missions.get(project["mission_id"], NOTHING),
            "division": joins.division(project["lead_unit_id"]),
            "unit": joins.units.get(project["lead_unit_id"], NOTHING),
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
