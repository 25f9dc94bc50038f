"""A package is drafted from the document of a plan: what is in it is found, and what is not sure says so."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.extraction import scores
from khelang_opendata import validate
from khelang_opendata.cli import main
from khelang_opendata.intake.document_reading import read_document
from khelang_opendata.intake.draft_package import drafted_package
from khelang_opendata.intake.draft_values import Confidence
from khelang_opendata.intake.drafting import PlanDraft, draft_plan
from khelang_opendata.model.failures import DataError, ExtraMissing, KhelangError
from khelang_opendata.model.report import Severity
from khelang_opendata.model.wording import Language
from tests.plan_documents import INVENTED, THREE_DIMENSIONS, InventedPlan, as_docx, docx_of, paragraph


def draft_of(data: bytes, name: str = "plan.txt") -> PlanDraft:
    return draft_plan(read_document(data, name), name, {"plan_id": "invented-plan"})


def projects_of(draft: PlanDraft) -> list[tuple[object, ...]]:
    units = {row["unit_id"]: row["name_th"] for row in draft.tables["units"]}
    lines: dict[tuple[str, str], list[str]] = {}
    for row in draft.tables["budgets"]:
        shown = row["amount_thb"] or {"not_run": "-"}.get(row["budget_status"], "?")
        lines.setdefault((row["project_id"], row["fiscal_year_be"]), []).append(shown)
    years = sorted({year for _, year in lines})
    return [
        (
            row["title_th"],
            row["dimension_id"].rpartition("-D")[2],
            row["mission_id"].rpartition("-M")[2],
            units.get(row["lead_unit_id"], ""),
            f"{row['start_fiscal_year_be']}-{row['end_fiscal_year_be']}",
            tuple("+".join(lines[row["project_id"], year]) for year in years),
        )
        for row in draft.tables["projects"]
    ]


def totals_of(draft: PlanDraft) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in draft.tables.get("printed_totals", []):
        end = row["scope_id"].removeprefix("invented-plan").removeprefix("-")
        found.setdefault((row["scope"], end), []).append(row["amount_thb"])
    return {key: tuple(amounts) for key, amounts in found.items()}


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_draft_of_an_invented_document_is_exactly_what_is_in_it(plan: InventedPlan) -> None:
    draft = draft_of(plan.text.encode())
    assert projects_of(draft) == list(plan.projects)
    assert totals_of(draft) == plan.totals
    assert draft.tables["plans"][0]["lao_name_th"] == plan.lao
    years = draft.tables["plans"][0]["start_fiscal_year_be"], draft.tables["plans"][0]["end_fiscal_year_be"]
    assert years == (str(plan.years[0]), str(plan.years[-1]))


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_an_amount_is_certain_only_where_table_and_sheet_agree(plan: InventedPlan) -> None:
    draft = draft_of(plan.text.encode())
    titles = {row["project_id"]: row["title_th"] for row in draft.tables["projects"]}
    unsure = {
        titles[value.record]
        for value in draft.draft.values
        if value.table == "budgets" and value.confidence is not Confidence.CERTAIN
    }
    assert unsure == plan.not_certain


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_the_same_document_as_docx_gives_the_same_draft(plan: InventedPlan) -> None:
    assert draft_of(as_docx(plan.text), "plan.docx").tables == draft_of(plan.text.encode()).tables


def test_numbers_of_lists_are_counted_as_word_shows_them() -> None:
    listed = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr>'
    numbering = (
        '<w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:numFmt w:val="thaiNumbers"/><w:lvlText w:val="%1)"/>'
        '</w:lvl></w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num>'
    )
    read = read_document(docx_of(paragraph("ก", listed) + paragraph("ข", listed), numbering), "plan.docx")
    assert [line.text for line in read.lines()] == ["1) ก", "2) ข"]


def test_benchmark_counts_what_is_right_and_what_is_wrong() -> None:
    draft = draft_of(THREE_DIMENSIONS.text.encode())
    same = scores(draft, draft.tables)
    assert all(score.right == score.drafted == score.true for score in same.values())
    other = {name: [dict(row) for row in rows] for name, rows in draft.tables.items()}
    other["projects"][0]["title_th"] = "ชื่ออื่น"
    other["budgets"][0]["amount_thb"] = "1"
    found = scores(draft, other)
    assert (found["projects.title_th"].right, found["projects.title_th"].wrong_certain) == (4, 1)
    assert (found["budgets.amount_thb"].right, found["budgets.amount_thb"].wrong_certain) == (19, 1)


def test_command_writes_a_package_with_what_to_review(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(THREE_DIMENSIONS.text, encoding="utf-8")
    made = tmp_path / "made"
    name = ["--name-en", "Thung Sommut Subdistrict Administrative Organization"]
    done = CliRunner().invoke(main, ["extract", str(tmp_path / "plan.txt"), "-o", str(made), *name, "--lang", "th"])
    assert done.exit_code == 0, done.output
    with (made / "data/errata.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    errata = {(row["rule"], row["record_id"][-2:], row["fiscal_year_be"]) for row in rows}
    report = validate(made)
    assert report.warnings == 0
    left = [
        (issue.location.resource, issue.location.field) for issue in report.issues if issue.severity is Severity.ERROR
    ]
    assert sorted(left) == sorted([("errata", "basis_th"), ("errata", "cause")] * len(rows))
    assert ("printed_subtotal_differs", "D3", "2564") in errata
    assert ("printed_amounts_differ", "05", "2564") in errata
    with (made / "review.csv").open(encoding="utf-8-sig", newline="") as lines:
        order = [row["ความมั่นใจ"] for row in csv.DictReader(lines)]
    assert order == sorted(order, key=["ไม่พบ", "ต้องตรวจ", "น่าจะถูก"].index)
    again = CliRunner().invoke(main, ["extract", str(tmp_path / "plan.txt"), "-o", str(made), "--lang", "th"])
    assert again.exit_code == 2


def test_facts_that_the_document_lacks_are_named_and_found_by_validation(tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(THREE_DIMENSIONS.text, encoding="utf-8")
    done = CliRunner().invoke(main, ["extract", str(tmp_path / "plan.txt"), "-o", str(tmp_path / "made")])
    assert done.exit_code == 0, done.output
    errors = [issue.location for issue in validate(tmp_path / "made").issues if issue.severity is Severity.ERROR]
    assert [place.field for place in errors if place.resource != "errata"] == ["lao_name_en"]
    assert "--name-en" in (tmp_path / "made/review.csv").read_text(encoding="utf-8")


def _bomb() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b" " * 100_000_000)
    return data.getvalue()


def _entities() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return data.getvalue()


def _workbook() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("xl/workbook.xml", "<a/>")
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "variant"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old"),
        (b"{\\rtf1 x}", "rtf"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"<!DOCTYPE html><p>x", "web_page"),
        (bytes(range(256)), "not_document"),
        (_workbook(), "workbook"),
        (_bomb(), "large"),
        (_entities(), "damaged"),
        (as_docx("ก" * 500)[:400], "damaged"),
        (docx_of("<w:p>"), "damaged"),
        ("ไม่มีโครงการ".encode(), "no_plan"),
        ("ไม่มีโครงการ".encode("cp874"), "no_plan"),
        ("ไม่มีโครงการ".encode("utf-16"), "no_plan"),
    ],
    ids=lambda value: value if isinstance(value, str) else "data",  # archives have the time at which they were made
)
def test_what_is_no_document_of_a_plan_is_named(data: bytes, variant: str) -> None:
    with pytest.raises(DataError) as raised:
        draft_of(data, "plan")
    assert raised.value.params["variant"] == variant


@pytest.mark.parametrize("encoding", ["cp874", "utf-16", "utf-8-sig"])
def test_texts_of_windows_are_read(encoding: str) -> None:
    text = THREE_DIMENSIONS.text.replace("–", "-")
    assert draft_of(text.encode(encoding)).tables == draft_of(text.encode()).tables


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_half_a_document_is_drafted_or_refused(plan: InventedPlan) -> None:
    for end in range(0, len(plan.text), 97):
        try:
            draft = draft_of(plan.text[:end].encode())
        except KhelangError:
            continue
        drafted_package(draft, Language.TH)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    with pytest.raises(ExtraMissing) as raised:
        read_document(b"%PDF-1.7", "plan.pdf")
    assert raised.value.params == {"extra": "extract"}


TICKED_PLAN = """\
แผนปฏิบัติการป้องกันการทุจริต (พ.ศ. ๒๕๖๑ - ๒๕๖๔) ขององค์การบริหารส่วนตำบลทุ่งสมมุติ
มิติ\tภารกิจตามมิติ\tโครงการ/กิจกรรม/มาตรการ\tงบประมาณ\tปี ๒๕๖๑\tปี ๒๕๖๒\tปี ๒๕๖๓\tปี ๒๕๖๔\tหน่วยงาน
มิติที่ ๑ การสร้างสังคม\t๑.๑ การสร้างจิตสำนึก\t๑. โครงการอบรม\t๒๐,๐๐๐\t✓\t✓\t\t\tสำนักปลัด
\t\t๒. โครงการสำรวจ\t๕,๐๐๐\t\t✓\t\t\tกองคลัง
ลำดับที่ ๑
๑. ชื่อโครงการ : โครงการอบรม
๒. หลักการและเหตุผล
๓. วัตถุประสงค์
๔. กลุ่มเป้าหมาย
๕. วิธีดำเนินการ
๖. ระยะเวลาดำเนินการ
ปีงบประมาณ ๒๕๖๑ - ๒๕๖๒
๗. งบประมาณดำเนินการ
{budget}
๘. ผู้รับผิดชอบ
สำนักปลัด
๙. ผลผลิต/ผลลัพธ์
"""


@pytest.mark.parametrize(
    ("budget", "reasons"),
    [
        ("๒๐,๐๐๐ บาท", {"amount_of_ticks"}),
        ("ปีงบประมาณ ๒๕๖๑ - ๒๕๖๒ จำนวน ๒๐,๐๐๐ บาท", {"amount_of_ticks"}),
        ("ไม่ระบุ", {"amount_of_ticks"}),
        ("ปีละ ๒๐,๐๐๐ บาท", {""}),
        ("ปี ๒๕๖๑ จำนวน ๒๐,๐๐๐ บาท และปี ๒๕๖๒ จำนวน ๒๐,๐๐๐ บาท", {""}),
    ],
)
def test_amount_beside_ticked_years_is_that_of_each_only_where_the_sheet_says_so(
    budget: str, reasons: set[str]
) -> None:
    draft = draft_of(TICKED_PLAN.format(budget=budget).encode())
    found = [v for v in draft.draft.values if (v.table, v.column) == ("budgets", "amount_thb") and v.value == "20,000"]
    assert [v.reason for v in found if v.record.endswith("P01")] == [*reasons] * 2
    of_one_year = [v.reason for v in draft.draft.values if v.column == "amount_thb" and v.value == "5,000"]
    assert of_one_year
    assert "amount_of_ticks" not in of_one_year
