"""Texts fitted into the columns of a terminal, with Thai marks kept on their letters."""

from __future__ import annotations

import re
import unicodedata

_THAI = "[ -~\u0e01-\u0e5b‘’“”–—…]*"
_THAI_MARK = "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"


def width(text: str) -> int:
    """Columns of a terminal that a text takes; Thai vowels and tone marks above and below take none."""
    if re.fullmatch(_THAI, text):
        return len(re.sub(_THAI_MARK, "", text))
    from wcwidth import wcswidth  # noqa: PLC0415 (16 ms to import, and only texts of other scripts need it)

    return max(0, wcswidth(text))


def clip(text: str, limit: int, *, keep_end: bool = False) -> str:
    """Text cut to a width, with an ellipsis where something was cut and no mark parted from its letter.

    ``keep_end`` cuts at the beginning, as for an id, whose end distinguishes it.
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
    """The letters of a text, each with its combining marks."""
    clusters: list[str] = []
    for character in text:
        if clusters and unicodedata.category(character) in ("Mn", "Me"):
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters
