"""A workbook whose sheets are damaged becomes the right package, or a precise complaint: never something else."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner

from khelang_opendata.cli import main
from khelang_opendata.intake import importing
from khelang_opendata.intake.importing import Imported
from khelang_opendata.intake.remarks import RemarkKind
from tests.conftest import PLAN
from tests.damaged_sheets import CASES, Case
from tests.workbooks import Tables, edited, run

FULL = ("plans", "units", "dimensions", "missions", "projects", "budgets", "project_units", "printed_totals")
DETAILS = ("objectives", "steps", "targets")
FIRST = ("-P01,", "-P02,", "-P03,")
"""The projects whose details the workbook has."""

KEPT = TemporaryDirectory()


@cache
def base() -> tuple[Path, bytes]:
    """The package with few rows of details, for speed, and its workbook as ``khelang template`` makes it."""
    package, path = Path(KEPT.name, "package"), Path(KEPT.name, "plan.xlsx")
    copytree(PLAN, package)
    for table in (table for table in (package / "data").glob("*.csv") if table.stem not in FULL):
        heading, *lines = table.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        kept = [line for line in lines if table.stem in DETAILS and any(id_ in line for id_ in FIRST)]
        table.write_text("".join([heading, *kept]), encoding="utf-8")
    done = CliRunner().invoke(main, ["template", "-o", str(path), "--from", str(package), "--lang", "th"])
    assert done.exit_code == 0, done.output
    return package, path.read_bytes()


def tables_in(folder: Path) -> dict[str, list[dict[str, str]]]:
    return {
        path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        for path in sorted((folder / "data").glob("*.csv"))
    }


def files_in(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def baht_in(tables: Tables) -> Decimal:
    return sum((Decimal(row["amount_thb"] or 0) for row in tables["budgets"]), Decimal(0))


def changes(before: Tables, after: Tables) -> set[tuple[str, str, str, str]]:
    """The cells of kept rows that are others: table, end of the id, column, text."""
    found = set()
    for name, rows in before.items():
        assert len(after[name]) >= len(rows), name
        ids = [*rows[0]][1:2] if rows else []
        for old, new in zip(rows, after[name], strict=False):
            key = old[ids[0]].rpartition("-")[2]
            found |= {(name, key, column, new[column]) for column in old if old[column] != new[column]}
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_damaged_workbook_is_taken_rightly_or_complained_of(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, workbook = base()
    path, folder = tmp_path / "plan.xlsx", tmp_path / "package"
    path.write_bytes(edited(workbook, case.damage))
    check(case, path, folder, package, monkeypatch)


def check(case: Case, path: Path, folder: Path, package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Import a damaged workbook by the command, and compare what it says and writes with what is right."""
    made: list[Imported] = []

    def import_sheets(*args: Any) -> Imported:
        made.append(REAL(*args))
        return made[-1]

    monkeypatch.setattr(importing, "import_sheets", import_sheets)
    if not case.is_new:
        copytree(package, folder)
    before = files_in(folder)
    done = run("import", path, "-o", folder)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.output
    assert done.exit_code == (0 if case.is_taken else 1), done.output
    if case.failure:
        assert (made, files_in(folder)) == ([], before)
        return
    (result,) = made
    kinds = (RemarkKind.REFUSED, RemarkKind.DELETED)
    refused = Counter((remark.code, remark.place) for remark in result.of_kind(RemarkKind.REFUSED))
    said = Counter((remark.code, remark.place) for remark in result.remarks if remark.kind not in kinds)
    assert refused == Counter(case.refused)
    assert len(result.of_kind(RemarkKind.DELETED)) == case.deleted
    assert said == Counter(case.said)
    if not case.is_taken:
        assert files_in(folder) == before
        return
    old, new = tables_in(package), tables_in(folder)
    assert {name: len(new[name]) - len(rows) for name, rows in old.items() if len(new[name]) != len(rows)} == case.added
    assert baht_in(new) - baht_in(old) == case.baht
    assert changes(old, new) == set(case.changed) or case.added


REAL = importing.import_sheets
