"""Publishing the real plan to a real CKAN: once, completely or not at all, and repeatedly."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.portals.ckan.data_dictionary import update_data_dictionaries
from khelang_opendata.portals.ckan.publisher import publish_dataset
from khelang_opendata.portals.ckan.steps import StepKind
from khelang_opendata.portals.portal_failures import (
    FileTooLarge,
    MetadataRefused,
    PortalChanged,
    PortalInvalid,
    PublicationStopped,
)
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.release import withdraw
from tests.conftest import fails
from tests.portal.conftest import NEXT_DAY
from tests.portal.publishing import GIVEN, client_of, current_state, examined, few, published, purged
from tests.portal.server import Ckan
from tests.releases import DAY, NAME, copied

FOURTEEN = {
    "data_type": "ข้อมูลระเบียน",
    "title": "แผนปฏิบัติการป้องกันการทุจริตของเทศบาลเมืองเขลางค์นคร พ.ศ. 2566-2570",
    "maintainer": "khelang_opendata",
    "maintainer_email": "opendata@khelang.example",
    "objective": ["พันธกิจหน่วยงาน", "เพื่อการให้บริการประชาชน"],
    "update_frequency_unit": "ปี",
    "geo_coverage": "เทศบาล/อบต.",
    "data_source": "แผนปฏิบัติการป้องกันการทุจริตเพื่อยกระดับคุณธรรมและความโปร่งใส เทศบาลเมืองเขลางค์นคร (พ.ศ. ๒๕๖๖ - ๒๕๗๐), "
    "รหัสองค์กรปกครองส่วนท้องถิ่นของกรมส่งเสริมการปกครองท้องถิ่น (dla_code) และรหัสของกรมการปกครอง (dopa_code) "
    "ซึ่งไม่ได้อยู่ในเอกสารแผน, วิกิสนเทศ Q13025401 (wikidata_id) ซึ่งไม่ได้อยู่ในเอกสารแผน",
    "data_format": ["CSV", "HTML", "JSON", "XLS"],
    "data_category": "ข้อมูลสาธารณะ",
    "license_id": "Creative Commons Attributions",
}


@pytest.fixture(autouse=True)
def no_dataset(request: pytest.FixtureRequest) -> Iterator[None]:
    names = [name for name in request.fixturenames if name == "ckan" or name.endswith("_ckan")]
    portal = request.getfixturevalue(names[0])
    with purged(portal, NAME):
        yield


def shown(ckan: Ckan, token: str | None = None) -> Any:
    return ckan.result("package_show", {"id": NAME}, token)


def files_of(ckan: Ckan) -> dict[str, bytes]:
    """Download every file without a token."""
    resources = shown(ckan)["resources"]
    return {resource["release_path"]: requests.get(resource["url"], timeout=60).content for resource in resources}


def ids_of(ckan: Ckan) -> dict[str, str]:
    return {resource["release_path"]: resource["id"] for resource in shown(ckan)["resources"]}


def expected(publication: Publication) -> dict[str, bytes]:
    return {d.path: d.data for d in publication.distributions}


def kinds(done: Any) -> list[StepKind]:
    return [step.kind for step in done.steps]


def test_release_is_published_completely_and_publicly(ckan: Ckan, released: Path) -> None:
    first = read_publication(released)
    done = published(ckan, first)
    dataset = shown(ckan)
    assert {name: dataset[name] for name in FOURTEEN} | {
        name: sorted(dataset[name]) for name in ("objective", "data_format")
    } == FOURTEEN | {"objective": sorted(FOURTEEN["objective"])}
    assert dataset["owner_org"] == ckan.org_id
    assert {tag["name"] for tag in dataset["tags"]} == set(first.descriptor["keywords"])
    assert dataset["notes"].startswith("แผนห้าปี")
    assert dataset["private"] is False
    assert dataset["resources"][0]["release_path"] == f"{NAME}-flat.csv"
    assert dataset["resources"][-1]["release_path"] == f"{NAME}-v1.0.0.zip"
    assert files_of(ckan) == expected(first)
    assert all(r["sha256"] == hashlib.sha256(ckan.download(r)).hexdigest() for r in dataset["resources"])
    assert not any("publishing" in resource for resource in dataset["resources"])
    assert kinds(done) == [StepKind.CREATE, *[StepKind.UPLOAD] * len(expected(first)), StepKind.SHOW]


def test_publishing_again_sends_nothing(ckan: Ckan, first: Publication) -> None:
    published(ckan, first)
    before = shown(ckan)
    ckan.proxy.reset()
    assert not published(ckan, first).steps
    assert {request.method for request in ckan.proxy.requests} == {"GET"}
    assert shown(ckan) == before


def test_next_release_replaces_files_in_place_and_keeps_the_archive(
    ckan: Ckan, first: Publication, second: Publication
) -> None:
    published(ckan, first)
    ids, old = ids_of(ckan), expected(first)
    done = published(ckan, second)
    now = ids_of(ckan)
    assert {path: now[path] for path in ids} == ids
    assert files_of(ckan) == expected(second)
    assert files_of(ckan)[f"{NAME}-v1.0.0.zip"] == old[f"{NAME}-v1.0.0.zip"]
    changed = {step.path for step in done.steps if step.kind is StepKind.UPLOAD}
    assert changed == {path for path, data in expected(second).items() if old.get(path) != data}
    assert shown(ckan)["last_updated_date"] == "2026-12-01"
    assert {r["version"] for r in shown(ckan)["resources"]} == {"1.0.0", "1.0.1"}


def test_withdrawn_release_is_marked_and_the_previous_one_is_current_again(
    ckan: Ckan, first: Publication, released_again: Path, tmp_path: Path
) -> None:
    out = copied(released_again, tmp_path / "out")
    published(ckan, few(out))
    withdraw(out, "1.0.1", "ชื่อกองผิด", NEXT_DAY)
    published(ckan, few(out))
    resources = {resource["release_path"]: resource for resource in shown(ckan)["resources"]}
    assert "ยกเลิกการใช้" in resources[f"{NAME}-v1.0.1.zip"]["name"]
    assert "ชื่อกองผิด" in resources[f"{NAME}-v1.0.1.zip"]["description"]
    assert ckan.download(resources["data/units.csv"]) == expected(first)["data/units.csv"]
    withdraw(out, "1.0.0", "ผิดทั้งหมด", NEXT_DAY)
    published(ckan, few(out))
    assert list(ids_of(ckan)) == [f"{NAME}-v1.0.1.zip", f"{NAME}-v1.0.0.zip"]
    assert "ยกเลิกการใช้" in shown(ckan)["notes"]
    assert not published(ckan, few(out)).steps


def test_changes_by_others_are_reported_and_not_overwritten(ckan: Ckan, first: Publication) -> None:
    published(ckan, first)
    ids = ids_of(ckan)
    ckan.result("package_patch", {"id": NAME, "notes": "แก้โดยผู้ดูแล"})
    ckan.result("resource_patch", {"id": ids["metadata/codebook.csv"], "description": "แก้โดยผู้ดูแล"})
    ckan.result("resource_delete", {"id": ids["data/risks.csv"]})
    ckan.result("resource_patch", {"id": ids["data/units.csv"]}, files={"upload": ("units.csv", b"other\n")})
    ckan.result("resource_create", {"package_id": NAME, "name": "เอกสารแนบ", "url": "https://example.go.th/x.pdf"})
    before = shown(ckan)
    with pytest.raises(PortalChanged) as refused:
        published(ckan, first)
    reported = {(change.file, change.field) for change in refused.value.changes}
    assert reported == {
        (None, "notes"),
        ("metadata/codebook.csv", "description"),
        ("data/risks.csv", ""),
        ("data/units.csv", ""),
    }
    assert shown(ckan) == before
    published(ckan, first, force=True)
    resources = shown(ckan)["resources"]
    assert resources[-1]["name"] == "เอกสารแนบ", "what others added stays"
    assert {r["release_path"]: r["id"] for r in resources[:-1]} == ids
    assert not published(ckan, first).steps


def test_dataset_hidden_by_another_user_is_not_made_public(ckan: Ckan, first: Publication) -> None:
    published(ckan, first)
    ckan.result("package_patch", {"id": NAME, "private": True})
    with pytest.raises(PortalChanged) as refused:
        published(ckan, first)
    assert [change.field for change in refused.value.changes] == ["private"]
    published(ckan, first, force=True)
    assert shown(ckan)["private"] is False


def test_dataset_made_by_another_user_is_not_overwritten(ckan: Ckan, first: Publication) -> None:
    by_hand = {**FOURTEEN, "name": NAME, "owner_org": ckan.org, "notes": "ด้วยมือ", "tag_string": "ทุจริต"}
    ckan.result("package_create", by_hand)
    with pytest.raises(PortalChanged):
        published(ckan, first)
    assert shown(ckan)["notes"] == "ด้วยมือ"
    assert published(ckan, first, force=True).steps
    assert files_of(ckan) == expected(first)


def test_change_during_a_publication_is_not_overwritten(ckan: Ckan, first: Publication, second: Publication) -> None:
    published(ckan, first)
    client = client_of(ckan)
    there = examined(client, ckan, second)
    taken: list[Any] = []

    def meddle(step: Any) -> None:
        taken.append(step)
        if len(taken) == 3:
            ckan.result("package_patch", {"id": NAME, "notes": "แก้ระหว่างนั้น"})

    with pytest.raises(PublicationStopped) as stopped:
        publish_dataset(client, there, ckan.org, force=False, progress=meddle)
    assert isinstance(stopped.value.cause, PortalChanged)
    assert stopped.value.params["variant"] == "hidden"
    assert shown(ckan)["notes"] == "แก้ระหว่างนั้น"
    with pytest.raises(PortalChanged):
        published(ckan, second)
    published(ckan, second, force=True)
    assert files_of(ckan) == expected(second)


def test_loader_that_changes_resources_is_no_conflict(ckan: Ckan, first: Publication) -> None:
    client = client_of(ckan)
    there = examined(client, ckan, first)

    loaded: list[str] = []

    def load(step: Any) -> None:
        if step.path == "data/risks.csv" and not loaded:
            resource = shown(ckan)["resources"][0]
            loaded.append(resource["id"])
            ckan.result("resource_patch", {"id": resource["id"], "datastore_active": True, "hash": "md5"})

    publish_dataset(client, there, ckan.org, force=False, progress=load)
    assert files_of(ckan) == expected(first)
    assert not published(ckan, first).steps


def test_stale_state_is_refused_by_the_lock_and_read_again(ckan: Ckan, first: Publication, second: Publication) -> None:
    published(ckan, first)
    client = client_of(ckan)
    there = examined(client, ckan, second)
    ckan.result("package_patch", {"id": NAME, "data_support": "ไม่มี"})
    publish_dataset(client, there, ckan.org, force=False, progress=lambda _step: None)
    assert shown(ckan)["data_support"] == "ไม่มี", "a field that is not ours stays"
    assert files_of(ckan) == expected(second)


@pytest.mark.parametrize("kind", ["unknown", "revoked"])
def test_rejected_token_is_reported(ckan: Ckan, first: Publication, kind: str) -> None:
    token = "abc.def.ghi" if kind == "unknown" else ckan.make_user_token("editor")
    if kind == "revoked":
        ckan.revoke(token)
    with fails("token_refused"):
        published(ckan, first, token=token)


def test_user_without_rights_is_reported(ckan: Ckan, first: Publication) -> None:
    with fails("no_right"):
        published(ckan, first, token=ckan.reader_token)
    with fails("no_right"):
        published(ckan, first, org=ckan.other_org)


def test_token_revoked_during_a_publication_leaves_a_hidden_dataset_and_a_report(
    ckan: Ckan, first: Publication, second: Publication
) -> None:
    published(ckan, first)
    for times in ("once", "and again"):
        token = ckan.make_user_token("editor")

        def revoke(step: Any, token: str = token) -> None:
            if step.path == f"{NAME}-v1.0.1.zip":
                ckan.revoke(token)

        client = client_of(ckan, token)
        with pytest.raises(PublicationStopped) as stopped:
            publish_dataset(client, examined(client, ckan, second), ckan.org, force=False, progress=revoke)
        assert stopped.value.cause.code == "token_refused", times
        assert stopped.value.params["variant"] == "hidden", times
        assert shown(ckan)["private"] is True
    published(ckan, second)
    assert files_of(ckan) == expected(second)


def test_title_of_another_dataset_is_refused(ckan: Ckan, first: Publication) -> None:
    name = f"{NAME}-other"
    with purged(ckan, name):
        ckan.result(
            "package_create",
            {**FOURTEEN, "name": name, "owner_org": ckan.org, "notes": "x", "tag_string": "ทุจริต"},
        )
        with pytest.raises(PortalInvalid) as refused:
            published(ckan, first)
    assert refused.value.params["variant"] == "title_taken"


@pytest.mark.parametrize("role", ["editor", "admin"])
def test_name_in_the_trash_is_reported(ckan: Ckan, first: Publication, role: str) -> None:
    published(ckan, first)
    ckan.result("package_delete", {"id": NAME})
    with pytest.raises(PortalInvalid) as refused:
        published(ckan, first, token=ckan.editor_token if role == "editor" else ckan.admin_token)
    assert refused.value.params["variant"] == "name_in_trash"


def test_file_too_large_restores_the_previous_state(small_ckan: Ckan, first: Publication, second: Publication) -> None:
    small = tuple(d for d in first.distributions if len(d.data) < 2**20)
    archive = dataclasses.replace(first.distributions[-1], data=b"PK\5\6" + bytes(18))
    light = dataclasses.replace(first, distributions=(*small, archive))
    published(small_ckan, light)
    before = shown(small_ckan)
    with pytest.raises(PublicationStopped) as stopped:
        published(small_ckan, second)
    assert isinstance(stopped.value.cause, FileTooLarge)
    assert stopped.value.params["variant"] == "restored"
    after = shown(small_ckan)
    reported = [[(r["release_path"], r["name"], r["sha256"]) for r in state["resources"]] for state in (before, after)]
    assert reported[0] == reported[1]
    assert files_of(small_ckan) == expected(light)
    assert after["private"] is False
    assert not published(small_ckan, light).steps


def test_stopped_search_index_is_reported(ckan: Ckan, first: Publication) -> None:
    ckan.stop_search()
    with pytest.raises(KhelangError) as stopped:
        published(ckan, first)
    cause = stopped.value.cause if isinstance(stopped.value, PublicationStopped) else stopped.value
    assert cause.params["variant"] == "search"
    ckan.start_search()
    published(ckan, first)
    assert files_of(ckan) == expected(first)


def test_missing_metadata_are_reported_before_anything_is_sent(ckan: Ckan, first: Publication) -> None:
    ckan.proxy.reset()
    with pytest.raises(MetadataRefused) as refused:
        published(ckan, first, given={})
    assert {p.field for p in refused.value.problems} == {"maintainer_email", "objective", "update_frequency_unit"}
    assert {request.method for request in ckan.proxy.requests} == {"GET"}


def test_schema_is_read_from_the_portal(stricter_ckan: Ckan, first: Publication) -> None:
    with pytest.raises(MetadataRefused) as refused:
        published(stricter_ckan, first)
    extra = {problem.field: problem for problem in refused.value.problems}
    given = dict(GIVEN)
    for field, problem in extra.items():
        assert problem.allowed, "the legal values of the portal are listed"
        given[field] = problem.allowed[0]
    published(stricter_ckan, first, given=given)
    assert shown(stricter_ckan)["license_id"] == "Creative Commons Attribution"
    assert files_of(stricter_ckan) == expected(first)
    assert not published(stricter_ckan, first, given=given).steps


def test_plain_portal_gets_the_rest_as_extras(plain_ckan: Ckan, first: Publication, second: Publication) -> None:
    published(plain_ckan, first)
    extras = {extra["key"]: extra["value"] for extra in shown(plain_ckan)["extras"]}
    assert extras["geo_coverage"] == "เทศบาล/อบต."
    foreign = [*shown(plain_ckan)["extras"], {"key": "ของผู้อื่น", "value": "1"}]
    plain_ckan.result("package_patch", {"id": NAME, "extras": foreign})
    published(plain_ckan, second)
    assert {"key": "ของผู้อื่น", "value": "1"} in [
        {"key": e["key"], "value": e["value"]} for e in shown(plain_ckan)["extras"]
    ]
    assert files_of(plain_ckan) == expected(second)
    assert not published(plain_ckan, second).steps


def test_loaded_tables_get_their_data_dictionary(ckan: Ckan, first: Publication) -> None:
    done = published(ckan, first)
    flat = first.distributions[0]
    columns = flat.data.decode("utf-8-sig").splitlines()[0].split(",")
    resource = ids_of(ckan)[flat.path]
    fields = [{"id": column, "type": "text"} for column in columns]
    ckan.result("datastore_create", {"resource_id": resource, "force": True, "fields": fields})
    tables = update_data_dictionaries(client_of(ckan), first, done.dataset_id)
    assert (tables.described, tables.waiting) == (1, 2)
    there = {f["id"]: f["info"] for f in ckan.result("datastore_info", {"id": resource})["fields"] if f["id"] != "_id"}
    assert there["amount_thb"]["label"].startswith("จำนวนเงิน")
    assert set(there) == set(columns)
    ckan.proxy.reset()
    assert update_data_dictionaries(client_of(ckan), first, done.dataset_id) == tables
    assert {request.method for request in ckan.proxy.requests} == {"GET"}
    assert not published(ckan, first).steps


def test_status_compares_the_portal_with_the_local_release(ckan: Ckan, first: Publication, second: Publication) -> None:
    assert current_state(ckan, first).current is None
    published(ckan, first)
    assert current_state(ckan, first).is_current
    assert not current_state(ckan, second).is_current
    assert not current_state(ckan, second).by_others


def test_published_fields_hold_hashes_only(ckan: Ckan, first: Publication) -> None:
    published(ckan, first)
    reported = json.loads(shown(ckan)["resources"][-1]["published_fields"])
    assert all(len(digest) == 12 for digest in reported.values())
    assert DAY.isoformat() == shown(ckan)["created_date"]
