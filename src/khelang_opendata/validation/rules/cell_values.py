"""The rules of values over whole tables: which cells are looked at, by which rules.

The columns are read some thousand rows at a time. Their distinct cells pass one cheap test first, by the kind of the
column; only what fails it is put before the rules. A row whose cells do not match the heading is left to the structure.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.thai import FIRST_BUDDHIST_YEAR
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import CellCheck
from khelang_opendata.validation.rules.text_values import (
    BOUND,
    FORMULA_STARTS,
    HARD_SPACE,
    INVISIBLE,
    encoding_suspected_cp874,
    formula_suspected,
    personal_data_suspected,
    text_not_normalized,
)
from khelang_opendata.validation.rules.typed_values import (
    date_buddhist_year,
    number_grouped,
    number_not_finite,
    spaced_number,
    thai_digits,
)

_AS_PRINTED = frozenset({"printed_value", "other_value"})
_ROWS_AT_ONCE = 4096

_OF_NUMBERS = "0123456789.-"
_SUSPECT_STARTS = FORMULA_STARTS | {"\n", " "}
_DIGITS = "0-9๐-๙０-９"
_SUSPECT = re.compile(  # begins with one set of characters, so that the engine skips to the next of them
    rf"[ {_DIGITS}@\u0080-\u0100\u0e4d{INVISIBLE}{HARD_SPACE}]"
    rf"(?:(?<=[^ {_DIGITS}])|(?<= )[ {BOUND}]|(?<=[เ-ไ] )|(?:[- ]?\d){{9}})"
)
"""A mobile number has ten digits, a citizen id more: one of them, or a space, is followed by nine."""


def check_values(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """The issues of the rules on values, in the order of the files."""
    for table in tables.values():
        judged = [(position, field, _judge(field)) for position, field in enumerate(table.columns) if field]
        for start in range(0, len(table.table.rows), _ROWS_AT_ONCE):
            columns = _columns(table, start, [position for position, _, _ in judged])
            suspects = [
                (start + index, position, field, judge)
                for (position, field, judge), column in zip(judged, columns, strict=True)
                for index in judge.suspects(column)
            ]
            for index, position, field, judge in sorted(suspects, key=itemgetter(0, 1)):
                yield from judge.findings(Record(table, index + 2), field, table.table.rows[index][position])


def value_error(table: HeadedTable, row: int, position: int) -> Issue | None:
    """The error that a rule of values finds in one cell.

    Args:
        table: the cell's table.
        row: its row as a spreadsheet numbers it (the heading is row 1).
        position: its place in the row.
    """
    cells, field = table.table.rows[row - 2], table.columns[position]
    if field is None or len(cells) != len(table.columns) or not cells[position]:
        return None
    found = _judge(field).findings(Record(table, row), field, cells[position])
    return next((issue for issue in found if issue.severity is Severity.ERROR), None)


def _columns(table: HeadedTable, start: int, positions: list[int]) -> Iterable[Sequence[str]]:
    """Some columns of some rows from one on; a row that does not match the heading is as if it were empty."""
    width = len(table.columns)
    rows = table.table.rows[start : start + _ROWS_AT_ONCE]
    if len(positions) == width:
        empty = [""] * width
        return zip(*(cells if len(cells) == width else empty for cells in rows), strict=True)
    return ([cells[position] if len(cells) == width else "" for cells in rows] for position in positions)


@dataclass(frozen=True, slots=True)
class _Judge:
    """A kind of column: the cheap test, which picks suspects among distinct cells, and the rules for those.

    A few clean cells are suspect, too.
    """

    suspects_of: Callable[[list[str]], Set[str]]
    rules: tuple[CellCheck, ...]

    def suspects(self, cells: Sequence[str]) -> Iterator[int]:
        """The positions of the cells that a rule may find a fault in."""
        suspects = self.suspects_of([*({*cells} - {""})])
        if suspects:
            yield from (index for index, cell in enumerate(cells) if cell in suspects)

    def findings(self, record: Record, field: Field, cell: str) -> Iterator[Issue]:
        """The issues in a cell, up to the first error."""
        for rule in self.rules:
            if found := rule(record, field, cell):
                yield found
                if found.severity is Severity.ERROR:
                    return


def _judge(field: Field) -> _Judge:
    kind = field.descriptor.get("type", "any")
    if field.is_own:  # its pattern, which others wrote, is not matched here
        return _TEXTS if kind == "string" else _NOTHING_TO_JUDGE
    if kind in ("integer", "number"):
        return _NUMBERS
    if kind == "date":
        return _DATES
    if kind != "string" or _is_code(field):
        return _CODES
    return _PRINTED if field.name.endswith("_printed") or field.name in _AS_PRINTED else _TEXTS


def _is_code(field: Field) -> bool:
    """Whether a column holds ids or codes: it has a codelist, a pattern or a list of values."""
    constraints = field.descriptor.get("constraints", ())
    return "codelist" in field.descriptor or "pattern" in constraints or "enum" in constraints


def _no_plain_numbers(cells: list[str]) -> Set[str]:
    return {cell for cell in cells if cell.strip(_OF_NUMBERS)} if "".join(cells).strip(_OF_NUMBERS) else set()


def _no_plain_dates(cells: list[str]) -> Set[str]:
    return {cell for cell in cells if cell >= str(FIRST_BUDDHIST_YEAR) or not cell.isascii()}


def _not_ascii(cells: list[str]) -> Set[str]:
    return set() if "".join(cells).isascii() else {cell for cell in cells if not cell.isascii()}


def _suspect_texts(cells: list[str]) -> set[str]:
    suspects = {cell for cell in cells if cell[0] in _SUSPECT_STARTS or cell[-1].isspace()}
    found = [match.start() for match in _SUSPECT.finditer("\n".join(cells))]
    if found:
        ends = [*accumulate(len(cell) + 1 for cell in cells)]
        suspects.update(cells[bisect_right(ends, place)] for place in found)
    return suspects


def _suspect_texts_or_not_nfc(cells: list[str]) -> Set[str]:
    suspects = _suspect_texts(cells)
    if unicodedata.is_normalized("NFC", "\n".join(cells)):
        return suspects
    return suspects.union(cell for cell in cells if not unicodedata.is_normalized("NFC", cell))


_NUMBERS = _Judge(_no_plain_numbers, (thai_digits, number_grouped, spaced_number, number_not_finite))
_DATES = _Judge(_no_plain_dates, (thai_digits, date_buddhist_year))
_CODES = _Judge(_not_ascii, (thai_digits,))
_OF_TEXT: tuple[CellCheck, ...] = (encoding_suspected_cp874, formula_suspected, personal_data_suspected)
_PRINTED = _Judge(_suspect_texts, _OF_TEXT)
_NOTHING_TO_JUDGE = _Judge(lambda _: set(), ())
_TEXTS = _Judge(_suspect_texts_or_not_nfc, (*_OF_TEXT, text_not_normalized))
