"""The results that a person typed into the E-Plan workbook come back into the package, each to its project."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from khelang_opendata.intake.importing import Imported, import_sheets
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.failures import DataError
from khelang_opendata.nacc.eplan import About, eplan_csv, eplan_rows, eplan_score, eplan_xlsx
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of
from tests.conftest import PLAN, VALID, needs
from tests.test_other_workbooks import saved_by_libreoffice
from tests.workbooks import Tables, run

P = "khelang-nakhon-2566-2570-P"
COMPUTED = (RemarkKind.IGNORED, "sheet_computed", "คะแนน")
NUMBER, TITLE, OWN_TITLE, YEAR, MONTHS = "ลำดับที่", "ชื่อโครงการ", "ชื่อในแผน", "ปีงบประมาณ", "รอบ (เดือน)"
PLANNED, APPROVED, DISBURSED = "งบประมาณตามแผน", "งบประมาณตามข้อ", "เบิกจ่าย"
ORDINANCE, STATUS, REASON, OTHER, REMARK = "บรรจุ", "สถานะการ", "เหตุที่", "เหตุอื่น", "หมายเหตุ"
DONE, UNDER_WAY, CANNOT = "ดำเนินการแล้วเสร็จ", "อยู่ระหว่างดำเนินการ", "ไม่สามารถดำเนินการได้"

Typing = Callable[["Report"], None]


class Report:
    """The table of an E-Plan workbook: cells by the beginning of their heading and the number of their project."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.headings = [str(cell.value) for cell in sheet[1]]
        self.rows = {line[0].value: line for line in sheet.iter_rows(min_row=2)}

    def cell(self, heading: str, number: int) -> Any:
        return self.rows[number][next(at for at, text in enumerate(self.headings) if text.startswith(heading))]

    def put(self, number: int, **values: Any) -> None:
        for name, value in values.items():
            self.cell(globals()[name], number).value = value


@cache
def package_of(folder: Path) -> tuple[Package, Tables]:
    package = Package.load(folder)
    package.descriptor.setdefault("created", "2026-11-22T00:00:00Z")
    return package, tables_of(package, family_of(package))


@cache
def written(folder: Path = PLAN, year: int = 2566, months: int = 6) -> bytes:
    """The workbook as the program writes it."""
    package = package_of(folder)[0]
    rows = eplan_rows(package, year, months)
    return eplan_xlsx(rows, eplan_score(rows), About.of(package, year, months))


def filled(typing: Typing, workbook: bytes | None = None) -> bytes:
    book, stream = load_workbook(io.BytesIO(workbook or written())), io.BytesIO()
    typing(Report(book["รายงาน"]))
    book.save(stream)
    return stream.getvalue()


def imported(data: bytes, folder: Path = PLAN, name: str = "eplan.xlsx") -> Imported:
    package, tables = package_of(folder)
    old = {table: [dict(row) for row in rows] for table, rows in tables.items()}
    return import_sheets(read_sheets(data, name), old, family_of(package))


def said(result: Imported) -> list[tuple[RemarkKind, str, str]]:
    return [(r.kind, r.code, r.place) for r in result.remarks if (r.kind, r.code, r.place) != COMPUTED]


def reports(result: Imported) -> dict[str, dict[str, str]]:
    """What the new reports hold, by the numbers of their projects; empty cells are left out."""
    keys = ("plan_id", "project_id", "fiscal_year_be", "round_months")
    return {
        row["project_id"].removeprefix(P): {name: text for name, text in row.items() if text and name not in keys}
        for row in result.tables.get("progress", [])
    }


@pytest.mark.parametrize(("folder", "year", "months"), [(PLAN, 2566, 6), (VALID, 2561, 6), (VALID, 2561, 12)])
def test_workbook_as_the_program_writes_it_changes_nothing(folder: Path, year: int, months: int) -> None:
    result = imported(written(folder, year, months), folder)
    assert (said(result), result.tables) == ([], package_of(folder)[1])
    rows = eplan_rows(package_of(folder)[0], year, months)
    as_text = imported(eplan_csv(rows, months), folder, "eplan.csv")
    assert (said(as_text), as_text.tables) == ([], package_of(folder)[1])


@needs("soffice")
@pytest.mark.parametrize("form", ["xls", "ods"])
def test_workbook_saved_in_another_form_comes_back_alike(form: str) -> None:
    def typing(report: Report) -> None:
        report.put(1, APPROVED=300000, DISBURSED="๒๘๙,๐๐๐.-", ORDINANCE="บรรจุ", STATUS=DONE, REMARK="อบรม ๓ รุ่น")
        report.put(44, STATUS=UNDER_WAY, DISBURSED="18,750.50 บาท")

    result = imported(saved_by_libreoffice(filled(typing), form), name=f"eplan.{form}")
    assert reports(result) == reports(imported(filled(typing)))
    assert said(result) == said(imported(filled(typing)))
    assert len(reports(result)) == 2


def test_typed_results_reach_their_projects() -> None:
    def typing(report: Report) -> None:
        both = "ผลการดำเนินงาน: อบรม ๓ รุ่น\nครบทุกส่วนราชการ\nปัญหา อุปสรรค และข้อเสนอแนะ: ไม่มี"
        report.put(1, APPROVED=300000, DISBURSED="๒๘๙,๐๐๐.-", ORDINANCE="บรรจุ", STATUS=DONE, REMARK=both)
        report.put(2, ORDINANCE="ไม่บรรจุ", STATUS=CANNOT, REASON="อื่นๆ", OTHER="น้ำท่วม", APPROVED=0)
        report.put(4, STATUS=CANNOT, REASON="ไม่ได้รับงบประมาณ", REMARK="ปัญหา อุปสรรค และข้อเสนอแนะ: ตั้งใหม่ปีหน้า")
        report.put(44, STATUS=UNDER_WAY, DISBURSED="18,750.50 บาท", PLANNED=25000)

    result = imported(filled(typing))
    planned = {
        str(row["project_id"]): row["amount_thb"]
        for row in package_of(PLAN)[1]["budgets"]
        if row["fiscal_year_be"] == "2566"
    }
    of_plan = {
        number: {"planned_thb": planned[P + number]} if planned[P + number] else {} for number in ("01", "02", "04")
    }
    assert reports(result) == {
        "01": {
            **of_plan["01"],
            "approved_thb": "300000",
            "disbursed_thb": "289000",
            "in_ordinance": "true",
            "status": "completed",
            "result_th": "อบรม ๓ รุ่น\nครบทุกส่วนราชการ",
            "problem_th": "ไม่มี",
        },
        "02": {
            **of_plan["02"],
            "approved_thb": "0",
            "in_ordinance": "false",
            "status": "cannot",
            "cannot_reason": "other",
            "problem_th": "น้ำท่วม",
        },
        "04": {**of_plan["04"], "status": "cannot", "cannot_reason": "not_funded", "problem_th": "ตั้งใหม่ปีหน้า"},
        "44": {"planned_thb": "25000", "disbursed_thb": "18750.50", "status": "in_progress"},
    }
    assert [(kind, code) for kind, code, _ in said(result)] == [(RemarkKind.ADDED, "row_added")] * 4
    others = {name: rows for name, rows in result.tables.items() if name != "progress"}
    assert others == package_of(PLAN)[1]


def test_what_is_in_the_package_already_changes_cell_by_cell() -> None:
    def typing(report: Report) -> None:
        report.put(1, DISBURSED=12345, REMARK="")

    result = imported(filled(typing, written(VALID, 2561, 6)), VALID)
    before = {(r["project_id"], r["fiscal_year_be"], r["round_months"]): r for r in package_of(VALID)[1]["progress"]}
    changed = {
        (name, row[name])
        for row in result.tables["progress"]
        for name in row
        if before[row["project_id"], row["fiscal_year_be"], row["round_months"]][name] != row[name]
    }
    assert changed == {("disbursed_thb", "12345"), ("result_th", ""), ("problem_th", "")}
    assert {code for _, code, _ in said(result)} == {"cell_changed"}


def test_emptied_row_leaves_the_report_of_the_package() -> None:
    names = ("APPROVED", "DISBURSED", "ORDINANCE", "STATUS", "REASON", "OTHER", "REMARK")
    result = imported(filled(lambda r: r.put(1, **dict.fromkeys(names)), written(VALID, 2561, 6)), VALID)
    assert result.tables == package_of(VALID)[1]
    assert [code for _, code, _ in said(result)] == ["eplan_row_blank"]


@pytest.mark.parametrize(
    ("typed", "kind", "code", "heading"),
    [
        ({"STATUS": "เสร็จมั้ง"}, RemarkKind.REFUSED, "code_unknown", STATUS),
        ({"STATUS": DONE, "DISBURSED": "มาก"}, RemarkKind.REFUSED, "number_unknown", DISBURSED),
        ({"STATUS": DONE, "DISBURSED": "#REF!"}, RemarkKind.REFUSED, "cell_error", DISBURSED),
        ({"DISBURSED": 5}, RemarkKind.REFUSED, "eplan_status_missing", STATUS),
        ({"STATUS": DONE, "NUMBER": 7}, RemarkKind.REFUSED, "eplan_project_doubtful", TITLE),
        ({"STATUS": DONE, "NUMBER": 99}, RemarkKind.REFUSED, "eplan_project_unknown", NUMBER),
        ({"STATUS": DONE, "NUMBER": None}, RemarkKind.TAKEN, "eplan_by_title", TITLE),
        ({"STATUS": DONE, "YEAR": 2599}, RemarkKind.REFUSED, "eplan_year_outside", YEAR),
        ({"STATUS": DONE, "YEAR": None}, RemarkKind.REFUSED, "title_missing", YEAR),
        ({"STATUS": DONE, "MONTHS": 9}, RemarkKind.REFUSED, "code_unknown", MONTHS),
        ({"STATUS": DONE, "OTHER": "ฝนตก"}, RemarkKind.REFUSED, "eplan_reason_other", OTHER),
        ({"STATUS": DONE, "REMARK": "เรียบร้อยดี"}, RemarkKind.TAKEN, "eplan_remark_taken", REMARK),
        (
            {"STATUS": CANNOT, "REASON": "อื่นๆ", "OTHER": "ฝน", "REMARK": "ปัญหา อุปสรรค และข้อเสนอแนะ: คน"},
            RemarkKind.REFUSED,
            "eplan_problem_twice",
            REMARK,
        ),
        ({"KIND": "งานอื่น"}, RemarkKind.IGNORED, "eplan_cell_unread", "ประเภทงาน"),
        ({"STATE": "ครบ"}, RemarkKind.IGNORED, "eplan_cell_unread", "ความครบถ้วน"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.islower() else "",
)
def test_each_doubt_is_listed_at_its_cell(typed: dict[str, Any], kind: RemarkKind, code: str, heading: str) -> None:
    places: list[str] = []

    def typing(report: Report) -> None:
        places.append(f"รายงาน!{report.cell(heading, 5).coordinate}")
        report.put(5, **typed)

    found = [remark for remark in said(imported(filled(typing))) if remark[1] != "row_added"]
    assert found == [(kind, code, places[0])]


KIND, STATE = "ประเภทงาน", "ความครบถ้วน"


def test_changed_title_is_a_remark_and_the_result_is_taken() -> None:
    def typing(report: Report) -> None:
        report.cell(TITLE, 3).value += " ปี ๒๕๖๖"
        report.put(3, STATUS=DONE)

    result = imported(filled(typing))
    assert [code for _, code, _ in said(result)] == ["eplan_title_differs", "row_added"]
    assert result.tables["projects"] == package_of(PLAN)[1]["projects"]
    assert list(reports(result)) == ["03"]


def test_two_rows_of_one_project_and_rows_of_none_are_named() -> None:
    def typing(report: Report) -> None:
        report.put(1, STATUS=DONE)
        end = report.sheet.max_row
        for column, cell in enumerate(report.rows[1], 1):
            report.sheet.cell(end + 1, column).value = cell.value
        report.sheet.cell(end + 2, 2).value = "ผู้รายงาน นายสมมติ"
        report.sheet.cell(end + 3, report.sheet.max_column + 1).value = "จดไว้"

    result = imported(filled(typing))
    assert [code for _, code, _ in said(result)] == [
        "column_unread",
        "row_added",
        "eplan_row_twice",
        "eplan_row_unread",
        "eplan_row_unread",
    ]


def test_command_takes_it_into_a_package_and_nowhere_else(tmp_path: Path) -> None:
    folder, path = Path(copytree(PLAN, tmp_path / "plan")), tmp_path / "eplan.xlsx"
    path.write_bytes(filled(lambda report: report.put(1, STATUS=DONE, DISBURSED=1000, APPROVED=2000)))
    alone = run("import", path, "-o", tmp_path / "new")
    assert (alone.exit_code, "into the folder of the plan's package" in alone.output) == (1, True)
    assert not (tmp_path / "new").exists()
    assert run("import", path, "-o", folder).exit_code == 0
    assert run("import", path, "-o", folder).output.splitlines()[-1].endswith("no file changed")
    lines = (folder / "data/progress.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:5] for line in lines[1:]] == [
        ["khelang-nakhon-2566-2570", f"{P}01", "2566", "6", "completed"]
    ]
    assert run("validate", folder).exit_code == 0


def test_results_without_a_plan_are_refused() -> None:
    with pytest.raises(DataError) as caught:
        import_sheets(read_sheets(written(), "eplan.xlsx"), {}, family_of(package_of(PLAN)[0]))
    assert caught.value.code == "workbook_refused"
