"""Rules of values: each looks at one cell and says whether its text is what the column can hold.

A cell passes one cheap test first, by the kind of its column; only what fails it is put before the rules. A row
whose cells do not match the heading is left to the structure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import Issue, Severity
from khelang_opendata.schema import Field
from khelang_opendata.thai import ascii_text, has_citizen_id, has_other_digits, restored
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.plan import Record

ValueRule = Callable[[Record, Field, str], Issue | None]

_AS_PRINTED = frozenset({"printed_value", "other_value"})
_BUDDHIST = 543
_EXCERPT = 12
_LONGEST_SHOWN = 80

_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[,_' \u00a0\u202f]\d{3})+(?:\.\d+)?|[+-]?\d+(?:_\d+)+(?:\.\d+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_FIRST_BUDDHIST_YEAR = 2400

_INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
_HARD_SPACE = "\u00a0\u2000-\u200a\u202f\u3000"
_BOUND = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
_FORMULA = re.compile(r"[=+@\t\r]|-(?![\s-]*\Z)(?![\d,.]+\s*\Z)")
_MOBILE = re.compile(r"(?<!\d)(?:0[- ]?|\+66[- ]?)[689](?:[- ]?\d){8}(?!\d)")
_EMAIL = re.compile(r"(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,}", re.ASCII | re.IGNORECASE)

_UNTIDY = {
    "invisible": re.compile(f"[{_INVISIBLE}]"),
    "hard_space": re.compile(f"[{_HARD_SPACE}]"),
    "edge_space": re.compile(r"\A[ \n]|\s\Z"),
    "double_space": re.compile(r"[ ]{2,}"),
    "sara_am": re.compile("\u0e4d[\u0e48-\u0e4b]?\u0e32"),
    "split_word": re.compile(rf"(?<=[ก-๎])[ ](?=[{_BOUND}])|(?<=[เ-ไ])[ ](?=[ก-ฮ])"),
}

_SUSPECT_NUMBER = re.compile(r"[^0-9.-]")
_SUSPECT_DATE = re.compile(r"\A(?:2[4-9]|[3-9])|[^\x00-\x7f]")
_SUSPECT_CODE = re.compile(r"[^\x00-\x7f]")
_SUSPECT_STARTS = frozenset("=+@-\t\r\n ")
_DIGITS = "0-9๐-๙０-９"
_SUSPECT_TEXT = re.compile(  # begins with one set of characters, so that the engine skips to the next of them
    rf"[ {_DIGITS}@\u0080-\u0100\u0e4d{_INVISIBLE}{_HARD_SPACE}]"
    rf"(?:(?<=[^ {_DIGITS}])|(?<= )[ {_BOUND}]|(?<=[เ-ไ] )|(?:[- ]?\d){{8}})"
)


def check_values(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """What the rules of values find, in the order of the files."""
    for table in tables.values():
        judges = [_judge(field) if field else None for field in table.columns]
        for row, cells in enumerate(table.table.rows, start=2):
            if len(cells) == len(judges):
                for judge, cell in zip(judges, cells, strict=True):
                    if cell and judge and judge.suspects(cell):
                        yield from judge.findings(Record(table, row), cell)


@dataclass(frozen=True, slots=True)
class _Judge:
    """One column: the cheap test of its cells, and the rules for those that fail it."""

    field: Field
    suspects: Callable[[str], object]
    rules: tuple[ValueRule, ...]

    def findings(self, record: Record, cell: str) -> Iterator[Issue]:
        """What the column's rules find in a cell; after an error it is judged no further."""
        for rule in self.rules:
            if found := rule(record, self.field, cell):
                yield found
                if found.severity is Severity.ERROR:
                    return


def _judge(field: Field) -> _Judge:
    kind = str(field.descriptor["type"])
    if kind in ("integer", "number"):
        return _Judge(field, _SUSPECT_NUMBER.search, (thai_digits, number_grouped, _spaced_number))
    if kind == "date":
        return _Judge(field, _SUSPECT_DATE.search, (thai_digits, date_buddhist_year))
    if kind != "string" or _is_code(field):
        return _Judge(field, _SUSPECT_CODE.search, (thai_digits,))
    rules: tuple[ValueRule, ...] = (encoding_suspected_cp874, formula_suspected, personal_data_suspected)
    if field.name.endswith("_printed") or field.name in _AS_PRINTED:
        return _Judge(field, _is_suspect, rules)
    return _Judge(field, _is_suspect_or_not_nfc, (*rules, text_not_normalized))


def _is_code(field: Field) -> bool:
    """Whether a column holds ids or codes: it has a pattern or a list of values."""
    return field.codes is not None or not {"pattern", "enum"}.isdisjoint(field.descriptor.get("constraints", ()))


def _is_suspect(cell: str) -> object:
    """Whether a rule may find something in a text; a few clean texts are suspect, too."""
    return cell[0] in _SUSPECT_STARTS or cell[-1].isspace() or _SUSPECT_TEXT.search(cell)


def _is_suspect_or_not_nfc(cell: str) -> object:
    return _is_suspect(cell) or not unicodedata.is_normalized("NFC", cell)


def thai_digits(record: Record, field: Field, cell: str) -> Issue | None:
    """A number, date or code is written in the digits 0-9.

    Reported where the value in ASCII is one that the column can hold; other text is of the wrong type.
    """
    plain = _fitting(field, ascii_text(cell)) if has_other_digits(cell) else None
    return _found("thai_digits", record, field, ascii=plain) if plain is not None else None


def number_grouped(record: Record, field: Field, cell: str) -> Issue | None:
    """A number has no separator between thousands: 300000, not 300,000."""
    plain = _ungrouped(cell)
    return _found("number_grouped", record, field, plain=plain) if plain is not None else None


def date_buddhist_year(record: Record, field: Field, cell: str) -> Issue | None:
    """A date is of the Gregorian calendar (ISO 8601); a year from 2400 on is a Buddhist one."""
    gregorian = _gregorian(cell)
    return _found("date_buddhist_year", record, field, gregorian=gregorian) if gregorian else None


def encoding_suspected_cp874(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is Thai, not Thai bytes read in a Western code page and saved so."""
    right = restored(cell)
    if right is None:
        return None
    shown = right if len(right) <= _LONGEST_SHOWN else right[: _LONGEST_SHOWN - 1] + "…"
    return _found("encoding_suspected_cp874", record, field, restored=shown)


def formula_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Text does not begin as a formula does: a spreadsheet would execute it instead of showing it."""
    return _found("formula_suspected", record, field) if _FORMULA.match(cell) else None


def personal_data_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Published text names no citizen id, mobile number or e-mail address (Personal Data Protection Act)."""
    variant = _personal(ascii_text(cell))
    return _found("personal_data_suspected", record, field, variant=variant) if variant else None


def text_not_normalized(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is in Unicode's composed form (NFC) and its spaces are single, plain and between words."""
    for variant, pattern in _UNTIDY.items():
        if match := pattern.search(cell):
            near = cell[max(0, match.start() - _EXCERPT) : match.end() + _EXCERPT].strip().replace("\n", " ")
            return _found("text_not_normalized", record, field, variant=variant, position=match.start() + 1, near=near)
    if not unicodedata.is_normalized("NFC", cell):
        return _found("text_not_normalized", record, field, variant="not_nfc")
    return None


def _spaced_number(record: Record, field: Field, cell: str) -> Issue | None:
    """``text_not_normalized`` of a number: the types of Table Schema take one with spaces around it."""
    spaced = cell != cell.strip() and _NUMBER.fullmatch(cell.strip())
    return _found("text_not_normalized", record, field, variant="edge_space") if spaced else None


def _personal(text: str) -> str | None:
    if has_citizen_id(text):
        return "citizen_id"
    if _MOBILE.search(text):
        return "mobile"
    return "email" if _EMAIL.search(text) else None


def _fitting(field: Field, text: str) -> str | None:
    """ASCII text as its column wants it, None where it cannot hold it."""
    kind = str(field.descriptor["type"])
    if kind in ("integer", "number"):
        return _ungrouped(text) or (text.strip() if _NUMBER.fullmatch(text.strip()) else None)
    if kind == "date":
        return _gregorian(text) or (text if _DATE.fullmatch(text) else None)
    return text if _is_allowed(field, text) else None


def _is_allowed(field: Field, text: str) -> bool:
    """Whether a boolean column or one with a pattern or a list of values takes a text."""
    constraints = field.descriptor.get("constraints", {})
    if field.descriptor["type"] == "boolean":
        return text in [*field.descriptor.get("trueValues", ()), *field.descriptor.get("falseValues", ())]
    allowed = constraints.get("enum")
    return text in allowed if allowed else re.search(constraints.get("pattern", ""), text) is not None


def _ungrouped(text: str) -> str | None:
    return re.sub(r"[^0-9.+-]", "", text) if _GROUPED.fullmatch(text.strip()) and text.isascii() else None


def _gregorian(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if not match or int(match[1]) < _FIRST_BUDDHIST_YEAR:
        return None
    try:
        return date(int(match[1]) - _BUDDHIST, int(match[2]), int(match[3])).isoformat()
    except ValueError:
        return None


def _found(code: str, record: Record, field: Field, **params: str | int | float) -> Issue:
    if (year := record.integer("fiscal_year_be")) is not None:
        params["year"] = year
    return issue(code, record.place(field.name), record=record.id, **params)


VALUE_RULES: tuple[str, ...] = (
    "thai_digits",
    "number_grouped",
    "date_buddhist_year",
    "text_not_normalized",
    "personal_data_suspected",
    "formula_suspected",
    "encoding_suspected_cp874",
)
