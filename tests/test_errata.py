"""Errata acknowledge warnings by rule, table, record, column and year; what they do not explain stops a release."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from khelang_opendata import Severity, validate
from tests.conftest import PLAN, Khelang, issues_of

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
    assert [code for code, *_ in open_warnings(plan)].count("erratum_unmatched") == (column != "fiscal_year_be")


def test_erratum_without_a_year_explains_every_year(plan: Path) -> None:
    def change(rows: list[Row]) -> None:
        rows[0]["fiscal_year_be"] = ""
        del rows[1:5]

    edit_errata(plan, change)
    assert open_warnings(plan) == []


def test_erratum_of_an_unknown_rule_is_reported(plan: Path) -> None:
    def change(rows: list[Row]) -> None:
        erratum_of(rows, "editorial", "P25")["rule"] = "no_such_rule"

    edit_errata(plan, change)
    issue = next(i for i in issues_of(plan) if i.code == "erratum_unmatched")
    assert (issue.params["variant"], issue.location.field) == ("unknown_rule", "rule")


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
