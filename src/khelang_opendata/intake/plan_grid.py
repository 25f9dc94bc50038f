"""The parts that the sheets of a plan's workbook share: headings with notes, cells, drop-downs, filter, protection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from khelang_opendata.formats.worksheets import (
    BODY,
    FORMULA,
    FORMULA_SIGNS,
    HEADING,
    LINE,
    NUMBER,
    TEXT,
    Book,
    set_height,
    set_note,
    set_page,
    write_text,
)
from khelang_opendata.intake.plan_sheets import (
    PlanColumn,
    PlanSheet,
    Row,
    plan_columns,
    text_in,
)
from khelang_opendata.intake.record_labels import Labels
from khelang_opendata.intake.shown_values import Shown, example_of, names_a_table
from khelang_opendata.intake.summary_rows import (
    WHOLE,
)
from khelang_opendata.intake.workbook_lists import Placed, list_name
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

LAST_ROW = 2000
"""The last row that has drop-downs and open cells."""

GREY = {"font_color": "#7B8794", "italic": True}
OPEN = {"locked": False}
_YEAR_WIDTH, _TITLE_WIDTH, _TEXT_WIDTH, _CODE_WIDTH, _SHORT_WIDTH = 15, 46, 34, 20, 10
_DIGITS_KEPT = 15
_TITLE_HEIGHT = 24
_ALLOWED = dict.fromkeys(
    ("sort", "autofilter", "insert_rows", "delete_rows", "format_cells", "format_columns", "format_rows"), True
)


@dataclass
class PlanWriter:
    """The workbook in the making."""

    book: Book
    family: SchemaFamily
    tables: Mapping[str, list[Row]]
    language: Language
    sheets: Mapping[str, PlanSheet]
    labels: Labels
    placed: dict[str, Placed] = field(default_factory=dict)

    def text(self, *path: str) -> str:
        return text_in(self.language, *path)


def place(writer: PlanWriter, plan_sheet: PlanSheet, headings: int) -> Placed:
    """Where a sheet has its columns, with its headings in this row, counted from zero."""
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 (with the library)

    letters = {column.name: xl_col_to_name(at) for at, column in enumerate(plan_sheet.columns)}
    return Placed(plan_sheet.title(writer.language), headings + 2, letters)


def grid(writer: PlanWriter, plan_sheet: PlanSheet, headings: int, cells: Sequence[Sequence[Shown]]) -> Worksheet:
    """A sheet of rows below its headings, with examples above them, drop-downs, a filter and protection."""
    book, name = writer.book, plan_sheet.title(writer.language)
    sheet = book.excel.add_worksheet(name)
    writer.placed[plan_sheet.table] = place(writer, plan_sheet, headings)
    titles = [column.title(writer.language) for column in plan_sheet.columns]
    widths = [_width(column) for column in plan_sheet.columns]
    for at, column in enumerate(plan_sheet.columns):
        open_style = book.style(TEXT if not _is_number(column) else NUMBER, **OPEN)
        fold = {"level": 1, "hidden": True} if column.is_folded else {}
        sheet.set_column(at, at, widths[at], open_style, fold)
        _write_heading(writer, sheet, headings, at, column)
        offer(writer, sheet, (headings + 1, at, LAST_ROW, at), column)
        for row, line in enumerate(cells, headings + 1):
            write_value(writer, sheet, row, at, line[at], column)
    for row in range(headings - 1):
        sheet.set_row(row, _TITLE_HEIGHT if row == 0 else None, book.style(BODY, locked=True))
    in_sight = [at for at, column in enumerate(plan_sheet.columns) if not column.is_folded]
    set_height(sheet, headings, [titles[at] for at in in_sight], [widths[at] - 2 for at in in_sight])
    for row, line in enumerate(cells, headings + 1):
        set_height(sheet, row, [str(line[at] or "") for at in in_sight], [widths[at] for at in in_sight])
    sheet.freeze_panes(headings + 1, 2 if plan_sheet.table == "projects" else 1)
    sheet.autofilter(headings, 0, max(headings + len(cells), headings + 1), len(titles) - 1)
    sheet.protect("", _ALLOWED)
    set_page(sheet, 0.3)
    sheet.repeat_rows(headings)
    sheet.fit_to_pages(1, 0)
    return sheet


def _write_heading(writer: PlanWriter, sheet: Worksheet, row: int, at: int, column: PlanColumn) -> None:
    book, style = writer.book, writer.book.style(HEADING, valign="vcenter", locked=True)
    if column.name.startswith("plan_year_"):
        number = int(column.name.removeprefix("plan_year_"))
        start = f"'{writer.text('plan')}'!$B${_start_year_row(writer)}"
        title = text_in(writer.language, "headings", "year").replace("{year}", "")
        known = f'"{title}"&({start}+{number - 1})'
        unknown = f'"{column.title(writer.language)}"'
        formula = f'=IF({start}="",{unknown},IFERROR({known},{unknown}))'
        sheet.write_formula(row, at, formula, style, column.title(writer.language))
    else:
        write_text(sheet, row, at, column.title(writer.language), style)
    example = example_of(column, writer.language)
    write_text(sheet, row - 1, at, example, book.style(NUMBER if _is_number(column) else TEXT, **GREY, locked=True))
    if note := description(column, writer.language):
        set_note(sheet, row, at, (column.title(writer.language), note))


def _start_year_row(writer: PlanWriter) -> int:
    names = [column.name for column in plan_columns(writer.family)]
    return names.index("start_fiscal_year_be") + 2


def _is_number(column: PlanColumn) -> bool:
    kind = column.field.descriptor["type"] if column.field else "number"
    return kind in ("number", "integer") and not column.refers_to


def _width(column: PlanColumn) -> int:
    if column.name.isdigit() or column.name.startswith(("plan_year_", WHOLE)) or column.name.endswith("_thb"):
        return _YEAR_WIDTH
    if column.name in ("title_th", "label_th", "result_th"):
        return _TITLE_WIDTH
    if column.field is not None and (column.field.codelist or column.field.descriptor["type"] in ("date", "boolean")):
        return _CODE_WIDTH
    return _SHORT_WIDTH if _is_number(column) else _TEXT_WIDTH


def offer(writer: PlanWriter, sheet: Worksheet, area: tuple[int, int, int, int], column: PlanColumn) -> None:
    """A drop-down over an area: a warning where another value is typed, for import checks each again."""
    source = None
    if column.refers_to and column.refers_to != "*":
        source = column.refers_to
    elif column.field is not None and column.field.codelist:
        source = column.field.codelist
    elif column.field is not None and column.field.descriptor["type"] == "boolean":
        source = "answers"
    elif column.field is not None and names_a_table(column.field):
        source = "tables"
    if source:
        rule = {"validate": "list", "source": f"={list_name(source)}", "error_type": "warning", "ignore_blank": True}
        sheet.data_validation(*area, rule)


def write_value(writer: PlanWriter, sheet: Worksheet, row: int, at: int, value: Shown, column: PlanColumn) -> None:
    """Write what a cell of data shows: a number, a text, or nothing."""
    book = writer.book
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _DIGITS_KEPT:
        sheet.write_number(
            row, at, float(value), book.style(NUMBER, num_format=_number_format(value, column), **LINE, **OPEN)
        )
    elif value is None:
        sheet.write_blank(row, at, None, book.style(NUMBER if _is_number(column) else TEXT, **LINE, **OPEN))
    else:
        text = str(value)
        base = FORMULA if text.startswith(FORMULA_SIGNS) else TEXT
        sign = {"align": "right"} if column.field is None else {}
        write_text(sheet, row, at, text, book.style(base, **LINE, **OPEN, **sign))


def _number_format(value: Decimal, column: PlanColumn) -> str:
    if column.field is not None and not column.name.endswith("_thb"):
        return "General"
    decimals = "" if value == value.to_integral_value() else ".00"
    return f'#,##0{decimals};-#,##0{decimals};"๐"'


def description(column: PlanColumn, language: Language) -> str:
    """What a column means; empty for a column of amounts."""
    if column.field is None:
        return ""
    return str(column.field.descriptor["description" if language is Language.TH else "description_en"])
