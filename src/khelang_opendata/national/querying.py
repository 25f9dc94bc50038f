"""Ask the dataset by SQL: a query reads the tables of the DuckDB file, and can reach nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, NamedTuple

from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.national.delta_tables import extra_libraries
from khelang_opendata.national.national_products import DATABASE
from khelang_opendata.national.ready_questions import QUESTIONS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ROWS = 1_000_000
SECONDS = 300
_MEMORY = "2GB"
_LONGEST_REASON = 500


class QueryResult(NamedTuple):
    """The columns and rows of a query; ``is_cut`` where it has more than :data:`MOST_ROWS`."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    is_cut: bool


@contextmanager
def read_only(folder: Path) -> Iterator[DuckDBPyConnection]:
    """The DuckDB file of a dataset, in which a query can change nothing and reach no other file and no network.

    Raises:
        UsageError: the folder holds no dataset.
        ExtraMissing: DuckDB (extra ``national``) is not installed.
    """
    place = folder / DATABASE
    if not place.is_file():
        raise UsageError("dataset_missing", path=str(folder))
    with extra_libraries():
        import duckdb  # noqa: PLC0415 (heavy, and an extra)

        # Settings of the start: a query cannot change them, for the configuration is locked.
        config: dict[str, str | bool | int | float | list[str]] = {
            "access_mode": "READ_ONLY",
            "enable_external_access": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_community_extensions": False,
            "memory_limit": _MEMORY,
            "temp_directory": "",
            "lock_configuration": True,
        }
        try:
            opened = duckdb.connect(place, config=config)
        except duckdb.Error as error:
            raise DataError("query_failed", reason=str(error)[:_LONGEST_REASON]) from error
        with opened as sql:
            yield sql


def query(folder: Path, text: str, *, seconds: float = SECONDS, most_rows: int = MOST_ROWS) -> QueryResult:
    """Run one query.

    Args:
        folder: the folder of the dataset.
        text: the query, in DuckDB's SQL.
        seconds: how long it may take.
        most_rows: how many rows are read.

    Raises:
        DataError: it is no query, fails, takes too long, or asks for what it may not reach.
        UsageError: the folder holds no dataset.
        ExtraMissing: DuckDB (extra ``national``) is not installed.
    """
    with read_only(folder) as sql:
        import duckdb  # noqa: PLC0415 (as above)

        timer = Timer(seconds, sql.interrupt)
        timer.daemon = True
        timer.start()
        try:
            statements = sql.extract_statements(text)
            if len(statements) != 1:
                raise UsageError("query_not_one", count=len(statements))
            if statements[0].type not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
                raise UsageError("query_not_one", "kind", kind=statements[0].type.name)
            found = sql.execute(statements[0])
            columns = [column[0] for column in found.description or ()]
            rows = found.fetchmany(most_rows + 1)
        except duckdb.InterruptException:
            raise DataError("query_failed", "slow", seconds=f"{seconds:g}") from None
        except duckdb.Error as error:
            raise DataError("query_failed", reason=str(error)[:_LONGEST_REASON]) from None
        finally:
            timer.cancel()
    return QueryResult(columns, rows[:most_rows], len(rows) > most_rows)


def question(name: str) -> str:
    """The query of a ready question; UsageError where there is none of this name."""
    if name not in QUESTIONS:
        raise UsageError("question_unknown", name=name, known=", ".join(QUESTIONS))
    return f"SELECT * FROM {name}"  # noqa: S608 (a name of our own)
