"""The charts of plans: their numbers are the package's, and whatever a package says stays text."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import resvg_py
import vl_convert

from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.wording import Language
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.render.messages import failure_text
from khelang_opendata.site.chart_drawing import style
from khelang_opendata.site.charts import Chart, chart_css, plan_charts
from khelang_opendata.site.text_layout import lines_of, width_of
from tests.conftest import EXAMPLES, PLAN, VALID, fails
from tests.roundtrip import edition_of

HUAI_SAI = EXAMPLES / "valid/huai-sai-2566-2570"
ALL = ["money-by-year", "money-by-division", "money-by-project", "money-by-source", "entries-by-kind"]

Record = dict[str, str]


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)  # noqa: S314 (ours)


def charts_of(edition: Edition, language: Language = Language.EN) -> dict[str, Chart]:
    return {chart.id: chart for chart in plan_charts(KeyFigures(edition), language)}


@pytest.fixture(scope="module")
def real() -> dict[Language, dict[str, Chart]]:
    edition = edition_of(PLAN)
    return {language: charts_of(edition, language) for language in Language}


@pytest.fixture(scope="module")
def thai(real: dict[Language, dict[str, Chart]]) -> dict[str, Chart]:
    return real[Language.TH]


@pytest.fixture(scope="module")
def english(real: dict[Language, dict[str, Chart]]) -> dict[str, Chart]:
    return real[Language.EN]


def rows_of(name: str, folder: Path = PLAN) -> list[Record]:
    """A table of the package, read without the library."""
    with (folder / f"data/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def amounts_by(keys: Callable[[Record, Record], object]) -> Mapping[object, Decimal]:
    """The money of the real plan by something that a line of the budgets and its project have."""
    projects = {project["project_id"]: project for project in rows_of("projects")}
    found: defaultdict[object, Decimal] = defaultdict(Decimal)
    for line in rows_of("budgets"):
        found[keys(line, projects[line["project_id"]])] += Decimal(line["amount_thb"] or 0)
    return found


def number(text: str) -> Decimal:
    """The amount that a text begins with."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    assert found, text
    return Decimal(found[0].replace(",", ""))


def texts_of(svg: str) -> list[str]:
    return [element.text or "" for element in parsed(svg).iter("text")]


def bars_of(chart: Chart) -> list[dict[str, float | str]]:
    """The data of the bars of a specification."""
    return [value for layer in chart.spec["layer"] for value in layer["data"]["values"] if "from" in value]


def test_money_by_year_is_that_of_the_budgets(thai: dict[str, Chart]) -> None:
    chart = thai["money-by-year"]
    by_dimension = amounts_by(lambda line, project: (line["fiscal_year_be"], project["dimension_id"]))
    ids = [f"khelang-nakhon-2566-2570-D{code}" for code in ("1", "2", "3", "4", "3S")]
    assert [[number(cell) for cell in row[1:-1]] for row in chart.table.rows] == [
        [by_dimension[row[0], id_] for id_ in ids] for row in chart.table.rows
    ]
    by_year = amounts_by(lambda line, _: line["fiscal_year_be"])
    assert {row[0]: number(row[-1]) for row in chart.table.rows} == by_year
    shown = Counter(number(text) for text in texts_of(chart.wide) if "," in text and ":" not in text)
    assert shown == Counter(by_year.values())
    lengths = sorted(Decimal(str(bar["to"])) - Decimal(str(bar["from"])) for bar in bars_of(chart))
    assert lengths == sorted(amount for amount in by_dimension.values() if amount)


def test_columns_are_as_high_as_their_money(thai: dict[str, Chart]) -> None:
    """The longest column has 260 pixels for 5,996,755 baht."""
    paths = [path.get("d", "") for path in parsed(thai["money-by-year"].wide).iter("path")]
    boxes = [tuple(map(float, match)) for d in paths for match in re.findall(r"M([\d.]+),[\d.]+h96v([\d.]+)", d)]
    heights: defaultdict[float, float] = defaultdict(float)
    for left, height in boxes:
        heights[left] += height
    by_year = amounts_by(lambda line, _: line["fiscal_year_be"])
    expected = [float(by_year[year]) * 260 / 5_996_755 for year in sorted(map(str, by_year))]
    assert [heights[left] for left in sorted(heights)] == pytest.approx(expected, abs=0.3)


def test_money_by_project_is_that_of_the_budgets(english: dict[str, Chart]) -> None:
    *projects, none = english["money-by-project"].table.rows
    by_number = amounts_by(lambda _, project: project["sequence_no"])
    shown = {row[0].split(".")[0]: number(row[1]) for row in projects}
    assert shown == {key: amount for key, amount in by_number.items() if amount}
    assert [*shown.values()] == sorted(shown.values(), reverse=True)
    assert none[0] == "24 entries without money of their own"
    assert "The first 5 have 79.5% of the plan" in english["money-by-project"].subtitle
    assert projects[0][1:] == ["at least 3,887,155", "30.0"]


def test_money_by_division_and_by_source_add_up_to_the_plan(english: dict[str, Chart]) -> None:
    for id_ in ("money-by-division", "money-by-source"):
        rows = english[id_].table.rows
        assert sum(number(row[1]) for row in rows if row[1] != "not known") == 12_942_155
    by_basis = amounts_by(lambda line, _: (line["funding_source"], line["source_basis"]))
    shown = {number(row[1]) for row in english["money-by-source"].table.rows if row[1] != "not known"}
    assert shown == {amount for amount in by_basis.values() if amount}
    assert "Fund's balance brought forward (stated by the document): amount not known" in " ".join(
        texts_of(english["money-by-source"].wide)
    )


def test_kinds_and_indicators_are_counted(english: dict[str, Chart]) -> None:
    kinds = Counter(project["project_kind"] for project in rows_of("projects"))
    rows = english["entries-by-kind"].table.rows
    assert {row[0].lower(): int(row[1]) for row in rows} == kinds
    assert [row[2] for row in rows] == ["at least 12,892,155", "no money of their own", "50,000"]
    levels = Counter(row["result_level"] for row in rows_of("indicators"))
    with_value = Counter(row["result_level"] for row in rows_of("indicators") if row["value"])
    shown = {row[0]: (int(row[1]), int(row[2])) for row in english["indicator-values"].table.rows}
    names = {"Output": "output", "Outcome": "outcome", "Not separated": "unspecified"}
    assert shown == {name: (with_value[code], levels[code]) for name, code in names.items()}


def test_what_is_spent_is_shown_where_it_is_reported(english: dict[str, Chart]) -> None:
    assert "planned-and-spent" not in english
    chart = charts_of(edition_of(VALID))["planned-and-spent"]
    assert [row[2] for row in chart.table.rows] == ["18,750.50", "118,900.25", "not reported", "not reported"]
    spent = sum(number(row[2]) for row in chart.table.rows[:2])
    assert spent == KeyFigures(edition_of(VALID)).spent
    assert chart.wide.count("<line") == 2
    assert [row[3] for row in chart.table.rows[:2]] == ["3/7", "1/7"]


@pytest.mark.parametrize("language", Language)
def test_drawings_hold_no_style_and_no_script(real: dict[Language, dict[str, Chart]], language: Language) -> None:
    for chart in real[language].values():
        for svg in (chart.wide, chart.narrow):
            root = parsed(svg)
            assert {element.tag for element in root.iter()} <= {
                *("svg", "title", "desc", "defs", "pattern", "rect", "g", "path", "line", "text")
            }
            names = {name for element in root.iter() for name in element.attrib}
            assert not {name for name in names if name.startswith(("on", "aria-role")) or name in ("style", "href")}
            assert [element.get("role") for element in root.iter() if element.get("role")] == ["img"]
            assert root.find("title") is not None and root.find("desc") is not None
            assert set(re.findall(r"var\((--[\w-]+)\)", svg)) <= set(re.findall(r"(--[\w-]+):", chart_css()))


def test_ids_differ_in_all_drawings_of_a_page_and_every_reference_has_its_own(thai: dict[str, Chart]) -> None:
    svgs = [svg for chart in thai.values() for svg in (chart.wide, chart.narrow)]
    ids = [name for svg in svgs for name in re.findall(r' id="([^"]+)"', svg)]
    assert len(ids) == len({*ids})
    for svg in svgs:
        own = set(re.findall(r' id="([^"]+)"', svg))
        used = {*re.findall(r"url\(#([^)]+)\)", svg), *re.findall(r'aria-labelledby="(\S+) (\S+)"', svg)[0]}
        assert used == own


def test_no_text_reaches_beyond_its_drawing(real: dict[Language, dict[str, Chart]]) -> None:
    for chart in (chart for charts in real.values() for chart in charts.values()):
        for svg, width in ((chart.wide, 720), (chart.narrow, 330)):
            for element in parsed(svg).iter("text"):
                x, text = float(element.get("x", "0")), element.text or ""
                if element.get("text-anchor") != "middle":
                    assert x + width_of(text, 14) <= width + 1, text


def test_thai_is_searchable_as_it_is_typed(thai: dict[str, Chart]) -> None:
    """Sara am is one letter, which the engine cannot measure, and no line or run divides a syllable's marks."""
    texts = texts_of(thai["money-by-project"].wide)
    assert any("33. โครงการจัดทำแผนชุมชน" in text for text in texts)
    assert not [text for text in texts if re.search("\u0e4d|^[\u0e31\u0e33-\u0e3a\u0e47-\u0e4e]", text)]


def test_weight_of_the_drawings(real: dict[Language, dict[str, Chart]]) -> None:
    """The first page has 150 kB for everything but fonts; both drawings of all charts take a third of that."""
    for charts in real.values():
        assert sum(len((chart.wide + chart.narrow).encode()) for chart in charts.values()) < 50_000


def test_charts_are_the_same_twice() -> None:
    edition = edition_of(VALID)
    assert charts_of(edition) == charts_of(edition)


def test_picture_is_a_png_as_wide_as_a_post(thai: dict[str, Chart]) -> None:
    png = thai["money-by-year"].png
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(png[16:20]) == 1164
    assert int.from_bytes(png[20:24]) > 600


def test_picture_names_its_source_and_address(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def spy(*, svg_string: str, **options: Any) -> bytes:
        drawn.append(svg_string)
        return resvg_original(svg_string=svg_string, **options)

    resvg_original = resvg_py.svg_to_bytes
    monkeypatch.setattr(resvg_py, "svg_to_bytes", spy)
    plan_charts(KeyFigures(edition_of(VALID)), Language.TH, address="https://example.org/plan/")
    for svg in drawn:
        texts = [element.text or "" for element in parsed(svg).iter() if element.tag.endswith("text")]
        assert "https://example.org/plan/" in texts
        assert any("ที่มา: แผนปฏิบัติการป้องกันการทุจริตสี่ปี" in text and "แม่ทุ่ง" in text for text in texts)
    assert sum("ยังไม่ใช่เงินที่จ่ายจริง" in svg for svg in drawn) == 5


def changed(edition: Edition, table: str, change: Callable[[Iterator[Record]], Iterator[Record]]) -> Edition:
    """The edition with other rows in a table."""
    old = edition.tables[table]
    names = [field.name for field in old.schema.fields]
    rows = tuple(tuple(record[name] for name in names) for record in change(old.records()))
    return replace(edition, tables={**edition.tables, table: ReleasedTable(old.schema, rows)})


HOSTILE = "<script>alert(1)</script>\"'&]]>\u202egnp.exe\u0007 {x} </svg></title>" + "ก" * 5_000


def test_hostile_texts_are_shown_as_texts() -> None:
    edition = edition_of(PLAN)

    def hostile(records: Iterator[Record]) -> Iterator[Record]:
        return ({**r, **{n: HOSTILE for n in r if n.endswith(("_th", "_en"))}} for r in records)

    for table in ("projects", "units", "dimensions", "plans"):
        edition = changed(edition, table, hostile)
    charts = charts_of(edition, Language.TH)
    assert [*charts] == [*ALL, "indicator-values"]
    for chart in charts.values():
        for svg in (chart.wide, chart.narrow):
            root = parsed(svg)
            assert not {"script", "SCRIPT"} & {element.tag for element in root.iter()}
            assert "<script" not in svg and "\u202e" not in svg and "\u0007" not in svg
        assert chart.png.startswith(b"\x89PNG")
    texts = " ".join(texts_of(charts["money-by-project"].wide))
    assert "<script>alert(1)</script>" in texts.replace(" ", "")
    assert "2,750,000 บาท" in " ".join(texts_of(charts["money-by-year"].narrow))
    assert "<U+202E>" in charts["money-by-project"].table.rows[0][0]
    assert sum(len((chart.wide + chart.narrow).encode()) for chart in charts.values()) < 90_000


def test_a_plan_without_budgets_has_charts_of_what_it_has() -> None:
    charts = charts_of(changed(edition_of(PLAN), "budgets", lambda _: iter(())))
    assert [*charts] == ["entries-by-kind", "indicator-values"]
    assert {row[2] for row in charts["entries-by-kind"].table.rows} == {"no money of their own"}


def test_a_plan_of_which_no_amount_is_known_says_so() -> None:
    def unknown(lines: Iterator[Record]) -> Iterator[Record]:
        return ({**line, "budget_status": "unknown", "amount_thb": ""} for line in lines)

    charts = charts_of(changed(edition_of(PLAN), "budgets", unknown))
    assert "money-by-year" not in charts and "money-by-source" not in charts
    assert {row[1] for row in charts["money-by-division"].table.rows} == {"not known"}
    assert texts_of(charts["money-by-division"].wide).count("amount not known") == 9


def test_a_plan_without_projects_has_no_chart() -> None:
    edition = edition_of(PLAN)
    for table in ("projects", "budgets", "indicators"):
        edition = changed(edition, table, lambda _: iter(()))
    assert charts_of(edition) == {}


def test_a_plan_without_dimensions_has_columns_of_one_colour() -> None:
    chart = charts_of(edition_of(HUAI_SAI))["money-by-year"]
    assert chart.title == "Planned money by year"
    assert chart.table.headings == ["Fiscal year (B.E.)", "Planned (baht)"]
    assert "Without 300,000 baht that the document gives for all years together" in chart.subtitle
    assert {bar["colour"] for bar in bars_of(chart)} == {"c1"}


def test_a_plan_of_one_year_has_one_column() -> None:
    edition = changed(
        edition_of(PLAN), "plans", lambda plans: ({**plan, "end_fiscal_year_be": "2566"} for plan in plans)
    )
    edition = changed(edition, "budgets", lambda lines: (line for line in lines if line["fiscal_year_be"] == "2566"))
    chart = charts_of(edition)["money-by-year"]
    assert [row[0] for row in chart.table.rows] == ["2566"]
    assert chart.subtitle.startswith("Fiscal year 2566 B.E.")


def test_of_a_thousand_projects_twenty_have_bars_and_the_others_one() -> None:
    edition = edition_of(PLAN)
    project, line = next(edition.records("projects")), next(edition.records("budgets"))
    ids = [f"p{number}" for number in range(1, 1001)]
    edition = changed(
        edition, "projects", lambda _: ({**project, "project_id": id_, "sequence_no": id_[1:]} for id_ in ids)
    )
    edition = changed(edition, "budgets", lambda _: ({**line, "project_id": id_, "amount_thb": id_[1:]} for id_ in ids))
    rows = charts_of(edition)["money-by-project"].table.rows
    assert len(rows) == 21
    assert rows[0][1] == "1,000"
    assert rows[-1][:2] == ["980 others", f"{sum(range(1, 981)):,}"]


def test_many_dimensions_share_the_last_colour() -> None:
    edition = edition_of(PLAN)
    first = next(edition.records("dimensions"))
    ids = [f"d{number}" for number in range(12)]
    edition = changed(
        edition, "dimensions", lambda _: ({**first, "dimension_id": id_, "dimension_code": id_} for id_ in ids)
    )
    edition = changed(
        edition,
        "projects",
        lambda projects: ({**p, "dimension_id": ids[at % 12]} for at, p in enumerate(projects)),
    )
    chart = charts_of(edition)["money-by-year"]
    assert chart.table.headings[5] == "Other dimensions"
    assert sum(number(row[-1]) for row in chart.table.rows) == 12_942_155
    assert {bar["colour"] for bar in bars_of(chart)} == {"c1", "c2", "c3", "c4", "c5"}


def test_missing_libraries_are_named_with_the_command_that_installs_them(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = KeyFigures(edition_of(VALID))
    for module in (vl_convert, resvg_py):
        with monkeypatch.context() as context:
            context.setitem(sys.modules, module.__name__, None)
            with fails("extra_missing", match="the extra site") as caught:
                plan_charts(figures, Language.EN)
            assert 'pip install ".[site]"' in failure_text(caught.value, Language.EN).fix


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_hold_the_contrast_of_wcag(scheme: str) -> None:
    """Text 4.5 to 1 (WCAG 2.2, 1.4.3), what is no text 3 to 1 (1.4.11)."""
    colours = {name: pair[scheme] for name, pair in style()["colours"].items()}
    for name in ("ink", "soft"):
        assert contrast(colours[name], colours["paper"]) >= 4.5
    for number in range(1, 6):
        assert contrast(colours[f"on{number}"], colours[f"c{number}"]) >= 4.5
        assert contrast(colours[f"c{number}"], colours["paper"]) >= 3
    for name in ("line", "ink"):
        assert contrast(colours[name], colours["paper"]) >= 3
    assert contrast(colours["ink"], colours["pale"]) >= 3


def contrast(one: str, other: str) -> float:
    """How far apart two colours are in brightness, as WCAG 2.2 defines it."""
    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a b", ["a b"]),
        ("โครงการฝึกอบรมเพื่อพัฒนาบุคลากรเทศบาลเมืองเขลางค์นคร", ["โครงการฝึกอบรม…"]),
    ],
)
def test_lines(text: str, lines: list[str]) -> None:
    assert lines_of(text, 140, 14, most=1) == lines


def test_no_line_is_wider_than_asked_and_names_stay_whole() -> None:
    name = "เทศบาลเมืองเขลางค์นคร"
    for project in rows_of("projects"):
        lines = lines_of(project["title_th"], 300, 14, most=9, whole=[name])
        assert max(width_of(line, 14) for line in lines) <= 300
        assert "".join(lines).replace(" ", "") == project["title_th"].replace(" ", "")
        assert project["title_th"].count(name) == sum(line.count(name) for line in lines)
