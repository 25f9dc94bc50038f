"""Tasks on any executor of ``concurrent.futures``, some of which may kill the process that runs them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar

from khelang_opendata.model.failures import EnvironmentFailure, ExtraMissing

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

_AHEAD = 3
"""Batches under way for each worker; more would only fill memory."""

_CONNECT_SECONDS = 10
_RETRIES = 3
_LONGEST_REASON = 300

_DEATHS = 2
"""Workers that may die with a task: one with others beside it, one with the task alone; a third is the task's doing."""


class TaskFailed(NamedTuple):
    """A task without a result: its worker died each time, or it raised ``error`` when it ran alone."""

    task: object
    error: BaseException
    died: bool


class Workers(NamedTuple):
    """Where tasks run.

    Attributes:
        new_executor: makes an executor; called again when one is broken.
        at_a_time: how many tasks it runs at a time.
        deaths: the exceptions of a task whose worker died.
        shares_disk: whether the workers can read the paths of this computer.
    """

    new_executor: Callable[[], Executor]
    at_a_time: int
    deaths: tuple[type[BaseException], ...] = (BrokenExecutor,)
    shares_disk: bool = True


def processes(count: int | None = None) -> Workers:
    """Processes of this computer, as many as there are processors where ``count`` is None; 1 works in this one.

    They are spawned and not forked: the libraries of the dataset run threads, which a fork would leave halfway.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 (15 ms to import)
    from multiprocessing import get_context  # noqa: PLC0415 (part of the same)

    number = count or os.cpu_count() or 1
    if number == 1:
        return Workers(_Here, 1)
    return Workers(lambda: ProcessPoolExecutor(number, mp_context=get_context("spawn")), number)


@contextmanager
def on_dask(address: str) -> Iterator[Workers]:
    """The workers of a Dask cluster, which need this program but no disk of this computer.

    Args:
        address: the scheduler's, such as ``tcp://10.0.0.5:8786``.

    Raises:
        ExtraMissing: the library of the extra ``dask`` is not installed.
        EnvironmentFailure: there is no scheduler at the address.
    """
    try:
        from distributed import Client, KilledWorker  # noqa: PLC0415 (heavy, and an extra)
    except ModuleNotFoundError as error:
        raise ExtraMissing("dask") from error
    try:
        client: Any = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise EnvironmentFailure("dask_unreachable", address=address, reason=str(error)[:_LONGEST_REASON]) from error
    with client:
        cores = sum(client.ncores().values()) or 1
        # Not pure: a task whose worker died runs again, and its key must not be that of another.
        new = partial(client.get_executor, pure=False, retries=_RETRIES)
        yield Workers(new, cores, (BrokenExecutor, KilledWorker), shares_disk=False)


def run_batches(
    work: Callable[[list[_Task]], _Result], batches: Iterator[list[_Task]], workers: Workers
) -> Iterator[_Result | TaskFailed]:
    """Run batches of tasks, and give their results as they come, in no order.

    Args:
        work: a pure function, for it may run twice.
        batches: the tasks; taken no faster than they are done.
        workers: where they run.

    Returns:
        The results, and each task whose worker died once with others beside it and twice with the task alone, or that
        raised an error.
    """
    pool = _Pool(work, workers)
    try:
        while True:
            pool.fill(batches)
            if not pool.under_way:
                return
            yield from pool.finished()
    finally:
        pool.close()


class _Pool(Generic[_Task, _Result]):
    """Batches under way on an executor, which is replaced when it breaks."""

    def __init__(self, work: Callable[[list[_Task]], _Result], workers: Workers) -> None:
        self.work, self.workers = work, workers
        self.executor = workers.new_executor()
        self.under_way: dict[Future[_Result], tuple[list[_Task], int]] = {}
        """The batch of each future, and how often its worker died."""
        self.suspects: list[tuple[list[_Task], int]] = []
        """Single tasks of such batches; each is tried when nothing else is under way, so that no other is blamed."""

    def fill(self, batches: Iterator[list[_Task]]) -> None:
        """Submit as many batches as may be under way."""
        for batch in islice(batches, self.workers.at_a_time * _AHEAD - len(self.under_way)):
            self.submit(batch, 0)
        if not self.under_way and self.suspects:
            self.submit(*self.suspects.pop(0))

    def submit(self, batch: list[_Task], deaths: int) -> None:
        try:
            future = self.executor.submit(self.work, batch)
        except self.workers.deaths:
            self.renew()
            future = self.executor.submit(self.work, batch)
        self.under_way[future] = batch, deaths

    def finished(self) -> Iterator[_Result | TaskFailed]:
        """The results that are there, of at least one batch."""
        done, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        broken = False
        for future in done:
            batch, deaths = self.under_way.pop(future)
            error = future.exception()
            if error is None:
                yield future.result()
            else:
                broken = broken or isinstance(error, BrokenExecutor)
                yield from self.failed(batch, deaths + 1, error)
        if broken:
            self.renew()

    def failed(self, batch: list[_Task], times: int, error: BaseException) -> Iterator[TaskFailed]:
        """Plan what follows when a batch failed, or its worker died."""
        died = isinstance(error, self.workers.deaths)
        if times > _DEATHS or (len(batch) == 1 and not died):
            yield from (TaskFailed(task, error, died) for task in batch)
        else:
            self.suspects += [([task], times) for task in batch]

    def renew(self) -> None:
        """Replace a broken executor; what was under way on it fails and is tried again."""
        self.executor.shutdown()
        self.executor = self.workers.new_executor()

    def close(self) -> None:
        for future in self.under_way:  # one by one: not every executor can cancel all
            future.cancel()
        self.executor.shutdown()


class _Here(Executor):
    """Runs each task at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # as every executor gives it
            future.set_exception(error)
        return future
