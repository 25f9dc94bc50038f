"""The regular expressions of XML Schema, part 2, appendix F, which ``pattern`` has, in the words of Python.

What XML Schema has and Python has not is put in Python's words: names (``\\i``, ``\\c``), Unicode categories and blocks
(``\\p{L}``, ``\\p{IsThai}``), classes less others (``[a-z-[aeiou]]``); and so is what both have with another meaning:
``.``, ``\\s`` and ``\\w``. Of Python's own, all is left as it is; ``^`` and ``$`` mean the ends of the text, as in the
standard's own example, though XML Schema has neither.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from khelang_opendata.model.failures import LibraryMissing

_FIRST_OF_NAME = (
    ":A-Z_a-z\xc0-\xd6\xd8-\xf6\xf8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_IN_NAME = rf"{_FIRST_OF_NAME}\-.0-9\xb7\u0300-\u036f\u203f-\u2040"
_NO_WORD = r"\p{P}\p{Z}\p{C}"
_SPACE = r" \t\n\r"

_CLASSES = {"i": _FIRST_OF_NAME, "c": _IN_NAME, "s": _SPACE, "W": _NO_WORD}
_NOT_CLASSES = {"I": _FIRST_OF_NAME, "C": _IN_NAME, "S": _SPACE, "w": _NO_WORD}
_PROPERTY = re.compile(r"\{(Is)?([A-Za-z0-9-]+)\}")


_COUNTED = re.compile(r"\{([0-9]+)(?:,([0-9]*))?\}")
_MOST_SIGNS = 20_000
"""Signs that ``regex`` may put in place of counted repetitions: a billion take all memory there is."""

_NONE = "is no regular expression"


class Translated(NamedTuple):
    """A pattern in Python's words, whether it needs version 1 of the module ``regex``, and how long it is repeated."""

    pattern: str
    is_new: bool
    size: int

    def compiled(self) -> Any:
        """The compiled pattern; ValueError where it is none."""
        try:
            return self.timed() if self.is_new else re.compile(self.pattern)
        except (re.error, OverflowError, RecursionError):
            raise ValueError(_NONE) from None

    def timed(self) -> Any:
        """The pattern compiled by ``regex``, which takes a time limit; ValueError where it is none, or too large.

        LibraryMissing where the program runs without that library, and Python has no words for the pattern.
        """
        if self.size > _MOST_SIGNS:
            raise ValueError("repeats too much")
        try:
            import regex  # noqa: PLC0415 (only for patterns from elsewhere, or with Unicode's properties)
        except ImportError:
            return self._untimed()
        try:
            return regex.compile(self.pattern, regex.VERSION1 if self.is_new else regex.VERSION0)
        except (regex.error, OverflowError, RecursionError):
            raise ValueError(_NONE) from None

    def _untimed(self) -> _Untimed:
        """The pattern compiled by Python's own module: in a browser, a person ends what takes too long."""
        if self.is_new:
            raise LibraryMissing("regex")
        try:
            return _Untimed(re.compile(self.pattern))
        except (re.error, OverflowError, RecursionError):
            raise ValueError(_NONE) from None


class _Untimed:
    """A pattern that takes a time limit, and knows none."""

    def __init__(self, compiled: re.Pattern[str]) -> None:
        self._compiled = compiled

    def fullmatch(self, text: str, *, timeout: float | None) -> object:
        """Whether the whole text matches."""
        _ = timeout
        return self._compiled.fullmatch(text)

    def search(self, text: str, *, timeout: float | None) -> object:
        """Whether a part of the text matches."""
        _ = timeout
        return self._compiled.search(text)


@lru_cache(maxsize=256)
def translated(pattern: str) -> Translated:
    """A pattern of XML Schema, or of Python, in Python's words.

    Raises:
        ValueError: a class or a property in it is not closed.
    """
    return _Reader(pattern).whole()


class _Reader:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._is_new = False

    def whole(self) -> Translated:
        parts = []
        sizes = [[0]]  # of the groups that are open, the sizes of their parts
        while self._at < len(self._pattern):
            if sizes[-1][-1] and (found := _COUNTED.match(self._pattern, self._at)):
                self._at = found.end()
                sizes[-1][-1] *= max(1, *map(_count, found.groups()))
                parts.append(found[0])
                continue
            sign = self._next()
            parts.append(self._class() if sign == "[" else self._escape() if sign == "\\" else _plain(sign))
            if sign == "(":
                sizes.append([0])
            elif sign == ")" and len(sizes) > 1:
                inner = sum(sizes.pop())
                sizes[-1].append(inner)
            else:
                sizes[-1].append(1)
        return Translated("".join(parts), self._is_new, sum(map(sum, sizes)))

    def _next(self) -> str:
        sign = self._pattern[self._at : self._at + 1]
        if not sign:
            raise ValueError(_NONE)
        self._at += 1
        return sign

    def _escape(self) -> str:
        sign = self._next()
        if sign in "pP":
            return self._property(sign)
        if sign not in _CLASSES and sign not in _NOT_CLASSES:
            return f"\\{sign}"
        self._is_new |= sign in "wW"
        return f"[{_CLASSES[sign]}]" if sign in _CLASSES else f"[^{_NOT_CLASSES[sign]}]"

    def _property(self, sign: str) -> str:
        found = _PROPERTY.match(self._pattern, self._at)
        if not found:
            raise ValueError(_NONE)
        self._at = found.end()
        self._is_new = True
        return rf"\{sign}{{{'In' if found[1] else ''}{found[2]}}}"

    def _class(self) -> str:
        """A class, whose bracket was read; what is taken from it is a class, too."""
        negated = "^" if self._pattern[self._at : self._at + 1] == "^" else ""
        self._at += len(negated)
        parts: list[str] = []
        while True:
            sign = self._next()
            if sign == "]" and parts:
                return f"[{negated}{''.join(parts)}]"
            if sign == "-" and parts and self._pattern.startswith("[", self._at):
                self._at += 1
                taken = self._class()
                if self._next() != "]":
                    raise ValueError(_NONE)
                self._is_new = True
                return f"[[{negated}{''.join(parts)}]--{taken}]"
            parts.append(self._escape_in_class() if sign == "\\" else _plain_in_class(sign, parts))

    def _escape_in_class(self) -> str:
        sign = self._pattern[self._at : self._at + 1]
        if sign in _CLASSES and sign:
            self._at += 1
            self._is_new |= sign == "W"
            return _CLASSES[sign]
        self._is_new |= sign in _NOT_CLASSES
        return self._escape()


def _count(digits: str | None) -> int:
    """A count of a repetition, as far as it matters."""
    return int((digits or "").lstrip("0")[: len(str(_MOST_SIGNS)) + 1] or 0)


def _plain(sign: str) -> str:
    return r"[^\n\r]" if sign == "." else sign


def _plain_in_class(sign: str, before: list[str]) -> str:
    """Signs that twice in a row, or opened, mean sets to newer versions of Python's patterns, are escaped."""
    if sign in "[]&|~" or (sign == "-" and before and before[-1] == "-"):
        return f"\\{sign}"
    return sign
