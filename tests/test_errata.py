"""Errata acknowledge warnings by their place and their values; what they do not explain stops a release."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from khelang_opendata import (
    Language,
    Package,
    PlanRule,
    Severity,
    Verdict,
    issue_texts,
    report_json,
    report_text,
    rules,
    validate,
)
from khelang_opendata.render.messages import csv_line
from khelang_opendata.render.report_html import report_html
from khelang_opendata.standard.family import CURRENT
from tests.cases.errata import RIGHT
from tests.conftest import EXAMPLES, PLAN, Khelang, issues_of
from tests.edits import KHELANG, Edit, cell, copy, spoilt
from tests.test_examples import lay_over_base

Row = dict[str, str]


def edit_errata(folder: Path, change: Callable[[list[Row]], object]) -> None:
    path = folder / "data/errata.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    columns = list(rows[0])
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def erratum_of(rows: list[Row], rule: str, record: str) -> Row:
    return next(row for row in rows if row["rule"] == rule and row["record_id"].endswith(record))


def open_warnings(folder: Path) -> list[tuple[str, str | None, str]]:
    return [
        (i.code, i.location.resource, str(i.params.get("record", "")).rsplit("-", 1)[-1])
        for i in issues_of(folder)
        if i.severity is Severity.WARNING and i.acknowledged_by is None
    ]


def test_real_plan_has_no_error_and_every_warning_is_acknowledged() -> None:
    report = validate(PLAN)
    assert (report.errors, report.warnings) == (0, 0)
    known = Counter(i.code for i in report.issues if i.acknowledged_by)
    assert known["printed_subtotal_differs"] == 5
    assert known["printed_totals_inconsistent"] == 5
    assert known["title_differs"] == 14
    assert known["unit_differs"] == 1
    assert known["sequence_printed_differs"] == 1
    lost = {i.params["record"] for i in report.issues if i.code == "printed_amounts_differ"}
    assert {str(record)[-3:] for record in lost} == {"P06", "P13", "P14", "P16"}


def test_every_erratum_but_the_editorial_ones_is_used() -> None:
    with (PLAN / "data/errata.csv").open(encoding="utf-8", newline="") as lines:
        named = {row["erratum_id"] for row in csv.DictReader(lines) if row["rule"] != "editorial"}
    assert {i.acknowledged_by for i in validate(PLAN).issues if i.acknowledged_by} == named


def test_warning_without_its_erratum_is_open(plan: Path) -> None:
    edit_errata(plan, lambda rows: rows.remove(erratum_of(rows, "unit_differs", "P30")))
    assert open_warnings(plan) == [("unit_differs", "projects", "P30")]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("fiscal_year_be", "2567"),
        ("record_id", "khelang-nakhon-2566-2570-D2"),
        ("field", "scope"),
        ("resource", "plans"),
    ],
)
def test_erratum_that_names_another_place_explains_nothing(plan: Path, column: str, value: str) -> None:
    def change(rows: list[Row]) -> None:
        rows[0][column] = value

    edit_errata(plan, change)
    assert ("printed_subtotal_differs", "printed_totals", "D3") in open_warnings(plan)
    assert [code for code, *_ in open_warnings(plan)].count("erratum_unmatched") == 1


def test_erratum_of_an_unknown_rule_is_reported(plan: Path) -> None:
    def change(rows: list[Row]) -> None:
        erratum_of(rows, "editorial", "P25")["rule"] = "no_such_rule"

    edit_errata(plan, change)
    issue = next(i for i in issues_of(plan) if i.code == "erratum_unmatched")
    assert (issue.params["variant"], issue.location.field) == ("unknown_rule", "rule")


LATER: dict[str, tuple[Edit, str]] = {
    "the title on the sheet": (cell("projects", 5, title_th="ทดสอบ xxx"), "title_differs"),
    "the title in the summary": (cell("projects", 5, summary_title_printed="ทดสอบ xxx"), "title_differs"),
    "the lead unit": (cell("projects", 31, lead_unit_id=f"{KHELANG}-U08"), "unit_differs"),
    "the unit in the summary": (cell("projects", 31, summary_unit_printed="กองอื่น"), "unit_differs"),
    "the printed number": (cell("projects", 19, sequence_printed="ลำดับที่ ๑๕"), "sequence_printed_differs"),
    "an amount of one year": (cell("budgets", 64, amount_thb="200000"), "printed_amounts_differ"),
    "a printed amount": (cell("budgets", 64, summary_amount_printed="๓๐,๐๐๐"), "printed_amounts_differ"),
    "the sum of a dimension": (cell("budgets", 162, amount_thb="1"), "printed_subtotal_differs"),
    "the printed sum of a dimension": (cell("printed_totals", 12, amount_thb="205000"), "printed_subtotal_differs"),
    "the printed sum of the plan": (cell("printed_totals", 27, amount_thb="5996756"), "printed_totals_inconsistent"),
}


@pytest.mark.parametrize(("edit", "code"), LATER.values(), ids=LATER)
def test_later_damage_is_not_acknowledged_by_what_explained_the_value_before(
    edit: Edit, code: str, tmp_path: Path
) -> None:
    issues = issues_of(spoilt(PLAN, tmp_path / "plan", edit))
    assert code in {i.code for i in issues if i.severity is Severity.WARNING and i.acknowledged_by is None}


def test_errata_without_record_and_field_acknowledge_no_amount(tmp_path: Path) -> None:
    """Three errata with empty fields do not hide that every amount of a year is ten times what is printed."""

    def multiply(folder: Path) -> None:
        path = folder / "data/budgets.csv"
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        amount, year = rows[0].index("amount_thb"), rows[0].index("fiscal_year_be")
        for row in rows[1:]:
            if row[year] == "2566" and row[amount] not in ("", "0"):
                row[amount] += "0"
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8", newline="")

    empty = dict.fromkeys(
        ("record_id", "field", "fiscal_year_be", "printed_value", "other_value", "adopted_value", "reading_th"), ""
    )
    blanket = (
        copy("errata", 2, erratum_id=f"{KHELANG}-E30{number}", rule=rule, resource=resource, **empty)
        for number, (rule, resource) in enumerate(
            (
                ("printed_amounts_differ", "budgets"),
                ("printed_subtotal_differs", "printed_totals"),
                ("printed_grand_total_differs", "printed_totals"),
            )
        )
    )
    folder = spoilt(PLAN, tmp_path / "plan", multiply, *blanket)
    opened = Counter(code for code, *_ in open_warnings(folder))
    assert opened["printed_amounts_differ"] > 40
    assert opened["erratum_unmatched"] >= 3
    unnamed = [i for i in issues_of(folder) if i.params.get("variant") == "unnamed"]
    assert [i.params["rule"] for i in unnamed] == [
        "printed_amounts_differ",
        "printed_subtotal_differs",
        "printed_grand_total_differs",
    ]


AMENDED = cell("budgets", 2, amount_thb="350000")
"""A budget ordinance gives project P01 more money in 2566 than the plan prints."""


def offered(folder: Path) -> list[Row]:
    """The rows of errata that the report offers, in its order."""
    return [dict(i.erratum) for i in issues_of(folder) if i.erratum is not None]


def paste(rows: list[Row], **values: str) -> Edit:
    """The offered rows at the end of the table, with what a person adds."""

    def edit(folder: Path) -> None:
        with (folder / "data/errata.csv").open("a", encoding="utf-8", newline="") as lines:
            for row in rows:
                lines.write(csv_line({**row, **values}) + "\n")

    return edit


def test_a_lawful_amendment_is_explained_by_the_rows_that_the_report_offers(tmp_path: Path) -> None:
    rows = offered(spoilt(PLAN, tmp_path / "amended", AMENDED))
    assert [(row["erratum_id"][-4:], row["rule"], row["field"], row["fiscal_year_be"]) for row in rows] == [
        ("E200", "printed_amounts_differ", "summary_amount_printed", "2566"),
        ("E201", "printed_amounts_differ", "sheet_amount_printed", "2566"),
        ("E202", "printed_subtotal_differs", "amount_thb", "2566"),
        ("E203", "printed_grand_total_differs", "amount_thb", "2566"),
    ]
    assert (rows[0]["printed_value"], rows[0]["other_value"]) == ("๓๐๐,๐๐๐", "350000")
    thai_alone = paste(rows, basis_th="แก้งบประมาณโครงการตามเทศบัญญัติ", cause="budget_amended")
    report = validate(spoilt(PLAN, tmp_path / "explained", AMENDED, thai_alone))
    assert (report.verdict, report.errors, report.warnings) == (Verdict.READY, 0, 0)
    assert report.acknowledged == 46 + len(rows)


def test_offered_row_follows_the_heading_of_the_file(tmp_path: Path) -> None:
    """Columns moved or left out in the file are so in the row."""

    def move(folder: Path) -> None:
        path = folder / "data/errata.csv"
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
        names = [name for name in reversed(rows[0]) if name != "basis_en"]
        with path.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, names, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    (row, *_) = offered(spoilt(PLAN, tmp_path / "plan", AMENDED, move))
    assert [*row][:3] == ["cause", "basis_th", "reading_en"]
    assert "basis_en" not in row


def test_offer_is_in_every_form_of_the_report(tmp_path: Path) -> None:
    folder = spoilt(PLAN, tmp_path / "plan", AMENDED)
    report, package = validate(folder), Package.load(folder)
    line = csv_line(offered(folder)[0])
    assert f"\n{line}\n" in report_text(report, Language.TH, package)
    (first, *_) = (issue for issue in json.loads(report_json(report))["issues"] if issue.get("erratum"))
    assert (first["erratum"]["erratum_id"], first["erratum_csv"]) == (f"{KHELANG}-E200", line)
    page = report_html(report, Language.TH, package)
    assert all(f">{value}</td>" in page for value in ("350000", f"{KHELANG}-E200", "๓๐๐,๐๐๐"))


def _warned_examples() -> list[str]:
    codes = (code for code, rule in rules().items() if isinstance(rule, PlanRule))
    return [code for code in codes if rules()[code].severity is Severity.WARNING]


@pytest.mark.parametrize("code", _warned_examples())
def test_offered_row_explains_the_warning_of_every_rule(code: str, tmp_path: Path) -> None:
    """The remedy that each warning of the plan's rules proposes, followed to the letter."""
    fragment = EXAMPLES / "invalid" / code
    about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
    folder = lay_over_base(fragment, about, tmp_path / "package")
    rows = [dict(i.erratum) for i in issues_of(folder) if i.code == code and i.erratum is not None]
    assert rows
    paste(rows, basis_th="เอกสารพิมพ์ไว้เช่นนี้", cause="source_error")(folder)
    known = [i for i in issues_of(folder) if i.code == code]
    assert [i.acknowledged_by for i in known] == [row["erratum_id"] for row in rows]
    assert not [i for i in issues_of(folder) if i.code.startswith("erratum_")]


WRONG: dict[str, tuple[Row, str, str]] = {
    "rule misspelt": ({"rule": "printed_amount_differ"}, "rule", "printed_amounts_differ"),
    "another rule": ({"rule": "title_differs"}, "rule", "printed_amounts_differ"),
    "rule by its Thai title": ({"rule": "จำนวนเงินที่พิมพ์ไม่ตรงกับที่บันทึก"}, "rule", "printed_amounts_differ"),
    "rule by its English title": (
        {"rule": "A printed amount is not the adopted one"},
        "rule",
        "printed_amounts_differ",
    ),
    "record shortened": ({"record_id": "P01"}, "record_id", f"{KHELANG}-P01"),
    "another record": ({"record_id": f"{KHELANG}-P10"}, "record_id", f"{KHELANG}-P01"),
    "field misspelt": ({"field": "summary_amount"}, "field", "summary_amount_printed"),
    "field left out": ({"field": ""}, "field", "summary_amount_printed"),
    "Gregorian year": ({"fiscal_year_be": "2023"}, "fiscal_year_be", "2566"),
    "another year": ({"fiscal_year_be": "2567"}, "fiscal_year_be", "2566"),
    "year left out": ({"fiscal_year_be": ""}, "fiscal_year_be", "2566"),
    "wrong table": ({"resource": "projects"}, "resource", "budgets"),
    "old printed value": ({"printed_value": "๒๐๐,๐๐๐"}, "printed_value", "๓๐๐,๐๐๐"),
    "old amount": ({"other_value": "340000"}, "other_value", "350000"),
    "no amount": ({"other_value": ""}, "other_value", "350000"),
}


@pytest.mark.parametrize(("wrong", "column", "corrected"), WRONG.values(), ids=WRONG)
def test_erratum_that_explains_nothing_is_told_which_part_is_wrong(
    wrong: Row, column: str, corrected: str, tmp_path: Path
) -> None:
    new = copy("errata", 2, erratum_id=f"{KHELANG}-E300", **{**RIGHT, **wrong})
    folder = spoilt(PLAN, tmp_path / "plan", AMENDED, new)
    (issue,) = (i for i in issues_of(folder) if i.code == "erratum_unmatched")
    assert (issue.location.field, issue.params["corrected"]) == (column, corrected)
    assert all(corrected in issue_texts(issue, language, CURRENT).fix for language in Language)
    cell("errata", 200, **{column: corrected})(folder)
    assert not [i for i in issues_of(folder) if i.code == "erratum_unmatched"]


def test_erratum_with_several_wrong_parts_is_told_the_place_that_has_its_values(tmp_path: Path) -> None:
    new = copy("errata", 2, erratum_id=f"{KHELANG}-E300", **{**RIGHT, "record_id": "P01", "fiscal_year_be": "2023"})
    (issue,) = (i for i in issues_of(spoilt(PLAN, tmp_path / "plan", AMENDED, new)) if i.code == "erratum_unmatched")
    assert issue.params["parts"] == f"record_id = {KHELANG}-P01, fiscal_year_be = 2566"


def test_erratum_of_a_rule_that_gives_no_warning_explains_nothing(tmp_path: Path) -> None:
    new = copy("errata", 2, erratum_id=f"{KHELANG}-E300", rule="budget_year_missing")
    (issue,) = (i for i in issues_of(spoilt(PLAN, tmp_path / "plan", new)) if i.code == "erratum_unmatched")
    assert issue.params["variant"] == "no_warning"


def test_causes_after_the_announcement_may_be_a_packages_own(tmp_path: Path) -> None:
    report = validate(spoilt(PLAN, tmp_path / "plan", cell("errata", 2, cause="court_order")))
    assert [(i.code, i.location.field) for i in report.issues if i.acknowledged_by is None][:1] == [
        ("code_unknown", "cause")
    ]


def test_errata_are_not_judged_while_their_tables_have_errors(plan: Path) -> None:
    """A broken budget stops the arithmetic rules; their errata are not called unmatched for it."""
    path = plan / "data/budgets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",300000,", ",thirty,", 1), encoding="utf-8")
    report = validate(plan)
    assert [i.code for i in report.issues if i.acknowledged_by is None and i.severity != Severity.INFO] == [
        "type_wrong"
    ]


def test_release_is_refused_until_the_warning_is_explained(plan: Path, khelang: Khelang) -> None:
    edit_errata(plan, lambda rows: rows.remove(erratum_of(rows, "unit_differs", "P30")))
    refused = khelang("release", plan, "--out", "out", "--lang", "th")
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert "unit_differs" in refused.stderr.decode()
    assert not (plan.parent / "out").exists()
    assert khelang("release", plan, "--out", "out", "--allow-warnings", "asked the municipality").returncode == 0
    descriptor = json.loads((plan.parent / "out/v1.0.0/datapackage.json").read_text(encoding="utf-8"))
    assert descriptor["allowedWarnings"] == {"count": 1, "reason": "asked the municipality"}


@pytest.mark.parametrize(("record", "is_known"), [("P01/1", True), ("P01/2", False), ("P01", True), ("P01/1/1", False)])
def test_erratum_of_a_longer_key_explains_its_row_alone(record: str, is_known: bool, tmp_path: Path) -> None:
    new = copy("errata", 2, erratum_id=f"{KHELANG}-E300", **{**RIGHT, "record_id": f"{KHELANG}-{record}"})
    issues = issues_of(spoilt(PLAN, tmp_path / "plan", AMENDED, new))
    (issue,) = (i for i in issues if i.location[:2] == ("budgets", 2) and i.location.field == RIGHT["field"])
    assert (issue.acknowledged_by is not None) == is_known


def test_values_that_changed_places_explain_nothing(tmp_path: Path) -> None:
    swapped = {**RIGHT, "printed_value": "350000", "other_value": "๓๐๐,๐๐๐"}
    new = copy("errata", 2, erratum_id=f"{KHELANG}-E300", **swapped)
    folder = spoilt(PLAN, tmp_path / "plan", AMENDED, new)
    assert ("erratum_unmatched", "errata", "E300") in open_warnings(folder)
