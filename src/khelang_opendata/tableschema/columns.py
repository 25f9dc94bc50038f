"""One column: how text becomes a value, and the constraints on it (Data Package v2, Table Schema).

A value is read exactly as frictionless reads it, for two tools should not disagree on whether a table is valid; where
the standard and frictionless part, ``docs/en/table-schema.md`` says so. A text that was judged once is remembered.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import filterfalse
from time import perf_counter
from typing import Any

JsonObject = dict[str, Any]
Reader = Callable[[str], Any]
"""Converts a text to a value; None if the text is not of the type."""
Check = Callable[[Any], object]
"""Returns a true value if a value meets a constraint."""

_REMEMBERED = 1024
"""Texts that a column remembers; of columns that repeat themselves, as codes and years, all."""

_SLOW_MATCH = 0.001
"""Seconds from which on a match counts towards the time of its pattern; a usual one takes a thousandth of that."""

_TYPE = ("type",)

_ORDERED = ("required", "enum", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_CONSTRAINTS: dict[str, tuple[str, ...]] = {
    "string": ("required", "enum", "pattern", "minLength", "maxLength"),
    "integer": _ORDERED,
    "number": _ORDERED,
    "boolean": ("required", "enum"),
    "date": _ORDERED,
    "datetime": _ORDERED,
    "time": _ORDERED,
    "year": _ORDERED,
    "yearmonth": _ORDERED,
    "any": ("required", "enum"),
    "list": ("required", "minLength", "maxLength"),
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_DATETIME = re.compile(rf"{_DATE.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}?")
_BEFORE_NUMBER = re.compile(r"[^-\d]*")
_AFTER_NUMBER = re.compile(r"\D*")


class SchemaUnsupported(Exception):
    """A Table Schema asks for what this engine does not do; ``args[0]`` names it."""


class SchemaInvalid(ValueError):
    """A table cannot be checked at all: its schema, its dialect or its file is not what the standard asks."""


class Column:
    """One field of a schema, ready to judge texts.

    A text in ``missing`` means no value; ``is_text`` says that a value is the text itself, ``is_free`` that no text
    could be wrong, ``unique`` that no value may be there twice.
    """

    def __init__(self, descriptor: JsonObject, missing: Sequence[Any], seconds: float | None = None) -> None:
        """Compile a field.

        Args:
            descriptor: the field's Table Schema descriptor.
            missing: the schema's ``missingValues``, which the field's own replace.
            seconds: how long its pattern may take in all; None for as long as it takes.

        Raises:
            SchemaUnsupported: its type, format or a constraint is not for this engine.
        """
        constraints = descriptor.get("constraints") or {}
        type_ = descriptor.get("type", "any")
        self.name = str(descriptor["name"])
        self.missing = frozenset(_texts(descriptor.get("missingValues", missing)))
        self.is_text = type_ in ("string", "any")
        self.unique = constraints.get("unique") is True
        self.is_required = constraints.get("required") is True
        self._read = reader(descriptor)
        self._checks = _checks(type_, constraints, lambda value: _cast(type_, value, self._read))
        if seconds is not None and "pattern" in constraints:
            timed = _timed_pattern(constraints["pattern"], seconds, self.name)
            self._checks = [(name, timed if name == "pattern" else check) for name, check in self._checks]
        self._is_plain = self.is_text and not self._checks
        self.is_free = self._is_plain and not self.is_required and not self.unique
        self._good: set[str | None] = {None}
        self._values: dict[str | None, Any] = {None: None}

    def is_missing(self, text: str | None) -> bool:
        """Whether a text means no value; a row that is too short has None."""
        return text is None or text in self.missing

    def faults(self, text: str | None) -> Sequence[str]:
        """The faults of a cell: ``("type",)``, or the names of the constraints that it breaks."""
        if text is None or text in self.missing:
            return ("required",) if self.is_required else ()
        value = self._read(text)
        if value is None:
            return _TYPE
        return [name for name, holds in self._checks if not holds(value)]

    def wrong(self, texts: Sequence[str | None]) -> set[str | None]:
        if self._is_plain:
            return {text for text in self.missing if text in texts} if self.is_required else set()
        unknown = set(texts) - self._good
        wrong = self._faulty(unknown)
        if len(self._good) + len(unknown) > _REMEMBERED:
            self._good = {None}
        self._good |= unknown - wrong if len(unknown) <= _REMEMBERED else set()
        return wrong

    def _faulty(self, texts: set[str | None]) -> set[str | None]:
        """Those of distinct texts that have a fault (see :meth:`faults`)."""
        if not self.is_text:
            return {text for text in texts if self.faults(text)}
        there = texts - self.missing - {None}
        wrong = texts - there if self.is_required else set()
        for _, holds in self._checks:
            wrong.update(filterfalse(holds, there))
        return wrong

    def values(self, texts: Sequence[str | None]) -> Sequence[Any]:
        """The value of each text, None where it has none; equal values are equal however they are written."""
        if not self.is_text:
            return [self._value(text) for text in texts]
        if self.missing.isdisjoint(texts):
            return texts
        return [None if text in self.missing else text for text in texts]

    def _value(self, text: str | None) -> Any:
        try:
            return self._values[text]
        except KeyError:
            pass
        value = None if self.is_missing(text) else self._read(str(text))
        if len(self._values) > _REMEMBERED:
            self._values = {None: None}
        if not (isinstance(value, Decimal) and value.is_nan()):  # which is equal to nothing, itself included
            self._values[text] = value
        return value


def _texts(missing: Iterable[Any]) -> list[Any]:
    """Missing values as texts: each is a text, or an object with a value and a label."""
    texts = [entry.get("value") if isinstance(entry, dict) else entry for entry in missing]
    if all(isinstance(text, str) for text in texts):
        return texts
    raise SchemaUnsupported("missingValues")


def _checks(type_: str, constraints: JsonObject, cast: Callable[[Any], Any]) -> list[tuple[str, Check]]:
    """The constraints on a value; ``required`` and ``unique`` are none, for they concern cells and columns."""
    for name, given in constraints.items():
        if name not in (*_CONSTRAINTS[type_], "unique") or (
            name in ("required", "unique") and not isinstance(given, bool)
        ):
            raise SchemaUnsupported(f"constraint {name} of type {type_}")
    order = [name for name in _CONSTRAINTS[type_] if name != "required" and constraints.get(name) is not None]
    return [(name, _check(name, constraints[name], cast)) for name in order]


def _check(name: str, limit: Any, cast: Callable[[Any], Any]) -> Check:
    if name == "enum":
        allowed = [cast(value) for value in limit] if isinstance(limit, list) else [None]
        if None in allowed:
            raise SchemaUnsupported("enum")
        return lambda value: value in allowed
    if name == "pattern":
        return _pattern(limit)
    if name in ("minLength", "maxLength"):
        if not isinstance(limit, int):
            raise SchemaUnsupported(name)
        return (lambda value: len(value) >= limit) if name == "minLength" else (lambda value: len(value) <= limit)
    bound, compare = cast(limit), _COMPARISONS[name]
    if bound is None:
        raise SchemaUnsupported(name)
    return lambda value: _compares(compare, value, bound)


def _compares(compare: Callable[[Any, Any], bool], value: Any, bound: Any) -> bool:
    """Whether a value lies within a bound. NaN does not, nor a time that says its zone where the bound says none."""
    try:
        return compare(value, bound)
    except (ArithmeticError, TypeError):
        return False


def _pattern(pattern: Any) -> Check:
    """The whole text matches, as XML Schema has it, whose regular expressions the standard refers to."""
    try:
        return re.compile(pattern).fullmatch
    except (re.error, TypeError):
        raise SchemaUnsupported("pattern") from None


def _timed_pattern(pattern: str, seconds: float, field: str) -> Check:
    """As :func:`_pattern`, for a pattern that may take for ever.

    Raises:
        SchemaInvalid: the pattern takes longer than it may (the function that is returned raises it, too).
    """
    import regex  # noqa: PLC0415 (only for schemas from elsewhere; Python's own module knows no time limit)

    left = seconds

    def match(text: str) -> object:
        nonlocal left
        start = perf_counter()
        try:
            return compiled.fullmatch(text, timeout=max(left, 0.001))
        except TimeoutError:
            raise SchemaInvalid(f"the pattern of {field} takes too long") from None
        finally:
            took = perf_counter() - start
            left -= took if took > _SLOW_MATCH else 0

    try:
        compiled = regex.compile(pattern, regex.VERSION0)
    except regex.error:
        raise SchemaUnsupported("pattern") from None
    return match


def _cast(type_: str, value: Any, read: Reader) -> Any:
    """A value that a constraint names, as a text or in JSON's own types; None if it is not of the column's type."""
    if isinstance(value, str):
        return read(value)
    if type_ == "any" or (type_ == "boolean" and isinstance(value, bool)):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if type_ == "number":
        return Decimal(str(value))
    is_year = type_ == "year" and 0 <= value <= 9999  # noqa: PLR2004 (four digits)
    return int(value) if (is_year or type_ == "integer") and value % 1 == 0 else None


def reader(field: JsonObject) -> Reader:
    """How the cells of a field become values; its constraints do not matter.

    Validation, rules, releases and comparisons all read cells by this function, so they agree on what a cell says.

    Returns:
        A function from a text that is not missing to its value, None where it has none of the field's type.

    Raises:
        SchemaUnsupported: this engine does not read the type or format.
    """
    type_ = field.get("type", "any")
    form = field.get("format", "default").removeprefix("fmt:")
    if type_ in ("date", "datetime", "time"):
        return _temporal(type_, form)
    if form != "default" or type_ not in _CONSTRAINTS:
        raise SchemaUnsupported(f"type {type_}, format {form}")
    match type_:
        case "integer":
            return _integer(field)
        case "number":
            return _number(field)
        case "boolean":
            true, false = field.get("trueValues", _TRUE), field.get("falseValues", _FALSE)
            return {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}.get
        case "list":
            return _list(field)
    return {"year": _year, "yearmonth": _yearmonth}.get(type_, str)


_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")
_ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")


def _integer(descriptor: JsonObject) -> Reader:
    if "groupChar" in descriptor:
        raise SchemaUnsupported("groupChar of type integer")
    bare = descriptor.get("bareNumber", True)

    def read(text: str) -> int | None:
        text = text.strip()
        try:
            return int(text if bare else _bared(text))
        except ValueError:
            return None

    return read


def _bared(text: str) -> str:
    """A text without what precedes a number in it and what follows the last digit; empty where it has no digit.

    Each end is looked at once: a pattern that seeks the end from every sign takes the square of a text's length.
    """
    start = _BEFORE_NUMBER.match(text)
    after = _AFTER_NUMBER.match(text[::-1])
    assert start is not None and after is not None, "both match nothing, too"
    return text[start.end() : len(text) - after.end()]


def _number(descriptor: JsonObject) -> Reader:
    if descriptor.get("floatNumber"):
        raise SchemaUnsupported("floatNumber")
    bare, group = descriptor.get("bareNumber", True), descriptor.get("groupChar", "")
    point = descriptor.get("decimalChar", ".")
    plain = bare and not group and point == "."

    def read(text: str) -> Decimal | None:
        text = text.strip()
        if not plain:
            text = (text if bare else _bared(text)).replace(group, "")
            if point != "." and "." in text:
                return None
            text = text.replace(point, ".")
        try:
            value = Decimal(text)
        except ArithmeticError:
            return None
        return None if value.is_snan() else value

    return read


def _list(descriptor: JsonObject) -> Reader:
    item_type, delimiter = descriptor.get("itemType", "string"), descriptor.get("delimiter", ",")
    if item_type not in _ITEM_TYPES or not delimiter:
        raise SchemaUnsupported("itemType or delimiter of type list")
    item = reader({"type": item_type})

    def read(text: str) -> tuple[Any, ...] | None:
        items = tuple(map(item, text.split(delimiter)))
        return None if None in items else items

    return read


def _year(text: str) -> int | None:
    with suppress(ValueError):
        return year if len(text) == len("2566") and (year := int(text)) >= 0 else None
    return None


def _yearmonth(text: str) -> tuple[int, int] | None:
    with suppress(ValueError):
        year, month = map(int, text.split("-"))
        return (year, month) if 1 <= month <= 12 else None  # noqa: PLR2004 (months)
    return None


def _temporal(type_: str, form: str) -> Reader:
    if form == "any":
        raise SchemaUnsupported(f"type {type_}, format any")
    if form == "default":
        return {"date": _date, "datetime": _datetime, "time": _time}[type_]
    part = {"date": datetime.date, "datetime": lambda value: value, "time": datetime.timetz}[type_]

    def read(text: str) -> Any:
        try:
            return part(datetime.strptime(text, form))
        except Exception:  # of whatever kind, for the format may be none, too
            return None

    return read


def _date(text: str) -> date | None:
    """A date as Table Schema has it, ``yyyy-mm-dd``: four, two and two digits."""
    with suppress(ValueError):
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    return None


def _datetime(text: str) -> datetime | None:
    """A date and time as Table Schema refers to it: ``dateTime`` of XML Schema, part 2, section 3.2.7.

    The fraction of a second and the zone are optional, a zone is at most 14 hours from UTC, and 24:00:00 is the
    beginning of the next day. Digits behind a microsecond say nothing, and a year has four digits, as in Python.
    """
    if not _DATETIME.fullmatch(text):
        return None
    is_end_of_day = text.startswith("24", len("2024-01-31T"))
    with suppress(ValueError, OverflowError):
        value = datetime.fromisoformat(text.replace("T24", "T00"))  # Python reads 24:00:00 from 3.14 on
        if not is_end_of_day or value.time() == time():
            return value + timedelta(days=is_end_of_day)
    return None


def _time(text: str) -> time | None:
    """A time of day, ``time`` of XML Schema: the part of a ``dateTime`` that follows the T."""
    value = _datetime(f"2000-01-01T{text}")
    return value.timetz() if value else None
