"""The rules of budgets and sums: each small edit of the real plan gives exactly its one new issue."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from khelang_opendata import Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.rules import arithmetic
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import PLAN, VALID, issues_of
from tests.edits import (
    KHELANG,
    MAE_THUNG,
    Edit,
    Found,
    add,
    assert_texts_are_filled,
    cell,
    code_of,
    copy,
    drop,
    drop_where,
    edit_table,
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


EXAMPLE: list[tuple[Edit, Found]] = [
    (cell("budgets", 2, amount_basis="whole_period"), ("budget_period_wrong", "budgets", 2, "fiscal_year_be")),
    (copy("budgets", 34, line_no="5", fiscal_year_be=""), ("budget_period_wrong", "budgets", 35, "fiscal_year_be")),
    (cell("budgets", 2, source_basis=""), ("source_basis_missing", "budgets", 2, "source_basis")),
    (cell("budgets", 2, funding_source=""), ("source_basis_missing", "budgets", 2, "funding_source")),
    (
        cell("budgets", 2, funding_source="", source_basis=""),
        ("source_basis_missing", "budgets", 2, "funding_source"),
    ),
    (cell("budget_items", 2, amount_thb="14399.99"), ("budget_items_differ", "budgets", 2, "amount_thb")),
    (cell("budget_items", 2, amount_thb="14400.01"), ("budget_items_differ", "budgets", 2, "amount_thb")),
    (
        add("budget_items", MAE_THUNG, f"{MAE_THUNG}-P06", "3", "1", "ค่าติดตั้ง", "", "100000"),
        ("budget_items_differ", "budgets", 24, "amount_thb"),
    ),
]


@pytest.mark.parametrize(("edit", "expected"), EXAMPLE, ids=code_of)
def test_edit_of_the_example_gives_exactly_its_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


SUM_NAMED_BY_AN_ERRATUM = ("erratum_unmatched", "errata", 7, "other_value")
"""An erratum names the sum of the dimensions' printed totals in 2566, which changes with each of them."""

OF_A_DIMENSION_IN_2566 = [("printed_subtotal_differs", "printed_totals", row, "amount_thb") for row in (2, 22)]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_plan_gives_exactly_its_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    also = [SUM_NAMED_BY_AN_ERRATUM] if expected in OF_A_DIMENSION_IN_2566 else []
    assert new_after(edit, PLAN, tmp_path / "plan") == [*also, expected]


def _sort_amounts(rows: list[list[str]], *, by_number: bool, down: bool) -> None:
    """One column is sorted without the others."""
    place = rows[0].index("amount_thb")
    amounts = sorted((row[place] for row in rows[1:]), key=lambda text: float(text or -1) if by_number else text)
    for row, amount in zip(rows[1:], amounts[::-1] if down else amounts, strict=True):
        row[place] = amount


@pytest.mark.parametrize("by_number", [False, True])
@pytest.mark.parametrize("down", [False, True])
def test_amounts_that_were_sorted_alone_are_one_issue(by_number: bool, down: bool, tmp_path: Path) -> None:
    """The remedy for each amount by itself would make the disorder permanent."""
    edit = edit_table("budgets", lambda rows: _sort_amounts(rows, by_number=by_number, down=down))
    (issue,) = (i for i in issues_of(spoilt(PLAN, tmp_path / "plan", edit)) if i.code == "budget_status_amount")
    assert issue.params["variant"] == "sorted"


def test_totals_that_agree_with_their_items_can_still_disagree(tmp_path: Path) -> None:
    """Dimension 3* has an unknown amount, so that a larger subtotal is no contradiction of its items."""
    corrected = cell("printed_totals", 12, amount_thb="463000")
    larger = cell("printed_totals", 22, amount_thb="3900000")
    before = found(spoilt(PLAN, tmp_path / "before", corrected))
    after = found(spoilt(PLAN, tmp_path / "after", corrected, larger))
    inconsistent = ("printed_totals_inconsistent", "printed_totals", 27, "amount_thb")
    assert after - before == Counter([inconsistent, SUM_NAMED_BY_AN_ERRATUM])


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in (*EDITS, *EXAMPLE)} | {"printed_totals_inconsistent"} == set(CODES)


NOTHING_WRONG: list[Edit] = [
    cell("budgets", 2, sheet_amount_printed="ปีละ ๓ แสนบาท (แสนสองหมื่น)"),
    cell("budgets", 2, sheet_amount_printed="๑๐๐,๐๐๐ บาท และ ๒๐๐,๐๐๐ บาท"),
    cell("budgets", 2, sheet_amount_printed="ตามที่เทศบาลจัดสรร"),
    cell("budgets", 2, sheet_amount_printed=""),
    cell("budgets", 2, amount_thb="300000.00"),
    cell("printed_totals", 23, amount_thb="0"),
    together(without_errata(KHELANG), cell("plans", 2, declared_project_count="")),
]


NOTHING_WRONG_IN_THE_EXAMPLE: dict[str, Edit] = {
    "two lines of one source in a year": cell("budgets", 24, funding_source="lao_budget"),
    "shared money of a source that is not said": cell("budgets", 6, funding_source="", source_basis=""),
    "expenses of which one has no amount": cell("budget_items", 2, amount_thb=""),
    "expenses without amounts": together(
        cell("budget_items", 2, amount_thb=""), cell("budget_items", 3, amount_thb="")
    ),
    "expenses written otherwise": cell("budget_items", 2, amount_thb="14400.00"),
    "expenses of the second line of a year": add(
        "budget_items", MAE_THUNG, f"{MAE_THUNG}-P06", "3", "1", "ค่าติดตั้ง", "", "50000"
    ),
    "expenses of a line whose amount is unknown": add(
        "budget_items", MAE_THUNG, f"{MAE_THUNG}-P04", "4", "1", "ค่าป้าย", "", "500"
    ),
}


@pytest.mark.parametrize("edit", NOTHING_WRONG_IN_THE_EXAMPLE.values(), ids=NOTHING_WRONG_IN_THE_EXAMPLE)
def test_edit_of_the_example_that_breaks_no_rule(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == []


def _whole_period(project: str, row: int, amount: str) -> Edit:
    """A project's four years become one amount for the whole period, in the row of its first year."""
    line = {"fiscal_year_be": "", "amount_basis": "whole_period", "budget_status": "budgeted", "amount_thb": amount}
    printed = {"summary_amount_printed": amount, "sheet_amount_printed": f"{amount} บาท ตลอดแผน"}
    return together(
        without_errata(f"{MAE_THUNG}-{project}"),
        drop("budgets", row + 1, row + 3),
        cell("budgets", row, **line, **printed),
    )


@pytest.mark.parametrize(("project", "row"), [("P04", 14), ("P07", 27)])
def test_amount_of_the_whole_period_is_in_no_year(project: str, row: int, tmp_path: Path) -> None:
    """It needs no row for each year, and a total that is printed for a year may hold a part of it."""
    assert new_after(_whole_period(project, row, "50000"), VALID, tmp_path / "example") == []


def test_issue_of_an_amount_of_the_whole_period_names_no_year(tmp_path: Path) -> None:
    lost = together(_whole_period("P07", 27, "50000"), cell("budgets", 27, summary_amount_printed=""))
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", lost))
    assert (issue.code, issue.location.row) == ("printed_amounts_differ", 27)
    assert issue.params == {"variant": "missing", "record": f"{MAE_THUNG}-P07", "amount": "50,000"}


def test_year_of_an_amount_that_is_not_of_the_whole_period_is_missing(tmp_path: Path) -> None:
    yearly = together(_whole_period("P07", 27, "50000"), cell("budgets", 27, amount_basis="not_said"))
    codes = {code for code, *_ in new_after(yearly, VALID, tmp_path / "example")}
    assert {"budget_period_wrong", "budget_year_missing"} <= codes


def test_printed_total_below_its_known_amounts_differs_beside_an_amount_of_the_whole_period(tmp_path: Path) -> None:
    whole = _whole_period("P04", 14, "50000")
    before = found(spoilt(VALID, tmp_path / "before", whole))
    after = found(spoilt(VALID, tmp_path / "after", whole, cell("printed_totals", 6, amount_thb="19999")))
    assert after - before == Counter(
        [
            ("printed_subtotal_differs", "printed_totals", 6, "amount_thb"),
            ("printed_totals_inconsistent", "printed_totals", 22, "amount_thb"),
        ]
    )


def test_unknown_amount_is_not_called_0_baht(tmp_path: Path) -> None:
    folder = spoilt(VALID, tmp_path / "example", cell("budgets", 17, sheet_amount_printed="๑๒,๕๐๐ บาท"))
    (issue,) = issues_of(folder)
    assert (issue.code, issue.params["variant"]) == ("printed_amounts_differ", "unknown")
    texts = [issue_texts(issue, language, CURRENT) for language in Language]
    assert not [text for text in texts if re.search(r"(?<![0-9,.])0 (บาท|baht)", text.message + text.fix)]


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


@pytest.mark.parametrize("amount", ["9e999999", "99999999999999999", "300000.005"])
def test_amounts_that_are_none_are_no_contradiction(amount: str, tmp_path: Path) -> None:
    """The rule on the cell reports them; "give an amount above 0" would help no one."""
    edits = [cell("budgets", row, amount_thb=amount) for row in (2, 17)]
    codes = {code for code, table, _, _ in found(spoilt(PLAN, tmp_path / "plan", *edits)) if table == "budgets"}
    assert codes in ({"number_not_plain"}, {"number_too_long"}, {"amount_too_fine"})


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
        "budget_status_amount": {"count"},
    }
    assert_texts_are_filled(code, given.get(code, set()))
