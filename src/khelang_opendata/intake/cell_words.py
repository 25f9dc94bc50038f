"""The text that a cell of a column of texts means: what a person sees, and how spoilt letters were meant."""

from __future__ import annotations

import re
from datetime import date

from khelang_opendata.intake.cell_numbers import MOST_DIGITS, plain_cell
from khelang_opendata.intake.typed_cells import CellKind, Meaning, kind_of, shown_of
from khelang_opendata.model.spoilt_text import hidden_character, lost_letters, restored, without_hidden
from khelang_opendata.render.dates import thai_date
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.rules.text_values import normal_text

_LONGEST = 80
_AS_TEXT = re.compile(r"'(?=[-=+@0-9๐-๙])")
"""The apostrophe that makes a spreadsheet take what follows as text."""
_ANSWERS = ("TRUE", "FALSE")


def read_words(field: Field, text: str) -> Meaning:
    """The text of a cell as its column keeps it, or the name of the remark on it.

    Args:
        field: the column.
        text: the cell, not empty.
    """
    seen = _seen(field, text)
    if seen.value is None or seen.taken:
        return seen
    typed = _AS_TEXT.sub("", seen.value, count=1) if _AS_TEXT.match(seen.value) else seen.value
    if problem := lost(typed):
        return Meaning(None, problem)
    return _mended(field, typed)


def lost(text: str) -> str:
    """The name of the remark on a text whose letters are lost; empty where they are not."""
    how = lost_letters(text)
    if how is None:
        return ""
    if how == "error_value":
        return "answer_in_text" if text in _ANSWERS else "cell_error"
    return "cell_hashes" if how == "hashes" else "text_lost"


def _seen(field: Field, text: str) -> Meaning:
    """What a person sees in a cell."""
    kind, shown = kind_of(text), shown_of(text)
    if field.name == "adopted_value" and kind is not CellKind.DAY:  # of the column that an erratum is about
        return Meaning(str(text))
    if kind is CellKind.ANSWER:
        return Meaning(None, "answer_in_text")
    if kind is CellKind.NUMBER and len(re.sub(r"\D", "", text.partition(".")[0])) > MOST_DIGITS:
        return Meaning(None, "number_too_long")
    if shown is not None:
        return Meaning(shown)
    if kind is CellKind.DAY and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        written = thai_date(date.fromisoformat(text))
        return Meaning(written, taken="day_in_words", params={"reading": written})
    return Meaning(None, "format_unknown")


def _mended(field: Field, text: str) -> Meaning:
    """A text in its normal form, with a remark where more than its spaces change."""
    read = restored(text) or text
    if found := hidden_character(read, with_invisible=False):
        shown = without_hidden(read)
        if shown is None:
            params = {"position": str(found.position), "code_point": found.code_point}
            return Meaning(None, "character_unknown", params=params)
        read = shown
    read = normal_text(field, read).strip()
    if " ".join(read.split()) == " ".join(text.split()):
        return Meaning(read)
    return Meaning(read, taken="text_mended", params={"reading": read[:_LONGEST]})


def read_code_text(text: str) -> Meaning:
    """An id or a code that its column has no list of: without what does not show, in digits of ASCII."""
    if kind_of(text) in (CellKind.DAY, CellKind.TIME):
        return Meaning(None, "code_is_day")
    if problem := lost(text):
        return Meaning(None, problem)
    forms = [plain_cell(form).removeprefix("'") for form in (shown_of(text) or text, text)]
    return Meaning(forms[1] if "," in forms[0] else forms[0])  # a format may group the digits of a code
