"""The ITA evidence: what an official shows of the plan, and what the pages say where the data hold nothing."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata import Package, validate
from khelang_opendata.model.report import Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc.evidence_pages import MARK, evidence_files
from khelang_opendata.nacc.exhibits import Evidence, Exhibit, evidence_of
from khelang_opendata.nacc.ita import Item, ItemKind, confirmed_in, items_of, known_years
from khelang_opendata.nacc.sheet import Cell
from khelang_opendata.nacc.source import released_package
from khelang_opendata.package.edition import Edition, released_edition
from khelang_opendata.validation import family_of
from tests.browsers import opened
from tests.conftest import PLAN, VALID, Khelang, edit_descriptor, fails, needs, replace_in
from tests.releases import contents, copied, publish

NAMES_2569 = ["o21-risks", "o22-measures", "o23-plan", "o24-results"]
KINDS_2569 = [ItemKind.RISKS, ItemKind.MEASURES, ItemKind.PLAN, ItemKind.RESULTS]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish(PLAN, tmp_path_factory.mktemp("real")).path


@pytest.fixture(scope="module")
def real(release: Path) -> Package:
    return released_package(release)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """The valid example, which has reports on its projects."""
    return released_package(publish(VALID, tmp_path_factory.mktemp("small")).path)


def edition_of(package: Package) -> Edition:
    return released_edition(package, family_of(package))


def exhibit(package: Package, year: int, kind: ItemKind, months: int = 12, covers: int | None = None) -> Exhibit:
    """What answers one item, as the newest known assessment asks it, in any year."""
    item = next(item for item in items_of(2569) if item.kind is kind)
    asked = replace(item, months=months, covers=item.covers if covers is None else covers)
    return evidence_of(edition_of(package), year, [asked]).exhibits[0]


def rows_of(shown: Exhibit) -> dict[str, tuple[Cell, ...]]:
    """The rows by the number of the project or risk."""
    return {row[0].lines[0]: row for group in shown.sheet.groups for row in group.rows}


def todo_of(shown: Exhibit) -> list[str]:
    return [one.name for one in shown.todo]


def table_of(files: dict[str, bytes], name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def all_of(package: Package, year: int = 2569) -> Evidence:
    return evidence_of(edition_of(package), year, items_of(year))


def test_items_of_2569_are_those_that_the_map_names(real: Package) -> None:
    evidence = all_of(real)
    assert [shown.name for shown in evidence.exhibits] == NAMES_2569
    assert [shown.item.kind for shown in evidence.exhibits] == KINDS_2569
    assert [shown.fiscal_year for shown in evidence.exhibits] == [2569, 2568, 2569, 2568]


@pytest.mark.parametrize("year", known_years())
def test_every_item_of_the_map_has_texts_and_sources(year: int) -> None:
    items = items_of(year)
    assert len({item.code for item in items}) == len(items)
    assert {item.kind for item in items} == set(ItemKind)
    for item in items:
        assert re.fullmatch(r"O[1-9][0-9]?", item.code)
        assert item.covers in (0, -1)
        assert item.months in (6, 12)
        assert all((item.title_th, item.title_en, item.shows_th, item.shows_en, item.sources))
        assert all(source["title_th"] and source["title_en"] and source["section"] for source in item.sources)
        assert not item.is_confirmed or any(source.get("url", "").startswith("https://") for source in item.sources)


def test_plan_lists_every_project_with_budget_and_period(real: Package) -> None:
    plan = exhibit(real, 2569, ItemKind.PLAN)
    rows = rows_of(plan)
    assert [*rows] == [str(number) for number in range(1, 46)]
    first = rows["1"]
    assert [cell.lines for cell in first[2:]] == [
        ("งานส่งเสริมและพัฒนาบุคลากร กองการเจ้าหน้าที่",),
        ("300,000 บาท",),
        ("1 ตุลาคม 2568 – 30 กันยายน 2569",),
    ]
    assert plan.sheet.total[0].lines == ("รวมทั้งสิ้น 45 รายการ (ไม่ดำเนินการในปีนี้ 2 รายการ)",)
    assert plan.sheet.total[1].lines == ("1,532,600 บาท",), "the document's own grand total"


@pytest.mark.parametrize(
    "number, reported",
    [
        ("2", "ไม่ใช้งบประมาณ"),
        ("8", "ไม่ดำเนินการในปีนี้"),
        ("42", "ใช้งบประมาณร่วมกับโครงการอื่น"),
    ],
)
def test_status_of_a_budget_decides_what_stands_in_place_of_an_amount(
    real: Package, number: str, reported: str
) -> None:
    budget = rows_of(exhibit(real, 2569, ItemKind.PLAN))[number][3]
    assert budget.lines == (reported,)
    assert budget.figure == ""


def test_shared_budget_tells_which_project_pays(real: Package) -> None:
    assert "โครงการลำดับที่ 41" in rows_of(exhibit(real, 2569, ItemKind.PLAN))["42"][3].details[0]


def test_budget_of_several_sources_is_summed_and_taken_apart(small: Package) -> None:
    budget = rows_of(exhibit(small, 2562, ItemKind.PLAN))["6"][3]
    assert budget.lines == ("150,000 บาท",)
    assert [d.split(": ")[1] for d in budget.details[:2]] == ["100,000 บาท", "50,000 บาท"]


def test_project_of_several_sources_without_money_uses_no_budget(release: Path, tmp_path: Path) -> None:
    folder = copied(release, tmp_path / "sources")
    row = "-P02,4,2569,,,,no_budget,0,"
    budgets = folder / "data/budgets.csv"
    (line,) = [line for line in budgets.read_text(encoding="utf-8").splitlines() if row in line]
    with budgets.open("a", encoding="utf-8") as lines:
        lines.write(line.replace(row, "-P02,6,2569,,other,stated,no_budget,0,") + "\n")
    assert rows_of(exhibit(Package.load(folder), 2569, ItemKind.PLAN))["2"][3].lines == ("ไม่ใช้งบประมาณ",)


def test_budget_that_the_document_lacks_is_not_zero_but_to_be_filled_in(real: Package, small: Package) -> None:
    of_2566 = exhibit(real, 2566, ItemKind.PLAN)
    assert rows_of(of_2566)["45"][3].lines == ("อย่างน้อย 3,887,155 บาท",)
    assert of_2566.sheet.total[1].lines == ("อย่างน้อย 5,996,755 บาท",)
    of_2564 = exhibit(small, 2564, ItemKind.PLAN)
    assert rows_of(of_2564)["4"][3].lines == ("เอกสารไม่ระบุจำนวนเงิน",)
    assert [one.params["numbers"] for one in of_2564.todo if one.name == "budgets"] == ["4"]


def test_contradictions_about_amounts_are_footnotes_with_printed_and_adopted_values(real: Package) -> None:
    plan = exhibit(real, 2569, ItemKind.PLAN)
    notes = [plan.sheet.footnotes[mark - 1] for mark in rows_of(plan)["6"][3].marks]
    (amount,) = [note for note in notes if "แถวโครงการที่ 6 เทียบกับ" in note]
    assert "อีกจุดหนึ่งพิมพ์ว่า “ปีงบประมาณ ๒๕๖๖ (ไม่ใช้งบประมาณ)" in amount
    assert "วิธีอ่าน: ปีงบประมาณ 2566 ไม่ใช้งบประมาณ ปีงบประมาณ 2567-2570 ปีละ 10,000 บาท" in amount
    (mark,) = rows_of(plan)["1"][3].marks
    assert "วิธีอ่าน: ใช้เป็นจำนวนเงินต่อปีทั้ง 14 โครงการ" in plan.sheet.footnotes[mark - 1]
    third = next(group for group in plan.sheet.groups if group.heading.startswith("มิติที่ 3 "))
    assert third.sum is not None
    (mark,) = third.sum.marks
    assert "พิมพ์ว่า “๑๐๕,๐๐๐ บาท”" in plan.sheet.footnotes[mark - 1]
    assert "อีกจุดหนึ่งพิมพ์ว่า “333,000 บาท”" in plan.sheet.footnotes[mark - 1]
    assert "วิธีอ่าน: ใช้ผลรวมของโครงการลำดับที่ 33-37 คือ 333,000 บาท" in plan.sheet.footnotes[mark - 1]
    (mark,) = rows_of(plan)["33"][3].marks
    assert "ใช้ค่า “60,000 บาท”" in plan.sheet.footnotes[mark - 1]


def test_footnotes_begin_with_those_about_money_or_responsibility(small: Package, real: Package) -> None:
    titles = ["กระทบเงินหรือความรับผิดชอบ", "กระทบความหมาย", "ถ้อยคำหรือรูปแบบ"]
    notes = exhibit(real, 2566, ItemKind.PLAN).sheet.footnotes
    weights = [titles.index(note[1 : note.index("]")]) for note in notes]
    assert weights == sorted(weights)
    assert len({*weights}) > 1


def test_reading_of_an_erratum_is_shown_in_place_of_an_adopted_value(real: Package) -> None:
    notes = exhibit(real, 2569, ItemKind.PLAN).sheet.footnotes
    assert any(" วิธีอ่าน: " in note for note in notes)


def test_amount_for_the_whole_period_is_no_year_s(small: Package, tmp_path: Path) -> None:
    """It stays out of the year's sum, is shown with the whole in the notes, and only in the years of its project."""
    folder = copied(small.root, tmp_path / "whole")
    _make_whole(folder, "-P06", "150000", "ใช้ร่วมกัน")
    plan = exhibit(Package.load(folder), 2562, ItemKind.PLAN)
    budget = rows_of(plan)["6"][3]
    assert budget.lines == ("เอกสารไม่แยกจำนวนเงินรายปี",)
    assert "เอกสารให้จำนวนเงินรวมทุกปีของแผน 150,000 บาท โดยไม่แยกปี; ใช้ร่วมกัน" in budget.details
    assert budget.figure == ""
    whole, before = plan.sheet.total[1].figure, exhibit(small, 2562, ItemKind.PLAN).sheet.total[1].figure
    assert float(whole) == float(before) - 150_000
    assert plan.sheet.total[1].lines[0].startswith("อย่างน้อย ")
    assert "6" not in rows_of(exhibit(Package.load(folder), 2561, ItemKind.PLAN)), "it begins in 2562"


def test_status_for_the_whole_period_is_that_of_every_year(small: Package, tmp_path: Path) -> None:
    folder = copied(small.root, tmp_path / "none")
    _make_whole(folder, "-P06", "0", "")
    assert rows_of(exhibit(Package.load(folder), 2563, ItemKind.PLAN))["6"][3].lines == ("ไม่ใช้งบประมาณ",)


def _make_whole(folder: Path, project: str, amount: str, note: str) -> None:
    """Replace the budget rows of a project by one for the whole period."""
    with (folder / "data/budgets.csv").open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    first = next(row for row in rows if row["project_id"].endswith(project))
    others = [row for row in rows if row["project_id"] != first["project_id"]]
    status, source = ("budgeted", "lao_budget") if float(amount) else ("no_budget", "")
    basis = {"fiscal_year_be": "", "amount_basis": "whole_period", "source_basis": "not_stated" if source else ""}
    money = {"budget_status": status, "amount_thb": amount, "funding_source": source, "note_th": note}
    printed = dict.fromkeys(("summary_amount_printed", "sheet_amount_printed"), "")
    with (folder / "data/budgets.csv").open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, first)
        writer.writeheader()
        writer.writerows([*others, first | basis | money | printed])


def test_every_footnote_is_referred_to_and_every_reference_has_one(real: Package) -> None:
    for shown in all_of(real, 2566).exhibits:
        cells = [cell for group in shown.sheet.groups for row in group.rows for cell in row]
        cells += [group.sum for group in shown.sheet.groups if group.sum] + [*shown.sheet.total]
        marks = {mark for cell in cells for mark in cell.marks}
        assert marks == set(range(1, len(shown.sheet.footnotes) + 1))


def test_results_that_nobody_recorded_are_never_invented(real: Package) -> None:
    results = exhibit(real, 2569, ItemKind.RESULTS)
    rows = rows_of(results)
    assert len(rows) == 44, "project 45 is not run in 2568"
    assert {cell.lines for row in rows.values() for cell in row[3:]} == {("ยังไม่มีการบันทึก",)}
    assert results.sheet.total[3].lines == ("ยังไม่มีการบันทึก",)
    assert todo_of(results) == ["unconfirmed", "no_results"]


def test_recorded_results_show_state_money_and_problems(small: Package) -> None:
    results = exhibit(small, 2562, ItemKind.RESULTS)
    rows = rows_of(results)
    reported = {number: [cell.lines for cell in row[3:]] for number, row in rows.items()}
    assert reported["1"] == [
        ("ดำเนินการแล้วเสร็จ", "จัดอบรมแล้ว 1 รุ่น มีผู้เข้าร่วม 58 คน"),
        ("18,750.50 บาท",),
        ("ไม่มี",),
    ]
    assert reported["3"][1] == ("ไม่ใช้งบประมาณ",), "it has no budget, and spent none"
    assert reported["4"][0] == ("ไม่สามารถดำเนินการได้: นโยบายผู้บริหารเปลี่ยนแปลง",)
    assert reported["4"][1] == ("0 บาท",), "it has a budget, and spent nothing of it"
    assert reported["4"][2] == ("ผู้บริหารให้นำงบประมาณไปใช้บรรเทาอุทกภัย", "ข้อเสนอแนะ: ตั้งงบประมาณใหม่ในปี 2563")


def test_results_that_are_missing_are_named(small: Package) -> None:
    results = exhibit(small, 2562, ItemKind.RESULTS)
    (todo,) = [one for one in results.todo if one.name == "some_results"]
    assert (todo.params["missing"], todo.params["count"], todo.params["numbers"]) == (4, 7, "2, 5, 7, 8")
    assert results.sheet.total[3].lines == ("อย่างน้อย 18,750.50 บาท",)
    assert rows_of(results)["7"][4].lines == ("ยังไม่มีการบันทึก",), "reported, but without money spent"


def test_six_month_round_is_distinguished_from_the_year(small: Package) -> None:
    results = rows_of(exhibit(small, 2561, ItemKind.RESULTS, months=6, covers=0))
    assert results["4"][3].lines == ("อยู่ระหว่างดำเนินการ", "ประสานชุมชนเพื่อกำหนดวันรณรงค์")
    assert results["3"][3].lines == ("ยังไม่มีการบันทึก",), "it was reported after twelve months only"


def test_first_year_of_a_plan_sends_to_the_plan_before(real: Package) -> None:
    results = exhibit(real, 2566, ItemKind.RESULTS)
    assert results.sheet.size == 0
    assert todo_of(results) == ["unconfirmed", "other_plan"]
    page = evidence_files(all_of(real, 2566))["o38-results.html"].decode()
    assert "ปีงบประมาณ 2565 อยู่ก่อนแผนนี้" in page
    assert "<table" not in page


def test_risks_come_with_factors_level_measures_and_owner(small: Package) -> None:
    risk = rows_of(exhibit(small, 2562, ItemKind.RISKS))["1"]
    assert risk[2].lines == (
        "1. กำหนดคุณลักษณะเฉพาะเอื้อต่อผู้ขายรายหนึ่ง",
        "2. คณะกรรมการตรวจรับไม่ตรวจตามสัญญา",
    )
    details = ("คะแนน 12", "โอกาสเกิด 4 ผลกระทบ 3", "หลังใช้มาตรการ: ปานกลาง")
    assert (risk[3].lines, risk[3].details) == (("สูง",), details)
    assert risk[4].lines[0] == "1. ให้มีผู้สอบทานคุณลักษณะเฉพาะก่อนประกาศ (ภายใน 31 มีนาคม 2561)"
    assert risk[5].lines == ("งานพัสดุและทรัพย์สิน",)


def test_level_without_score_is_shown_as_it_is(real: Package) -> None:
    risk = rows_of(exhibit(real, 2569, ItemKind.RISKS))["1"]
    assert (risk[3].lines, risk[3].details) == (("ต่ำ",), ())
    assert risk[5].lines == ("ไม่ได้ระบุ",)


def test_action_against_risks_is_left_for_the_official(real: Package) -> None:
    measures = exhibit(real, 2569, ItemKind.MEASURES)
    assert [row[-1].lines for row in rows_of(measures).values()] == [("ยังไม่มีการบันทึก",)] * 2
    assert "measures" in todo_of(measures)


def test_recorded_results_of_measures_are_shown_with_their_evidence(small: Package) -> None:
    measures = exhibit(small, 2561, ItemKind.MEASURES, covers=0)
    first, *others = (row[-1] for row in rows_of(measures).values())
    assert first.lines == (
        "1. ดำเนินการแล้วเสร็จ: มีผู้สอบทานคุณลักษณะเฉพาะทุกครั้ง",
        "2. อยู่ระหว่างดำเนินการ: เผยแพร่ผลการตรวจรับ 8 เดือน",
    )
    assert first.details == ("หลักฐานข้อ 1: https://example.org/mae-thung/risk/1.pdf",)
    assert {cell.lines for cell in others} == {("ยังไม่มีการบันทึก",)}
    assert [one.params["numbers"] for one in measures.todo if one.name == "some_measures"] == ["2, 3"]


def test_results_of_measures_are_those_of_the_year(small: Package) -> None:
    measures = exhibit(small, 2562, ItemKind.MEASURES, covers=0)
    assert {row[-1].lines for row in rows_of(measures).values()} == {("ยังไม่มีการบันทึก",)}
    assert "measures" in todo_of(measures)


def test_measure_without_a_result_is_named_beside_those_with_one(small: Package, tmp_path: Path) -> None:
    folder = copied(small.root, tmp_path / "partly")
    results = folder / "data/risk_results.csv"
    results.write_text("".join(results.read_text(encoding="utf-8").splitlines(keepends=True)[:2]), encoding="utf-8")
    measures = exhibit(Package.load(folder), 2561, ItemKind.MEASURES, covers=0)
    assert rows_of(measures)["1"][-1].lines[1] == "2. ยังไม่มีการบันทึก"
    assert [one.params["numbers"] for one in measures.todo if one.name == "some_measures"] == ["1, 2, 3"]


def test_risks_are_those_of_the_latest_assessment_up_to_the_year(small: Package, tmp_path: Path) -> None:
    folder = copied(small.root, tmp_path / "again")
    replace_in(folder / "data/risks.csv", "-R03,2561,", "-R03,2563,")
    package = Package.load(folder)
    of_years = {year: exhibit(package, year, ItemKind.RISKS, covers=0) for year in (2561, 2562, 2563)}
    assert [shown.sheet.size for shown in of_years.values()] == [2, 2, 1]
    assert rows_of(of_years[2563])["1"][1].lines == ("การใช้วัสดุสำนักงาน",)
    assert ["risks" in todo_of(shown) for shown in of_years.values()] == [False, True, False]


def test_plan_without_risks_and_risk_without_measures_are_reported(release: Path, tmp_path: Path) -> None:
    folder = copied(release, tmp_path / "bare")
    controls = folder / "data/risk_controls.csv"
    kept = [line for line in controls.read_text(encoding="utf-8").splitlines(keepends=True) if "-R02," not in line]
    controls.write_text("".join(kept), encoding="utf-8")
    shown = exhibit(Package.load(folder), 2569, ItemKind.RISKS)
    assert [one.params["numbers"] for one in shown.todo if one.name == "controls"] == ["2"]
    for path in (folder / f"data/{table}.csv" for table in ("risks", "risk_factors", "risk_controls")):
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    shown = exhibit(Package.load(folder), 2569, ItemKind.RISKS)
    assert (shown.sheet.size, todo_of(shown)) == (0, ["unconfirmed", "no_risks"])


def test_page_states_release_document_item_and_that_its_code_is_not_confirmed(real: Package) -> None:
    page = evidence_files(all_of(real))["o23-plan.html"].decode()
    assert "<title>O23 แผนปฏิบัติการป้องกันการทุจริต ปีงบประมาณ 2569 – เทศบาลเมืองเขลางค์นคร</title>" in page
    assert "22 พฤศจิกายน 2569 (รุ่น 1.0.0)" in page
    assert "ซึ่งประกาศเมื่อ 27 กันยายน 2565" in page
    assert "ยังไม่ยืนยัน" in page
    assert "เลขข้อ O23 ของปีงบประมาณ 2569 ยังไม่ได้ยืนยันสำหรับ อปท." in page


def test_confirmed_code_says_so(real: Package) -> None:
    files = evidence_files(all_of(real, 2566))
    assert "ยืนยันแล้ว" in files["o34-risks.html"].decode()
    assert "ยังไม่ได้ยืนยัน" not in files["o34-risks.html"].decode()
    assert "bansaiprasatlocal.go.th" in files["o34-risks.html"].decode()


def test_spreadsheet_opens_in_excel_with_numbers_as_numbers(real: Package) -> None:
    files = evidence_files(all_of(real))
    assert files["o23-plan.csv"].startswith(b"\xef\xbb\xbf")
    header, *rows = table_of(files, "o23-plan.csv")
    assert header[:2] == ["มิติ · Dimension", "ลำดับที่ · No."]
    assert {len(row) for row in rows} == {len(header)}
    budget = header.index("งบประมาณ · Budget")
    assert rows[0][budget] == "300000"
    assert rows[1][budget] == "ไม่ใช้งบประมาณ"
    assert sum(float(row[budget]) for row in rows if row[budget].isdigit()) == 1532600


def test_same_release_gives_the_same_bytes(real: Package, release: Path) -> None:
    assert evidence_files(all_of(real)) == evidence_files(all_of(released_package(release)))


def test_hostile_cells_do_nothing(release: Path, tmp_path: Path) -> None:
    folder = copied(release, tmp_path / "hostile")
    title = "โครงการฝึกอบรมสัมมนาเพื่อพัฒนาบุคลากรเทศบาลเมืองเขลางค์นคร,Training"
    hostile = '"=HYPERLINK(""http://example.org"")<script>alert(1)</script>\u202e",Training'
    replace_in(folder / "data/projects.csv", title, hostile)
    files = evidence_files(all_of(Package.load(folder)))
    page = files["o23-plan.html"].decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "\u202e" not in page
    assert table_of(files, "o23-plan.csv")[1][2].startswith("'=HYPERLINK")


def test_command_writes_pages_tables_and_their_list(khelang: Khelang, release: Path, tmp_path: Path) -> None:
    done = khelang("evidence", release, "--year", "๒๕๖๙", "--lang", "th")
    assert done.returncode == 0, done.stderr.decode()
    names = [f"{name}.{ending}" for name in NAMES_2569 for ending in ("csv", "html")]
    assert sorted(contents(tmp_path / "evidence/2569")) == ["index.html", *names]
    out = done.stdout.decode()
    assert "O23 แผนปฏิบัติการป้องกันการทุจริต: 45 รายการ (o23-plan.html, o23-plan.csv)" in out
    assert out.count("ต้องทำก่อนเผยแพร่: เลขข้อ") == 4
    index = (tmp_path / "evidence/2569/index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'href="([^"]+)"', index)) == set(names)


def test_command_replaces_its_files_and_leaves_others(khelang: Khelang, release: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    (out / "photo.jpg").write_bytes(b"photo")
    (out / "index.html").write_text(f"old {MARK}", encoding="utf-8")
    for _ in range(2):
        assert khelang("evidence", release, "--year", "2569", "--out", out).returncode == 0
    found = contents(out)
    assert found.pop("photo.jpg") == b"photo"
    assert found == evidence_files(all_of(released_package(release)))


@pytest.mark.parametrize("name", ["index.html", "o23-plan.html", "o23-plan.csv"])
def test_command_overwrites_no_page_of_others(khelang: Khelang, release: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / name).write_text("the municipality's own", encoding="utf-8")
    assert khelang("evidence", release, "--year", "2569", "--out", tmp_path / "site").returncode == 2
    assert contents(tmp_path / "site") == {name: b"the municipality's own"}


def test_output_that_cannot_be_written_is_refused(khelang: Khelang, release: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = khelang("evidence", release, "--year", "2569", "--out", tmp_path / "file")
    assert done.returncode == 3
    assert b"file cannot be written" in done.stderr
    (tmp_path / "taken/o23-plan.html").mkdir(parents=True)
    assert khelang("evidence", release, "--year", "2569", "--out", tmp_path / "taken").returncode == 3
    assert not (tmp_path / "taken/index.html").exists(), "the list comes last"


@pytest.mark.parametrize(
    "year, code, reported",
    [
        ("2026", 2, "2026"),
        ("69", 2, "69"),
        ("2569.0", 2, "2569.0"),
        ("-2569", 2, "-2569"),
        ("", 2, "not a fiscal year"),
        ("2567", 2, "those of 2566, 2568, 2569"),
    ],
)
def test_year_that_is_none_or_not_known_is_refused(
    khelang: Khelang, release: Path, tmp_path: Path, year: str, code: int, reported: str
) -> None:
    done = khelang("evidence", release, f"--year={year}")
    assert (done.returncode, done.stdout) == (code, b"")
    assert reported in done.stderr.decode()
    assert not (tmp_path / "evidence").exists()


def test_unknown_year_names_the_known_ones() -> None:
    with fails("ita_year_unknown") as caught:
        items_of(2571)
    assert caught.value.params == {"year": 2571, "known": "2566, 2568, 2569"}


def test_official_confirms_the_number_of_an_item() -> None:
    before = {item.kind: item for item in items_of(2569)}
    after = {item.kind: item for item in items_of(2569, {"plan": "o30"})}
    plan = after[ItemKind.PLAN]
    assert (plan.code, plan.is_confirmed, plan.sources) == ("O30", True, ())
    assert plan.title_th == before[ItemKind.PLAN].title_th
    assert after[ItemKind.RISKS] == before[ItemKind.RISKS]


def test_year_that_is_not_known_has_the_items_that_are_given() -> None:
    items = items_of(2570, {"results": "O25", "plan": "24", "results-6": "O23"})
    assert [(item.code, item.kind, item.months) for item in items] == [
        ("O23", ItemKind.RESULTS, 6),
        ("O24", ItemKind.PLAN, 12),
        ("O25", ItemKind.RESULTS, 12),
    ]


@pytest.mark.parametrize("given", [{"plan": ""}, {"plan": "OIT"}, {"plan": "O๒๓"}, {"plans": "O23"}, {"": "O23"}])
def test_item_that_is_none_is_refused(given: dict[str, str]) -> None:
    with fails("ita_item_invalid"):
        items_of(2570, given)


def test_confirmed_items_are_in_the_package_or_given(khelang: Khelang, plan: Path, tmp_path: Path) -> None:
    edit_descriptor(plan, lambda d: d.update(itaItems={"2570": {"plan": "O23"}}))
    assert not validate(Package.load(plan)).errors
    release = publish(plan, tmp_path / "releases").path
    assert confirmed_in(Package.load(release).descriptor, 2570) == {"plan": "O23"}
    done = khelang("evidence", release, "--year=2570", "--item=results=O24")
    assert done.returncode == 0
    assert {"o23-plan.html", "o24-results.html"} < {*contents(tmp_path / "evidence/2570")}
    assert "เทียบเลขข้อนี้กับคู่มือ" in (tmp_path / "evidence/2570/o23-plan.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("value", [{"2570": {"plan": "Item 23"}}, {"2570": {"plans": "O23"}}, {"2023": {}}, ["O23"]])
def test_confirmed_items_in_a_package_are_checked(plan: Path, value: object) -> None:
    edit_descriptor(plan, lambda d: d.update(itaItems=value))
    assert [issue.code for issue in validate(Package.load(plan)).issues if issue.severity is Severity.ERROR] == [
        "descriptor_invalid"
    ]


def test_year_outside_the_plan_is_refused(small: Package) -> None:
    with fails("year_outside_plan"):
        evidence_of(edition_of(small), 2569, items_of(2569))


def _alter(folder: Path) -> None:
    replace_in(folder / "data/budgets.csv", "300000", "900000")


def _add(folder: Path) -> None:
    (folder / "extra.csv").touch()


def _lose(folder: Path) -> None:
    (folder / "data/risks.csv").unlink()


def _unlist(folder: Path) -> None:
    (folder / "manifest-sha256.txt").unlink()


def _link(folder: Path) -> None:
    (folder / "data/risks.csv").unlink()
    (folder / "data/risks.csv").symlink_to(PLAN / "data/risks.csv")


@pytest.mark.parametrize(
    "damage, refusal",
    [
        (_alter, "release_damaged"),
        (_add, "release_damaged"),
        (_lose, "release_damaged"),
        (_unlist, "no_release"),
        (_link, "archive_refused"),
        (shutil.rmtree, "no_release"),
    ],
)
def test_release_that_is_not_as_published_is_refused(
    release: Path, tmp_path: Path, damage: Callable[[Path], None], refusal: str
) -> None:
    folder = copied(release, tmp_path / "v1.0.0")
    damage(folder)
    folder.mkdir(exist_ok=True)
    with fails(refusal):
        released_package(folder)


def test_package_that_is_no_release_is_refused_with_the_remedy(khelang: Khelang) -> None:
    done = khelang("evidence", PLAN, "--year", "2569")
    assert done.returncode == 2
    assert b"khelang release" in done.stderr


def test_todo_speaks_both_languages(real: Package, small: Package) -> None:
    shown = [*all_of(real, 2566).exhibits, *all_of(real).exhibits, exhibit(small, 2562, ItemKind.RESULTS)]
    for one in (one for exhibited in shown for one in exhibited.todo):
        thai, english = one.text(Language.TH), one.text(Language.EN)
        assert re.search("[\u0e00-\u0e7f]", thai)
        assert not re.search("[\u0e00-\u0e7f]", english)
        assert "{" not in thai + english


@pytest.fixture(scope="module")
def addresses(real: Package, small: Package, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of all pages of the real plan, and of a report with results."""
    folder = tmp_path_factory.mktemp("pages")
    items: list[Item] = [*items_of(2569)]
    for name, evidence in (("real", all_of(real)), ("small", evidence_of(edition_of(small), 2562, items))):
        (folder / name).mkdir()
        for file, data in evidence_files(evidence).items():
            (folder / name / file).write_bytes(data)
    yield {f"{path.parent.name} {path.stem}": path.as_uri() for path in folder.glob("*/*.html")}


PAGES = [f"real {name}" for name in (*NAMES_2569, "index")] + ["small o24-results"]


@needs("chromium")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 1280])
def test_page_is_accessible_and_never_scrolls_sideways(
    browser: Browser, addresses: dict[str, str], name: str, width: int
) -> None:
    with opened(browser, addresses[name], width) as page:
        result = Axe().run(page, options={"resultTypes": ["violations", "incomplete"]})
        assert page.evaluate("document.documentElement.scrollWidth") == width
    assert result.response["passes"]
    assert result.violations_count == 0, result.generate_report()
    if width == 1280:
        undecided = {check["id"] for check in result.response["incomplete"]}
        assert undecided <= {"th-has-data-cells"}, "axe does not follow a heading of a group of rows"


@needs("chromium")
def test_page_asks_for_nothing_else(browser: Browser, addresses: dict[str, str]) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(addresses["real o23-plan"])
    page.wait_for_load_state("load")
    assert asked == [addresses["real o23-plan"]]
    page.close()


@needs("chromium")
def test_print_is_a4_with_the_heading_on_every_sheet(browser: Browser, addresses: dict[str, str]) -> None:
    page = browser.new_page()
    page.goto(addresses["real o23-plan"])
    data = page.pdf(prefer_css_page_size=True)
    page.emulate_media(media="print")
    shown = page.evaluate("getComputedStyle(document.querySelector('thead')).display")
    page.close()
    boxes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox \[([^\]]+)\]", data)}
    assert boxes == {(0, 0, 842, 595)}
    assert shown == "table-header-group"
