"""The values of a workbook's cells as text, with what a person must know of them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from khelang_opendata.intake.xlsx_checks import SheetCheck, check_xlsx
from khelang_opendata.model.failures import DataError, ExtraMissing
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR

_NOISE = 12
"""Digits after which a number in binary differs from the one that was typed."""


@dataclass(frozen=True)
class ReadSheet:
    """A sheet as text: ``cells[row][column]``, both from zero; merged cells all have the value of the first."""

    check: SheetCheck
    cells: Sequence[Sequence[str]]
    filled: frozenset[tuple[int, int]] = frozenset()
    """The places of merged cells that have the value of the first."""

    @property
    def name(self) -> str:
        return self.check.name


def read_sheets(data: bytes, name: str) -> list[ReadSheet]:
    """The sheets of an XLSX workbook.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it cannot be read, or not safely.
        ExtraMissing: the library that reads workbooks is not installed.
    """
    try:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415 (extra)
    except ImportError as error:
        raise ExtraMissing("intake") from error
    checks = check_xlsx(data, name)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return [ReadSheet(check, *_cells(workbook.get_sheet_by_name(check.name))) for check in checks]
    except (CalamineError, ValueError, OSError) as error:
        raise DataError("workbook_refused", "damaged", path=name) from error


def _cells(sheet: Any) -> tuple[list[list[str]], frozenset[tuple[int, int]]]:
    """The cells as text, and the places that a merge fills in."""
    cells = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    filled = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom + 1, len(cells))):
            for column in range(left, min(right + 1, len(cells[row]))):
                if not cells[row][column] and cells[top][left]:
                    cells[row][column] = cells[top][left]
                    filled.add((row, column))
    return cells, frozenset(filled)


def cell_text(value: object) -> str:
    """A cell's value as text: numbers without noise, days as ``yyyy-mm-dd`` of the common era."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() | int():
            return number_text(value)
        case datetime():
            return _day(value.date())
        case date():
            return _day(value)
        case time() | timedelta():
            return str(value)
        case _:
            return str(value).replace("\r\n", "\n").replace("_x000D_\n", "\n").strip()


def number_text(value: float) -> str:
    """A number as a person typed it: 0.30000000000000004 is 0.3, and 300000.0 is 300000."""
    number = Decimal(repr(value))
    rounded = number.quantize(Decimal(1).scaleb(-_NOISE)) if abs(number) < 10**_NOISE else number
    plain = f"{rounded.normalize():f}" if abs(rounded - number) < Decimal(1).scaleb(2 - _NOISE) else f"{number:f}"
    return plain.removesuffix(".0")


def _day(day: date) -> str:
    """A day typed with a year of the Buddhist era is one of the common era 543 years later: it is moved back."""
    if day.year >= FIRST_BUDDHIST_YEAR:
        try:
            day = day.replace(year=day.year - ERA)
        except ValueError:  # 29 February of a year that is no leap year in the common era
            return f"{day.day}/{day.month}/{day.year}"
    return day.isoformat()
