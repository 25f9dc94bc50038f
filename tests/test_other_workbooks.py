"""Workbooks of LibreOffice and of old Excel are read with their errors, hidden rows and merged cells, or refused."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import zipfile
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata.intake.compound_file import streams
from khelang_opendata.intake.importing import import_sheets
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.typed_cells import as_seen
from khelang_opendata.intake.workbook_reading import ReadSheet, read_sheets
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of
from tests.conftest import PLAN, needs
from tests.workbooks import workbook_of

_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods(rows: str, before: str = "", manifest: str = "") -> bytes:
    """An OpenDocument spreadsheet of one sheet."""
    stream = io.BytesIO()
    ends = "</table:table></office:spreadsheet></office:body></office:document-content>"
    body = f'<office:body><office:spreadsheet><table:table table:name="ก">{rows}'
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(
            zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED
        )
        packed.writestr(
            "content.xml",
            f"{before}<office:document-content {_NAMES}>{body}{ends}",
        )
        packed.writestr("META-INF/manifest.xml", manifest or "<m/>")
    return stream.getvalue()


def saved_by_libreoffice(workbook: bytes, form: str) -> bytes:
    """A workbook as LibreOffice saves it in another form."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "plan.xlsx")
        path.write_bytes(workbook)
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
        subprocess.run([*command, "--outdir", f"{folder}/out", path], capture_output=True, timeout=180, check=True)
        return Path(folder, "out", f"plan.{form}").read_bytes()


def of_all_kinds() -> bytes:
    """A workbook with a cell of each kind."""
    book, stream = Workbook(), io.BytesIO()
    sheet = book["Sheet"]
    sheet.append(["ข้อความ", 1.5, True, date(2022, 9, 27), datetime(2565, 9, 27, 10, 30), time(10, 30)])
    sheet.append([timedelta(hours=36), 0.25, 300000, '="ก"&"ข"', "=SUM(C2:C2)", '=IF(1,"","")'])
    sheet.append(["=1/0", "=NA()", "=INDEX(A1:A2,9)", "00123", "=1=1", 0.1 + 0.2])
    sheet["A2"].number_format, sheet["B2"].number_format, sheet["C2"].number_format = "[h]:mm", "0%", '"฿"#,##0.00'
    sheet["D1"].number_format = "[$-107041E]d mmmm yyyy"
    sheet["B4"] = "ผสาน"
    sheet.merge_cells("B4:C5")
    sheet["A6"], sheet["A8"] = "ซ่อน", "สอง\nบรรทัด"
    sheet.row_dimensions[6].hidden = True
    book.create_sheet("ลับ").sheet_state = "hidden"
    book["ลับ"]["A1"] = "x"
    book.save(stream)
    return stream.getvalue()


@needs("soffice")
@pytest.mark.system
@pytest.mark.parametrize("form", ["ods", "xls", "xlsx"])
def test_each_kind_of_cell_is_read_alike(form: str) -> None:
    sheet, hidden = read_sheets(saved_by_libreoffice(of_all_kinds(), form), "plan.xlsx")
    assert sheet.cells[0] == ["ข้อความ", "1.5", "true", "2022-09-27", "2022-09-27", "10:30:00"]
    assert sheet.cells[1] == ["1 day, 12:00:00", "0.25", "300000", "กข", "300000", ""]
    assert sheet.cells[2] == ["", "", "", "00123", "true", "0.3"]
    assert [as_seen(sheet.cells[row][column]) for row, column in ((0, 3), (1, 1), (1, 2))] == [
        "27 กันยายน 2565",
        "25%",
        "฿300,000.00",
    ]
    assert sheet.check.errors.keys() == {(2, 0), (2, 1), (2, 2)}
    assert [sheet.check.errors[2, column] for column in (0, 1)] == ["#DIV/0!", "#N/A"]
    assert [row[1:3] for row in sheet.cells[3:5]] == [["ผสาน", "ผสาน"]] * 2
    assert sheet.filled == {(3, 2), (4, 1), (4, 2)}
    assert (sheet.check.hidden_rows, sheet.check.unvalued) == ({5}, set())
    assert sheet.cells[7][0] == "สอง\nบรรทัด"
    assert (sheet.check.is_hidden, hidden.check.is_hidden, hidden.cells) == (False, True, [["x"]])


@needs("soffice")
@pytest.mark.system
@pytest.mark.parametrize("form", ["ods", "xls"])
def test_plan_in_another_form_comes_back_as_it_was(form: str) -> None:
    package = Package.load(PLAN)
    family = family_of(package)
    tables = tables_of(package, family)
    result = import_sheets(read_sheets(saved_by_libreoffice(workbook_of(PLAN), form), "plan"), tables, family)
    assert (result.tables, result.remarks) == (tables, [])


@cache
def old_workbook() -> bytes:
    return saved_by_libreoffice(of_all_kinds(), "xls")


@needs("soffice")
@pytest.mark.system
def test_damaged_old_workbook_is_read_or_refused() -> None:
    """Bytes are changed at random: in the file, whose chains may become rings, and in the workbook that it holds."""
    made = random.Random(1)  # noqa: S311 (no secret)
    workbook = streams(old_workbook())["Workbook"]
    for case in range(400):
        data = bytearray(old_workbook())
        at = data.index(workbook[:512]) if case % 2 else 0
        for _ in range(made.choice([1, 2, 5, 20])):
            data[made.randrange(at, len(data))] = made.choice([0, 1, 127, 255, made.randrange(256)])
        try:
            read_sheets(bytes(data), "plan.xls")
        except DataError as error:
            assert error.code == "workbook_refused"


@needs("soffice")
@pytest.mark.system
def test_ring_of_sectors_is_refused() -> None:
    data = bytearray(old_workbook())
    (table,) = struct.unpack_from("<I", data, 76)
    for entry in range(128):
        struct.pack_into("<I", data, 512 + table * 512 + entry * 4, entry)
    with pytest.raises(DataError) as refused:
        read_sheets(bytes(data), "plan.xls")
    assert refused.value.params["variant"] == "damaged"


def one(rows: str) -> ReadSheet:
    (sheet,) = read_sheets(ods(rows), "plan.ods")
    return sheet


def test_repeated_rows_and_cells_are_as_many_as_they_say_and_blank_ones_take_no_room() -> None:
    text = "<text:p>ก</text:p>"
    sheet = one(
        '<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="2"/>'
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="2">{text}</table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16380"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row table:visibility="collapse"><table:table-cell>{text}</table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    )
    assert sheet.cells == [["", "", "ก", "ก"]] * 2 + [[""] * 4] * 3 + [["ก", "", "", ""]]
    assert sheet.check.hidden_rows == {5}


def test_notes_and_tracked_changes_are_in_no_cell_and_formulas_without_a_value_are_noted() -> None:
    sheet = one(
        "<table:table-row><table:table-cell><office:annotation><text:p>หมายเหตุ</text:p></office:annotation>"
        '<text:p>ก<text:s text:c="2"/>ข<text:line-break/>ค</text:p></table:table-cell>'
        '<table:table-cell table:formula="of:=1+1"/>'
        '<table:table-cell table:formula="of:=[.A1]" office:value-type="float" office:value="0">'
        "<text:p>#REF!</text:p></table:table-cell>"
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/></table:table-row>'
    )
    assert sheet.cells == [["ก  ข\nค", "", "", "true"]]
    assert (sheet.check.unvalued, sheet.check.errors) == ({(0, 1)}, {(0, 2): "#REF!"})


_CELL = "<table:table-cell{}><text:p>1</text:p></table:table-cell>"
_FAR = ' table:number-columns-repeated="16384"'


@pytest.mark.parametrize(
    ("data", "variant"),
    [
        (ods(f'<table:table-row table:number-rows-repeated="1048576">{_CELL.format(_FAR)}</table:table-row>'), "large"),
        (ods(f'<table:table-row table:number-rows-repeated="9999999">{_CELL.format("")}</table:table-row>'), "damaged"),
        (ods(f'<table:table-row table:number-rows-repeated="-1">{_CELL.format("")}</table:table-row>'), "damaged"),
        (ods(f'<table:table-row table:number-rows-repeated="x">{_CELL.format("")}</table:table-row>'), "damaged"),
        (ods("<table:table-row>"), "damaged"),
        (ods("", '<!DOCTYPE a [<!ENTITY b "c">]>'), "damaged"),
        (ods("", manifest="<manifest:encryption-data/>"), "password"),
        (ods("<text:p>" + "0" * 50_000_000 + "</text:p>"), "large"),
        (ods("")[:-300], "damaged"),
        (b"PK\x03\x04" + b"\0" * 30 + b"application/vnd.oasis.opendocument.spreadsheet", "damaged"),
    ],
    ids=["far", "beyond", "less than once", "no number", "broken", "entities", "password", "bomb", "cut", "no parts"],
)
def test_hostile_spreadsheet_is_refused(data: bytes, variant: str) -> None:
    with pytest.raises(DataError) as refused:
        read_sheets(data, "plan.ods")
    assert refused.value.params["variant"] == variant
