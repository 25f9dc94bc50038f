"""Parent relations (units, missions, projects): a walk ends at a cycle, and all cycles are found in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from khelang_opendata.validation.plan import Plan

Parents = Mapping[str, str]


def parents_of(plan: Plan, table: str, field: str) -> Parents:
    """The parent of each record that names one, by their ids, in file order."""
    return {id_: parent for id_, parent in zip(plan.ids(table), plan.texts(table, field), strict=True) if parent}


def lineage(start: str | None, parents: Parents) -> Iterator[str]:
    """An id, its parent, and so on up to the root; a cycle is walked once."""
    walked: set[str] = set()
    here = start
    while here and here not in walked:
        walked.add(here)
        yield here
        here = parents.get(here)


def leaves_first(parents: Parents) -> list[str]:
    """The ids that have a parent, each after all its descendants; ids of a cycle are left out."""
    waiting = Counter(parents.values())
    ready = [id_ for id_ in parents if not waiting[id_]]
    for id_ in ready:
        parent = parents[id_]
        waiting[parent] -= 1
        if not waiting[parent] and parent in parents:
            ready.append(parent)
    return ready


def cycles(parents: Parents) -> Iterator[tuple[str, ...]]:
    """Each cycle of a parent relation, from its first id in file order upwards."""
    position = {id_: number for number, id_ in enumerate(parents)}
    seen: set[str] = set()
    for start in parents:
        path: dict[str, int] = {}
        here = start
        while here in parents and here not in seen:
            seen.add(here)
            path[here] = len(path)
            here = parents[here]
        if here in path:
            ring = list(path)[path[here] :]
            first = ring.index(min(ring, key=position.__getitem__))
            yield (*ring[first:], *ring[:first])
