"""A municipality's own summary table is imported by a file of columns: each cell exactly, or a precise complaint."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml
from openpyxl.workbook import Workbook

from tests.conftest import needs
from tests.test_other_workbooks import saved_by_libreoffice
from tests.workbooks import run

Line = Sequence[object]
UNITS = [["ชื่อหน่วยงาน"], ["สำนักปลัด"], ["กองคลัง"], ["กองช่าง"]]


def book(lines: Sequence[Line], *merged: str, sheet: str = "ตารางแผน", others: Sequence[str] = ()) -> bytes:
    """A workbook of one table, with merged cells."""
    made = Workbook()
    first = made.active
    assert first is not None
    first.title = sheet
    for line in lines:
        first.append([None if cell == "" else cell for cell in line])
    for cells in merged:
        first.merge_cells(cells)
    for name in others:
        made.create_sheet(name).append(["บันทึกของเจ้าหน้าที่"])
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return package_of(tmp_path, "2566-2568")


def package_of(folder: Path, years: str) -> Path:
    """The package of an invented plan with three units."""
    options = ["--name-th", "เทศบาลตำบลบ้านดอน", "--name-en", "Ban Don Subdistrict Municipality", "--type", "ทต."]
    facts = ["--province", "น่าน", "--district", "เวียงสา", "--years", years]
    assert run("init", folder / "plan", *options, *facts).exit_code == 0
    units = folder / "หน่วยงาน.csv"
    with units.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(UNITS)
    assert (done := run("import", units, "-o", folder / "plan")).exit_code == 0, done.output
    return folder / "plan"


def rows(package: Path, table: str) -> list[dict[str, str]]:
    with (package / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def projects(package: Path) -> list[tuple[str, str, str]]:
    """Number, title and unit of each project."""
    units = {row["unit_id"]: row["name_th"] for row in rows(package, "units")}
    return [(p["sequence_no"], p["title_th"], units.get(p["lead_unit_id"], "")) for p in rows(package, "projects")]


def amounts(package: Path) -> list[tuple[str, str, str, str]]:
    """Number of the project, year, status and amount of each budget line."""
    numbers = {p["project_id"]: p["sequence_no"] for p in rows(package, "projects")}
    lines = rows(package, "budgets")
    return [(numbers[b["project_id"]], b["fiscal_year_be"], b["budget_status"], b["amount_thb"]) for b in lines]


def taken(package: Path, table: Path, columns: str) -> str:
    """What an import by a map prints; it must succeed, and change nothing the second time."""
    path = package.parent / "columns.yaml"
    path.write_text(columns, encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert done.exit_code == 0, done.output
    again = run("import", table, "-o", package, "--columns", path)
    assert (again.exit_code, "no file changed" in again.output) == (0, True), again.output
    return str(done.output)


MERGED: list[list[object]] = [
    ["แผนปฏิบัติการป้องกันการทุจริต เทศบาลตำบลบ้านดอน"],
    ["ลำดับ", "แผนงาน/โครงการ/กิจกรรม", "งบประมาณ (บาท)", "", "", "หมายเหตุ"],
    ["", "", "๒๕66", "๒๕๖๗", "2568", ""],
    ["๑.", "โครงการอบรมคุณธรรม", "๒๐,๐๐๐", "20,000.-", 25000, "สำนักปลัด"],
    ["๒.", "กิจกรรมเปิดเผยราคากลาง", "-", "๐", "", "กองคลัง"],
    ["", "รวม", 20000, 20000, 25000, ""],
]
MERGED_MAP = """\
sheet: ตารางแผน
heading_row: 3
as: ตารางสรุป
zero: ไม่ใช้งบประมาณ
dash: no_budget
blank: ไม่ดำเนินการ
columns:
  ที่: ลำดับ
  โครงการ กิจกรรม หรือมาตรการ: แผนงาน/โครงการ/กิจกรรม
  ปีงบประมาณ 2566: ๒๕66
  ปีงบประมาณ 2567: งบประมาณ (บาท) ๒๕๖๗
  ปีงบประมาณ 2568: E
  หน่วยงานรับผิดชอบหลัก: หมายเหตุ
"""
PROJECTS = [("1", "โครงการอบรมคุณธรรม", "สำนักปลัด"), ("2", "กิจกรรมเปิดเผยราคากลาง", "กองคลัง")]
AMOUNTS = [
    ("1", "2566", "budgeted", "20000"),
    ("1", "2567", "budgeted", "20000"),
    ("1", "2568", "budgeted", "25000"),
    ("2", "2566", "no_budget", "0"),
    ("2", "2567", "no_budget", "0"),
    ("2", "2568", "not_run", ""),
]


def test_heading_of_two_merged_rows_with_the_unit_among_the_notes(package: Path) -> None:
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book(MERGED, "A1:F1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", others=["สรุปผล"]))
    assert '"ลำดับ" is above' not in taken(package, table, MERGED_MAP)
    assert projects(package) == PROJECTS
    assert amounts(package) == AMOUNTS


@needs("soffice")
@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_heading_of_two_rows_that_nothing_merges_saved_by_libreoffice(package: Path, form: str) -> None:
    table = package.parent / f"แผน.{form}"
    table.write_bytes(saved_by_libreoffice(book(MERGED), form))
    taken(package, table, MERGED_MAP.replace("heading_row: 3", "heading_row:"))
    assert (projects(package), amounts(package)) == (PROJECTS, AMOUNTS)


def test_heading_of_two_rows_below_row_25_needs_no_map_where_its_words_are_known(package: Path) -> None:
    lines: list[Line] = [
        *([f"คำชี้แจงข้อที่ {number} ของแผน"] for number in range(1, 30)),
        ["ที่", "โครงการ กิจกรรม หรือมาตรการ", "งบประมาณรายจ่าย", "", "", "เบิกจ่ายแล้ว", "", "หน่วยงานรับผิดชอบหลัก"],
        ["", "", "ปี 2566", "พ.ศ. 2567", "2568", "ปี 2566", "พ.ศ. 2567", ""],
        ["1", "โครงการอบรมคุณธรรม", 20000, 20000, 25000, 7, 8, "สำนักปลัด"],
    ]
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book(lines, sheet="ตารางสรุป"))
    done = run("import", table, "-o", package)
    assert done.exit_code == 0, done.output
    assert (projects(package), amounts(package)) == (PROJECTS[:1], AMOUNTS[:3])
    assert "ตารางสรุป!F31" in done.output  # the amounts that were spent are named as not read


def test_years_above_the_kinds_of_their_amounts(package: Path) -> None:
    lines: list[Line] = [
        ["ที่", "โครงการ กิจกรรม หรือมาตรการ", "ปี 2566", "", "ปี 2567", "", "หน่วยงานรับผิดชอบหลัก"],
        ["", "", "งบประมาณ", "เบิกจ่าย", "งบประมาณ", "เบิกจ่าย", ""],
        ["1", "โครงการอบรมคุณธรรม", 20000, 7, 20000, 8, "สำนักปลัด"],
    ]
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book(lines, "C1:D1", "E1:F1", sheet="ตารางสรุป"))
    assert (done := run("import", table, "-o", package)).exit_code == 0, done.output
    assert (projects(package), amounts(package)) == (PROJECTS[:1], AMOUNTS[:2])


def test_table_of_text_of_windows_with_short_years_and_blank_cells(package: Path) -> None:
    lines = [
        "ลำดับ;ชื่อแผนงาน;ปี 66;ปี 67;ปี 68;ผู้รับผิดชอบ;หมายเหตุ;หมายเหตุ",
        "1;โครงการอบรมคุณธรรม;20,000;๒๐๐๐๐;25000 บาท;สำนักปลัด;ก;ข",
        "2;กิจกรรมเปิดเผยราคากลาง;0;-;;กองคลัง;;",
    ]
    table = package.parent / "own.csv"
    table.write_bytes("\r\n".join(lines).encode("cp874"))
    columns = MERGED_MAP.partition("columns:")[0].replace("sheet: ตารางแผน", "sheet:").replace("heading_row: 3\n", "")
    columns += (
        "columns:\n  No.: ลำดับ\n  Project, activity or measure: ชื่อแผนงาน\n  Fiscal year 2566: ปี 66\n  2567: ปี 67\n"
        "  ปี 2568: ปี 68\n  หน่วยงานรับผิดชอบหลัก: ผู้รับผิดชอบ\n  หมายเหตุ: h\n"
    )
    taken(package, table, columns)
    assert (projects(package), amounts(package)) == (PROJECTS, AMOUNTS)
    assert {row["note_th"] for row in rows(package, "budgets")} == {"ข", ""}


def test_plan_of_one_year_in_two_sheets_by_a_list_of_maps(tmp_path: Path) -> None:
    package = package_of(tmp_path, "2567-2567")
    made = Workbook()
    first = made.active
    assert first is not None
    first.title = "รายปี"
    for line in (["เรื่อง", "เงิน", "ใคร"], ["โครงการอบรมคุณธรรม", 20000, "กองพัสดุ"]):
        first.append(line)
    second = made.create_sheet("กอง")
    for name in ("กอง/ฝ่าย", "สำนักปลัด", "กองคลัง", "กองช่าง", "กองพัสดุ"):
        second.append([name])
    made.save(tmp_path / "own.xlsx")
    columns = (
        "- sheet: รายปี\n  as: Summary table\n  columns:\n    โครงการ กิจกรรม หรือมาตรการ: เรื่อง\n"
        "    ปีงบประมาณ 2567: เงิน\n    หน่วยงานรับผิดชอบหลัก: ใคร\n"
        "- sheet: กอง\n  as: หน่วยงาน\n  columns:\n    ชื่อหน่วยงาน: กอง/ฝ่าย\n"
    )
    taken(package, tmp_path / "own.xlsx", columns)
    assert projects(package) == [("1", "โครงการอบรมคุณธรรม", "กองพัสดุ")]
    assert amounts(package) == [("1", "2567", "budgeted", "20000")]


@pytest.mark.parametrize(
    ("headings", "known"),
    [
        (["ลำดับที่", "โครงการ/กิจกรรม", "๒๕๖๖", "หน่วยงานที่รับผิดชอบ", "หมายเหตุ"], "No. title unit note"),
        (["ที่", "ชื่อโครงการ", "ปี 2566", "ผู้รับผิดชอบ", "ที่ตั้งโครงการ"], "No. title unit"),
        (["มิติที่", "ภารกิจตามมิติ", "มาตรการ", "2566", "ส่วนราชการ", "วงเงินรวม"], "dimension mission title unit"),
        (["ที่.", "แผนงาน/โครงการ", "กิจกรรม", "2566", "หน่วยดำเนินการ", "หน่วยงานสนับสนุน"], "No. title unit"),
    ],
)
def test_map_suggests_what_summary_tables_of_documents_call_their_columns(
    package: Path, headings: list[str], known: str
) -> None:
    titles = {"No.": "No.", "title": "Project, activity or measure", "unit": "Lead unit", "note": "Note"}
    titles |= {"dimension": "Dimension", "mission": "Mission"}
    (package.parent / "own.xlsx").write_bytes(book([headings, ["1", "โครงการอบรม", "2", "3", "4", "5"]]))
    path = package.parent / "columns.yaml"
    done = run("import", package.parent / "own.xlsx", "-o", package, "--write-columns", path)
    assert done.exit_code == 0, done.output
    columns = yaml.safe_load(path.read_bytes().decode("utf-8-sig"))["columns"]
    filled = {title: heading for title, heading in columns.items() if heading}
    assert {*filled} == {*map(titles.get, known.split()), "Fiscal year 2566"}
    assert filled["Lead unit"] in ("หน่วยงานที่รับผิดชอบ", "ผู้รับผิดชอบ", "ส่วนราชการ", "หน่วยดำเนินการ")


@pytest.fixture
def table(package: Path) -> Path:
    path = package.parent / "แผน.xlsx"
    path.write_bytes(book(MERGED, "A2:A3", "B2:B3", "C2:E2", "F2:F3", others=["สรุปผล"]))
    return path


def test_map_is_written_with_what_is_recognised_and_completed_by_hand(package: Path, table: Path) -> None:
    path = package.parent / "columns.yaml"
    command = ["import", table, "-o", package]
    done = run(*command, "--write-columns", path)
    assert done.exit_code == 0, done.output
    assert rows(package, "projects") == []
    text = path.read_bytes().decode("utf-8-sig")
    assert "sheet: ตารางแผน\nheading_row: 3\nas: Summary table\n" in text
    assert "  Fiscal year 2566: ๒๕66\n" in text
    assert "  No.: ลำดับ\n  Project, activity or measure: แผนงาน/โครงการ/กิจกรรม\n" in text
    assert run(*command, "--write-columns", path).exit_code == 2  # what a person filled in is not overwritten
    open_ = {
        "zero:": "Runs without a budget",
        "dash:": "Runs without a budget",
        "blank:": "Not run",
        "  Lead unit:": "หมายเหตุ",
    }
    text = text.replace("  Note: หมายเหตุ", "  Note:")
    for key, value in open_.items():
        assert f"\n{key}\n" in text, (key, text)
        text = text.replace(f"\n{key}\n", f"\n{key} {value}\n")
    path.write_bytes(text.encode("utf-16"))  # as "Unicode" of Notepad
    done = run(*command, "--columns", path)
    assert done.exit_code == 0, done.output
    assert (projects(package), amounts(package)) == (PROJECTS, AMOUNTS)


def test_signs_without_a_meaning_and_years_of_no_plan_are_named_with_their_cells(package: Path, table: Path) -> None:
    path = package.parent / "columns.yaml"
    path.write_text(MERGED_MAP.replace("zero: ไม่ใช้งบประมาณ\n", "").replace("dash: no_budget\n", ""), "utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert done.exit_code == 1
    assert "behind zero: in the file of columns" in done.output
    assert "behind dash: in the file of columns" in done.output
    assert "ตารางแผน!C5" in done.output
    path.write_text(MERGED_MAP.replace("ปีงบประมาณ 2568", "ปีงบประมาณ 2571"), "utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert done.exit_code == 1
    assert "ตารางแผน!E3" in done.output
    assert "none of the plan's years" in done.output
    assert rows(package, "projects") == []


def test_own_table_is_judged_where_it_is(package: Path, table: Path) -> None:
    path = package.parent / "columns.yaml"
    path.write_text(MERGED_MAP, encoding="utf-8")
    facts = package.parent / "plan.xlsx"
    assert run("template", "-o", facts, "--from", package).exit_code == 0
    done = run("validate", facts, table, "--columns", path)
    assert "[แผน.xlsx]ตารางแผน!" in done.output or "ตารางแผน" in done.output, done.output
    assert run("validate", package, "--columns", path).exit_code == 2
    assert "behind --columns" in run("validate", table, "--columns", path.with_name("no.yaml")).output


ONE_YEAR_MAP = """\
zero: ไม่ใช้งบประมาณ
blank: ไม่ดำเนินการ
columns:
  ที่: ลำดับ
  โครงการ กิจกรรม หรือมาตรการ: โครงการ
  2566: '2566'
"""
TICKED_MAP = f"""\
{ONE_YEAR_MAP}\
  2567: '2567'
  2568: '2568'
  รวมทุกปี (เมื่อเอกสารไม่แยกปี): งบประมาณ
"""
TICKED: Line = ["ลำดับ", "โครงการ", "งบประมาณ", 2566, 2567, 2568]


def periods(package: Path) -> list[tuple[str, str]]:
    """The first and the last year of each project."""
    return [(p["start_fiscal_year_be"], p["end_fiscal_year_be"]) for p in rows(package, "projects")]


@pytest.mark.parametrize("tick", ["✓", "✔", "√", "/", " / ", "//", "●", "☑", "*", "\u00fc", "\uf0fc", "1", 1, True])
def test_ticked_years_beside_an_amount_are_the_years_of_the_project(package: Path, tick: object) -> None:
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book([TICKED, ["1", "โครงการอบรม", 30000, "", tick, tick]]))
    assert "2567, 2568" in taken(package, table, TICKED_MAP)
    assert amounts(package) == [("1", "", "budgeted", "30000"), ("1", "2566", "not_run", "")]
    assert periods(package) == [("2567", "2568")]
    table.write_bytes(book([TICKED, ["1", "โครงการอบรม", 30000, "", tick, ""]]))
    assert "2567-2568, and are 2567-2567" in taken(package, table, TICKED_MAP)
    assert periods(package) == [("2567", "2567")]


def test_ticked_years_of_projects_without_an_amount_for_all_years(package: Path) -> None:
    table = package.parent / "แผน.xlsx"
    lines: list[Line] = [
        TICKED,
        ["1", "โครงการอบรม", "ไม่ใช้งบประมาณ", "/", "", "/"],
        ["2", "กิจกรรมสำรวจ", 0, "", "", ""],
        ["3", "มาตรการราคากลาง", "", "✓", 20000, ""],
    ]
    table.write_bytes(book(lines))
    path = package.parent / "columns.yaml"
    path.write_text(TICKED_MAP, encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert (done.exit_code, rows(package, "projects")) == (1, [])
    assert "ตารางแผน!D4" in done.output
    assert "such as tick: Unknown" in done.output
    taken(package, table, "tick: ไม่ทราบ\n" + TICKED_MAP)
    assert amounts(package) == [
        ("1", "2566", "no_budget", "0"),
        ("1", "2567", "not_run", ""),
        ("1", "2568", "no_budget", "0"),
        *(("2", year, "no_budget", "0") for year in ("2566", "2567", "2568")),
        ("3", "2566", "unknown", ""),
        ("3", "2567", "budgeted", "20000"),
        ("3", "2568", "not_run", ""),
    ]
    assert periods(package) == [("2566", "2568"), ("2566", "2568"), ("2566", "2567")]


@pytest.mark.parametrize("mark", ["x", "X", "×", "✗", "☒", "○", "P", False])
def test_mark_that_may_mean_yes_or_no_is_named_with_its_cell(package: Path, mark: object) -> None:
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book([TICKED, ["1", "โครงการอบรม", 30000, mark, "", ""]]))
    path = package.parent / "columns.yaml"
    path.write_text("tick: Unknown\n" + TICKED_MAP, encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert (done.exit_code, rows(package, "projects")) == (1, [])
    assert "ตารางแผน!D2" in done.output
    assert "may mean that the project runs or that it does not" in done.output


def test_ticks_that_contradict_the_column_of_the_last_year_are_refused(package: Path) -> None:
    table = package.parent / "แผน.xlsx"
    table.write_bytes(book([[*TICKED, "ถึง"], ["1", "โครงการอบรม", 30000, "/", "/", "", 2568]]))
    path = package.parent / "columns.yaml"
    path.write_text(TICKED_MAP + "  Last fiscal year: ถึง\n", encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert (done.exit_code, "ตารางแผน!G2" in done.output, "2566, 2567" in done.output) == (1, True, True), done.output


LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\ncolumns: *b\n"
FIRST = "columns:\n  โครงการ กิจกรรม หรือมาตรการ: แผนงาน/โครงการ/กิจกรรม\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "says nothing"),
        ("# only a comment\n", "says nothing"),
        ("sheet: [a\nb: c", "Line 2 of"),
        ("sheet: a: b\n", "Line 1 of"),
        ("columns:\n\tที่: ลำดับ\n", "Line 2 of {path} has a tab"),
        (LAUGHS, "Line 1 of {path} has a text that begins with & or *"),
        ("columns:\n  ที่: *หมายเหตุ\n", "Line 2 of {path} has a text that begins with & or *"),
        ("[" * 5000, "Line 1 of"),
        ("columns: [a, b]\n", "Line 1 of"),
        ("just words\n", "Line 1 of"),
        ("colums:\n  ที่: ลำดับ\n", 'Line 1 of {path} has "colums", which is not in the list'),
        ("zero: 20000\n" + FIRST, 'Line 1 of {path} has "20000"'),
        ("tick: ไม่ดำเนินการ\n" + FIRST, 'Line 1 of {path} has "ไม่ดำเนินการ"'),
        ("dash: ตั้งงบประมาณ\n" + FIRST, 'Line 1 of {path} has "ตั้งงบประมาณ"'),
        ("as: ตารางอื่น\n" + FIRST, 'Line 1 of {path} has "ตารางอื่น"'),
        (FIRST + "  คอลัมน์ใหม่: ลำดับ\n", 'Line 3 of {path} has "คอลัมน์ใหม่", which is no column'),
        (FIRST + "  No.: ลำดับ\n  ที่: ลำดับ\n", 'Line 4 of {path} has "ที่" a second time'),
        (FIRST + "  ที่: ลำดับ\n  ที่: ลำดับ\n", 'Line 4 of {path} has "ที่" a second time'),
        ("sheet: ตารางแผน\ncolumns:\n  ที่: ลำดับ\n", "has no heading for"),
        ("heading_row: แถวสาม\n" + FIRST, '"แถวสาม" is no row'),
        ("heading_row: 0\n" + FIRST, '"0" is no row'),
        ("heading_row: 99\nsheet: ตารางแผน\n" + FIRST, '"99" is no row'),
        ("sheet: แผ่นอื่น\n" + FIRST, 'Line 1 of {path}: there is no sheet "แผ่นอื่น"'),
        ("sheet: ตารางแผน\nheading_row: 6\n" + FIRST, "but in row 2"),
        ("sheet: ตารางแผน\nheading_row: ๓\n" + FIRST + "  ที่: เลข\n", 'has no heading "เลข"'),
        ("sheet: ตารางแผน\n" + FIRST + "  ที่: A\n  มิติ: ลำดับ\n", 'the heading "ลำดับ" is given to "ที่" already'),
        ("sheet: สรุปผล\ncolumns:\n  Project, activity or measure: ก\n", "No heading that"),
        ("- as: หน่วยงาน\n  columns: {ชื่อหน่วยงาน: ก}\n- as: Units\n  columns: {ชื่อหน่วยงาน: ก}\n", "Line 3 of"),
        ("x: y\n" * 60_000, "is larger than"),
        (FIRST + "  ที่: \x07\n", "Line 3 of"),
    ],
)
def test_bad_map_is_refused_with_line_and_remedy(package: Path, table: Path, text: str, said: str) -> None:
    path = package.parent / "columns.yaml"
    path.write_text(text, encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert said.format(path=path) in done.output, done.output
    assert (done.exit_code, "Traceback" in done.output, rows(package, "projects")) == (1, False, [])


def test_heading_that_is_there_twice_is_named_with_its_letters(package: Path, table: Path) -> None:
    lines: list[Line] = [[*MERGED[1], "หมายเหตุ"], ["", *MERGED[2][1:], ""], MERGED[3]]
    table.write_bytes(book(lines))
    path = package.parent / "columns.yaml"
    path.write_text(FIRST + "  หมายเหตุ: หมายเหตุ\n", encoding="utf-8")
    done = run("import", table, "-o", package, "--columns", path)
    assert (done.exit_code, "one of F, G" in done.output) == (1, True), done.output


@pytest.mark.parametrize("encoding", ["cp874", "utf-16", "utf-8-sig"])
def test_map_is_read_in_the_encodings_of_notepad(package: Path, table: Path, encoding: str) -> None:
    path = package.parent / "columns.yaml"
    path.write_bytes(MERGED_MAP.replace("\n", "\r\n").encode(encoding))
    done = run("import", table, "-o", package, "--columns", path)
    assert done.exit_code == 0, done.output
    assert amounts(package) == AMOUNTS


def test_workbook_in_place_of_a_map_is_refused(package: Path, table: Path) -> None:
    done = run("import", table, "-o", package, "--columns", table)
    assert (done.exit_code, "is no text" in done.output) == (1, True), done.output
