"""The page's Python gives what the command gives: the same release byte for byte, the same reports and workbook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Bump, KhelangError, Language, Package, ReleaseOptions, load_family, release_package
from khelang_opendata.formats import parquet as parquet_form
from khelang_opendata.intake.opening import judged
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.release import build
from khelang_opendata.render.report_json import report_object
from tests.conftest import EXAMPLES, PLAN, VALID
from tests.test_cases import CASES
from tests.test_examples import INVALID, lay_over_base
from tests.web_app import PythonInNode, python_in_node

DAY = date(2026, 11, 27)


@pytest.fixture(scope="module")
def page() -> Iterator[PythonInNode]:
    with python_in_node() as python:
        yield python


@pytest.fixture
def without_polars(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command as it is where the extra ``large`` is not installed."""

    def installed(library: str) -> str:
        if library == "polars":
            raise PackageNotFoundError(library)
        return version(library)

    monkeypatch.setattr(parquet_form, "find_spec", lambda name: None)
    monkeypatch.setattr(build, "installed", installed)


def report_of_command(path: Path) -> dict[str, Any]:
    """The report that the command gives, or its failure's code."""
    try:
        with judged(path) as (report, _):
            content: dict[str, Any] = json.loads(json.dumps(report_object(report)))
            return content
    except KhelangError as error:
        return {"failure": error.code}


def report_of_page(page: PythonInNode, path: Path) -> dict[str, Any]:
    result = page.ask("check", draft=path)
    if "failure" in result:
        return {"failure": result["failure"]["code"]}
    answer: dict[str, Any] = result["answer"]["report"]
    return answer


@pytest.mark.usefixtures("without_polars")
def test_release_is_that_of_the_command_byte_for_byte(page: PythonInNode, tmp_path: Path) -> None:
    release_package(Package.load(PLAN), tmp_path / "first", ReleaseOptions(DAY))
    made = page.ask("release", {"on": DAY.isoformat()}, draft=PLAN)
    assert made["answer"]["version"] == "1.0.0"
    assert not made["answer"]["parquet"]
    beside = {path.name: path.read_bytes() for path in (tmp_path / "first").iterdir() if path.is_file()}
    assert made["files"] == {name: data for name, data in beside.items() if name != ".lock"}

    changed = tmp_path / "changed"
    shutil.copytree(PLAN, changed)
    units = changed / "data/units.csv"
    units.write_bytes(units.read_bytes().replace("กองคลัง".encode(), "สำนักคลัง".encode()))
    assert units.read_bytes() != (PLAN / "data/units.csv").read_bytes()
    options = ReleaseOptions(date(2026, 12, 1), "เปลี่ยนชื่อกองคลัง", Bump.MINOR, "ชื่อใหม่ยังไม่พิมพ์", "ปลัดเทศบาล")
    outcome = release_package(Package.load(changed), tmp_path / "first", options)
    facts = {"on": "2026-12-01", "note": options.note, "at_least": "MINOR"}
    facts |= {"allow_warnings": options.allow_warnings, "approved_by": options.approved_by}
    archive = tmp_path / made["answer"]["archive"]
    archive.write_bytes(made["files"][archive.name])
    again = page.ask("release", facts, draft=changed, releases=archive)
    assert again["answer"]["version"] == outcome.version
    for name, data in again["files"].items():
        assert data == (tmp_path / "first" / name).read_bytes(), name
    verified = page.ask("verify", release=archive)["answer"]
    assert (verified["is_whole"], verified["problems"]) == (True, [])


@pytest.mark.examples_refused
def test_examples_have_the_report_of_the_command(page: PythonInNode, tmp_path: Path) -> None:
    differing = []
    folders = {folder.name: folder for folder in sorted(EXAMPLES.glob("valid/*/"))}
    for fragment in INVALID:
        about = json.loads((fragment / "example.json").read_text(encoding="utf-8"))
        if "generate" in about:
            about["generate"]["rows"] = 500  # a million take minutes
        folders[fragment.name] = lay_over_base(fragment, about, tmp_path / fragment.name)
    for name, folder in folders.items():
        if report_of_page(page, folder) != report_of_command(folder):
            differing.append(name)
    assert differing == []


@pytest.mark.examples_refused
def test_cases_have_the_report_of_the_command(page: PythonInNode, tmp_path: Path) -> None:
    differing = []
    for number, case in enumerate(CASES):
        copy = tmp_path / str(number)
        shutil.copytree(case.source, copy)
        case.edit(copy)
        if report_of_page(page, copy) != report_of_command(copy):
            differing.append(case.name)
        shutil.rmtree(copy)
    assert differing == []


def test_workbook_is_that_of_the_command(page: PythonInNode, tmp_path: Path) -> None:
    for language in Language:
        made = page.ask("template", {"lang": language.value})
        assert made["files"] == {"plan.xlsx": plan_workbook(load_family(), None, language)}
    filled = page.ask("template", {"lang": "th"}, draft=PLAN)
    path = tmp_path / filled["answer"]["path"]
    path.write_bytes(filled["files"][path.name])
    assert report_of_page(page, path) == report_of_command(path)


def test_what_ends_python_is_a_failure_and_the_next_call_is_answered(page: PythonInNode, tmp_path: Path) -> None:
    assert page.ask("nothing")["failure"]["code"] == "internal"
    deep = tmp_path / "deep"
    shutil.copytree(VALID, deep)
    (deep / "datapackage.json").write_text("[" * 100_000)
    assert "failure" not in page.ask("check", draft=deep)
    assert page.ask("about")["answer"]["parquet"] is False
