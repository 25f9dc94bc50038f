"""The day that a cell of a column of days means."""

from __future__ import annotations

import re
from datetime import date

from khelang_opendata.intake.cell_numbers import plain_cell
from khelang_opendata.intake.typed_cells import CellKind, Meaning, kind_of
from khelang_opendata.model.calendar import YEARS, ReadDay, read_day
from khelang_opendata.model.thai import ERA
from khelang_opendata.render.dates import thai_date

_COUNTED = range(1980, 2050)
"""The years in which a number that a spreadsheet counts days with may lie; a month as 256510 lies in none of them."""
_LAST_BY_TWO_DIGITS = 1999
"""A spreadsheet takes the year 65, typed with two digits, for 1965 (Excel: 30 to 99 are of the last century)."""
_BUDDHIST_CENTURY = 2500
_LONGEST = 100


def read_day_cell(text: str) -> Meaning:
    """The day of a cell as ``yyyy-mm-dd``, or the name of the remark on it."""
    kind, plain = kind_of(text), plain_cell(text[:_LONGEST])
    found = read_day(plain) if kind is not CellKind.TIME else None
    if found is None or found.day is None:
        return Meaning(None, "day_missing" if found else "day_unknown")
    if not found.is_certain:
        return Meaning(None, "day_ambiguous", params={**_named(found.day), **_named(_other(found), "other")})
    if kind is CellKind.DAY and found.day.year <= _LAST_BY_TWO_DIGITS:
        return _of_last_century(found.day)
    is_counted = kind is CellKind.NUMBER or re.fullmatch(r"\d+(?:\.\d*)?", plain) is not None
    if found.day.year not in (_COUNTED if is_counted else YEARS):
        return Meaning(None, "day_unknown")
    taken = "day_taken" if is_counted else ""
    return Meaning(found.day.isoformat(), taken=taken, params=_named(found.day))


def _other(found: ReadDay) -> date:
    """The day of a doubtful text with day and month the other way round."""
    day = found.day or date.max
    return day.replace(month=day.day, day=day.month)


def _of_last_century(day: date) -> Meaning:
    year = _BUDDHIST_CENTURY - ERA + day.year % 100
    is_leap_day = (day.month, day.day) == (2, 29)
    meant = date(year, day.month, 28 if is_leap_day else day.day)
    return Meaning(None, "day_century", params={**_named(day, "other"), **_named(meant)})


def _named(day: date, name: str = "reading") -> dict[str, str]:
    return {name: thai_date(day), f"{name}_en": day.isoformat()}
