"""Kill releasing and withdrawing before random steps and at random moments, and see that nothing is ever half there.

``python -m tests.kills --cases 1000 --seed 1`` kills a thousand times; ``make test`` a few. One process imports
everything, and each attempt is a fork of it, so that no moment is lost to imports. The moment is random within a
stage: from the beginning, or from when the hidden folder, the release, the copy of ``latest`` is seen. Building a
release only computes; nine attempts of ten take the files as built, so that the kills fall where something is written.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from khelang_opendata import Package
from khelang_opendata.published import verify
from khelang_opendata.release import Draft, Release, ReleaseOptions, release_package, store, withdraw
from tests.killing import Files, chosen, end_of, forked, kill, laid_out, report_storm, spans_of, steps_of
from tests.seeds import repeatable

PLAN = Path(__file__).parents[1] / "datapackage"
DAY = date(2026, 11, 22)


def contents(folder: Path) -> dict[str, bytes]:
    """The files below a folder by path, less the lock."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if name != ".lock"}


@dataclass(frozen=True)
class Scenario:
    """What is done and killed: the files before, the files after, and what can be seen to happen in between."""

    name: str
    act: Callable[[Path], object]
    before: Files
    after: Files
    stages: tuple[str, ...]


def scenarios(folder: Path) -> list[Scenario]:
    """The first release, a second one, and its withdrawal; each is done once without being disturbed."""
    changed = Path(shutil.copytree(PLAN, folder / "changed"))
    units = changed / "data/units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("Finance Division", "Division of Finance"), "utf-8")
    found: list[Scenario] = []
    acts: list[tuple[str, Callable[[Path], object], tuple[str, ...]]] = [
        ("first", lambda out: _publish(PLAN, out), (".unfinished-v1.0.0", "v1.0.0", ".unfinished-latest")),
        (
            "second",
            lambda out: _publish(changed, out),
            (".unfinished-v1.0.1", "v1.0.1", ".unfinished-latest", ".old-latest"),
        ),
        ("withdraw", lambda out: withdraw(out, "1.0.1", "ยอดผิด", DAY), (".unfinished-latest", ".old-latest")),
    ]
    before: Files = {}
    for name, act, stages in acts:
        out = laid_out(before, folder / "out")
        assert end_of(forked(partial(act, out))) == 0, name
        after = contents(out)
        found.append(Scenario(name, act, before, after, stages))
        before = after
    _import_what_is_loaded_late(lambda: _publish(PLAN, folder / "warm"), folder / "modules")
    return found


def _import_what_is_loaded_late(act: Callable[[], object], names: Path) -> None:
    """Import what an act imports; a fork does it, for a process with threads (polars) must not be forked."""

    def reported(_out: Path) -> None:
        act()
        names.write_text("\n".join(sys.modules))

    assert end_of(forked(partial(reported, names))) == 0
    for name in names.read_text().split():
        with suppress(ImportError, ValueError):
            import_module(name)


def storm(kills: int, seed: int, folder: Path) -> Counter[str]:
    """Kill so many times, from a seed on; count how often each scenario was cut short, and what remained.

    Raises:
        AssertionError: something was half there, or the next run did not mend it.
    """
    found = scenarios(folder)
    out = folder / "out"
    spans = {scenario.name: _spans(scenario, out) for scenario in found}
    steps = {s.name: steps_of(_act(s, whole=False), laid_out(s.before, out), folder / "steps") for s in found}
    reported: Counter[str] = Counter()
    for number in range(seed, seed + kills):
        scenario = found[number % len(found)]
        with repeatable("kills", number):
            state = _attempt(number, scenario, out, steps[scenario.name], spans[scenario.name])
        reported[f"{scenario.name}: {state}"] += 1
        if sum(reported.values()) % 50 == 0:
            sys.stderr.write(f"{number - seed + 1} kills\n")
    return reported


def _attempt(number: int, scenario: Scenario, out: Path, steps: list[list[int]], spans: Mapping[str, float]) -> str:
    """Kill a scenario as its number means, see what remains, and see that the next run mends it."""
    whole = number % 10 == 0
    when = chosen(number, steps, [""] if whole else ["", *scenario.stages])
    laid_out(scenario.before, out)
    kill(_act(scenario, whole=whole), out, when, spans[when.stage] + (spans["build"] if whole else 0))
    state = _state_of(scenario, out)
    assert end_of(forked(partial(_act(scenario, whole=False), out))) == 0, "the run after a kill fails"
    assert contents(out) == scenario.after, _difference(contents(out), scenario.after)
    return state


def _state_of(scenario: Scenario, out: Path) -> str:
    """What a kill left: every file that is seen is the old one or the new one, and every release is whole."""
    files = {name: data for name, data in contents(out).items() if not name.startswith(".")} if out.exists() else {}
    for name, data in files.items():
        assert data in (scenario.before.get(name), scenario.after.get(name)), f"{name} is half there"
    versions = {name.split("/")[0] for name in files if name.startswith("v")}
    assert versions >= {name.split("/")[0] for name in scenario.before if name.startswith("v")}, "a release is lost"
    assert all(verify(out / version).is_whole for version in versions), "a release is not whole"
    listed = json.loads(files.get("index.json", b'{"releases": []}'))["releases"]
    assert {entry["path"].rstrip("/") for entry in listed} <= versions, "a release is listed that is not there"
    assert all(entry["archive"] in files for entry in listed), "an archive is listed that is not there"
    latest = {name: data for name, data in files.items() if name.startswith("latest/")}
    states = [
        {n: d for n, d in state.items() if n.startswith("latest/")} for state in (scenario.before, scenario.after)
    ]
    assert not latest or latest in states, "latest is half there"
    gap = any(states) and not latest and scenario.before and "latest missing"
    state = "old" if files == scenario.before else "new" if files == scenario.after else "on the way"
    leftover = any(path.name != ".lock" and path.name.startswith(".") for path in out.glob(".*"))
    return ", ".join(filter(None, (state, gap or "", "leftovers" if leftover else "")))


def _act(scenario: Scenario, *, whole: bool) -> Callable[[Path], object]:
    """The scenario's act; unless the whole of it is wanted, with the files of the release as they were built before."""

    def act(out: Path) -> None:
        def built(draft: Draft, _sign: object = None) -> Release:
            prefix = f"v{draft.version}/"
            files = {name.removeprefix(prefix): d for name, d in scenario.after.items() if name.startswith(prefix)}
            return Release(draft.version, draft.note, files)

        with nullcontext() if whole else patch.object(store, "build_release", built):
            scenario.act(out)

    return act


def _spans(scenario: Scenario, out: Path) -> dict[str, float]:
    """Seconds from each stage to the end of an undisturbed run, and what building takes."""
    laid_out(scenario.before, out)
    spans = spans_of(partial(_act(scenario, whole=False), out), out, scenario.stages)
    laid_out(scenario.before, out)
    start, pid = time.perf_counter(), forked(partial(_act(scenario, whole=True), out))
    assert end_of(pid) == 0
    return {"build": max(0.0, time.perf_counter() - start - spans[""]), **spans}


def _publish(plan: Path, out: Path) -> None:
    release_package(Package.load(plan), out, ReleaseOptions(DAY))


def _difference(found: Files, wanted: Files) -> list[str]:
    return sorted(name for name in {*found, *wanted} if found.get(name) != wanted.get(name))[:10]


if __name__ == "__main__":
    report_storm(storm, __doc__)
