"""One harvest: find the plans, judge those that changed, and exchange the state of the dataset."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from khelang_opendata.files.place import LOCK, locked
from khelang_opendata.model.failures import EnvironmentFailure, InternalError, KhelangError, UsageError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.national.delta_tables import (
    HISTORY,
    POINTER,
    TABLES,
    DatasetSnapshot,
    NationalDataset,
    TableChange,
    extra_libraries,
)
from khelang_opendata.national.gathered_plans import GatheredPlans
from khelang_opendata.national.judged_batches import (
    JudgedBatch,
    JudgedPlan,
    PlanTask,
    carried,
    judge_batch,
    refused,
    zip_hash,
)
from khelang_opendata.national.national_columns import ISSUES, table_names
from khelang_opendata.national.national_products import write_products
from khelang_opendata.national.plan_sources import PlanSource, SourceKind, named_sources, plans_below
from khelang_opendata.national.portal_listing import plans_on_portal
from khelang_opendata.national.remote_plans import asked_together, downloaded, found_at, place_of
from khelang_opendata.national.staged_batches import StagedBatches
from khelang_opendata.national.work_pool import TaskFailed, Workers, processes, run_batches
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.transport.addresses import is_portal
from khelang_opendata.transport.fetching import DEFAULT as DOWNLOADS_MAY
from khelang_opendata.transport.fetching import FetchPolicy
from khelang_opendata.version import __version__

WORK, STAGED, DOWNLOADS = ".work", "staged", "downloads"

_OURS = {LOCK, WORK, TABLES, HISTORY, POINTER}
"""What the folder of a first harvest may hold that did not finish."""

_FORM = "2"
"""Part of what judges a plan: raised when the dataset's rows of the same plan change."""

JUDGED_BY = f"{__version__}/{_FORM}"

_BATCH = 32
"""Plans that a worker takes at a time."""


@dataclass(frozen=True)
class HarvestOptions:
    """The choices of a harvest.

    Attributes:
        on: the day of the harvest.
        workers: where plans are judged; processes of this computer by default.
        public_keys: lines of public keys; a release that one of them signed has a signature that is valid.
        limits: how much is read of a plan.
        fetching: what a download may take.
        progress: called with the number of plans that are done so far, first with 0.
    """

    on: date
    workers: Workers = field(default_factory=processes)
    public_keys: tuple[str, ...] = ()
    limits: Limits = DEFAULT
    fetching: FetchPolicy = DOWNLOADS_MAY
    progress: Callable[[int], object] = lambda _: None


@dataclass(frozen=True)
class Harvest:
    """What a harvest came to: the new state, and the plans in it with what changed."""

    snapshot: DatasetSnapshot
    plans: GatheredPlans


def harvest(sources: Sequence[str], out: Path, options: HarvestOptions) -> Harvest:
    """Gather plans into the dataset of a folder.

    A script that calls this does so under ``if __name__ == "__main__":``, for each process loads the script anew.

    Args:
        sources: folders, ZIP files, addresses, and lists of them.
        out: the folder of the dataset; it is made if missing.
        options: the choices.

    Raises:
        UsageError: no source, or a folder that holds anything else.
        EnvironmentFailure: another harvest runs, or the system refuses to write.
        ExtraMissing: the libraries of the extra ``national`` are not installed.
    """
    if not sources:
        raise UsageError("source_missing")
    _make_folder(out)
    with locked(out), extra_libraries():
        import deltalake  # noqa: F401, PLC0415 (missing before anything is judged rather than after)
        import duckdb  # noqa: F401, PLC0415 (as above)
        import polars  # noqa: F401, PLC0415 (as above)

        return _HarvestRun(NationalDataset(out), options).run(sources)


def _make_folder(out: Path) -> None:
    refuse_protected(out, out)
    is_ours = not out.is_dir() or (out / POINTER).is_file() or {one.name for one in out.iterdir()} <= _OURS
    if not is_ours:
        raise UsageError("dataset_folder_foreign", path=str(out))
    try:
        (out / WORK / STAGED).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure.of("output_unwritable", out, error) from error


class _HarvestRun:
    """The steps of one harvest and what they share."""

    def __init__(self, dataset: NationalDataset, options: HarvestOptions) -> None:
        self.dataset, self.options = dataset, options
        self.base = dataset.snapshot()
        before = {row["package"]: row for row in dataset.packages(self.base)}
        self.plans = GatheredPlans(before, JUDGED_BY, options.on)
        self.staged = StagedBatches(dataset.folder / WORK / STAGED, JUDGED_BY)
        self.results: dict[str, JudgedPlan] = {}
        self.batch_of: dict[str, Path] = {}
        """The staged batch that holds the rows of each package."""
        self.downloads = dataset.folder / WORK / DOWNLOADS
        self.kept: dict[str, dict[str, tuple[Path, JudgedPlan]]] = {}
        """Results of an unfinished harvest by package and hash of its content."""

    def run(self, names: Sequence[str]) -> Harvest:
        self.options.progress(0)
        self.downloads.mkdir(exist_ok=True)
        for place, plans in self.staged.kept():
            for plan in plans:
                self.kept.setdefault(plan.key, {})[plan.content_hash] = place, plan
        sources = self._sources(names)
        unlisted = {source.root for source in sources.values() if source.is_unlisted}
        self.plans.expect(sources.keys(), {source.root for source in sources.values()} - unlisted)
        self._judge(iter(sources.values()))
        for key, source in sources.items():
            self.plans.take(source, self.results[key])
        self.plans.close()
        packages = [self.plans.rows[key] for key in sorted(self.plans.rows)]
        snapshot = self.dataset.commit(self.base, list(self._changes()), packages, self.options.on)
        self.staged.clear()
        shutil.rmtree(self.downloads, ignore_errors=True)
        write_products(self.dataset, snapshot, packages, self.plans.changes)
        return Harvest(snapshot, self.plans)

    def _sources(self, names: Sequence[str]) -> dict[str, PlanSource]:
        """The plans to gather by key, in the order in which they are named."""
        found: dict[str, PlanSource] = {}
        for name in names:
            try:
                roots = list(named_sources(iter([name]), Path()))
            except KhelangError as error:
                found.setdefault(name, PlanSource.failed(name, name, error))
                continue
            for root in roots:
                for source in self._below(root):
                    found.setdefault(source.key, source)
        return found

    def _below(self, root: str) -> Iterator[PlanSource]:
        if is_portal(root):
            return plans_on_portal(root, self.downloads, self.options.fetching)
        return plans_below(root)

    def _judge(self, sources: Iterator[PlanSource]) -> None:
        for result in run_batches(judge_batch, self._batches(sources), self.options.workers):
            if isinstance(result, TaskFailed):
                assert isinstance(result.task, PlanTask), "what was submitted"
                failure = EnvironmentFailure("worker_died") if result.died else InternalError.of(result.error)
                self._note(refused(result.task.key, "", failure))
            else:
                self._keep(result)

    def _batches(self, sources: Iterator[PlanSource]) -> Iterator[list[PlanTask]]:
        found = asked_together(sources, self._found)
        tasks = (task for source, one in found if (task := self._task(source, one)) is not None)
        while batch := list(islice(tasks, _BATCH)):
            yield batch

    def _task(self, source: PlanSource, found: Path | JudgedPlan) -> PlanTask | None:
        if isinstance(found, JudgedPlan):
            self._note(found)
            return None
        known = self._known(source)
        options = self.options
        task = PlanTask(source.key, str(found), known, None, options.public_keys, options.limits)
        if options.workers.shares_disk:
            return task
        try:
            task, content_hash = carried(task)
        except KhelangError as error:
            self._note(refused(source.key, "", error))
            return None
        if content_hash in known:  # nothing of it needs to travel
            self._note(JudgedPlan(source.key, content_hash, is_known=True))
            return None
        return task

    def _known(self, source: PlanSource) -> frozenset[str]:
        """The hashes of the contents of a plan that need not be judged again."""
        return frozenset({*self.kept.get(source.key, ()), self.plans.known(source.key) or ""} - {""})

    def _found(self, source: PlanSource) -> Path | JudgedPlan:
        """The path of a plan, after it was downloaded; or what came of it, where that needs no judgement."""
        try:
            return self._fetched(source)
        except KhelangError as error:
            return refused(source.key, "", error)
        except Exception as error:  # whatever it is: the other plans are gathered all the same
            return refused(source.key, "", InternalError.of(error))

    def _fetched(self, source: PlanSource) -> Path | JudgedPlan:
        if source.failure is not None:
            raise source.failure
        if source.kind is not SourceKind.ADDRESS:
            return source.path
        fetching, place = self.options.fetching, place_of(source.key, self.downloads)
        archive = source.archive or found_at(source.key, place, fetching)
        if isinstance(archive, Path):
            return archive
        if (content_hash := zip_hash(archive.sha256)) in self._known(source):
            return JudgedPlan(source.key, content_hash, is_known=True)
        return downloaded(archive, place, fetching)

    def _keep(self, batch: JudgedBatch) -> None:
        """Store what a batch found; a known content is that of the dataset or of the unfinished harvest."""
        if not all(plan.is_known for plan in batch.plans):
            place = self.staged.add(batch)
            self.batch_of |= {plan.key: place for plan in batch.plans if not plan.is_known}
        for plan in batch.plans:
            self._note(plan)

    def _note(self, plan: JudgedPlan) -> None:
        """Keep what came of a plan, and report how many plans are done: one whose source fails slowly is one, too."""
        self.results[plan.key] = plan
        if plan.is_known and self.plans.known(plan.key) != plan.content_hash:
            self.batch_of[plan.key], self.results[plan.key] = self.kept[plan.key][plan.content_hash]
        self.options.progress(len(self.results))

    def _changes(self) -> Iterator[TableChange]:
        new, old = self.plans.new_data, self.plans.old_data
        pairs = [*new.values(), *old.values()]
        replaced, provinces = {plan for plan, _ in pairs}, {province for _, province in pairs}
        for table in table_names():
            if replaced:
                places = {key: self.batch_of[key] / f"{table}.parquet" for key in new}
                files = sorted({place for place in places.values() if place.is_file()})
                accepted = [(str(places[key]), key) for key in new]
                yield TableChange(table, "plan_id", files, accepted, replaced, provinces)
        if self.plans.judged:
            issues = {
                key: place / f"{ISSUES}.parquet" for key, place in self.batch_of.items() if key in self.plans.judged
            }
            files = sorted({place for place in issues.values() if place.is_file()})
            accepted = [(str(place), key) for key, place in issues.items()]
            yield TableChange(ISSUES, "package", files, accepted, self.plans.judged, None)
