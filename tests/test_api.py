"""The public functions: their names never clash with a module, and each type that they name is public."""

from __future__ import annotations

import doctest
import inspect
import os
import re
import shutil
import subprocess
import sys
from operator import attrgetter
from pathlib import Path

import pytest

import khelang_opendata
from khelang_opendata import Package, Verification, diff_packages, validate, validate_many, verify
from tests.conftest import PLAN, ROOT, VALID

FUNCTIONS = [name for name in khelang_opendata.__all__ if inspect.isfunction(getattr(khelang_opendata, name))]


class Elsewhere(os.PathLike[str]):
    """A path of another library."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


def test_no_public_name_is_the_name_of_a_module() -> None:
    """``import khelang_opendata.release`` sets the attribute ``release`` of the package to the module."""
    rooms = {path.stem if path.is_file() else path.name for path in (ROOT / "src/khelang_opendata").iterdir()}
    assert rooms & {*khelang_opendata.__all__} == set()
    loaded = (
        "import khelang_opendata.release, khelang_opendata.diff, khelang_opendata.portals, khelang_opendata.validation"
    )
    code = (
        f"{loaded}\nassert all(not hasattr(getattr(khelang_opendata, n), '__path__') for n in khelang_opendata.__all__)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_class_in_a_public_signature_is_public() -> None:
    known = {*khelang_opendata.__all__, "StrPath", "Signer", "Pages"}
    builtin = {"None", "Any", "Iterator", "Iterable", "Mapping", "Sequence", "Callable", "Check", "JsonObject"}
    for name in FUNCTIONS:
        signature = inspect.signature(getattr(khelang_opendata, name))
        written = [str(p.annotation) for p in signature.parameters.values()] + [str(signature.return_annotation)]
        named = set(re.findall(r"[A-Z]\w+", " ".join(written)))
        assert named <= known | builtin, (name, named - known - builtin)


def test_paths_of_any_kind_are_taken(released: Path) -> None:
    for path in (str(VALID), VALID, Elsewhere(VALID)):
        assert validate(path).valid
    assert [one.path for one in validate_many([Elsewhere(VALID)], processes=1)] == [VALID]
    assert isinstance(verify(Elsewhere(released / "v1.0.0")), Verification)
    assert not diff_packages(Package.load(Elsewhere(PLAN)), Package.load(str(PLAN)))


def test_examples_of_the_functions_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order of a plan's life, for a release must be there to be verified."""
    shutil.copytree(PLAN, tmp_path / "datapackage")
    shutil.copytree(ROOT / "tests/contracts_standard", tmp_path / "contracts-standard")
    shutil.copytree(ROOT / "tests/contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    in_order = ("validate", "diff_packages", "release_package", "verify", "publish_folder", "withdraw")
    in_any_order = (*({*FUNCTIONS} - {*in_order, "publish"}), "SchemaFamily.load")
    for name in (*in_order, *in_any_order):
        function = attrgetter(name)(khelang_opendata)
        found = doctest.DocTestFinder(recurse=False).find(function, name, globs={"__name__": __name__})
        assert [len(test.examples) > 1 for test in found] == [True], name
        assert doctest.DocTestRunner().run(found[0]).failed == 0, name
