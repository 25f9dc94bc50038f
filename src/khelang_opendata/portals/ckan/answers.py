"""The results of a portal's actions, seen to have the form that CKAN gives them before anything reads them.

What is relied on is written down in ``answers.json``, a JSON Schema for each action. A result may hold more, but never
what harms a program that reads, shows or returns it: halves of characters, numbers that are none, endless depth,
or the token.
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
from khelang_opendata.portals.ckan.faults import LONGEST_NUMBER, Answer
from khelang_opendata.portals.token import Token

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

DEEPEST = 50
"""Levels that a result may have; those of CKAN and of scheming's repeated fields are fewer than ten."""

_LONGEST_NAME = 200
_TYPES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}

Place = tuple["Place", str | int] | None
"""A place in a result: the place of its container, and its key or number there; None for the result itself."""


class _Flaw(NamedTuple):
    """What is wrong with a result: one of the failure's variants, where, and what its texts name."""

    variant: str
    place: str
    found: str = "-"
    wanted: str = "-"
    limit: int = 0


def checked_result(action: str, result: Any, answer: Answer) -> Any:
    """The result of an action, if it has the form that CKAN gives it.

    Args:
        action: its name; one that ``answers.json`` lacks may give anything, for nothing reads it.
        result: what the portal gave.
        answer: the answer that held it.

    Raises:
        PortalError: it has another form; the first thing that is wrong is named.
    """
    flaw = _harm(result, answer.secret) or _misfit(action, result)
    if flaw is None:
        return result
    more = {"place": answer.quoted(flaw.place), "found": answer.quoted(flaw.found)}
    raise PortalError(
        "portal_answer_unusable",
        flaw.variant,
        address=answer.place,
        action=action,
        answer=answer.said,
        wanted=flaw.wanted,
        limit=flaw.limit,
        **more,
    )


def is_name(text: object) -> bool:
    """Whether a text may name something: it is neither empty nor endless, and every character of it shows."""
    return not isinstance(text, str) or (0 < len(text) <= _LONGEST_NAME and visible(text) == text)


def _harm(result: Any, secret: Token | None) -> _Flaw | None:
    """The first thing in a result that could not be shown, compared or sent back, whatever its place may hold."""
    waiting: list[tuple[Any, Place, int]] = [(result, None, 1)]
    while waiting:
        value, place, depth = waiting.pop()
        if isinstance(value, dict | list):
            if depth > DEEPEST:
                return _Flaw("deep", _written(place), limit=DEEPEST)
            inner: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
            for key, one in inner:
                if (isinstance(key, str) and (variant := _harm_of(key, secret))) or (variant := _harm_of(one, secret)):
                    return _Flaw(variant, _written((place, key)), limit=LONGEST_NUMBER)
                if isinstance(one, dict | list):
                    waiting.append((one, (place, key), depth + 1))
        elif variant := _harm_of(value, secret):
            return _Flaw(variant, _written(place), limit=LONGEST_NUMBER)
    return None


def _harm_of(value: Any, secret: Token | None) -> str | None:
    if isinstance(value, float):
        return None if math.isfinite(value) else "number"
    if not isinstance(value, str):
        return None
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        return "text"
    return "token" if secret and secret.removed_from(value) != value else None


def _misfit(action: str, result: Any) -> _Flaw | None:
    """The first thing in a result that is not as the action's schema has it."""
    validator = _validator(action)
    error = next(iter(validator.iter_errors(result)), None) if validator else None
    return _flaw_of(error) if error else None


def _flaw_of(error: ValidationError) -> _Flaw:
    place: Place = None
    for key in error.absolute_path:
        place = (place, key)
    wanted: Any = error.validator_value
    value: Any = error.instance
    if error.validator == "required":
        return _Flaw("missing", _written((place, next(name for name in wanted if name not in value))))
    if error.validator == "format":
        return _Flaw(str(wanted), _written(place), found=str(value))
    types = [wanted] if isinstance(wanted, str) else wanted
    found = _TYPES.get(type(value), "null")
    return _Flaw("type", _written(place), found=found, wanted="/".join(types))


@cache
def _validator(action: str) -> Draft202012Validator | None:
    from jsonschema import Draft202012Validator, FormatChecker  # noqa: PLC0415 (50 ms to import)

    content = json.loads(Path(__file__).with_name("answers.json").read_text(encoding="utf-8"))
    if action not in content["actions"]:
        return None
    formats = FormatChecker(["uuid"])
    formats.checks("name")(is_name)
    schema = {"$defs": content["$defs"], **content["actions"][action]}
    return Draft202012Validator(schema, format_checker=formats)


def _written(place: Place) -> str:
    """A place as people read it: ``result.resources[3].id``."""
    return "result" + "".join(reversed(list(_steps(place))))


def _steps(place: Place) -> Iterator[str]:
    while place is not None:
        place, key = place
        yield f"[{key}]" if isinstance(key, int) else f".{key}"
