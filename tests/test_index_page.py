"""The page ``index.html`` of a release: its README, with links to the release's files, and nothing that runs."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser

from khelang_opendata.model.wording import Language
from khelang_opendata.package.release_files import INDEX_PAGE
from khelang_opendata.release.index_page import index_page
from tests.browsers import opened
from tests.conftest import needs


class _Read(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_page_links_the_files_that_the_readme_names(released: Path) -> None:
    read = _Read((released / "v1.0.0" / INDEX_PAGE).read_text(encoding="utf-8"))
    own = [link for link in read.links if "://" not in link]
    assert "data/budgets.csv" in own
    assert "codebook.html" in own
    assert [link for link in own if not (released / "v1.0.0" / unquote(link)).is_file()] == []
    assert "12,942,155" in read.text
    assert {"script", "img", "iframe"}.isdisjoint(read.tags)


def test_nothing_in_a_readme_runs_or_leads_elsewhere() -> None:
    readme = "# <script>alert(1)</script>\n\n[x](javascript:alert(1)) `a b.csv` `../c.csv` <b onclick=x>y</b>\n"
    title = "</title><script>alert(2)</script>"
    page = index_page({"title": title}, {Language.TH: readme}, {"a b.csv"}).decode()
    read = _Read(page)
    assert {"script", "b"}.isdisjoint(read.tags)
    assert read.links == ["a%20b.csv"]
    assert title in read.text


def test_columns_of_numbers_need_no_inline_style() -> None:
    page = index_page({"title": "x"}, {Language.EN: "| a | b |\n| --- | ---: |\n| c | 1 |\n"}, ()).decode()
    assert '<td class="number">1</td>' in page
    assert '<th scope="col">a</th>' in page
    assert "style=" not in page


@needs("chromium")
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_no_violation_in_the_page(browser: Browser, released: Path, width: int, language: Language) -> None:
    with opened(browser, (released / "v1.0.0" / INDEX_PAGE).as_uri(), width) as page:
        page.check(f"#show-{language}")
        assert page.locator("article:visible").get_attribute("lang") == language
        result = Axe().run(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
    assert result.violations_count == 0, result.generate_report()
    assert wide == width
