"""The rules of errata: what an erratum names exists, and the value that it adopts is the one in the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.rules import errata_records
from khelang_opendata.validation.rules.registry import rules_in
from tests.conftest import VALID, edit_descriptor, issues_of
from tests.edits import (
    MAE_THUNG,
    Edit,
    Found,
    assert_texts_are_filled,
    cell,
    code_of,
    copy,
    new_after,
    spoilt,
    together,
)

PARTS = {"record_id": "", "field": "", "fiscal_year_be": ""}
VALUES = {"printed_value": "", "other_value": "", "adopted_value": "", "reading_th": "", "reading_en": ""}
NEW_ERRATUM, NEW_RECORD = 6, 4
"""The rows of a new erratum and of a new record of one."""


def erratum(resource: str, record: str = "", **values: str) -> Edit:
    """A further erratum about a record of the example."""
    named = {"resource": resource, "record_id": f"{MAE_THUNG}-{record}" if record else ""}
    return copy("errata", 2, erratum_id=f"{MAE_THUNG}-E99", **{**PARTS, **VALUES, **named, **values})


def further(resource: str, record: str, **values: str) -> Edit:
    """A further record of an erratum of the example."""
    named = {"record_no": "3", "resource": resource, "record_id": f"{MAE_THUNG}-{record}"}
    return copy("errata_records", 2, **{**PARTS, **named, **values})


def adopting(value: str, resource: str, record: str, field: str, year: str = "") -> Edit:
    return erratum(resource, record, field=field, adopted_value=value, fiscal_year_be=year)


def _without_goals(folder: Path) -> None:
    (folder / "data/goals.csv").unlink()
    edit_descriptor(folder, lambda d: d.update(resources=[r for r in d["resources"] if r["name"] != "goals"]))


def _missing(field: str) -> Found:
    return "erratum_record_missing", "errata", NEW_ERRATUM, field


def _missing_of_further(field: str) -> Found:
    return "erratum_record_missing", "errata_records", NEW_RECORD, field


DIFFERS = ("erratum_value_differs", "errata", NEW_ERRATUM, "adopted_value")

EDITS: list[tuple[Edit, Found]] = [
    (together(_without_goals, erratum("goals")), _missing("resource")),
    (together(_without_goals, further("goals", "P01")), _missing_of_further("resource")),
    (erratum("projects", "P99"), _missing("record_id")),
    (erratum("missions", "M9.9"), _missing("record_id")),
    (erratum("units", "P01"), _missing("record_id")),
    (erratum("project_units", "P04/9"), _missing("record_id")),
    (erratum("project_units", "P05/1"), _missing("record_id")),
    (erratum("projects", "P01/1"), _missing("record_id")),
    (erratum("project_units", "P04/1/1"), _missing("record_id")),
    (erratum("budget_items", "P01/1/9"), _missing("record_id")),
    (further("projects", "P99"), _missing_of_further("record_id")),
    (further("project_units", "P04/9"), _missing_of_further("record_id")),
    (erratum("projects", "P01", field="no_such_column"), _missing("field")),
    (erratum("projects", "P01", field="amount_thb"), _missing("field")),
    (erratum("projects", field="no_such_column"), _missing("field")),
    (further("projects", "P01", field="no_such_column"), _missing_of_further("field")),
    (erratum("targets", "P04/2", fiscal_year_be="2562"), _missing("fiscal_year_be")),
    (erratum("targets", "P04/1", fiscal_year_be="2562"), _missing("fiscal_year_be")),
    (erratum("progress", "P01", fiscal_year_be="2562"), _missing("fiscal_year_be")),
    (erratum("budgets", "P06/2", fiscal_year_be="2563"), _missing("fiscal_year_be")),
    (further("progress", "P01", fiscal_year_be="2562"), _missing_of_further("fiscal_year_be")),
    (erratum("budgets", "P01", fiscal_year_be="2565"), ("year_outside_plan", "errata", 6, "fiscal_year_be")),
    (erratum("projects", "P01", fiscal_year_be="2565"), ("year_outside_plan", "errata", 6, "fiscal_year_be")),
    (further("budgets", "P01", fiscal_year_be="2565"), ("year_outside_plan", "errata_records", 4, "fiscal_year_be")),
    (adopting("2563", "projects", "P06", "start_fiscal_year_be"), DIFFERS),
    (adopting("", "projects", "P06", "start_fiscal_year_be"), DIFFERS),
    (adopting("5", "budgets", "P04/4", "amount_thb"), DIFFERS),
    (adopting("100001", "budgets", "P06", "amount_thb", "2562"), DIFFERS),
    (adopting("150000", "budgets", "P06", "amount_thb", "2562"), DIFFERS),
    (adopting("85250.75", "budgets", "P06", "amount_thb", "2562"), DIFFERS),
    (adopting("50000", "budgets", "P06/2", "amount_thb"), DIFFERS),
    (adopting("หนึ่งแสนบาท", "budgets", "P06/2", "amount_thb"), DIFFERS),
    (erratum("plans", record_id=MAE_THUNG, field="announced_on", adopted_value="2017-09-16"), DIFFERS),
    (adopting("2561", "projects", "", "start_fiscal_year_be"), DIFFERS),
    (adopting("กองคลัง", "units", "U03", "name_en"), DIFFERS),
    (adopting("false", "dimensions", "D1", "scored"), DIFFERS),
    (erratum("projects", "P01", adopted_value="2561"), DIFFERS),
    (
        erratum("projects", "P06", field="start_fiscal_year_be", adopted_value="2562", reading_th="ก", reading_en="a"),
        DIFFERS,
    ),
    (erratum("projects", "P06", adopted_value="2562", reading_th="ก", reading_en="a"), DIFFERS),
]

NOTHING_NEW: dict[str, Edit] = {
    "a table": erratum("projects"),
    "a record": erratum("projects", "P01"),
    "a record of a longer key": erratum("project_units", "P04/2"),
    "a record of the longest key": erratum("budget_items", "P01/1/2"),
    "a column of a table": erratum("projects", field="title_th"),
    "all records of an id": erratum("budgets", "P06"),
    "a line of its year": erratum("budgets", "P06/3", fiscal_year_be="2562"),
    "a year of a record without years": erratum("projects", "P01", fiscal_year_be="2563"),
    "a printed total": adopting("32500.50", "printed_totals", "D1", "amount_thb", "2561"),
    "a further record of a longer key": further("budget_items", "P01/1/2", field="amount_thb"),
    "a further record in a year": further("budgets", "P06", fiscal_year_be="2562"),
    "a number": adopting("100000", "budgets", "P06/2", "amount_thb"),
    "a number written otherwise": adopting("100000.00", "budgets", "P06/2", "amount_thb"),
    "a year written otherwise": adopting("02562", "projects", "P06", "start_fiscal_year_be"),
    "a day": erratum("plans", record_id=MAE_THUNG, field="announced_on", adopted_value="2017-09-15"),
    "a truth written otherwise": adopting("TRUE", "dimensions", "D1", "scored"),
    "the first line of a year": adopting("100000", "budgets", "P06", "amount_thb", "2562"),
    "the second line of a year": adopting("50000", "budgets", "P06", "amount_thb", "2562"),
    "an amount that is empty": adopting("", "budgets", "P04/4", "amount_thb"),
    "a year without an amount": adopting("", "budgets", "P06", "amount_thb", "2561"),
    "a reading instead of a value": erratum(
        "projects", "P06", field="start_fiscal_year_be", reading_th="อ่านเป็น 2562", reading_en="Read as 2562"
    ),
    "neither": erratum("projects", "P06"),
}


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_example_gives_its_one_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == [expected]


@pytest.mark.parametrize("edit", NOTHING_NEW.values(), ids=NOTHING_NEW)
def test_erratum_that_is_right_gives_nothing(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, VALID, tmp_path / "example") == []


@pytest.mark.parametrize(
    ("edit", "variant", "found"),
    [
        (adopting("2563", "projects", "P06", "start_fiscal_year_be"), None, "2562"),
        (adopting("150000", "budgets", "P06", "amount_thb", "2562"), None, "100000, 50000"),
        (adopting("9", "budgets", "P04/4", "amount_thb"), None, "-"),
        (adopting("", "units", "U03", "name_en"), None, "Finance Division"),
        (erratum("projects", "P06", adopted_value="2562"), "no_field", None),
        (adopting("2561", "projects", "", "start_fiscal_year_be"), "no_record", None),
        (erratum("projects", "P06", adopted_value="2562", reading_th="ก", reading_en="a"), "both", None),
    ],
)
def test_issue_of_a_value_shows_what_the_cell_has(
    edit: Edit, variant: str | None, found: str | None, tmp_path: Path
) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", edit))
    assert (issue.params.get("variant"), issue.params.get("found")) == (variant, found)
    if found:
        assert all(found in issue_texts(issue, language, CURRENT).message for language in Language)


def test_value_that_changes_in_the_data_is_found(example: Path) -> None:
    """The errata of the example adopt the years of the plan and of project 6."""
    assert new_after(cell("projects", 7, start_fiscal_year_be="2563"), VALID, example.parent / "changed") == [
        ("budget_outside_project", "budgets", 23, "fiscal_year_be"),
        ("budget_outside_project", "budgets", 24, "fiscal_year_be"),
        ("erratum_value_differs", "errata", 3, "adopted_value"),
        ("progress_outside_project", "progress", 7, "fiscal_year_be"),
    ]


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in EDITS} >= {rule.code for rule in rules_in(errata_records)}


@pytest.mark.parametrize(
    ("code", "given"),
    [("erratum_record_missing", {"resource_named"}), ("erratum_value_differs", {"field_named", "found"})],
)
def test_every_text_is_filled(code: str, given: set[str]) -> None:
    assert_texts_are_filled(code, given)
