"""Publishing while the connection to a real CKAN fails: no duplicates, no incomplete public state, completed later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import pytest

from khelang_opendata.portals.ckan.publisher import publish_dataset
from khelang_opendata.portals.ckan.steps import Step, StepKind
from khelang_opendata.portals.portal_failures import PortalConflict, PortalForbidden, PortalInvalid, PublicationStopped
from tests.conftest import ROOT
from tests.portal.faults import (
    COMMAND,
    Scenario,
    Trouble,
    check_observed_states,
    check_that_it_converges,
    check_that_nothing_is_duplicated,
    ids_of,
    observe,
    prepare,
    reading,
    run,
    scenarios,
    two_releases,
)
from tests.portal.proxy import FAULTS
from tests.portal.publishing import GIVEN, client_of, examined, published, purged
from tests.portal.server import Ckan
from tests.releases import NAME

FIRST, UPDATE = 17, 21
"""Requests of each scenario when nothing fails."""

# Some requests with a fault each; `python -m tests.portal.faults` has all requests with all faults.
_SOME = [(name, at) for name, number in (("first", FIRST), ("update", UPDATE)) for at in range(5, number + 1, 5)]
ONCE = [(name, Trouble(fault, at)) for (name, at), fault in zip(_SOME, cycle(FAULTS), strict=False)]


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return two_releases(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="session")
def undisturbed(thai_gdc_portal: Ckan, releases: tuple[Path, Path]) -> dict[str, Scenario]:
    return scenarios(thai_gdc_portal, *releases)


@pytest.fixture(autouse=True)
def no_dataset(ckan: Ckan) -> Iterator[None]:
    with purged(ckan, NAME):
        yield


def test_every_request_of_a_publication_is_known(undisturbed: dict[str, Scenario]) -> None:
    assert {name: scenario.requests for name, scenario in undisturbed.items()} == {"first": FIRST, "update": UPDATE}


@pytest.mark.parametrize(("name", "trouble"), ONCE, ids=str)
def test_transient_failure_is_overcome(
    ckan: Ckan, undisturbed: dict[str, Scenario], name: str, trouble: Trouble
) -> None:
    prepare(ckan, undisturbed[name])
    assert [ending.kind for ending in run(ckan, undisturbed[name], trouble)] == ["succeeded"]


@pytest.mark.parametrize(
    ("name", "trouble", "ending"),
    [
        ("first", Trouble("reply_lost", 9, onward=True), "unknown"),
        ("first", Trouble("refuse", FIRST, onward=True), "unchecked"),
        ("update", Trouble("error_500", 5, onward=True), "before: portal_down"),
        ("update", Trouble("reply_lost", 14, onward=True), "unknown"),
        ("first", Trouble("cut_request", 9, onward=True, waits=5), "draft"),
        ("update", Trouble("reply_lost", 11, onward=True, waits=5), "restored"),
    ],
)
def test_portal_that_fails_for_good_is_reported_and_completed_later(
    ckan: Ckan, undisturbed: dict[str, Scenario], name: str, trouble: Trouble, ending: str
) -> None:
    prepare(ckan, undisturbed[name])
    assert [end.kind for end in run(ckan, undisturbed[name], trouble)] == [ending]


def test_portal_that_fails_twice_is_completed_later(ckan: Ckan, undisturbed: dict[str, Scenario]) -> None:
    prepare(ckan, undisturbed["update"])
    run(ckan, undisturbed["update"], Trouble("refuse", 12, onward=True), Trouble("cut_request", 8, onward=True))


@contextmanager
def publishing(ckan: Ckan, releases: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run `khelang publish`."""
    values = [f"--set={name}={value}" for name, value in GIVEN.items()]
    command = [sys.executable, "-c", COMMAND, "publish", str(releases), "--url", ckan.url, "--org", ckan.org, *values]
    environment = {**os.environ, "LC_ALL": "en_US.UTF-8", "CKAN_API_TOKEN": ckan.editor_token}
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=environment, cwd=ROOT) as process:
        yield process
        process.kill()


def wait_for_request(ckan: Ckan, number: int, process: subprocess.Popen[bytes]) -> None:
    while len(ckan.proxy.requests) < number:
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)


@pytest.mark.parametrize(("name", "number"), [("first", 7), ("update", 13)])
def test_killed_publication_continues(
    ckan: Ckan, undisturbed: dict[str, Scenario], releases: tuple[Path, Path], name: str, number: int
) -> None:
    scenario = undisturbed[name]
    prepare(ckan, scenario)
    ids = ids_of(ckan)
    ckan.proxy.inject("delay", number, seconds=1)
    with reading(ckan) as observed, publishing(ckan, releases[name == "update"]) as process:
        wait_for_request(ckan, number, process)
        process.kill()
        process.wait()
        ckan.proxy.reset()
    check_observed_states(observed, scenario)
    check_that_nothing_is_duplicated(ckan)
    check_that_it_converges(ckan, scenario, ids)


@pytest.mark.parametrize(
    ("name", "number", "reported"),
    [
        ("first", 9, b"A private draft of the dataset"),
        ("update", 13, b"is hidden while its files change"),
        ("first", FIRST, b"is published completely"),
    ],
)
def test_interrupted_publication_reports_the_state(
    ckan: Ckan, undisturbed: dict[str, Scenario], releases: tuple[Path, Path], name: str, number: int, reported: bytes
) -> None:
    scenario = undisturbed[name]
    prepare(ckan, scenario)
    ids = ids_of(ckan)
    ckan.proxy.inject("delay", number, seconds=1)
    with publishing(ckan, releases[name == "update"]) as process:
        wait_for_request(ckan, number, process)
        process.send_signal(signal.SIGINT)
        _, printed = process.communicate(timeout=60)
    assert process.returncode == 3
    assert b"was interrupted" in printed
    assert reported in printed
    assert b"Traceback" not in printed
    check_that_it_converges(ckan, scenario, ids)


def test_token_revoked_as_the_portal_fails_is_reported_as_a_refusal(
    ckan: Ckan, undisturbed: dict[str, Scenario]
) -> None:
    scenario = undisturbed["update"]
    prepare(ckan, scenario)
    client = client_of(ckan, token := ckan.make_user_token("editor"))
    ckan.proxy.reset()
    there = examined(client, ckan, scenario.after)

    def revoke(step: Step) -> None:
        if step.kind is StepKind.UPLOAD:
            ckan.revoke(token)
            ckan.proxy.dead_from(2)

    with pytest.raises(PublicationStopped) as stopped:
        publish_dataset(client, there, ckan.org, force=False, progress=revoke)
    assert isinstance(stopped.value.cause, PortalForbidden)
    assert stopped.value.params["variant"] == "unknown"
    check_that_it_converges(ckan, scenario, ids_of(ckan))


@pytest.mark.parametrize("name", ["first", "update"])
def test_request_that_arrives_late_or_twice_changes_nothing(
    ckan: Ckan, undisturbed: dict[str, Scenario], name: str
) -> None:
    scenario = undisturbed[name]
    prepare(ckan, scenario)
    done = published(ckan, scenario.after)
    for step in done.steps:
        with pytest.raises((PortalConflict, PortalInvalid)):
            client_of(ckan).post(step.action, step.payload, step.upload)
    assert observe(ckan) == scenario.states[1]
    check_that_nothing_is_duplicated(ckan)
