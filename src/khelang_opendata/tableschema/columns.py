"""One column: how text becomes a value, and the constraints on it (Data Package v2, Table Schema).

A value is read as frictionless reads it, for two tools should not disagree on whether a table is valid; where the
standard and frictionless part, the standard counts, and ``docs/en/table-schema.md`` says so. A text that was judged
once is remembered.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import filterfalse
from time import perf_counter
from typing import Any

from khelang_opendata.tableschema.official_profile import SchemaInvalid, field_faults

JsonObject = dict[str, Any]
Reader = Callable[[str], Any]
"""Converts a text to a value; None if the text is not of the type."""
Check = Callable[[Any], object]
"""Returns a true value if a value meets a constraint."""

_REMEMBERED = 1024
"""Texts that a column remembers; of columns that repeat themselves, as codes and years, all."""

_SLOW_MATCH = 0.001
"""Seconds from which on a match counts towards the time of its pattern; a usual one takes a thousandth of that."""

_ESCAPE = r"\\[^cCiIpPsSwW]"
_ALIKE = re.compile(rf"(?:[^.\\\[]|{_ESCAPE}|\[(?:[^\[\]\\&|~]|{_ESCAPE})*\])*")
"""Patterns that certainly mean the same to XML Schema and to Python."""

_TYPE = ("type",)

_LONGEST_NAME = 80
"""Characters of a field's name in an error."""

_ORDER = (
    *("required", "enum", "categories", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "jsonSchema"),
)
"""The constraints on a value, in the order in which they are reported; ``categories`` is one in all but its place."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "minimum": operator.ge,
    "maximum": operator.le,
    "exclusiveMinimum": operator.gt,
    "exclusiveMaximum": operator.lt,
}

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"

# Patterns of types that few tables have: each is compiled when the first cell of its type is read.
_YEAR = rf"(-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}))({_ZONE})?"
_YEARMONTH = rf"(-?(?:[1-9][0-9]{{3,}}|0[0-9]{{3}}))-(0[1-9]|1[0-2])({_ZONE})?"
_DATETIME = rf"{_DATE.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:\.[0-9]+)?{_ZONE}?"

_BEFORE_NUMBER = re.compile(r"[^-\d]*")
_AFTER_NUMBER = re.compile(r"\D*")


class Column:
    """One field of a schema, ready to judge texts.

    A text in ``missing`` means no value; ``is_text`` says that a value is the text itself, ``is_free`` that no text
    could be wrong, ``unique`` that no value may be there twice.
    """

    def __init__(
        self, descriptor: JsonObject, missing: Sequence[Any], seconds: float | None = None, *, is_key: bool = False
    ) -> None:
        """Compile a field.

        Args:
            descriptor: the field's Table Schema descriptor.
            missing: the schema's ``missingValues``, which the field's own replace.
            seconds: how long its pattern or JSON Schema may take in all; None for as long as it takes.
            is_key: whether it is part of the primary key, so that it must have a value.

        Raises:
            SchemaInvalid: its type, format or a constraint is none of the standard's.
        """
        if fault := next(field_faults(descriptor, _place(descriptor)), None):
            raise SchemaInvalid(str(fault))
        constraints = _limits(descriptor)
        type_ = descriptor.get("type", "string")
        self.name = str(descriptor["name"])
        self.missing = frozenset(values_of(descriptor.get("missingValues", missing)))
        self.is_text = type_ in ("string", "any") and descriptor.get("format", "default") == "default"
        self.unique = constraints.get("unique") is True
        self.is_required = is_key or constraints.get("required") is True
        self._read = reader(descriptor)
        self._checks = [
            (name, _check(name, constraints[name], descriptor, self._read, seconds))
            for name in _ORDER
            if name != "required" and name in constraints
        ]
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


def _place(descriptor: Any) -> str:
    name = descriptor.get("name") if isinstance(descriptor, dict) else None
    return f"field {name[:_LONGEST_NAME]}" if isinstance(name, str) else "field"


def _limits(descriptor: JsonObject) -> JsonObject:
    """The constraints of a field, its categories among them."""
    constraints: JsonObject = descriptor.get("constraints", {})
    if "categories" not in descriptor:
        return constraints
    categories = values_of(descriptor["categories"])
    if not {*constraints.get("enum", ())} <= {*categories, *map(str, categories)}:
        raise SchemaInvalid(f"enum of {_place(descriptor)} has a value that is not among its categories")
    return {**constraints, "categories": categories}


def values_of(entries: Iterable[Any]) -> list[Any]:
    """The values of a list of values, or of objects with a value and perhaps a label."""
    return [entry["value"] if isinstance(entry, dict) else entry for entry in entries]


def _check(name: str, limit: Any, descriptor: JsonObject, read: Reader, seconds: float | None) -> Check:
    type_, field = descriptor.get("type", "string"), descriptor["name"]
    if name == "pattern":
        is_own = seconds is None and _ALIKE.fullmatch(limit) and "--" not in limit
        return _compiled(limit, field).fullmatch if is_own else _pattern(limit, field, seconds)
    if name in ("minLength", "maxLength"):
        return (lambda value: len(value) >= limit) if name == "minLength" else (lambda value: len(value) <= limit)
    if name == "jsonSchema":
        from khelang_opendata.tableschema.json_values import json_schema_check  # noqa: PLC0415 (few tables need it)

        return json_schema_check(limit, seconds, field)
    given = limit if name in ("enum", "categories") else [limit]
    values = [_cast(descriptor, value, read) for value in given]
    if None in values and (type_ != "any" or None not in given):
        raise SchemaInvalid(f"{name} of {field} has a value that is no {type_}")
    if name in ("enum", "categories"):
        return _allowed(values)
    compare = _COMPARISONS[name]
    return lambda value: _compares(compare, value, values[0])


def _allowed(values: Sequence[Any]) -> Check:
    try:
        known = frozenset(values)
    except TypeError:  # JSON's lists and objects, which no text equals
        return values.__contains__
    return known.__contains__


def _compares(compare: Callable[[Any, Any], bool], value: Any, bound: Any) -> bool:
    """Whether a value lies within a bound. NaN does not, nor a time that says its zone where the bound says none."""
    try:
        return compare(value, bound)
    except (ArithmeticError, TypeError):
        return False


def _compiled(pattern: str, field: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise SchemaInvalid(f"the pattern of {field} is no regular expression") from None


def _pattern(pattern: str, field: str, seconds: float | None) -> Check:
    """The whole text matches, as XML Schema has it; within a time limit, for others' patterns may take for ever.

    Raises:
        SchemaInvalid: it is no pattern; the function that is returned raises it, too, where it takes too long.
    """
    from khelang_opendata.tableschema.xsd_patterns import translated  # noqa: PLC0415 (most patterns need it not)

    try:
        compiled = translated(pattern).compiled() if seconds is None else translated(pattern).timed()
    except ValueError as error:
        raise SchemaInvalid(f"the pattern of {field} {error}") from None
    return compiled.fullmatch if seconds is None else _timed(compiled, seconds, field)


def _timed(compiled: Any, seconds: float, field: str) -> Check:
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

    return match


def _cast(descriptor: JsonObject, value: Any, read: Reader) -> Any:
    """A value that a constraint names, as a text or in JSON's own types; None if it is not of the column's type."""
    type_ = descriptor.get("type", "string")
    if isinstance(value, str):
        return read(value)
    if type_ == "any" or (type_ == "boolean" and isinstance(value, bool)):
        return value
    if type_ == "list" and isinstance(value, list):
        return _cast_items(descriptor, value)
    if isinstance(value, list | dict):
        return read(json.dumps(value, ensure_ascii=False))
    return None if isinstance(value, bool) or not isinstance(value, int | float) else _cast_number(type_, value)


def _cast_items(descriptor: JsonObject, values: list[Any]) -> tuple[Any, ...] | None:
    item = {"name": descriptor["name"], "type": descriptor.get("itemType", "string")}
    items = tuple(_cast(item, value, reader(item)) for value in values)
    return None if None in items else items


def _cast_number(type_: str, value: float) -> Decimal | int | None:
    """A number of a constraint; there is no year 0."""
    if type_ == "number":
        return Decimal(str(value))
    is_whole = value % 1 == 0 and (type_ == "integer" or (type_ == "year" and value != 0))
    return int(value) if is_whole else None


def reader(field: JsonObject) -> Reader:
    """How the cells of a field become values; its constraints do not matter.

    Validation, rules, releases and comparisons all read cells by this function, so they agree on what a cell says.

    Returns:
        A function from a text that is not missing to its value, None where it has none of the field's type.

    The field must be one that the standard's profile takes.
    """
    type_ = field.get("type", "string")
    form = field.get("format", "default").removeprefix("fmt:")
    if type_ in ("date", "datetime", "time") and form != "any":
        return _temporal(type_, form)
    if type_ == "any" or (type_ == "string" and form == "default"):
        return str
    return _READERS[type_](field) if type_ in _READERS else _rare(type_, form)


def _rare(type_: str, form: str) -> Reader:
    from khelang_opendata.tableschema import rare_types  # noqa: PLC0415 (few tables have them)

    match type_:
        case "duration":
            return rare_types.duration
        case "object":
            return rare_types.json_reader(dict)
        case "array":
            return rare_types.json_reader(list)
        case "geopoint":
            return rare_types.geopoint_reader(form)
    return rare_types.borrowed_reader(type_, form)


_TRUE = ("true", "True", "TRUE", "1")
_FALSE = ("false", "False", "FALSE", "0")


def _boolean(descriptor: JsonObject) -> Reader:
    true, false = descriptor.get("trueValues", _TRUE), descriptor.get("falseValues", _FALSE)
    return {**dict.fromkeys(true, True), **dict.fromkeys(false, False)}.get


def _integer(descriptor: JsonObject) -> Reader:
    bare, group = descriptor.get("bareNumber", True), descriptor.get("groupChar", "")

    def read(text: str) -> int | None:
        text = text.strip() if bare else _bared(text.strip())
        try:
            return int(text.replace(group, "") if group else text)
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
    item, delimiter = reader({"type": descriptor.get("itemType", "string")}), descriptor.get("delimiter", ",")

    def read(text: str) -> tuple[Any, ...] | None:
        items = tuple(map(item, text.split(delimiter)))
        return None if None in items else items

    return read


Zoned = tuple[Any, str]
"""A value with its zone, which is equal to none without, and neither less nor more."""


def _year(text: str) -> int | Zoned | None:
    """A year as XML Schema has it, part 2, section 3.2.11: four digits or more, perhaps a minus; there is no 0."""
    found = re.fullmatch(_YEAR, text)
    year = _no_zero(found[1]) if found else None
    return year if year is None or not found or not found[2] else (year, found[2])


def _yearmonth(text: str) -> Zoned | tuple[int, int] | None:
    found = re.fullmatch(_YEARMONTH, text)
    year = _no_zero(found[1]) if found else None
    if year is None or not found:
        return None
    month = (year, int(found[2]))
    return (month, found[3]) if found[3] else month


def _no_zero(text: str) -> int | None:
    with suppress(ValueError):  # Python takes no number of more than some thousand digits
        return int(text) or None
    return None


def _temporal(type_: str, form: str) -> Reader:
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
    if not re.fullmatch(_DATETIME, text):
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


_READERS: dict[str, Callable[[JsonObject], Reader]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "list": _list,
    "year": lambda _: _year,
    "yearmonth": lambda _: _yearmonth,
}
