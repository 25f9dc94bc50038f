"""Rows above the heading of a sheet, which import does not read: those that look like records are named, not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from khelang_opendata.intake.cell_meanings import number_of
from khelang_opendata.intake.heading_rows import TableHeading
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, sheet_texts, text_pair
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_kinds import RowKinds
from khelang_opendata.intake.shown_values import example_of
from khelang_opendata.intake.summary_rows import is_of_amounts
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import Language

_LONGEST_SHOWN = 60
_DIGIT = re.compile(r"\d")


def remarks_above(
    sheet: ReadSheet, plan: PlanSheet, top: TableHeading, columns: Mapping[int, PlanColumn]
) -> Iterator[Remark]:
    """A remark on each row above a heading that may be a record, and on each text beside a title.

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
    examples = {comparable(example_of(column, language)) for column in plan.columns for language in Language}
    is_own = sheet.layout is None and comparable(sheet.known_as) in map(comparable, plan.titles)
    heads = {comparable(text) for text in plan.heads} if is_own else None
    for at, cells in enumerate(sheet.cells[: top.first]):
        if any(comparable(cell) in own for cell in cells if cell):
            yield from _beside_own(sheet, at, own, columns, top.last)
            continue
        given = {p: cells[p] for p in columns if p < len(cells) and cells[p] and (at, p) not in sheet.filled}
        kind = kinds.kind(cells, frozenset(), frozenset()) if given else None
        if kind and kind[0] != "band_left_out":
            continue
        is_text = bool(given) and not kind and not _is_example(given, columns)
        params = {"text": given[min(given)][:_LONGEST_SHOWN]} if is_text else {}
        if is_text and _is_record(given, plan, columns):
            yield Remark(RemarkKind.REFUSED, "row_above_heading", sheet.name, at, params=params)
        elif is_text and at == top.first - 1:  # higher up are titles
            yield Remark(RemarkKind.IGNORED, "text_above_heading", sheet.name, at, params=params)
        else:
            yield from _beside_title(sheet, at, examples, heads)


def _beside_title(sheet: ReadSheet, at: int, examples: set[str], heads: set[str] | None) -> Iterator[Remark]:
    """Remarks on texts beside the first one of a row, which is a title or begins the row of examples.

    Args:
        sheet: the sheet.
        at: the row.
        examples: the texts of the row of examples, as they are compared.
        heads: in a sheet that has the name of the workbook's own, what this has in its first cells; any other first
            text of a row is remarked on, too.
    """
    given = {place: cell for place, cell in enumerate(sheet.cells[at]) if cell and (at, place) not in sheet.filled}
    for number, (place, cell) in enumerate(given.items()):
        is_title = number == 0 and (heads is None or comparable(cell) in heads or (at, place + 1) in sheet.filled)
        if comparable(cell) not in examples and not is_title:
            params = {"text": cell[:_LONGEST_SHOWN]}
            yield Remark(RemarkKind.IGNORED, "text_above_heading", sheet.name, at, place, params)


def _is_typed(sheet: ReadSheet, at: int, place: int, *, heading: int, is_sum: bool) -> bool:
    """Whether a number in a cell of totals is typed over its formula.

    A file that does not say which cells are formulas shows it of a sum alone, which is then not that of its column.
    """
    if sheet.check.formulas is not None:
        return (at, place) not in sheet.check.formulas
    below = (number_of(line[place]) for line in sheet.cells[heading + 1 :] if place < len(line) and line[place])
    return is_sum and number_of(sheet.cells[at][place]) != sum(filter(None, below), Decimal(0))


def _beside_own(
    sheet: ReadSheet, at: int, own: set[str], columns: Mapping[int, PlanColumn], heading: int
) -> Iterator[Remark]:
    """Remarks on what is in a row of settings beside its choice, and in one of totals beside those of years."""
    cells = sheet.cells[at]
    label = next(place for place, cell in enumerate(cells) if comparable(cell) in own)
    totals = {comparable(text) for pair in sheet_texts()["totals"].values() for text in pair}
    years = [p for p, column in columns.items() if is_of_amounts(column.name) and comparable(cells[label]) in totals]
    sums = [comparable(text) for text in text_pair("totals", "sum")]
    is_sum = comparable(cells[label]) in sums
    for place, cell in enumerate(cells):
        is_total = place in years and number_of(cell) is not None
        if is_total and _is_typed(sheet, at, place, heading=heading, is_sum=is_sum):
            params = {"text": cell[:_LONGEST_SHOWN]}
            yield Remark(RemarkKind.IGNORED, "total_typed", sheet.name, at, place, params)
        is_own = place == label or (place == label + 1 and not years)
        if cell and not is_total and not is_own and (at, place) not in sheet.filled:
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
