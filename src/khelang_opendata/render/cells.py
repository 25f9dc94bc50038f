"""Cells made fit to be shown: nothing invisible, nothing too wide, nothing that a terminal or a spreadsheet runs."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_THAI = re.compile("[ -~\u0e01-\u0e5b‘’“”–—…]*")
_THAI_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def visible(text: str) -> str:
    """Text in which every character shows: control, format and odd space characters by their code point.

    A terminal therefore never receives an escape sequence, nor a reader a hidden change of direction.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in _HIDDEN or (category == "Zs" and character != " ") or _is_noncharacter(ord(character)):
        return _NAMED.get(character, f"<U+{ord(character):04X}>")
    return character


def _is_noncharacter(code: int) -> bool:
    """Whether Unicode will never assign a code point. One that is only not assigned yet is shown, for which these are
    differs from one Python to the next, and what a release shows may not."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 (the Unicode Standard, section 23.7)


def encodable(text: str) -> str:
    r"""Text that UTF-8 can write: half a surrogate pair, which JSON allows, becomes ``\udXXX``."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: a leading apostrophe makes it text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def width(text: str) -> int:
    """Columns of a terminal that a text takes; Thai vowels and tone marks above and below take none."""
    if _THAI.fullmatch(text):
        return len(_THAI_MARK.sub("", text))
    from wcwidth import wcswidth  # noqa: PLC0415 (16 ms to import, and only texts of other scripts need it)

    return max(0, wcswidth(text))


def clip(text: str, limit: int, *, keep_end: bool = False) -> str:
    """Text cut to a width, with an ellipsis where something was cut and no mark parted from its letter.

    Args:
        text: visible text.
        limit: columns it may take.
        keep_end: cut at the beginning, as for an id, whose end tells it apart.
    """
    if width(text) <= limit:
        return text
    clusters = _clusters(text)
    if keep_end:
        clusters.reverse()
    kept, taken = [], 0
    for cluster in clusters:
        taken += width(cluster)
        if taken > limit - 1:
            break
        kept.append(cluster)
    return "…" + "".join(reversed(kept)) if keep_end else "".join(kept) + "…"


def pad(text: str, columns: int) -> str:
    """Text followed by spaces up to a width."""
    return text + " " * (columns - width(text))


def _clusters(text: str) -> list[str]:
    """The letters of a text, each with the marks that stand on it."""
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character) in ("Mn", "Me"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters
