"""JSON that others wrote, read strictly: what RFC 8259 allows, within limits, so that it can be written again.

Python's reader also takes NaN and Infinity, turns 1e999 into infinity, and raises three kinds of exceptions.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Iterable
from datetime import date
from typing import Any, NoReturn

from khelang_opendata.model.limits import DEFAULT, Limits

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN_DIGITS = 12
_SMALL_STACK = sys.platform == "emscripten"
"""In a browser deep nesting ends the whole interpreter, before Python can raise an error of it."""
_STRUCTURE = re.compile(r"""\\.|["\[\]{}]""", re.DOTALL)


class JsonRefused(Exception):
    """A text is not the JSON that is read here; ``variant`` is one of ``descriptor_invalid``, ``params`` its values."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant, params)
        self.variant = variant
        self.params: dict[str, str | int | float] = params


def read_json(data: bytes, limits: Limits = DEFAULT) -> Any:
    """The value of a JSON text in UTF-8; a byte order mark is ignored.

    Raises:
        JsonRefused: not UTF-8, not JSON, nested too deeply, or with a number that is too long or not finite.
    """
    digits = min(limits.json_digits, 4300)  # what int() takes, whatever the limit
    try:
        text = data.decode("utf-8-sig")
        if _SMALL_STACK and _deepest(text) > limits.json_depth:
            raise JsonRefused("too_deep", limit=limits.json_depth)
        content = json.loads(
            text,
            parse_int=lambda text: int(_checked(text, digits)),
            parse_float=lambda text: _finite(text, digits),
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError:
        raise JsonRefused("not_utf8") from None
    except json.JSONDecodeError as error:
        raise JsonRefused("not_json", line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise JsonRefused("too_deep", limit=limits.json_depth) from None
    if _is_deeper_than(limits.json_depth, content):
        raise JsonRefused("too_deep", limit=limits.json_depth)
    return content


def read_day(text: object) -> date:
    """A day as a JSON file of ours holds it, ``YYYY-MM-DD`` (``full-date`` of RFC 3339), else ValueError."""
    if not (isinstance(text, str) and _DAY.fullmatch(text)):
        raise ValueError(text)
    return date.fromisoformat(text)


def _checked(text: str, digits: int) -> str:
    if len(text) > digits:
        raise JsonRefused("number_too_long", begin=text[:_SHOWN_DIGITS], length=len(text), limit=digits)
    return text


def _finite(text: str, digits: int) -> float:
    value = float(_checked(text, digits))
    return value if math.isfinite(value) else _refuse_constant(text)


def _refuse_constant(text: str) -> NoReturn:
    raise JsonRefused("number_not_finite", value=text)


def _deepest(text: str) -> int:
    """How many lists and objects are open at once, at most, in a text that need not be JSON."""
    depth = deepest = 0
    is_text = False
    for found in _STRUCTURE.finditer(text):
        sign = found[0]
        if sign == '"':
            is_text = not is_text
        elif not is_text and sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif not is_text and sign in "]}":
            depth -= 1
    return deepest


def _is_deeper_than(limit: int, content: Any) -> bool:
    """Whether lists and objects are nested more than so many levels; each pass looks at one level."""
    level = [content]
    for _ in range(limit):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return any(isinstance(value, list | dict) for value in level)


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()
