"""Many packages at once, on as many processes as there are processors: what a national body gathers."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from khelang_opendata.errors import KhelangError, Report, WorkerDied
from khelang_opendata.tableschema import Engine
from khelang_opendata.validation import validate

if TYPE_CHECKING:
    from concurrent.futures import Future

_BATCH = 16
"""Packages that a process takes at a time."""

_AHEAD = 3
"""Batches under way for each process; more would only wait in memory for whoever reads the reports."""


class Validated(NamedTuple):
    """A package's report, or why it could not be read at all."""

    path: Path
    report: Report | None
    failure: KhelangError | None


def validate_many(
    paths: Iterable[str | Path], *, processes: int | None = None, engine: Engine | None = None
) -> Iterator[Validated]:
    """Check packages that do not depend on each other.

    A script that calls this does so under ``if __name__ == "__main__":``, for where processes cannot be forked, as on
    Windows, each loads the script anew.

    Args:
        paths: their folders.
        processes: how many processes work; None takes one for each processor, 1 works in this one.
        engine: as for :func:`validate`.

    Returns:
        The reports, in the order of the paths, as soon as they are there. However many packages there are, no more
        than a few dozen reports for each process are held.

    Raises:
        WorkerDied: a process was killed, most likely for want of memory.
    """
    batches = _batches(map(Path, paths))
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        for batch in batches:
            yield from _validated(batch, engine)
    else:
        yield from _in_processes(batches, processes, engine)


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    while batch := list(islice(paths, _BATCH)):
        yield batch


def _in_processes(batches: Iterator[list[Path]], processes: int, engine: Engine | None) -> Iterator[Validated]:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (15 ms to import)
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 (part of the same)

    # A fork of a process in which polars has started its threads would wait for them for ever.
    context = get_context("spawn") if "polars" in sys.modules else None
    under_way: deque[Future[list[Validated]]] = deque()
    pool = ProcessPoolExecutor(processes, mp_context=context)
    try:
        for batch in batches:
            under_way.append(pool.submit(_validated, batch, engine))
            if len(under_way) == processes * _AHEAD:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()
    except BrokenProcessPool:
        raise WorkerDied from None
    finally:
        pool.shutdown(cancel_futures=True)


def _validated(paths: Iterable[Path], engine: Engine | None) -> list[Validated]:
    results = []
    for path in paths:
        try:
            results.append(Validated(path, validate(path, engine), None))
        except KhelangError as error:
            results.append(Validated(path, None, error))
    return results
