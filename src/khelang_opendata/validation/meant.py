"""Which missing columns the unknown headings of a table are probably meant to be: by name, by title, by content.

A column that is reported as unknown may be deleted with all its cells, so a likely name is looked for in every way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches

from khelang_opendata.model.look_alikes import as_meant
from khelang_opendata.package.datapackage import Table
from khelang_opendata.standard.tables import OWN_COLUMN, Field, TableSchema
from khelang_opendata.validation.layout import LONGEST_LABEL, fits, plain, without_brackets

_MOST_COLUMNS = 60
"""Unknown columns whose titles and content are compared; more are no slip in a heading."""

_ROWS_READ = 500
_SHORTEST_WORD = 4
_LIKE_NAME, _LIKE_TITLE = 0.8, 0.75
_MOSTLY = 0.9

_Test = Callable[[int, Field], bool]


def meant_columns(table: Table, missing: Sequence[Field], schema: TableSchema) -> Mapping[int, str]:
    """The names of the missing columns that headings are meant to be, by position.

    Args:
        table: the table.
        missing: the columns of the schema that its heading lacks.
        schema: the schema.
    """
    return _Guess(table, missing, schema).made()


class _Guess:
    """The pairs found so far: each way of comparison takes only pairs that it finds no other partner for."""

    def __init__(self, table: Table, missing: Sequence[Field], schema: TableSchema) -> None:
        self.table = table
        self.missing = {field.name: field for field in missing}
        self.found: dict[int, str] = {}
        places: dict[str, list[int]] = {}
        for position, label in enumerate(table.header):
            places.setdefault(label, []).append(position)
        self.labels: dict[int, str] = {}
        for label, positions in places.items():
            known = schema.field_by_name.get(label)
            if known is None and not OWN_COLUMN.fullmatch(label):
                self.labels.update(dict.fromkeys(positions, label.strip()[:LONGEST_LABEL]))
            elif known is not None and len(positions) > 1:
                kept = next((p for p in positions if _are_of(self._cells(p), known)), positions[0])
                self.found[kept] = label
                self.labels.update(dict.fromkeys((p for p in positions if p != kept), ""))
        self.is_foreign = schema.is_foreign

    def made(self) -> Mapping[int, str]:
        """All pairs."""
        self._take_names()
        if len(self.labels) <= _MOST_COLUMNS:
            self._take(self._has_title)
            self._take(self._has_title_but_for_brackets)
            self._take(self._is_like_title)
            if not self.is_foreign:
                self._take(self._has_content_of_this_alone)
                self._take_last_pair()
        return self.found

    def _take_names(self) -> None:
        """Headings that are names but for capitals, spaces, letters that look alike, or a slip."""
        by_plain = {plain(name): name for name in self.missing}
        for position, label in [*self.labels.items()]:
            if name := by_plain.get(plain(label)) or by_plain.get(plain(as_meant(label))):
                self._pair(position, name)
        for position, label in [*self.labels.items()]:
            names = [*self.missing]
            if label and (near := get_close_matches(label.lower(), names, n=1, cutoff=_LIKE_NAME)):
                self._pair(position, near[0])

    def _take(self, test: _Test) -> None:
        """Pairs of a heading and a column that pass a test with each other and with none else."""
        pairs = [(p, field.name) for p in self.labels for field in self.missing.values() if test(p, field)]
        for position, name in pairs:
            alike = [pair for pair in pairs if position == pair[0] or name == pair[1]]
            if len(alike) == 1:
                self._pair(position, name)

    def _take_last_pair(self) -> None:
        """One unknown and one missing column are one, unless the cells are of another kind."""
        if len(self.labels) == len(self.missing) == 1:
            (position,), (field,) = self.labels, self.missing.values()
            cells = self._cells(position)
            is_needed = bool(field.descriptor.get("constraints", {}).get("required"))
            if (cells or self.labels[position] or not is_needed) and _are_of(cells, field):
                self._pair(position, field.name)

    def _pair(self, position: int, name: str) -> None:
        if name in self.missing and position in self.labels:
            self.found[position] = name
            del self.missing[name], self.labels[position]

    def _has_title(self, position: int, field: Field) -> bool:
        return plain(self.labels[position]) in (plain(field.title), plain(field.title_en))

    def _has_title_but_for_brackets(self, position: int, field: Field) -> bool:
        label = plain(without_brackets(self.labels[position]))
        return label in (plain(without_brackets(title)) for title in (field.title, field.title_en)) and bool(label)

    def _is_like_title(self, position: int, field: Field) -> bool:
        label = plain(without_brackets(self.labels[position]))
        if len(label) < _SHORTEST_WORD:
            return False
        titles = [plain(title) for title in dict.fromkeys((field.title, field.title_en, field.name))]
        return any(_holds(label, title) for title in titles) or bool(
            get_close_matches(label, titles, n=1, cutoff=_LIKE_TITLE)
        )

    def _has_content_of_this_alone(self, position: int, field: Field) -> bool:
        cells = self._cells(position)
        return bool(cells) and _is_telling(field) and _are_of(cells, field)

    def _cells(self, position: int) -> Sequence[str]:
        column = {row[position].strip() for row in self.table.rows[:_ROWS_READ] if position < len(row)}
        return [*(column - {""})]


def _holds(label: str, title: str) -> bool:
    """Whether one of two texts is a part of the other that says enough."""
    return label in title or (len(title) >= _SHORTEST_WORD and title in label)


def _is_telling(field: Field) -> bool:
    """Whether the cells of a column differ from any text."""
    constraints = field.descriptor.get("constraints", {})
    return field.descriptor["type"] != "string" or "pattern" in constraints or "enum" in constraints


def _are_of(cells: Sequence[str], field: Field) -> bool:
    """Whether most cells are what a column can hold, thousands separators aside."""
    is_number = field.descriptor["type"] in ("integer", "number")
    texts = [re.sub(r"(?<=\d),(?=\d{3})", "", cell) if is_number else cell for cell in cells]
    return sum(fits(field, text) for text in texts) >= _MOSTLY * len(texts)
