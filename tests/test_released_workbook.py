"""The workbook of a release goes back into the package: what a person changed there, and nothing else."""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from pathlib import Path
from shutil import copytree

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from khelang_opendata.formats.xlsx import COMPUTED_SHEETS, workbook
from khelang_opendata.intake.importing import Imported, import_sheets
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.workbook_reading import ReadSheet, read_sheets
from khelang_opendata.package.datapackage import Package
from khelang_opendata.package.edition import released_edition
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.validation import family_of
from tests.conftest import PLAN, VALID, edit_descriptor, replace_in
from tests.releases import publish
from tests.workbooks import Tables, differences, edited, run

COMPUTED = [(RemarkKind.IGNORED, "sheet_computed", name) for name in COMPUTED_SHEETS]
E02 = "mae-thung-2561-2564-P02"
P01, P02 = "khelang-nakhon-2566-2570-P01", "khelang-nakhon-2566-2570-P02"


@cache
def package_of(folder: Path) -> tuple[Package, Tables]:
    package = Package.load(folder)
    return package, tables_of(package, family_of(package))


@cache
def released(folder: Path = PLAN) -> bytes:
    """The workbook that a release of a package holds."""
    package = package_of(folder)[0]
    package.descriptor.setdefault("created", "2026-11-22T00:00:00Z")
    return workbook(released_edition(package, family_of(package)))


@cache
def sheets_of(data: bytes) -> list[ReadSheet]:
    return read_sheets(data, "plan.xlsx")


def imported(data: bytes, folder: Path | None = PLAN) -> Imported:
    """What import makes of a workbook, in a package or in a new folder."""
    old = {name: [dict(row) for row in rows] for name, rows in package_of(folder)[1].items()} if folder else {}
    return import_sheets(sheets_of(data), old, family_of(package_of(folder or PLAN)[0]))


def said(result: Imported) -> list[tuple[RemarkKind, str, str]]:
    return [(remark.kind, remark.code, remark.place) for remark in result.remarks]


def typed(tables: Tables, family: SchemaFamily) -> dict[str, list[list[object]]]:
    """The values of tables, for which 20000.00 is 20000."""
    fields = {name: family.tables[name].field_by_name for name in tables}
    return {name: [[fields[name][f].value(row[f]) for f in row] for row in rows] for name, rows in tables.items()}


def put(sheet: Worksheet, heading: str, key: str, value: str) -> str:
    """Type into the column of a heading, in the first row with a key in any cell; the place as remarks name it."""
    at = [cell.value for cell in sheet[1]].index(heading)
    line = next(line for line in sheet.iter_rows() if key in [cell.value for cell in line])
    line[at].value = value
    return f"{sheet.title}!{line[at].coordinate}"


@pytest.mark.parametrize("folder", [PLAN, VALID], ids=["plan", "example"])
def test_workbook_that_nobody_changed_changes_nothing(folder: Path) -> None:
    result = imported(released(folder), folder)
    assert said(result) == COMPUTED
    assert result.tables == package_of(folder)[1]


@pytest.mark.parametrize("folder", [PLAN, VALID], ids=["plan", "example"])
def test_new_package_has_identical_tables(folder: Path) -> None:
    result = imported(released(folder), None)
    assert said(result) == [*COMPUTED, (RemarkKind.TAKEN, "descriptor_made", "plans")]
    before = package_of(folder)[1]
    if folder == PLAN:
        assert result.tables == before
    family = family_of(package_of(folder)[0])
    assert typed(result.tables, family) == typed(before, family)


def test_one_amount_and_one_title_are_exactly_two_changes() -> None:
    places: list[str] = []

    def edit(book: Workbook) -> None:
        places.append(put(book["projects"], "title_th", P02, "โครงการชื่อใหม่"))
        places.append(put(book["budgets"], "amount_thb", P01, "๓๕๐,๐๐๐.-"))

    result = imported(edited(released(), edit))
    assert sorted(said(result)) == sorted([*COMPUTED, *((RemarkKind.CHANGED, "cell_changed", p) for p in places)])
    before = package_of(PLAN)[1]
    old = next(row for row in before["projects"] if row["project_id"] == P02)
    amount = next(row for row in before["budgets"] if row["project_id"] == P01)
    assert differences(before, result.tables) == [
        ("projects", P02, "title_th", old["title_th"], "โครงการชื่อใหม่"),
        ("budgets", P01, "amount_thb", amount["amount_thb"], "350000"),
    ]


def test_rows_are_known_by_their_ids_in_any_order() -> None:
    def edit(book: Workbook) -> None:
        for name in ("projects", "budgets", "steps"):
            sheet = book[name]
            lines = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
            for row, line in enumerate(reversed(lines), 2):
                for column, value in enumerate(line, 1):
                    sheet.cell(row, column).value = value
        book["projects"].insert_rows(1, 2)
        book["projects"]["A1"] = "แผนของเรา"
        book["units"].title = "units"

    result = imported(edited(released(VALID), edit), VALID)
    assert said(result) == COMPUTED
    assert result.tables == package_of(VALID)[1]


def test_each_fault_is_named_at_its_cell() -> None:
    places: dict[str, str] = {}

    def edit(book: Workbook) -> None:
        places["id_unknown"] = put(book["projects"], "lead_unit_id", E02, "mae-thung-2561-2564-U99")
        places["cell_error"] = put(book["budgets"], "amount_thb", E02, "#REF!")
        steps = book["steps"]
        places["key_missing"] = f"steps!B{steps.max_row + 1}"
        steps.append(["mae-thung-2561-2564", None, None, 1, "ขั้นตอนใหม่"])
        places["id_twice"] = f"units!B{book['units'].max_row + 1}"
        book["units"].append([cell.value for cell in book["units"][2]])
        places["number_unknown"] = put(book["indicators"], "value", "mae-thung-2561-2564-P01", "มากมาย")

    result = imported(edited(released(VALID), edit), VALID)
    assert {r.code: r.place for r in result.of_kind(RemarkKind.REFUSED)} == places
    assert len(result.of_kind(RemarkKind.REFUSED)) == len(places)


def test_deletions_hold_the_import_and_new_rows_need_their_ids(tmp_path: Path) -> None:
    folder = Path(copytree(VALID, tmp_path / "plan"))

    def edit(book: Workbook) -> None:
        book["legal_bases"].delete_rows(book["legal_bases"].max_row)
        goals = book["goals"]
        goals.append([goals["A2"].value, goals.max_row, "goal", "เป้าหมายใหม่"])

    path = tmp_path / "released.xlsx"
    path.write_bytes(edited(released(VALID), edit))
    held = run("import", path, "-o", folder)
    assert held.exit_code == 1
    assert "legal_bases" in held.output
    assert run("import", path, "-o", folder, "--allow-deletions").exit_code == 0
    after = tables_of(package := Package.load(folder), family_of(package))
    before = package_of(VALID)[1]
    assert after["legal_bases"] == before["legal_bases"][:-1]
    assert after["goals"][:-1] == before["goals"]
    assert after["goals"][-1]["label_th"] == "เป้าหมายใหม่"


def test_changed_name_beside_an_id_is_named_and_not_taken() -> None:
    places: list[str] = []

    def edit(book: Workbook) -> None:
        places.append(put(book["budgets"], "project_id.title_th", E02, "ชื่ออื่น"))

    result = imported(edited(released(VALID), edit), VALID)
    assert said(result) == [*COMPUTED, (RemarkKind.IGNORED, "name_unread", places[0])]
    assert result.tables == package_of(VALID)[1]


def test_missing_sheet_and_further_sheets_and_columns_are_named() -> None:
    def edit(book: Workbook) -> None:
        del book["steps"]
        book.create_sheet("บันทึก")["A1"] = "โทรหาปลัด"
        units = book["units"]
        units.cell(1, units.max_column + 1).value = "เบอร์โทร"
        book["dimensions"].delete_cols(next(c.column for c in book["dimensions"][1] if c.value == "name_en"))

    result = imported(edited(released(VALID), edit), VALID)
    assert result.tables == package_of(VALID)[1]
    assert sorted(
        (code, place.partition("!")[0]) for _, code, place in said(result)[:-1] if code != "sheet_computed"
    ) == [
        ("column_missing", "dimensions"),
        ("column_unread", "units"),
        ("sheet_unread", "บันทึก"),
    ]
    assert said(result)[-1] == (RemarkKind.IGNORED, "sheet_missing", "steps")


def test_release_of_the_command_comes_back_by_the_command(tmp_path: Path) -> None:
    folder = Path(copytree(VALID, tmp_path / "plan"))
    publish(folder, tmp_path / "out")
    path = next((tmp_path / "out/latest").glob("*.xlsx"))
    kept = {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    same = run("import", path, "-o", folder)
    assert (same.exit_code, "Left out (4)" in same.output, "no file changed" in same.output) == (0, True, True)
    assert {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()} == kept
    made = run("import", path, "-o", tmp_path / "new")
    assert (made.exit_code, "datapackage.json is made anew" in made.output) == (0, True)
    assert run("validate", tmp_path / "new").exit_code == run("validate", path).exit_code == 0


def test_workbook_of_another_plan_or_without_its_plan_is_refused(tmp_path: Path) -> None:
    path, folder = tmp_path / "released.xlsx", Path(copytree(PLAN, tmp_path / "plan"))
    path.write_bytes(released(VALID))
    other = run("import", path, "-o", folder)
    assert (other.exit_code, "is of the plan" in other.output) == (2, True)

    def without_plan(book: Workbook) -> None:
        book["plans"].delete_rows(2)

    path.write_bytes(edited(released(VALID), without_plan))
    refused = run("import", path, "-o", tmp_path / "new")
    assert (refused.exit_code, "no row of the plan" in refused.output) == (1, True)
    assert not (tmp_path / "new").exists()


def test_own_column_is_taken_with_its_package_and_refused_without(tmp_path: Path) -> None:
    folder = Path(copytree(VALID, tmp_path / "plan"))
    replace_in(folder / "data/dimensions.csv", "plan_id,", "x_note,plan_id,")
    lines = (folder / "data/dimensions.csv").read_text(encoding="utf-8").splitlines()
    text = "\n".join([lines[0], *(f"2025-01-0{at},{line}" for at, line in enumerate(lines[1:], 1))]) + "\n"
    (folder / "data/dimensions.csv").write_text(text, encoding="utf-8")

    def add_field(descriptor: dict[str, list[dict[str, dict[str, list[dict[str, str]]]]]]) -> None:
        entry = next(e for e in descriptor["resources"] if str(e["name"]) == "dimensions")
        entry["schema"]["fields"].append({"name": "x_note", "type": "date", "title": "วัน", "description": "วันตรวจ"})

    edit_descriptor(folder, add_field)
    data = released(folder)
    sheet = load_workbook(io.BytesIO(data))["dimensions"]
    assert datetime(2025, 1, 1) in [cell.value for cell in sheet[2]]
    assert said(imported(data, folder)) == COMPUTED
    refused = imported(data, None).of_kind(RemarkKind.REFUSED)
    assert [remark.code for remark in refused] == ["own_column_unknown"]
