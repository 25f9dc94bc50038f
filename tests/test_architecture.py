"""Imports run downward only; nothing but the command line prints; the catalogue is complete."""

from __future__ import annotations

import ast
import json
import re
import string
from collections import Counter
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

import khelang_opendata
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.model.wording import Language, failures
from khelang_opendata.validation.catalogue import rules
from tests.conftest import ROOT

SOURCE = ROOT / "src/khelang_opendata"
ROOMS = [
    "version",
    "model",
    "files",
    "transport",
    "tableschema",
    "standard",
    "package",
    "validation",
    "diff",
    "render",
    "formats",
    "published",
    "release",
    "portals",
    "nacc",
    "site",
    "intake",
    "national",
    "browser",
    "cli",
]
MODULES = sorted(p for p in SOURCE.rglob("*.py") if p.name not in ("__main__.py",) and p != SOURCE / "__init__.py")


ALLOWED_TO_CLIMB = ["model/wording.py", "standard/family.py"]
"""The texts of failures are found in every room; the schemas are outside of them all."""


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


LEAVES = {"portals", "nacc", "site", "intake", "national"}
TAKES_BACK = {"intake/eplan_results.py": {"nacc"}}
"""The module that takes back what another leaf wrote must know its form, and computes what it wrote there."""


@pytest.mark.parametrize(
    "module", [p for p in MODULES if room_of(p) in LEAVES], ids=lambda p: p.relative_to(SOURCE).as_posix()
)
def test_portals_and_reports_read_releases_and_build_none(module: Path) -> None:
    allowed = {room_of(module), *TAKES_BACK.get(module.relative_to(SOURCE).as_posix(), ())}
    assert not imports_of(module) & ({"release", *LEAVES} - allowed)


@pytest.mark.parametrize("module", MODULES, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_only_the_command_line_prints_or_exits(module: Path) -> None:
    if room_of(module) != "cli":
        assert not re.search(r"\bprint\(|sys\.std(out|err)|sys\.exit|\bclick\b", module.read_text(encoding="utf-8"))


def test_every_file_and_every_class_has_a_name_of_its_own() -> None:
    names = Counter(module.name for module in MODULES if module.name != "__init__.py")
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in MODULES)
    classes = Counter(
        node.name.lstrip("_") for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in (*names.items(), *classes.items()) if count > 1] == []


def test_no_module_opens_a_file_of_another_room() -> None:
    """A path that climbs out of the module's folder names what another room owns; the standard is outside ``src``."""
    climbing = [
        path for path in MODULES if re.search(r"\.parents\[|\.parent\.parent", path.read_text(encoding="utf-8"))
    ]
    assert [path.relative_to(SOURCE).as_posix() for path in climbing] == ALLOWED_TO_CLIMB


def test_no_modules_import_each_other() -> None:
    """Imports inside of functions count, too: a reader follows them as any other."""
    known = {_dotted(path) for path in MODULES}
    TopologicalSorter({_dotted(path): {*_imports(path, known)} for path in MODULES}).prepare()  # raises for a cycle


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def _imports(path: Path, known: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parts = {f"{node.module}.{alias.name}" for alias in node.names} & known
            yield from parts or {str(node.module)} & known - {_dotted(path)}


def test_public_names_are_few_and_documented() -> None:
    assert len(khelang_opendata.__all__) <= 51
    for name in khelang_opendata.__all__:
        assert getattr(khelang_opendata, name).__doc__, name


def words_of(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_bytes())
    return content


TEXTS = sorted(path for path in SOURCE.rglob("*.json") if path.name != "action_results.json")


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_texts_are_beside_the_code_that_uses_them_and_written_as_all_our_json_is(path: Path) -> None:
    assert path.read_bytes() == json_bytes(words_of(path))
    assert path.name in ("failures.json", "notices.json") or path.with_suffix(".py").exists()


def test_no_text_is_there_twice() -> None:
    codes = [code for path in TEXTS if path.name == "failures.json" for code in words_of(path)]
    assert len(codes) == len({*codes})
    assert {*codes} == set(failures())
    not_of_rules = ("failures.json", "notices.json", "help.json")
    of_rules = [code for path in TEXTS if path.name not in not_of_rules for code in words_of(path)]
    assert sorted(of_rules) == sorted(rules())


@pytest.mark.parametrize("code", [*rules(), *failures()])
def test_texts_exist_in_both_languages_and_name_the_same_parameters(code: str) -> None:
    entry = rules()[code].entry if code in rules() else failures()[code]
    assert entry.wordings
    for wording in entry.wordings:
        for text in (wording.message, wording.fix):
            thai, english = text.values()
            assert thai != english
            assert re.search("[\u0e00-\u0e7f]", thai)
            assert _names(thai) == _names(english), (code, thai, english)


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("notices.json")), ids=lambda p: p.parent.name)
def test_notices_exist_in_both_languages_and_name_the_same_parameters(path: Path) -> None:
    for name, text in words_of(path).items():
        assert [*text] == [*Language], name
        assert _names(text["th"]) == _names(text["en"]), name


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
