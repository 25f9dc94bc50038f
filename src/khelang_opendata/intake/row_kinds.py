"""Rows below a heading that hold no record: headings again, column numbers, bands, totals, notes and signatures.

They are left aside with one remark each. A row that may be a record all the same is refused, never lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import pairwise

from khelang_opendata.intake.cell_meanings import number_of
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.section_rows import is_section, section_text
from khelang_opendata.intake.summary_rows import is_of_amounts
from khelang_opendata.model.note_words import NOTE, POSITION
from khelang_opendata.model.thai import ascii_text

_TOTAL = re.compile(
    r"(?:ยอด)?รวม(?:ยอด|ย่อย|ทั้งสิ้น|ทั้งหมด|ทั้งแผน|ทุกปี|สุทธิ|เป็นเงิน|เงิน|งบประมาณ|จำนวน|โครงการ|กิจกรรม|มาตรการ|มิติ|ภารกิจ|ด้าน|ปี|ที่)*"
    r"(?=[\s\d:.(/]|$)|(?:grand |sub-?)?total\b|sum\b",
    re.IGNORECASE,
)
"""The words of a row of totals; a title that goes on after them, as that of a project may, is none."""
_WHOLE_TOTAL = re.compile("ทั้งสิ้น|ทั้งหมด|ทั้งแผน|grand", re.IGNORECASE)
_OF_TOTAL = re.compile(
    r"[\s\d:.,()/*+=-]+|ทั้งสิ้น|ทั้งหมด|โครงการ|กิจกรรม|มาตรการ|งบประมาณ|เป็นเงิน|จำนวน|บาท|รายปี|ปี|พ\.ศ|แผน|มิติ(?:ที่)?|ภารกิจ(?:ตามมิติ)?(?:ที่)?|of|dimension|mission|total|sum|amount|baht|thb",
    re.IGNORECASE,
)
"""What a row of totals says besides."""
_BAND = re.compile(
    r"(?:รวม ?)?(?:(?:มิติ|ภารกิจ|ยุทธศาสตร์|กลยุทธ์)(?:ตามมิติ|ตามภารกิจ)?(?:ที่)?|(?:แนวทาง|ด้าน|ส่วน|หมวด|แผนงาน)ที่)\s*\d"
    r"|(?:dimension|mission|part)\s+\d",
    re.IGNORECASE,
)
"""The words of a row that is the heading of the rows below it."""
_NUMBER = re.compile(r"\(? ?(\d{1,2}) ?\)?(?: ?=.*)?")
_DASHES = ("-", "–", "—", "−")
_ALIKE, _MOST, _LEAST_IN_ROW, _LEAST_MERGED = 0.8, 0.6, 3, 2
_LONGEST = 60


def no_name(_: str) -> bool:
    """Of no text is it known that it names what the rows below are of."""
    return False


@dataclass
class RowKinds:
    """The rows of one sheet, from its heading on; what a row is may depend on those above it.

    Attributes:
        plan: the sheet.
        columns: its columns by their places.
        heading: the cells of its heading.
        names: whether a text that is alone in its row names what the rows below are of, such as a unit.
    """

    plan: PlanSheet
    columns: dict[int, PlanColumn]
    heading: Sequence[str]
    names: Callable[[str], bool] = no_name
    _after_note: bool = field(default=False, init=False)

    def kind(self, cells: Sequence[str], merged: frozenset[int], unread: frozenset[int]) -> tuple[str, str] | None:
        """The code of the remark on a row that is no record, and the text that it names; None for a record.

        Args:
            cells: the row.
            merged: the places that a merge fills in.
            unread: the places of errors and formulas without a value.
        """
        filled = {p: cells[p] for p in self.columns if p < len(cells) and cells[p]}
        said = section_text(cells, self.columns, merged) if self.plan.table == "projects" and not unread else ""
        is_named = bool(said) and (is_section(said) or (bool(filled) and self.names(said)))
        if not filled:
            return ("band_left_out", said[:_LONGEST]) if is_named else None
        text = next(iter(dict(sorted(filled.items())).values()))[:_LONGEST]
        if self._is_heading(filled):
            return "heading_repeated", text
        if _are_numbers([cell for cell in cells if cell]):
            return "numbers_left_out", text
        if found := self._total(text, filled, unread):
            return found, text
        is_one = not unread and len(set(filled.values())) == 1
        if is_named or (is_one and self._is_band(text, filled, merged)):
            return "band_left_out", (said if is_named else text)[:_LONGEST]
        return self._note(text, filled, unread)

    def _is_heading(self, filled: dict[int, str]) -> bool:
        """Whether most cells say what their column is called, in either language or nearly so."""
        labels = {
            p: {c.name, *map(comparable, (*c.titles, *c.also, self.heading[p]))}
            for p in filled
            for c in [self.columns[p]]
        }
        exact = [p for p, cell in filled.items() if comparable(cell) in labels[p]]
        if not exact:
            return False
        known = [p for p, cell in filled.items() if p in exact or _is_like(comparable(cell), labels[p])]
        return len(known) >= min(2, len(filled)) and len(known) >= _MOST * len(filled)

    def _total(self, text: str, filled: dict[int, str], unread: frozenset[int]) -> str | None:
        plain = ascii_text(text).strip()
        match = _TOTAL.match(plain)
        if self._is_numbered(filled):
            return None
        has_amount = bool(unread & {*self.columns}) or any(
            re.search(r"\d", ascii_text(cell)) for cell in filled.values()
        )
        if match and (has_amount or not plain[match.end() :].strip()):
            if _BAND.match(plain) or len(_OF_TOTAL.sub("", plain[match.end() :])) < _LEAST_IN_ROW:
                return "total_left_out"
            return None if self._has(filled, "lead_unit_id") else "row_unclear"
        has_money = any(is_of_amounts(self.columns[p].name) and number_of(cell) for p, cell in filled.items())
        return "total_left_out" if has_money and _BAND.match(plain) and self.plan.table == "projects" else None

    def _is_band(self, text: str, filled: dict[int, str], merged: frozenset[int]) -> bool:
        plain = ascii_text(text).strip()
        if number_of(plain) is not None:
            return False
        place = min(filled)
        is_in_number = self.plan.table == "projects" and self.columns[place].name == "sequence_no" and len(filled) == 1
        is_named = self.plan.table == "projects" and bool(_BAND.match(plain))
        return is_in_number or is_named or len(merged & {*filled}) >= _LEAST_MERGED

    def _note(self, text: str, filled: dict[int, str], unread: frozenset[int]) -> tuple[str, str] | None:
        has_number = bool(unread) or any(number_of(c) is not None or c in _DASHES for c in filled.values())
        if has_number:
            self._after_note = False
            return None
        plain = ascii_text(text).strip()
        if NOTE.match(plain):
            self._after_note = True
            has_unit = any(self._names(place, cell) for place, cell in filled.items())
            return ("row_unclear" if has_unit else "note_left_out"), text
        if self._after_note and len(set(filled.values())) == 1:
            return ("note_left_out" if POSITION.match(plain) else "row_unclear"), text
        return None

    def _is_numbered(self, filled: dict[int, str]) -> bool:
        numbers = (filled[p] for p in filled if self.columns[p].name == "sequence_no")
        return any(number_of(cell.rstrip(".")) is not None for cell in numbers)

    def _names(self, place: int, cell: str) -> bool:
        """Whether a cell names a record or a code, as no signature does."""
        column = self.columns[place]
        is_choice = column.refers_to is not None or bool(column.field and column.field.codelist)
        return is_choice and not NOTE.match(ascii_text(cell).strip()) and not POSITION.match(ascii_text(cell).strip())

    def _has(self, filled: dict[int, str], name: str) -> bool:
        return any(self.columns[place].name == name for place in filled)


def _is_like(text: str, labels: set[str]) -> bool:
    return any(SequenceMatcher(None, text, label).ratio() >= _ALIKE for label in labels)


def _are_numbers(cells: Sequence[str]) -> bool:
    """Whether cells are numbers from 1 on, as they are printed below the headings of columns."""
    matches = [_NUMBER.fullmatch(ascii_text(cell).strip()) for cell in cells]
    numbers = [int(match[1]) for match in matches if match]
    if len(numbers) < max(len(cells), _LEAST_IN_ROW) or numbers[0] != 1:
        return False
    return all(other == one + 1 for one, other in pairwise(numbers))


@dataclass(frozen=True)
class TotalRow:
    """A row of totals: its row, its words, and its amounts by column."""

    row: int
    text: str
    amounts: dict[str, Decimal]


def amounts_in(cells: Sequence[str], columns: Mapping[int, PlanColumn]) -> dict[str, Decimal]:
    """The amounts of a row of the summary table by the names of their years; signs are none."""
    found = {}
    for place, column in columns.items():
        number = number_of(cells[place]) if place < len(cells) and is_of_amounts(column.name) else None
        if number is not None:
            found[column.name] = number
    return found


def wrong_totals(
    total: TotalRow, rows: dict[int, dict[str, Decimal]], bounds: Sequence[int]
) -> dict[str, tuple[Decimal, Decimal]]:
    """The amounts of a row of totals that are no sum of the rows that it may total: the total, and the nearest sum.

    Args:
        total: the row.
        rows: the amounts of the rows of data, by row.
        bounds: the rows where parts of the table begin or end: bands, other totals, another dimension or mission.
    """
    above = [row for row in rows if row < total.row]
    starts = [-1] if _WHOLE_TOTAL.search(total.text) and above else [-1, *(at for at in bounds if at < total.row)]
    parts = [[row for row in above if row > start] for start in starts]
    if not above or _BAND.match(ascii_text(total.text).strip()):
        end = next((at for at in bounds if at > total.row), max(rows, default=0) + 1)
        parts += [[row for row in rows if total.row < row <= limit] for limit in (end, max(rows, default=0))]
    wrong = {}
    for year, amount in total.amounts.items():
        sums = [sum((rows[row].get(year, Decimal(0)) for row in part), Decimal(0)) for part in parts]
        if amount not in sums:
            wrong[year] = (amount, min((abs(found - amount), found) for found in sums)[1])
    return wrong
