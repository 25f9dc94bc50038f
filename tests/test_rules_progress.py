"""The rules of progress reports: each small edit of the example gives exactly its one new issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata.validation.rules import progress
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import VALID, issues_of
from tests.edits import MAE_THUNG, Edit, Found, cell, code_of, copy, drop, new_after, spoilt, together, without_errata

IN_2562 = {"fiscal_year_be": "2562", "reported_on": ""}
"""A year in which project 4 does not run."""

UNKNOWN = {"fiscal_year_be": "2564", "reported_on": ""}
"""A year in which the amount of project 4 is not known."""

SHARED = {"project_id": f"{MAE_THUNG}-P02"}
"""A project that uses another one's money."""

EDITS: list[tuple[Edit, Found]] = [
    (cell("progress", 6, cannot_reason=""), ("progress_reason_missing", "progress", 6, "cannot_reason")),
    (cell("progress", 5, status="completed"), ("progress_regressed", "progress", 6, "status")),
    (
        cell("progress", 7, fiscal_year_be="2561", planned_thb="", disbursed_thb=""),
        ("progress_outside_project", "progress", 7, "fiscal_year_be"),
    ),
    (cell("progress", 7, fiscal_year_be="2565"), ("year_outside_plan", "progress", 7, "fiscal_year_be")),
    (cell("progress", 3, disbursed_thb="20000.01"), ("disbursed_exceeds_approved", "progress", 3, "disbursed_thb")),
    (cell("progress", 2, disbursed_thb="18750.51"), ("disbursed_decreases", "progress", 3, "disbursed_thb")),
    (
        cell("progress", 4, planned_thb="", approved_thb="", disbursed_thb="0.01"),
        ("disbursed_without_budget", "progress", 4, "disbursed_thb"),
    ),
    (
        copy("progress", 5, **IN_2562, planned_thb="", approved_thb="", disbursed_thb="100"),
        ("disbursed_without_budget", "progress", 9, "disbursed_thb"),
    ),
    (cell("progress", 3, planned_thb="20000.01"), ("planned_differs", "progress", 3, "planned_thb")),
    (
        cell("progress", 7, planned_thb="100000", approved_thb="100000", disbursed_thb="0"),
        ("planned_differs", "progress", 7, "planned_thb"),
    ),
    (
        copy("progress", 5, **IN_2562, planned_thb="5", approved_thb="", disbursed_thb=""),
        ("planned_differs", "progress", 9, "planned_thb"),
    ),
    *(
        (
            cell("progress", 8, status=status, cannot_reason="policy_changed"),
            ("progress_reason_unneeded", "progress", 8, "cannot_reason"),
        )
        for status in ("completed", "in_progress", "not_started")
    ),
    (
        cell("progress", 6, cannot_reason="other", problem_th=""),
        ("progress_reason_unexplained", "progress", 6, "problem_th"),
    ),
    (cell("progress", 2, reported_on="2018-03-30"), ("reported_before_round", "progress", 2, "reported_on")),
    (cell("progress", 3, reported_on="2018-09-29"), ("reported_before_round", "progress", 3, "reported_on")),
    (cell("progress", 7, approved_thb="150000.25"), ("approved_exceeds_planned", "progress", 7, "approved_thb")),
]

NOTHING_NEW: list[Edit] = [
    cell("progress", 3, disbursed_thb="20000.00"),
    cell("progress", 3, approved_thb="", planned_thb=""),
    together(drop("progress", 2, 99), drop("progress_results", 2, 99)),
    cell("progress", 2, status="completed"),
    cell("progress", 2, disbursed_thb="18750.50"),
    cell("progress", 2, disbursed_thb=""),
    together(cell("progress", 2, disbursed_thb="500"), cell("progress", 3, disbursed_thb="")),
    cell("progress", 4, planned_thb="0.00"),
    copy("progress", 4, **SHARED, planned_thb="7", approved_thb="", disbursed_thb="7"),
    copy("progress", 5, **UNKNOWN, planned_thb="7", approved_thb="", disbursed_thb="7"),
    copy("budgets", 10, project_id=f"{MAE_THUNG}-P01", line_no="5"),
    cell("progress", 3, planned_thb="20000.00"),
    cell("progress", 6, cannot_reason="other"),
    cell("progress", 6, problem_th=""),
    cell("progress", 2, reported_on="2018-03-31"),
    cell("progress", 3, reported_on="2018-09-30"),
    cell("progress", 3, reported_on=""),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_example_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


@pytest.mark.parametrize("edit", NOTHING_NEW)
def test_what_another_plan_may_do_gives_nothing(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == []


@pytest.mark.parametrize(("reported", "expected"), [("12500.50", []), ("12500.51", ["planned_differs"])])
def test_planned_amount_is_compared_where_the_amount_is_of_the_year(
    reported: str, expected: list[str], tmp_path: Path
) -> None:
    """An amount for the whole period is not a year's; the same report on it is not judged."""
    report = cell("progress", 5, planned_thb=reported)
    whole = together(
        without_errata(f"{MAE_THUNG}-P04"),
        drop("budgets", 15, 17),
        cell("budgets", 14, fiscal_year_be="", amount_basis="whole_period"),
    )
    assert [code for code, *_ in new_after(report, VALID, tmp_path / "yearly")] == expected
    assert new_after(together(report, whole), VALID, tmp_path / "whole") == []


def test_planned_amount_is_not_compared_beside_an_amount_for_the_whole_period(tmp_path: Path) -> None:
    """A part of that amount may be planned for the year."""
    report = copy("progress", 5, fiscal_year_be="2563", planned_thb="13000", approved_thb="", reported_on="")
    whole = cell("budgets", 14, fiscal_year_be="", amount_basis="whole_period")
    expected = [("planned_differs", "progress", 9, "planned_thb")]
    assert new_after(report, VALID, tmp_path / "yearly") == expected
    assert new_after(together(report, whole), VALID, tmp_path / "whole") == []


@pytest.mark.parametrize(
    ("edit", "variant"),
    [
        (cell("progress", 4, planned_thb="", approved_thb="", disbursed_thb="5"), "no_budget"),
        (copy("progress", 5, **IN_2562, planned_thb="", approved_thb="", disbursed_thb="5"), "not_run"),
    ],
)
def test_money_without_budget_says_whether_the_project_runs(edit: Edit, variant: str, tmp_path: Path) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", edit))
    assert (issue.code, issue.params["variant"]) == ("disbursed_without_budget", variant)


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in EDITS} >= {rule.code for rule in rules_in(progress)}


def test_issue_names_record_and_year(example: Path) -> None:
    cell("progress", 6, cannot_reason="")(example)
    (issue,) = issues_of(example)
    assert issue.params["record"] == f"{MAE_THUNG}-P04"
    assert issue.params["year"] == 2561
