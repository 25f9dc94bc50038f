"""Kills harvests, before random calls that write and at random moments, and checks what readers see and the next run.

``python -m tests.harvest_kills --cases 200 --seed 1`` kills two hundred times and says how often which state was left.
A moment is random within a stage: from the beginning, or from when the first new table, the new snapshot, the new
DuckDB file is seen. Where a harvest was done before its moment, it is killed again at an earlier one.
"""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from khelang_opendata.national.delta_tables import HISTORY, TABLES, NationalDataset
from khelang_opendata.national.harvesting import STAGED, WORK
from khelang_opendata.national.national_columns import ISSUES, PACKAGES, table_names
from khelang_opendata.national.national_products import DATABASE, QUALITY
from khelang_opendata.national.querying import read_only
from khelang_opendata.validation import validate
from tests.conftest import PLAN
from tests.killing import Files, chosen, end_of, forked, kill, laid_out, report_storm, spans_of
from tests.kills import contents
from tests.national_data import WRITES, before_writes, gathered, harvest_until, plans_in_latest, state_of, valid_plans
from tests.seeds import repeatable

_PLANS = 6
_EARLIER = 0.7
"""The share of a moment that the next try of it comes at."""

_STATES = ("before", "after")


@dataclass(frozen=True)
class Scenario:
    """A harvest that is killed.

    Attributes:
        sources: what it gathers.
        before: the files of the dataset's folder before it.
        states: the hashes of the tables' rows before it, and after it where nothing disturbs it.
        products: the hashes of what is made of the state after it.
        calls: how often it calls what writes, by kind.
        stages: files that can be seen to appear.
        spans: seconds from each stage to its end.
    """

    name: str
    sources: Path
    before: Files
    states: tuple[Mapping[str, str], Mapping[str, str]]
    products: Mapping[str, str]
    calls: Mapping[str, int]
    stages: tuple[str, ...]
    spans: Mapping[str, float]

    def act(self, out: Path) -> None:
        """Harvest in small batches."""
        with before_writes(lambda *_: None):
            gathered(self.sources, out)


def scenarios(folder: Path) -> list[Scenario]:
    """A first harvest, and one that adds a plan and changes two; each is done once without being disturbed."""
    sources, out = folder / "packages", folder / "out"
    validate(PLAN)  # what it reads of the standard, the forks need not read again
    _done(lambda: _write_plans(sources, folder / "old", folder / "dataset"))
    return [
        _scenario(name, number, sources, contents(folder / "dataset") if number > 1 else {}, out)
        for number, name in enumerate(("first", "second"), 1)
    ]


def _write_plans(sources: Path, old: Path, dataset: Path) -> None:
    """The plans, and the dataset before one of them was there and two were changed."""
    plans = valid_plans(sources, _PLANS)
    hidden = shutil.move(plans[0], old)
    gathered(sources, dataset)
    shutil.move(hidden, plans[0])
    for path in (plans[1] / "data/budgets.csv", plans[2] / "data/indicators.csv"):
        path.write_bytes(path.read_bytes().replace("ร้อยละ".encode(), "ส่วนร้อย".encode()).replace(b",-,,", b",0,,"))


def _scenario(name: str, number: int, sources: Path, before: Files, out: Path) -> Scenario:
    first_table = f"{TABLES}/plans/_delta_log/{number - 1:020}.json"
    stages = (first_table, f"{HISTORY}/{number:06}.json", f".{DATABASE}.new")
    log = out.with_name("calls.json")

    def counted() -> None:
        calls: Counter[str] = Counter()
        states = [_hashes(out)]
        with before_writes(lambda kind, _: calls.update([kind])):
            gathered(sources, out)
        log.write_text(json.dumps([calls, [*states, _hashes(out)], _made(out)]))

    laid_out(before, out)
    _done(counted)
    calls, (old, new), products = json.loads(log.read_bytes())
    assert old != new
    scenario = Scenario(name, sources, before, (old, new), products, calls, stages, {})
    laid_out(before, out)
    return replace(scenario, spans=spans_of(partial(scenario.act, out), out, stages))


def storm(kills: int, seed: int, folder: Path) -> Counter[str]:
    """Kill so many times, from a seed on; count what was killed, and what readers saw then.

    Raises:
        AssertionError: readers saw half a state, or the next run did not end as an undisturbed one does.
    """
    found = scenarios(folder)
    reported: Counter[str] = Counter()
    for number in range(seed, seed + kills):
        scenario = found[number // 2 % len(found)]  # an odd seed means a call, an even one a moment
        with repeatable("harvest_kills", number):
            laid_out(scenario.before, folder / "out")
            kind = _killed(number, scenario, folder / "out")
            state = _mended(scenario, folder / "out", folder / "seen.txt")
            assert kind == "moment" or state.startswith(_STATES[kind == "made"])
        reported[f"{scenario.name}, {kind}: {state}"] += 1
        if sum(reported.values()) % 10 == 0:
            sys.stderr.write(f"{sum(reported.values())} kills\n")
    return reported


def _killed(number: int, scenario: Scenario, out: Path) -> str:
    """Kill a harvest as a number means, and give before which kind of call, or that it was at a moment."""
    if number % 2:
        chance = Random(number)  # noqa: S311 (no secret)
        kind = chance.choice([kind for kind in WRITES if scenario.calls.get(kind)])
        until = partial(harvest_until, kind, chance.randint(1, scenario.calls[kind]), scenario.sources, out)
        assert end_of(forked(until)) == -signal.SIGKILL, "the call does not come"
        return kind
    when = chosen(number, [], ["", *scenario.stages])
    while not kill(scenario.act, out, when, scenario.spans[when.stage]):
        when = replace(when, share=when.share * _EARLIER)
        laid_out(scenario.before, out)
    return "moment"


def _mended(scenario: Scenario, out: Path, seen: Path) -> str:
    """What a kill left, after the next run was seen to end as an undisturbed one."""

    def looked() -> None:
        state = _hashes(out)
        assert state in scenario.states, "half a state"
        is_apart = scenario.before and len({frozenset(plans) for plans in plans_in_latest(out)}) > 1
        seen.write_text(_STATES[scenario.states.index(state)] + (", tables apart" if is_apart else ""))
        gathered(scenario.sources, out)
        assert _hashes(out) == scenario.states[1], "the next run ends in another state"
        assert _made(out) == scenario.products
        assert not [*(out / WORK / STAGED).glob("*")]

    _done(looked)
    return seen.read_text()


def _hashes(out: Path) -> dict[str, str]:
    """The hash of the rows of each table in the current state, in no order; without a state there is none."""
    if NationalDataset(out).snapshot() is None:
        return {}
    return {name: _hash(rows) for name, rows in state_of(out).items()}


def _made(out: Path) -> dict[str, str]:
    """The hashes of the tables in the DuckDB file, and of the report on quality less the number of its state."""
    with read_only(out) as sql:
        tables = {
            name: Counter(sql.execute(f'FROM "{name}"').fetchall()) for name in (*table_names(), PACKAGES, ISSUES)
        }
    quality = {**json.loads((out / QUALITY).read_bytes()), "snapshot": None}
    return {**{name: _hash(rows) for name, rows in tables.items()}, QUALITY: json.dumps(quality)}


def _hash(rows: Counter[tuple[Any, ...]]) -> str:
    return sha256("\n".join(sorted(map(repr, rows.elements()))).encode()).hexdigest()


def _done(act: Callable[[], object]) -> None:
    """Do something in a fork: a process with the threads of the engines must not be forked."""
    assert end_of(forked(act)) == 0


if __name__ == "__main__":
    report_storm(storm, __doc__)
