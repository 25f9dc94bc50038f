"""A difference in numbers, and what a change log says about a release: plain data that JSON can carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from khelang_opendata.diff.compare import Change, Changes, TableChanges


@dataclass(frozen=True, slots=True)
class TableCounts:
    """How much differs in one table; of an added or removed table all rows count as added or removed."""

    name: str
    change: Change
    columns_added: int
    columns_removed: int
    rows_added: int
    cells_changed: int
    rows_removed: int

    @classmethod
    def of(cls, table: TableChanges) -> TableCounts:
        rows = [row.change for row in table.rows]
        cells = sum(len(row.cells) for row in table.rows if row.change is Change.CHANGED)
        columns = len(table.columns_added), len(table.columns_removed)
        return cls(table.name, table.change, *columns, rows.count(Change.ADDED), cells, rows.count(Change.REMOVED))


@dataclass(frozen=True, slots=True)
class Summary:
    """How much differs between two packages; ``schema`` is the newer one's where it changed, else None."""

    schema: str | None
    metadata: int
    tables: tuple[TableCounts, ...]

    @classmethod
    def of(cls, changes: Changes) -> Summary:
        schema = changes.new.schema if changes.schema_changed else None
        return cls(schema, len(changes.metadata), tuple(TableCounts.of(table) for table in changes.tables))

    @classmethod
    def from_json(cls, content: Any) -> Summary:
        """A summary as a release holds it under ``summary``: a JSON object of the same names."""
        tables = (TableCounts(**{**table, "change": Change(table["change"])}) for table in content["tables"])
        return cls(content["schema"], content["metadata"], tuple(tables))


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That a release is not to be used any more: why, and since when."""

    reason: str
    on: date


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """One release in a change log; ``summary`` is None for the first one, which changed nothing."""

    version: str
    released_on: date
    note: str | None = None
    withdrawn: Withdrawal | None = None
    summary: Summary | None = None
