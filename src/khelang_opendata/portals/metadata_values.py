"""Parse the values of metadata fields into canonical form, and find the values that a portal would refuse."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text
from khelang_opendata.portals.dataset_schema import SchemaField
from khelang_opendata.portals.portal_failures import FieldProblem
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.validation.rules.portal_readiness import RESERVED_NAMES, is_email, is_web_address

Value = str | tuple[str, ...]

TAGS = "tag_string"
"""The field of tags; its value is always a list."""

_DATE = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NAME = re.compile("[a-z0-9_-]*")
_MIN_NAME_LENGTH = 2


@dataclass(frozen=True)
class ParsedValue:
    """A value in canonical form, empty where the field is empty, and its problems."""

    value: Value
    problems: tuple[FieldProblem, ...] = ()


def normalize_text(raw: object) -> str:
    """Return a value as text, stripped and with ``\\n`` as line end; a browser's form stores ``\\r\\n``."""
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()


def text_list(raw: object) -> list[str]:
    """Return the non-empty texts of a value or a list of values."""
    values = raw if isinstance(raw, list | tuple) else [raw]
    return [text for value in values if value is not None and (text := normalize_text(value))]


def canonical(values: Iterable[str]) -> tuple[str, ...]:
    """Return a list in canonical form: sorted, because CKAN returns lists in any order, and without duplicates."""
    return tuple(sorted(set(values)))


def field_problem(code: str, field: SchemaField, value: str = "", limit: int = 0) -> FieldProblem:
    """Return a problem of a field, with the field's label and choices."""
    return FieldProblem(code, field.name, field.label, value, field.choice_values or (), limit)


def parse_value(raw: object, field: SchemaField, profile: Profile) -> ParsedValue:
    """Parse a value into the form that a portal stores.

    Args:
        raw: a text, number, truth value or a list of them; one text may hold a list's values, separated by commas.
        field: the portal's field.
        profile: the portal's profile, which maps values of a plan to the portal's choices.
    """
    if field.name == TAGS:
        return _parse_tags(_list_items(raw, field), field, profile)
    if field.is_list:
        items = [_parse_text(text, field, profile) for text in _list_items(raw, field)]
        problems = tuple(problem for item in items for problem in item.problems)
        return ParsedValue(canonical(str(item.value) for item in items), problems)
    return _parse_text(", ".join(profile.portal_value(field, text) or text for text in text_list(raw)), field, profile)


def parse_date(text: str) -> str | None:
    """Return a date in ISO 8601, or None if the text is not a date.

    Years of the Buddhist era become Gregorian years: a portal would accept 2569-01-15 and store a date 543 years ahead.
    """
    if not (match := _DATE.fullmatch(ascii_text(text))):
        return None
    year, month, day = map(int, match.groups())
    try:
        return date(year - ERA if year >= FIRST_BUDDHIST_YEAR else year, month, day).isoformat()
    except ValueError:
        return None


def _list_items(raw: object, field: SchemaField) -> list[str]:
    """Split a text at its commas, unless the whole text is one of the field's choices."""
    if not isinstance(raw, str) or (field.choices and field.match_choice(normalize_text(raw)) is not None):
        return text_list(raw)
    return text_list(raw.split(","))


def _parse_text(text: str, field: SchemaField, profile: Profile) -> ParsedValue:
    portal_value = profile.portal_value(field, text)
    if portal_value is None:
        return ParsedValue(text, (field_problem("not_in_list", field, text),))
    value = _normalized(portal_value, field)
    return ParsedValue(value, tuple(_problems(value, field, profile)))


def _normalized(text: str, field: SchemaField) -> str:
    """Convert what has one meaning only: the calendar of a date and the script of digits."""
    if field.is_date:
        return parse_date(text) or text
    return ascii_text(text) if text.isdecimal() else text


def _problems(text: str, field: SchemaField, profile: Profile) -> Iterator[FieldProblem]:
    if _has_control_character(text):
        yield field_problem("control_character", field, text)
    elif field.name == "name":
        yield from _name_problems(text, field, profile.limits["name_characters_most"])
    elif field.is_email and not is_email(text):
        yield field_problem("bad_email", field, text)
    elif field.is_url and not is_web_address(text):
        yield field_problem("bad_url", field, text)
    elif field.is_date and parse_date(text) != text:
        yield field_problem("bad_date", field, text)


def _has_control_character(text: str) -> bool:
    """Whether a text has a control character or lone surrogate, which PostgreSQL or JSON refuse."""
    return any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t" for character in text)


def _name_problems(name: str, field: SchemaField, max_length: int) -> Iterator[FieldProblem]:
    """Apply CKAN's ``name_validator`` and ``package_name_validator`` (``ckan/logic/validators.py``)."""
    if not _NAME.fullmatch(name) or name in RESERVED_NAMES:
        yield field_problem("bad_name", field, name)
    yield from _length_problems(name, field, _MIN_NAME_LENGTH, max_length)


def _length_problems(text: str, field: SchemaField, min_length: int, max_length: int) -> Iterator[FieldProblem]:
    if len(text) < min_length:
        yield field_problem("too_short", field, text, min_length)
    if len(text) > max_length:
        yield field_problem("too_long", field, text, max_length)


def _parse_tags(tags: list[str], field: SchemaField, profile: Profile) -> ParsedValue:
    tags = [" ".join(tag.split()) for tag in tags]
    return ParsedValue(
        canonical(tags), tuple(problem for tag in tags for problem in _tag_problems(tag, field, profile))
    )


def _tag_problems(tag: str, field: SchemaField, profile: Profile) -> Iterator[FieldProblem]:
    """Apply CKAN's ``tag_length_validator`` and the portal's ``tag_name_validator``."""
    if not profile.tag.fullmatch(tag):
        yield field_problem("bad_tag", field, tag)
    yield from _length_problems(tag, field, profile.limits["tag_characters"], profile.limits["tag_characters_most"])
