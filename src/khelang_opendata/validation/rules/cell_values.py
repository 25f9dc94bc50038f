"""Rules of values: each looks at one cell and says whether its text is what the column can hold.

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
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text, has_citizen_id, has_other_digits, restored
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.plan import Record

CellCheck = Callable[[Record, Field, str], Issue | None]

TYPE_WRONG = Rule("type_wrong", Severity.ERROR, __file__)

_AS_PRINTED = frozenset({"printed_value", "other_value"})
_EXCERPT = 12
_LONGEST_SHOWN = 80
_ROWS_AT_ONCE = 4096

# Patterns of the rules, which few cells come to: each is compiled when the first one does.
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_GROUPED = r"[+-]?\d{1,3}(?:[,_' \u00a0\u202f]\d{3})+(?:\.\d+)?|[+-]?\d+(?:_\d+)+(?:\.\d+)?"
_NOT_FINITE = r"(?i)\s*[+-]?s?(?:nan\d*|inf|infinity)\s*"
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"

_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_HARD_SPACE = "\u00a0\u2000-\u200a\u202f\u3000"
_BOUND = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
_FORMULA_STARTS = frozenset("=+@\t\r-")
_HARMLESS_DASH = r"-(?:[\s-]*\Z|[\d,.]+\s*\Z)"
_MOBILE = r"(?<!\d)(?:0[- ]?|\+66[- ]?)[689](?:[- ]?\d){8}(?!\d)"
_EMAIL = r"(?ai)(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,}"

_UNTIDY = {
    "invisible": f"[{_INVISIBLE}]",
    "hard_space": f"[{_HARD_SPACE}]",
    "edge_space": r"\A[ \n]|\s\Z",
    "double_space": r"[ ]{2,}",
    "sara_am": "\u0e4d[\u0e48-\u0e4b]?\u0e32",
    "split_word": rf"(?<=[ก-๎])[ ](?=[{_BOUND}])|(?<=[เ-ไ])[ ](?=[ก-ฮ])",
}

_OF_NUMBERS = "0123456789.-"
_SUSPECT_STARTS = _FORMULA_STARTS | {"\n", " "}
_DIGITS = "0-9๐-๙０-９"
_SUSPECT = re.compile(  # begins with one set of characters, so that the engine skips to the next of them
    rf"[ {_DIGITS}@\u0080-\u0100\u0e4d{_INVISIBLE}{_HARD_SPACE}]"
    rf"(?:(?<=[^ {_DIGITS}])|(?<= )[ {_BOUND}]|(?<=[เ-ไ] )|(?:[- ]?\d){{9}})"
)
"""A mobile number has ten digits, a citizen id more: one of them, or a space, is followed by nine."""


class CellRule(Rule):
    """A rule that judges one cell.

    Args:
        check: gives the issue of a cell, None where it has none; its name is the rule's code.
        severity: of its issues.
    """

    def __init__(self, check: CellCheck, severity: Severity) -> None:
        super().__init__(check.__name__, severity, __file__)
        self.__doc__ = check.__doc__
        self.check = check

    def __call__(self, record: Record, field: Field, cell: str) -> Issue | None:
        return self.check(record, field, cell)


def cell_rule(severity: Severity) -> Callable[[CellCheck], CellRule]:
    """Make a function a rule on single cells: ``@cell_rule(Severity.ERROR)``."""
    return lambda check: CellRule(check, severity)


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


@cell_rule(Severity.ERROR)
def thai_digits(record: Record, field: Field, cell: str) -> Issue | None:
    """A number, date or code is written in the digits 0-9.

    Reported where the value in ASCII is one that the column can hold; other text is of the wrong type.
    """
    plain = _fitting(field, ascii_text(cell)) if has_other_digits(cell) else None
    return _found(thai_digits, record, field, ascii=plain) if plain is not None else None


@cell_rule(Severity.ERROR)
def number_grouped(record: Record, field: Field, cell: str) -> Issue | None:
    """A number has no separator between thousands: 300000, not 300,000."""
    plain = _ungrouped(cell)
    return _found(number_grouped, record, field, plain=plain) if plain is not None else None


def number_not_finite(record: Record, field: Field, cell: str) -> Issue | None:
    """A number is one that can be counted to: the standard has NaN and INF, too, but neither is an amount of anything.

    The rule's code is that of a value of another type.
    """
    if not re.fullmatch(_NOT_FINITE, cell):
        return None
    kind, example = str(field.descriptor.get("type")), str(field.descriptor.get("example", ""))
    return _found(TYPE_WRONG, record, field, variant=kind, example=example)


@cell_rule(Severity.ERROR)
def date_buddhist_year(record: Record, field: Field, cell: str) -> Issue | None:
    """A date is of the Gregorian calendar (ISO 8601); a year from 2400 on is a Buddhist one."""
    gregorian = _gregorian(cell)
    return _found(date_buddhist_year, record, field, gregorian=gregorian) if gregorian else None


@cell_rule(Severity.ERROR)
def encoding_suspected_cp874(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is Thai, not Thai bytes read in a Western code page and saved so."""
    right = restored(cell)
    if right is None:
        return None
    shown = right if len(right) <= _LONGEST_SHOWN else right[: _LONGEST_SHOWN - 1] + "…"
    return _found(encoding_suspected_cp874, record, field, restored=shown)


@cell_rule(Severity.WARNING)
def formula_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Text does not begin as a formula does: a spreadsheet would execute it instead of showing it."""
    suspected = cell[0] in _FORMULA_STARTS and cell != "-" and not re.match(_HARMLESS_DASH, cell)
    return _found(formula_suspected, record, field) if suspected else None


@cell_rule(Severity.WARNING)
def personal_data_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Published text names no citizen id, mobile number or e-mail address (Personal Data Protection Act)."""
    variant = _personal(ascii_text(cell))
    return _found(personal_data_suspected, record, field, variant=variant) if variant else None


@cell_rule(Severity.WARNING)
def text_not_normalized(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is in Unicode's composed form (NFC) and its spaces are single, plain and between words."""
    for variant, pattern in _UNTIDY.items():
        if match := re.search(pattern, cell):
            near = cell[max(0, match.start() - _EXCERPT) : match.end() + _EXCERPT].strip().replace("\n", " ")
            return _found(text_not_normalized, record, field, variant=variant, position=match.start() + 1, near=near)
    if not unicodedata.is_normalized("NFC", cell):
        return _found(text_not_normalized, record, field, variant="not_nfc")
    return None


def _spaced_number(record: Record, field: Field, cell: str) -> Issue | None:
    """``text_not_normalized`` of a number: the types of Table Schema take one with spaces around it."""
    spaced = cell != cell.strip() and re.fullmatch(_NUMBER, cell.strip())
    return _found(text_not_normalized, record, field, variant="edge_space") if spaced else None


def _personal(text: str) -> str | None:
    if has_citizen_id(text):
        return "citizen_id"
    if re.search(_MOBILE, text):
        return "mobile"
    return "email" if "@" in text and re.search(_EMAIL, text) else None


def _fitting(field: Field, text: str) -> str | None:
    """ASCII text as its column wants it, None where it cannot hold it."""
    kind = str(field.descriptor.get("type", "any"))
    if kind in ("integer", "number"):
        return _ungrouped(text) or (text.strip() if re.fullmatch(_NUMBER, text.strip()) else None)
    if kind == "date":
        return _gregorian(text) or (text if re.fullmatch(_DATE, text) else None)
    return text if _is_allowed(field, text) else None


def _is_allowed(field: Field, text: str) -> bool:
    """Whether a boolean column or one with a pattern or a list of values takes a text."""
    constraints = field.descriptor.get("constraints", {})
    if field.descriptor.get("type") == "boolean":
        return text in [*field.descriptor.get("trueValues", ()), *field.descriptor.get("falseValues", ())]
    allowed = constraints.get("enum")
    return text in allowed if allowed else re.search(constraints.get("pattern", ""), text) is not None


def _ungrouped(text: str) -> str | None:
    return re.sub(r"[^0-9.+-]", "", text) if text.isascii() and re.fullmatch(_GROUPED, text.strip()) else None


def _gregorian(text: str) -> str | None:
    match = re.fullmatch(_DATE, text)
    if not match or int(match[1]) < FIRST_BUDDHIST_YEAR:
        return None
    from datetime import date  # noqa: PLC0415 (few packages need it)

    try:
        return date(int(match[1]) - ERA, int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _found(rule: Rule, record: Record, field: Field, **params: str | int | float) -> Issue:
    if (year := record.integer("fiscal_year_be")) is not None:
        params["year"] = year
    return rule.issue(record.place(field.name), record=record.id, **params)


_NUMBERS = _Judge(_no_plain_numbers, (thai_digits, number_grouped, _spaced_number, number_not_finite))
_DATES = _Judge(_no_plain_dates, (thai_digits, date_buddhist_year))
_CODES = _Judge(_not_ascii, (thai_digits,))
_OF_TEXT: tuple[CellCheck, ...] = (encoding_suspected_cp874, formula_suspected, personal_data_suspected)
_PRINTED = _Judge(_suspect_texts, _OF_TEXT)
_NOTHING_TO_JUDGE = _Judge(lambda _: set(), ())
_TEXTS = _Judge(_suspect_texts_or_not_nfc, (*_OF_TEXT, text_not_normalized))
