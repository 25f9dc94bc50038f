"""The work that is measured, each kind in a process of its own: ``python -m benchmarks.work KIND`` with paths on stdin.

It is done once on a small package first, untimed, so that what is imported once is not counted; then on every package
named on stdin. The process prints a JSON object: ``seconds``, of growth those of the processor, and how many
``findings`` there were.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import khelang_opendata
from khelang_opendata import Limits, Report

EXAMPLE = "schemas/anticorruption-plan/1.0.0/examples/valid/mae-thung-2561-2564"
PROCESSES = 2
_LARGEST_CHUNK = 10
LIMITS = Limits(file_bytes=2**40, package_bytes=2**40, rows=2**40, cells=2**40)
"""The large packages are beyond the limits that others need."""

Work = Callable[[Sequence[str]], int | None]
"""Does something with packages and counts the findings, where it finds any."""


def check_structure(engine: str, paths: Sequence[str]) -> int:
    """Our check of rows, keys and references against the Table Schemas."""
    return sum(_check_structure(path, engine) for path in paths)


def _check_structure(path: str, engine: str) -> int:
    from khelang_opendata.package.datapackage import Package  # noqa: PLC0415 (each kind of work imports what it needs)
    from khelang_opendata.tableschema import Engine, TableSource, check_tables  # noqa: PLC0415 (as above)

    resources = [(r.name, r.descriptor, r.data) for r in Package.load(path, LIMITS).resources]
    sources = [
        TableSource(name, d["schema"], data, d.get("dialect")) for name, d, data in resources if data is not None
    ]
    return sum(1 for table in check_tables(sources, Engine(engine)) for _ in table.findings)


def validate(paths: Sequence[str]) -> int:
    """All our rules, package by package."""
    return sum(_findings(khelang_opendata.validate(path, limits=LIMITS)) for path in paths)


def validate_many(paths: Sequence[str]) -> int:
    """All our rules, in two processes."""
    results = khelang_opendata.validate_many(paths, processes=PROCESSES)
    return sum(_findings(result.report) for result in results if result.report)


def validate_grown(paths: Sequence[str]) -> int:
    """All our rules on the last package."""
    return validate(paths[-1:])


def report_grown(paths: Sequence[str]) -> int:
    """The last package checked, and what is found written in every form of a report."""
    from khelang_opendata.model.wording import Language  # noqa: PLC0415 (each kind of work imports what it needs)
    from khelang_opendata.render.reports import ReportFormat, render_report  # noqa: PLC0415 (as above)

    package = khelang_opendata.Package.load(paths[-1])
    report = khelang_opendata.validate(package)
    for form in ReportFormat:
        render_report(report, package, form, Language.TH)
    return _findings(report)


def compare_grown(paths: Sequence[str]) -> int | None:
    """What differs between the first package and the last, written in every form; None where that is refused."""
    from khelang_opendata.diff import diff_packages  # noqa: PLC0415 (as above)
    from khelang_opendata.model.failures import DataError  # noqa: PLC0415 (as above)
    from khelang_opendata.model.wording import Language  # noqa: PLC0415 (as above)
    from khelang_opendata.render.changes import ChangesFormat, render_changes  # noqa: PLC0415 (as above)

    try:
        changes = diff_packages(*map(khelang_opendata.Package.load, (paths[0], paths[-1])))
    except DataError:
        return None
    for form in ChangesFormat:
        render_changes(changes, form, Language.TH)
    return len(changes.metadata) + sum(len(table.rows) + len(table.columns_added) for table in changes.tables)


def release_grown(paths: Sequence[str]) -> None:
    """The last package made into a release, in memory."""
    from datetime import date  # noqa: PLC0415 (each kind of work imports what it needs)
    from unittest.mock import patch  # noqa: PLC0415 (as above)

    from khelang_opendata.release.build import ReleaseOptions, build_release, draft_release  # noqa: PLC0415 (as above)

    options = ReleaseOptions(date(2026, 11, 22), allow_warnings="A measurement.")
    with patch("khelang_opendata.validation.example_of", lambda *_: None):  # what grows is an example
        draft = draft_release(khelang_opendata.Package.load(paths[-1]), options)
    build_release(draft)


def _findings(report: Report) -> int:
    return sum(report.counts.values()) + report.acknowledged


def frictionless(paths: Iterable[str]) -> int:
    """frictionless, package by package."""
    return sum(map(_frictionless, paths))


def frictionless_many(paths: Sequence[str]) -> int:
    """frictionless, in two processes."""
    chunk = min(_LARGEST_CHUNK, -(-len(paths) // PROCESSES))
    with ProcessPoolExecutor(PROCESSES) as pool:
        return sum(pool.map(_frictionless, paths, chunksize=chunk))


def _frictionless(path: str) -> int:
    from frictionless import Package  # noqa: PLC0415 (each kind of work imports what it needs)

    report = Package(f"{path}/datapackage.json").validate(limit_errors=sys.maxsize)
    return sum(len(task.errors) for task in report.tasks)


def read_csv(paths: Sequence[str]) -> None:
    """The standard library's csv.reader and nothing else."""
    for table in _tables(paths):
        with table.open(encoding="utf-8", newline="") as lines:
            for _ in csv.reader(lines):
                pass


def parse_with_polars(paths: Sequence[str]) -> None:
    """polars' CSV parser, every cell a string, and nothing else."""
    import polars as pl  # noqa: PLC0415 (each kind of work imports what it needs)

    for table in _tables(paths):
        pl.read_csv(table, infer_schema=False, truncate_ragged_lines=True)


def _tables(paths: Iterable[str]) -> Iterable[Path]:
    return (table for path in paths for table in sorted(Path(path, "data").glob("*.csv")))


KINDS: dict[str, Work] = {
    "structure": partial(check_structure, "standard"),
    "structure-large": partial(check_structure, "large"),
    "rules": validate,
    "rules-many": validate_many,
    "growth-validate": validate_grown,
    "growth-report": report_grown,
    "growth-diff": compare_grown,
    "growth-release": release_grown,
    "frictionless": frictionless,
    "frictionless-many": frictionless_many,
    "csv": read_csv,
    "polars": parse_with_polars,
}


def main() -> None:
    """Do the work that the argument names and print what it took."""
    work, paths = KINDS[sys.argv[1]], sys.stdin.read().split("\n")
    work([EXAMPLE])
    clock = process_time if sys.argv[1].startswith("growth-") else perf_counter  # what else runs is no growth
    start = clock()
    findings = work(paths)
    print(json.dumps({"seconds": clock() - start, "findings": findings}))


if __name__ == "__main__":
    main()
