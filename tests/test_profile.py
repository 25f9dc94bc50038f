"""The fast look at a descriptor never accepts what jsonschema refuses, and knows a good descriptor at once."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from khelang_opendata import load_family
from khelang_opendata.validation.profile import compile_check
from tests.conftest import PLAN, VALID

PROFILE = load_family().package_schemas[0]
VALIDATOR = Draft202012Validator(PROFILE)
GOOD = [json.loads((folder / "datapackage.json").read_text(encoding="utf-8")) for folder in (PLAN, VALID)]
RELEASED = {"bytes": 1, "hash": "sha256:" + "0" * 64}
OPTIONAL = {
    "id": "https://example.org/plan",
    "created": "2026-11-22T00:00:00Z",
    "homepage": "https://example.org",
    "portal": {"maintainer": "กองคลัง", "objective": ["ไม่ทราบ"]},
    "resources": [{**resource, **RELEASED} for resource in GOOD[0]["resources"]],
}
VALUES: list[Any] = [
    *(None, True, False, 0, 1, -1, 1.0, 0.5, float("nan"), float("inf"), 10**30),
    *("", "x", "th", "TH", "ก", "data/ก.csv", "a\n", "1.0.0\n", "\ud800", "table", "restarting", "x" * 81),
    *([], ["th", "th"], [1, True], ["th", 1], [[]], [{}], {}, {"name": "x"}, {"fields": []}),
]


def certainly_valid(schema: Any, value: Any) -> bool:
    return compile_check(schema, schema)(value)


@pytest.mark.parametrize("descriptor", [*GOOD, {**GOOD[0], **OPTIONAL}], ids=["plan", "example", "released"])
def test_good_descriptor_is_known_at_once(descriptor: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid(descriptor)
    assert certainly_valid(PROFILE, descriptor)


@pytest.mark.parametrize(
    ("schema", "accepted", "doubted"),
    [
        ({"type": "integer"}, [0, 1.0, 10**30], [True, 0.5, float("nan"), float("inf"), "1", None]),
        ({"type": "boolean"}, [True, False], [0, 1, "true"]),
        ({"type": "string"}, ["", "ก"], [None, ["x"], 1]),
        ({"const": True}, [True], [1, 1.0, "true"]),
        ({"const": 1}, [1], [True, "1"]),
        ({"enum": ["a", 0, None]}, ["a", 0, None], [False, "", "b"]),
        ({"uniqueItems": True}, [[], ["1", "2"], "aa"], [["a", "a"], [1, 1.0], [1, True]]),
        ({"uniqueItems": False}, [["a", "a"]], []),
        ({"pattern": "b"}, ["abc", 1], ["ac", ""]),
        ({"pattern": "^[a\x80-\U0010ffff]+$"}, ["a", "ก", "aก", "a\n"], ["b", "กb"]),
        ({"minLength": 2, "maxLength": 3}, ["กำ", "😀😀😀", 7], ["😀", "กก\u0e49ำ"]),
        ({"minimum": 0}, [0, 0.5, "-1", True], [-1, float("nan")]),
        ({"minItems": 1}, [[None], {}], [[]]),
        ({"required": ["a"]}, [{"a": None}, "x"], [{}]),
        ({"prefixItems": [{"const": "th"}], "items": {"type": "string"}}, [["th", "en"], [], "x"], [["en"], ["th", 1]]),
        ({"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"type": "array"}}}, [{"a": []}, {}], [{"a": 1}]),
        ({"$ref": "#/$defs/a"}, [], [1]),
        ({"additionalProperties": True}, [{"a": 1}], []),
        ({"additionalProperties": False}, [], [{}, {"a": 1}]),
        ({"title": "a", "description_en": "b", "format": "email"}, ["x", None], []),
        ({"maxItems": 1}, [], [[], [1]]),
        ({"type": ["string", "null"]}, [], ["x", None]),
        ({"properties": {"a": True, "b": False}}, [{"a": 1}, {}], [{"b": 1}]),
    ],
)
def test_keyword(schema: dict[str, Any], accepted: list[Any], doubted: list[Any]) -> None:
    assert [value for value in accepted if not certainly_valid(schema, value)] == []
    assert [value for value in doubted if certainly_valid(schema, value)] == []
    assert all(Draft202012Validator(schema).is_valid(value) for value in accepted)


def test_profile_has_no_keyword_that_the_check_does_not_know() -> None:
    """A profile with another keyword would send every descriptor the slow way."""
    smallest = {name: GOOD[0][name] for name in PROFILE["required"]}
    assert certainly_valid(PROFILE, smallest)
    assert certainly_valid(PROFILE, {**smallest, **OPTIONAL})


def test_descriptor_nested_without_end_is_no_failure() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for name in GOOD[0]:
        assert certainly_valid(PROFILE, {**GOOD[0], name: deep}) is False
    assert certainly_valid(PROFILE, {**GOOD[0], "unknown": deep})


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A good descriptor in which one to three values, anywhere, are replaced, removed or repeated."""
    descriptor: dict[str, Any] = copy.deepcopy(draw(st.sampled_from([*GOOD, {**GOOD[0], **OPTIONAL}])))
    for _ in range(draw(st.integers(1, 3))):
        _mutate(descriptor, draw)
    return descriptor


def _mutate(part: Any, draw: st.DrawFn) -> None:
    while True:
        keys = list(part) if isinstance(part, dict) else range(len(part))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        if not isinstance(part[key], dict | list) or draw(st.integers(0, 4)) == 0:
            break
        part = part[key]
    match draw(st.sampled_from(["replace", "remove", "repeat"])):
        case "replace":
            part[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        case "remove":
            del part[key]
        case "repeat" if isinstance(part, list):
            part.append(copy.deepcopy(part[key]))


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(descriptor=mutated())
def test_what_jsonschema_refuses_is_never_accepted(descriptor: dict[str, Any]) -> None:
    if certainly_valid(PROFILE, descriptor):
        assert VALIDATOR.is_valid(descriptor)
