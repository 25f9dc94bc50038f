"""What a property of the descriptor that the profile refuses is probably meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from khelang_opendata.model.thai import ascii_text

_LONGEST = 100
"""Characters of a text whose right form is looked for."""

_LICENSES = ("CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC0-1.0", "ODbL-1.0", "ODC-By-1.0", "PDDL-1.0")
"""The licences of open data that people name in other signs.

Source: SPDX License List.
"""

_SEPARATORS = r"[,;|\n]"


def text_meant(pointer: str, text: str, pattern: str, plan_id: str | None = None) -> str | None:
    """The text of a pattern that another text is meant to be; None where none is found.

    Args:
        pointer: the property's place, its parts joined by ``/``.
        text: what the descriptor has.
        pattern: what the profile asks for; a regular expression of the standard, not one from elsewhere.
        plan_id: the id that the plan has in its table.
    """
    if pointer == "name" and plan_id and re.search(pattern, plan_id):
        return plan_id
    if len(text) > _LONGEST:
        return None
    return next((form for form in _forms(pointer, ascii_text(text).strip()) if re.search(pattern, form)), None)


def _forms(pointer: str, tidy: str) -> Iterator[str]:
    if re.fullmatch(r"licenses/\d+/name", pointer) and (license_ := _license(tidy)):
        yield license_
    yield tidy
    yield tidy.lower()
    if pointer == "version" and (parts := re.fullmatch(r"[vV]?\.? ?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", tidy)):
        yield ".".join(str(int(part or 0)) for part in parts.groups())
    if re.fullmatch(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}(?:/\S*)?", tidy, re.IGNORECASE):
        yield f"https://{tidy}"
    yield re.sub(r"\s+", "-", tidy)
    yield re.sub(r"[\s_]+", "-", tidy.lower())
    yield re.sub(r"[\s-]+", "_", tidy.lower())


def _license(text: str) -> str | None:
    """The licence that a text names without its signs, or without its version."""
    bare, found = _bare(text), []
    for name in _LICENSES:
        kind, _, version = name.rpartition("-")
        if bare.startswith(_bare(kind)) and _bare(version).startswith(bare.removeprefix(_bare(kind))):
            found.append(name)
    return found[0] if len(found) == 1 else None


def _bare(text: str) -> str:
    return re.sub("[^a-z0-9]", "", text.lower())


def list_meant(value: Any, schema: Any) -> list[Any] | None:
    """The list that a single value, or a text with commas, is meant to be; None where the profile asks for no list.

    Args:
        value: what the descriptor has.
        schema: the JSON Schema that refuses it.
    """
    kind = schema.get("items", {}).get("type") if isinstance(schema, dict) else None
    if isinstance(value, dict) and kind == "object" and value:
        return [value]
    if not isinstance(value, str) or len(value) > _LONGEST or not value.strip():
        return None
    if kind == "string":
        return [part.strip() for part in re.split(_SEPARATORS, value) if part.strip()] or None
    return None
