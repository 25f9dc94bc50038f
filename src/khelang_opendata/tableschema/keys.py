"""Values that must not be there twice, and values that must be there elsewhere, followed through a table's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from khelang_opendata.tableschema.compiled import (
    Cells,
    CompiledSchema,
    Fields,
    ForeignKey,
    TableSource,
    compile_types,
)
from khelang_opendata.tableschema.findings import Finding, FindingType
from khelang_opendata.tableschema.official_profile import SchemaInvalid


class Key:
    """A field or several whose values are each there once; remembers the row of every value."""

    def __init__(self, fields: Fields, type_: FindingType) -> None:
        self.fields = fields
        self.rows: dict[Any, int] = {}
        self._type = type_
        self._nothing = nothing_in(fields)
        self._is_partial = type_ is FindingType.UNIQUE_KEY and len(fields) > 1

    def findings(self, schema: CompiledSchema, cells: Cells, numbers: Sequence[int]) -> Iterator[tuple[int, Finding]]:
        """The doubles among rows of these numbers and all before, and their positions; each names the last like it.

        A primary key without any value is one, too; a unique field may be empty, and so may any part of a unique key.
        """
        values = schema.values(self.fields, cells)
        if self._is_partial:
            values = [self._nothing if None in value else value for value in values]
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

    def __init__(self, sources: Mapping[str, TableSource], unclear: Container[str] = ()) -> None:
        """Take the tables.

        Args:
            sources: the tables by name, each with its fields in the order of its columns.
            unclear: the tables whose heading is wrong, so that nothing is known of what they offer.
        """
        self.sources = sources
        self.unclear = unclear
        self.known: dict[tuple[str, Fields], Container[Any]] = {}
        """The values by table and fields, as far as they were read or given by the check of a table."""

    def wanted(self, table: str) -> set[Fields]:
        """The fields of a table that any table refers to."""
        return self._wanted.get(table, set())

    @cached_property
    def _wanted(self) -> Mapping[str, set[Fields]]:
        found: defaultdict[str, set[Fields]] = defaultdict(set)
        for source in self.sources.values():
            for key in _foreign_keys(source):
                found[key.resource or source.name].add(key.target)
        return found

    def of(self, table: str, fields: Fields) -> Container[Any]:
        """The values of some fields of a table, but for rows that have none of them.

        Raises:
            SchemaInvalid: there is no such table or field.
        """
        if table in self.unclear:
            return Everything()
        if (table, fields) not in self.known:
            self._read(table)
        if (table, fields) not in self.known:
            raise SchemaInvalid(f"foreign key to {', '.join(fields)} of {table}, which has no such fields")
        return self.known[table, fields]

    def _read(self, table: str) -> None:
        """Read all that is wanted of a table, in one pass."""
        source = self.sources.get(table)
        if source is None:
            raise SchemaInvalid(f"foreign key to {table}, which is no table here")
        schema = compile_types(source.schema)
        wanted = [w for w in self.wanted(table) if {*w} <= schema.positions.keys() and (table, w) not in self.known]
        values: dict[Fields, set[Any]] = {fields: set() for fields in wanted}
        positions = sorted({schema.positions[name] for fields in wanted for name in fields})
        for _, rows in source.chunks():
            cells = by_columns(rows, len(schema.columns), positions)
            for fields, found in values.items():
                found.update(schema.values(fields, cells))
        for fields, found in values.items():
            self.known[table, fields] = found - {nothing_in(fields)}


class Everything(Container[Any]):
    """What a table offers of which nothing is known."""

    def __contains__(self, _: object) -> bool:
        return True


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
        return source.compiled.foreign_keys
    except SchemaInvalid:
        return ()


def nothing_in(fields: Sequence[Any]) -> Any:
    """The value of fields that are all empty."""
    return None if len(fields) == 1 else (None,) * len(fields)
