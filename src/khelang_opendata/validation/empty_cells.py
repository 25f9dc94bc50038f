"""Empty cells in columns that every row needs: texts that merged cells lost, and cells that were never filled in.

Only the first row of merged cells keeps their text in a CSV file, so the rows of a column are looked at together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from khelang_opendata.model.places import from_the_end
from khelang_opendata.model.report import Issue
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.ids import VALUE_MISSING, Examples

_SHARED_TEXTS = frozenset({"basis_th", "group_th", "record_id", "source_section"})
"""Columns of free text in which neighbouring rows often have the same; each row has its own in the others."""


class EmptyCells:
    """The empty cells of the columns of one table that every row needs."""

    def __init__(self, table: HeadedTable, examples: Examples) -> None:
        self.table = table
        self._examples = examples
        schema = table.schema
        of_references = {name for key in schema.foreign_keys for name in key["fields"]}
        own = {*schema.primary_key} if len(schema.primary_key) == 1 else set()
        self._ids = {*of_references, *schema.primary_key} - own
        self._own_id = own
        self._rows: dict[str, list[int]] = {}

    def takes(self, name: str, row: int) -> bool:
        """Keep an empty cell; False where its column is none in which rows share texts."""
        if self.table.schema.is_foreign or name in self._own_id:
            return False
        self._rows.setdefault(name, []).append(row)
        return True

    @property
    def lack_ids(self) -> bool:
        """Whether rows lack an id that others share."""
        return not self._ids.isdisjoint(self._rows)

    def issues(self) -> Iterator[Issue]:
        """One issue for each column of merged cells, else one for each row."""
        if not self._rows:
            return
        filled = {name: self._filled(name, rows) for name, rows in self._rows.items()}
        have_own_keys = self._have_own_keys({name: texts for name, texts in filled.items() if name in self._ids})
        for name, rows in self._rows.items():
            are_merged = have_own_keys if name in self._ids else self._shares_texts(name)
            if are_merged and all(filled[name].values()):
                spans, first = from_the_end(map(self.table.table.number, rows)), rows[0]
                place, corrected = self.table.place(first, name, ""), filled[name][first]
                yield VALUE_MISSING.issue(place, variant="merged", rows=spans, corrected=corrected)
            else:
                for row in rows:
                    yield VALUE_MISSING.issue(self.table.place(row, name, ""), example=self._examples.of(name, row))

    def _filled(self, name: str, rows: Sequence[int]) -> Mapping[int, str]:
        """The text of the nearest row above that has one, for each row."""
        empty, last = {*rows}, ""
        filled: dict[int, str] = {}
        for row, cell in enumerate(self.table.cells(name), 2):
            if row in empty:
                filled[row] = last
            else:
                last = cell
        return filled

    def _have_own_keys(self, filled: Mapping[str, Mapping[int, str]]) -> bool:
        """Whether every row has a key of its own once the ids are filled in."""
        columns = [
            [filled.get(name, {}).get(row) or cell for row, cell in enumerate(self.table.cells(name), 2)]
            for name in self.table.schema.primary_key
        ]
        keys = [*zip(*columns, strict=True)]
        return len({*keys}) == len(keys)

    def _shares_texts(self, name: str) -> bool:
        """Whether a column that is no part of a key has gaps where its rows shared a text.

        Merged cells leave few neighbours that are alike, where cells that were left out are among such.
        """
        cells = self.table.cells(name)
        alike = sum(before == cell != "" for before, cell in pairwise(cells))
        gaps = sum(bool(before) and not cell for before, cell in pairwise(cells))
        if len(self._rows[name]) == 1 or alike > (gaps if gaps > 1 else 0):
            return False
        is_shared = not self.table.schema.field_by_name[name].holds_texts
        return is_shared or (name in _SHARED_TEXTS and gaps > 1)
