"""How much is read of a package: each limit has its words, its variable and its line in the documents."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Limits, Package, validate
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.limits import DEFAULT
from tests.conftest import PLAN, ROOT, Khelang, edit_descriptor, fails, only_issue

HUGE_ROW = ",".join(["x"] * 20_000)


@pytest.mark.parametrize(
    "limits, variant",
    [
        (DEFAULT._replace(file_bytes=2_000), "file_bytes"),
        (DEFAULT._replace(package_bytes=30_000), "package_bytes"),
        (DEFAULT._replace(cells=1_000), "cells"),
        (DEFAULT._replace(rows=40), "rows"),
        (DEFAULT._replace(columns=10), "columns"),
    ],
)
def test_table_beyond_a_limit_is_an_issue_of_its_own(limits: Limits, variant: str) -> None:
    report = validate(PLAN, limits=limits)
    variants = {issue.params["variant"] for issue in report.issues if issue.code == "limit_exceeded"}
    assert variants == {variant}
    assert not report.valid
    assert 0 < len(report.tables) < len(Package.load(PLAN).resources)


@pytest.mark.parametrize(
    "limits, variant",
    [
        (DEFAULT._replace(descriptor_bytes=100), "too_large"),
        (DEFAULT._replace(json_depth=3), "too_deep"),
        (DEFAULT._replace(json_digits=1), "number_too_long"),
        (DEFAULT._replace(resources=3), "resources_too_many"),
    ],
)
def test_descriptor_beyond_a_limit_is_the_only_issue(example: Path, limits: Limits, variant: str) -> None:
    edit_descriptor(example, lambda d: d.update(conventions={"x": 12}))
    (issue,) = validate(example, limits=limits).issues
    assert (issue.code, issue.params["variant"]) == ("descriptor_invalid", variant)


def test_limits_of_the_command_line_come_from_the_environment(khelang: Khelang, example: Path) -> None:
    done = khelang("validate", example, "--format", "json", env={"KHELANG_LIMIT_COLUMNS": "3"})
    assert done.returncode == 1
    assert {issue["code"] for issue in json.loads(done.stdout)["issues"]} == {"limit_exceeded"}


@pytest.mark.parametrize(
    "name, value",
    [("ROWS", "x"), ("ROWS", "0"), ("ROWS", "-1"), ("ROWS", "๑๐"), ("ROWS", ""), ("ROWS", "9" * 5000), ("ROW", "5")],
)
def test_variable_that_sets_no_limit_is_wrong_usage(khelang: Khelang, example: Path, name: str, value: str) -> None:
    done = khelang("validate", example, env={f"KHELANG_LIMIT_{name}": value})
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"KHELANG_LIMIT_ROWS" in done.stderr
    with fails("limit_invalid"):
        Limits.from_environment({f"KHELANG_LIMIT_{name}": value})


def test_documents_list_every_limit_with_its_default() -> None:
    listed = re.findall(
        r"`KHELANG_LIMIT_([A-Z_]+)` \| ([0-9]+)", (ROOT / "docs/en/trust.md").read_text(encoding="utf-8")
    )
    assert dict(listed) == {name.upper(): str(value) for name, value in DEFAULT._asdict().items()}


def test_one_row_of_very_many_cells_is_refused(example: Path) -> None:
    (example / "data/units.csv").write_text(HUGE_ROW, encoding="utf-8")
    issue = only_issue(example)
    assert (issue.code, issue.params["found"], issue.location.row) == ("limit_exceeded", 20_000, 1)


# JSON as RFC 8259 has it


@pytest.mark.parametrize(
    "text, variant",
    [
        ("NaN", "number_not_finite"),
        ("[-Infinity]", "number_not_finite"),
        ('{"x": 1e999}', "number_not_finite"),
        ("1" * 401, "number_too_long"),
        ("1" * 5000, "number_too_long"),
        ("0." + "1" * 5000, "number_too_long"),
        ("[" * 65 + "]" * 65, "too_deep"),
        ("[" * 100_000, "too_deep"),
        ('{"a":' * 65 + "1" + "}" * 65, "too_deep"),
        ("{", "json_cut"),
        ("", "json_empty"),
    ],
)
def test_json_that_is_none_is_refused(text: str, variant: str) -> None:
    with pytest.raises(JsonRefused) as caught:
        read_json(text.encode())
    assert caught.value.variant == variant


@pytest.mark.parametrize(
    "text, value",
    [
        ("[" * 64 + "]" * 64, None),
        ("1" * 400, int("1" * 400)),
        ("1e308", 1e308),
        ("-0.0", -0.0),
        ('\ufeff{"ก": "\\u0e01"}', {"ก": "ก"}),
        ('"NaN"', "NaN"),
    ],
)
def test_json_that_is_some_is_read(text: str, value: Any) -> None:
    read = read_json(text.encode())
    assert value is None or read == value


def test_digits_beyond_what_python_takes_are_refused_whatever_the_limit() -> None:
    with pytest.raises(JsonRefused):
        read_json(b"1" * 5000, DEFAULT._replace(json_digits=10_000))


def test_release_is_valid_whose_forms_alone_are_beyond_the_limits(released: Path) -> None:
    tables = sum(file.stat().st_size for file in (released / "v1.0.0/data").iterdir())
    package = Package.load(released / "v1.0.0", DEFAULT._replace(package_bytes=tables + 1_000_000))
    unread = [resource.name for resource in package.resources if resource.problem]
    assert unread
    assert validate(package).valid
    fewer = Package.load(released / "v1.0.0", DEFAULT._replace(package_bytes=tables // 2))
    assert "limit_exceeded" in {issue.code for issue in validate(fewer).issues}
