"""Trees of units and missions: a circle is found once, and the longest chain ends."""

from __future__ import annotations

import pytest

from khelang_opendata.validation.rules.trees import cycles, lineage


@pytest.mark.parametrize(
    ("parents", "expected"),
    [
        ({}, []),
        ({"a": "root", "b": "a"}, []),
        ({"a": "a"}, [("a",)]),
        ({"tail": "b", "a": "b", "b": "c", "c": "a"}, [("a", "b", "c")]),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, [("a", "b"), ("c", "d")]),
    ],
)
def test_cycles_begin_with_their_first_id(parents: dict[str, str], expected: list[tuple[str, ...]]) -> None:
    assert list(cycles(parents)) == expected


def test_long_chain_and_long_cycle_end() -> None:
    chain = {str(n): str(n + 1) for n in range(100_000)}
    assert list(cycles(chain)) == []
    ring = chain | {"100000": "0"}
    assert [len(found) for found in cycles(ring)] == [100_001]
    assert len(list(lineage("5", ring))) == 100_001
