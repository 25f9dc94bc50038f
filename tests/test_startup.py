"""Nothing is loaded that the task at hand does not need: validation starts as fast as it runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import khelang_opendata
from tests.conftest import PLAN, UNMEASURED, edit_descriptor

HEAVY = {
    *("filelock", "frictionless", "jinja2", "jsonschema", "keyring", "polars", "requests"),
    *("resvg_py", "urllib3", "vl_convert", "wcwidth", "yaml"),
    *("importlib.resources", "multiprocessing", "tempfile"),
    *("khelang_opendata.release", "khelang_opendata.render.report_html", "khelang_opendata.render.report_sarif"),
}
OF_VALIDATION = {"click", "difflib", "hashlib", "khelang_opendata.validation"}


def modules_after(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running some code."""
    script = f"import json, sys\ntry:\n {code}\nexcept SystemExit: pass\njson.dump([*sys.modules], sys.stderr)"
    environment = os.environ | UNMEASURED
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, env=environment, check=True)
    return set(json.loads(done.stderr))


def command(*args: str | Path) -> str:
    return f"from khelang_opendata.cli import main; main({[*map(str, args)]})"


def test_validation_of_a_good_package_loads_nothing_heavy(example: Path) -> None:
    edit_descriptor(example, lambda d: d.pop("portal"))
    for folder in (PLAN, example):
        assert modules_after(command("validate", folder)) & HEAVY == set()


def test_help_loads_no_rules_and_explanations_load_nothing_heavy() -> None:
    for args in (["--help"], ["validate", "--help"]):
        assert modules_after(command(*args)) & {*HEAVY, "khelang_opendata.validation"} == set()
    for args in (["explain"], ["explain", "value_missing"]):
        assert modules_after(command(*args)) & HEAVY == set()


def test_library_loads_its_parts_when_they_are_asked_for() -> None:
    assert modules_after("import khelang_opendata") & (HEAVY | OF_VALIDATION) == set()
    assert modules_after("from khelang_opendata import Issue, load_family") & (HEAVY | OF_VALIDATION) == set()


def test_portal_and_bad_descriptor_load_what_they_need(example: Path) -> None:
    assert modules_after(command("validate", example)) & HEAVY == {"yaml"}
    edit_descriptor(example, lambda d: d.update(version="1"))
    assert "jsonschema" in modules_after(command("validate", example))


def test_every_public_name_is_there() -> None:
    assert set(khelang_opendata.__all__) <= set(dir(khelang_opendata))
    for name in khelang_opendata.__all__:
        assert getattr(khelang_opendata, name).__name__ == name
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        khelang_opendata.nothing  # type: ignore[attr-defined]  # noqa: B018
