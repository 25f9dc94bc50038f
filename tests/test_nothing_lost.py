"""A text in any cell in sight is taken, is a fixed text of the workbook, or is named in a remark with its place."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.worksheet.worksheet import Worksheet

from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.model.wording import Language
from tests.conftest import needs
from tests.damaged_sheets import FACTS, HEADING, SUMMARY
from tests.test_damaged_sheets import base, import_of
from tests.test_other_workbooks import saved_by_libreoffice
from tests.typed_anywhere import check

Pick = Callable[[Worksheet, int, int, Any], bool]
FURTHER_ROWS, FURTHER_COLUMNS = 3, 2
EXPLANATIONS = 3


def marked(pick: Pick) -> tuple[bytes, dict[str, tuple[str, int, int]]]:
    """The workbook with a text of its own in each cell that is picked, and where each is."""
    book, places, stream = load_workbook(io.BytesIO(base()[1])), dict[str, tuple[str, int, int]](), io.BytesIO()
    for sheet in (sheet for sheet in book.worksheets if sheet.sheet_state == "visible"):
        rows, columns = sheet.max_row + FURTHER_ROWS, sheet.max_column + FURTHER_COLUMNS
        for row in range(1, rows + 1):
            for column in range(1, columns + 1):
                cell = sheet.cell(row, column)
                if not isinstance(cell, MergedCell) and pick(sheet, row, column, cell.value):
                    text = f"หมาย{len(places)}เลข"
                    cell.value = text
                    places[text] = (sheet.title, row - 1, column - 1)
    book.save(stream)
    return stream.getvalue(), places


def lost(pick: Pick) -> list[tuple[str, int, int]]:
    """The places of texts that no table has and no remark names.

    A row that is refused is read again once it is corrected; a column or a sheet is named as a whole.
    """
    data, places = marked(pick)
    result = import_of(data)
    said = [text for rows in result.tables.values() for row in rows for text in row.values()]
    said += [remark.text(Language.TH) for remark in result.remarks]
    held = {text for text in places if any(text in one for one in said)}
    refused = {(r.sheet, r.row) for r in result.of_kind(RemarkKind.REFUSED)}
    cells = {(r.sheet, r.row, r.column) for r in result.remarks}
    columns = {(r.sheet, r.column) for r in result.remarks if r.code == "column_unread"}
    return [
        place
        for text, place in places.items()
        if text not in held
        and place not in cells
        and (place[0], place[1], None) not in cells
        and (place[0], place[1]) not in refused
        and (place[0], place[2]) not in columns
    ]


def _is_open(sheet: Worksheet, row: int, column: int) -> bool:
    """Whether a cell is a place of data: the facts' third column explains them, the place of new rows is a setting."""
    setting = str(sheet.cell(row, 1).value).startswith("ที่มาในเอกสารของแถวใหม่")
    return sheet.title != FACTS or (column != EXPLANATIONS and not setting)


@pytest.mark.parametrize(
    "pick",
    [
        lambda sheet, row, column, value: value is None and _is_open(sheet, row, column),
        lambda sheet, row, column, value: column == 1 and row > HEADING and value is not None,
        lambda sheet, row, column, value: column == 1 + 1 and row > HEADING and value is not None,
    ],
    ids=["empty cells", "first cells", "second cells"],
)
def test_no_text_is_lost(pick: Pick) -> None:
    assert lost(pick) == []


@pytest.mark.parametrize("seed", range(1, 5))
def test_nothing_that_is_typed_anywhere_is_lost(seed: int) -> None:
    check(seed)


@pytest.mark.parametrize(
    "form", ["xlsx", pytest.param("ods", marks=needs("soffice")), pytest.param("xls", marks=needs("soffice"))]
)
def test_number_typed_over_a_computed_total_is_named(form: str) -> None:
    book, stream = load_workbook(io.BytesIO(base()[1])), io.BytesIO()
    book[SUMMARY]["D4"], book[SUMMARY]["C5"], book[SUMMARY]["E6"] = 7, "๗", 7
    book.save(stream)
    data = stream.getvalue() if form == "xlsx" else saved_by_libreoffice(stream.getvalue(), form)
    named = {r.place for r in import_of(data).remarks if r.code == "total_typed"}
    of_form = {"xls": {"ตารางสรุป!D4"}}  # which does not say of other totals whether they are computed
    assert named == of_form.get(form, {"ตารางสรุป!D4", "ตารางสรุป!C5", "ตารางสรุป!E6"})


def test_totals_that_are_computed_are_not_named() -> None:
    assert not [r for r in import_of(base()[1]).remarks if r.code in ("total_typed", "text_above_heading")]


@pytest.mark.parametrize(("sheet", "cell"), [(SUMMARY, "A1"), (SUMMARY, "A2"), ("หน่วยงาน", "A1"), ("มิติ", "A2")])
def test_text_alone_above_a_heading_is_named_but_for_the_titles_of_the_workbook(sheet: str, cell: str) -> None:
    book, stream = load_workbook(io.BytesIO(base()[1])), io.BytesIO()
    book[sheet][cell] = "ฝากตรวจด้วย"
    book.save(stream)
    named = [(r.code, r.place) for r in import_of(stream.getvalue()).remarks if r.kind is RemarkKind.IGNORED]
    assert (("text_above_heading", f"{sheet}!{cell}") in named) or (
        ("text_above_heading", f"{sheet}!{cell[1]}:{cell[1]}") in named
    )
