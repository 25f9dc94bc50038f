"""What is wrong with a text that is no JSON, in words for a person who edited it: a comment, a comma, other quotes.

Python's reader says where it stopped; the same place has the same name in every version of Python.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from khelang_opendata.model.look_alikes import as_meant, named

_QUOTES = "“”„‟‘’‚‛'`´«»＂″"
_ENDS = "}]"
_COMMENTS = ("//", "/*", "#", "<!--")
_WORDS = {"True": "true", "False": "false", "None": "null", "TRUE": "true", "FALSE": "false", "NULL": "null"}
_WORDS |= {"undefined": "null", "Null": "null"}
_AFTER_VALUE = '"}]0123456789el'
"""How a value ends: a text, an object, a list, a number, and true, false or null."""
_SAID_BY_PYTHON = {"Invalid \\": "json_backslash", "Invalid control": "json_line_break", "Unterminated": "json_open"}


class JsonFault(NamedTuple):
    """The variant of ``descriptor_invalid`` that names a fault, and what its text needs."""

    variant: str
    params: dict[str, str | int]


def fault_of(text: str, error: json.JSONDecodeError) -> JsonFault:
    """What is wrong with a text.

    Args:
        text: the text, without a byte order mark.
        error: what Python's reader says of it.

    Example:
        >>> text = '{"version": “1.0.0”}'
        >>> try:
        ...     json.loads(text)
        ... except json.JSONDecodeError as error:
        ...     fault_of(text, error)
        JsonFault(variant='json_quote', params={'line': 1, 'column': 13, 'found': '“'})
    """
    if not text.strip(" \t\r\n\0"):
        return JsonFault("json_empty", {})
    if text.lstrip().startswith("<"):
        return JsonFault("json_page", {})
    for begin, variant in _SAID_BY_PYTHON.items():
        if error.msg.startswith(begin):
            return _at(text, error.pos, variant)
    return _by_signs(text, error.pos)


def _by_signs(text: str, place: int) -> JsonFault:
    """The fault that the signs around a place show."""
    before = len(text[:place].rstrip()) - 1
    guesses = (_end_of_file, _comma_extra, _other_sign, _word, _more, _comma_missing)
    found = (fault for guess in guesses if (fault := guess(text, place, before)))
    return next(found, _at(text, place, "not_json"))


def _end_of_file(text: str, place: int, before: int) -> JsonFault | None:
    return _at(text, max(before, 0), "json_cut") if place >= len(text) else None


def _comma_extra(text: str, place: int, before: int) -> JsonFault | None:
    """A comma before the end of a list or an object; Python stops at it, or behind it."""
    comma = before if text[place] in _ENDS else place
    is_last = text[place] in _ENDS or text[place + 1 :].lstrip()[:1] in (*_ENDS,)
    return _at(text, comma, "json_comma_extra") if is_last and text[max(comma, 0)] == "," else None


def _other_sign(text: str, place: int, _: int) -> JsonFault | None:
    """A comment, another quotation mark, or a sign of another alphabet."""
    found = text[place]
    if text.startswith(_COMMENTS, place):
        return _at(text, place, "json_comment")
    if found in _QUOTES:
        return _at(text, place, "json_quote", found=found)
    if found.isascii() or (meant := as_meant(found)) == found:
        return None
    params = {"corrected": meant} if meant else {}
    return _at(text, place, "json_sign" if meant else "json_hidden", code_point=named(found), **params)


def _word(text: str, place: int, _: int) -> JsonFault | None:
    word = re.match("[A-Za-z]+", text[place:])
    if word is None or word[0] not in _WORDS:
        return None
    return _at(text, place, "json_word", found=word[0], corrected=_WORDS[word[0]])


def _more(text: str, place: int, _: int) -> JsonFault | None:
    """Something behind what is whole."""
    try:
        json.loads(text[:place])
    except ValueError:
        return None
    return _at(text, place, "json_more")


def _comma_missing(text: str, place: int, before: int) -> JsonFault | None:
    """A comma that is missing between two values, or a quotation mark within a text, which ends it."""
    if before < 0 or text[before] not in _AFTER_VALUE:
        return None
    if text[before] == '"' and text[place] != '"' and "\n" not in text[before:place]:
        return _at(text, before, "json_quote_inside")
    is_value = text[place] in '"{[' or text[place].isalnum()
    return _at(text, before, "json_comma_missing") if is_value else None


def _at(text: str, place: int, variant: str, **params: str | int) -> JsonFault:
    """A fault at a place, which is named by its line and its character in the line, both from 1."""
    begin = text.rfind("\n", 0, place) + 1
    return JsonFault(variant, {"line": text.count("\n", 0, place) + 1, "column": place - begin + 1, **params})
