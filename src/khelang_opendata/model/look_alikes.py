"""Ids, codes and headings as they were meant, where they have characters that do not show or that look like Latin ones.

A keyboard that is left in another language, a PDF or a web page puts such characters into them.
"""

from __future__ import annotations

import unicodedata

from khelang_opendata.model.spoilt_text import code_point, without_hidden
from khelang_opendata.model.thai import ascii_text

_LOOK_ALIKES = {
    **{"A": "ΑА", "B": "ΒВ", "C": "С", "E": "ΕЕ", "F": "Ϝ", "G": "Ԍ", "H": "ΗН", "I": "ΙІӀ", "J": "ͿЈ", "K": "ΚК"},
    **{"M": "ΜϺМ", "N": "Ν", "O": "ΟОՕ", "P": "ΡР", "S": "ЅՏ", "T": "ΤТ", "U": "Ս", "V": "Ѵ", "W": "Ԝ", "X": "ΧХ"},
    **{"Y": "ΥУҮ", "Z": "Ζ", "a": "ɑαа", "b": "Ь", "c": "с", "d": "ԁ", "e": "еҽ", "f": "ք", "g": "ɡց", "h": "һհ"},
    **{"i": "ıɩιіӏ", "j": "ϳј", "n": "ոռ", "o": "οσоօ", "p": "ρр", "q": "ԛգզ", "r": "г", "s": "ѕ", "u": "υս"},
    **{"v": "νѵ", "w": "ѡԝա", "x": "х", "y": "γуү"},
    **{"-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212", ".": "\u00b7\u0e4f"},
}
"""Greek, Cyrillic, Armenian and odd Latin letters, and dashes, by what they look like.

Source: Unicode Technical Standard 39, confusables.txt. What NFKC changes, such as full-width letters, needs no entry.
"""

_AS_LATIN = {ord(character): latin for latin, characters in _LOOK_ALIKES.items() for character in characters}


def as_meant(text: str) -> str:
    """A text with the letters and digits of ASCII for those that look like them, and without what does not show.

    Example:
        >>> as_meant("\u0430mount_thb"), as_meant("\uff21mount\u200b \u0e52")
        ('amount_thb', 'Amount 2')
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    shown = without_hidden(text)
    plain = unicodedata.normalize("NFKC", text if shown is None else shown).translate(_AS_LATIN)
    return ascii_text(plain).strip()


def first_strange(text: str) -> str | None:
    """The first character of a text that is not a visible one of ASCII; None where all are."""
    return next((character for character in text if not "!" <= character <= "~"), None)


def named(character: str) -> str:
    """A character by its number and its name in Unicode, where it has one: ``U+0430 CYRILLIC SMALL LETTER A``."""
    return f"{code_point(character)} {unicodedata.name(character, '')}".rstrip()
