"""Which row of the summary table is which sheet's project: by title, then by what is between two that fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from khelang_opendata.intake.document_sheets import DocumentSheet
from khelang_opendata.intake.document_summary import SummaryProject
from khelang_opendata.intake.plan_document import mended, squeezed
from khelang_opendata.intake.row_matching import Described, likeness, match_rows

_LEAST_ALIKE = 0.6
_COMPARED_AT_MOST = 40
"""Rows and sheets that are compared each with each; of more, only titles and order are used."""
_LONGEST = 400


class PairedBy(StrEnum):
    """Why a row and a sheet are one project."""

    TITLE = "title"
    LIKENESS = "likeness"
    ORDER = "order"
    ALONE = "alone"
    """There is no partner."""


@dataclass(frozen=True)
class ProjectPair:
    """A project: its row of the summary table and its sheet, of which one may be missing."""

    row: SummaryProject | None
    sheet: DocumentSheet | None
    by: PairedBy

    @property
    def is_sure(self) -> bool:
        return self.by in (PairedBy.TITLE, PairedBy.LIKENESS)


def paired(rows: Sequence[SummaryProject], sheets: Sequence[DocumentSheet]) -> list[ProjectPair]:
    """The projects, in the order of the sheets, or of the table where there are none.

    Args:
        rows: the projects of the summary table.
        sheets: the sheets.
    """
    found: dict[int, tuple[int, PairedBy]] = {}
    _pair_titles(rows, sheets, found)
    _pair_between(rows, sheets, found)
    _pair_rest(rows, sheets, found)
    row_of = {sheet: (row, by) for row, (sheet, by) in found.items()}
    pairs = []
    row_at = 0
    for at, sheet in enumerate(sheets):
        row, by = row_of.get(at, (None, PairedBy.ALONE))
        if row is not None:
            pairs += [ProjectPair(rows[n], None, PairedBy.ALONE) for n in range(row_at, row) if n not in found]
            row_at = max(row_at, row + 1)
        pairs.append(ProjectPair(rows[row] if row is not None else None, sheet, by))
    return [*pairs, *(ProjectPair(rows[n], None, PairedBy.ALONE) for n in range(row_at, len(rows)) if n not in found)]


def title_of(sheet: DocumentSheet) -> str:
    """The title of a sheet as one text."""
    section = sheet.section("title")
    return mended(section.text) if section else ""


def _pair_titles(
    rows: Sequence[SummaryProject], sheets: Sequence[DocumentSheet], found: dict[int, tuple[int, PairedBy]]
) -> None:
    """Pair equal titles; a row may have a second name in brackets after the sheet's."""
    free: dict[str, list[int]] = {}
    for at, sheet in enumerate(sheets):
        free.setdefault(squeezed(title_of(sheet)), []).append(at)
    for at, row in enumerate(rows):
        title = squeezed(mended(row.title))
        for key in (title, title.partition("(")[0]):
            if key and free.get(key):
                found[at] = free[key].pop(0), PairedBy.TITLE
                break


def _pair_between(
    rows: Sequence[SummaryProject], sheets: Sequence[DocumentSheet], found: dict[int, tuple[int, PairedBy]]
) -> None:
    """Pair in order what is between two pairs, where there are as many rows as sheets."""
    anchors = [(-1, -1), *((row, found[row][0]) for row in sorted(found)), (len(rows), len(sheets))]
    for (row, sheet), (next_row, next_sheet) in pairwise(anchors):
        if next_row - row == next_sheet - sheet:
            for step in range(1, next_row - row):
                one, other = rows[row + step], sheets[sheet + step]
                is_alike = likeness(one.title[:_LONGEST], title_of(other)[:_LONGEST]) >= _LEAST_ALIKE
                found[row + step] = sheet + step, PairedBy.LIKENESS if is_alike else PairedBy.ORDER


def _pair_rest(
    rows: Sequence[SummaryProject], sheets: Sequence[DocumentSheet], found: dict[int, tuple[int, PairedBy]]
) -> None:
    """Pair by likeness what is still alone."""
    taken = {sheet for sheet, _ in found.values()}
    left = [at for at in range(len(rows)) if at not in found]
    free = [at for at in range(len(sheets)) if at not in taken]
    if not left or not free or len(left) > _COMPARED_AT_MOST or len(free) > _COMPARED_AT_MOST:
        return
    new = [Described(rows[at].title[:_LONGEST], (rows[at].dimension,)) for at in left]
    old = [Described(title_of(sheets[at])[:_LONGEST], (sheets[at].dimension,)) for at in free]
    for at, match in zip(left, match_rows(new, old).old, strict=True):
        if match is not None:
            found[at] = free[match], PairedBy.LIKENESS
