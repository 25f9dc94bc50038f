"""What an import writes: the package whole or as it was; files that are no workbook, or hostile, are refused."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from shutil import copytree

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata import validate
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.workbook_reading import cell_text, number_text, read_sheets
from khelang_opendata.intake.xlsx_checks import check_xlsx
from khelang_opendata.model.failures import DataError
from tests.conftest import PLAN, VALID, replace_in
from tests.workbooks import cell, edited, run, workbook_of

SUMMARY = "ตารางสรุป"


def test_import_that_fails_leaves_the_package_and_says_where(tmp_path: Path) -> None:
    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(workbook_of(VALID))
    assert run("import", path, "-o", folder).exit_code == 0
    kept = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    sheet_edit = edited(
        workbook_of(VALID), lambda book: setattr(cell(book[SUMMARY], "ปีงบประมาณ 2561", 1), "value", "?")
    )
    path.write_bytes(sheet_edit)
    refused = run("import", path, "-o", folder)
    assert refused.exit_code == 1
    assert f"{SUMMARY}!C9" in refused.output
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == kept
    path.write_bytes(
        edited(workbook_of(VALID), lambda book: setattr(cell(book[SUMMARY], "ปีงบประมาณ 2561", 1), "value", 7))
    )
    assert run("import", path, "-o", folder, "--dry-run").exit_code == 0
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == kept
    assert run("import", path, "-o", folder).exit_code == 0
    changed = {p.name for p in folder.rglob("*") if p.is_file() and p.read_bytes() != kept[p]}
    assert changed == {"budgets.csv"}


def test_workbook_of_another_plan_is_refused(tmp_path: Path) -> None:
    one, other = tmp_path / "one.xlsx", tmp_path / "other.xlsx"
    one.write_bytes(workbook_of(VALID))
    other.write_bytes(workbook_of(PLAN))
    assert run("import", one, "-o", tmp_path / "package").exit_code == 0
    refused = run("import", other, "-o", tmp_path / "package")
    assert (refused.exit_code, "is of the plan" in refused.output) == (2, True)


def _zip(parts: Mapping[str, str], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as packed:
        for name, text in parts.items():
            packed.writestr(name, text)
    return stream.getvalue()


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_REL = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def _parts(rows: str, before: str = "", sheet: str = '<sheet name="a" r:id="r1"/>') -> Mapping[str, str]:
    return {
        "xl/workbook.xml": f"<workbook {_MAIN} {_REL}><sheets>{sheet}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<R><Relationship Id="r1" Target="worksheets/a.xml"/></R>',
        "xl/worksheets/a.xml": f"{before}<worksheet {_MAIN}><sheetData>{rows}</sheetData></worksheet>",
    }


def _minimal(rows: str, before: str = "") -> bytes:
    return _zip(_parts(rows, before))


def _flipped(workbook: bytes) -> bytes:
    """A workbook in which the packed bytes of its first part begin with another bit."""
    at = workbook.index(b"xl/workbook.xml") + len("xl/workbook.xml")
    return workbook[:at] + bytes([workbook[at] | 0b110]) + workbook[at + 1 :]


def _marked(workbook: bytes) -> bytes:
    """A workbook whose directory marks its first part as encrypted."""
    at = workbook.index(b"PK\x01\x02") + 8
    return workbook[:at] + bytes([workbook[at] | 1]) + workbook[at + 1 :]


@pytest.mark.parametrize(
    ("data", "variant"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "damaged"),
        (b"PK\x03\x04 broken", "damaged"),
        (_zip({"word/document.xml": "<a/>"}), "other_form"),
        (_zip({"a.csv": "a,b"}), "not_workbook"),
        (_zip({"xl/workbook.bin": "x"}), "other_form"),
        (_minimal('<row r="1"><c r="XFD1048576"><v>1</v></c></row>'), "large"),
        (_minimal('<row r="1"><c r="ZZZ9"><v>1</v></c></row>'), "damaged"),
        (_minimal("", '<!DOCTYPE a [<!ENTITY b "c">]>'), "damaged"),
        (_minimal("", '<?xml version="1.0" encoding="cp037"?>'), "damaged"),
        (_zip({"xl/workbook.xml": "0" * 50_000_000}), "large"),
        (_minimal('<row r="1"><c r="xfd1048576"><v>1</v></c></row>'), "large"),
        (_minimal('<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>'), "large"),
        (_flipped(_minimal('<row r="1"><c r="A1"><v>1</v></c></row>')), "damaged"),
        (_marked(_minimal("")), "password"),
        (_zip(_parts("", sheet='<sheet name="a"/>')), "damaged"),
        (_zip(_parts(""), zipfile.ZIP_BZIP2), "damaged"),
    ],
    ids=[
        *(
            "empty",
            "old",
            "broken",
            "document",
            "another zip",
            "xlsb",
            "far cell",
            "beyond",
            "entities",
            "hidden entities",
            "bomb",
            "small letters",
        ),
        *("no address", "flipped bit", "encrypted", "no id of a sheet", "another packing"),
    ],
)
def test_file_that_is_no_workbook_or_hostile_is_refused(data: bytes, variant: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        read_sheets(data, "plan.xlsx")
    assert refused.value.params["variant"] == variant
    (tmp_path / "plan.xlsx").write_bytes(data)
    done = run("import", tmp_path / "plan.xlsx", "-o", tmp_path / "package")
    assert (done.exit_code, (tmp_path / "package").exists()) == (1, False)


def test_cells_without_an_address_follow_the_one_before() -> None:
    """As the reader of values counts them: addresses are optional in the format."""
    rows = '<row><c r="C1"><v>1</v></c><c t="e"><v>#REF!</v></c></row><row hidden="1"><c><f>A1</f></c></row>'
    (check,) = check_xlsx(_minimal(rows + '<row r="5000"><c><v>1</v></c></row>'), "plan.xlsx")
    assert (check.errors, check.unvalued, check.hidden_rows) == ({(0, 3): "#REF!"}, {(1, 0)}, {1})
    assert (check.last_row, check.last_column) == (4999, 3)


def test_reader_of_values_finds_cells_without_an_address() -> None:
    """What the check counts must be what the reader asks memory for."""
    book, stream = Workbook(), io.BytesIO()
    book["Sheet"]["C1"], book["Sheet"]["D1"], book["Sheet"]["A2"] = 1, 2, 3
    book.save(stream)
    with zipfile.ZipFile(stream) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert 'r="D1"' in sheet
    parts["xl/worksheets/sheet1.xml"] = re.sub(r' r="(?:D1|A2|2)"', "", sheet)
    (read,) = read_sheets(_zip(parts), "plan.xlsx")
    assert read.cells == [["", "", "1", "2"], ["3", "", "", ""]]
    assert (read.check.last_row, read.check.last_column) == (1, 3)


def test_workbook_without_a_sheet_of_a_plan_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    book["Sheet"]["A1"] = "hello"
    book.save(tmp_path / "plan.xlsx")
    done = run("import", tmp_path / "plan.xlsx", "-o", tmp_path / "package")
    assert (done.exit_code, "has no sheet of a plan" in done.output) == (1, True)
    missing = run("import", tmp_path / "none.xlsx", "-o", tmp_path / "package")
    assert (missing.exit_code, "There is no file" in missing.output) == (2, True)


def test_numbers_and_addresses_are_those_of_a_spreadsheet() -> None:
    assert [number_text(n) for n in (300000.0, 0.1 + 0.2, 1e-3, 1234567.89, 1e15)] == [
        *("300000", "0.3", "0.001", "1234567.89", "1000000000000000"),
    ]
    places = [Remark(RemarkKind.TAKEN, "row_hidden", "a", *place).place for place in ((0, 0), (8, 27))]
    assert places == ["a!A1", "a!AB9"]
    (check,) = check_xlsx(_minimal('<row r="9"><c r="AB9"><v>1</v></c></row>'), "plan.xlsx")
    assert (check.last_row, check.last_column) == (8, 27)
    assert cell_text(datetime(2567, 2, 28)) == "2024-02-28"
    assert [cell_text(float(text)) for text in ("nan", "-inf", "1e15")] == ["nan", "-inf", "1000000000000000"]


def test_new_package_of_a_workbook_has_the_descriptor_it_was_made_of(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(workbook_of(PLAN))
    assert run("import", path, "-o", tmp_path / "package").exit_code == 0
    made, source = (json.loads((folder / "datapackage.json").read_bytes()) for folder in (tmp_path / "package", PLAN))
    assert made == source
    assert validate(tmp_path / "package").valid


def test_package_whose_cells_cannot_be_read_is_refused_as_such(tmp_path: Path) -> None:
    package, path = tmp_path / "package", tmp_path / "plan.xlsx"
    copytree(VALID, package)
    replace_in(package / "data/budgets.csv", "20000.00", "20000 baht")
    done = run("template", "-o", path, "--from", package)
    assert (done.exit_code, "errors: " in done.output) == (1, True)
    assert not path.exists()
    path.write_bytes(workbook_of(VALID))
    assert run("import", path, "-o", package).exit_code == 1


def test_import_into_a_release_or_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    path, folder = tmp_path / "plan.xlsx", tmp_path / "other"
    path.write_bytes(workbook_of(VALID))
    folder.mkdir()
    (folder / "note.txt").write_text("mine", encoding="utf-8")
    assert run("import", path, "-o", folder).exit_code == 2
    assert [file.name for file in folder.iterdir()] == ["note.txt"]
