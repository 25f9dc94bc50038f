"""Some packages of the fuzz; ``make fuzz`` judges thousands."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("seed", range(1, 161, 40))
def test_fuzzed_packages_end_in_words(seed: int) -> None:
    """In a process of its own, whose memory is that of these cases alone; it fails where they take too much."""
    command = [sys.executable, "-m", "tests.package_fuzz", "--cases", "40", "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    assert len(json.loads(done.stdout)["outcomes"]) > 1
