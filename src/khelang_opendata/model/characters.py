"""Text made fit to be shown or stored: nothing invisible, nothing that a terminal or a spreadsheet executes."""

from __future__ import annotations

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode's general categories of characters that do not show."""

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    """Text in which every character shows: control, format and odd space characters by their code point.

    A terminal therefore never receives an escape sequence, nor a reader a hidden change of direction.
    """
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def visible_lines(text: str) -> str:
    """Text of several lines in which every character but the line ends shows."""
    return "\n".join(visible(line) for line in text.split("\n"))


def encodable(text: str) -> str:
    r"""Text that UTF-8 can write: half a surrogate pair, which JSON allows, becomes ``\udXXX``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a leading apostrophe makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in HIDDEN or (category == "Zs" and character != " ") or _is_noncharacter(ord(character)):
        return _NAMED.get(character, f"<U+{ord(character):04X}>")
    return character


def _is_noncharacter(code: int) -> bool:
    """Whether Unicode will never assign a code point. One that is only not assigned yet is shown, for which these are
    differs from one Python to the next, and what a release shows may not."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 (the Unicode Standard, section 23.7)
