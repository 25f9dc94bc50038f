"""What a package adds to the standard: columns, tables and files of its own are checked, released and compared."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata import Package, Report, Severity, diff_packages, validate, verify
from khelang_opendata.package.listing import synchronised
from khelang_opendata.portals.folder import publish_folder
from khelang_opendata.portals.publication import read_publication
from khelang_opendata.portals.resources import map_data_dictionary
from khelang_opendata.release import ReleaseOptions, release_package
from khelang_opendata.validation import family_of
from tests.conftest import codes_of, edit_descriptor, fails, replace_in

PDF = b"%PDF-1.4\n%the plan as it was announced\n"
DISTRICTS = "area_id,name_th,households\nA1,หมู่ 1,120\nA2,หมู่ 2,95\n"
DISTRICTS_SCHEMA = {
    "fields": [
        {"name": "area_id", "type": "string", "constraints": {"required": True, "pattern": "A[0-9]+"}},
        {"name": "name_th", "type": "string"},
        {"name": "households", "type": "integer", "constraints": {"minimum": 0}},
    ],
    "primaryKey": ["area_id"],
}


def write_synchronised(package: Path) -> None:
    descriptor = synchronised(loaded := Package.load(package), family_of(loaded))
    (package / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), encoding="utf-8")


def add_column(package: Path, name: str, cell: str) -> None:
    path = package / "data/projects.csv"
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    lines = [[*header, name], *([*row, cell] for row in rows)]
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


@pytest.fixture
def extended(example: Path) -> Path:
    """The valid example with a column, a table and a file of its own."""
    add_column(example, "x_months_th", "ต.ค. - ก.ย.")
    (example / "data/areas.csv").write_text(DISTRICTS, encoding="utf-8", newline="")
    (example / "plan.pdf").write_bytes(PDF)
    table = {"name": "areas", "title": "พื้นที่", "title_en": "Areas", "path": "data/areas.csv", "type": "table"}
    form = {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    dialect = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
    file = {"name": "document", "title": "แผนฉบับประกาศ", "path": "plan.pdf", "format": "pdf"}
    file |= {"mediatype": "application/pdf", "hash": f"sha256:{sha256(PDF).hexdigest()}"}
    more = [{**table, **form, "dialect": dialect, "schema": DISTRICTS_SCHEMA}, file]
    edit_descriptor(example, lambda descriptor: descriptor["resources"].extend(more))
    write_synchronised(example)
    return example


def infos(report: Report) -> list[tuple[str, str | None]]:
    return [(i.code, i.location.resource) for i in report.issues if i.severity is Severity.INFO]


def test_own_columns_tables_and_files_are_welcome_and_said(extended: Path) -> None:
    report = validate(extended)
    assert (report.errors, report.warnings) == (0, 0)
    expected = {
        ("column_additional", "projects"),
        ("resource_additional", "areas"),
        ("resource_not_checked", "document"),
    }
    assert {*infos(report)} == expected
    assert {"areas", "projects"} <= {table.name for table in report.tables}


def test_an_own_table_is_checked_by_its_own_schema(extended: Path) -> None:
    path = extended / "data/areas.csv"
    path.write_text(DISTRICTS.replace("A2,", "B2,").replace("95", "many"), encoding="utf-8", newline="")
    assert sorted({*codes_of(extended)} & {"pattern_mismatch", "type_wrong"}) == ["pattern_mismatch", "type_wrong"]


def test_an_own_column_is_checked_as_it_is_described(extended: Path) -> None:
    def describe(descriptor: dict[str, object]) -> None:
        resources = descriptor["resources"]
        assert isinstance(resources, list)
        projects = next(entry for entry in resources if entry["name"] == "projects")
        own = next(field for field in projects["schema"]["fields"] if field["name"] == "x_months_th")
        own["constraints"] = {"enum": ["ทุกเดือน"]}

    edit_descriptor(extended, describe)
    assert "value_not_allowed" in codes_of(extended)


def test_a_pattern_of_an_own_column_cannot_stop_the_validation(extended: Path) -> None:
    def describe(descriptor: dict[str, object]) -> None:
        resources = descriptor["resources"]
        assert isinstance(resources, list)
        projects = next(entry for entry in resources if entry["name"] == "projects")
        own = next(field for field in projects["schema"]["fields"] if field["name"] == "x_months_th")
        own["constraints"] = {"pattern": "(a|aa)+$"}

    edit_descriptor(extended, describe)
    path = extended / "data/projects.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("ต.ค. - ก.ย.", "a" * 60 + "!"), encoding="utf-8", newline=""
    )
    issues = [i for i in validate(extended).issues if i.code == "descriptor_invalid"]
    assert [i.params["variant"] for i in issues] == ["schema_unusable"]


def test_a_column_of_another_name_is_an_error_with_a_remedy_that_works(example: Path) -> None:
    add_column(example, "months_th", "ต.ค. - ก.ย.")
    assert codes_of(example) == ["column_unexpected"]
    path = example / "data/projects.csv"
    text = path.read_text(encoding="utf-8").replace("months_th", "x_months_th", 1)
    path.write_text(text, encoding="utf-8", newline="")
    write_synchronised(example)
    assert codes_of(example) == ["column_additional"]


def test_a_changed_file_is_found_by_its_hash(extended: Path) -> None:
    (extended / "plan.pdf").write_bytes(PDF + b"\n")
    assert "hash_mismatch" in codes_of(extended)


def test_a_release_carries_all_of_them_in_every_form(extended: Path, tmp_path: Path) -> None:
    outcome = release_package(Package.load(extended), tmp_path / "releases", ReleaseOptions(date(2026, 11, 27)))
    release = outcome.path
    assert verify(release).is_whole
    assert (release / "files/document.pdf").read_bytes() == PDF
    assert (release / "data/areas.csv").read_text(encoding="utf-8") == DISTRICTS
    assert "ต.ค. - ก.ย." in (release / "data/projects.csv").read_text(encoding="utf-8-sig")
    plan_id = Package.load(extended).descriptor["name"]
    nested = json.loads((release / f"{plan_id}.json").read_bytes())
    assert {project["x_months_th"] for project in nested["projects"]} == {"ต.ค. - ก.ย."}
    database = sqlite3.connect(release / f"{plan_id}.sqlite")
    assert database.execute("SELECT DISTINCT x_months_th FROM projects").fetchall() == [("ต.ค. - ก.ย.",)]
    for name in ("00-README.th.md", "00-README.en.md"):
        readme = (release / name).read_text(encoding="utf-8")
        assert "files/document.pdf" in readme
        assert "data/areas.csv" in readme
    for name in ("dcat.jsonld", "schema-org.jsonld", "croissant.json"):
        metadata = (release / "metadata" / name).read_text(encoding="utf-8")
        for path in ("files/document.pdf", "data/areas.csv"):
            assert f"../{path}" in metadata
            assert sha256((release / path).read_bytes()).hexdigest() in metadata
    assert validate(release).valid


RARE_TYPES = {
    **{"year": "2566", "yearmonth": "2024-01", "list": "a,b", "object": '{"a": 1}', "array": "[1]", "any": "x"},
    **{"time": "12:00:00", "datetime": "2024-01-01T00:00:00", "duration": "P1D", "geopoint": "1,2"},
    "geojson": '{"type": "Point", "coordinates": [1, 2]}',
}


def test_a_release_carries_own_columns_of_every_type_as_text(example: Path, tmp_path: Path) -> None:
    for type_, cell in RARE_TYPES.items():
        add_column(example, f"x_{type_}", cell)
    write_synchronised(example)

    def describe(descriptor: Any) -> None:
        projects = next(entry for entry in descriptor["resources"] if entry["name"] == "projects")
        for field in projects["schema"]["fields"]:
            if field["name"].removeprefix("x_") in RARE_TYPES:
                field["type"] = field["name"].removeprefix("x_")

    edit_descriptor(example, describe)
    assert validate(example).valid
    release = release_package(Package.load(example), tmp_path / "out", ReleaseOptions(date(2026, 11, 27))).path
    nested = json.loads((release / f"{Package.load(example).descriptor['name']}.json").read_bytes())
    assert {name: nested["projects"][0][f"x_{name}"] for name in RARE_TYPES} == RARE_TYPES


def test_a_change_in_an_own_table_or_file_makes_a_new_version(extended: Path, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    first = release_package(Package.load(extended), releases, ReleaseOptions(date(2026, 11, 27)))
    again = release_package(Package.load(extended), releases, ReleaseOptions(date(2026, 11, 28)))
    assert not again.written
    before = Package.load(first.path)
    path = extended / "data/areas.csv"
    path.write_text(DISTRICTS.replace("95", "96"), encoding="utf-8", newline="")
    changes = diff_packages(before, Package.load(extended))
    assert [change.path for change in changes.metadata] == ["/resources/areas/content"]
    second = release_package(Package.load(extended), releases, ReleaseOptions(date(2026, 11, 28)))
    assert second.written


def test_a_name_that_leads_elsewhere_is_refused(extended: Path, tmp_path: Path) -> None:
    def rename(descriptor: dict[str, object]) -> None:
        resources = descriptor["resources"]
        assert isinstance(resources, list)
        resources[-1]["name"] = "../../document"

    edit_descriptor(extended, rename)
    with fails("package_invalid"):
        release_package(Package.load(extended), tmp_path / "releases", ReleaseOptions(date(2026, 11, 27)))


def test_portals_and_web_folders_get_own_tables_and_files(extended: Path, tmp_path: Path) -> None:
    releases = tmp_path / "releases"
    release_package(Package.load(extended), releases, ReleaseOptions(date(2026, 11, 27)))
    publication = read_publication(releases)
    paths = {distribution.path: distribution for distribution in publication.distributions}
    assert {"data/areas.csv", "files/document.pdf"} <= paths.keys()
    dictionary = map_data_dictionary(paths["data/areas.csv"])
    assert [column["id"] for column in dictionary] == ["area_id", "name_th", "households"]
    web = tmp_path / "web"
    publish_folder(releases, web)
    assert (next(web.rglob("document.pdf"))).read_bytes() == PDF


PROFILE: dict[str, Any] = {
    "id": "lampang",
    "version": "1.0.0",
    "conformsTo": "anticorruption-plan/1.0.0",
    "title": "โพรไฟล์จังหวัดลำปาง",
    "title_en": "Profile of Lampang province",
    "tables": {
        "projects": {
            "fields": {
                "x_strategy": {"type": "string", "title": "ยุทธศาสตร์", "constraints": {"enum": ["S1", "S2"]}},
                "source_section": {"constraints": {"maxLength": 200}},
            }
        },
        "x_meetings": {
            "title": "การประชุม",
            "title_en": "Meetings",
            "fields": [
                {"name": "plan_id", "type": "string"},
                {"name": "meeting_no", "type": "integer", "constraints": {"minimum": 1}},
            ],
            "primaryKey": ["meeting_no"],
        },
    },
    "codes": {"audience": {"monks": {"title_th": "พระภิกษุ", "title_en": "Monks"}}},
}


def with_profile(package: Path, profile: Any) -> Path:
    (package / "profile.json").write_text(json.dumps(profile, ensure_ascii=False), encoding="utf-8")
    edit_descriptor(package, lambda descriptor: descriptor.update(schemaProfile="profile.json"))
    return package


@pytest.fixture
def profiled(example: Path) -> Path:
    """The valid example under a profile that adds a column, a table and a code, and tightens a limit."""
    add_column(example, "x_strategy", "S1")
    (example / "data/x_meetings.csv").write_text("plan_id,meeting_no\nmae-thung-2561-2564,1\n", encoding="utf-8")
    replace_in(example / "data/targets.csv", "taxpayers", "monks")
    with_profile(example, PROFILE)
    write_synchronised(example)
    return example


def test_a_profile_adds_columns_tables_and_codes(profiled: Path, tmp_path: Path) -> None:
    report = validate(profiled)
    assert [(i.code, i.location.resource) for i in report.issues] == [("column_additional", "projects")]
    assert "x_meetings" in {table.name for table in report.tables}
    outcome = release_package(Package.load(profiled), tmp_path / "releases", ReleaseOptions(date(2026, 11, 27)))
    flat = next(outcome.path.glob("*-flat.csv")).read_text(encoding="utf-8-sig")
    assert "monks" in flat
    nested = json.loads((outcome.path / "mae-thung-2561-2564.json").read_bytes())
    assert nested["x_meetings"] == [{"plan_id": "mae-thung-2561-2564", "meeting_no": 1}]
    assert validate(outcome.path).valid


def test_what_a_profile_demands_is_checked(profiled: Path) -> None:
    replace_in(profiled / "data/projects.csv", ",S1\n", ",S9\n")
    replace_in(profiled / "data/x_meetings.csv", ",1\n", ",0\n")
    assert {"value_not_allowed", "value_out_of_range"} <= {*codes_of(profiled)}


def changed(**changes: Any) -> dict[str, Any]:
    return {**PROFILE, **changes}


def of_projects(**fields: Any) -> dict[str, Any]:
    return changed(tables={"projects": {"fields": fields}})


FAULTY_PROFILES: dict[str, tuple[Any, str]] = {
    "no version": ({key: value for key, value in PROFILE.items() if key != "version"}, "form"),
    "another standard": (changed(conformsTo="anticorruption-plan/9.0.0"), "standard"),
    "codes of a closed list": (changed(codes={"lao_type": PROFILE["codes"]["audience"]}), "codelist"),
    "no longer required": (of_projects(title_th={"constraints": {"required": False}}), "looser"),
    "a longer text": (of_projects(title_th={"constraints": {"maxLength": 5000}}), "looser"),
    "an unknown limit": (of_projects(title_th={"constraints": {"minimum": "x"}}), "table_schema"),
    "more values": (of_projects(project_kind={"constraints": {"enum": ["project", "festival"]}}), "looser"),
    "another type": (of_projects(sequence_no={"type": "string"}), "property"),
    "another key": (changed(tables={"projects": {"primaryKey": ["title_th"]}}), "property"),
    "a removed column": (of_projects(title_en=None), "removed"),
    "a column without x_": (of_projects(strategy={"type": "string"}), "column_name"),
    "a table without x_": (changed(tables={"meetings": PROFILE["tables"]["x_meetings"]}), "table_name"),
    "a table without fields": (changed(tables={"x_meetings": {"title": "ประชุม"}}), "table_schema"),
    "a column of no type": (of_projects(x_strategy={"type": "word"}), "table_schema"),
}


@pytest.mark.parametrize("name", FAULTY_PROFILES)
def test_a_profile_may_not_loosen_the_standard(name: str, example: Path) -> None:
    profile, variant = FAULTY_PROFILES[name]
    report = validate(with_profile(example, profile))
    found = [issue.params["variant"] for issue in report.issues if issue.code == "profile_invalid"]
    assert found == [variant]
    assert {issue.code for issue in report.issues} == {"profile_invalid"}


@pytest.mark.parametrize("path", ["missing.json", "../outside.json", "https://example.org/profile.json"])
def test_a_profile_that_cannot_be_read_is_an_error(path: str, example: Path) -> None:
    edit_descriptor(example, lambda descriptor: descriptor.update(schemaProfile=path))
    assert {*codes_of(example)} == {"descriptor_invalid", "profile_invalid"}
