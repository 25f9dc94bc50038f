"""Rows and columns around the data: blank ones, titles, second headings, totals, and cells that a sheet lost."""

from __future__ import annotations

from khelang_opendata.standard.family import load_family
from tests.cases import Case
from tests.conftest import EXAMPLES, PLAN
from tests.edits import Edit, add, cell, copy, edit_bytes, edit_table, insert, together

HUAI_SAI = EXAMPLES / "valid/huai-sai-2566-2570"
_WIDTH = len(load_family().tables["projects"].fields)
_TITLES = [field.title for field in load_family().tables["budgets"].fields]
_TITLES_EN = [field.title_en for field in load_family().tables["budgets"].fields]
_NAMES = [field.name for field in load_family().tables["budgets"].fields]
_INFORMAL = ["แผน", "รหัสโครงการ", "ที่", "ปี พ.ศ.", "ช่วง", "แหล่งเงิน", "ที่มา", "สถานะ", "จำนวน", *["", ""], "หมวด"]
_PLAN = "khelang-nakhon-2566-2570"
_TITLE = "ตารางงบประมาณ แผนปฏิบัติการป้องกันการทุจริต 2566-2570"


def _signed(one: str, other: str) -> Edit:
    """A new last row with two texts in columns of titles."""
    return add("projects", *[""] * 5, one, "", "", other, *[""] * (_WIDTH - 9))


def _blank(*rows: int, table: str = "projects", cells: tuple[str, ...] = ("",) * _WIDTH) -> Edit:
    return together(*(insert(table, row, *cells) for row in rows))


def _sums(*cells: str, written: str = "{:.0f}", **others: str) -> Edit:
    """A last row with some cells, and the sum of the amounts."""

    def change(rows: list[list[str]]) -> None:
        amount = rows[0].index("amount_thb")
        total = sum(float(row[amount] or 0) for row in rows[1:])
        added = dict(zip(rows[0], [*cells, *[""] * (len(rows[0]) - len(cells))], strict=True))
        rows.append([*(added | others | {"amount_thb": written.format(total)}).values()])

    return edit_table("budgets", change)


def _emptied(table: str, *columns: str) -> Edit:
    """Cells of some columns are merged, so that only the first of equal neighbours keeps its text."""

    def change(rows: list[list[str]]) -> None:
        for column in columns:
            place, last = rows[0].index(column), ""
            for row in rows[1:]:
                row[place], last = ("" if row[place] == last else row[place]), row[place]

    return edit_table(table, change)


def _left_out(table: str, column: str, *numbers: int) -> Edit:
    """Cells of some rows were not filled in."""
    return together(*(cell(table, number, **{column: ""}) for number in numbers))


def _wider(cells: int, *, heading: bool = True, rows: bool = True) -> Edit:
    """Empty columns on the right."""

    def change(records: list[list[str]]) -> None:
        for number, row in enumerate(records):
            row.extend([""] * cells if (heading if number == 0 else rows) else [])

    return edit_table("projects", change)


def _wider_block(data: bytes) -> bytes:
    lines = data.split(b"\n")
    return b"\n".join(line + b"," if 17 <= row <= 32 else line for row, line in enumerate(lines, 1))


def _with_column(label: str, cell: str, at: int) -> Edit:
    def change(rows: list[list[str]]) -> None:
        for number, row in enumerate(rows):
            row.insert(at, cell if number else label)

    return edit_table("projects", change)


def _heading_last(rows: list[list[str]]) -> None:
    rows.append(rows.pop(0))


def _heading_third(rows: list[list[str]]) -> None:
    rows.insert(2, rows.pop(0))


def _moved_column(rows: list[list[str]]) -> None:
    for row in rows:
        row.insert(1, row.pop(8))


def _sort_rows(rows: list[list[str]]) -> None:
    rows[1:] = rows[:0:-1]


def _replace_heading(*labels: str) -> Edit:
    return edit_table("budgets", lambda rows: rows.__setitem__(0, [*labels, *rows[0][len(labels) :]]))


def _every_third(rows: list[list[str]]) -> None:
    rows[:] = [row for pair in zip(rows, [[""] * len(rows[0])] * len(rows), strict=True) for row in pair]


_AT = ("projects", 10, None)

CASES = (
    Case("two blank rows", _blank(10, 21), (("row_blank", *_AT),)),
    Case(
        "blank lines",
        edit_bytes("projects", lambda data: data.replace(b"\n", b"\n\n\n", 1)),
        (("row_blank", "projects", 2, None),),
    ),
    Case("blank rows at the end", _blank(*range(47, 52)), (("row_blank", "projects", 47, None),), source=PLAN),
    Case("rows of spaces", _blank(10, 21, cells=(" ",) * _WIDTH), (("row_blank", *_AT),)),
    Case("rows of hard spaces", _blank(10, cells=("\u00a0",) * _WIDTH), (("row_blank", *_AT),)),
    Case("a blank row above the heading", _blank(1), (("row_blank", "projects", 1, None),)),
    Case("every second row blank", edit_table("projects", _every_third), (("row_blank", "projects", 2, None),)),
    Case("a title above the heading", insert("budgets", 1, _TITLE), (("row_not_data", "budgets", 1, None),)),
    Case(
        "a title, a unit and a blank row above the heading",
        together(insert("budgets", 1), insert("budgets", 1, "", "", "หน่วย: บาท"), insert("budgets", 1, _TITLE)),
        (("row_not_data", "budgets", 1, None),),
    ),
    Case(
        "a title over two cells",
        insert("budgets", 1, _TITLE, "", "", "หน่วย: บาท"),
        (("row_not_data", "budgets", 1, None),),
    ),
    Case(
        "a line sep=,", edit_bytes("budgets", lambda data: b"sep=,\n" + data), (("row_not_data", "budgets", 1, None),)
    ),
    Case("Thai titles below the heading", insert("budgets", 2, *_TITLES), (("row_not_data", "budgets", 2, None),)),
    Case(
        "English titles below the heading", insert("budgets", 2, *_TITLES_EN), (("row_not_data", "budgets", 2, None),)
    ),
    Case("Thai words below the heading", insert("budgets", 2, *_INFORMAL), (("row_not_data", "budgets", 2, None),)),
    Case("Thai titles above the heading", insert("budgets", 1, *_TITLES), (("row_not_data", "budgets", 1, None),)),
    Case(
        "the heading again on every page",
        insert("budgets", 50, *_NAMES),
        (("row_not_data", "budgets", 50, None),),
        source=PLAN,
    ),
    Case(
        "the heading and Thai titles again",
        together(insert("budgets", 50, *_NAMES), insert("budgets", 51, *_TITLES)),
        (("row_not_data", "budgets", 50, None),),
        source=PLAN,
    ),
    Case("Thai titles as the heading", _replace_heading(*_TITLES), (("column_missing", "budgets", 1, None),)),
    Case("English titles as the heading", _replace_heading(*_TITLES_EN), (("column_missing", "budgets", 1, None),)),
    Case(
        "words as the heading",
        _replace_heading(*_INFORMAL, "ก", "ข", "ค"),
        (("column_missing", "budgets", 1, None),),
    ),
    Case(
        "a title above Thai titles",
        together(_replace_heading(*_TITLES), insert("budgets", 1, _TITLE)),
        (("row_not_data", "budgets", 1, None), ("column_missing", "budgets", 2, None)),
    ),
    Case("no heading", edit_table("budgets", lambda rows: rows.pop(0)), (("column_missing", "budgets", 1, None),)),
    Case(
        "the heading sorted to the end",
        edit_table("units", _heading_last),
        (("column_missing", "units", 29, None),),
        source=PLAN,
    ),
    Case("the heading in row 3", edit_table("units", _heading_third), (("column_missing", "units", 3, None),)),
    Case("a row of totals", _sums("รวม"), (("row_not_data", "budgets", 229, None),), source=PLAN),
    Case(
        "a row of totals in other words", _sums("", "รวมทั้งสิ้น"), (("row_not_data", "budgets", 229, None),), source=PLAN
    ),
    Case(
        "totals of a number of projects",
        _sums("", "รวม 45 โครงการ"),
        (("row_not_data", "budgets", 229, None),),
        source=PLAN,
    ),
    Case(
        "totals behind the plan's id",
        _sums("khelang-nakhon-2566-2570", "รวม"),
        (("row_not_data", "budgets", 229, None),),
        source=PLAN,
    ),
    Case("totals in English", _sums("Grand Total"), (("row_not_data", "budgets", 229, None),), source=PLAN),
    *(
        Case(f"totals as {word}", _sums(word), (("row_not_data", "budgets", 229, None),), source=PLAN)
        for word in ("รวมมิติที่ 1", "รวมปีงบประมาณ 2566", "รวมเป็นเงิน", "ยอดรวมทั้งสิ้น", "Total 2566", "รวมทั้งสิ้น ๔๕ โครงการ")
    ),
    Case(
        "totals with separators and a unit",
        _sums("รวม", written="{:,.2f} บาท"),
        (("row_not_data", "budgets", 229, None),),
        source=PLAN,
    ),
    Case(
        "totals with dashes and a printed sum",
        _sums("รวม", note_th="-", fiscal_year_be="2566", summary_amount_printed="๓๐,๓๖๑,๕๒๕"),
        (("row_not_data", "budgets", 229, None),),
        source=PLAN,
    ),
    Case("sums without a word", _sums(), (("row_not_data", "budgets", 229, None),), source=PLAN),
    Case(
        "a heading of a group",
        insert("budgets", 60, "มิติที่ 2 การบริหารราชการ"),
        (("row_not_data", "budgets", 60, None),),
        source=PLAN,
    ),
    Case(
        "a source below the table, in a column of texts",
        insert("projects", 47, "", "", "", "", "", "ที่มา: แผนปฏิบัติการ"),
        (("row_not_data", "projects", 47, None),),
        source=PLAN,
    ),
    Case(
        "a title of two words above a table of texts",
        insert("units", 1, "ตาราง", "", "หน่วยงาน"),
        (("row_not_data", "units", 1, None),),
    ),
    Case(
        "a note below the table",
        _blank(47, cells=("หมายเหตุ: ข้อมูล ณ วันที่ประกาศ",)),
        (("row_not_data", "projects", 47, None),),
        source=PLAN,
    ),
    Case(
        "a title, blank rows, a totals row and a copy",
        together(
            _sums("รวม"),
            edit_table("budgets", lambda rows: rows.append([*rows[3]])),
            insert("budgets", 9),
            insert("budgets", 1, _TITLE),
        ),
        (("row_not_data", "budgets", 1, None),),
    ),
    Case(
        "a project copied twice",
        edit_table("projects", lambda rows: rows.extend([[*rows[5]], [*rows[5]]])),
        (("key_duplicate", "projects", 47, None),),
        source=PLAN,
    ),
    Case(
        "a project dragged down, ids and numbers counting up",
        together(*(copy("projects", 46, project_id=f"{_PLAN}-P{n}", sequence_no=str(n)) for n in range(46, 51))),
        (("row_not_data", "projects", 47, None),),
        source=PLAN,
    ),
    Case(
        "merged cells of a project", _emptied("budgets", "project_id"), (("value_missing", "budgets", 3, "project_id"),)
    ),
    Case(
        "merged cells of a plan and its projects",
        _emptied("budgets", "plan_id", "project_id"),
        (("value_missing", "budgets", 3, "plan_id"), ("value_missing", "budgets", 3, "project_id")),
    ),
    Case(
        "merged cells of a risk",
        _emptied("risk_factors", "risk_id"),
        (("value_missing", "risk_factors", 3, "risk_id"),),
    ),
    *(
        Case(
            f"merged cells of {column} in {table}",
            _emptied(table, column),
            (("value_missing", table, row, column),),
            source=PLAN,
        )
        for table, column, row in (
            ("projects", "project_kind", 3),
            ("projects", "start_fiscal_year_be", 3),
            ("units", "unit_level", 4),
            ("goals", "goal_kind", 3),
            ("dimensions", "scored", 3),
            ("budgets", "budget_status", 3),
            ("printed_totals", "scope", 3),
            ("steps", "source_section", 3),
            ("targets", "group_th", 25),
            ("errata", "rule", 3),
            ("errata", "resource", 3),
            ("errata", "cause", 3),
        )
    ),
    Case(
        "merged cells of a project and what its rows share",
        _emptied("budgets", "project_id", "budget_status"),
        (("value_missing", "budgets", 3, "project_id"), ("value_missing", "budgets", 3, "budget_status")),
    ),
    Case(
        "labels that were not filled in",
        _left_out("steps", "label_th", 5, 6, 9, 10, 11),
        tuple(("value_missing", "steps", row, "label_th") for row in (5, 6, 9, 10, 11)),
        source=PLAN,
    ),
    Case(
        "codes that were not filled in",
        _left_out("projects", "project_kind", 12, 13),
        tuple(("value_missing", "projects", row, "project_kind") for row in (12, 13)),
        source=PLAN,
    ),
    Case(
        "sections that were not filled in from a row on",
        _left_out("indicators", "source_section", *range(140, 148)),
        tuple(("value_missing", "indicators", row, "source_section") for row in range(140, 148)),
        source=PLAN,
    ),
    Case("three empty columns on the right", _wider(3), (("column_name_invalid", "projects", 1, None),)),
    Case("empty cells beyond the heading", _wider(3, heading=False), (("column_name_invalid", "projects", 1, None),)),
    Case(
        "a number with an unquoted comma, and the last cell empty",
        edit_bytes("budgets", lambda data: data.replace(b",300000,", b",300,000,", 1)),
        (("cell_extra", "budgets", 2, None),),
        source=PLAN,
    ),
    Case(
        "an unquoted comma in the only row of a table",
        edit_bytes("plans", lambda data: data[:-1] + b",\n"),
        (("cell_extra", "plans", 2, None),),
    ),
    Case(
        "empty cells in a block of rows, as Excel leaves them",
        edit_bytes("budgets", _wider_block),
        (("column_name_invalid", "budgets", 1, None),),
    ),
    Case("commas behind the heading alone", _wider(2, rows=False), (("column_name_invalid", "projects", 1, None),)),
    Case("an empty column within", _with_column("", "", 3), (("column_name_invalid", "projects", 1, None),)),
    Case(
        "empty columns within and on the right, and empty rows",
        together(_with_column("", "", 3), _wider(2), _blank(47, 48)),
        (("column_name_invalid", "projects", 1, None), ("row_blank", "projects", 47, None)),
        source=PLAN,
    ),
    Case("a column without a heading", _with_column("", "x", 4), (("column_name_invalid", "projects", 1, None),)),
    Case("a Thai column inserted", _with_column("ลำดับ", "1", 0), (("column_name_invalid", "projects", 1, "ลำดับ"),)),
    Case(
        "a column of one's own without x_",
        _with_column("remark", "ok", 4),
        (("column_unexpected", "projects", 1, "remark"),),
    ),
    Case("a column moved", edit_table("budgets", _moved_column), ()),
    Case(
        "a title above a table with a column of the package's own",
        insert("projects", 1, "ตารางโครงการ"),
        (("row_not_data", "projects", 1, None), ("column_additional", "projects", 2, "x_months_th")),
        HUAI_SAI,
    ),
    Case(
        "a title above a package's own codes",
        insert("codes", 1, "รหัสของหน่วยงาน"),
        (("row_not_data", "codes", 1, None),),
    ),
    Case("rows sorted", edit_table("targets", _sort_rows), ()),
    Case(
        "signatures below the table, in the columns of titles",
        together(
            _blank(47),
            _signed("ลงชื่อ........ผู้จัดทำ", "ลงชื่อ........ผู้อนุมัติ"),
            _signed("(นายสมชาย ใจดี)", "(นางสมหญิง ใจงาม)"),
            _signed("นักวิชาการ", "นายกเทศมนตรี"),
        ),
        (("row_not_data", "projects", 47, None),),
        source=PLAN,
    ),
)
