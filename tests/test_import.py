"""A workbook as people leave it becomes the right package, or a precise complaint: never something else."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata.intake.merging import is_same
from khelang_opendata.intake.plan_sheets import plan_sheets
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.standard.family import load_family
from tests.conftest import PLAN, VALID
from tests.workbooks import (
    Edit,
    Tables,
    cell,
    codes,
    column,
    differences,
    edited,
    heading_row,
    imported,
    run,
    workbook_of,
)

SUMMARY, UNITS, STEPS = "ตารางสรุป", "หน่วยงาน", "ขั้นตอน"
NUMBER, TITLE, YEAR = "ที่", "โครงการ กิจกรรม หรือมาตรการ", "ปีงบประมาณ 2566"
UNIT, SOURCE = "หน่วยงานรับผิดชอบหลัก", "แหล่งงบประมาณ"
ROWS = 48
"""The rows of the summary table: 45 projects, of which two have lines of several sources."""
FEW_ROWS = 9
"""Those of the small example, where the plan may be any: 8 projects, of which the sixth has two sources."""


@pytest.fixture(scope="module")
def before() -> Tables:
    return imported(workbook_of(PLAN)).tables


@pytest.fixture(scope="module")
def before_few() -> Tables:
    return imported(workbook_of(VALID)).tables


def set_year(value: Any, number_format: str = "General") -> Edit:
    """Write into the first year of the first project."""

    def edit(book: Workbook) -> None:
        first = book[SUMMARY].cell(heading_row(book[SUMMARY], TITLE) + 1, 3)
        first.value, first.number_format = value, number_format

    return edit


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        (250000, "250000"),
        (250000.5, "250000.5"),
        (0.1 + 0.2, "0.3"),
        ("250000", "250000"),
        ("250,000", "250000"),
        ("๒๕๐,๐๐๐.-", "250000"),
        ("๒๕๐,๐๐๐", "250000"),
        ("250000 บาท", "250000"),
        ("๒๕๐,๐๐๐.๐๐ บาทถ้วน", "250000.00"),
        (" 250,000.- ", "250000"),
        ("฿250,000", "250000"),
    ],
)
def test_amount_is_read_however_it_is_typed(typed: object, amount: str) -> None:
    before = imported(workbook_of(VALID)).tables
    result = imported(edited(workbook_of(VALID), set_year(typed)))
    line = before["budgets"][0]
    assert differences(before, result.tables) == [
        ("budgets", line["project_id"], "amount_thb", line["amount_thb"], amount)
    ]
    assert [(r.code, r.place) for r in result.remarks] == [("cell_changed", f"{SUMMARY}!C9")]


@pytest.mark.parametrize(
    ("typed", "status", "amount"),
    [
        ("-", "not_run", ""),
        ("–", "not_run", ""),
        (0, "no_budget", "0"),
        ("๐", "no_budget", "0"),
        ("ไม่ใช้งบประมาณ", "no_budget", "0"),
        ("ดำเนินการโดยไม่ใช้งบประมาณ", "no_budget", "0"),
        ("Not run", "not_run", ""),
        ("ไม่ทราบ", "unknown", ""),
    ],
)
def test_status_of_a_year_is_read_from_signs_and_words(typed: object, status: str, amount: str) -> None:
    result = imported(edited(workbook_of(VALID), set_year(typed)))
    line = result.tables["budgets"][0]
    assert (line["budget_status"], line["amount_thb"]) == (status, amount)
    assert codes(result, RemarkKind.REFUSED) == []


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        *(("ตั้งไว้แล้ว", "amount_unknown"), ("300,00", "number_grouped_wrong"), ("300-400", "number_several")),
        *(("1,000 2,000", "number_several"), ("300k", "number_shortened"), (-5, "amount_negative")),
        ("#######", "cell_hashes"),
    ],
)
def test_amount_that_is_not_understood_is_named_with_its_cell(typed: object, code: str) -> None:
    result = imported(edited(workbook_of(VALID), set_year(typed)))
    (remark,) = result.of_kind(RemarkKind.REFUSED)
    assert (remark.code, remark.place) == (code, f"{SUMMARY}!C9")


def test_sign_without_a_meaning_is_never_guessed() -> None:
    def edit(book: Workbook) -> None:
        book[SUMMARY]["C2"] = None

    result = imported(edited(workbook_of(PLAN), edit))
    assert {*codes(result, RemarkKind.REFUSED)} == {"sign_zero"}


def test_error_of_a_formula_and_formula_without_value_are_refused() -> None:
    for value, code in (("#REF!", "cell_error"), ("=SUM(A1:A2)", "formula_without_value")):
        result = imported(edited(workbook_of(VALID), set_year(value)))
        assert [(r.code, r.place) for r in result.of_kind(RemarkKind.REFUSED)] == [(code, f"{SUMMARY}!C9")]


def test_emptied_year_is_announced_as_a_deletion() -> None:
    result = imported(edited(workbook_of(PLAN), set_year(None)))
    assert codes(result, RemarkKind.DELETED) == ["row_deleted"]
    assert len(result.tables["budgets"]) == 226


def test_rows_sorted_inserted_and_renamed_keep_their_ids(before: Tables) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[SUMMARY]
        first = heading_row(sheet, TITLE) + 1
        rows: list[list[Any]] = [
            [c.value for c in line] for line in sheet.iter_rows(min_row=first, max_row=first + ROWS - 1)
        ]
        rows[4][1] = rows[4][1].replace("โครงการ", "กิจกรรม") + " ประจำปี"
        for at, values in enumerate(reversed(rows), first + 1):
            for place, value in enumerate(values, 1):
                sheet.cell(at, place).value = value
        for place in range(1, len(rows[0]) + 1):
            sheet.cell(first, place).value = None

    result = imported(edited(workbook_of(PLAN), edit))
    changed = differences(before, result.tables)
    assert [(name, key[-3:], field) for name, key, field, *_ in changed] == [("projects", "P05", "title_th")]
    assert codes(result, RemarkKind.CHANGED) == ["cell_changed"]
    assert len(result.remarks) == 1


def add_project(book: Workbook) -> None:
    sheet = book[SUMMARY]
    for label, value in {
        NUMBER: 46,
        TITLE: "มาตรการตรวจสอบการเบิกจ่ายค่าเดินทาง",
        UNIT: "กองคลัง",
        YEAR: "-",
        "ปีงบประมาณ 2567": "๕๐,๐๐๐.-",
        "ปีงบประมาณ 2568": 0,
        "ปีงบประมาณ 2569": 0,
        "ปีงบประมาณ 2570": 0,
        "ที่มาในเอกสาร": "ส่วนที่ 2",
    }.items():
        cell(sheet, label, ROWS + 1).value = value


def test_new_project_gets_an_id_that_stays(before: Tables, tmp_path: Path) -> None:
    workbook = edited(workbook_of(PLAN), add_project)
    result = imported(workbook)
    (project,) = (row for row in result.tables["projects"] if row not in before["projects"])
    lines = [row for row in result.tables["budgets"] if row["project_id"] == project["project_id"]]
    assert project["project_id"].endswith("-P46")
    assert (project["project_kind"], project["lead_unit_id"][-3:]) == ("measure", "U04")
    statuses = [(line["fiscal_year_be"], line["budget_status"], line["amount_thb"]) for line in lines]
    assert statuses[:3] == [("2566", "not_run", ""), ("2567", "budgeted", "50000"), ("2568", "no_budget", "0")]
    assert (lines[1]["funding_source"], lines[1]["source_basis"]) == ("lao_budget", "not_stated")
    assert {*codes(result, RemarkKind.TAKEN)} == {"kind_taken", "years_taken"}
    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(workbook)
    assert run("import", path, "-o", folder).exit_code == 0
    again = run("import", path, "-o", folder)
    assert "agrees with the workbook" in again.output


def test_doubtful_project_is_named_and_holds_the_import() -> None:
    """A title between two old ones is taken for neither."""

    def edit(book: Workbook) -> None:
        sheet = book[SUMMARY]
        for row, number in ((31, 31), (32, 32)):
            assert cell(sheet, NUMBER, row).value == number
        one, other = (str(cell(sheet, TITLE, row).value) for row in (31, 32))
        common = one[: len(one) // 2] + other[len(other) // 2 :]
        for row in (31, 32):
            cell(sheet, NUMBER, row).value = None
            cell(sheet, UNIT, row).value = None
        cell(sheet, TITLE, 31).value = common
        cell(sheet, TITLE, 32).value = common + " ก"

    result = imported(edited(workbook_of(PLAN), edit))
    assert "project_doubtful" in codes(result, RemarkKind.TAKEN) or codes(result, RemarkKind.DELETED)
    assert codes(result, RemarkKind.DELETED)


def test_deletion_is_announced_and_waits_for_consent(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[UNITS]
        deleted = cell(sheet, "ชื่อหน่วยงาน", 28).value
        sheet.delete_rows(heading_row(sheet, "ชื่อหน่วยงาน") + 28)
        for row in range(1, ROWS + 1):
            if cell(book[SUMMARY], UNIT, row).value == deleted:
                cell(book[SUMMARY], UNIT, row).value = "กองสาธารณสุขและสิ่งแวดล้อม"

    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(workbook_of(PLAN))
    assert run("import", path, "-o", folder).exit_code == 0
    kept = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    path.write_bytes(edited(workbook_of(PLAN), edit))
    held = run("import", path, "-o", folder)
    assert (held.exit_code, "--allow-deletions" in held.output) == (1, True)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == kept
    assert run("import", path, "-o", folder, "--allow-deletions").exit_code == 0
    assert len(list(csv.DictReader((folder / "data/units.csv").read_text(encoding="utf-8-sig").splitlines()))) == 27
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_command_goes_on_without_the_id_sheet_where_a_package_has_the_ids(tmp_path: Path) -> None:
    def edit(book: Workbook) -> None:
        book["_khelang"]["A3"] = "changed"

    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(workbook_of(VALID))
    assert run("import", path, "-o", folder).exit_code == 0
    path.write_bytes(edited(workbook_of(VALID), edit))
    done = run("import", path, "-o", folder)
    assert (done.exit_code, "_khelang" in done.output) == (0, True)
    assert run("import", path, "-o", tmp_path / "other").exit_code == 1


def move_column(book: Workbook) -> None:
    sheet = book[SUMMARY]
    at, rows = column(sheet, UNIT), range(heading_row(sheet, UNIT), heading_row(sheet, UNIT) + 50)
    for row in rows:
        sheet.cell(row, 40).value = sheet.cell(row, at).value
        sheet.cell(row, at).value = None


def spent_left_of_budget(book: Workbook) -> None:
    """Another column of a year comes before that of its budget."""
    sheet, top = book[SUMMARY], heading_row(book[SUMMARY], TITLE)
    at = column(sheet, YEAR)
    for row in range(top, top + ROWS + 1):
        sheet.cell(row, 40).value = sheet.cell(row, at).value
        sheet.cell(row, at).value = "เบิกจ่ายจริง 2566" if row == top else 7


def rename_headings(book: Workbook) -> None:
    sheet = book[SUMMARY]
    for old, new in ((UNIT, "หน่วยงานที่รับผิดชอบหลัก"), (YEAR, "ปี ๒๕๖๖"), (NUMBER, "No.")):
        sheet.cell(heading_row(sheet, TITLE), column(sheet, old)).value = new


def title_rows_above(book: Workbook) -> None:
    book[UNITS].insert_rows(1, 5)
    book[UNITS]["A1"] = "บัญชีหน่วยงานของเทศบาล"


def totals_and_headings_between(book: Workbook) -> None:
    sheet = book[SUMMARY]
    heading = heading_row(sheet, TITLE)
    sheet.insert_rows(heading + 10, 2)
    for place in range(1, sheet.max_column + 1):
        sheet.cell(heading + 10, place).value = sheet.cell(heading, place).value
    sheet.cell(heading + 11, 2).value = "รวม"
    sheet.cell(heading + 11, 3).value = 851600


def other_sheets_and_columns(book: Workbook) -> None:
    book.create_sheet("บันทึกช่วยจำ")["A1"] = "โทรหากองคลัง"
    sheet = book[UNITS]
    row = heading_row(sheet, "ชื่อหน่วยงาน")
    sheet.cell(row, 20).value, sheet.cell(row + 1, 20).value = "โทรศัพท์ภายใน", 101


def rename_sheet(book: Workbook) -> None:
    book[UNITS].title = "หน่วยงานปี 66"


def hide_rows(book: Workbook) -> None:
    book[STEPS].row_dimensions[10].hidden = True


def merge_cells(book: Workbook) -> None:
    """As people merge the number and the title of a project over the rows of its sources."""
    sheet = book[SUMMARY]
    first = heading_row(sheet, TITLE) + ROWS - 2
    assert sheet.cell(first, 1).value == sheet.cell(first + 2, 1).value == 45
    for place in (1, 2):
        sheet.merge_cells(start_row=first, end_row=first + 2, start_column=place, end_column=place)


def text_for_numbers(book: Workbook) -> None:
    sheet = book[SUMMARY]
    for row in range(1, 46):
        for label in (NUMBER, YEAR):
            found = cell(sheet, label, row)
            found.value = found.value if found.value is None else str(found.value)


@pytest.mark.parametrize(
    ("edit", "remarks"),
    [
        (move_column, set()),
        (spent_left_of_budget, {"column_unread"}),
        (rename_headings, {"heading_taken"}),
        (title_rows_above, {"text_above_heading"}),
        (totals_and_headings_between, {"heading_repeated", "total_left_out"}),
        (other_sheets_and_columns, {"sheet_unread", "column_unread"}),
        (rename_sheet, set()),
        (hide_rows, {"row_hidden"}),
        (merge_cells, set()),
        (text_for_numbers, set()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_shape_of_a_sheet_does_not_matter(edit: Edit, remarks: set[str], before: Tables) -> None:
    result = imported(edited(workbook_of(PLAN), edit))
    assert {remark.code for remark in result.remarks} == remarks
    assert result.tables == before


def merge_years(value: Any) -> Edit:
    """Merge the cells of the five years of the first project, as people do for one amount of all."""

    def edit(book: Workbook) -> None:
        sheet = book[SUMMARY]
        row, at = heading_row(sheet, TITLE) + 1, column(sheet, YEAR)
        sheet.merge_cells(start_row=row, end_row=row, start_column=at, end_column=at + 4)
        sheet.cell(row, at).value = value

    return edit


def test_merged_amount_is_refused_and_not_multiplied() -> None:
    result = imported(edited(workbook_of(PLAN), merge_years(500000)))
    found = [(remark.code, remark.place) for remark in result.of_kind(RemarkKind.REFUSED)]
    assert found == [("amount_merged", f"{SUMMARY}!{letter}9") for letter in "DEFG"]


def test_merged_sign_holds_for_each_year() -> None:
    result = imported(edited(workbook_of(PLAN), merge_years("-")))
    assert [line["budget_status"] for line in result.tables["budgets"][:5]] == ["not_run"] * 5
    assert result.of_kind(RemarkKind.REFUSED) == []


def test_merged_amount_of_two_items_is_refused() -> None:
    def edit(book: Workbook) -> None:
        sheet = book["รายละเอียดค่าใช้จ่าย"]
        row, at = heading_row(sheet, "จำนวนเงิน") + 1, column(sheet, "จำนวนเงิน")
        sheet.merge_cells(start_row=row, end_row=row + 1, start_column=at, end_column=at)

    (refused,) = imported(edited(workbook_of(PLAN), edit)).of_kind(RemarkKind.REFUSED)
    assert refused.code == "amount_merged"


@pytest.mark.parametrize(
    ("title", "is_total"),
    [
        *(("รวม", True), ("รวมทั้งสิ้น", True), ("ยอดรวม 45 โครงการ", True), ("รวมมิติที่ ๑", True)),
        *(("รวมโครงการ 5 โครงการ", True), ("รวมเป็นเงินทั้งสิ้น (บาท)", True), ("Grand total", True), ("Sum", True)),
        *(("รวมพลังต่อต้านการทุจริต", False), ("รวมโครงการดีเด่น", False), ("Summer school", False)),
    ],
)
def test_row_of_totals_is_no_project_and_a_project_no_total(title: str, is_total: bool) -> None:
    def edit(book: Workbook) -> None:
        for label, value in {TITLE: title, UNIT: "กองคลัง", "ปีงบประมาณ 2561": "๕๐,๐๐๐.-", "ปีงบประมาณ 2562": 0}.items():
            cell(book[SUMMARY], label, FEW_ROWS + 1).value = value

    result = imported(edited(workbook_of(VALID), edit))
    assert ("total_left_out" in codes(result, RemarkKind.IGNORED)) == is_total
    assert len(result.tables["projects"]) == (8 if is_total else 9)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("1 ตุลาคม 2565", "2022-10-01"),
        ("๑ ต.ค. ๒๕๖๕", "2022-10-01"),
        ("1/10/2565", "2022-10-01"),
        (datetime(2022, 10, 1), "2022-10-01"),
        (datetime(2565, 10, 1), "2022-10-01"),
        ("2022-10-01", "2022-10-01"),
    ],
)
def test_day_is_read_however_it_is_typed(typed: Any, day: str) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["แผน"]
        row = next(r for r in range(1, 30) if sheet.cell(r, 1).value == "วันที่ประกาศใช้")
        sheet.cell(row, 2).value = typed

    assert imported(edited(workbook_of(VALID), edit)).tables["plans"][0]["announced_on"] == day


@pytest.mark.parametrize(
    ("typed", "code"), [("9/8/2022", "day_ambiguous"), ("29/2/2564", "day_missing"), ("เร็ว ๆ นี้", "day_unknown")]
)
def test_day_that_may_be_several_or_none_is_refused(typed: str, code: str) -> None:
    def edit(book: Workbook) -> None:
        sheet = book["แผน"]
        row = next(r for r in range(1, 30) if sheet.cell(r, 1).value == "วันที่ประกาศใช้")
        sheet.cell(row, 2).value = typed

    assert codes(imported(edited(workbook_of(VALID), edit)), RemarkKind.REFUSED) == [code]


def test_unknown_unit_and_code_are_refused_with_the_cell() -> None:
    def edit(book: Workbook) -> None:
        cell(book[SUMMARY], UNIT, 1).value = "กองที่ไม่มี"
        cell(book[SUMMARY], "ลักษณะของรายการ", 2).value = "งาน"

    result = imported(edited(workbook_of(PLAN), edit))
    found = {(r.code, r.place) for r in result.of_kind(RemarkKind.REFUSED)}
    assert found == {("record_unknown", f"{SUMMARY}!H9"), ("code_unknown", f"{SUMMARY}!K10")}


def test_renamed_unit_is_followed_by_its_projects(before: Tables) -> None:
    """The label of a unit in other sheets is the old one, until a person chooses it anew."""

    def edit(book: Workbook) -> None:
        for row in range(1, 29):
            if cell(book[UNITS], "ชื่อหน่วยงาน", row).value == "กองคลัง":
                cell(book[UNITS], "ชื่อหน่วยงาน", row).value = "กองคลังและพัสดุ"

    result = imported(edited(workbook_of(PLAN), edit))
    changed = differences(before, result.tables)
    assert [(name, field, new) for name, _, field, _, new in changed] == [("units", "name_th", "กองคลังและพัสดุ")]


def test_record_that_is_deleted_is_no_record_for_others() -> None:
    """Its old label would otherwise leave its id in the rows that name it."""

    def edit(book: Workbook) -> None:
        sheet = book[UNITS]
        for row in range(28, 0, -1):
            if cell(sheet, "ชื่อหน่วยงาน", row).value == "กองคลัง":
                sheet.delete_rows(heading_row(sheet, "ชื่อหน่วยงาน") + row)
        named = [row for row in range(1, ROWS + 1) if cell(book[SUMMARY], UNIT, row).value == "กองคลัง"]
        places.extend(f"{SUMMARY}!H{heading_row(book[SUMMARY], TITLE) + row}" for row in named)

    places: list[str] = []
    result = imported(edited(workbook_of(PLAN), edit))
    refused = [(r.code, r.place) for r in result.of_kind(RemarkKind.REFUSED) if r.sheet == SUMMARY]
    assert places
    assert refused == [("record_unknown", place) for place in places]
    assert len(result.of_kind(RemarkKind.DELETED)) == 1


def test_details_follow_their_numbers_and_words(before: Tables) -> None:
    def edit(book: Workbook) -> None:
        sheet = book[STEPS]
        cell(sheet, "ขั้นตอน", 2).value = "ติดต่อผู้ที่เกี่ยวข้อง"
        last = 360
        cell(sheet, "โครงการ", last).value = "1"
        cell(sheet, "ขั้นตอน", last).value = "รายงานผล"
        cell(sheet, "ที่มาในเอกสาร", last).value = "ส่วนที่ 3"

    result = imported(edited(workbook_of(PLAN), edit))
    new = [row for row in result.tables["steps"] if row not in before["steps"]]
    first = before["projects"][0]["project_id"]
    count = sum(row["project_id"] == first for row in before["steps"])
    assert [(row["project_id"], row["step_no"], row["label_th"]) for row in new] == [
        (first, "2", "ติดต่อผู้ที่เกี่ยวข้อง"),
        (first, str(count + 1), "รายงานผล"),
    ]
    assert result.tables["steps"].index(new[1]) == count


def test_heading_that_only_names_a_year_is_remarked_on(before: Tables) -> None:
    def edit(book: Workbook) -> None:
        book[SUMMARY].cell(heading_row(book[SUMMARY], TITLE), column(book[SUMMARY], YEAR)).value = "งบ ปี ๒๕๖๖"

    result = imported(edited(workbook_of(PLAN), edit))
    assert [(r.code, r.place) for r in result.remarks] == [("heading_taken", f"{SUMMARY}!C8")]
    assert result.tables == before


@pytest.mark.parametrize("heading", ["งบปีสอง", "ปีงบประมาณ 2571"])
def test_lines_of_a_year_without_a_column_stay(heading: str, before: Tables) -> None:
    """Also where the heading is that of a year which the plan has not, and which is alike in its digits."""

    def edit(book: Workbook) -> None:
        sheet = book[SUMMARY]
        sheet.cell(heading_row(sheet, TITLE), column(sheet, "ปีงบประมาณ 2567")).value = heading

    result = imported(edited(workbook_of(PLAN), edit))
    assert codes(result, RemarkKind.DELETED) == codes(result, RemarkKind.TAKEN) == []
    assert {*codes(result, RemarkKind.IGNORED)} == {"column_unread", "column_missing"}
    assert result.tables == before


@pytest.mark.parametrize("value", ["?", "#REF!", "=SUM(A1:A2)"])
def test_cell_that_is_not_understood_is_no_deletion(value: str, before_few: Tables) -> None:
    result = imported(edited(workbook_of(VALID), set_year(value)))
    assert [remark.kind for remark in result.remarks] == [RemarkKind.REFUSED]
    assert result.tables == before_few


def test_formula_without_value_empties_no_cell(before: Tables) -> None:
    def edit(book: Workbook) -> None:
        cell(book[SUMMARY], UNIT, 1).value = "=H10"

    result = imported(edited(workbook_of(PLAN), edit))
    assert [(r.kind, r.code) for r in result.remarks] == [(RemarkKind.REFUSED, "formula_without_value")]
    assert result.tables == before


def test_same_values_in_other_forms_are_no_changes() -> None:
    columns = {column.name: column for column in plan_sheets(load_family(), None)["dimensions"].columns}
    scored, name = columns["scored"], columns["name_th"]
    assert is_same(scored, "TRUE", "true")
    assert not is_same(scored, "TRUE", "false")
    assert not is_same(scored, "TRUE", "")
    assert is_same(name, "ก ข ", "ก ข")
    amount = next(c for c in plan_sheets(load_family(), None)["budget_items"].columns if c.name == "amount_thb")
    assert is_same(amount, "20000.00", "20000")
    assert not is_same(amount, "20000.00", "20000.01")


def test_missing_sheet_and_column_leave_what_is_there_and_are_named(before: Tables) -> None:
    def edit(book: Workbook) -> None:
        book.remove(book[STEPS])
        book[SUMMARY].cell(heading_row(book[SUMMARY], TITLE), column(book[SUMMARY], UNIT)).value = None
        for row in range(1, ROWS + 1):
            book[SUMMARY].cell(heading_row(book[SUMMARY], TITLE) + row, 8).value = None

    result = imported(edited(workbook_of(PLAN), edit))
    assert [(r.code, r.place) for r in result.remarks] == [
        ("column_missing", f"{SUMMARY}!8:8"),
        ("sheet_missing", STEPS),
    ]
    assert result.tables == before


def copied_row(row: int, rows: int = FEW_ROWS, **changes: Any) -> Edit:
    """A row of the summary table copied below the last one, with other values in some of its cells."""

    def edit(book: Workbook) -> None:
        sheet = book[SUMMARY]
        top, new = heading_row(sheet, TITLE), heading_row(sheet, TITLE) + rows + 1
        for place in range(1, sheet.max_column + 1):
            sheet.cell(new, place).value = sheet.cell(top + row, place).value
        for letter, value in changes.items():
            sheet[f"{letter}{new}"] = value

    return edit


NEARLY = "โครงการอบรมคุณธรรมและจริยธรรมสำหรับบุคลากรเทศบาลฯลฯ"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (copied_row(1), "row_repeated"),
        (copied_row(1, C=5), "row_repeated"),
        (copied_row(1, K=None), "row_repeated"),
        (copied_row(7), "row_repeated"),
        (copied_row(1, A=9), "project_repeated"),
        (copied_row(1, A=9, C=5), "project_repeated"),
        (copied_row(1, A=None), "project_repeated"),
        (copied_row(1, B=NEARLY), "title_nearly"),
        (copied_row(1, A=None, B=NEARLY, C=5), "title_nearly"),
    ],
)
def test_copied_row_is_refused_and_its_money_not_counted(edit: Edit, code: str, before_few: Tables) -> None:
    result = imported(edited(workbook_of(VALID), edit))
    assert [(r.code, r.row) for r in result.of_kind(RemarkKind.REFUSED)] == [(code, 17)]
    assert result.tables == before_few


def test_copied_row_without_number_and_title_is_refused(before: Tables) -> None:
    """It follows the rows of a project as one more of its lines, as the last project of the real plan has them."""
    result = imported(edited(workbook_of(PLAN), copied_row(1, ROWS, A=None, B=None)))
    assert [(r.code, r.row) for r in result.of_kind(RemarkKind.REFUSED)] == [("row_repeated", 56)]
    assert result.tables == before


@pytest.mark.parametrize(
    ("edit", "codes_taken"),
    [
        (copied_row(1, K="กองทุนหลักประกันสุขภาพ (สปสช.)"), []),
        (copied_row(1, A=9, G="กองคลัง"), ["project_alike"]),
        (copied_row(1, A=9, B=NEARLY), ["project_alike"]),
    ],
)
def test_each_line_that_an_import_adds_is_named(edit: Edit, codes_taken: list[str]) -> None:
    result = imported(edited(workbook_of(VALID), edit))
    assert (result.of_kind(RemarkKind.REFUSED), codes(result, RemarkKind.TAKEN)) == ([], codes_taken)
    added = [remark.place for remark in result.of_kind(RemarkKind.ADDED) if remark.code == "line_added"]
    assert added == [f"{SUMMARY}!{letter}18" for letter in "CDEF"]
