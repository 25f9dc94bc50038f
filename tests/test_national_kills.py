"""A harvest that is killed: readers keep the state before it, and the next run ends as an undisturbed one does."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from khelang_opendata.national.querying import query
from tests.national_data import gathered, killed_harvest, plans_in_latest, state_of, valid_plans

KILLS = int(os.environ.get("KHELANG_KILLS", "0"))
"""Further kills, at random calls."""

CALLS = {"staged": 2, "committed": 28, "set back": 27, "placed": 2, "made": 3}
"""The calls that write in a harvest of six plans onto a dataset, by kind."""

CHOSEN = [("staged", 2), ("committed", 2), ("committed", 14), ("placed", 2), ("made", 1)]


class Two(NamedTuple):
    """Six plans, the dataset before two of them changed, and its states before and after."""

    sources: Path
    out: Path
    before: dict[str, Any]
    after: dict[str, Any]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    root = tmp_path_factory.mktemp("kills")
    sources, out, undisturbed = root / "packages", root / "out", root / "undisturbed"
    plans = valid_plans(sources, 6)
    hidden = shutil.move(plans[0], root / "later")
    gathered(sources, out)
    before = state_of(out)
    shutil.move(hidden, plans[0])
    for path in (plans[1] / "data/budgets.csv", plans[2] / "data/indicators.csv"):
        path.write_bytes(path.read_bytes().replace("ร้อยละ".encode(), "ส่วนร้อย".encode()).replace(b",-,,", b",0,,"))
    shutil.copytree(out, undisturbed)
    gathered(sources, undisturbed)
    after = state_of(undisturbed)
    assert after != before
    return Two(sources, out, before, after)


def _random() -> list[tuple[str, int]]:
    chance = Random(1)  # noqa: S311 (no secret)
    kinds = [chance.choice([*CALLS]) for _ in range(KILLS)]
    return [(kind, chance.randint(1, CALLS[kind])) for kind in kinds]


@pytest.mark.parametrize(("kind", "number"), [*CHOSEN, *_random()])
def test_the_next_run_ends_in_the_state_of_an_undisturbed_one(two: Two, tmp_path: Path, kind: str, number: int) -> None:
    out = Path(shutil.copytree(two.out, tmp_path / "out"))
    assert killed_harvest(kind, number, two.sources, out) == -signal.SIGKILL
    assert state_of(out) == (two.after if kind == "made" else two.before)
    if (kind, number) == ("committed", 2):  # the kill is between two tables, and the snapshot is what keeps readers
        plans, budgets = plans_in_latest(out)
        assert plans != budgets
    gathered(two.sources, out)
    assert state_of(out) == two.after
    found = {row[0] for row in query(out, "SELECT plan_id FROM plans").rows}
    assert found == {row[0] for row in query(out, "SELECT DISTINCT plan_id FROM budgets").rows}
    assert len(found) == 6
    assert not [*(out / ".work/staged").glob("*")]


def test_a_first_harvest_that_is_killed_begins_again_with_what_it_had(two: Two, tmp_path: Path) -> None:
    out = tmp_path / "out"
    for kind, number in (("staged", 3), ("committed", 9)):
        assert killed_harvest(kind, number, two.sources, out) == -signal.SIGKILL
        assert len([*(out / ".work/staged").glob("*")]) >= 2
    assert gathered(two.sources, out).snapshot.number == 1
    assert state_of(out) == two.after
