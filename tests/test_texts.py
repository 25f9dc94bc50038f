"""Every issue and failure that the code makes gives its texts exactly the parameters that they name."""

from __future__ import annotations

import ast
import inspect
import json
import string
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from khelang_opendata.model.failures import KhelangError, UsageError
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.wording import Entry, Language, failures
from khelang_opendata.validation.catalogue import rules
from tests.conftest import ROOT

SOURCE = ROOT / "src"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name != "__main__.py")

OF_THE_PLACE = {"resource", "row", "line", "field", "cell"}
"""Filled from an issue's place."""

OF_ERRATA = {"record", "year"}
"""What an erratum names an issue by; a text may name them, too."""

OF_ENVIRONMENT = frozenset({"path", "reason"})
"""What ``EnvironmentFailure.of`` and ``system_errors_as`` give."""

OPEN = {
    "diff/keyed_tables.py",  # the place of a table, in all of them
    "portals/ckan/action_results.py",  # the place of a fault
    "portals/ckan/responses.py",  # the address and the answer
    "release/store.py",  # the parameters of another failure, and two names
    "validation/__init__.py",  # those of DescriptorError
    "validation/rules/arithmetic.py",  # a variant, and the parts of a text
    "package/datapackage.py",  # those of JsonRefused
    "portals/portal_failures.py",
    "validation/rules/registry.py",  # those of a rule on cells
}
"""Modules with calls that unpack a mapping, whose names only a run shows; their tests render each text."""


class Making(NamedTuple):
    """A call that makes an issue or a failure.

    ``names`` are the parameters, None where a mapping is unpacked; ``variant`` is None where there is none, and empty
    where only a run shows it.
    """

    place: str
    entry: Entry
    variant: str | None
    names: frozenset[str] | None


@cache
def makings() -> list[Making]:
    return [making for path in MODULES for making in _makings_in(path)]


def _makings_in(path: Path) -> Iterator[Making]:
    module = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    names = vars(import_module(module))
    functions = _tree(path).body
    calls = {function: [node for node in ast.walk(function) if isinstance(node, ast.Call)] for function in functions}
    for function, own in calls.items():
        known = {**names, "rule": _rules_given(function, chain.from_iterable(calls.values()), names)}
        for call in own:
            place = f"{path.relative_to(SOURCE / 'khelang_opendata').as_posix()}:{call.lineno}"
            yield from _issues(call, known, place)
            yield from _failures(call, names, place)


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _rules_given(function: ast.stmt, calls: Iterable[ast.Call], names: Mapping[str, Any]) -> tuple[Rule, ...]:
    """The rules that the calls of a function give it."""
    own = (call.args for call in calls if getattr(function, "name", "") == getattr(call.func, "id", None))
    found = (names.get(arg.id) for args in own for arg in args if isinstance(arg, ast.Name))
    return tuple(rule for rule in found if isinstance(rule, Rule))


def _issues(call: ast.Call, names: Mapping[str, Any], place: str) -> Iterator[Making]:
    if isinstance(call.func, ast.Attribute) and call.func.attr == "issue":
        candidates = [call.func.value, *call.args[:1]]
    else:
        candidates = call.args[:1] if isinstance(call.func, ast.Name) and call.func.id == "cell_issue" else []
    for candidate in candidates:
        found = names.get(candidate.id, ()) if isinstance(candidate, ast.Name) else ()
        for rule in (found,) if isinstance(found, Rule) else found if isinstance(found, tuple) else ():
            by_record = {"record"} if candidate in call.args else set()
            variants = [keyword.value for keyword in call.keywords if keyword.arg == "variant"]
            yield Making(place, rule.entry, _constant(variants), _names_given(call, by_record))


def _failures(call: ast.Call, names: Mapping[str, Any], place: str) -> Iterator[Making]:
    name = (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
    family = names.get(name)
    if isinstance(family, type) and issubclass(family, KhelangError):
        fixed = _code_of(family)
        code, variants = (fixed, call.args[:1]) if fixed else (_constant(call.args[:1]), call.args[1:2])
        given = _names_given(call, _names_of_class(family))
        if code in failures() and not (fixed and given == frozenset()):
            # Validation makes an issue of an unusable descriptor, which names what the failure carries.
            entry = rules()[code].entry if code == "descriptor_invalid" else failures()[str(code)]
            yield Making(place, entry, _constant(variants), given)
    elif name in ("of", "system_errors_as") and (code := _constant(call.args[:1])) in failures():
        yield Making(place, failures()[str(code)], None, OF_ENVIRONMENT)


def _constant(nodes: list[ast.expr]) -> str | None:
    """The text of the first node; empty where it is an expression, None where there is none."""
    if not nodes or (isinstance(nodes[0], ast.Constant) and nodes[0].value is None):
        return None
    return str(nodes[0].value) if isinstance(nodes[0], ast.Constant) else ""


def _names_given(call: ast.Call, others: set[str]) -> frozenset[str] | None:
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else frozenset({*(str(name) for name in names if name != "variant"), *others})


def _super_of(family: type[KhelangError]) -> ast.Call | None:
    """The call of ``super().__init__`` of a family that has one code only."""
    if "__init__" not in vars(family) or family is KhelangError:
        return None
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(vars(family)["__init__"]))).body
    calls = (one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute))
    return next(one for one in calls if one.func.attr == "__init__")  # type: ignore[attr-defined]


def _code_of(family: type[KhelangError]) -> str | None:
    call = _super_of(family)
    return _constant(call.args[:1]) if call else None


def _names_of_class(family: type[KhelangError]) -> set[str]:
    call = _super_of(family)
    return {keyword.arg for keyword in call.keywords if keyword.arg} if call else set()


def _named_in(entry: Entry, variant: str | None) -> frozenset[str]:
    wording = entry.wording_for({"variant": variant or ""})
    return _names_in((*wording.message.values(), *wording.fix.values()))


def _faults(making: Making) -> str:
    if making.names is None:
        return "" if making.place.partition(":")[0] in OPEN else "unpacks a mapping"
    if making.variant == "":
        variants = [*making.entry.variants, *([None] if making.entry.wording else [])]
        wordings = [_named_in(making.entry, variant) for variant in variants]
    else:
        wordings = [_named_in(making.entry, making.variant)]
    missing = min((named - making.names - OF_THE_PLACE for named in wordings), key=len)
    unused = making.names - frozenset().union(*wordings) - OF_ERRATA
    return f"missing {sorted(missing)}, unused {sorted(unused)}" if missing or unused else ""


def test_parameters_are_those_that_the_texts_name() -> None:
    assert len(makings()) > 250
    faults = {f"{making.place} {making.entry.code} {making.variant or ''}": _faults(making) for making in makings()}
    assert {place: fault for place, fault in faults.items() if fault} == {}


def test_parameters_of_remarks_are_those_that_the_texts_name() -> None:
    """Of the remarks on cells whose code and parameters are in the call itself."""
    texts = json.loads((SOURCE / "khelang_opendata/intake/notices.json").read_text(encoding="utf-8"))
    found = [(place, *remark) for path in MODULES for place, remark in _remarks_in(path)]
    assert len(found) >= 14
    named = {code: _names_in(texts[f"remark_{code}"].values()) for _, code, _ in found}
    assert [(place, code, names) for place, code, names in found if names != named[code]] == []


def _remarks_in(path: Path) -> Iterator[tuple[str, tuple[str, frozenset[str]]]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "remark":
            code, names = _constant(node.args[1:2]), _names_given(node, set())
            if code and names is not None:
                yield f"{path.name}:{node.lineno}", (code, names)


def _names_in(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name)


def test_no_text_has_a_name_that_another_has() -> None:
    """JSON takes the last of two texts of one name, in silence."""
    for path in SOURCE.rglob("*.json"):
        json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_once)


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), [name for name in names if names.count(name) > 1]
    return dict(pairs)


def test_every_failure_is_raised_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in MODULES)
    assert [code for code in failures() if f'"{code}"' not in source] == []


def test_failure_of_a_variant_that_there_is_not_has_no_text() -> None:
    with pytest.raises(KeyError, match="output_refused needs one of the variants"):
        UsageError("output_refused", path="x", folder="y").texts(Language.EN)
