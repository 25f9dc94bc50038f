"""The rules of budgets and sums: each small edit of the real plan gives exactly its one new issue."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from khelang_opendata import Severity
from khelang_opendata.validation.rules import arithmetic
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import PLAN, issues_of
from tests.edits import (
    KHELANG,
    Edit,
    Found,
    add,
    assert_texts_are_filled,
    cell,
    code_of,
    copy,
    drop_where,
    found,
    new_after,
    spoilt,
    together,
    without_errata,
)

CODES = [rule.code for rule in rules_in(arithmetic)]

EDITS: list[tuple[Edit, Found]] = [
    (cell("budgets", 7, budget_status="not_run"), ("budget_status_amount", "budgets", 7, "amount_thb")),
    (
        cell("budgets", 7, budget_status="budgeted", funding_source="lao_budget", source_basis="not_stated"),
        ("budget_status_amount", "budgets", 7, "amount_thb"),
    ),
    (cell("budgets", 7, amount_thb=""), ("budget_status_amount", "budgets", 7, "amount_thb")),
    (
        drop_where("budgets", project_id=f"{KHELANG}-P44", fiscal_year_be="2570"),
        ("budget_year_missing", "projects", 45, None),
    ),
    (
        copy("budgets", 7, line_no="6", fiscal_year_be="2571"),
        ("budget_outside_plan", "budgets", 229, "fiscal_year_be"),
    ),
    (cell("projects", 2, end_fiscal_year_be="2569"), ("budget_outside_project", "budgets", 6, "fiscal_year_be")),
    (
        cell("budgets", 2, summary_amount_printed="๓๐๐,๐๐๑"),
        ("printed_amounts_differ", "budgets", 2, "summary_amount_printed"),
    ),
    (
        cell("budgets", 2, summary_amount_printed="-"),
        ("printed_amounts_differ", "budgets", 2, "summary_amount_printed"),
    ),
    (cell("budgets", 2, summary_amount_printed=""), ("printed_amounts_differ", "budgets", 2, "summary_amount_printed")),
    (
        cell("budgets", 7, sheet_amount_printed="๕๐๐ บาท"),
        ("printed_amounts_differ", "budgets", 7, "sheet_amount_printed"),
    ),
    (
        cell("budgets", 2, sheet_amount_printed="ไม่ใช้งบประมาณ"),
        ("printed_amounts_differ", "budgets", 2, "sheet_amount_printed"),
    ),
    (cell("printed_totals", 2, amount_thb="1061601"), ("printed_subtotal_differs", "printed_totals", 2, "amount_thb")),
    (cell("printed_totals", 2, amount_thb=""), ("printed_subtotal_differs", "printed_totals", 2, "amount_thb")),
    (
        cell("printed_totals", 22, amount_thb="3887154"),
        ("printed_subtotal_differs", "printed_totals", 22, "amount_thb"),
    ),
    (
        add("printed_totals", KHELANG, "mission", f"{KHELANG}-M1.1", "2566", "1"),
        ("printed_subtotal_differs", "printed_totals", 32, "amount_thb"),
    ),
    (
        together(without_errata(KHELANG), cell("printed_totals", 28, amount_thb="1532601")),
        ("printed_grand_total_differs", "printed_totals", 28, "amount_thb"),
    ),
    (
        together(without_errata(KHELANG), cell("plans", 2, declared_project_count="44")),
        ("declared_count_differs", "plans", 2, "declared_project_count"),
    ),
    (
        cell("dimensions", 6, declared_project_count="0"),
        ("declared_count_differs", "dimensions", 6, "declared_project_count"),
    ),
    (
        cell("budgets", 2, sheet_amount_printed="๓๐๐,๐๐๐.๐๐ บาท (สามหมื่นบาทถ้วน)"),
        ("amount_words_differ", "budgets", 2, "sheet_amount_printed"),
    ),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_plan_gives_exactly_its_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, PLAN, tmp_path / "plan") == [expected]


def test_totals_that_agree_with_their_items_can_still_disagree(tmp_path: Path) -> None:
    """Dimension 3* has an unknown amount, so that a larger subtotal is no contradiction of its items."""
    corrected = cell("printed_totals", 12, amount_thb="463000")
    larger = cell("printed_totals", 22, amount_thb="3900000")
    before = found(spoilt(PLAN, tmp_path / "before", corrected))
    after = found(spoilt(PLAN, tmp_path / "after", corrected, larger))
    inconsistent = ("printed_totals_inconsistent", "printed_totals", 27, "amount_thb")
    assert after - before == Counter([inconsistent])


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in EDITS} | {"printed_totals_inconsistent"} == set(CODES)


NOTHING_WRONG: list[Edit] = [
    cell("budgets", 2, sheet_amount_printed="ปีละ ๓ แสนบาท (แสนสองหมื่น)"),
    cell("budgets", 2, sheet_amount_printed="๑๐๐,๐๐๐ บาท และ ๒๐๐,๐๐๐ บาท"),
    cell("budgets", 2, sheet_amount_printed="ตามที่เทศบาลจัดสรร"),
    cell("budgets", 2, sheet_amount_printed=""),
    cell("budgets", 2, amount_thb="300000.00"),
    cell("printed_totals", 23, amount_thb="0"),
    together(without_errata(KHELANG), cell("plans", 2, declared_project_count="")),
]


@pytest.mark.parametrize("edit", NOTHING_WRONG, ids=range(len(NOTHING_WRONG)))
def test_edit_that_breaks_no_rule(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, PLAN, tmp_path / "plan") == []


def test_real_plan_has_only_the_contradictions_of_its_document() -> None:
    ours = [i for i in issues_of(PLAN) if i.code in CODES]
    assert Counter(i.code for i in ours) == {
        "printed_subtotal_differs": 5,
        "printed_totals_inconsistent": 5,
        "printed_amounts_differ": 20,
    }
    assert all(i.severity is Severity.WARNING and i.acknowledged_by for i in ours)
    lost = {i.params["record"] for i in ours if i.code == "printed_amounts_differ"}
    assert lost == {f"{KHELANG}-P{number}" for number in ("06", "13", "14", "16")}
    assert {i.params["items"] for i in ours if i.code == "printed_subtotal_differs"} == {"463,000", "333,000"}


def test_amounts_too_large_are_no_amounts(tmp_path: Path) -> None:
    edits = [cell("budgets", row, amount_thb="9e999999") for row in (2, 17)]
    assert ("budget_status_amount", "budgets", 2, "amount_thb") in found(spoilt(PLAN, tmp_path / "plan", *edits))


def test_missions_that_are_their_own_parents_end(tmp_path: Path) -> None:
    loop = (
        cell("missions", 2, parent_mission_id=f"{KHELANG}-M1.2"),
        cell("missions", 3, parent_mission_id=f"{KHELANG}-M1.1"),
    )
    total = add("printed_totals", KHELANG, "mission", f"{KHELANG}-M1.1", "2566", "1")
    assert ("printed_subtotal_differs", "printed_totals", 32, "amount_thb") in found(
        spoilt(PLAN, tmp_path / "plan", *loop, total)
    )


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_filled(code: str) -> None:
    """A message names no parameter that the rule does not give (it would show a dash)."""
    given = {
        "budget_year_missing": {"years"},
        "budget_outside_plan": {"first", "last"},
        "budget_outside_project": {"first", "last", "amount"},
        "budget_items_differ": {"amount", "added"},
        "printed_amounts_differ": {"amount"},
        "printed_subtotal_differs": {"printed", "items"},
        "printed_grand_total_differs": {"printed", "items"},
        "printed_totals_inconsistent": {"printed", "added"},
        "declared_count_differs": {"declared", "rows"},
        "amount_words_differ": {"amount", "words", "expected"},
    }
    assert_texts_are_filled(code, given.get(code, set()))
