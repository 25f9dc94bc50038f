"""Differences: every change is found by key, weighed, and written in each form, whatever the cells hold."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from khelang_opendata import Language, Package
from khelang_opendata.diff import (
    Bump,
    Change,
    Changes,
    ReleaseNote,
    Summary,
    Withdrawal,
    bump,
    diff_packages,
    needs_note,
    next_version,
    printed_in_bulk,
)
from khelang_opendata.diff.compare import CellChange, RowChange, TableChanges
from khelang_opendata.diff.keyed_tables import KeyedTable
from khelang_opendata.diff.metadata import MetadataChange
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import failures
from khelang_opendata.package.datapackage import Resource
from khelang_opendata.release import Previous, ReleaseOptions, build_release, draft_release
from khelang_opendata.render.changes import ChangesFormat, render_changes
from khelang_opendata.render.changes_data import HEADER
from khelang_opendata.render.changes_log import atom_feed, changelog_markdown
from khelang_opendata.render.changes_words import Words
from khelang_opendata.render.markdown import cell, inline, link
from khelang_opendata.standard import family
from khelang_opendata.standard.family import CURRENT, load_family
from tests.conftest import PLAN, STANDARD, VALID, edit_descriptor, fails, replace_in

ID = "khelang-nakhon-2566-2570"
EVIL = "<script>x</script> | [y](javascript:z) ![i](j) `k` *l* _m_ ~~n~~ \\ \u202eo"
FORMULA = '=HYPERLINK("http://x")'
ATOM = "{http://www.w3.org/2005/Atom}"
HEADINGS = {name: [field.name for field in table.fields] for name, table in load_family().tables.items()}

Records = dict[str, dict[tuple[str, ...], dict[str, str]]]


def changes_to(plan: Path) -> Changes:
    """What differs between the real plan and a changed copy."""
    return diff_packages(Package.load(PLAN), Package.load(plan))


def only_table(changes: Changes) -> TableChanges:
    assert len(changes.tables) == 1, changes.tables
    return changes.tables[0]


def parsed(feed: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(feed)  # noqa: S314 (our own)


def rewrite(file: Path, change: Callable[[list[list[str]]], object], **how: Any) -> None:
    """Change a table's rows (the heading is the first), and write it in another way."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.reader(lines))
    change(rows)
    with file.open("w", encoding=how.pop("encoding", "utf-8"), newline="") as lines:
        csv.writer(lines, **{"lineterminator": "\n", **how}).writerows(rows)


def add_progress(plan: Path) -> None:
    """The optional table progress with one row."""
    values = {"plan_id": ID, "project_id": f"{ID}-P01", "fiscal_year_be": "2566", "round_months": "6"}
    rows = [HEADINGS["progress"], [values.get(name, "") for name in HEADINGS["progress"]]]
    (plan / "data/progress.csv").write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    entry = {"name": "progress", "path": "data/progress.csv"}
    edit_descriptor(plan, lambda descriptor: descriptor["resources"].append(entry))


def spoil_cells(plan: Path, text: str) -> Changes:
    """A change of every kind, each with a hostile text in it."""

    def change(rows: list[list[str]]) -> None:
        rows[1][2] = text
        rows[2][rows[0].index("unit_id")] = text
        rows[0].append(text)
        for row in rows[1:]:
            row.append(text)

    rewrite(plan / "data/units.csv", change)
    edit_descriptor(plan, lambda descriptor: descriptor.update({"title": text, text: text}))
    return changes_to(plan)


def everything(plan: Path) -> Changes:
    return spoil_cells(plan, EVIL)


# What differs, and what it weighs


def test_the_same_package_has_no_difference() -> None:
    changes = changes_to(PLAN)
    assert not changes
    assert bump(changes) is Bump.NONE
    assert not needs_note(changes)


def test_a_corrected_amount_is_a_patch_with_a_note(plan: Path) -> None:
    replace_in(plan / "data/budgets.csv", ",budgeted,300000,", ",budgeted,250000,")
    changes = changes_to(plan)
    table = only_table(changes)
    assert (table.name, table.change, table.key) == ("budgets", Change.CHANGED, ("project_id", "line_no"))
    cells = (CellChange("amount_thb", "300000", "250000"),)
    assert table.rows == (RowChange(Change.CHANGED, (f"{ID}-P01", "1"), 2, cells),)
    assert bump(changes) is Bump.PATCH
    assert needs_note(changes)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("budgets.csv", ",budgeted,300000,", ",budgeted,300000.0,"),
        ("projects.csv", "ลำดับที่ ๑,", "ลำดับที่  ๑,"),
        ("projects.csv", f"{ID}-P01,1,", f"{ID}-P01,2,"),
        ("plans.csv", ",2566,2570,", ",2566,2571,"),
    ],
    ids=["written differently", "text", "a number in a list", "a year"],
)
def test_what_is_no_figure_needs_no_note(plan: Path, file: str, old: str, new: str) -> None:
    replace_in(plan / "data" / file, old, new)
    changes = changes_to(plan)
    assert bump(changes) is Bump.PATCH
    assert not needs_note(changes)


@pytest.mark.parametrize(
    ("file", "field"),
    [("plans.csv", "declared_project_count"), ("targets.csv", "quantity"), ("risks.csv", "impact")],
)
def test_every_measure_is_a_figure(plan: Path, file: str, field: str) -> None:
    rewrite(plan / "data" / file, lambda rows: rows[1].__setitem__(rows[0].index(field), "4"))
    assert needs_note(changes_to(plan))


def test_printed_texts_that_change_in_bulk_need_a_note(example: Path) -> None:
    """LibreOffice turns ๓๐๐,๐๐๐ into 300000, in hundreds of cells at once."""

    def convert(rows: list[list[str]]) -> None:
        at = rows[0].index("summary_amount_printed")
        for row in rows[1:]:
            row[at] = ascii_text(row[at]).replace(",", "")

    rewrite(example / "data/budgets.csv", convert)
    changes = diff_packages(Package.load(VALID), Package.load(example))
    (printed,) = printed_in_bulk(changes)
    assert (printed.table, printed.field, printed.cells > 20) == ("budgets", "summary_amount_printed", True)
    assert (bump(changes), needs_note(changes)) == (Bump.PATCH, True)
    shown = render_changes(changes, ChangesFormat.TEXT, Language.EN)
    assert "make sure that no spreadsheet changed them" in shown
    previous = Previous(Package.load(VALID), "1.0.0")
    options = ReleaseOptions(date(2026, 11, 27), allow_warnings="x")
    with fails("note_missing", match="summary_amount_printed"):
        draft_release(Package.load(example), options, previous)
    assert draft_release(Package.load(example), replace(options, note="x"), previous).version == "1.0.1"


def test_a_few_printed_texts_need_no_note(plan: Path) -> None:
    rewrite(plan / "data/budgets.csv", lambda rows: [row.__setitem__(-2, "๐") for row in rows[1:10]])
    assert list(printed_in_bulk(changes_to(plan))) == []


def test_added_rows_are_minor_without_a_note(example: Path, tmp_path: Path) -> None:
    new = Path(shutil.copytree(example, tmp_path / "new"))
    row = "mae-thung-2561-2564,mae-thung-2561-2564-P07,2562,6,in_progress,,,,,,,,,,,"
    with (new / "data/progress.csv").open("a", encoding="utf-8") as file:
        file.write(f"{row}\n")
    changes = diff_packages(Package.load(example), Package.load(new))
    added = only_table(changes).rows[0]
    assert (added.change, added.key) == (Change.ADDED, ("mae-thung-2561-2564-P07", "2562", "6"))
    assert added.cells[-1] == CellChange("status", None, "in_progress")
    assert bump(changes) is Bump.MINOR
    assert not needs_note(changes)


def test_a_table_that_comes_is_minor_and_one_that_goes_major(plan: Path) -> None:
    add_progress(plan)
    changes = changes_to(plan)
    table = only_table(changes)
    assert (table.name, table.change, len(table.rows)) == ("progress", Change.ADDED, 1)
    assert (bump(changes), needs_note(changes)) == (Bump.MINOR, False)
    back = diff_packages(Package.load(plan), Package.load(PLAN))
    assert only_table(back).change is Change.REMOVED
    assert only_table(back).rows[0].change is Change.REMOVED
    assert (bump(back), needs_note(back)) == (Bump.MAJOR, True)


def test_a_removed_row_is_minor_with_a_note(plan: Path) -> None:
    rewrite(plan / "data/risk_controls.csv", lambda rows: rows.pop(3))
    changes = changes_to(plan)
    row = only_table(changes).rows[0]
    assert (row.change, row.row) == (Change.REMOVED, 4)
    assert all(cell.old and cell.new is None for cell in row.cells)
    assert (bump(changes), needs_note(changes)) == (Bump.MINOR, True)


def test_a_renamed_column_is_major_and_one_that_comes_minor(plan: Path) -> None:
    replace_in(plan / "data/units.csv", ",name_en,", ",name_english,")
    changes = changes_to(plan)
    table = only_table(changes)
    assert (table.columns_added, table.columns_removed, table.rows) == (("name_english",), ("name_en",), ())
    assert (bump(changes), needs_note(changes)) == (Bump.MAJOR, True)
    rewrite(plan / "data/units.csv", lambda rows: rows[0].__setitem__(rows[0].index("name_english"), "name_en"))
    rewrite(plan / "data/units.csv", lambda rows: rows.__setitem__(slice(None), [[*row, "x"] for row in rows]))
    changes = changes_to(plan)
    assert only_table(changes).columns_added == ("x",)
    assert (bump(changes), needs_note(changes)) == (Bump.MINOR, False)


def test_order_and_writing_are_no_difference(plan: Path) -> None:
    def reorder(rows: list[list[str]]) -> None:
        rows[1:] = rows[:0:-1]
        for row in rows:
            row.reverse()

    for file in (plan / "data").glob("*.csv"):
        rewrite(file, reorder, encoding="utf-8-sig", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    edit_descriptor(plan, lambda descriptor: descriptor["resources"].reverse())
    assert not changes_to(plan)


def test_line_ends_inside_cells_are_no_difference(plan: Path, tmp_path: Path) -> None:
    rewrite(plan / "data/units.csv", lambda rows: rows[1].__setitem__(2, "a\nb"))
    new = Path(shutil.copytree(plan, tmp_path / "new"))
    rewrite(new / "data/units.csv", lambda rows: rows[1].__setitem__(2, "a\r\nb"))
    assert not diff_packages(Package.load(plan), Package.load(new))


def test_a_release_is_compared_as_a_package(tmp_path: Path) -> None:
    for path, data in build_release(
        draft_release(Package.load(PLAN), ReleaseOptions(date(2026, 11, 22)))
    ).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert not diff_packages(Package.load(tmp_path), Package.load(PLAN))


def test_order_of_changes(plan: Path) -> None:
    def change(rows: list[list[str]]) -> None:
        rows[2], rows[3] = rows[3], rows[2]
        rows[1][2], rows[2][2] = "x", "y"
        rows[1][3] = "z"
        rows.pop(5)
        rows.insert(1, [ID, f"{ID}-U99", "new", "", "division", f"{ID}-U01"])

    rewrite(plan / "data/units.csv", change)
    replace_in(plan / "data/budgets.csv", ",300000,", ",1,")
    tables = changes_to(plan).tables
    assert [table.name for table in tables] == ["units", "budgets"]
    rows = [(row.change, row.key[0][-3:], row.row) for row in tables[0].rows]
    added, changed, removed = Change.ADDED, Change.CHANGED, Change.REMOVED
    assert rows == [(added, "U99", 2), (changed, "U01", 3), (changed, "U03", 4), (removed, "U05", 6)]
    assert [cell.field for cell in tables[0].rows[1].cells] == ["name_th", "name_en"]


@pytest.mark.parametrize("line", ["01", " 1", "๑"])
def test_whole_numbers_in_keys_are_values(plan: Path, line: str) -> None:
    replace_in(plan / "data/budgets.csv", f"{ID}-P01,1,", f"{ID}-P01,{line},")
    row = only_table(changes_to(plan)).rows[0]
    assert row == RowChange(Change.CHANGED, (f"{ID}-P01", "1"), 2, (CellChange("line_no", "1", line),))


# Metadata and the schema


def test_metadata_by_pointer(plan: Path) -> None:
    def change(descriptor: dict[str, Any]) -> None:
        descriptor["title"] = "x"
        descriptor["licenses"][0]["title"] = "y"
        descriptor["keywords"].append("z")
        descriptor["a/b~c"] = True
        del descriptor["title_en"]
        descriptor["resources"][1]["description_en"] = "d"

    edit_descriptor(plan, change)
    changes = changes_to(plan)
    assert [change.path for change in changes.metadata] == [
        "/title",
        "/licenses/0/title",
        "/keywords",
        "/a~1b~0c",
        "/resources/dimensions/description_en",
        "/title_en",
    ]
    assert MetadataChange("/a~1b~0c", None, True) in changes.metadata
    assert (bump(changes), needs_note(changes)) == (Bump.PATCH, False)


def test_what_releasing_writes_is_no_change_of_metadata(plan: Path) -> None:
    def change(descriptor: dict[str, Any]) -> None:
        descriptor |= {"version": "9.9.9", "created": "2026-11-22T00:00:00Z", "allowedWarnings": {"count": 1}}
        for entry in descriptor["resources"]:
            entry |= {"bytes": 1, "hash": "sha256:0", "encoding": "UTF-8"}
            entry.pop("dialect")

    edit_descriptor(plan, change)
    assert not changes_to(plan)
    assert changes_to(plan).new.version == "9.9.9"


def test_true_is_not_one(plan: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(plan, tmp_path / "other"))
    edit_descriptor(plan, lambda descriptor: descriptor.update(x=True))
    edit_descriptor(other, lambda descriptor: descriptor.update(x=1))
    assert diff_packages(Package.load(plan), Package.load(other)).metadata == (MetadataChange("/x", True, 1),)


def test_metadata_nested_too_deeply_are_refused() -> None:
    package = Package.load(PLAN)
    deep: dict[str, Any] = {}
    for _ in range(100_000):
        deep = {"x": deep}
    nested = replace(package, descriptor={**package.descriptor, "deep": deep})
    with fails("descriptor_invalid"):
        diff_packages(nested, replace(package, descriptor={**package.descriptor, "deep": {"x": deep}}))


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions of the schema that do not exist yet."""
    for version in ("1.0.0", "1.0.1", "1.1.0", "2.0.0"):
        for part in ("tables", "codelists"):
            shutil.copytree(STANDARD / part, tmp_path / "schemas" / family.FAMILY / version / part)
    monkeypatch.setattr(family, "schemas_folder", lambda: tmp_path / "schemas")


@pytest.mark.usefixtures("versions")
@pytest.mark.parametrize(
    ("old", "new", "weight"),
    [
        ("1.0.0", "1.0.1", Bump.PATCH),
        ("1.0.0", "1.1.0", Bump.MINOR),
        ("1.1.0", "2.0.0", Bump.MAJOR),
        ("1.1.0", "1.0.1", Bump.MAJOR),
    ],
)
def test_version_of_the_schema(old: str, new: str, weight: Bump) -> None:
    package = Package.load(PLAN)
    sides = (
        replace(package, descriptor={**package.descriptor, "conformsTo": f"{family.FAMILY}/{v}"}) for v in (old, new)
    )
    changes = diff_packages(*sides)
    assert changes.schema_changed
    assert not changes.metadata
    assert not changes.tables
    assert bump(changes) is weight
    assert f"{family.FAMILY}/{new}" in render_changes(changes, ChangesFormat.TEXT, Language.EN)
    assert "schema_changed" in render_changes(changes, ChangesFormat.CSV, Language.EN)


# Refusals


def _repeat_row(rows: list[list[str]]) -> None:
    rows.insert(3, [*rows[1]])


def _repeat_number(rows: list[list[str]]) -> None:
    rows.append(["01" if cell == "1" else cell for cell in rows[1]])


REFUSED: dict[str, list[tuple[str, Callable[[Path], object], dict[str, object]]]] = {
    "key_repeated": [
        ("budgets", lambda file: rewrite(file, _repeat_row), {"row": 4, "first": 2}),
        ("budgets", lambda file: rewrite(file, _repeat_number), {"first": 2}),
    ],
    "key_missing": [("units", lambda file: rewrite(file, lambda rows: rows[2].__setitem__(1, "")), {"row": 3})],
    "key_column_missing": [
        ("units", lambda file: replace_in(file, "unit_id", "id"), {"field": "unit_id"}),
    ],
    "column_repeated": [("units", lambda file: replace_in(file, "name_en", "name_th"), {"field": "name_th"})],
    "row_uneven": [("units", lambda file: rewrite(file, lambda rows: rows[4].pop()), {"row": 5})],
    "table_unreadable": [
        ("units", lambda file: file.write_bytes(b"\xff"), {"rule": "encoding_not_utf8"}),
        ("units", lambda file: file.write_bytes(b""), {"rule": "csv_malformed"}),
    ],
    "table_missing": [("units", Path.unlink, {"path": "data/units.csv"})],
}


@pytest.mark.parametrize(
    ("variant", "table", "spoil", "params"), [(variant, *case) for variant, cases in REFUSED.items() for case in cases]
)
def test_refused_for_a_table(
    plan: Path, variant: str, table: str, spoil: Callable[[Path], object], params: dict[str, object]
) -> None:
    spoil(plan / "data" / f"{table}.csv")
    for old, new in ((PLAN, plan), (plan, PLAN)):
        with fails("diff_refused") as refused:
            diff_packages(Package.load(old), Package.load(new))
        assert (
            refused.value.params.items() >= {"variant": variant, "table": table, "package": str(plan), **params}.items()
        )
        _says_all(refused.value)


@pytest.mark.parametrize(
    ("variant", "change"),
    [
        ("schema_unknown", lambda descriptor: descriptor.update(conformsTo="anticorruption-plan/9.9.9")),
        ("schema_unknown", lambda descriptor: descriptor.pop("conformsTo")),
        ("schema_unknown", lambda descriptor: descriptor.update(conformsTo=["x"])),
        ("table_repeated", lambda descriptor: descriptor["resources"].append(descriptor["resources"][0])),
    ],
)
def test_refused_for_the_descriptor(plan: Path, variant: str, change: Callable[[dict[str, Any]], object]) -> None:
    edit_descriptor(plan, change)
    for old, new in ((PLAN, plan), (plan, PLAN)):
        with fails("diff_refused") as refused:
            diff_packages(Package.load(old), Package.load(new))
        assert refused.value.params["variant"] == variant
        _says_all(refused.value)


def _says_all(error: KhelangError) -> None:
    """The variant has a wording, which names nothing that the failure does not carry."""
    wording = failures()[error.code].variants[str(error.params["variant"])]
    for text in (*wording.message.values(), *wording.fix.values()):
        assert text.format(**error.params)


# Versions


@pytest.mark.parametrize(
    ("last", "at_least", "expected"),
    [
        (None, Bump.NONE, "1.0.0"),
        (None, Bump.MAJOR, "1.0.0"),
        ("1.2.3", Bump.NONE, "1.2.4"),
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("1.9.9", Bump.MINOR, "1.10.0"),
    ],
)
def test_next_version_can_be_raised(plan: Path, last: str | None, at_least: Bump, expected: str) -> None:
    replace_in(plan / "data/budgets.csv", ",300000,", ",1,")
    assert next_version(last, changes_to(plan), at_least) == expected


def test_next_version_is_never_lowered(plan: Path) -> None:
    replace_in(plan / "data/units.csv", ",name_en,", ",name_english,")
    assert next_version("1.2.3", changes_to(plan), Bump.PATCH) == "2.0.0"


def test_nothing_new_has_no_new_version() -> None:
    assert next_version("1.2.3", changes_to(PLAN)) == "1.2.3"
    with pytest.raises(ValueError, match=r"1\.2"):
        next_version("1.2", changes_to(PLAN))


# Properties

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=5)
FILLED = TEXT.filter(bool)
KEYS = {"units": st.tuples(FILLED), "budgets": st.tuples(FILLED, st.integers(0, 3).map(str))}
RUNS = settings(max_examples=100, suppress_health_check=list(HealthCheck))


def _row(name: str, key: tuple[str, ...], others: dict[str, str]) -> dict[str, str]:
    row = {field: others.get(field, "") for field in HEADINGS[name]}
    return {**row, **dict(zip(load_family().tables[name].primary_key, key, strict=True))}


@st.composite
def records(draw: st.DrawFn) -> Records:
    """Some tables of the family with rows by key."""
    tables: Records = {}
    for name in sorted(draw(st.sets(st.sampled_from(sorted(KEYS))))):
        others = st.dictionaries(st.sampled_from(HEADINGS[name]), TEXT, max_size=3)
        rows = draw(st.dictionaries(KEYS[name], others, max_size=4))
        tables[name] = {key: _row(name, key, other) for key, other in rows.items()}
    return tables


def package_of(tables: Records, order: st.DataObject | None = None) -> Package:
    """A package of these tables; ``order`` shuffles rows and columns."""
    resources = []
    for name, rows in tables.items():
        header = order.draw(st.permutations(HEADINGS[name])) if order else HEADINGS[name]
        listed = order.draw(st.permutations(list(rows.values()))) if order else list(rows.values())
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows([header, *([row[field] for field in header] for row in listed)])
        entry = {"name": name, "path": f"{name}.csv"}
        resources.append(Resource(entry, name, entry["path"], text.getvalue().encode()))
    return Package(Path("memory"), {"name": "x", "conformsTo": CURRENT}, tuple(resources))


def applied(changes: Changes, tables: Records) -> Records:
    """Tables with changes carried out."""
    new = {name: dict(rows) for name, rows in tables.items()}
    for table in changes.tables:
        rows = new.setdefault(table.name, {})
        for row in table.rows:
            if row.change is Change.REMOVED:
                del rows[row.key]
            else:
                before = rows.get(row.key) or dict.fromkeys(HEADINGS[table.name], "")
                rows[row.key] = {**before, **{cell.field: cell.new or "" for cell in row.cells}}
        if table.change is Change.REMOVED:
            assert not new.pop(table.name)
    return new


@RUNS
@given(records(), st.data())
def test_nothing_differs_from_itself_in_another_order(tables: Records, data: st.DataObject) -> None:
    assert not diff_packages(package_of(tables), package_of(tables, data))


@RUNS
@given(records(), records(), st.data())
def test_changes_carried_out_give_the_new_package(old: Records, new: Records, data: st.DataObject) -> None:
    changes = diff_packages(package_of(old, data), package_of(new, data))
    assert applied(changes, old) == new
    assert bool(changes) == (old != new)
    for form in ChangesFormat:
        for language in Language:
            assert render_changes(changes, form, language).encode()


# Written forms


@pytest.mark.parametrize("language", Language)
def test_text_names_every_change(plan: Path, language: Language) -> None:
    add_progress(plan)
    text = render_changes(everything(plan), ChangesFormat.TEXT, language)
    expected = [
        "units (",
        "U01\n",
        "name_th (",
        "progress (",
        f"+ {ID}-P01, 2566, 6",
        "- ",
        "/title: ",
        "MINOR",
        {"th": "ต้องเขียนบันทึกการเปลี่ยนแปลง", "en": "needs a note"}[language],
    ]
    assert [part for part in expected if part not in text] == []
    assert "\u202e" not in text


def test_text_shows_where_long_cells_differ(plan: Path) -> None:
    rewrite(plan / "data/units.csv", lambda rows: rows[1].__setitem__(2, "ก" * 200 + "ที่ 1"))
    old = plan.rename(plan.with_name("old"))
    new = Path(shutil.copytree(old, plan))
    rewrite(new / "data/units.csv", lambda rows: rows[1].__setitem__(2, "ก" * 200 + "ที่  2"))
    text = render_changes(diff_packages(Package.load(old), Package.load(new)), ChangesFormat.TEXT, Language.EN)
    assert re.search(r"…ก+ที่ 1 → …ก+ที่␣␣2\n", text)


@pytest.mark.parametrize("before", range(3))
def test_long_cells_are_not_cut_between_a_thai_letter_and_its_marks(before: int) -> None:
    old, new = ("x" * before + "กี้" * 50 + end for end in ("1" + "กี้" * 100, "2" + "กี้" * 100))
    for text in Words(Language.TH, 60).pair(old, new):
        assert text.startswith("…ก")
        assert text.endswith("กี้…")


def test_lists_in_the_descriptor_are_json_in_the_csv_form(plan: Path) -> None:
    edit_descriptor(plan, lambda d: d.update(portal={"tags": ["งบประมาณ", 1]}))
    rows = list(csv.reader(io.StringIO(render_changes(changes_to(plan), ChangesFormat.CSV, Language.EN))))
    assert [row[-1] for row in rows if row[5].startswith("/portal")] == ['{"tags": ["งบประมาณ", 1]}']


def test_address_that_leads_to_no_page_is_no_link() -> None:
    assert link("CC", "https://x.example/a(b)") == "[CC](https://x.example/a%28b%29)"
    assert "](" not in link("CC", "javascript:alert(1)")


@pytest.mark.parametrize(("columns", "cells"), [(["b"], ("2",)), (["b", "a"], ("2", "1"))])
def test_cells_of_one_column_and_of_more_are_taken_alike(columns: list[str], cells: tuple[str, ...]) -> None:
    assert KeyedTable(["a", "b"], [["1", "2"]], {("1",): 0}).taker(columns)(["1", "2"]) == cells


@pytest.mark.parametrize("form", [ChangesFormat.TEXT, ChangesFormat.MARKDOWN])
def test_long_lists_are_cut_with_a_count(plan: Path, form: ChangesFormat) -> None:
    note = HEADINGS["budgets"].index("note_th")
    rewrite(plan / "data/budgets.csv", lambda rows: [row.__setitem__(note, "x") for row in rows[1:]])
    changes = changes_to(plan)
    count = len(only_table(changes).rows)
    text = render_changes(changes, form, Language.EN)
    listed = text.count("note_th")
    assert 0 < listed < count
    assert f"and {count - listed} more" in text
    for whole in (ChangesFormat.CSV, ChangesFormat.JSON):
        assert render_changes(changes, whole, Language.EN).count("note_th") == count


@pytest.mark.parametrize("language", Language)
def test_markdown_is_safe(plan: Path, language: Language) -> None:
    page = render_changes(spoil_cells(plan, f"{EVIL}\n\n# x\n\n- y | z"), ChangesFormat.MARKDOWN, language)
    assert "<" not in page
    assert not re.search(r"(?<!\\)[\[\]`~]", page)
    tables = [line for line in page.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in tables} == {4, 5}
    headings = [line for line in page.splitlines() if line.startswith("#")]
    assert len(headings) == 3
    assert "\u202e" not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&|*", "&lt;b&gt;&amp;\\|\\*"),
        ("a\n\n# b", "a # b"),
        ("_a_ __b__ snake_case", r"\_a\_ \_\_b\_\_ snake_case"),
        ("[a](b)`c`~~d~~\\", r"\[a\](b)\`c\`\~\~d\~\~" + "\\\\"),
        ("", ""),
    ],
)
def test_markdown_shows_text_as_it_stands(text: str, shown: str) -> None:
    assert inline(text) == shown
    assert cell(text) == (shown or "–")


@pytest.mark.parametrize("language", Language)
def test_csv_has_a_row_for_every_change(plan: Path, language: Language) -> None:
    add_progress(plan)
    text = render_changes(spoil_cells(plan, FORMULA), ChangesFormat.CSV, language)
    assert text.startswith("\ufeff")
    assert "\r" not in text
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == HEADER
    assert {len(row) for row in rows} == {len(HEADER)}
    assert {row[0] for row in rows[1:]} == {
        "column_added",
        "row_added",
        "row_removed",
        "cell_changed",
        "table_added",
        "metadata_changed",
    }
    assert [cell for row in rows for cell in row if cell.startswith("=")] == []
    changed = next(row for row in rows if row[0] == "cell_changed")
    assert changed[2:6] == ["units", f"{ID}-U01", "2", "name_th"]
    assert changed[8] == f"'{FORMULA}"


def test_json_holds_all_and_no_prose(plan: Path) -> None:
    add_progress(plan)
    changes = everything(plan)
    text = render_changes(changes, ChangesFormat.JSON, Language.TH)
    assert text == render_changes(changes, ChangesFormat.JSON, Language.EN)
    content = json.loads(text)
    assert (content["bump"], content["needs_note"]) == ("minor", True)
    assert content["new"] == {"name": ID, "version": "1.0.0", "schema": CURRENT}
    units = content["tables"][0]
    assert (units["name"], units["change"], units["key"]) == ("units", "changed", ["unit_id"])
    assert units["rows"][0]["cells"][0]["new"] == EVIL
    assert Summary.from_json(content["summary"]) == Summary.of(changes)
    assert {"path": "/title", "old": Package.load(PLAN).descriptor["title"], "new": EVIL} in content["metadata"]


@pytest.mark.parametrize("language", Language)
def test_no_difference_says_so(language: Language) -> None:
    text = render_changes(changes_to(PLAN), ChangesFormat.TEXT, language)
    assert text.count("\n") == 1


# The change log and the feed


@pytest.fixture
def notes(plan: Path) -> list[ReleaseNote]:
    summary = Summary.of(everything(plan))
    return [
        ReleaseNote("1.9.0", date(2026, 11, 23), summary=Summary(None, 0, ())),
        ReleaseNote("1.10.0", date(2026, 11, 24), EVIL, Withdrawal(f"{EVIL}\n# x", date(2026, 12, 1)), summary),
        ReleaseNote("1.0.0", date(2026, 11, 22)),
    ]


@pytest.mark.parametrize("language", Language)
def test_change_log_is_dated_newest_first_and_safe(notes: list[ReleaseNote], language: Language) -> None:
    page = changelog_markdown(notes, language)
    assert re.findall(r"^## ([\d.]+)", page, re.MULTILINE) == ["1.10.0", "1.9.0", "1.0.0"]
    assert ("24 พฤศจิกายน 2569" if language is Language.TH else "2026-11-24") in page
    assert ("1 ธันวาคม 2569" if language is Language.TH else "2026-12-01") in page
    assert "<" not in page
    assert len(re.findall("^#", page, re.MULTILINE)) == 4
    assert page == changelog_markdown(reversed(notes), language)


@pytest.mark.parametrize("language", Language)
def test_feed_is_valid_atom(notes: list[ReleaseNote], language: Language) -> None:
    data = atom_feed(notes, ID, f"{EVIL}\x0b", "a & b", language, "https://example.org/r")
    assert data == atom_feed(reversed(notes), ID, f"{EVIL}\x0b", "a & b", language, "https://example.org/r")
    feed = parsed(data)
    assert feed.tag == f"{ATOM}feed"
    entries = feed.findall(f"{ATOM}entry")
    for element in (feed, *entries):
        assert all(len(element.findall(f"{ATOM}{name}")) == 1 for name in ("id", "title", "updated"))
        assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", element.findtext(f"{ATOM}id") or "")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": "https://example.org/r/feed.atom", "alternate": "https://example.org/r/"}
    of_entry = {link.get("rel"): link.get("href") for link in entries[0].findall(f"{ATOM}link")}
    assert of_entry == {
        "alternate": "https://example.org/r/v1.10.0/",
        "enclosure": f"https://example.org/r/{ID}-v1.10.0.zip",
    }
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "a & b"
    assert len({element.findtext(f"{ATOM}id") for element in (feed, *entries)}) == 4
    updated = [element.findtext(f"{ATOM}updated") for element in (feed, *entries)]
    assert [day and day[:10] for day in updated] == ["2026-12-01", "2026-12-01", "2026-11-23", "2026-11-22"]
    assert "1.10.0" in (entries[0].findtext(f"{ATOM}title") or "")
    assert "units" in (entries[0].findtext(f"{ATOM}content") or "")


def test_feed_keeps_its_ids_and_needs_no_address(notes: list[ReleaseNote]) -> None:
    one, two = (parsed(atom_feed(some, ID, "t", "a", Language.TH)) for some in (notes, notes[1:]))
    ids = [[entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")] for feed in (one, two)]
    assert {*ids[1]} < {*ids[0]}
    links = [link.get("href") for link in one.iter(f"{ATOM}link")]
    assert links[:3] == ["feed.atom", "v1.10.0/", f"{ID}-v1.10.0.zip"], "relative to the feed"
    other = parsed(atom_feed(notes, VALID.name, "t", "a", Language.TH))
    assert other.findtext(f"{ATOM}id") != one.findtext(f"{ATOM}id")
