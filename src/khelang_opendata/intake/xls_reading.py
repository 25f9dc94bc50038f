"""Workbooks of Excel 97 to 2003 (.xls, [MS-XLS]).

The reader of the other forms ends the process where such a file is damaged, and gives an empty text for an error in a
cell. This one is slower, is written in Python, and knows errors, hidden rows and merged cells.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from khelang_opendata.intake.compound_file import streams
from khelang_opendata.intake.number_formats import BUILT_IN, GENERAL
from khelang_opendata.intake.xlsx_checks import MOST_CELLS, SheetCheck
from khelang_opendata.model.failures import DataError, ExtraMissing

_ELAPSED = ("[h", "[m", "[s")
"""Parts of a format for hours, minutes or seconds beyond a day."""

Spans = tuple[tuple[tuple[int, int], tuple[int, int]], ...]
"""Merged cells: the row and the column of the first and of the last cell, counted from zero."""


@dataclass(frozen=True)
class RawSheet:
    """A sheet with the values that its cells have in Python, and its merged cells."""

    check: SheetCheck
    values: list[list[object]]
    merged: Spans


def xls_sheets(data: bytes, name: str) -> list[RawSheet]:
    """The sheets of a workbook.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is damaged, protected by a password, too large, or a document of another kind.
        ExtraMissing: the library that reads it is not installed.
    """
    try:
        import xlrd  # noqa: PLC0415 (extra)
    except ImportError as error:
        raise ExtraMissing("intake") from error
    try:
        content = _workbook_stream(data, name)
        book = xlrd.open_workbook(file_contents=content, logfile=io.StringIO(), formatting_info=True, ragged_rows=True)
        return [_sheet(xlrd, book, sheet, name) for sheet in book.sheets()]
    except DataError:
        raise
    except Exception as error:  # what a damaged file makes of the library is of no one kind
        is_locked = isinstance(error, xlrd.XLRDError) and "encrypted" in str(error)
        raise DataError("workbook_refused", "password" if is_locked else "damaged", path=name) from error


def _workbook_stream(data: bytes, name: str) -> bytes:
    found = streams(data)
    if "EncryptedPackage" in found:
        raise DataError("workbook_refused", "password", path=name)
    content = found.get("Workbook", found.get("Book"))
    if content is None:
        raise DataError("workbook_refused", "not_workbook", path=name)
    return content


def _sheet(xlrd: Any, book: Any, sheet: Any, name: str) -> RawSheet:
    if sheet.nrows * sheet.ncols > MOST_CELLS:
        raise DataError("workbook_refused", "large", path=name)
    check = SheetCheck(sheet.name, sheet.visibility != 0)
    check.hidden_rows = {row for row, info in sheet.rowinfo_map.items() if info.hidden and row < sheet.nrows}
    values: list[list[object]] = []
    for row in range(sheet.nrows):
        line: list[object] = [""] * sheet.ncols
        for column, cell in enumerate(sheet.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                check.errors[row, column] = xlrd.error_text_from_code.get(cell.value, "#")
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                line[column] = bool(cell.value)
            elif cell.ctype == xlrd.XL_CELL_DATE:
                line[column] = _moment(xlrd, cell.value, book, _form(book, cell))
            else:
                line[column] = cell.value
            if cell.ctype in (xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE) and (form := _form(book, cell)) != GENERAL:
                check.formats[row, column] = form
            if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
                check.last_row, check.last_column = row, max(check.last_column, column)
        values.append(line)
    merged = tuple(((top, left), (below - 1, after - 1)) for top, below, left, after in sheet.merged_cells)
    return RawSheet(check, values, merged)


def _form(book: Any, cell: Any) -> str:
    """The number format of a cell."""
    form = book.format_map[book.xf_list[cell.xf_index].format_key]
    return BUILT_IN.get(form.format_key, str(form.format_str))


def _moment(xlrd: Any, number: float, book: Any, form: str) -> object:
    """The day, the time or the length of time that a number of days is, by its cell's format; else the number."""
    try:
        if 0 <= number < 1 or any(unit in form.lower() for unit in _ELAPSED):
            length = timedelta(days=number)
            return timedelta(seconds=round(length.total_seconds()))
        moment: datetime = xlrd.xldate_as_datetime(number, book.datemode)
    except (xlrd.XLDateError, OverflowError, ValueError):
        return number
    return moment
