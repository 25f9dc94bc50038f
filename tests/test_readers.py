"""The released tables in the programs that people open them with, with no option given."""

from __future__ import annotations

import csv
import os
import subprocess
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import pytest

from khelang_opendata import Package, ReleaseOptions, release_package
from tests.conftest import PLAN, needs

TABLES = sorted(path.stem for path in PLAN.glob("data/*.csv"))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("releases")
    return release_package(Package.load(PLAN), out, ReleaseOptions(date(2026, 11, 22))).path / "data"


def shape(table: Path) -> tuple[list[str], int]:
    with table.open(encoding="utf-8-sig", newline="") as lines:
        header, *rows = csv.reader(lines)
    return header, len(rows)


@pytest.mark.parametrize("table", TABLES)
def test_pandas(data: Path, table: str) -> None:
    frame = pd.read_csv(data / f"{table}.csv")
    assert (list(frame.columns), len(frame)) == shape(data / f"{table}.csv")


@pytest.mark.parametrize("table", TABLES)
def test_polars(data: Path, table: str) -> None:
    frame = pl.read_csv(data / f"{table}.csv")
    assert (frame.columns, len(frame)) == shape(data / f"{table}.csv")


@pytest.mark.parametrize("table", TABLES)
def test_duckdb(data: Path, table: str) -> None:
    relation = duckdb.read_csv(str(data / f"{table}.csv"))
    assert (relation.columns, len(relation)) == shape(data / f"{table}.csv")


def test_amounts_are_numbers_in_pandas_and_duckdb(data: Path) -> None:
    frame = pd.read_csv(data / "budgets.csv")
    assert frame.groupby("fiscal_year_be").amount_thb.sum()[2566] == 5_996_755
    budgets = duckdb.read_csv(str(data / "budgets.csv"))
    assert budgets.filter("fiscal_year_be = 2566").aggregate("sum(amount_thb)").fetchall() == [(5_996_755,)]


R_SCRIPT = """
for (path in commandArgs(TRUE)) {
  with_readr <- readr::read_csv(path, show_col_types = FALSE)
  with_base <- read.csv(path, fileEncoding = "UTF-8-BOM")
  stopifnot(nrow(readr::problems(with_readr)) == 0, names(with_readr) == names(with_base))
  cat(names(with_readr)[1], nrow(with_readr), nrow(with_base), "\\n")
}
"""


@needs("Rscript")
def test_readr_and_base_r(data: Path) -> None:
    files = [str(data / f"{table}.csv") for table in TABLES]
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(["Rscript", "-e", R_SCRIPT, *files], capture_output=True, text=True, env=env, check=False)
    assert done.returncode == 0, done.stderr
    counts = [str(shape(Path(file))[1]) for file in files]
    assert done.stdout.split() == [word for count in counts for word in ("plan_id", count, count)]


@needs("soffice")
def test_a_spreadsheet_program_shows_thai(data: Path, tmp_path: Path) -> None:
    """Opened as UTF-8, which its dialog proposes for a file with BOM, and saved again, the Thai is there.

    Without a window there is no dialog: the filter says comma, double quote, UTF-8 (76), from line 1.
    """
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "fods"]
    command += ["--infilter=CSV:44,34,76,1", "--outdir", str(tmp_path), str(data / "projects.csv")]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    sheet = (tmp_path / "projects.fods").read_text(encoding="utf-8")
    assert "โครงการประกวดคำขวัญต่อต้านการทุจริต" in sheet
    assert ">plan_id<" in sheet
