"""The exact look at a descriptor: jsonschema (2020-12), with two keywords made safe for input of any size,
and one whose errors name what is missing.

What is valid is the same. jsonschema compares each item of a list with each other where they cannot be sorted, and
matches a text with a pattern however long the text may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from khelang_opendata.tableschema.official_profile import comparable


def _unique_items(_: Any, wanted: bool, items: Any, __: Any) -> Iterator[ValidationError]:
    """No two items are equal as JSON has it: 1 is 1.0 and no true, the order of an object's members says nothing."""
    if wanted and isinstance(items, list) and len({comparable(item) for item in items}) < len(items):
        yield ValidationError("items are repeated")


def _pattern(_: Any, pattern: str, text: Any, schema: dict[str, Any]) -> Iterator[ValidationError]:
    """A text matches; of one that is too long, the length is reported, and it is matched with nothing."""
    is_short = isinstance(text, str) and len(text) <= schema.get("maxLength", len(text))
    if is_short and not re.search(pattern, text):
        yield ValidationError("the pattern does not match")


def _required(_: Any, names: list[str], value: Any, __: Any) -> Iterator[ValidationError]:
    """Every property is there; the message of an error is the name of one that is not."""
    if isinstance(value, dict):
        yield from (ValidationError(name) for name in names if name not in value)


_KEYWORDS = {"uniqueItems": _unique_items, "pattern": _pattern, "required": _required}

PackageValidator = extend(Draft202012Validator, _KEYWORDS)  # type: ignore[no-untyped-call]
