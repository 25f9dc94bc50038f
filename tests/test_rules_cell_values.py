"""The rules of single cells: each small edit of the real plan gives exactly its one new issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from khelang_opendata import Issue, load_family
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Resource
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.headings import HeadedTable, check_headings
from khelang_opendata.validation.rules import CELL_RULES, cell_values
from khelang_opendata.validation.rules.cell_values import check_values, value_error
from tests.cases import Case, amounts, dates, printed_texts, spoilt_texts
from tests.conftest import PLAN, VALID, issues_of, replace_in
from tests.edits import MAE_THUNG, Edit, Found, assert_texts_are_filled, cell, code_of, new_after, spoilt

CODES = [rule.code for rule in CELL_RULES]


def _budgets(*lines: str) -> HeadedTable:
    table = Resource({}, "budgets", "budgets.csv", "\n".join(lines).encode()).table
    return check_headings({"budgets": table}, load_family())[0]["budgets"]


def test_values_are_reported_in_the_order_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns are read some rows at a time; who reads the issues does not see it.

    Faults that many cells may share follow.
    """
    monkeypatch.setattr(cell_values, "_ROWS_AT_ONCE", 2)
    table = _budgets("note_th,amount_thb,project_id", "ก  ข,1E3,k-P๐๑", ",,", "ก  ข,,", "ก,5,k-P๐๑", "=1,5,k-P01")
    places = [(i.code, i.location.row, i.location.field) for i in check_values({"budgets": table})]
    assert places == [
        ("text_not_normalized", 2, "note_th"),
        ("number_not_plain", 2, "amount_thb"),
        ("text_not_normalized", 4, "note_th"),
        ("formula_suspected", 6, "note_th"),
        ("thai_digits", 2, "project_id"),
        ("thai_digits", 5, "project_id"),
    ]


def test_error_of_one_cell() -> None:
    """Warnings are no errors, and neither is what another cell of the row has."""
    table = _budgets("note_th,amount_thb,strange", 'ก  ข,"1,000",๑', ",,ก", ',"1,000"')
    cells = [(2, 0), (2, 1), (2, 2), (3, 1), (4, 1)]
    found = [value_error(table, row, position) is not None for row, position in cells]
    assert found == [False, True, False, False, False]


def district(text: str) -> Edit:
    return cell("plans", 2, district_th=text)


def in_district(code: str) -> Found:
    return code, "plans", 2, "district_th"


EDITS: list[tuple[Edit, Found]] = [
    (cell("plans", 2, dla_code="๔๕๒๐๑๐๓"), ("thai_digits", "plans", 2, "dla_code")),
    (cell("plans", 2, announced_on="๒๕๖๕-๐๙-๒๗"), ("thai_digits", "plans", 2, "announced_on")),
    (cell("plans", 2, start_fiscal_year_be="๒๕66"), ("thai_digits", "plans", 2, "start_fiscal_year_be")),
    (cell("targets", 2, quantity="１００"), ("thai_digits", "targets", 2, "quantity")),
    (cell("budgets", 2, amount_thb="๓๐๐,๐๐๐"), ("thai_digits", "budgets", 2, "amount_thb")),
    (cell("dimensions", 2, dimension_code="๑"), ("thai_digits", "dimensions", 2, "dimension_code")),
    (cell("budgets", 2, amount_thb="300,000"), ("number_grouped", "budgets", 2, "amount_thb")),
    (cell("budgets", 2, amount_thb="300 000.00"), ("number_grouped", "budgets", 2, "amount_thb")),
    (cell("plans", 2, end_fiscal_year_be="2_570"), ("number_grouped", "plans", 2, "end_fiscal_year_be")),
    (cell("plans", 2, announced_on="2565-09-27"), ("date_buddhist_year", "plans", 2, "announced_on")),
    (cell("plans", 2, announced_on="2567-02-29"), ("date_buddhist_year", "plans", 2, "announced_on")),
    (district("เมือง\u200bลำปาง"), in_district("text_not_normalized")),
    (district("เมือง\u00a0ลำปาง"), in_district("text_not_normalized")),
    (district("เมือง  ลำปาง"), in_district("text_not_normalized")),
    (district("เมืองลำปาง "), in_district("text_not_normalized")),
    (district("เมืองล\u0e4d\u0e32ปาง"), in_district("text_not_normalized")),
    (district("เม ืองลำปาง"), in_district("text_not_normalized")),
    (district("เ มืองลำปาง"), in_district("text_not_normalized")),
    (district("เมืองลำปาง กุ\u0e48น กุ่\u0e38"), in_district("text_not_normalized")),
    (cell("targets", 2, quantity=" 100"), ("text_not_normalized", "targets", 2, "quantity")),
    (district("เมืองลำปาง 1-2345-67890-12-1"), in_district("personal_data_suspected")),
    (district("เมืองลำปาง โทร. ๐๘๑-๒๓๔-๕๖๗๘"), in_district("personal_data_suspected")),
    (district("เมืองลำปาง somchai.j@example.org"), in_district("personal_data_suspected")),
    (
        cell("projects", 2, lead_unit_printed="งานนิติการ 0612345678"),
        ("personal_data_suspected", "projects", 2, "lead_unit_printed"),
    ),
    (district("=1+1"), in_district("formula_suspected")),
    (district("@เมืองลำปาง"), in_district("formula_suspected")),
    (district("-เมืองลำปาง"), in_district("formula_suspected")),
    (district("\tเมืองลำปาง"), in_district("formula_suspected")),
    (cell("plans", 2, announced_on="1022-09-27"), ("date_out_of_range", "plans", 2, "announced_on")),
    (cell("budgets", 2, amount_thb="3E+05"), ("number_not_plain", "budgets", 2, "amount_thb")),
    (cell("budgets", 2, amount_thb="299999.99999999994"), ("number_too_long", "budgets", 2, "amount_thb")),
    (cell("budgets", 2, amount_thb="300000.005"), ("amount_too_fine", "budgets", 2, "amount_thb")),
    (district("?????????"), in_district("text_lost")),
    (district("เมือง\u202eลำปาง"), in_district("character_hidden")),
    (district("เมืองลำปาง\nบรรทัดที่สอง"), in_district("text_not_normalized")),
    (district("เมืองลำปาง".encode("cp874").decode("latin-1")), in_district("encoding_suspected_cp874")),
    (district("เมืองลำปาง".encode().decode("latin-1")), in_district("encoding_suspected_cp874")),
]


@pytest.mark.parametrize(("edit", "expected"), EDITS, ids=code_of)
def test_edit_of_the_plan_gives_exactly_its_issue(edit: Edit, expected: Found, tmp_path: Path) -> None:
    assert new_after(edit, PLAN, tmp_path / "plan") == [expected]


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {expected[0] for _, expected in EDITS} == set(CODES)


NOTHING_WRONG: list[Edit] = [
    district("เมืองลำปาง ๆ"),
    district("เมืองลำปาง โทร. 054-123456"),
    district("เมืองลำปาง ที่ มท 0808.2/ว 1234 ลงวันที่ 27 กันยายน 2565"),
    district("เมืองลำปาง เลขที่ 1234567890122"),
    district("-"),
    district("-5,000.50"),
    district("เมืองลำปาง (Château)"),
    cell("budgets", 2, note_th="เมืองลำปาง\nบรรทัดที่สอง"),
    cell("projects", 2, lead_unit_printed="งานนิติการ  กํา"),
    cell("targets", 2, quantity="100.50"),
]


@pytest.mark.parametrize("edit", NOTHING_WRONG, ids=range(len(NOTHING_WRONG)))
def test_edit_that_breaks_no_rule(edit: Edit, tmp_path: Path) -> None:
    assert new_after(edit, PLAN, tmp_path / "plan") == []


def test_real_plan_has_no_fault_of_a_single_cell() -> None:
    assert not {issue.code for issue in issues_of(PLAN)} & set(CODES)


FIXES = [
    (cell("targets", 2, quantity="๖๐"), "60"),
    (cell("risk_controls", 2, due_on="๒๕๖๑-๐๓-๓๑"), "2018-03-31"),
    (cell("targets", 2, quantity="1,800.50"), "1800.50"),
    (cell("risk_controls", 2, due_on="2561-03-31"), "2018-03-31"),
    (cell("risk_controls", 2, due_on="31/3/2561"), "2018-03-31"),
    (cell("risk_controls", 2, due_on="31-Mar-18"), "2018-03-31"),
    (cell("risk_factors", 2, label_th="¡ÒÃµÃÇ¨ÊÍº"), "การตรวจสอบ"),
    (cell("risk_factors", 2, label_th="การ\u202eตรวจ"), "การตรวจ"),
    (cell("risk_factors", 2, label_th="เเผน  งาน"), "แผน งาน"),
    (cell("budgets", 2, amount_thb="2E+04"), "20000"),
    (cell("budgets", 2, amount_thb="020000"), "20000"),
    (cell("budgets", 2, amount_thb="20000.00000000000006"), "20000"),
    (cell("budgets", 2, amount_thb="20,000.- บาท"), "20000"),
    (cell("budgets", 2, fiscal_year_be="+2561"), "2561"),
    (cell("budgets", 2, budget_status="budgeted\u200b"), "budgeted"),
]


@pytest.mark.parametrize(("edit", "value"), FIXES, ids=range(len(FIXES)))
def test_fix_shows_the_right_value(edit: Edit, value: str, tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", edit))
    assert issue.params["corrected"] == value
    assert all(value in issue_texts(issue, language, CURRENT).fix for language in Language)


def test_fix_of_a_date_survives_a_spreadsheet(tmp_path: Path) -> None:
    for number, text in enumerate(("2561-03-31", "31/3/2018", "๒๕๖๑-๐๓-๓๑", "8/9/2018", "0018-03-31", "soon")):
        issue = _only(spoilt(VALID, tmp_path / str(number), cell("risk_controls", 2, due_on=text)))
        assert "“ข้อความ” ก่อน" in issue_texts(issue, Language.TH, CURRENT).fix
        assert "format to Text" in issue_texts(issue, Language.EN, CURRENT).fix


CASES = [case for module in (amounts, dates, printed_texts, spoilt_texts) for case in module.CASES if case.expected]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_corrected_value_mends_its_cell(case: Case, tmp_path: Path) -> None:
    """Every text is filled, and a cell that becomes what its issue proposes has no fault of its own any more."""
    folder = spoilt(case.source, tmp_path / "copy", case.edit)
    known = issues_of(case.source)
    for issue in (found for found in issues_of(folder) if found not in known):
        for language in Language:
            assert issue_texts(issue, language, CURRENT).fix
        place, corrected = issue.location, issue.params.get("corrected")
        if place.resource is not None and place.row is not None and corrected is not None:
            cell(place.resource, place.row, **{str(place.field): str(corrected)})(folder)
            of_cell = [i for i in issues_of(folder) if i.location[:4] == place[:4] and i.code in (*CODES, "type_wrong")]
            assert of_cell == []


def test_message_does_not_repeat_personal_data(tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", cell("risk_factors", 2, label_th="โทร 081 234 5678")))
    assert all("5678" not in issue_texts(issue, language, CURRENT).message for language in Language)


def test_issues_name_record_and_year(tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", cell("progress", 2, problem_th="=1+1")))
    assert issue.params == {"record": f"{MAE_THUNG}-P01", "year": 2561}


def _only(folder: Path) -> Issue:
    (issue,) = issues_of(folder)
    return issue


@pytest.mark.parametrize("character", ["\u200b", "\u00a0", "\u202e", "\ufeff"])
def test_a_hidden_character_in_a_heading_is_named(character: str, plan: Path) -> None:
    replace_in(plan / "data/units.csv", "name_th", f"name_th{character}")
    (issue,) = (found for found in issues_of(plan) if found.location.resource == "units")
    assert f"<U+{ord(character):04X}>" in issue_texts(issue, Language.EN, CURRENT).message


def test_titles_that_look_alike_do_not_differ(example: Path) -> None:
    """What does not show is reported by the rule on cells; a message that X is not X would help no one."""
    cell("projects", 2, title_th="โครงการอบรมคุณธรรม\u200bและจริยธรรมส\u0e4d\u0e32หรับบุคลากรเทศบาล")(example)
    assert {issue.code for issue in issues_of(example)} == {"text_not_normalized"}


@pytest.mark.parametrize("code", CODES)
def test_every_text_is_filled(code: str) -> None:
    """A message names no parameter that the rule does not give (it would show a dash)."""
    given = {
        "thai_digits": {"corrected", "count", "rows"},
        "number_grouped": {"corrected", "count", "rows"},
        "number_not_plain": {"corrected"},
        "number_too_long": {"corrected", "digits"},
        "amount_too_fine": {"corrected"},
        "date_buddhist_year": {"corrected", "property", "value"},
        "date_out_of_range": {"first", "last", "property", "value"},
        "text_lost": {"count", "columns", "property", "value"},
        "encoding_suspected_cp874": {"corrected", "count", "columns", "property", "value"},
        "character_hidden": {
            "code_point",
            "character",
            "position",
            "corrected",
            "count",
            "columns",
            "rows",
            "property",
        },
        "text_not_normalized": {"position", "near", "corrected"},
    }
    assert_texts_are_filled(code, given.get(code, set()))
