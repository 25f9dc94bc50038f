"""The rules of values over whole tables: which cells are looked at, by which rules.

The columns are read some thousand rows at a time. Their distinct cells pass one cheap test first, by the kind of the
column; only what fails it is put before the rules. A row whose cells do not match the heading is left to the structure.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.spoilt_text import BOUND, TONE_MARKS, VOWEL_MARKS
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import CellCheck
from khelang_opendata.validation.rules.shared_faults import SharedFaults
from khelang_opendata.validation.rules.text_values import (
    FORMULA_STARTS,
    character_hidden,
    encoding_suspected_cp874,
    formula_suspected,
    is_printed,
    personal_data_suspected,
    text_lost,
    text_not_normalized,
)
from khelang_opendata.validation.rules.typed_values import (
    amount_too_fine,
    date_buddhist_year,
    date_other_form,
    date_out_of_range,
    hidden_in_value,
    number_grouped,
    number_not_finite,
    number_not_held,
    number_not_plain,
    number_too_long,
    number_with_words,
    spaced_number,
    thai_digits,
)

_ROWS_AT_ONCE = 4096

_OWN_READING = ("groupChar", "decimalChar", "bareNumber", "format")
"""Properties of a column that others describe, with which its cells are not written as the standard has them."""

_PLAIN_NUMBERS = r"(?:(?:0|[1-9][0-9]{0,12})(?:\.[0-9]{1,2})?\n)*"
_PLAIN_INTEGERS = r"(?:(?:0|[1-9][0-9]{0,12})\n)*"
_PLAIN_DATES = r"(?:(?:19|2[0-3])[0-9]{2}-[0-9]{2}-[0-9]{2}\n)*"

_SUSPECT_STARTS = FORMULA_STARTS | {"\n", " "}
_DIGITS = "0-9๐-๙０-９"
_ALWAYS = "@\u0080-\u0100\u034f\u0e4d\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0\ufffd"
_SUSPECT = re.compile(  # begins with one set of characters, so that the engine skips to the next of them
    rf"[ {_DIGITS}{_ALWAYS}?#]"
    rf"(?:(?<![ \d?#])|(?<= )[ {BOUND}]|(?<=[เ-ไ] )|(?<=[ \d])(?:[- ]?\d){{9}}"
    r"|(?<=\?)(?![^?\n])|(?<=#)[#A-Z])"
)
"""A mobile number has ten digits, a citizen id more: one of them, or a space, is followed by nine."""

_ODD_E = "เเ|เ[ธน].เ[ธน]"
"""A vowel that is typed as two others, and UTF-8 in the Thai code page."""
_ODD_MARK = rf"(?<![ก-ฮ])[{VOWEL_MARKS}]|(?<![ก-ฮ{VOWEL_MARKS}])[{TONE_MARKS}]"
KINDS_OF_LETTERS = b"-" * 0xA1 + b"c" * 46 + b"--v--" + b"v" * 7 + b"-" * 12 + b"v" + b"t" * 5 + b"vv" + b"-" * 17
"""For each byte of the Thai code page whether it is a consonant, a vowel mark or a tone mark."""
_ODD_PAIRS = (b"-v", b"vv", b"tv", b"-t", b"tt")

_WRONG_WORDS = frozenset({"TRUE", "FALSE"})


def check_values(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """The issues of the rules on values, in the order of the files.

    What many cells of a table or a column share is one issue, behind those of single cells.
    """
    for table in tables.values():
        shared = SharedFaults()
        yield from shared.held_back(_issues_of(table))
        yield from shared.issues()


def _issues_of(table: HeadedTable) -> Iterator[Issue]:
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


class _Judge(NamedTuple):
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
    if any(field.descriptor.get(name, "default") != "default" for name in _OWN_READING):
        return _OF_OTHERS.get(kind, _NOTHING_TO_JUDGE) if field.is_own else _NOTHING_TO_JUDGE
    if kind in _NUMBERS:
        return _NUMBERS[kind]
    if kind == "date":
        return _DATES
    if field.is_own:  # its pattern, which others wrote, is not matched here
        return _OF_OTHERS.get(kind, _NOTHING_TO_JUDGE)
    if kind != "string" or field.holds_codes:
        return _CODES
    return _PRINTED if is_printed(field) else _TEXTS


def _not_matching(pattern: str, cells: list[str]) -> Set[str]:
    if re.fullmatch(pattern, "\n".join(cells) + "\n"):
        return set()
    return {cell for cell in cells if not re.fullmatch(pattern, f"{cell}\n")}


def _no_plain_codes(cells: list[str]) -> Set[str]:
    joined = "".join(cells)
    if joined.isascii() and joined.isprintable() and " " not in joined:
        return set()
    return {cell for cell in cells if not cell.isascii() or not cell.isprintable() or " " in cell}


def _suspect_texts(cells: list[str]) -> set[str]:
    suspects = {cell for cell in cells if cell[0] in _SUSPECT_STARTS or cell[-1].isspace() or cell.startswith("Err:")}
    suspects.update(_WRONG_WORDS.intersection(cells))
    if not "".join(cells).isprintable():
        suspects.update(cell for cell in cells if not cell.isprintable())
    joined = "\n".join(cells)
    found = [match.start() for match in (*_SUSPECT.finditer(joined), *re.finditer(_ODD_E, joined))]
    if _has_odd_marks(joined):
        found += (match.start() for match in re.finditer(_ODD_MARK, joined))
    if found:
        ends = [*accumulate(len(cell) + 1 for cell in cells)]
        suspects.update(cells[bisect_right(ends, place)] for place in found)
    return suspects


def _has_odd_marks(text: str) -> bool:
    """Whether a Thai mark may be without its consonant; by kinds of bytes, for a pattern takes ten times as long."""
    kinds = b"-" + text.encode("cp874", "replace").translate(KINDS_OF_LETTERS)
    return any(pair in kinds for pair in _ODD_PAIRS)


def _suspect_texts_or_not_nfc(cells: list[str]) -> Set[str]:
    suspects = _suspect_texts(cells)
    if unicodedata.is_normalized("NFC", "\n".join(cells)):
        return suspects
    return suspects.union(cell for cell in cells if not unicodedata.is_normalized("NFC", cell))


_OF_NUMBERS: tuple[CellCheck, ...] = (
    *(hidden_in_value, thai_digits, number_grouped, number_not_plain, number_too_long, amount_too_fine),
    *(number_not_finite, number_with_words, spaced_number),
)
_NUMBERS: Mapping[str, _Judge] = {
    "integer": _Judge(partial(_not_matching, _PLAIN_INTEGERS), _OF_NUMBERS),
    "number": _Judge(partial(_not_matching, _PLAIN_NUMBERS), _OF_NUMBERS),
}
_DATES = _Judge(
    partial(_not_matching, _PLAIN_DATES),
    (hidden_in_value, thai_digits, date_buddhist_year, date_out_of_range, date_other_form),
)
_OTHER_DATES = _Judge(set, (date_out_of_range,))
_CODES = _Judge(_no_plain_codes, (thai_digits, hidden_in_value))
_OF_TEXT: tuple[CellCheck, ...] = (
    *(text_lost, encoding_suspected_cp874, character_hidden),
    *(formula_suspected, personal_data_suspected, text_not_normalized),
)
_PRINTED = _Judge(_suspect_texts, _OF_TEXT)
_NOTHING_TO_JUDGE = _Judge(lambda _: set(), ())
_TEXTS = _Judge(_suspect_texts_or_not_nfc, _OF_TEXT)
_OTHER_NUMBERS = _Judge(set, (number_not_held,))
_OF_OTHERS: Mapping[str, _Judge] = {
    **{"string": _TEXTS, "any": _TEXTS, "integer": _OTHER_NUMBERS, "number": _OTHER_NUMBERS},
    **{"date": _OTHER_DATES, "datetime": _OTHER_DATES},
}
"""The judges of columns that packages add and describe in their own way, by type."""
