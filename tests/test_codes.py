"""Codes of open codelists: unknown ones are reported with a sensible suggestion or none; a package adds its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata import Package, Severity, validate
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.codes import own_codes
from tests.conftest import VALID, edit_descriptor, issues_of
from tests.edits import MAE_THUNG, Edit, add, cell, drop, drop_where, new_after, spoilt, together

Place = tuple[str, str, int]
"""Table, column and row of an open codelist in the example."""

PLACES: list[Place] = [
    ("targets", "audience", 2),
    ("targets", "quantity_unit", 2),
    ("budgets", "funding_source", 2),
    ("goals", "value_unit", 3),
    ("legal_bases", "basis_kind", 2),
    ("risks", "risk_type", 2),
    ("step_promises", "frequency", 4),
]


def own(codelist: str, code: str) -> Edit:
    return add("codes", MAE_THUNG, codelist, code, "รหัสใหม่", "New code", "", "")


@pytest.mark.parametrize(("table", "field", "row"), PLACES)
def test_unknown_code_is_a_warning(table: str, field: str, row: int, tmp_path: Path) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", cell(table, row, **{field: "zzqqxx"})))
    assert (issue.code, issue.severity) == ("code_unknown", Severity.WARNING)
    assert (issue.location.resource, issue.location.field, issue.location.row) == (table, field, row)


SUGGESTED = [
    ("targets", "audience", 2, "staf", "staff"),
    ("targets", "quantity_unit", 2, "persons", "person"),
    ("budgets", "funding_source", 2, "own_revenues", "own_revenue"),
    ("targets", "quantity_unit", 7, "household_waste_sites", "household_waste_site"),
]


@pytest.mark.parametrize(("table", "field", "row", "code", "near"), SUGGESTED)
def test_code_that_is_nearly_another_is_suggested_it(
    table: str, field: str, row: int, code: str, near: str, tmp_path: Path
) -> None:
    """The codes of the package are suggested, too."""
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", cell(table, row, **{field: code})))
    assert (issue.params["variant"], str(issue.params["near"]).split(", ")[0]) == ("near", near)
    assert all(near in issue_texts(issue, language, CURRENT).fix for language in Language)


@pytest.mark.parametrize("code", ["zzqqxx", "x", "temple"])
def test_code_that_is_like_no_other_is_suggested_none(code: str, tmp_path: Path) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", cell("targets", 2, audience=code)))
    assert issue.params == {"codelist": "audience", "record": f"{MAE_THUNG}-P01"}
    for language in Language:
        assert "near" not in issue_texts(issue, language, CURRENT).fix
        assert "ใกล้เคียง" not in issue_texts(issue, language, CURRENT).fix


@pytest.mark.parametrize(("table", "field", "row"), PLACES)
def test_code_of_the_package_is_known(table: str, field: str, row: int, tmp_path: Path) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "unknown", cell(table, row, **{field: "temple"})))
    codelist = str(issue.params["codelist"])
    edit = together(own(codelist, "temple"), cell(table, row, **{field: "temple"}))
    assert new_after(edit, VALID, tmp_path / "known") == []


def test_code_of_one_list_is_none_of_another(tmp_path: Path) -> None:
    edit = together(own("measure_unit", "temple"), cell("targets", 2, audience="temple"))
    assert new_after(edit, VALID, tmp_path / "example") == [("code_unknown", "targets", 2, "audience")]


def test_code_without_its_row_is_unknown(tmp_path: Path) -> None:
    edit = drop_where("codes", code="taxpayers")
    assert new_after(edit, VALID, tmp_path / "example") == [("code_unknown", "targets", 8, "audience")]


def test_package_opens_no_closed_list(tmp_path: Path) -> None:
    edit = together(own("budget_status", "perhaps"), cell("budgets", 34, budget_status="perhaps"))
    assert "value_not_allowed" in {code for code, *_ in new_after(edit, VALID, tmp_path / "example")}


WITHOUT_EFFECT = [
    ("audiences", "monks", "no_codelist", "codelist"),
    ("audience.csv", "monks", "no_codelist", "codelist"),
    ("budget_status", "perhaps", "closed", "codelist"),
    ("audience", "staff", "repeated", "code"),
]


@pytest.mark.parametrize(("codelist", "code", "variant", "field"), WITHOUT_EFFECT)
def test_own_code_without_effect_is_reported(
    codelist: str, code: str, variant: str, field: str, tmp_path: Path
) -> None:
    issues = issues_of(spoilt(VALID, tmp_path / "example", own(codelist, code)))
    (issue,) = (issue for issue in issues if issue.code == "code_not_added")
    assert (issue.params["variant"], issue.location.row, issue.location.field) == (variant, 4, field)


def test_own_code_without_effect_is_shown_the_open_codelists(tmp_path: Path) -> None:
    (issue,) = issues_of(spoilt(VALID, tmp_path / "example", own("audiences", "monks")))
    assert all("audience, " in issue_texts(issue, language, CURRENT).fix for language in Language)


def test_codes_of_a_package_are_read_with_their_titles(example: Path) -> None:
    known = own_codes(Package.load(example))
    assert known["audience"]["taxpayers"].title_th == "ผู้เสียภาษี"
    assert {*known} == {"audience", "measure_unit"}


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"code\n\n", b"plan_id,codelist\nx,audience\n"])
def test_codes_that_cannot_be_read_add_none(example: Path, data: bytes) -> None:
    (example / "data/codes.csv").write_bytes(data)
    assert "taxpayers" not in own_codes(Package.load(example)).get("audience", {})
    assert not validate(example).valid


def test_package_without_codes_adds_none(tmp_path: Path) -> None:
    def without(folder: Path) -> None:
        (folder / "data/codes.csv").unlink()
        edit_descriptor(folder, lambda d: d.update(resources=[r for r in d["resources"] if r["name"] != "codes"]))

    folder = spoilt(VALID, tmp_path / "example", drop("targets", 8, 8), without)
    assert own_codes(Package.load(folder)) == {}
