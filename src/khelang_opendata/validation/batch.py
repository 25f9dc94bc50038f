"""Validation of many packages in parallel, for example all that a national body collects."""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from khelang_opendata.files import StrPath
from khelang_opendata.model.failures import EnvironmentFailure, InternalError, KhelangError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.report import Report
from khelang_opendata.standard.family import SchemaFamily, find_family
from khelang_opendata.tableschema import Engine
from khelang_opendata.validation import validate

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

_BATCH = 16
"""Packages that a process takes at a time."""

_AHEAD = 3
"""Batches under way for each process; more would only fill memory until the caller reads the reports."""


_Check = Callable[[list[Path]], "list[Validated]"]


class Validated(NamedTuple):
    """A package's report, or its failure; a failure concerns that package alone."""

    path: Path
    report: Report | None
    failure: KhelangError | None


def validate_many(
    paths: Iterable[StrPath],
    *,
    processes: int | None = None,
    engine: Engine | None = None,
    family: SchemaFamily | None = None,
    limits: Limits = DEFAULT,
) -> Iterator[Validated]:
    """Check packages that do not depend on each other.

    A script that calls this does so under ``if __name__ == "__main__":``, for where processes cannot be forked, as on
    Windows, each loads the script anew.

    Args:
        paths: their folders.
        processes: how many processes work; None takes one for each processor, 1 works in this one.
        engine: as for :func:`validate`.
        family: as for :func:`validate`.
        limits: how much is read of each package.

    Returns:
        The reports, in the order of the paths, as soon as they are there. However many packages there are, no more
        than a few dozen reports for each process are held. A package whose process was killed, most likely for want of
        memory, has the failure ``worker_died``.

    Example:
        >>> from khelang_opendata import validate_many
        >>> [(str(one.path), one.report.valid) for one in validate_many(["datapackage"], processes=1)]
        [('datapackage', True)]
    """
    check = partial(_validated, engine=engine, schema=family.id if family else None, limits=limits)
    batches = _batches(map(Path, paths))
    processes = processes or os.cpu_count() or 1
    if processes == 1:
        for batch in batches:
            yield from check(batch)
    else:
        yield from _in_processes(batches, processes, check)


def _batches(paths: Iterator[Path]) -> Iterator[list[Path]]:
    while batch := list(islice(paths, _BATCH)):
        yield batch


def _in_processes(batches: Iterator[list[Path]], processes: int, check: _Check) -> Iterator[Validated]:
    under_way: deque[tuple[list[Path], Future[list[Validated]]]] = deque()
    pool = _new_pool(processes)
    try:
        while True:
            for batch in islice(batches, processes * _AHEAD - len(under_way)):
                under_way.append((batch, pool.submit(check, batch)))
            if not under_way:
                return
            if (error := under_way[0][1].exception()) is None:
                yield from under_way.popleft()[1].result()
                continue
            if not isinstance(error, BrokenExecutor):
                raise error
            pool.shutdown()
            suspects = [path for batch, _ in under_way for path in batch]
            under_way.clear()
            yield from _one_by_one(suspects, check)
            pool = _new_pool(processes)
    finally:
        pool.shutdown(cancel_futures=True)


def _one_by_one(paths: Iterable[Path], check: _Check) -> Iterator[Validated]:
    """Check packages each by itself, to learn which of them kills its process."""
    pool = _new_pool(1)
    try:
        for path in paths:
            try:
                results = pool.submit(check, [path]).result()
            except BrokenExecutor:
                results = [Validated(path, None, EnvironmentFailure("worker_died"))]
                pool.shutdown()
                pool = _new_pool(1)
            yield from results
    finally:
        pool.shutdown(cancel_futures=True)


def _new_pool(processes: int) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (15 ms to import)
    from multiprocessing import get_context  # noqa: PLC0415 (part of the same)

    # A fork of a process in which polars has started its threads would wait for them for ever.
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn") if "polars" in sys.modules else None)


def _validated(paths: Iterable[Path], engine: Engine | None, schema: str | None, limits: Limits) -> list[Validated]:
    family = find_family(schema) if schema else None
    return [_result(path, engine, family, limits) for path in paths]


def _result(path: Path, engine: Engine | None, family: SchemaFamily | None, limits: Limits) -> Validated:
    try:
        return Validated(path, validate(path, engine, family=family, limits=limits), None)
    except KhelangError as error:
        return Validated(path, None, error)
    except Exception as error:  # whatever it is: the other packages are checked all the same
        return Validated(path, None, InternalError.of(error))
