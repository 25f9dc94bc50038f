"""The behaviour of a real CKAN, observed with plain requests: the facts that the publisher relies on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
import requests

from tests.portal.server import Ckan

CSV = b"name,amount\nA,1\n"
NEWER = b"name,amount\nA,2\n"

Dataset = dict[str, Any]


def described(ckan: Ckan, **more: Any) -> Dataset:
    """Give a dataset that a Thai catalogue accepts."""
    name = f"plan-{uuid4().hex[:8]}"
    return {
        "name": name,
        "title": f"แผน {name}",
        "owner_org": ckan.org,
        "maintainer": "กองยุทธศาสตร์และงบประมาณ",
        "maintainer_email": "plan@example.go.th",
        "tag_string": "ทุจริต,แผนปฏิบัติการ",
        "notes": "ข้อความ",
        "data_type": "ข้อมูลระเบียน",
        "objective": ["พันธกิจหน่วยงาน"],
        "update_frequency_unit": "ปี",
        "geo_coverage": "เทศบาล/อบต.",
        "data_source": "เทศบาล",
        "data_format": ["CSV", "JSON"],
        "data_category": "ข้อมูลสาธารณะ",
        "license_id": "Creative Commons Attributions",
        **more,
    }


@pytest.fixture
def made(ckan: Ckan) -> Iterator[Dataset]:
    """A public dataset with two resources, which have a file each."""
    dataset = ckan.result("package_create", described(ckan), ckan.editor_token)
    for name in ("a", "b"):
        add(ckan, dataset, name)
    yield shown(ckan, dataset)
    ckan.purge(dataset["id"])


def add(ckan: Ckan, dataset: Dataset, name: str, content: bytes = CSV, **more: Any) -> Dataset:
    """Give a new resource with a file."""
    fields = {"package_id": dataset["id"], "name": name, "format": "CSV", **more}
    created = ckan.result("resource_create", fields, ckan.editor_token, files={"upload": (f"{name}.csv", content)})
    return dict(created)


def shown(ckan: Ckan, dataset: Dataset) -> Dataset:
    return dict(ckan.result("package_show", {"id": dataset["id"]}))


def cut(ckan: Ckan, whole: requests.PreparedRequest) -> bytes:
    """Send the first half of a request, and give the answer."""
    head = f"{whole.method} {whole.path_url} HTTP/1.1\r\nHost: ckan\r\nAuthorization: {ckan.editor_token}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in whole.headers.items()) + "\r\n"
    assert isinstance(whole.body, bytes)
    with socket.create_connection(("127.0.0.1", int(ckan.direct.rpartition(":")[2]))) as connection:
        connection.sendall(head.encode() + whole.body[: len(whole.body) // 2])
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def errors(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 409, answer.text
    return dict(answer.json()["error"])


# 1


def test_the_server_stores_what_the_scheme_does_not_list(ckan: Ckan) -> None:
    wrong = {"data_type": "x", "geo_coverage": "x", "license_id": "x", "created_date": "2569-01-15"}
    given = {**described(ckan), **wrong}
    del given["tag_string"]
    dataset = ckan.result("package_create", given, ckan.editor_token)
    assert {name: dataset[name] for name in wrong} == wrong
    assert dataset["tags"] == []
    ckan.purge(dataset["id"])


@pytest.mark.parametrize("field", ["objective", "data_format", "data_category"])
def test_the_server_refuses_what_these_lists_do_not_name(ckan: Ckan, field: str) -> None:
    answer = ckan.action("package_create", described(ckan, **{field: "x"}), ckan.editor_token)
    assert set(errors(answer)) == {field, "__type"}


def test_all_fields_that_are_wrong_are_reported_at_once(ckan: Ckan) -> None:
    answer = ckan.action("package_create", {"name": "x"}, ckan.editor_token)
    assert {"owner_org", "maintainer", "notes", "objective", "license_id", "name"} <= set(errors(answer))


# 2


def test_a_patch_that_was_rolled_back_has_replaced_the_file(ckan: Ckan, made: Dataset) -> None:
    resource = made["resources"][0]
    fields = {"id": resource["id"], "name": "new"}
    ckan.stop_search()
    answer = ckan.action("resource_patch", fields, ckan.editor_token, files={"upload": ("a.csv", NEWER)})
    ckan.start_search()
    assert answer.status_code == 500
    assert shown(ckan, made)["resources"][0]["name"] == "a"
    assert ckan.download(resource) == NEWER


def test_a_patch_that_the_scheme_refuses_has_not_replaced_the_file(ckan: Ckan, made: Dataset) -> None:
    fields = {"id": made["resources"][0]["id"], "name": ""}
    answer = ckan.action("resource_patch", fields, ckan.editor_token, files={"upload": ("a.csv", NEWER)})
    assert set(errors(answer)) == {"name", "__type"}
    assert ckan.download(made["resources"][0]) == CSV


def test_the_first_file_of_a_revision_is_replaced_when_the_second_is_refused(small_ckan: Ckan) -> None:
    ckan = small_ckan
    dataset = ckan.result("package_create", described(ckan), ckan.editor_token)
    first, second = add(ckan, dataset, "a"), add(ckan, dataset, "b")
    files = {
        "update__resources__0__upload": ("a.csv", NEWER),
        "update__resources__1__upload": ("b.csv", b"x" * 1_100_000),
    }
    answer = ckan.action("package_revise", {"match__name": dataset["name"]}, ckan.editor_token, files=files)
    assert answer.status_code == 409, answer.text
    assert (ckan.download(first), ckan.download(second)) == (NEWER, CSV)
    ckan.purge(dataset["id"])


# 3


def test_an_update_without_resources_deletes_them(ckan: Ckan, made: Dataset) -> None:
    without = {key: value for key, value in made.items() if key != "resources"}
    assert ckan.result("package_update", without, ckan.editor_token)["resources"] == []


def test_a_patch_with_some_resources_drops_the_others(ckan: Ckan, made: Dataset) -> None:
    one = {"id": made["id"], "resources": made["resources"][:1]}
    assert [r["name"] for r in ckan.result("package_patch", one, ckan.editor_token)["resources"]] == ["a"]


def test_a_resource_update_drops_what_is_not_sent(ckan: Ckan, made: Dataset) -> None:
    resource = add(ckan, made, "c", sha256="abc", description="x")
    kept = {key: resource[key] for key in ("id", "name", "url", "format")}
    updated = ckan.result("resource_update", kept, ckan.editor_token)
    assert not updated.get("sha256") and not updated.get("description")


# 4


def test_a_revision_of_what_changed_meanwhile_is_refused(ckan: Ckan, made: Dataset) -> None:
    lock = {"name": made["name"], "metadata_modified": made["metadata_modified"]}
    first = ckan.action("package_revise", {"match": lock, "update": {"notes": "1"}}, ckan.editor_token)
    second = ckan.action("package_revise", {"match": lock, "update": {"notes": "2"}}, ckan.editor_token)
    assert first.status_code == 200, first.text
    assert errors(second)["match"] == ["metadata_modified"]
    assert shown(ckan, made)["notes"] == "1"


def test_a_revision_takes_fields_files_and_new_resources_in_one_call(ckan: Ckan, made: Dataset) -> None:
    first, second = made["resources"]
    new = str(uuid4())
    fields = {
        "match__name": made["name"],
        "match__metadata_modified": made["metadata_modified"],
        "update": json.dumps({"notes": "ใหม่"}),
        "update__resources__extend": json.dumps([{"id": new, "name": "c", "format": "CSV"}]),
        f"update__resources__{second['id'][:8]}": json.dumps({"description": "second"}),
    }
    files = {
        f"update__resources__{first['id'][:8]}__upload": ("a.csv", NEWER),
        "update__resources__2__upload": ("c.csv", CSV),
    }
    package = ckan.result("package_revise", fields, ckan.editor_token, files=files)["package"]
    assert package["notes"] == "ใหม่"
    assert [r["id"] for r in package["resources"]] == [first["id"], second["id"], new]
    assert package["resources"][1]["description"] == "second"
    assert [ckan.download(r) for r in package["resources"]] == [NEWER, CSV, CSV]


def test_a_revision_removes_a_resource_by_filter(ckan: Ckan, made: Dataset) -> None:
    gone = made["resources"][0]["id"]
    how = {"match": {"name": made["name"]}, "filter": [f"-resources__{gone[:8]}"]}
    package = ckan.result("package_revise", how, ckan.editor_token)["package"]
    assert [r["name"] for r in package["resources"]] == ["b"]


# 5


def test_creating_a_resource_again_with_its_id_changes_it(ckan: Ckan, made: Dataset) -> None:
    chosen = str(uuid4())
    for content in (CSV, NEWER):
        resource = add(ckan, made, "c", content, id=chosen)
    assert [r["name"] for r in shown(ckan, made)["resources"]] == ["a", "b", "c"]
    assert ckan.download(resource) == NEWER


def test_creating_a_resource_again_without_an_id_makes_another(ckan: Ckan, made: Dataset) -> None:
    for _ in range(2):
        add(ckan, made, "c")
    assert [r["name"] for r in shown(ckan, made)["resources"]] == ["a", "b", "c", "c"]


def test_an_editor_may_not_choose_the_id_of_a_dataset(ckan: Ckan) -> None:
    answer = ckan.action("package_create", described(ckan, id=str(uuid4())), ckan.editor_token)
    assert set(errors(answer)) == {"id", "__type"}


# 6


def test_no_hash_is_computed_and_one_that_was_sent_goes_stale(ckan: Ckan, made: Dataset) -> None:
    assert made["resources"][0]["hash"] == ""
    resource = add(ckan, made, "c", hash="of the first file", sha256="abc")
    answer = ckan.result(
        "resource_patch", {"id": resource["id"]}, ckan.editor_token, files={"upload": ("c.csv", NEWER)}
    )
    assert (answer["hash"], answer["sha256"]) == ("of the first file", "abc")


# 7


def test_tags_of_a_patch_are_added_unless_an_empty_list_is_sent(ckan: Ckan, made: Dataset) -> None:
    def tags(**change: Any) -> list[str]:
        patched = ckan.result("package_patch", {"id": made["id"], **change}, ckan.editor_token)
        return sorted(tag["name"] for tag in patched["tags"])

    assert tags(tag_string="ใหม่") == ["ทุจริต", "แผนปฏิบัติการ", "ใหม่"]
    assert tags(tag_string="เดียว", tags=[]) == ["เดียว"]


# 8


def test_what_is_read_back_is_not_what_was_sent(ckan: Ckan) -> None:
    given = described(ckan, tag_string="ของ,กอง", data_format=["JSON", "CSV"], unheard_of="x")
    dataset = ckan.result("package_create", given, ckan.editor_token)
    assert dataset["owner_org"] == ckan.org_id != given["owner_org"]
    assert dataset["data_language"] == []
    assert [tag["name"] for tag in dataset["tags"]] == ["กอง", "ของ"]
    assert dataset["data_format"] == ["CSV", "JSON"]
    assert "unheard_of" not in dataset and "tag_string" not in dataset
    ckan.purge(dataset["id"])


def test_a_key_that_the_scheme_does_not_know_is_kept_on_a_resource(ckan: Ckan, made: Dataset) -> None:
    add(ckan, made, "c", sha256="abc")
    assert shown(ckan, made)["resources"][2]["sha256"] == "abc"


# 9


def test_a_thai_file_name_is_lost(ckan: Ckan, made: Dataset) -> None:
    fields = {"package_id": made["id"], "name": "c", "format": "CSV"}
    resource = ckan.result("resource_create", fields, ckan.editor_token, files={"upload": ("แผน.csv", CSV)})
    assert "แผน" not in unquote(resource["url"])


def test_a_format_that_is_not_sent_may_stay_unknown(ckan: Ckan, made: Dataset) -> None:
    fields = {"package_id": made["id"], "name": "c"}
    files = {"upload": ("c.parquet", b"PAR1")}
    assert ckan.result("resource_create", fields, ckan.editor_token, files=files)["format"] == ""


def test_a_resource_keeps_its_last_file_only(ckan: Ckan, made: Dataset) -> None:
    resource = made["resources"][0]
    ckan.result("resource_patch", {"id": resource["id"]}, ckan.editor_token, files={"upload": ("new.csv", NEWER)})
    assert ckan.download(resource) == NEWER


# 10


def test_a_private_dataset_is_hidden_until_it_is_made_public(ckan: Ckan) -> None:
    dataset = ckan.result("package_create", described(ckan, private=True), ckan.editor_token)
    resource = add(ckan, dataset, "a")
    hidden = [
        ckan.action("package_show", {"id": dataset["id"]}).status_code,
        requests.get(resource["url"], timeout=60).status_code,
    ]
    ckan.result("package_patch", {"id": dataset["id"], "private": False}, ckan.editor_token)
    assert hidden == [403, 403]
    assert ckan.action("package_show", {"id": dataset["id"]}).status_code == 200
    assert ckan.download(resource) == CSV
    ckan.purge(dataset["id"])


def test_a_search_finds_nothing_here(ckan: Ckan, made: Dataset) -> None:
    assert ckan.result("package_search", {"q": f"name:{made['name']}"})["count"] == 0


# 11


@pytest.mark.parametrize("token", ["Bearer {}", "{}x", "unknown"])
def test_invalid_token_reads_public_data_and_writes_nothing(ckan: Ckan, made: Dataset, token: str) -> None:
    sent = token.format(ckan.editor_token)
    assert ckan.action("package_show", {"id": made["id"]}, sent).status_code == 200
    assert ckan.action("package_patch", {"id": made["id"], "notes": "x"}, sent).status_code == 403


def test_revoked_token_is_like_no_token(ckan: Ckan, made: Dataset) -> None:
    token = ckan.make_user_token("editor")
    ckan.result("package_patch", {"id": made["id"], "notes": "1"}, token)
    ckan.revoke(token)
    assert ckan.action("package_show", {"id": made["id"]}, token).status_code == 200
    assert ckan.action("package_patch", {"id": made["id"], "notes": "2"}, token).status_code == 403


# 12


def test_user_without_permission_in_the_organisation_is_refused(ckan: Ckan) -> None:
    elsewhere = ckan.action("package_create", described(ckan, owner_org=ckan.other_org), ckan.editor_token)
    reader = ckan.action("package_create", described(ckan), ckan.reader_token)
    assert (elsewhere.status_code, reader.status_code) == (403, 403)


def test_what_is_not_there_is_not_found(ckan: Ckan) -> None:
    assert ckan.action("package_show", {"id": "no-such-plan"}).status_code == 404


def test_a_title_that_another_dataset_has_is_refused(ckan: Ckan, made: Dataset) -> None:
    answer = ckan.action("package_create", described(ckan, title=made["title"]), ckan.editor_token)
    assert set(errors(answer)) == {"title", "__type"}


def test_a_call_that_is_no_json_is_answered_with_a_bare_text(ckan: Ckan) -> None:
    url = f"{ckan.direct}/api/3/action/package_show"
    answer = requests.post(url, data=b"{", headers={"Content-Type": "application/json"}, timeout=60)
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)


def test_an_upload_that_is_cut_off_is_answered_with_a_page_and_stores_nothing(ckan: Ckan, made: Dataset) -> None:
    body = requests.Request(
        "POST", f"{ckan.direct}/api/3/action/resource_create", files={"upload": ("c.csv", CSV * 100)}
    ).prepare()
    answer = cut(ckan, body)
    assert answer.startswith(b"HTTP/1.1 400") and b"text/html" in answer
    assert len(shown(ckan, made)["resources"]) == 2


def test_a_file_that_is_too_large_is_refused(small_ckan: Ckan) -> None:
    ckan = small_ckan
    dataset = ckan.result("package_create", described(ckan), ckan.editor_token)
    fields = {"package_id": dataset["id"], "name": "a", "format": "CSV"}
    answer = ckan.action("resource_create", fields, ckan.editor_token, files={"upload": ("a.csv", b"x" * 1_100_000)})
    assert "upload" in errors(answer)
    ckan.purge(dataset["id"])


def test_a_dataset_in_the_trash_is_shown_to_its_editor_as_deleted(ckan: Ckan, made: Dataset) -> None:
    ckan.result("package_delete", {"id": made["id"]}, ckan.editor_token)
    assert ckan.action("package_show", {"id": made["name"]}).status_code == 403
    assert ckan.result("package_show", {"id": made["name"]}, ckan.editor_token)["state"] == "deleted"


def test_a_dataset_in_the_trash_gives_up_its_name_to_a_new_one(ckan: Ckan, made: Dataset) -> None:
    ckan.result("package_delete", {"id": made["id"]}, ckan.editor_token)
    other = ckan.result("package_create", described(ckan, name=made["name"]), ckan.editor_token)
    assert ckan.result("package_show", {"id": made["name"]}, ckan.editor_token)["id"] == other["id"] != made["id"]
    assert shown(ckan, made)["name"] == made["id"]
    ckan.purge(other["id"])


# 13


def fields_of(ckan: Ckan, resource: Dataset) -> list[dict[str, Any]]:
    found = ckan.result("datastore_search", {"resource_id": resource["id"], "limit": 0})["fields"]
    return [field for field in found if field["id"] != "_id"]


def test_a_data_dictionary_names_and_types_the_columns(ckan: Ckan, made: Dataset) -> None:
    resource = made["resources"][0]
    info = {"label": "จำนวนเงิน", "notes": "บาท", "type_override": "numeric"}
    columns = [{"id": "name", "type": "text"}, {"id": "amount", "type": "text", "info": info}]
    sent = {"resource_id": resource["id"], "fields": columns, "force": True}
    ckan.result("datastore_create", sent, ckan.editor_token)
    assert fields_of(ckan, resource)[1]["info"] == info


def test_a_column_of_another_name_comes_without_a_description_beside_the_old_one(ckan: Ckan, made: Dataset) -> None:
    def create(*columns: dict[str, Any]) -> None:
        sent = {"resource_id": made["resources"][0]["id"], "fields": columns, "force": True}
        ckan.result("datastore_create", sent, ckan.editor_token)

    def column(name: str, **more: Any) -> dict[str, Any]:
        return {"id": name, "type": "text", **more}

    create(column("name", info={"label": "ชื่อ"}), column("amount", info={"label": "จำนวนเงิน"}))
    create(column("name"), column("amount_thb"))
    described = [(field["id"], field.get("info")) for field in fields_of(ckan, made["resources"][0])]
    assert described == [("name", {"label": "ชื่อ"}), ("amount", {"label": "จำนวนเงิน"}), ("amount_thb", None)]


# The other portals


def test_a_catalogue_may_demand_other_fields_values_and_licences(stricter_ckan: Ckan) -> None:
    answer = stricter_ckan.action("package_create", described(stricter_ckan), stricter_ckan.editor_token)
    assert set(errors(answer)) == {"agency_type", "geo_coverage", "license_id", "__type"}


def test_schema_needs_no_token(stricter_ckan: Ckan) -> None:
    scheme = stricter_ckan.action("scheming_dataset_schema_show", {"type": "dataset"}).json()["result"]
    assert scheme["dataset_fields"][0]["field_name"] == "agency_type"


def test_without_a_scheme_there_is_none_to_show(plain_ckan: Ckan) -> None:
    assert plain_ckan.action("scheming_dataset_schema_show", {"type": "dataset"}).status_code == 400


def test_without_a_scheme_fields_are_extras(plain_ckan: Ckan) -> None:
    given = {
        "name": "plan",
        "owner_org": plain_ckan.org,
        "data_type": "x",
        "extras": [{"key": "data_type", "value": "y"}],
    }
    dataset = plain_ckan.result("package_create", given, plain_ckan.editor_token)
    assert "data_type" not in dataset
    assert [(extra["key"], extra["value"]) for extra in dataset["extras"]] == [("data_type", "y")]
    plain_ckan.purge("plan")


def test_without_the_thai_extension_a_tag_may_have_no_thai_vowels(plain_ckan: Ckan) -> None:
    given = {"name": "plan", "owner_org": plain_ckan.org, "tags": [{"name": "ทุจริต"}]}
    answer = plain_ckan.action("package_create", given, plain_ckan.editor_token)
    assert set(errors(answer)) == {"tags", "__type"}
