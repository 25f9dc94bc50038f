"""Tables of text are read in any encoding, with any separator; what cannot be read is refused with its reason."""

from __future__ import annotations

import csv
import io

import pytest

from khelang_opendata.intake.workbook_reading import ReadSheet, read_sheets
from khelang_opendata.model.failures import DataError

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
