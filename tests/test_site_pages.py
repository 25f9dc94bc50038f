"""The pages of a site: whole, linked, safe, light, and the same each time."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Language, load_family
from khelang_opendata.package.edition import ReleasedTable
from khelang_opendata.portals.folder import checked_base
from khelang_opendata.release import withdraw
from khelang_opendata.site.plan_site import PAGE_ROWS, SiteOptions, pages_of_releases, plan_pages
from khelang_opendata.site.plans_compared import comparison_pages
from khelang_opendata.site.site_source import read_plan_releases
from khelang_opendata.site.site_texts import site_texts
from tests.conftest import VALID, Khelang, edit_descriptor, fails
from tests.releases import DAY, NAME, add_a_progress_round, change_a_figure, contents, copied, correct_a_cell, publish
from tests.sites import NATURE, ReadPage, edited, make_site, read_pages, table_of

KILO = 1000
CSP = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
EXAMPLE = "mae-thung-2561-2564"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, ReadPage]:
    return read_pages(site)


def dead_links(site: Path, pages: dict[str, ReadPage]) -> Iterator[str]:
    ids = {path: {*page.ids} for path, page in pages.items()}
    for path, page in pages.items():
        for target, anchor in page.internal:
            if not (site / target).is_file():
                yield f"{path}: {target}"
            elif anchor and "=" not in anchor and target in ids and anchor not in ids[target]:
                yield f"{path}: {target}#{anchor}"


def test_no_link_is_dead_and_no_page_an_orphan(site: Path, pages: dict[str, ReadPage]) -> None:
    assert [*dead_links(site, pages)] == []
    linked = {target for page in pages.values() for target, _ in page.internal}
    assert {*pages} <= linked
    assert len(pages) > 2 * 60


def test_filters_that_links_name_exist(site: Path, pages: dict[str, ReadPage]) -> None:
    """A permalink is a name and a value of a choice on the page that it leads to."""
    seen = 0
    for page in pages.values():
        for target, anchor in page.internal:
            for name, _, value in (part.partition("=") for part in anchor.split("&") if "=" in part):
                html = (site / target).read_text(encoding="utf-8")
                [select] = re.findall(rf'<select id="{name}">(.*?)</select>', html)
                assert f'value="{value}"' in select, (page.path, anchor)
                seen += 1
    assert seen > 40


@pytest.mark.parametrize("language", Language)
def test_both_languages_have_the_same_pages_with_links_to_each_other(pages: dict[str, ReadPage], language: str) -> None:
    own = {path.partition("/")[2] for path in pages if path.startswith(f"{language}/")}
    others = {path.partition("/")[2] for path in pages if path.startswith(("en/", "th/"))}
    assert {path for path in others - own if "evidence" not in path} <= {"index.html"}
    for path, page in pages.items():
        if "/evidence/" not in path:
            switch = [link for _, link in page.links if link.get("hreflang") and "lang" in link]
            assert len(switch) == 1, path


def test_policy_is_strict_and_nothing_breaks_it(site: Path, pages: dict[str, ReadPage]) -> None:
    for path, page in pages.items():
        html = (site / path).read_text(encoding="utf-8")
        assert page.unsafe == [], path
        policy = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[0])
        assert policy == CSP if "/evidence/" not in path else "unsafe" not in policy
        assert "javascript:" not in html
        loaded = [link["to"] for tag, link in page.links if tag in ("link", "script") and "alternate" not in str(link)]
        assert not [address for address in loaded if ":" in address], "makes no request to others"
    assert not re.search("https?://", (site / "assets/site.css").read_text())


def test_titles_are_short_and_of_one_page_each(pages: dict[str, ReadPage]) -> None:
    titles = [page.title for path, page in pages.items() if "/evidence/" not in path]
    assert max(len(title.strip()) for title in titles) <= 70
    assert len({*titles}) == len(titles)


def test_first_page_is_light(site: Path) -> None:
    """Without fonts and without the script of the other pages."""
    for name in ("index.html", "en/index.html"):
        weight = sum((site / path).stat().st_size for path in (name, "assets/site.css"))
        assert weight < 150 * KILO, (name, weight)
    fonts = sum(path.stat().st_size for path in (site / "assets").glob("*.woff2"))
    assert 20 * KILO < fonts < 45 * KILO


def test_same_releases_give_the_same_bytes(released: Path, site: Path, tmp_path: Path) -> None:
    code = "import sys, hashlib; from pathlib import Path\n"
    code += "from khelang_opendata.site.plan_site import pages_of_releases\n"
    code += (
        "for path, data in pages_of_releases(Path(sys.argv[1])).items(): print(path, hashlib.sha256(data).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code, str(copied(released, tmp_path / name))],
            env=os.environ | {"PYTHONHASHSEED": str(seed), "TZ": zone, "LC_ALL": locale},
            capture_output=True,
            check=True,
        ).stdout
        for seed, (name, zone, locale) in enumerate((("a", "Asia/Bangkok", "C"), ("b", "UTC", "th_TH.UTF-8")))
    }
    assert len(runs) == 1
    assert not make_site(released, site).written


def test_texts_are_in_both_languages_with_the_same_parameters() -> None:
    for name, (thai, english) in site_texts().items():
        assert {*re.findall(r"{(\w+)}", thai)} == {*re.findall(r"{(\w+)}", english)}, name
        assert thai == english == "–" or re.search("[\u0e00-\u0e7f]|^{|^\\(|^–", thai), name
        assert not re.search("[\u0e00-\u0e7f]", english), name


def test_each_text_is_used() -> None:
    room = Path(pages_of_releases.__code__.co_filename).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in (*room.glob("*.py"), *room.glob("templates/*.j2")))
    made = ("status_", "menu_", "section_", "money_", "files_", "caption_", "filter_", "column_", "download_kind_")
    of_nation = ("state_", "change_", "file_", "signature_", "two_province_", "two_plan_")
    unused = [
        n
        for n in site_texts()
        if f'"{n}"' not in sources and f"'{n}'" not in sources and not n.startswith((*made, *of_nation))
    ]
    assert [name for name in unused if not name.endswith("_title")] == []


# Other releases


def test_evidence_has_no_task_of_the_official(pages: dict[str, ReadPage], site: Path) -> None:
    evidence = {path: page for path, page in pages.items() if "/evidence/" in path}
    assert len(evidence) >= 3
    for path, page in evidence.items():
        assert "ตรวจก่อนเผยแพร่" not in page.text, path
        assert ("index.html", "") in page.internal, path
    assert (site / "th/evidence/2569/evidence.css").read_bytes()


def test_address_of_the_site_is_in_pages_and_in_the_map(released: Path, site: Path) -> None:
    options = SiteOptions("https://example.go.th/plan/", has_charts=False)
    made = pages_of_releases(released, options)
    page = made["en/projects/p45.html"].decode()
    address = "https://example.go.th/plan/"
    assert f'<link rel="canonical" href="{address}en/projects/p45.html">' in page
    assert f'<link rel="alternate" hreflang="th" href="{address}th/projects/p45.html">' in page
    assert f'<link rel="canonical" href="{address}">' in made["index.html"].decode()
    urls = [node.text for node in ET.fromstring(made["sitemap.xml"]).iter() if str(node.tag).endswith("loc")]  # noqa: S314 (ours)
    assert {*urls} == {address + ("" if p == "index.html" else p) for p in made if p.endswith(".html")}
    assert f"Sitemap: {address}sitemap.xml" in made["robots.txt"].decode()
    dataset = json.loads(
        re.findall(r'<script type="application/ld\+json">(.*?)</script>', made["index.html"].decode())[0]
    )
    assert dataset["url"] == address
    assert dataset["distribution"]
    for one in dataset["distribution"]:
        assert (site / one["contentUrl"].removeprefix(address)).stat().st_size == int(one["contentSize"].split()[0])
    assert not (site / "robots.txt").exists()


@pytest.mark.parametrize(
    "value", ["example.go.th", "ftp://a.b/", "https://", "javascript:alert(1)", "https://a.b/?q", "https://a.b/<b>"]
)
def test_address_that_is_none_is_refused(value: str) -> None:
    with fails("base_url_invalid"):
        checked_base(value)


def test_spending_is_shown_beside_the_plan(plan: Path, tmp_path: Path) -> None:
    add_a_progress_round(plan)
    edited(plan / "data/progress.csv", lambda rows: [{**row, "disbursed_thb": "123456"} for row in rows])
    publish(plan, tmp_path / "releases")
    make_site(tmp_path / "releases", tmp_path / "web")
    home = ReadPage.of(tmp_path / "web", "en/index.html")
    [spent] = [row for rows in home.tables.values() for row in rows if "123,456" in row and len(row) == 5]
    assert spent[0].startswith("2566")
    assert "at least 5,996,755" in spent
    page = ReadPage.of(tmp_path / "web", "th/projects/p01.html")
    assert "123,456" in page.text
    assert "อนุมัติโครงการแล้ว" in page.text
    assert "ยังไม่มีรายงาน ชุดข้อมูล" not in page.text
    assert ReadPage.of(tmp_path / "web", "th/projects/p02.html").text.count("ยังไม่มีรายงาน") > 1


def test_history_and_withdrawals_are_shown(plan: Path, tmp_path: Path) -> None:
    out, web = tmp_path / "releases", tmp_path / "web"
    publish(plan, out)
    change_a_figure(plan)
    publish(plan, out, note="แก้ตัวชี้วัด <i>ตามหนังสือ")
    make_site(out, web)
    page = ReadPage.of(web, "th/data/index.html")
    assert page.text.index("รุ่น 1.0.1") < page.text.index("รุ่น 1.0.0")
    assert "แก้ตัวชี้วัด <i>ตามหนังสือ" in page.text
    withdraw(out, "1.0.1", "ยอดผิด </script><b>&", DAY)
    make_site(out, web)
    page = ReadPage.of(web, "en/index.html")
    assert f"Withdrawn on {DAY.isoformat()}: ยอดผิด </script><b>&" in " ".join(page.text.split())
    assert not [target for target, _ in page.internal if target.startswith("v1.0.1") or "v1.0.1.zip" in target]
    withdraw(out, "1.0.0", "ยกเลิกทั้งแผน", DAY)
    outcome = make_site(out, web)
    assert "th" in outcome.removed
    left = read_pages(web)
    assert {*left} == {"index.html", "en/index.html"}
    assert [*dead_links(web, left)] == []
    assert "ยกเลิกการใช้ทุกรุ่นแล้ว" in left["index.html"].text
    assert "ld+json" not in (web / "index.html").read_text(), "no search engine is offered withdrawn data"


def test_contact_gives_a_link_to_report_errors(plan: Path, tmp_path: Path) -> None:
    publish(plan, tmp_path / "without")
    edit_descriptor(plan, lambda d: d["contributors"][0].update(email="data@example.go.th"))
    publish(plan, tmp_path / "with")
    for name, count in (("without", 0), ("with", 1)):
        made = pages_of_releases(tmp_path / name, SiteOptions(has_charts=False))
        page = made["th/projects/p12.html"].decode()
        assert page.count('href="mailto:data%40example.go.th?subject=') == count
        assert ("ไม่ได้ระบุที่อยู่ติดต่อ" in made["index.html"].decode()) is not count


# What others may write into a package


EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \"'&amp; \u202egnp.exe\u2066 {{ 7*7 }} =1+1"
LINK = "javascript:alert(1)"


def test_hostile_package_is_harmless(released: Path, tmp_path: Path) -> None:
    """Text of the kind is in each column that holds any text, in the descriptor and in the note of the release.

    A validation refuses hidden characters, so that they are put into what it has passed.
    """
    releases = read_plan_releases(released)
    assert releases.edition is not None
    edition = releases.edition
    tables = {name: replace(table, rows=tuple(_spoilt(table))) for name, table in edition.tables.items()}
    descriptor = _spoilt_descriptor(releases.descriptor)
    spoilt = replace(
        releases,
        descriptor=descriptor,
        plan=next(tables["plans"].records()),
        history=tuple(replace(note, note=EVIL) for note in releases.history),
        edition=replace(edition, tables=tables, descriptor=descriptor),
    )
    for path, data in plan_pages(spoilt).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    pages = read_pages(tmp_path)
    assert len(pages) > 100
    for path, page in pages.items():
        html = (tmp_path / path).read_text(encoding="utf-8")
        body = re.sub(r'<script type="application/ld\+json">.*?</script>', "", html, flags=re.DOTALL)
        assert page.unsafe == [], path
        assert "<script>" not in body, path
        assert "<img" not in body, path
        assert "\u202e" not in body, path
        assert not [link for _, link in page.links if re.match(r"\s*(javascript|data|vbscript):", link["to"], re.I)], (
            path
        )
        assert "49 =1+1" not in page.text
    assert pages["th/projects/p01.html"].text.count("<script>alert(1)</script>") > 20
    assert "<U+202E>gnp.exe<U+2066>" in pages["en/projects/p01.html"].text
    assert pages["index.html"].text.count("onerror") > 20


def _spoilt(table: ReleasedTable) -> Iterator[tuple[str, ...]]:
    """The rows of a table, with all texts but ids, codes and numbers spoilt; an address is one that would run."""
    free = [
        field.descriptor["type"] == "string"
        and not {"enum", "pattern"} & field.descriptor.get("constraints", {}).keys()
        and not field.name.endswith("_id")
        and field.name not in ("rule", "resource", "field", "funding_source", "value_unit", "quantity_unit")
        for field in table.schema.fields
    ]
    for row in table.rows:
        yield tuple(
            LINK if field.name.endswith("_url") else cell + EVIL if is_free and cell else cell
            for field, is_free, cell in zip(table.schema.fields, free, row, strict=True)
        )


def _spoilt_descriptor(descriptor: Mapping[str, Any]) -> dict[str, Any]:
    texts = dict.fromkeys(("title", "title_en", "description", "description_en"), EVIL)
    bodies = [{**body, "title": EVIL, "email": f'a@b.c?"{EVIL}'} for body in descriptor["contributors"]]
    entries = [{**entry, "title": EVIL, "title_en": EVIL} for entry in descriptor["resources"]]
    return {
        **descriptor,
        **texts,
        "licenses": [{**licence, "title": EVIL, "path": LINK} for licence in descriptor["licenses"]],
        "contributors": bodies,
        "sources": [{**source, "title": EVIL, "path": LINK} for source in descriptor["sources"]],
        "resources": entries,
    }


# Several plans, and large ones


@pytest.fixture(scope="module")
def two_plans(released: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans")
    copied(released, folder / "khelang")
    publish(VALID, folder / "mae-thung")
    return folder


def test_several_plans_are_compared(two_plans: Path, tmp_path: Path, khelang: Khelang) -> None:
    done = khelang("site", two_plans, "--out", tmp_path / "all", "--base-url", "https://example.go.th")
    assert (done.returncode, done.stdout.count(b"\n")) == (0, 1), done.stderr
    pages = read_pages(tmp_path / "all")
    assert [*dead_links(tmp_path / "all", pages)] == []
    assert {*pages} >= {"index.html", "en/index.html", f"{NAME}/index.html", f"{EXAMPLE}/en/index.html"}
    rows = {row[0].strip(): row for row in pages["en/index.html"].tables["compare"]}
    for name, store in ((NAME, "khelang"), (EXAMPLE, "mae-thung")):
        budgets, [about] = table_of(two_plans / store, "budgets"), table_of(two_plans / store, "plans")
        row = rows[about["lao_name_en"]]
        projects, total = table_of(two_plans / store, "projects"), sum(float(b["amount_thb"] or 0) for b in budgets)
        years = int(about["end_fiscal_year_be"]) - int(about["start_fiscal_year_be"]) + 1
        assert row[3] == str(len(projects)), name
        assert f"{total:,.0f}" in row[5] or f"{total:,.2f}" in row[5]
        assert f"{round(total / years):,}" in row[6]
        assert f"{round(total / len(projects)):,}" in row[7]
        assert row[10] == str(len(table_of(two_plans / store, "errata")))
    assert "Plans with data: 2" in pages["en/index.html"].text
    assert NATURE[0] in pages["index.html"].text
    again = khelang("site", two_plans / "khelang", two_plans / "mae-thung/latest", "--out", tmp_path / "all")
    assert again.returncode == 0
    assert not (tmp_path / "all/sitemap.xml").exists(), "the address is not given any more"
    twice = khelang("site", two_plans / "khelang", copied(two_plans / "khelang", tmp_path / "copy"), "--out", "x")
    assert (twice.returncode, b"more than one folder" in twice.stderr) == (2, True)


def test_comparison_leaves_out_a_plan_that_was_withdrawn(two_plans: Path, tmp_path: Path) -> None:
    copied(two_plans / "mae-thung", tmp_path / "gone")
    withdraw(tmp_path / "gone", "1.0.0", "ยกเลิก", DAY)
    plans = [read_plan_releases(two_plans / "khelang"), read_plan_releases(tmp_path / "gone")]
    page = comparison_pages(plans)["en/index.html"].decode()
    assert "Plans with data: 1" in page
    assert EXAMPLE not in page


def large_plan(plan: Path, out: Path, times: int) -> Path:
    """The releases of a plan that has so many times the projects of the real one."""
    _multiplied(plan, times)
    publish(plan, out, allow_warnings="test")
    return out


def _multiplied(plan: Path, times: int) -> None:
    """Let the plan have so many times its projects, with their budgets and audiences."""
    kept = {"plans", "dimensions", "missions", "units", "projects", "budgets", "targets"}
    tables = load_family().tables
    for path in (plan / "data").glob("*.csv"):
        if path.stem not in kept and not tables[path.stem].descriptor.get("optional"):
            kept.add(path.stem)
            edited(path, lambda _rows: [])
        elif path.stem not in kept:
            path.unlink()

    def more(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [_numbered(row, 45 * at) for at in range(times) for row in rows]

    for name in ("projects", "budgets", "targets"):
        edited(plan / f"data/{name}.csv", more)
    edit_descriptor(plan, lambda d: d.update(resources=[r for r in d["resources"] if r["name"] in kept]))


def _numbered(row: dict[str, str], more: int) -> dict[str, str]:
    number = int(row["project_id"].rpartition("P")[2]) + more
    new = {"project_id": f"{NAME}-P{number:02}", "parent_project_id": ""}
    new |= {"sequence_no": str(number), "sequence_printed": "", "title_th": f"{row.get('title_th', '')} {number}"}
    new |= {"title_en": f"{row.get('title_en', '')} {number}"}
    return {name: new.get(name, value) for name, value in row.items()}


def test_large_plan_has_pages_of_rows_and_a_script_with_all(plan: Path, tmp_path: Path) -> None:
    releases = large_plan(plan, tmp_path / "releases", 12)
    start = time.process_time()
    made = pages_of_releases(releases, SiteOptions(has_charts=False))
    assert time.process_time() - start < 120
    listed = [path for path in made if re.fullmatch(r"th/projects/(index|page-\d+)\.html", path)]
    assert len(listed) == -(-540 // PAGE_ROWS)
    numbers: list[str] = []
    for path in sorted(listed, key=lambda path: int(re.sub(r"\D", "", path) or 0)):
        page = ReadPage(path)
        page.feed(made[path].decode())
        numbers += [row[0] for row in page.tables["projects"][1:]]
    assert numbers == [str(number) for number in range(1, 541)]
    script = made["th/projects/rows.js"].decode()
    content = json.loads(script.removeprefix("window.khelangRows=").removesuffix(";\n"))
    assert [row["cells"][0] for row in content["rows"]] == numbers
    assert all(f"th/projects/{row['page']}" in made for row in content["rows"])
    assert len(made["index.html"]) < 150 * KILO


def test_plan_without_money_or_projects_of_some_kind_has_its_pages(plan: Path, tmp_path: Path) -> None:
    _multiplied(plan, 1)
    nothing = {"amount_thb": "0", "budget_status": "no_budget", "funding_source": "", "source_basis": ""}
    nothing |= {"amount_basis": "", "summary_amount_printed": "", "sheet_amount_printed": "", "note_th": ""}

    def once(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        lines = {(row["project_id"], row["fiscal_year_be"]): row for row in rows}
        return [{**row, **nothing, "line_no": str(int(row["fiscal_year_be"]) - 2565)} for row in lines.values()]

    edited(plan / "data/budgets.csv", once)
    publish(plan, tmp_path / "releases", allow_warnings="test")
    make_site(tmp_path / "releases", tmp_path / "web")
    pages = read_pages(tmp_path / "web")
    assert [*dead_links(tmp_path / "web", pages)] == []
    assert "ไม่มีงบประมาณของตนเอง" in pages["th/projects/p01.html"].text


def test_contents_of_the_site_are_those_of_the_releases_and_pages(released: Path, site: Path) -> None:
    names = {path.name for path in site.iterdir()}
    assert {"index.html", "en", "th", "assets", "latest", "v1.0.0", "feed.atom"} < names
    assert contents(released / "v1.0.0") == contents(site / "v1.0.0")


def test_command_writes_only_what_differs(khelang: Khelang, plan: Path, tmp_path: Path) -> None:
    publish(plan, tmp_path / "releases")
    first = khelang("site", "--lang", "th")
    assert (first.returncode, (tmp_path / "public/index.html").is_file(), first.stderr) == (0, True, b"")
    assert "เปิดไฟล์ public/index.html" in first.stdout.decode()
    assert b"nothing was written" in khelang("site").stdout
    correct_a_cell(plan)
    publish(plan, tmp_path / "releases")
    before = contents(tmp_path / "public")
    assert b"nothing was written" in khelang("site", "--dry-run").stdout
    assert contents(tmp_path / "public") == before
    assert khelang("publish", "--to", "folder", "releases", "public").returncode == 0
    assert b"nothing was written" in khelang("site").stdout, "publishing to a folder makes the same pages"
    (tmp_path / "public/en/mine.html").write_text("mine")
    refused = khelang("site", "--base-url", "https://example.go.th/")
    assert (refused.returncode, b"en/mine.html" in refused.stderr) == (2, True)
    for args in (["nowhere"], ["--base-url", "here"], ["releases", "--out", "releases/web"]):
        assert khelang("site", *args).returncode == 2, args
