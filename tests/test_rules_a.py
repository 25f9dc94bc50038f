"""The rules of values and arithmetic: each small edit of the real plan gives exactly its one new issue."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest

from khelang_opendata import Issue, Package, Severity, load_family, rules
from khelang_opendata.model.report import Location
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Resource
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.file_checks import read_tables
from khelang_opendata.validation.headings import HeadedTable, check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import CELL_RULES, arithmetic, cell_values
from khelang_opendata.validation.rules.cell_values import check_values, value_error
from khelang_opendata.validation.rules.registry import PlanRule, rules_in
from tests.conftest import PLAN, VALID, issues_of

Edit = Callable[[dict[str, list[list[str]]]], object]
Place = tuple[str, int, str | None]

K = "khelang-nakhon-2566-2570"
RULES = [rule for rule in rules_in(arithmetic) if isinstance(rule, PlanRule)]
SLUGS = [rule.code for rule in (*CELL_RULES, *RULES)]


def put(table: str, row: int, field: str, value: str) -> Edit:
    """A cell, its row numbered as in a spreadsheet."""

    def edit(tables: dict[str, list[list[str]]]) -> None:
        rows = tables[table]
        rows[row - 1][rows[0].index(field)] = value

    return edit


def add(table: str, *cells: str) -> Edit:
    return lambda tables: tables[table].append(list(cells))


def cut_last(table: str) -> Edit:
    return lambda tables: tables[table].pop()


def district(text: str) -> Edit:
    return put("plans", 2, "district_th", text)


def spoilt(folder: Path, target: Path, *edits: Edit) -> Path:
    """A copy of a package with edited tables."""
    package = Path(copytree(folder, target))
    tables = {p.stem: _rows(p.read_text(encoding="utf-8")) for p in package.glob("data/*.csv")}
    for edit in edits:
        edit(tables)
    for name, rows in tables.items():
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        (package / f"data/{name}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    return package


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def found(folder: Path) -> Counter[tuple[str, str | None, int | None, str | None]]:
    places = ((i.code, i.location) for i in issues_of(folder))
    return Counter((code, place.resource, place.row, place.field) for code, place in places)


def ours(folder: Path) -> Counter[tuple[str, str | None, int | None, str | None]]:
    """What the rules of this file find, without the rest of the validator."""
    package, family = Package.load(folder), load_family()
    tables, _ = check_headings(read_tables(package, family)[0], family)
    plan = Plan(package, family, tables)
    issues = [*check_values(tables), *(i for rule in RULES for i in rule(plan))]
    return Counter((i.code, i.location.resource, i.location.row, i.location.field) for i in issues)


@cache
def found_in_plan() -> Counter[tuple[str, str | None, int | None, str | None]]:
    return found(PLAN)


def _budgets(*lines: str) -> HeadedTable:
    table = Resource({}, "budgets", "budgets.csv", "\n".join(lines).encode()).table
    return check_headings({"budgets": table}, load_family())[0]["budgets"]


def test_values_are_reported_in_the_order_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns are read some rows at a time; who reads the issues does not see it."""
    monkeypatch.setattr(cell_values, "_ROWS_AT_ONCE", 2)
    table = _budgets("note_th,amount_thb,project_id", 'ก  ข,"1,000",k-P๐๑', ",,", "ก  ข", "ก,5,k-P๐๑", "=1,5,k-P01")
    places = [(i.code, i.location.row, i.location.field) for i in check_values({"budgets": table})]
    assert places == [
        ("text_not_normalized", 2, "note_th"),
        ("number_grouped", 2, "amount_thb"),
        ("thai_digits", 2, "project_id"),
        ("thai_digits", 5, "project_id"),
        ("formula_suspected", 6, "note_th"),
    ]


def test_error_of_one_cell() -> None:
    """Warnings are no errors, and neither is what another cell of the row has."""
    table = _budgets("note_th,amount_thb,strange", 'ก  ข,"1,000",๑', ",,", ',"1,000"')
    cells = [(2, 0), (2, 1), (2, 2), (3, 1), (4, 1)]
    assert [value_error(table, row, position) is not None for row, position in cells] == [
        False,
        True,
        False,
        False,
        False,
    ]


D_TH: Place = ("plans", 2, "district_th")
MUTATIONS: list[tuple[str, Edit, Place]] = [
    ("thai_digits", put("plans", 2, "dla_code", "๔๕๒๐๑๐๓"), ("plans", 2, "dla_code")),
    ("thai_digits", put("plans", 2, "announced_on", "๒๕๖๕-๐๙-๒๗"), ("plans", 2, "announced_on")),
    ("thai_digits", put("plans", 2, "start_fiscal_year_be", "๒๕66"), ("plans", 2, "start_fiscal_year_be")),
    ("thai_digits", put("targets", 2, "quantity", "１００"), ("targets", 2, "quantity")),
    ("thai_digits", put("budgets", 2, "amount_thb", "๓๐๐,๐๐๐"), ("budgets", 2, "amount_thb")),
    ("thai_digits", put("dimensions", 2, "dimension_code", "๑"), ("dimensions", 2, "dimension_code")),
    ("number_grouped", put("budgets", 2, "amount_thb", "300,000"), ("budgets", 2, "amount_thb")),
    ("number_grouped", put("budgets", 2, "amount_thb", "300 000.00"), ("budgets", 2, "amount_thb")),
    ("number_grouped", put("plans", 2, "end_fiscal_year_be", "2_570"), ("plans", 2, "end_fiscal_year_be")),
    ("date_buddhist_year", put("plans", 2, "announced_on", "2565-09-27"), ("plans", 2, "announced_on")),
    ("date_buddhist_year", put("plans", 2, "announced_on", "2567-02-29"), ("plans", 2, "announced_on")),
    ("text_not_normalized", district("เมือง\u200bลำปาง"), D_TH),
    ("text_not_normalized", district("เมือง\u00a0ลำปาง"), D_TH),
    ("text_not_normalized", district("เมือง  ลำปาง"), D_TH),
    ("text_not_normalized", district("เมืองลำปาง "), D_TH),
    ("text_not_normalized", district("เมืองล\u0e4d\u0e32ปาง"), D_TH),
    ("text_not_normalized", district("เม ืองลำปาง"), D_TH),
    ("text_not_normalized", district("เ มืองลำปาง"), D_TH),
    ("text_not_normalized", district("เมืองลำปาง กุ\u0e48น กุ่\u0e38"), D_TH),
    ("text_not_normalized", put("targets", 2, "quantity", " 100"), ("targets", 2, "quantity")),
    ("personal_data_suspected", district("เมืองลำปาง 1-2345-67890-12-1"), D_TH),
    ("personal_data_suspected", district("เมืองลำปาง โทร. ๐๘๑-๒๓๔-๕๖๗๘"), D_TH),
    ("personal_data_suspected", district("เมืองลำปาง somchai.j@example.org"), D_TH),
    (
        "personal_data_suspected",
        put("projects", 2, "lead_unit_printed", "งานนิติการ 0612345678"),
        ("projects", 2, "lead_unit_printed"),
    ),
    ("formula_suspected", district("=1+1"), D_TH),
    ("formula_suspected", district("@เมืองลำปาง"), D_TH),
    ("formula_suspected", district("-เมืองลำปาง"), D_TH),
    ("formula_suspected", district("\tเมืองลำปาง"), D_TH),
    ("encoding_suspected_cp874", district("เมืองลำปาง".encode("cp874").decode("latin-1")), D_TH),
    ("encoding_suspected_cp874", district("เมืองลำปาง".encode().decode("latin-1")), D_TH),
    ("budget_status_amount", put("budgets", 7, "budget_status", "not_run"), ("budgets", 7, "amount_thb")),
    ("budget_status_amount", put("budgets", 7, "budget_status", "budgeted"), ("budgets", 7, "amount_thb")),
    ("budget_status_amount", put("budgets", 7, "amount_thb", ""), ("budgets", 7, "amount_thb")),
    ("budget_year_missing", cut_last("budgets"), ("projects", 46, None)),
    (
        "budget_outside_plan",
        add("budgets", K, f"{K}-P45", "2571", "own_revenue", "not_run", "", "-", "", ""),
        ("budgets", 229, "fiscal_year_be"),
    ),
    ("budget_outside_project", put("projects", 2, "end_fiscal_year_be", "2569"), ("budgets", 6, "fiscal_year_be")),
    (
        "printed_amounts_differ",
        put("budgets", 2, "summary_amount_printed", "๓๐๐,๐๐๑"),
        ("budgets", 2, "summary_amount_printed"),
    ),
    (
        "printed_amounts_differ",
        put("budgets", 2, "summary_amount_printed", "-"),
        ("budgets", 2, "summary_amount_printed"),
    ),
    (
        "printed_amounts_differ",
        put("budgets", 2, "summary_amount_printed", ""),
        ("budgets", 2, "summary_amount_printed"),
    ),
    (
        "printed_amounts_differ",
        put("budgets", 7, "sheet_amount_printed", "๕๐๐ บาท"),
        ("budgets", 7, "sheet_amount_printed"),
    ),
    (
        "printed_amounts_differ",
        put("budgets", 2, "sheet_amount_printed", "ไม่ใช้งบประมาณ"),
        ("budgets", 2, "sheet_amount_printed"),
    ),
    (
        "printed_subtotal_differs",
        put("printed_totals", 2, "amount_thb", "1061601"),
        ("printed_totals", 2, "amount_thb"),
    ),
    ("printed_subtotal_differs", put("printed_totals", 2, "amount_thb", ""), ("printed_totals", 2, "amount_thb")),
    (
        "printed_subtotal_differs",
        put("printed_totals", 22, "amount_thb", "3887154"),
        ("printed_totals", 22, "amount_thb"),
    ),
    (
        "printed_subtotal_differs",
        add("printed_totals", K, "mission", f"{K}-M1.1", "2566", "1"),
        ("printed_totals", 32, "amount_thb"),
    ),
    (
        "printed_grand_total_differs",
        put("printed_totals", 28, "amount_thb", "1532601"),
        ("printed_totals", 28, "amount_thb"),
    ),
    ("declared_count_differs", put("plans", 2, "declared_project_count", "44"), ("plans", 2, "declared_project_count")),
    (
        "declared_count_differs",
        put("dimensions", 6, "declared_project_count", "0"),
        ("dimensions", 6, "declared_project_count"),
    ),
    (
        "amount_words_differ",
        put("budgets", 2, "sheet_amount_printed", "๓๐๐,๐๐๐.๐๐ บาท (สามหมื่นบาทถ้วน)"),
        ("budgets", 2, "sheet_amount_printed"),
    ),
]


@pytest.mark.parametrize(("code", "edit", "place"), MUTATIONS, ids=[f"{m[0]}-{i}" for i, m in enumerate(MUTATIONS)])
def test_edit_of_the_plan_gives_exactly_its_issue(code: str, edit: Edit, place: Place, tmp_path: Path) -> None:
    new = found(spoilt(PLAN, tmp_path / "plan", edit)) - found_in_plan()
    assert new == Counter([(code, *place)])


def test_totals_that_agree_with_their_items_can_still_disagree(tmp_path: Path) -> None:
    """Dimension 3* has an unknown amount, so that a larger subtotal is no contradiction of its items."""
    corrected = put("printed_totals", 12, "amount_thb", "463000")
    larger = put("printed_totals", 22, "amount_thb", "3900000")
    before = found(spoilt(PLAN, tmp_path / "before", corrected))
    after = found(spoilt(PLAN, tmp_path / "after", corrected, larger))
    inconsistent = ("printed_totals_inconsistent", "printed_totals", 27, "amount_thb")
    assert after - before == Counter([inconsistent])


def test_every_rule_is_broken_by_an_edit() -> None:
    assert {code for code, _, _ in MUTATIONS} | {"printed_totals_inconsistent"} == set(SLUGS)


NOTHING_WRONG: list[Edit] = [
    district("เมืองลำปาง ๆ"),
    district("เมืองลำปาง โทร. 054-123456"),
    district("เมืองลำปาง ที่ มท 0808.2/ว 1234 ลงวันที่ 27 กันยายน 2565"),
    district("เมืองลำปาง เลขที่ 1234567890122"),
    district("-"),
    district("-5,000.50"),
    district("เมืองลำปาง (Château)"),
    district("เมืองลำปาง\nบรรทัดที่สอง"),
    put("projects", 2, "lead_unit_printed", "งานนิติการ  ก ํา"),
    put("targets", 2, "quantity", "100.50"),
    put("budgets", 2, "sheet_amount_printed", "ปีละ ๓ แสนบาท (แสนสองหมื่น)"),
    put("budgets", 2, "sheet_amount_printed", "๑๐๐,๐๐๐ บาท และ ๒๐๐,๐๐๐ บาท"),
    put("budgets", 2, "sheet_amount_printed", "ตามที่เทศบาลจัดสรร"),
    put("budgets", 2, "sheet_amount_printed", ""),
    put("budgets", 2, "amount_thb", "300000.00"),
    put("printed_totals", 23, "amount_thb", "0"),
    put("plans", 2, "declared_project_count", ""),
]


@pytest.mark.parametrize("edit", NOTHING_WRONG, ids=range(len(NOTHING_WRONG)))
def test_edit_that_breaks_no_rule(edit: Edit, tmp_path: Path) -> None:
    assert not ours(spoilt(PLAN, tmp_path / "plan", edit)) - ours(PLAN)


def test_real_plan_has_only_the_contradictions_of_its_document() -> None:
    ours = [i for i in issues_of(PLAN) if i.code in SLUGS]
    assert Counter(i.code for i in ours) == {
        "printed_subtotal_differs": 5,
        "printed_totals_inconsistent": 5,
        "printed_amounts_differ": 20,
    }
    assert all(i.severity is Severity.WARNING and i.acknowledged_by for i in ours)
    lost = {i.params["record"] for i in ours if i.code == "printed_amounts_differ"}
    assert lost == {f"{K}-P{number}" for number in ("06", "13", "14", "16")}
    assert {i.params["items"] for i in ours if i.code == "printed_subtotal_differs"} == {"463,000", "333,000"}


def test_amounts_too_large_are_no_amounts(tmp_path: Path) -> None:
    codes = found(spoilt(PLAN, tmp_path / "plan", *(put("budgets", row, "amount_thb", "9e999999") for row in (2, 17))))
    assert ("budget_status_amount", "budgets", 2, "amount_thb") in codes


def test_missions_that_are_their_own_parents_end(tmp_path: Path) -> None:
    loop = put("missions", 2, "parent_mission_id", f"{K}-M1.2"), put("missions", 3, "parent_mission_id", f"{K}-M1.1")
    total = add("printed_totals", K, "mission", f"{K}-M1.1", "2566", "1")
    assert ("printed_subtotal_differs", "printed_totals", 32, "amount_thb") in found(
        spoilt(PLAN, tmp_path / "plan", *loop, total)
    )


FIXES = [
    (put("targets", 2, "quantity", "๖๐"), "ascii", "60"),
    (put("risk_controls", 2, "due_on", "๒๕๖๑-๐๓-๓๑"), "ascii", "2018-03-31"),
    (put("targets", 2, "quantity", "1,800.50"), "plain", "1800.50"),
    (put("risk_controls", 2, "due_on", "2561-03-31"), "gregorian", "2018-03-31"),
    (put("risk_factors", 2, "label_th", "¡ÒÃµÃÇ¨ÊÍº"), "restored", "การตรวจสอบ"),
]


@pytest.mark.parametrize(("edit", "param", "value"), FIXES, ids=[value for _, _, value in FIXES])
def test_fix_shows_the_right_value(edit: Edit, param: str, value: str, tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", edit))
    assert issue.params[param] == value
    assert all(value in issue_texts(issue, language, CURRENT).fix for language in Language)


def test_message_does_not_repeat_personal_data(tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", put("risk_factors", 2, "label_th", "โทร 081 234 5678")))
    assert all("5678" not in issue_texts(issue, language, CURRENT).message for language in Language)


def test_issues_name_record_and_year(tmp_path: Path) -> None:
    issue = _only(spoilt(VALID, tmp_path / "example", put("progress", 2, "problem_th", "=1+1")))
    assert issue.params == {"record": "mae-thung-2561-2564-P01", "year": 2561}


def _only(folder: Path) -> Issue:
    (issue,) = issues_of(folder)
    return issue


@pytest.mark.parametrize("code", SLUGS)
def test_every_text_is_filled(code: str) -> None:
    """A message names no parameter that the rule does not give (it would show a dash)."""
    given = {
        "thai_digits": {"ascii"},
        "number_grouped": {"plain"},
        "date_buddhist_year": {"gregorian"},
        "encoding_suspected_cp874": {"restored"},
        "text_not_normalized": {"position", "near"},
        "budget_year_missing": {"years"},
        "budget_outside_plan": {"first", "last"},
        "budget_outside_project": {"first", "last", "amount"},
        "printed_amounts_differ": {"amount"},
        "printed_subtotal_differs": {"printed", "items"},
        "printed_grand_total_differs": {"printed", "items"},
        "printed_totals_inconsistent": {"printed", "added"},
        "declared_count_differs": {"declared", "rows"},
        "amount_words_differ": {"amount", "words", "expected"},
    }
    known = dict.fromkeys({"record", "year", *given.get(code, ())}, "X")
    rule = rules()[code]
    for variant in [*rule.entry.variants] or [""]:
        issue = Issue(code, rule.severity, Location("plans", 2, 2, "district_th", "X"), {**known, "variant": variant})
        for language in Language:
            texts = issue_texts(issue, language, CURRENT)
            assert " - " not in texts.message + texts.fix
