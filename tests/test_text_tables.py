"""Tables of text are read in any encoding, with any separator; what cannot be read is refused with its reason."""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata.intake.importing import import_sheets
from khelang_opendata.intake.plan_files import PlanFile, read_plan_files
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.workbook_reading import ReadSheet, read_sheets
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import load_family
from khelang_opendata.validation import family_of
from tests.conftest import PLAN, VALID, needs
from tests.workbooks import edited, run, workbook_of

ROWS = [
    ["แผนปฏิบัติการ, ฉบับที่ 1; ปรับปรุง", "", ""],
    ["ที่", "โครงการ กิจกรรม หรือมาตรการ", "ปีงบประมาณ 2566"],
    ["1", 'โครงการ "ก"; ข, ค | ง', "300,000"],
    ["2", "สองบรรทัด\nในช่องเดียว", "-"],
    ["๓", "โครงการสุดท้าย", "๑๕,๐๐๐.๕๐"],
]


def written(separator: str, end: str = "\r\n") -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=separator, lineterminator=end).writerows(ROWS)
    return stream.getvalue()


def read(data: bytes, name: str = "ตารางสรุป.csv") -> ReadSheet:
    (sheet,) = read_sheets(data, name)
    return sheet


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "pipe"])
@pytest.mark.parametrize(
    ("encoding", "mark", "concluded"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", ""),
        ("cp874", b"", "Windows-874 (TIS-620)"),
        ("utf-16-le", b"\xff\xfe", ""),
        ("utf-16-be", b"\xfe\xff", ""),
        ("utf-16-le", b"", "UTF-16"),
        ("utf-16-be", b"", "UTF-16"),
    ],
)
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_every_encoding_and_separator_gives_the_same_cells(
    encoding: str, mark: bytes, concluded: str, separator: str, end: str
) -> None:
    sheet = read(mark + written(separator, end).encode(encoding))
    assert sheet.cells == ROWS
    assert (sheet.name, sheet.check.encoding) == ("ตารางสรุป", concluded)


@pytest.mark.parametrize("line", ["sep=;\r\n", '"sep=;"\n', "SEP=;\r\n"])
def test_line_that_names_the_separator_is_no_row(line: str) -> None:
    assert read((line + written(";")).encode()).cells == ROWS


def test_rows_of_unequal_length_and_blank_lines_keep_their_places() -> None:
    sheet = read("ชื่อ,หน่วยงาน\n\nก\nข,ค,ง\n".encode())
    assert sheet.cells == [["ชื่อ", "หน่วยงาน", ""], ["", "", ""], ["ก", "", ""], ["ข", "ค", "ง"]]


def test_one_column_has_no_separator() -> None:
    assert read("ชื่อ\nสำนักปลัด\n".encode()).cells == [["ชื่อ"], ["สำนักปลัด"]]


def test_errors_and_formulas_that_were_saved_as_text_are_noted() -> None:
    sheet = read('ก,#REF!\n#N/A,"=SUM(A1:A3)"\n########,=-C5\n"=""00123""",#1 ข้อ\nErr:502,= ก\n'.encode())
    assert sheet.check.errors == {(0, 1): "#REF!", (1, 0): "#N/A", (2, 0): "########", (4, 0): "Err:502"}
    assert sheet.check.unvalued == {(1, 1), (2, 1)}
    assert sheet.cells[3] == ["00123", "#1 ข้อ"]


@pytest.mark.parametrize(
    ("data", "variant"),
    [
        (b"\xef\xbb\xbf", "empty"),
        (b"\r\n\r\n", "empty"),
        ("ก,ข\n".encode("cp874") + b"\xfc\xfd\xfe\n", "letters"),
        (b"a,b\n\x00\x01\x02\x03\x04\x05", "letters"),
        (b"\xff\xfe" + "ก,ข".encode("utf-16-le") + b"\x01", "letters"),
        ('ก,"ข\nค,ง\n'.encode(), "quotes"),
        ('ก,ข\nค,"ง" จ\n'.encode(), "quotes"),
        ("ชื่อ,หน่วยงาน\n".encode().decode("latin-1").encode(), "garbled"),
        ("ชื่อ,หน่วยงาน\n".encode("cp874").decode("latin-1").encode(), "garbled"),
        (b"????,???????\n1,2\n", "garbled"),
        (b"<html><table><tr><td>1</table>", "other_form"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook/>', "other_form"),
        (b"%PDF-1.7\n", "other_form"),
        (b"ID;PWXL;N;E\n", "other_form"),
    ],
)
def test_text_that_cannot_be_read_is_refused(data: bytes, variant: str) -> None:
    for name in ("plan.csv", "plan.xls"):
        with pytest.raises(DataError) as refused:
            read_sheets(data, name)
        assert refused.value.params["variant"] == variant


def test_table_of_text_is_known_whatever_its_name_ends_with() -> None:
    assert read(written("\t").encode("utf-16"), "plan.xls").cells == ROWS


def exported(workbook: bytes, folder: Path) -> list[Path]:
    """The sheets of a workbook as LibreOffice saves them, a file each, in UTF-8 with commas."""
    (folder / "plan.xlsx").write_bytes(workbook)
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
    subprocess.run([*command, "--outdir", folder / "out", folder / "plan.xlsx"], capture_output=True, check=True)
    return sorted(path for path in (folder / "out").iterdir() if "-_" not in path.name)


def again(path: Path, separator: str, encoding: str) -> bytes:
    """A table in UTF-8 with commas, as another program would save it."""
    stream = io.StringIO()
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    csv.writer(stream, delimiter=separator).writerows(rows)
    return stream.getvalue().encode(encoding)


@needs("soffice")
@pytest.mark.system
def test_plan_as_tables_of_text_comes_back_as_it_was(tmp_path: Path) -> None:
    package = Package.load(PLAN)
    family = family_of(package)
    tables = tables_of(package, family)
    paths = exported(workbook_of(PLAN), tmp_path)
    for separator, encoding in ((",", "utf-8-sig"), (";", "cp874"), ("\t", "utf-16"), ("|", "utf-8")):
        files = [PlanFile(path, again(path, separator, encoding)) for path in paths]
        result = import_sheets(read_plan_files(files), tables, family)
        assert result.tables == tables
        concluded = len(paths) if encoding == "cp874" else 0
        assert [remark.code for remark in result.remarks] == ["encoding_taken"] * concluded


def sheets_of(folder: Path) -> dict[str, bytes]:
    """The sheets of the workbook of a package, as tables of text."""
    made = {}
    for sheet in read_sheets(workbook_of(folder), "plan.xlsx"):
        stream = io.StringIO()
        csv.writer(stream).writerows(sheet.cells)
        made[sheet.name] = stream.getvalue().encode("utf-8-sig")
    return made


def test_files_of_one_plan_are_imported_together_and_remarks_name_the_file(tmp_path: Path) -> None:
    parts = sheets_of(VALID)
    summary, plan, folder = tmp_path / "สรุป.csv", tmp_path / "my-แผน (1).csv", tmp_path / "package"
    summary.write_bytes(parts["ตารางสรุป"])
    plan.write_bytes(parts["แผน"])
    units = tmp_path / "units.xlsx"
    units.write_bytes(edited(workbook_of(VALID), lambda book: keep(book, "หน่วยงาน", "มิติ", "ภารกิจ")))
    assert run("import", plan, "-o", folder, "--plan-id", "mae-thung-2561-2564", "--dry-run").exit_code == 0
    done = run("import", summary, plan, units, "-o", folder, "--plan-id", "mae-thung-2561-2564")
    assert done.exit_code == 0, done.output
    assert "[units.xlsx]หน่วยงาน" in done.output
    assert "สรุป!" in done.output
    judged = run("validate", summary, plan, units)
    assert "สรุป!" in judged.output or "plan is ready" in judged.output
    again = run("import", units, plan, summary, "-o", folder)
    assert (again.exit_code, "agrees with" in again.output) == (0, True), again.output


def keep(book: Workbook, *names: str) -> None:
    for name in book.sheetnames:
        if name not in names:
            del book[name]


def test_same_sheet_twice_and_two_plans_are_refused(tmp_path: Path) -> None:
    one, other, units = tmp_path / "one.xlsx", tmp_path / "other.xlsx", tmp_path / "หน่วยงาน.csv"
    one.write_bytes(workbook_of(VALID))
    other.write_bytes(workbook_of(PLAN))
    units.write_bytes(sheets_of(VALID)["หน่วยงาน"])
    two = run("import", one, other, "-o", tmp_path / "package")
    assert (two.exit_code, "different plans" in two.output) == (2, True)
    assert run("validate", one, other).exit_code == 2
    twice = run("import", one, units, "-o", tmp_path / "package")
    assert twice.exit_code == 1
    assert '  หน่วยงาน: holds the same kind of data as the sheet "[one.xlsx]หน่วยงาน": keep one of them' in twice.output
    facts = tmp_path / "แผน.csv"
    facts.write_bytes(sheets_of(VALID)["แผน"])
    assert '  แผน: holds the same kind of data as the sheet "[one.xlsx]แผน"' in run("validate", one, facts).output


def test_sheet_that_is_only_named_as_the_facts_is_read_as_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "แผน.csv"
    path.write_bytes(sheets_of(VALID)["หน่วยงาน"])
    done = run("import", path, "-o", tmp_path / "package")
    assert "plan's id cannot be made" in done.output or "lacks the English name" in done.output
    sheets = read_plan_files([PlanFile(path, path.read_bytes())])
    assert list(import_sheets(sheets, {}, load_family(), "a-2566-2570").sheets) == ["units"]


def test_only_tables_of_a_plans_workbook_are_judged_as_one(tmp_path: Path) -> None:
    """A table of a package is in its folder, which is to be named; other files are none of a plan's."""
    of_package = run("validate", VALID / "data/units.csv")
    assert (of_package.exit_code, "is one table" in of_package.output) == (2, True)
    (tmp_path / "note.txt").write_text("บันทึก\n", encoding="utf-8")
    assert run("validate", tmp_path / "note.txt").exit_code == 2
    sheet = tmp_path / "ตารางสรุป.csv"
    sheet.write_bytes(sheets_of(VALID)["ตารางสรุป"])
    judged = run("validate", sheet)
    assert (judged.exit_code, "ตารางสรุป!" in judged.output) == (1, True), judged.output
