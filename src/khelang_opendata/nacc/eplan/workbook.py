"""The reports to E-PlanNACC as a workbook that an official fills in and keeps: the table, and the score it gives.

What must be filled in is coloured until it is, with the system's own choices to pick from; the score follows what is
filled in. Formulas are ours alone: whatever comes from the data is text or a number.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from khelang_opendata.formats.worksheets import (
    FORMULA,
    FORMULA_SIGNS,
    HEADING,
    LINE,
    NUMBER,
    TEXT,
    Book,
    set_height,
    set_page,
    stored,
    write_text,
)
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.eplan.plan_tables import REASONS, STATUSES, TWELVE_MONTHS, PlanTables
from khelang_opendata.nacc.eplan.report_form import (
    BUDGETS,
    CLOSED,
    COMPLETE,
    ORDINANCES,
    TO_FILL,
    Cell,
    FormColumn,
    columns,
)
from khelang_opendata.nacc.eplan.rows import EplanRow, projects_not_run
from khelang_opendata.nacc.eplan.score import Score, Share, rounded
from khelang_opendata.package.datapackage import Package

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

TABLE, SCORE = "รายงาน", "คะแนน"
"""The names of the sheets."""

_CHOICES = {
    "uses_budget": [*BUDGETS.values()],
    "in_ordinance": [*ORDINANCES.values()],
    "status": [*STATUSES.values()],
    "reason": [*REASONS.values()],
}
_AMOUNTS = ("planned", "approved", "disbursed")
_GREATEST = 999_999_999_999.99
_TO_FILL = {"bg_color": "#FFF2B3"}
_TITLE_SIZE = 14
_MARGIN = 0.3
_SCORE_COLUMNS = {
    "มิติ": 52,
    "โครงการ": 12,
    STATUSES["completed"]: 14,
    STATUSES["in_progress"]: 16,
    STATUSES["cannot"]: 16,
    "รอรายงานผล": 14,
    "คะแนนที่ได้": 13,
    "คิดเป็นร้อยละ": 14,
}
_SCORE_WIDTHS = list(_SCORE_COLUMNS.values())


@dataclass(frozen=True)
class About:
    """The source of a workbook: plan, release, year and round; ``not_run`` are numbers of projects."""

    lao: str
    plan: str
    version: str
    released_on: date
    year: int
    months: int
    not_run: tuple[int, ...]

    @classmethod
    def of(cls, release: Package, year: int, months: int) -> About:
        plan, descriptor = PlanTables.of(release).plan, release.descriptor
        day = date.fromisoformat(descriptor["created"][:10])
        not_run = projects_not_run(release, year)
        return cls(plan["lao_name_th"], plan["title_th"], str(descriptor["version"]), day, year, months, not_run)


@dataclass(frozen=True)
class _Grid:
    """The ranges of the table's columns, for formulas."""

    columns: Mapping[str, FormColumn]
    last: int
    """The row of the last record, the heading being row 0; row 1 without records."""

    def place(self, name: str) -> int:
        return list(self.columns).index(name)

    def cell(self, name: str, row: int) -> str:
        """One cell, its column fixed."""
        from xlsxwriter.utility import xl_rowcol_to_cell  # noqa: PLC0415 (with the library)

        return str(xl_rowcol_to_cell(row, self.place(name), col_abs=True))

    def range(self, name: str) -> str:
        """All cells of a column, as another sheet names them."""
        from xlsxwriter.utility import xl_range_abs  # noqa: PLC0415 (with the library)

        at = self.place(name)
        return f"'{TABLE}'!{xl_range_abs(1, at, self.last, at)}"


def eplan_xlsx(rows: Sequence[EplanRow], score: Score, about: About) -> bytes:
    """The rows of a round and their score as the bytes of an XLSX file, the same on every machine."""
    from xlsxwriter import Workbook  # noqa: PLC0415 (40 ms to import)

    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as excel:
        excel.set_properties(
            {
                "title": f"E-PlanNACC {about.year} ({about.months})",
                "subject": about.plan,
                "author": about.lao,
                "created": datetime.combine(about.released_on, datetime.min.time()),
            }
        )
        book, grid = Book(excel), _Grid(columns(about.months), max(len(rows), 1))
        _table_sheet(book, grid, rows)
        _score_sheet(book, grid, score, about)
    return stored(stream.getvalue())


def _table_sheet(book: Book, grid: _Grid, rows: Sequence[EplanRow]) -> None:
    sheet = book.excel.add_worksheet(TABLE)
    headings = [column.heading for column in grid.columns.values()]
    widths = [column.width for column in grid.columns.values()]
    for at, (width, heading) in enumerate(zip(widths, headings, strict=True)):
        sheet.set_column(at, at, width)
        write_text(sheet, 0, at, heading, book.style(HEADING, valign="vcenter"))
    set_height(sheet, 0, headings, [width - 2 for width in widths])  # bold letters are wider
    for at, row in enumerate(rows, 1):
        _write_row(book, sheet, grid, at, row)
    _rules(book, sheet, grid)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, grid.last, len(headings) - 1)
    set_page(sheet, _MARGIN)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0, 1)


def _write_row(book: Book, sheet: Worksheet, grid: _Grid, at: int, row: EplanRow) -> None:
    cells = {name: column.cell(row) for name, column in grid.columns.items()}
    if not row.is_closed:
        cells["state"] = TO_FILL if row.missing else COMPLETE
    for place, (name, cell) in enumerate(cells.items()):
        if name == "state" and not row.is_closed:
            formula = f'=IF(OR({",".join(_needs(grid, at).values())}),"{TO_FILL}","{COMPLETE}")'
            sheet.write_formula(at, place, formula, book.style(TEXT, **LINE), cell)
        else:
            _write_cell(book, sheet, at, place, cell)
    set_height(sheet, at, [_shown(cell) for cell in cells.values()], [c.width for c in grid.columns.values()])


def _write_cell(book: Book, sheet: Worksheet, row: int, at: int, cell: Cell) -> None:
    match cell:
        case None:
            sheet.write_blank(row, at, None, book.style(TEXT, **LINE))
        case Decimal():
            sheet.write_number(row, at, cell, book.style(NUMBER, num_format="#,##0.00", **LINE))
        case int():
            sheet.write_number(row, at, cell, book.style(NUMBER, num_format="0", **LINE))
        case _:
            base = FORMULA if cell.startswith(FORMULA_SIGNS) else TEXT
            write_text(sheet, row, at, cell, book.style(base, **LINE))


def _needs(grid: _Grid, at: int) -> dict[str, str]:
    """When each cell of a row must be filled in and is not, as formulas; the same as :attr:`EplanRow.missing`."""
    cell = {name: grid.cell(name, at) for name in grid.columns}
    conditions = dict.fromkeys(("uses_budget", "in_ordinance", "status"), "TRUE")
    conditions |= dict.fromkeys(_AMOUNTS, f'{cell["uses_budget"]}<>"{BUDGETS[False]}"')
    conditions["reason"] = f'{cell["status"]}="{STATUSES["cannot"]}"'
    conditions["other_reason"] = f'{cell["reason"]}="{REASONS["other"]}"'
    return {name: f'AND({cell[name]}="",{condition})' for name, condition in conditions.items()}


def _rules(book: Book, sheet: Worksheet, grid: _Grid) -> None:
    """Colour what must be filled in until it is, and offer the choices that the system's form has."""
    to_fill = book.excel.add_format(_TO_FILL)
    closed = f'{grid.cell("state", 1)}<>"{CLOSED}"'
    for name, need in _needs(grid, 1).items():
        at = grid.place(name)
        criteria = f"=AND({closed},{need})"
        sheet.conditional_format(1, at, grid.last, at, {"type": "formula", "criteria": criteria, "format": to_fill})
    for name, choices in _CHOICES.items():
        at = grid.place(name)
        sheet.data_validation(1, at, grid.last, at, {"validate": "list", "source": choices, **_refusal()})
    for name in _AMOUNTS:
        at = grid.place(name)
        amount = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": _GREATEST}
        sheet.data_validation(1, at, grid.last, at, amount | _refusal())


def _refusal() -> dict[str, str]:
    """The message of the spreadsheet program for an invalid value."""
    return {"error_title": "E-PlanNACC", "error_message": notice("eplan_refused", Language.TH)}


def _score_sheet(book: Book, grid: _Grid, score: Score, about: About) -> None:
    sheet = book.excel.add_worksheet(SCORE)
    sheet.hide_gridlines(2)
    for at, width in enumerate(_SCORE_WIDTHS):
        sheet.set_column(at, at, width)
    made = notice("eplan_made_from", Language.TH, year=about.year, months=about.months, version=about.version)
    titles = [notice("eplan_title", Language.TH), about.plan, made]
    for row, text in enumerate(titles):
        _write_line(book, sheet, row, text)
    write_text(sheet, 0, 0, titles[0], book.style(TEXT, bold=True, font_size=_TITLE_SIZE))
    sheet.set_row(0, 2 * _TITLE_SIZE)
    top = len(titles) + 1
    for at, heading in enumerate(_SCORE_COLUMNS):
        write_text(sheet, top, at, heading, book.style(HEADING))
    set_height(sheet, top, list(_SCORE_COLUMNS), _SCORE_WIDTHS)
    after = _score_rows(book, sheet, grid, score, top + 1)
    for row, text in enumerate(_explained(about), after + 1):
        _write_line(book, sheet, row, text)
    set_page(sheet, _MARGIN)
    sheet.fit_to_pages(1, 0)


def _write_line(book: Book, sheet: Worksheet, row: int, text: str) -> None:
    """A text across the sheet."""
    sheet.merge_range(row, 0, row, len(_SCORE_WIDTHS) - 1, "")
    write_text(sheet, row, 0, text, book.style(TEXT))
    set_height(sheet, row, [text], [sum(_SCORE_WIDTHS)])


def _explained(about: About) -> Iterator[str]:
    yield notice("eplan_how_score", Language.TH)
    if about.months == TWELVE_MONTHS:
        yield notice("eplan_how_latest", Language.TH)
    yield notice("eplan_how_fill", Language.TH)
    if about.not_run:
        yield notice("eplan_not_run", Language.TH, numbers=", ".join(map(str, about.not_run)))


def _score_rows(book: Book, sheet: Worksheet, grid: _Grid, score: Score, top: int) -> int:
    """Write the scored dimensions, their total, and what does not count; the row after the last."""
    scored = [(dimension.heading, share) for dimension, share in score.dimensions if dimension.scored]
    for row, (heading, share) in enumerate(scored, top):
        _write_share(book, sheet, row, heading, share, _counting(grid, row))
    total = top + len(scored)
    sums = [f"=SUM({letter}{top + 1}:{letter}{total})" if scored else "=0" for letter in "BCDEF"]
    _write_share(book, sheet, total, notice("eplan_total", Language.TH), score.total, sums, bold=True)
    others = [(dimension.heading, share) for dimension, share in score.dimensions if not dimension.scored]
    for row, (heading, share) in enumerate(others, total + 1):
        _write_share(book, sheet, row, heading, share, _counting(grid, row), scored=False)
    return total + 1 + len(others)


def _counting(grid: _Grid, row: int) -> list[str]:
    """Formulas that count the projects of the dimension in column A: all, by status, and those without a report.

    Compared, not looked up: a criterion of COUNTIFS would take the star of dimension ``3*`` for any text.
    """
    is_of = f"({grid.range('dimension')}=$A{row + 1})"
    formulas = [f"=SUMPRODUCT({is_of}*1)"]
    for status in ("completed", "in_progress", "cannot"):
        condition = f'({grid.range("status")}="{STATUSES[status]}")'
        if "earlier" in grid.columns:
            condition = f'({condition}+({grid.range("status")}="")*({grid.range("earlier")}="{STATUSES[status]}"))'
        formulas.append(f"=SUMPRODUCT({is_of}*{condition})")
    return [*formulas, f"=B{row + 1}-SUM(C{row + 1}:E{row + 1})"]


def _write_share(
    book: Book,
    sheet: Worksheet,
    row: int,
    heading: str,
    share: Share,
    counting: Sequence[str],
    *,
    scored: bool = True,
    bold: bool = False,
) -> None:
    """One line of the score, with the current results of its formulas."""
    style = {"bold": bold, **LINE}
    counts = (share.projects, share.completed, share.in_progress, share.cannot, share.waiting)
    write_text(sheet, row, 0, heading, book.style(TEXT, **style))
    set_height(sheet, row, [heading], _SCORE_WIDTHS)
    for at, (formula, count) in enumerate(zip(counting, counts, strict=True), 1):
        sheet.write_formula(row, at, formula, book.style(NUMBER, num_format="#,##0", **style), count)
    if not scored:
        for at in (6, 7):
            write_text(sheet, row, at, notice("eplan_unscored", Language.TH), book.style(TEXT, **style))
        return
    line, percent = row + 1, share.percent
    points = f"=C{line}+0.5*D{line}"
    sheet.write_formula(row, 6, points, book.style(NUMBER, num_format="#,##0.0", **style), float(share.points))
    rate, value = f'=IF(B{line}=0,"",ROUND(G{line}/B{line}*100,2))', "" if percent is None else float(rounded(percent))
    sheet.write_formula(row, 7, rate, book.style(NUMBER, num_format="0.00", **style), value)


def _shown(cell: Cell) -> str:
    if isinstance(cell, Decimal):
        return f"{cell:,.2f}"
    return "" if cell is None else str(cell)
