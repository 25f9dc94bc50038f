"""Rows above the heading of a sheet, which import does not read: those that look like records are named, not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from khelang_opendata.intake.cell_meanings import number_of
from khelang_opendata.intake.heading_rows import TableHeading
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, sheet_texts
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_kinds import RowKinds
from khelang_opendata.intake.shown_values import example_of
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import Language

_LONGEST_SHOWN = 60
_DIGIT = re.compile(r"\d")


def remarks_above(
    sheet: ReadSheet, plan: PlanSheet, top: TableHeading, columns: Mapping[int, PlanColumn]
) -> Iterator[Remark]:
    """A remark on each row above a heading that may be a record.

    Titles, the example row of the workbook, its totals and its settings are none, nor are headings of several columns.

    Args:
        sheet: the sheet.
        plan: the plan's sheet that it is.
        top: its heading.
        columns: its columns by their places.
    """
    own = {
        comparable(text) for group in ("settings", "totals") for pair in sheet_texts()[group].values() for text in pair
    }
    kinds = RowKinds(plan, dict(columns), top.labels)
    for at, cells in enumerate(sheet.cells[: top.first]):
        if any(comparable(cell) in own for cell in cells if cell):
            yield from _beside_own(sheet, at, own)
            continue
        given = {p: cells[p] for p in columns if p < len(cells) and cells[p] and (at, p) not in sheet.filled}
        if not given or _is_example(given, columns) or kinds.kind(cells, frozenset(), frozenset()):
            continue
        params = {"text": given[min(given)][:_LONGEST_SHOWN]}
        if _is_record(given, plan, columns):
            yield Remark(RemarkKind.REFUSED, "row_above_heading", sheet.name, at, params=params)
        elif at == top.first - 1:  # higher up are titles
            yield Remark(RemarkKind.IGNORED, "text_above_heading", sheet.name, at, params=params)


def _beside_own(sheet: ReadSheet, at: int, own: set[str]) -> Iterator[Remark]:
    """Remarks on texts in a row of settings or totals: beside its words there are a choice and numbers alone."""
    cells = sheet.cells[at]
    label = next(place for place, cell in enumerate(cells) if comparable(cell) in own)
    for place, cell in enumerate(cells):
        is_text = cell and number_of(cell) is None and (at, place) not in sheet.filled
        if is_text and place not in (label, label + 1):
            params = {"text": cell[:_LONGEST_SHOWN]}
            yield Remark(RemarkKind.IGNORED, "text_above_heading", sheet.name, at, place, params)


def _is_record(given: Mapping[int, str], plan: PlanSheet, columns: Mapping[int, PlanColumn]) -> bool:
    """Whether a row has what its sheet needs and more: a project its number or an amount."""
    names = {columns[p].name for p in given}
    if len(given) < len(plan.needed) + 1 or not names.issuperset(plan.needed):
        return False
    numbered = (p for p in given if columns[p].name == "sequence_no" or columns[p].name.isdigit())
    return plan.table != "projects" or any(_DIGIT.search(ascii_text(given[p])) for p in numbered)


def _is_example(given: Mapping[int, str], columns: Mapping[int, PlanColumn]) -> bool:
    """Whether a row is the one of examples that the workbook has above its heading."""
    return all(
        comparable(cell) in {comparable(example_of(columns[p], language)) for language in Language}
        for p, cell in given.items()
    )
