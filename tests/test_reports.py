"""Reports in every form: right in both languages, and safe whatever the cells hold."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from khelang_opendata import Issue, Language, Location, Package, Report, Severity, rules, validate
from khelang_opendata.model.characters import encodable, harmless, visible
from khelang_opendata.model.places import letters
from khelang_opendata.model.report import MAX_LISTED, Tally
from khelang_opendata.render.excerpt import Excerpt, Sheets, excerpt_of
from khelang_opendata.render.report_csv import HEADER
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.render.terminal import clip, width
from khelang_opendata.standard.family import CURRENT
from khelang_opendata.validation.catalogue import rule
from tests.conftest import PLAN, ROOT, Khelang, replace_in

ERRATUM = "khelang-nakhon-2566-2570-E001"
EVIL = "<script>alert('x')</script>"
SPOILED = [
    ("budgets.csv", ",300000,", ",๓๐๐๐๐๐ บาท,"),
    ("budgets.csv", ",not_stated,", ",=1+1,"),
    ("projects.csv", "-U21,", "-U99,"),
    ("projects.csv", "โครงการป้องกันผลประโยชน์ทับซ้อนของเทศบาลเมืองเขลางค์นคร", EVIL),
    *[("targets.csv", ",person,", ",persons,")] * 7,
    ("units.csv", "name_en", EVIL),
    ("risks.csv", ",low,", ",,extra"),
]


def spoiled(folder: Path, changes: list[tuple[str, str, str]]) -> Path:
    """A copy of the real plan with changes to its tables; the folder is made."""
    for source in [PLAN / "datapackage.json", *(PLAN / "data").glob("*.csv")]:
        target = folder / source.relative_to(PLAN)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    for name, old, new in changes:
        replace_in(folder / "data" / name, old, new)
    return folder


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """A package with faults of many kinds."""
    return Package.load(spoiled(tmp_path_factory.mktemp("spoiled") / "datapackage", SPOILED))


@pytest.fixture(scope="module")
def found(package: Package) -> Report:
    """What is wrong with it."""
    return validate(package)


def at(resource: str, row: int | None, field: str | None, cell: str | None = None) -> Issue:
    """An issue somewhere; which rule it breaks does not matter."""
    place = Location(resource, row, row, field, cell)
    if row is None or cell is None:
        return rule("table_unexpected").issue(place, name=resource, near="budgets")
    return rule("value_not_allowed").issue(place, allowed="a, b")


def report(*issues: Issue) -> Report:
    return Report.of(CURRENT, (), Tally(issues))


def rendered(
    form: ReportFormat, *issues: Issue, package: Package | None = None, language: Language = Language.EN
) -> str:
    return render_report(report(*issues), package, form, language)


# Every form


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("form", ReportFormat)
def test_every_form_of_a_real_report_can_be_written(
    package: Package, found: Report, form: ReportFormat, language: Language
) -> None:
    first, second = (render_report(found, package, form, language) for _ in range(2))
    assert first == second, "the same report twice is the same bytes"
    assert first.encode("utf-8")
    assert {i.code for i in found.issues} <= set(re.findall(r"\w+", first))
    assert "\x1b" not in first


@pytest.mark.parametrize("form", ReportFormat)
def test_half_a_surrogate_pair_from_the_descriptor_is_written(form: ReportFormat) -> None:
    found = rule("table_unexpected").issue(Location("\ud800"), name="\ud800", near="plans")
    assert rendered(form, found).encode("utf-8")


@pytest.mark.parametrize("form", ReportFormat)
def test_no_issue_and_no_package(form: ReportFormat) -> None:
    assert rendered(form)


def test_the_language_is_the_one_asked_for() -> None:
    found = at("budgets", 2, "funding_source", "x")
    for form in (ReportFormat.TEXT, ReportFormat.CSV, ReportFormat.SARIF):
        assert "วิธีแก้" in rendered(form, found, language=Language.TH)
        assert "บัญชีรหัส" not in rendered(form, found, language=Language.EN)


# Excerpts


def excerpt(package: Package, found: Issue) -> Excerpt:
    made = excerpt_of(Sheets(package), found, CURRENT)
    assert made is not None
    return made


def columns(made: Excerpt) -> list[str]:
    return [column.label for column in made.columns]


def marked(made: Excerpt) -> list[str]:
    return [column.label for column in made.columns if column.marked]


def test_excerpt_has_the_key_the_field_and_its_neighbours(package: Package) -> None:
    made = excerpt(package, at("projects", 5, "lead_unit_id"))
    assert columns(made) == ["project_id", "mission_id", "lead_unit_id", "lead_unit_printed"]
    assert (marked(made), made.cell_name) == (["lead_unit_id"], "L5")
    assert [column.letter for column in made.columns] == ["B", "K", "L", "M"]
    assert made.columns[0].cell == "khelang-nakhon-2566-2570-P04"


@pytest.mark.parametrize(("field", "name"), [("plan_id", "A2"), ("note_th", "O2")])
def test_excerpt_of_the_first_and_the_last_column(package: Package, field: str, name: str) -> None:
    made = excerpt(package, at("budgets", 2, field))
    assert (marked(made), made.cell_name) == ([field], name)
    assert len(made.columns) <= 5


def test_excerpt_of_a_repeated_key_marks_its_columns(package: Package) -> None:
    place = Location("targets", 3, 3)
    made = excerpt(package, rule("key_duplicate").issue(place, key="project_id + target_no", value="x", first_row=2))
    assert (marked(made), made.cell_name) == (["project_id", "target_no"], "B3, C3")


def test_excerpt_of_a_heading_of_a_row_too_long_and_of_one_too_short(package: Package, tmp_path: Path) -> None:
    heading = excerpt(package, rule("column_unexpected").issue(Location("units", 1, 1, EVIL, EVIL), name=EVIL))
    assert (marked(heading), heading.row, heading.columns[0].cell) == ([EVIL], 1, None)
    blank = excerpt(package, rule("column_name_invalid").issue(Location("units", 1, 1), variant="blank", position=3))
    assert marked(blank) == ["name_th"]
    changed = Package.load(spoiled(tmp_path / "p", []))
    (changed.root / "data/dimensions.csv").write_text("a,b\n1,2,3,4\n1\n", encoding="utf-8")
    changed = Package.load(changed.root)
    long = excerpt(changed, at("dimensions", 2, None))
    assert [(c.letter, c.cell) for c in long.columns if c.marked] == [("C", "3"), ("D", "4")]
    short = excerpt(changed, at("dimensions", 3, "b"))
    assert [(c.letter, c.cell, c.marked) for c in short.columns] == [("A", "1", False), ("B", None, True)]


@pytest.mark.parametrize(
    "found",
    [
        at("budgets", 999_999, "amount_thb"),
        at("budgets", 0, "amount_thb"),
        at("nowhere", 2, "x"),
        at("budgets", None, "x"),
    ],
)
def test_no_excerpt_of_a_place_that_is_not_there(package: Package, found: Issue) -> None:
    assert excerpt_of(Sheets(package), found, CURRENT) is None
    assert excerpt_of(Sheets(None), found, CURRENT) is None


@pytest.mark.parametrize("form", ReportFormat)
def test_tables_that_cannot_be_read_have_no_excerpt_and_no_errata(form: ReportFormat, tmp_path: Path) -> None:
    folder = spoiled(tmp_path / "p", [])
    for name in ("budgets", "errata"):
        (folder / f"data/{name}.csv").write_bytes("แผน,ปี\n".encode("cp874"))
    package = Package.load(folder)
    found = at("budgets", 3, "amount_thb", "x")._replace(acknowledged_by=ERRATUM)
    assert excerpt_of(Sheets(package), found, CURRENT) is None
    assert "value_not_allowed" in rendered(form, found, at("budgets", 2, "amount_thb"), package=package)


def test_column_letters() -> None:
    assert [letters(n) for n in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


# Cells


@pytest.mark.parametrize(
    ("text", "columns"),
    [("ที่", 1), ("เขลางค์นคร", 9), ("น้ำ", 2), ("กำกับ", 4), ("๓๐๐", 3), ("abc", 3), ("漢", 2), ("", 0)],
)
def test_width_counts_no_thai_mark(text: str, columns: int) -> None:
    assert width(text) == columns


@given(text=st.text(st.characters(codec="tis-620", exclude_categories=["Cc"]) | st.sampled_from("‘’“”–—…é漢")))
def test_width_of_thai_is_what_wcwidth_says(text: str) -> None:
    assert width(text) == wcswidth(text)


@pytest.mark.parametrize("limit", range(2, 14))
def test_clip_keeps_marks_on_their_letters(limit: int) -> None:
    text = "ที่ปรึกษากฎหมายผู้เชี่ยวชาญ"
    for shown in (clip(text, limit), clip(text, limit, keep_end=True)):
        assert width(shown) <= limit
        kept = shown.strip("…")
        assert kept in text
        assert not re.match("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", kept)
    assert clip("สั้น", 13) == "สั้น"


def test_nothing_invisible_reaches_the_reader() -> None:
    assert visible("ก\u200bข\u00a0ค\x1b[31m\u202e\nง ำ") == "ก<U+200B>ข<U+00A0>ค<U+001B>[31m<U+202E>\\nง ำ"
    assert encodable("\ud800ก") == "\\ud800ก"


@pytest.mark.parametrize("cell", ["=1+1", "+66", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"])
def test_formula_is_made_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    found = at("budgets", 2, "funding_source", cell)
    (_, row) = csv.reader(io.StringIO(rendered(ReportFormat.CSV, found).removeprefix("\ufeff"), newline=""))
    assert row[HEADER.index("cell ค่าที่พบ")] == f"'{cell}"
    assert not [other for other in row if other.startswith(("=", "+", "-", "@", "\t", "\r"))]


# Text


def test_text_marks_the_cell_under_its_column(package: Package) -> None:
    lines = rendered(ReportFormat.TEXT, at("targets", 2, "quantity_unit", "persons"), package=package).splitlines()
    (start,) = (n for n, line in enumerate(lines) if line.startswith("      | B"))
    _, heading, row, marks = lines[start : start + 4]
    assert heading.startswith("    1 | project_id")
    assert row.startswith("    2 | ")
    assert marks.strip(" ^") == ""
    assert row[marks.index("^") :].startswith("persons")
    assert heading[marks.index("^") :].startswith("quantity_unit")


@pytest.mark.parametrize("field", ["title_th", "lead_unit_printed", "source_section", "plan_id", "eplan_title_th"])
def test_text_tables_are_not_broken_by_thai_marks(package: Package, field: str) -> None:
    """Every bar of the table is in the same column of the terminal, and no line is wider than it."""
    text = rendered(ReportFormat.TEXT, at("projects", 2, field), package=package, language=Language.TH)
    rows = [line for line in text.splitlines() if re.match(r" {4}[ \d]+ \| ", line)]
    assert len(rows) == 3
    bars = [[width(row[: found.start()]) for found in re.finditer(r" \| ", row)] for row in rows]
    assert bars[0] == bars[1] == bars[2]
    assert max(map(width, rows)) <= 80


def test_text_groups_by_rule_errors_first_and_explains_once(package: Package) -> None:
    warnings = [
        rule("code_unknown").issue(Location("targets", r, r, "quantity_unit", "x"), codelist="c", near="-")
        for r in (2, 3)
    ]
    errors = [at("budgets", row, "funding_source", "x") for row in range(2, 30)]
    text = rendered(ReportFormat.TEXT, *warnings, *errors, package=package)
    assert text.index("[error value_not_allowed]") < text.index("[warning code_unknown]")
    assert text.count(rules()["value_not_allowed"].explanation[Language.EN]) == 1
    assert text.count("Fix: ") == 2
    assert len(re.findall(r"^  budgets F\d+: ", text, re.MULTILINE)) == 3
    listed = ", ".join(map(str, range(5, 25)))
    assert f"    budgets.funding_source row {listed} and 5 more\n" in text
    assert text.splitlines()[-1].startswith("Not valid: 28 errors, 2 warnings")


def test_text_lists_the_acknowledged_shortly_at_the_end(package: Package) -> None:
    ids = [f"khelang-nakhon-2566-2570-E00{n}" for n in (1, 2, 2)]
    known = [at("budgets", 2, "note_th", "x")._replace(acknowledged_by=i) for i in ids]
    lines = rendered(ReportFormat.TEXT, *known, package=package).splitlines()
    assert lines[:2] == [
        "Acknowledged and explained: 3 (khelang-nakhon-2566-2570-…)",
        "  value_not_allowed (3): E001, E002",
    ]
    assert lines[-1].startswith("Valid and ready to release: no errors, no open warnings (3 acknowledged)")


def test_text_has_colours_only_when_asked(package: Package) -> None:
    found = report(at("budgets", 2, "funding_source", "\x1b[2Jx"))
    plain = render_report(found, package, ReportFormat.TEXT, Language.EN)
    coloured = render_report(found, package, ReportFormat.TEXT, Language.EN, color=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]+m", "", coloured) == plain
    assert coloured.count("\x1b[1;7m") == 1


# HTML


class _Reader(HTMLParser):
    """Reads a page: its tags, and the languages of its parts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("language", Language)
def test_html_is_one_file_without_script_and_network(package: Package, found: Report, language: Language) -> None:
    page = render_report(found, package, ReportFormat.HTML, language)
    reader = _Reader(page)
    assert not reader.all("script") and not reader.all("link") and not reader.all("img")
    assert not re.search(r"https?:|url\(|@import", page)
    assert all(str(link["href"]).startswith("#") for link in reader.all("a"))
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {str(link["href"])[1:] for link in reader.all("a")} <= set(ids)
    assert {attrs["aria-labelledby"] for _, attrs in reader.tags if "aria-labelledby" in attrs} <= set(ids)
    assert reader.all("html") == [{"lang": language.value}]
    assert all(cell.get("scope") in ("col", "row") for cell in reader.all("th"))
    assert len(reader.all("caption")) == len(reader.all("table"))


def test_html_escapes_whatever_the_data_hold(package: Package) -> None:
    found = [
        at("projects", 4, "title_th", EVIL),
        at("units", 1, EVIL, EVIL),
        at(EVIL, None, EVIL, EVIL),
        *(at("projects", 4, "title_th", EVIL) for _ in range(5)),
        at("projects", 4, "title_th", EVIL)._replace(acknowledged_by=EVIL),
        rule("table_unexpected").issue(Location(EVIL), name=EVIL, near="plans"),
    ]
    named = dataclasses.replace(package, descriptor={**package.descriptor, "title": EVIL, "title_en": EVIL})
    page = rendered(ReportFormat.HTML, *found, package=named)
    assert "<script" not in page
    assert "&lt;script&gt;alert(" in page


def test_html_has_every_text_in_both_languages(package: Package) -> None:
    page = rendered(ReportFormat.HTML, at("targets", 2, "quantity_unit", "persons"), package=package)
    rule = rules()["value_not_allowed"]
    for language in Language:
        assert f'<span class="t" lang="{language}">{rule.title[language]}</span>' in page
        assert rule.explanation[language] in page
    spans = [attrs["lang"] for attrs in _Reader(page).all("span") if attrs.get("class") == "t"]
    assert spans.count("th") == spans.count("en") > 50


def test_html_marks_the_cell_not_by_colour_alone(package: Package) -> None:
    page = rendered(ReportFormat.HTML, at("targets", 2, "quantity_unit", "persons"), package=package)
    (cell,) = re.findall(r'<td class="marked">(.*?)</td>', page)
    assert "►" in cell and "Cell at fault" in cell and "ช่องที่มีปัญหา" in cell and "persons" in cell


def test_html_explains_the_acknowledged_with_the_erratum(package: Package) -> None:
    found = at("printed_totals", 4, "amount_thb", "105000")._replace(acknowledged_by=ERRATUM)
    page = rendered(ReportFormat.HTML, found, package=package)
    assert ERRATUM in page
    assert "The items 33-37 do not add up to the printed subtotal" in page
    assert "ผลรวมของโครงการลำดับที่ 33-37" in page
    assert "The sum of projects 33-37, 463,000 baht, is used" in page, "the reading that takes the place of a value"
    assert ">Adopted<" not in page, "E001 has no adopted value"
    assert 'aria-labelledby="known"' in page
    assert "Nothing to correct." in page


def test_html_lists_the_rules_that_found_nothing(package: Package) -> None:
    page = rendered(ReportFormat.HTML, at("targets", 2, "quantity_unit", "x"), package=package)
    silent = page[page.index('id="clean"') :]
    assert re.findall(r'<code lang="en">(\w+)</code></td><td class="number">0</td>', silent) == [
        code for code in rules() if code != "value_not_allowed"
    ]


def test_html_stays_small_where_one_rule_is_broken_everywhere(package: Package) -> None:
    page = rendered(
        ReportFormat.HTML, *[at("budgets", 2 + n % 200, "note_th", "x") for n in range(5000)], package=package
    )
    assert "Only 100 of these places are listed" in page
    assert len(page) < 200_000


# CSV


def test_csv_is_one_finding_a_row(package: Package) -> None:
    known = at("budgets", 3, "note_th", "ก\nข,")._replace(acknowledged_by=ERRATUM)
    text = rendered(ReportFormat.CSV, at("budgets", 2, "funding_source", "x"), known, package=package)
    assert text.startswith("\ufeffstatus สถานะ,")
    header, *rows = csv.reader(io.StringIO(text[1:], newline=""))
    names = "status severity code resource row field address cell message fix acknowledged_by erratum"
    assert " ".join(name.split()[0] for name in header) == names
    assert rows[0][:8] == ["", "error", "value_not_allowed", "budgets", "2", "funding_source", "F2", "x"]
    assert (rows[1][7], rows[1][10]) == ("ก\nข,", ERRATUM)


@pytest.mark.parametrize("where", ["pipe", "file"])
def test_csv_begins_with_a_bom_in_a_pipe_and_in_a_file(khelang: Khelang, tmp_path: Path, where: str) -> None:
    options = ["--output", "report.csv"] if where == "file" else []
    done = khelang("validate", PLAN, "--format", "csv", *options)
    data = (tmp_path / "report.csv").read_bytes() if where == "file" else done.stdout
    assert data.startswith(b"\xef\xbb\xbfstatus ")
    assert data.count(b"\xef\xbb\xbf") == 1


# SARIF


def sarif_run(*issues: Issue, package: Package | None = None) -> dict[str, Any]:
    log = json.loads(rendered(ReportFormat.SARIF, *issues, package=package))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return dict(run)


def test_sarif_has_the_structure_the_standard_demands(package: Package, found: Report) -> None:
    """The required properties and value sets of SARIF 2.1.0 (3.19 to 3.28, 3.35, 3.49) that the report uses."""
    run = sarif_run(*found.issues, package=package)
    known = run["tool"]["driver"]["rules"]
    assert [shown["id"] for shown in known] == list(rules())
    for shown in known:
        assert shown["shortDescription"]["text"] and shown["fullDescription"]["text"] and shown["help"]["text"]
        assert "{" not in shown["help"]["text"]
        assert shown["defaultConfiguration"]["level"] in ("error", "warning", "note")
    assert run["results"]
    for result in run["results"]:
        assert known[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        ((place,),) = (list(location.values()) for location in result["locations"])
        assert re.fullmatch(r"[\w./%~-]+", place["artifactLocation"]["uri"])
        assert place.get("region", {"startLine": 1})["startLine"] >= 1


def test_sarif_points_to_the_line_of_the_file(package: Package) -> None:
    found = rule("value_not_allowed").issue(Location("budgets", 3, 5, "note_th", "x"), allowed="a")
    (result,) = sarif_run(found, package=package)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "data/budgets.csv"}, "region": {"startLine": 5}}


def test_sarif_points_to_the_descriptor_where_there_is_no_table(package: Package) -> None:
    for found in (
        at("nowhere", 3, "x"),
        rule("descriptor_invalid").issue(None, variant="property_empty", property="title"),
    ):
        (result,) = sarif_run(found, package=package)["results"]
        assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "datapackage.json"}}}]


def test_sarif_names_files_as_seen_from_the_working_directory(khelang: Khelang, tmp_path: Path) -> None:
    spoiled(tmp_path / "a b/datapackage", SPOILED)
    log = json.loads(khelang("validate", "a b/datapackage", "--format", "sarif").stdout)
    places = [result["locations"][0]["physicalLocation"]["artifactLocation"] for result in log["runs"][0]["results"]]
    assert {"uri": "a%20b/datapackage/data/budgets.csv"} in places


def test_sarif_suppresses_the_acknowledged() -> None:
    known = at("budgets", 3, "note_th")._replace(acknowledged_by=ERRATUM)
    plain, suppressed = sarif_run(at("budgets", 2, "note_th"), known)["results"]
    assert "suppressions" not in plain
    assert suppressed["suppressions"] == [{"kind": "external", "status": "accepted", "justification": ERRATUM}]


# Lists that were cut


def test_cut_list_says_so_in_every_form() -> None:
    cut = report(*[at("budgets", 2, "note_th")] * (MAX_LISTED + 1))
    assert cut.truncated and cut.counts[Severity.ERROR] == MAX_LISTED + 1
    text, page, table, log, content = (
        render_report(cut, None, form, Language.EN)
        for form in (ReportFormat.TEXT, ReportFormat.HTML, ReportFormat.CSV, ReportFormat.SARIF, ReportFormat.JSON)
    )
    assert "The first 10000 issues are shown" in text
    assert "Only the first 10000 issues are listed" in page and "<dd>10001</dd>" in page
    assert "Only the first 10000 issues are listed" in table.splitlines()[-1]
    (run,) = json.loads(log)["runs"]
    assert "10000" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]
    assert json.loads(content)["truncated"] is True


# The command line


@pytest.mark.parametrize("form", ReportFormat)
def test_command_writes_every_form(khelang: Khelang, tmp_path: Path, form: ReportFormat) -> None:
    folder = spoiled(tmp_path / "datapackage", SPOILED)
    written = khelang("validate", folder, "--format", form, "--output", "out", "--lang", "th")
    assert (written.returncode, written.stdout, written.stderr) == (1, b"", b"")
    printed = khelang("validate", folder, "--format", form, "--lang", "th")
    assert (printed.returncode, printed.stderr) == (1, b"")
    assert (tmp_path / "out").read_bytes() == printed.stdout != b""


@pytest.mark.parametrize("form", ReportFormat)
def test_unusable_descriptor_is_reported_in_every_form(khelang: Khelang, tmp_path: Path, form: ReportFormat) -> None:
    (tmp_path / "datapackage.json").write_text("[", encoding="utf-8")
    done = khelang("validate", tmp_path, "--format", form)
    assert (done.returncode, done.stderr) == (1, b"")
    assert "descriptor_invalid" in done.stdout.decode()


# The rules


def test_explain_shows_the_standard_s_example(khelang: Khelang) -> None:
    thai, english = (khelang("explain", "reference_missing", "--lang", lang).stdout.decode() for lang in ("th", "en"))
    assert "ตัวอย่างที่ผิด: owner_unit_id อ้างหน่วยงาน U99" in thai
    assert "Example of the fault: owner_unit_id refers to unit U99" in english


def test_pages_of_all_rules_are_up_to_date(tmp_path: Path) -> None:
    for language in Language:
        (tmp_path / language).mkdir()
    subprocess.run([sys.executable, str(ROOT / "docs/rules.py"), str(tmp_path)], check=True)
    for language in Language:
        page = (ROOT / "docs" / language / "rules.md").read_text(encoding="utf-8")
        assert page == (tmp_path / language / "rules.md").read_text(encoding="utf-8"), "write it anew with: make rules"
        assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == list(rules())
