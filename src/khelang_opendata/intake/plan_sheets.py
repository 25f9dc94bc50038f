"""The sheets of a plan's workbook: a table of the standard each, with the columns that a person fills in.

No id is a column. Where a table names a record of another, the column shows that record's label.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from khelang_opendata.model.thai import FISCAL_YEARS
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, TableSchema

Row = dict[str, str]
Tables = Mapping[str, list[Row]]
"""The rows of a package's tables by column name, as text."""

OWN_IDS = {
    "dimensions": "dimension_id",
    "missions": "mission_id",
    "units": "unit_id",
    "projects": "project_id",
    "risks": "risk_id",
    "errata": "erratum_id",
}
"""The columns of the ids that this program makes."""

TITLE_COLUMNS = {
    "units": "name_th",
    "dimensions": "name_th",
    "missions": "name_th",
    "projects": "title_th",
    "risks": "process_th",
    "errata": "basis_th",
}
"""The column by which a record is known."""

RECORD_COLUMNS = {"record_id": "resource", "scope_id": "scope"}
"""Columns that name a record of any table, and the column that names the table."""

ID_VALUES = ("other_value", "adopted_value")
"""Columns of errata that may hold an id, which the sheet shows as a label in square brackets."""

SCOPES = {"plan": "plans", "dimension": "dimensions", "mission": "missions"}
"""The tables by the codes of ``scope``."""

ERRATUM_NO = "erratum_no"
"""The column of the sheet of errata that numbers them, as their ids do."""


@dataclass(frozen=True)
class PlanColumn:
    """One column of a sheet: its name (a field's, or a name of this room), and how it is shown."""

    name: str
    titles: tuple[str, str]
    field: Field | None = None
    refers_to: str | None = None
    """The table whose labels it shows; ``*`` for a record of any table."""
    is_folded: bool = False
    also: tuple[str, ...] = ()
    """Further headings that it is known by."""

    @property
    def named(self) -> dict[str, str]:
        """The parameters of a remark that name the column."""
        return {"title": self.titles[0], "title_en": self.titles[1]}

    def title(self, language: Language) -> str:
        return self.titles[language is Language.EN]


@dataclass(frozen=True)
class PlanSheet:
    """One sheet: its table, its names, its columns."""

    table: str
    titles: tuple[str, str]
    columns: tuple[PlanColumn, ...]
    needed: tuple[str, ...] = ()
    """The columns without which no row of the sheet is known."""
    heads: tuple[str, ...] = ()
    """What the workbook has in its first cells, above the heading."""

    def title(self, language: Language) -> str:
        return self.titles[language is Language.EN]


@cache
def sheet_texts() -> Any:
    """The texts of the workbook."""
    return yaml.safe_load(Path(__file__).with_name("sheets.yaml").read_bytes())


def text_pair(*path: str) -> tuple[str, str]:
    """A text of the workbook in Thai and in English."""
    found = sheet_texts()
    for name in path:
        found = found[name]
    return found[0], found[1]


def text_in(language: Language, *path: str) -> str:
    """A text of the workbook in one language."""
    return text_pair(*path)[language is Language.EN]


def plan_sheets(family: SchemaFamily, years: range | None) -> dict[str, PlanSheet]:
    """The sheets by their tables.

    Args:
        family: the package's schemas, with the columns that the package adds.
        years: the plan's fiscal years; None where they are not known yet.
    """
    sheets = {}
    for name, titles in sheet_texts()["sheets"].items():
        table = family.tables[name]
        columns = _summary_columns(family, years) if name == "projects" else _columns(table)
        about = table.descriptor
        heads = [str(about[key]) for key in ("title", "title_en", "description", "description_en") if key in about]
        sheets[name] = PlanSheet(name, (titles[0], titles[1]), tuple(columns), _needed(table), (*titles, *heads))
    return sheets


def _needed(table: TableSchema) -> tuple[str, ...]:
    """The columns that say which record a row is: its title, or the record that it belongs to."""
    if table.name in TITLE_COLUMNS:
        return (TITLE_COLUMNS[table.name],)
    key = [name for name in table.primary_key if name != "plan_id"]
    group = tuple(name for name in key if name != key[-1] or not name.endswith("_no"))
    return group or (next(field.name for field in table.fields if field.name.endswith("_th")),)


def plan_columns(family: SchemaFamily) -> tuple[PlanColumn, ...]:
    """The facts of the plan, a row each in the sheet of the plan."""
    return tuple(_column("plans", f) for f in family.tables["plans"].fields if f.name != "plan_id")


def years_of_plan(tables: Tables) -> range | None:
    """The fiscal years of the plan; None where they are not known yet, or cannot be those of a plan."""
    for plan in tables.get("plans", []):
        ends = [plan["start_fiscal_year_be"], plan["end_fiscal_year_be"]]
        first, last = (int(end) if end.isdecimal() else 0 for end in ends)
        if first in FISCAL_YEARS and last in FISCAL_YEARS and first <= last:
            return range(first, last + 1)
    return None


def year_names(years: range | None) -> list[str]:
    """The names of the columns of years: ``2571``, or ``plan_year_1`` where the years are not known yet."""
    return [str(year) for year in years] if years else [f"plan_year_{number}" for number in range(1, 6)]


def _columns(table: TableSchema) -> Iterator[PlanColumn]:
    own = OWN_IDS.get(table.name)
    if own == "erratum_id":
        yield PlanColumn(ERRATUM_NO, text_pair("headings", "erratum_no"))
    references = _references(table)
    for field in table.fields:
        if field.name not in ("plan_id", own):
            yield _column(table.name, field, references.get(field.name))


def _column(table: str, field: Field, refers_to: str | None = None) -> PlanColumn:
    folded = field.name in sheet_texts()["folded"] or re.search("_en$|_printed$", field.name) is not None
    if field.name in RECORD_COLUMNS:
        refers_to = "*"
    return PlanColumn(field.name, _titles(table, field, refers_to), field, refers_to, folded and table != "plans")


def _references(table: TableSchema) -> dict[str, str]:
    """The columns that hold an id of a record with an own id, and the tables of those."""
    found = {}
    for key in table.foreign_keys:
        target = key["reference"]["resource"] or table.name
        for name, to in zip(key["fields"], key["reference"]["fields"], strict=True):
            if name != "plan_id" and to in ("project_id", OWN_IDS.get(target)):
                found[name] = "projects" if to == "project_id" else target
            elif name != "plan_id" and to == "risk_id":
                found[name] = "risks"
    return found


def _titles(table: str, field: Field, refers_to: str | None) -> tuple[str, str]:
    headings = sheet_texts()["headings"]
    for key in (f"{table}.{field.name}", f"{field.name}@{table}", field.name):
        if key in headings:
            return text_pair("headings", key)
    if refers_to:
        return field.title.removeprefix("รหัส"), field.title_en.removesuffix(" id")
    return field.title, field.title_en


def _summary_columns(family: SchemaFamily, years: range | None) -> Iterator[PlanColumn]:
    projects, budgets, order = family.tables["projects"], family.tables["budgets"], sheet_texts()["summary"]
    references = _references(projects)
    taken = {"plan_id", "project_id"}

    def column(name: str) -> PlanColumn:
        taken.add(name)
        return _column("projects", projects.field_by_name[name], references.get(name))

    yield from (column(name) for name in order["before"])
    for name, number in zip(year_names(years), count(1)):
        yield PlanColumn(name, _year_titles(name), also=_year_titles(f"plan_year_{number}"))
    yield from (column(name) for name in order["after"])
    for name in order["line"]:
        yield _column("budgets", budgets.field_by_name[name])
    yield from (column(name) for name in order["later"])
    yield PlanColumn("whole_period", text_pair("headings", "whole_period"), is_folded=True)
    yield from (column(field.name) for field in projects.fields if field.name not in taken)


def _year_titles(name: str) -> tuple[str, str]:
    kind, number = ("year_number", name.removeprefix("plan_year_")) if name.startswith("plan_year_") else ("year", name)
    thai, english = text_pair("headings", kind)
    return thai.format(year=number, number=number), english.format(year=number, number=number)


def tables_of(package: Package, family: SchemaFamily) -> dict[str, list[Row]]:
    """The rows of the standard's tables in a package.

    Raises:
        TableUnreadable: a file is no CSV table.
    """
    found = {}
    for resource in package.resources:
        if resource.name in family.tables and resource.data is not None:
            table = resource.table
            found[resource.name] = [dict(zip(table.header, row, strict=False)) for row in table.rows if any(row)]
    return found
