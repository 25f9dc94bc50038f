"""A sheet of rows under one heading that stays in sight, each cell written as what it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from khelang_opendata.formats.worksheets import (
    BODY,
    FORMULA,
    FORMULA_SIGNS,
    HEADING,
    NUMBER,
    TEXT,
    Book,
    columns_taken,
    set_height,
    set_note,
    set_page,
    write_text,
)
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.edition import Value

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_LONGEST_SHEET = 1_048_576 - 1
_NARROWEST, _WIDEST = 9, 46  # columns, in characters; longer texts are wrapped
_PAGE_WIDTH = 280  # what an A4 page on its side shows in characters that can still be read
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was
_ADDED = "#F0F4F8"


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes:
        name: its heading.
        note: a title and a text, which show when the heading is chosen.
        number_format: how its numbers look; None shows their own decimals.
        widest: in characters; longer texts are wrapped.
        wraps: whether they are; if not, they are cut where the next column begins.
        is_added: whether the column is beside the data, not of them.
    """

    name: str
    note: tuple[str, str] | None = None
    number_format: str | None = None
    widest: int = _WIDEST
    wraps: bool = True
    is_added: bool = False


def write_grid(
    book: Book, name: str, columns: Sequence[SheetColumn], rows: Sequence[Sequence[Value]], *, frozen: int
) -> None:
    """Add a sheet of rows with a filter on each column; so many first columns stay in sight.

    Raises:
        DataError: there are more rows than a sheet has, or a text is longer than a cell.
    """
    if len(rows) > _LONGEST_SHEET:
        raise DataError("form_refused", "rows", table=name, rows=len(rows), limit=_LONGEST_SHEET)
    sheet = book.excel.add_worksheet(name)
    texts = [[c.name for c in columns], *([_shown(cell) for cell in row] for row in rows)]
    widths = [_width(cells, column) for cells, column in zip(zip(*texts, strict=True), columns, strict=True)]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, widths[at])
        write_text(sheet, 0, at, column.name, book.style(HEADING, bold=not column.is_added))
        if column.note:
            set_note(sheet, 0, at, column.note)
        for row, cells in enumerate(rows, 1):
            _write_cell(book, sheet, row, at, cells[at], column)
    wrapped = [at for at, column in enumerate(columns) if column.wraps]
    for row, line in enumerate(texts):
        set_height(sheet, row, [line[at] for at in wrapped], [widths[at] for at in wrapped])
    sheet.freeze_panes(1, frozen)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(texts)}"})
    _set_print(sheet, sum(widths), frozen)


def _set_print(sheet: Worksheet, width: int, frozen: int) -> None:
    """On paper: one page wide where that can be read, else with the first columns on every page."""
    set_page(sheet, 0.4)
    sheet.repeat_rows(0, 0)
    if width <= _PAGE_WIDTH:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(60)
        sheet.repeat_columns(0, max(frozen - 1, 0))


def _write_cell(book: Book, sheet: Worksheet, row: int, at: int, cell: Value, column: SheetColumn) -> None:
    more = {"bg_color": _ADDED} if column.is_added else {}
    match cell:
        case None:
            if more:
                sheet.write_blank(row, at, None, book.style(TEXT, **more))
        case bool():
            sheet.write_boolean(row, at, cell, book.style())
        case int() | Decimal():
            style = book.style(NUMBER, num_format=column.number_format or _own_decimals(cell))
            sheet.write_number(row, at, cell, style)
        case date() if cell >= _FIRST_DAY:
            sheet.write_datetime(row, at, cell, book.style(NUMBER, num_format="[$-409]yyyy-mm-dd"))
        case _:
            text = str(cell)
            base = FORMULA if text.startswith(FORMULA_SIGNS) else TEXT if column.wraps else BODY
            write_text(sheet, row, at, text, book.style(base, **more))


def _own_decimals(number: int | Decimal) -> str:
    """A number format with as many decimals as the number is written with."""
    exponent = Decimal(number).as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"#,##0.{'0' * decimals}".rstrip(".")


def _shown(cell: Value) -> str:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return f"{cell:,.2f}"
    return "" if cell is None else str(cell)


def _width(texts: Iterable[str], column: SheetColumn) -> int:
    """How wide a column must be for the longest line of its texts."""
    if not column.wraps:
        return _NARROWEST
    longest = max((columns_taken(line) for text in texts for line in text.split("\n")), default=0)
    return min(max(longest + 4, _NARROWEST), column.widest)
