"""What a report comes to is the same in every form, and is what releasing does."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from functools import partial
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from khelang_opendata import (
    Language,
    NotJudged,
    Package,
    ReleaseOptions,
    Verdict,
    report_json,
    report_text,
    rules,
    validate,
)
from khelang_opendata.release import draft_release
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.render.report_csv import report_csv
from khelang_opendata.render.report_html import report_html
from khelang_opendata.render.report_sarif import report_sarif
from khelang_opendata.standard.family import CURRENT
from tests.cases.examples import owned, renamed
from tests.conftest import EXAMPLES, PLAN, VALID, edit_descriptor, fails, issues_of
from tests.edits import MAE_THUNG, Edit, cell, spoilt, together

DAY = date(2026, 11, 22)
NOT_EXPLAINED = cell("projects", 3, summary_title_printed="โครงการอื่น")

VERDICTS: dict[str, tuple[Edit, Verdict, str, str]] = {
    "ready": (lambda _: None, Verdict.READY, "Valid and ready to release", "ผ่านและพร้อมออกรุ่น"),
    "open": (NOT_EXPLAINED, Verdict.WARNINGS_OPEN, "Valid, but not ready to release", "ผ่าน แต่ยังไม่พร้อมออกรุ่น"),
    "wrong": (cell("projects", 2, project_kind="x"), Verdict.ERRORS, "Not valid", "ไม่ผ่าน"),
}


@pytest.mark.parametrize(("edit", "verdict", "english", "thai"), VERDICTS.values(), ids=VERDICTS)
def test_every_form_says_the_same_as_releasing(
    edit: Edit, verdict: Verdict, english: str, thai: str, tmp_path: Path
) -> None:
    package = Package.load(spoilt(PLAN, tmp_path / "plan", edit))
    report = validate(package)
    assert report.verdict is verdict
    assert report_text(report, Language.EN, package).splitlines()[-1].startswith(english)
    assert report_text(report, Language.TH, package).splitlines()[-1].startswith(thai)
    assert json.loads(report_json(report))["verdict"] == verdict
    page = report_html(report, Language.EN, package)
    assert english in page
    assert thai in page
    (run,) = json.loads(report_sarif(report, Language.EN, package))["runs"]
    assert run["properties"] == {"verdict": verdict}
    notes = [note["message"]["text"] for note in run["invocations"][0]["toolExecutionNotifications"]]
    assert notes[0].startswith(english)
    if verdict is Verdict.READY:
        assert draft_release(package, ReleaseOptions(DAY)).version == "1.0.0"
    else:
        with fails("package_invalid" if verdict is Verdict.ERRORS else "warnings_unacknowledged"):
            draft_release(package, ReleaseOptions(DAY))


def test_rules_that_errors_keep_from_running_are_named(tmp_path: Path) -> None:
    package = Package.load(spoilt(PLAN, tmp_path / "plan", cell("budgets", 2, amount_thb="x")))
    report = validate(package)
    waiting = {one.code: one.tables for one in report.not_judged}
    assert waiting["printed_amounts_differ"] == ("budgets",)
    assert "title_differs" not in waiting
    assert "disbursed_decreases" not in waiting, "the plan has no progress"
    lines = report_text(report, Language.EN, package).splitlines()
    (line,) = (line for line in lines if line.startswith("Not judged yet"))
    assert "budgets" in line
    assert all(code in line for code in waiting)
    assert [one["code"] for one in json.loads(report_json(report))["not_judged"]] == [*waiting]
    page = report_html(report, Language.EN, package)
    assert page.index("Rules not judged yet") < page.rindex("printed_amounts_differ")
    assert "Not judged yet" in report_sarif(report, Language.EN, package)


def test_rules_whose_table_is_missing_are_named(tmp_path: Path) -> None:
    folder = spoilt(PLAN, tmp_path / "plan", lambda folder: (folder / "data/units.csv").unlink())
    assert NotJudged("unit_cycle", ("units",)) in validate(folder).not_judged


def test_no_rule_waits_in_a_package_without_errors() -> None:
    assert (validate(PLAN).not_judged, validate(VALID).not_judged) == ((), ())


def test_findings_as_csv_are_open_ones_first_with_the_address_of_the_cell(tmp_path: Path) -> None:
    package = Package.load(spoilt(PLAN, tmp_path / "plan", NOT_EXPLAINED, cell("units", 2, name_en=" x ")))
    report = validate(package)
    rows = list(csv.DictReader(io.StringIO(report_csv(report, Language.EN, package).removeprefix("\ufeff"))))
    acknowledged = [bool(row["acknowledged_by รับทราบโดย"]) for row in rows]
    assert acknowledged == sorted(acknowledged)
    assert acknowledged.count(True) == report.acknowledged
    addresses = {row["code รหัสกฎ"]: row["address ช่อง"] for row in rows if not row["acknowledged_by รับทราบโดย"]}
    assert addresses == {"title_differs": "H3", "text_not_normalized": "D2"}


@pytest.mark.examples_refused
@pytest.mark.parametrize("folder", sorted(EXAMPLES.glob("valid/*/")), ids=lambda p: p.name)
def test_the_standards_examples_are_valid_and_never_released(folder: Path) -> None:
    package = Package.load(folder)
    report = validate(package)
    assert (report.valid, report.verdict, report.example) == (True, Verdict.EXAMPLE, folder.name)
    assert report_text(report, Language.EN, package).splitlines()[-1].startswith("Valid, but never to be released")
    assert json.loads(report_json(report))["example"] == folder.name
    with fails("example_refused", match=folder.name):
        draft_release(package, ReleaseOptions(DAY, allow_warnings="x"))


def _described(folder: Path) -> None:
    texts = ("title", "title_en", "description", "description_en", "homepage")
    people = [{"title": "เทศบาลตำบลบ้านใหม่", "title_en": "Ban Mai", "roles": ["creator", "publisher"]}]
    sources = [{"title": "แผนปฏิบัติการ เทศบาลตำบลบ้านใหม่", "title_en": "Plan of Ban Mai"}]
    portal = {"maintainer": "สำนักปลัดเทศบาล", "maintainer_email": "x@banmai.go.th", "data_source": "แผนของเทศบาล"}

    def change(descriptor: dict[str, Any]) -> None:
        descriptor.update(dict.fromkeys(texts, "https://banmai.go.th"), contributors=people, sources=sources)
        descriptor["portal"].update(portal)

    edit_descriptor(folder, change)


_ROWS = {(table, "rows") for table in ("projects", "indicators", "errata")}
_ABOUT: set[tuple[str | None, str]] = {(None, "descriptor")}

COPIES: dict[str, tuple[Edit, set[tuple[str | None, str]]]] = {
    "another owner, the example's id": (owned, {("plans", "plan_id")}),
    "another id alone": (renamed, {("plans", "owner")} | _ABOUT | _ROWS),
    "another id and owner": (together(renamed, owned), _ABOUT | _ROWS),
    "another id, owner and description": (together(renamed, owned, _described), {*_ROWS}),
}


@pytest.mark.examples_refused
@pytest.mark.parametrize(("edit", "left"), COPIES.values(), ids=COPIES)
def test_what_is_left_of_an_example_in_a_copy_is_an_error(
    edit: Edit, left: set[tuple[str | None, str]], tmp_path: Path
) -> None:
    folder = spoilt(VALID, tmp_path / "copy", edit)
    found = [i for i in issues_of(folder) if i.code == "example_copied"]
    assert {(i.location.resource, str(i.params["variant"])) for i in found} >= left
    assert all(issue_texts(issue, language, CURRENT).fix for issue in found for language in Language)
    with fails("package_invalid"):
        draft_release(Package.load(folder), ReleaseOptions(DAY, allow_warnings="x"))


@pytest.mark.examples_refused
def test_example_under_another_name_alone_is_the_example(tmp_path: Path) -> None:
    edit = partial(edit_descriptor, change=lambda d: d.update(name="ban-mai-2561-2564"))
    assert validate(spoilt(VALID, tmp_path / "copy", edit)).example == MAE_THUNG


def test_a_real_local_government_of_the_name_of_an_example_is_its_own(tmp_path: Path) -> None:
    """There are organisations of the name ห้วยทราย in several provinces."""
    own = cell("plans", 2, lao_name_th="องค์การบริหารส่วนตำบลห้วยทราย", province_th="เชียงใหม่", province_code="TH-50")
    assert "example_copied" not in {i.code for i in issues_of(spoilt(PLAN, tmp_path / "plan", own))}


@pytest.mark.examples_refused
def test_the_real_plan_has_nothing_of_an_example() -> None:
    assert validate(PLAN).example is None
    assert "example_copied" in rules()
    assert not [i for i in validate(PLAN).issues if i.code == "example_copied"]


def test_data_folder_stands_for_its_package(tmp_path: Path) -> None:
    plan = Path(copytree(PLAN, tmp_path / "plan"))
    assert Package.load(plan / "data").root == plan
    assert Package.load(plan / "datapackage.json").root == plan


@pytest.mark.parametrize(
    ("name", "variant"),
    [("plan.xlsx", "workbook"), ("data/projects.csv", "table"), ("plan.zip", "archive"), ("README.md", "file")],
)
def test_file_in_place_of_a_package_is_told_what_it_is(name: str, variant: str, tmp_path: Path) -> None:
    plan = Path(copytree(PLAN, tmp_path / "plan"))
    (plan / name).touch()
    with fails("package_not_found") as caught:
        Package.load(plan / name)
    assert caught.value.params["variant"] == variant
    assert str(plan) in caught.value.texts(Language.TH).fix or variant in ("workbook", "archive")


MISSING = ("name", "title", "licenses")


@pytest.mark.parametrize("source", [PLAN, VALID], ids=["plan", "example"])
def test_each_missing_property_of_the_descriptor_is_named_once(source: Path, tmp_path: Path) -> None:
    edit = partial(edit_descriptor, change=lambda d: [d.pop(name) for name in MISSING])
    named = [i.params["property"] for i in issues_of(spoilt(source, tmp_path / "copy", edit)) if "property" in i.params]
    assert sorted(map(str, named)) == sorted(MISSING)


PARTS: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "a licence with a title alone": ("licenses", {"title": "สงวนลิขสิทธิ์"}, ["licenses/0/name", "licenses/0/path"]),
    "a contributor": (
        "contributors",
        {"path": "https://example.org"},
        ["contributors/0/roles", "contributors/0/title"],
    ),
    "a source": ("sources", {"path": "https://example.org"}, ["sources/0/title"]),
    "a table": ("resources", {"path": "data/plans.csv", "schema": {"fields": [{"name": "x"}]}}, ["resources/0/name"]),
}


@pytest.mark.parametrize(("name", "entry", "expected"), PARTS.values(), ids=PARTS)
def test_each_missing_property_of_an_entry_is_named_once(
    name: str, entry: dict[str, Any], expected: list[str], tmp_path: Path
) -> None:
    def change(descriptor: dict[str, Any]) -> None:
        descriptor[name][0] = entry

    found = issues_of(spoilt(PLAN, tmp_path / "copy", partial(edit_descriptor, change=change)))
    variants = ("property_missing", "missing_example")
    missing = [str(i.params["property"]) for i in found if i.params.get("variant") in variants]
    assert sorted(property_ for property_ in missing if property_ in expected) == expected
    assert len(missing) == len(set(missing))


@pytest.mark.parametrize("name", ["con", "aux", "lpt1"])
def test_name_that_releasing_refuses_is_told_before(name: str, tmp_path: Path) -> None:
    edit = partial(edit_descriptor, change=lambda d: d.update(name=name))
    found = issues_of(spoilt(PLAN, tmp_path / "copy", edit))
    assert "name_unsafe" in {i.params.get("variant") for i in found if i.code == "descriptor_invalid"}


@pytest.mark.parametrize("name", ["", "Plan", "a b", "../x", "x" * 200, 5, None])
def test_name_of_another_form_is_named_once(name: object, tmp_path: Path) -> None:
    edit = partial(edit_descriptor, change=lambda d: d.update(name=name))
    found = issues_of(spoilt(PLAN, tmp_path / "copy", edit))
    about_name = [i for i in found if i.code == "descriptor_invalid"]
    assert {i.params.get("property") for i in about_name} == {"name"}
