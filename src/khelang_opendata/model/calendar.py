"""Days as people and spreadsheets write them, in either era."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, ascii_text

THAI_MONTHS = (
    *("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน"),
    *("กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม"),
)
YEARS = range(1900, FIRST_BUDDHIST_YEAR)
"""The years of the common era that a day of a plan may have."""

_SHORT_MONTHS = ("มค", "กพ", "มีค", "เมย", "พค", "มิย", "กค", "สค", "กย", "ตค", "พย", "ธค")
_ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORTEST_MONTH = len("may")

_DAY_NONE = date(1899, 12, 30)
"""The day from which spreadsheets count."""
_FIRST_SERIAL, _LAST_SERIAL = 20_000, (date(2943, 1, 1) - _DAY_NONE).days
_SHORT_YEARS_BUDDHIST = 43
"""Two digits from here on are a year of the Buddhist era (43 is B.E. 2543, or A.D. 2000), others of the common era."""

# Patterns that few texts come to: each is compiled when the first one does.
_TIME = r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?\Z"
_YEAR_FIRST = r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
_YEAR_LAST = r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})"
_COMPACT = r"\d{8}"
_SERIAL = r"(\d{5,6})(?:\.\d*)?"
_WITH_NAME = (
    r"(?:วัน\D*?ที่ *)?(\d{1,2})[- ./]*(?:เดือน *)?"
    r"([ก-๎]+(?:\.[ก-๎]+)*|[A-Za-z]+)[- ./,]*(?:พ\. *ศ\. *|ค\. *ศ\. *)?(\d{4}|\d{2})"
)
_NAME_FIRST = r"([A-Za-z]+)\.? +(\d{1,2}),? +(\d{4})"


class ReadDay(NamedTuple):
    """What a text says of a day.

    ``day`` is the day of the common era, None where the calendar has none; ``is_buddhist`` says that the year is of
    the Buddhist era, ``is_certain`` that no other day could be meant.
    """

    day: date | None
    is_buddhist: bool
    is_certain: bool = True


def read_day(text: str) -> ReadDay | None:
    """The day that a text means, in whatever form; None where it is no day at all.

    A year from 2400 on is one of the Buddhist era. Of 9/8/2022 it is not certain which is the month, for spreadsheets
    of different countries write it differently; in a Buddhist year the day comes first. A number of five or six digits
    is the day that a spreadsheet counts.

    Args:
        text: the text, in digits of any script.
    """
    plain = re.sub(_TIME, "", ascii_text(text).strip())
    for pattern, read in _FORMS.items():
        if match := re.fullmatch(pattern, plain):
            return read(match)
    return None


def _read(year: int, month: int, day: int, *, is_certain: bool = True) -> ReadDay:
    is_buddhist = year >= FIRST_BUDDHIST_YEAR
    try:
        return ReadDay(date(year - ERA if is_buddhist else year, month, day), is_buddhist, is_certain)
    except ValueError:
        return ReadDay(None, is_buddhist, is_certain)


def _compact(digits: str) -> ReadDay:
    """A day in eight digits, of which the year is the first four, or else the last."""
    found = _read(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    last = _with_year_last(int(digits[:2]), int(digits[2:4]), digits[4:])
    is_last = last.day is not None and last.day.year in YEARS and (found.day is None or found.day.year not in YEARS)
    return last if is_last else found


def _with_year_last(first: int, second: int, year_text: str) -> ReadDay:
    year = _whole_year(year_text)
    day, month = (second, first) if second > len(THAI_MONTHS) >= first else (first, second)
    is_certain = year >= FIRST_BUDDHIST_YEAR or first == second or max(first, second) > len(THAI_MONTHS)
    return _read(year, month, day, is_certain=is_certain)


def _whole_year(text: str) -> int:
    if len(text) > len("65"):
        return int(text)
    return int(text) + (2500 if int(text) >= _SHORT_YEARS_BUDDHIST else 2000)


def _counted(days: int) -> ReadDay | None:
    if not _FIRST_SERIAL <= days < _LAST_SERIAL:
        return None
    day = _DAY_NONE + timedelta(days=days)
    return _read(day.year, day.month, day.day)


def _named(name: str, day: str, year: str) -> ReadDay | None:
    month = next(_months(name.replace(".", "")), None)
    if month is None:
        return None
    is_thai = not name.isascii()
    if is_thai and len(year) == len("65"):
        return _read(2500 + int(year), month, int(day))
    return _read(_whole_year(year), month, int(day))


def _months(name: str) -> Iterator[int]:
    """The month that a name or its beginning means."""
    for number, names in enumerate(zip(THAI_MONTHS, _SHORT_MONTHS, _ENGLISH_MONTHS, strict=True), 1):
        if name in names or (len(name) >= _SHORTEST_MONTH and names[2].startswith(name.lower())):
            yield number


_FORMS: Mapping[str, Callable[[re.Match[str]], ReadDay | None]] = {
    _YEAR_FIRST: lambda match: _read(int(match[1]), int(match[2]), int(match[3])),
    _COMPACT: lambda match: _compact(match[0]),
    _YEAR_LAST: lambda match: _with_year_last(int(match[1]), int(match[2]), match[3]),
    _SERIAL: lambda match: _counted(int(match[1])),
    _NAME_FIRST: lambda match: _named(match[1], match[2], match[3]),
    _WITH_NAME: lambda match: _named(match[2], match[1], match[3]),
}
"""The forms of a day by their patterns, and how each is read."""
