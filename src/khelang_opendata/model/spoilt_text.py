"""Text spoilt on its way: garbled or lost letters, hidden characters, marks in a wrong order, and how it was meant.

The rules on Thai marks are of our own: a consonant takes at most one vowel above or below it and then one tone mark or
thanthakhat (the clusters of WTT 2.0, level 1). Libraries of Thai text judge words, which takes them a dictionary.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Mapping
from functools import partial
from typing import NamedTuple

from khelang_opendata.model.characters import HIDDEN

INVISIBLE = (
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2060-\u2064\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
"""Characters without a shape that editors put in on purpose, as a zero-width space between Thai words."""
BOUND = "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
"""Thai vowels and marks that follow a consonant."""
VOWEL_MARKS = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d\u0e4e"
TONE_MARKS = "\u0e48-\u0e4c"

_DOUBLED = "|".join(f"{chr(mark)}{{2,}}" for mark in (0x0E31, *range(0x0E34, 0x0E3B), *range(0x0E47, 0x0E4F)))
_HARD_SPACE = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_CONSONANT = "ก-ฮ"

_WINDOWS_SIGNS = {ord(bytes([b]).decode("cp1252")): b for b in range(0x80, 0xA0) if b not in b"\x81\x8d\x8f\x90\x9d"}
_SIGNS = "".join(map(chr, _WINDOWS_SIGNS))
_MOST_TIMES = 3
"""How often a text is read once more: one that was saved wrongly twice is garbled twice."""

# Patterns that few texts come to: each is compiled when the first one does.
_CP874_LETTER = r"[\u00a1-\u00da\u00df-\u00fb]"
_UTF8_LETTER = rf"\u00e0[\u00b8\u00b9][\u0080-\u00bf{_SIGNS}]"
_CP874_BYTES = r"[\u0080-\u00da\u00df-\u00fb]+"
_THAI_SIGNS = "€…‘’“”•–—"
_UTF8_AS_THAI = rf"เ[ธน][\u0080-\u00a0\u0e01-\u0e1f{_THAI_SIGNS}]"
_THAI_BYTES = rf"โ[\u0080-\u00a0\u0e01-\u0e5b{_THAI_SIGNS}]{{2}}"
_TWICE = rf"(?:[\u00c2\u00c3][\u0080-\u00bf{_SIGNS}]){{3}}|\u00c3 \u00c2[\u00b8\u00b9]"
_WESTERN = rf"[\u0080-\u00ff{_SIGNS}]+"

_PLAIN = r'[\n -"$->@-~ก-ฺ฿-๛–—‘’“”…]*'
"""Letters, digits and signs of Thai and English, without those that replace lost ones."""
_LEAST_GARBLED = 3
"""Letters in a row that point to UTF-8 read in the Thai code page."""

_ERROR_VALUE = (
    r"#(?:N/A|NAME\?|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!)|\AErr:\d{3}\Z|\A(?:TRUE|FALSE)\Z"
)
_HASHES = r"\s*#{2,}\s*"
_THAI_LETTER = "[ก-๎]"

_GLYPHS: Mapping[str, str] = {
    "\uf700\uf89e": "\u0e10",
    "\uf701\uf885": "\u0e34",
    "\uf702\uf886": "\u0e35",
    "\uf703\uf887": "\u0e36",
    "\uf704\uf888": "\u0e37",
    "\uf705\uf70a\uf713\uf88a\uf88b\uf88c": "\u0e48",
    "\uf706\uf70b\uf714\uf88d\uf88e\uf88f": "\u0e49",
    "\uf707\uf70c\uf715\uf890\uf891\uf892": "\u0e4a",
    "\uf708\uf70d\uf716\uf893\uf894\uf895": "\u0e4b",
    "\uf709\uf70e\uf717\uf896\uf897\uf898": "\u0e4c",
    "\uf70f\uf89a": "\u0e0d",
    "\uf710\uf884": "\u0e31",
    "\uf711\uf899": "\u0e4d",
    "\uf712\uf889": "\u0e47",
    "\uf718\uf89b": "\u0e38",
    "\uf719\uf89c": "\u0e39",
    "\uf71a\uf89d": "\u0e3a",
}
"""Thai letters and marks as fonts of Windows and macOS move them beside each other, which PDFs give out.

As HarfBuzz knows them (hb-ot-shaper-thai.cc).
"""
_LINE_ENDS = "\r\x0b\x0c\x85\u2028\u2029"
_KINDS = {"Cc": "control", "Cf": "format", "Cs": "unassigned", "Co": "private", "Cn": "unassigned"}
_MEANT = {ord(glyph): letter for glyphs, letter in _GLYPHS.items() for glyph in glyphs}


def is_plain(text: str) -> bool:
    """Whether a text surely has no lost, garbled or hidden character; one test, which some sound texts fail."""
    is_certain = re.fullmatch(_PLAIN, text) is not None and not text.startswith(("TRUE", "FALSE", "Err:"))
    return is_certain and text.count("เธ") + text.count("เน") < _LEAST_GARBLED


def restored(text: str) -> str | None:
    """A text whose letters were read in a wrong code page, read rightly; None where nothing points to it.

    Thai Windows bytes (CP874) show as ``¡ÒÃ``, UTF-8 bytes as ``à¸à¸²à¸£`` or ``เธฒเธฃ``. A text may be garbled
    more than once.
    """
    right = text
    for _ in range(_MOST_TIMES):
        once = _read_again(right)
        if once is None:
            break
        right = once
    return right if right != text else None


def _read_again(text: str) -> str | None:
    if re.search(_TWICE, text):
        return re.sub(_WESTERN, _as_utf8, text.replace("\u00c3 \u00c2", "\u00c3\u00a0\u00c2"))
    if "\u00e0" in text and re.search(f"(?:{_UTF8_LETTER}){{2}}", text):
        return re.sub(_WESTERN, _as_utf8, re.sub(_UTF8_LETTER, _as_utf8, text))
    if "เ" in text and re.search(f"(?:{_UTF8_AS_THAI}){{{_LEAST_GARBLED}}}", text):
        return re.sub(_THAI_BYTES, _thai_as_utf8, re.sub(_UTF8_AS_THAI, _thai_as_utf8, text))
    is_alone = not re.search(f"[A-Za-z]|{_THAI_LETTER}", text)
    if re.search(f"{_CP874_LETTER}{{3}}", text) or (is_alone and re.search(f"{_CP874_LETTER}{{2}}", text)):
        return re.sub(_CP874_BYTES, _as_cp874, text)
    return None


def _as_utf8(match: re.Match[str]) -> str:
    try:
        return match[0].translate(_WINDOWS_SIGNS).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return match[0]


def _thai_as_utf8(match: re.Match[str]) -> str:
    try:
        return b"".join(map(_thai_byte, match[0])).decode("utf-8")
    except UnicodeError:
        return match[0]


def _thai_byte(character: str) -> bytes:
    """The byte that Windows shows as a character where it reads Thai (CP874); those without a letter show as C1."""
    try:
        return character.encode("cp874")
    except UnicodeEncodeError:
        return character.encode("latin-1")


def _as_cp874(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp874", "replace")


def lost_letters(text: str) -> str | None:
    """How the letters of a text were lost; None where they were not.

    Returns:
        ``question_marks`` where a program wrote them for what its code page lacks, ``replacement`` for U+FFFD,
        ``error_value`` for one of a spreadsheet's formulas, ``hashes`` for a number that its column was too narrow for.
    """
    if "\ufffd" in text:
        return "replacement"
    if "#" in text and re.fullmatch(_HASHES, text):
        return "hashes"
    if re.search(_ERROR_VALUE, text):
        return "error_value"
    marks = text.count("?")
    if not marks or re.search(_THAI_LETTER, text):
        return None
    letters = sum(character.isalpha() for character in text)
    digits = sum(character.isdecimal() for character in text)
    is_run = ("???" in text and marks > letters) or ("????" in text and marks >= letters / 2)
    return "question_marks" if is_run or marks > letters + digits else None


class HiddenCharacter(NamedTuple):
    """A character that does not show, or that no font shows alike: its place in the text, from 1, and what it is."""

    position: int
    character: str
    kind: str

    @property
    def code_point(self) -> str:
        return code_point(self.character)


def code_point(character: str) -> str:
    """A character by its number in Unicode: U+202E."""
    return f"U+{ord(character):04X}"


def hidden_character(text: str, *, with_invisible: bool) -> HiddenCharacter | None:
    """The first character of a text that does not show, or that has no meaning of its own.

    Its kind is ``control``, ``format`` (as one that turns the direction of writing), ``line`` (a line end that CSV does
    not have), ``private`` (a glyph of one font) or ``unassigned``; which are these last differs with Python's Unicode.
    A line feed, and a carriage return before one, are line ends.

    Args:
        text: the text.
        with_invisible: whether those of :data:`INVISIBLE` count.
    """
    plain = text.replace("\r\n", " \n")
    if plain.isprintable() and not (with_invisible and re.search(f"[{INVISIBLE}]", plain)):
        return None
    for position, character in enumerate(plain, 1):
        is_invisible = re.match(f"[{INVISIBLE}]", character) is not None
        category = unicodedata.category(character)
        if is_invisible and with_invisible:
            return HiddenCharacter(position, character, "format")
        if (category in HIDDEN or category == "Cn") and character not in "\n\t" and not is_invisible:
            return HiddenCharacter(position, character, "line" if character in _LINE_ENDS else _KINDS[category])
    return None


def without_hidden(text: str) -> str | None:
    """A text without its hidden characters; None where the meaning of one is not known.

    Other line ends become line feeds, and glyphs of Thai fonts the letters and marks that they show.
    """
    text = re.sub(f"\r(?!\n)|[{_LINE_ENDS[1:]}]", "\n", text).translate(_MEANT)
    if not text.isprintable():  # nearly every text is, and then no character needs a look
        categories = {character: unicodedata.category(character) for character in {*text}}
        if {"Co", "Cn", "Cs"} & {*categories.values()}:
            return None
        hidden = {ord(c): None for c, category in categories.items() if category in HIDDEN and c not in "\n\r\t"}
        text = text.translate(hidden)
    return re.sub(f"[{INVISIBLE}]", "", text)


class Flaw(NamedTuple):
    """A way in which a text is not in normal form: its pattern, and what mends it, None where only its writer can."""

    pattern: str
    mend: Callable[[str], str] | None


def _joined(text: str) -> str:
    """A text in one line. Between Thai letters nothing was lost by the line break, between others a space was."""
    first, *others = [part for line in text.splitlines() if (part := line.strip())] or [""]
    for part in others:
        is_thai = re.match(_THAI_LETTER, first[-1]) and re.match(_THAI_LETTER, part[0])
        first += part if is_thai else f" {part}"
    return first


FLAWS: Mapping[str, Flaw] = {
    "invisible": Flaw(f"[{INVISIBLE}]", partial(re.sub, f"[{INVISIBLE}]", "")),
    "hard_space": Flaw(rf"[{_HARD_SPACE}]|(?<!\A)\t(?!\Z)", partial(re.sub, rf"[{_HARD_SPACE}]|(?<!\A)\t", " ")),
    "edge_space": Flaw(r"\A[ \n]|\s\Z", str.strip),
    "line_break": Flaw(r"[\r\n]", _joined),
    "double_space": Flaw(r"[ ]{2,}", partial(re.sub, "[ ]+", " ")),
    "sara_am": Flaw(
        "\u0e4d[\u0e48-\u0e4b]?\u0e32",
        partial(re.sub, "([\u0e48-\u0e4b]?)\u0e4d([\u0e48-\u0e4b]?)\u0e32", "\\1\\2\u0e33"),
    ),
    "double_e": Flaw("เเ", lambda text: text.replace("เเ", "แ")),
    "split_word": Flaw(
        rf"(?<=[ก-๎])[ ](?=[{BOUND}])|(?<=[เ-ไ])[ ](?=[{_CONSONANT}])",
        partial(re.sub, rf"(?<=[ก-๎])[ ](?=[{BOUND}])|(?<=[เ-ไ])[ ](?=[{_CONSONANT}])", ""),
    ),
    "doubled_mark": Flaw(_DOUBLED, partial(re.sub, _DOUBLED, lambda match: match[0][0])),
    "mark_order": Flaw(
        rf"(?<=[{_CONSONANT}])[{TONE_MARKS}][{VOWEL_MARKS}]|[ะาำ][\u0e48-\u0e4b]",
        partial(re.sub, rf"(?<=[{_CONSONANT}])([{TONE_MARKS}])([{VOWEL_MARKS}])|([ะาำ])([\u0e48-\u0e4b])", r"\2\1\4\3"),
    ),
    "lone_mark": Flaw(rf"(?<![{_CONSONANT}])[{VOWEL_MARKS}]|(?<![{_CONSONANT}{VOWEL_MARKS}])[{TONE_MARKS}]", None),
}
"""The flaws by name, the one that is named first of several in a text first."""


def flaw_in(text: str, names: Container[str]) -> tuple[str, re.Match[str]] | None:
    """The first flaw of a text among some, and where it is."""
    for name, flaw in FLAWS.items():
        if name in names and (match := re.search(flaw.pattern, text)):
            return name, match
    return None


def tidied(text: str, names: Container[str]) -> str | None:
    """A text without flaws, in Unicode's composed form; None where one of some flaws is left.

    Args:
        text: the text.
        names: the flaws that are mended.
    """
    text = unicodedata.normalize("NFC", text)
    for _ in FLAWS:  # what one mends may show another
        before = text
        for name, flaw in FLAWS.items():
            if name in names and flaw.mend and re.search(flaw.pattern, text):
                text = unicodedata.normalize("NFC", flaw.mend(text))
        if text == before:
            break
    return text if not flaw_in(text, names) else None


def as_shown(text: str) -> str:
    """A text in one of the forms that look alike: composed, and without what does not show."""
    for name in ("invisible", "hard_space", "sara_am"):
        mend = FLAWS[name].mend
        text = mend(text) if mend else text
    return unicodedata.normalize("NFC", text)
