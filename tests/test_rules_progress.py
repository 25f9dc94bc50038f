"""The rules of progress reports: each small edit of the example gives exactly its one new issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata.validation.rules import progress
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import VALID, issues_of
from tests.edits import MAE_THUNG, Edit, Found, cell, code_of, drop, new_after, together

EDITS: list[tuple[Edit, Found]] = [
    (cell("progress", 6, cannot_reason=""), ("progress_reason_missing", "progress", 6, "cannot_reason")),
    (cell("progress", 5, status="completed"), ("progress_regressed", "progress", 6, "status")),
    (
        cell("progress", 7, fiscal_year_be="2561", planned_thb="", disbursed_thb=""),
        ("progress_outside_project", "progress", 7, "fiscal_year_be"),
    ),
    (cell("progress", 7, fiscal_year_be="2565"), ("year_outside_plan", "progress", 7, "fiscal_year_be")),
    (cell("progress", 3, disbursed_thb="20000.01"), ("disbursed_exceeds_approved", "progress", 3, "disbursed_thb")),
    (cell("progress", 7, approved_thb="150000.25"), ("approved_exceeds_planned", "progress", 7, "approved_thb")),
]

NOTHING_NEW: list[Edit] = [
    cell("progress", 3, disbursed_thb="20000.00"),
    cell("progress", 3, approved_thb="", planned_thb=""),
    together(drop("progress", 2, 99), drop("progress_results", 2, 99)),
    cell("progress", 2, status="completed"),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_example_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


@pytest.mark.parametrize("edit", NOTHING_NEW)
def test_what_another_plan_may_do_gives_nothing(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == []


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in EDITS} >= {rule.code for rule in rules_in(progress)}


def test_issue_names_record_and_year(example: Path) -> None:
    cell("progress", 6, cannot_reason="")(example)
    (issue,) = issues_of(example)
    assert issue.params["record"] == f"{MAE_THUNG}-P04"
    assert issue.params["year"] == 2561
