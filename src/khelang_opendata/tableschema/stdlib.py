"""The engine for all but the largest tables, on the standard library alone.

Thousands of rows at a time are first checked by columns, which is fast but only finds suspect rows. These are then
checked cell by cell, and only this second check reports findings, so the fast path cannot change the result.
"""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from khelang_opendata.tableschema.compiled import Cells, CompiledSchema, TableSource
from khelang_opendata.tableschema.dialect import Row
from khelang_opendata.tableschema.findings import Finding, FindingType
from khelang_opendata.tableschema.keys import Key, KeySets, Reference, by_columns


def check_table(source: TableSource, key_sets: KeySets) -> Iterator[Finding]:
    """The findings of a table, row by row; ``key_sets`` takes the table's own keys when all rows were seen.

    Raises:
        SchemaInvalid: its schema cannot be used.
        TableUnreadable: the file is no table.
    """
    return _without_collector(_findings(source, key_sets))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the garbage collector: it would walk through millions of cells again and again, and none is in a cycle."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _without_collector(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The same findings; the collector runs again between them, as the caller's objects may have cycles."""
    while True:
        with collector_paused():
            finding = next(findings, None)
        if finding is None:
            return
        yield finding


def _findings(source: TableSource, key_sets: KeySets) -> Iterator[Finding]:
    schema = source.compiled
    keys = keys_of(schema)
    references = references_of(schema, source.name, key_sets)
    for numbers, rows in source.chunks():
        yield from check_rows(schema, rows, numbers, (*keys, *references), brief=source.brief)
    for key in keys:
        key_sets.known[source.name, key.fields] = key.rows.keys()


def keys_of(schema: CompiledSchema) -> list[Key]:
    """A table's unique fields, its primary key, and its unique keys."""
    keys = [Key((column.name,), FindingType.UNIQUE) for column in schema.columns if column.unique]
    keys += [Key(schema.primary_key, FindingType.PRIMARY_KEY)] if schema.primary_key else []
    return [*keys, *(Key(fields, FindingType.UNIQUE_KEY) for fields in schema.unique_keys)]


def references_of(schema: CompiledSchema, table: str, key_sets: KeySets) -> list[Reference]:
    """A table's foreign keys."""
    return [Reference(key, key_sets.of(key.resource or table, key.target)) for key in schema.foreign_keys]


def check_rows(
    schema: CompiledSchema,
    rows: Sequence[Row],
    numbers: Sequence[int],
    keys: Sequence[Key | Reference],
    *,
    brief: bool = False,
) -> Iterator[Finding]:
    """The findings of rows with these record numbers; ``keys`` remember the rows before."""
    cells = by_columns(rows, len(schema.columns), schema.judged)
    suspects = _suspects(schema, rows, cells)
    of_keys: defaultdict[int, list[Finding]] = defaultdict(list)
    for key in keys:
        for position, finding in key.findings(schema, cells, numbers):
            of_keys[position].append(finding)
    for position in sorted(suspects | of_keys.keys()):
        yield from row_findings(schema, numbers[position], rows[position], brief=brief)
        yield from of_keys.get(position, ())


def _suspects(schema: CompiledSchema, rows: Sequence[Row], cells: Cells) -> set[int]:
    """The positions of all rows that may have a finding of their own, and perhaps of others."""
    width = len(schema.columns)
    suspects = {i for i, row in enumerate(rows) if len(row) != width} if set(map(len, rows)) != {width} else set()
    for position in schema.judged:
        texts = cells[position]
        if wrong := schema.columns[position].wrong(texts):
            suspects.update(i for i, text in enumerate(texts) if text in wrong)
    first = schema.columns[0]
    if not first.missing.isdisjoint(cells[0]):
        suspects.update(i for i, text in enumerate(cells[0]) if text in first.missing and _is_blank(schema, rows[i]))
    return suspects


def row_findings(schema: CompiledSchema, row: int, cells: Row, *, brief: bool = False) -> Iterator[Finding]:
    """The findings in one row by itself: faulty cells, a wrong number of cells, or a blank row."""
    if _is_blank(schema, cells):
        yield Finding(FindingType.BLANK_ROW, row)
        return
    width, count = len(schema.columns), len(cells)
    for column, text in zip(schema.columns, cells, strict=False):
        for fault in column.faults(text):
            if fault == "type":
                yield Finding(FindingType.TYPE, row, column.name, text)
            else:
                yield Finding(FindingType.CONSTRAINT, row, column.name, text, constraint=fault)
    for position in schema.required[bisect_left(schema.required, count) :]:
        name, shown = schema.columns[position].name, str(None)  # as frictionless shows a cell that is not there
        yield Finding(FindingType.CONSTRAINT, row, name, shown, constraint="required")
    for cell in cells[width:]:
        yield Finding(FindingType.EXTRA_CELL, row, None, cell)
    for position in range(count, min(width, count + 1) if brief else width):
        yield Finding(FindingType.MISSING_CELL, row, schema.columns[position].name, "")


def _is_blank(schema: CompiledSchema, cells: Row) -> bool:
    return all(text in column.missing for column, text in zip(schema.columns, cells, strict=False))
