"""The examples of the standard: valid ones pass, each invalid one gives exactly its code at its place."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import find_family, load_family, rules, validate
from khelang_opendata.validation.rules.portal_readiness import TABLE_LIMITS
from tests.conftest import EXAMPLES, only_issue

FEW_ROWS = 100
EXTENSIONS = {"column_additional", "resource_additional", "resource_not_checked"}
INVALID = sorted(path.parent for path in EXAMPLES.glob("invalid/*/example.json"))


@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("valid/*/")), ids=lambda p: p.name)
def test_valid_example_has_no_issue(folder: Path) -> None:
    report = validate(folder)
    open_issues = [issue for issue in report.issues if issue.acknowledged_by is None]
    assert {issue.code for issue in open_issues} <= EXTENSIONS
    assert (report.errors, report.warnings) == (0, 0)


def test_the_valid_examples_show_every_table_and_every_extension() -> None:
    reports = [validate(folder) for folder in EXAMPLES.glob("valid/*/")]
    assert {table.name for report in reports for table in report.tables} >= set(load_family().tables)
    assert {issue.code for report in reports for issue in report.issues} >= EXTENSIONS


@pytest.mark.parametrize("fragment", INVALID, ids=lambda p: p.name)
def test_invalid_example_gives_exactly_its_code(
    fragment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
    if "generate" in about:  # a million rows take minutes: the limit is lowered with them
        monkeypatch.setitem(TABLE_LIMITS, "rows", FEW_ROWS)
        assert about["generate"]["rows"] == 1_000_001
        about["generate"]["rows"] = FEW_ROWS + 1
    family = find_family(about["schema"]) if "schema" in about else None
    issue = only_issue(lay_over_base(fragment, about, tmp_path / "package"), family)
    place = issue.location
    assert issue.code == about["code"] == fragment.name
    expected = [{"resource": place.resource, "row": place.row, "field": place.field}]
    assert expected == about["expected"]


def test_every_rule_has_an_invalid_example() -> None:
    assert {fragment.name for fragment in INVALID} == set(rules())


def lay_over_base(fragment: Path, about: dict[str, Any], target: Path) -> Path:
    """Put an invalid example together: what it changes, over the valid one."""
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
    if "generate" in about:
        _lengthen(target, **about["generate"])
    return target


def _lengthen(package: Path, table: str, rows: int) -> None:
    """Repeat a table's last row, with the last column of its primary key counted up, until it has so many rows."""
    path = package / f"data/{table}.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        header, *present = csv.reader(lines)
    position = header.index(load_family().tables[table].primary_key[-1])
    before, last, after = present[-1][:position], int(present[-1][position]), present[-1][position + 1 :]
    with path.open("a", encoding="utf-8", newline="") as lines:
        added = range(1, rows - len(present) + 1)
        csv.writer(lines, lineterminator="\n").writerows([*before, last + n, *after] for n in added)


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
