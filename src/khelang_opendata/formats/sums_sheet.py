"""The sheet of a workbook with the sums of the plan: by dimension, division and source, a column for each year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from khelang_opendata.formats.key_figures import KeyFigures, Money, Part
from khelang_opendata.formats.worksheets import HEADING, NUMBER, TEXT, Book, set_height, set_page, write_text

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_NAME_WIDTH, _MONEY_WIDTH = 70, 18
_NOTE = (
    "งบประมาณที่ตั้งไว้ในแผน ไม่ใช่เงินที่จ่ายจริง หน่วยเป็นบาท ≥ คืออย่างน้อย เพราะเอกสารไม่ได้ระบุจำนวนเงินบางรายการ\n"
    "Planned, not spent, in baht. ≥ means at least, because the document leaves out some amounts."
)
_NOT_KNOWN = "ไม่ทราบ not known"
_TOTAL = "รวม Total"
_WHOLE_PERIOD = "รวมทุกปี All years"


def write_sums(book: Book, name: str, figures: KeyFigures) -> None:
    """Add the sheet of sums."""
    sheet = book.excel.add_worksheet(name)
    set_page(sheet, 0.4)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, _NAME_WIDTH)
    periods = [str(year) for year in figures.period] + ([""] if figures.whole_period else [])
    sheet.set_column(1, len(periods) + 1, _MONEY_WIDTH)
    sheet.merge_range(0, 0, 0, len(periods) + 1, _NOTE, book.style(TEXT))
    set_height(sheet, 0, [_NOTE], [_NAME_WIDTH + _MONEY_WIDTH * (len(periods) + 1)])
    at = 2
    for title, parts in _blocks(figures):
        headings = [title, *(period or _WHOLE_PERIOD for period in periods), _TOTAL]
        for column, text in enumerate(headings):
            write_text(sheet, at, column, text, book.style(HEADING))
        for row, part in enumerate([*parts, Part("", (_TOTAL, ""), figures.whole.lines, ())], at + 1):
            is_total = row == at + 1 + len(parts)
            label = "\n".join(filter(None, part.name))
            write_text(sheet, row, 0, label, book.style(TEXT, bold=is_total))
            set_height(sheet, row, [label], [_NAME_WIDTH])
            amounts = [*(part.money_with(fiscal_year_be=period) for period in periods), part.money]
            for column, money in enumerate(amounts, 1):
                _write_money(book, sheet, row, column, money, is_bold=is_total or column == len(amounts))
        at += len(parts) + 3


def _blocks(figures: KeyFigures) -> Sequence[tuple[str, Sequence[Part]]]:
    return (
        ("มิติ Dimension", figures.dimensions),
        ("สำนัก/กองที่รับผิดชอบ Division in charge", figures.divisions),
        ("แหล่งเงิน Source", figures.sources),
        ("ประเภท Kind", figures.kinds),
    )


def _write_money(book: Book, sheet: Worksheet, row: int, at: int, money: Money, *, is_bold: bool) -> None:
    if money.is_least and not money.thb:
        write_text(sheet, row, at, _NOT_KNOWN, book.style(NUMBER, bold=is_bold))
        return
    decimals = "" if money.thb == money.thb.to_integral_value() else ".00"
    least = '"≥ "' if money.is_least else ""
    style = book.style(NUMBER, bold=is_bold, num_format=f"{least}#,##0{decimals}")
    sheet.write_number(row, at, money.thb, style)
