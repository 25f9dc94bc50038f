"""The copy of a workbook with remarks: notes and colours on cells, a list of all, and every other part as it was."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook import Workbook

from khelang_opendata import Language
from khelang_opendata.intake.noted_cells import CellNote, NoteKind
from khelang_opendata.intake.remarked_copy import check_copy, remarked
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.intake.xlsx_cells import place_of
from khelang_opendata.model.failures import UsageError
from tests.conftest import PLAN, VALID, needs
from tests.workbooks import cell, edited, imported, run, workbook_of

SUMMARY = "ตารางสรุป"
SHEET_PART = "xl/worksheets/sheet1.xml"
LIST = "khelang remarks"
RED = "FFF8C9C3"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
TOUCHED = ("[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")


def spoil(book: Workbook) -> None:
    cell(book[SUMMARY], "ปีงบประมาณ 2561", 1).value = "?"
    cell(book[SUMMARY], "ปีงบประมาณเริ่มต้น", 2).value = 2550


def noted(data: bytes, *places: str, sheet: str = SUMMARY, text: str = "ดูช่องนี้") -> bytes:
    """A copy with an error on each place."""
    notes = [CellNote(NoteKind.REFUSED, sheet, place, place_of(place), "", text, "แก้") for place in places]
    return remarked(data, "plan.xlsx", read_sheets(data, "plan.xlsx"), notes, Language.EN)


@cache
def table(*, is_rich: bool = False) -> bytes:
    """A small workbook; a rich one has much that a tree of objects loses: sparklines, a text box, data bars."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as excel:
        sheet = excel.add_worksheet(SUMMARY)
        for row in range(20):
            sheet.write_row(row, 0, ["ก", row, row + 1, "-"])
        sheet.write_formula("F10", "=SUM(B1:B20)", None, 190)
        sheet.data_validation("D1:D20", {"validate": "list", "source": ["-", "0"]})
        if is_rich:
            sheet.conditional_format("B1:B20", {"type": "data_bar", "data_bar_2010": True})
            sheet.add_sparkline("G1", {"range": f"'{SUMMARY}'!B1:B20"})
            sheet.insert_textbox("I2", "ข้อความ")
        chart = excel.add_chart({"type": "bar"})
        chart.add_series({"values": f"='{SUMMARY}'!$B$1:$B$20"})
        sheet.insert_chart("I9", chart)
        sheet.merge_range("A25:C25", "รวม")
        sheet.protect()
        excel.add_worksheet("อื่น").write_comment("A1", "ของผู้ใช้", {"author": "สมชาย"})
    return stream.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def notes_of(data: bytes, sheet: str = SUMMARY) -> dict[str, tuple[str, str]]:
    """Author and text of each note of a sheet."""
    cells = (c for row in load_workbook(io.BytesIO(data))[sheet].iter_rows() for c in row if c.comment)
    return {c.coordinate: (c.comment.author, c.comment.text) for c in cells if c.comment}


def fill_of(data: bytes, place: str, sheet: str = SUMMARY) -> str:
    return str(load_workbook(io.BytesIO(data))[sheet][place].fill.fgColor.rgb)


def saved_by_libreoffice(data: bytes, folder: Path, form: str = "xlsx") -> bytes:
    path = folder / "plan.xlsx"
    path.write_bytes(data)
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
    subprocess.run(
        [*command, "--outdir", str(folder / "saved"), str(path)], capture_output=True, timeout=180, check=True
    )
    return (folder / f"saved/plan.{form}").read_bytes()


def test_findings_and_cells_that_are_not_understood_are_on_the_copy(tmp_path: Path) -> None:
    path, copy = tmp_path / "plan.xlsx", tmp_path / "copy.xlsx"
    path.write_bytes(edited(workbook_of(VALID), spoil))
    before = path.read_bytes()
    done = run("validate", path, "--remarks", copy)
    assert done.exit_code == 1
    assert path.read_bytes() == before
    notes = notes_of(copy.read_bytes())
    assert {place: author for place, (author, _) in notes.items()} == {"C9": "khelang", "R10": "khelang"}
    assert notes["C9"][1].startswith("khelang · Not understood: ")
    assert notes["R10"][1].startswith("khelang · Error: ")
    assert "To do: " in notes["R10"][1]
    assert {fill_of(copy.read_bytes(), place) for place in notes} == {RED}
    listed = load_workbook(copy)[LIST]
    rows = [row[:3] for row in listed.iter_rows(min_row=5, values_only=True)]
    assert (SUMMARY, "C9", "Not understood") in rows
    assert (SUMMARY, "R10", "Error") in rows
    assert listed["B5"].hyperlink.location == f"'{SUMMARY}'!C9"


def test_import_writes_the_copy_whether_it_stops_or_not(tmp_path: Path) -> None:
    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(edited(workbook_of(VALID), spoil))
    assert run("import", path, "-o", folder, "--remarks", tmp_path / "1.xlsx").exit_code == 1
    assert not folder.exists()
    assert {*notes_of((tmp_path / "1.xlsx").read_bytes())} == {"C9", "R10"}
    path.write_bytes(edited(workbook_of(VALID), lambda book: book[SUMMARY].__setitem__("C9", 5)))
    assert run("import", path, "-o", folder, "--remarks", tmp_path / "2.xlsx").exit_code == 0
    assert (folder / "datapackage.json").exists()
    assert 'from "20000.00" to "5"' in notes_of((tmp_path / "2.xlsx").read_bytes())["C9"][1]


def test_import_of_a_copy_is_that_of_the_workbook() -> None:
    data = edited(workbook_of(VALID), spoil)
    one, other = imported(data), imported(noted(data, "C9", "A1", "C200"))
    assert one.tables == other.tables
    assert [(r.code, r.place) for r in one.remarks] == [(r.code, r.place) for r in other.remarks]


def test_all_other_parts_are_byte_for_byte_as_they_were() -> None:
    before, after = (parts_of(data) for data in (table(is_rich=True), noted(table(is_rich=True), "C9", "J30")))
    assert {name for name in before if before[name] != after[name]} == {*TOUCHED, SHEET_PART, RELATIONS}
    assert {*after} - {*before} == {
        "xl/comments2.xml",
        "xl/drawings/vmlDrawing2.vml",
        "xl/worksheets/khelang1.xml",
    }
    marks = ("<f>SUM(B1:B20)</f><v>190</v>", "x14:sparkline", "x14:dataBar", "<dataValidation ", "<sheetProtection ")
    assert all(mark.encode() in after[SHEET_PART] for mark in marks)


def test_second_copy_renews_our_notes_and_keeps_the_users() -> None:
    def add(book: Workbook) -> None:
        for place in ("C9", "E12"):
            book[SUMMARY][place].comment = Comment("ของผู้ใช้", "สมชาย")
        book[SUMMARY]["C9"].fill = PatternFill("solid", fgColor="FF00B050")

    data = edited(table(), add)
    first = noted(data, "C9", "D10", text="ครั้งแรก")
    assert notes_of(first)["C9"] == ("สมชาย", "ของผู้ใช้\nkhelang · Not understood: ครั้งแรก")
    second = noted(first, "D10", "F11", text="ครั้งที่สอง")
    assert notes_of(second) == {
        "C9": ("สมชาย", "ของผู้ใช้"),
        "E12": ("สมชาย", "ของผู้ใช้"),
        "D10": ("khelang", "khelang · Not understood: ครั้งที่สอง"),
        "F11": ("khelang", "khelang · Not understood: ครั้งที่สอง"),
    }
    assert [fill_of(second, place) for place in ("C9", "D10", "F11")] == ["FF00B050", RED, RED]
    third = noted(second)
    assert {*notes_of(third)} == {"C9", "E12"}
    assert [fill_of(third, place) for place in ("D10", "F11")] == [fill_of(data, place) for place in ("D10", "F11")]
    names = [load_workbook(io.BytesIO(copy)).sheetnames for copy in (first, third)]
    assert names == [[SUMMARY, "อื่น", LIST]] * 2


def test_words_that_a_user_adds_to_our_note_stay() -> None:
    def answer(book: Workbook) -> None:
        note = book[SUMMARY]["C9"].comment
        assert note
        book[SUMMARY]["C9"].comment = Comment(f"{note.text}\nแก้แล้ว", "khelang")

    answered = edited(noted(table(), "C9", "D9"), answer)
    assert notes_of(noted(answered, "D9"))["C9"][1].strip() == "แก้แล้ว"


def test_notes_of_saved_copies_are_renewed() -> None:
    """A spreadsheet program writes all parts in its own words; openpyxl names the namespaces of drawings anew."""
    saved = edited(noted(table(), "C9", "D10", text="ครั้งแรก"), lambda book: None)
    second = noted(saved, "D10", "E11", text="ครั้งที่สอง")
    assert {place: text[-11:] for place, (_, text) in notes_of(second).items()} == {
        "D10": "ครั้งที่สอง",
        "E11": "ครั้งที่สอง",
    }
    assert [fill_of(second, place) == RED for place in ("C9", "D10", "E11")] == [False, True, True]
    assert len(load_workbook(io.BytesIO(second)).sheetnames) == len(load_workbook(io.BytesIO(saved)).sheetnames)


@needs("soffice")
@pytest.mark.system
def test_libreoffice_reads_the_notes_and_its_file_takes_notes(tmp_path: Path) -> None:
    def add(book: Workbook) -> None:
        book[SUMMARY]["E12"].comment = Comment("ของผู้ใช้", "สมชาย")

    first = saved_by_libreoffice(noted(edited(table(), add), "C9", "D10", text="ครั้งแรก"), tmp_path)
    texts = {place: text for place, (_, text) in notes_of(first).items()}
    assert texts.pop("E12") == "ของผู้ใช้"
    assert texts == dict.fromkeys(("C9", "D10"), "khelang · Not understood: ครั้งแรก")
    second = noted(first, "D10", "F11", text="ครั้งที่สอง")
    assert {*notes_of(second)} == {"D10", "E12", "F11"}
    last = saved_by_libreoffice(second, tmp_path)
    assert {place: text[-11:] for place, (_, text) in notes_of(last).items() if place != "E12"} == {
        "D10": "ครั้งที่สอง",
        "F11": "ครั้งที่สอง",
    }


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, part in parts.items():
            file.writestr(name, part)
    return stream.getvalue()


def small(sheet: str, **more: str | bytes) -> bytes:
    """A workbook of one sheet, with the parts that it must have and more."""
    types = f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{RELS}"/>'
    types += f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" {BOOK}/>'
    types += f'<Override PartName="/xl/worksheets/a.xml" {SHEET}/></Types>'
    named = '<sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
    return packed(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{LINKS}">{named}</workbook>',
            "xl/_rels/workbook.xml.rels": relations(("r1", "worksheet", "worksheets/a.xml")),
            "xl/worksheets/a.xml": sheet,
            **more,
        }
    )


def relations(*entries: tuple[str, str, str]) -> str:
    texts = (f'<Relationship Id="{i}" Type="{LINKS}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{"".join(texts)}</Relationships>'


RELS = "application/vnd.openxmlformats-package.relationships+xml"
BOOK = 'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"'
SHEET = 'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"'


@pytest.mark.parametrize(
    "data",
    [
        f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData></sheetData><printOptions gridLines="1"/></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"/><row r="9" spans="1:1"/></sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="2"><c r="A2"/><c r="D2"/></row></sheetData></worksheet>',
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="C2"/></x:row></x:sheetData></x:worksheet>',
        f"<worksheet xmlns='{MAIN}'><sheetData><row r='2' ><c r='B2' s='0' /></row></sheetData></worksheet>",
    ],
    ids=["no rows", "empty", "closed rows", "no addresses", "between", "prefix", "single quotes"],
)
def test_cells_that_a_sheet_lacks_are_put_in_their_place(data: str) -> None:
    copy = noted(small(data), "B2", "A9", "C1", sheet="a")
    assert {*notes_of(copy, "a")} == {"B2", "A9", "C1"}
    assert {fill_of(copy, place, "a") for place in ("B2", "A9", "C1")} == {RED}
    sheet = parts_of(copy)["xl/worksheets/a.xml"]
    places = [
        place_of(part.split('"')[0].split("'")[0]) for part in sheet.decode().replace("r='", 'r="').split('c r="')[1:]
    ]
    assert places == sorted(places)
    read = {s.name: s.cells for s in read_sheets(copy, "x")}
    assert [v for row in read["a"] for v in row if v] == [
        v for row in read_sheets(small(data), "x")[0].cells for v in row if v
    ]


def test_merged_cells_get_the_note_on_the_one_that_shows() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="B2:D4"/></mergeCells>'
    copy = noted(small(f'<worksheet xmlns="{MAIN}"><sheetData/>{merged}</worksheet>'), "C3", "D4", sheet="a")
    assert {*notes_of(copy, "a")} == {"B2"}
    assert notes_of(copy, "a")["B2"][1].count("khelang · ") == 2


def test_parts_in_utf_16_and_with_attributes_that_name_prefixes_stay_valid() -> None:
    spaces = f'xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    spaces += 'mc:Ignorable="x14ac" xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    row = '<sheetData><row r="2" x14ac:dyDescent="0.25"><c r="B2" t="inlineStr"><is><t>ก</t></is></c></row></sheetData>'
    text = f'<?xml version="1.0" encoding="UTF-16"?><worksheet {spaces}>{row}</worksheet>'
    copy = noted(small("", **{"xl/worksheets/a.xml": text.encode("utf-16")}), "B2", sheet="a")
    assert spaces.encode() in parts_of(copy)["xl/worksheets/a.xml"]
    assert load_workbook(io.BytesIO(copy))["a"]["B2"].value == "ก"
    assert {*notes_of(copy, "a")} == {"B2"}


def test_thread_of_comments_is_left_alone_and_the_remark_is_in_the_list() -> None:
    comments = f'<comments xmlns="{MAIN}"><authors><author>tc={{1}}</author></authors><commentList>'
    comments += '<comment ref="B2" authorId="0"><text><t>thread</t></text></comment></commentList></comments>'
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    links = relations(("r9", "comments", "../comments7.xml"))
    more = {"xl/worksheets/_rels/a.xml.rels": links, "xl/comments7.xml": comments}
    copy = noted(small(sheet, **more), "B2", sheet="a")
    assert parts_of(copy)["xl/comments7.xml"].count(b"<comment ") == 1
    assert b"thread</t></text>" in parts_of(copy)["xl/comments7.xml"]
    assert [row[:2] for row in load_workbook(io.BytesIO(copy))[LIST].iter_rows(min_row=5, values_only=True)] == [
        ("a", "B2")
    ]


@pytest.mark.parametrize(
    ("name", "prepare", "said"),
    [
        ("plan.xlsx", lambda path: None, "is the workbook that is read"),
        ("copy.xls", lambda path: None, "does not end in .xlsx"),
        ("copy.xlsx", lambda path: path.write_bytes(table()), "exists and may have been worked on"),
        ("copy.xlsx", lambda path: path.write_text("x"), "exists and may have been worked on"),
        ("nowhere/copy.xlsx", lambda path: None, "nowhere"),
        ("package/copy.xlsx", lambda path: None, "lies inside the package"),
    ],
)
def test_copy_overwrites_nothing_that_is_not_ours(
    name: str, prepare: Callable[[Path], object], said: str, tmp_path: Path
) -> None:
    (tmp_path / "plan.xlsx").write_bytes(workbook_of(VALID))
    (tmp_path / "package").mkdir()
    (tmp_path / "package/datapackage.json").write_text("{}")
    prepare(tmp_path / name)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = run("validate", tmp_path / "plan.xlsx", "--remarks", tmp_path / name)
    assert done.exit_code in (2, 3)
    assert said in done.output
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_copy_is_replaced_until_a_person_saves_it(tmp_path: Path) -> None:
    path, copy = tmp_path / "plan.xlsx", tmp_path / "copy.xlsx"
    path.write_bytes(table())
    copy.write_bytes(noted(table(), "C9"))
    check_copy(copy, path, table())
    copy.write_bytes(edited(copy.read_bytes(), lambda book: None))
    with pytest.raises(UsageError, match="may have been worked on"):
        check_copy(copy, path, table())


def test_remarks_are_of_one_workbook(tmp_path: Path) -> None:
    for paths in ([PLAN], [PLAN, PLAN]):
        done = run("validate", *paths, "--remarks", tmp_path / "copy.xlsx")
        assert done.exit_code == 2
        assert "is not one workbook" in done.output


def test_file_of_another_form_gets_a_workbook_that_lists_its_remarks() -> None:
    """The values are those of the sheets that were read, whatever the form of the file."""
    sheets = read_sheets(table(), "plan.xlsx")
    notes = [CellNote(NoteKind.ERROR, SUMMARY, "C9", (8, 2), "?", "=1+1 ผิด", "แก้")]
    book = load_workbook(io.BytesIO(remarked(b"a;b\n", "plan.csv", sheets, notes, Language.TH)))
    (sheet,) = book.worksheets
    assert [*sheet.iter_rows(min_row=5, values_only=True)] == [(SUMMARY, "C9", "ข้อผิดพลาด", "?", "=1+1 ผิด", "แก้")]
    assert sheet["E5"].data_type == "s"


def test_text_with_signs_of_xml_comes_out_as_it_is() -> None:
    text = "a<b>&\"' ]]> &amp; \U0001f600"
    copy = noted(table(), "C9", text=text)
    assert notes_of(copy)["C9"][1].removeprefix("khelang · Not understood: ") == text
    assert load_workbook(io.BytesIO(copy))[LIST]["E5"].value == text
