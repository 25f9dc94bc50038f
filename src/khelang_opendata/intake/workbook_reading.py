"""The values of a workbook's cells as text, with what a person must know of them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite

from khelang_opendata.intake.cell_numbers import MOST_DIGITS
from khelang_opendata.intake.number_formats import GENERAL, shown_day, shown_number
from khelang_opendata.intake.ods_reading import ods_sheets
from khelang_opendata.intake.sheet_layouts import SheetLayout
from khelang_opendata.intake.spreadsheet_forms import SheetsForm, form_of
from khelang_opendata.intake.text_tables import text_table
from khelang_opendata.intake.typed_cells import CellKind, CellText, kind_of
from khelang_opendata.intake.xls_reading import RawSheet, xls_sheets
from khelang_opendata.intake.xlsx_checks import SheetCheck, check_xlsx
from khelang_opendata.model.failures import DataError, ExtraMissing
from khelang_opendata.model.spoilt_text import INVISIBLE
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR

_SHAPE = re.compile(rf"[^\s{INVISIBLE}]")
"""A character that a person sees; a cell without one is empty to its reader."""


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as text: ``cells[row][column]``, both from zero; merged cells all have the value of the first."""

    check: SheetCheck
    cells: Sequence[Sequence[str]]
    filled: frozenset[tuple[int, int]] = frozenset()
    """The places of merged cells that have the value of the first."""
    title: str = ""
    """The name by which it is one of the plan's, where that is not the name that remarks give it."""
    layout: SheetLayout | None = None
    """Where it has which column, as a person says it; None where its headings say it."""

    @property
    def name(self) -> str:
        return self.check.name

    @property
    def known_as(self) -> str:
        return self.title or self.name

    def is_over_rows(self, row: int, column: int) -> bool:
        """Whether a cell is merged with the one below."""
        below = self.cells[row + 1] if row + 1 < len(self.cells) else ()
        is_filled = (row + 1, column) in self.filled and column < min(len(below), len(self.cells[row]))
        return is_filled and below[column] == self.cells[row][column] != ""


def read_sheets(data: bytes, name: str) -> list[ReadSheet]:
    """The sheets of a workbook, or of a table of text, which is one sheet.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it cannot be read, or not safely.
        ExtraMissing: the library that reads workbooks is not installed.
    """
    match form_of(data, name):
        case SheetsForm.XLSX:
            return _xlsx_sheets(data, name)
        case SheetsForm.XLS:
            return [_read(sheet) for sheet in xls_sheets(data, name)]
        case SheetsForm.ODS:
            return [_read(sheet) for sheet in ods_sheets(data, name)]
        case _:
            return [ReadSheet(*text_table(data, name))]


def _xlsx_sheets(data: bytes, name: str) -> list[ReadSheet]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 (extra)
    except ImportError as error:
        raise ExtraMissing("intake") from error
    checks = check_xlsx(data, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [workbook.get_sheet_by_name(check.name) for check in checks]
        read = [(sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or ()) for sheet in sheets]
    except (CalamineError, ValueError, OSError) as error:
        raise DataError("workbook_refused", "damaged", path=name) from error
    return [ReadSheet(check, *_cells(check, *values)) for check, values in zip(checks, read, strict=True)]


def _read(sheet: RawSheet) -> ReadSheet:
    return ReadSheet(sheet.check, *_cells(sheet.check, sheet.values, sheet.merged))


def _cells(
    check: SheetCheck,
    values: Sequence[Sequence[object]],
    merged: Iterable[tuple[tuple[int, int], tuple[int, int]]],
) -> tuple[list[list[str]], frozenset[tuple[int, int]]]:
    """The cells as text, and the places that a merge fills in."""
    formats = check.formats
    cells = [
        [cell_text(value, formats.get((at, n), GENERAL)) for n, value in enumerate(row)]
        for at, row in enumerate(values)
    ]
    for (row, column), shown in check.shown.items():
        text = cells[row][column]
        cells[row][column] = CellText(text, kind_of(text), shown)
    filled = set()
    for (top, left), (bottom, right) in merged:
        for row in range(top, min(bottom + 1, len(cells))):
            for column in range(left, min(right + 1, len(cells[row]))):
                if not cells[row][column] and cells[top][left]:
                    cells[row][column] = cells[top][left]
                    filled.add((row, column))
    return cells, frozenset(filled)


def cell_text(value: object, form: str = GENERAL) -> str:
    """A cell's value as text, which knows what the cell holds and shows: days are ``yyyy-mm-dd`` of the common era.

    Args:
        value: what the reader of workbooks gives.
        form: the number format of the cell; empty for one that is not known.
    """
    match value:
        case bool():
            return CellText("true" if value else "false", CellKind.ANSWER, "TRUE" if value else "FALSE")
        case float() | int() if isfinite(value):  # the others are in no file that a program writes
            plain = number_text(value)
            return CellText(plain, CellKind.NUMBER, shown_number(Decimal(plain), form) if form else None)
        case datetime():
            return CellText(_day(value.date()), CellKind.DAY, shown_day(value, form))
        case date():
            return CellText(_day(value), CellKind.DAY, shown_day(value, form))
        case time() | timedelta():
            return CellText(str(value), CellKind.TIME, shown_day(value, form))
        case _:
            text = str(value).replace("\r\n", "\n").replace("_x000D_\n", "\n").strip()
            return text if _SHAPE.search(text) else ""


def number_text(value: float) -> str:
    """A number as Excel keeps it, in 15 significant digits: 0.30000000000000004 is 0.3, and 300000.0 is 300000."""
    plain = f"{Decimal(f'{value or 0:.{MOST_DIGITS}g}'):f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _day(day: date) -> str:
    """A day typed with a year of the Buddhist era is one of the common era 543 years later: it is moved back."""
    if day.year >= FIRST_BUDDHIST_YEAR:
        try:
            day = day.replace(year=day.year - ERA)
        except ValueError:  # 29 February of a year that is no leap year in the common era
            return f"{day.day}/{day.month}/{day.year}"
    return day.isoformat()
