"""The engine within the validation of plans: engines that agree, what falls back, storms of errors, many packages."""

from __future__ import annotations

import csv
import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import khelang_opendata.validation
from khelang_opendata import Language, Report, SchemaFamily, load_family, report_text, validate, validate_many
from khelang_opendata.model.failures import DescriptorError, EnvironmentFailure, InternalError, KhelangError, UsageError
from khelang_opendata.model.report import MAX_LISTED, TableSummary
from khelang_opendata.render.report_json import report_json
from khelang_opendata.standard.tables import TableSchema
from khelang_opendata.tableschema import Engine
from tests.conftest import PLAN, VALID, replace_in


def found(report: Report) -> object:
    return report.issues, report.counts, report.counts_by_code, report.acknowledged


@pytest.mark.parametrize("engine", [Engine.FRICTIONLESS, Engine.LARGE])
def test_every_engine_gives_the_same_report(plan: Path, engine: Engine) -> None:
    replace_in(plan / "data/projects.csv", "-P02,", "-P01,")
    replace_in(plan / "data/budgets.csv", "2567", "two thousand")
    replace_in(plan / "data/units.csv", "division", "devision")
    report = validate(plan, engine)
    assert not report.valid
    assert found(report) == found(validate(plan, Engine.STANDARD))
    assert {table.engine for table in report.tables} == {engine}


def test_engine_of_a_small_plan_is_the_standard_one() -> None:
    assert {table.engine for table in validate(VALID).tables} == {Engine.STANDARD}


def _with_an_email_column(family: SchemaFamily) -> SchemaFamily:
    """The family as a later version might be: with a format of the standard that it does not have now."""
    units = family.tables["units"]
    fields = tuple(
        replace(f, descriptor={**f.descriptor, "format": "email"}) if f.name == "name_en" else f for f in units.fields
    )
    changed = TableSchema({**units.descriptor, "fields": [f.descriptor for f in fields]}, fields)
    return replace(family, tables={**family.tables, "units": changed})


def test_a_format_of_the_standard_is_judged_by_our_own_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    family = _with_an_email_column(load_family())
    monkeypatch.setattr(khelang_opendata.validation, "family_of", lambda package: family)
    report = validate(VALID)
    assert {(table.engine, table.reason) for table in report.tables} == {(Engine.STANDARD, None)}
    assert {i.location.field for i in report.issues if i.code == "type_wrong"} == {"name_en"}


def test_a_report_says_which_engine_checked_a_table_and_why() -> None:
    summary = TableSummary("units", 1, Engine.FRICTIONLESS, "dialect: csv")
    report = validate(VALID)._replace(tables=(summary,))
    (table,) = json.loads(report_json(report))["tables"]
    assert (table["engine"], table["reason"]) == ("frictionless", "dialect: csv")
    assert "frictionless: units (dialect: csv)" in report_text(report, Language.EN)


def test_storm_of_errors_is_counted_exactly_and_listed_in_part(plan: Path) -> None:
    path = plan / "data/targets.csv"
    with path.open(encoding="utf-8-sig", newline="") as lines:
        header, row, *_ = csv.reader(lines)
    bad = MAX_LISTED + 2345
    quantity = header.index("target_no")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *([*row[:quantity], "many", *row[quantity + 1 :]] for _ in range(bad))])
    report = validate(plan)
    assert report.counts_by_code["type_wrong"] == bad
    assert len(report.issues) == MAX_LISTED
    assert report.truncated
    assert f"{bad:,}" in report_text(report, Language.EN)


def copies(folder: Path, count: int) -> list[Path]:
    """Packages of which every third has an error."""
    paths = [Path(shutil.copytree(VALID, folder / f"lao-{i:03}")) for i in range(count)]
    for path in paths[::3]:
        replace_in(path / "data/units.csv", "division", "devision")
    return paths


@pytest.mark.examples_refused
@pytest.mark.parametrize("processes", [1, 2, None])
def test_many_packages_give_the_reports_that_each_gives(tmp_path: Path, processes: int | None) -> None:
    paths = copies(tmp_path, 20)
    results = list(validate_many(map(str, paths), processes=processes))
    assert [result.path for result in results] == paths
    assert [result.report for result in results] == [validate(path) for path in paths]
    assert sum(not result.report.valid for result in results if result.report) == 7


def test_package_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    first, second = copies(tmp_path, 2)
    results = list(validate_many([first, tmp_path / "nowhere", second], processes=2))
    assert results[1].failure
    assert results[1].failure.code == "package_not_found"
    assert results[1].failure.params == {"path": str(tmp_path / "nowhere")}
    assert results[0].report
    assert results[2].report


def test_no_more_packages_are_begun_than_somebody_reads(tmp_path: Path) -> None:
    (path,) = copies(tmp_path, 1)
    begun: list[int] = []

    def endless() -> Iterator[Path]:
        while True:
            begun.append(1)
            yield path

    results = validate_many(endless(), processes=2)
    next(results)
    assert len(begun) <= 2 * 3 * 16
    results.close()  # type: ignore[attr-defined]


KILLED = """
import multiprocessing, os, signal, sys
multiprocessing.set_start_method("fork")  # so that the processes have what is put in place of validate below
from khelang_opendata import validate_many
import khelang_opendata.validation.batch as many
checked = many.validate
def fatal(path, *args, **options):
    if path.name == "killer":
        os.kill(os.getpid(), signal.SIGKILL)
    if path.name == "raiser":
        raise RecursionError("odd")
    return checked(path, *args, **options)
many.validate = fatal
good, killer, raiser = sys.argv[1], sys.argv[1] + "/killer", sys.argv[1] + "/raiser"
paths = [good] * 20 + [killer] + [good] * 30 + [killer, raiser] + [good] * 20
results = list(validate_many(paths, processes=2))
assert [str(result.path) for result in results] == paths
print([result.failure.code if result.failure else result.report.valid for result in results])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed by a signal")
def test_package_whose_process_is_killed_fails_alone() -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(VALID)], capture_output=True, timeout=120, check=False)
    fine = [True] * 20
    assert done.stdout.decode().strip() == str(
        [*fine, "worker_died", *fine, *fine[:10], "worker_died", "internal", *fine]
    ), done.stderr.decode()


STOPPED = """
import multiprocessing, sys
multiprocessing.set_start_method("fork")  # as above
from khelang_opendata import validate_many
import khelang_opendata.validation.batch as many
def stopped(path, *args, **options):
    raise KeyboardInterrupt
many.validate = stopped
try:
    list(validate_many([sys.argv[1]] * 40, processes=2))
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="processes are forks")
def test_validation_whose_processes_are_interrupted_ends() -> None:
    """Ctrl-C reaches every process of the terminal, and a process may get it first."""
    done = subprocess.run([sys.executable, "-c", STOPPED, str(VALID)], capture_output=True, timeout=120, check=False)
    assert done.stdout == b"stopped\n", done.stderr.decode()


@pytest.mark.parametrize(
    "error",
    [
        UsageError("package_not_found", path="x"),
        DescriptorError("missing", path="y"),
        EnvironmentFailure("worker_died"),
        InternalError.of(ValueError("x")),
    ],
    ids=lambda e: e.code,
)
def test_failures_cross_from_process_to_process(error: KhelangError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)
    assert (type(again), again.params, again.code) == (type(error), error.params, error.code)


LEAN = """
import sys
from khelang_opendata import validate
assert validate(sys.argv[1]).valid
print(sorted({"frictionless", "polars", "jsonschema", "yaml", "click"} & sys.modules.keys()))
"""


def test_valid_plan_needs_nothing_but_the_standard_library() -> None:
    done = subprocess.run([sys.executable, "-c", LEAN, str(PLAN)], capture_output=True, check=True, env={**os.environ})
    assert done.stdout == b"[]\n"
