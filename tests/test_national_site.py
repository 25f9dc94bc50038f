"""The site of all plans: its figures are those of the files, its pages whole, linked, safe, and made once."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, ConsoleMessage, expect

from khelang_opendata.model.wording import Language
from khelang_opendata.national.national_columns import PACKAGES, column_types
from khelang_opendata.national.national_products import read_registry, without_plan
from khelang_opendata.national.querying import query, question
from khelang_opendata.national.site_answers import site_answers
from khelang_opendata.portals.folder import PAGES_LIST, checked_link
from khelang_opendata.portals.paged_folder import PagesOutcome, publish_planned
from khelang_opendata.site.nation import nation_of
from khelang_opendata.site.nation_pages import NATION, NationOptions, nation_files
from khelang_opendata.site.nation_plans import sources_of
from tests.conftest import PLAN, Khelang, fails, replace_in
from tests.national_data import gathered, valid_plans
from tests.site_tools import site_tools
from tests.sites import NATURE, ReadPage, edited, read_pages
from tests.test_cli import examples_work

LATER = date(2026, 11, 29)
EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(1)> \"'& {{ 7*7 }}"
KHELANG = "khelang-nakhon-2566-2570"


class Lao(NamedTuple):
    """What the sources are given: a type, a province, a code and the years."""

    type: str
    name: str
    province: tuple[str, str]
    dla_code: str


LAOS = [
    Lao("sao", "องค์การบริหารส่วนตำบลหนึ่ง", ("ลำปาง", "TH-52"), "6520001"),
    Lao("sao", "องค์การบริหารส่วนตำบลสอง", ("ลำปาง", "TH-52"), "6520002"),
    Lao("pao", "องค์การบริหารส่วนจังหวัดแพร่", ("แพร่", "TH-54"), "2540001"),
    Lao("town_municipality", "เทศบาลเมืองสาม", ("แพร่", "TH-54"), ""),
    Lao("town_municipality", f"เทศบาลเมือง{EVIL}", ("แพร่", "TH-54"), "4540009"),
    Lao("sao", "องค์การบริหารส่วนตำบลหก", ("น่าน", "TH-55"), "6550006"),
    Lao("sao", "องค์การบริหารส่วนตำบลเจ็ด", ("น่าน", "TH-55"), "6550007"),
]
REGISTRY = [
    *(("4520103", "เทศบาลเมืองเขลางค์นคร", "town_municipality", "TH-52"), ("6520001", "ก", "sao", "TH-52")),
    *(("6520002", "ข", "sao", "TH-52"), ("6520009", "องค์การบริหารส่วนตำบลเก้า", "sao", "TH-52")),
    *(("2540001", "ค", "pao", "TH-54"), ("", "เทศบาลเมืองสาม", "town_municipality", "TH-54")),
    *(("6550006", "ง", "sao", "TH-55"), ("6100001", f"ช{EVIL}", "sao", "TH-10")),
]


def named(folder: Path, lao: Lao) -> None:
    """Give the plan of a package this local government."""
    given = {"lao_type": lao.type, "lao_name_th": lao.name, "dla_code": lao.dla_code}
    given["lao_name_en"] = f"Invented {lao.dla_code or 'without code'}"
    given |= {"province_th": lao.province[0], "province_code": lao.province[1]}
    edited(folder / "data/plans.csv", lambda rows: [{**row, **given} for row in rows])


def _unknown(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The lines of budgets, of which those of the first project without money leave the amount out."""
    first = next(row["project_id"] for row in rows if row["budget_status"] == "no_budget")
    left_out = {"budget_status": "unknown", "amount_thb": ""}
    return [{**row, **left_out} if row["project_id"] == first else row for row in rows]


class NationSite(NamedTuple):
    sources: Path
    dataset: Path
    registry: Path
    site: Path
    taken: Sequence[Path]
    """The packages whose rows the dataset has."""


def make(dataset: Path, site: Path, registry: Path | None = None, **options: Any) -> PagesOutcome:
    """The site of a dataset, as ``khelang national site`` makes it."""
    found = site_answers(dataset)
    listed = read_registry(registry) if registry else None
    nation = nation_of(found, listed, without_plan(found.rows["packages"], listed or ()))
    return publish_planned(nation_files(nation, NationOptions(**options)), site, NATION)


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> NationSite:
    """Two harvests: of eight plans, one is refused later, one goes, one is updated; one never was a plan."""
    root = tmp_path_factory.mktemp("nation") / "ทุก แผน"
    sources = root / "packages"
    plans = valid_plans(sources, len(LAOS))
    for folder, lao in zip(plans, LAOS, strict=True):
        named(folder, lao)
    edited(plans[3] / "data/budgets.csv", _unknown)
    shutil.copytree(PLAN, sources / "khelang")
    shutil.copytree(plans[0], sources / "broken")
    replace_in(sources / "broken/data/plans.csv", plans[0].name, "broken")
    gathered(sources, root / "dataset")
    kept = [Path(shutil.copytree(folder, root / "kept" / folder.name)) for folder in (plans[5], plans[6])]
    replace_in(plans[5] / "data/plans.csv", "TH-", "TH-X")
    shutil.rmtree(plans[6])
    edited(plans[0] / "data/indicators.csv", lambda rows: [{**row, "label_en": "Changed"} for row in rows])
    gathered(sources, root / "dataset", LATER)
    with (root / "registry.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([("dla_code", "lao_name_th", "lao_type", "province_code"), *REGISTRY])
    site = root / "site"
    make(root / "dataset", site, root / "registry.csv")
    return NationSite(sources, root / "dataset", root / "registry.csv", site, [*plans[:5], *kept, sources / "khelang"])


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"data/{table}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


class Figures(NamedTuple):
    """The figures of plans, from their files with nothing of ours."""

    projects: int
    never: int
    amounts: Counter[tuple[str, str]]
    """Baht by number of the dimension and year."""
    least: set[tuple[str, str]]
    errata: int

    @property
    def total(self) -> int:
        return sum(self.amounts.values())


def figures(folders: Sequence[Path]) -> Figures:
    amounts: Counter[tuple[str, str]] = Counter()
    least, projects, never, errata = set(), 0, 0, 0
    for folder in folders:
        numbers = {row["dimension_id"]: row["dimension_code"] for row in rows_of(folder, "dimensions")}
        dimension = {row["project_id"]: numbers[row["dimension_id"]] for row in rows_of(folder, "projects")}
        funded = set()
        for line in rows_of(folder, "budgets"):
            key = (dimension[line["project_id"]], line["fiscal_year_be"])
            amounts[key] += int(Decimal(line["amount_thb"] or 0))
            if line["budget_status"] == "unknown":
                least.add(key)
            if line["budget_status"] == "unknown" or Decimal(line["amount_thb"] or 0):
                funded.add(line["project_id"])
        projects, never = projects + len(dimension), never + len(dimension.keys() - funded)
        errata += len(rows_of(folder, "errata"))
    return Figures(projects, never, amounts, least, errata)


def number(text: str) -> int:
    """The number of a cell, without what is before it."""
    found = re.findall(r"[\d,]+(?:\.\d+)?", text)
    return int(found[-1].replace(",", "")) if found else 0


def test_overview_has_the_figures_of_the_files(nation: NationSite) -> None:
    wanted = figures(nation.taken)
    for path, least in (("index.html", "อย่างน้อย"), ("en/index.html", "at least")):
        page = ReadPage.of(nation.site, path)
        table = page.tables["years-table"]
        codes = [re.findall(r"(?:มิติที่|Dimension) ([0-9]\*?)", cell)[0] for cell in table[0][1:-2]]
        assert codes == sorted({code for code, _ in wanted.amounts})
        for row in table[1:-1]:
            year = row[0][:4]
            for code, cell in zip(codes, row[1:-2], strict=True):
                assert number(cell) == wanted.amounts[code, year], (year, code)
                assert (least in cell) == ((code, year) in wanted.least)
            assert number(row[-2]) == sum(baht for (_, of), baht in wanted.amounts.items() if of == year)
            assert number(row[-1]) == sum(_covers(folder, int(year)) for folder in nation.taken)
        assert number(table[-1][-2]) == wanted.total
        assert f"{wanted.total:,}" in page.text
        share = f"{100 * wanted.never / wanted.projects:.1f} %"
        assert share in page.text
        assert f"{wanted.projects:,}" in page.text
    assert "มีข้อมูลแผนของ อปท. 6 แห่ง จาก 8 แห่งในทะเบียน (ร้อยละ 75.0) รวม 8 แผน ข้อมูล ณ 29 พฤศจิกายน 2569" in spaced(
        ReadPage.of(nation.site, "index.html").text
    )
    assert "อปท. 2 แห่งมีแผนในข้อมูลนี้แต่ไม่มีชื่อในทะเบียน" in spaced(ReadPage.of(nation.site, "index.html").text)


def spaced(text: str) -> str:
    return " ".join(text.split())


def _covers(folder: Path, year: int) -> bool:
    [plan] = rows_of(folder, "plans")
    return int(plan["start_fiscal_year_be"]) <= year <= int(plan["end_fiscal_year_be"])


@pytest.mark.parametrize(("table", "column"), [("provinces-table", "province_code"), ("types-table", "lao_type")])
def test_provinces_and_types_have_the_figures_of_their_files(nation: NationSite, table: str, column: str) -> None:
    names = {"TH-52": "Lampang", "TH-54": "Phrae", "TH-55": "Nan", "TH-10": "Bangkok"}
    names |= {"sao": "Subdistrict administrative organisation", "pao": "Provincial administrative organisation"}
    names |= {"town_municipality": "Town municipality"}
    rows = {row[0]: row for row in ReadPage.of(nation.site, "en/index.html").tables[table][1:]}
    at = 3 if column == "province_code" else 2
    registered = Counter(row[at] for row in REGISTRY)
    about = {folder: rows_of(folder, "plans")[0] for folder in nation.taken}
    assert {names[key] for key in registered} == {*rows}
    for key, count in registered.items():
        folders = [folder for folder in nation.taken if about[folder][column] == key]
        wanted, row = figures(folders), rows[names[key]]
        assert [number(row[1]), number(row[4]), number(row[5])] == [count, len(folders), wanted.projects], key
        assert row[6] == (f"{100 * wanted.never / wanted.projects:.1f} %" if folders else "–")
        assert [number(row[7]), number(row[9])] == [wanted.total, wanted.errata]
        ended = sum(int(about[folder]["end_fiscal_year_be"]) < 2570 for folder in folders)
        assert number(row[8]) == ended, "the fiscal year 2570 began on 1 October 2026"
    if column == "province_code":
        published = {"TH-52": (3, "75.0 %"), "TH-54": (2, "100.0 %"), "TH-55": (1, "100.0 %"), "TH-10": (0, "0.0 %")}
        assert {key: (number(rows[names[key]][2]), rows[names[key]][3]) for key in published} == published


def test_province_lists_its_plans_and_those_who_have_not_published(nation: NationSite) -> None:
    page = ReadPage.of(nation.site, "th/provinces/th-52.html")
    rows = {row[0]: row for row in page.tables["plans-table"][1:]}
    for folder in (nation.taken[0], nation.taken[1], nation.taken[-1]):
        [about], wanted = rows_of(folder, "plans"), figures([folder])
        row = rows[about["lao_name_th"]]
        first, last = int(about["start_fiscal_year_be"]), int(about["end_fiscal_year_be"])
        assert row[2].startswith(f"{first}–{last}")
        assert ("สิ้นสุดแล้ว" in row[2]) == (last < 2570)
        assert [number(cell) for cell in row[3:8]] == [
            *(wanted.projects, wanted.never, wanted.total, round(wanted.total / (last - first + 1)), wanted.errata)
        ]
    assert [row[0] for row in page.tables["missing-table"][1:]] == ["องค์การบริหารส่วนตำบลเก้า"]
    assert "องค์การบริหารส่วนตำบลเก้า" not in (nation.site / "th/provinces/th-54.html").read_text(encoding="utf-8")
    listed = (nation.site / "data/missing.csv").read_text(encoding="utf-8-sig")
    assert [row["dla_code"] for row in csv.DictReader(io.StringIO(listed))] == ["6520009", "6100001"]
    assert ReadPage.of(nation.site, "en/provinces/th-10.html").text.count("No plan of this province") == 1


@pytest.mark.parametrize("language", Language)
def test_plan_has_the_figures_of_its_files(nation: NationSite, language: str) -> None:
    for folder in (nation.taken[2], nation.taken[-1]):
        [about], wanted = rows_of(folder, "plans"), figures([folder])
        page = ReadPage.of(nation.site, f"{language}/plans/{about['plan_id']}.html")
        table = page.tables["money-table"]
        years = [head[:4] for head in table[0][1:-2]]
        for row in table[1:-1]:
            code = re.findall(r"([0-9]\*?)", row[0])[0]
            assert [number(cell) for cell in row[1:-2]] == [wanted.amounts[code, year] for year in years]
        assert number(table[-1][-2]) == wanted.total
        counts = [number(row[1]) for row in page.tables["counts-table"][1:]]
        indicators = rows_of(folder, "indicators")
        shared = {row["project_id"] for row in rows_of(folder, "budgets") if row["budget_status"] == "shared"}
        assert counts[:3] == [wanted.projects, wanted.projects - wanted.never, wanted.never]
        assert counts[3] <= len(shared)
        assert counts[4:6] == [len(indicators), sum(bool(row["value"]) for row in indicators)]
        assert counts[6:] == [round(wanted.total / len(years)), round(wanted.total / wanted.projects)]
        if wanted.errata:
            assert sum(number(row[-1]) for row in page.tables["errata-table"][1:]) == wanted.errata
        assert NATURE[language == "en"] in page.text


def test_plan_says_what_became_of_it(nation: NationSite) -> None:
    pages = {lao.dla_code: page for lao, page in zip(LAOS, _plan_pages(nation), strict=True)}
    assert "The latest content of the source was refused. This page shows the data that were taken on 2026-11-28." in (
        spaced(pages["6550006"].text)
    )
    assert "Errors against the standard: 1" in spaced(pages["6550006"].text)
    assert "The source no longer has this plan." in pages["6550007"].text
    assert "The last harvest found new data of this plan." in spaced(pages["6520001"].text)
    assert "former-table" in pages["6520001"].tables
    assert "The last harvest found no change. The data shown were taken on 2026-11-28." in spaced(pages["6520002"].text)
    assert (
        "This plan ends in this fiscal year (2027-09-30)." in ReadPage.of(nation.site, f"en/plans/{KHELANG}.html").text
    )
    overview = ReadPage.of(nation.site, "en/index.html")
    states = {row[0]: number(row[1]) for row in overview.tables["state-table"][1:]}
    assert states == {
        **{"Taken": 6, "Taken with warnings": 0, "Refused": 2, "Skipped": 0, "No longer found": 1},
        "Total": 9,
    }
    assert "0 new plans, 1 updated, 1 refused, 0 skipped, 1 no longer found" in spaced(overview.text)
    [link] = [
        target
        for target, _ in ReadPage.of(nation.site, "en/refused/index.html").internal
        if "/refused/" in target and not target.endswith("index.html")
    ]
    refusal = ReadPage.of(nation.site, link)
    assert "packages/broken" in refusal.text
    assert re.search(r"Errors against the standard: \d+\. The first: \w+ row \d+: .{20}", spaced(refusal.text))
    thai = ReadPage.of(nation.site, link.replace("en/", "th/", 1))
    assert re.search(r"ข้อมูลไม่เป็นไปตามมาตรฐาน \d+ จุด จุดแรกคือ \w+ แถวที่ \d+: .{20}", spaced(thai.text))
    assert len(refusal.tables["checks-table"]) > 1


def _plan_pages(nation: NationSite) -> Iterator[ReadPage]:
    for folder in nation.taken[: len(LAOS)]:
        [about] = rows_of(folder, "plans")
        yield ReadPage.of(nation.site, f"en/plans/{about['plan_id']}.html")


def test_plans_end_in_the_years_of_their_files(nation: NationSite) -> None:
    ends = Counter(rows_of(folder, "plans")[0]["end_fiscal_year_be"] for folder in nation.taken)
    rows = ReadPage.of(nation.site, "en/index.html").tables["ends-table"][1:]
    assert {row[0][:4]: number(row[2]) for row in rows} == ends
    states = {row[0][:4]: row[1].split(" ")[0] for row in rows}
    assert {year: word for year, word in states.items() if int(year) < 2570} == dict.fromkeys(
        ends.keys() - {"2570"}, "Ended"
    )
    assert states["2570"] == "Ends"


def test_contradictions_are_those_of_the_files(nation: NationSite) -> None:
    errata = [(folder, row["topic"]) for folder in nation.taken for row in rows_of(folder, "errata")]
    page = ReadPage.of(nation.site, "en/index.html")
    counted = sorted((number(row[1]), number(row[3])) for row in page.tables["topics-table"][1:])
    topics = {topic for _, topic in errata}
    assert counted == sorted(
        (len({folder for folder, of in errata if of == topic}), sum(of == topic for _, of in errata))
        for topic in topics
    )
    asked = query(nation.dataset, "SELECT count(*), count(acknowledged_by) FROM issues WHERE severity = 'warning'").rows
    found = [[number(cell) for cell in row[3:5]] for row in page.tables["rules-table"][1:]]
    assert [tuple(map(sum, zip(*found, strict=True)))] == asked


def test_questions_count_money_as_the_pages_do(nation: NationSite) -> None:
    wanted = figures(nation.taken)
    ((projects, without, _),) = query(nation.dataset, question("projects_without_budget")).rows
    assert (projects, without) == (wanted.projects, wanted.never)


def test_data_files_have_each_plan_and_its_sums(nation: NationSite) -> None:
    plans = list(csv.DictReader(io.StringIO((nation.site / "data/plans.csv").read_text(encoding="utf-8-sig"))))
    assert {row["plan_id"]: int(row["planned_thb"]) for row in plans} == {
        rows_of(folder, "plans")[0]["plan_id"]: figures([folder]).total for folder in nation.taken
    }
    assert all((nation.site / row["page_th"]).is_file() for row in plans)
    amounts = csv.DictReader(io.StringIO((nation.site / "data/amounts.csv").read_text(encoding="utf-8-sig")))
    assert sum(int(row["planned_thb"]) for row in amounts) == figures(nation.taken).total
    catalogue = json.loads((nation.site / "data/catalog.json").read_bytes())
    assert (catalogue["snapshot"], len(catalogue["plans"])) == (2, len(nation.taken))


def test_the_data_behind_the_pages_are_linked(nation: NationSite, tmp_path: Path) -> None:
    """The catalogue and the report on quality are beside the pages; the tables are where the publisher has them."""
    for name in ("catalog.jsonld", "quality.json"):
        assert (nation.site / "data" / name).read_bytes() == (nation.dataset / name).read_bytes()
    for path in ("index.html", "en/index.html"):
        targets = {target for target, _ in ReadPage.of(nation.site, path).internal}
        assert {"data/catalog.json", "data/catalog.jsonld", "data/quality.json"} <= targets
    assert "are with those who publish this site" in ReadPage.of(nation.site, "en/index.html").text
    beside = tmp_path / "web/plans"
    shutil.copytree(nation.dataset, tmp_path / "web/all-plans")
    for link in ("../all-plans", "https://example.go.th/national/", "/national"):
        wanted = "" if link.startswith("..") else f"{link.rstrip('/')}/"
        make(nation.dataset, beside, has_charts=False, dataset_url=checked_link(link))
        for path in ("index.html", "en/index.html"):
            page = ReadPage.of(beside, path)
            assert "are with those who publish" not in page.text
            found = {to["href"] for tag, to in page.links if tag == "a" and "snapshot.json" in to.get("href", "")}
            [address] = found
            if wanted:
                assert address == f"{wanted}snapshot.json"
                assert f'href="{wanted}tables/"' in (beside / path).read_text(encoding="utf-8")
            else:
                assert ((beside / path).parent / unquote(address)).resolve() == tmp_path / "web/all-plans/snapshot.json"
    for link in ("javascript:alert(1)", "https://", "data:text/html,x", "../x?y"):
        with fails("base_url_invalid"):
            checked_link(link)


def test_pages_are_linked_safe_and_say_nothing_of_the_computer(nation: NationSite) -> None:
    pages = read_pages(nation.site)
    linked = set()
    for path, page in pages.items():
        assert page.unsafe == [], path
        html = (nation.site / path).read_text(encoding="utf-8")
        assert "<script>" not in html
        assert "<img" not in html
        assert "Content-Security-Policy" in html
        for target, anchor in page.internal:
            assert (nation.site / target).is_file(), (path, target)
            if anchor and "=" not in anchor and target in pages:
                assert anchor in pages[target].ids, (path, target, anchor)
            linked.add(target)
        assert not [link for tag, link in page.links if tag in ("script", "link") and ":" in link["to"]]
    assert {*pages} <= linked, "no orphan"
    titles = Counter(page.title for page in pages.values())
    assert max(map(len, titles)) <= 70
    assert [title for title, count in titles.items() if count > 1] == []
    whole = b"".join(path.read_bytes() for path in nation.site.rglob("*.*") if path.is_file())
    assert str(nation.sources.parent).encode() not in whole
    assert ReadPage.of(nation.site, f"th/plans/{_id_of(nation.taken[4])}.html").text.count("<script>alert(1)") > 0


def _id_of(folder: Path) -> str:
    return rows_of(folder, "plans")[0]["plan_id"]


def test_without_a_registry_nothing_is_said_of_who_has_not_published(nation: NationSite, tmp_path: Path) -> None:
    make(nation.dataset, tmp_path / "site", has_charts=False, base_url="https://example.go.th/")
    page = ReadPage.of(tmp_path / "site", "en/index.html")
    assert "it is not known who has not published" in page.text
    assert [len(row) for row in page.tables["provinces-table"][1:]] == [8] * 3
    assert not (tmp_path / "site/data/missing.csv").exists()
    html = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert '<link rel="canonical" href="https://example.go.th/">' in html
    assert f"https://example.go.th/en/plans/{KHELANG}.html" in (tmp_path / "site/sitemap.xml").read_text()


# Built again


def _state(site: Path) -> Mapping[str, str]:
    files = (path for path in site.rglob("*") if path.is_file() and path.name not in (".lock", PAGES_LIST))
    return {path.relative_to(site).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def copy(nation: NationSite, tmp_path: Path) -> NationSite:
    """The same, as a test may spoil it; the harvest names the sources where they were."""
    shutil.copytree(nation.dataset, tmp_path / "dataset")
    shutil.copytree(nation.site, tmp_path / "site")
    return nation._replace(dataset=tmp_path / "dataset", site=tmp_path / "site")


def test_unchanged_pages_are_not_written(copy: NationSite) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.site.rglob("*") if path.is_file()}
    again = make(copy.dataset, copy.site, copy.registry)
    assert (again.written, again.removed) == ([], [])
    assert {path: path.stat().st_mtime_ns for path in before if path.name != ".lock"} == {
        path: at for path, at in before.items() if path.name != ".lock"
    }


def test_a_harvest_without_changes_writes_what_has_its_day(copy: NationSite, tmp_path: Path) -> None:
    sources = Path(shutil.copytree(PLAN, tmp_path / "packages/khelang")).parent
    gathered(sources, tmp_path / "own")
    gathered(sources, tmp_path / "own", LATER)
    make(tmp_path / "own", tmp_path / "pages")
    gathered(sources, tmp_path / "own", date(2026, 11, 30))
    written = make(tmp_path / "own", tmp_path / "pages").written
    of_the_day = {f"data/{name}" for name in ("catalog.json", "catalog.jsonld", "quality.json")}
    of_the_day |= {*(f"{language}/charts/nation-by-year.png" for language in Language)}
    assert {*written} == of_the_day | {"index.html", "en/index.html", "th/refused/index.html", "en/refused/index.html"}


def test_damaged_halfway_and_missing_pages_are_made_again(copy: NationSite) -> None:
    whole = _state(copy.site)
    (copy.site / f"th/plans/{KHELANG}.html").write_bytes(b"")
    (copy.site / "data/plans.csv").write_text("cut")
    (copy.site / "th/provinces/th-52.html").unlink()
    written = make(copy.dataset, copy.site, copy.registry).written
    assert {*written} == {f"th/plans/{KHELANG}.html", "data/plans.csv", "th/provinces/th-52.html"}
    assert _state(copy.site) == whole


def test_pages_of_a_plan_that_is_gone_go_and_files_of_others_stay(copy: NationSite, tmp_path: Path) -> None:
    sources = Path(shutil.copytree(PLAN, tmp_path / "packages/khelang")).parent
    gathered(sources, tmp_path / "small")
    mine = copy.site / "th/plans/notes.html"
    mine.write_text("mine")
    altered = copy.site / "data/missing.csv"
    altered.write_text("mine, too")
    done = make(tmp_path / "small", copy.site)
    assert f"th/plans/{_id_of(copy.taken[0])}.html" in done.removed
    assert not (copy.site / "th/provinces/th-54.html").exists()
    assert (mine.read_text(), altered.read_text()) == ("mine", "mine, too")
    fresh = tmp_path / "fresh"
    make(tmp_path / "small", fresh)
    assert _state(copy.site).items() - _state(fresh).items() == {
        (path.relative_to(copy.site).as_posix(), sha256(path.read_bytes()).hexdigest()) for path in (mine, altered)
    }


def test_a_build_that_stops_leaves_a_whole_site_and_the_next_one_completes_it(
    copy: NationSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped before a rename, all links lead somewhere; the next run makes what an undisturbed one does."""
    sources = Path(shutil.copytree(PLAN, tmp_path / "packages/khelang")).parent
    gathered(sources, tmp_path / "small")
    make(tmp_path / "small", tmp_path / "wanted", has_charts=False)
    wanted, replace, unlink = _state(tmp_path / "wanted"), Path.replace, Path.unlink
    for kind, stop in (("replace", 0), ("replace", 9), ("unlink", 0), ("unlink", 9)):
        site = Path(shutil.copytree(copy.site, tmp_path / f"{kind}-{stop}"))
        calls: Counter[str] = Counter()

        def stopping(name: str, path: Path, site: Path, calls: Counter[str], at: tuple[str, int]) -> None:
            if site in path.parents and path.name[0] != ".":
                if (name, calls[name]) == at:
                    raise KeyboardInterrupt
                calls[name] += 1

        def replacing(path: Path, to: Any, site: Path = site, calls: Any = calls, at: Any = (kind, stop)) -> Path:
            stopping("replace", path, site, calls, at)
            return replace(path, to)

        def unlinking(
            path: Path, missing_ok: bool = False, site: Path = site, calls: Any = calls, at: Any = (kind, stop)
        ) -> None:
            stopping("unlink", path, site, calls, at)
            unlink(path, missing_ok=missing_ok)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", replacing)
            patched.setattr(Path, "unlink", unlinking)
            with pytest.raises(KeyboardInterrupt):
                make(tmp_path / "small", site, has_charts=False)
        assert calls[kind] == stop
        pages = read_pages(site)
        dead = [
            (path, target)
            for path, page in pages.items()
            for target, _ in page.internal
            if not (site / target).is_file()
        ]
        assert not dead or calls["unlink"], "until what is gone is removed"
        assert not [one for one in dead if one[0] in ("index.html", "en/index.html")]
        make(tmp_path / "small", site, has_charts=False)
        assert _state(site) == wanted, (kind, stop)


def test_files_of_others_are_never_overwritten(nation: NationSite, tmp_path: Path) -> None:
    for name, content in (("index.html", "mine"), ("data/plans.csv", "mine"), ("assets/site.css", "mine")):
        place = tmp_path / name.replace("/", "-")
        (place / name).parent.mkdir(parents=True)
        (place / name).write_text(content)
        with fails("folder_refused", match="was not published from this plan"):
            make(nation.dataset, place, has_charts=False)
        assert [path.name for path in place.rglob("*") if path.is_file() and path.name != ".lock"] == [Path(name).name]
    for name, content in ((PAGES_LIST, "[]"), (PAGES_LIST, '{"name": "other", "files": {}}')):
        place = tmp_path / str(len(content))
        place.mkdir()
        (place / name).write_text(content)
        with fails("folder_refused"):
            make(nation.dataset, place, has_charts=False)
    outside, linked = tmp_path / "outside", tmp_path / "linked"
    outside.mkdir()
    linked.mkdir()
    (linked / "th").symlink_to(outside)
    with fails("folder_refused", match="link"):
        make(nation.dataset, linked, has_charts=False)
    assert not [*outside.iterdir()]
    (linked / "th").unlink()
    (linked / PAGES_LIST).write_text(
        json.dumps({"name": NATION, "files": {"../outside/x": {"inputs": "", "content": ""}}})
    )
    (outside / "x").write_bytes(b"")
    with fails("path_unsafe"):
        make(nation.dataset, linked, has_charts=False)
    assert (outside / "x").exists()


def test_the_command_makes_the_site_and_says_what_it_did(nation: NationSite, tmp_path: Path, khelang: Khelang) -> None:
    shutil.copytree(nation.dataset, tmp_path / "national")
    tried = khelang("national", "site", "--dry-run")
    assert (tried.returncode, tried.stderr, (tmp_path / "public").exists()) == (0, b"", False)
    assert b"nothing was written" in tried.stdout
    done = khelang("national", "site", "national", "--registry", nation.registry)
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.search(rb"Made the site of 8 plan\(s\); open public.index.html \(\d+ files written, 0 unch", done.stdout)
    assert _state(tmp_path / "public") == _state(nation.site)
    wrong = khelang("site", "national")
    assert (wrong.returncode, b"khelang national site national" in wrong.stderr) == (2, True)
    assert khelang("national", "site", "public").returncode == 2
    assert khelang("national", "site", "--base-url", "nowhere").returncode == 2


def test_a_dataset_of_two_states_is_refused(copy: NationSite) -> None:
    catalogue = copy.dataset / "catalog.json"
    catalogue.write_text(
        catalogue.read_text(encoding="utf-8").replace('"snapshot": 2', '"snapshot": 1'), encoding="utf-8"
    )
    with fails("dataset_unfinished", match="a harvest still runs or was stopped"):
        site_answers(copy.dataset)
    catalogue.write_text("{")
    with fails("dataset_unfinished"):
        site_answers(copy.dataset)


def test_examples_in_the_help_work(khelang: Khelang, nation: NationSite, tmp_path: Path) -> None:
    shutil.copytree(nation.dataset, tmp_path / "national")
    examples_work(khelang, "national site", tmp_path)


# In a browser

PAGES = (
    *("index.html", "en/index.html", "th/provinces/th-54.html", f"en/plans/{KHELANG}.html", "th/compare/index.html"),
    "en/refused/index.html",
)


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_axe_finds_no_violation_and_no_page_scrolls_sideways(
    browser: Browser, nation: NationSite, width: int, scheme: Any
) -> None:
    for path in PAGES:
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
        said: list[str] = []
        page.on("console", partial(_noted, said))
        page.goto(f"{nation.site.as_uri()}/{path}")
        result = Axe().run(page, options={"resultTypes": ["violations"], "preload": False})
        assert result.response["passes"]
        assert result.violations_count == 0, (path, result.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert said == []
        page.close()


def _noted(said: list[str], message: ConsoleMessage) -> None:
    said.append(message.text)


def test_two_plans_are_compared_and_the_address_keeps_them(browser: Browser, nation: NationSite) -> None:
    page = browser.new_page()
    page.goto(f"{nation.site.as_uri()}/en/plans/{KHELANG}.html")
    page.click("text=Compare this plan with another")
    expect(page.locator("#head-a a")).to_have_text("Khelang Nakhon Town Municipality 2566–2570")
    page.select_option("#province-b", "th-54")
    page.select_option("#plan-b", index=1)
    expect(page.locator("#shown")).to_contain_text("Comparing Khelang Nakhon Town Municipality 2566–2570 and ")
    rows = {
        row[0]: row[1:] for row in (r.all_inner_texts() for r in map(_cells, page.locator("#compare tbody tr").all()))
    }
    slug = page.input_value("#plan-b")
    [other] = [folder for folder in nation.taken if _id_of(folder) == slug]
    for at, folder in ((0, nation.taken[-1]), (1, other)):
        wanted = figures([folder])
        assert number(rows["Planned (baht)"][at]) == wanted.total
        assert number(rows["Projects, activities and measures"][at]) == wanted.projects
        assert rows["Without money of their own in any year"][at].startswith(f"{wanted.never} (")
        first = sum(baht for (code, _), baht in wanted.amounts.items() if code == "1")
        assert rows["Dimension 1 (share of the plan)"][at] == f"{first:,} ({100 * first / wanted.total:.1f} %)"
    address = page.evaluate("location.href")  # page.url may be behind
    page.close()
    page = browser.new_page()
    page.goto(address)
    expect(page.locator("#shown")).to_contain_text("Comparing Khelang")
    page.goto(f"{nation.site.as_uri()}/en/compare/index.html#a=th-52/no-such&b=../../x/y")
    page.reload()
    expect(page.locator("#shown")).to_contain_text("is not here")
    page.close()
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{nation.site.as_uri()}/en/compare/index.html")
    assert not page.locator("#compare").is_visible()
    page.click("main li a >> text=Phrae")
    assert page.url.endswith("en/provinces/th-54.html")
    page.close()


def _cells(row: Any) -> Any:
    return row.locator("th, td")


def test_a_portal_that_is_not_reached_is_shown_by_its_own_address() -> None:
    """No part of it is taken for a folder of the computer that gathered the plans."""
    source = "ckan+https://portal.example/organization/khelang"
    row = dict.fromkeys(column_types(PACKAGES)) | {"package": source, "root": source, "state": "refused"}
    shown = sources_of({"packages": [row], "issues": []}, {})[source]
    assert (shown.name, shown.address) == (source, "https://portal.example/organization/khelang")


def test_tables_sort(browser: Browser, nation: NationSite) -> None:
    page = browser.new_page()
    page.goto(f"{nation.site.as_uri()}/en/index.html")
    page.click("#provinces-table thead button >> text=Planned (baht)")
    page.wait_for_timeout(50)
    money = [number(text) for text in page.locator("#provinces-table tbody td:nth-child(8)").all_inner_texts()]
    assert money == sorted(money, reverse=True)
    page.close()


def test_html_is_valid(nation: NationSite, tmp_path: Path) -> None:
    for path in (*PAGES, f"th/plans/{_id_of(nation.taken[5])}.html", f"en/plans/{_id_of(nation.taken[4])}.html"):
        (tmp_path / "pages" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(nation.site / path, tmp_path / "pages" / path)
    assert site_tools().html_faults(tmp_path / "pages") == []
