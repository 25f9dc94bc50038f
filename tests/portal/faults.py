"""Break connections to a real CKAN during a publication, and check the dataset afterwards and what readers see.

``python -m tests.portal.faults --runs 400 --seed 1`` makes 400 runs and counts their outcomes; ``make test`` makes a
few. The releases are real ones without most of their files, so that a run takes a second or two.
"""

from __future__ import annotations

import argparse
import difflib
import hashlib
import json
import random
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, islice
from pathlib import Path
from typing import Any, Literal

import requests

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.portals.ckan.client import RequestPolicy
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.portal_failures import PublicationStopped
from khelang_opendata.portals.publication import Distribution, Publication, read_publication
from tests.conftest import PLAN
from tests.portal.install import installation
from tests.portal.proxy import FAULTS, Fault
from tests.portal.publishing import IMPATIENT, published
from tests.portal.server import THAI_GDC, Ckan, portal, site
from tests.releases import DAY, NAME, copied, correct_a_cell
from tests.releases import publish as release

_FILES = ("data/plans.csv", "data/units.csv")
_OF_THE_MOMENT = {"id", "package_id", "created", "last_modified", "metadata_created", "metadata_modified"}
_HURRIED = 2
_TOO_LATE = 2.5
_OBSERVATION_INTERVAL = 0.05
_WAITS = IMPATIENT.attempts + 1
"""Enough delays for a client to give up, and then to restore the previous state."""


COMMAND = """
from khelang_opendata.portals import publication
from khelang_opendata.__main__ import run
from tests.portal.faults import light
read = publication.read_publication
publication.read_publication = lambda path: light(read(path))
run()
"""
"""The command line for `python -c`, with the same files left out."""


@dataclass(frozen=True)
class State:
    """A public dataset: its metadata without the values that differ each time, and the hashes of its files."""

    metadata: str
    hashes: dict[str, str | None]


Observation = State | Literal["changing"] | None
"""What a reader sees: a state, no dataset, or a dataset that changes while it is read."""


@dataclass(frozen=True)
class Scenario:
    """A publication and the one before, with the states that both reach without a fault."""

    name: str
    before: Publication | None
    after: Publication
    states: tuple[State | None, State]
    requests: int


@dataclass(frozen=True)
class Trouble:
    """A fault of a run: at one request, or from that request on until the client has waited some times."""

    fault: Fault
    at: int
    onward: bool = False
    waits: int | None = None

    def __str__(self) -> str:
        length = "" if not self.onward else "-for-good" if self.waits is None else "-for-a-while"
        return f"{self.fault}-{self.at}{length}"

    def begin(self, ckan: Ckan) -> RequestPolicy:
        """Plan the fault in the proxy; return the policy of a client that does not wait for a late response."""
        if self.onward:
            ckan.proxy.dead_from(self.at, self.fault)
        else:
            ckan.proxy.inject(self.fault, self.at, seconds=_TOO_LATE if self.fault == "delay" else 0)
        waited = count(1)

        def wait(_seconds: float) -> None:
            if next(waited) == self.waits:
                ckan.proxy.reset()

        return replace(
            IMPATIENT, read_seconds=_HURRIED if self.fault == "delay" else IMPATIENT.read_seconds, sleep=wait
        )


@dataclass(frozen=True)
class Ending:
    """The outcome of a run: success or the reported state, and the number of observations by readers."""

    kind: str
    observations: int


def light(publication: Publication) -> Publication:
    """Return a publication with few and small files: two tables, and placeholders for the archives."""
    files = (d for d in publication.distributions if d.path in _FILES or d.entry is None)
    return replace(publication, distributions=tuple(_small(file) for file in files))


def _small(file: Distribution) -> Distribution:
    return file if file.entry is not None else replace(file, data=f"PK {file.path}".encode())


def two_releases(folder: Path) -> tuple[Path, Path]:
    """Make the folder with the real plan's first release, and the one with its correction, too."""
    plan, first, second = copied(PLAN, folder / "plan"), folder / "first", folder / "second"
    release(plan, first, DAY)
    correct_a_cell(plan)
    release(plan, copied(first, second), date(2026, 12, 1))
    return first, second


def scenarios(ckan: Ckan, first: Path, second: Path) -> dict[str, Scenario]:
    """Return the first publication and the update; each is made once without a fault."""
    ckan.purge(NAME)
    found: dict[str, Scenario] = {}
    before: Publication | None = None
    old: State | None = None
    for name, releases in (("first", first), ("update", second)):
        after = light(read_publication(releases))
        ckan.proxy.reset()
        published(ckan, after)
        number, new = len(ckan.proxy.requests), observe(ckan)
        assert isinstance(new, State)
        found[name] = Scenario(name, before, after, (old, new), number)
        before, old = after, new
    assert found["first"].states[1] != found["update"].states[1]
    return found


def prepare(ckan: Ckan, scenario: Scenario) -> None:
    """Restore the previous state on the portal."""
    ckan.proxy.reset()
    if scenario.before is None or observe(ckan) != scenario.states[0]:
        ckan.purge(NAME)
    if scenario.before:
        published(ckan, scenario.before)


def observe(ckan: Ckan) -> Observation:
    """Read the public dataset without the proxy."""
    dataset = _package(ckan)
    if dataset is None:
        return None
    hashes = {r["release_path"]: _hash(ckan, r) for r in dataset["resources"]}
    again = _package(ckan)
    if again is None or again["metadata_modified"] != dataset["metadata_modified"]:
        return "changing"
    return State(_metadata_text(dataset), hashes)


def _package(ckan: Ckan, token: str | None = None) -> Any:
    answer = ckan.action("package_show", {"id": NAME}, token)
    assert answer.status_code in (200, 403, 404), answer.text
    return answer.json()["result"] if answer.ok else None


def _hash(ckan: Ckan, resource: Any) -> str | None:
    answer = requests.get(resource["url"].replace(ckan.url, ckan.direct), timeout=60)
    return hashlib.sha256(answer.content).hexdigest() if answer.ok else None


def _metadata_text(dataset: Any) -> str:
    """Return the metadata of a dataset and its resources as text."""
    parts = [{**dataset, "resources": []}, *({**r, "url": ""} for r in dataset["resources"])]
    lasting = [{key: value for key, value in part.items() if key not in _OF_THE_MOMENT} for part in parts]
    return json.dumps(lasting, ensure_ascii=False, sort_keys=True, indent=1)


@contextmanager
def reading(ckan: Ckan) -> Iterator[list[Observation]]:
    """Read the public dataset repeatedly in a thread; yield the list of observations."""
    observed: list[Observation] = []
    failed: list[BaseException] = []
    enough = threading.Event()

    def read() -> None:
        try:
            while not enough.wait(_OBSERVATION_INTERVAL):
                observed.append(observe(ckan))
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield observed
    finally:
        enough.set()
        reader.join()
    if failed:
        raise failed[0]


def run(ckan: Ckan, scenario: Scenario, *troubles: Trouble) -> list[Ending]:
    """Publish once with each fault, then without, from the previous state; return the outcomes.

    Raises:
        AssertionError: a reader saw an incomplete state, a resource is duplicated, the portal has another state than
            the reported one, or the last run did not complete it.
    """
    ids = ids_of(ckan)
    endings = []
    for trouble in troubles:
        endings.append(disturbed(ckan, scenario, trouble))
        ids = {**ids_of(ckan), **ids}
    check_that_it_converges(ckan, scenario, ids)
    return endings


def disturbed(ckan: Ckan, scenario: Scenario, trouble: Trouble) -> Ending:
    """Publish with a fault while readers read, and check the state afterwards."""
    before = observe(ckan)
    with reading(ckan) as observed:
        kind = _publish(ckan, scenario, trouble.begin(ckan))
        ckan.proxy.reset()
    check_observed_states([*observed, now := observe(ckan)], scenario)
    check_that_nothing_is_duplicated(ckan)
    _check_reported_state(kind, before, now, scenario, ckan)
    return Ending(kind, len(observed))


def _unlike(state: Observation, scenario: Scenario) -> list[str]:
    """Return the differences of a state from the two complete states."""
    if not isinstance(state, State):
        return [repr(state)]
    reported = [f"{s.metadata}\n{json.dumps(s.hashes, indent=1)}".splitlines() for s in (state, *scenario.states) if s]
    differences = (
        line for whole in reported[1:] for line in difflib.unified_diff(whole, reported[0], lineterm="", n=0)
    )
    return [line[:300] for line in differences]


def check_observed_states(observed: Iterable[Observation], scenario: Scenario) -> None:
    """Readers saw the complete old state, the complete new one, or no dataset."""
    for state in observed:
        assert state in ("changing", None, *scenario.states), f"incomplete: {_unlike(state, scenario)}"


def _publish(ckan: Ckan, scenario: Scenario, policy: RequestPolicy) -> str:
    try:
        published(ckan, scenario.after, policy=policy)
    except PublicationStopped as stopped:
        return str(stopped.params["variant"])
    except KhelangError as error:
        return f"before: {error.code}"
    return "succeeded"


def _check_reported_state(kind: str, before: Observation, now: Observation, scenario: Scenario, ckan: Ckan) -> None:
    """The portal has the reported state."""
    if kind in ("succeeded", "unchecked"):
        assert now == scenario.states[1], f"{kind}, but the portal lacks the new state: {_unlike(now, scenario)}"
    elif kind == "restored" or kind.startswith("before"):
        assert now == before, f"{kind}, but the portal lacks the former state: {_unlike(now, scenario)}"
    elif kind in ("hidden", "draft"):
        assert now is None, f"{kind}, but it is public"
        assert _package(ckan, ckan.admin_token) is not None, f"{kind}, but there is nothing"


def check_that_nothing_is_duplicated(ckan: Ckan) -> None:
    """Each file has one resource, with the id of its path."""
    dataset = _package(ckan, ckan.admin_token)
    if dataset:
        paths = [resource["release_path"] for resource in dataset["resources"]]
        assert len(paths) == len(set(paths)), f"there twice: {paths}"
        assert ids_of(ckan) == {path: resource_id(dataset["id"], path) for path in paths} | {"": dataset["id"]}


def ids_of(ckan: Ckan) -> dict[str, str]:
    """Return the ids of the dataset and of each file."""
    dataset = _package(ckan, ckan.admin_token)
    return {r["release_path"]: r["id"] for r in dataset["resources"]} | {"": dataset["id"]} if dataset else {}


def check_that_it_converges(ckan: Ckan, scenario: Scenario, ids: dict[str, str]) -> None:
    """Publishing again reaches the new state with the same ids, and once more sends nothing."""
    ckan.proxy.reset()
    published(ckan, scenario.after)
    assert observe(ckan) == scenario.states[1]
    assert ids.items() <= ids_of(ckan).items(), "ids changed"
    assert "publishing" not in _metadata_text(_package(ckan))
    ckan.proxy.reset()
    assert not published(ckan, scenario.after).steps
    assert {request.method for request in ckan.proxy.requests} == {"GET"}


def every_trouble(number: int) -> list[Trouble]:
    """Return every fault at each request: once, for good, and for a while."""
    at = range(1, number + 1)
    once = [Trouble(fault, n) for n in at for fault in FAULTS]
    for_good = [Trouble(fault, n, onward=True) for n in at for fault in ("refuse", "reply_lost")]
    for_a_while = [Trouble(fault, n, onward=True, waits=_WAITS) for n in at for fault in ("cut_request", "reply_lost")]
    return [*once, *for_good, *for_a_while]


def storm(runs: int, seed: int, folder: Path) -> Counter[str]:
    """Make runs with each of `every_trouble` in random order, then with two in a row; count the outcomes.

    Raises:
        ExceptionGroup: the failures of `run`, after the last run.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    reported, failures = Counter[str](), []
    with site(installation()) as running, portal(running, THAI_GDC) as ckan:
        planned = islice(_planned(chance, scenarios(ckan, *two_releases(folder))), runs)
        for number, (scenario, troubles) in enumerate(planned, 1):
            prepare(ckan, scenario)
            reported["runs"] += 1
            try:
                endings = run(ckan, scenario, *troubles)
            except Exception as error:
                again = f"python -m tests.portal.faults --runs {number} --seed {seed}"
                error.add_note(f"{scenario.name}: {troubles}; the last run of: {again}")
                failures.append(error)
                sys.stderr.write(f"{scenario.name}: {troubles}: {error}; the last run of: {again}\n")
                continue
            reported.update(f"{scenario.name}, {_way(t)}: {e.kind}" for t, e in zip(troubles, endings, strict=True))
            reported.update({"observations": sum(ending.observations for ending in endings), "converged": 1})
            if reported["runs"] % 20 == 0:
                sys.stderr.write(f"{reported['runs']} runs\n")
    if failures:
        raise ExceptionGroup(f"{len(failures)} runs failed; {dict(reported)}", failures)
    return reported


def _planned(chance: random.Random, found: Mapping[str, Scenario]) -> Iterator[tuple[Scenario, tuple[Trouble, ...]]]:
    """Yield the scenarios in turn, so that one starts from the state of the other; each with one fault, then two."""
    planned = {name: every_trouble(scenario.requests) for name, scenario in found.items()}
    for troubles in planned.values():
        chance.shuffle(troubles)
    while True:
        for name, scenario in found.items():
            yield scenario, (planned[name].pop(),) if planned[name] else _two(chance, scenario.requests)


def _way(trouble: Trouble) -> str:
    return "once" if not trouble.onward else "for good" if trouble.waits is None else "for a while"


def _two(chance: random.Random, number: int) -> tuple[Trouble, ...]:
    return tuple(chance.sample(every_trouble(number), 2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        reported = {"seed": arguments.seed, **dict(sorted(storm(arguments.runs, arguments.seed, Path(folder)).items()))}
    sys.stdout.write(json.dumps(reported, ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
