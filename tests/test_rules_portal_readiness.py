"""The rules of a package that goes to a portal: each small edit of a good one gives exactly its one new issue."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Package, load_family
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.standard.portal_profiles import portal_profile
from khelang_opendata.validation.file_checks import read_tables
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import portal_readiness
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import PLAN, VALID, edit_descriptor, issues_of
from tests.edits import Edit, Found, code_of, descriptor, edit_table, new_after, spoilt
from tests.test_extension import write_synchronised


def _portal(**values: Any) -> Edit:
    return descriptor(lambda d: d["portal"].update(values))


def _portal_without(name: str) -> Edit:
    return descriptor(lambda d: d["portal"].pop(name))


def _rename(table: str, path: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / f"data/{table}.csv").rename(folder / path)
        edit_descriptor(folder, lambda d: next(r for r in d["resources"] if r["name"] == table).update(path=path))

    return edit


EDITS: list[tuple[Edit, Found]] = [
    (descriptor(lambda d: d.update(title=" ")), ("portal_metadata_missing", None, None, None)),
    (_portal(maintainer="  "), ("portal_metadata_missing", None, None, None)),
    (_portal(objective=["ไม่ทราบ", "อื่นๆ"]), ("portal_metadata_missing", None, None, None)),
    (_portal(geo_coverage="อื่นๆ", geo_coverage_other=" "), ("portal_metadata_missing", None, None, None)),
    (_portal(objective=[]), ("portal_metadata_missing", None, None, None)),
    (_portal(objective=["ไม่ทราบ", "อย่างอื่น"]), ("portal_value_illegal", None, None, None)),
    (_portal(data_type="ข้อมูลระเบียน "), ("portal_value_illegal", None, None, None)),
    (_portal(update_frequency_unit="half-year"), ("portal_value_illegal", None, None, None)),
    (_portal(data_category="ข้อมูลเปิด"), ("portal_value_illegal", None, None, None)),
    (_portal(maintainer_email="opendata@localhost"), ("portal_value_illegal", None, None, None)),
    (_portal(maintainer_email="สำนักปลัด <a@mae-thung.example>"), ("portal_value_illegal", None, None, None)),
    (descriptor(lambda d: d["keywords"].append("ก")), ("portal_value_illegal", None, None, None)),
    (_portal(geo_coverage=4), ("descriptor_invalid", None, None, None)),
    (_portal(objective="อย่างอื่น"), ("descriptor_invalid", None, None, None)),
    (_portal(maintainer_email=["opendata"]), ("descriptor_invalid", None, None, None)),
    (descriptor(lambda d: d["conventions"].update(sequence_printed="none")), ("descriptor_invalid", None, None, None)),
    *(
        (_portal_without(name), ("portal_metadata_missing", None, None, None))
        for name in portal_profile("thai_gdc")["mandatory"]
    ),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_example_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


def test_file_name_that_is_not_ascii_is_the_one_issue_of_the_real_plan(tmp_path: Path) -> None:
    edit = _rename("risk_controls", "data/มาตรการควบคุม.csv")
    assert new_after(edit, PLAN, tmp_path / "plan") == [("file_name_not_ascii", "risk_controls", None, None)]


def test_hidden_character_in_a_file_name_is_named(tmp_path: Path) -> None:
    package = spoilt(PLAN, tmp_path / "plan", _rename("risk_controls", "data/risk\u200b_controls.csv"))
    (issue,) = (found for found in issues_of(package) if found.location.resource == "risk_controls")
    assert "risk<U+200B>_controls.csv" in issue_texts(issue, Language.EN, CURRENT).message


def test_names_that_portals_refuse() -> None:
    """A plan_id may have 80 characters, a dataset's name 70."""

    def found(name: str) -> list[object]:
        return [i.params["variant"] for i in portal_readiness._illegal_of_package({"name": name})]

    assert (found("a" * 70), found("a" * 71), found("search")) == ([], ["name"], ["name"])


def test_a_text_that_no_workbook_holds(example: Path) -> None:
    """Columns that a package adds have no limit of their own."""

    def add(rows: list[list[str]]) -> None:
        for row, text in zip(rows, ("x_long", "a" * 32_767, "a" * 32_768), strict=False):
            row.append(text)
        for row in rows[3:]:
            row.append("")

    edit_table("projects", add)(example)
    write_synchronised(example)
    (issue,) = (found for found in issues_of(example) if found.code == "table_too_large")
    assert (issue.location.row, issue.location.field, issue.params["found"]) == (3, "x_long", 32_768)


@pytest.mark.parametrize(("levels", "is_found"), [(100, False), (101, True)])
def test_a_tree_that_no_file_shows(levels: int, is_found: bool, plan: Path) -> None:
    def add(rows: list[list[str]]) -> None:
        above = rows[1][1]
        for number in range(100, 100 + levels):
            id_ = f"{rows[1][0]}-U{number}"
            rows.append([rows[1][0], id_, "ก", "", "section", above])
            above = id_

    edit_table("units", add)(plan)
    assert ("table_too_large" in {issue.code for issue in issues_of(plan)}) is is_found


def test_package_that_goes_to_no_portal_gives_nothing(tmp_path: Path) -> None:
    assert new_after(descriptor(lambda d: d.pop("portal")), VALID, tmp_path / "example") == []


def test_every_rule_is_broken_by_an_edit() -> None:
    tested_alone = {"file_name_not_ascii", "table_too_large"}
    assert {expected[0] for _, expected in EDITS} | tested_alone >= {rule.code for rule in rules_in(portal_readiness)}


@pytest.mark.parametrize("what", ["rows", "columns"])
def test_table_is_too_large_above_the_limit(what: str) -> None:
    package, family = Package.load(PLAN), load_family()
    tables, _ = check_headings(read_tables(package, family)[0], family)
    plan = Plan(package, family, tables)
    sizes = {name: len(t.table.rows if what == "rows" else t.table.header) for name, t in tables.items()}
    largest = max(sizes.values())

    def larger_than(limit: int) -> list[tuple[str | None, object]]:
        limits = {**portal_readiness.TABLE_LIMITS, what: limit}
        return [(issue.location.resource, issue.params) for issue in portal_readiness.larger_tables(plan, limits)]

    assert larger_than(largest) == []
    params = {"variant": what, "found": largest, "limit": largest - 1}
    assert larger_than(largest - 1) == [(name, params) for name, size in sizes.items() if size == largest]


def test_portal_lists_are_those_that_the_standard_describes() -> None:
    profile = portal_profile("thai_gdc")
    schema = json.loads((load_family().folder / "package.schema.json").read_text(encoding="utf-8"))
    described = schema["properties"]["portal"]["properties"]
    assert {*profile["mandatory"], *profile["legal"]} <= set(described)
    assert set(profile["from_package"]) <= set(schema["required"])
