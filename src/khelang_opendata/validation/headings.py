"""The heading row of each table: every column of the schema once, and no other. The order is free."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property, partial

from khelang_opendata.model.look_alikes import as_meant, first_strange, named
from khelang_opendata.model.places import from_the_end, letters
from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Table
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field, TableSchema
from khelang_opendata.validation.layout import Layout, extra_issue, laid_out

COLUMN_MISSING = Rule("column_missing", Severity.ERROR, __file__)
COLUMN_UNEXPECTED = Rule("column_unexpected", Severity.ERROR, __file__)
COLUMN_DUPLICATE = Rule("column_duplicate", Severity.ERROR, __file__)
COLUMN_NAME_INVALID = Rule("column_name_invalid", Severity.ERROR, __file__)
COLUMN_ADDITIONAL = Rule("column_additional", Severity.INFO, __file__)

_MORE_COLUMNS, _FEWER_COLUMNS = ("subset", "partial"), ("superset", "partial")
"""The values of ``fieldsMatch`` with which a table may have more columns than its schema, or fewer."""

_MOST, _LITTLE = 0.8, 0.5
"""How much of another table's columns a heading has at least, and of its own at most, to be the other table's."""

_SNAKE_CASE = "[a-z][a-z0-9_]*"


@dataclass(frozen=True, eq=False)
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

    def cells(self, name: str) -> Sequence[str]:
        """The cells of a field's column, row by row; empty ones where a row, or the table, lacks them."""
        position = self.position(name)
        if position is None:
            return [""] * len(self.table.rows)
        return [cells[position] if position < len(cells) else "" for cells in self.table.rows]

    def id_of(self, row: int) -> str:
        """The id of a record in errata: the first column of its table's primary key."""
        key = self.schema.primary_key
        position = self.position(key[0]) if key else None
        cells = self.table.rows[row - 2]
        return cells[position] if position is not None and position < len(cells) else ""

    @cached_property
    def _labels(self) -> Set[str]:
        return {*self.table.header}

    def own_name(self, position: int) -> str:
        """A name with which a package may keep a column that the standard does not have."""
        words = re.sub(r"[^a-z0-9]+", "_", as_meant(self.table.header[position]).lower()).strip("_")
        if not re.search(r"[a-z]", words):
            words = f"column_{position + 1}"
        name = f"x_{words.removeprefix('x_')}"
        return f"{name}_{position + 1}" if name in self._labels else name

    def place(self, row: int, field: str | None = None, cell: str | None = None) -> Location:
        """The location of a record by its row number among those of data (the heading is row 1)."""
        return Location(self.schema.name, self.table.number(row), self.table.lines[row - 2], field, cell)


def check_headings(tables: Mapping[str, Table], family: SchemaFamily) -> tuple[dict[str, HeadedTable], list[Issue]]:
    """Match every heading to its schema; tables without any known column are left out of what follows.

    A table is judged as it is meant: without rows that hold no data, and with headings that are probably meant to be
    columns of the schema.
    """
    headed: dict[str, HeadedTable] = {}
    issues: list[Issue] = []
    for name, table in tables.items():
        schema = family.tables[name]
        if not schema.fields:  # a table without a schema: its columns are those of its heading
            labels = dict.fromkeys(label for label in table.header if label.strip())
            schema = TableSchema.of_any(name, {"fields": [{"name": label} for label in labels]})
        cell = table.header[0] if table.header else ""
        place = Location(name, 1, 1, None, cell)
        if other := _other_table(table, schema, family):
            issues.append(COLUMN_MISSING.issue(place, variant="other_table", other=other))
            continue
        layout = laid_out(table, schema, partial(_ids_used, name, tables, family))
        meant = _meant(layout, schema)
        columns = _match(layout.table.header, schema, meant)
        if not layout.is_known or not any(columns):
            issues.append(COLUMN_MISSING.issue(place, variant="not_the_table"))
            continue
        headed[name] = HeadedTable(schema, layout.table, columns)
        issues.extend(_layout_issues(layout, table))
        issues.extend(_Heading(headed[name], layout, table, meant, is_open=family.is_open).issues())
    return headed, issues


def _ids_used(name: str, tables: Mapping[str, Table], family: SchemaFamily) -> Set[str]:
    """The ids of a table that other tables refer to."""
    used: set[str] = set()
    for other, table in tables.items():
        for key in family.tables[other].foreign_keys if other != name else ():
            if key["reference"]["resource"] == name and len(key["fields"]) == 1 and key["fields"][0] in table.header:
                position = table.header.index(key["fields"][0])
                used.update(row[position] for row in table.rows if position < len(row))
    return used


def _other_table(table: Table, schema: TableSchema, family: SchemaFamily) -> str | None:
    """The table of the standard that a file has the columns of, where they are not its own table's."""
    labels = {*table.header}
    if schema.is_foreign or schema.field_by_name.keys() <= labels:
        return None
    others = [other for other in family.tables.values() if not other.is_foreign and other.name != schema.name]
    whole = [other for other in others if other.field_by_name.keys() <= labels]
    if not whole and _share(schema, labels) < _LITTLE:
        whole = [other for other in others if _share(other, labels) >= _MOST]
    return max(whole, key=lambda other: len(other.fields)).name if whole else None


def _share(schema: TableSchema, labels: Set[str]) -> float:
    """How much of a schema's columns a heading has."""
    return len(schema.field_by_name.keys() & labels) / len(schema.fields)


def _layout_issues(layout: Layout, table: Table) -> Iterator[Issue]:
    """The columns and rows that hold no data, and a heading that is not the first row."""
    if layout.names:
        columns = from_the_end(layout.names, letters)
        yield COLUMN_UNEXPECTED.issue(Location(layout.name, 1, 1), variant="workbook", columns=columns)
    if layout.extra:
        yield extra_issue(layout, table)
    if layout.heading is None:
        place, line = Location(layout.name, 1, 1, None, table.header[0]), ",".join(layout.table.header)
        yield COLUMN_MISSING.issue(place, variant="no_heading", corrected=line)
    elif layout.has_data_above:
        place = Location(layout.name, layout.heading, table.lines[layout.heading - 2], None, layout.table.header[0])
        yield COLUMN_MISSING.issue(place, variant="heading_moved")


def _match(header: list[str], schema: TableSchema, meant: Mapping[int, str]) -> tuple[Field | None, ...]:
    seen: set[str] = {*meant.values()}
    columns: list[Field | None] = []
    for position, label in enumerate(header):
        name = meant.get(position, label)
        columns.append(schema.field_by_name.get(name) if name not in seen or position in meant else None)
        seen.add(name)
    return tuple(columns)


def _meant(layout: Layout, schema: TableSchema) -> Mapping[int, str]:
    """The columns that headings are probably meant to be, by position: for headings that the schema does not have."""
    header = layout.table.header
    present = {*header}
    missing = [field for field in schema.fields if field.name not in present]
    if not missing or schema.fields_match in _MORE_COLUMNS:
        return {}
    from khelang_opendata.validation.meant import meant_columns  # noqa: PLC0415 (few headings are wrong)

    return meant_columns(layout.table, missing, schema)


class _Heading:
    """The heading of one table, and what is wrong with it."""

    def __init__(
        self, headed: HeadedTable, layout: Layout, source: Table, meant: Mapping[int, str], *, is_open: bool
    ) -> None:
        self.headed = headed
        self.layout = layout
        self.header = headed.table.header
        self.meant = {position: name for position, name in meant.items() if name != self.header[position]}
        self.is_open = is_open
        self.row = layout.heading or 1
        self.first_cell = source.header[0] if self.layout.has_other_names else self.header[0]
        self.line = 1 if self.row == 1 else source.lines[self.row - 2]

    def issues(self) -> Iterator[Issue]:
        """The issues, from left to right; those of missing and empty columns follow."""
        schema, match = self.headed.schema, self.headed.schema.fields_match
        empty = [*self._empty_columns(), *self.layout.empty]
        exact = sum(label in schema.field_by_name for label in self.header)
        if self.layout.has_other_names or len(self.meant) > max(exact, 1):
            line = ",".join(self._written(position) for position in range(len(self.header)))
            yield COLUMN_MISSING.issue(self._place(None, self.first_cell), variant="titles", corrected=line)
        else:
            yield from self._label_issues({*empty})
        for field in schema.fields if match not in _FEWER_COLUMNS else ():
            if self.headed.position(field.name) is None:
                yield self._missing(field)
        if empty and match not in _MORE_COLUMNS:
            yield COLUMN_NAME_INVALID.issue(self._place(), variant="empty", columns=from_the_end(empty, letters))
        if match == "exact" and all(self.headed.columns) and len(self.header) == len(schema.fields):
            yield from self._misplaced()

    def _label_issues(self, empty: Set[int]) -> Iterator[Issue]:
        """The issues of single headings."""
        schema = self.headed.schema
        first = dict(zip(reversed(self.header), range(len(self.header) - 1, -1, -1), strict=True))
        for position, label in enumerate(self.header):
            place = self._place(label, label)
            if position in self.meant:
                name = self.meant[position]
                place, letter = self._place(name, label), letters(position)
                strange = _look_alike(label, name)
                if strange:
                    yield COLUMN_MISSING.issue(
                        place, variant="look_alike", corrected=name, found=label, letter=letter, code_point=strange
                    )
                else:
                    yield COLUMN_MISSING.issue(place, variant="renamed", corrected=name, found=label, letter=letter)
            elif self.headed.columns[position]:
                if label in schema.own_fields:
                    yield COLUMN_ADDITIONAL.issue(place, name=label)
            elif position in empty or (
                label.strip() and schema.fields_match in _MORE_COLUMNS and first[label] == position
            ):
                continue
            elif not label.strip():
                yield COLUMN_NAME_INVALID.issue(
                    self._place(),
                    variant="blank",
                    position=position + 1,
                    letter=letters(position),
                    corrected=self.headed.own_name(position),
                )
            elif first[label] < position:
                yield COLUMN_DUPLICATE.issue(
                    place, name=label, letter=letters(position), corrected=self.headed.own_name(position)
                )
            else:
                yield self._unknown(position, label)

    def _unknown(self, position: int, label: str) -> Issue:
        """The issue of a heading that is none of the schema's."""
        place, letter, corrected = self._place(label, label), letters(position), self.headed.own_name(position)
        if self.is_open or re.fullmatch(_SNAKE_CASE, label):
            return COLUMN_UNEXPECTED.issue(place, name=label, letter=letter, corrected=corrected)
        if strange := _look_alike(label, corrected):
            return COLUMN_NAME_INVALID.issue(
                place, variant="look_alike", name=label, letter=letter, corrected=corrected, code_point=strange
            )
        return COLUMN_NAME_INVALID.issue(place, name=label, letter=letter, corrected=corrected)

    def _missing(self, field: Field) -> Issue:
        if field.descriptor.get("constraints", {}).get("required") is True:
            example = str(field.descriptor.get("example", ""))
            return COLUMN_MISSING.issue(self._place(field.name), variant="required", name=field.name, example=example)
        return COLUMN_MISSING.issue(self._place(field.name), name=field.name)

    def _empty_columns(self) -> Iterator[int]:
        """The positions of the columns without a heading that have no cell either."""
        for position, label in enumerate(self.header):
            if not label.strip() and not any(
                row[position : position + 1] and row[position].strip() for row in self.headed.table.rows
            ):
                yield position

    def _misplaced(self) -> Iterator[Issue]:
        """The first column that is not where a schema with ``fieldsMatch: exact`` has it."""
        for position, (field, found) in enumerate(zip(self.headed.schema.fields, self.headed.columns, strict=True), 1):
            if found is not None and field.name != found.name:
                place, label = self._place(found.name, self.header[position - 1]), found.name
                yield COLUMN_UNEXPECTED.issue(place, variant="misplaced", name=label, position=position, due=field.name)
                return

    def _written(self, position: int) -> str:
        """What the heading of a column is to be."""
        label = self.header[position]
        if position in self.meant:
            return self.meant[position]
        return label if self.headed.columns[position] else self.headed.own_name(position)

    def _place(self, field: str | None = None, label: str | None = None) -> Location:
        return Location(self.headed.schema.name, self.row, self.line, field, label)


def _look_alike(label: str, meant: str) -> str | None:
    """The first character of a heading that is another but for characters that do not show or look alike."""
    strange = first_strange(label.strip(" "))
    is_alike = as_meant(label).lower().removeprefix("x_") == meant.removeprefix("x_")
    return named(strange) if strange and is_alike else None
