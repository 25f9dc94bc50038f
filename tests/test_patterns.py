"""No regular expression of ours takes more than linear time, whatever text it is given."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from khelang_opendata import load_family
from khelang_opendata.cli import usage
from khelang_opendata.intake import cell_numbers, number_formats
from khelang_opendata.model import calendar
from khelang_opendata.model.spoilt_text import FLAWS
from khelang_opendata.package import listing
from khelang_opendata.tableschema.xsd_patterns import translated
from khelang_opendata.validation import layout
from khelang_opendata.validation.exact import PackageValidator
from khelang_opendata.validation.profile import compile_check
from khelang_opendata.validation.rules import cell_values
from tests.conftest import ROOT, STANDARD
from tests.patterns import slow

SOURCES = ROOT / "src/khelang_opendata"
SCHEMAS = [STANDARD / "package.schema.json", STANDARD / "plan.schema.json", *sorted(STANDARD.glob("tables/*.json"))]
FLAGS_AT = {"compile": 1, "match": 2, "search": 2, "fullmatch": 2, "findall": 2, "finditer": 2}
"""Where the functions of ``re`` that we use have their flags; those not among them are given them by name."""
FUNCTIONS = {*FLAGS_AT, "sub", "subn", "split"}

SHORT_TEXTS = {
    "<title[^>]*>(.*?)</title": "the page of a portal, of which the first 16,384 signs are looked at",
    "<(script|style).*?</\\1>|<!--.*?-->": "the same",
    "<[^>]*>": "the same",
    "/api(/.*)?$": "an address from a header, which has no line end, so that the first place that fits is the last",
    layout._TOTALS: "a cell of at most 200 characters",
    r"\([^)]*\)|\[[^]]*\]": "a heading or a title of at most 200 characters",
    listing._COPY: "the name of a file, which has at most 255 bytes",
    cell_numbers._LETTERS: "a cell of at most 200 characters",
    cell_numbers._OF_UNITS: "the same",
    cell_numbers._YEAR.pattern: "the same",
    number_formats._TOKEN.pattern: "a number format of at most 200 characters",
    number_formats._SECTION_END: "the same",
    r"(?P<value>'.*?'|\S+) is not one of": "an argument of the command line",
}
"""Patterns that would be slow, and why what they are given is short or kind."""


class Used(NamedTuple):
    """A use of ``re``: the module and line, the pattern, its flags, and how a text is matched with it."""

    place: str
    pattern: str
    flags: int
    search: bool
    whole: bool


def patterns_within(content: Any) -> Iterator[str]:
    """The values of ``pattern`` in a JSON Schema or Table Schema."""
    if isinstance(content, dict):
        for name, value in content.items():
            if name == "pattern" and isinstance(value, str):
                yield value
            yield from patterns_within(value)
    elif isinstance(content, list):
        for part in content:
            yield from patterns_within(part)


@cache
def patterns_of_schemas() -> list[str]:
    return sorted({p for path in SCHEMAS for p in patterns_within(json.loads(path.read_text(encoding="utf-8")))})


def patterns_of_tags() -> list[str]:
    profiles = (
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in SOURCES.glob("standard/portal_profiles/*.yaml")
    )
    return sorted({profile["tag"] for profile in profiles if isinstance(profile.get("tag"), str)})


def patterns_of_flaws() -> list[str]:
    """Those that find a flaw, and those that mend it."""
    mending = [flaw.mend.args[0] for flaw in FLAWS.values() if isinstance(flaw.mend, partial)]
    return [*(flaw.pattern for flaw in FLAWS.values()), *mending]


GIVEN: dict[tuple[str, str], Callable[[], list[str]]] = {
    ("tableschema/columns.py", "pattern"): patterns_of_schemas,
    ("tableschema/xsd_patterns.py", "self.pattern"): lambda: [translated(p).pattern for p in patterns_of_schemas()],
    ("validation/profile.py", "pattern"): patterns_of_schemas,
    ("validation/profile.py", "ascii_pattern if x.isascii() else pattern"): patterns_of_schemas,
    ("validation/exact.py", "pattern"): patterns_of_schemas,
    ("validation/meant_properties.py", "pattern"): patterns_of_schemas,
    ("validation/rules/typed_values.py", "constraints.get('pattern', '.*')"): patterns_of_schemas,
    ("validation/rules/cell_values.py", "pattern"): lambda: [
        cell_values._PLAIN_INTEGERS,
        cell_values._PLAIN_NUMBERS,
        cell_values._PLAIN_DATES,
    ],
    ("model/calendar.py", "pattern"): lambda: list(calendar._FORMS),
    ("model/spoilt_text.py", "flaw.pattern"): patterns_of_flaws,
    ("portals/profiles.py", "content['tag']"): patterns_of_tags,
    ("cli/usage.py", "sentence"): lambda: [*usage._SENTENCES.values()],
    ("validation/rules/portal_readiness.py", "profile['tag']"): patterns_of_tags,
    ("validation/rules/portal_readiness.py", "schema['pattern']"): patterns_of_schemas,
}
"""Calls whose pattern is not a literal, and the patterns that they are given."""


def uses() -> Iterator[Used]:
    """Every use of ``re`` in the sources."""
    paths = sorted(SOURCES.rglob("*.py"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    for path, text in zip(paths, texts, strict=True):
        for call, names in calls_of(ast.parse(text)):
            yield from uses_of(call, path, methods_of(names, texts) or {call.func.attr})  # type: ignore[attr-defined]


def calls_of(tree: ast.AST) -> Iterator[tuple[ast.Call, list[str]]]:
    """The calls of ``re``, and the names that are given to what they return."""
    assigned = {id(node.value): node.targets for node in ast.walk(tree) if isinstance(node, ast.Assign)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {f"re.{name}" for name in FUNCTIONS}:
            yield node, [name.id for name in assigned.get(id(node), ()) if isinstance(name, ast.Name)]


def methods_of(names: list[str], texts: list[str]) -> set[str]:
    """The methods that compiled patterns of some names are asked for, in any module."""
    return {found for name in names for text in texts for found in re.findall(rf"\b{name}\.(\w+)", text)} & FUNCTIONS


def uses_of(call: ast.Call, path: Path, methods: set[str]) -> Iterator[Used]:
    relative = path.relative_to(SOURCES).as_posix()
    search, whole = not methods <= {"match", "fullmatch"}, methods == {"fullmatch"}
    place = f"{relative}:{call.lineno}"
    if given := GIVEN.get((relative, ast.unparse(call.args[0]))):
        yield from (Used(place, pattern, 0, search, whole) for pattern in given())
        return
    named = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    flags = [*named, *call.args[FLAGS_AT.get(call.func.attr, len(call.args)) :]]  # type: ignore[attr-defined]
    pattern = evaluated(call.args[0], path)
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    yield Used(place, text, evaluated(flags[0], path) if flags else 0, search, whole)


def evaluated(node: ast.expr, path: Path) -> Any:
    """What an expression of a module is; fails where it has names that are not the module's (see ``GIVEN``)."""
    name = path.relative_to(SOURCES.parent).with_suffix("").as_posix().replace("/", ".")
    names = dict(vars(import_module(name.removesuffix(".__init__"))))
    return eval(compile(ast.Expression(node), str(path), "eval"), names)  # noqa: S307 (our own sources)


def test_no_pattern_of_the_sources_is_slow() -> None:
    found = list(uses())
    assert len({used.place for used in found}) > 60, "patterns are not found any more"
    reported = {
        used: why for used in {*found} if (why := slow(used.pattern, used.flags, search=used.search, whole=used.whole))
    }
    assert {used.pattern for used in reported} == {*SHORT_TEXTS}, reported


def test_no_pattern_of_the_standard_is_slow() -> None:
    """Those who read the standard with other tools search, and look at the whole text however long it is."""
    assert len(patterns_of_schemas()) > 20
    assert {pattern: why for pattern in patterns_of_schemas() if (why := slow(pattern))} == {}


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",  # the e-mail address as it was
        r"((^[^-\d]*)|(\D*$))",  # what surrounds a number, as it was
        r"\d\s*(?:[.,]?\s*-)x",
        r"(a+)+b",
        r"(a*)*b",
        r"(a|a)*b",
        r"(a|ab|b)*c",
        r"^(\w+\s?)*$",
        r"(x+x+)+y",
        r"(a{2,3})+b",
        r"(?:a{1,60}){2,}b",
        r"^(?:a[ab]*c|a)*$",
        r"\s+$",
        r"a*a*b",
        r"x*y*x*z",
        r".*,.*,x",
        r"<.*?>.*?</x>",
        r"[a-z]+:",
        r"(?<!x)[a-z]+:",
        r"(?<!ab)[a-z]+:",
        r"(a)\1*b",  # not understood
        r"x(?=a*b)",  # not understood
    ],
)
def test_slow_patterns_are_reported(pattern: str) -> None:
    assert slow(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        r"^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*\.csv$",
        r"(?<!\d)\d+x",
        r"(?<!\d)(?<!\d,)\d{1,3}(?:,\d{3})+x",
        r"\A\s*x",
        r"a\d*(?:,\d*)*;",
        r"[ ]{2,}",
        r"\d+\s*-?\s*",
        r"(?:[- ]?\d){12}x",
        r"(?:ab|ac|ad)*e?",
    ],
)
def test_others_are_not(pattern: str) -> None:
    assert slow(pattern) is None


def test_it_matters_whether_a_text_is_searched_or_matched() -> None:
    assert slow("[a-z]+:")
    assert slow("[a-z]+:", search=False) is None
    assert slow("a*a*", search=False) is None
    assert slow("a*a*", search=False, whole=True)
    assert slow("^[a-z]+:$", re.MULTILINE)


EMAIL = load_family().package_schemas[0]["properties"]["contributors"]["items"]["properties"]["email"]


@pytest.mark.parametrize(
    ("address", "is_valid"),
    [
        ("opendata@khelang.go.th", True),
        ("o'brien+data@example.org", True),
        ("งาน@เทศบาล.ไทย", True),
        ("x" * 64 + "@" + "y" * 63 + ".th", True),
        ("x" * 65 + "@example.org", False),
        ("x@" + "y" * 64 + ".th", False),
        ("x@" + "y." * 125 + "th", True),
        ("x@" + "y." * 126 + "th", False),
        ("x@example", False),
        ("x@@example.org", False),
        ("x y@example.org", False),
        ("x@.org", False),
        ("x@example..org", False),
        ("@example.org", False),
    ],
)
def test_e_mail_address(address: str, is_valid: bool) -> None:
    assert PackageValidator(EMAIL).is_valid(address) is is_valid
    assert compile_check(EMAIL, EMAIL)(address) is is_valid


@pytest.mark.parametrize("order", [("pattern", "maxLength"), ("maxLength", "pattern")])
def test_a_text_that_is_too_long_is_not_matched_with_a_pattern(order: tuple[str, str]) -> None:
    """The pattern here is none, and would fail if it was asked."""
    given = {"pattern": "(", "maxLength": 3}
    schema = {name: given[name] for name in order}
    assert compile_check(schema, schema)("aaaa") is False
    assert [error.validator for error in PackageValidator(schema).iter_errors("aaaa")] == ["maxLength"]
    for judge in (compile_check(schema, schema), PackageValidator(schema).is_valid):
        with pytest.raises(re.error):
            judge("aaa")
