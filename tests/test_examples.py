"""The examples of the standard: valid ones pass, each invalid one gives exactly its code at its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import rules, validate
from tests.conftest import EXAMPLES, only_issue

INVALID = sorted(path.parent for path in EXAMPLES.glob("invalid/*/example.json"))


@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("valid/*/")), ids=lambda p: p.name)
def test_valid_example_has_no_issue(folder: Path) -> None:
    report = validate(folder)
    assert report.issues == ()
    assert report.valid
    assert len(report.tables) == 14


@pytest.mark.parametrize("fragment", INVALID, ids=lambda p: p.name)
def test_invalid_example_gives_exactly_its_code(fragment: Path, tmp_path: Path) -> None:
    about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
    issue = only_issue(_lay_over_base(fragment, about, tmp_path / "package"))
    place = issue.location
    assert issue.code == about["code"] == fragment.name
    expected = [{"resource": place.resource, "row": place.row, "field": place.field}]
    assert expected == about["expected"]


def test_every_rule_has_an_invalid_example() -> None:
    assert {fragment.name for fragment in INVALID} == set(rules())


def _lay_over_base(fragment: Path, about: dict[str, Any], target: Path) -> Path:
    shutil.copytree(EXAMPLES / "valid" / about["base"], target)
    for path in about["remove"]:
        (target / path).unlink()
    if (fragment / "data").is_dir():
        shutil.copytree(fragment / "data", target / "data", dirs_exist_ok=True)
    patch = fragment / "datapackage.patch.json"
    if patch.is_file():
        descriptor = json.loads((target / "datapackage.json").read_text(encoding="utf-8"))
        for operation in json.loads(patch.read_text(encoding="utf-8")):
            _apply(descriptor, operation)
        (target / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    return target


def _apply(document: Any, operation: dict[str, Any]) -> None:
    """One operation of a JSON Patch (RFC 6902): add, replace or remove."""
    *parents, last = operation["path"].lstrip("/").split("/")
    for part in parents:
        document = document[int(part) if isinstance(document, list) else part]
    if isinstance(document, list):
        position = len(document) if last == "-" else int(last)
        document[position : position + (operation["op"] != "add")] = (
            [] if operation["op"] == "remove" else [operation["value"]]
        )
    elif operation["op"] == "remove":
        del document[last]
    else:
        document[last] = operation["value"]
