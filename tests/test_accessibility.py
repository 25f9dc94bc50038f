"""The HTML report in a real browser: no accessibility violation by axe, no network, no sideways scrolling."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata import Language, Package, validate
from khelang_opendata.render.reports import ReportFormat, render_report
from tests.browsers import opened
from tests.conftest import PLAN, needs
from tests.test_reports import SPOILED, spoiled

WIDTHS = [320, 360, 1280]

pytestmark = needs("chromium")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Addresses of the report of a package with many faults, and of the real plan, in each language."""
    folder = tmp_path_factory.mktemp("reports")
    packages = {"spoiled": Package.load(spoiled(folder / "package", SPOILED)), "real": Package.load(PLAN)}
    addresses = {}
    for name, package in packages.items():
        report = validate(package)
        for language in Language:
            path = folder / f"{name}.{language}.html"
            path.write_text(render_report(report, package, ReportFormat.HTML, language), encoding="utf-8")
            addresses[f"{name} {language}"] = path.as_uri()
    return addresses


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "name_width_scheme", ["spoiled 360 light", "spoiled 1280 light", "spoiled 1280 dark", "real 360 dark"]
)
def test_axe_finds_no_violation(
    browser: Browser, pages: dict[str, str], name_width_scheme: str, language: Language
) -> None:
    name, width, scheme = name_width_scheme.split()
    with opened(browser, pages[f"{name} {language}"], int(width), "dark" if scheme == "dark" else "light") as page:
        result = Axe().run(page, options={"resultTypes": ["violations", "incomplete"]})
    assert result.response["passes"]
    assert result.violations_count == 0, result.generate_report()
    if width == "1280":  # in a narrow window axe cannot judge what a table has yet to scroll to
        undecided = [node["html"] for check in result.response["incomplete"] for node in check["nodes"]]
        assert not [html for html in undecided if 'aria-hidden="true"' not in html], "only signs stay undecided"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("shown", ["th", "en", "both"])
def test_page_never_scrolls_sideways(browser: Browser, pages: dict[str, str], width: int, shown: str) -> None:
    for name in ("spoiled th", "real th"):
        with opened(browser, pages[name], width) as page:
            page.check(f"#show-{shown}")
            assert page.evaluate("document.documentElement.scrollWidth") == width


def test_switch_shows_one_language_or_both(browser: Browser, pages: dict[str, str]) -> None:
    with opened(browser, pages["real en"], 1280) as page:
        thai, english = page.locator("h1 [lang=th]"), page.locator("h1 [lang=en]")
        assert (thai.is_visible(), english.is_visible()) == (False, True)
        page.check("#show-both")
        assert (thai.is_visible(), english.is_visible()) == (True, True)
        page.check("#show-th")
        assert (thai.is_visible(), english.is_visible()) == (True, False)
        page.focus("#show-th")
        page.keyboard.press("ArrowDown")
        assert page.is_checked("#show-en"), "the switch works from the keyboard"


def test_page_asks_for_nothing_and_runs_nothing(browser: Browser, pages: dict[str, str]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages["real th"])
    page.wait_for_load_state("load")
    assert asked == [pages["real th"]]
    assert page.locator("h1 [lang=th]").is_visible()
    page.check("#show-en")
    assert page.locator("h1 [lang=en]").is_visible()
    context.close()
