"""The texts of a descriptor: hidden characters, lost or garbled letters, and dates, as rules judge those of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any

from khelang_opendata.model.calendar import YEARS, read_day
from khelang_opendata.model.report import Issue
from khelang_opendata.model.spoilt_text import hidden_character, is_plain, lost_letters, restored, without_hidden
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation.rules.text_values import character_hidden, encoding_suspected_cp874, text_lost
from khelang_opendata.validation.rules.typed_values import TYPE_WRONG, date_buddhist_year, date_out_of_range

_JUDGED_ELSEWHERE = ("schema", "dialect", "path", "schemaProfile")
"""Properties of a resource or a package that other checks compare or print, character by character."""

_DATES = r"created|sources/[0-9]+/date"
_DATE_FORMATS = ("date", "date-time")
_LIKE_A_DATE = r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})((?:[T ].*)?)"
_WHOLE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
_EXAMPLE = "2022-09-27"
_MIDNIGHT = "T00:00:00Z"


def check_descriptor_texts(package: Package) -> Iterator[Issue]:
    """Report what is wrong with the texts of a descriptor, at most one issue a text."""
    for pointer, text in _texts(package.descriptor, ""):
        yield from islice(chain(_of_letters(pointer, text), _of_date(pointer, text)), 1)


def is_reported_as_text(value: Any, schema: Any) -> bool:
    """Whether :func:`check_descriptor_texts` reports a value that the profile refuses.

    Args:
        value: the value.
        schema: the JSON Schema of its property.
    """
    if not isinstance(value, str) or not isinstance(schema, dict):
        return False
    return schema.get("format") in _DATE_FORMATS or hidden_character(value, with_invisible=True) is not None


def _texts(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """The texts in a descriptor with their places; a name that has a hidden character is a text, too."""
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _texts(item, f"{pointer}/{position}".lstrip("/"))
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name not in _JUDGED_ELSEWHERE:
                yield from _texts(inner, f"{pointer}/{name}".lstrip("/"))


def _of_letters(pointer: str, text: str) -> Iterator[Issue]:
    if is_plain(text) and is_plain(pointer):
        return
    if lost_letters(text):
        yield text_lost.issue(variant="property", property=pointer, value=text)
    elif (right := restored(text)) is not None:
        yield encoding_suspected_cp874.issue(variant="property", property=pointer, value=text, corrected=right)
    elif found := hidden_character(text, with_invisible=True):
        at, code = found.position, found.code_point
        if shown := without_hidden(text):
            yield character_hidden.issue(
                variant="property", property=pointer, position=at, code_point=code, corrected=shown
            )
        else:
            yield character_hidden.issue(variant="property_unknown", property=pointer, position=at, code_point=code)
    elif found := hidden_character(pointer, with_invisible=True):
        yield character_hidden.issue(variant="property_name", property=pointer, code_point=found.code_point)


def _of_date(pointer: str, text: str) -> Iterator[Issue]:
    is_date = re.fullmatch(_DATES, pointer) is not None
    like = re.fullmatch(_LIKE_A_DATE, text) if text[:4].isdecimal() else None
    if not is_date and not like:
        return
    found, rest = read_day(like[1] if like else text), like[2] if like else ""
    if found is None or found.day is None or not found.is_certain:
        if found and found.is_buddhist:
            yield date_buddhist_year.issue(variant="property_impossible", property=pointer, value=text)
        else:
            example = _EXAMPLE + (_MIDNIGHT if pointer == "created" else "")
            yield TYPE_WRONG.issue(variant="property", property=pointer, value=text, example=example)
        return
    corrected = found.day.isoformat() + (rest or (_MIDNIGHT if pointer == "created" else ""))
    is_whole = re.fullmatch(_WHOLE, text) and (pointer == "created") == bool(rest)
    if found.day.year not in YEARS:
        yield date_out_of_range.issue(variant="property", first=YEARS[0], last=YEARS[-1], property=pointer, value=text)
    elif found.is_buddhist:
        yield date_buddhist_year.issue(variant="property", corrected=corrected, property=pointer, value=text)
    elif is_date and not is_whole:
        yield TYPE_WRONG.issue(variant="property_form", corrected=corrected, property=pointer, value=text)
