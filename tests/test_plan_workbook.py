"""The workbook of a plan: it holds the whole package, shows no id, and what it shows is read back as it was."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from khelang_opendata import Language
from khelang_opendata.cli import main
from khelang_opendata.intake.importing import import_sheets, snapshot_of
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.snapshot import family_of_snapshot
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import load_family
from khelang_opendata.validation import family_of
from tests.conftest import EXAMPLES, PLAN, VALID, needs
from tests.workbooks import edited, imported, workbook_of

KNOWN_BY = {
    "units": ("name_th",),
    "dimensions": ("dimension_code",),
    "missions": ("mission_code",),
    "projects": ("title_th",),
    "risks": ("process_th",),
    **dict.fromkeys(("objectives", "steps", "step_promises", "budget_items", "indicators", "goals"), ("label_th",)),
    **dict.fromkeys(("risk_factors", "risk_controls"), ("label_th",)),
    "targets": ("group_th",),
    "legal_bases": ("title_th",),
    "project_units": ("unit_printed",),
}
HIDDEN = (
    *("fiscal_year_be", "summary_amount_printed", "sheet_amount_printed", "funding_source", "source_basis"),
    *("amount_basis", "note_th", "budget_status", "budget_programme_th", "budget_work_th", "expense_category_th"),
)
PACKAGES = [PLAN, VALID, EXAMPLES / "valid/huai-sai-2566-2570"]
SUMMARY = "ตารางสรุป"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_package_comes_back_identical_from_its_workbook(folder: Path, language: Language) -> None:
    package = Package.load(folder)
    result = imported(workbook_of(folder, language))
    assert result.remarks == []
    assert result.tables == {
        name: rows for name, rows in tables_of(package, family_of(package)).items() if name in result.tables
    }
    assert {*result.tables} == {*tables_of(package, family_of(package))}


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_every_shown_cell_is_read_from_its_sheet(folder: Path) -> None:
    """What the sheets show, but for what rows are known by, is wiped from the old package, and comes back."""
    sheets = read_sheets(workbook_of(folder), "plan.xlsx")
    snapshot = snapshot_of(sheets)
    assert snapshot is not None
    family, wiped, count = family_of_snapshot(snapshot), {}, 0
    for name, rows in snapshot.tables.items():
        keys = {*family.tables[name].primary_key, *KNOWN_BY.get(name, ())}
        kept = {"plan_id", *keys, *(HIDDEN if name == "budgets" else ())} if name != "plans" else {"plan_id"}
        kept |= {"parent_unit_id"} if name == "units" else set()
        wiped[name] = [{f: t if f in kept or t == "0" else "" for f, t in row.items()} for row in rows]
        count += sum(one[field] != other[field] for one, other in zip(rows, wiped[name], strict=True) for field in one)
    result = import_sheets(sheets, wiped, family)
    assert result.of_kind(RemarkKind.REFUSED) == []
    for name, rows in snapshot.tables.items():
        assert [*map(plain, result.tables[name])] == [*map(plain, rows)], name
    assert count > 50


def plain(row: dict[str, str]) -> list[str]:
    """The cells of a row, numbers without the zeros at their end, which no cell of a sheet keeps."""
    return [re.sub(r"(?<=\d)\.0+$|(?<=\.\d)0$", "", text) for text in row.values()]


def test_same_package_gives_the_same_bytes() -> None:
    assert workbook_of(VALID) == workbook_of(VALID)


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda path: path.name)
def test_no_id_is_in_sight_and_no_macro_in_the_file(folder: Path) -> None:
    data = workbook_of(folder)
    plan_id = str(Package.load(folder).descriptor["name"])
    book = load_workbook(io.BytesIO(data))
    hidden = [sheet.title for sheet in book if sheet.sheet_state != "visible"]
    assert hidden == ["_lists", "_khelang"]
    for sheet in book:
        if sheet.sheet_state == "visible":
            assert not [c.coordinate for row in sheet for c in row if plan_id in str(c.value)], sheet.title
    assert b"vbaProject" not in data


def test_headings_are_locked_and_data_cells_are_open() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    for name in (SUMMARY, "หน่วยงาน", "ขั้นตอน"):
        sheet = book[name]
        assert sheet.protection.sheet
        assert not sheet.protection.password
        heading = 8 if name == SUMMARY else 4
        assert sheet.cell(heading, 1).protection.locked
        assert not sheet.cell(heading + 1, 1).protection.locked


def test_every_list_of_a_drop_down_is_defined() -> None:
    book = load_workbook(io.BytesIO(workbook_of(PLAN)))
    rules = [rule for sheet in book for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(rules) > 40
    assert {str(rule.formula1).lstrip("=") for rule in rules} <= {*book.defined_names}


def test_meanings_of_signs_are_those_of_the_document() -> None:
    sheet = load_workbook(io.BytesIO(workbook_of(PLAN)))[SUMMARY]
    assert (sheet["C2"].value, sheet["C3"].value) == ("ดำเนินการโดยไม่ใช้งบประมาณ", "ไม่ดำเนินการ")
    empty = load_workbook(io.BytesIO(plan_workbook(load_family(), None, Language.TH)))[SUMMARY]
    assert (empty["C2"].value, empty["C3"].value) == (None, None)


def test_empty_workbook_has_nothing_of_a_plan_but_grey_examples() -> None:
    for language in Language:
        data = plan_workbook(load_family(), None, language)
        names = [sheet.name for sheet in read_sheets(data, "x") if sheet.check.is_hidden]
        assert names == ["_lists"]


@needs("soffice")
@pytest.mark.system
def test_totals_of_libreoffice_are_those_of_the_file_and_the_rest_survives_it(tmp_path: Path) -> None:
    """LibreOffice computes the formulas of a changed cell anew, and saves lists, protection and hidden sheets."""

    def change(book: Workbook) -> None:
        book[SUMMARY]["C9"] = 300001

    path = tmp_path / "plan.xlsx"
    path.write_bytes(edited(workbook_of(PLAN), change))
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "xlsx"]
    command += ["--outdir", str(tmp_path / "saved"), str(path)]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    data = (tmp_path / "saved/plan.xlsx").read_bytes()
    (summary,) = (sheet for sheet in read_sheets(data, "plan.xlsx") if sheet.name == SUMMARY)
    assert [summary.cells[row][2] for row in (3, 4, 5)] == ["5996756", "5996755", "1"]
    (lists,) = (sheet for sheet in read_sheets(data, "plan.xlsx") if sheet.name == "_lists")
    assert not any(re.match("#", text) for line in lists.cells for text in line)
    result = imported(data)
    assert [(remark.code, remark.place) for remark in result.remarks] == [("cell_changed", f"{SUMMARY}!C9")]


def test_template_command_writes_over_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"

    def run(*args: object) -> Result:
        return CliRunner().invoke(main, [*map(str, args), "--lang", "en"])

    assert run("template", "-o", path, "--from", VALID).exit_code == 0
    before = path.read_bytes()
    refused = run("template", "-o", path)
    assert (refused.exit_code, path.read_bytes()) == (2, before)
    assert run("template", "-o", tmp_path / "plan.ods").exit_code == 2
    assert run("template", "-o", tmp_path / "other.xlsx", "--from", tmp_path / "none").exit_code == 2
