"""Every number on every page follows from the tables of the release, which are read and added here anew."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from khelang_opendata.formats.key_figures import KeyFigures
from tests.conftest import PLAN
from tests.releases import NAME, index_of
from tests.roundtrip import edition_of
from tests.sites import NATURE, ReadPage, by, numbers_in, read_pages, table_of

YEARS = ("2566", "2567", "2568", "2569", "2570")
LANGUAGES = ("th", "en")
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, ReadPage]:
    return read_pages(site)


class Tables:
    """The tables of the release and the sums that a reader would make of them."""

    def __init__(self, releases: Path) -> None:
        self.releases = releases
        self.projects = {row["project_id"]: row for row in table_of(releases, "projects")}
        self.budgets = table_of(releases, "budgets")
        self.units = {row["unit_id"]: row for row in table_of(releases, "units")}
        self.targets = table_of(releases, "targets")
        self.errata = table_of(releases, "errata")

    def rows(self, name: str) -> Rows:
        return table_of(self.releases, name)

    def money(self, projects: Iterable[str], year: str | None = None, **values: str) -> tuple[Decimal, bool]:
        wanted = {*projects}
        lines = [
            line
            for line in self.budgets
            if line["project_id"] in wanted
            and year in (None, line["fiscal_year_be"])
            and all(line[name] == value for name, value in values.items())
        ]
        known = sum((Decimal(line["amount_thb"] or 0) for line in lines), Decimal())
        return known, any(line["budget_status"] == "unknown" for line in lines)

    def division(self, unit: str) -> str:
        while unit and (parent := self.units[unit]["parent_unit_id"]) and self.units[parent]["unit_level"] != "lao":
            unit = parent
        return unit

    def errata_of(self, project: str) -> set[str]:
        further = self.rows("errata_records")
        return {row["erratum_id"] for row in (*self.errata, *further) if row["record_id"].partition("/")[0] == project}


@pytest.fixture(scope="module")
def tables(released: Path) -> Tables:
    return Tables(released)


def written(money: tuple[Decimal, bool], language: str, none: tuple[str, str] = ("ไม่มี", "None")) -> str:
    """An amount as pages write it."""
    amount, is_least = money
    least = ("อย่างน้อย ", "at least ")[LANGUAGES.index(language)] if is_least else ""
    return f"{least}{amount:,.0f}" if amount or is_least else none[LANGUAGES.index(language)]


def share(money: tuple[Decimal, bool], total: tuple[Decimal, bool]) -> str:
    return f"{money[0] * 100 / total[0]:.1f} %" if money[0] else "–"


def home(pages: dict[str, ReadPage], language: str) -> ReadPage:
    return pages["index.html" if language == "th" else "en/index.html"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_table_of_projects_has_each_amount(pages: dict[str, ReadPage], tables: Tables, language: str) -> None:
    head, *rows = pages[f"{language}/projects/index.html"].tables["projects"]
    assert len(rows) == len(tables.projects)
    assert re.findall(r"\d{4}", " ".join(head)) == [*YEARS]
    for project, row in zip(tables.projects.values(), rows, strict=True):
        id_ = project["project_id"]
        assert row[0] == project["sequence_no"]
        for year, cell in zip(YEARS, row[3:8], strict=True):
            money = tables.money([id_], year)
            if money[0]:
                assert cell == written(money, language), (id_, year)
            else:
                assert not numbers_in(cell), "a status, not an amount of 0"
        total = tables.money([id_])
        assert row[8] == written(total, language) if total[0] else not numbers_in(row[8])
        assert row[9] == str(len(tables.errata_of(id_)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_page_has_the_sums_by_year_and_dimension(
    pages: dict[str, ReadPage], tables: Tables, language: str
) -> None:
    [table] = [rows for rows in home(pages, language).tables.values() if len(rows[0]) == len(YEARS) + 3]
    dimensions = tables.rows("dimensions")
    for dimension, row in zip(dimensions, table[1:-1], strict=True):
        ids = [p["project_id"] for p in tables.projects.values() if p["dimension_id"] == dimension["dimension_id"]]
        sums = [*(tables.money(ids, year) for year in YEARS), tables.money(ids)]
        assert row[1:] == [*(written(one, language) for one in sums), str(len(ids))]
        assert row[0].startswith(dimension["dimension_code"])
    sums = [*(tables.money(tables.projects, year) for year in YEARS), tables.money(tables.projects)]
    assert table[-1][1:] == [*(written(one, language) for one in sums), str(len(tables.projects))]


def _groups(tables: Tables, folder: str) -> dict[str, list[str]]:
    """The projects of each part of the plan, by the name of its page."""
    found: dict[str, list[str]] = {}
    for id_, project in tables.projects.items():
        if folder == "dimensions":
            slugs = {project["dimension_id"]}
        elif folder == "divisions":
            slugs = {tables.division(project["lead_unit_id"])}
        else:
            slugs = {row["audience"] for row in tables.targets if row["project_id"] == id_ and row["audience"]}
        for slug in slugs:
            found.setdefault(slug.removeprefix(f"{NAME}-").lower(), []).append(id_)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", ["dimensions", "divisions", "audiences"])
def test_parts_of_the_plan_add_up(pages: dict[str, ReadPage], tables: Tables, folder: str, language: str) -> None:
    total = tables.money(tables.projects)
    groups = _groups(tables, folder)
    listed = pages[f"{language}/{folder}/index.html"]
    names = [
        link["to"]
        for tag, link in listed.links
        if tag == "a" and re.fullmatch(r"(?!index)[a-z0-9_]+\.html", link["to"])
    ]
    assert {name.removesuffix(".html") for name in names} == {*groups}
    for name, row in zip(names, next(iter(listed.tables.values()))[1:], strict=True):
        ids = groups[name.removesuffix(".html")]
        money = tables.money(ids)
        assert row[1:4] == [str(len(ids)), written(money, language), share(money, total)]
        page = pages[f"{language}/{folder}/{name}"]
        years = next(rows for key, rows in page.tables.items() if key != "projects")
        assert [one[1] for one in years[1:-1]] == [written(tables.money(ids, year), language) for year in YEARS]
        assert years[-1][1] == written(money, language)
        numbers = [one[0] for one in page.tables["projects"][1:]]
        assert numbers == [tables.projects[id_]["sequence_no"] for id_ in ids]


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_each_project_has_its_records(pages: dict[str, ReadPage], tables: Tables, language: str) -> None:
    counted = {name: by(tables.rows(name), "project_id") for name in ("steps", "objectives", "indicators", "targets")}
    lines = by(tables.budgets, "project_id")
    for id_, project in tables.projects.items():
        page = pages[f"{language}/projects/{id_.removeprefix(f'{NAME}-').lower()}.html"]
        shown = [row for row in page.tables["budget"][1:] if len(row) == 8]
        given = sorted(lines[id_], key=lambda line: line["fiscal_year_be"])
        for line, row in zip(given, shown, strict=True):
            assert row[0].startswith(line["fiscal_year_be"])
            amount = f"{Decimal(line['amount_thb'] or 0):,.0f}"
            assert row[1] == amount if line["budget_status"] == "budgeted" else not numbers_in(row[1])
            for cell, column in ((row[6], "summary_amount_printed"), (row[7], "sheet_amount_printed")):
                assert not line[column] or cell == " ".join(line[column].split())
        suffix = "th" if language == "th" else "en"
        words = " ".join(page.text.split())
        for records in (counted[name].get(id_, []) for name in counted):
            for record in records:
                label = record.get(f"label_{suffix}") or record.get(f"group_{suffix}") or record.get("label_th", "")
                assert " ".join(label.split()) in words, (id_, label)
        assert {row[0].split()[0].lower() for row in page.tables.get("contradictions", [])[1:]} == {
            erratum.removeprefix(f"{NAME}-").lower() for erratum in tables.errata_of(id_)
        }
        assert project["title_th"] in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_of_errata_has_each_with_its_values(pages: dict[str, ReadPage], tables: Tables, language: str) -> None:
    page = pages[f"{language}/errata/index.html"]
    shown = {row[0].split()[0].lower(): row for name, rows in page.tables.items() if "table-" in name for row in rows}
    assert len([key for key in shown if re.fullmatch(r"e\d+", key)]) == len(tables.errata)
    in_words = {erratum["erratum_id"]: erratum for erratum in KeyFigures(edition_of(PLAN)).errata}
    for erratum in tables.errata:
        row = shown[erratum["erratum_id"].removeprefix(f"{NAME}-").lower()]
        words = [in_words[erratum["erratum_id"]][name][language == "en"] for name in ("other", "adopted")]
        for cell, text in enumerate((erratum["printed_value"], *words), 2):
            assert " ".join(text.split()) in row[cell]
    counts = by(tables.errata, "topic")
    matrix = next(rows for name, rows in page.tables.items() if "table-" not in name)
    assert [int(row[-1]) for row in matrix[1:-1]] == [len(counts[topic]) for topic in TOPICS]
    weights = by(tables.errata, "weight")
    assert [*map(int, matrix[-1][1:])] == [
        *(len(weights[name]) for name in ("money_or_responsibility", "meaning", "editorial")),
        len(tables.errata),
    ]


def _data_numbers(tables: Tables) -> set[str]:
    """All numbers that cells of the tables have, and those in the names of years, versions and days."""
    names: tuple[str, ...] = (
        "plans",
        "dimensions",
        "missions",
        "units",
        "projects",
        "budgets",
        "budget_items",
        "targets",
        "objectives",
    )
    names += ("steps", "step_promises", "indicators", "risks", "risk_factors", "risk_controls", "project_units")
    cells = (cell for name in (*names, "errata") for row in tables.rows(name) for cell in row.values())
    found = numbers_in(" ".join(cells))
    return found | {number.lstrip("0") or "0" for number in found} | {f"{Decimal(number):f}" for number in found}


def _sums(tables: Tables) -> set[str]:
    """All sums and shares of parts of the plan, of its years and sources."""
    everything = {"all": [*tables.projects]}
    parts = {**everything, **{p: [p] for p in tables.projects}}
    for folder in ("dimensions", "divisions", "audiences"):
        parts |= {f"{folder}/{slug}": ids for slug, ids in _groups(tables, folder).items()}
    parts |= {
        f"kind/{kind}": [p["project_id"] for p in rows]
        for kind, rows in by([*tables.projects.values()], "project_kind").items()
    }
    unscored = {d["dimension_id"] for d in tables.rows("dimensions") if d["scored"] == "false"}
    parts["scored"] = [id_ for id_, p in tables.projects.items() if p["dimension_id"] not in unscored]
    total = tables.money(tables.projects)[0]
    found: set[str] = set()
    for ids in parts.values():
        for year in (None, *YEARS):
            amount = tables.money(ids, year)[0]
            found |= {f"{amount:.0f}", f"{amount * 100 / total:.1f}"}
    for line in tables.budgets:
        same = {"funding_source": line["funding_source"]}
        for more in ({}, {"source_basis": "stated"}, {"source_basis": "not_stated"}):
            amount = tables.money(tables.projects, None, **same, **more)[0]
            found |= {f"{amount:.0f}", f"{amount * 100 / total:.1f}"}
    not_said = [line for line in tables.budgets if line["amount_basis"] == "not_said"]
    found.add(f"{sum(Decimal(line['amount_thb'] or 0) for line in not_said):.0f}")
    ranked = sorted((tables.money([id_])[0] for id_ in tables.projects), reverse=True)
    running = [sum(ranked[:count], Decimal()) for count in range(len(ranked) + 1)]
    found |= {f"{amount * 100 / total:.1f}" for amount in running} | {f"{total - amount:.0f}" for amount in running}
    return found | {f"{(total - amount) * 100 / total:.1f}" for amount in running}


TOPICS = ("amount", "period", "count", "responsibility", "name", "wording", "numbering", "legal_reference", "layout")
COUNTS = {str(count) for count in range(400)}
"""Counts of rows are below this; the tests above judge each of those that matter."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_large_number_that_is_not_in_the_data(
    pages: dict[str, ReadPage], tables: Tables, released: Path, language: str
) -> None:
    """All amounts, shares and years; the sizes and hashes of files have a test of their own."""
    known = _data_numbers(tables) | _sums(tables) | COUNTS
    [entry] = index_of(released)["releases"]
    known |= numbers_in(f"{entry['version']} {entry['released_on']} 2569 1.0 {NAME}")
    known |= {str(int(year) - 543) for year in YEARS}
    charts = {"49", "35", "43", "79.5"}  # the per cent of indicators and of the five largest projects, in drawings
    for path, page in pages.items():
        if path.startswith(f"{language}/") or (language == "th" and path == "index.html"):
            if "/evidence/" in path or "/data/" in path:
                continue
            text = re.sub(r"\d+(\.\d+)? [kM]B", "", page.text)
            assert numbers_in(text) - known - charts == set(), path


def test_nature_of_the_money_is_on_every_page(pages: dict[str, ReadPage]) -> None:
    for path, page in pages.items():
        if "/evidence/" not in path:
            assert NATURE[path.startswith("en/")] in page.text, path


def test_sizes_and_hashes_are_those_of_the_files(site: Path, pages: dict[str, ReadPage]) -> None:
    page = pages["th/data/index.html"]
    [entry] = index_of(site)["releases"]
    assert entry["archive_hash"].removeprefix("sha256:") in page.text
    for (path, _), (_, link) in zip(page.internal, page.links, strict=False):
        if link.get("download") is None or not path.startswith("v1.0.0/"):
            continue
        size = (site / path).stat().st_size
        written = f"{max(1, round(size / 1000))} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
        assert written in page.text[page.text.index(f" {Path(path).name} ") :][:160], path
