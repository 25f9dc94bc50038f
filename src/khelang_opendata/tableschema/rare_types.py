"""The types of Table Schema that few tables have: durations, JSON, places, and what frictionless reads for us."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.tableschema.json_values import JsonValue

_DURATION = re.compile(
    r"(-?)P(?=[0-9T])(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?"
    r"(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
_MOST_DIGITS = 4000
"""Python turns a number of some thousand digits more into no integer."""

_ANCHORS = ((1696, 9), (1697, 2), (1903, 3), (1903, 7))
"""The months from which XML Schema compares durations: a month has no certain length."""

_MOST_EAST, _MOST_NORTH = 180, 90


@dataclass(frozen=True)
class Duration:
    """A duration of XML Schema, part 2, section 3.2.6: months and seconds, of which the order is partial.

    One is less than another if it ends earlier from each of four moments: ``P1M`` is neither less nor more than
    ``P30D``.
    """

    months: int
    seconds: Fraction

    @cached_property
    def _ends(self) -> tuple[Fraction, ...]:
        starts = ((year, month, year * 12 + month - 1 + self.months) for year, month in _ANCHORS)
        days = (_days(*divmod(end, 12)) - _days(year, month - 1) for year, month, end in starts)
        return tuple(day * 86_400 + self.seconds for day in days)

    def __lt__(self, other: Duration) -> bool:
        return all(mine < theirs for mine, theirs in zip(self._ends, other._ends, strict=True))

    def __le__(self, other: Duration) -> bool:
        return self == other or self < other


def _days(year: int, month: int) -> int:
    """The days before a month (0 is January) in the calendar that leaps as ours does at all times."""
    year, month = (year, month - 2) if month > 1 else (year - 1, month + 10)
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5


def duration(text: str) -> Duration | None:
    """A duration as XML Schema writes it; weeks are none of its parts."""
    found = _DURATION.fullmatch(text) if len(text) < _MOST_DIGITS else None
    if not found:
        return None
    years, months, days, hours, minutes = (int(part or 0) for part in found.groups()[1:6])
    seconds = Fraction(found[7] or 0) + 60 * (minutes + 60 * (hours + 24 * days))
    sign = -1 if found[1] else 1
    return Duration(sign * (12 * years + months), sign * seconds)


def json_reader(kind: type) -> Callable[[str], JsonValue | None]:
    """Reads the text of a JSON object or array."""

    def read(text: str) -> JsonValue | None:
        content = _json(text)
        return JsonValue(content) if isinstance(content, kind) else None

    return read


def _json(text: str) -> Any:
    try:
        return read_json(text.encode())
    except JsonRefused:
        return None


def geopoint_reader(form: str) -> Callable[[str], tuple[Decimal, Decimal] | None]:
    """Reads longitude and latitude in one of the formats of the standard."""
    parts = {"default": _separated, "array": _json, "object": _lon_lat}[form]
    return lambda text: _geopoint(parts(text))


def _separated(text: str) -> list[Decimal] | None:
    try:
        return [Decimal(part.strip()) for part in text.split(",")]
    except ArithmeticError:
        return None


def _lon_lat(text: str) -> list[Any] | None:
    content = _json(text)
    return [content["lon"], content["lat"]] if isinstance(content, dict) and content.keys() == {"lon", "lat"} else None


def _geopoint(parts: Any) -> tuple[Decimal, Decimal] | None:
    numbers = parts if isinstance(parts, list) and len(parts) == len(("lon", "lat")) else [None]
    if any(isinstance(number, bool) or not isinstance(number, int | float | Decimal) for number in numbers):
        return None
    lon, lat = (Decimal(str(number)) for number in numbers)
    is_place = lon.is_finite() and lat.is_finite() and abs(lon) <= _MOST_EAST and abs(lat) <= _MOST_NORTH
    return (lon, lat) if is_place else None


def borrowed_reader(type_: str, form: str) -> Callable[[str], Any]:
    """How frictionless reads a type and format: addresses, GeoJSON, dates of any form."""
    from frictionless import Field  # noqa: PLC0415 (170 ms to import)

    theirs = Field.from_descriptor({"name": type_, "type": type_, "format": form}).create_value_reader()
    is_json = type_ == "geojson"

    def read(text: str) -> Any:
        try:
            found = theirs(_json(text) if is_json else text)
        except Exception:  # of whatever kind: the libraries beneath differ in what they raise
            return None
        return JsonValue(found) if is_json and found is not None else found

    return read
