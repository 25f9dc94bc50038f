"""Some packages of the fuzz; ``make fuzz-files`` judges thousands."""

from __future__ import annotations

import pytest

from tests.package_fuzz import MOST_MB, storm


@pytest.mark.parametrize("seed", range(1, 321, 40))
def test_fuzzed_packages_end_in_words(seed: int) -> None:
    summary = storm(40, seed)
    assert summary["faults"] == []
    assert summary["peak_rss_mb"] < MOST_MB
    assert len(summary["outcomes"]) > 1
