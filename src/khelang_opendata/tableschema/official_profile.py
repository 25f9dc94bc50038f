"""What the official profile of Table Schema (Data Package v2) asks of a descriptor, property by property.

The profile is a JSON Schema of 100 kB. Its facts are in the tables below, which takes a thousandth of the time and says
what is wrong with one property, not with fifteen alternatives. A test compares both. Where the profile and the text
of the standard differ, the text counts: it has the type ``list``, ``fieldsMatch`` is a text, and the values of an
``enum`` may be texts whatever the type.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

MATCHES = ("exact", "equal", "subset", "superset", "partial")
"""The values of ``fieldsMatch``."""


class SchemaInvalid(ValueError):
    """A table cannot be checked at all: its schema, its dialect or its file is not what the standard asks."""


class SchemaFault(NamedTuple):
    """A property that the profile refuses: where it is, and what it must be, as JSON writes it.

    ``kind`` is ``missing``, ``type``, ``value``, ``empty``, ``misplaced`` (a constraint beside ``constraints``) or
    ``unknown`` (a constraint that the type, which is then ``expected``, does not have).
    """

    pointer: str
    kind: str
    expected: str

    def __str__(self) -> str:
        match self.kind:
            case "misplaced":
                return f"{self.pointer} must be inside {self.expected}"
            case "unknown":
                return f"{self.pointer} is no constraint of the type {self.expected}"
        return f"{self.pointer or 'the schema'} must be {self.expected}"


class _Demand(NamedTuple):
    holds: Callable[[Any], bool]
    expected: str
    kind: str = "type"


def faults(schema: Any) -> Iterator[SchemaFault]:
    """What the profile refuses in a Table Schema, property by property; each value is read as JSON has it."""
    yield from faults_beside_fields(schema)
    fields = schema.get("fields") if isinstance(schema, dict) else None
    for place, field in enumerate(fields if isinstance(fields, list) else ()):
        yield from field_faults(field, f"fields/{place}")


def faults_beside_fields(schema: Any) -> Iterator[SchemaFault]:
    """What the profile refuses in a Table Schema without a look into its fields."""
    if not isinstance(schema, dict):
        yield SchemaFault("", "type", "object")
        return
    fields = schema.get("fields")
    if not isinstance(fields, list):
        yield SchemaFault("fields", "type" if "fields" in schema else "missing", '[{"name": "…"}, …]')
    elif not fields:
        yield SchemaFault("fields", "empty", '[{"name": "…"}, …]')
    yield from _unmet(schema, _SCHEMA, "")
    keys = schema.get("foreignKeys")
    for place, key in enumerate(keys if isinstance(keys, list) else ()):
        yield from _foreign_key_faults(key, f"foreignKeys/{place}")


def _unmet(values: Mapping[str, Any], demands: Mapping[str, _Demand], pointer: str) -> Iterator[SchemaFault]:
    for name, value in values.items():
        demand = demands.get(name)
        if demand and not demand.holds(value):
            yield SchemaFault(f"{pointer}{name}", demand.kind, demand.expected)


def field_faults(field: Any, pointer: str) -> Iterator[SchemaFault]:
    """The same of a field; ``pointer`` is its place."""
    if not isinstance(field, dict):
        yield SchemaFault(pointer, "type", "object")
        return
    if "name" not in field:
        yield SchemaFault(f"{pointer}/name", "missing", "string")
    yield from _unmet(field, _FIELD, f"{pointer}/")
    for name in sorted(_CONSTRAINT_NAMES & field.keys()):
        yield SchemaFault(f"{pointer}/{name}", "misplaced", f"constraints.{name}")
    type_ = field.get("type", "string")  # so in the profile: a cell of a CSV file is a text where it may be anything
    if not isinstance(type_, str) or type_ not in CONSTRAINTS:
        yield SchemaFault(f"{pointer}/type", "value", " | ".join(CONSTRAINTS))
        return
    yield from _unmet(field, _OPTIONS.get(type_, {}), f"{pointer}/")
    constraints = field.get("constraints", {})
    if isinstance(constraints, dict):
        yield from _unmet(constraints, CONSTRAINTS[type_], f"{pointer}/constraints/")
        for name in sorted(constraints.keys() - CONSTRAINTS[type_].keys()):
            yield SchemaFault(f"{pointer}/constraints/{name}", "unknown", type_)


def _foreign_key_faults(key: Any, pointer: str) -> Iterator[SchemaFault]:
    if not isinstance(key, dict):
        yield SchemaFault(pointer, "type", "object")
        return
    reference = key.get("reference")
    yield from (
        SchemaFault(f"{pointer}/{name}", "missing", "given") for name in ("fields", "reference") if name not in key
    )
    if "reference" in key and not isinstance(reference, dict):
        yield SchemaFault(f"{pointer}/reference", "type", "object")
    if "fields" in key and not _is_names(key["fields"]):
        yield SchemaFault(f"{pointer}/fields", "type", '["name", …]')
    if not isinstance(reference, dict):
        return
    if not _is_text(reference.get("resource", "")):
        yield SchemaFault(f"{pointer}/reference/resource", "type", "string")
    if "fields" not in reference:
        yield SchemaFault(f"{pointer}/reference/fields", "missing", '["name", …]')
    elif not _is_names(reference["fields"]):
        yield SchemaFault(f"{pointer}/reference/fields", "type", '["name", …]')
    elif isinstance(reference["fields"], str) != isinstance(key.get("fields"), str):
        yield SchemaFault(f"{pointer}/reference/fields", "type", '["name", …], as fields is')


def comparable(item: Any) -> Any:
    """A key that is equal, and has the same hash, if two JSON values are equal."""
    if isinstance(item, dict):
        return dict, frozenset((name, comparable(value)) for name, value in item.items())
    if isinstance(item, list):
        return list, tuple(map(comparable, item))
    return bool if isinstance(item, bool) else None, item


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: Any) -> bool:
    """JSON makes no difference between 5 and 5.0."""
    return _is_number(value) and value % 1 == 0


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_text, value))


def _is_unique(values: list[Any]) -> bool:
    return len({comparable(value) for value in values}) == len(values)


def _is_names(value: Any) -> bool:
    return isinstance(value, str) or (_is_texts(value) and _is_unique(value))


def _is_key_list(value: Any) -> bool:
    return (
        _is_list(value)
        and bool(value)
        and all(map(_is_list, value))
        and all(map(_is_names, value))
        and _is_unique(value)
    )


def _is_match(value: Any) -> bool:
    """A text, as in the standard, or a list of one, as in version 2.0 of its profile."""
    return value in MATCHES if _is_text(value) else _is_list(value) and len(value) == 1 and value[0] in MATCHES


def _labelled(is_value: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a list has values only, or objects only that have a value and may have a label."""

    def is_labelled(entry: Any) -> bool:
        return isinstance(entry, dict) and is_value(entry.get("value")) and _is_text(entry.get("label", ""))

    return lambda value: _is_list(value) and (all(map(is_value, value)) or all(map(is_labelled, value)))


def _enum_of(*kinds: Callable[[Any], bool]) -> _Demand:
    """A list of different values, all of one kind; texts are cast as cells are."""

    def holds(value: Any) -> bool:
        is_list = isinstance(value, list) and bool(value)
        return is_list and any(all(map(kind, value)) for kind in (_is_text, *kinds)) and _is_unique(value)

    return _Demand(holds, "[value, …], no value twice, all strings or all of the type of the field")


_TEXT = _Demand(_is_text, "string")
_FLAG = _Demand(_is_flag, "boolean")
_LENGTH = _Demand(_is_integer, "integer")
_MISSING = _Demand(_labelled(_is_text), '["-", …] or [{"value": "-"}, …]')
_TEXTS = _Demand(_is_texts, '["…", …]')

_SCHEMA: Mapping[str, _Demand] = {
    "$schema": _TEXT,
    "fieldsMatch": _Demand(_is_match, " | ".join(MATCHES), "value"),
    "missingValues": _MISSING,
    "primaryKey": _Demand(_is_names, '["name", …]'),
    "uniqueKeys": _Demand(_is_key_list, '[["name", …], …]'),
    "foreignKeys": _Demand(
        lambda value: _is_list(value) and bool(value), '[{"fields": ["…"], "reference": {"fields": ["…"]}}, …]'
    ),
}
_FIELD: Mapping[str, _Demand] = {
    **dict.fromkeys(("name", "title", "description", "example", "rdfType"), _TEXT),
    "missingValues": _MISSING,
    "constraints": _Demand(_is_object, "object"),
}


def _categories(is_value: Callable[[Any], bool], expected: str) -> Mapping[str, _Demand]:
    return {
        "categories": _Demand(_labelled(is_value), f'[{expected}, …] or [{{"value": {expected}}}, …]'),
        "categoriesOrdered": _FLAG,
    }


def _format(*names: str) -> Mapping[str, _Demand]:
    return {"format": _Demand(lambda value: value in names, " | ".join(names), "value")}


_ITEM_TYPES = ("string", "integer", "boolean", "number", "datetime", "date", "time")
_NUMBER_OPTIONS = {"bareNumber": _FLAG, "groupChar": _TEXT}
_OPTIONS: Mapping[str, Mapping[str, _Demand]] = {
    "string": {**_format("default", "email", "uri", "binary", "uuid"), **_categories(_is_text, "string")},
    "number": {**_format("default"), **_NUMBER_OPTIONS, "decimalChar": _TEXT},
    "integer": {**_format("default"), **_NUMBER_OPTIONS, **_categories(_is_integer, "integer")},
    "boolean": {**_format("default"), "trueValues": _TEXTS, "falseValues": _TEXTS},
    "date": {"format": _TEXT},
    "datetime": {"format": _TEXT},
    "time": {"format": _TEXT},
    **dict.fromkeys(("year", "yearmonth", "duration", "object", "array"), _format("default")),
    "geopoint": _format("default", "array", "object"),
    "geojson": _format("default", "topojson"),
    "list": {
        **_format("default"),
        "delimiter": _Demand(lambda value: _is_text(value) and bool(value), "string"),
        "itemType": _Demand(lambda value: value in _ITEM_TYPES, " | ".join(_ITEM_TYPES), "value"),
    },
}
_ALL = {"required": _FLAG, "unique": _FLAG}
_LENGTHS = {"minLength": _LENGTH, "maxLength": _LENGTH}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def _bounds(is_value: Callable[[Any], bool], expected: str) -> Mapping[str, _Demand]:
    return dict.fromkeys(_BOUNDS, _Demand(lambda value: _is_text(value) or is_value(value), expected))


_NUMBERS = {**_ALL, "enum": _enum_of(_is_number), **_bounds(_is_number, "number or string")}
_INTEGERS = {**_ALL, "enum": _enum_of(_is_integer), **_bounds(_is_integer, "integer or string")}
_MOMENTS = {**_ALL, "enum": _enum_of(), **_bounds(_is_text, "string")}
_JSON_SCHEMA = {"jsonSchema": _Demand(_is_object, "object")}

CONSTRAINTS: Mapping[str, Mapping[str, _Demand]] = {
    "string": {**_ALL, "enum": _enum_of(), "pattern": _TEXT, **_LENGTHS},
    "number": _NUMBERS,
    "integer": _INTEGERS,
    "boolean": {**_ALL, "enum": _enum_of(_is_flag)},
    "object": {**_ALL, "enum": _enum_of(_is_object), **_LENGTHS, **_JSON_SCHEMA},
    "array": {**_ALL, "enum": _enum_of(_is_list), **_LENGTHS, **_JSON_SCHEMA},
    "list": {**_ALL, "enum": _enum_of(_is_list), **_LENGTHS},
    "datetime": _MOMENTS,
    "date": _MOMENTS,
    "time": _MOMENTS,
    "year": _INTEGERS,
    "yearmonth": _MOMENTS,
    "duration": _MOMENTS,
    "geopoint": {**_ALL, "enum": _enum_of(_is_list, _is_object)},
    "geojson": {**_ALL, "enum": _enum_of(_is_object), **_LENGTHS},
    "any": {**_ALL, "enum": _enum_of(lambda _: True)},
}
"""The types of fields, and the constraints on each."""
_CONSTRAINT_NAMES = frozenset().union(*CONSTRAINTS.values())
