"""Detectors of the suspect rows of a large table: by cells, keys and references, each in one pass (polars)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from khelang_opendata.tableschema.accept import accepted, is_missing
from khelang_opendata.tableschema.columns import Column, JsonObject
from khelang_opendata.tableschema.compiled import CompiledSchema, Fields, ForeignKey
from khelang_opendata.tableschema.keys import nothing_in
from khelang_opendata.tableschema.records import Positions

_SAMPLE = 4096
_FEW = 512
"""A column with fewer texts than these in a sample has few altogether, as codes and years."""

_READ_ALIKE = ("integer", "year", "date")
"""Types besides texts of which equal texts are equal values, where neither field says how to read it."""

_LARGEST = 1 << 63

_NONE = np.zeros(0, np.int64)


class Detector(ABC):
    """Sees the parts of a table in turn and gives the positions of suspect rows in each part, and in the whole."""

    @abstractmethod
    def see(self, frame: pl.DataFrame) -> Positions:
        """The suspect rows that the part alone shows; positions in the part."""

    def finish(self) -> Positions:
        """The suspect rows that only the whole table shows; positions in the table."""
        return _NONE


class Cells(Detector):
    """Texts that are not known to be good."""

    def __init__(self, schema: CompiledSchema, fields: Sequence[JsonObject]) -> None:
        self._columns = {str(position): column for position, column in enumerate(schema.columns)}
        self._accepted = {
            name: good
            for (name, column), field in zip(self._columns.items(), fields, strict=True)
            if (good := accepted(name, _with_key(field, column), column.missing)) is not None
        }
        self._costly = [
            name
            for name, field in zip(self._columns, fields, strict=True)
            if name in self._accepted and "pattern" in (field.get("constraints") or {})
        ]

    def see(self, frame: pl.DataFrame) -> Positions:
        asked = self._accepted.keys() - _few(frame.select(self._costly))
        texts = [pl.col(n).filter(~self._accepted[n]) if n in asked else pl.col(n) for n in self._columns]
        unknown = frame.select(text.unique().implode() for text in texts)
        wrong = {name: column.wrong(unknown[name][0].to_list()) for name, column in self._columns.items()}
        return _where(frame, {name: [str(text) for text in found] for name, found in wrong.items() if found})


def _with_key(field: JsonObject, column: Column) -> JsonObject:
    """A field that must have a value where it is part of the primary key."""
    return {**field, "constraints": {**field.get("constraints", {}), "required": column.is_required}}


class Blanks(Detector):
    """Rows that have all their cells, and nothing in them."""

    def __init__(self, schema: CompiledSchema) -> None:
        self._missing = [is_missing(str(i), column.missing) for i, column in enumerate(schema.columns)]

    def see(self, frame: pl.DataFrame) -> Positions:
        if not frame.select(self._missing[0].any()).item():
            return _NONE
        return _positions(frame.select(pl.all_horizontal(self._missing)).to_series())


class Doubles(Detector):
    """Rows that may have the key of another, and rows without any where there must be one."""

    def __init__(self, schema: CompiledSchema, fields: Fields, descriptors: Sequence[JsonObject]) -> None:
        positions = [schema.positions[name] for name in fields]
        self._columns = [(str(i), schema.columns[i], descriptors[i]) for i in positions]
        self._required = fields == schema.primary_key
        self._hashes: list[pl.Series] = []

    def see(self, frame: pl.DataFrame) -> Positions:
        coded = pl.DataFrame([_codes(frame, *column) for column in self._columns])
        hashes = coded.hash_rows() if coded.width > 1 else coded.to_series().hash()
        nothing = coded.select(pl.all_horizontal(pl.all().is_null())).to_series()
        has_nothing = nothing.any()
        self._hashes.append(pl.select(pl.when(~nothing).then(hashes)).to_series() if has_nothing else hashes)
        return _positions(nothing) if has_nothing and self._required else _NONE

    def finish(self) -> Positions:
        hashes = pl.concat(self._hashes) if self._hashes else pl.Series(dtype=pl.UInt64)
        if hashes.n_unique() == len(hashes):
            return _NONE
        return _positions(hashes.is_duplicated() & hashes.is_not_null())


class LargeKeys(Detector, Container[Any]):
    """The values of some fields of a large table, but for rows that have none: texts until Python asks for one."""

    def __init__(self, schema: CompiledSchema, fields: Fields, descriptors: Sequence[JsonObject]) -> None:
        positions = [schema.positions[name] for name in fields]
        self.columns = [schema.columns[position] for position in positions]
        self.descriptors = [descriptors[position] for position in positions]
        self._names = [str(position) for position in positions]
        self._seen: list[pl.DataFrame] = []

    def see(self, frame: pl.DataFrame) -> Positions:
        texts = frame.select(pl.col(name).alias(str(i)) for i, name in enumerate(self._names))
        self._seen.append(texts)
        return _NONE

    @cached_property
    def texts(self) -> pl.DataFrame:
        """The texts of the fields, named by their positions in the key."""
        names = [str(i) for i in range(len(self.columns))]
        return pl.concat(self._seen) if self._seen else pl.DataFrame(schema=dict.fromkeys(names, pl.String))

    @cached_property
    def _values(self) -> set[Any]:
        return set(_values(self.columns, self.texts)) - {nothing_in(self.columns)}

    def __contains__(self, value: object) -> bool:
        return value in self._values


class References(Detector):
    """References that are not known to have their target."""

    def __init__(
        self, schema: CompiledSchema, key: ForeignKey, descriptors: Sequence[JsonObject], targets: Container[Any]
    ) -> None:
        positions = [schema.positions[name] for name in key.fields]
        self._columns = [schema.columns[position] for position in positions]
        self._names = [str(position) for position in positions]
        self._targets = targets
        self._descriptors = [descriptors[position] for position in positions]

    def see(self, frame: pl.DataFrame) -> Positions:
        texts = frame.select(pl.col(name).alias(str(i)) for i, name in enumerate(self._names))
        unknown = texts.unique() if len(_few(texts)) == len(self._names) else self._unknown(texts).unique()
        nothing = nothing_in(self._columns)
        values = _values(self._columns, unknown)
        broken = unknown.filter(pl.Series([v != nothing and v not in self._targets for v in values], dtype=pl.Boolean))
        return _matching(texts, broken)

    def _unknown(self, texts: pl.DataFrame) -> pl.DataFrame:
        """The texts that are not those of a target."""
        if self._known is None:
            return texts
        if len(self._names) == 1:
            return texts.filter(~pl.col("0").is_in(self._known["0"].implode()))
        return texts.join(self._known, on=texts.columns, how="anti")

    @cached_property
    def _known(self) -> pl.DataFrame | None:
        """The targets as texts, where a text here that is one of them certainly has its value."""
        targets = self._targets
        if not isinstance(targets, LargeKeys) or not all(map(_alike, self._descriptors, targets.descriptors)):
            return None
        missing = [a.missing | b.missing for a, b in zip(self._columns, targets.columns, strict=True)]
        there = [~is_missing(str(i), texts) for i, texts in enumerate(missing) if texts]
        return targets.texts.filter(there) if there else targets.texts


class LateReferences(References):
    """References checked after all rows were seen: to the same table, or to many targets, looked up once."""

    def __init__(
        self, schema: CompiledSchema, key: ForeignKey, descriptors: Sequence[JsonObject], targets: LargeKeys
    ) -> None:
        super().__init__(schema, key, descriptors, targets)
        self._seen: list[pl.DataFrame] = []

    def see(self, frame: pl.DataFrame) -> Positions:
        self._seen.append(frame.select(self._names))
        return _NONE

    def finish(self) -> Positions:
        return super().see(pl.concat(self._seen)) if self._seen else _NONE


def _few(frame: pl.DataFrame) -> list[str]:
    """The columns that seem to have few texts."""
    if not frame.width:
        return []
    sample = frame.gather_every(max(1, frame.height // _SAMPLE)).select(pl.all().n_unique())
    return [name for name in sample.columns if sample[name][0] <= _FEW]


def _alike(one: JsonObject, other: JsonObject) -> bool:
    types = {one.get("type", "any"), other.get("type", "any")}
    return (types <= {"string", "any"} and not {"format"} & {*one, *other}) or (
        len(types) == 1 and types <= {*_READ_ALIKE} and not {"bareNumber", "groupChar", "format"} & {*one, *other}
    )


def _where(frame: pl.DataFrame, wrong: dict[str, list[str]]) -> Positions:
    masks = [frame[name].is_in(texts) for name, texts in wrong.items()]
    return np.unique(np.concatenate([_NONE, *map(_positions, masks)]))


def _matching(texts: pl.DataFrame, some: pl.DataFrame) -> Positions:
    if not some.height:
        return _NONE
    if some.width == 1:
        return _positions(texts["0"].is_in(some["0"].implode()))
    rows = texts.with_row_index("row").join(some, on=some.columns, how="semi")["row"]
    return rows.cast(pl.Int64).to_numpy()


def _positions(mask: pl.Series) -> Positions:
    return np.flatnonzero(mask.to_numpy())


def _values(columns: Sequence[Column], texts: pl.DataFrame) -> Sequence[Any]:
    read = [column.values(texts[str(i)].to_list()) for i, column in enumerate(columns)]
    return read[0] if len(read) == 1 else list(zip(*read, strict=True))


def _codes(frame: pl.DataFrame, name: str, column: Column, field: JsonObject) -> pl.Series:
    """Codes that are equal where the column's values are equal, and null for an empty cell: the text, or a number."""
    there = ~is_missing(name, column.missing) if column.missing else pl.lit(value=True)
    if column.is_text:
        return frame.select(pl.when(there).then(pl.col(name)).alias(name)).to_series()
    if field["type"] != "integer" or {"bareNumber", "groupChar"} & field.keys():
        return _codes_by_text(frame[name], column)
    number = pl.col(name).cast(pl.Int64, strict=False)
    numbers = frame.select(pl.when(there).then(number).alias(name)).to_series()
    is_odd = frame.select(there & number.is_null()).to_series()
    odd = _codes_by_text(frame[name].filter(is_odd), column)
    return numbers.scatter(is_odd.arg_true(), odd) if len(odd) else numbers


def _codes_by_text(texts: pl.Series, column: Column) -> pl.Series:
    different = texts.unique()
    known = [_code(value) for value in column.values(different.to_list())]
    return texts.replace_strict(different, pl.Series(known, dtype=pl.Int64), return_dtype=pl.Int64)


def _code(value: Any) -> int | None:
    """A number that equal values have; a whole number itself, where it can be."""
    if value is None or (isinstance(value, int) and -_LARGEST <= value < _LARGEST):
        return value if value is None else int(value)
    return hash(value)
