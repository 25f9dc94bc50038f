"""Each fault that the proxy makes, as the client sees it, as CKAN sees it, and the state afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
import requests

from tests.portal.proxy import FAULTS, Fault
from tests.portal.server import Ckan

DONE: dict[Fault, bool] = {
    "refuse": False,
    "cut_request": False,
    "error_500": False,
    "reply_lost": True,
    "error_after": True,
    "cut_reply": True,
    "delay": True,
}
ANSWERED: dict[Fault, int] = {"error_500": 500, "error_after": 502}


@pytest.fixture
def organisation(ckan: Ckan) -> Iterator[str]:
    """The name of an organisation that a test may create."""
    name = f"org-{uuid4().hex[:8]}"
    yield name
    ckan.action("organization_purge", {"id": name}, ckan.admin_token)


def create(ckan: Ckan, name: str, timeout: float = 60) -> int:
    """Create an organisation through the proxy, and give the status of the answer; 0 if there is none."""
    url, headers = f"{ckan.url}/api/3/action/organization_create", {"Authorization": ckan.admin_token}
    try:
        return requests.post(url, json={"name": name}, headers=headers, timeout=timeout).status_code
    except requests.RequestException:
        return 0


def exists(ckan: Ckan, name: str) -> bool:
    return ckan.action("organization_show", {"id": name}).status_code == 200


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_hits_one_request(ckan: Ckan, organisation: str, fault: Fault) -> None:
    ckan.proxy.inject(fault, at=2, seconds=5)
    assert requests.get(f"{ckan.url}/api/3/action/status_show", timeout=60).ok
    assert create(ckan, organisation, timeout=2) == ANSWERED.get(fault, 0)
    ckan.proxy.settle()
    assert exists(ckan, organisation) == DONE[fault]
    assert requests.get(f"{ckan.url}/api/3/action/status_show", timeout=60).ok
    assert [(one.number, one.forwarded) for one in ckan.proxy.requests] == [
        (1, True),
        (2, DONE[fault]),
        (3, True),
    ]


def test_a_dead_portal_stays_dead(ckan: Ckan, organisation: str) -> None:
    ckan.proxy.dead_from(2)
    assert [create(ckan, organisation) for _ in range(3)] == [200, 0, 0]


def test_uploads_in_chunks_and_downloads_pass_unchanged(ckan: Ckan) -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"id":'
        yield b' "no-such-plan"}'

    headers = {"Content-Type": "application/json"}
    url = f"{ckan.url}/api/3/action/package_show"
    assert requests.post(url, data=chunks(), headers=headers, timeout=60).status_code == 404
    page = requests.get(f"{ckan.url}/robots.txt", timeout=60).content
    assert page == requests.get(f"{ckan.direct}/robots.txt", timeout=60).content
    assert [(request.method, request.path) for request in ckan.proxy.requests] == [
        ("POST", "/api/3/action/package_show"),
        ("GET", "/robots.txt"),
    ]
