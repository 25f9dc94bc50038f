"""The dataset's tables in Delta Lake, and the one state over all of them.

Delta commits one table at a time. So a harvest writes the tables one after the other, and then exchanges
``snapshot.json``, which names the version of each. A reader that opens the tables at these versions sees the state
before or after a harvest and nothing between, also while one runs. After a crash the tables may be ahead of the
snapshot; the next harvest sets them back before it writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from khelang_opendata.files.place import write_atomically
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.formats.sql_text import literal, quoted
from khelang_opendata.model.failures import DataError, ExtraMissing, UsageError
from khelang_opendata.national.national_columns import (
    ISSUES,
    PACKAGE,
    PACKAGES,
    PROVINCE,
    column_types,
    frame_of,
    table_names,
)

if TYPE_CHECKING:
    from deltalake import DeltaTable
    from duckdb import DuckDBPyConnection

POINTER, HISTORY, TABLES = "snapshot.json", "snapshots", "tables"

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DatasetSnapshot:
    """One state of the dataset: its number, the day of its harvest, and the Delta version of each table."""

    number: int
    harvested_on: date
    versions: Mapping[str, int]

    def as_json(self) -> dict[str, Any]:
        return {"snapshot": self.number, "harvested_on": self.harvested_on.isoformat(), "tables": dict(self.versions)}


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a harvest does to one table.

    ``files`` are staged Parquet files with new rows. Of these, the rows count whose file and package are in
    ``accepted``. Rows of the table whose ``key`` is in ``replaced`` go; ``provinces`` are those that they or the new
    ones lie in, None for a table that is not divided by province.
    """

    table: str
    key: str
    files: Sequence[Path]
    accepted: Iterable[tuple[str, str]]
    replaced: Iterable[str]
    provinces: Iterable[str] | None


@contextmanager
def extra_libraries() -> Iterator[None]:
    """Turn a missing library of the extra ``national`` into its failure."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("deltalake", "duckdb", "polars"):
            raise
        raise ExtraMissing("national") from error


class NationalDataset:
    """The folder of the dataset."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def snapshot(self, number: int | None = None) -> DatasetSnapshot | None:
        """The current state, or one of the earlier ones; None before the first harvest.

        Raises:
            UsageError: there is no state of this number.
            DataError: the file that describes it is damaged.
        """
        path = self.folder / POINTER if number is None else self.folder / HISTORY / f"{number:06}.json"
        try:
            content = read_json(path.read_bytes())
            versions = {str(name): int(version) for name, version in content["tables"].items()}
            return DatasetSnapshot(int(content["snapshot"]), date.fromisoformat(content["harvested_on"]), versions)
        except FileNotFoundError:
            if number is None:
                return None
            raise UsageError("snapshot_unknown", number=number, path=str(self.folder)) from None
        except (JsonRefused, KeyError, TypeError, ValueError, AttributeError):
            raise DataError("snapshot_damaged", path=str(path)) from None

    def files(self, snapshot: DatasetSnapshot, table: str) -> list[str]:
        """The Parquet files of a table in one state."""
        place = self.folder / TABLES / table
        return [str(place / path) for path in _paths_in(_opened(place, snapshot.versions[table]))]

    def scan(self, snapshot: DatasetSnapshot, table: str) -> str:
        """SQL of DuckDB that reads a table in one state."""
        types = column_types(table)
        if not (files := self.files(snapshot, table)):
            empty = ", ".join(f"NULL::{type_} AS {quoted(name)}" for name, type_ in types.items())
            return f"(SELECT {empty} LIMIT 0)"
        columns = ", ".join(map(quoted, types))
        listed = ", ".join(map(literal, files))
        hive = "hive_partitioning = true, hive_types_autocast = false" if _is_divided(table) else ""
        options = ", ".join(filter(None, (hive, "union_by_name = true")))
        return f"(SELECT {columns} FROM read_parquet([{listed}], {options}))"  # noqa: S608 (as above)

    def packages(self, snapshot: DatasetSnapshot | None) -> list[Row]:
        """The rows of the table of packages, in the order of their keys."""
        if snapshot is None:
            return []
        names = list(column_types(PACKAGES))
        with connection() as sql:
            found = sql.execute(f"SELECT * FROM {self.scan(snapshot, PACKAGES)} ORDER BY package").fetchall()  # noqa: S608 (as above)
        return [dict(zip(names, row, strict=True)) for row in found]

    def commit(
        self, base: DatasetSnapshot | None, changes: Iterable[TableChange], packages: list[Row], on: date
    ) -> DatasetSnapshot:
        """Write a new state on top of ``base``, the current one.

        Args:
            base: the state that the changes are to; tables that a crash left ahead of it are set back.
            changes: at most one for each table.
            packages: all rows of the table of packages.
            on: the day of the harvest.

        Returns:
            The new state, to which readers have been switched.
        """
        by_table = {change.table: change for change in changes}
        versions = {}
        with connection() as sql:
            for table in (*table_names(), ISSUES):
                versions[table] = self._written(sql, base, table, by_table.get(table))
            versions[PACKAGES] = self._packages_written(base, packages)
        snapshot = DatasetSnapshot(base.number + 1 if base else 1, on, versions)
        content = json_bytes(snapshot.as_json())
        (self.folder / HISTORY).mkdir(exist_ok=True)
        write_atomically(self.folder / HISTORY / f"{snapshot.number:06}.json", content)
        write_atomically(self.folder / POINTER, content)
        return snapshot

    def _written(
        self, sql: DuckDBPyConnection, base: DatasetSnapshot | None, table: str, change: TableChange | None
    ) -> int:
        place = self.folder / TABLES / table
        version = base.versions.get(table) if base else None
        if version is None:
            rows = _new_rows(sql, table, change)
            return _write(place, rows, table, mode="overwrite", schema_mode="overwrite")
        current = _set_back(place, version)
        if change is None:
            return current
        replaced = sorted(set(change.replaced))
        if not replaced:
            return current
        rows = _new_rows(sql, table, change)
        where = f"{change.key} IN ({', '.join(map(literal, replaced))})"
        if change.provinces is not None:
            where = f"{PROVINCE} IN ({', '.join(map(literal, sorted(set(change.provinces))))}) AND {where}"
        return _write(place, rows, table, mode="overwrite", schema_mode="merge", predicate=where)

    def _packages_written(self, base: DatasetSnapshot | None, packages: list[Row]) -> int:
        place = self.folder / TABLES / PACKAGES
        if base is not None:
            _set_back(place, base.versions[PACKAGES])
        rows = frame_of(packages, column_types(PACKAGES))
        return _write(place, rows, PACKAGES, mode="overwrite", schema_mode="overwrite")


@contextmanager
def connection() -> Iterator[DuckDBPyConnection]:
    """A DuckDB of its own in memory, which takes no settings from the user's home."""
    with extra_libraries():
        import duckdb  # noqa: PLC0415 (heavy, and an extra)

        with duckdb.connect(config={"autoinstall_known_extensions": False}) as sql:
            yield sql


def _is_divided(table: str) -> bool:
    return table not in (PACKAGES, ISSUES)


def _opened(place: Path, version: int | None = None) -> DeltaTable:
    with extra_libraries():
        from deltalake import DeltaTable  # noqa: PLC0415 (heavy, and an extra)

        return DeltaTable(place, version=version)


def _paths_in(table: DeltaTable) -> list[str]:
    """The paths of a table's files below its folder, as the disk has them."""
    import polars as pl  # noqa: PLC0415 (as above)

    actions = pl.DataFrame(table.get_add_actions(flatten=True))
    return sorted(unquote(path) for path in actions["path"]) if len(actions) else []


def _new_rows(sql: DuckDBPyConnection, table: str, change: TableChange | None) -> Any:
    """The rows of the staged files that count; none without a change."""
    types = column_types(table)
    if change is None or not change.files:
        empty = ", ".join(f"NULL::{type_} AS {quoted(name)}" for name, type_ in types.items())
        return sql.sql(f"SELECT {empty} LIMIT 0")
    accepted = literal(json.dumps([[str(file), key] for file, key in change.accepted]))
    columns = ", ".join(f"staged.{quoted(name)}::{type_} AS {quoted(name)}" for name, type_ in types.items())
    files = ", ".join(literal(str(file)) for file in change.files)
    return sql.sql(
        f"""SELECT {columns}
        FROM read_parquet([{files}], filename = 'staged_file', union_by_name = true) AS staged
        WHERE (staged_file, staged.{PACKAGE}) IN (
            SELECT (pair ->> 0, pair ->> 1) FROM (SELECT unnest(from_json({accepted}, '["JSON"]')) AS pair)
        )"""  # noqa: S608 (as above)
    )


def _write(place: Path, rows: Any, table: str, **options: Any) -> int:
    from deltalake import WriterProperties, write_deltalake  # noqa: PLC0415 (as above)

    place.parent.mkdir(parents=True, exist_ok=True)
    divided = [PROVINCE] if _is_divided(table) else None
    properties = WriterProperties(compression="ZSTD")
    write_deltalake(place, rows, partition_by=divided, writer_properties=properties, **options)
    return _opened(place).version()


def _set_back(place: Path, version: int) -> int:
    """The version of a table whose content is that of ``version``, after whatever came later is undone."""
    current = _opened(place)
    if current.version() != version:
        current.restore(version)
    return current.version() if current.version() == version else _opened(place).version()
