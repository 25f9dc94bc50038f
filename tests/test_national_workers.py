"""Where a harvest judges plans: processes, any executor, a Dask cluster; with workers that die on the way."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from distributed import LocalCluster

from khelang_opendata.national.harvesting import HarvestOptions, harvest
from khelang_opendata.national.work_pool import TaskFailed, Workers, on_dask, processes, run_batches
from tests.conftest import fails
from tests.national_data import DAMAGES, DAY, gathered, state_of, valid_plans


def _work(numbers: list[int]) -> list[int]:
    if 13 in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    if 17 in numbers:
        raise ValueError(numbers)
    return [number * number for number in numbers]


def test_tasks_that_kill_their_process_or_raise_cost_no_other_its_result() -> None:
    batches = iter([[*range(start, start + 4)] for start in range(0, 40, 4)])
    results = [*run_batches(_work, batches, processes(2))]
    failed = {result.task: result.died for result in results if isinstance(result, TaskFailed)}
    assert failed == {13: True, 17: False}
    found = sorted(number for result in results if isinstance(result, list) for number in result)
    assert found == [number * number for number in range(40) if number not in failed]


@contextmanager
def _cluster() -> Iterator[LocalCluster]:
    with LocalCluster(  # type: ignore[no-untyped-call]
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50, worker_dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.mark.filterwarnings("ignore")  # those of the cluster, which go with its dead worker
def test_a_cluster_gives_the_same_dataset_although_a_worker_dies(tmp_path: Path) -> None:
    """The workers get the plans' files: they read nothing of the sources."""
    sources, alone, out = tmp_path / "packages", tmp_path / "alone", tmp_path / "out"
    plans = valid_plans(sources, 12)
    DAMAGES["table cut"][0](plans[3])
    shutil.make_archive(str(plans[5]), "zip", plans[5])
    shutil.rmtree(plans[5])
    gathered(sources, alone)
    with _cluster() as cluster, on_dask(cluster.scheduler_address) as workers, pytest.MonkeyPatch.context() as patch:
        patch.setattr("khelang_opendata.national.harvesting._BATCH", 1)
        killed: list[int] = []

        def kill_one(done: int) -> None:
            if done and not killed:
                killed.append(next(iter(cluster.workers.values())).pid)
                os.kill(killed[0], signal.SIGKILL)

        harvest([str(sources)], out, HarvestOptions(DAY, workers, progress=kill_one))
        assert killed
        assert state_of(out) == state_of(alone)
        assert harvest([str(sources)], out, HarvestOptions(DAY, workers)).plans.changes == {}


def test_any_executor_will_do(tmp_path: Path) -> None:
    valid_plans(tmp_path / "packages", 3)
    gathered(tmp_path / "packages", tmp_path / "alone")
    gathered(tmp_path / "packages", tmp_path / "out", workers=Workers(lambda: ThreadPoolExecutor(2), 2))
    assert state_of(tmp_path / "out") == state_of(tmp_path / "alone")


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_is_not_there_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("khelang_opendata.national.work_pool._CONNECT_SECONDS", 0.5)
    with fails("dask_unreachable"), on_dask("tcp://127.0.0.1:9"):
        pass
