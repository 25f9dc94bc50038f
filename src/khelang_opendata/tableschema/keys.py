"""Values that must not be there twice, and values that must be there elsewhere, followed through a table's rows."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Any

from khelang_opendata.tableschema.columns import SchemaUnsupported
from khelang_opendata.tableschema.compiled import (
    Cells,
    CompiledSchema,
    Fields,
    ForeignKey,
    TableSource,
    compile_fields,
    compile_schema,
)
from khelang_opendata.tableschema.findings import Finding, FindingType


class Key:
    """A field or several whose values are each there once; remembers the row of every value."""

    def __init__(self, fields: Fields, type_: FindingType) -> None:
        self.fields = fields
        self.rows: dict[Any, int] = {}
        self._type = type_
        self._nothing = nothing_in(fields)

    def findings(self, schema: CompiledSchema, cells: Cells, numbers: Sequence[int]) -> Iterator[tuple[int, Finding]]:
        """The doubles among rows of these numbers and all before, and their positions; each names the last like it.

        A primary key without any value is one, too; a unique field may be empty.
        """
        values = schema.values(self.fields, cells)
        fresh = dict(zip(values, numbers, strict=True))
        if len(fresh) == len(values) and self._nothing not in fresh and self.rows.keys().isdisjoint(fresh):
            self.rows.update(fresh)
            return
        texts = cells[schema.positions[self.fields[0]]]
        for position, value in enumerate(values):
            row = numbers[position]
            if value != self._nothing:
                before = self.rows.get(value)
                self.rows[value] = row
                if before is not None:
                    yield position, self._finding(row, texts[position], before)
            elif self._type is FindingType.PRIMARY_KEY:
                yield position, self._finding(row, None, None)

    def _finding(self, row: int, text: str | None, before: int | None) -> Finding:
        if self._type is FindingType.UNIQUE:
            return Finding(self._type, row, self.fields[0], text, same_as=before)
        return Finding(self._type, row, key=self.fields, same_as=before)


class KeySets:
    """The values that each table offers to references; read ahead where a table is not yet, or just being, checked."""

    def __init__(self, sources: Mapping[str, TableSource]) -> None:
        self.sources = sources
        self.known: dict[tuple[str, Fields], Container[Any]] = {}
        """The values by table and fields, as far as they were read or given by the check of a table."""

    def wanted(self, table: str) -> set[Fields]:
        """The fields of a table that any table refers to."""
        return {
            key.target
            for source in self.sources.values()
            for key in _foreign_keys(source)
            if (key.resource or source.name) == table
        }

    def of(self, table: str, fields: Fields) -> Container[Any]:
        """The values of some fields of a table, but for rows that have none of them."""
        if (table, fields) not in self.known:
            schema = compile_fields(self.sources[table].schema, fields)
            values: set[Any] = set()
            positions = [schema.positions[name] for name in fields]
            for rows in self.sources[table].chunks():
                values.update(schema.values(fields, by_columns(rows, len(schema.columns), positions)))
            self.known[table, fields] = values - {nothing_in(fields)}
        return self.known[table, fields]


class Reference:
    """A foreign key, and the values that it may have."""

    def __init__(self, key: ForeignKey, targets: Container[Any]) -> None:
        self.fields = key.fields
        self._targets = targets
        self._nothing = nothing_in(key.fields)

    def findings(self, schema: CompiledSchema, cells: Cells, numbers: Sequence[int]) -> Iterator[tuple[int, Finding]]:
        """The broken references among some rows, and their positions."""
        values = schema.values(self.fields, cells)
        broken = {value for value in set(values) if value not in self._targets} - {self._nothing}
        for position, value in enumerate(values) if broken else ():
            if value in broken:
                yield position, Finding(FindingType.FOREIGN_KEY, numbers[position], key=self.fields)


def by_columns(rows: Sequence[Sequence[str]], width: int, positions: Iterable[int]) -> Cells:
    """The cells of rows by columns.

    Where rows are shorter or longer than ``width`` only the columns in ``positions`` are given, for a heading of
    thousands of columns may precede thousands of short rows.
    """
    if set(map(len, rows)) == {width}:
        return list(zip(*rows, strict=True))
    return {i: [row[i] if i < len(row) else None for row in rows] for i in positions}


def _foreign_keys(source: TableSource) -> Sequence[ForeignKey]:
    try:
        return compile_schema(source.schema).foreign_keys
    except SchemaUnsupported:
        return ()


def nothing_in(fields: Sequence[Any]) -> Any:
    """The value of fields that are all empty."""
    return None if len(fields) == 1 else (None,) * len(fields)
