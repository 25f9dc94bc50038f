"""Kills publishing into a web server's folder, at random moments and before random steps, and checks what remains.

``python -m tests.folder_kills 400`` kills four hundred times and says how often which state was left.
"""

from __future__ import annotations

import json
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from khelang_opendata.portals.folder import publish_folder
from khelang_opendata.release import withdraw
from tests.conftest import PLAN
from tests.killing import Files, end_of, forked, laid_out, report_storm
from tests.kills import contents
from tests.releases import DAY, copied, correct_a_cell, publish

STAGING = ".unfinished-publish"
_HISTORY = ("first", "second", "withdraw", "withdraw all")
_STEPS = {"open", "os.rename", "os.mkdir", "os.remove", "os.rmdir", "os.chmod"}
"""Audit events that Python raises before it asks the system."""
_LINK = re.compile(r'href="([^"#:]+)"')


@dataclass(frozen=True)
class Scenario:
    """What is published and killed: the files of the folder before, and after."""

    name: str
    releases: Path
    before: Files
    after: Files

    def act(self, out: Path) -> None:
        """Publish; only what was altered needs the force."""
        publish_folder(self.releases, out, force=True)


def scenarios(folder: Path) -> list[Scenario]:
    """The first publishing, a second release, its withdrawal, the withdrawal of all, and the repair of a release."""
    own: Files = {"robots.txt": b"of another owner"}
    found: list[Scenario] = []
    before = own
    assert end_of(forked(lambda: _release(folder))) == 0  # in a fork: a process with threads must not be forked
    for name in _HISTORY:
        found.append(_scenario(name, folder / name, before, folder / "out"))
        before = found[-1].after
    altered = {**found[0].after, "v1.0.0/data/budgets.csv": b"altered"}
    return [*found, _scenario("repair", found[0].releases, altered, folder / "out")]


def _release(folder: Path) -> None:
    """What the folder of releases is at each point of its history."""
    plan, out = copied(PLAN, folder / "plan"), folder / "releases"
    publish(plan, out)
    copied(out, folder / "first")
    correct_a_cell(plan)
    publish(plan, out)
    copied(out, folder / "second")
    withdraw(out, "1.0.1", "ยอดผิด", DAY)
    copied(out, folder / "withdraw")
    withdraw(out, "1.0.0", "ยอดผิด", DAY)
    copied(out, folder / "withdraw all")


def _scenario(name: str, releases: Path, before: Files, out: Path) -> Scenario:
    laid_out(before, out)
    publish_folder(releases, out, force=True)
    return Scenario(name, releases, before, contents(out))


def storm(kills: int, seed: int, folder: Path) -> Counter[str]:
    """Kill so many times, and count what remained.

    Raises:
        AssertionError: something was half there, or the next run did not mend it.
    """
    chance = random.Random(seed)  # noqa: S311 (no secret)
    found = scenarios(folder)
    steps = {scenario.name: _steps_of(scenario, folder) for scenario in found}
    reported: Counter[str] = Counter()
    for attempt in range(kills):
        scenario, out = found[attempt % len(found)], laid_out(found[attempt % len(found)].before, folder / "out")
        if attempt % 2:
            _kill_before(chance.choice(chance.choice(steps[scenario.name])), scenario, out)
        else:
            _kill_at_a_moment(chance, scenario, out)
        reported[f"{scenario.name}: {_standing(scenario, out)}"] += 1
        assert end_of(forked(lambda: scenario.act(out))) == 0, "the run after a kill fails"  # noqa: B023 (at once)
        assert contents(out) == scenario.after
        assert [path.name for path in out.glob(".*")] in ([".lock"], []), "something is left behind"
    return reported


def _standing(scenario: Scenario, out: Path) -> str:
    """What a kill left: every piece is the old one or the new one, whole, and nothing refers to what is not there."""
    files = contents(out)
    seen = {name: data for name, data in files.items() if not name.startswith(".")}
    pieces, before, after = _pieces(seen), _pieces(scenario.before), _pieces(scenario.after)
    assert pieces.keys() >= before.keys() & after.keys(), "something is gone"
    for name, piece in pieces.items():
        assert piece in (before.get(name), after.get(name)), f"{name} is half there"
    for entry in json.loads(seen.get("index.json", b'{"releases": []}'))["releases"]:
        assert {entry["archive"], entry["path"].rstrip("/")} <= pieces.keys(), "a release is listed that is not there"
    for link in _LINK.findall(seen.get("index.html", b"").decode()):
        assert unquote(link) in seen, f"the page refers to {link}, which is not there"
    state = "old" if seen == scenario.before else "new" if seen == scenario.after else "on the way"
    return state + (", leftovers" if (out / STAGING).exists() else "")


def _pieces(files: Files) -> dict[str, dict[str, bytes]]:
    reported: dict[str, dict[str, bytes]] = {}
    for name, data in files.items():
        reported.setdefault(name.split("/")[0], {})[name] = data
    return reported


def _steps_of(scenario: Scenario, folder: Path) -> list[list[int]]:
    """The steps of an undisturbed run by their numbers: all, and those that put something into its place."""
    out, log = laid_out(scenario.before, folder / "out"), folder / "steps"

    def counted() -> None:
        seen = _watch(out, lambda _number: None)
        scenario.act(out)
        log.write_text(" ".join(seen))

    assert end_of(forked(counted)) == 0
    steps = log.read_text().split()
    placing = {at + beside for at, step in enumerate(steps) if step == "os.rename" for beside in (0, 1)}
    return [[*range(len(steps))], sorted(placing)]


def _kill_before(step: int, scenario: Scenario, out: Path) -> None:
    def act() -> None:
        _watch(out, lambda number: os.kill(os.getpid(), signal.SIGKILL) if number == step else None)
        scenario.act(out)

    assert end_of(forked(act)) == -signal.SIGKILL


def _watch(out: Path, reported: Callable[[int], None]) -> list[str]:
    """Report the number of each step that writes below a folder, before Python takes it."""
    seen: list[str] = []

    def hook(event: str, args: tuple[object, ...]) -> None:
        if event in _STEPS and str(args[0]).startswith(str(out)) and not (event == "open" and args[1] == "rb"):
            reported(len(seen))
            seen.append(event)

    sys.addaudithook(hook)
    return seen


def _kill_at_a_moment(chance: random.Random, scenario: Scenario, out: Path) -> None:
    pid = forked(lambda: scenario.act(out))
    while not (out / STAGING).exists() and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        time.sleep(0.0001)
    time.sleep(chance.uniform(0, 0.3))
    os.kill(pid, signal.SIGKILL)
    assert end_of(pid) in (0, -signal.SIGKILL)


if __name__ == "__main__":
    report_storm(storm, __doc__)
