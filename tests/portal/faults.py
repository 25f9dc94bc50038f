"""Makes connections to a real CKAN fail while a plan is published, and checks what remains and what readers see.

``python -m tests.portal.faults --runs 400 --seed 1`` makes so many runs and says how often which end they came to;
``make test`` makes a few. The plan's releases are real ones with most of their files left out, so that a run takes
a second or two.
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
from khelang_opendata.portals.ckan.client import Patience
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.publication import Distribution, Publication, read_publication
from khelang_opendata.portals.refusals import PublicationStopped
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
_BETWEEN_LOOKS = 0.05
_WAITS = IMPATIENT.tries + 1
"""So many that a client gives up on its way, and can restore the former state."""


COMMAND = """
from khelang_opendata.portals import publication
from khelang_opendata.__main__ import run
from tests.portal.faults import light
read = publication.read_publication
publication.read_publication = lambda path: light(read(path))
run()
"""
"""The command line, for `python -c`: all as it is, but that it leaves out the same files."""


@dataclass(frozen=True)
class State:
    """A dataset as anybody reads it: what is said of it, less what differs each time, and the files' hashes."""

    said: str
    hashes: dict[str, str | None]


Look = State | Literal["changing"] | None
"""What a reader found: a state; nothing that he may read; or what was changed while he read it."""


@dataclass(frozen=True)
class Scenario:
    """What is published on top of what, and how both look when nothing fails."""

    name: str
    before: Publication | None
    after: Publication
    states: tuple[State | None, State]
    requests: int


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a run: a fault at a request; or from it on, until the client has waited so many times."""

    fault: Fault
    at: int
    onward: bool = False
    waits: int | None = None

    def __str__(self) -> str:
        length = "" if not self.onward else "-for-good" if self.waits is None else "-for-a-while"
        return f"{self.fault}-{self.at}{length}"

    def begin(self, ckan: Ckan) -> Patience:
        """Let the proxy meet the next requests so; gives the patience of a client who awaits no late answer."""
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
    """How a run ended: whether it succeeded, else the state that it reported; and how many looks readers had."""

    kind: str
    looks: int


def light(publication: Publication) -> Publication:
    """A publication with few and small files: two tables, and archives that are none."""
    files = (d for d in publication.distributions if d.path in _FILES or d.entry is None)
    return replace(publication, distributions=tuple(_small(file) for file in files))


def _small(file: Distribution) -> Distribution:
    return file if file.entry is not None else replace(file, data=f"PK {file.path}".encode())


def two_releases(folder: Path) -> tuple[Path, Path]:
    """The real plan's first release, and both after a correction."""
    plan, first, second = copied(PLAN, folder / "plan"), folder / "first", folder / "second"
    release(plan, first, DAY)
    correct_a_cell(plan)
    release(plan, copied(first, second), date(2026, 12, 1))
    return first, second


def scenarios(ckan: Ckan, first: Path, second: Path) -> dict[str, Scenario]:
    """The first publication, and the next release; each is done once without being disturbed."""
    ckan.purge(NAME)
    found: dict[str, Scenario] = {}
    before: Publication | None = None
    old: State | None = None
    for name, releases in (("first", first), ("update", second)):
        after = light(read_publication(releases))
        ckan.proxy.reset()
        published(ckan, after)
        number, new = len(ckan.proxy.requests), look(ckan)
        assert isinstance(new, State)
        found[name] = Scenario(name, before, after, (old, new), number)
        before, old = after, new
    assert found["first"].states[1] != found["update"].states[1]
    return found


def prepare(ckan: Ckan, scenario: Scenario) -> None:
    """Put the former state on the portal, unless it is there."""
    ckan.proxy.reset()
    if scenario.before is None or look(ckan) != scenario.states[0]:
        ckan.purge(NAME)
    if scenario.before:
        published(ckan, scenario.before)


def look(ckan: Ckan) -> Look:
    """What anybody finds, round the proxy."""
    dataset = _shown(ckan)
    if dataset is None:
        return None
    hashes = {r["release_path"]: _hash(ckan, r) for r in dataset["resources"]}
    again = _shown(ckan)
    if again is None or again["metadata_modified"] != dataset["metadata_modified"]:
        return "changing"
    return State(_said(dataset), hashes)


def _shown(ckan: Ckan, token: str | None = None) -> Any:
    answer = ckan.action("package_show", {"id": NAME}, token)
    assert answer.status_code in (200, 403, 404), answer.text
    return answer.json()["result"] if answer.ok else None


def _hash(ckan: Ckan, resource: Any) -> str | None:
    answer = requests.get(resource["url"].replace(ckan.url, ckan.direct), timeout=60)
    return hashlib.sha256(answer.content).hexdigest() if answer.ok else None


def _said(dataset: Any) -> str:
    """What is said of a dataset and its files."""
    parts = [{**dataset, "resources": []}, *({**r, "url": ""} for r in dataset["resources"])]
    lasting = [{key: value for key, value in part.items() if key not in _OF_THE_MOMENT} for part in parts]
    return json.dumps(lasting, ensure_ascii=False, sort_keys=True, indent=1)


@contextmanager
def reading(ckan: Ckan) -> Iterator[list[Look]]:
    """Read again and again what everybody sees, round the proxy; gives a list of all that was seen."""
    seen: list[Look] = []
    failed: list[BaseException] = []
    enough = threading.Event()

    def read() -> None:
        try:
            while not enough.wait(_BETWEEN_LOOKS):
                seen.append(look(ckan))
        except BaseException as error:
            failed.append(error)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        yield seen
    finally:
        enough.set()
        reader.join()
    if failed:
        raise failed[0]


def run(ckan: Ckan, scenario: Scenario, *troubles: Trouble) -> list[Ending]:
    """Publish once with each trouble, then without, from the former state; give how the runs ended.

    Raises:
        AssertionError: a reader saw a half state, something is there twice, the reported state is not there, or
            the last run did not mend it.
    """
    ids = ids_of(ckan)
    endings = []
    for trouble in troubles:
        endings.append(disturbed(ckan, scenario, trouble))
        ids = {**ids_of(ckan), **ids}
    check_that_it_converges(ckan, scenario, ids)
    return endings


def disturbed(ckan: Ckan, scenario: Scenario, trouble: Trouble) -> Ending:
    """Publish with a trouble while readers read, and check the state afterwards."""
    before = look(ckan)
    with reading(ckan) as seen:
        kind = _publish(ckan, scenario, trouble.begin(ckan))
        ckan.proxy.reset()
    check_what_was_seen([*seen, now := look(ckan)], scenario)
    check_that_nothing_is_there_twice(ckan)
    _check_reported_state(kind, before, now, scenario, ckan)
    return Ending(kind, len(seen))


def _unlike(state: Look, scenario: Scenario) -> list[str]:
    """What a state has that each of the two whole ones lacks, and the other way round."""
    if not isinstance(state, State):
        return [repr(state)]
    reported = [f"{s.said}\n{json.dumps(s.hashes, indent=1)}".splitlines() for s in (state, *scenario.states) if s]
    differences = (
        line for whole in reported[1:] for line in difflib.unified_diff(whole, reported[0], lineterm="", n=0)
    )
    return [line[:300] for line in differences]


def check_what_was_seen(seen: Iterable[Look], scenario: Scenario) -> None:
    """Readers found the old state whole, the new one whole, or nothing."""
    for state in seen:
        assert state in ("changing", None, *scenario.states), f"half a state was seen: {_unlike(state, scenario)}"


def _publish(ckan: Ckan, scenario: Scenario, patience: Patience) -> str:
    try:
        published(ckan, scenario.after, patience=patience)
    except PublicationStopped as stopped:
        return str(stopped.params["variant"])
    except KhelangError as error:
        return f"before: {error.code}"
    return "succeeded"


def _check_reported_state(kind: str, before: Look, now: Look, scenario: Scenario, ckan: Ckan) -> None:
    """The portal has the state that a run reported."""
    if kind in ("succeeded", "unchecked"):
        assert now == scenario.states[1], f"{kind}, but the portal lacks the new state: {_unlike(now, scenario)}"
    elif kind == "restored" or kind.startswith("before"):
        assert now == before, f"{kind}, but the portal lacks the former state: {_unlike(now, scenario)}"
    elif kind in ("hidden", "draft"):
        assert now is None, f"{kind}, but it is public"
        assert _shown(ckan, ckan.admin_token) is not None, f"{kind}, but there is nothing"


def check_that_nothing_is_there_twice(ckan: Ckan) -> None:
    """Each file has one resource, whose id follows from its path."""
    dataset = _shown(ckan, ckan.admin_token)
    if dataset:
        paths = [resource["release_path"] for resource in dataset["resources"]]
        assert len(paths) == len(set(paths)), f"there twice: {paths}"
        assert ids_of(ckan) == {path: resource_id(dataset["id"], path) for path in paths} | {"": dataset["id"]}


def ids_of(ckan: Ckan) -> dict[str, str]:
    """The ids of the dataset and of each of its files."""
    dataset = _shown(ckan, ckan.admin_token)
    return {r["release_path"]: r["id"] for r in dataset["resources"]} | {"": dataset["id"]} if dataset else {}


def check_that_it_converges(ckan: Ckan, scenario: Scenario, ids: dict[str, str]) -> None:
    """Publishing again gives the new state with the same ids; and once more sends nothing."""
    ckan.proxy.reset()
    published(ckan, scenario.after)
    assert look(ckan) == scenario.states[1]
    assert ids.items() <= ids_of(ckan).items(), "ids changed"
    assert "publishing" not in _said(_shown(ckan))
    ckan.proxy.reset()
    assert not published(ckan, scenario.after).steps
    assert {request.method for request in ckan.proxy.requests} == {"GET"}


def every_trouble(number: int) -> list[Trouble]:
    """Every fault at each of so many requests, and a portal that dies at each, for good or for a while."""
    at = range(1, number + 1)
    once = [Trouble(fault, n) for n in at for fault in FAULTS]
    for_good = [Trouble(fault, n, onward=True) for n in at for fault in ("refuse", "reply_lost")]
    for_a_while = [Trouble(fault, n, onward=True, waits=_WAITS) for n in at for fault in ("cut_request", "reply_lost")]
    return [*once, *for_good, *for_a_while]


def storm(runs: int, seed: int, folder: Path) -> Counter[str]:
    """Make so many runs: `every_trouble` in random order, then two of them one after the other; gives how they ended.

    Raises:
        ExceptionGroup: what `run` raised, after the last run.
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
            reported.update({"looks": sum(ending.looks for ending in endings), "converged": 1})
            if reported["runs"] % 20 == 0:
                sys.stderr.write(f"{reported['runs']} runs\n")
    if failures:
        raise ExceptionGroup(f"{len(failures)} runs failed; {dict(reported)}", failures)
    return reported


def _planned(chance: random.Random, found: Mapping[str, Scenario]) -> Iterator[tuple[Scenario, tuple[Trouble, ...]]]:
    """The scenarios in turn, so that one starts from what the other left; each with every trouble, then with two."""
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
