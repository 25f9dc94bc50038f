"""The page in a real Chromium: a clerk's way from a workbook with mistakes to a release, and what protects her work."""

from __future__ import annotations

import zipfile
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from openpyxl.workbook import Workbook
from playwright.sync_api import Browser, FileChooser, Page, expect

from khelang_opendata import Package, ReleaseOptions, release_package, verify
from tests.browsers import launched
from tests.conftest import PLAN, needs
from tests.web_app import built_web
from tests.web_page import MISTAKES, START, Visit, served, spoilt, visited
from tests.workbooks import edited, workbook_of

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(built_web()) as address:
        yield address


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the real plan."""
    path = tmp_path_factory.mktemp("workbook") / "plan.xlsx"
    path.write_bytes(workbook_of(PLAN))
    return path


def accessible(page: Page) -> None:
    """No rule of axe finds a fault in what is shown."""
    violations = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in violations] == []


def zipped(package: Path, to: Path, edit: Callable[[str, bytes], bytes] = lambda _, data: data) -> Path:
    """A ZIP file of a package, its files edited."""
    with zipfile.ZipFile(to, "w") as made:
        for path in sorted(path for path in package.rglob("*") if path.is_file()):
            name = path.relative_to(package.parent).as_posix()
            made.writestr(name, edit(name, path.read_bytes()))
    return to


def correct_all(visit: Visit, right: dict[str, str]) -> None:
    """Open each finding and give its cell the right value, until none is left to correct."""
    page = visit.page
    for left in range(len(MISTAKES), 0, -1):
        expect(page.locator(".finding")).to_have_count(left, timeout=START)
        place = page.locator(".finding .place").first.inner_text()
        page.locator(".finding").first.click()
        value = page.locator("#value")
        expect(value).to_be_visible(timeout=START)
        if value.evaluate("element => element.tagName") == "SELECT":
            value.select_option(right[place])
        else:
            value.fill(right[place])
        page.click("#save")
        expect(page.locator("#status")).to_have_text("แก้แล้ว ไม่พบปัญหานี้อีก", timeout=START)
        page.click(".back button")


def test_a_clerk_corrects_twelve_mistakes_and_releases(
    browser: Browser, address: str, workbook: Path, tmp_path: Path
) -> None:
    with visited(browser, address) as visit:
        page = visit.page
        accessible(page)
        form = visit.saved("#form", tmp_path)
        assert zipfile.is_zipfile(form)

        right = spoilt(workbook, tmp_path / "plan.xlsx")
        visit.open(tmp_path / "plan.xlsx")
        expect(page.locator(".verdict")).to_have_text("ต้องแก้ 12 จุดก่อนออกชุดข้อมูล")
        assert {*page.locator(".finding .place").all_inner_texts()} == {*right}
        accessible(page)
        page.click("nav button >> text=ออกชุดข้อมูล")
        page.click("#make")
        page.click("#to-findings", timeout=START)
        expect(page.locator(".failure")).to_have_count(0)
        correct_all(visit, right)
        expect(page.locator(".verdict")).to_have_text("พร้อมออกชุดข้อมูล")

        page.click("#to-release")
        page.fill("#on", "2026-11-27")
        page.click("#preview")
        expect(page.locator(".outcome")).to_contain_text("1.0.0", timeout=START)
        accessible(page)
        page.click("#make")
        expect(page.locator("#get-release")).to_be_visible(timeout=START)
        archive = visit.saved("#get-release", tmp_path)
        page.click("nav button >> text=ตรวจไฟล์ ZIP")
        page.set_input_files("input[data-for=release]", archive)
        expect(page.locator(".verdict.ready")).to_be_visible(timeout=START)
        accessible(page)
        page.click("nav button >> text=เทียบสองรุ่น")
        page.set_input_files("input[data-for=old]", archive)
        page.set_input_files("input[data-for=new]", archive)
        page.click("#compare")
        expect(page.locator("#changes")).to_be_visible(timeout=START)
        accessible(page)
    assert verify(archive).is_whole
    with zipfile.ZipFile(archive) as released:
        of_tables = {name.split("/data/")[1]: name for name in released.namelist() if "/data/" in name}
        for name in ("projects.csv", "budgets.csv", "units.csv", "indicators.csv", "risks.csv"):
            assert released.read(of_tables[name]).removeprefix(BOM_UTF8) == (PLAN / "data" / name).read_bytes(), name


def test_by_keyboard_alone_on_a_narrow_screen(browser: Browser, address: str, workbook: Path, tmp_path: Path) -> None:
    right = spoilt(workbook, tmp_path / "plan.xlsx")
    with visited(browser, address, width=360) as visit:
        page = visit.page

        def press_until(selector: str, key: str = "Tab") -> None:
            for _ in range(120):
                if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
                    return
                page.keyboard.press(key)
            raise AssertionError(f"{selector} is not reached by keyboard")

        choosers: list[FileChooser] = []

        def take(chooser: FileChooser) -> None:
            choosers.append(chooser)

        page.on("filechooser", take)
        for _ in range(20):
            press_until("#open")
            page.keyboard.press("Enter")
            page.wait_for_timeout(1_000)  # what the page shows anew on a busy machine may take the key
            if choosers:
                break
        choosers[0].set_files(tmp_path / "plan.xlsx")
        expect(page.locator(".verdict")).to_be_visible(timeout=START)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        press_until(".finding")
        place = page.evaluate("document.activeElement.querySelector('.place').textContent")
        page.keyboard.press("Enter")
        expect(page.locator("#value")).to_be_visible(timeout=START)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        press_until("#value")
        if page.locator("#value").evaluate("element => element.tagName") == "SELECT":
            for _ in range(20):
                if page.input_value("#value") == right[place]:
                    break
                page.keyboard.press("ArrowDown")
        else:
            page.keyboard.press("Control+A")
            page.keyboard.type(right[place])
        press_until("#save")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_have_text("แก้แล้ว ไม่พบปัญหานี้อีก", timeout=START)
        press_until("#undo")
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_have_text("เลิกทำการแก้ไขล่าสุดแล้ว", timeout=START)
        accessible(page)


def test_an_erratum_that_the_report_offers_is_accepted(browser: Browser, address: str, tmp_path: Path) -> None:
    def without_one(name: str, data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(line for line in lines if "/data/" not in name or b"-E063," not in line)

    package = zipped(PLAN, tmp_path / "plan.zip", without_one)
    with visited(browser, address) as visit:
        page = visit.page
        visit.open(package)
        expect(page.locator(".verdict")).to_have_text("ไม่มีข้อผิดพลาด เหลือจุดที่ควรตรวจ 1 จุด")
        before = page.locator(".groups button").nth(2).locator("b").inner_text()
        page.locator(".finding").first.click()
        page.click(".erratum summary")
        accessible(page)
        page.fill("#erratum-where_printed_th", "ส่วนที่ 2 ตารางสรุป")
        page.fill("#erratum-basis_th", "ตรวจกับตารางสรุปแล้ว เอกสารพิมพ์ไว้เช่นนี้")
        for name in ("topic", "weight", "cause"):
            field = page.locator(f"#erratum-{name}")
            if not field.input_value():
                field.select_option(index=1)
        page.click("#add-erratum")
        expect(page.locator("#status")).to_have_text("แก้แล้ว ไม่พบปัญหานี้อีก", timeout=START)
        page.click(".back button")
        expect(page.locator(".verdict")).to_have_text("พร้อมออกชุดข้อมูล")
        assert int(page.locator(".groups button").nth(2).locator("b").inner_text()) == int(before) + 1


def test_kept_work_and_cancelled_work_are_not_lost(
    browser: Browser, address: str, workbook: Path, tmp_path: Path
) -> None:
    right = spoilt(workbook, tmp_path / "plan.xlsx")
    with visited(browser, address) as visit:
        page = visit.page
        visit.open(tmp_path / "plan.xlsx")
        page.check("#keep")
        place = page.locator(".finding .place").first.inner_text()
        page.locator(".finding").first.click()
        expect(page.locator("#value")).to_be_visible(timeout=START)
        page.locator("#value").select_option(right[place])
        page.click("#save")
        expect(page.locator("#status")).to_have_text("แก้แล้ว ไม่พบปัญหานี้อีก", timeout=START)
        page.click("#undo")
        page.click("#cancel")
        expect(page.locator("#status")).to_have_text("ยกเลิกแล้ว ไฟล์และการแก้ไขยังอยู่ครบ", timeout=START)
        expect(page.locator(".corrections span")).to_have_text("การแก้ไข 1 จุด")
        page.reload()
        page.click(".kept .first", timeout=START)
        expect(page.locator(".verdict")).to_have_text("ต้องแก้ 11 จุดก่อนออกชุดข้อมูล", timeout=START)
        expect(page.locator(".corrections span")).to_have_text("การแก้ไข 1 จุด")


def test_a_plan_is_begun_without_any_file(browser: Browser, address: str, tmp_path: Path) -> None:
    with visited(browser, address, width=360) as visit:
        page = visit.page
        page.click("#new-plan")
        expect(page.locator("#name-th")).to_be_visible(timeout=START)
        accessible(page)
        page.click("#make-plan")
        assert page.evaluate("document.activeElement.id") == "name-th"  # the browser names what is missing
        for name, value in {"name-th": "เทศบาลตำบลหนองบัว", "name-en": "Nong Bua Subdistrict Municipality"}.items():
            page.fill(f"#{name}", value)
        page.select_option("#type", "subdistrict_municipality")
        page.select_option("#province", label="ลำปาง")
        page.fill("#district", "เมือง")
        page.fill("#first", "2571")
        page.fill("#last", "2028")
        page.click("#make-plan")
        expect(page.locator(".failure")).to_contain_text("2571-2028", timeout=START)
        page.fill("#last", "๒๕๗๕")
        page.click("#make-plan")
        expect(page.locator(".outcome")).to_contain_text("nong-bua-2571-2575", timeout=START)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        accessible(page)
        form = visit.saved("#plan-form", tmp_path)
        assert form.name == "nong-bua-2571-2575.xlsx"
        with zipfile.ZipFile(visit.saved("#plan-package", tmp_path)) as package:
            assert "เทศบาลตำบลหนองบัว".encode() in package.read("data/plans.csv")
        page.click("nav button >> nth=0")
        visit.open(form)
        expect(page.locator(".verdict")).to_be_visible()


def test_tables_are_put_into_form_and_that_is_undone(browser: Browser, address: str, tmp_path: Path) -> None:
    def windows_lines(name: str, data: bytes) -> bytes:
        return data.replace(b"\n", b"\r\n") if name.endswith("/units.csv") else data

    with visited(browser, address) as visit:
        page = visit.page
        visit.open(zipped(PLAN, tmp_path / "plan.zip", windows_lines))
        page.click("#show-fmt")
        expect(page.locator(".changes li")).to_have_count(1, timeout=START)
        accessible(page)
        page.click("#apply-fmt")
        expect(page.locator("#status")).to_have_text("จัดรูปแบบแล้ว เลิกทำได้", timeout=START)
        with zipfile.ZipFile(visit.saved("#get-package", tmp_path)) as package:
            assert package.read("data/units.csv") == (PLAN / "data/units.csv").read_bytes()
        page.click("#undo")
        page.click("#show-fmt")
        expect(page.locator(".changes li")).to_have_count(1, timeout=START)


def test_a_form_with_a_damaged_id_sheet_goes_into_its_package(browser: Browser, address: str, tmp_path: Path) -> None:
    def damage(book: Workbook) -> None:
        book["_khelang"]["A3"] = "changed"
        controls = book["มาตรการควบคุม"]
        controls.delete_rows(controls.max_row)

    damaged = tmp_path / "plan.xlsx"
    damaged.write_bytes(edited(workbook_of(PLAN), damage))
    with visited(browser, address, width=360) as visit:
        page = visit.page
        page.set_input_files("input[data-for=open]", damaged)
        expect(page.locator(".failure")).to_contain_text("ช่องด้านล่าง", timeout=START)
        accessible(page)
        page.set_input_files("input[data-for=into]", zipped(PLAN, tmp_path / "package.zip"))
        expect(page.locator(".into .outcome")).to_be_visible(timeout=START)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.click("#allow-deletions")
        page.click("#open-into", timeout=START)
        expect(page.locator(".verdict")).to_be_visible(timeout=START)
        with zipfile.ZipFile(visit.saved("#get-package", tmp_path)) as package:
            assert package.read("data/projects.csv") == (PLAN / "data/projects.csv").read_bytes()


def test_reports_to_the_nacc_are_made_of_a_release(browser: Browser, address: str, tmp_path: Path) -> None:
    release_package(Package.load(PLAN), tmp_path / "releases", ReleaseOptions(date(2026, 11, 27)))
    (archive,) = (tmp_path / "releases").glob("*.zip")
    with visited(browser, address, width=360) as visit:
        page = visit.page
        page.click("nav button >> text=รายงาน ป.ป.ช.")
        expect(page.locator("#get-eplan")).to_be_disabled(timeout=START)
        page.set_input_files("input[data-for=of-release]", archive)
        page.fill("#eplan-year", "๒๕๖๖")
        report = visit.saved("#get-eplan", tmp_path)
        assert report.name == "eplan-2566-12.xlsx"
        assert zipfile.is_zipfile(report)
        expect(page.locator("#ita-year")).not_to_have_value("")
        page.fill("#ita-year", "2570")
        page.click("#make-evidence")
        expect(page.locator(".failure")).to_contain_text("เลขข้อ OIT", timeout=START)
        page.click("details summary")
        page.fill("#item-plan", "O23")
        page.click("#make-evidence")
        expect(page.locator("#get-evidence")).to_be_visible(timeout=START)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        with zipfile.ZipFile(visit.saved("#get-evidence", tmp_path)) as pages:
            assert {"index.html", "o23-plan.html", "o23-plan.csv"} <= {*pages.namelist()}


def test_works_without_a_network_after_the_first_visit(browser: Browser, workbook: Path) -> None:
    with served(built_web()) as address:
        context = browser.new_context()
        visit = Visit(context, address)
        visit.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.page.reload()
    expect(visit.page.locator("#form")).to_be_visible(timeout=START)
    visit.open(workbook)
    expect(visit.page.locator(".verdict")).to_have_text("พร้อมออกชุดข้อมูล")
    context.close()


def test_what_cannot_be_opened_is_named(browser: Browser, address: str, tmp_path: Path) -> None:
    wrong = {"plan.xlsx": b"", "notes.zip": b"PK\x03\x04half", "picture.csv": b"\x89PNG\r\n"}
    with visited(browser, address) as visit:
        for name, data in wrong.items():
            (tmp_path / name).write_bytes(data)
            visit.page.set_input_files("input[data-for=open]", tmp_path / name)
            visit.idle()
            expect(visit.page.locator(".failure, .verdict.errors").first).to_be_visible(timeout=START)
            visit.page.click("nav button >> nth=0")
