"""Which rows of a sheet are which records of the package: by what they say, as rows move and are reworded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from khelang_opendata.intake.record_labels import comparable

LEAST, LEAST_TITLE, LEAD = 0.7, 0.5, 0.1
"""A pair is taken from this score on, with a title at least so like, and with so much lead over any other pair."""
_TITLE, _REST = 0.75, 0.25
_PREFIXES = ("โครงการ", "กิจกรรม", "มาตรการ")


@dataclass(frozen=True)
class Described:
    """What is compared of a row: its title, and further texts, each of which counts the same."""

    title: str
    rest: tuple[str, ...] = ()


@dataclass(frozen=True)
class Matches:
    """The place of each new row's record among the old ones, None for a new one; and the doubtful pairs."""

    old: Sequence[int | None]
    doubts: Sequence[tuple[int, int]]


def match_rows(new: Sequence[Described], old: Sequence[Described]) -> Matches:
    """Pair rows with records: equal ones first, then by likeness where no other pair is nearly as good.

    Args:
        new: the rows of a sheet.
        old: the records of the package.
    """
    found: dict[int, int] = {}
    for key in (lambda d: (_plain(d.title), d.rest), lambda d: _plain(d.title)):
        _take_equal(new, old, found, key)
    doubts = _take_similar(new, old, found)
    return Matches([found.get(at) for at in range(len(new))], doubts)


def _take_equal(
    new: Sequence[Described], old: Sequence[Described], found: dict[int, int], key: Callable[[Described], object]
) -> None:
    """Take the pairs with one key that are alone with it; of several, the first with the first."""
    free: dict[object, list[int]] = {}
    for at, described in enumerate(old):
        if at not in found.values():
            free.setdefault(key(described), []).append(at)
    for at, described in enumerate(new):
        if at not in found and free.get(key(described)):
            found[at] = free[key(described)].pop(0)


def _take_similar(new: Sequence[Described], old: Sequence[Described], found: dict[int, int]) -> list[tuple[int, int]]:
    left = [at for at in range(len(new)) if at not in found]
    free = [at for at in range(len(old)) if at not in found.values()]
    scores = {(n, o): _score(new[n], old[o]) for n in left for o in free}
    doubts: list[tuple[int, int]] = []
    for (n, o), (score, title) in sorted(scores.items(), key=lambda pair: (-pair[1][0], pair[0])):
        if score < LEAST or title < LEAST_TITLE or n in found or o in found.values():
            continue
        rivals = [
            s
            for (a, b), (s, _) in scores.items()
            if (a == n) != (b == o) and a not in found and b not in found.values()
        ]
        if score - max(rivals, default=0) >= LEAD:
            found[n] = o
        else:
            doubts.append((n, o))
    return [(n, o) for n, o in doubts if n not in found and o not in found.values()]


def _score(one: Described, other: Described) -> tuple[float, float]:
    title = likeness(one.title, other.title)
    same = [a == b for a, b in zip(one.rest, other.rest, strict=True)]
    return _TITLE * title + (_REST * sum(same) / len(same) if same else _REST * title), title


def likeness(one: str, other: str) -> float:
    """How like two titles are, from 0 to 1, without the words that most begin with."""
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _plain(title: str) -> str:
    text = comparable(title)
    for prefix in _PREFIXES:
        if text.startswith(prefix) and len(text) > len(prefix):
            return text.removeprefix(prefix)
    return text
