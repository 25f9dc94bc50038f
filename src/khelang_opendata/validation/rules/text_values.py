"""Rules of texts: each looks at one cell and says whether its text is as its writer meant it."""

from __future__ import annotations

import re
import unicodedata

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.spoilt_text import (
    FLAWS,
    flaw_in,
    hidden_character,
    lost_letters,
    restored,
    tidied,
    without_hidden,
)
from khelang_opendata.model.thai import ascii_text, has_citizen_id
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.ids import VALUE_MISSING, example_in
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import cell_issue, cell_rule

FORMULA_STARTS = frozenset("=+@\t\r-")

_EXCERPT = 12

# Patterns of the rules, which few cells come to: each is compiled when the first one does.
_HARMLESS_DASH = r"-(?:[\s-]*\Z|[\d,.]+\s*\Z)"
_MOBILE = r"(?<!\d)(?:0[- ]?|\+66[- ]?)[689](?:[- ]?\d){8}(?!\d)"
_EMAIL = r"(?ai)(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,}"
_ONE_LINE = r"(?:[a-z_]+_)?(?:title|name)_(?:th|en)|(?:province|district)_th"

_OF_PRINTED = ("invisible", "double_e", "doubled_mark", "mark_order")
"""The flaws of a text that keeps the document's own spaces and spelling."""
_OF_LINES = tuple(name for name in FLAWS if name != "line_break")


@cell_rule(Severity.ERROR)
def text_lost(record: Record, field: Field, cell: str) -> Issue | None:
    """Text has the letters of its document, not what a program writes for those that it could not keep."""
    variant = lost_letters(cell)
    if field.name == "adopted_value" and cell in ("TRUE", "FALSE"):  # of a column of truth
        return None
    return cell_issue(text_lost, record, field, variant=variant) if variant else None


@cell_rule(Severity.ERROR)
def encoding_suspected_cp874(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is Thai, not Thai bytes read in another code page and saved so."""
    right = restored(cell)
    if right is None:
        return None
    return cell_issue(encoding_suspected_cp874, record, field, corrected=_tidied_or_as_it_is(right, field))


@cell_rule(Severity.ERROR)
def character_hidden(record: Record, field: Field, cell: str) -> Issue | None:
    """Text has no control characters, no glyphs of a single font, and nothing that turns its direction.

    Those that editors put between words (U+200B) are left to ``text_not_normalized``.
    """
    found = hidden_character(cell, with_invisible=False)
    if found is None:
        return None
    at, code = found.position, found.code_point
    if shown := without_hidden(cell):
        corrected, kind = _tidied_or_as_it_is(shown, field), found.kind
        return cell_issue(
            character_hidden, record, field, variant=kind, position=at, code_point=code, corrected=corrected
        )
    return cell_issue(character_hidden, record, field, variant="unknown", position=at, code_point=code)


@cell_rule(Severity.WARNING)
def formula_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Text does not begin as a formula does: a spreadsheet would execute it instead of showing it."""
    suspected = cell[0] in FORMULA_STARTS and cell != "-" and not re.match(_HARMLESS_DASH, cell)
    return cell_issue(formula_suspected, record, field) if suspected else None


@cell_rule(Severity.WARNING)
def personal_data_suspected(record: Record, field: Field, cell: str) -> Issue | None:
    """Published text names no citizen id, mobile number or e-mail address (Personal Data Protection Act)."""
    variant = _personal(ascii_text(cell))
    return cell_issue(personal_data_suspected, record, field, variant=variant) if variant else None


@cell_rule(Severity.WARNING)
def text_not_normalized(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is in Unicode's composed form (NFC), its spaces are single, plain and between words, and each Thai mark
    follows its consonant. A title or a name is one line."""
    names = _flaws_of(field)
    found = flaw_in(cell, names)
    if found is None:
        if names is _OF_PRINTED or unicodedata.is_normalized("NFC", cell):
            return None
        return cell_issue(
            text_not_normalized, record, field, variant="not_nfc", corrected=unicodedata.normalize("NFC", cell)
        )
    name, match = found
    near = cell[max(0, match.start() - _EXCERPT) : match.end() + _EXCERPT].strip().replace("\n", " ")
    at, corrected = match.start() + 1, tidied(cell, names)
    if corrected == "" and field.descriptor.get("constraints", {}).get("required"):
        return cell_issue(VALUE_MISSING, record, field, example=example_in(record.table, field))
    if corrected is None:
        return cell_issue(text_not_normalized, record, field, variant="lone_mark", position=at, near=near)
    return cell_issue(text_not_normalized, record, field, variant=name, position=at, near=near, corrected=corrected)


def normal_text(field: Field, cell: str) -> str:
    """A cell of a column of text as ``text_not_normalized`` wants it; as it is where only a person can mend it.

    Args:
        field: the column.
        cell: its text.
    """
    names = _flaws_of(field)
    if flaw_in(cell, names) is None:
        return cell if names is _OF_PRINTED else unicodedata.normalize("NFC", cell)
    return _tidied_or_as_it_is(cell, field)


def is_printed(field: Field) -> bool:
    """Whether a column keeps the document's own text."""
    return field.name.endswith("_printed") or field.name in ("printed_value", "other_value")


def _tidied_or_as_it_is(text: str, field: Field) -> str:
    tidy = tidied(text, _flaws_of(field))
    return text if tidy is None else tidy


def _flaws_of(field: Field) -> tuple[str, ...]:
    if is_printed(field):
        return _OF_PRINTED
    return tuple(FLAWS) if not field.is_own and re.fullmatch(_ONE_LINE, field.name) else _OF_LINES


def _personal(text: str) -> str | None:
    if has_citizen_id(text):
        return "citizen_id"
    if re.search(_MOBILE, text):
        return "mobile"
    return "email" if "@" in text and re.search(_EMAIL, text) else None
