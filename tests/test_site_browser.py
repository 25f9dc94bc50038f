"""The site in a browser: from a disk, by keyboard, narrow, dark, printed, without scripts, and judged by others."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, expect

from tests.conftest import needs
from tests.releases import NAME, copied
from tests.site_tools import site_tools
from tests.sites import make_site, table_of
from tests.test_site_pages import large_plan

pytestmark = needs("chromium")

PROJECTS = "th/projects/index.html"
PAGES = (
    "index.html",
    "en/index.html",
    PROJECTS,
    "th/projects/p45.html",
    "en/projects/p08.html",
    "th/dimensions/index.html",
    "th/dimensions/d1.html",
    "en/divisions/u08.html",
    "th/audiences/students_youth.html",
    "th/risks/index.html",
    "th/errata/index.html",
    "th/data/index.html",
)
SUM = re.compile(r"แสดง ([\d,]+) รายการ.*?รวม (?:อย่างน้อย )?([\d,]+) บาท")


class Visit:
    """A page with what it asked for and complained of."""

    def __init__(self, browser: Browser, site: Path, path: str, width: int = 1280, **options: Any) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        self.site = site
        self.page = browser.new_page(viewport={"width": width, "height": 900}, **options)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(f"{site.as_uri()}/{path}")

    def __enter__(self) -> Page:
        return self.page

    def __exit__(self, *_: object) -> None:
        self.page.close()
        assert self.said == []
        assert all(address.startswith((self.site.as_uri(), "blob:")) for address in self.asked), self.asked


def shown(page: Page) -> tuple[int, Decimal]:
    """The number and the sum that the page states; they are those of the rows that show."""
    match = SUM.search(page.inner_text("#shown"))
    assert match, page.inner_text("#shown")
    visible = page.locator("#projects tbody tr:visible").count()
    assert int(match[1].replace(",", "")) == visible
    return visible, Decimal(match[2].replace(",", ""))


def numbers(page: Page) -> list[str]:
    return page.locator("#projects tbody tr:visible td.number").all_inner_texts()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, site: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    for path in PAGES:
        with Visit(browser, site, path, width, color_scheme=scheme) as page:
            result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
            assert result.response["passes"]
            assert result.violations_count == 0, (path, result.generate_report())
            for other in (width, 360):
                page.set_viewport_size({"width": other, "height": 800})
                assert page.evaluate("document.documentElement.scrollWidth") == other, path


def test_navigation_leads_through_the_site(browser: Browser, site: Path) -> None:
    with Visit(browser, site, "index.html") as page:
        page.click("text=ดูโครงการทั้งหมด")
        page.click("#projects tbody tr:nth-child(12) a")
        assert page.url.endswith("th/projects/p12.html")
        page.click("a[rel=next]")
        assert page.url.endswith("p13.html")
        page.click("a[rel=prev]")
        page.click("text=English")
        assert page.url.endswith("en/projects/p12.html")
        page.click("#targets a >> nth=0")
        assert page.url.endswith("en/audiences/students_youth.html")
        page.click("header >> text=Errata")
        assert page.inner_text("h1") == "What is wrong in the document"
        page.click(".brand")
        assert page.url.endswith("en/index.html")


def test_keyboard_reaches_the_content_and_sorts(browser: Browser, site: Path) -> None:
    with Visit(browser, site, PROJECTS) as page:
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        expect(page.locator(".skip")).to_be_in_viewport()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        total = page.locator("#projects thead th:nth-last-child(2)")
        total.locator("button").focus()
        orders = []
        for key in ("Enter", "Space"):
            page.keyboard.press(key)
            orders.append((total.get_attribute("aria-sort"), numbers(page)))
        assert {order for order, _ in orders} == {"ascending", "descending"}
        largest = next(found for order, found in orders if order == "descending")
        assert largest[:3] == ["45", "41", "1"]
        kept = page.evaluate("location.href")  # page.url may be behind
        assert kept.endswith(("a", "d"))
    with Visit(browser, site, PROJECTS) as page:
        page.goto(kept)
        page.reload()
        assert numbers(page) == orders[-1][1]


def test_search_and_each_filter_show_the_right_rows_and_sum(browser: Browser, site: Path, released: Path) -> None:
    projects, budgets = table_of(released, "projects"), table_of(released, "budgets")
    audiences = {(row["project_id"], row["audience"]) for row in table_of(released, "targets")}

    def money(ids: set[str], year: str = "") -> Decimal:
        return sum(
            (
                Decimal(line["amount_thb"] or 0)
                for line in budgets
                if line["project_id"] in ids and year in ("", line["fiscal_year_be"])
            ),
            Decimal(),
        )

    everything = {project["project_id"] for project in projects}
    funded = {line["project_id"] for line in budgets if Decimal(line["amount_thb"] or 0)}
    running = {b["project_id"] for b in budgets if b["fiscal_year_be"] == "2570" and b["budget_status"] != "not_run"}
    cases: list[tuple[dict[str, str], set[str], str]] = [
        ({}, everything, ""),
        ({"dimension": "d1"}, {p["project_id"] for p in projects if p["dimension_id"].endswith("-D1")}, ""),
        ({"audience": "students_youth"}, {id_ for id_, audience in audiences if audience == "students_youth"}, ""),
        ({"kind": "measure"}, {p["project_id"] for p in projects if p["project_kind"] == "measure"}, ""),
        ({"year": "2570"}, running, "2570"),
        ({"money": "never"}, everything - funded, ""),
        ({"money": "funded"}, funded, ""),
        ({"year": "2570", "money": "funded"}, {id_ for id_ in everything if money({id_}, "2570")}, "2570"),
        ({"money": "not_said"}, {b["project_id"] for b in budgets if b["amount_basis"] == "not_said"}, ""),
    ]
    with Visit(browser, site, PROJECTS) as page:
        for choices, ids, year in cases:
            page.click("#reset")
            for name, value in choices.items():
                page.select_option(f"#{name}", value)
            page.wait_for_timeout(50)
            assert shown(page) == (len(ids), money(ids, year)), choices
            assert {int(number) for number in numbers(page)} == {int(id_.rpartition("P")[2]) for id_ in ids}
        page.click("#reset")
        for choice in page.locator("#division option, #errata option").all()[1:]:
            name = choice.evaluate("option => option.parentNode.id")
            page.select_option(f"#{name}", choice.get_attribute("value"))
            page.wait_for_timeout(20)
            if counted := re.search(r"\((\d+)\)$", choice.inner_text()):
                assert page.locator("#projects tbody tr:visible").count() == int(counted[1]), choice.inner_text()
            page.click("#reset")
        page.fill("#q", "เยาวชน จริยธรรม")
        page.wait_for_timeout(50)
        for row in page.locator("#projects tbody tr:visible").all_inner_texts():
            assert "เยาวชน" in row
        page.fill("#q", "ไม่มีคำนี้เลย")
        expect(page.locator("#shown")).to_have_text("ไม่พบรายการ")


def test_least_sum_is_said_to_be_one(browser: Browser, site: Path) -> None:
    with Visit(browser, site, PROJECTS) as page:
        expect(page.locator("#shown")).to_contain_text("อย่างน้อย 12,942,155")
        page.select_option("#year", "2567")
        expect(page.locator("#shown")).to_contain_text("รวม 1,532,600 บาทในปีนั้น")
        page.select_option("#year", "2566")
        expect(page.locator("#shown")).to_contain_text("รวม อย่างน้อย 5,996,755")


def test_permalink_keeps_the_filters(browser: Browser, site: Path) -> None:
    with Visit(browser, site, f"{PROJECTS}#audience=students_youth&money=funded") as page:
        assert numbers(page) == ["9", "12", "13", "14"]
        assert shown(page)[1] == 750_000
        page.fill("#q", "ค่านิยม")
        page.wait_for_function("decodeURIComponent(location.hash).includes('ค่านิยม')")
        address = page.evaluate("location.href")  # page.url may be behind
    with Visit(browser, site, PROJECTS) as page:
        page.goto(address)
        assert page.input_value("#q") == "ค่านิยม"
        assert numbers(page) == ["9"]
        page.goto(f"{site.as_uri()}/{PROJECTS}#dimension=none-such&money=%3Cscript%3E")
        page.reload()
        assert shown(page)[0] == 45


def test_download_has_the_rows_that_show(browser: Browser, site: Path, released: Path, tmp_path: Path) -> None:
    web = copied(site, tmp_path / "web")
    page_file = web / PROJECTS
    html = page_file.read_text(encoding="utf-8")
    page_file.write_text(
        html.replace("โครงการเสริมสร้างค่านิยมต่อต้านการทุจริต", "=HYPERLINK(&quot;x&quot;)"), encoding="utf-8"
    )
    with Visit(browser, web, f"{PROJECTS}#audience=students_youth") as page:
        with page.expect_download() as waiting:
            page.click("#save")
        data = Path(waiting.value.path()).read_bytes()
        assert waiting.value.suggested_filename == f"{NAME}.csv"
    assert data.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["9", "12", "13", "14"]
    assert rows[0][1] == '\'=HYPERLINK("x")'
    budgets = table_of(released, "budgets")
    for row in rows:
        for year in ("2566", "2570"):
            amounts = [
                line["amount_thb"]
                for line in budgets
                if line["project_id"].endswith(f"P{int(row[0]):02}") and line["fiscal_year_be"] == year
            ]
            assert [row[head.index(year)]] == amounts
    assert rows[1][2] == "โครงการ"


def test_errata_are_searched_and_filtered(browser: Browser, site: Path, released: Path) -> None:
    errata = table_of(released, "errata")
    with Visit(browser, site, "th/errata/index.html") as page:
        for name, value in (("weight", "money_or_responsibility"), ("topic", "amount")):
            page.select_option(f"#{name}", value)
            count = sum(erratum[name] == value for erratum in errata)
            expect(page.locator("#shown")).to_have_text(f"แสดง {count} จุด")
            assert page.locator(".weighted tbody tr:visible").count() == count
            page.click("#reset")
        page.fill("#q", "E001")
        assert page.locator(".weighted tbody tr:visible").count() >= 1
    with Visit(browser, site, "th/errata/index.html#weight=editorial") as page:
        assert page.input_value("#weight") == "editorial"
    with Visit(browser, site, "th/errata/index.html#e006") as page:
        expect(page.locator("#e006")).to_be_in_viewport()


def test_page_without_scripts_is_a_plain_table(browser: Browser, site: Path) -> None:
    with Visit(browser, site, PROJECTS, java_script_enabled=False) as page:
        assert page.locator("#projects tbody tr").count() == 45
        assert not page.locator("#filters").is_visible()
        expect(page.locator("#shown")).to_contain_text("แสดง 45 รายการ รวม อย่างน้อย 12,942,155 บาท")
    with Visit(browser, site, "th/errata/index.html", java_script_enabled=False) as page:
        assert page.locator(".weighted tbody tr").count() > 150


def test_charts_fit_the_window(browser: Browser, site: Path) -> None:
    for width, kind in ((1280, "wide"), (360, "narrow")):
        with Visit(browser, site, "index.html", width) as page:
            assert page.locator(f".chart-drawing.{kind}:visible").count() >= 6
            assert page.locator(".chart-drawing:visible").count() == page.locator(f".chart-drawing.{kind}").count()


def test_print_has_the_content_and_no_controls(browser: Browser, site: Path) -> None:
    for path in ("index.html", PROJECTS, "th/projects/p45.html"):
        with Visit(browser, site, path) as page:
            page.emulate_media(media="print")
            for selector in (".menu", "#filters", ".neighbours", ".skip"):
                assert not page.locator(selector).is_visible() if page.locator(selector).count() else True
            page.set_viewport_size({"width": 700, "height": 1000})
            assert page.evaluate("document.documentElement.scrollWidth") <= 720, path
            assert page.pdf(format="A4").startswith(b"%PDF")


def test_place_name_is_not_broken(browser: Browser, site: Path) -> None:
    with Visit(browser, site, "index.html", 360) as page:
        heights = page.eval_on_selector_all(".nb", "all => all.map(one => one.getClientRects().length)")
        assert len(heights) > 10
        assert {*heights} <= {0, 1}


def test_large_plan_is_searched(browser: Browser, plan: Path, tmp_path: Path) -> None:
    releases = large_plan(plan, tmp_path / "releases", 12)
    make_site(releases, tmp_path / "web")
    with Visit(browser, tmp_path / "web", PROJECTS) as page:
        assert shown(page)[0] == 540
        page.fill("#q", "ค่านิยม")
        page.wait_for_timeout(500)
        assert shown(page) == (12, Decimal(12 * 150_000))
        page.select_option("#year", "2566")
        page.wait_for_timeout(100)
        assert shown(page) == (12, Decimal(12 * 30_000))
        page.click("#projects thead button >> nth=0")
        assert numbers(page)[0] in ("9", "504")
        page.click("#projects tbody tr:visible a >> nth=0")
        assert "โครงการเสริมสร้างค่านิยม" in page.inner_text("h1")
    with Visit(browser, tmp_path / "web", PROJECTS, java_script_enabled=False) as page:
        page.click(".pager a >> text='11'")
        assert page.locator("#projects tbody tr").count() == 40


def test_html_is_valid(site: Path, tmp_path: Path) -> None:
    for name in ("th", "en", "index.html"):
        source = site / name
        if source.is_dir():
            copied(source, tmp_path / "pages" / name)
        else:
            (tmp_path / "pages" / name).write_bytes(source.read_bytes())
    assert site_tools().html_faults(tmp_path / "pages") == []


def test_lighthouse_scores_are_high(released: Path, tmp_path: Path) -> None:
    make_site(released, tmp_path / "web", "http://127.0.0.1/")
    for path in ("index.html", PROJECTS, "en/projects/p45.html"):
        found = site_tools().lighthouse(tmp_path / "web", path)
        assert found.failed == [], path
        assert {name: score for name, score in found.scores.items() if name != "performance"} == {
            "accessibility": 100,
            "best-practices": 100,
            "seo": 100,
        }
        shift = found.content["audits"]["cumulative-layout-shift"]["numericValue"]
        assert shift < 0.05, path
