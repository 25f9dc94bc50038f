"""Charts on a page in a real browser: which drawing shows, in which colours, and nothing that axe objects to."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.wording import Language
from khelang_opendata.site.charts import chart_css, plan_charts
from tests.browsers import opened
from tests.conftest import PLAN, needs
from tests.roundtrip import edition_of

pytestmark = needs("chromium")

POLICY = "default-src 'none'; style-src 'self' file:; font-src 'self'"
STYLE = "body { background: var(--chart-paper); color: var(--chart-ink); margin: 0; padding: 12px; }\n"


@pytest.fixture(scope="module")
def page_of_charts(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page of the real plan's charts under a strict policy."""
    folder: Path = tmp_path_factory.mktemp("charts")
    charts = plan_charts(KeyFigures(edition_of(PLAN)), Language.TH)
    figures = "".join(f"<figure><h2>{chart.title}</h2>{chart.wide}{chart.narrow}</figure>" for chart in charts)
    (folder / "style.css").write_text(STYLE + chart_css(), encoding="utf-8")
    (folder / "index.html").write_text(
        f'<!DOCTYPE html><html lang="th"><head><meta charset="utf-8"><title>แผนภูมิ</title>'
        f'<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<link rel="stylesheet" href="style.css"></head><body><main><h1>แผนภูมิ</h1>{figures}</main></body></html>',
        encoding="utf-8",
    )
    return (folder / "index.html").as_uri()


@pytest.mark.parametrize("width_scheme", ["360 light", "360 dark", "1280 light", "1280 dark"])
def test_axe_finds_no_violation(browser: Browser, page_of_charts: str, width_scheme: str) -> None:
    width, scheme = width_scheme.split()
    with opened(browser, page_of_charts, int(width), "dark" if scheme == "dark" else "light") as page:
        result = Axe().run(page)
        assert result.violations_count == 0, result.generate_report()
        assert page.get_by_role("img").count() == 6
        assert page.evaluate("document.documentElement.scrollWidth") == int(width)


@pytest.mark.parametrize(("width", "shown"), [(360, "narrow"), (1280, "wide")])
def test_one_drawing_of_each_chart_shows(browser: Browser, page_of_charts: str, width: int, shown: str) -> None:
    with opened(browser, page_of_charts, width) as page:
        shown_only = "[...document.querySelectorAll('svg')].filter(svg => svg.checkVisibility())"
        assert page.evaluate(f"{shown_only}.map(svg => svg.className.baseVal)") == [f"chart-drawing {shown}"] * 6


def test_colours_are_the_page_s_and_policy_objects_to_nothing(browser: Browser, page_of_charts: str) -> None:
    fills = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
        errors: list[str] = []
        page.on("console", lambda message: errors.append(message.text))  # noqa: B023 (read before the next one)
        page.goto(page_of_charts)
        fills[scheme] = page.evaluate(
            "getComputedStyle(document.querySelector('#chart-money-by-division-wide-title ~ g path')).fill || ''"
        )
        assert errors == []
        page.close()
    assert fills == {"light": "rgb(18, 67, 109)", "dark": "rgb(111, 168, 220)"}


def test_in_print_the_wide_drawing_is_in_light_colours(browser: Browser, page_of_charts: str) -> None:
    with opened(browser, page_of_charts, 600, "dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("[...document.querySelectorAll('svg.wide')].every(e => e.checkVisibility())")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
