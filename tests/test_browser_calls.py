"""The calls of the page, in this Python: corrections, places of cells, and failures with their texts."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from openpyxl.workbook import Workbook

from khelang_opendata import Package, ReleaseOptions, published, release_package, validate
from khelang_opendata.browser import answer, remedies
from khelang_opendata.browser.drafts import files_of
from khelang_opendata.intake.corrections import Correction, correct_package
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.wording import failures
from khelang_opendata.release import restore_store
from tests.conftest import PLAN, VALID, fails
from tests.workbooks import edited, run, workbook_of

Ask = Callable[..., dict[str, Any]]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    """Ask one call; the files that it makes are ``files`` of the result."""
    calls = iter(range(1000))

    def asking(call: str, facts: dict[str, Any] | None = None, **places: Path) -> dict[str, Any]:
        folder = tmp_path / f"call-{next(calls)}"
        folder.mkdir()
        for place, path in places.items():
            if path.is_dir():
                shutil.copytree(path, folder / place)
            else:
                (folder / place).mkdir()
                shutil.copy(path, folder / place / path.name)
        result: dict[str, Any] = json.loads(answer(call, json.dumps(facts or {}), str(folder)))
        made = (path for path in (folder / "out").rglob("*") if path.is_file())
        return {**result, "files": {path.relative_to(folder / "out").as_posix(): path.read_bytes() for path in made}}

    return asking


def rows_of(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture
def workbook(ask: Ask, tmp_path: Path) -> Path:
    made = ask("template", {"lang": "th"}, draft=PLAN)
    path = tmp_path / "แผน ๒๕๖๖.xlsx"
    (path).write_bytes(made["files"][made["answer"]["path"]])
    return path


def test_correction_changes_one_record_and_keeps_the_bytes_of_all_others(plan: Path) -> None:
    budgets = plan / "data/budgets.csv"
    budgets.write_bytes(b"\xef\xbb\xbf" + budgets.read_bytes().removeprefix(b"\xef\xbb\xbf").replace(b"\n", b"\r\n"))
    before = budgets.read_bytes().splitlines(keepends=True)
    value = 'สอง "บรรทัด",\nและจุลภาค'
    assert correct_package(plan, [Correction("data/budgets.csv", 5, 4, value)], DEFAULT) == ["data/budgets.csv"]
    after = budgets.read_bytes()
    assert after.startswith(b"".join(before[:4]))
    assert after.endswith(b"".join(before[5:]))
    assert rows_of(budgets)[4][4] == value
    assert correct_package(plan, [], DEFAULT) == []
    assert budgets.read_bytes() == after


def test_rows_are_added_and_deleted_in_the_order_of_the_list(plan: Path) -> None:
    units = plan / "data/units.csv"
    before = rows_of(units)
    units.write_bytes(units.read_bytes().rstrip(b"\r\n"))  # as many editors leave the last line
    added = len(before) + 1
    steps = [Correction("data/units.csv", added, at, text) for at, text in enumerate(before[-1])]
    correct_package(plan, [*steps, Correction("data/units.csv", 2)], DEFAULT)
    assert rows_of(units) == [before[0], *before[2:], before[-1]]


@pytest.mark.parametrize("where", ["data/nowhere.csv", "datapackage.json", "../data/units.csv", "README.md", ""])
def test_correction_of_what_is_no_table_is_refused_and_changes_nothing(plan: Path, where: str) -> None:
    before = {path: path.read_bytes() for path in plan.rglob("*") if path.is_file()}
    with fails("correction_refused") as caught:
        correct_package(plan, [Correction("data/units.csv", 2, 2, "x"), Correction(where, 2, 1, "x")], DEFAULT)
    assert caught.value.params["variant"] == "place"
    assert {path: path.read_bytes() for path in plan.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("row", "column"), [(0, 1), (-1, 1), (10_000, 1), (2, -1), (2, 16_384)])
def test_correction_beyond_the_table_is_refused(plan: Path, row: int, column: int) -> None:
    with fails("correction_refused"):
        correct_package(plan, [Correction("data/units.csv", row, column, "x")], DEFAULT)


@pytest.mark.parametrize("given", [None, {}, {"where": "a", "row": "2", "column": 1, "value": "x"}, {"erratum": [1]}])
def test_correction_of_another_form_is_refused(given: Any) -> None:
    with fails("correction_refused"):
        Correction.of(given)


def test_offered_erratum_explains_the_finding_once_accepted(ask: Ask, plan: Path) -> None:
    spoilt = [Correction("data/units.csv", 2, 2, "ชื่อที่แก้แล้ว")]
    correct_package(plan, spoilt, DEFAULT)
    found = ask("check", draft=plan)["answer"]["report"]
    (offer,) = [issue["erratum"] for issue in found["issues"] if "erratum" in issue][:1]
    written = {"basis_th": "ตามคำสั่งแบ่งส่วนราชการ", "basis_en": "As the order says", "cause": "source_error"}
    accepted = [{"erratum": {**offer, **written}}]
    after = ask("check", {"corrections": accepted}, draft=plan)["answer"]["report"]
    assert after["summary"]["acknowledged"] == found["summary"]["acknowledged"] + 1
    assert after["summary"]["errors"] == 0
    unlike = [{"erratum": {**offer, "note": "x"}}]
    assert ask("check", {"corrections": unlike}, draft=plan)["failure"]["code"] == "correction_refused"


def test_places_are_those_of_the_cells_of_a_workbook(ask: Ask, workbook: Path) -> None:
    checked = ask("check", draft=workbook)["answer"]
    where = next(table["where"] for table in checked["tables"] if table["rows"] > 50)
    shown = ask("rows", {"where": where, "row": 12, "count": 3}, draft=workbook)["answer"]
    assert shown["first"] == 11
    year = next(at for at, column in enumerate(shown["columns"]) if column["name"] == "2566")
    wrong = {"where": where, "row": 12, "column": year, "value": "สามแสนกว่า"}
    spoilt = ask("check", {"corrections": [wrong]}, draft=workbook)["answer"]
    assert spoilt["unread_places"] == [{"where": where, "row": 12, "column": year}]
    refused = ask("package", {"corrections": [wrong]}, draft=workbook)["failure"]
    assert (refused["code"], refused["exit_code"]) == ("draft_refused", 2)
    assert refused["message_th"] != refused["message_en"]
    mended = [wrong, {**wrong, "value": shown["rows"][1][year]}]
    assert ask("check", {"corrections": mended}, draft=workbook)["answer"]["report"] == checked["report"]
    made = ask("package", {"corrections": mended}, draft=workbook)
    assert made["files"]["data/projects.csv"]


def test_a_workbook_without_its_id_sheet_goes_into_the_package_that_has_the_ids(ask: Ask, tmp_path: Path) -> None:
    def damage(book: Workbook) -> None:
        book["_khelang"]["A3"] = "changed"

    damaged = tmp_path / "plan.xlsx"
    damaged.write_bytes(edited(workbook_of(PLAN), damage))
    taken = ask("import", draft=damaged, package=PLAN)
    assert taken["answer"]["changed"] == []
    assert "snapshot_damaged" in [remark["code"] for remark in taken["answer"]["remarks"]]
    assert taken["files"]["data/projects.csv"] == (PLAN / "data/projects.csv").read_bytes()
    assert ask("import", draft=damaged)["failure"]["code"] == "ids_damaged"
    assert ask("import", draft=damaged, package=VALID)["answer"]["stopped"]


def test_places_are_those_of_the_cells_of_a_package(ask: Ask) -> None:
    wrong = {"where": "data/budgets.csv", "row": 5, "column": 3, "value": "25x6"}
    spoilt = ask("check", {"corrections": [wrong]}, draft=PLAN)["answer"]
    found = [
        place
        for issue, place in zip(spoilt["report"]["issues"], spoilt["places"], strict=True)
        if issue["severity"] == "error"
    ]
    assert {"where": "data/budgets.csv", "row": 5, "column": 3} in found
    shown = ask("rows", {"where": "data/budgets.csv", "row": 5, "corrections": [wrong]}, draft=PLAN)["answer"]
    assert shown["rows"][5 - shown["first"]][3] == "25x6"
    assert shown["columns"][3]["name"] == "fiscal_year_be"
    assert any(column["choices"] for column in shown["columns"])


def test_tables_alone_are_a_package_where_one_is_the_plan(ask: Ask, tmp_path: Path) -> None:
    tables = tmp_path / "tables"
    shutil.copytree(PLAN / "data", tables)
    checked = ask("check", draft=tables)["answer"]
    assert checked["name"] == "khelang-nakhon-2566-2570"
    assert "table_unlisted" not in checked["rules"]
    (tables / "plans.csv").unlink()
    failure = ask("check", draft=tables)["failure"]
    assert failure["code"] == "draft_refused"
    assert "plans.csv" in failure["fix_en"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "cp874"])
def test_tables_alone_in_another_encoding_have_that_finding_alone(ask: Ask, tmp_path: Path, encoding: str) -> None:
    tables = tmp_path / "tables"
    shutil.copytree(PLAN / "data", tables)
    plans = tables / "plans.csv"
    plans.write_bytes(plans.read_text(encoding="utf-8-sig").encode(encoding))
    checked = ask("check", draft=tables)["answer"]
    errors = [issue for issue in checked["report"]["issues"] if issue["severity"] == "error"]
    assert [(issue["code"], issue["resource"]) for issue in errors] == [("encoding_not_utf8", "plans")]
    assert checked["name"] == "khelang-nakhon-2566-2570"


@pytest.mark.parametrize("year", ["25x6", "", "²⁵⁶⁶", "9" * 5000])
def test_tables_alone_with_a_wrong_year_are_checked(ask: Ask, tmp_path: Path, year: str) -> None:
    tables = tmp_path / "tables"
    shutil.copytree(PLAN / "data", tables)
    at = rows_of(tables / "plans.csv")[0].index("start_fiscal_year_be")
    text = (tables / "plans.csv").read_text(encoding="utf-8-sig")
    (tables / "plans.csv").write_text(text.replace(",2566,", f",{year},"), encoding="utf-8")
    places = ask("check", draft=tables)["answer"]["places"]
    assert {"where": "data/plans.csv", "row": 2, "column": at} in places


def test_folder_below_others_and_leftovers_of_systems_are_opened_as_the_package(ask: Ask, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    shutil.copytree(PLAN, outer / "งาน ปี ๖๖/datapackage")
    (outer / ".DS_Store").write_bytes(b"x")
    assert ask("check", draft=outer)["answer"]["report"] == ask("check", draft=PLAN)["answer"]["report"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"<html>"])
@pytest.mark.parametrize("name", ["plan.xlsx", "plan.zip", "plan.csv", "plan"])
def test_file_that_is_no_plan_is_a_failure_in_both_languages(
    ask: Ask, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    failure = ask("check", draft=path)["failure"]
    assert failure["code"] != "internal"
    assert name in failure["message_th"] + failure["message_en"]
    assert str(tmp_path) not in json.dumps(failure)


def test_nothing_chosen_is_a_failure(ask: Ask) -> None:
    assert ask("check")["failure"]["code"] == "draft_refused"
    assert ask("report", {"format": "html"})["failure"]["code"] == "draft_refused"


def test_refused_release_has_its_report(ask: Ask) -> None:
    wrong = {"where": "data/budgets.csv", "row": 5, "column": 3, "value": "25x6"}
    failure = ask("release", {"on": "2026-11-27", "corrections": [wrong]}, draft=PLAN)["failure"]
    assert failure["code"] == "package_invalid"
    assert failure["report"]["summary"]["errors"] > 0
    assert ask("release", {"on": "2569-11-27"}, draft=PLAN)["failure"]["code"] == "date_invalid"


def test_call_leaves_the_folder_of_the_process_as_it_was(ask: Ask) -> None:
    before = Path.cwd()
    ask("check", draft=VALID)
    ask("nothing")
    assert Path.cwd() == before
    assert validate(PLAN).valid


def test_draft_that_was_released_can_be_corrected_and_released_again(ask: Ask, tmp_path: Path) -> None:
    first = ask("release", {"on": "2026-11-27"}, draft=PLAN)
    archive = tmp_path / first["answer"]["archive"]
    archive.write_bytes(first["files"][archive.name])
    opened = ask("check", draft=archive)["answer"]
    assert opened["is_release"]
    changed = {"where": "data/units.csv", "row": 2, "column": 2, "value": "ชื่อที่แก้แล้ว"}
    facts = {"on": "2026-12-01", "note": "แก้ชื่อ", "allow_warnings": "รอยืนยัน", "corrections": [changed]}
    again = ask("release", facts, draft=archive, releases=archive)
    assert again.get("failure", {}).get("code") is None, again.get("failure")
    assert again["answer"]["written"]
    assert again["answer"]["version"] != "1.0.0"
    compared = tmp_path / again["answer"]["archive"]
    compared.write_bytes(again["files"][compared.name])
    difference = ask("diff", {"lang": "th"}, old=archive, new=compared)
    assert "ชื่อที่แก้แล้ว" in difference["answer"]["text"]
    verified = ask("verify", release=compared)["answer"]
    assert verified["is_whole"]
    words = [verified["signature_th"], verified["origin_th"], verified["origin_en"], difference["answer"]["text"]]
    assert [text for text in words if "--" in text] == []
    assert "หน้านี้" in verified["origin_th"]


NEW_PLAN = {
    "name-th": "เทศบาลตำบลหนองบัว",
    "name-en": "Nong Bua Subdistrict Municipality",
    "type": "subdistrict_municipality",
    "province": "TH-52",
    "district": "เมือง",
    "years": "๒๕๗๑-๒๕๗๕",
}


def test_new_plan_is_the_one_of_the_command(ask: Ask, tmp_path: Path) -> None:
    made = ask("init", {**NEW_PLAN, "dla-code": "6520101"})
    assert made["answer"] == {"plan_id": "nong-bua-2571-2575", "type_differs": True}
    options = [f"--{name}={text}" for name, text in {**NEW_PLAN, "dla-code": "6520101"}.items()]
    assert run("init", tmp_path / "made", *options).exit_code == 0
    assert made["files"] == files_of(tmp_path / "made")
    questions = ask("questions")["answer"]
    assert NEW_PLAN["type"] in [one["code"] for one in questions["types"]]
    assert (len(questions["provinces"]), questions["provinces"][0]["code"]) == (77, "TH-10")


def test_new_plan_without_a_fact_is_refused_with_a_remedy_of_the_page(ask: Ask) -> None:
    for facts in ({}, {**NEW_PLAN, "plan-id": "หนองบัว"}):
        failure = ask("init", facts)["failure"]
        assert "--" not in failure["fix_en"]
        assert "--" not in failure["fix_th"]
    assert ask("init", {**NEW_PLAN, "years": "2028-2032"})["failure"]["code"] == "answer_refused"


def test_form_of_tables_is_shown_and_is_a_correction_that_can_be_undone(ask: Ask, plan: Path) -> None:
    units = plan / "data/units.csv"
    right = units.read_bytes()
    units.write_bytes(right.replace(b"\n", b"\r\n"))
    shown = ask("fmt", draft=plan)["answer"]
    assert (shown["files"], shown["count"]) == (["data/units.csv"], 1)
    assert shown["changes"][0]["text_th"] != shown["changes"][0]["text_en"]
    name = {"where": "data/units.csv", "row": 2, "column": 2, "value": "ชื่อที่แก้แล้ว"}
    facts = {"corrections": [name, {"fmt": True}]}
    corrected = ask("package", facts, draft=plan)["files"]["data/units.csv"]
    assert b"\r" not in corrected
    assert "ชื่อที่แก้แล้ว".encode() in corrected
    assert ask("fmt", facts, draft=plan)["answer"]["count"] == 0
    assert ask("package", {"corrections": [{"fmt": True}]}, draft=plan)["files"]["data/units.csv"] == right
    run("fmt", plan)
    assert units.read_bytes() == right


def test_form_of_a_workbook_is_refused(ask: Ask, workbook: Path) -> None:
    assert ask("fmt", draft=workbook)["failure"]["code"] == "correction_refused"
    assert ask("check", {"corrections": [{"fmt": True}]}, draft=workbook)["failure"]["code"] == "correction_refused"


def test_a_draft_is_compared_with_the_newest_release_of_a_site(ask: Ask, workbook: Path, tmp_path: Path) -> None:
    store = tmp_path / "site/releases"
    release_package(Package.load(PLAN), store, ReleaseOptions(date(2026, 11, 27)))
    facts = {"lang": "th", "corrections": [{"where": "หน่วยงาน", "row": 5, "column": 1, "value": "กองที่เปลี่ยนชื่อ"}]}
    assert "กองที่เปลี่ยนชื่อ" not in ask("diff", {"lang": "th"}, old=tmp_path / "site", draft=workbook)["answer"]["text"]
    assert "กองที่เปลี่ยนชื่อ" in ask("diff", facts, old=tmp_path / "site", draft=workbook)["answer"]["text"]
    shutil.rmtree(store / "v1.0.0")
    shutil.rmtree(store / "latest", ignore_errors=True)
    assert "กองที่เปลี่ยนชื่อ" in ask("diff", facts, old=store, draft=workbook)["answer"]["text"]  # of its ZIP
    (archive,) = store.glob("*.zip")
    archive.write_bytes(archive.read_bytes()[:-100])
    assert ask("diff", facts, old=store, draft=workbook)["failure"]["code"] == "archive_refused"
    failure = ask("diff", facts, old=store / "index.json", draft=workbook)["failure"]
    assert (failure["code"], "1.0.0" in failure["fix_en"]) == ("draft_refused", True)


def test_reports_to_the_nacc_are_those_of_the_command(ask: Ask, tmp_path: Path) -> None:
    made = ask("release", {"on": "2026-11-27"}, draft=PLAN)
    archive = tmp_path / made["answer"]["archive"]
    archive.write_bytes(made["files"][archive.name])
    store = tmp_path / "releases"
    restore_store(store, [archive])

    exported = ask("export", {"year": "๒๕๖๖", "months": "6"}, release=archive)
    done = run("export", store, "--to=eplan", "--year=2566", "--round=6", f"--output={tmp_path / 'eplan.xlsx'}")
    assert exported["files"] == {"eplan-2566-6.xlsx": (tmp_path / "eplan.xlsx").read_bytes()}
    assert [*exported["answer"]["score_en"]] == done.output.splitlines()[1:]
    assert [*ask("export", {"format": "csv"}, release=archive)["files"]] == ["eplan-2566-12.csv"]

    facts = {"year": "2569", "items": {"plan": "O99"}}
    shown = ask("evidence", facts, release=archive)
    run("evidence", store, "--year=2569", "--item=plan=O99", f"--out={tmp_path / 'evidence'}")
    assert shown["files"] == files_of(tmp_path / "evidence")
    assert "O99" in [item["code"] for item in shown["answer"]["items"]]
    assert {*shown["files"]} >= {item["page"] for item in shown["answer"]["items"]} | {shown["answer"]["index"]}
    assert "plan" in [item["key"] for item in ask("items")["answer"]["items"]]


def test_reports_to_the_nacc_of_what_is_no_release_are_refused(ask: Ask, tmp_path: Path) -> None:
    for call, facts in (("export", {}), ("evidence", {"year": "2569"})):
        assert ask(call, facts, release=PLAN)["failure"]["code"] == "draft_refused"
    assert ask("evidence", {"year": "ปีนี้"})["failure"]["code"] == "year_invalid"
    made = ask("release", {"on": "2026-11-27"}, draft=PLAN)
    altered = tmp_path / "altered.zip"
    with (
        zipfile.ZipFile(io.BytesIO(made["files"][made["answer"]["archive"]])) as old,
        zipfile.ZipFile(altered, "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name) + (b" " if name.endswith("/data/units.csv") else b""))
    failure = ask("export", release=altered)["failure"]
    assert failure["code"] == "release_damaged"
    assert gettempdir() not in failure["message_en"]


def test_sentences_of_the_page_are_of_failures_and_notices_that_there_are_and_name_no_command() -> None:
    texts = json.loads(Path(remedies.__file__).with_name("notices.json").read_text(encoding="utf-8"))
    wordings = {
        name if variant is None else f"{name}_{variant}": entry.wording_for({"variant": variant or ""})
        for name, entry in failures().items()
        for variant in (None, *entry.variants)
        if variant or entry.wording
    }
    verification_notices = json.loads(Path(published.__file__).with_name("notices.json").read_text(encoding="utf-8"))
    for name, text in texts.items():
        assert name in {*wordings, *verification_notices}
        assert not re.search(r"khelang |--", " ".join(text.values())), name
