"""Publishing to a portal with a loader that copies each table into the DataStore, during its work and afterwards."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest

from khelang_opendata.portals.ckan.data_dictionary import DictionaryCounts, update_data_dictionaries
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.publication import Distribution, Publication
from khelang_opendata.portals.resources import map_data_dictionary
from tests.portal.publishing import client_of, published, purged
from tests.portal.server import Ckan
from tests.portal.test_portal_facts import add, described
from tests.releases import NAME

_SECONDS = 120


@pytest.fixture(scope="module")
def loaded(loading_portal: Ckan, first: Publication) -> Iterator[Loaded]:
    """The real plan on a portal that has loaded its tables and has their descriptions."""
    with purged(loading_portal, NAME):
        dataset = published(loading_portal, first).dataset_id
        reported = describe(loading_portal, first, dataset)
        until_loaded(loading_portal, first)
        yield Loaded(dataset, reported, describe(loading_portal, first, dataset))


class Loaded(NamedTuple):
    """A dataset, and the descriptions of its tables before they were loaded and after."""

    dataset: str
    before: DictionaryCounts
    after: DictionaryCounts


def until(ckan: Ckan, ready: Callable[[], bool]) -> None:
    end = time.monotonic() + _SECONDS
    while not ready():
        assert time.monotonic() < end, ckan.log.with_name("worker.log").read_text(errors="replace")[-4000:]
        time.sleep(0.5)


def is_loaded(ckan: Ckan, resource: Mapping[str, Any], data: bytes) -> bool:
    """Whether the loader has finished a file: it stores the MD5 of the copied file, then its own state."""
    if resource["hash"] != hashlib.md5(data, usedforsecurity=False).hexdigest():
        return False
    return bool(ckan.result("xloader_status", {"resource_id": resource["id"]})["status"] == "complete")


def until_loaded(ckan: Ckan, publication: Publication) -> None:
    tables = {d.path: d.data for d in publication.distributions if map_data_dictionary(d)}

    def ready() -> bool:
        resources = {resource["release_path"]: resource for resource in shown(ckan)["resources"]}
        return all(is_loaded(ckan, resources[path], data) for path, data in tables.items())

    until(ckan, ready)


def describe(ckan: Ckan, publication: Publication, dataset: str) -> DictionaryCounts:
    return update_data_dictionaries(client_of(ckan), publication, dataset)


def shown(ckan: Ckan) -> dict[str, Any]:
    return dict(ckan.result("package_show", {"id": NAME}))


def columns(ckan: Ckan, resource: str, key: str) -> dict[str, Any]:
    """Return the columns of a DataStore table."""
    there = ckan.result("datastore_info", {"id": resource})["fields"]
    return {field["id"]: field[key] for field in there if field["id"] != "_id"}


def records(ckan: Ckan, resource: str) -> list[dict[str, Any]]:
    """Return the rows of a DataStore table."""
    found = ckan.result("datastore_search", {"resource_id": resource, "limit": 32000, "sort": "_id"})["records"]
    return [{name: value for name, value in row.items() if name != "_id"} for row in found]


def rows(distribution: Distribution) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(distribution.data.decode("utf-8-sig"))))


def dictionary(distribution: Distribution, key: str) -> dict[str, Any]:
    return {column["id"]: column[key] for column in map_data_dictionary(distribution)}


def test_tables_arrive_whole_in_thai_and_without_a_bom(loading_ckan: Ckan, loaded: Loaded, first: Publication) -> None:
    flat = first.distributions[0]
    there = records(loading_ckan, resource_id(loaded.dataset, flat.path))
    assert list(there[0]) == list(rows(flat)[0])
    assert [{name: value or "" for name, value in row.items()} for row in there] == rows(flat)


def test_loaded_tables_get_their_data_dictionary_once(loading_ckan: Ckan, loaded: Loaded, first: Publication) -> None:
    assert (loaded.before, loaded.after) == (DictionaryCounts(0, 3), DictionaryCounts(3, 0))
    for distribution in filter(map_data_dictionary, first.distributions):
        resource = resource_id(loaded.dataset, distribution.path)
        assert columns(loading_ckan, resource, "info") == dictionary(distribution, "info")
    assert describe(loading_ckan, first, loaded.dataset) == loaded.after
    assert {request.method for request in loading_ckan.proxy.requests} == {"GET"}


def test_values_of_the_loader_are_no_changes_by_others(loading_ckan: Ckan, loaded: Loaded, first: Publication) -> None:
    before = shown(loading_ckan)
    flat = before["resources"][0]
    assert flat["datastore_active"] is True and flat["hash"] and "original_url" in flat
    assert not published(loading_ckan, first).steps
    assert {request.method for request in loading_ckan.proxy.requests} == {"GET"}
    assert shown(loading_ckan) == before


def test_next_release_is_published_while_the_loader_runs(
    loading_ckan: Ckan, loaded: Loaded, first: Publication, second: Publication
) -> None:
    for distribution in filter(map_data_dictionary, first.distributions):
        again = {"resource_id": resource_id(loaded.dataset, distribution.path), "ignore_hash": True}
        loading_ckan.result("xloader_submit", again)
    published(loading_ckan, second)
    until_loaded(loading_ckan, second)
    assert describe(loading_ckan, second, loaded.dataset) == DictionaryCounts(described=3, waiting=0)
    resources = {resource["release_path"]: resource for resource in shown(loading_ckan)["resources"]}
    for distribution in second.distributions:
        assert loading_ckan.download(resources[distribution.path]) == distribution.data
    for distribution in filter(map_data_dictionary, second.distributions):
        resource = resources[distribution.path]["id"]
        assert columns(loading_ckan, resource, "info") == dictionary(distribution, "info")
        assert columns(loading_ckan, resource, "type") == dictionary(distribution, "type"), "as the dictionary has it"
        assert len(records(loading_ckan, resource)) == len(rows(distribution))
    assert not published(loading_ckan, second).steps


# What the loader does with any file.


@pytest.fixture
def by_hand(loading_ckan: Ckan) -> Iterator[dict[str, Any]]:
    """An empty dataset."""
    dataset = loading_ckan.result("package_create", described(loading_ckan), loading_ckan.editor_token)
    yield dataset
    loading_ckan.purge(dataset["id"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_loader_reads_utf_8_with_a_bom_and_without(loading_ckan: Ckan, by_hand: dict[str, Any], encoding: str) -> None:
    assert loaded_row(loading_ckan, by_hand, "“เทศบาลเมือง”", encoding) == {"name": "“เทศบาลเมือง”", "amount": "1"}


def test_loader_corrupts_cp874_and_reports_it_complete(loading_ckan: Ckan, by_hand: dict[str, Any]) -> None:
    """It takes the file for TIS-620, which lacks the quotation marks of Windows."""
    spoilt = "“เทศบาลเมือง”".encode("cp874").decode("iso8859_11")
    assert loaded_row(loading_ckan, by_hand, "“เทศบาลเมือง”", "cp874") == {"name": spoilt, "amount": "1"}


def loaded_row(ckan: Ckan, dataset: dict[str, Any], name: str, encoding: str) -> dict[str, Any]:
    """The only row of a small table, once the loader says that it is complete."""
    data = f"name,amount\n{name},1\n".encode(encoding)
    resource = add(ckan, dataset, "a", data)
    until(ckan, lambda: is_loaded(ckan, ckan.result("resource_show", {"id": resource["id"]}), data))
    return records(ckan, resource["id"])[0]


def test_loader_does_not_see_a_file_that_a_revision_adds(loading_ckan: Ckan, by_hand: dict[str, Any]) -> None:
    fields = {
        "match__id": by_hand["id"],
        "update__resources__extend": json.dumps([{"name": "a", "format": "CSV"}]),
    }
    files = {"update__resources__0__upload": ("a.csv", b"name\nA\n")}
    package = loading_ckan.result("package_revise", fields, loading_ckan.editor_token, files=files)["package"]
    asked = loading_ckan.action(
        "xloader_status", {"resource_id": package["resources"][0]["id"]}, loading_ckan.admin_token
    )
    assert asked.status_code == 404
