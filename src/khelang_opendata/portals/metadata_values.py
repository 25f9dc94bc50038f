"""Values in the form in which a portal is sent them and shows them, and what is wrong with them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.portals.refusals import FieldProblem
from khelang_opendata.portals.scheme import SchemeField
from khelang_opendata.validation.rules.portal_readiness import EMAIL

Value = str | tuple[str, ...]

TAGS = "tag_string"
"""The field of tags: its values are always a list."""

OTHER = "อื่นๆ"
"""How the legal value ends that must be explained in the field's ``<name>_other``."""

_DAY = re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})")
_NAME = re.compile("[a-z0-9_-]*")
_NOT_NAMES = ("new", "edit", "search")
_LEAST_NAME = 2


@dataclass(frozen=True)
class Reading:
    """A value in canonical form, empty where there is none, and what is wrong with it."""

    value: Value
    problems: tuple[FieldProblem, ...] = ()


def plain(raw: object) -> str:
    """A value as text: without spaces around it, and with lines that end in one way."""
    return str(raw).replace("\r\n", "\n").replace("\r", "\n").strip()


def texts(raw: object) -> list[str]:
    """The texts of a value or list of values, without blank ones."""
    several = raw if isinstance(raw, list | tuple) else [] if raw is None else [raw]
    return [text for one in several if one is not None and (text := plain(one))]


def canonical(values: Iterable[str]) -> tuple[str, ...]:
    """A list in canonical form: its order says nothing, and nothing is in it twice."""
    return tuple(sorted(set(values)))


def problem(code: str, field: SchemeField, value: str = "", limit: int = 0) -> FieldProblem:
    """What is wrong with a field's value."""
    return FieldProblem(code, field.name, field.label, value, field.choices or (), limit)


def read_value(raw: object, field: SchemeField, profile: Profile) -> Reading:
    """A value as the target spells it.

    Args:
        raw: a text, number, truth value or a list of them; one text may hold a list's values, with commas.
        field: the target's field.
        profile: how the target calls what a plan says.
    """
    if field.name == TAGS:
        return _tags(_parts(raw, field), field, profile)
    if field.is_list:
        return _together([_read_text(text, field, profile) for text in _parts(raw, field)])
    return _read_text(", ".join(_spelled(text, field, profile) for text in texts(raw)), field, profile)


def day_of(text: str) -> str | None:
    """A day in ISO 8601 (Gregorian calendar; years of the Buddhist era are converted). None if it is not a date.

    A portal stores 2569-01-15 as a day in five hundred years.
    """
    if not (match := _DAY.fullmatch(ascii_text(text))):
        return None
    year, month, day = map(int, match.groups())
    try:
        return date(year - ERA if year >= FIRST_BUDDHIST_YEAR else year, month, day).isoformat()
    except ValueError:
        return None


def _parts(raw: object, field: SchemeField) -> list[str]:
    """The values of a list, which a single text names with commas, unless it is a value as a whole."""
    if not isinstance(raw, str) or (field.legal and field.spelling_of(plain(raw)) is not None):
        return texts(raw)
    return texts(raw.split(","))


def _together(readings: list[Reading]) -> Reading:
    values = canonical(str(reading.value) for reading in readings)
    return Reading(values, tuple(problem for reading in readings for problem in reading.problems))


def _spelled(text: str, field: SchemeField, profile: Profile) -> str:
    return profile.spelling(field, text) or text


def _read_text(text: str, field: SchemeField, profile: Profile) -> Reading:
    spelled = profile.spelling(field, text)
    if spelled is None:
        return Reading(text, (problem("not_in_list", field, text),))
    value = _normalised(spelled, field)
    return Reading(value, tuple(_wrong(value, field, profile)))


def _normalised(text: str, field: SchemeField) -> str:
    """What is safe to mend: the calendar of a day, and the script of a number."""
    if field.is_date:
        return day_of(text) or text
    return ascii_text(text) if text.isdecimal() else text


def _wrong(text: str, field: SchemeField, profile: Profile) -> Iterator[FieldProblem]:
    if _has_control(text):
        yield problem("control_character", field, text)
    elif field.name == "name":
        yield from _wrong_name(text, field, profile.limits["name_characters_most"])
    elif field.is_email and not (EMAIL.fullmatch(text) and ".." not in text and text[0] != "."):
        yield problem("bad_email", field, text)
    elif field.is_url and not _is_url(text):
        yield problem("bad_url", field, text)
    elif field.is_date and day_of(text) != text:
        yield problem("bad_date", field, text)


def _has_control(text: str) -> bool:
    """Whether there is a character that no database, no JSON or no reader takes; ends of lines and tabs are fine."""
    return any(unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t" for sign in text)


def _wrong_name(name: str, field: SchemeField, most: int) -> Iterator[FieldProblem]:
    """CKAN's name_validator and package_name_validator."""
    if not _NAME.fullmatch(name) or name in _NOT_NAMES:
        yield problem("bad_name", field, name)
    yield from _wrong_length(name, field, _LEAST_NAME, most)


def _wrong_length(text: str, field: SchemeField, least: int, most: int) -> Iterator[FieldProblem]:
    if len(text) < least:
        yield problem("too_short", field, text, least)
    if len(text) > most:
        yield problem("too_long", field, text, most)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


def _tags(tags: list[str], field: SchemeField, profile: Profile) -> Reading:
    tags = [" ".join(tag.split()) for tag in tags]
    return Reading(canonical(tags), tuple(wrong for tag in tags for wrong in _wrong_tag(tag, field, profile)))


def _wrong_tag(tag: str, field: SchemeField, profile: Profile) -> Iterator[FieldProblem]:
    """CKAN's tag_length_validator and tag_name_validator."""
    if not profile.tag.fullmatch(tag):
        yield problem("bad_tag", field, tag)
    yield from _wrong_length(tag, field, profile.limits["tag_characters"], profile.limits["tag_characters_most"])
