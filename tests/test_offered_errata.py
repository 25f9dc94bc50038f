"""The report of a workbook offers rows for its sheet of errata; pasted there as they are, they explain the findings."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata.intake.judging import judge
from khelang_opendata.intake.plan_sheets import plan_sheets, text_in
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.report import Issue
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import offered_line
from khelang_opendata.standard.family import load_family
from tests.conftest import PLAN
from tests.workbooks import column, edited, heading_row, run, workbook_of


def sheet_name(table: str, language: Language) -> str:
    return text_in(language, "sheets", table)


def title(name: str, language: Language) -> str:
    columns = plan_sheets(load_family(), None)["errata"].columns
    return next(c.title(language) for c in columns if c.name == name)


@cache
def without_errata(language: Language) -> bytes:
    """The workbook of the real plan after a person deleted all errata."""

    def edit(book: Workbook) -> None:
        for table in ("errata", "errata_records"):
            sheet = book[sheet_name(table, language)]
            sheet.delete_rows(heading_row(sheet, title("field", language)) + 1, sheet.max_row)

    return edited(workbook_of(PLAN, language), edit)


def judged(workbook: bytes) -> Sequence[Issue]:
    return judge(read_sheets(workbook, "plan.xlsx"), Path("plan.xlsx")).report.issues


def pasted(workbook: bytes, lines: Sequence[str], language: Language, first: int = 1) -> bytes:
    """The workbook after lines were pasted at a column of its first empty rows, and reason and cause were typed."""

    def edit(book: Workbook) -> None:
        sheet = book[sheet_name("errata", language)]
        top = heading_row(sheet, title("field", language)) + 1
        for row, line in enumerate(lines, top):
            for place, text in enumerate(line.split("\t"), first):
                sheet.cell(row, place).value = text or None
            sheet.cell(row, column(sheet, title("basis_th", language))).value = "ตรวจกับเอกสารแล้ว พิมพ์ไว้เช่นนี้"
            sheet.cell(row, column(sheet, title("cause", language))).value = "source_error"

    return edited(workbook, edit)


@pytest.mark.parametrize("language", Language)
def test_pasted_rows_explain_all_findings_of_the_real_plan(language: Language) -> None:
    offering = [issue for issue in judged(without_errata(language)) if issue.erratum]
    assert len(offering) > 40
    after = judged(pasted(without_errata(language), [offered_line(issue) for issue in offering], language))
    explained = {(issue.code, issue.location.address) for issue in after if issue.acknowledged_by}
    assert explained == {(issue.code, issue.location.address) for issue in offering}
    assert [issue.code for issue in after if not issue.acknowledged_by and issue.severity.value != "info"] == []


def test_row_fits_a_sheet_whose_columns_were_moved_and_renamed() -> None:
    def edit(book: Workbook) -> None:
        sheet = book[sheet_name("errata", Language.TH)]
        sheet.insert_cols(1, 2)
        sheet.cell(heading_row(sheet, title("rule", Language.TH)), 2).value = "ผู้ตรวจ"

    moved = edited(without_errata(Language.TH), edit)
    (first, *_) = [issue for issue in judged(moved) if issue.erratum]
    assert offered_line(first).startswith("\t\t")
    after = judged(pasted(moved, [offered_line(first)], Language.TH))
    assert [i.code for i in after if i.acknowledged_by and i.location.address == first.location.address] == [first.code]


@pytest.mark.parametrize("form", ["text", "html", "csv", "json"])
def test_each_form_of_the_report_offers_the_row(form: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(without_errata(Language.TH))
    line = next(offered_line(issue) for issue in judged(path.read_bytes()) if issue.erratum)
    done = run("validate", path, "--format", form)
    if form == "text":
        assert line in done.output.splitlines()
        assert 'of the sheet "ข้อคลาดเคลื่อน"' in done.output
    elif form == "html":
        cells = [cell for cell in line.split("\t") if cell]
        assert all(f">{cell}</td>" in done.output for cell in cells)
        assert f">{title('field', Language.TH)}</code></th>" in done.output
        assert "data/errata.csv" not in done.output
    elif form == "csv":
        rows = list(csv.DictReader(io.StringIO(done.output.removeprefix("\ufeff"))))
        assert line in [row["erratum แถวข้อคลาดเคลื่อน"] for row in rows]
    else:
        found = [issue for issue in json.loads(done.output)["issues"] if "erratum" in issue]
        assert line in [issue["erratum_cells"] for issue in found]
        assert found[0]["erratum"][title("rule", Language.TH)] == found[0]["code"]
