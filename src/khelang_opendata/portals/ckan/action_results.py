"""Validate the results of a portal's actions before other modules read them.

``action_results.json`` has a JSON Schema for each action: the keys and types that this package reads. A result may have
more keys. Anywhere in it, values are refused that would harm a program which prints, compares or returns them: lone
surrogates, infinite numbers, excessive depth, and the token.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import PortalError
from khelang_opendata.portals.ckan.responses import MAX_DIGITS, Response
from khelang_opendata.portals.token import Token

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

MAX_DEPTH = 50
"""The most levels of a result; CKAN's datasets with scheming's repeating subfields have fewer than ten."""

_MAX_NAME = 200
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}

ResultPath = tuple["ResultPath", str | int] | None
"""The path of a value in a result: the container's path and its key or index; None for the result itself.

Linked, so that no path is built before one is printed."""


class _Fault(NamedTuple):
    """A fault of a result: a variant of ``portal_answer_unusable``, and the parameters of its texts."""

    variant: str
    place: str
    found: str = "-"
    wanted: str = "-"
    limit: int = 0


def validate_result(action: str, result: Any, response: Response) -> Any:
    """Return the result of an action if it is valid.

    Args:
        action: the action's name; an action without a schema may return anything, because its result is not used.
        result: the result.
        response: the response that holds it.

    Raises:
        PortalError: the result is invalid; the message names the first fault.
    """
    fault = _first_harmful_value(result, response.token) or _first_schema_violation(action, result)
    if fault is None:
        return result
    params = {
        "address": response.safe_address,
        "answer": response.message,
        "place": response.sanitized(fault.place),
        "found": response.sanitized(fault.found),
        "wanted": fault.wanted,
    }
    raise PortalError("portal_answer_unusable", fault.variant, action=action, limit=fault.limit, **params)


def is_name(text: object) -> bool:
    """Whether a text may be a name: not empty, not too long, and without invisible characters.

    Other types are names, too: the schema checks types separately.
    """
    return not isinstance(text, str) or (0 < len(text) <= _MAX_NAME and visible(text) == text)


def _first_harmful_value(result: Any, token: Token | None) -> _Fault | None:
    """Find a harmful key or value; with a stack, because a deep result would exceed Python's recursion limit."""
    stack: list[tuple[Any, ResultPath, int]] = [(result, None, 1)]
    while stack:
        value, path, depth = stack.pop()
        if isinstance(value, dict | list):
            if depth > MAX_DEPTH:
                return _Fault("deep", _path_text(path), limit=MAX_DEPTH)
            items: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
            for key, item in items:
                if (isinstance(key, str) and (variant := _harm(key, token))) or (variant := _harm(item, token)):
                    return _Fault(variant, _path_text((path, key)), limit=MAX_DIGITS)
                if isinstance(item, dict | list):
                    stack.append((item, (path, key), depth + 1))
        elif variant := _harm(value, token):
            return _Fault(variant, _path_text(path), limit=MAX_DIGITS)
    return None


def _harm(value: Any, token: Token | None) -> str | None:
    if isinstance(value, float):
        return None if math.isfinite(value) else "number"
    if not isinstance(value, str):
        return None
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        return "text"
    return "token" if token and token.removed_from(value) != value else None


def _first_schema_violation(action: str, result: Any) -> _Fault | None:
    validator = _validator(action)
    error = next(iter(validator.iter_errors(result)), None) if validator else None
    return _violation(error) if error else None


def _violation(error: ValidationError) -> _Fault:
    path: ResultPath = None
    for key in error.absolute_path:
        path = (path, key)
    expected: Any = error.validator_value
    value: Any = error.instance
    if error.validator == "required":
        return _Fault("missing", _path_text((path, next(name for name in expected if name not in value))))
    if error.validator == "format":
        return _Fault(str(expected), _path_text(path), found=str(value))
    types = [expected] if isinstance(expected, str) else expected
    found = _TYPES.get(type(value), "null")
    return _Fault("type", _path_text(path), found=found, wanted="/".join(types))


@cache
def _validator(action: str) -> Draft202012Validator | None:
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415 (50 ms to import)

    content = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    if action not in content["actions"]:
        return None
    formats = FormatChecker(["uuid"])
    formats.checks("name")(is_name)
    schema = {"$defs": content["$defs"], **content["actions"][action]}
    return Draft202012Validator(schema, format_checker=formats)


def _path_text(path: ResultPath) -> str:
    """Return a path as text: ``result.resources[3].id``."""
    return "result" + "".join(reversed(list(_path_parts(path))))


def _path_parts(path: ResultPath) -> Iterator[str]:
    while path is not None:
        path, key = path
        yield f"[{key}]" if isinstance(key, int) else f".{key}"
