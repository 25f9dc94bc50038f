"""The tables of a package as rules ask them: whole columns or single records, by name, never failing on a bad cell.

A rule goes through columns, and makes a record only where it has something to say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from khelang_opendata.model.report import Issue, Location
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable

_MOST_DIGITS = 30
"""A number with more digits before or after its point says nothing about a plan, and 1e9999999 would take minutes."""

_MOST_DIGITS_OF_AMOUNT = 16
_NOTHING = Decimal(0)


class Record(NamedTuple):
    """One row of a table. ``row`` is its number in a spreadsheet (the heading is row 1)."""

    table: HeadedTable
    row: int

    def text(self, field: str) -> str | None:
        """A cell's unchanged text; None if it is empty or the column is absent."""
        position = self.table.position(field)
        cells = self.table.table.rows[self.row - 2]
        return (cells[position] or None) if position is not None and position < len(cells) else None

    def integer(self, field: str) -> int | None:
        """A cell as a whole number; None where it is empty or none."""
        text = self.text(field)
        return _number(self.table.schema.field_by_name[field], text) if text else None

    def place(self, field: str | None = None) -> Location:
        """The location of the record, or of one of its cells."""
        cell = (self.text(field) or "") if field else None
        return self.table.place(self.row, field, cell)

    def issue(
        self,
        rule: Rule,
        field: str | None = None,
        /,
        *,
        record: str | None = None,
        year: int | None = None,
        **params: str | int | float,
    ) -> Issue:
        """An issue at this record.

        Args:
            rule: the rule that is broken.
            field: the column at fault, None for the record as a whole.
            record: the id an erratum names it by (project_id, scope_id …); by default the record's own id.
            year: the fiscal year (B.E.) an erratum may name; None where the record has none.
            params: values of the message.
        """
        years = {} if year is None else {"year": year}
        return rule.issue(self.place(field), record=record or self.id, **years, **params)

    @property
    def id(self) -> str:
        """The id of the record in errata."""
        return self.table.id_of(self.row)


@dataclass(frozen=True, eq=False)
class Plan:
    """The readable tables of one package; one that is absent or cannot be read has no rows.

    All columns of a table, and its ids, are in file order: the n-th of each belongs to the n-th record.
    """

    package: Package
    family: SchemaFamily
    tables: Mapping[str, HeadedTable]

    @cached_property
    def _columns(self) -> dict[tuple[str, str], Sequence[str | None]]:
        return {}

    @cached_property
    def _integers(self) -> dict[tuple[str, str], Sequence[int | None]]:
        return {}

    @cached_property
    def _amounts(self) -> dict[str, Sequence[Decimal | None]]:
        return {}

    @cached_property
    def _ids(self) -> dict[str, Sequence[str]]:
        return {}

    @cached_property
    def _places(self) -> dict[str, Mapping[str, int]]:
        return {}

    def texts(self, table: str, field: str) -> Sequence[str | None]:
        """A column's unchanged texts; None for an empty cell or an absent column."""
        column = self._columns.get((table, field))
        if column is None:
            column = self._columns[table, field] = _column(self.tables.get(table), field)
        return column

    def integers(self, table: str, field: str) -> Sequence[int | None]:
        """A column as whole numbers; None where a cell is empty or none."""
        column = self._integers.get((table, field))
        if column is None:
            column = self._integers[table, field] = self._values(table, field)
        return column

    def numbers(self, table: str, field: str) -> Sequence[Decimal | None]:
        """A column as numbers; None where a cell is empty, none, or beyond all reason."""
        return self._values(table, field)

    def days(self, table: str, field: str) -> Sequence[date | None]:
        """A column of dates; None where a cell is empty or no date."""
        described = self.family.tables[table].field_by_name[field]
        return [described.value(text or "") for text in self.texts(table, field)]

    def amounts(self, table: str) -> Sequence[Decimal | None]:
        """The column ``amount_thb``; None where it is empty, or too large to be one (9e999999 is a number, too)."""
        column = self._amounts.get(table)
        if column is None:
            column = self._amounts[table] = self._values(table, "amount_thb", _MOST_DIGITS_OF_AMOUNT)
        return column

    def _values(self, table: str, field: str, most_digits: int = _MOST_DIGITS) -> list[Any]:
        """A column as values of its type; each distinct text is read once."""
        column, described = self.texts(table, field), self.family.tables[table].field_by_name[field]
        values = {text: _number(described, text, most_digits) for text in {*column}}
        return [values[text] for text in column]

    def ids(self, table: str) -> Sequence[str]:
        """The id of each record in errata: the first column of the primary key."""
        ids = self._ids.get(table)
        if ids is None:
            key = self.family.tables[table].primary_key[0]
            ids = self._ids[table] = [text or "" for text in self.texts(table, key)]
        return ids

    def places(self, table: str) -> Mapping[str, int]:
        """The position of each id's first record."""
        places = self._places.get(table)
        if places is None:
            ids = self.ids(table)
            places = self._places[table] = dict(zip(reversed(ids), range(len(ids) - 1, -1, -1), strict=True))
        return places

    def record(self, table: str, place: int) -> Record:
        """The record at a place in the columns."""
        return Record(self.tables[table], place + 2)

    def records(self, table: str) -> tuple[Record, ...]:
        """All records of a table in file order; none where the table is absent."""
        headed = self.tables.get(table)
        return tuple(Record(headed, row) for row in range(2, len(headed.table.rows) + 2)) if headed else ()

    def find(self, table: str, id_: str | None) -> Record | None:
        """The record of this id; None if the table has no such id."""
        place = self.places(table).get(id_ or "")
        return self.record(table, place) if place is not None else None

    @cached_property
    def years(self) -> range:
        """The fiscal years (B.E.) of the plan period; empty where the plan does not give both ends."""
        starts, ends = self.integers("plans", "start_fiscal_year_be"), self.integers("plans", "end_fiscal_year_be")
        for start, end in zip(starts, ends, strict=True):
            if start is not None and end is not None:
                return range(start, end + 1)
        return range(0)

    @cached_property
    def budget_totals(self) -> Mapping[int | None, Mapping[str, Decimal]]:
        """By fiscal year and project_id, what the rows of a project's budget in that year add up to."""
        totals: dict[int | None, dict[str, Decimal]] = {}
        years = self.integers("budgets", "fiscal_year_be")
        for year, project, amount in zip(years, self.ids("budgets"), self.amounts("budgets"), strict=True):
            of_year = totals.setdefault(year, {})
            known = of_year.get(project)
            of_year[project] = (amount or _NOTHING) if known is None else known + (amount or _NOTHING)
        return totals

    @cached_property
    def unknown_budgets(self) -> Mapping[int | None, Set[str]]:
        """By fiscal year, the project_ids whose amount is not known, or is known for the whole period only."""
        unknown: dict[int | None, set[str]] = {}
        statuses, years = self.texts("budgets", "budget_status"), self.integers("budgets", "fiscal_year_be")
        for status, year, project in zip(statuses, years, self.ids("budgets"), strict=True):
            for unknown_year in (year,) if status == "unknown" and year is not None else () if year else self.years:
                unknown.setdefault(unknown_year, set()).add(project)
        return unknown

    @cached_property
    def whole_period(self) -> Set[str]:
        """The project_ids that have an amount for the whole period."""
        bases, ids = self.texts("budgets", "amount_basis"), self.ids("budgets")
        return {id_ for id_, basis in zip(ids, bases, strict=True) if basis == "whole_period"}


def _column(table: HeadedTable | None, field: str) -> Sequence[str | None]:
    if table is None:
        return ()
    position, rows = table.position(field), table.table.rows
    if position is None:
        return (None,) * len(rows)
    try:
        return [cells[position] or None for cells in rows]
    except IndexError:
        return [(cells[position] or None) if position < len(cells) else None for cells in rows]


def _number(field: Field, text: str | None, most_digits: int = _MOST_DIGITS) -> Any:
    """A cell of a column of numbers as a value of its type; None where it is empty, none, or beyond all reason."""
    number = field.value(text or "")
    exact = Decimal(number or 0)
    return number if exact.is_finite() and -_MOST_DIGITS <= exact.adjusted() < most_digits else None
