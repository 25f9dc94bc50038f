"""The single sheet of a round's results: it adds or changes results of that round, and nothing else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from khelang_opendata.intake.importing import Imported, import_sheets
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.nacc.eplan import About, eplan_rows, eplan_score, eplan_xlsx
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of
from tests.clerks import RESULTS, Clerk
from tests.conftest import PLAN, VALID
from tests.releases import publish
from tests.workbooks import run, workbook_of

HEADINGS = ("โครงการ", "สถานะการดำเนินงาน", "งบประมาณที่เบิกจ่าย", "ผลการดำเนินงาน")
ROUND = ("ปีงบประมาณ", "รอบการรายงาน (เดือน)")
P = "mae-thung-2561-2564-P"


def saved(lines: Sequence[Sequence[Any]], title: str = "Sheet1") -> bytes:
    book, stream = Workbook(), io.BytesIO()
    sheet = book["Sheet"]
    sheet.title = title
    for line in lines:
        sheet.append([*line])
    book.save(stream)
    return stream.getvalue()


def imported(data: bytes, name: str = "results.xlsx", folder: Path = VALID) -> Imported:
    package = Package.load(folder)
    family = family_of(package)
    return import_sheets(read_sheets(data, name), tables_of(package, family), family)


def remarks(result: Imported) -> list[tuple[RemarkKind, str]]:
    return [(remark.kind, remark.code) for remark in result.remarks]


def added(result: Imported) -> list[tuple[str, ...]]:
    """The new reports: number, year, round, status, spent, result; and nothing else may have changed."""
    before = tables_of(package := Package.load(VALID), family_of(package))
    assert {n: rows for n, rows in result.tables.items() if n != "progress"} == {
        n: rows for n, rows in before.items() if n != "progress"
    }
    old = len(before["progress"])
    assert result.tables["progress"][:old] == before["progress"]
    names = ("fiscal_year_be", "round_months", "status", "disbursed_thb", "result_th")
    return [(r["project_id"].removeprefix(P), *(r[n] for n in names)) for r in result.tables["progress"][old:]]


ONLY = (RemarkKind.IGNORED, "results_only")
NEW = (RemarkKind.ADDED, "row_added")
ROWS: list[tuple[Any, ...]] = [("๑", "อยู่ระหว่างดำเนินการ", "๑,๕๐๐.-", "เริ่มแล้ว"), (2, "ดำเนินการแล้วเสร็จ", 0, "จัดแล้ว")]
EXPECTED = [("01", "2564", "6", "in_progress", "1500", "เริ่มแล้ว"), ("02", "2564", "6", "completed", "0", "จัดแล้ว")]


def test_round_with_its_columns_is_added() -> None:
    lines = [(*HEADINGS, *ROUND), *((*row, "๒๕๖๔", "รอบ 6 เดือน") for row in ROWS)]
    result = imported(saved(lines))
    assert added(result) == EXPECTED
    assert [r for r in remarks(result) if r[1] != "column_missing"] == [NEW, NEW, ONLY]


@pytest.mark.parametrize("title", ["แบบรายงานผล ปีงบประมาณ พ.ศ. ๒๕๖๔ รอบ ๖ เดือน", "Results of 2564 (6 months)"])
def test_round_above_the_table_is_taken_and_listed(title: str) -> None:
    result = imported(saved([(title,), (), HEADINGS, *ROWS]))
    assert added(result) == EXPECTED
    assert [r for r in remarks(result) if r[1] != "column_missing"] == [
        (RemarkKind.TAKEN, "round_taken"),
        NEW,
        NEW,
        ONLY,
    ]


@pytest.mark.parametrize(
    "title", ["รายงานผล", "ปี 2564", "ปี 2563-2564 รอบ 6 เดือน", "ปี 2599 รอบ 6 เดือน", "2564: 6 เดือน, 12 เดือน"]
)
def test_round_that_is_not_said_once_is_never_guessed(title: str) -> None:
    result = imported(saved([(title,), HEADINGS, *ROWS], "ผลรายรอบ"))
    assert (RemarkKind.REFUSED, "headings_missing") in remarks(result)
    assert result.stopped_by(allow_deletions=True) is RemarkKind.REFUSED


def test_title_alone_names_a_project_where_only_one_has_it() -> None:
    title = tables_of(package := Package.load(VALID), family_of(package))["projects"][2]["title_th"]
    lines = [
        (*HEADINGS, *ROUND),
        (title, "ดำเนินการแล้วเสร็จ", 1, "", 2564, 6),
        ("ไม่มีชื่อนี้", "ดำเนินการแล้วเสร็จ", 1, "", 2564, 6),
    ]
    result = imported(saved(lines))
    assert added(result)[0][:4] == ("03", "2564", "6", "completed")
    assert [r.place for r in result.of_kind(RemarkKind.REFUSED)] == ["Sheet1!A3"]


def test_reports_of_the_round_change_and_no_other_is_deleted() -> None:
    lines = [(*HEADINGS, *ROUND), (1, "ดำเนินการแล้วเสร็จ", 19000, "จัดอบรมแล้ว", 2561, 12)]
    result = imported(saved(lines))
    before = tables_of(package := Package.load(VALID), family_of(package))["progress"]
    changed = [(old, new) for old, new in zip(before, result.tables["progress"], strict=True) if old != new]
    ((old, new),) = changed
    assert (old["project_id"], old["round_months"]) == (f"{P}01", "12")
    assert {name for name in old if old[name] != new[name]} == {"disbursed_thb", "result_th"}
    (only,) = (remark for remark in result.remarks if remark.code == "results_only")
    assert only.params["count"] == str(len(before) - 1)
    assert not result.of_kind(RemarkKind.DELETED)


def test_table_of_text_is_a_round_sheet_too(tmp_path: Path) -> None:
    folder, path = Path(copytree(VALID, tmp_path / "plan")), tmp_path / "ผลรายรอบ.csv"
    rows = [[*HEADINGS, *ROUND], *([*row, "2564", "6"] for row in ROWS)]
    path.write_text("\n".join('"' + '","'.join(map(str, row)) + '"' for row in rows), encoding="utf-8-sig")
    assert run("import", path, "-o", folder).exit_code == 0
    lines = (folder / "data/progress.csv").read_text(encoding="utf-8-sig").splitlines()
    assert sum(",2564,6," in line for line in lines) == len(ROWS)
    alone = run("import", path, "-o", tmp_path / "new")
    assert (alone.exit_code, "results only, and no plan" in alone.output) == (1, True)


TYPED: dict[int, dict[str, Any]] = {
    1: {"สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ", "งบประมาณที่ได้รับอนุมัติ": 300000, "งบประมาณที่เบิกจ่าย": "๒๘๙,๐๑๒.๕๐"},
    2: {"สถานะการดำเนินงาน": "อยู่ระหว่างดำเนินการ", "งบประมาณที่ได้รับอนุมัติ": 20000, "งบประมาณที่เบิกจ่าย": 7345},
    3: {"สถานะการดำเนินงาน": "ไม่สามารถดำเนินการได้", "เหตุที่ไม่สามารถดำเนินการ": "บุคลากรไม่เพียงพอ"},
}
RESULT = "อบรมแล้ว ๓ รุ่น ผ่านเกณฑ์ทุกคน"
OF_EPLAN = {"งบประมาณที่ได้รับอนุมัติ": "งบประมาณตามข้อ", "งบประมาณที่เบิกจ่าย": "เบิกจ่าย", "เหตุที่ไม่สามารถดำเนินการ": "เหตุที่"}


def _into_template(path: Path) -> None:
    path.write_bytes(workbook_of(PLAN))
    clerk = Clerk(path)
    for number, values in TYPED.items():
        clerk.row(RESULTS, {"โครงการ": number, "ปีงบประมาณ": "๒๕๖๖", "รอบการรายงาน (เดือน)": 12, **values})
    clerk.change(RESULTS, 5, "ผลการดำเนินงาน", RESULT)
    clerk.save()


def _into_eplan(path: Path) -> None:
    package = Package.load(PLAN)
    package.descriptor.setdefault("created", "2026-11-22T00:00:00Z")
    rows = eplan_rows(package, 2566, 12)
    path.write_bytes(eplan_xlsx(rows, eplan_score(rows), About.of(package, 2566, 12)))
    book = load_workbook(path)
    sheet = book["รายงาน"]
    headings = [str(cell.value) for cell in sheet[1]]
    lines = {line[0].value: line for line in sheet.iter_rows(min_row=2)}
    for number, values in TYPED.items():
        remark = {"หมายเหตุ": f"ผลการดำเนินงาน: {RESULT}"} if number == 1 else {}
        for name, value in {**values, **remark}.items():
            beginning = OF_EPLAN.get(name, name)
            lines[number][next(at for at, text in enumerate(headings) if text.startswith(beginning))].value = value
    book.save(path)


@pytest.mark.parametrize("typing", [_into_template, _into_eplan], ids=["template", "eplan"])
def test_results_of_a_round_reach_release_site_and_evidence(typing: Any, tmp_path: Path) -> None:
    """From cells that a person typed into the workbook of the real plan to all that is published."""
    folder, path = Path(copytree(PLAN, tmp_path / "plan")), tmp_path / "results.xlsx"
    typing(path)
    taken = run("import", path, "-o", folder)
    assert taken.exit_code == 0, taken.output
    with (folder / "data/progress.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert [
        (r["project_id"][-3:], r["round_months"], r["status"], Decimal(r["disbursed_thb"] or -1)) for r in rows
    ] == [
        ("P01", "12", "completed", Decimal("289012.5")),
        ("P02", "12", "in_progress", Decimal(7345)),
        ("P03", "12", "cannot", Decimal(-1)),
    ]
    assert rows[0]["result_th"] == RESULT
    publish(folder, tmp_path / "out", allow_warnings="ทดสอบ")
    latest = tmp_path / "out/latest"
    assert f",289012.5,,{RESULT}" in next(latest.glob("data/progress.csv")).read_text("utf-8-sig").replace(
        "289012.50", "289012.5"
    )
    items = ("--year", "2567", "--item", "plan=O23", "--item", "results=O24")
    evidence = run("evidence", latest, "--out", tmp_path / "evidence", *items)
    assert evidence.exit_code == 0, evidence.output
    site = run("site", tmp_path / "out", "--out", tmp_path / "site")
    assert site.exit_code == 0, site.output
    pages = {name: _shown(tmp_path / name) for name in ("evidence", "site")}
    for name, text in pages.items():
        assert "289,012.5" in text, name
        assert "7,345" in text, name
        assert RESULT in text, name


def _shown(folder: Path) -> str:
    """What the pages of a folder show."""
    texts = (re.sub("<[^>]*>", " ", path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html")))
    return " ".join(" ".join(texts).split())
