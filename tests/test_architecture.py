"""Imports run downward only; nothing but the command line prints; the catalogue is complete."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path

import pytest

import khelang_opendata
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.standard.catalogue import failures, rules
from tests.conftest import ROOT

SOURCE = ROOT / "src/khelang_opendata"
ROOMS = [
    "version",
    "model",
    "files",
    "tableschema",
    "standard",
    "package",
    "validation",
    "diff",
    "render",
    "formats",
    "release",
    "portals",
    "nacc",
    "cli",
]
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.name not in ("__main__.py",) and p != SOURCE / "__init__.py")


def room_of(module: Path) -> str:
    return module.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(module: Path) -> set[str]:
    nodes = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
    names = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[1] if "." in name else "__init__" for name in names if name.startswith("khelang_opendata")}


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_imports_run_downward(module: Path) -> None:
    height = ROOMS.index(room_of(module))
    if room_of(module) == "cli":
        return
    allowed = {*ROOMS[: height + 1]}
    assert imports_of(module) <= allowed


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_only_the_command_line_prints_or_exits(module: Path) -> None:
    if room_of(module) != "cli":
        assert not re.search(r"\bprint\(|sys\.std(out|err)|sys\.exit|\bclick\b", module.read_text(encoding="utf-8"))


def test_public_names_are_few_and_documented() -> None:
    assert len(khelang_opendata.__all__) <= 25
    for name in khelang_opendata.__all__:
        assert getattr(khelang_opendata, name).__doc__, name


def _failure_codes(root: type[KhelangError] = KhelangError) -> set[str]:
    return {root.code}.union(*(_failure_codes(child) for child in root.__subclasses__()))


def test_every_failure_has_its_texts() -> None:
    assert _failure_codes() == set(failures())


@pytest.mark.parametrize("code", [*rules(), *failures()])
def test_texts_exist_in_both_languages_and_name_the_same_parameters(code: str) -> None:
    entry = rules().get(code) or failures()[code]
    wordings = [*([entry.wording] if entry.wording else []), *entry.variants.values()]
    assert wordings
    for wording in wordings:
        for text in (wording.message, wording.fix):
            thai, english = text.values()
            assert thai != english
            assert re.search("[\u0e00-\u0e7f]", thai)
            assert _names(thai) == _names(english), (code, thai, english)


def test_catalogue_is_written_as_all_our_json_is() -> None:
    data = (SOURCE / "standard/rules.json").read_bytes()
    assert data == json_bytes(json.loads(data))


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
