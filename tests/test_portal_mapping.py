"""The mapping of a plan to a portal's fields and choices; problems are reported before anything is sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.mapping import Metadata, from_ckan, map_metadata, problem_text, to_ckan
from khelang_opendata.portals.metadata_values import Value, parse_date
from khelang_opendata.portals.portal_failures import FieldProblem, MetadataRefused
from khelang_opendata.portals.profiles import detect_profile
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.portals.resources import map_data_dictionary, map_resource
from khelang_opendata.portals.sources import Origin, ValueSource
from khelang_opendata.release import withdraw
from khelang_opendata.render.messages import failure_text
from tests.conftest import PLAN, VALID
from tests.releases import copied, correct_a_cell, publish

SCHEMES = Path(__file__).parent / "portal/schemes"
ORG = "3b3c2d9e-740a-4d4b-a4a9-d10f5955b8e6"
LICENCES = [
    {"id": "notspecified", "title": "License not specified"},
    {"id": "cc-by", "title": "Creative Commons Attribution"},
    {"id": "cc-by-sa", "title": "Creative Commons Attribution Share-Alike"},
    {"id": "odc-odbl", "title": "Open Data Commons Open Database License (ODbL)"},
]
VALUES = {
    "maintainer_email": "saraban@khelangnakhon.go.th",
    "objective": "กฎหมายที่เกี่ยวข้อง,พันธกิจหน่วยงาน",
    "update_frequency_unit": "ครึ่งปี",
}


def reported(name: str) -> dict[str, Any]:
    """A scheme of the real portals that the tests run, as ckanext-scheming returns it."""
    scheme: dict[str, Any] = yaml.safe_load((SCHEMES / f"{name}.yaml").read_text(encoding="utf-8"))
    return scheme


def schema_of(name: str, change: Callable[[dict[str, Any]], object] = lambda _: None) -> DatasetSchema:
    scheme = reported(name)
    change({field["field_name"]: field for field in scheme["dataset_fields"]})
    licences = json.loads((SCHEMES / f"{name}.licenses.json").read_text(encoding="utf-8"))
    return DatasetSchema.from_scheming(scheme, licences)


THAI = schema_of("thai_gdc")
STRICTER = schema_of("stricter")
PLAIN = DatasetSchema.ckan_core(LICENCES)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real plan, released and corrected."""
    folder = tmp_path_factory.mktemp("releases")
    plan = copied(PLAN, folder / "plan")
    publish(plan, folder / "out", date(2026, 11, 22))
    correct_a_cell(plan)
    publish(plan, folder / "out", date(2027, 1, 31))
    return folder / "out"


@pytest.fixture(scope="module")
def real(releases: Path) -> Publication:
    return read_publication(releases)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Publication:
    out = tmp_path_factory.mktemp("example")
    publish(VALID, out, date(2020, 2, 29))
    return read_publication(out)


def mapped(publication: Publication, schema: DatasetSchema = THAI, given: Mapping[str, str] = VALUES) -> Metadata:
    return map_metadata(publication, schema, detect_profile(schema), ORG, given)


def with_properties(publication: Publication, **properties: object) -> Publication:
    """Return the publication with other properties of its package."""
    return replace(publication, descriptor={**publication.descriptor, **properties})


def codes(metadata: Metadata) -> list[tuple[str, str]]:
    return [(problem.code, problem.field) for problem in metadata.problems]


# --- the fields


def test_real_plan_lacks_three_required_values(real: Publication) -> None:
    wanting = mapped(real, given={})
    assert codes(wanting) == [
        ("missing", "maintainer_email"),
        ("missing", "objective"),
        ("missing", "update_frequency_unit"),
    ]
    assert wanting.problems[2].allowed[:3] == ("ไม่ทราบ", "ปี", "ครึ่งปี")
    assert wanting.problems[2].label == "หน่วยความถี่ของการปรับปรุงข้อมูล"


def test_real_plan_fills_every_mandatory_field(real: Publication) -> None:
    metadata = mapped(real)
    package = real.descriptor
    assert metadata.problems == ()
    assert metadata.fields == {
        "name": "khelang-nakhon-2566-2570",
        "data_type": "ข้อมูลระเบียน",
        "title": "แผนปฏิบัติการป้องกันการทุจริตของเทศบาลเมืองเขลางค์นคร พ.ศ. 2566-2570",
        "owner_org": ORG,
        "maintainer": "khelang_opendata",
        "maintainer_email": "saraban@khelangnakhon.go.th",
        "tag_string": tuple(sorted(package["keywords"])),
        "notes": f"{package['description']}\n\n{package['description_en']}",
        "objective": ("กฎหมายที่เกี่ยวข้อง", "พันธกิจหน่วยงาน"),
        "update_frequency_unit": "ครึ่งปี",
        "geo_coverage": "เทศบาล/อบต.",
        "data_source": ", ".join(source["title"] for source in package["sources"]),
        "data_format": ("CSV", "HTML", "JSON", "XLS"),
        "data_category": "ข้อมูลสาธารณะ",
        "license_id": "Creative Commons Attributions",
        "data_language": ("อังกฤษ", "ไทย"),
        "created_date": "2026-11-22",
        "last_updated_date": "2027-01-31",
        "allow_harvest": "True",
    }


def test_example_has_all_required_values(example: Publication) -> None:
    metadata = mapped(example, given={})
    portal = example.descriptor["portal"]
    assert metadata.problems == ()
    for name in ("maintainer", "maintainer_email", "update_frequency_unit", "geo_coverage", "data_source"):
        assert metadata.fields[name] == portal[name]
        assert metadata.origins[name] == Origin(ValueSource.PORTAL, f"portal/{name}")
    assert metadata.fields["objective"] == tuple(sorted(portal["objective"]))
    assert metadata.fields["update_frequency_interval"] == "1"
    assert metadata.fields["url"] == example.descriptor["homepage"]
    assert metadata.fields["created_date"] == metadata.fields["last_updated_date"] == "2020-02-29"


def test_origin_of_each_value_is_named(real: Publication) -> None:
    origins = mapped(real).origins
    assert origins["owner_org"] == origins["objective"] == Origin(ValueSource.GIVEN)
    assert origins["tag_string"] == Origin(ValueSource.PACKAGE, "keywords")
    assert origins["geo_coverage"] == Origin(ValueSource.PACKAGE, "plans/lao_type")
    assert origins["created_date"] == Origin(ValueSource.RELEASE)
    assert origins["data_type"] == Origin(ValueSource.PROFILE, "gd_catalog")
    assert set(origins) == set(mapped(real).fields)


def test_precedence_is_given_portal_package(example: Publication) -> None:
    portal = {**example.descriptor["portal"], "title": "จากระบบบัญชีข้อมูล", "notes": "จากระบบบัญชีข้อมูล"}
    metadata = mapped(with_properties(example, portal=portal), given={"notes": "จากคำสั่ง"})
    assert (metadata.fields["title"], metadata.fields["notes"]) == ("จากระบบบัญชีข้อมูล", "จากคำสั่ง")


def test_blank_value_is_ignored_in_portal_and_removes_a_field_when_given(example: Publication) -> None:
    portal = {**example.descriptor["portal"], "title": " ", "tag_string": [], "url": None}
    metadata = mapped(with_properties(example, portal=portal), given={"url": " ", "data_source": ""})
    assert metadata.fields["title"] == example.descriptor["title"]
    assert metadata.fields["tag_string"]
    assert "url" not in metadata.fields
    assert codes(metadata) == [("missing", "data_source")]


@pytest.mark.parametrize(
    ("lao_type", "coverage"),
    [("pao", "จังหวัด"), ("sao", "เทศบาล/อบต."), ("city_municipality", "เทศบาล/อบต."), ("special", None)],
)
def test_coverage_follows_from_the_kind_of_local_government(
    real: Publication, lao_type: str, coverage: str | None
) -> None:
    metadata = mapped(replace(real, plan={**real.plan, "lao_type": lao_type}))
    assert metadata.fields.get("geo_coverage") == coverage
    assert codes(metadata) == ([] if coverage else [("missing", "geo_coverage")])


def test_publisher_with_an_address_is_the_maintainer(real: Publication) -> None:
    contributors = [
        {"title": "ผู้ดูแล", "roles": ["maintainer"], "email": "not@this.example"},
        {"title": "กองคลัง", "roles": ["publisher"], "email": "finance@khelang.go.th"},
    ]
    fields = mapped(with_properties(real, contributors=contributors), given={}).fields
    assert (fields["maintainer"], fields["maintainer_email"]) == ("กองคลัง", "finance@khelang.go.th")


def test_years_of_the_buddhist_era_are_for_statistics_alone(real: Publication) -> None:
    fields = mapped(real, given={**VALUES, "data_type": "ข้อมูลสถิติ"}).fields
    assert (fields["first_year_of_data"], fields["last_year_of_data"]) == ("2566", "2570")
    assert "first_year_of_data" not in mapped(real).fields


def test_licence_is_found_in_the_list_of_the_portal(real: Publication) -> None:
    for name, schema, expected in (
        ("CC-BY-4.0", THAI, "Creative Commons Attributions"),
        ("CC-BY-4.0", STRICTER, "Creative Commons Attribution"),
        ("CC-BY-4.0", PLAIN, "cc-by"),
        ("CC-BY-SA-4.0", PLAIN, "cc-by-sa"),
        ("ODbL-1.0", THAI, "Open Data Common"),
    ):
        assert mapped(with_properties(real, licenses=[{"name": name}]), schema).fields["license_id"] == expected
    by_title = [{"name": "GFDL-9", "title": "GNU Free Documentation License"}]
    assert mapped(with_properties(real, licenses=by_title)).fields["license_id"] == "GNU Free Documentation License"


def test_licences_of_the_portal_are_choices_in_a_schema_without_choices(real: Publication) -> None:
    without = reported("thai_gdc")
    for field in without["dataset_fields"]:
        if field["field_name"] == "license_id":
            del field["choices"]
    assert mapped(real, DatasetSchema.from_scheming(without, LICENCES)).fields["license_id"] == "cc-by"
    unknown = mapped(with_properties(real, licenses=[{"name": "MIT"}]), DatasetSchema.from_scheming(without, LICENCES))
    assert codes(unknown) == [("not_in_list", "license_id")]
    assert unknown.problems[0].allowed == tuple(licence["id"] for licence in LICENCES)


# --- what the target demands


def test_schema_is_parsed_as_portals_write_it() -> None:
    assert THAI.fields["objective"].is_list
    assert THAI.fields["created_date"].is_date
    assert THAI.fields["maintainer_email"].is_email
    assert THAI.fields["name"].label == "URL"
    assert THAI.fields["data_format"].choice_values is not None
    assert THAI.resource_fields["resource_created_date"].is_date
    expanded = {
        "dataset_fields": [
            {"field_name": "a", "validators": "scheming_multiple_choice", "choices": [{"value": "ก", "label": "เอ"}]},
            {"field_name": "b", "validators": "not_empty email_validator unicode"},
            {
                "field_name": "c",
                "validators": "scheming_required isodate convert_to_json_if_date",
                "label": {"en": "C"},
            },
            {"field_name": "d", "validators": "if_empty_same_as(not_empty_field) scheming_required"},
        ]
    }
    fields = DatasetSchema.from_scheming(expanded, []).fields
    assert (fields["a"].is_list, fields["a"].required, fields["a"].choice_values) == (True, False, ("ก",))
    assert (fields["b"].is_email, fields["b"].required) == (True, True)
    assert (fields["c"].is_date, fields["c"].required, fields["c"].label) == (True, False, "C")
    assert not fields["d"].required


def test_stricter_portal_reports_its_own_problems(real: Publication, example: Publication) -> None:
    given = {**VALUES, "objective": "กฎหมายที่เกี่ยวข้อง,ไม่ทราบ"}
    metadata = mapped(real, STRICTER, given)
    assert codes(metadata) == [("missing", "agency_type"), ("not_in_list", "objective"), ("missing", "geo_coverage")]
    assert metadata.problems[1].value == "ไม่ทราบ"
    assert "ไม่ทราบ" not in metadata.problems[1].allowed
    assert metadata.fields["data_format"] == ("CSV", "HTML", "JSON", "XLSX")
    assert not {"allow_harvest", "created_date", "data_language"} & set(metadata.fields)
    assert codes(mapped(example, STRICTER, {"agency_type": "องค์กรปกครองส่วนท้องถิ่น"})) == [("not_in_list", "geo_coverage")]


def test_further_field_of_a_portal_comes_from_the_descriptor_or_is_given(example: Publication) -> None:
    portal = {**example.descriptor["portal"], "agency_type": "ส่วนราชการ", "geo_coverage": "จังหวัด"}
    described = mapped(with_properties(example, portal=portal), STRICTER, {})
    assert described.problems == ()
    assert described.fields["agency_type"] == "ส่วนราชการ"
    assert "agency_type" not in mapped(with_properties(example, portal=portal), THAI, {}).fields


def test_required_field_of_files_is_given_or_missing(example: Publication) -> None:
    scheme = reported("thai_gdc")
    wanted = {"field_name": "resource_data_collect", "label": {"th": "หน่วยย่อย"}, "required": True}
    scheme["resource_fields"].append(wanted)
    demanding = DatasetSchema.from_scheming(scheme, [])
    assert codes(mapped(example, demanding, {})) == [("missing_of_files", "resource_data_collect")]
    complete = with_properties(example, portal={**example.descriptor["portal"], "resource_data_collect": "โครงการ"})
    assert codes(mapped(complete, demanding, {})) == []
    assert map_resource(complete.distributions[0], complete, demanding)["resource_data_collect"] == "โครงการ"


def test_other_must_be_explained(real: Publication) -> None:
    given = {**VALUES, "objective": "พันธกิจหน่วยงาน, อื่น ๆ", "geo_coverage": "อื่นๆ", "geo_coverage_other": "ชุมชน"}
    metadata = mapped(real, given=given)
    assert metadata.fields["objective"] == ("พันธกิจหน่วยงาน", "อื่นๆ")
    assert codes(metadata) == [("missing", "objective_other")]


def test_unknown_field_is_reported_with_the_nearest_name(real: Publication) -> None:
    given = {**VALUES, "maintainer_mail": "a@b.go.th", "owner_org": "other"}
    metadata = mapped(real, given=given)
    assert codes(metadata) == [("unknown_field", "maintainer_mail"), ("unknown_field", "owner_org")]
    assert metadata.problems[0].allowed == ("maintainer_email",)
    assert metadata.fields["owner_org"] == ORG


# --- values


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("objective", " แผนระดับที่ ๓  (มติครม. ๔ ธ.ค. ๒๕๖๐) ", ("แผนระดับที่ 3 (มติครม. 4 ธ.ค. 2560)",)),
        ("objective", "พันธกิจ\u200bหน่วยงาน", ("พันธกิจหน่วยงาน",)),
        ("update_frequency_interval", "๒", "2"),
        ("geo_coverage", "เทศบาล / อบต.", "เทศบาล/อบต."),
        ("high_value_dataset", "ไม่ใช่", "False"),
        ("allow_harvest", "false", "False"),
        ("data_language", "ไทย, อังกฤษ, ไทย", ("อังกฤษ", "ไทย")),
        ("data_format", "csv", ("CSV",)),
        ("license_id", "CC-BY-4.0", "Creative Commons Attributions"),
        ("created_date", "๒๕๖๙-๐๑-๑๕", "2026-01-15"),
        ("last_updated_date", "2567-02-29", "2024-02-29"),
        ("maintainer", " กองคลัง \r\n", "กองคลัง"),
        ("tag_string", "งบ  ประมาณ,  ลำปาง", ("งบ ประมาณ", "ลำปาง")),
        ("first_year_of_data", "๒๕๖๖", "2566"),
    ],
)
def test_value_is_normalised_if_its_meaning_is_clear(real: Publication, field: str, given: str, stored: Value) -> None:
    metadata = mapped(real, given={**VALUES, field: given})
    assert metadata.fields[field] == stored
    assert metadata.problems == ()


@pytest.mark.parametrize(
    ("field", "given", "code"),
    [
        ("data_category", "ข้อมูลเปิด", "not_in_list"),
        ("data_type", "ข้อมูลระเบียนข้อมูลสถิติ", "not_in_list"),
        ("maintainer_email", "สำนักปลัด <a@b.go.th>", "bad_email"),
        ("maintainer_email", "a..b@khelang.go.th", "bad_email"),
        ("maintainer_email", "a@localhost", "bad_email"),
        ("url", "javascript:alert(1)", "bad_url"),
        ("url", "https://", "bad_url"),
        ("url", "http://[1", "bad_url"),
        ("created_date", "15/01/2569", "bad_date"),
        ("created_date", "2569-02-29", "bad_date"),
        ("created_date", "2026-01-15T10:00:00", "bad_date"),
        ("created_date", "2026-W03-1", "bad_date"),
        ("name", "แผน", "bad_name"),
        ("name", "../etc", "bad_name"),
        ("name", "new", "bad_name"),
        ("name", "a", "too_short"),
        ("name", "a" * 200, "too_long"),
        ("tag_string", "ก", "too_short"),
        ("tag_string", "ยาว" * 34, "too_long"),
        ("tag_string", 'งบ "ปกปิด"', "bad_tag"),
        ("tag_string", "<b>งบ</b>", "bad_tag"),
        ("title", "แผน\x00", "control_character"),
        ("notes", "ดู\x1b[2Jนี่", "control_character"),
        ("maintainer", "กอง\ud800คลัง", "control_character"),
    ],
)
def test_invalid_value_is_reported(real: Publication, field: str, given: str, code: str) -> None:
    metadata = mapped(real, given={**VALUES, field: given})
    assert codes(metadata) == [(code, field)]


def test_keyword_with_a_comma_is_one_keyword_and_refused(real: Publication) -> None:
    metadata = mapped(with_properties(real, keywords=["งบประมาณ, พัสดุ", "ลำปาง"]))
    assert [(problem.code, problem.value) for problem in metadata.problems] == [("bad_tag", "งบประมาณ, พัสดุ")]


def test_text_of_the_plan_is_sent_as_it_is(real: Publication) -> None:
    """HTML and formulas are the portal's to escape; a changed description would be another one."""
    title = '=SUM(A1) <script>alert("๑")</script>, ก'
    assert to_ckan(mapped(with_properties(real, title=title)).fields, THAI)["title"] == title


def test_descriptor_of_another_maker_does_not_break_the_mapping(real: Publication) -> None:
    odd = with_properties(real, portal=["x"], keywords=None, contributors=[], licenses=[], sources=[], languages=[])
    assert ("missing", "license_id") in codes(mapped(odd))
    values = {"maintainer": {"a": 1}, "objective": 7, "title": True, "data_format": [None, ["CSV"]]}
    assert ("not_in_list", "objective") in codes(mapped(with_properties(real, portal=values), given={}))


def test_buddhist_years_never_leave_as_gregorian_ones() -> None:
    assert parse_date("2569-01-15") == "2026-01-15"
    assert parse_date("2399-12-31") == "2399-12-31"
    assert [parse_date(text) for text in ("", "2569", "2569-1-5", "2569-13-01", "-2569-01-01", "256๙๙-01-01")] == [
        None
    ] * 6


# --- to CKAN and back


def shown(payload: Mapping[str, Any], schema: DatasetSchema) -> dict[str, Any]:
    """Return a dataset as CKAN returns it: tags as objects, lists in the order of the schema, and unset fields."""
    tags = [{"name": tag, "display_name": tag, "state": "active"} for tag in reversed(payload["tag_string"].split(","))]
    kept = {name: value for name, value in payload.items() if name != "tag_string"}
    for name, value in kept.items():
        if name in schema.fields and schema.fields[name].is_list:
            kept[name] = [choice for choice in schema.fields[name].choice_values or () if choice in value]
    unset = {name: [] if field.is_list else "" for name, field in schema.fields.items() if name not in payload}
    return {**unset, **kept, "tags": tags, "id": "1", "num_tags": len(tags), "author": None, "private": True}


@pytest.mark.parametrize("schema", [THAI, STRICTER, PLAIN], ids=["thai_gdc", "stricter", "plain"])
def test_values_from_ckan_equal_those_sent(real: Publication, schema: DatasetSchema) -> None:
    fields = mapped(real, schema).fields
    sent = json.loads(json.dumps(to_ckan(fields, schema)))
    assert from_ckan(shown(sent, schema), fields, schema) == fields


def test_tags_are_replaced_and_lists_are_lists(real: Publication) -> None:
    payload = to_ckan(mapped(real).fields, THAI)
    assert payload["tags"] == []
    assert payload["tag_string"].split(",") == sorted(real.descriptor["keywords"])
    assert payload["objective"] == ["กฎหมายที่เกี่ยวข้อง", "พันธกิจหน่วยงาน"]
    assert not {"resources", "private", "extras"} & set(payload)


@pytest.mark.parametrize(
    ("dataset", "fields"),
    [
        ({"objective": '["ข", "ก"]', "title": "แผน "}, {"objective": ("ก", "ข"), "title": "แผน"}),
        ({"objective": "[ไม่ใช่รายการ"}, {"objective": ("[ไม่ใช่รายการ",)}),
        ({"objective": [], "title": None, "tags": []}, {}),
        ({"notes": "ก\r\nข"}, {"notes": "ก\nข"}),
        ({"created_date": "2026-01-15T00:00:00"}, {"created_date": "2026-01-15"}),
    ],
)
def test_other_representations_are_the_same_value(dataset: dict[str, Any], fields: dict[str, Value]) -> None:
    names = ("objective", "title", "tag_string", "notes", "created_date")
    assert from_ckan(dataset, names, THAI) == fields


def test_plain_portal_gets_extras_and_valid_tags(real: Publication) -> None:
    metadata = mapped(real, PLAIN)
    assert metadata.problems == ()
    payload = to_ckan(metadata.fields, PLAIN)
    extras = {extra["key"]: extra["value"] for extra in payload["extras"]}
    assert payload["tag_string"] == "anti-corruption,budget,local government,งบประมาณ,ลำปาง"
    assert extras["keywords"] == ", ".join(real.descriptor["keywords"])
    assert extras["data_format"] == "CSV, XLSX, JSON, HTML"
    assert extras["geo_coverage"] == "เทศบาล/อบต."
    assert extras["data_language"] == "ไทย, อังกฤษ"
    assert (payload["license_id"], payload["version"]) == ("cc-by", "1.0.1")
    assert not set(extras) & set(payload)


def test_plain_portal_requires_little(real: Publication) -> None:
    metadata = mapped(real, PLAIN, {})
    assert metadata.problems == ()
    assert "objective" not in metadata.fields
    assert codes(mapped(real, PLAIN, {"objektive": "x"})) == [("unknown_field", "objektive")]


# --- files


def test_every_file_is_reported_in_thai_with_its_format_and_hash(real: Publication) -> None:
    resources = [map_resource(file, real, THAI) for file in real.distributions]
    names = [resource["name"] for resource in resources]
    assert names[:7] == [
        "งบประมาณแบบตารางเดียว (CSV)",
        "ยอดรวมงบประมาณรายปีของทั้งแผน (CSV)",
        "ยอดรวมงบประมาณรายปีตามมิติ (CSV)",
        "ยอดรวมงบประมาณรายปีตามสำนักหรือกอง (CSV)",
        "ยอดรวมงบประมาณรายปีตามหน่วยงาน (CSV)",
        "ตัวชี้วัดแบบตารางเดียว (CSV)",
        "ทุกตารางในไฟล์ Excel (XLSX)",
    ]
    assert names[-5:] == [
        "คู่มือรหัสข้อมูล (HTML)",
        "คู่มือรหัสข้อมูล (CSV)",
        "ผลการตรวจชุดข้อมูล (HTML)",
        "ทุกไฟล์ของรุ่น 1.0.1 (ZIP)",
        "ทุกไฟล์ของรุ่น 1.0.0 (ZIP)",
    ]
    assert len(set(names)) == len(names)
    assert {resource["format"] for resource in resources} == {"CSV", "XLSX", "JSON", "HTML", "ZIP"}
    assert [r["release_path"] for r in resources] == [file.path for file in real.distributions]
    assert all(len(resource["sha256"]) == 64 for resource in resources)
    assert not {"id", "url", "upload", "hash"} & set().union(*resources)


def test_days_of_files_are_those_of_their_release(real: Publication) -> None:
    flat, oldest = (map_resource(real.distributions[place], real, THAI) for place in (0, -1))
    assert (flat["resource_created_date"], flat["resource_last_updated_date"]) == ("2026-11-22", "2027-01-31")
    assert (flat["version"], flat["released_on"]) == ("1.0.1", "2027-01-31")
    assert (oldest["resource_created_date"], oldest["resource_last_updated_date"]) == ("2026-11-22", "2026-11-22")
    assert "22 พฤศจิกายน 2569" in oldest["description"]
    assert "2026-11-22" in oldest["description"]
    assert "resource_created_date" not in map_resource(real.distributions[0], real, STRICTER)


def test_archive_of_a_withdrawn_release_has_the_notice(releases: Path, tmp_path: Path) -> None:
    out = copied(releases, tmp_path / "out")
    withdraw(out, "1.0.0", "ยอดปี 2567 ผิด", date(2027, 2, 1))
    publication = read_publication(out)
    archive = map_resource(publication.distributions[-1], publication, THAI)
    assert archive["name"] == "รุ่น 1.0.0 (ยกเลิกการใช้แล้ว) (ZIP)"
    assert archive["description"].startswith("ยกเลิกการใช้รุ่นนี้แล้วเมื่อ 1 กุมภาพันธ์ 2570: ยอดปี 2567 ผิด")
    assert "Withdrawn on 2027-02-01: ยอดปี 2567 ผิด" in archive["description"]
    assert mapped(publication).fields["notes"] == mapped(read_publication(releases)).fields["notes"]


def test_description_begins_with_the_notice_if_all_releases_were_withdrawn(releases: Path, tmp_path: Path) -> None:
    out = copied(releases, tmp_path / "out")
    for version in ("1.0.0", "1.0.1"):
        withdraw(out, version, "ผิดทั้งฉบับ", date(2027, 2, 1))
    metadata = mapped(read_publication(out))
    assert metadata.problems == ()
    assert str(metadata.fields["notes"]).startswith("ยกเลิกการใช้รุ่นนี้แล้วเมื่อ 1 กุมภาพันธ์ 2570: ผิดทั้งฉบับ\n\nWithdrawn on")
    assert metadata.fields["data_format"] == ("CSV", "Database", "JSON", "XLS")


def test_data_dictionary_describes_every_column_and_keeps_codes_as_text(real: Publication) -> None:
    files = {file.path: file for file in real.distributions}
    columns = {column["id"]: column for column in map_data_dictionary(files["data/plans.csv"])}
    header = files["data/plans.csv"].data.decode("utf-8-sig").splitlines()[0].split(",")
    assert list(columns) == header
    assert columns["dla_code"]["type"] == columns["dla_code"]["info"]["type_override"] == "text"
    assert columns["start_fiscal_year_be"]["type"] == "numeric"
    assert columns["announced_on"]["type"] == "text"
    assert columns["lao_name_th"]["info"]["label"] == "ชื่อองค์กรปกครองส่วนท้องถิ่น"
    assert "Full Thai name" in columns["lao_name_th"]["info"]["notes"]
    assert map_data_dictionary(files["metadata/codebook.csv"]) == map_data_dictionary(files["codebook.html"]) == []
    assert map_data_dictionary(real.distributions[-1]) == []


# --- words


def test_every_problem_is_reported_in_both_languages(real: Publication) -> None:
    given = {**VALUES, "geo_coverage": "ที่นี่", "maintainer_email": "x", "nmae": "y", "created_date": "เมื่อวาน"}
    problems = mapped(real, given={**given, "objective": "", "tag_string": "ก"}).problems
    for language in Language:
        lines = [problem_text(problem, language) for problem in problems]
        assert all(problem.field in line for problem, line in zip(problems, lines, strict=True))
        assert any("เทศบาล/อบต." in line for line in lines)
    refused = failure_text(MetadataRefused(problems), Language.TH)
    assert str(len(problems)) in refused.message
    assert "geo_coverage" in refused.message
    assert "--set" in refused.fix


def test_control_characters_of_a_value_are_visible_in_the_message() -> None:
    found = FieldProblem("control_character", "title", "ชื่อ", "\x1b[2J")
    assert "\x1b" not in problem_text(found, Language.EN)
    assert isinstance(MetadataRefused([found]), KhelangError)
