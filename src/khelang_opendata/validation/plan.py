"""The tables of a package as records that rules can ask: indexed once, read by name, never failing on a bad cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import Issue, Location
from khelang_opendata.package import Package
from khelang_opendata.schema import SchemaFamily
from khelang_opendata.validation.headings import HeadedTable

_MOST_DIGITS = 30
"""A number with more digits before or after its point says nothing about a plan, and 1e9999999 would take minutes."""


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table. ``row`` is its number in a spreadsheet (the heading is row 1)."""

    table: HeadedTable
    row: int

    def text(self, field: str) -> str | None:
        """A cell as it stands; None where it is empty or the column is absent."""
        position = self.table.position(field)
        cells = self.table.table.rows[self.row - 2]
        return (cells[position] or None) if position is not None and position < len(cells) else None

    def number(self, field: str) -> Decimal | None:
        """A cell as a number; None where it is empty, none, or beyond all reason."""
        try:
            value = Decimal(self.text(field) or "")
        except InvalidOperation:
            return None
        return value if value.is_finite() and abs(value.adjusted()) <= _MOST_DIGITS else None

    def integer(self, field: str) -> int | None:
        """A cell as a whole number; None where it is empty or none."""
        value = self.number(field)
        return int(value) if value is not None and value == value.to_integral_value() else None

    def place(self, field: str | None = None) -> Location:
        """The location of the record, or of one of its cells."""
        cell = (self.text(field) or "") if field else None
        return self.table.place(self.row, field, cell)

    def issue(
        self, code: str, field: str | None = None, *, record: str | None = None, **params: str | int | float
    ) -> Issue:
        """An issue at this record.

        Args:
            code: the rule.
            field: the column at fault, None for the record as a whole.
            record: the id an erratum names it by (project_id, scope_id …); by default the record's own id.
            params: values of the message; ``year`` is the fiscal year (B.E.) an erratum may name.
        """
        return issue(code, self.place(field), record=record or self.id, **params)

    @property
    def id(self) -> str:
        """What an erratum calls the record."""
        return self.table.id_of(self.row)


@dataclass(frozen=True)
class Plan:
    """The readable tables of one package, as records; a table that is absent or cannot be read has none."""

    package: Package
    family: SchemaFamily
    tables: Mapping[str, HeadedTable]

    @cached_property
    def _records(self) -> Mapping[str, tuple[Record, ...]]:
        return {
            name: tuple(Record(table, row) for row in range(2, len(table.table.rows) + 2))
            for name, table in self.tables.items()
        }

    @cached_property
    def _by_id(self) -> Mapping[str, Mapping[str, Record]]:
        """First record of each id, by table; of composite keys the first column."""
        return {name: {r.id: r for r in reversed(records)} for name, records in self._records.items()}

    def records(self, table: str) -> tuple[Record, ...]:
        """All records of a table in file order; none where the table is absent."""
        return self._records.get(table, ())

    def find(self, table: str, id_: str | None) -> Record | None:
        """The record of this id; None where there is none."""
        return self._by_id.get(table, {}).get(id_ or "")

    @cached_property
    def years(self) -> range:
        """The fiscal years (B.E.) of the plan period; empty where the plan does not give both ends."""
        for record in self.records("plans"):
            start, end = record.integer("start_fiscal_year_be"), record.integer("end_fiscal_year_be")
            if start is not None and end is not None:
                return range(start, end + 1)
        return range(0)

    @cached_property
    def budgets_by_project(self) -> Mapping[str, tuple[Record, ...]]:
        """The budget rows of each project_id, in file order."""
        return _grouped(self.records("budgets"), "project_id")


def _grouped(records: Iterable[Record], field: str) -> dict[str, tuple[Record, ...]]:
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(record.text(field) or "", []).append(record)
    return {key: tuple(found) for key, found in groups.items()}
