"""The textual forms of a release: the flat table, the totals, the nested JSON and the codebook."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import frictionless
import jsonschema
import pandas as pd
import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata import Language
from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.formats.codebook import codebook_csv, codebook_html, codebook_tables
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.formats.totals import TOTALS as TOTALS_BY
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.package.edition import Edition
from khelang_opendata.release.readback import plain, tables_from_json
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.tableschema import Engine, TableSource, check_tables
from tests.browsers import opened
from tests.conftest import PLAN, STANDARD, VALID, needs, replace_in
from tests.edits import add, cell, unplace_two_projects, without_rows
from tests.roundtrip import FAMILY, edition_of, flat_csv, made_csv, tables_from_csv

TOTALS = {2566: 5_996_755, 2567: 1_532_600, 2568: 2_242_600, 2569: 1_532_600, 2570: 1_637_600}
MADE = ("flat", "totals_by_year", "totals_by_unit", "flat_indicators")
FORMS: dict[str, Callable[[Edition], bytes]] = {
    **{name: partial(made_csv, name=name) for name in MADE},
    "json": nested_json,
    "codebook csv": codebook_csv,
    "codebook html": codebook_html,
}


@pytest.fixture(scope="module")
def khelang_nakhon() -> Edition:
    return edition_of(PLAN)


@pytest.fixture(scope="module", params=[PLAN, VALID], ids=["real plan", "example"])
def edition(request: pytest.FixtureRequest) -> Edition:
    return edition_of(request.param)


def rows_of(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def schema_of(edition: Edition, form: str) -> JsonObject:
    return tables_made_of(edition)[form].schema.compiled()


def amounts_by(rows: list[dict[str, str]], *names: str) -> Counter[tuple[str, ...]]:
    totals: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        totals[tuple(row[name] for name in names)] += Decimal(row["amount_thb"] or 0)  # type: ignore[assignment]
    return totals


@pytest.mark.parametrize("form", [*MADE, "codebook csv"])
def test_csv_has_a_bom_plain_line_ends_and_one_width(edition: Edition, form: str) -> None:
    data = FORMS[form](edition)
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert len({len(row) for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))}) == 1


@pytest.mark.parametrize("form", MADE)
def test_every_engine_finds_the_table_as_its_schema_says(edition: Edition, form: str, tmp_path: Path) -> None:
    assert_every_engine_accepts(edition, form, tmp_path)


def assert_every_engine_accepts(edition: Edition, form: str, tmp_path: Path) -> None:
    data, schema = FORMS[form](edition), schema_of(edition, form)
    assert [field["name"] for field in schema["fields"]] == list(rows_of(data)[0])
    (check,) = check_tables([TableSource(form, schema, data)])
    assert (check.engine, [*check.findings]) == (Engine.STANDARD, [])
    (tmp_path / "table.csv").write_bytes(data)
    resource = {"name": form, "path": "table.csv", "schema": schema, "encoding": "utf-8-sig"}
    report = frictionless.Resource.from_descriptor(resource, basepath=str(tmp_path)).validate()
    assert report.valid, report.flatten()


@pytest.mark.parametrize("form", MADE)
def test_every_column_is_reported_in_both_languages(edition: Edition, form: str) -> None:
    fields = schema_of(edition, form)["fields"]
    assert len({field["name"] for field in fields}) == len(fields)
    for field in fields:
        assert re.fullmatch("[a-z][a-z0-9_]*", field["name"])
        for text in ("title", "description"):
            assert re.search("[\u0e00-\u0e7f]", field[text]), field["name"]
            assert field[f"{text}_en"] not in ("", field[text]), field["name"]
    titles = Counter(field["title_en"] for field in fields)
    assert max(titles.values()) == 1, titles.most_common(1)


class TestFlat:
    def test_one_row_per_row_of_the_budgets(self, edition: Edition) -> None:
        rows, budgets = rows_of(flat_csv(edition)), list(edition.tables["budgets"].records())
        key = tables_made_of(edition)["flat"].schema.primary_key
        assert [[row[k] for k in key] for row in rows] == [[b[k] for k in key] for b in budgets]
        for row, budget in zip(rows, budgets, strict=True):
            assert (row["amount_thb"] == "") == (budget["amount_thb"] == "")
            assert Decimal(row["amount_thb"] or 0) == Decimal(budget["amount_thb"] or 0)
            assert int(row["fiscal_year_ce"]) == int(row["fiscal_year_be"]) - 543

    def test_pandas_opens_it_without_options(self, khelang_nakhon: Edition, tmp_path: Path) -> None:
        (tmp_path / "flat.csv").write_bytes(flat_csv(khelang_nakhon))
        frame = pd.read_csv(tmp_path / "flat.csv")
        assert frame.groupby("fiscal_year_be")["amount_thb"].sum().astype(int).to_dict() == TOTALS
        assert frame["project_id"].nunique() == 45
        numbers = {name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])}
        assert numbers - {"dimension_scored", "amount_has_erratum"} == {
            "dla_code",
            "project_no",
            "line_no",
            "project_start_fiscal_year_be",
            "project_end_fiscal_year_be",
            "fiscal_year_be",
            "fiscal_year_ce",
            "amount_thb",
        }

    def test_polars_opens_it_without_options(self, khelang_nakhon: Edition, tmp_path: Path) -> None:
        """It guesses the types from the first hundred rows and stumbles over what comes later."""
        (tmp_path / "flat.csv").write_bytes(flat_csv(khelang_nakhon))
        totals = pl.read_csv(tmp_path / "flat.csv").group_by("fiscal_year_be").agg(pl.col("amount_thb").sum())
        assert dict(totals.iter_rows()) == TOTALS

    def test_names_are_joined_in_and_codes_explained(self, khelang_nakhon: Edition) -> None:
        row = rows_of(flat_csv(khelang_nakhon))[0]
        assert row["lao_name_th"] == "เทศบาลเมืองเขลางค์นคร"
        assert (row["lao_type"], row["lao_type_th"]) == ("town_municipality", "เทศบาลเมือง (ทม.)")
        assert row["dimension_heading_th"] == "1 การสร้างวัฒนธรรมสุจริต"
        assert row["lead_division_name_en"] == "Personnel Division"
        assert row["lead_unit_path_th"] == (
            "เทศบาลเมืองเขลางค์นคร > กองการเจ้าหน้าที่ > ฝ่ายส่งเสริมและพัฒนาบุคลากร > งานส่งเสริมและพัฒนาบุคลากร"
        )
        assert (row["budget_status"], row["budget_status_th"], row["budget_status_en"]) == (
            "budgeted",
            "ตั้งงบประมาณ",
            "Budgeted",
        )

    def test_missions_stand_with_those_above_them(self, khelang_nakhon: Edition) -> None:
        paths = {row["mission_id"]: row["mission_path_en"] for row in rows_of(flat_csv(edition_of(VALID)))}
        assert paths["mae-thung-2561-2564-M1.1.1"] == (
            "1.1 Raising awareness among staff > 1.1.1 Serving for the good of the people"
        )
        alone = [row["mission_path_th"] for row in rows_of(flat_csv(khelang_nakhon)) if not row["mission_id"]]
        assert {*alone} == {""}, "a project under its dimension alone has no mission"

    def test_project_inside_another_names_it(self) -> None:
        rows = rows_of(flat_csv(edition_of(VALID)))
        inner = next(row for row in rows if row["parent_project_id"])
        assert inner["parent_project_title_en"] == "Training municipal staff in morals and ethics"

    def test_errata_stand_beside_the_figures_they_concern(self, khelang_nakhon: Edition) -> None:
        named = {id_ for row in rows_of(flat_csv(khelang_nakhon)) for id_ in row["errata_ids"].split()}
        records = [*khelang_nakhon.records("errata"), *khelang_nakhon.records("errata_records")]
        about = {record["erratum_id"] for record in records if "-P" in record["record_id"]}
        assert named
        assert named == about

    def test_the_erratum_on_the_period_of_14_amounts_is_on_each_of_their_rows(self, khelang_nakhon: Edition) -> None:
        e020 = f"{khelang_nakhon.plan_id}-E020"
        rows = [row for row in rows_of(flat_csv(khelang_nakhon)) if e020 in row["errata_ids"].split()]
        numbers = Counter(int(row["project_no"]) for row in rows)
        assert numbers == dict.fromkeys((1, 3, 4, 7, 9, 10, 12, 13, 14, 18, 29, 34, 37, 41), 5)
        assert {row["amount_has_erratum"] for row in rows} == {"true"}
        assert sum(Decimal(row["amount_thb"]) for row in rows) == 6_513_000

    def test_an_erratum_on_words_alone_leaves_the_amount_alone(self, khelang_nakhon: Edition) -> None:
        topics = {e["erratum_id"]: e["topic"] for e in khelang_nakhon.records("errata")}
        rows = [row for row in rows_of(flat_csv(khelang_nakhon)) if row["errata_ids"]]
        unaffected = [row for row in rows if not {"amount", "period"} & {topics[e] for e in row["errata_ids"].split()}]
        assert unaffected
        assert {row["amount_has_erratum"] for row in unaffected} == {"false"}

    def test_errata_are_listed_by_weight(self, khelang_nakhon: Edition) -> None:
        weights = {e["erratum_id"]: WEIGHTS.index(e["weight"]) for e in khelang_nakhon.records("errata")}
        listed = [[weights[id_] for id_ in row["errata_ids"].split()] for row in rows_of(flat_csv(khelang_nakhon))]
        assert [one for one in listed if one != sorted(one)] == []
        assert any(len({*one}) > 1 for one in listed)

    def test_other_units_and_audiences_of_a_project_are_on_its_rows(self) -> None:
        rows = rows_of(flat_csv(edition_of(VALID)))
        found = {row["project_id"][-3:]: (row["other_units"], row["audiences"]) for row in rows}
        assert found["P04"] == ("สำนักปลัดเทศบาล", "communities general_public")
        assert found["P07"] == ("ทุกส่วนราชการ", "general_public"), "a unit that the table of units lacks, as printed"
        assert found["P05"] == ("", "")

    def test_amounts_have_the_same_number_of_decimals(self, example: Path) -> None:
        replace_in(example / "data/budgets.csv", "budgeted,20000.00,", "budgeted,20000.125,")
        amounts = {row["amount_thb"] for row in rows_of(flat_csv(edition_of(example)))} - {""}
        assert {len(amount.partition(".")[2]) for amount in amounts} == {3}
        assert "20000.125" in amounts


class TestTotals:
    @pytest.mark.parametrize("name", TOTALS_BY)
    def test_each_file_adds_up_to_the_plan_and_to_nothing_else(self, edition: Edition, name: str) -> None:
        budgets = amounts_by(list(edition.tables["budgets"].records()), "fiscal_year_be")
        rows = rows_of(made_csv(edition, name))
        assert amounts_by(rows, "fiscal_year_be") == budgets
        assert amounts_by(rows) == amounts_by(list(edition.tables["budgets"].records()))
        if name == "totals_by_year":
            assert len(rows) == len(budgets)

    def test_totals_of_the_real_plan(self, khelang_nakhon: Edition, tmp_path: Path) -> None:
        (tmp_path / "totals.csv").write_bytes(made_csv(khelang_nakhon, "totals_by_year"))
        frame = pd.read_csv(tmp_path / "totals.csv")
        plan = frame.set_index("fiscal_year_be")
        assert frame["amount_thb"].sum() == 12_942_155
        assert plan["amount_thb"].to_dict() == TOTALS
        assert plan["projects"].to_dict() == {2566: 45, 2567: 43, 2568: 44, 2569: 43, 2570: 44}
        assert plan["projects_with_unknown_amount"].to_dict() == {2566: 1, 2567: 0, 2568: 0, 2569: 0, 2570: 0}
        assert dict(pl.read_csv(tmp_path / "totals.csv")["fiscal_year_be", "amount_thb"].rows()) == TOTALS

    @pytest.mark.parametrize(
        ("status", "amount", "counts", "total"),
        [
            ("budgeted", "5", ("1", "1", "0"), "5"),
            ("no_budget", "0", ("1", "0", "0"), "0"),
            ("not_run", "", ("0", "0", "0"), "0"),
            ("shared", "", ("1", "0", "0"), "0"),
            ("shared", "0", ("1", "0", "0"), "0"),
            ("unknown", "", ("1", "0", "1"), ""),
        ],
    )
    def test_what_a_status_counts_as(
        self, plan: Path, status: str, amount: str, counts: tuple[str, str, str], total: str
    ) -> None:
        path = plan / "data/budgets.csv"
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        (row,) = (row for row in rows if row[1].endswith("-P45") and row[3] == "2570")
        row[rows[0].index("budget_status")], row[rows[0].index("amount_thb")] = status, amount
        path.write_bytes(csv_bytes(rows))
        (found,) = (
            row
            for row in rows_of(made_csv(edition_of(plan), "totals_by_dimension"))
            if (row["dimension_id"][-3:], row["fiscal_year_be"]) == ("D3S", "2570")
        )
        assert (found["projects"], found["projects_with_budget"], found["projects_with_unknown_amount"]) == counts
        assert found["amount_thb"] == total

    def test_units_of_one_name_are_distinguished(self, khelang_nakhon: Edition) -> None:
        rows = rows_of(made_csv(khelang_nakhon, "totals_by_unit"))
        units = {row["lead_unit_id"]: row["name_th"] for row in rows}
        assert len(set(units.values())) == len(units)
        assert "กองสวัสดิการสังคม > งานธุรการ" in units.values()


class TestProgress:
    """What is reported, in the tables made from others; the example has a report after 6 and after 12 months."""

    def test_a_plan_without_reports_has_no_columns_of_it(self, khelang_nakhon: Edition) -> None:
        for name, table in tables_made_of(khelang_nakhon).items():
            assert not {"disbursed_thb", "approved_thb", "projects_reported"} & set(table.schema.field_by_name), name
        assert "flat_results" not in tables_made_of(khelang_nakhon)

    def test_the_flat_table_has_the_latest_round_once(self) -> None:
        rows = [row for row in rows_of(flat_csv(edition_of(VALID))) if row["progress_status"]]
        found = {(row["project_id"][-3:], row["fiscal_year_be"]): row for row in rows}
        assert len(found) == len(rows)
        first = found["P01", "2561"]
        assert (first["progress_round_months"], first["progress_status_en"]) == ("12", "Completed")
        assert (first["approved_thb"], first["disbursed_thb"]) == ("20000", "18750.50")
        assert (found["P04", "2561"]["progress_status"], found["P04", "2561"]["disbursed_thb"]) == ("cannot", "0.00")
        assert found["P07", "2561"]["disbursed_thb"] == "", "not reported is not zero"

    def test_a_project_with_several_lines_has_its_report_on_the_first(self, example: Path) -> None:
        path = example / "data/budgets.csv"
        header, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
        (line,) = (row for row in lines if row[1].endswith("-P01") and row[header.index("fiscal_year_be")] == "2561")
        lines.insert(0, [*line[:2], "9", *line[3:]])
        path.write_bytes(csv_bytes([header, *lines]))
        rows = [row for row in rows_of(flat_csv(edition_of(example))) if row["project_id"].endswith("-P01")]
        reported = {row["line_no"]: row["disbursed_thb"] for row in rows if row["fiscal_year_be"] == "2561"}
        assert reported == {"9": "", line[2]: "18750.50"}

    def test_reports_of_years_without_a_line_are_on_the_line_of_the_whole_period(self, example: Path) -> None:
        unplace_two_projects(example)
        path = example / "data/progress.csv"
        header, *reports = csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True))
        (report,) = (row for row in reports if row[1].endswith("-P07"))
        more = dict(zip(header, report, strict=True)) | {"disbursed_thb": "5", "approved_thb": "7"}
        years = [[*(more | {"fiscal_year_be": year}).values()] for year in ("2563", "2562")]
        path.write_bytes(csv_bytes([header, *reports, *years]))
        (row,) = (row for row in rows_of(flat_csv(edition_of(example))) if row["project_id"].endswith("-P07"))
        assert (row["fiscal_year_be"], row["disbursed_thb"], row["approved_thb"]) == ("", "10.00", "14")

    @pytest.mark.parametrize("name", TOTALS_BY)
    def test_totals_have_what_the_flat_table_adds_up_to(self, name: str) -> None:
        edition = edition_of(VALID)
        flat, totals = rows_of(flat_csv(edition)), rows_of(made_csv(edition, name))
        for column in ("approved_thb", "disbursed_thb"):
            expected = sum(Decimal(row[column] or 0) for row in flat)
            assert sum(Decimal(row[column] or 0) for row in totals) == expected > 0
        assert sum(int(row["projects_reported"]) for row in totals) == sum(bool(row["progress_status"]) for row in flat)


class TestLongForms:
    def test_every_indicator_has_the_names_of_its_project(self, edition: Edition) -> None:
        rows, indicators = rows_of(made_csv(edition, "flat_indicators")), list(edition.records("indicators"))
        projects = {project["project_id"]: project for project in edition.records("projects")}
        assert [row["indicator_label_th"] for row in rows] == [one["label_th"] for one in indicators]
        for row, indicator in zip(rows, indicators, strict=True):
            assert row["project_title_th"] == projects[indicator["project_id"]]["title_th"]
            assert (row["target_value"], row["target_unit"]) == (indicator["value"], indicator["value_unit"])
            assert row["dimension_heading_th"] != ""

    def test_every_result_is_beside_its_target(self) -> None:
        edition = edition_of(VALID)
        rows, results = rows_of(made_csv(edition, "flat_results")), list(edition.records("progress_results"))
        assert len(rows) == len(results) > 0
        targets = {(one["project_id"], one["indicator_no"]): one["value"] for one in edition.records("indicators")}
        for row, result in zip(rows, results, strict=True):
            assert row["result_value"] == result["value"]
            assert row["target_value"] == targets[result["project_id"], result["indicator_no"]]
            assert row["project_title_en"]


class TestAmountsAndProjectsOutsideTheUsualPlaces:
    """An amount for the whole period has no year, and a project may name no dimension and no unit."""

    @pytest.fixture
    def unplaced(self, example: Path) -> Edition:
        unplace_two_projects(example)
        return edition_of(example)

    def test_the_flat_table_leaves_their_cells_empty(self, unplaced: Edition) -> None:
        rows = rows_of(flat_csv(unplaced))
        (whole,) = (row for row in rows if row["project_id"].endswith("-P07"))
        assert [whole[name] for name in ("fiscal_year_be", "fiscal_year_ce", "amount_basis")] == [
            "",
            "",
            "whole_period",
        ]
        assert Decimal(whole["amount_thb"]) == 20_000
        lost = [row for row in rows if row["project_id"].endswith("-P08")]
        assert len(lost) == 4
        parts = ("dimension_", "mission_", "lead_")
        assert {value for row in lost for name, value in row.items() if name.startswith(parts)} == {""}

    def test_no_sum_counts_an_amount_twice(self, unplaced: Edition) -> None:
        budgets = amounts_by(list(unplaced.records("budgets")), "fiscal_year_be")
        for name in TOTALS_BY:
            assert amounts_by(rows_of(made_csv(unplaced, name)), "fiscal_year_be") == budgets
        assert budgets["",] == 20_000
        rows = rows_of(made_csv(unplaced, "totals_by_year"))
        plan = {row["fiscal_year_be"]: row["amount_thb"] for row in rows}
        assert [*plan] == ["2561", "2562", "2563", "2564", ""], "the row without a year comes last"
        assert {row["fiscal_year_ce"] for row in rows if not row["fiscal_year_be"]} == {""}

    def test_projects_that_name_no_dimension_or_unit_have_totals_of_their_own(self, unplaced: Edition) -> None:
        for name, id_ in (("dimension", "dimension_id"), ("division", "lead_division_id"), ("unit", "lead_unit_id")):
            rows = rows_of(made_csv(unplaced, f"totals_by_{name}"))
            (row,) = (row for row in rows if row[id_] == unplaced.plan_id and row["fiscal_year_be"] == "2561")
            assert (row["name_th"], row["name_en"], row["projects"]) == ("ไม่ได้ระบุ", "Not named", "1")

    @pytest.mark.parametrize("form", MADE)
    def test_every_engine_accepts_an_empty_year(self, unplaced: Edition, form: str, tmp_path: Path) -> None:
        assert_every_engine_accepts(unplaced, form, tmp_path)

    def test_a_plan_may_have_no_dimension_and_no_unit(self, example: Path) -> None:
        for table in ("dimensions", "missions", "units"):
            without_rows(example / f"data/{table}.csv")
        for row in range(2, 10):
            cell("projects", row, dimension_id="", mission_id="", lead_unit_id="")(example)
        for row in range(2, 5):
            cell("project_units", row, unit_id="")(example)
        edition = edition_of(example)
        flat = rows_of(flat_csv(edition))
        assert {row["dimension_heading_th"] + row["lead_unit_path_th"] + row["mission_path_th"] for row in flat} == {""}
        budgets = amounts_by(list(edition.records("budgets")), "fiscal_year_be")
        for name in TOTALS_BY:
            totals = rows_of(made_csv(edition, name))
            assert amounts_by(totals, "fiscal_year_be") == budgets
            assert len(totals) == len(budgets)
        plan = json.loads(nested_json(edition))
        assert (plan["dimensions"], plan["missions"], plan["units"]) == ([], [], [])


class TestNested:
    def test_valid_by_the_standard(self, edition: Edition) -> None:
        schema = json.loads((STANDARD / "plan.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator(schema).validate(json.loads(nested_json(edition)))

    def test_all_rows_of_all_tables_come_back(self, edition: Edition) -> None:
        found, expected = tables_from_json(nested_json(edition), FAMILY), plain(edition.tables)
        assert [*found] == [*expected]
        for name, (header, *rows) in expected.items():
            assert found[name][0] == header
            assert sorted(found[name][1:]) == sorted(rows)

    def test_progress_is_there_only_where_the_package_has_it(self) -> None:
        projects = {path: json.loads(nested_json(edition_of(path)))["projects"] for path in (PLAN, VALID)}
        assert not any("progress" in project for project in projects[PLAN])
        assert all("progress" in project for project in projects[VALID])

    def test_rows_of_every_table_are_inside_what_they_belong_to(self) -> None:
        plan = json.loads(nested_json(edition_of(VALID)))
        projects = {project["project_id"][-3:]: project for project in plan["projects"]}
        assert [(unit["role"], unit["unit_printed"]) for unit in projects["P07"]["units"]] == [
            ("supporting", "ทุกส่วนราชการ")
        ]
        assert [item["amount_thb"] for item in projects["P01"]["budget_items"]] == [14400, 5600]
        assert [promise["value"] for promise in projects["P05"]["step_promises"]] == [3, None]
        assert [result["value"] for result in projects["P01"]["progress_results"]] == [1, 91.5]
        assert [result["status"] for result in plan["risks"][0]["results"]] == ["completed", "in_progress"]
        assert {code["code"] for code in plan["codes"]} == {"household_waste_site", "taxpayers"}
        records = {e["erratum_id"][-3:]: [r["record_id"] for r in e["records"]] for e in plan["errata"]}
        assert records["E01"] == []
        assert records["E04"] == ["mae-thung-2561-2564-P07", "mae-thung-2561-2564-P04/2"]

    def test_numbers_are_exact(self, example: Path) -> None:
        replace_in(example / "data/budgets.csv", "budgeted,20000.00,", "budgeted,12345678901234567.10,")
        assert '"amount_thb": 12345678901234567.10,' in nested_json(edition_of(example)).decode()


def test_tables_come_back_from_csv(edition: Edition) -> None:
    files = {
        f"{name}.csv": csv_bytes([[field.name for field in table.schema.fields], *table.rows])
        for name, table in edition.tables.items()
    }
    assert tables_from_csv(files) == plain(edition.tables)


class TestCodebook:
    def test_every_column_and_code_is_reported_once(self, edition: Edition) -> None:
        rows = rows_of(codebook_csv(edition))
        names = [(row["table"], row["column"]) for row in rows]
        assert len(set(names)) == len(names)
        expected = {(table.name, field.name) for table in edition.tables.values() for field in table.schema.fields}
        assert expected <= set(names)
        assert {table for table, _ in names} - set(edition.tables) == set(tables_made_of(edition))
        for row in rows:
            assert all(row[text] for text in ("title_th", "title_en", "description_th", "description_en", "type"))
        (status,) = (row for row in rows if (row["table"], row["column"]) == ("budgets", "budget_status"))
        assert status["codes"].splitlines()[0] == "budgeted = ตั้งงบประมาณ / Budgeted"

    def test_own_codes_of_a_package_are_explained_wherever_codes_are(self, example: Path) -> None:
        add("codes", "mae-thung-2561-2564", "funding_source", "temple_fund", "เงินกองทุนวัด", "Temple fund", "", "")(
            example
        )
        cell("budgets", 2, funding_source="temple_fund")(example)
        edition = edition_of(example)
        row = rows_of(flat_csv(edition))[0]
        assert (row["funding_source_th"], row["funding_source_en"]) == ("เงินกองทุนวัด", "Temple fund")
        codes = {(row["table"], row["column"]): row["codes"].splitlines() for row in rows_of(codebook_csv(edition))}
        for table in ("budgets", "flat"):
            assert "temple_fund = เงินกองทุนวัด / Temple fund" in codes[table, "funding_source"]
        assert "taxpayers = ผู้เสียภาษี / Taxpayers" in codes["targets", "audience"]
        assert "household_waste_site = จุดทิ้งขยะครัวเรือน / Household waste site" in codes["targets", "quantity_unit"]
        assert {"codelist-funding_source-temple_fund", "codelist-audience-taxpayers"} <= self.ids_of(
            codebook_html(edition).decode()
        )

    def test_page_tells_every_column_and_code(self, edition: Edition) -> None:
        ids = self.ids_of(codebook_html(edition).decode())
        for table in codebook_tables(edition):
            assert table.name in ids
            assert {f"{table.name}.{column.name}" for column in table.columns} <= ids
            for column in table.columns:
                for code in column.field.meanings:
                    assert f"codelist-{column.descriptor['codelist'][:-4]}-{code}" in ids

    def test_links_of_the_page_lead_somewhere(self, edition: Edition) -> None:
        page = codebook_html(edition).decode()
        links = {*re.findall('href="([^"]*)"', page)}
        assert len(links) > 30
        assert {link.removeprefix("#") for link in links} <= self.ids_of(page)
        assert not re.search(r"<script|<link|<img|src=|url\(", page)

    def test_markup_in_a_text_stays_text(self, plan: Path) -> None:
        replace_in(plan / "datapackage.json", '"title_en": "Anti', '"title_en": "<b>Anti')
        assert "&lt;b&gt;Anti" in codebook_html(edition_of(plan)).decode()

    @staticmethod
    def ids_of(page: str) -> set[str]:
        ids = re.findall(' id="([^"]*)"', page)
        assert len(set(ids)) == len(ids)
        return set(ids)


@pytest.fixture(scope="module")
def pages(khelang_nakhon: Edition, tmp_path_factory: pytest.TempPathFactory) -> dict[Language, str]:
    folder = tmp_path_factory.mktemp("codebook")
    addresses = {}
    for language in Language:
        (folder / f"{language}.html").write_bytes(codebook_html(khelang_nakhon, language))
        addresses[language] = (folder / f"{language}.html").as_uri()
    return addresses


@needs("chromium")
@pytest.mark.parametrize(("language", "scheme"), [(Language.TH, "light"), (Language.EN, "dark")])
def test_axe_finds_no_violation(
    browser: Browser,
    pages: dict[Language, str],
    language: Language,
    scheme: Any,
) -> None:
    with opened(browser, pages[language], 1280, scheme) as page:
        result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
    assert result.response["passes"]
    assert result.violations_count == 0, result.generate_report()


@needs("chromium")
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("shown", ["th", "en", "both"])
def test_page_never_scrolls_sideways(
    browser: Browser,
    pages: dict[Language, str],
    width: int,
    shown: str,
) -> None:
    with opened(browser, pages[Language.TH], width) as page:
        page.check(f"#show-{shown}")
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert page.locator("h1 [lang=en]").is_visible() == (shown != "th")


HASHES = """
import hashlib, sys
from datetime import date
from khelang_opendata import Package
from khelang_opendata.formats.codebook import codebook_csv, codebook_html
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.package.edition import Edition, released_tables, table_csv
from khelang_opendata.validation import family_of

package = Package.load(sys.argv[1])
family = family_of(package)
edition = Edition(family, released_tables(package, family), package.descriptor, date(2026, 11, 22))
names = ("flat", "totals_by_year", "totals_by_unit", "flat_indicators")
made = [table_csv(tables_made_of(edition)[name]) for name in names]
for data in (*made, *(form(edition) for form in (nested_json, codebook_csv, codebook_html))):
    print(hashlib.sha256(data).hexdigest())
"""


def output_of(script: str, env: dict[str, str]) -> list[str]:
    """What a Python program prints about the real plan in other surroundings."""
    command = [sys.executable, "-c", script, str(PLAN)]
    done = subprocess.run(command, capture_output=True, env={**os.environ, **env}, check=False, cwd=PLAN.parent)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def test_same_bytes_in_other_surroundings(khelang_nakhon: Edition) -> None:
    here = [hashlib.sha256(form(khelang_nakhon)).hexdigest() for form in FORMS.values()]
    for env in SURROUNDINGS:
        assert output_of(HASHES, env) == here


SURROUNDINGS = [
    {"TZ": "Asia/Bangkok", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONHASHSEED": "2"},
    {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "3"},
]
