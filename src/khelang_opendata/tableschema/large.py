"""The engine for tables of many rows, on polars (extra ``large``): it finds suspect rows, the standard one checks them.

A row is suspect if a text of a column is not known to be good, if another row may have the same key, if a reference is
not known to be good, or if it has too few or too many cells. The standard engine sees these rows alone, which are all
that could have a finding, so it finds what it finds in the whole table.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np
import polars as pl

from khelang_opendata.tableschema.compiled import (
    CompiledSchema,
    ForeignKey,
    TableSource,
    compile_types,
)
from khelang_opendata.tableschema.detectors import (
    Blanks,
    Cells,
    Detector,
    Doubles,
    LargeKeys,
    LateReferences,
    References,
)
from khelang_opendata.tableschema.dialect import CHUNK, Dialect, Row, TableUnreadable
from khelang_opendata.tableschema.findings import Finding
from khelang_opendata.tableschema.keys import Key, KeySets, Reference
from khelang_opendata.tableschema.records import BLOCK, BOM, Block, Positions, RecordsUnclear, blocks
from khelang_opendata.tableschema.stdlib import check_rows, keys_of, references_of

_PART = 1 << 24
"""Bytes that polars reads together."""

_MOST_WORK = 1_000_000
"""Columns times what is sought in them: polars looks through all columns to find one."""


def check_table(source: TableSource, key_sets: KeySets) -> Iterator[Finding]:
    """The findings of a table, row by row, as the standard engine has them.

    The suspect rows are found at once; the findings are made as they are asked for. ``key_sets`` gives the values
    that references may have, and takes what other tables refer to in this one.

    Raises:
        RecordsUnclear: the file, or what it holds, is for the standard engine.
    """
    schema = source.compiled
    table = _LargeTable(source, schema)
    suspects = _suspects(table, key_sets)
    return _findings(table, suspects, key_sets)


def _findings(table: _LargeTable, suspects: Positions, key_sets: KeySets) -> Iterator[Finding]:
    if not len(suspects):
        return
    checks: list[Key | Reference] = [*keys_of(table.schema), *references_of(table.schema, table.source.name, key_sets)]
    for start in range(0, len(suspects), CHUNK):
        chosen = suspects[start : start + CHUNK]
        numbers = (chosen + table.source.first_row).tolist()
        yield from check_rows(table.schema, table.rows(chosen), numbers, checks, brief=table.source.brief)


class _LargeTable:
    """A table as polars reads it, part by part; all cells are texts, the columns are named by their positions."""

    def __init__(self, source: TableSource, schema: CompiledSchema) -> None:
        self.source = source
        self.schema = schema
        self._dialect = Dialect.of(source.dialect)
        if self._dialect.odd_property not in (None, "header", "nullSequence"):
            raise RecordsUnclear("dialect")
        self._read: list[Block] = []

    def parts(self) -> Iterator[tuple[Block, pl.DataFrame]]:
        """The rows below the heading, some 100,000 at a time.

        Raises:
            RecordsUnclear: what the file holds is not certain.
        """
        count = 0
        for block in _joined(blocks(self.source.data, self._dialect), skip=int(self._dialect.header)):
            if not self._read:
                self._check_heading(int(block.starts[0]))
            self._read.append(block)
            count += len(block.starts)
            yield block, self._frame(block)
        if not self._read:
            self._check_heading(len(self.source.data))
        if self.source.rows is not None and len(self.source.rows) != count:
            raise RecordsUnclear("other rows")

    def _check_heading(self, end: int) -> None:
        try:
            self.source.data[:end].decode()
        except UnicodeDecodeError:
            raise RecordsUnclear("heading not UTF-8") from None

    def rows(self, positions: Positions) -> list[Row]:
        """The records of some rows, which must have been read."""
        if self.source.rows is not None:
            return [self.source.rows[position] for position in positions]
        if len(self._read) > 1:
            self._read = [_join(self._read)]
        return self._records(self._read[0].starts[positions], self._read[0].ends[positions])

    def _records(self, starts: Positions, ends: Positions) -> list[Row]:
        data = self.source.data
        records = (data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
        return list(chain.from_iterable(self._dialect.chunks(self.source.name, BOM + b"".join(records))))

    def _frame(self, block: Block) -> pl.DataFrame:
        names = [str(position) for position in range(len(self.schema.columns))]
        try:
            text = self._rectangle(block)
            if text.startswith(BOM):  # which polars would leave out
                raise RecordsUnclear("byte order mark inside")
            frame = pl.read_csv(
                text,
                has_header=False,
                schema=dict.fromkeys(names, pl.String),
                separator=self._dialect.delimiter,
                glob=False,
            )
        except (pl.exceptions.PolarsError, TableUnreadable):
            raise RecordsUnclear("not UTF-8, or no CSV to polars") from None
        if frame.height != len(block.starts):
            raise RecordsUnclear("other records to polars")
        return frame.select(pl.all().fill_null(""))

    def _rectangle(self, block: Block) -> bytes:
        """The records of a block, each with as many cells as there are columns."""
        start, end, width = int(block.starts[0]), int(block.ends[-1]), len(self.schema.columns)
        odd = np.flatnonzero(block.widths != width)
        if not len(odd):
            return self.source.data[start:end]
        if block.widths.min() < width and any("" not in column.missing for column in self.schema.columns):
            raise RecordsUnclear("short rows where an empty cell is a value")
        if np.maximum(width - block.widths[odd], 0).sum() > end - start:
            raise RecordsUnclear("more cells missing than there are bytes")
        pieces = []
        starts, ends = block.starts[odd], block.ends[odd]
        for row, odd_start, odd_end in zip(self._records(starts, ends), starts.tolist(), ends.tolist(), strict=True):
            pieces += [self.source.data[start:odd_start], self._record([*row[:width], *[""] * (width - len(row))])]
            start = odd_end
        return b"".join([*pieces, self.source.data[start:end]])

    def _record(self, row: Row) -> bytes:
        cells = ('"' + cell.replace('"', '""') + '"' for cell in row)
        return (self._dialect.delimiter.join(cells) + "\n").encode()


def _joined(given: Iterator[Block], *, skip: int) -> Iterator[Block]:
    """Blocks of some size each, less the first records."""
    waiting: list[Block] = []
    for block in given:
        rest = Block(block.starts[skip:], block.ends[skip:], block.widths[skip:])
        skip -= len(block.starts) - len(rest.starts)
        waiting += [rest] if len(rest.starts) else []
        if waiting and waiting[-1].ends[-1] - waiting[0].starts[0] >= _PART:
            yield _join(waiting)
            waiting = []
    if waiting:
        yield _join(waiting)


def _join(given: Sequence[Block]) -> Block:
    starts, ends, widths = ([getattr(b, name) for b in given] for name in ("starts", "ends", "widths"))
    return Block(np.concatenate(starts), np.concatenate(ends), np.concatenate(widths))


def _suspects(table: _LargeTable, key_sets: KeySets) -> Positions:
    """The positions of all rows that may have a finding, and of others."""
    schema, name, fields = table.schema, table.source.name, table.source.schema["fields"]
    wanted = [key for key in key_sets.wanted(name) if {*key} <= schema.positions.keys()]
    offered = {key: LargeKeys(schema, key, fields) for key in wanted}
    keys = keys_of(schema)
    if len(schema.columns) * (len(keys) + len(wanted) + len(schema.foreign_keys)) > _MOST_WORK:
        raise RecordsUnclear("many columns and keys")
    detectors: list[Detector] = [
        Cells(schema, fields),
        Blanks(schema),
        *offered.values(),
        *(Doubles(schema, key.fields, fields) for key in keys),
    ]
    for key in schema.foreign_keys:
        is_own = (key.resource or name) == name
        targets = offered[key.target] if is_own else _targets(key, key_sets)
        if isinstance(targets, LargeKeys):
            detectors.append(LateReferences(schema, key, fields, targets))
        else:
            detectors.append(References(schema, key, fields, targets))
    found = [np.zeros(0, np.int64)]
    first = 0
    for block, frame in table.parts():
        found.append(np.flatnonzero(block.widths != len(schema.columns)) + first)
        found += [detector.see(frame) + first for detector in detectors]
        first += frame.height
    found += [detector.finish() for detector in detectors]
    key_sets.known.update({(name, key): keys_offered for key, keys_offered in offered.items()})
    return np.unique(np.concatenate(found))


def _targets(key: ForeignKey, key_sets: KeySets) -> Container[Any]:
    """The values that references may have; a large table that is not checked yet is read for them."""
    target = key_sets.sources.get(key.resource)
    is_known = key.resource in key_sets.unclear or (key.resource, key.target) in key_sets.known
    if target is not None and not is_known and len(target.data) > BLOCK:
        schema = compile_types(target.schema)
        keys = LargeKeys(schema, key.target, target.schema["fields"])
        with suppress(RecordsUnclear):
            for _, frame in _LargeTable(target, schema).parts():
                keys.see(frame)
            return keys
    return key_sets.of(key.resource, key.target)
