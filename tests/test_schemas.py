"""The standard itself: legal by the official profiles, bilingual, and one with itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from khelang_opendata import Package, load_family
from khelang_opendata.package.datapackage import Resource
from khelang_opendata.standard.family import TABLE_ORDER
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.plan import Plan
from tests.conftest import PLAN, STANDARD, VALID

TABLES = {name: json.loads((STANDARD / f"tables/{name}.json").read_text(encoding="utf-8")) for name in TABLE_ORDER}
FIELDS = [(name, field) for name, table in TABLES.items() for field in table["fields"]]
IDS = [f"{name}.{field['name']}" for name, field in FIELDS]
PACKAGES = [PLAN, VALID]


def official_profile(name: str) -> Draft7Validator:
    """A profile of Data Package 2.0 as the standard publishes it."""
    profiles = files("dplib") / "profiles" / "2.0"
    schema = json.loads((profiles / f"{name}.json").read_text(encoding="utf-8"))
    return Draft7Validator(schema)


def codes(codelist: str) -> list[str]:
    with (STANDARD / "codelists" / codelist).open(encoding="utf-8", newline="") as lines:
        return [row["code"] for row in csv.DictReader(lines)]


@pytest.mark.parametrize("name", TABLE_ORDER)
def test_table_satisfies_the_official_profile(name: str) -> None:
    assert list(official_profile("tableschema").iter_errors(TABLES[name])) == []


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda p: p.name)
def test_descriptor_satisfies_the_official_profile(folder: Path) -> None:
    descriptor = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    assert list(official_profile("datapackage").iter_errors(descriptor)) == []


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=IDS)
def test_field_is_described_in_both_languages(table: str, field: dict[str, Any]) -> None:
    for key in ("title", "title_en", "description", "description_en"):
        assert field[key].strip(), f"{table}.{field['name']} has no {key}"
    assert any("\u0e00" <= character <= "\u0e7f" for character in field["description"])
    assert any("a" <= character <= "z" for character in field["description_en"])


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=IDS)
def test_closed_codelist_is_the_enum(table: str, field: dict[str, Any]) -> None:
    enum = field.get("constraints", {}).get("enum")
    if "codelist" in field and not field["openCodelist"]:
        assert [str(code) for code in enum] == codes(field["codelist"])
    elif "codelist" in field:
        assert enum is None


@pytest.mark.parametrize("codelist", sorted(p.name for p in STANDARD.glob("codelists/*.csv")))
def test_codelist_is_titled_unique_and_used(codelist: str) -> None:
    with (STANDARD / "codelists" / codelist).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert list(rows[0]) == ["code", "title_th", "title_en", "description_th", "description_en", "deprecated_since"]
    assert all(row["title_th"] and row["title_en"] for row in rows)
    assert len({row["code"] for row in rows}) == len(rows)
    assert any(field.get("codelist") == codelist for _, field in FIELDS)


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=IDS)
def test_field_knows_the_codes_of_its_codelist(table: str, field: dict[str, Any]) -> None:
    known = load_family().tables[table].field_by_name[field["name"]]
    expected = tuple(codes(field["codelist"])) if "codelist" in field else None
    assert known.codes == expected
    assert known.open_codes == (expected if field.get("openCodelist") else None)


def test_family_is_read_once() -> None:
    assert load_family() is load_family("anticorruption-plan/1.0.0")
    with pytest.raises(KeyError):
        load_family("anticorruption-plan/9.9.9")


def test_every_table_begins_with_plan_id_and_refers_to_plans() -> None:
    for name, table in TABLES.items():
        assert table["fields"][0]["name"] == "plan_id"
        if name != "plans":
            assert {"fields": ["plan_id"], "reference": {"resource": "plans", "fields": ["plan_id"]}} in table[
                "foreignKeys"
            ]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda p: p.name)
def test_inline_schemas_are_the_standards(folder: Path) -> None:
    package = Package.load(folder)
    compiled = load_family().compile_into(package.descriptor)
    assert compiled == package.descriptor, f"stale: run khelang schema sync {folder}"


@pytest.mark.parametrize("name", ["package", "plan"])
def test_json_schemas_are_legal_and_versioned(name: str) -> None:
    schema = json.loads((STANDARD / f"{name}.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f"/anticorruption-plan/1.0.0/{name}.schema.json")


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda p: p.name)
def test_nested_plan_satisfies_plan_schema(folder: Path) -> None:
    schema = json.loads((STANDARD / "plan.schema.json").read_text(encoding="utf-8"))
    nested = _nest({r.name: _typed(r.name, r.table.header, r.table.rows) for r in Package.load(folder).resources})
    assert [error.message for error in Draft202012Validator(schema).iter_errors(nested)] == []
    nested["projects"][0]["budgets"][0]["budget_status"] = "perhaps"
    assert not Draft202012Validator(schema).is_valid(nested)


Rows = list[dict[str, Any]]


def _typed(table: str, header: list[str], rows: list[list[str]]) -> Rows:
    kinds = {field["name"]: field["type"] for field in TABLES[table]["fields"]}
    convert: dict[str, Callable[[str], object]] = {
        "integer": int,
        "number": float,
        "boolean": lambda cell: cell.lower() == "true",
    }
    return [
        {name: convert.get(kinds[name], str)(cell) if cell else None for name, cell in zip(header, row, strict=True)}
        for row in rows
    ]


def _nest(tables: dict[str, Rows]) -> dict[str, Any]:
    def children(table: str, key: str, parent: dict[str, Any]) -> Rows:
        rows = (row for row in tables.get(table, []) if row[key] == parent[key])
        return [{name: value for name, value in row.items() if name not in ("plan_id", key)} for row in rows]

    def nested(table: str, key: str = "", **inner: str) -> Rows:
        return [
            {name: value for name, value in row.items() if name != "plan_id"}
            | {name: children(of, key, row) for name, of in inner.items() if of in tables}
            for row in tables[table]
        ]

    of_projects = (
        *("objectives", "steps", "step_promises", "budgets", "budget_items", "targets", "indicators"),
        *("progress", "progress_results"),
    )
    of_risks = {"factors": "risk_factors", "controls": "risk_controls", "results": "risk_results"}
    alone = ("goals", "legal_bases", "dimensions", "missions", "units", "printed_totals", "codes")
    return {
        **tables["plans"][0],
        **{table: nested(table) for table in alone if table in tables},
        "projects": nested("projects", "project_id", units="project_units", **{table: table for table in of_projects}),
        "risks": nested("risks", "risk_id", **of_risks),
        "errata": nested("errata", "erratum_id", records="errata_records"),
    }


def test_descriptor_without_resources_is_left_as_it_is() -> None:
    for descriptor in ({"name": "x"}, {"resources": None}, {"resources": "data"}):
        assert load_family().compile_into(descriptor) == descriptor
    assert load_family().compile_into({"resources": ["data", {"name": 1}]}) == {"resources": ["data", {"name": 1}]}


def test_plan_has_nothing_in_columns_and_cells_that_a_table_lacks() -> None:
    """Errata are looked up before it is known which tables are sound."""
    family = load_family()
    table = Resource({}, "units", "units.csv", b"plan_id,unit_id,name_th\np,p-U01\np,p-U02,x\n").table
    plan = Plan(Package.load(VALID), family, check_headings({"units": table}, family)[0])
    assert [*plan.texts("units", "name_th")] == [None, "x"]
    assert [*plan.texts("units", "name_en")] == [None, None]
    assert [*plan.texts("budgets", "note_th")] == []
    assert plan.years == range(0)
