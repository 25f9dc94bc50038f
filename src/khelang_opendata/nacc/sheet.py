"""A table as a page and a spreadsheet show it: cells, footnotes, and what is left to do."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.joins import Record
from khelang_opendata.formats.weighted_errata import WEIGHTS, errata_of_records
from khelang_opendata.model.thai import baht
from khelang_opendata.model.wording import Language, Params
from khelang_opendata.nacc import notice
from khelang_opendata.package.edition import Edition

_FIGURES = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class ToDo:
    """A task of the official before a page is published: an entry ``evidence_todo_…`` of the catalogue."""

    name: str
    params: Params

    def text(self, language: Language) -> str:
        """What it says."""
        return notice(f"evidence_todo_{self.name}", language, **self.params)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    ``lines`` is its text; ``details`` explain it, and are shown below it on a page, and in the notes of a spreadsheet.
    ``figure`` is the bare number of an amount of money, for a spreadsheet. ``marks`` are numbers of footnotes.
    """

    lines: tuple[str, ...]
    details: tuple[str, ...] = ()
    figure: str = ""
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading, with what they come to; without heading where a table has no groups."""

    rows: tuple[tuple[Cell, ...], ...]
    heading: str = ""
    sum: Cell | None = None


@dataclass(frozen=True)
class Sheet:
    """A table: the names of its columns (``evidence_column_…``), its rows, its last row, its footnotes."""

    columns: tuple[str, ...]
    groups: tuple[Group, ...]
    total: tuple[Cell, ...] = ()
    footnotes: tuple[str, ...] = ()
    todo: tuple[ToDo, ...] = ()

    @property
    def total_span(self) -> int:
        """How many columns the first cell of the last row takes, so that the others are below their own columns."""
        return self.columns.index("budget")

    @property
    def size(self) -> int:
        """How many rows it has."""
        return sum(len(group.rows) for group in self.groups)


@dataclass
class Footnotes:
    """The errata about a table's amounts, each once."""

    edition: Edition
    found: dict[str, tuple[int, Record]] = field(default_factory=dict)
    """The errata that cells refer to, by their ids, each with its place in the order of appearance."""

    def marked(self, cell: Cell, resource: str, record: str, fields: Container[str], year: int) -> Cell:
        """The cell with a mark for each erratum about it: for now its place in the order of appearance."""
        concerned = [erratum for erratum in self._errata.get(record, ()) if erratum["resource"] == resource]
        about = [
            e for e in concerned if (not e["field"] or e["field"] in fields) and e["fiscal_year_be"] in ("", str(year))
        ]
        marks = [self._mark(erratum) for erratum in about]
        return replace(cell, marks=(*cell.marks, *(mark for mark in dict.fromkeys(marks) if mark not in cell.marks)))

    def sheet(
        self,
        columns: tuple[str, ...],
        groups: Sequence[Group],
        total: Sequence[Cell] = (),
        todo: tuple[ToDo, ...] = (),
    ) -> Sheet:
        """The table with its footnotes: the weightiest first, and numbered so."""
        order = sorted(self.found.values(), key=lambda found: WEIGHTS.index(found[1]["weight"]))
        numbers = {mark: number for number, (mark, _) in enumerate(order, 1)}

        def numbered(cell: Cell) -> Cell:
            return replace(cell, marks=tuple(sorted(numbers[mark] for mark in cell.marks)))

        renumbered = tuple(
            replace(
                group,
                rows=tuple(tuple(map(numbered, row)) for row in group.rows),
                sum=group.sum and numbered(group.sum),
            )
            for group in groups
        )
        texts = tuple(self._text(erratum) for _, erratum in order)
        return Sheet(columns, renumbered, tuple(map(numbered, total)), texts, todo)

    @cached_property
    def _errata(self) -> Mapping[str, Sequence[Record]]:
        return errata_of_records(self.edition.records)

    def _mark(self, erratum: Record) -> int:
        return self.found.setdefault(erratum["erratum_id"], (len(self.found) + 1, erratum))[0]

    def _text(self, erratum: Record) -> str:
        printed = self._value(erratum["printed_value"])
        values = [say("printed", value=printed) if printed else say("blank")]
        for name in ("other", "adopted"):
            if value := self._value(erratum[f"{name}_value"]):
                values.append(say(name, value=value))
        if erratum["reading_th"]:
            values.append(say("reading", value=erratum["reading_th"]))
        return say(
            "erratum",
            weight=title_of(self.edition, "errata", "weight", erratum["weight"]),
            where=erratum["where_printed_th"],
            values=" ".join(values),
            basis=erratum["basis_th"],
        )

    def _value(self, text: str) -> str:
        """A value of an erratum as people write it: bare numbers are amounts, and a status has a title."""
        codes = self.edition.family.tables["budgets"].field_by_name["budget_status"].meanings
        if text in codes:
            return codes[text].title_th
        parts = text.split(" / ")
        return " / ".join(map(money, parts)) if all(map(_FIGURES.fullmatch, parts)) else text


def say(name: str, /, **params: str | int) -> str:
    """A notice of the catalogue in Thai."""
    return notice(f"evidence_{name}", Language.TH, **params)


def text(*lines: str) -> Cell:
    """A cell of text."""
    return Cell(lines)


def money(amount: str | Decimal) -> str:
    """An amount as Thai pages print it: 300,000 บาท."""
    return say("baht", amount=baht(Decimal(amount)))


def amount(value: str | Decimal) -> Cell:
    """A cell with an amount of money."""
    return Cell((money(value),), figure=baht(Decimal(value)).replace(",", ""))


def listed(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts numbered as a list."""
    return tuple(f"{number}. {line}" for number, line in enumerate(texts, 1))


def title_of(edition: Edition, table: str, column: str, code: str) -> str:
    """The Thai title of a code; the code itself if an open codelist lacks it."""
    codes = edition.family.tables[table].field_by_name[column].meanings
    return codes[code].title_th if code in codes else code
