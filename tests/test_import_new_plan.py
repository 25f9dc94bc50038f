"""A new plan from nothing: facts, a workbook that is filled in cell by cell, and a valid package."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from openpyxl.workbook import Workbook

from khelang_opendata import validate
from khelang_opendata.cli import main
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import load_family
from tests.test_init import FACTS, run_init
from tests.workbooks import (
    cell,
    edited,
    heading_row,
    run,
)

SUMMARY, UNITS, STEPS = "ตารางสรุป", "หน่วยงาน", "ขั้นตอน"
NUMBER, TITLE, YEAR = "ที่", "โครงการ กิจกรรม หรือมาตรการ", "ปีงบประมาณ 2566"
UNIT, SOURCE = "หน่วยงานรับผิดชอบหลัก", "แหล่งงบประมาณ"


def test_plan_goes_from_nothing_to_a_valid_package(tmp_path: Path) -> None:
    """init, template, cells typed as a person types them, import, validate."""
    assert run_init(tmp_path / "plan", FACTS).exit_code == 0
    path = tmp_path / "plan.xlsx"
    made = CliRunner().invoke(main, ["template", "-o", str(path), "--from", str(tmp_path / "plan"), "--lang", "th"])
    assert made.exit_code == 0

    def fill(book: Workbook) -> None:
        for row, unit in enumerate((FACTS["name-th"], "สำนักปลัด"), 1):
            cell(book[UNITS], "ชื่อหน่วยงาน", row).value = unit
            cell(book[UNITS], "ระดับหน่วยงาน", row).value = ["องค์กรปกครองส่วนท้องถิ่น", "สำนัก/กอง/หน่วย"][row - 1]
        cell(book[UNITS], "หน่วยงานต้นสังกัด", 2).value = FACTS["name-th"]
        for label, value in {"เลขมิติ": "๑", "ชื่อมิติ": "การสร้างวัฒนธรรมสุจริต", "คิดคะแนน": "ใช่"}.items():
            cell(book["มิติ"], label, 1).value = value
        for label, value in {"เลขภารกิจ": "1.1", "มิติ": "1", "ชื่อภารกิจ": "การเสริมสร้างจิตสำนึก"}.items():
            cell(book["ภารกิจ"], label, 1).value = value
        sheet = book[SUMMARY]
        sheet["C2"], sheet["C3"] = "ดำเนินการโดยไม่ใช้งบประมาณ", "ไม่ดำเนินการ"
        values: list[Any] = [1, "โครงการอบรมคุณธรรม", "๒๐,๐๐๐.-", "20000 บาท", 0, "-", 20000, "สำนักปลัด", "1", "1.1"]
        for place, value in enumerate(values, 1):
            sheet.cell(heading_row(sheet, TITLE) + 1, place).value = value
        plan = book["แผน"]
        row = next(r for r in range(1, 40) if str(plan.cell(r, 1).value).startswith("ที่มาในเอกสารของแถวใหม่"))
        plan.cell(row, 2).value = "ส่วนที่ 2 ตารางสรุป"
        detail = {"โครงการ": "1. โครงการอบรมคุณธรรม", "กลุ่มเป้าหมาย": "พนักงาน"}
        for label, value in detail.items():
            cell(book["กลุ่มเป้าหมาย"], label, 1).value = value
        detail = {"โครงการ": "1", "ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "จำนวนผู้เข้าอบรม"}
        for label, value in detail.items():
            cell(book["ตัวชี้วัด"], label, 1).value = value

    path.write_bytes(edited(path.read_bytes(), fill))
    done = run("import", path, "-o", tmp_path / "plan")
    assert done.exit_code == 0, done.output
    report = validate(tmp_path / "plan")
    assert report.valid, [(issue.code, issue.location) for issue in report.issues]
    assert report.warnings == 0, [(issue.code, issue.location) for issue in report.issues]


FIRST_YEAR, LAST_YEAR = "ปีงบประมาณเริ่มต้นของแผน", "ปีงบประมาณสิ้นสุดของแผน"


def with_facts(book: Workbook, facts: dict[str, Any]) -> None:
    """Fill in facts of the sheet of the plan."""
    for row in range(2, 20):
        if (label := book["แผน"].cell(row, 1).value) in facts:
            book["แผน"].cell(row, 2).value = facts[str(label)]


def with_project(book: Workbook, headings: str) -> None:
    """Write the headings of five years, and a project with an amount in each."""
    sheet = book[SUMMARY]
    for at in range(5):
        sheet.cell(8, 3 + at).value = headings.format(number=1 + at, year=2571 + at)
    values: list[Any] = [1, "โครงการอบรม", 1000, 2000, 3000, 4000, 5000]
    for place, value in enumerate(values, 1):
        sheet.cell(9, place).value = value


@pytest.mark.parametrize("headings", ["ปีที่ {number}", "Year {number}", "ปีงบประมาณ {year}"])
def test_years_are_read_by_number_and_by_name(headings: str, tmp_path: Path) -> None:
    """Whichever other cells name a year of the plan, here the first year of a project."""

    def fill(book: Workbook) -> None:
        with_facts(book, {FIRST_YEAR: 2571, LAST_YEAR: 2575})
        with_project(book, headings)
        cell(book[SUMMARY], "ปีงบประมาณเริ่มต้น", 1).value = 2571

    path = tmp_path / "plan.xlsx"
    path.write_bytes(edited(plan_workbook(load_family(), None, Language.TH), fill))
    done = run("import", path, "-o", tmp_path / "package", "--plan-id", "ban-mai-2571-2575")
    assert done.exit_code == 0, done.output
    lines = list(csv.DictReader((tmp_path / "package/data/budgets.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(line["fiscal_year_be"], line["amount_thb"]) for line in lines] == [
        (str(2570 + number), f"{number}000") for number in range(1, 6)
    ]


@pytest.mark.parametrize(
    "facts", [{}, {FIRST_YEAR: 2571}, {FIRST_YEAR: 2575, LAST_YEAR: 2571}, {FIRST_YEAR: 1, LAST_YEAR: 2}]
)
def test_projects_without_the_years_of_the_plan_are_refused(facts: dict[str, Any], tmp_path: Path) -> None:
    def fill(book: Workbook) -> None:
        with_facts(book, facts)
        with_project(book, "ปีที่ {number}")

    path = tmp_path / "plan.xlsx"
    path.write_bytes(edited(plan_workbook(load_family(), None, Language.TH), fill))
    done = run("import", path, "-o", tmp_path / "package", "--plan-id", "ban-mai-2571-2575")
    assert (done.exit_code, "แผน: the plan's first or last fiscal year is missing" in done.output) == (1, True)
    assert not (tmp_path / "package").exists()


def test_empty_workbook_gives_a_package_by_its_facts_and_numbered_years(tmp_path: Path) -> None:
    """The headings of years are formulas until the years are known; openpyxl saves them without their values."""
    facts: dict[str, Any] = {
        "ชื่อองค์กรปกครองส่วนท้องถิ่น": FACTS["name-th"],
        "ชื่อองค์กรปกครองส่วนท้องถิ่นภาษาอังกฤษ": FACTS["name-en"],
        "ประเภทองค์กรปกครองส่วนท้องถิ่น": "อบต.",
        FIRST_YEAR: "๒๕๗๑",
        LAST_YEAR: 2575,
    }

    def fill(book: Workbook) -> None:
        with_facts(book, facts)
        sheet = book[SUMMARY]
        sheet["C2"], sheet["C3"] = "ดำเนินการโดยไม่ใช้งบประมาณ", "ไม่ดำเนินการ"
        values: list[Any] = [1, "โครงการอบรม", 1000, "๒,๐๐๐.-", "-", 0, "ไม่ทราบ"]
        for place, value in enumerate(values, 1):
            sheet.cell(9, place).value = value

    path = tmp_path / "plan.xlsx"
    empty = plan_workbook(load_family(), None, Language.TH)
    path.write_bytes(edited(empty, fill))
    refused = run("import", path, "-o", tmp_path / "package")
    assert (refused.exit_code, f"{SUMMARY}!C8: the cell has a formula without a value" in refused.output) == (1, True)

    def fill_with_headings(book: Workbook) -> None:
        fill(book)
        for number in range(1, 6):
            book[SUMMARY].cell(8, 2 + number).value = f"ปีที่ {number}"

    path.write_bytes(edited(empty, fill_with_headings))
    assert run("import", path, "-o", tmp_path / "package").exit_code == 0
    lines = list(csv.DictReader((tmp_path / "package/data/budgets.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [(line["fiscal_year_be"], line["budget_status"], line["amount_thb"]) for line in lines] == [
        *(("2571", "budgeted", "1000"), ("2572", "budgeted", "2000"), ("2573", "not_run", "")),
        *(("2574", "no_budget", "0"), ("2575", "unknown", "")),
    ]
    assert lines[0]["project_id"] == "ban-mai-2571-2575-P01"
