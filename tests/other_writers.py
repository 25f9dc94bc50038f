"""Workbooks as other programs write them: XlsxWriter, and LibreOffice when it saves what another program wrote."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet as Written


def by_xlsxwriter(workbook: bytes) -> bytes:
    """The sheets of a workbook as XlsxWriter writes them: values, number formats, merged cells, what is hidden."""
    read, stream = load_workbook(io.BytesIO(workbook)), io.BytesIO()
    with Workbook(stream, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        for sheet in read.worksheets:
            _write_sheet(book, sheet, book.add_worksheet(sheet.title))
    return stream.getvalue()


def _write_sheet(book: Workbook, sheet: Worksheet, made: Written) -> None:
    if sheet.sheet_state != "visible":
        (made.very_hidden if sheet.sheet_state == "veryHidden" else made.hide)()
    for row, about in sheet.row_dimensions.items():
        if about.hidden:
            made.set_row(row - 1, None, None, {"hidden": True})
    for area in sheet.merged_cells.ranges:
        made.merge_range(area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1, "")
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell, Cell) and cell.value is not None:
                _write_cell(book, made, cell)


def _write_cell(book: Workbook, made: Written, cell: Cell) -> None:
    row, column, value = cell.row - 1, cell.column - 1, cell.value
    style = book.add_format({"num_format": cell.number_format})
    if cell.data_type == "e":
        made.write_formula(row, column, "=NA()", style, value)
    elif cell.data_type == "f":
        made.write_formula(row, column, str(value), style, "")
    elif isinstance(value, bool):
        made.write_boolean(row, column, value, style)
    elif isinstance(value, datetime | date | time):
        made.write_datetime(row, column, value, style)
    elif isinstance(value, int | float):
        made.write_number(row, column, value, style)
    else:
        made.write_string(row, column, str(value), style)


def by_libreoffice(workbooks: Sequence[bytes], form: str = "xlsx") -> list[bytes]:
    """Workbooks as LibreOffice saves them, all in one start of the program."""
    with TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number:03}.xlsx") for number in range(len(workbooks))]
        for path, workbook in zip(paths, workbooks, strict=True):
            path.write_bytes(workbook)
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", form]
        subprocess.run([*command, "--outdir", f"{folder}/out", *paths], capture_output=True, timeout=300, check=True)
        return [Path(folder, "out", path.with_suffix(f".{form}").name).read_bytes() for path in paths]
