"""Reports to E-PlanNACC: the rows of a round, the score that they give, the table as CSV and as a workbook."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from khelang_opendata import Package, load_family
from khelang_opendata.nacc.eplan import (
    About,
    EplanRow,
    Share,
    eplan_csv,
    eplan_rows,
    eplan_score,
    eplan_xlsx,
    projects_not_run,
    rounded,
    year_to_report,
)
from khelang_opendata.nacc.eplan.plan_tables import REASONS, STATUSES
from khelang_opendata.nacc.eplan.report_form import CLOSED, COMPLETE, TO_FILL, columns
from khelang_opendata.nacc.source import fiscal_year, released_package
from tests.conftest import PLAN, VALID, Khelang, edit_descriptor, fails, needs, replace_in
from tests.releases import copied, publish

P04_OF_2561 = ",mae-thung-2561-2564-P04,2561,12,cannot,,,true,12500.50,0,0,policy_changed,,"


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Releases of the real plan, ``khelang/latest``, and of the example, ``example/latest``."""
    out = tmp_path_factory.mktemp("releases")
    publish(PLAN, out / "khelang")
    publish(VALID, out / "example")
    return out


def rows_of(folder: Path, year: int, months: int) -> tuple[EplanRow, ...]:
    return eplan_rows(Package.load(folder), year, months)


def row_of(rows: tuple[EplanRow, ...], number: int) -> EplanRow:
    return next(row for row in rows if row.sequence_no == number)


def counts(share: Share) -> tuple[int, int, int, int, int]:
    return share.completed, share.in_progress, share.cannot, share.waiting, share.unreported


def workbook_of(folder: Path, year: int, months: int) -> bytes:
    package = Package.load(folder)
    rows = eplan_rows(package, year, months)
    return eplan_xlsx(rows, eplan_score(rows), About.of(package, year, months))


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def remove_report(folder: Path, *beginnings: str) -> None:
    path = folder / "data/progress.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(beginnings)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), encoding="utf-8")


# The rows


def test_every_project_of_the_real_plan_is_to_be_reported() -> None:
    rows = rows_of(PLAN, 2566, 12)
    assert [row.sequence_no for row in rows] == list(range(1, 46))
    assert Counter(row.dimension.code for row in rows) == {"1": 14, "2": 18, "3": 5, "4": 7, "3*": 1}
    assert sum(row.planned or 0 for row in rows) == Decimal(5_996_755)
    assert not any(row.reported or row.earlier for row in rows)


def test_projects_that_the_plan_does_not_run_in_a_year_are_left_out() -> None:
    package = Package.load(PLAN)
    rows = eplan_rows(package, 2567, 6)
    assert projects_not_run(package, 2567) == (8, 45)
    assert [row.sequence_no for row in rows] == [n for n in range(1, 45) if n != 8]
    assert sum(row.planned or 0 for row in rows) == Decimal(1_532_600)
    assert projects_not_run(package, 2566) == ()


def test_a_project_has_its_name_in_the_system_or_else_its_own() -> None:
    rows = rows_of(PLAN, 2566, 12)
    eplan, own = row_of(rows, 14), row_of(rows, 3)
    assert (eplan.eplan_title, eplan.title) == (
        "โครงการโรงเรียนคุณธรรม",
        "โครงการเสริมสร้างคุณธรรมเพื่อการอยู่ร่วมกันในสังคมได้อย่างมีความสุข",
    )
    assert own.eplan_title == own.title == "โครงการป้องกันผลประโยชน์ทับซ้อนของเทศบาลเมืองเขลางค์นคร"


def test_what_was_reported_stands_and_what_was_not_is_missing() -> None:
    rows = rows_of(VALID, 2561, 12)
    assert [row.sequence_no for row in rows] == [1, 2, 3, 4, 5, 7, 8]
    cannot, begun = row_of(rows, 4), row_of(rows, 7)
    assert cannot.reported is not None
    assert cannot.earlier is not None
    assert (cannot.kind, cannot.dimension.heading) == ("โครงการ", "มิติที่ 1 การสร้างสังคมที่ไม่ทนต่อการทุจริต")
    assert (cannot.planned, cannot.reported.approved, cannot.reported.disbursed) == (
        Decimal("12500.50"),
        Decimal(0),
        Decimal(0),
    )
    assert (cannot.reported.status, cannot.reported.reason) == ("cannot", "policy_changed")
    assert (cannot.reported.in_ordinance, cannot.earlier.status) == (True, "in_progress")
    assert cannot.missing == ()
    assert (begun.uses_budget, begun.planned) == (True, Decimal(5000))
    assert begun.reported is None, "the system has no status for a project that has not begun"
    assert begun.missing == ("approved", "disbursed", "in_ordinance", "status")


def test_the_six_month_round_knows_nothing_of_the_twelve_month_round() -> None:
    row = row_of(rows_of(VALID, 2561, 6), 4)
    assert row.reported is not None
    assert (row.reported.status, row.earlier) == ("in_progress", None)


def test_no_amounts_are_asked_of_a_project_without_a_budget() -> None:
    row = row_of(rows_of(VALID, 2561, 12), 5)
    assert row.uses_budget is False
    assert row.planned == 0
    assert row.missing == ("in_ordinance", "status")


def test_whether_a_project_takes_money_is_the_officials_to_decide_where_the_plan_does_not_tell() -> None:
    shared = row_of(rows_of(PLAN, 2566, 12), 42)
    assert shared.uses_budget is None
    assert shared.missing == ("uses_budget", "approved", "disbursed", "in_ordinance", "status")
    assert shared.notes[:2] == (
        "ใช้งบประมาณของโครงการอื่น ให้เลือกว่าจะรายงานเป็นใช้หรือไม่ใช้งบประมาณ",
        "หมายเหตุในแผน: การอบรมตามวิธีดำเนินการข้อ 2 จัดในโครงการลำดับที่ 41 และใช้งบประมาณของโครงการนั้น ขั้นตอนอื่นไม่ใช้งบประมาณ",
    )
    unknown = row_of(rows_of(VALID, 2564, 6), 4)
    assert (unknown.uses_budget, unknown.planned) == (None, None)
    assert "planned" in unknown.missing
    assert "แผนไม่ระบุจำนวนเงินของแหล่ง" in unknown.notes[1]


def test_sources_of_money_add_up_and_are_reported() -> None:
    row = row_of(rows_of(VALID, 2562, 6), 6)
    assert (row.planned, row.uses_budget) == (Decimal(150_000), True)
    assert "งบประมาณตามแผนรวมหลายแหล่ง: งบประมาณขององค์กรปกครองส่วนท้องถิ่น 100,000 + เงินกันไว้เบิกเหลื่อมปี 50,000" in row.notes


def test_notes_tell_the_documents_contradictions_that_bear_on_the_report() -> None:
    rows = rows_of(PLAN, 2566, 12)
    own, period, of_another = row_of(rows, 13).notes
    assert own == (
        "ข้อมูลในเอกสารไม่ตรงกัน (E012): ช่องงบประมาณในตารางรวมกับแถวข้างเคียงจนตัวเลขของโครงการนี้หายไป ใช้ค่าจากรายละเอียดโครงการ "
        "ซึ่งยอดรวมมิติที่ 1 ยืนยัน"
    )
    assert period.startswith("ข้อมูลในเอกสารไม่ตรงกัน (E020): รายละเอียดโครงการทั้ง 14 โครงการไม่ได้ระบุว่าเป็นจำนวนเงินต่อปีหรือ")
    assert of_another.startswith("ข้อมูลในเอกสารไม่ตรงกัน (E115): "), "an erratum of no. 12 that concerns this one, too"
    assert row_of(rows, 10).notes == (period,), "its own erratum is about the name of a kind of expense"
    assert "มิติที่ 3* ไม่คิดคะแนน" in row_of(rows, 45).notes


def test_projects_that_share_a_name_in_the_system_name_each_other() -> None:
    rows = rows_of(VALID, 2561, 12)
    assert row_of(rows, 1).notes[0] == "ลำดับที่ 4 ใช้ชื่อเดียวกันในระบบ ให้เลือกว่าจะรายงานรวมกันหรือแยกกัน"
    assert row_of(rows, 4).notes[0].startswith("ลำดับที่ 1 ใช้ชื่อเดียวกัน")
    alone = row_of(rows_of(VALID, 2562, 12), 1)
    assert not alone.notes, "no. 4 does not run in 2562"


def test_a_planned_amount_reported_otherwise_than_planned_is_reported(example: Path) -> None:
    replace_in(example / "data/progress.csv", "2018-05-03,true,20000", "2018-05-03,true,25000")
    row = row_of(rows_of(example, 2561, 12), 1)
    assert row.planned == Decimal(25_000)
    assert row.notes[0] == "รายงานงบประมาณตามแผนไว้ 25,000 บาท แต่แผนตั้งไว้ 20,000 บาท ให้ตรวจว่าตัวเลขใดถูกต้อง"


def test_a_project_that_spent_money_without_a_budget_is_asked_for_amounts(example: Path) -> None:
    replace_in(
        example / "data/progress.csv", "P03,2561,12,completed,,,false,0,0,0", "P03,2561,12,completed,,,false,0,,500"
    )
    row = row_of(rows_of(example, 2561, 12), 3)
    assert (row.uses_budget, row.missing, row.notes) == (True, ("approved",), ())


def test_a_project_completed_in_the_first_round_is_closed_in_the_second(example: Path) -> None:
    remove_report(example, "mae-thung-2561-2564,mae-thung-2561-2564-P01,2561,12")
    replace_in(example / "data/progress.csv", "P01,2561,6,in_progress", "P01,2561,6,completed")
    row = row_of(rows_of(example, 2561, 12), 1)
    assert (row.is_closed, row.missing, row.counted_status) == (True, (), "completed")
    assert row.notes[0] == "รายงานว่าดำเนินการแล้วเสร็จตั้งแต่รอบ 6 เดือน ระบบปิดช่องกรอกของรอบนี้แล้ว"


def test_a_project_reported_on_is_in_the_table_though_the_plan_does_not_run_it(example: Path) -> None:
    with (example / "data/progress.csv").open("a", encoding="utf-8") as table:
        table.write("mae-thung-2561-2564,mae-thung-2561-2564-P04,2562,12,completed,,,true,,10000,10000,,,,,\n")
    row = row_of(rows_of(example, 2562, 12), 4)
    assert (row.uses_budget, row.planned, row.missing) == (True, None, ("planned",))


def test_a_reason_other_than_those_listed_must_be_given(example: Path) -> None:
    replace_in(example / "data/progress.csv", P04_OF_2561, P04_OF_2561.replace("policy_changed", "other"))
    row = row_of(rows_of(example, 2561, 12), 4)
    reported = columns(12)["other_reason"].cell(row)
    assert row.missing == ()
    assert str(reported).startswith("ผู้บริหารให้นำงบประมาณไปใช้บรรเทาอุทกภัย")
    assert columns(12)["remark"].cell(row) is None, "not reported twice"


def test_a_plan_without_reports_and_errata_has_rows_all_the_same(example: Path) -> None:
    (example / "data/progress.csv").write_text(
        (example / "data/progress.csv").read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8"
    )
    package = Package.load(example)
    assert year_to_report(package) == 2561
    assert len(eplan_rows(package, 2561, 12)) == 7


def test_the_words_are_those_of_the_system_and_of_the_standard() -> None:
    fields = load_family().tables["progress"].field_by_name
    titles = {code: reported.title_th for code, reported in fields["status"].meanings.items()}
    assert titles == {"not_started": "ยังไม่ได้ดำเนินการ", **STATUSES}, "the system has no status for not begun"
    assert list(REASONS) == fields["cannot_reason"].descriptor["constraints"]["enum"]


def test_an_amount_for_the_whole_period_is_none_of_a_year(example: Path) -> None:
    budgets = example / "data/budgets.csv"
    lines = budgets.read_text(encoding="utf-8").splitlines(keepends=True)
    first = "mae-thung-2561-2564,mae-thung-2561-2564-P06,1,,whole_period,lao_budget,not_stated,budgeted,600000,,,,,,\n"
    budgets.write_text("".join([*(line for line in lines if "-P06," not in line), first]), encoding="utf-8")
    row = row_of(rows_of(example, 2563, 6), 6)
    assert (row.planned, row.uses_budget) == (None, None)
    assert "planned" in row.missing
    assert "หมายเหตุในแผน: เอกสารให้จำนวนเงินรวมทุกปีของแผน 600,000 บาท โดยไม่แยกปี" in row.notes
    assert 6 in projects_not_run(Package.load(example), 2561), "it begins in 2562"


# Years


@pytest.mark.parametrize("text", ["2566", "๒๕๖๖", " 2566 ", "２５６６"])
def test_a_fiscal_year_is_read_in_digits_of_any_script(text: str) -> None:
    assert fiscal_year(text) == 2566


@pytest.mark.parametrize("text", ["", "2023", "66", "25660", "-2566", "2566.0", "2566-2570", "ปี", "²⁵⁶⁶"])
def test_what_is_no_buddhist_year_is_refused(text: str) -> None:
    with fails("year_invalid") as refusal:
        fiscal_year(text)
    assert refusal.value.params == {"value": text}


def test_a_year_outside_the_plan_is_refused_with_the_plans_years() -> None:
    with fails("year_outside_plan") as refusal:
        rows_of(PLAN, 2571, 12)
    assert refusal.value.params == {"year": 2571, "years": "2566-2570"}


def test_the_year_to_report_is_the_latest_reported_or_the_first() -> None:
    assert year_to_report(Package.load(VALID)) == 2562
    assert year_to_report(Package.load(PLAN)) == 2566


# The score


def test_the_score_of_the_example_is_what_is_computed_by_hand() -> None:
    first, second = (eplan_score(rows_of(VALID, 2561, months)) for months in (6, 12))
    assert counts(first.total) == (0, 2, 0, 5, 5)
    assert (first.total.points, first.total.percent) == (Fraction(1), Fraction(100, 7))
    assert counts(second.total) == (2, 0, 1, 4, 4)
    assert (second.total.points, second.total.percent) == (Fraction(2), Fraction(200, 7))
    assert rounded(Fraction(200, 7)) == Decimal("28.57")
    by_dimension = {dimension.code: counts(share) for dimension, share in second.dimensions}
    assert by_dimension == {"1": (2, 0, 1, 1, 1), "2": (0, 0, 0, 1, 1), "3": (0, 0, 0, 1, 1), "4": (0, 0, 0, 1, 1)}


def test_the_real_plan_has_no_score_yet_and_says_how_much_is_missing() -> None:
    score = eplan_score(rows_of(PLAN, 2566, 12))
    assert counts(score.total) == (0, 0, 0, 44, 44)
    assert (score.total.projects, score.total.percent, score.unscored) == (44, Fraction(0), 1)


def test_a_dimension_that_is_not_scored_counts_for_nothing(example: Path) -> None:
    replace_in(
        example / "data/dimensions.csv",
        "ภาคประชาชน,Promoting the role and participation of the people,true",
        "x,x,false",
    )
    score = eplan_score(rows_of(example, 2561, 12))
    assert counts(score.total) == (2, 0, 1, 3, 3)
    assert (score.total.percent, score.unscored) == (Fraction(100, 3), 1)
    assert [(dimension.code, share.projects) for dimension, share in score.dimensions if not dimension.scored] == [
        ("3", 1)
    ]


def test_a_project_not_reported_again_counts_by_its_report_before(example: Path) -> None:
    remove_report(example, "mae-thung-2561-2564,mae-thung-2561-2564-P04,2561,12", "ข้อเสนอแนะ: ตั้งงบประมาณใหม่")
    score = eplan_score(rows_of(example, 2561, 12))
    assert counts(score.total) == (2, 1, 0, 4, 5)
    assert score.total.percent == Fraction(250, 7)


def test_nothing_to_score_gives_no_score() -> None:
    score = eplan_score(())
    assert score.total.percent is None
    assert score.total.points == 0
    assert score.dimensions == ()


@pytest.mark.parametrize(
    ("number", "expected"), [("1/8", "0.13"), ("200/3", "66.67"), ("100", "100.00"), ("0", "0.00")]
)
def test_a_score_is_rounded_half_up(number: str, expected: str) -> None:
    assert str(rounded(Fraction(number))) == expected


# The table


def test_pandas_reads_the_csv_with_numbers_as_numbers() -> None:
    data = eplan_csv(rows_of(VALID, 2561, 12), 12)
    assert data.startswith("\ufeffลำดับที่,ชื่อโครงการ/กิจกรรม/มาตรการ/แนวปฏิบัติงาน ในระบบ E-PlanNACC,".encode())
    table = pd.read_csv(io.BytesIO(data)).set_index("ลำดับที่")
    assert list(table.columns) == [column.heading for column in columns(12).values()][1:]
    assert table["งบประมาณตามแผน (บาท)"].tolist() == [20000, 0, 0, 12500.5, 0, 5000, 0]
    assert table["เบิกจ่ายจริง (บาท)"].tolist()[:1] == [18750.5]
    assert table["เบิกจ่ายจริง (บาท)"].isna().sum() == 4
    assert table.loc[4, "สถานะการดำเนินงาน"] == "ไม่สามารถดำเนินการได้"
    assert table.loc[4, "เหตุที่ไม่สามารถดำเนินการได้"] == "นโยบายผู้บริหารเปลี่ยนแปลง"
    assert table.loc[1, "หมายเหตุ"] == "ผลการดำเนินงาน: จัดอบรมแล้ว 1 รุ่น มีผู้เข้าร่วม 58 คน\nปัญหา อุปสรรค และข้อเสนอแนะ: ไม่มี"
    assert table.loc[1, "ความครบถ้วน"] == COMPLETE
    assert table.loc[8, "ความครบถ้วน"] == "ต้องกรอก: บรรจุไว้ในข้อบัญญัติ/เทศบัญญัติ/แผนการดำเนินงาน, สถานะการดำเนินงาน"


def test_only_the_second_round_tells_of_the_first() -> None:
    assert columns(12).keys() - columns(6).keys() == {"earlier"}
    header = next(csv.reader(io.StringIO(eplan_csv((), 6).decode("utf-8-sig"))))
    assert "สถานะที่รายงานรอบ 6 เดือน" not in header


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t"])
def test_no_cell_of_the_data_becomes_a_formula(example: Path, sign: str) -> None:
    title = f'{sign}HYPERLINK("http://x.example") <b>ก</b>'
    quoted = '"' + title.replace('"', '""') + '"'
    replace_in(example / "data/projects.csv", ",โครงการพัฒนาระบบรับชำระภาษีทางอิเล็กทรอนิกส์,", f",{quoted},")
    data = eplan_csv(rows_of(example, 2562, 12), 12).decode("utf-8-sig")
    record = next(row for row in csv.reader(io.StringIO(data)) if row[0] == "6")
    assert record[1] == f"'{title}"
    sheet = opened(release_of(example, 2562, 12))["รายงาน"]
    cell = next(row[1] for row in sheet.iter_rows(min_row=2) if row[0].value == 6)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (title, "s", True)


def release_of(folder: Path, year: int, months: int) -> bytes:
    """The workbook of a folder that was not released, dated as its package says."""
    package = Package.load(folder)
    package.descriptor.setdefault("created", "2026-11-22")
    rows = eplan_rows(package, year, months)
    return eplan_xlsx(rows, eplan_score(rows), About.of(package, year, months))


def test_the_workbook_can_be_filled_in(releases: Path) -> None:
    book = opened(workbook_of(releases / "khelang/latest", 2566, 12))
    assert book.sheetnames == ["รายงาน", "คะแนน"]
    sheet = book["รายงาน"]
    assert [cell.value for cell in sheet[1]] == [column.heading for column in columns(12).values()]
    assert (sheet.max_row, sheet.freeze_panes, sheet.protection.sheet) == (46, "C2", False)
    assert (sheet["I2"].value, sheet["I2"].number_format) == (300_000, "#,##0.00")
    assert [sheet.cell(2, at).value for at in range(10, 17)] == [None] * 7, "nothing is made up"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    assert lists["M2:M46"] == f'"{",".join(STATUSES.values())}"'
    assert lists["N2:N46"] == f'"{",".join(REASONS.values())}"'
    assert sheet.conditional_formatting, "cells to fill are coloured"
    assert {cell.data_type for row in sheet.iter_rows(min_row=2) for cell in row} <= {"n", "s", "f"}
    formulas = {
        cell.coordinate.rstrip("0123456789")
        for row in sheet.iter_rows(min_row=2)
        for cell in row
        if cell.data_type == "f"
    }
    assert formulas == {"R"}


def test_the_workbook_holds_the_score_as_it_stands(releases: Path) -> None:
    data = workbook_of(releases / "example/latest", 2561, 12)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["คะแนน"]
    lines = {row[0]: row[1:8] for row in sheet.iter_rows(values_only=True) if row[0]}
    assert lines["รวมทุกมิติที่คิดคะแนน"] == (7, 2, 0, 1, 4, 2, 28.57)
    assert lines["มิติที่ 1 การสร้างสังคมที่ไม่ทนต่อการทุจริต"] == (4, 2, 0, 1, 1, 2, 50)
    assert "ไม่อยู่ในตาราง เพราะแผนไม่ดำเนินการในปีนี้: ลำดับที่ 6" in lines


def test_the_state_of_a_row_is_reported(releases: Path, example: Path) -> None:
    data = workbook_of(releases / "example/latest", 2561, 12)
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["รายงาน"]
    rows = rows_of(VALID, 2561, 12)
    assert [row[17] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        TO_FILL if row.missing else COMPLETE for row in rows
    ]
    remove_report(example, "mae-thung-2561-2564,mae-thung-2561-2564-P01,2561,12")
    replace_in(example / "data/progress.csv", "P01,2561,6,in_progress", "P01,2561,6,completed")
    assert opened(release_of(example, 2561, 12))["รายงาน"]["R2"].value == CLOSED


@needs("soffice")
def test_what_an_official_fills_in_changes_state_and_score(releases: Path, tmp_path: Path) -> None:
    book = opened(workbook_of(releases / "khelang/latest", 2566, 12))
    sheet = book["รายงาน"]
    for row in range(2, 47):
        number = int(str(sheet.cell(row, 1).value))
        sheet.cell(row, 12).value = "บรรจุ"
        sheet.cell(row, 13).value = STATUSES["completed" if number <= 30 or number == 45 else "in_progress"]
    sheet["Q45"].value, sheet["M45"].value = STATUSES["in_progress"], None  # no. 44: only the first round
    sheet["M44"].value = STATUSES["cannot"]
    book.save(tmp_path / "filled.xlsx")
    state, score = (_recalculated(tmp_path / "filled.xlsx", sheet) for sheet in (1, 2))
    lines = {row[0]: row[1:8] for row in score if row}
    assert lines["รวมทุกมิติที่คิดคะแนน"] == ["44", "30", "13", "1", "0", "36.5", "82.95"]
    assert lines["มิติที่ 3 การส่งเสริมบทบาทและการมีส่วนร่วมของภาคประชาชน"][:3] == ["5", "0", "5"], "not those of 3*"
    states = {int(row[0]): row[17] for row in state[1:]}
    assert (states[1], states[2], states[42], states[43]) == ("ต้องกรอก", "ครบแล้ว", "ต้องกรอก", "ต้องกรอก")


def _recalculated(book: Path, sheet: int) -> list[list[str]]:
    """A sheet as LibreOffice computes it."""
    out = book.parent / str(sheet)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{book.parent}/profile"]
    form = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,{sheet}"
    subprocess.run(
        [*command, "--convert-to", form, "--outdir", str(out), str(book)], capture_output=True, timeout=180, check=True
    )
    [table] = out.iterdir()
    with table.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.reader(lines))


# The command


def test_the_command_writes_the_table_and_tells_the_score(releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    done = khelang(
        "export", releases / "example/latest", "--to", "eplan", "--year", "๒๕๖๑", "--round", "๑๒", "--lang", "th"
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == (
        "เขียน eplan-2561-12.xlsx แล้ว: รายงาน E-PlanNACC ปีงบประมาณ 2561 รอบ 12 เดือน 7 โครงการ\n"
        "คะแนนที่ระบบจะคำนวณตอนนี้: ร้อยละ 28.57 คือได้ 2 จาก 7 โครงการที่คิดคะแนน "
        "(แล้วเสร็จ 2 × 1, อยู่ระหว่างดำเนินการ 0 × 0.5, ไม่สามารถดำเนินการได้ 1 × 0)\n"
        "ยังไม่รายงาน 4 โครงการ ระบบให้ 0 คะแนนจนกว่าจะรายงาน\n"
    )
    assert (tmp_path / "eplan-2561-12.xlsx").is_file()


def test_year_and_round_have_defaults_and_the_ending_decides_the_form(
    releases: Path, khelang: Khelang, tmp_path: Path
) -> None:
    done = khelang("export", releases / "khelang/latest", "--to", "eplan", "--output", "report.CSV")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[1:] == [
        "Score that the system computes as of now: 0.00 per cent, 0 points of 44 scored projects "
        "(completed 0 × 1, in progress 0 × 0.5, cannot be carried out 0 × 0)",
        "Projects not reported: 44; the system gives them nothing until they are",
        "Projects not scored: 1",
    ]
    table = pd.read_csv(tmp_path / "report.CSV")
    assert {*table["ปีงบประมาณ"]} == {2566}
    assert {*table["รอบ (เดือน)"]} == {12}


def test_the_same_release_gives_the_same_bytes_anywhere(releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    places = (
        {"TZ": "Asia/Bangkok", "PYTHONHASHSEED": "1"},
        {"TZ": "UTC", "PYTHONHASHSEED": "2", "LC_ALL": "th_TH.UTF-8"},
    )
    for number, env in enumerate(places):
        for ending in ("xlsx", "csv"):
            done = khelang(
                "export", releases / "khelang/latest", "--to", "eplan", "--output", f"{number}.{ending}", env=env
            )
            assert done.returncode == 0, done.stderr
    for ending in ("xlsx", "csv"):
        assert (tmp_path / f"0.{ending}").read_bytes() == (tmp_path / f"1.{ending}").read_bytes()


def test_a_table_that_was_filled_in_is_not_replaced(releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    command = ("export", releases / "example/latest", "--to", "eplan", "--output", "mine.xlsx")
    assert khelang(*command).returncode == 0
    assert khelang(*command).returncode == 0, "the same again"
    (tmp_path / "mine.xlsx").write_bytes(b"filled in")
    done = khelang(*command)
    assert done.returncode == 2
    assert "mine.xlsx exists and differs" in done.stderr.decode()
    assert (tmp_path / "mine.xlsx").read_bytes() == b"filled in"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--year", "2023"), '"2023" is not a fiscal year of the Buddhist era'),
        (("--year", "ปีนี้"), '"ปีนี้" is not a fiscal year of the Buddhist era'),
        (("--year", ""), '"" is not a fiscal year of the Buddhist era'),
        (("--year", "2565"), "Its fiscal years are 2566-2570"),
        (("--round", "9"), "'9' is not one of '6', '12'"),
        (("--output", "report.pdf"), "report.pdf has no ending that can be written (.xlsx, .csv)"),
        (("--output", "report"), "report has no ending that can be written"),
        (("--to", "moon"), "'moon' is not 'eplan'"),
    ],
)
def test_a_wrong_call_is_refused(
    options: tuple[str, str], message: str, releases: Path, khelang: Khelang, tmp_path: Path
) -> None:
    done = khelang("export", releases / "khelang/latest", "--to", "eplan", *options)
    assert (done.returncode, done.stdout) == (2, b"")
    assert message in done.stderr.decode()
    assert not list(tmp_path.glob("*.xlsx"))


def test_where_it_goes_must_be_given(releases: Path, khelang: Khelang) -> None:
    done = khelang("export", releases / "khelang/latest")
    assert done.returncode == 2
    assert "--to" in done.stderr.decode()


def test_a_folder_that_cannot_be_written_to_is_reported(releases: Path, khelang: Khelang) -> None:
    done = khelang("export", releases / "khelang/latest", "--to", "eplan", "--output", "nowhere/report.xlsx")
    assert done.returncode == 3
    assert "nowhere/report.xlsx cannot be written" in done.stderr.decode()


def test_projects_scored_by_the_round_before_are_reported(example: Path, khelang: Khelang, tmp_path: Path) -> None:
    remove_report(example, "mae-thung-2561-2564,mae-thung-2561-2564-P04,2561,12", "ข้อเสนอแนะ: ตั้งงบประมาณใหม่")
    publish(example, tmp_path / "releases")
    done = khelang("export", "releases", "--to", "eplan", "--year", "2561")
    assert done.stdout.decode().splitlines()[1:] == [
        "Score that the system computes as of now: 35.71 per cent, 2.5 points of 7 scored projects "
        "(completed 2 × 1, in progress 1 × 0.5, cannot be carried out 0 × 0)",
        "Projects not reported: 4; the system gives them nothing until they are",
        "Projects scored by the six-month round, and not yet reported in this one: 1",
    ]


def test_a_plan_without_scored_dimensions_has_no_score(example: Path, khelang: Khelang, tmp_path: Path) -> None:
    dimensions = example / "data/dimensions.csv"
    dimensions.write_text(dimensions.read_text(encoding="utf-8").replace(",true,", ",false,"), encoding="utf-8")
    publish(example, tmp_path / "releases")
    done = khelang("export", "releases", "--to", "eplan", "--year", "2561")
    assert done.returncode == 0, done.stderr
    assert done.stdout.decode().splitlines()[1:] == ["No project is scored this year", "Projects not scored: 7"]
    score = openpyxl.load_workbook(tmp_path / "eplan-2561-12.xlsx", data_only=True)["คะแนน"]
    assert next(row for row in score.iter_rows(values_only=True) if row[0] == "รวมทุกมิติที่คิดคะแนน")[1:6] == (0,) * 5


@pytest.mark.parametrize("path", ["example", "example/v1.0.0", "example/v1.0.0/datapackage.json"])
def test_a_release_is_named_by_its_folder_or_that_of_all_releases(path: str, releases: Path) -> None:
    assert released_package(releases / path).descriptor["version"] == "1.0.0"


def test_a_release_that_does_not_tell_its_day_is_refused(releases: Path, tmp_path: Path) -> None:
    release = copied(releases / "example/v1.0.0", tmp_path / "v1.0.0")
    descriptor, manifest = release / "datapackage.json", release / "manifest-sha256.txt"
    for change, refusal in (
        (lambda d: d.update(created="2566-13-40"), "package_invalid"),
        (lambda d: d.pop("created"), "no_release"),
    ):
        before = sha256(descriptor.read_bytes()).hexdigest()
        edit_descriptor(release, change)
        replace_in(manifest, before, sha256(descriptor.read_bytes()).hexdigest())
        with fails(refusal):
            released_package(release)


def test_what_is_no_release_is_refused(khelang: Khelang, plan: Path, tmp_path: Path) -> None:
    paths = ((plan, "is a package, and this command takes a release"), (tmp_path / "nothing", "There is no folder"))
    for path, message in paths:
        done = khelang("export", path, "--to", "eplan")
        assert (done.returncode, done.stdout) == (2, b"")
        assert message in done.stderr.decode()


@pytest.mark.parametrize("change", ["alter", "remove", "add"])
def test_an_altered_release_is_refused(change: str, releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    release = copied(releases / "khelang/v1.0.0", tmp_path / "v1.0.0")
    budgets = release / "data/budgets.csv"
    if change == "alter":
        replace_in(budgets, "300000", "900000")
    elif change == "remove":
        budgets.unlink()
    else:
        (release / "data/more.csv").write_text("a\n", encoding="utf-8")
    done = khelang("export", release, "--to", "eplan")
    assert done.returncode == 3
    reported = "is no file of the release" if change == "add" else "differs from what was published"
    assert reported in done.stderr.decode()
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_whole_release_of_an_invalid_plan_is_refused(releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    release = copied(releases / "khelang/v1.0.0", tmp_path / "v1.0.0")
    projects, manifest = release / "data/projects.csv", release / "manifest-sha256.txt"
    before = sha256(projects.read_bytes()).hexdigest()
    projects.write_text("plan_id\n", encoding="utf-8")
    replace_in(manifest, before, sha256(projects.read_bytes()).hexdigest())
    done = khelang("export", release, "--to", "eplan")
    assert done.returncode == 1
    assert not list(tmp_path.glob("*.xlsx"))


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="the system has no links")
def test_a_link_in_a_release_is_refused(releases: Path, khelang: Khelang, tmp_path: Path) -> None:
    release = copied(releases / "khelang/v1.0.0", tmp_path / "v1.0.0")
    shutil.move(release / "data/budgets.csv", tmp_path / "elsewhere.csv")
    (release / "data/budgets.csv").symlink_to(tmp_path / "elsewhere.csv")
    done = khelang("export", release, "--to", "eplan")
    assert done.returncode == 1
    assert b"budgets.csv" in done.stderr
