"""The heading row of each table: every column of the schema once, and no other. The order is free."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Table
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, TableSchema

COLUMN_MISSING = Rule("column_missing", Severity.ERROR, __file__)
COLUMN_UNEXPECTED = Rule("column_unexpected", Severity.ERROR, __file__)
COLUMN_DUPLICATE = Rule("column_duplicate", Severity.ERROR, __file__)
COLUMN_NAME_INVALID = Rule("column_name_invalid", Severity.ERROR, __file__)
COLUMN_ADDITIONAL = Rule("column_additional", Severity.INFO, __file__)

_MORE_COLUMNS, _FEWER_COLUMNS = ("subset", "partial"), ("superset", "partial")
"""The values of ``fieldsMatch`` with which a table may have more columns than its schema, or fewer."""

_SNAKE_CASE = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class HeadedTable:
    """A table whose columns are known: the schema's field at each position, None for a column it does not have."""

    schema: TableSchema
    table: Table
    columns: tuple[Field | None, ...]

    @cached_property
    def _positions(self) -> Mapping[str, int]:
        return {field.name: position for position, field in enumerate(self.columns) if field}

    def position(self, name: str) -> int | None:
        """The position of a field's column; None if the table lacks it."""
        return self._positions.get(name)

    def id_of(self, row: int) -> str:
        """The id of a record in errata: the first column of its table's primary key."""
        key = self.schema.primary_key
        position = self.position(key[0]) if key else None
        cells = self.table.rows[row - 2]
        return cells[position] if position is not None and position < len(cells) else ""

    def place(self, row: int, field: str | None = None, cell: str | None = None) -> Location:
        """The location of a record by its spreadsheet row number (the heading is row 1)."""
        return Location(self.schema.name, row, self.table.lines[row - 2], field, cell)


def check_headings(tables: Mapping[str, Table], family: SchemaFamily) -> tuple[dict[str, HeadedTable], list[Issue]]:
    """Match every heading to its schema; tables without any known column are left out of what follows."""
    headed: dict[str, HeadedTable] = {}
    issues: list[Issue] = []
    for name, table in tables.items():
        schema = family.tables[name]
        if not schema.fields:  # a table without a schema: its columns are those of its heading
            labels = dict.fromkeys(label for label in table.header if label.strip())
            schema = TableSchema.of_any(name, {"fields": [{"name": label} for label in labels]})
        columns = _match(table.header, schema)
        if any(columns):
            headed[name] = HeadedTable(schema, table, columns)
            issues.extend(_check_heading(headed[name], is_open=family.is_open))
        else:
            cell = table.header[0] if table.header else ""
            place = Location(name, 1, 1, None, cell)
            issues.append(COLUMN_MISSING.issue(place, variant="no_heading"))
    return headed, issues


def _match(header: list[str], schema: TableSchema) -> tuple[Field | None, ...]:
    seen: set[str] = set()
    columns: list[Field | None] = []
    for label in header:
        columns.append(schema.field_by_name.get(label) if label not in seen else None)
        seen.add(label)
    return tuple(columns)


def _check_heading(headed: HeadedTable, *, is_open: bool) -> Iterator[Issue]:
    header, name, match = headed.table.header, headed.schema.name, headed.schema.fields_match
    missing = [f.name for f in headed.schema.fields if headed.position(f.name) is None]
    first = dict(zip(reversed(header), range(len(header) - 1, -1, -1), strict=True))
    for position, label in enumerate(header):
        place = Location(name, 1, 1, label, label)
        if headed.columns[position]:
            if label in headed.schema.own_fields:
                yield COLUMN_ADDITIONAL.issue(place, name=label)
            continue
        if first[label] < position:
            yield COLUMN_DUPLICATE.issue(place, name=label)
        elif not label.strip():
            yield COLUMN_NAME_INVALID.issue(Location(name, 1, 1), variant="blank", position=position + 1)
        elif match in _MORE_COLUMNS:
            continue
        elif meant := _closest(label, missing):
            missing.remove(meant)
            place = Location(name, 1, 1, meant, label)
            yield COLUMN_MISSING.issue(place, variant="renamed", name=meant, found=label)
        elif not is_open and not _SNAKE_CASE.match(label):
            yield COLUMN_NAME_INVALID.issue(place, name=label)
        else:
            yield COLUMN_UNEXPECTED.issue(place, name=label)
    for absent in missing if match not in _FEWER_COLUMNS else ():
        yield COLUMN_MISSING.issue(Location(name, 1, 1, absent), name=absent)
    if match == "exact" and all(headed.columns) and len(header) == len(headed.schema.fields):
        yield from _misplaced(headed)


def _misplaced(headed: HeadedTable) -> Iterator[Issue]:
    """The first column that is not where a schema with ``fieldsMatch: exact`` has it."""
    for position, (field, label) in enumerate(zip(headed.schema.fields, headed.table.header, strict=True), 1):
        if field.name != label:
            place = Location(headed.schema.name, 1, 1, label, label)
            yield COLUMN_UNEXPECTED.issue(place, variant="misplaced", name=label, position=position, due=field.name)
            return


def _closest(label: str, names: list[str]) -> str | None:
    """The name that a label may be a misspelling of."""
    from difflib import get_close_matches  # noqa: PLC0415 (2 ms to import, and few headings are wrong)

    return next(iter(get_close_matches(label.strip().lower(), names, n=1, cutoff=0.8)), None)
