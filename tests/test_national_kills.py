"""A harvest that is killed: readers keep the state before it, and the next run ends as an undisturbed one does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.national_data import gathered, killed_harvest, valid_plans

KILLS = int(os.environ.get("KHELANG_KILLS", "6"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forks of a process")
def test_the_next_run_ends_in_the_state_of_an_undisturbed_one() -> None:
    """``KHELANG_KILLS=200`` kills two hundred times."""
    command = [sys.executable, "-m", "tests.harvest_kills", "--cases", str(KILLS), "--seed", "7"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    left = json.loads(done.stdout)["left"]
    assert sum(left.values()) == KILLS
    assert any("tables apart" in state for state in left), "no kill came between two tables"


def test_a_first_harvest_that_is_killed_begins_again_with_what_it_had(tmp_path: Path) -> None:
    sources, out = tmp_path / "packages", tmp_path / "out"
    valid_plans(sources, 6)
    for kind, number in (("staged", 3), ("committed", 9)):
        assert killed_harvest(kind, number, sources, out) == -signal.SIGKILL
        assert len([*(out / ".work/staged").glob("*")]) >= 2
    assert gathered(sources, out).snapshot.number == 1
