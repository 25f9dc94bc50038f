"""Workbooks of a plan as people damage their sheets, each with what import must make of it.

A workbook is the one that ``khelang template --from`` makes of the first plan, with few rows of details. The summary
table has its heading in row 8 and its 15 rows in 9 to 23; the other sheets have their heading in row 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any, Literal

from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

SUMMARY, UNITS, DIMENSIONS, MISSIONS, STEPS = "ตารางสรุป", "หน่วยงาน", "มิติ", "ภารกิจ", "ขั้นตอน"
GUIDE, OBJECTIVES, TARGETS, FACTS, SNAPSHOT, LISTS = "คำแนะนำ", "วัตถุประสงค์", "กลุ่มเป้าหมาย", "แผน", "_khelang", "_lists"
HEADING, FIRST, LAST = 8, 9, 23
U02 = "khelang-nakhon-2566-2570-U02"
TITLE = "โครงการฝึกอบรมสัมมนาเพื่อพัฒนาบุคลากรเทศบาลเมืองเขลางค์นคร"
HEALTH = "กองทุนหลักประกันสุขภาพ (สปสช.)"
YEARS = "CDEFG"

Damage = Callable[[Workbook], None]
Remarks = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A damage and its right result.

    Attributes:
        name: what was done.
        damage: does it to a workbook.
        refused: codes and places of the remarks that stop the import.
        deleted: how many rows are to be deleted, which holds the import.
        said: codes and places of all other remarks.
        changed: the cells of the package that are other than before: table, end of the record's id, column, text.
        added: how many rows the tables have more.
        baht: how much more all budgets together are.
        is_new: whether the folder is new, so that ids come from the workbook alone.
        failure: the code of a failure of the whole import.
        is_noisy: whether changes and deletions follow that are not counted, for the import is refused.
    """

    name: str
    damage: Damage
    refused: tuple[tuple[str, str], ...] = ()
    deleted: int = 0
    said: tuple[tuple[str, str], ...] = ()
    changed: tuple[tuple[str, str, str, str], ...] = ()
    added: Mapping[str, int] = field(default_factory=dict)
    baht: int = 0
    is_new: bool = False
    failure: str = ""
    is_noisy: bool = False

    @property
    def is_taken(self) -> bool:
        return not (self.refused or self.deleted or self.failure)


def at(cell: str, sheet: str = SUMMARY) -> str:
    """A place as remarks name it; a number alone is a row."""
    return f"{sheet}!{cell}:{cell}" if cell.isdigit() else f"{sheet}!{cell}"


def put(sheet: str = SUMMARY, **values: Any) -> Damage:
    """Type values into cells."""

    def damage(book: Workbook) -> None:
        for place, value in values.items():
            book[sheet][place] = value

    return damage


def both(*damages: Damage) -> Damage:
    def damage(book: Workbook) -> None:
        for one in damages:
            one(book)

    return damage


def copied(row: int, to: int = LAST + 1, *, inserted: bool = False, **values: Any) -> Damage:
    """Copy a row of the summary table, and type over some of its cells."""

    def damage(book: Workbook) -> None:
        sheet = book[SUMMARY]
        texts = [cell.value for cell in sheet[row]]
        if inserted:
            sheet.insert_rows(to)
        for place, text in enumerate(texts, 1):
            sheet.cell(to, place).value = text
        for letter, value in values.items():
            sheet[f"{letter}{to}"] = value

    return damage


def rows_inserted(row: int, *lines: Mapping[str, Any], sheet: str = SUMMARY) -> Damage:
    """Insert rows, each with the values of its letters."""

    def damage(book: Workbook) -> None:
        book[sheet].insert_rows(row, len(lines))
        for number, line in enumerate(lines, row):
            for letter, value in line.items():
                book[sheet][f"{letter}{number}"] = value

    return damage


def rows_deleted(row: int, amount: int = 1, sheet: str = SUMMARY) -> Damage:
    return lambda book: book[sheet].delete_rows(row, amount)


def merged(area: str, value: Any, sheet: str = SUMMARY) -> Damage:
    def damage(book: Workbook) -> None:
        book[sheet].merge_cells(area)
        book[sheet][area.partition(":")[0]] = value

    return damage


def band(row: int, text: str) -> Damage:
    return both(rows_inserted(row, {}), merged(f"A{row}:M{row}", text))


def headings_again(row: int, *, changed: Mapping[str, str] | None = None) -> Damage:
    def damage(book: Workbook) -> None:
        sheet = book[SUMMARY]
        labels = {cell.column_letter: cell.value for cell in sheet[HEADING] if cell.value}
        rows_inserted(row, {**labels, **(changed or {})})(book)

    return damage


ENGLISH = {
    **{
        "A": "No.",
        "B": "Project, activity or measure",
        "H": "Lead unit",
        "I": "Dimension",
        "J": "Mission",
        "K": "Kind",
    },
    **{letter: f"Fiscal year {year}" for letter, year in zip(YEARS, range(2566, 2571), strict=True)},
}
SPELT = {"B": "โครงการ/กิจกรรม/มาตรการ", "C": "ปีงบประมาณ พ.ศ. 2566", "H": "หน่วยงานรับผิดชอบ"}


def removed(name: str) -> Damage:
    def damage(book: Workbook) -> None:
        del book[name]

    return damage


def renamed(**names: str) -> Damage:
    def damage(book: Workbook) -> None:
        for old, new in names.items():
            book[old].title = new

    return damage


def exchanged(one: str, other: str) -> Damage:
    def damage(book: Workbook) -> None:
        first, second = book[one], book[other]
        first.title, second.title = "x", one
        first.title = other

    return damage


def hidden(name: str, state: Literal["hidden", "veryHidden"] = "hidden") -> Damage:
    def damage(book: Workbook) -> None:
        book[name].sheet_state = state

    return damage


def sheet_copied(name: str, title: str, **values: Any) -> Damage:
    def damage(book: Workbook) -> None:
        book.copy_worksheet(book[name]).title = title
        put(title, **values)(book)

    return damage


def emptied(name: str) -> Damage:
    def damage(book: Workbook) -> None:
        at = book.sheetnames.index(name)
        state = book[name].sheet_state
        del book[name]
        book.create_sheet(name, at).sheet_state = state

    return damage


def column_deleted(letter: str, sheet: str = SUMMARY) -> Damage:
    def damage(book: Workbook) -> None:
        for row in range(1, book[sheet].max_row + 1):
            if row >= HEADING or sheet != SUMMARY:
                book[sheet][f"{letter}{row}"] = None

    return damage


def column_copied(letter: str, to: str, *, plus: int = 0) -> Damage:
    def damage(book: Workbook) -> None:
        sheet = book[SUMMARY]
        for row in range(HEADING, LAST + 1):
            value = sheet[f"{letter}{row}"].value
            sheet[f"{to}{row}"] = value + plus if isinstance(value, int) else value

    return damage


def snapshot_cell(row: int, column: int, value: Any) -> Damage:
    def damage(book: Workbook) -> None:
        book[SNAPSHOT].cell(row, column).value = value

    return damage


def snapshot_halved(book: Workbook) -> None:
    sheet = book[SNAPSHOT]
    sheet.delete_rows(sheet.max_row // 2, sheet.max_row)


def snapshot_columns_deleted(book: Workbook) -> None:
    book[SNAPSHOT].delete_cols(3)


def invisible(sign: str) -> Damage:
    return put(B9=f"{TITLE[:10]}{sign}{TITLE[10:]}")


def sorted_alone(letter: str, last: int = LAST) -> Damage:
    def damage(book: Workbook) -> None:
        sheet = book[SUMMARY]
        values = sorted((sheet[f"{letter}{row}"].value for row in range(FIRST, last + 1)), key=str)
        for row, value in enumerate(values, FIRST):
            sheet[f"{letter}{row}"] = value

    return damage


def other_sheet(name: str) -> Damage:
    def damage(book: Workbook) -> None:
        book.create_sheet(name).append(["เดือน", "จำนวนเงิน", 300])

    return damage


def rows_hidden(*rows: int) -> Damage:
    def damage(book: Workbook) -> None:
        for row in rows:
            book[SUMMARY].row_dimensions[row].hidden = True

    return damage


def styled_far_down(book: Workbook) -> None:
    style = copy(book[SUMMARY]["B9"].font)
    for row in range(2001, 12001):
        book[SUMMARY].cell(row, 2).font = style


def all_protected(book: Workbook) -> None:
    for sheet in book:
        sheet.protection.sheet = True
        sheet.protection.set_password("plan")


def moved_far_down(book: Workbook) -> None:
    sheet = book[SUMMARY]
    for place, cell in enumerate(sheet[LAST - 3], 1):
        sheet.cell(LAST + 2100, place).value = cell.value
        cell.value = None


def unit_deleted(book: Workbook) -> None:
    """Delete a unit that is responsible for projects."""
    sheet: Worksheet = book[UNITS]
    (row,) = (row for row in range(5, 40) if sheet[f"A{row}"].value == "งานหลักประกันสุขภาพ")
    sheet.delete_rows(row)


def unit_renamed(book: Workbook) -> None:
    sheet: Worksheet = book[UNITS]
    (row,) = (row for row in range(5, 40) if sheet[f"A{row}"].value == "งานหลักประกันสุขภาพ")
    sheet[f"A{row}"] = "งานหลักประกันสุขภาพและผู้สูงอายุ"


def numbered_anew(book: Workbook) -> None:
    """Number the projects from 1 in each dimension."""
    sheet = book[SUMMARY]
    before, number, title = "", 0, ""
    for row in range(FIRST, LAST + 1):
        dimension = str(sheet[f"I{row}"].value)
        number = 1 if dimension != before else number + (title != sheet[f"B{row}"].value)
        before, title = dimension, str(sheet[f"B{row}"].value)
        sheet[f"A{row}"] = number


def second_table(book: Workbook) -> None:
    """A second table below the first, with a heading of its own and a further project."""
    sheet = book[SUMMARY]
    for place, cell in enumerate(sheet[HEADING], 1):
        sheet.cell(LAST + 4, place).value = cell.value
    line: dict[str, Any] = {"A": 46, "B": "มาตรการตรวจสอบการเบิกจ่าย", "C": 1000, "D": 0, "E": 0, "F": 0, "G": 0}
    put(B26="แผนงานเพิ่มเติม พ.ศ. 2566", **{f"{letter}{LAST + 5}": value for letter, value in line.items()})(book)


def signs(row: int) -> Damage:
    lines = (
        {"B": "ลงชื่อ ………………………… ผู้จัดทำ", "F": "ลงชื่อ ………………………… ผู้อนุมัติ"},
        {"B": "(นายสมชาย ใจดี)", "F": "(นางสาวสมหญิง รักดี)"},
        {"B": "ตำแหน่ง นักวิเคราะห์นโยบายและแผน", "F": "ตำแหน่ง ปลัดเทศบาล"},
        {"B": "วันที่ ๑ ตุลาคม ๒๕๖๕"},
    )
    return rows_inserted(row, *lines)


def all_of(code: str, *places: str) -> tuple[tuple[str, str], ...]:
    return tuple((code, at(place)) for place in places)


LINES = all_of("line_added", *(f"{letter}24" for letter in YEARS))
SUM_2566, SUM_TOP = 4718755, 821600
"""The amounts of 2566 of all rows, and of the first eight, which are of dimension 1."""


def _copies() -> Iterator[Case]:
    below = at("24")
    yield Case("row copied to the end", copied(9), (("row_repeated", below),))
    yield Case("row copied with another amount", copied(9, C=5), (("row_repeated", below),))
    yield Case("row copied without its source", copied(9, L=None), (("row_repeated", below),))
    yield Case(
        "row copied without number and title",
        copied(9, A=None, B=None),
        said=(("row_continues", below),),
        refused=(("row_repeated", below),),
    )
    yield Case("row of three sources copied", copied(22), (("row_repeated", below),))
    yield Case("row copied into the middle", copied(9, 19, inserted=True), (("row_repeated", at("19")),))
    yield Case("row copied above its own", copied(20, 9, inserted=True), (("row_repeated", at("21")),))
    yield Case("row copied with number 46", copied(9, A=46), (("project_repeated", at("B24")),))
    yield Case("row copied with number 46 and another amount", copied(9, A=46, C=5), (("project_repeated", at("B24")),))
    yield Case("row copied without a number", copied(9, A=None), (("project_repeated", at("B24")),))
    yield Case("row copied with a slip in the title", copied(9, B=f"{TITLE}."), (("row_repeated", below),))
    yield Case("row copied with a word more", copied(9, B=TITLE + "ครั้ง"), (("title_nearly", at("B24")),))
    yield Case("row copied with another source", copied(9, L=HEALTH), said=LINES, added={"budgets": 5}, baht=1500000)
    yield Case(
        "row copied with another unit and number",
        copied(9, A=46, H="สำนักปลัด"),
        said=(("project_alike", at("B24")), ("row_added", below), *LINES),
        added={"projects": 1, "budgets": 5},
        baht=1500000,
    )
    yield Case(
        "all rows copied",
        both(*(copied(row, row + 15) for row in range(9, 24))),
        all_of("row_repeated", *(str(row) for row in range(24, 39))),
    )


def _snapshots() -> Iterator[Case]:
    damages = {
        "a cell of the snapshot changed": snapshot_cell(40, 4, "x"),
        "a cell of the snapshot emptied": snapshot_cell(40, 3, None),
        "the snapshot half deleted": snapshot_halved,
        "a column of the snapshot deleted": snapshot_columns_deleted,
        "the snapshot with wrong JSON": snapshot_cell(2, 2, "{"),
        "the snapshot emptied": emptied(SNAPSHOT),
        "the first cell of the snapshot changed": snapshot_cell(1, 1, "khelang"),
        "the hash of the snapshot changed": snapshot_cell(1, 2, "0"),
        "a row in the snapshot before its table": snapshot_cell(3, 1, "row"),
    }
    for name, damage in damages.items():
        yield Case(name, damage, said=(("snapshot_damaged", SNAPSHOT),))
        yield Case(f"{name}, in a new folder", damage, is_new=True, failure="ids_damaged")
    yield Case("the snapshot renamed", renamed(_khelang="Sheet1"), is_new=True)
    yield Case("the snapshot removed", removed(SNAPSHOT))


def _notes() -> Iterator[Case]:
    yield Case("signatures below the table", signs(25), said=all_of("note_left_out", "25", "26", "27", "28"))
    yield Case("signatures right below the last row", signs(24), said=all_of("note_left_out", "24", "25", "26", "27"))
    notes = {"B25": "หมายเหตุ: งบประมาณอาจเปลี่ยนแปลงได้", "B26": "ที่มา: แผนพัฒนาท้องถิ่น", "B27": "- ข้อมูล ณ วันที่ทำแผน"}
    yield Case("notes below the table", put(**notes), said=all_of("note_left_out", "25", "26", "27"))
    yield Case(
        "note in the column of numbers", put(A25="หมายเหตุ", B25="ไม่รวมเงินอุดหนุน"), said=all_of("note_left_out", "25")
    )
    yield Case("English note", put(B25="Note: amounts may change"), said=all_of("note_left_out", "25"))
    yield Case(
        "a row of dots",
        put(B25="......................", B26="(......................)"),
        said=all_of("note_left_out", "25", "26"),
    )
    yield Case(
        "a line of prose below the notes",
        put(B25="หมายเหตุ", B26="งบประมาณของปีถัดไปเป็นการประมาณการ"),
        (("row_unclear", at("26")),),
        said=all_of("note_left_out", "25"),
    )
    yield Case(
        "words of a note beside a unit",
        put(B24="ลงนาม (MOU) กับชุมชน", H24="กองคลัง"),
        (("row_unclear", at("24")),),
    )
    line: dict[str, Any] = {"A": 46, "B": "มาตรการตรวจสอบการเบิกจ่าย", "C": 1000}
    added = (("row_added", at("26")), ("kind_taken", at("K26")), ("years_taken", at("S26")), ("line_added", at("C26")))
    yield Case(
        "a project below a note",
        put(B25="หมายเหตุ", **{f"{k}26": v for k, v in line.items()}),
        said=(*all_of("note_left_out", "25"), *added),
        added={"projects": 1, "budgets": 1},
        baht=1000,
    )
    taken = (
        ("row_added", at("24")),
        ("ordinal_taken", at("A24")),
        ("years_taken", at("S24")),
        ("kind_taken", at("K24")),
    )
    yield Case("a project of a title alone", put(B24="โครงการตำแหน่งงานโปร่งใส"), said=taken, added={"projects": 1})


def _headings() -> Iterator[Case]:
    yield Case("heading again", headings_again(19), said=all_of("heading_repeated", "19"))
    yield Case("heading again in English", headings_again(19, changed=ENGLISH), said=all_of("heading_repeated", "19"))
    yield Case(
        "heading again, spelt otherwise", headings_again(19, changed=SPELT), said=all_of("heading_repeated", "19")
    )
    again = {"A": "ที่", "B": "โครงการ กิจกรรม หรือมาตรการ"}
    yield Case("part of the heading again", rows_inserted(19, again), said=all_of("heading_repeated", "19"))
    yield Case("merged band of a dimension", band(21, "มิติที่ ๓*"), said=(("section_read", at("A21")),))
    others = tuple(("section_contradicted", at(f"I{row}")) for row in range(21, 25))
    yield Case(
        "merged band of another dimension",
        band(20, "มิติที่ ๑ การสร้างวัฒนธรรมสุจริต"),
        others,
        said=(("section_read", at("A20")),),
    )
    yield Case("merged band of other words", band(9, "แผนงานบริหารทั่วไป"), said=all_of("band_left_out", "9"))
    of_mission, last = {"B": "ภารกิจที่ 2.2 มาตรการส่งเสริม"}, rows_inserted(21, {"A": "มิติที่ 3*"})
    read = (("section_read", at("B19")), ("section_read", at("A22")))
    yield Case("band in one cell", both(last, rows_inserted(19, of_mission)), said=read)
    others = (*others, ("section_contradicted", at("J21")))
    yield Case(
        "band of another mission",
        rows_inserted(20, {"B": "ภารกิจที่ 1.2 การป้องกัน"}),
        others,
        said=(("section_read", at("B20")),),
    )
    read = (("section_read", at("A17")), ("section_read", at("A22")))
    yield Case("bands in the column of numbers", both(last, rows_inserted(17, {"A": "มิติที่ 2"})), said=read)
    numbers: dict[str, dict[str, Any]] = {
        "(1) (2) (3)": {letter: f"({number})" for number, letter in enumerate("ABCDEFGHIJKLM", 1)},
        "1 2 3": {letter: number for number, letter in enumerate("ABCDEFGHIJKLM", 1)},
        "Thai digits": {"A": "๑", "B": "๒", "C": "๓", "D": "๔", "E": "๕", "F": "๖", "G": "๗"},
    }
    for name, line in numbers.items():
        yield Case(f"column numbers {name}", rows_inserted(9, line), said=all_of("numbers_left_out", "9"))
    yield Case("heading deleted", rows_deleted(HEADING), (("headings_missing", SUMMARY),))
    yield Case("heading and example deleted", rows_deleted(7, 2), (("headings_missing", SUMMARY),))
    yield Case("heading of the units deleted", rows_deleted(4, sheet=UNITS), (("headings_missing", UNITS),))
    yield Case("heading of the steps deleted", rows_deleted(4, sheet=STEPS), (("headings_missing", STEPS),))
    yield Case("heading of the titles emptied", put(B8=None), (("headings_missing", SUMMARY),))


def _totals() -> Iterator[Case]:
    left = all_of("total_left_out", "24")
    sums = {f"{letter}24": f"=SUM({letter}9:{letter}23)" for letter in YEARS}
    yield Case("total by formulas without values", put(B24="รวมทั้งสิ้น", **sums), said=left)
    yield Case("total in the column of numbers", put(A24="รวม", **sums), said=left)
    yield Case(
        "total of a dimension by formulas",
        rows_inserted(20, {"B": "รวมมิติที่ ๑", "C": "=SUM(C9:C19)"}),
        said=all_of("total_left_out", "20"),
    )
    yield Case("total that is right", put(B24="รวมทั้งสิ้น", C24=SUM_2566), said=left)
    yield Case(
        "total that is stale", put(B24="รวมทั้งสิ้น", C24=SUM_2566 - 1000), (("total_differs", at("C24")),), said=left
    )
    yield Case("total of a part", rows_inserted(17, {"B": "รวม", "C": SUM_TOP}), said=all_of("total_left_out", "17"))
    yield Case(
        "grand total that is only of a part",
        put(B24="รวมทั้งสิ้น", C24=SUM_2566 - 300000),
        (("total_differs", at("C24")),),
        said=left,
    )
    yield Case("total without amounts", put(B24="รวมทั้งสิ้น"), said=left)
    yield Case("words of a total that go on", put(B24="รวม พลังชุมชนต้านทุจริต", C24=1000), (("row_unclear", at("24")),))
    yield Case(
        "band with amounts that are no sum",
        both(rows_inserted(17, {"B": "มิติที่ 2"}), rows_inserted(9, {"B": "มิติที่ 1", "C": 7})),
        (("total_differs", at("C9")), *(("section_contradicted", at(f"I{row}")) for row in range(23, 26))),
        said=(*all_of("total_left_out", "9"), ("section_read", at("B9")), ("section_read", at("B18"))),
    )


def _errors() -> Iterator[Case]:
    for text in ("#REF!", "#N/A", "#NAME?"):
        yield Case(f"title is {text}", put(B9=text), (("cell_error", at("B9")),))
    yield Case("title is a formula without a value", put(B9="=B10"), (("formula_without_value", at("B9")),))
    yield Case("number and title are errors", put(A9="#REF!", B9="#REF!"), all_of("cell_error", "A9", "B9"))
    yield Case("number is an error", put(A9="#REF!"), (("cell_error", at("A9")),))
    yield Case("name of a unit is an error", put(UNITS, A20="#REF!"), (("cell_error", at("A20", UNITS)),))
    yield Case("name of the first unit is an error", put(UNITS, A5="#REF!"), (("cell_error", at("A5", UNITS)),))
    yield Case("number of a dimension is an error", put(DIMENSIONS, A5="#N/A"), (("cell_error", at("A5", DIMENSIONS)),))
    yield Case("project of a step is an error", put(STEPS, A5="#REF!"), (("cell_error", at("A5", STEPS)),))
    yield Case("step is an error", put(STEPS, C5="#REF!"), (("cell_error", at("C5", STEPS)),))


def _sheets() -> Iterator[Case]:
    for one, other in ((UNITS, DIMENSIONS), (OBJECTIVES, STEPS), (FACTS, UNITS), (SUMMARY, MISSIONS)):
        said = tuple(("sheet_by_headings", name) for name in (one, other))
        yield Case(f"names of {one} and {other} exchanged", exchanged(one, other), said=said)
    yield Case("units under the name of the instructions", both(removed(GUIDE), renamed(**{UNITS: GUIDE})))
    yield Case("sheet of units hidden", hidden(UNITS), said=(("sheet_hidden", UNITS),))
    yield Case("summary table very hidden", hidden(SUMMARY, "veryHidden"), said=(("sheet_hidden", SUMMARY),))
    yield Case("sheet of facts hidden", hidden(FACTS), said=(("sheet_hidden", FACTS),))
    yield Case(
        "old copy of the summary table hidden",
        both(sheet_copied(SUMMARY, "สำรอง", C9=5), hidden("สำรอง")),
        said=(("sheet_hidden_unread", "สำรอง"),),
    )
    yield Case("copy of the facts", sheet_copied(FACTS, "แผน (2)"), (("sheet_twice", "แผน (2)"),))
    yield Case("copy of the summary table", sheet_copied(SUMMARY, "ตารางสรุป (2)"), (("sheet_twice", "ตารางสรุป (2)"),))
    yield Case("copy in place of the facts", both(sheet_copied(FACTS, "แผน (2)"), removed(FACTS)))
    yield Case("sheet of steps removed", removed(STEPS), said=(("sheet_missing", STEPS),))
    yield Case("sheet of steps emptied", emptied(STEPS), said=(("sheet_emptied", STEPS),))
    yield Case("summary table emptied", emptied(SUMMARY), said=(("sheet_emptied", SUMMARY),))
    yield Case("facts emptied", emptied(FACTS), said=(("sheet_emptied", FACTS),))
    yield Case("all sheets protected", all_protected)
    yield Case("row of a fact deleted", rows_deleted(4, sheet=FACTS), said=(("fact_missing", FACTS),))
    yield Case("first column of the facts emptied", column_deleted("A", FACTS), (("fact_missing", FACTS),))
    renamed_fact = (("fact_missing", FACTS), ("fact_unread", at("B15", FACTS)))
    yield Case("name of a fact in other words", put(FACTS, A15="ประกาศเมื่อ"), said=renamed_fact)
    yield Case("note below the facts", put(FACTS, B30="โทร. 0 5400 0000"), said=(("fact_unread", at("B30", FACTS)),))
    yield Case(
        "hidden sheet of something else",
        both(other_sheet("เบิกจ่าย"), hidden("เบิกจ่าย")),
        said=(("sheet_unread", "เบิกจ่าย"),),
    )
    above = put(A7=46, B7="โครงการใหม่", C7=5000, H7="กองช่าง")
    yield Case("project over the example", above, (("row_above_heading", at("7")),))
    unit = put(UNITS, A3="กองกิจการสภา", B3="Council Affairs Division")
    yield Case("unit over the example", unit, (("row_above_heading", at("3", UNITS)),))
    alone = put(UNITS, A3="กองกิจการสภา", B3="")
    yield Case("text over the example", alone, said=(("text_above_heading", at("3", UNITS)),))
    titles = put(A1="แผน", B1="ปี 2566-2570", A7="", B7="", C7="งบประมาณ (บาท)")
    said = (("text_above_heading", at("B1")), ("text_above_heading", at("7")))
    yield Case("titles and a band of headings above the table", titles, said=said)
    yield Case("unit deleted that a project names", unit_deleted, all_of("record_unknown", "H21"), deleted=1)
    yield Case(
        "unit renamed in its sheet alone",
        unit_renamed,
        said=(("cell_changed", at("A32", UNITS)),),
        changed=(("units", "U28", "name_th", "งานหลักประกันสุขภาพและผู้สูงอายุ"),),
    )
    yield Case("unit renamed in a project alone", put(H9="กองที่ไม่มีในรายชื่อ"), (("record_unknown", at("H9")),))
    yield Case(
        "step of a project that is not there", put(STEPS, A5="99. โครงการที่ไม่มี"), (("record_unknown", at("A5", STEPS)),)
    )


def _texts() -> Iterator[Case]:
    for name, sign in {"zero-width space": "\u200b", "word joiner": "\u2060", "byte order mark": "\ufeff"}.items():
        yield Case(f"{name} in a title", invisible(sign))
    spaced = "ส่วนที่\u00a03 ลำดับที่\u00a01"
    yield Case("hard spaces", put(U9=spaced))
    yield Case(
        "zero-width space in a new title",
        put(B9=TITLE + "\u200b รุ่นใหม่"),
        said=(("text_mended", at("B9")), ("cell_changed", at("B9"))),
        changed=(("projects", "P01", "title_th", TITLE + " รุ่นใหม่"),),
    )
    yield Case("zero-width space in the name of a unit", put(H9="งานส่งเสริม\u200bและพัฒนาบุคลากร"))
    yield Case("hard space in a heading", put(B8="โครงการ\u00a0กิจกรรม หรือมาตรการ"))


def _columns() -> Iterator[Case]:
    yield Case(
        "unit merged over two projects",
        merged("H9:H10", "สำนักปลัด"),
        said=(("cell_changed", at("H9")), ("cell_changed", at("H10")), ("cell_merged", at("H10"))),
        changed=(("projects", "P01", "lead_unit_id", U02), ("projects", "P02", "lead_unit_id", U02)),
    )
    yield Case("column of units deleted", column_deleted("H"), said=(("column_missing", at("8")),))
    yield Case("column of a year deleted", column_deleted("D"), said=(("column_missing", at("8")),))
    yield Case(
        "column of a year twice, other amounts", column_copied("C", "AE", plus=1), (("heading_twice", at("AE8")),)
    )
    yield Case("column of a year twice, same amounts", column_copied("C", "AE"), said=(("column_unread", at("AE8")),))
    yield Case("column of a year with the heading of another", put(D8="ปีงบประมาณ 2566"), (("heading_twice", at("D8")),))
    yield Case(
        "column of a year that the plan has not",
        put(D8="ปีงบประมาณ 2575"),
        said=(("column_unread", at("D8")), ("column_missing", at("8"))),
    )
    for label in ("ปี 2566", "พ.ศ. ๒๕๖๖", "ค.ศ. 2023", "FY 2023"):
        yield Case(f"year as {label}", put(C8=label), said=(("heading_taken", at("C8")),))
    for value in (2566, "๒๕๖๖"):
        yield Case(f"year as {value!r}", put(C8=value))


def _rows() -> Iterator[Case]:
    yield Case("rows hidden", rows_hidden(10, 11), said=all_of("row_hidden", "10", "11"))
    yield Case("blank rows between", rows_inserted(20, {}, {}, {}))
    yield Case("a row after 2,100 blank ones", moved_far_down)
    yield Case("10,000 styled blank rows", styled_far_down)
    yield Case("value in the last cell of a sheet", put(XFD1048576=1), failure="workbook_refused")
    yield Case("row of a project deleted", rows_deleted(12), deleted=1)
    yield Case(
        "row of a project deleted that other sheets name",
        rows_deleted(11),
        refused=(
            *(("record_unknown", at(f"A{row}", STEPS)) for row in range(17, 27)),
            *(("record_unknown", at(f"A{row}", OBJECTIVES)) for row in range(11, 13)),
            *(("record_unknown", at(f"A{row}", TARGETS)) for row in range(11, 13)),
        ),
        deleted=1,
    )
    yield Case(
        "second table with its heading",
        second_table,
        said=(
            ("band_left_out", at("26")),
            ("heading_repeated", at("27")),
            ("row_added", at("28")),
            ("kind_taken", at("K28")),
            ("years_taken", at("S28")),
            *(("line_added", at(f"{letter}28")) for letter in YEARS),
        ),
        added={"projects": 1, "budgets": 5},
        baht=1000,
    )
    details = ((STEPS, 26), (OBJECTIVES, 12), (TARGETS, 12), ("หน่วยงานร่วม", 6))
    unknown = tuple(("record_unknown", at(f"A{row}", sheet)) for sheet, last in details for row in range(5, last + 1))
    yield Case("rows all deleted", rows_deleted(9, 15), unknown, deleted=13)
    yield Case(
        "numbered anew in each dimension",
        numbered_anew,
        said=all_of("cell_changed", "A17", "A18", "A19", "A20", "A21"),
        changed=tuple(
            ("projects", f"P{n}", "sequence_no", str(max(n - 14, 1) if n < 45 else 1)) for n in (15, 16, 17, 18, 45)
        ),
    )
    yield Case("titles sorted alone", sorted_alone("B"), (("column_parted", at("B8")),), is_noisy=True)
    yield Case("amounts sorted alone", sorted_alone("C"), (("column_parted", at("C8")),), is_noisy=True)
    yield Case(
        "units sorted alone",
        both(rows_deleted(22, 2), sorted_alone("H", 21)),
        (("column_parted", at("H8")),),
        is_noisy=True,
    )


CASES = [
    case
    for group in (_copies, _snapshots, _notes, _headings, _totals, _errors, _sheets, _texts, _columns, _rows)
    for case in group()
]
