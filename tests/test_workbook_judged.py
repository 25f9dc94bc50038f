"""A workbook is judged as it is: findings name its sheets and cells, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata.intake.judging import judge
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.report import Verdict
from tests.conftest import PLAN
from tests.workbooks import cell, edited, imported, run, workbook_of

SUMMARY = "ตารางสรุป"


def spoil(book: Workbook) -> None:
    cell(book[SUMMARY], "ปีงบประมาณ 2566", 1).value = "?"
    cell(book[SUMMARY], "ปีงบประมาณเริ่มต้น", 2).value = 2560


def test_workbook_of_a_sound_plan_is_ready() -> None:
    report = judge(read_sheets(workbook_of(PLAN), "plan.xlsx"), Path("plan.xlsx")).report
    assert report.verdict is Verdict.READY
    assert all(issue.location.address for issue in report.issues)


def test_each_value_has_the_cell_it_came_from() -> None:
    result = imported(workbook_of(PLAN))
    project, line = result.tables["projects"][1], result.tables["budgets"][1]
    found = [result.origins.of(project, "title_th"), result.origins.of(line, "amount_thb")]
    assert [origin.address for origin in found if origin] == [f"{SUMMARY}!B10", f"{SUMMARY}!D9"]


@pytest.mark.parametrize("form", ["text", "json", "html", "csv"])
def test_findings_name_sheet_and_cell(form: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(edited(workbook_of(PLAN), spoil))
    done = run("validate", path, "--format", form)
    assert done.exit_code == 1
    assert f"{SUMMARY}!C9" in done.output
    assert f"{SUMMARY}!S10" in done.output
    assert [*tmp_path.iterdir()] == [path]
    if form == "json":
        content = json.loads(done.output)
        assert [cell["address"] for cell in content["unread"]] == [f"{SUMMARY}!C9"]
        assert (content["valid"], content["summary"]["errors"]) == (False, 2)
