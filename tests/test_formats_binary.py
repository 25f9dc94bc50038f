"""A release as XLSX, SQLite and Parquet: equal tables, the same bytes everywhere, opened in what people use."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from khelang_opendata import Package
from khelang_opendata.formats import parquet as parquet_form
from khelang_opendata.formats.datasette import datasette_metadata
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.formats.parquet import parquet
from khelang_opendata.formats.sqlite import database
from khelang_opendata.formats.sqlite_pages import StoredTable, database_image
from khelang_opendata.formats.xlsx import BUDGETS, CODEBOOK, FRONT, SUMS, workbook
from khelang_opendata.package.edition import Edition
from khelang_opendata.package.release_files import made_path
from khelang_opendata.release import ReleaseOptions, release_package
from khelang_opendata.release.readback import (
    Tables,
    as_text,
    differing_forms,
    plain,
    tables_from_parquet,
    tables_from_sqlite,
    tables_from_xlsx,
)
from tests.conftest import PLAN, VALID, Khelang, fails, needs, replace_in
from tests.edits import unplace_two_projects
from tests.roundtrip import DAY, FAMILY, edition_of, made_csv


def by_id(tables: Tables) -> Tables:
    """The tables with the errata, which a workbook has by weight, in the order of their ids."""
    heading, *rows = tables["errata"]
    return {**tables, "errata": [heading, *sorted(rows, key=lambda row: row[1])]}


FORMS: dict[str, Callable[[Edition], Tables]] = {
    "xlsx": lambda edition: by_id(tables_from_xlsx(workbook(edition), FAMILY)),
    "sqlite": lambda edition: tables_from_sqlite(database(edition), FAMILY),
    "parquet": lambda edition: tables_from_parquet(
        {name: data for name, data in parquet(edition).items() if name in edition.tables},
        {name: schema.field_by_name for name, schema in FAMILY.tables.items()},
    ),
}


@pytest.fixture(scope="module")
def plan() -> Edition:
    return edition_of(PLAN)


@pytest.fixture(scope="module")
def example() -> Edition:
    return edition_of(VALID)


@pytest.fixture(scope="module")
def file(plan: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real plan's database under the name that a release gives it."""
    path = tmp_path_factory.mktemp("database") / f"{plan.plan_id}.sqlite"
    path.write_bytes(database(plan))
    return path


@contextmanager
def opened(data: bytes) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        yield connection


def test_the_real_plan_s_cells_are_in_the_one_form_of_their_types(plan: Edition) -> None:
    rows = {name: [[f.name for f in t.schema.fields], *map(list, t.rows)] for name, t in plan.tables.items()}
    assert plain(plan.tables) == rows


@pytest.mark.parametrize("folder", [PLAN, VALID], ids=["plan", "example"])
@pytest.mark.parametrize("form", FORMS)
def test_round_trip(form: str, folder: Path) -> None:
    edition = edition_of(folder)
    assert FORMS[form](edition) == plain(edition.tables)


@pytest.mark.parametrize("form", FORMS)
def test_a_table_without_rows_keeps_its_heading(plan: Edition, form: str) -> None:
    tables = {**plan.tables, "errata": replace(plan.tables["errata"], rows=())}
    assert FORMS[form](replace(plan, tables=tables)) == plain(tables)


BUILD = """
from hashlib import sha256
from khelang_opendata.formats.parquet import parquet
from khelang_opendata.formats.sqlite import database
from khelang_opendata.formats.xlsx import workbook
from tests.conftest import PLAN
from tests.roundtrip import edition_of
edition = edition_of(PLAN)
files = {"xlsx": workbook(edition), "sqlite": database(edition), **parquet(edition)}
print({name: sha256(data).hexdigest() for name, data in files.items()})
"""


def test_the_same_bytes_elsewhere(tmp_path: Path) -> None:
    """Other folder, time zone, locale, user, order of sets and number of threads."""
    here = {"TZ": "UTC", "LC_ALL": "C", "USER": "root", "PYTHONHASHSEED": "1", "POLARS_MAX_THREADS": "1"}
    there = {"TZ": "Asia/Bangkok", "LC_ALL": "th_TH.UTF-8", "USER": "ปรีชา", "HOME": str(tmp_path)}
    there |= {"PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "4", "SOURCE_DATE_EPOCH": "1"}
    path = os.pathsep.join(map(str, (PLAN.parent, PLAN.parent / "src")))
    reported = [
        subprocess.run(
            [sys.executable, "-c", BUILD],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": path, **env},
            capture_output=True,
            check=True,
        ).stdout
        for cwd, env in ((PLAN.parent, here), (tmp_path, there))
    ]
    assert reported[0] == reported[1] != b""


# --- XLSX


def test_a_sheet_has_one_heading_with_the_names_of_records_beside_their_ids(plan: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan)))
    assert book.sheetnames == [FRONT, SUMS, BUDGETS, *plan.tables, CODEBOOK]
    for name, table in plan.tables.items():
        columns = [str(cell.value) for cell in book[name][1]]
        assert [label for label in columns if "." not in label] == [field.name for field in table.schema.fields]
        assert re.fullmatch("[ABC]2", str(book[name].freeze_panes))
        last = book[name].cell(max(book[name].max_row, 2), len(columns)).coordinate
        assert book[name].auto_filter.ref == f"A1:{last}"
    budgets = book["budgets"]
    heading = [cell.value for cell in budgets[1]]
    first = dict(zip(heading, budgets[2], strict=True))
    assert heading[:3] == ["plan_id", "project_id", "project_id.title_th"]
    assert first["project_id.title_th"].value == next(plan.records("projects"))["title_th"]
    assert (first["amount_thb"].number_format, first["fiscal_year_be"].number_format) == ("#,##0.00", "0")
    assert str(budgets.freeze_panes) == "C2"
    assert any(isinstance(cell.value, datetime) for cell in book["plans"][2])


def test_a_heading_shows_what_its_column_means(plan: Edition) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(plan)))["budgets"]
    notes = {str(note.sqref): note for note in sheet.data_validations.dataValidation}
    assert len(notes) == len(plan.tables["budgets"].schema.fields)
    assert notes["A1"].promptTitle == "รหัสแผน"
    assert all(len(note.promptTitle) <= 32 and len(note.prompt) <= 255 for note in notes.values())


def test_the_sums_are_those_of_the_budgets(plan: Edition) -> None:
    """Each block of the sheet adds up to the plan, by year and in all."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook(plan)))[SUMS]
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    totals = [row for row in rows if row[0] == "รวม Total"]
    years = [5_996_755, 1_532_600, 2_242_600, 1_532_600, 1_637_600]
    assert totals == [["รวม Total", *years, 12_942_155]] * 4
    dimensions = rows[3 : rows.index(totals[0])]
    assert [row[-1] for row in dimensions] == [4_355_000, 155_000, 1_795_000, 2_750_000, 3_887_155]
    assert sheet.cell(8, 7).number_format == '"≥ "#,##0'


def test_the_budgets_can_be_filtered_in_thai(plan: Edition) -> None:
    book = pd.read_excel(io.BytesIO(workbook(plan)), sheet_name=BUDGETS, engine="openpyxl")
    assert list(book.columns[:4]) == ["ลำดับที่", "ชื่อโครงการ กิจกรรม หรือมาตรการ", "ปีงบประมาณ", "งบประมาณ (บาท)"]
    youth = book[book["กลุ่มเป้าหมาย"].str.contains("เยาวชน", na=False)]
    assert sorted(youth["ลำดับที่"].unique()) == [9, 12, 13, 14]
    assert youth["งบประมาณ (บาท)"].sum() == 750_000


def test_the_front_sheet_tells_what_it_is_and_leads_to_every_sheet(plan: Edition) -> None:
    front = openpyxl.load_workbook(io.BytesIO(workbook(plan)))[FRONT]
    text = "\n".join(str(cell) for row in front.iter_rows(values_only=True) for cell in row if cell is not None)
    for word in ("22 พฤศจิกายน 2569 (2026-11-22)", "https://creativecommons.org/licenses/by/4.0/", "รุ่น 1.0.0"):
        assert word in text
    links = {link.location for row in front.iter_rows() for cell in row if (link := cell.hyperlink)}
    assert links == {f"'{name}'!A1" for name in (SUMS, BUDGETS, *plan.tables, CODEBOOK)}
    assert "อย่างน้อย 12,942,155" in text
    assert "at least 12,942,155 · Planned, not spent." in text
    counts = {row[0].value: row[3].value for row in front.iter_rows() if row[3].value is not None}
    assert counts["projects"] == 45


def test_every_column_has_its_row_in_the_codebook(plan: Edition) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(plan)))
    columns = [(name, field.name) for name, table in plan.tables.items() for field in table.schema.fields]
    assert [(row[0], row[1]) for row in book[CODEBOOK].iter_rows(min_row=2, values_only=True)] == columns
    (status,) = [r for r in book[CODEBOOK].iter_rows(min_row=2, values_only=True) if r[1] == "budget_status"]
    assert "not_run = ไม่ดำเนินการ" in str(status[7])


def test_errata_are_by_weight_with_the_names_of_what_they_concern(plan: Edition) -> None:
    errata = pd.read_excel(io.BytesIO(workbook(plan)), sheet_name="errata", engine="openpyxl")
    assert [*dict.fromkeys(errata["weight"])] == ["money_or_responsibility", "meaning", "editorial"]
    about_projects = errata[(errata["resource"] == "projects") & errata["record_id"].notna()]
    assert len(about_projects) > 50
    assert about_projects["record_id.name"].notna().all()


HOSTILE = [
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a.example")', "=cmd|' /C calc'!A0"),
    *("http://a.example", "mailto:a@a.example", "internal:'plans'!A1", "external:a.xlsx", "{=1}", "'1", "00123", "1e5"),
    *("<r>", "<r></r>", "<r><t>1</t></r>", "<r>\x01</r>", "<r>&</r>", "</t></si>", "]]>", "&amp;", "&#10;"),
    *("_x0041_", "_x005F_x0041_", "\x00", "\x01\x0b\x0c\x1f", "\x7f\x85", "\ufffe\uffff", "\r\n", "a\rb\nc\td"),
    *(" a ", "\n", "\u00a0", "\u200b", "\u202e", "กำ กํา ำ", "😀", "NULL", "TRUE", "2566-01-01", "x" * 500),
]


def spoilt(edition: Edition) -> Edition:
    """An edition with a hostile text in every cell of the real plan's text that nothing refers to."""
    schema = edition.tables["errata"].schema
    columns = [at for at, field in enumerate(schema.fields) if field.name in ("where_printed_th", "printed_value")]
    rows = [list(row) for row in edition.tables["errata"].rows]
    for row, text in zip(rows, HOSTILE, strict=False):
        for at in columns:
            row[at] = text
    table = replace(edition.tables["errata"], rows=tuple(map(tuple, rows)))
    descriptor = edition.descriptor | {"title": HOSTILE[0], "title_en": "<r>=1</r>"}
    return replace(edition, tables={**edition.tables, "errata": table}, descriptor=descriptor)


@pytest.mark.parametrize("form", FORMS)
def test_hostile_texts_come_back_as_they_are(plan: Edition, form: str) -> None:
    edition = spoilt(plan)
    assert FORMS[form](edition)["errata"] == plain(edition.tables)["errata"]


def test_hostile_texts_are_neither_formulas_nor_links(plan: Edition) -> None:
    data = workbook(spoilt(plan))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not any(name.startswith(("xl/externalLinks", "xl/worksheets/_rels")) for name in parts.namelist())
    assert not any(re.search(r"<f[ >/]", sheet) for sheet in sheets)
    assert sum(sheet.count("<hyperlink ") for sheet in sheets) == len(plan.tables) + 3
    errata = openpyxl.load_workbook(io.BytesIO(data))["errata"]
    heading = [cell.value for cell in errata[1]]
    id_, printed = heading.index("erratum_id"), heading.index("printed_value")
    cells = {row[id_].value: row[printed] for row in errata.iter_rows(min_row=2)}
    spoilt_cells = [cells[record["erratum_id"]] for record, _ in zip(plan.records("errata"), HOSTILE, strict=False)]
    assert {cell.data_type for cell in spoilt_cells} == {"s"}
    quoted = [text.startswith(tuple("=+-@\t\r")) for text in HOSTILE]
    assert [bool(cell.quotePrefix) for cell in spoilt_cells] == quoted


def test_no_text_of_the_standard_is_longer_than_a_cell(plan: Edition) -> None:
    fields = [field for table in FAMILY.tables.values() for field in table.fields]
    texts = [field.descriptor.get("constraints", {}) for field in fields if field.descriptor["type"] == "string"]
    assert all("enum" in constraints or constraints["maxLength"] <= 4000 for constraints in texts)
    with fails("form_refused") as refused:
        workbook(replace(plan, descriptor=plan.descriptor | {"description": "ก" * 32_768}))
    assert refused.value.params == {"variant": "text", "sheet": FRONT, "limit": 32_767, "text": "ก" * 80}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("amount", ["1234567890.123456", "12345678901234567", "1e400", "NaN"])
def test_a_number_that_would_become_another_is_refused(plan: Edition, form: str, amount: str) -> None:
    table = plan.tables["printed_totals"]
    rows = ((*table.rows[0][:-1], amount), *table.rows[1:])
    edition = replace(plan, tables={**plan.tables, "printed_totals": replace(table, rows=rows)})
    with fails("form_refused") as refused:
        FORMS[form](edition)
    place = {"table": "printed_totals", "row": 2, "field": table.schema.fields[-1].name}
    assert refused.value.params == {"variant": "number", **place, "value": str(Decimal(amount))}


def test_a_table_longer_than_a_sheet_is_refused(plan: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khelang_opendata.formats.grids._LONGEST_SHEET", 44)
    with fails("form_refused") as refused:
        workbook(plan)
    assert refused.value.params["variant"] == "rows"


@pytest.mark.parametrize("lang", ["th", "en"])
def test_what_does_not_fit_is_reported_and_nothing_is_released(tmp_path: Path, khelang: Khelang, lang: str) -> None:
    datapackage = Path(shutil.copytree(PLAN, tmp_path / "datapackage"))
    replace_in(datapackage / "data/printed_totals.csv", "1061600", "1234567890.123456")
    done = khelang("release", datapackage, "--lang", lang, "--allow-warnings", "test")
    reported = done.stderr.decode()
    assert done.returncode == 1
    assert "1234567890.123456" in reported
    assert "printed_totals" in reported
    assert "Traceback" not in reported
    assert not [*tmp_path.glob("releases/v*")]


def test_pandas_reads_a_sheet_as_numbers_and_dates(plan: Edition) -> None:
    sheets = pd.read_excel(io.BytesIO(workbook(plan)), sheet_name=None, engine="openpyxl")
    budgets = sheets["budgets"]
    assert budgets.groupby("fiscal_year_be").amount_thb.sum()[2566] == 5_996_755
    assert sheets["dimensions"].scored.dtype == bool
    assert pd.Timestamp("2022-09-27") == sheets["plans"].announced_on[0]


@needs("soffice")
def test_a_spreadsheet_program_opens_the_workbook(plan: Edition, tmp_path: Path) -> None:
    """As pages of paper, and each sheet as CSV."""
    (tmp_path / "plan.xlsx").write_bytes(workbook(plan))
    csv_of_all_sheets = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for form in ("pdf", csv_of_all_sheets):
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", form]
        subprocess.run([*command, "plan.xlsx"], cwd=tmp_path, capture_output=True, timeout=180, check=True)
    assert (tmp_path / "plan.pdf").read_bytes().startswith(b"%PDF")
    with (tmp_path / "plan-budgets.csv").open(encoding="utf-8", newline="") as lines:
        header, first, *_ = csv.reader(lines)
    shown = dict(zip(header, first, strict=True))
    assert (shown["fiscal_year_be"], float(shown["amount_thb"])) == ("2566", 300_000)
    assert "2022-09-27" in (tmp_path / "plan-plans.csv").read_text(encoding="utf-8")


# --- SQLite


Query = Callable[[str], list[tuple[Any, ...]]]


@contextmanager
def python_s_sqlite(path: Path) -> Iterator[Query]:
    with closing(sqlite3.connect(path)) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


@contextmanager
def newest_sqlite(path: Path) -> Iterator[Query]:
    apsw = pytest.importorskip("apsw")
    with closing(apsw.Connection(str(path))) as connection:
        yield lambda sql: list(connection.execute(sql))


@pytest.mark.parametrize("library", [python_s_sqlite, newest_sqlite])
def test_sqlite_finds_nothing_wrong(
    plan: Edition, example: Edition, tmp_path: Path, library: Callable[[Path], AbstractContextManager[Query]]
) -> None:
    """The file is not written by SQLite, so old and new versions check it: 3.40 of Debian 12 and that of apsw."""
    path = tmp_path / "plan.sqlite"
    for edition in (plan, example):
        path.write_bytes(database(edition))
        with library(path) as query:
            assert query("PRAGMA integrity_check") == [("ok",)]
            assert query("PRAGMA foreign_key_check") == []
            (amount,) = query("SELECT sum(amount_thb) FROM flat")
            assert amount == query("SELECT sum(amount_thb) FROM budgets")[0] != (None,)


@pytest.mark.parametrize("library", [python_s_sqlite, newest_sqlite])
def test_sqlite_finds_nothing_wrong_in_keys_without_a_year(
    tmp_path: Path, library: Callable[[Path], AbstractContextManager[Query]]
) -> None:
    """An amount for the whole period has no year: its totals have NULL in their key."""
    path = tmp_path / "plan.sqlite"
    path.write_bytes(database(unplaced(tmp_path)))
    with library(path) as query:
        assert query("PRAGMA integrity_check") == [("ok",)]
        assert query("PRAGMA foreign_key_check") == []
        for name in ("totals_by_year", "totals_by_dimension", "totals_by_unit"):
            whole = f"SELECT amount_thb FROM {name} WHERE fiscal_year_be IS NULL AND amount_thb > 0"  # noqa: S608 (names of ours)
            assert query(whole) == [(20_000,)]
        keyed = "SELECT count(*) FROM totals_by_year INDEXED BY sqlite_autoindex_totals_by_year_1 WHERE period > ''"
        assert query(f"{keyed} AND fiscal_year_be IS NULL") == [(1,)]
        assert query(keyed) == [(5,)], "four years, and none"


def unplaced(folder: Path) -> Edition:
    """The example with an amount for the whole period, and a project without dimension and unit."""
    example = Path(shutil.copytree(VALID, folder / "example"))
    unplace_two_projects(example)
    return edition_of(example)


@pytest.mark.parametrize("form", FORMS)
def test_a_project_without_dimension_unit_and_year_comes_back(tmp_path: Path, form: str) -> None:
    edition = unplaced(tmp_path)
    assert FORMS[form](edition) == plain(edition.tables)


def test_own_codes_of_a_package_are_in_the_workbook_and_the_database(example: Edition) -> None:
    with opened(database(example)) as connection:
        for codelist, code, thai, english in (
            ("audience", "taxpayers", "ผู้เสียภาษี", "Taxpayers"),
            ("measure_unit", "household_waste_site", "จุดทิ้งขยะครัวเรือน", "Household waste site"),
        ):
            titles = f"SELECT title_th, title_en FROM code_{codelist} WHERE code = ?"  # noqa: S608 (a name of ours)
            assert connection.execute(titles, [code]).fetchall() == [(thai, english)]
    rows = openpyxl.load_workbook(io.BytesIO(workbook(example)))[CODEBOOK].iter_rows(min_row=2, values_only=True)
    codes = {(row[0], row[1]): str(row[7]).splitlines() for row in rows}
    assert "taxpayers = ผู้เสียภาษี" in codes["targets", "audience"]
    assert "household_waste_site = จุดทิ้งขยะครัวเรือน" in codes["indicators", "value_unit"]


@pytest.mark.parametrize("library", [python_s_sqlite, newest_sqlite])
def test_sqlite_finds_nothing_wrong_in_trees_of_several_levels(
    tmp_path: Path, library: Callable[[Path], AbstractContextManager[Query]]
) -> None:
    rows = [(f"{number:0800}", number / 4, "ก" * (number * 37 % 9000)) for number in range(3000)]
    table = StoredTable("t", "CREATE TABLE t (k TEXT PRIMARY KEY, n REAL, x TEXT)", rows, (0,))
    path = tmp_path / "t.sqlite"
    path.write_bytes(database_image([table], 7))
    with library(path) as query:
        assert query("PRAGMA integrity_check") == [("ok",)]
        assert query("SELECT * FROM t ORDER BY rowid") == rows
        assert query("SELECT k FROM t INDEXED BY sqlite_autoindex_t_1 ORDER BY k") == [row[:1] for row in rows]


def test_the_file_names_no_version_of_the_library(plan: Edition) -> None:
    data = database(plan)
    assert int.from_bytes(data[96:100]) == 3_037_000
    assert data[24:28] == data[92:96] == b"\0\0\0\1"


_WORDS = st.one_of(st.none(), st.text(max_size=40), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
_LONG = st.tuples(st.sampled_from("กa😀"), st.sampled_from([100, 480, 1000, 1355, 4050, 4062, 5000, 13_000]))


@settings(max_examples=60)
@given(
    rows=st.lists(st.tuples(_WORDS, _LONG), max_size=60),
    times=st.sampled_from([1, 1, 1, 60]),
    width=st.sampled_from([0, 300, 900, 1300]),
)
def test_sqlite_reads_any_rows_from_the_pages(rows: list[tuple[Any, Any]], times: int, width: int) -> None:
    """Few and many rows, short keys and long, texts that run over pages: the library's own check, and its reading."""
    stored = [
        (f"{number:0{width}}", number, word, letter * length)
        for number, (word, (letter, length)) in enumerate(reversed(rows * times))
    ][::-1]
    table = StoredTable("t", "CREATE TABLE t (k TEXT, n INT, a, b TEXT, PRIMARY KEY (k, n))", stored, (0, 1))
    with opened(database_image([table, replace(table, name="u", sql=table.sql.replace(" t ", " u "))], 7)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert file.execute("SELECT * FROM t ORDER BY rowid").fetchall() == stored
        assert file.execute("SELECT k, n FROM u INDEXED BY sqlite_autoindex_u_1 ORDER BY k, n").fetchall() == sorted(
            row[:2] for row in stored
        )
        assert file.execute("PRAGMA application_id").fetchone() == (7,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO budgets SELECT * FROM budgets LIMIT 1",
        "INSERT INTO units (plan_id, unit_id) SELECT plan_id, 'x-U99' FROM plans",
        "UPDATE budgets SET budget_status = 'perhaps'",
        "UPDATE dimensions SET scored = 2",
        "UPDATE projects SET lead_unit_id = 'no-unit'",
        "DELETE FROM code_budget_status WHERE code = 'budgeted'",
    ],
)
def test_the_database_keeps_its_keys(file: Path, statement: str) -> None:
    with opened(file.read_bytes()) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)


def test_a_changed_database_stays_whole(file: Path) -> None:
    """What the library makes of the pages when people write into their copy."""
    with opened(file.read_bytes()) as connection:
        connection.execute("DELETE FROM errata WHERE rowid % 3 = 0")
        connection.execute("UPDATE budgets SET note_th = printf('%.*c', 3000, 'x')")
        connection.execute("INSERT INTO metadata VALUES ('a', 'b')")
        connection.execute("CREATE INDEX i ON budgets (note_th)")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.commit()
        connection.execute("VACUUM")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("folder", [PLAN, VALID], ids=["plan", "example"])
def test_the_flat_table_and_the_totals_have_the_rows_of_their_csv(folder: Path) -> None:
    edition = edition_of(folder)
    forms = {name: (made_csv(edition, name), table.schema) for name, table in tables_made_of(edition).items()}
    with opened(database(edition)) as connection:
        for name, (data, schema) in forms.items():
            header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
            cursor = connection.execute(f"SELECT * FROM {name}")  # noqa: S608 (a name of ours)
            assert [column[0] for column in cursor.description] == header
            expected = [[as_text(f, f.value(text)) for f, text in zip(schema.fields, row, strict=True)] for row in rows]
            assert [
                [as_text(f, value) for f, value in zip(schema.fields, row, strict=True)] for row in cursor
            ] == expected


@pytest.mark.parametrize(
    ("made", "anew"),
    [
        (
            """SELECT
                project_id, fiscal_year_be, fiscal_year_ce, funding_source, funding_source_th, budget_status_en,
                amount_thb, project_title_th, project_kind_th, parent_project_title_th, dimension_name_th,
                dimension_heading_th, mission_name_th, lead_unit_name_th, lead_unit_level_th, lao_name_th, lao_type_th
            FROM flat""",
            """SELECT
                project.project_id, fiscal_year_be, fiscal_year_be - 543, funding_source, source.title_th,
                status.title_en, amount_thb, project.title_th, kind.title_th, parent.title_th, dimension.name_th,
                dimension.dimension_code || ' ' || dimension.name_th, mission.name_th, unit.name_th, level.title_th,
                plan.lao_name_th, type.title_th
            FROM budgets AS budget
            JOIN projects AS project ON project.project_id = budget.project_id
            JOIN plans AS plan ON plan.plan_id = budget.plan_id
            LEFT JOIN dimensions AS dimension ON dimension.dimension_id = project.dimension_id
            LEFT JOIN units AS unit ON unit.unit_id = project.lead_unit_id
            LEFT JOIN code_funding_source AS source ON source.code = budget.funding_source
            JOIN code_budget_status AS status ON status.code = budget.budget_status
            JOIN code_project_kind AS kind ON kind.code = project.project_kind
            LEFT JOIN code_unit_level AS level ON level.code = unit.unit_level
            JOIN code_lao_type AS type ON type.code = plan.lao_type
            LEFT JOIN missions AS mission ON mission.mission_id = project.mission_id
            LEFT JOIN projects AS parent ON parent.project_id = project.parent_project_id
            ORDER BY budget.rowid""",
        ),
        (
            """WITH totals AS (
                SELECT 'plan' AS scope, plan_id AS scope_id, * FROM totals_by_year
                UNION ALL
                SELECT 'dimension', dimension_id, plan_id, period, fiscal_year_be, fiscal_year_ce, projects,
                    projects_with_budget, projects_with_unknown_amount, amount_thb FROM totals_by_dimension
                UNION ALL
                SELECT 'unit', lead_unit_id, plan_id, period, fiscal_year_be, fiscal_year_ce, projects,
                    projects_with_budget, projects_with_unknown_amount, amount_thb FROM totals_by_unit
            )
            SELECT
                scope, scope_id, fiscal_year_be,
                projects, projects_with_budget, projects_with_unknown_amount, amount_thb
            FROM totals WHERE projects > 0 ORDER BY scope, scope_id, fiscal_year_be""",
            """WITH counted AS (
                SELECT 'plan' AS scope, budgets.plan_id AS id, budgets.* FROM budgets
                UNION ALL
                SELECT 'dimension', dimension_id, budgets.* FROM budgets JOIN projects USING (project_id)
                UNION ALL
                SELECT 'unit', lead_unit_id, budgets.* FROM budgets JOIN projects USING (project_id)
            )
            SELECT
                scope, id, fiscal_year_be,
                count(DISTINCT project_id) FILTER (WHERE budget_status <> 'not_run') AS running,
                count(DISTINCT project_id) FILTER (WHERE budget_status = 'budgeted'),
                count(DISTINCT project_id) FILTER (WHERE budget_status = 'unknown'),
                total(amount_thb)
            FROM counted GROUP BY 1, 2, 3 HAVING running > 0 ORDER BY 1, 2, 3""",
        ),
    ],
    ids=["flat", "totals"],
)
def test_sql_joins_and_adds_the_same(file: Path, made: str, anew: str) -> None:
    with opened(file.read_bytes()) as connection:
        rows = connection.execute(made).fetchall()
        assert rows == connection.execute(anew).fetchall() != []


def test_pandas_and_sqlite_read_amounts_as_numbers(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        budgets = pd.read_sql("SELECT * FROM budgets", connection)
        share = "SELECT 1.0 * amount_thb / (SELECT sum(amount_thb) FROM budgets) FROM budgets LIMIT 1"
        assert 0 < connection.execute(share).fetchone()[0] < 1
        assert connection.execute("SELECT value FROM metadata WHERE key = 'version'").fetchone() == ("1.0.0",)
    assert (str(budgets.amount_thb.dtype), str(budgets.fiscal_year_be.dtype)) == ("float64", "int64")
    assert budgets.groupby("fiscal_year_be").amount_thb.sum()[2566] == 5_996_755


@contextmanager
def served(file: Path, metadata: Path) -> Iterator[str]:
    """The address of a Datasette that serves a database to this machine."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "datasette", "serve", str(file), "--metadata", str(metadata), "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if b"Uvicorn running" in line:
                break
        yield f"http://127.0.0.1:{port}/{file.stem}"
    finally:
        process.terminate()
        process.communicate()


@pytest.mark.skipif(find_spec("datasette") is None, reason="datasette is not installed")
def test_datasette_serves_the_flat_table_and_names_what_is_referred_to(file: Path, plan: Edition) -> None:
    metadata = file.with_name("metadata.json")
    metadata.write_bytes(datasette_metadata(plan))

    def fetch(path: str) -> Any:
        with urllib.request.urlopen(f"{address}/{path}", timeout=30) as answer:  # noqa: S310 (this machine)
            return json.load(answer)

    with served(file, metadata) as address:
        flat = fetch("flat.json?_shape=objects&_size=1")["rows"][0]
        assert (flat["fiscal_year_be"], flat["fiscal_year_ce"], flat["amount_thb"]) == (2566, 2023, 300_000)
        budget = fetch("budgets.json?_shape=objects&_labels=on&_size=1")["rows"][0]
        assert budget["budget_status"] == {"value": "budgeted", "label": "ตั้งงบประมาณ"}
        assert budget["project_id"]["label"].startswith("โครงการฝึกอบรมสัมมนา")


def test_whole_baht_are_integers_in_sqlite_and_satang_are_kept(file: Path, example: Edition) -> None:
    for data, types in ((file.read_bytes(), {"integer", "null"}), (database(example), {"integer", "real", "null"})):
        with opened(data) as connection:
            for table in ("budgets", "flat", "totals_by_year"):
                found = connection.execute(f"SELECT DISTINCT typeof(amount_thb) FROM {table}").fetchall()  # noqa: S608 (names of ours)
                assert {type_ for (type_,) in found} <= types, table
    with opened(database(example)) as connection:
        (half,) = connection.execute("SELECT amount_thb FROM budgets WHERE amount_thb = 12500.5").fetchone()
        assert half == 12500.5


# --- Parquet


def test_money_is_whole_or_decimal_in_parquet_and_other_numbers_are_doubles(plan: Edition, example: Edition) -> None:
    whole, satang = parquet(plan), parquet(example)
    for name in ("budgets", "flat", "totals_by_dimension"):
        assert pl.read_parquet(io.BytesIO(whole[name])).schema["amount_thb"] == pl.Int64()
        assert pl.read_parquet(io.BytesIO(satang[name])).schema["amount_thb"] == pl.Decimal(38, 2)
    assert pl.read_parquet(io.BytesIO(whole["flat"]))["amount_thb"].sum() == 12_942_155
    assert pl.read_parquet(io.BytesIO(whole["flat_indicators"])).schema["target_value"] == pl.Float64()


def test_duckdb_pandas_and_polars_read_parquet_as_numbers(plan: Edition, tmp_path: Path) -> None:
    path = tmp_path / "budgets.parquet"
    path.write_bytes(parquet(plan)["budgets"])
    query = duckdb.read_parquet(str(path))
    assert dict(zip(query.columns, map(str, query.types), strict=True)).items() >= {
        ("amount_thb", "BIGINT"),
        ("fiscal_year_be", "BIGINT"),
        ("note_th", "VARCHAR"),
    }
    frame = query.df()
    assert pd.api.types.is_integer_dtype(frame.amount_thb)
    assert frame.groupby("fiscal_year_be").amount_thb.sum()[2566] == 5_996_755


def test_without_polars_there_are_no_parquet_files(plan: Edition, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parquet_form.is_available()
    monkeypatch.setattr(parquet_form, "find_spec", lambda name: None)
    assert not parquet_form.is_available()
    assert parquet(plan) == {}


# --- All forms of a release hold the same


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of the example that no test leaves spoilt."""
    out = tmp_path_factory.mktemp("releases")
    return release_package(Package.load(VALID), out, ReleaseOptions(DAY, allow_warnings="test")).path


def test_the_forms_of_a_release_do_not_differ(released: Path) -> None:
    assert differing_forms(Package.load(released)) == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("mae-thung-2561-2564.xlsx", workbook),
        ("mae-thung-2561-2564.json", nested_json),
        ("mae-thung-2561-2564.sqlite", database),
        ("parquet/indicators.parquet", lambda edition: parquet(edition)["indicators"]),
    ],
)
def test_a_form_that_tells_something_else_is_named(
    released: Path, example: Edition, path: str, form: Callable[[Edition], bytes]
) -> None:
    """One letter in one cell, and one row less."""
    table = example.tables["indicators"]
    row = tuple(cell.replace("ำ", "ํา") for cell in table.rows[-1])
    assert row != table.rows[-1]
    sound = (released / path).read_bytes()
    try:
        for rows in ((*table.rows[:-1], row), table.rows[:-1]):
            tables = {**example.tables, "indicators": replace(table, rows=rows)}
            (released / path).write_bytes(form(replace(example, tables=tables)))
            assert differing_forms(Package.load(released)) == [path]
    finally:
        (released / path).write_bytes(sound)


@pytest.mark.parametrize("table", ["flat", "totals_by_year", "totals_by_unit"])
def test_a_database_with_another_amount_in_a_table_made_from_others_is_named(released: Path, table: str) -> None:
    path = released / "mae-thung-2561-2564.sqlite"
    sound = path.read_bytes()
    try:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(f"UPDATE {table} SET amount_thb = 1 WHERE rowid = 1")  # noqa: S608 (a name of ours)
        assert differing_forms(Package.load(released)) == [path.name]
    finally:
        path.write_bytes(sound)


@pytest.mark.parametrize("name", ["flat", "totals_by_year", "totals_by_dimension"])
def test_a_csv_with_another_amount_is_named(released: Path, name: str) -> None:
    path = released / made_path("mae-thung-2561-2564", name)
    sound = path.read_bytes()
    header, *rows = csv.reader(io.StringIO(sound.decode("utf-8-sig"), newline=""))
    amount = header.index("amount_thb")
    row = next(row for row in rows if row[amount])
    row[amount] = str(Decimal(row[amount]) + 1)
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    try:
        path.write_text(text.getvalue(), encoding="utf-8")
        parquet_file, database_file = f"parquet/{name}.parquet", "mae-thung-2561-2564.sqlite"
        of_ours = path.relative_to(released).as_posix()
        assert differing_forms(Package.load(released)) == [database_file, parquet_file, of_ours]
    finally:
        path.write_bytes(sound)


def test_the_order_of_rows_is_no_difference(released: Path, example: Edition) -> None:
    names = ("budgets", "indicators", "steps", "progress", "legal_bases")
    turned = {name: replace(example.tables[name], rows=example.tables[name].rows[::-1]) for name in names}
    tables = {**example.tables, **turned}
    path = released / "mae-thung-2561-2564.sqlite"
    sound = path.read_bytes()
    try:
        path.write_bytes(database(replace(example, tables=tables)))
        assert differing_forms(Package.load(released)) == []
    finally:
        path.write_bytes(sound)
