"""Kills publishing into a web server's folder, at random moments and before random steps, and checks what remains.

``python -m tests.folder_kills --cases 400 --seed 1`` kills four hundred times and says how often which state was left.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from khelang_opendata.portals.folder import publish_folder
from khelang_opendata.release import withdraw
from tests.conftest import PLAN
from tests.killing import Files, chosen, end_of, forked, kill, laid_out, report_storm, steps_of
from tests.kills import contents
from tests.releases import DAY, copied, correct_a_cell, few_pages, publish
from tests.seeds import repeatable

STAGING = ".unfinished-publish"
_HISTORY = ("first", "second", "withdraw", "withdraw all")
_SECONDS = 0.3
"""About what publishing takes from when its folder is seen."""

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
        publish_folder(self.releases, out, pages=few_pages, force=True)


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
    publish_folder(releases, out, pages=few_pages, force=True)
    return Scenario(name, releases, before, contents(out))


def storm(kills: int, seed: int, folder: Path) -> Counter[str]:
    """Kill so many times, from a seed on, and count what remained.

    Raises:
        AssertionError: something was half there, or the next run did not mend it.
    """
    found = scenarios(folder)
    out = folder / "out"
    steps = {
        scenario.name: steps_of(scenario.act, laid_out(scenario.before, out), folder / "steps") for scenario in found
    }
    reported: Counter[str] = Counter()
    for number in range(seed, seed + kills):
        scenario = found[number % len(found)]
        with repeatable("folder_kills", number):
            state = _attempt(number, scenario, out, steps[scenario.name])
        reported[f"{scenario.name}: {state}"] += 1
    return reported


def _attempt(number: int, scenario: Scenario, out: Path, steps: list[list[int]]) -> str:
    """Kill a scenario as its number means, see what remains, and see that the next run mends it."""
    laid_out(scenario.before, out)
    kill(scenario.act, out, chosen(number, steps, [STAGING]), _SECONDS)
    state = _state_of(scenario, out)
    assert end_of(forked(lambda: scenario.act(out))) == 0, "the run after a kill fails"
    assert contents(out) == scenario.after
    assert [path.name for path in out.glob(".*")] in ([".lock"], []), "something is left behind"
    return state


def _state_of(scenario: Scenario, out: Path) -> str:
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


if __name__ == "__main__":
    report_storm(storm, __doc__)
