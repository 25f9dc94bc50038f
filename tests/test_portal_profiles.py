"""Profiles of portals: their detection, and that their values are choices of the portals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from khelang_opendata import load_family
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.dataset_schema import Choice, DatasetSchema, SchemaField
from khelang_opendata.portals.profiles import PROFILES, detect_profile, load_profile
from khelang_opendata.render.messages import failure_text
from khelang_opendata.standard import portal_profiles
from khelang_opendata.standard.portal_profiles import portal_profile
from tests.conftest import STANDARD, fails

FILES = sorted(Path(portal_profiles.__file__).with_suffix("").glob("*.yaml"))


def scheme_with(*names: str) -> DatasetSchema:
    return DatasetSchema({name: SchemaField(name, name) for name in names}, {}, is_plain=False)


THAI = load_profile("data_go_th").expects


@pytest.mark.parametrize(
    ("schema", "name"),
    [
        (scheme_with(*THAI, "allow_harvest", "further"), "gd_catalog"),
        (scheme_with(*THAI), "data_go_th"),
        (scheme_with("data_type", "allow_harvest"), "ckan"),
        (scheme_with("title", "spatial"), "ckan"),
        (DatasetSchema.ckan_core([]), "ckan"),
    ],
)
def test_profile_is_detected_by_the_fields(schema: DatasetSchema, name: str) -> None:
    assert detect_profile(schema).name == name


@pytest.mark.parametrize("name", ["thai_gdc", "", "../thai_gdc", "GD_Catalog"])
def test_unknown_profile_is_reported_with_the_known_ones(name: str) -> None:
    with fails("profile_unknown") as refusal:
        load_profile(name)
    assert isinstance(refusal.value, UsageError)
    for language in Language:
        assert all(known in failure_text(refusal.value, language).fix for known in PROFILES)


def test_every_file_is_a_profile_or_extended_by_one() -> None:
    contents = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
    assert set(contents) == {*PROFILES, *(content.get("extends") for content in contents.values())} - {None}


def test_profile_overrides_the_profile_that_it_extends() -> None:
    gd_catalog, data_go_th, ckan = map(load_profile, PROFILES)
    assert gd_catalog.defaults == {**data_go_th.defaults, "allow_harvest": "True"}
    assert gd_catalog.synonyms == data_go_th.synonyms == ckan.synonyms
    assert (gd_catalog.limits["name_characters_most"], ckan.limits["name_characters_most"]) == (70, 100)
    assert (
        ckan.limits["tag_characters"]
        == gd_catalog.limits["tag_characters"]
        == portal_profile("thai_gdc")["limits"]["tag_characters"]
    )
    assert not gd_catalog.extras


@pytest.mark.parametrize("name", PROFILES)
def test_tag_pattern_accepts_the_characters_of_the_portal(name: str) -> None:
    tag = load_profile(name).tag
    thai = [word for word in ("งบประมาณ", "ป้องกันการทุจริต", "ปี ๒๕๖๖") if tag.fullmatch(word)]
    assert thai == (["งบประมาณ"] if name == "ckan" else ["งบประมาณ", "ป้องกันการทุจริต", "ปี ๒๕๖๖"])
    assert tag.fullmatch("Open-Data 1.0_x")
    assert not any(tag.fullmatch(word) for word in ("a,b", '"a"', "a/b", "<b>", "ก\nข", "a\n"))


def test_synonyms_of_geo_coverage_are_codes_of_the_codelist() -> None:
    codes = set(load_family().tables["plans"].field_by_name["lao_type"].codes or ())
    assert set(load_profile("ckan").synonyms["geo_coverage"]) == codes - {"special"}


def test_defaults_and_synonyms_are_choices_of_the_common_schema() -> None:
    legal = portal_profile("thai_gdc")["legal"]
    for name in ("data_type", "data_category"):
        assert load_profile("gd_catalog").defaults[name] in legal[name]
    assert {word for words in load_profile("gd_catalog").synonyms["geo_coverage"].values() for word in words} <= set(
        legal["geo_coverage"]
    )
    assert set(load_profile("gd_catalog").only_for) <= set(legal["data_type"])


def test_choice_of_the_portal_has_precedence_over_a_synonym() -> None:
    profile = load_profile("gd_catalog")

    def formats(*legal: str) -> SchemaField:
        return SchemaField("data_format", "", choices=tuple(Choice(value, ()) for value in legal))

    assert profile.portal_value(formats("XLS", "XLSX"), "XLSX") == "XLSX"
    assert profile.portal_value(formats("xls"), "XLSX") == "xls"
    assert profile.portal_value(formats("CSV"), "XLSX") is None
    assert profile.portal_value(SchemaField("data_format", ""), "XLSX") == "XLSX"
    assert profile.portal_value(SchemaField("geo_coverage", ""), "pao") == "จังหวัด"


def test_label_matches_a_choice_unless_it_is_a_value_itself() -> None:
    field = SchemaField("a", "", choices=(Choice("True", ("ยินยอม", "Yes")), Choice("Yes", ("อื่น",)), Choice("ก 1", ())))
    assert field.choice_values == ("True", "Yes", "ก 1")
    assert [field.match_choice(text) for text in ("Yes", "YES", "ยิน ยอม", "ก๑", "ก2")] == [
        "Yes",
        "Yes",
        "True",
        "ก 1",
        None,
    ]
    assert SchemaField("b", "").match_choice("ใดๆ") == "ใดๆ"


def test_descriptor_may_hold_any_field_of_a_portal() -> None:
    schema = json.loads((STANDARD / "package.schema.json").read_text(encoding="utf-8"))
    portal = schema["properties"]["portal"]
    assert portal["properties"]["allow_harvest"]["type"] == "boolean"
    assert "additionalProperties" not in portal
