"""Rules of texts: each looks at one cell and says whether its text is as its writer meant it."""

from __future__ import annotations

import re
import unicodedata

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.thai import ascii_text, has_citizen_id, restored
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.registry import cell_issue, cell_rule

INVISIBLE = "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"
HARD_SPACE = "\u00a0\u2000-\u200a\u202f\u3000"
BOUND = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
FORMULA_STARTS = frozenset("=+@\t\r-")

_EXCERPT = 12
_LONGEST_SHOWN = 80

# Patterns of the rules, which few cells come to: each is compiled when the first one does.
_HARMLESS_DASH = r"-(?:[\s-]*\Z|[\d,.]+\s*\Z)"
_MOBILE = r"(?<!\d)(?:0[- ]?|\+66[- ]?)[689](?:[- ]?\d){8}(?!\d)"
_EMAIL = r"(?ai)(?<![\w.%+-])[\w.%+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-z]{2,}"

_UNTIDY = {
    "invisible": f"[{INVISIBLE}]",
    "hard_space": f"[{HARD_SPACE}]",
    "edge_space": r"\A[ \n]|\s\Z",
    "double_space": r"[ ]{2,}",
    "sara_am": "\u0e4d[\u0e48-\u0e4b]?\u0e32",
    "split_word": rf"(?<=[ก-๎])[ ](?=[{BOUND}])|(?<=[เ-ไ])[ ](?=[ก-ฮ])",
}


@cell_rule(Severity.ERROR)
def encoding_suspected_cp874(record: Record, field: Field, cell: str) -> Issue | None:
    """Text is Thai, not Thai bytes read in a Western code page and saved so."""
    right = restored(cell)
    if right is None:
        return None
    shown = right if len(right) <= _LONGEST_SHOWN else right[: _LONGEST_SHOWN - 1] + "…"
    return cell_issue(encoding_suspected_cp874, record, field, restored=shown)


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
    """Text is in Unicode's composed form (NFC) and its spaces are single, plain and between words."""
    for variant, pattern in _UNTIDY.items():
        if match := re.search(pattern, cell):
            near = cell[max(0, match.start() - _EXCERPT) : match.end() + _EXCERPT].strip().replace("\n", " ")
            return cell_issue(
                text_not_normalized, record, field, variant=variant, position=match.start() + 1, near=near
            )
    if not unicodedata.is_normalized("NFC", cell):
        return cell_issue(text_not_normalized, record, field, variant="not_nfc")
    return None


def _personal(text: str) -> str | None:
    if has_citizen_id(text):
        return "citizen_id"
    if re.search(_MOBILE, text):
        return "mobile"
    return "email" if "@" in text and re.search(_EMAIL, text) else None
