"""A schema is refused exactly where the official profile of Table Schema 2.0 refuses it, and never with a traceback.

The official profile, which dplib carries, judges every property of a schema with every value of a wrong type. Where it
and the text of the standard differ, the text counts: ``differs`` has the reasons.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft7Validator

from khelang_opendata.tableschema import SchemaInvalid, TableSource, check_tables
from khelang_opendata.tableschema.official_profile import faults

JsonObject = dict[str, Any]
Place = tuple[str | int, ...]

REFUSED = 2500
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def bounded(low: object, high: object, **more: object) -> JsonObject:
    return {"required": True, "unique": True, **dict(zip(BOUNDS, (low, high, low, high), strict=True)), **more}


WORDS: JsonObject = {"title": "t", "description": "d", "example": "e", "rdfType": "http://schema.org/Thing"}
LENGTHS: JsonObject = {"required": True, "unique": True, "minLength": 0, "maxLength": 9}
FIELDS: list[JsonObject] = [
    {
        **{
            "name": "string",
            "type": "string",
            "format": "default",
            "categories": ["a", "b"],
            "categoriesOrdered": True,
        },
        **{"missingValues": [""], "constraints": {**LENGTHS, "pattern": "[ab]", "enum": ["a"]}, **WORDS},
    },
    {
        **{"name": "number", "type": "number", "format": "default", "bareNumber": True, "groupChar": ","},
        **{"decimalChar": ".", "constraints": bounded(0, 9, enum=[1, 2.5]), "missingValues": [{"value": "-"}]},
    },
    {
        **{"name": "integer", "type": "integer", "format": "default", "bareNumber": False, "groupChar": ","},
        **{
            "categories": [{"value": 1, "label": "one"}],
            "constraints": bounded(0, 9, enum=[1]),
            "categoriesOrdered": False,
        },
    },
    {
        **{"name": "boolean", "type": "boolean", "format": "default", "trueValues": ["y"], "falseValues": ["n"]},
        **{"constraints": {"required": True, "enum": [True]}},
    },
    {"name": "date", "type": "date", "format": "default", "constraints": bounded("2024-01-01", "2025-01-01")},
    {"name": "time", "type": "time", "format": "%H", "constraints": bounded("01", "09", enum=["02"])},
    {"name": "datetime", "type": "datetime", "format": "any"},
    {"name": "year", "type": "year", "format": "default", "constraints": bounded(2000, 2600, enum=[2566])},
    {"name": "yearmonth", "type": "yearmonth", "format": "default", "constraints": bounded("2000-01", "2600-01")},
    {"name": "duration", "type": "duration", "format": "default", "constraints": bounded("P1D", "P9D", enum=["P2D"])},
    {
        "name": "object",
        "type": "object",
        "constraints": {**LENGTHS, "jsonSchema": {"type": "object"}, "enum": [{"a": 1}]},
    },
    {"name": "array", "type": "array", "constraints": {**LENGTHS, "jsonSchema": {"type": "array"}, "enum": [[1]]}},
    {"name": "geopoint", "type": "geopoint", "format": "array", "constraints": {"unique": True, "enum": [[1, 2]]}},
    {"name": "geojson", "type": "geojson", "format": "default", "constraints": LENGTHS},
    {"name": "any", "type": "any", "constraints": {"required": True, "unique": True, "enum": [1, "a", None]}},
]
KEYS: JsonObject = {
    "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
    "fields": [{"name": "a"}, {"name": "b", "type": "integer"}],
    "fieldsMatch": ["equal"],
    "missingValues": ["", "-"],
    "primaryKey": ["a", "b"],
    "uniqueKeys": [["a"], ["a", "b"]],
    "foreignKeys": [
        {"fields": ["a"], "reference": {"resource": "t", "fields": ["a"]}},
        {"fields": "b", "reference": {"fields": "b"}},
    ],
}
SCHEMAS: list[JsonObject] = [KEYS, *({"fields": [field]} for field in FIELDS)]
"""Together they have every property."""

VALUES: list[Any] = [
    None,
    True,
    False,
    0,
    5,
    -1,
    0.5,
    1e400,
    "",
    "n/a",
    "1",
    [],
    [1],
    ["x"],
    ["x", "x"],
    [[]],
    [{}],
    {},
]
VALUES += [{"value": "x"}, {"x": 1}, 10**400, [None], [True], [["year"]], ["year"], [0.5]]


@cache
def official() -> Any:
    text = files("dplib").joinpath("profiles/2.0/tableschema.json").read_text(encoding="utf-8")
    return Draft7Validator(json.loads(text))


def places(content: Any, at: Place = ()) -> Iterator[Place]:
    if at:
        yield at
    entries = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, value in entries:
        if "jsonSchema" not in at and "enum" not in at[-1:]:
            yield from places(value, (*at, key))


def changed(schema: JsonObject, at: Place, value: Any) -> JsonObject:
    schema = copy.deepcopy(schema)
    inside: Any = schema
    for key in at[:-1]:
        inside = inside[key]
    inside[at[-1]] = value
    return schema


MUTATIONS = [(schema, at, value) for schema in SCHEMAS for at in places(schema) for value in VALUES]


def differs(schema: JsonObject, at: Place, value: Any) -> bool:
    """Whether the standard's text says otherwise than its profile."""
    if at[0] == "fieldsMatch":  # a text, of which the profile makes a list of anything
        return True
    is_enum = at[2:] == ("constraints", "enum") and schema["fields"][0]["type"] == "boolean"
    return is_enum and isinstance(value, list) and all(isinstance(entry, str) for entry in value)


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema["fields"][0]["name"])
def test_a_schema_of_every_property_is_taken_by_both(schema: JsonObject) -> None:
    assert list(faults(schema)) == []
    assert official().is_valid(schema)


def test_every_property_with_every_wrong_value_is_refused_where_the_profile_refuses_it() -> None:
    judged = [(s, at, value) for s, at, value in MUTATIONS if not differs(s, at, value)]
    refused = [m for m in judged if not official().is_valid(changed(*m))]
    assert len(refused) > REFUSED
    assert [m for m in refused if not list(faults(changed(*m)))] == []


def test_no_schema_raises_anything_but_that_it_is_invalid() -> None:
    taken = 0
    for schema, at, value in MUTATIONS:
        data = (",".join(field["name"] for field in schema["fields"]) + "\n").encode()
        try:
            for check in check_tables([TableSource("t", changed(schema, at, value), data)]):
                taken += not [*check.findings]
        except SchemaInvalid as error:
            assert str(error)
    assert taken > 200


@pytest.mark.parametrize("schema", [None, 5, "schema.json", "https://example.org/schema.json", [], True, {}])
def test_a_schema_that_is_none_is_refused(schema: Any) -> None:
    (check,) = check_tables([TableSource("t", schema, b"a\n1\n")])
    with pytest.raises(SchemaInvalid):
        list(check.findings)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ({"name": "a", "type": "integer", "required": True}, "constraints.required"),
        ({"name": "a", "unique": True}, "constraints.unique"),
        ({"name": "a", "type": "string", "pattern": "x"}, "constraints.pattern"),
        ({"name": "a", "type": "integer", "constraints": {"pattern": "1"}}, "no constraint of the type"),
        ({"name": "a", "type": "string", "constraints": {"minimum": "a"}}, "no constraint of the type"),
        ({"name": "a", "type": "boolean", "trueValues": "yes"}, "trueValues must be"),
        ({"name": "a", "missingValues": "n/a"}, "missingValues must be"),
        ({"name": "a", "missingValues": ["-", {"value": ""}]}, "missingValues must be"),
        ({"name": "a", "type": "string", "categories": ["x"], "constraints": {"enum": ["y"]}}, "categories"),
        ({"name": "a", "type": "integer", "constraints": {"enum": [1, "1"]}}, "enum must be"),
        ({"name": "a", "type": "integer", "constraints": {"enum": ["one"]}}, "no integer"),
        ({"name": "a", "type": "duration", "constraints": {"minimum": "P1W"}}, "no duration"),
        ({"name": "a", "type": "string", "format": "wkt"}, "format must be"),
    ],
)
def test_what_is_wrong_is_said(field: JsonObject, said: str) -> None:
    (check,) = check_tables([TableSource("t", {"fields": [field]}, b"a\n1\n")])
    with pytest.raises(SchemaInvalid, match=said):
        list(check.findings)
