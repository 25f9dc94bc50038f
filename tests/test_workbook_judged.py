"""A workbook is judged as it is: findings name its sheets and cells, and nothing is written."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata import Language
from khelang_opendata.intake.judging import judge
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.report import Report, Verdict
from khelang_opendata.render.messages import in_words_of_sheet, issue_texts
from khelang_opendata.standard.family import CURRENT, load_family
from khelang_opendata.validation.catalogue import rules
from khelang_opendata.validation.rules.registry import PlanRule
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


@cache
def spoilt_report() -> Report:
    """The report of a workbook with a renamed heading, a wrong year and a title that differs."""

    def more(book: Workbook) -> None:
        cell(book[SUMMARY], "ปีงบประมาณเริ่มต้น", 3).value = 2572
        cell(book[SUMMARY], "โครงการ กิจกรรม หรือมาตรการ", 3).value = "โครงการใหม่"
        cell(book[SUMMARY], "ปีงบประมาณสิ้นสุด", 0).value = "ปีงบประมาณสิ้นสุด\n"
        spoil(book)

    return judge(read_sheets(edited(workbook_of(PLAN), more), "plan.xlsx"), Path("plan.xlsx")).report


@pytest.mark.parametrize("language", Language)
def test_findings_name_what_the_workbook_shows(language: Language) -> None:
    found = {i.code: issue_texts(i, language, CURRENT) for i in spoilt_report().issues if not i.acknowledged_by}
    assert "“ปีงบประมาณเริ่มต้น”" in found["years_reversed"].fix
    assert f"“{SUMMARY}”" in found["years_reversed"].message
    assert "“ข้อคลาดเคลื่อน”" in found["title_differs"].fix
    names = {field.name for table in load_family().tables.values() for field in table.fields if "_" in field.name}
    for texts in found.values():
        assert not {*re.findall(r"[a-z_]+", " ".join(texts))} & names
        assert "khelang-nakhon-" not in " ".join(texts)


@pytest.mark.parametrize("language", Language)
def test_no_sentence_of_a_rule_on_plans_names_a_column_of_the_standard(language: Language) -> None:
    words = next(issue.words for issue in spoilt_report().issues if issue.words)
    wordings = [w for r in rules().values() if isinstance(r, PlanRule) for w in r.entry.wordings]
    texts = [text[language] for wording in wordings for text in (wording.message, wording.fix)]
    names = {field.name for table in load_family().tables.values() for field in table.fields if "_" in field.name}
    for text in texts:
        shown = re.sub(r"{\w+}", "…", in_words_of_sheet(text, words, language))
        assert not {*re.findall(r"[a-z_]+", shown)} & names, shown
