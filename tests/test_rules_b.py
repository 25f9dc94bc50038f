"""The rules of logic, progress and portal: each small edit of a good plan gives exactly its one new issue."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Package, load_family
from khelang_opendata.standard.portal_profiles import portal_profile
from khelang_opendata.validation.file_checks import read_tables
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import logic, portal_readiness, progress
from khelang_opendata.validation.rules.registry import rules_in
from khelang_opendata.validation.rules.trees import cycles, lineage
from tests.conftest import PLAN, VALID, edit_descriptor, issues_of

Found = tuple[str, str | None, int | None, str | None]
Edit = Callable[[Path], None]

KHELANG = "khelang-nakhon-2566-2570-"
MAE_THUNG = "mae-thung-2561-2564-"
RULES = [rule.code for module in (logic, progress, portal_readiness) for rule in rules_in(module)]


def _edit_table(folder: Path, table: str, change: Callable[[list[list[str]]], object]) -> None:
    path = folder / f"data/{table}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def cell(table: str, row: int, **values: str) -> Edit:
    """Cells of one row, which is numbered as a spreadsheet does."""

    def change(rows: list[list[str]]) -> None:
        for field, value in values.items():
            rows[row - 1][rows[0].index(field)] = value

    return lambda folder: _edit_table(folder, table, change)


def copy(table: str, row: int, **values: str) -> Edit:
    """A new last row, like another but for some cells."""

    def change(rows: list[list[str]]) -> None:
        rows.append([values.get(field, value) for field, value in zip(rows[0], rows[row - 1], strict=True)])

    return lambda folder: _edit_table(folder, table, change)


def drop(table: str, first: int, last: int) -> Edit:
    def change(rows: list[list[str]]) -> None:
        del rows[first - 1 : last]

    return lambda folder: _edit_table(folder, table, change)


def descriptor(change: Callable[[dict[str, Any]], object]) -> Edit:
    return lambda folder: edit_descriptor(folder, change)


def rename(table: str, path: str) -> Edit:
    def edit(folder: Path) -> None:
        (folder / f"data/{table}.csv").rename(folder / path)
        edit_descriptor(folder, lambda d: next(r for r in d["resources"] if r["name"] == table).update(path=path))

    return edit


def _portal(**values: Any) -> Edit:
    return descriptor(lambda d: d["portal"].update(values))


def _portal_without(name: str) -> Edit:
    return descriptor(lambda d: d["portal"].pop(name))


def _summary_and_sheet(row: int, title: str) -> Edit:
    return cell("projects", row, title_th=title, summary_title_printed=title)


SECOND_PLAN = {
    "plan_id": "another-plan",
    "start_fiscal_year_be": "2571",
    "end_fiscal_year_be": "2575",
    "declared_project_count": "",
}
NEW_UNIT = {"unit_id": f"{KHELANG}U29", "name_th": "กองช่าง"}
TITLE_OF_P02 = (
    "โครงการเผยแพร่ประชาสัมพันธ์ความรู้ด้านกฎหมายและระเบียบที่เกี่ยวข้องกับการปฏิบัติงานให้แก่บุคลากรเทศบาลเมืองเขลางค์นคร "
    "ผู้บริหารและสมาชิกสภาเทศบาล"
)

REAL_PLAN: list[tuple[Edit, Found]] = [
    (copy("plans", 2, **SECOND_PLAN), ("plan_row_count", "plans", 3, None)),
    (cell("errata", 2, erratum_id="khelang-2561-E01"), ("id_prefix_wrong", "errata", 2, "erratum_id")),
    (
        copy("printed_totals", 23, scope="mission", scope_id=f"{KHELANG}M9.9"),
        ("scope_unknown", "printed_totals", 32, "scope_id"),
    ),
    (
        cell("projects", 46, start_fiscal_year_be="2567"),
        ("years_reversed", "projects", 46, "end_fiscal_year_be"),
    ),
    (
        cell("projects", 45, end_fiscal_year_be="2571"),
        ("year_outside_plan", "projects", 45, "end_fiscal_year_be"),
    ),
    (
        cell("projects", 45, start_fiscal_year_be="2565"),
        ("year_outside_plan", "projects", 45, "start_fiscal_year_be"),
    ),
    (cell("targets", 58, fiscal_year_be="2571"), ("year_outside_plan", "targets", 58, "fiscal_year_be")),
    (cell("errata", 186, fiscal_year_be="2565"), ("year_outside_plan", "errata", 186, "fiscal_year_be")),
    (cell("units", 11, parent_unit_id=f"{KHELANG}U11"), ("unit_cycle", "units", 11, "parent_unit_id")),
    (cell("units", 10, parent_unit_id=f"{KHELANG}U09"), ("unit_cycle", "units", 10, "parent_unit_id")),
    (cell("units", 29, unit_level="division"), ("unit_level_order", "units", 29, "unit_level")),
    (cell("units", 15, parent_unit_id=f"{KHELANG}U13"), ("unit_level_order", "units", 15, "unit_level")),
    (copy("units", 10, **NEW_UNIT), ("unit_unused", "units", 30, "unit_id")),
    (
        cell("projects", 46, mission_id=f"{KHELANG}M3.1"),
        ("mission_dimension_mismatch", "projects", 46, "mission_id"),
    ),
    (
        cell("missions", 12, parent_mission_id=f"{KHELANG}M3.1"),
        ("mission_dimension_mismatch", "missions", 12, "parent_mission_id"),
    ),
    (
        cell("missions", 11, parent_mission_id=f"{KHELANG}M4.1.1"),
        ("mission_cycle", "missions", 11, "parent_mission_id"),
    ),
    (
        cell("projects", 2, parent_project_id=f"{KHELANG}P01"),
        ("parent_project_invalid", "projects", 2, "parent_project_id"),
    ),
    (
        cell("projects", 30, parent_project_id=f"{KHELANG}P24"),
        ("parent_project_invalid", "projects", 25, "parent_project_id"),
    ),
    (
        cell("projects", 46, sequence_no="46", sequence_printed="ลำดับที่ ๔๖"),
        ("sequence_gap", "projects", 46, "sequence_no"),
    ),
    (
        cell("projects", 46, sequence_no="44", sequence_printed="ลำดับที่ ๔๔"),
        ("sequence_gap", "projects", 46, "sequence_no"),
    ),
    (
        cell("projects", 3, sequence_printed="ลำดับที่ ๓"),
        ("sequence_printed_differs", "projects", 3, "sequence_printed"),
    ),
    (cell("projects", 3, sequence_printed="12."), ("sequence_printed_differs", "projects", 3, "sequence_printed")),
    (
        cell("projects", 3, summary_title_printed="โครงการเผยแพร่ความรู้"),
        ("title_differs", "projects", 3, "summary_title_printed"),
    ),
    (cell("projects", 3, summary_unit_printed="กองคลัง"), ("unit_differs", "projects", 3, "summary_unit_printed")),
    (
        cell("projects", 3, summary_unit_printed="เทศบาลเมืองเขลางค์นคร"),
        ("unit_differs", "projects", 3, "summary_unit_printed"),
    ),
    (cell("projects", 3, project_kind="guideline"), ("kind_differs", "projects", 3, "project_kind")),
    (_summary_and_sheet(4, TITLE_OF_P02), ("duplicate_title", "projects", 4, "title_th")),
    (
        _summary_and_sheet(4, TITLE_OF_P02.replace(" ", "").replace("และ", "และ ")),
        ("duplicate_title", "projects", 4, "title_th"),
    ),
    (drop("targets", 58, 58), ("project_without_target", "projects", 46, "project_id")),
    (drop("indicators", 143, 145), ("project_without_indicator", "projects", 46, "project_id")),
    (
        cell("risks", 2, likelihood="2", impact="3", risk_score="5"),
        ("risk_score_differs", "risks", 2, "risk_score"),
    ),
    (drop("risk_controls", 4, 6), ("risk_without_control", "risks", 3, "risk_id")),
    (rename("risk_controls", "data/มาตรการควบคุม.csv"), ("file_name_not_ascii", "risk_controls", None, None)),
]

EXAMPLE: list[tuple[Edit, Found]] = [
    (cell("printed_totals", 18, scope="mission"), ("scope_unknown", "printed_totals", 18, "scope_id")),
    (cell("plans", 2, end_fiscal_year_be="2560"), ("years_reversed", "plans", 2, "end_fiscal_year_be")),
    (cell("progress", 6, cannot_reason=""), ("progress_reason_missing", "progress", 6, "cannot_reason")),
    (cell("progress", 5, status="completed"), ("progress_regressed", "progress", 6, "status")),
    (cell("progress", 7, fiscal_year_be="2561"), ("progress_outside_project", "progress", 7, "fiscal_year_be")),
    (cell("progress", 7, fiscal_year_be="2565"), ("year_outside_plan", "progress", 7, "fiscal_year_be")),
    (cell("progress", 3, disbursed_thb="20000.01"), ("disbursed_exceeds_approved", "progress", 3, "disbursed_thb")),
    (cell("progress", 7, approved_thb="150000.25"), ("approved_exceeds_planned", "progress", 7, "approved_thb")),
    (descriptor(lambda d: d.update(title=" ")), ("portal_metadata_missing", None, None, None)),
    (_portal(maintainer="  "), ("portal_metadata_missing", None, None, None)),
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

NOTHING_NEW: list[tuple[Path, Edit]] = [
    (PLAN, cell("projects", 3, summary_title_printed=f"“{TITLE_OF_P02.replace('และ', ' และ')}”")),
    (PLAN, cell("projects", 3, summary_title_printed="")),
    (PLAN, cell("projects", 3, summary_unit_printed="กองยุทธศาสตร์ฯ*(เดิม)")),
    (PLAN, cell("projects", 3, summary_unit_printed="งานนิติการ กองคลัง")),
    (PLAN, cell("projects", 3, summary_unit_printed="ฯ")),
    (PLAN, cell("projects", 3, sequence_printed="ข้อ 02")),
    (PLAN, cell("projects", 3, sequence_printed="-")),
    (PLAN, _summary_and_sheet(3, "แผนงานเผยแพร่ความรู้")),
    (PLAN, cell("risks", 2, likelihood="2", impact="3", risk_score="6.00")),
    (PLAN, cell("risks", 2, likelihood="2", risk_score="5")),
    (PLAN, cell("units", 29, unit_level="committee")),
    (PLAN, cell("units", 4, parent_unit_id=f"{KHELANG}U19")),
    (PLAN, cell("units", 20, parent_unit_id=f"{KHELANG}U28")),
    (PLAN, cell("targets", 58, fiscal_year_be="2570")),
    (VALID, cell("projects", 9, sequence_printed="๙๙)")),
    (VALID, descriptor(lambda d: d.pop("conventions"))),
    (VALID, descriptor(lambda d: d.pop("portal"))),
    (VALID, cell("progress", 3, disbursed_thb="20000.00")),
    (VALID, cell("progress", 3, approved_thb="", planned_thb="")),
    (VALID, drop("progress", 2, 99)),
    (VALID, cell("progress", 2, status="completed")),
]


def _places(folder: Path) -> Counter[Found]:
    return Counter((i.code, i.location.resource, i.location.row, i.location.field) for i in issues_of(folder))


@cache
def _places_before(source: Path) -> Counter[Found]:
    return _places(source)


def _new(source: Path, copied: Path, edit: Edit) -> list[Found]:
    """The issues of an edited copy that its source does not have."""
    edit(copied)
    return sorted((_places(copied) - _places_before(source)).elements(), key=str)


@pytest.mark.parametrize(("edit", "expected"), REAL_PLAN, ids=lambda v: v[0] if isinstance(v, tuple) else "")
def test_edit_of_the_real_plan_gives_its_one_issue(plan: Path, edit: Edit, expected: Found) -> None:
    assert _new(PLAN, plan, edit) == [expected]


@pytest.mark.parametrize(("edit", "expected"), EXAMPLE, ids=lambda v: v[0] if isinstance(v, tuple) else "")
def test_edit_of_the_example_gives_its_one_issue(example: Path, edit: Edit, expected: Found) -> None:
    assert _new(VALID, example, edit) == [expected]


@pytest.mark.parametrize(("source", "edit"), NOTHING_NEW)
def test_what_another_plan_may_do_gives_nothing(source: Path, edit: Edit, plan: Path, example: Path) -> None:
    assert _new(source, plan if source == PLAN else example, edit) == []


def test_every_rule_is_broken_by_an_edit() -> None:
    broken = {expected[0] for _, expected in (*REAL_PLAN, *EXAMPLE)} | {"table_too_large"}
    assert broken >= set(RULES)


def test_title_unit_and_number_differences_of_the_real_plan() -> None:
    codes = ("title_differs", "unit_differs", "sequence_printed_differs")
    found = {code: [str(i.params["record"])[-2:] for i in issues_of(PLAN) if i.code == code] for code in codes}
    assert found == {
        "title_differs": ["01", "04", "08", "11", "14", "17", "18", "29", "33", "34", "35", "36", "44", "45"],
        "unit_differs": ["17", "28", "30", "35"],
        "sequence_printed_differs": ["18"],
    }


def test_issue_names_record_and_year(example: Path) -> None:
    cell("progress", 6, cannot_reason="")(example)
    (issue,) = issues_of(example)
    assert issue.params["record"] == f"{MAE_THUNG}P04"
    assert issue.params["year"] == 2561


@pytest.mark.parametrize(
    ("what", "limit", "table"), [("rows", 227, None), ("rows", 226, "budgets"), ("columns", 17, "projects")]
)
def test_table_is_too_large_above_the_limit(what: str, limit: int, table: str | None) -> None:
    package, family = Package.load(PLAN), load_family()
    tables, _ = check_headings(read_tables(package, family)[0], family)
    limits = {**portal_readiness.TABLE_LIMITS, what: limit}
    found = list(portal_readiness.larger_tables(Plan(package, family, tables), limits))
    assert [issue.location.resource for issue in found] == [name for name in [table] if name]
    assert all(issue.params == {"variant": what, "found": limit + 1, "limit": limit} for issue in found)


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({}, []),
        ({"a": "root", "b": "a"}, []),
        ({"a": "a"}, [("a",)]),
        ({"tail": "b", "a": "b", "b": "c", "c": "a"}, [("a", "b", "c")]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, [("a", "b"), ("c", "d")]),
    ],
)
def test_cycles_begin_with_their_first_id(parents: dict[str, str], expected: list[tuple[str, ...]]) -> None:
    assert list(cycles(parents)) == expected


def test_long_chain_and_long_cycle_end() -> None:
    chain = {str(n): str(n + 1) for n in range(100_000)}
    assert list(cycles(chain)) == []
    ring = chain | {"100000": "0"}
    assert [len(found) for found in cycles(ring)] == [100_001]
    assert len(list(lineage("5", ring))) == 100_001


def test_portal_lists_are_those_that_the_standard_describes() -> None:
    profile = portal_profile("thai_gdc")
    schema = json.loads((load_family().folder / "package.schema.json").read_text(encoding="utf-8"))
    described = schema["properties"]["portal"]["properties"]
    assert {*profile["mandatory"], *profile["legal"]} <= set(described)
    assert set(profile["from_package"]) <= set(schema["required"])
