"""Rules of numbers, dates and codes: each looks at one cell and says whether its text is what the column can hold."""

from __future__ import annotations

import re

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text, has_other_digits
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import cell_issue, cell_rule
from khelang_opendata.validation.rules.text_values import text_not_normalized

TYPE_WRONG = Rule("type_wrong", Severity.ERROR, __file__)

# Patterns of the rules, which few cells come to: each is compiled when the first one does.
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?"
_GROUPED = r"[+-]?\d{1,3}(?:[,_' \u00a0\u202f]\d{3})+(?:\.\d+)?|[+-]?\d+(?:_\d+)+(?:\.\d+)?"
_NOT_FINITE = r"(?i)\s*[+-]?s?(?:nan\d*|inf|infinity)\s*"
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"


@cell_rule(Severity.ERROR)
def thai_digits(record: Record, field: Field, cell: str) -> Issue | None:
    """A number, date or code is written in the digits 0-9.

    Reported where the value in ASCII is one that the column can hold; other text is of the wrong type.
    """
    plain = _fitting(field, ascii_text(cell)) if has_other_digits(cell) else None
    return cell_issue(thai_digits, record, field, ascii=plain) if plain is not None else None


@cell_rule(Severity.ERROR)
def number_grouped(record: Record, field: Field, cell: str) -> Issue | None:
    """A number has no separator between thousands: 300000, not 300,000."""
    plain = _ungrouped(cell)
    return cell_issue(number_grouped, record, field, plain=plain) if plain is not None else None


def number_not_finite(record: Record, field: Field, cell: str) -> Issue | None:
    """A number is one that can be counted to: the standard has NaN and INF, too, but neither is an amount of anything.

    The rule's code is that of a value of another type.
    """
    if not re.fullmatch(_NOT_FINITE, cell):
        return None
    kind, example = str(field.descriptor.get("type")), str(field.descriptor.get("example", ""))
    return cell_issue(TYPE_WRONG, record, field, variant=kind, example=example)


@cell_rule(Severity.ERROR)
def date_buddhist_year(record: Record, field: Field, cell: str) -> Issue | None:
    """A date is of the Gregorian calendar (ISO 8601); a year from 2400 on is a Buddhist one."""
    gregorian = _gregorian(cell)
    return cell_issue(date_buddhist_year, record, field, gregorian=gregorian) if gregorian else None


def spaced_number(record: Record, field: Field, cell: str) -> Issue | None:
    """``text_not_normalized`` of a number: the types of Table Schema take one with spaces around it."""
    spaced = cell != cell.strip() and re.fullmatch(_NUMBER, cell.strip())
    return cell_issue(text_not_normalized, record, field, variant="edge_space") if spaced else None


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
