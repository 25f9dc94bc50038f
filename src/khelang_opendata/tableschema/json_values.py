"""JSON inside cells: values that can be compared and are keys, and the constraint ``jsonSchema`` on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from time import perf_counter
from typing import Any

from khelang_opendata.tableschema.official_profile import SchemaInvalid, comparable
from khelang_opendata.tableschema.xsd_patterns import translated


class JsonValue:
    """An object or an array as JSON compares them: 1 is 1.0 and no true, the order of members says nothing."""

    __slots__ = ("_key", "content")

    def __init__(self, content: Any) -> None:
        self.content = content
        self._key = comparable(content)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, JsonValue) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __len__(self) -> int:
        return len(self.content)


def json_schema_check(schema: dict[str, Any], seconds: float | None, field: str) -> Callable[[JsonValue], bool]:
    """The constraint ``jsonSchema``: whether a value conforms to a JSON Schema, of the draft that it names.

    Args:
        schema: the JSON Schema. It may refer to parts of itself; nothing is fetched.
        seconds: how long it may take in all, with patterns and references of others; None for as long as it takes.
        field: the field, for the error.

    Raises:
        SchemaInvalid: it is no JSON Schema, or refers to another; the function that is returned raises it, too, where
            the check takes too long.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (50 ms, and few schemas need it)
    from jsonschema.validators import validator_for  # noqa: PLC0415 (part of the same)
    from referencing import Registry  # noqa: PLC0415 (part of the same)
    from referencing.exceptions import Unresolvable  # noqa: PLC0415 (part of the same)

    try:
        kind = validator_for(schema, default=Draft202012Validator)
        kind.check_schema(schema)
    except Exception:  # of whatever kind: on what is no JSON Schema at all the library crashes
        raise SchemaInvalid(f"the jsonSchema of {field} is no JSON Schema") from None
    if seconds is not None and _names(schema, "patternProperties"):
        raise SchemaInvalid(f"the jsonSchema of {field} has patternProperties, which may take for ever")
    clock = _Clock(field, seconds)
    registry: Registry[Any] = Registry()
    validator = _limited(kind, clock)(schema, registry=registry)

    def holds(value: JsonValue) -> bool:
        try:
            with clock:
                return bool(validator.is_valid(value.content))
        except Unresolvable:
            raise SchemaInvalid(f"the jsonSchema of {field} refers to another schema, which is not read") from None
        except Exception as error:  # of whatever kind, as above
            message = f"the jsonSchema of {field} cannot be used"
            raise error if isinstance(error, SchemaInvalid) else SchemaInvalid(message) from None

    return holds


class _Clock:
    """The time that a JSON Schema has left for all values of a column."""

    def __init__(self, field: str, seconds: float | None) -> None:
        self._field = field
        self._left = seconds
        self._start = 0.0

    def __enter__(self) -> None:
        self._start = perf_counter()

    def __exit__(self, *_: object) -> None:
        took = perf_counter() - self._start
        if self._left is not None and took > _SLOW:
            self._left -= took

    def left(self) -> float | None:
        """The seconds that are left; None for any number.

        Raises:
            SchemaInvalid: none are left.
        """
        if self._left is None:
            return None
        left = self._left - (perf_counter() - self._start)
        if left <= 0:
            raise self.over()
        return left

    def over(self) -> SchemaInvalid:
        return SchemaInvalid(f"the jsonSchema of {self._field} takes too long")


_SLOW = 0.01
"""Seconds from which on a value counts towards the time of its schema."""

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")
"""Without them a check takes no longer than the schema times the value."""


def _names(content: Any, name: str) -> bool:
    if isinstance(content, dict):
        return name in content or any(_names(value, name) for value in content.values())
    return isinstance(content, list) and any(_names(value, name) for value in content)


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    """A pattern as Python has it, which JSON Schema searches for; ValueError where it is none, or too large."""
    return translated(pattern)._replace(pattern=pattern, is_new=False).timed()


def _limited(kind: Any, clock: _Clock) -> Any:
    """A validator that compares items fast, and stops where patterns and references take too long."""
    from jsonschema import ValidationError  # noqa: PLC0415 (as above)
    from jsonschema.validators import extend  # noqa: PLC0415 (as above)

    def in_time(keyword: Any) -> Any:
        def check(validator: Any, given: Any, value: Any, around: Any) -> Iterator[ValidationError]:
            clock.left()
            yield from keyword(validator, given, value, around) or ()

        return check

    def unique_items(_: Any, wanted: bool, items: Any, __: Any) -> Iterator[ValidationError]:
        if wanted and isinstance(items, list) and len({comparable(item) for item in items}) < len(items):
            yield ValidationError("items are repeated")

    def pattern(_: Any, pattern: str, text: Any, __: Any) -> Iterator[ValidationError]:
        if not isinstance(text, str):
            return
        try:
            if not _compiled(pattern).search(text, timeout=clock.left()):
                yield ValidationError("the pattern does not match")
        except TimeoutError:
            raise clock.over() from None

    references = {name: in_time(kind.VALIDATORS[name]) for name in _REFERENCES if name in kind.VALIDATORS}
    return extend(kind, {"uniqueItems": unique_items, "pattern": pattern, **references})  # type: ignore[no-untyped-call]
