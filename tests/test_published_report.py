"""The report in a release: for readers, with names in place of ids, and each explanation once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata import Package, validate
from khelang_opendata.model.wording import Language
from khelang_opendata.render import notice
from khelang_opendata.render.published_report import published_report_html
from tests.browsers import opened
from tests.conftest import PLAN, needs
from tests.edits import cell


@pytest.fixture(scope="module")
def page() -> str:
    package = Package.load(PLAN)
    return published_report_html(validate(package), package)


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("</style>")[2]))


def test_it_advises_no_correction_and_shows_no_clean_verdict(page: str) -> None:
    words = words_of(page)
    for text in (notice("fix", Language.EN), notice("fix", Language.TH), "ready to release", "พร้อมออกรุ่น", "✓"):
        assert text not in words
    (errata,) = (len(r.table.rows) for r in Package.load(PLAN).resources if r.name == "errata")
    assert f"The source document has {errata} recorded errata" in words
    assert f"มีข้อคลาดเคลื่อนที่บันทึกไว้ {errata} รายการ" in words


def test_records_have_names_and_no_ids_or_rows(page: str) -> None:
    words = words_of(page)
    assert re.findall(r"khelang-nakhon-2566-2570-\S+", words) == []
    assert re.findall(r"\brow \d+|แถวที่ \d+", words) == []
    assert "Anti-corruption slogan contest (2566, 2567, 2568, 2569, 2570)" in re.sub(r" +", " ", words)


def test_each_explanation_is_there_once(page: str) -> None:
    package = Package.load(PLAN)
    report = validate(package)
    (errata,) = (resource.table for resource in package.resources if resource.name == "errata")
    records = {row[1]: dict(zip(errata.header, row, strict=True)) for row in errata.rows}
    by_rule = {(issue.code, records[issue.acknowledged_by or ""]["basis_en"]) for issue in report.issues}
    assert len(by_rule) > 10
    shown = re.findall(r'<div class="why"><p class="t" lang="th">.*?<p class="t" lang="en">(.*?)</p>', page)
    assert len(shown) == len(by_rule)


def test_warnings_that_are_not_explained_have_the_publisher_s_reason(tmp_path: Path, plan: Path) -> None:
    cell("errata", 2, field="x")(plan)
    package = Package.load(plan)
    report = validate(package)
    assert report.warnings
    page = published_report_html(report, package, "ตรวจแล้ว <b>")
    assert "ตรวจแล้ว &lt;b&gt;" in page
    assert "Places without an explanation" in page


@needs("chromium")
def test_page_is_accessible(browser: Browser, page: str, tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text(page, encoding="utf-8")
    with opened(browser, (tmp_path / "report.html").as_uri(), 360) as tab:
        assert Axe().run(tab).violations_count == 0
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
