"""The rules of references and order in a plan: each small edit of a good plan gives exactly its one new issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata.validation.rules import logic
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import PLAN, VALID, issues_of
from tests.edits import (
    KHELANG,
    MAE_THUNG,
    Edit,
    Found,
    add,
    cell,
    code_of,
    copy,
    descriptor,
    drop_where,
    new_after,
    together,
    without_errata,
)


def _summary_and_sheet(row: int, title: str) -> Edit:
    return cell("projects", row, title_th=title, summary_title_printed=title)


def _units_printed(sheet: str, summary: str) -> Edit:
    return cell("projects", 3, lead_unit_printed=sheet, summary_unit_printed=summary)


LACKING = (
    "sequence_printed",
    "dimension_id",
    "mission_id",
    "lead_unit_id",
    "lead_unit_printed",
    "summary_unit_printed",
)
"""What a document may lack of a project."""


def _without_rows(table: str, **owner: str) -> Edit:
    """A record has no rows in a table, and no errata that name them."""
    return together(*(without_errata(id_) for id_ in owner.values()), drop_where(table, **owner))


P45 = f"{KHELANG}-P45"
SECOND_PLAN = {
    "plan_id": "another-plan",
    "start_fiscal_year_be": "2571",
    "end_fiscal_year_be": "2575",
    "declared_project_count": "",
}
NEW_UNIT = {"unit_id": f"{KHELANG}-U29", "name_th": "กองช่าง"}
TITLE_OF_P02 = (
    "โครงการเผยแพร่ประชาสัมพันธ์ความรู้ด้านกฎหมายและระเบียบที่เกี่ยวข้องกับการปฏิบัติงานให้แก่บุคลากรเทศบาลเมืองเขลางค์นคร "
    "ผู้บริหารและสมาชิกสภาเทศบาล"
)

REAL_PLAN: list[tuple[Edit, Found]] = [
    (copy("plans", 2, **SECOND_PLAN), ("plan_row_count", "plans", 3, None)),
    (cell("errata", 2, erratum_id="khelang-2561-E01"), ("id_prefix_wrong", "errata", 2, "erratum_id")),
    (
        copy("printed_totals", 23, scope="mission", scope_id=f"{KHELANG}-M9.9"),
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
    (cell("units", 11, parent_unit_id=f"{KHELANG}-U11"), ("unit_cycle", "units", 11, "parent_unit_id")),
    (cell("units", 10, parent_unit_id=f"{KHELANG}-U09"), ("unit_cycle", "units", 10, "parent_unit_id")),
    (cell("units", 29, unit_level="division"), ("unit_level_order", "units", 29, "unit_level")),
    (cell("units", 15, parent_unit_id=f"{KHELANG}-U13"), ("unit_level_order", "units", 15, "unit_level")),
    (copy("units", 10, **NEW_UNIT), ("unit_unused", "units", 30, "unit_id")),
    (
        cell("projects", 46, mission_id=f"{KHELANG}-M3.1"),
        ("mission_dimension_mismatch", "projects", 46, "mission_id"),
    ),
    (
        cell("missions", 12, parent_mission_id=f"{KHELANG}-M3.1"),
        ("mission_dimension_mismatch", "missions", 12, "parent_mission_id"),
    ),
    (
        cell("missions", 11, parent_mission_id=f"{KHELANG}-M4.1.1"),
        ("mission_cycle", "missions", 11, "parent_mission_id"),
    ),
    (
        cell("projects", 2, parent_project_id=f"{KHELANG}-P01"),
        ("parent_project_invalid", "projects", 2, "parent_project_id"),
    ),
    (
        cell("projects", 30, parent_project_id=f"{KHELANG}-P24"),
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
    (_units_printed("กองช่าง และสำนักปลัด", "กองช่าง"), ("unit_differs", "projects", 3, "summary_unit_printed")),
    (cell("projects", 3, project_kind="guideline"), ("kind_differs", "projects", 3, "project_kind")),
    (_summary_and_sheet(4, TITLE_OF_P02), ("duplicate_title", "projects", 4, "title_th")),
    (
        _summary_and_sheet(4, TITLE_OF_P02.replace(" ", "").replace("และ", "และ ")),
        ("duplicate_title", "projects", 4, "title_th"),
    ),
    (_without_rows("targets", project_id=P45), ("project_without_target", "projects", 46, "project_id")),
    (_without_rows("indicators", project_id=P45), ("project_without_indicator", "projects", 46, "project_id")),
    (
        cell("risks", 2, likelihood="2", impact="3", risk_score="5"),
        ("risk_score_differs", "risks", 2, "risk_score"),
    ),
    (_without_rows("risk_controls", risk_id=f"{KHELANG}-R02"), ("risk_without_control", "risks", 3, "risk_id")),
]

EXAMPLE: list[tuple[Edit, Found]] = [
    (cell("printed_totals", 18, scope="mission"), ("scope_unknown", "printed_totals", 18, "scope_id")),
    (cell("targets", 6, fiscal_year_be="2565"), ("year_outside_plan", "targets", 6, "fiscal_year_be")),
    (cell("errata", 4, fiscal_year_be="2565"), ("year_outside_plan", "errata", 4, "fiscal_year_be")),
    (cell("errata_records", 2, fiscal_year_be="2565"), ("year_outside_plan", "errata_records", 2, "fiscal_year_be")),
    (cell("plans", 2, end_fiscal_year_be="2560"), ("years_reversed", "plans", 2, "end_fiscal_year_be")),
    (descriptor(lambda d: d.update(name="mae-thung")), ("name_differs", "plans", 2, "plan_id")),
    (cell("missions", 11, mission_code="3.1"), ("id_code_differs", "missions", 11, "mission_code")),
    (cell("dimensions", 5, dimension_code="4*"), ("id_code_differs", "dimensions", 5, "dimension_code")),
    (cell("project_units", 2, unit_id=f"{MAE_THUNG}-U03"), ("lead_unit_differs", "project_units", 2, "unit_id")),
    (cell("project_units", 3, role="lead"), ("lead_unit_differs", "project_units", 3, "unit_id")),
    (cell("projects", 5, lead_unit_id=""), ("lead_unit_differs", "project_units", 2, "unit_id")),
]

NOTHING_NEW: list[tuple[Path, Edit]] = [
    (PLAN, cell("projects", 3, summary_title_printed=f"“{TITLE_OF_P02.replace('และ', ' และ')}”")),
    (PLAN, cell("projects", 3, summary_title_printed="")),
    (PLAN, cell("projects", 3, summary_unit_printed="กองยุทธศาสตร์ฯ*(เดิม)")),
    (PLAN, cell("projects", 3, summary_unit_printed="งานนิติการ กองคลัง")),
    (PLAN, cell("projects", 3, summary_unit_printed="ฯ")),
    (PLAN, _units_printed("กองช่าง และสำนักปลัด", "กองช่าง และ สำนักปลัด")),
    (PLAN, _units_printed("ทุกส่วนราชการ", "ทุกส่วนราชการ")),
    (PLAN, _units_printed("สป.", "สป.")),
    (PLAN, cell("projects", 3, sequence_printed="ข้อ 02")),
    (PLAN, cell("projects", 3, sequence_printed="-")),
    (PLAN, together(without_errata(f"{KHELANG}-P02"), _summary_and_sheet(3, "แผนงานเผยแพร่ความรู้"))),
    (PLAN, cell("risks", 2, likelihood="2", impact="3", risk_score="6.00")),
    (PLAN, cell("risks", 2, likelihood="2", risk_score="5")),
    (PLAN, cell("units", 29, unit_level="committee")),
    (PLAN, cell("units", 4, parent_unit_id=f"{KHELANG}-U19")),
    (PLAN, together(without_errata(f"{KHELANG}-U19"), cell("units", 20, parent_unit_id=f"{KHELANG}-U28"))),
    (VALID, cell("targets", 6, fiscal_year_be="2564")),
    (VALID, cell("projects", 9, sequence_printed="๙๙)")),
    (VALID, descriptor(lambda d: d.pop("conventions"))),
    (VALID, cell("projects", 9, **dict.fromkeys(LACKING, ""))),
    (VALID, cell("project_units", 3, unit_id=f"{MAE_THUNG}-U03")),
    (VALID, cell("project_units", 4, role="lead")),
    (VALID, cell("risks", 2, risk_score="")),
]


@pytest.mark.parametrize(("edit", "expected"), REAL_PLAN, ids=code_of)
def test_edit_of_the_real_plan_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, PLAN, tmp_path / "plan") == [expected]


@pytest.mark.parametrize(("edit", "expected"), EXAMPLE, ids=code_of)
def test_edit_of_the_example_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


@pytest.mark.parametrize(("source", "edit"), NOTHING_NEW)
def test_what_another_plan_may_do_gives_nothing(source: Path, edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, source, tmp_path / "copy") == []


SAME_CODES = [
    ("missions", "9.10", "9.10"),
    ("missions", "9.1.1", "9.1(1)"),
    ("missions", "9.10", "๙.๑๐"),
    ("missions", "9.1.1", "ภารกิจที่ ๙.๑ (๑)"),
    ("missions", "9A", "9a"),
    ("missions", "9", "ก."),
    ("dimensions", "9S", "9*"),
    ("dimensions", "10", "10"),
]
OTHER_CODES = [
    ("missions", "9.10", "9.1"),
    ("missions", "9.1", "9.10"),
    ("missions", "9.1.1", "9.11"),
    ("missions", "9.11", "9.1(1)"),
    ("missions", "9.10", "๙.๑"),
    ("missions", "9A", "9"),
    ("dimensions", "9", "9*"),
    ("dimensions", "9S", "9"),
    ("dimensions", "10", "1"),
]


def _with_code(table: str, end: str, code: str) -> Edit:
    if table == "missions":
        return add(table, MAE_THUNG, f"{MAE_THUNG}-M{end}", code, f"{MAE_THUNG}-D1", "", "ภารกิจใหม่", "")
    return add(table, MAE_THUNG, f"{MAE_THUNG}-D{end}", code, "มิติใหม่", "", "false", "")


@pytest.mark.parametrize(("table", "end", "code"), SAME_CODES)
def test_code_that_is_the_end_of_its_id(table: str, end: str, code: str, tmp_path: Path) -> None:
    assert new_after(_with_code(table, end, code), VALID, tmp_path / "example") == []


@pytest.mark.parametrize(("table", "end", "code"), OTHER_CODES)
def test_code_that_is_not_the_end_of_its_id(table: str, end: str, code: str, tmp_path: Path) -> None:
    (new,) = new_after(_with_code(table, end, code), VALID, tmp_path / "example")
    assert (new[0], new[1], new[3]) == ("id_code_differs", table, f"{table.removesuffix('s')}_code")


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in (*REAL_PLAN, *EXAMPLE)} == {rule.code for rule in rules_in(logic)}


def test_title_unit_and_number_differences_of_the_real_plan() -> None:
    codes = ("title_differs", "unit_differs", "sequence_printed_differs")
    found = {code: [str(i.params["record"])[-2:] for i in issues_of(PLAN) if i.code == code] for code in codes}
    assert found == {
        "title_differs": ["01", "04", "08", "11", "14", "17", "18", "29", "33", "34", "35", "36", "44", "45"],
        "unit_differs": ["30"],
        "sequence_printed_differs": ["18"],
    }
