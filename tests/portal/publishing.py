"""Helpers of the publishing tests: releases of the real plan, and publications to a portal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from khelang_opendata.portals.ckan.client import Client, RequestPolicy
from khelang_opendata.portals.ckan.portal_info import find_organization_id, read_portal_info
from khelang_opendata.portals.ckan.publisher import DatasetState, Published, compare_dataset, publish_dataset
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.portals.token import Token
from tests.portal.server import Ckan
from tests.releases import NAME

GIVEN = {
    "maintainer_email": "opendata@khelang.example",
    "objective": "พันธกิจหน่วยงาน, เพื่อการให้บริการประชาชน",
    "update_frequency_unit": "ปี",
    "update_frequency_interval": "1",
}
"""The required values that the real plan's document does not have."""

_FEW = (f"{NAME}-flat.csv", "data/units.csv", "data/risks.csv", "metadata/codebook.csv")

IMPATIENT = RequestPolicy(
    connect_seconds=5, read_seconds=20, attempts=4, first_delay_seconds=0, sleep=lambda _seconds: None
)


def few(releases: Path) -> Publication:
    """Return a publication with four of the files and the archives: a portal takes a while for each file."""
    publication = read_publication(releases)
    kept = (d for d in publication.distributions if d.path in _FEW or d.entry is None)
    return replace(publication, distributions=tuple(kept))


def client_of(ckan: Ckan, token: str | None = None, policy: RequestPolicy = IMPATIENT) -> Client:
    return Client(ckan.url, Token(token or ckan.editor_token), policy=policy)


def examined(
    client: Client, ckan: Ckan, publication: Publication, given: Mapping[str, str] = GIVEN, org: str | None = None
) -> DatasetState:
    org_id = find_organization_id(client, org or ckan.org)
    return compare_dataset(client, publication, read_portal_info(client), org_id, given, lambda _step: None)


def published(ckan: Ckan, publication: Publication, *, force: bool = False, **more: Any) -> Published:
    """Publish as `khelang publish` does."""
    client = client_of(ckan, more.pop("token", None), more.pop("policy", IMPATIENT))
    return publish_dataset(
        client,
        examined(client, ckan, publication, **more),
        more.get("org") or ckan.org,
        force=force,
        progress=lambda _step: None,
    )


def current_state(ckan: Ckan, publication: Publication) -> DatasetState:
    return examined(client_of(ckan), ckan, publication)


@contextmanager
def purged(ckan: Ckan, name: str) -> Iterator[None]:
    """Delete the dataset before and after a test."""
    ckan.purge(name)
    yield
    ckan.purge(name)
