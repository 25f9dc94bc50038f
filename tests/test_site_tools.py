"""The tools that check pages find what is wrong, and nothing on a page of charts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.wording import Language
from khelang_opendata.site.charts import chart_css, plan_charts
from tests.conftest import ROOT, VALID
from tests.roundtrip import edition_of
from tests.site_tools import SiteTools, site_tools

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Charts</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Charts of a plan.">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css">
</head>
<body>
<main>
<h1>Charts</h1>
{body}
</main>
</body>
</html>
"""


@pytest.fixture(scope="module")
def tools() -> SiteTools:
    return site_tools()


def page(folder: Path, body: str) -> Path:
    """A folder with one page."""
    folder.mkdir()
    (folder / "index.html").write_text(PAGE.format(body=body), encoding="utf-8")
    (folder / "style.css").write_text(chart_css() + "body{color:#111;background:#fff}", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    drawn = plan_charts(KeyFigures(edition_of(VALID)), Language.EN)
    return page(tmp_path_factory.mktemp("pages") / "charts", "\n".join(f"{c.wide}\n{c.narrow}" for c in drawn))


def test_a_page_of_charts_is_valid_html(tools: SiteTools, charts: Path) -> None:
    assert tools.html_faults(charts) == []


def test_html_validate_names_what_is_wrong(tools: SiteTools, tmp_path: Path) -> None:
    folder = page(tmp_path / "bad", '<p id="a">one<p id="a">two</p>')
    faults = tools.html_faults(folder)
    assert {fault.split(" ")[1] for fault in faults} == {"no-implicit-close:", "no-dup-id:"}
    assert faults[0].startswith("index.html:14:")


def test_lighthouse_finds_nothing_on_a_page_of_charts(tools: SiteTools, charts: Path) -> None:
    found = tools.lighthouse(charts)
    assert {name: score for name, score in found.scores.items() if name != "performance"} == {
        "accessibility": 100,
        "best-practices": 100,
        "seo": 100,
    }
    assert found.failed == []


def test_lighthouse_names_what_is_wrong(tools: SiteTools, tmp_path: Path) -> None:
    found = tools.lighthouse(page(tmp_path / "bad", '<p><img src="none.png"></p>'))
    assert found.scores["accessibility"] < 100
    assert any(fault.startswith("image-alt: ") for fault in found.failed)


def test_the_lock_names_no_registry_and_has_a_hash_for_each_package() -> None:
    packages = json.loads((ROOT / "web/tools/package-lock.json").read_bytes())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


def test_tools_that_are_missing_skip_a_test_and_fail_it_where_they_are_promised(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("KHELANG_REQUIRE_READERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="node, npm, chromium"):
        site_tools()
    monkeypatch.setenv("KHELANG_REQUIRE_READERS", "1")
    with pytest.raises(pytest.fail.Exception, match="node, npm, chromium"):
        site_tools()
