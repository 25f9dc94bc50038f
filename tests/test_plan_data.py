"""The real plan: complete, and adding up to what the document's own totals confirm."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest

from khelang_opendata import load_family, validate
from tests.conftest import PLAN

Row = dict[str, str]
YEARS = ["2566", "2567", "2568", "2569", "2570"]
GRAND_TOTALS = [5_996_755, 1_532_600, 2_242_600, 1_532_600, 1_637_600]


@cache
def rows_of(table: str) -> list[Row]:
    with (PLAN / f"data/{table}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def dimension_of_project() -> dict[str, str]:
    return {row["project_id"]: row["dimension_id"].rsplit("-", 1)[1] for row in rows_of("projects")}


def test_plan_is_valid_and_every_warning_explained() -> None:
    report = validate(PLAN)
    assert (report.errors, report.warnings) == (0, 0)


def test_frictionless_finds_the_package_valid() -> None:
    command = [str(Path(sys.executable).with_name("frictionless")), "validate", str(PLAN / "datapackage.json")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_yearly_sums_are_the_printed_grand_totals() -> None:
    sums: Counter[str] = Counter()
    for row in rows_of("budgets"):
        sums[row["fiscal_year_be"]] += int(row["amount_thb"] or 0)
    assert [sums[year] for year in YEARS] == GRAND_TOTALS
    printed = {row["fiscal_year_be"]: row["amount_thb"] for row in rows_of("printed_totals") if row["scope"] == "plan"}
    assert [int(printed[year]) for year in YEARS] == GRAND_TOTALS


def test_dimension_sums_are_the_printed_subtotals_but_for_dimension_3() -> None:
    dimension = dimension_of_project()
    sums: Counter[tuple[str, str]] = Counter()
    for row in rows_of("budgets"):
        sums[dimension[row["project_id"]], row["fiscal_year_be"]] += int(row["amount_thb"] or 0)
    differing = {
        (scope, row["fiscal_year_be"]): (int(row["amount_thb"]), sums[scope, row["fiscal_year_be"]])
        for row in rows_of("printed_totals")
        if (scope := row["scope_id"].rsplit("-", 1)[1]) in dimension.values() and row["amount_thb"]
        if int(row["amount_thb"]) != sums[scope, row["fiscal_year_be"]]
    }
    assert differing == {
        ("D3", "2566"): (105_000, 463_000),
        **{("D3", year): (105_000, 333_000) for year in YEARS[1:]},
    }


def test_projects_by_dimension_and_declared_counts() -> None:
    counts = Counter(dimension_of_project().values())
    assert counts == {"D1": 14, "D2": 18, "D3": 5, "D4": 7, "D3S": 1}
    declared = {r["dimension_id"].rsplit("-", 1)[1]: int(r["declared_project_count"]) for r in rows_of("dimensions")}
    assert declared == counts


def test_every_project_has_every_plan_year() -> None:
    years: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows_of("budgets"):
        years[row["project_id"]].add(row["fiscal_year_be"])
    assert len(years) == 45
    assert all(found == set(YEARS) for found in years.values())


def test_status_agrees_with_amount() -> None:
    for row in rows_of("budgets"):
        amount = row["amount_thb"]
        expected = {"budgeted": amount not in ("", "0"), "no_budget": amount == "0", "shared": amount in ("", "0")}
        assert expected.get(row["budget_status"], amount == ""), row


def test_health_fund_has_two_amounts_and_an_unknown_third() -> None:
    rows = [r for r in rows_of("budgets") if r["project_id"].endswith("-P45") and r["fiscal_year_be"] == "2566"]
    assert {r["funding_source"]: (r["budget_status"], r["amount_thb"]) for r in rows} == {
        "lao_budget": ("budgeted", "1450000"),
        "health_fund": ("budgeted", "2437155"),
        "fund_balance": ("unknown", ""),
    }


def test_units_are_one_tree_under_the_municipality() -> None:
    parents = {row["unit_id"]: row["parent_unit_id"] for row in rows_of("units")}
    roots = [unit for unit, parent in parents.items() if not parent]
    assert len(roots) == 1
    for unit in parents:
        path = [unit]
        while parents[path[-1]]:
            path.append(parents[path[-1]])
            assert len(path) <= len(parents), f"cycle at {unit}"
        assert path[-1] == roots[0]


def test_risks_have_nine_factors_and_five_controls() -> None:
    assert [len(rows_of(table)) for table in ("risks", "risk_factors", "risk_controls")] == [2, 9, 5]


def rows_named(row: Row) -> list[Row]:
    """The rows that an erratum, or a further record of one, names: the parts of a longer key follow after /."""
    key, *parts = row["record_id"].split("/")
    columns = load_family().tables[row["resource"]].primary_key
    named = dict(zip(columns, (key, *parts), strict=False)) if key else {}
    if row["fiscal_year_be"] and "fiscal_year_be" in rows_of(row["resource"])[0]:
        named["fiscal_year_be"] = row["fiscal_year_be"]
    return [record for record in rows_of(row["resource"]) if named.items() <= record.items()]


@pytest.mark.parametrize("row", rows_of("errata"), ids=lambda row: str(row["erratum_id"].rsplit("-", 1)[1]))
def test_erratum_names_something_that_exists(row: Row) -> None:
    records = rows_named(row)
    assert records
    assert not row["field"] or row["field"] in records[0]
    assert row["printed_value"] or row["other_value"], "a contradiction has at least one value"


@pytest.mark.parametrize("row", rows_of("errata_records"), ids=lambda r: f"{r['erratum_id'][-4:]}-{r['record_no']}")
def test_further_record_of_an_erratum_exists(row: Row) -> None:
    assert row["erratum_id"] in {erratum["erratum_id"] for erratum in rows_of("errata")}
    records = rows_named(row)
    assert records
    assert not row["field"] or row["field"] in records[0]


@pytest.mark.parametrize("row", rows_of("errata"), ids=lambda row: str(row["erratum_id"].rsplit("-", 1)[1]))
def test_erratum_adopts_what_the_cell_holds_or_explains_its_reading(row: Row) -> None:
    assert not (row["adopted_value"] and row["reading_th"])
    assert bool(row["reading_th"]) == bool(row["reading_en"])
    if row["adopted_value"]:
        assert row["adopted_value"] in {record[row["field"]] for record in rows_named(row)}


def test_erratum_on_the_period_of_amounts_is_on_each_of_its_14_projects() -> None:
    (erratum,) = [row for row in rows_of("errata") if row["field"] == "amount_basis"]
    further = [row for row in rows_of("errata_records") if row["erratum_id"] == erratum["erratum_id"]]
    projects = {row["record_id"].partition("/")[0] for row in (erratum, *further)}
    amounts = [
        row for row in rows_of("budgets") if row["project_id"] in projects and row["budget_status"] == "budgeted"
    ]
    assert len(projects) == 14
    assert {row["amount_basis"] for row in amounts} == {"not_said"}
    assert sum(int(row["amount_thb"]) for row in amounts) == 6_513_000


def test_every_amount_of_a_period_not_said_has_an_erratum_on_its_period() -> None:
    unsaid = {row["project_id"] for row in rows_of("budgets") if row["amount_basis"] == "not_said"}
    periods = {row["erratum_id"]: row for row in rows_of("errata") if row["topic"] == "period"}
    further = (row for row in rows_of("errata_records") if row["erratum_id"] in periods)
    assert unsaid <= {row["record_id"].partition("/")[0] for row in (*periods.values(), *further)}


def test_every_amount_has_a_source_that_is_stated_or_assumed() -> None:
    with_money = [row for row in rows_of("budgets") if row["budget_status"] == "budgeted"]
    assert all(row["funding_source"] and row["source_basis"] for row in with_money)
    stated = {int(row["project_id"].rsplit("-P", 1)[1]) for row in with_money if row["source_basis"] == "stated"}
    assert stated == {8, 10, 11, 25, 33, 45}, "only these sheets name a source"


def test_every_project_has_objectives_and_steps_and_each_promise_a_step() -> None:
    projects = {row["project_id"] for row in rows_of("projects")}
    assert {row["project_id"] for row in rows_of("objectives")} == projects
    assert {row["project_id"] for row in rows_of("steps")} == projects
    steps = {(row["project_id"], row["step_no"]) for row in rows_of("steps")}
    assert {(row["project_id"], row["step_no"]) for row in rows_of("step_promises")} <= steps
    assert all(row["value"] or row["frequency"] or row["due_th"] for row in rows_of("step_promises"))


def test_errata_are_many_and_distinct() -> None:
    errata = rows_of("errata")
    distinct = {tuple(v for k, v in row.items() if k != "erratum_id") for row in errata}
    assert len(distinct) == len(errata) >= 25


def test_every_title_that_differs_has_an_erratum() -> None:
    explained = {row["record_id"] for row in rows_of("errata") if row["rule"] == "title_differs"}
    differing = {
        row["project_id"]
        for row in rows_of("projects")
        if "".join(row["title_th"].split()) != "".join(row["summary_title_printed"].split())
    }
    assert differing == explained
