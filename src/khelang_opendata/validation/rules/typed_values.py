"""Rules of numbers, dates and codes: each looks at one cell and says whether its text is what the column can hold."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from khelang_opendata.model.calendar import YEARS, ReadDay, read_day
from khelang_opendata.model.figures import FIFTEEN_DIGITS, is_held
from khelang_opendata.model.look_alikes import as_meant, first_strange, named
from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.spoilt_text import hidden_character, lost_letters, without_hidden
from khelang_opendata.model.thai import ascii_text, has_other_digits
from khelang_opendata.standard.tables import Field
from khelang_opendata.tableschema.official_profile import SchemaInvalid
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import cell_issue, cell_rule
from khelang_opendata.validation.rules.text_values import character_hidden, text_not_normalized

TYPE_WRONG = Rule("type_wrong", Severity.ERROR, __file__)

_MOST_DIGITS = 15
_MOST_SHOWN = 40
"""Characters of a number that is written in full for another."""
_DIGITS_OF_NOISE = 12
"""A number of no more digits, when the last ones of a double are rounded away, is what was calculated."""
_DECIMALS_OF_BAHT = 2
_SATANG = Decimal(1).scaleb(-_DECIMALS_OF_BAHT)
_LEAST_SATANG = Decimal("0.0001")

# Patterns of the rules, which few cells come to: each is compiled when the first one does.
_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)"
_SCIENTIFIC = rf"{_NUMBER}[Ee][+-]?[0-9]+"
_GROUPED = r"[+-]?\d{1,3}(?:[,_' \u00a0\u202f]\d{3})+(?:\.\d+)?|[+-]?\d+(?:_\d+)+(?:\.\d+)?"
_MONEY = r"(?:['’=฿] *)?([0-9][0-9,]*(?:\.[0-9]+)?)(?: *(?:\.?-(?: *บาท)?|บาท(?:ถ้วน)?|THB|฿))?"
_YEAR = r"(?:ปี *)?(?:งบประมาณ *)?(?:พ\. *ศ\. *)?([0-9]{4})"
NOTHING = (
    r"(?i)[-\u2010-\u2015\u2212._]+|[0๐][.,]?[-\u2010-\u2015\u2212=]+|n/?a|none|nil"
    r"|ไม่มี|ไม่ระบุ|ไม่(?:ได้)?ใช้(?:งบประมาณ|งบ|เงิน)?|ไม่มี(?:งบประมาณ|งบ)"
)
"""What people write where there is no number, such as a dash."""
_NOT_FINITE = r"(?i)\s*[+-]?s?(?:nan\d*|inf|infinity)\s*"
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


@cell_rule(Severity.ERROR)
def thai_digits(record: Record, field: Field, cell: str) -> Issue | None:
    """A number, date or code is written in the digits 0-9.

    Reported where the value in ASCII is one that the column can hold; other text is of the wrong type.
    """
    plain = _fitting(field, ascii_text(cell)) if has_other_digits(cell) else None
    if plain is None:
        return None
    if field.descriptor.get("type") == "date":
        return cell_issue(thai_digits, record, field, variant="date", corrected=plain)
    return cell_issue(thai_digits, record, field, corrected=plain)


@cell_rule(Severity.ERROR)
def number_grouped(record: Record, field: Field, cell: str) -> Issue | None:
    """A number has no separator between thousands: 300000, not 300,000."""
    plain = _ungrouped(cell)
    return cell_issue(number_grouped, record, field, corrected=plain) if plain is not None else None


@cell_rule(Severity.ERROR)
def number_not_plain(record: Record, field: Field, cell: str) -> Issue | None:
    """A number is written in full, without an exponent, a plus sign or leading zeros, as every program writes it."""
    text = cell.strip()
    if re.fullmatch(_SCIENTIFIC, text):
        full = _in_full(text, field)
        if full is None:
            return cell_issue(number_not_plain, record, field, variant="scientific_unknown")
        return cell_issue(number_not_plain, record, field, variant="scientific", corrected=full)
    if not re.fullmatch(_NUMBER, text) or _plain(text) == text:
        return None
    return cell_issue(number_not_plain, record, field, corrected=_plain(text))


@cell_rule(Severity.ERROR)
def number_too_long(record: Record, field: Field, cell: str) -> Issue | None:
    """A number has no more than the 15 digits that spreadsheets and databases keep."""
    if not re.fullmatch(_NUMBER, cell.strip()):
        return None
    number = Decimal(cell.strip())
    if is_held(number) and number.adjusted() < _MOST_DIGITS:
        return None
    calculated = FIFTEEN_DIGITS.plus(number).normalize()
    is_short = calculated.adjusted() < _DIGITS_OF_NOISE and len(calculated.as_tuple().digits) <= _DIGITS_OF_NOISE
    plain = _fitting(field, f"{calculated:f}") if is_short and not _is_too_fine(field, calculated) else None
    if plain is not None:
        return cell_issue(number_too_long, record, field, variant="calculated", corrected=plain)
    return cell_issue(number_too_long, record, field, digits=sum(map(str.isdigit, cell)))


def number_not_held(record: Record, field: Field, cell: str) -> Issue | None:
    """``number_too_long`` of a column that a package adds, in whatever form it gives its numbers."""
    number = _own_value(field, cell)
    if not isinstance(number, int | Decimal) or (is_held(number) and Decimal(number).adjusted() < _MOST_DIGITS):
        return None
    return cell_issue(number_too_long, record, field, digits=sum(map(str.isdigit, cell)))


@cell_rule(Severity.ERROR)
def amount_too_fine(record: Record, field: Field, cell: str) -> Issue | None:
    """An amount is of whole satang: no more than two decimals."""
    if not re.fullmatch(_NUMBER, cell.strip()):
        return None
    amount = Decimal(cell.strip())
    if not _is_too_fine(field, amount):
        return None
    rounded = amount.quantize(_SATANG)
    if abs(amount - rounded) <= _LEAST_SATANG:
        return cell_issue(
            amount_too_fine, record, field, variant="calculated", corrected=_plain(f"{rounded.normalize():f}")
        )
    return cell_issue(amount_too_fine, record, field)


def number_not_finite(record: Record, field: Field, cell: str) -> Issue | None:
    """A number is one that can be counted to: the standard has NaN and INF, too, but neither is an amount of anything.

    The rule's code is that of a value of another type.
    """
    if not re.fullmatch(_NOT_FINITE, cell):
        return None
    kind, example = str(field.descriptor.get("type")), str(field.descriptor.get("example", ""))
    return cell_issue(TYPE_WRONG, record, field, variant=kind, example=example)


def number_with_words(record: Record, field: Field, cell: str) -> Issue | None:
    """A number is only a number: neither its unit nor a spreadsheet's error. The code is that of another type."""
    if lost_letters(cell):
        return cell_issue(TYPE_WRONG, record, field, variant="error_value")
    if re.fullmatch(NOTHING, cell.strip()):  # the structure knows what that means
        return None
    plain = _fitting(field, cell)
    text = ascii_text(cell).strip()
    if plain is None and (match := re.fullmatch(_MONEY, text) or re.fullmatch(_YEAR, text)):
        plain = _fitting(field, match[1])
    if plain is None or field.value(cell) is not None:
        return None
    return cell_issue(TYPE_WRONG, record, field, variant="words", corrected=plain)


def spaced_number(record: Record, field: Field, cell: str) -> Issue | None:
    """``text_not_normalized`` of a number: the types of Table Schema take one with spaces around it."""
    plain = cell.strip()
    if cell == plain or not re.fullmatch(_NUMBER, plain):
        return None
    return cell_issue(text_not_normalized, record, field, variant="edge_space", corrected=plain)


@cell_rule(Severity.ERROR)
def date_buddhist_year(record: Record, field: Field, cell: str) -> Issue | None:
    """A date is of the Gregorian calendar (ISO 8601); a year from 2400 on is a Buddhist one."""
    found = read_day(cell)
    if found is None or not found.is_buddhist:
        return None
    if found.day is None:
        return cell_issue(date_buddhist_year, record, field, variant="impossible")
    if found.day.year not in YEARS:
        return None
    return cell_issue(date_buddhist_year, record, field, corrected=found.day.isoformat())


@cell_rule(Severity.ERROR)
def date_out_of_range(record: Record, field: Field, cell: str) -> Issue | None:
    """A date of a plan is of the years 1900 to 2399."""
    found = _own_day(field, cell) or read_day(cell)
    if found is None or found.day is None or found.day.year in YEARS:
        return None
    return cell_issue(date_out_of_range, record, field, first=YEARS[0], last=YEARS[-1])


def date_other_form(record: Record, field: Field, cell: str) -> Issue | None:
    """A date is written year-month-day. The code is that of a value of another type."""
    found = read_day(cell)
    if found is None or found.day is None:
        return cell_issue(TYPE_WRONG, record, field, variant="error_value") if lost_letters(cell) else None
    corrected = found.day.isoformat()
    if cell == corrected:
        return None
    if not found.is_certain:
        other = found.day.replace(month=found.day.day, day=found.day.month).isoformat()
        return cell_issue(TYPE_WRONG, record, field, variant="date_two_ways", one=corrected, other=other)
    return cell_issue(TYPE_WRONG, record, field, variant="date_form", corrected=corrected)


def hidden_in_value(record: Record, field: Field, cell: str) -> Issue | None:
    """``character_hidden`` of a number, date or code: besides hidden characters, spaces around it and look-alikes."""
    is_number = field.descriptor.get("type") in ("integer", "number", "date")
    hidden = hidden_character(cell, with_invisible=True)
    strange = hidden.character if hidden else first_strange(cell)
    if strange is None or (is_number and not hidden) or (not is_number and _is_allowed(field, cell)):
        return None
    shown = (without_hidden(cell) or "").strip()
    plain, code = _fitting(field, ascii_text(shown)) or _fitting(field, as_meant(cell)), named(strange)
    if plain is not None:
        return cell_issue(character_hidden, record, field, variant="value", code_point=code, corrected=plain)
    if hidden is None:
        return None
    return cell_issue(character_hidden, record, field, variant="value_unknown", code_point=code)


def _fitting(field: Field, text: str) -> str | None:
    """ASCII text as its column wants it, None where it cannot hold it."""
    kind, text = str(field.descriptor.get("type", "any")), text.strip()
    if kind in ("integer", "number"):
        number = _ungrouped(text) or (_plain(text) if re.fullmatch(_NUMBER, text) else None)
        return _whole(number) if kind == "integer" and number else number
    if kind == "date":
        found = read_day(text)
        is_known = found is not None and found.is_certain and found.day is not None and found.day.year in YEARS
        return found.day.isoformat() if is_known and found and found.day else None
    return text if _is_allowed(field, text) else None


def _is_allowed(field: Field, text: str) -> bool:
    """Whether a boolean column or one with a pattern or a list of values takes a text."""
    constraints = field.descriptor.get("constraints", {})
    if field.descriptor.get("type") == "boolean":
        return text in [*field.descriptor.get("trueValues", ()), *field.descriptor.get("falseValues", ())]
    allowed = constraints.get("enum")
    return text in allowed if allowed else re.fullmatch(constraints.get("pattern", ".*"), text) is not None


def _ungrouped(text: str) -> str | None:
    if not text.isascii() or not re.fullmatch(_GROUPED, text.strip()):
        return None
    return _plain(re.sub(r"[^0-9.+-]", "", text))


def _plain(number: str) -> str:
    """A number without plus sign, leading zeros and an empty end; its decimals stay."""
    whole, _, decimals = number.lstrip("+-").partition(".")
    plain = (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")
    return f"-{plain}" if number.startswith("-") and plain.strip("0.") else plain


def _whole(number: str) -> str | None:
    """A whole number without its decimals, which must be zeros."""
    whole, _, decimals = number.partition(".")
    return None if decimals.strip("0") else whole


def _in_full(scientific: str, field: Field) -> str | None:
    """A number with an exponent as it is without one; None where it is too long, or the column cannot hold it."""
    significand, _, exponent = scientific.lower().partition("e")
    if len(significand) > _MOST_SHOWN or len(exponent.lstrip("+-0")) > len("15"):
        return None
    number = Decimal(scientific)
    if number.adjusted() >= _MOST_DIGITS or not is_held(number) or _is_too_fine(field, number):
        return None
    return _fitting(field, f"{number:f}")


def _is_too_fine(field: Field, number: Decimal) -> bool:
    """Whether a number is an amount of baht with parts of a satang; a number without an end is none."""
    exponent = number.normalize().as_tuple().exponent
    return field.name.endswith("_thb") and isinstance(exponent, int) and exponent < -_DECIMALS_OF_BAHT


def _own_day(field: Field, cell: str) -> ReadDay | None:
    """The day of a column that a package adds, in whatever form it gives its days."""
    value = _own_value(field, cell) if field.is_own else None
    if isinstance(value, datetime):
        value = value.date()
    return ReadDay(value, is_buddhist=False) if isinstance(value, date) else None


def _own_value(field: Field, cell: str) -> Any:
    """The value of a cell; None where it has none, or where no reader of ours knows the type."""
    try:
        return field.value(cell)
    except SchemaInvalid:
        return None
