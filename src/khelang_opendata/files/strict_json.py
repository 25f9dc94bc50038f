"""JSON that others wrote, read strictly: what RFC 8259 allows, within limits, so that it can be written again.

Python's reader also takes NaN and Infinity, turns 1e999 into infinity, keeps the last of two members of one name, and
raises three kinds of exceptions.
"""

from __future__ import annotations

import json
import math
import re
import sys
from datetime import date
from typing import Any, NoReturn

from khelang_opendata.model.limits import DEFAULT, Limits

_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN_DIGITS = 12
_NESTED = (dict, list)
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
        JsonRefused: not UTF-8, not JSON, nested too deeply, with a number that is too long or not finite, or with two
            members of one name in an object.
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
            object_pairs_hook=_object,
        )
    except UnicodeDecodeError:
        raise JsonRefused("not_utf8") from None
    except json.JSONDecodeError as error:
        from khelang_opendata.files.json_faults import fault_of  # noqa: PLC0415 (nearly all are JSON)

        fault = fault_of(text, error)
        raise JsonRefused(fault.variant, **fault.params) from None
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


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members have names of their own: RFC 8259 leaves open which of two of one name counts."""
    content = dict(members)
    if len(content) < len(members):
        names = [name for name, _ in members]
        raise JsonRefused("json_name_repeated", name=next(name for name in names if names.count(name) > 1))
    return content


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
    level = [content] if isinstance(content, _NESTED) else []
    for _ in range(limit):
        values = (value.values() if isinstance(value, dict) else value for value in level)
        level = [inner for value in values for inner in value if isinstance(inner, _NESTED)]
        if not level:
            return False
    return bool(level)
