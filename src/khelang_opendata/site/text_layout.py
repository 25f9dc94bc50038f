"""How wide text is in the charts' font, and where its lines end.

Charts place every line by these widths, so that a drawing does not depend on the fonts of the machine that draws it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from khelang_opendata.model.characters import visible

ASSETS = Path(__file__).with_name("assets")

ELLIPSIS = "…"
_UNKNOWN = 1000
"""The width of a letter that the font lacks: as wide as the widest, so that nothing overlaps."""
_LONGEST = 400
"""Letters of a text that are looked at; no chart has room for more."""
_MARKS = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"
_STARTS = (
    "การ",
    "ความ",
    "ของ",
    "และ",
    "ที่",
    "เพื่อ",
    "โดย",
    "สำหรับ",
    "ด้าน",
    "ตาม",
    "องค์กร",
    "ส่วน",
    "เทศบาล",
    "ประชาชน",
    "โครงการ",
    "ท้องถิ่น",
    "มีส่วนร่วม",
)
"""Words that a line may begin with; Thai has no spaces between words, and a dictionary weighs 10 MB and more."""
_INSIDE = (
    "ราชการ",
    "บริการ",
    "กรรมการ",
    "วิชาการ",
    "บริหารการ",
    "ประกอบการ",
    "ข้าราชการ",
    "อาการ",
    "โครงการ",
    "รายการ",
    "กระบวนการ",
    "มีส่วนร่วม",
)
"""Words that contain one of them."""
_NO_END = ("ของ", "ใน", "เพื่อ", "ด้าน", "การ", "ที่", "และ", "โดย", "ตาม", "สำหรับ")
"""Words that a line does not end with."""
_LEAST_OF_LINE = 0.5
"""A line is filled at least so far before a better place to end it is chosen."""


def width_of(text: str, size: float, *, is_bold: bool = False) -> float:
    """The width of a line in pixels at a font size."""
    widths = _widths()["600" if is_bold else "400"]
    return sum(_width(letter, widths) for letter in text) * size / 1000


def _width(letter: str, widths: Mapping[str, int]) -> int:
    if letter in widths:
        return widths[letter]
    return 0 if unicodedata.combining(letter) else _UNKNOWN


@cache
def _widths() -> Mapping[str, Mapping[str, int]]:
    with (ASSETS / "sarabun-widths.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    return {weight: {chr(int(row["code_point"], 16)): int(row[weight]) for row in rows} for weight in ("400", "600")}


def shortened(text: str, most: int) -> str:
    """A text with at most so many letters, for what is spoken or a line of its own."""
    if len(text) <= most:
        return text
    return text[: max((at for at in _between_clusters(text[:most]) if at), default=most)].rstrip() + ELLIPSIS


def lines_of(
    text: str, width: float, size: float, *, most: int, whole: Sequence[str] = (), is_bold: bool = False
) -> list[str]:
    """A text in lines that are at most so wide; what does not fit in as many lines as may be ends with an ellipsis.

    Args:
        text: the text; characters that do not show become visible.
        width: of a line, in pixels.
        size: of the font.
        most: lines.
        whole: names in which no line ends, such as a municipality's.
        is_bold: whether the text is drawn in bold.

    Example:
        >>> from khelang_opendata.site.text_layout import lines_of
        >>> lines_of("ส่งเสริมการมีส่วนร่วม", 100, 14, most=2)
        ['ส่งเสริม', 'การมีส่วนร่วม']
    """
    rest = " ".join(visible(text[:_LONGEST]).split())
    lines: list[str] = []
    is_cut = len(text) > _LONGEST
    while rest and len(lines) < most:
        end = _end_of_line(rest, width, size, whole, is_bold)
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    if rest or is_cut:
        lines[-1] = _with_ellipsis(lines[-1], width, size, is_bold)
    return lines


def _places(name: str, text: str) -> Iterator[int]:
    """Where a name begins in a text."""
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + len(name))


def _end_of_line(text: str, width: float, size: float, whole: Sequence[str], is_bold: bool) -> int:
    """Where the first line of a text ends: the best place, the last one of its kind."""
    fits = _fitting(text, width, size, is_bold)
    if fits == len(text):
        return fits
    inside = {
        at for name in whole if name for start in _places(name, text) for at in range(start + 1, start + len(name))
    }
    for places in _breaks(text):
        good = [
            at
            for at in places
            if fits * _LEAST_OF_LINE <= at <= fits and at not in inside and not text[:at].endswith(_NO_END)
        ]
        if good:
            return max(good)
    return max((at for at in _between_clusters(text) if 0 < at <= fits), default=max(fits, 1))


def _breaks(text: str) -> Iterator[list[int]]:
    """The places where a line may end, the best kind first: spaces, before some words, before a leading vowel."""
    yield [m.start() for m in re.finditer(" ", text)]
    held = {at for word in _INSIDE for start in _places(word, text) for at in range(start + 1, start + len(word))}
    yield [m.start() for m in re.finditer("|".join(_STARTS), text) if m.start() not in held]
    yield [m.start() for m in re.finditer("(?<![เแโใไ])[เแโใไ]", text)]


def _between_clusters(text: str) -> list[int]:
    """The places between letters with their marks."""
    return [m.start() for m in re.finditer(rf"(?<![เแโใไ])[^{_MARKS}ะาำๅๆ]", text) if not unicodedata.combining(m[0])]


def _fitting(text: str, width: float, size: float, is_bold: bool) -> int:
    """How many letters of a text fit into a line."""
    used = 0.0
    for at, letter in enumerate(text):
        used += width_of(letter, size, is_bold=is_bold)
        if used > width:
            return at
    return len(text)


def _with_ellipsis(line: str, width: float, size: float, is_bold: bool) -> str:
    fits = _fitting(line, width - width_of(ELLIPSIS, size, is_bold=is_bold), size, is_bold)
    end = fits if fits == len(line) else max((at for at in _between_clusters(line) if at <= fits), default=fits)
    return line[:end].rstrip() + ELLIPSIS
