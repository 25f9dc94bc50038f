"""How a table lies in its sheet: which row is the heading, and which rows and columns hold no data.

People and spreadsheets put titles, second headings, blank rows and totals around a table. They are left out before
anything is judged, so that one cause gives one issue, and the rows keep the numbers that a spreadsheet shows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import NamedTuple

from khelang_opendata.model.look_alikes import as_meant
from khelang_opendata.model.places import from_the_end
from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Table
from khelang_opendata.standard.tables import LABEL_COLUMNS, Field, TableSchema
from khelang_opendata.tableschema.columns import Column
from khelang_opendata.tableschema.dialect import Row
from khelang_opendata.tableschema.official_profile import SchemaInvalid

ROW_BLANK = Rule("row_blank", Severity.ERROR, __file__)
ROW_NOT_DATA = Rule("row_not_data", Severity.ERROR, __file__)

_SEARCHED = 10
"""Rows that are all compared with the heading; below them only a row that begins with a column's name is."""

_GROUPED_NUMBER = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+\.\d+"
_COUNTED = r"(?:\s*[\d,.]*\s*(?:โครงการ|กิจกรรม|มาตรการ|รายการ|แถว|บาท|ปี))?"
_PART = r"(?:\s*(?:มิติ|ภารกิจ|ปีงบประมาณ|ปี|ด้าน|แผนงาน|ส่วน)(?:ที่)?\s*(?:พ\.ศ\.)?\s*[\d.]+)?"
_TOTALS = (
    r"(?i)(?:ยอด|ผล|จำนวน|งบประมาณ)?รวม(?:ทั้งสิ้น|ทั้งหมด|ทั้งปี|ทุกปี|เงิน|ยอด|เป็นเงิน|จำนวนเงิน|งบประมาณ)*"
    rf"{_PART}{_COUNTED}\s*[:=]?|(?:grand |sub-?|sub )?totals?(?: amount)?(?:\s*[\d.]+)?\s*[:=]?|sum\s*[:=]?"
)
_DASH = r"[-\u2010-\u2015\u2212]+"


_FIRST_CELLS = 3
"""Cells of a row that are compared with the heading first; few rows need more."""

_NAMES = (*LABEL_COLUMNS, "name")
"""Second parts of the headings of names beside ids, in the sheets of a released workbook."""

_LAST_ROWS = 3
"""Rows in which sums without a word are looked for."""

LONGEST_LABEL = 200
"""Characters of a cell that may be a heading; a title is shorter, and to compare a longer one takes time."""

_BLOCK = 16
"""Rows that Excel makes equally long in a text file.

Source: Microsoft Knowledge Base, article 77295.
"""

_TITLE = "title_th"
"""The column of tables in which no two rows are alike but for their ids and numbers."""

_ANY_TEXT = "ข้อความ text"
"""A text that only a column of any text can hold."""

_END_OF_FILE = "\x1a"
"""What old programs write behind the last line (Ctrl+Z)."""

_ODD = ("tot", "sum", "sub", "gra")
"""How English words of totals begin."""


class Extra(StrEnum):
    """Why a row holds no data."""

    BLANK = "blank"
    ABOVE = "above"
    HEADING = "heading"
    TOTALS = "totals"
    NOTE = "note"
    COPY = "copy"


class Layout(NamedTuple):
    """A table as it is meant, and what of the sheet was left out.

    Attributes:
        name: the table's name.
        table: the heading and the rows of data, which keep their numbers.
        heading: the number of the heading's row; None where the sheet has none, and the columns are taken to be the
            schema's.
        is_known: whether the rows look like those of the schema at all.
        has_data_above: whether rows of data are above the heading.
        extra: the rows that hold no data, by number; those that a drag of the mouse made are still in the table.
        names: the positions of columns of a released workbook's sheet that have the names beside ids.
        empty: the positions of the empty columns behind the last one with a name.
        has_other_names: whether the heading is none that can be read, above rows that look like the schema's.
    """

    name: str
    table: Table
    heading: int | None = 1
    is_known: bool = True
    has_data_above: bool = False
    extra: Mapping[int, Extra] = MappingProxyType({})
    names: Sequence[int] = ()
    empty: range = range(0)
    has_other_names: bool = False


def laid_out(table: Table, schema: TableSchema, used: Callable[[], Set[str]] = frozenset) -> Layout:
    """Find the heading of a table, and leave out what is no data.

    Args:
        table: the records of its file, the first as the heading.
        schema: what its columns are compared with.
        used: gives the ids of its rows that other tables refer to.
    """
    heads = Heads(schema)
    if beside := _beside_ids(table.header, heads):
        own = [place for place in range(len(table.header)) if place not in beside]
        header = [table.header[place] for place in own]
        rows = [[row[place] for place in own if place < len(row)] + row[len(table.header) :] for row in table.rows]
        rows = _ungrouped(rows, [heads.name(label) for label in header], heads)
        return laid_out(replace(table, header=header, rows=rows), schema, used)._replace(names=beside)
    number = heads.find(table)
    if number is None:
        return _without_heading(table, schema)
    layout = _below(table, number, heads)
    if not layout.has_data_above:
        layout = _without_extra(layout, heads, used)
    return _without_empty_columns(layout, table)


def _beside_ids(header: Row, heads: Heads) -> Sequence[int]:
    """The positions of the columns that the sheets of a released workbook have beside ids: ``project_id.title_th``."""
    parts = [label.partition(".") for label in header]
    return [p for p, (id_, dot, name) in enumerate(parts) if dot and name in _NAMES and id_ in heads.names]


def heading_of(table: Table, schema: TableSchema) -> Row:
    """The heading of a table, which may be below other rows; the first row where none looks like it."""
    number = Heads(schema).find(table) or 1
    return table.header if number == 1 else table.rows[number - 2]


def extra_issue(layout: Layout, source: Table) -> Issue:
    """The one issue about all rows of a table that hold no data: rows deleted one by one move each other.

    Args:
        layout: it has such rows.
        source: the table as the file has it.
    """
    name, rows, kinds = layout.name, from_the_end(layout.extra), {*layout.extra.values()}
    first = min(layout.extra)
    cells = source.header if first == 1 else source.rows[first - 2]
    cell = next(filter(str.strip, cells), "")
    place = Location(name, first, 1 if first == 1 else source.lines[first - 2])
    if kinds == {Extra.BLANK}:
        return ROW_BLANK.issue(place, rows=rows)
    place = place._replace(cell=cell)
    if kinds <= {Extra.ABOVE, Extra.BLANK}:
        if cell.lower().startswith("sep="):
            return ROW_NOT_DATA.issue(place, variant="separator", rows=rows)
        return ROW_NOT_DATA.issue(place, variant="above", rows=rows, heading=layout.heading or 0)
    if len(kinds) > 1:
        return ROW_NOT_DATA.issue(place, variant="several", rows=rows)
    return ROW_NOT_DATA.issue(place, variant=str(*kinds), rows=rows)


def plain(text: str) -> str:
    """A heading or a title as people compare them: without spaces and signs, in small letters."""
    composed = unicodedata.normalize("NFC", text).casefold()
    return "".join(character for character in composed if unicodedata.category(character)[0] in "LMN")


def without_brackets(text: str) -> str:
    """A heading without what is added to it in brackets, such as a unit."""
    return re.sub(r"\([^)]*\)|\[[^]]*\]", "", text)


def fits(field: Field, cell: str) -> bool:
    """Whether a cell is one that a column of the standard can hold; an empty one is, unless it is required."""
    column = _column(field)
    return column is None or not column.faults(cell)


@lru_cache(maxsize=1024)
def _column(field: Field) -> Column | None:
    try:
        return None if field.is_own else Column(field.descriptor, [""])
    except SchemaInvalid:
        return None


class Heads:
    """The names and titles that a schema's headings have."""

    def __init__(self, schema: TableSchema) -> None:
        self.schema = schema
        self.names = schema.field_by_name

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The names of the columns by their titles in both languages."""
        titled = ((field.name, title) for field in self.schema.fields for title in (field.title, field.title_en))
        return {plain(title): name for name, title in titled if title != name}

    def name(self, label: str) -> str | None:
        """The column that a label names, or has the title of."""
        tidy = label.strip()
        if len(tidy) > LONGEST_LABEL:
            return None
        for written in (tidy.lower(), as_meant(tidy).lower()):
            if written in self.names:
                return written
        return self.titles.get(plain(tidy)) or self.titles.get(plain(without_brackets(tidy)))

    def weight(self, row: Row) -> int:
        """How much a row looks like the heading: twice its names, and its titles; 0 where it has too few of both."""
        cells = {cell.strip() for cell in row}
        names = len(cells & self.names.keys())
        found = {*filter(None, map(self.name, cells))}
        return names + len(found) if 2 * len(found) >= len(self.names) else 0

    def find(self, table: Table) -> int | None:
        """The number of the row that is the heading, None where no row is."""
        if self.names.keys() <= {*table.header}:
            return 1
        best, most = None, self.weight(table.header)
        if most or any(label in self.names for label in table.header):
            best = 1
        for number, row in enumerate(table.rows, 2):
            begins = number <= _SEARCHED or (best is None and bool(row) and row[0].strip() in self.names)
            if begins and (weight := self.weight(row)) > most:
                best, most = number, weight
            if number > _SEARCHED and best is not None:
                break
        return best

    def repeats(self, row: Row, names: Sequence[str | None], header: Row) -> bool:
        """Whether a row has the headings again, as names or as titles."""
        filled = [place for place, cell in enumerate(row) if cell.strip() and place < len(header)]

        def is_again(place: int) -> bool:
            return row[place] == header[place] or (names[place] is not None and self.name(row[place]) == names[place])

        if not any(map(is_again, filled[:_FIRST_CELLS])):
            return False
        again = [*filter(is_again, filled)]
        return len(again) > 1 and 2 * len(again) >= len(filled)


def _without_heading(table: Table, schema: TableSchema) -> Layout:
    """A sheet without a heading, or with one in other words: its columns are the schema's where its rows look so."""
    header = [f.name for f in schema.fields]
    if schema.is_foreign or len(table.header) != len(header):
        return Layout(schema.name, table, None, is_known=False)
    if _looks_so(table.header, schema):
        records = [table.header, *table.rows]
        meant = replace(table, header=header, rows=records, numbers=range(1, len(records) + 1))
        return Layout(schema.name, meant, None)
    if table.rows and all(_looks_so(row, schema) for row in table.rows[:_SEARCHED]):
        return Layout(schema.name, replace(table, header=header), has_other_names=True)
    return Layout(schema.name, table, None, is_known=False)


def _looks_so(row: Row, schema: TableSchema) -> bool:
    """Whether the cells of a row are what the columns of a schema hold, in its order."""
    return len(row) == len(schema.fields) and all(map(fits, schema.fields, row))


def _below(table: Table, number: int, heads: Heads) -> Layout:
    """The rows below the heading; with them those above, where they are data and the heading was moved."""
    if number == 1:
        return Layout(heads.schema.name, table)
    records = [table.header, *table.rows]
    header, above = records[number - 1], range(1, number)
    names = [heads.name(label) for label in header]
    has_data_above = any(_is_data(records[n - 1], header, names, heads) for n in above)
    numbers = [*(above if has_data_above else ()), *range(number + 1, len(records) + 1)]
    meant = replace(table, header=header, rows=[records[n - 1] for n in numbers], numbers=numbers)
    extra = {} if has_data_above else {n: Extra.BLANK if _is_blank(records[n - 1]) else Extra.ABOVE for n in above}
    return Layout(heads.schema.name, meant, number, has_data_above=has_data_above, extra=extra)


def _is_data(row: Row, header: Row, names: Sequence[str | None], heads: Heads) -> bool:
    """Whether a row above the heading is one of data, not a title."""
    if heads.repeats(row, names, header):
        return False
    if heads.schema.is_foreign:
        return 2 * len([*filter(str.strip, row)]) > len(header)
    first = heads.schema.fields[0].name
    place = names.index(first) if first in names else None
    has_plan = place is None or (place < len(row) and bool(row[place]) and fits(heads.names[first], row[place]))
    return has_plan and _has_key(row, names, heads)


def _is_blank(row: Row) -> bool:
    return not any(map(str.strip, row)) or row == [_END_OF_FILE]


def _without_extra(layout: Layout, heads: Heads, used: Callable[[], Set[str]]) -> Layout:
    """Leave out the rows below the heading that hold no data."""
    table = layout.table
    names = [heads.name(label) for label in table.header]
    found = {**layout.extra, **dict(_extra_rows(table, names, heads))}
    dragged = {table.number(place + 2): Extra.COPY for place in _dragged(table, names, heads, used)}
    if not found:
        return layout._replace(extra=dragged)
    kept = [place for place in range(len(table.rows)) if table.number(place + 2) not in found]
    if not heads.schema.is_foreign:
        copies = {table.number(place + 2): Extra.COPY for place in _copies(table.rows, kept)}
        found, kept = {**found, **copies}, [place for place in kept if table.number(place + 2) not in copies]
    rows, numbers = [table.rows[place] for place in kept], [table.number(place + 2) for place in kept]
    return layout._replace(table=replace(table, rows=rows, numbers=numbers), extra={**dragged, **found})


def _extra_rows(table: Table, names: Sequence[str | None], heads: Heads) -> Iterator[tuple[int, Extra]]:
    """The rows that hold no data, as far as a look at their ids finds them."""
    schema = heads.schema
    keys = [schema.fields[0].name, *schema.primary_key] if not schema.is_foreign else []
    positions = [names.index(name) for name in dict.fromkeys(keys) if name in names] or [0]
    suspects: set[int] = set()
    for position in positions:
        cells = _column_of(table.rows, position)
        odd = {cell for cell in {*cells} if _is_odd(cell, table.header[position])}
        suspects.update(place for place, cell in enumerate(cells) if cell in odd)
    is_below_note = False
    for place in sorted(suspects):
        if found := _extra(table, place, names, heads, is_below_note):
            is_below_note = is_below_note or found is Extra.NOTE
            yield table.number(place + 2), found


def _column_of(rows: Sequence[Row], position: int) -> list[str]:
    try:
        return [row[position] for row in rows]
    except IndexError:
        return [row[position] if position < len(row) else "" for row in rows]


def _is_odd(cell: str, label: str) -> bool:
    """Whether a cell can hardly be an id; a cheap test, which some ids also fail."""
    is_no_id = not cell.isascii() or not cell.strip() or " " in cell or cell in (label, _END_OF_FILE)
    return is_no_id or cell[:3].lower() in _ODD


def _extra(table: Table, place: int, names: Sequence[str | None], heads: Heads, is_below_note: bool) -> Extra | None:
    """Why a row holds no data; None where it may hold some."""
    row = table.rows[place]
    missing = heads.schema.descriptor.get("missingValues", [""])
    if _is_blank(row) or all(cell in missing for cell in row):
        return Extra.BLANK
    is_second = place == 0 and not heads.schema.is_foreign and _is_heading_in_words(row, names, heads)
    if is_second or heads.repeats(row, names, table.header):
        return Extra.HEADING
    if heads.schema.is_foreign or heads.schema.fields[0].name not in names or _has_key(row, names, heads):
        return None
    return _without_key(table, place, names, heads) or (Extra.NOTE if _is_note(row, is_below_note) else None)


def _is_note(row: Row, is_below_note: bool) -> bool:
    """Whether all cells of a row begin as notes and signatures do, or as what follows on them."""
    from khelang_opendata.model.note_words import NOTE, POSITION  # noqa: PLC0415 (few tables have such rows)

    filled = (cell.strip() for cell in row if cell.strip())
    return all(NOTE.match(cell) or (is_below_note and POSITION.match(cell)) for cell in filled)


def _without_key(table: Table, place: int, names: Sequence[str | None], heads: Heads) -> Extra | None:
    """Whether a row without any id holds totals or a text that its column cannot hold."""
    row = table.rows[place]
    filled = [(p, cell.strip()) for p, cell in enumerate(row) if cell.strip() and not re.fullmatch(_DASH, cell.strip())]
    words = [p for p, cell in filled if len(cell) <= LONGEST_LABEL and re.fullmatch(_TOTALS, cell)]
    numbers = [p for p, cell in filled if _number(cell) is not None]
    others = [p for p, _ in filled if p not in (*words, *numbers) and not _is_first_id(p, row, names, heads)]
    if words and not others:
        return Extra.TOTALS
    if not words and not others and numbers and all(_is_sum(table, place, p) for p in numbers):
        return Extra.TOTALS
    first = filled[0][0] if filled else 0
    is_text = len(filled) == 1 and re.search(r"[^\x00-\x7f]|\s", row[first]) is not None
    named = heads.names.get(names[first] or "") if first < len(names) else None
    return Extra.NOTE if is_text and (named is None or not fits(named, row[first])) else None


def _is_heading_in_words(row: Row, names: Sequence[str | None], heads: Heads) -> bool:
    """Whether a row has texts in columns of ids, codes and numbers, and in none of them what it holds."""
    judged = [(heads.names[name], cell) for name, cell in zip(names, row, strict=False) if name and cell.strip()]
    of_kind = [(field, cell) for field, cell in judged if _column(field) and not fits(field, _ANY_TEXT)]
    return len(of_kind) > 1 and not any(fits(field, cell) or _number(cell) is not None for field, cell in of_kind)


def _has_key(row: Row, names: Sequence[str | None], heads: Heads) -> bool:
    """Whether a part of a row's key is one; the id of the plan, which every row has, does not count alone."""
    key = [name for name in heads.schema.primary_key if name != heads.schema.fields[0].name] or heads.schema.primary_key
    cells = (
        (heads.names[name], row[names.index(name)]) for name in key if name in names and names.index(name) < len(row)
    )
    return any(cell.strip() and fits(field, cell) for field, cell in cells)


def _is_first_id(position: int, row: Row, names: Sequence[str | None], heads: Heads) -> bool:
    first = heads.schema.fields[0]
    return position < len(names) and names[position] == first.name and fits(first, row[position])


def _is_sum(table: Table, place: int, position: int) -> bool:
    """Whether a cell of the last rows is what the cells above it add up to, which are several."""
    if place < len(table.rows) - _LAST_ROWS:
        return False
    above = [_number(row[position]) for row in table.rows[:place] if position < len(row) and row[position].strip()]
    return len(above) > 1 and sum(number or 0 for number in above) == _number(table.rows[place][position])


def _number(cell: str) -> Decimal | None:
    text = cell.replace(",", "").strip().removesuffix("บาท").rstrip()
    return Decimal(text) if re.fullmatch(r"[+-]?\d{1,30}(?:\.\d{1,30})?", text) else None


def _dragged(table: Table, names: Sequence[str | None], heads: Heads, used: Callable[[], Set[str]]) -> Iterator[int]:
    """The places of rows that repeat the one above but for an id and numbers that count up, and that nothing refers to.

    A drag of the mouse over a whole row makes them.
    """
    key = heads.schema.primary_key
    if heads.schema.is_foreign or len(key) != 1 or not {key[0], _TITLE} <= {*names}:
        return
    position, title = names.index(key[0]), names.index(_TITLE)
    texts = _column_of(table.rows, title)
    alike = [place for place in range(1, len(texts)) if texts[place] and texts[place] == texts[place - 1]]
    known = used() if alike else set()
    for place in alike:
        above, row = table.rows[place - 1], table.rows[place]
        if _counts_up(above, row, position) and row[position] not in known:
            yield place


def _counts_up(above: Row, row: Row, position: int) -> bool:
    """Whether a row is another with its id, and at least one number, counted up by one."""
    differing = [p for p, (before, cell) in enumerate(zip(above, row, strict=False)) if before != cell]
    return (
        len(above) == len(row) > position
        and position in differing
        and len(differing) > 1
        and all(is_next(above[p], row[p]) for p in differing)
    )


def is_next(before: str, after: str) -> bool:
    """Whether an id or a number is another with its last number counted up by one."""
    first, second = (re.fullmatch(r"(.*?)(\d{1,18})", text) for text in (before, after))
    if first is None or second is None:
        return False
    return first[1] == second[1] and int(first[2]) + 1 == int(second[2])


def _copies(rows: Sequence[Row], kept: Sequence[int]) -> Iterator[int]:
    """The places of the rows that an earlier one has wholly."""
    known: set[tuple[str, ...]] = set()
    for place in kept:
        cells = tuple(rows[place])
        if cells in known:
            yield place
        known.add(cells)


def _ungrouped(rows: list[Row], names: Sequence[str | None], heads: Heads) -> list[Row]:
    """The rows with their numbers as the tables have them: a workbook shows 12500.5 as 12,500.50."""
    places = [
        p for p, name in enumerate(names) if name and heads.names[name].descriptor.get("type") in ("integer", "number")
    ]
    return [
        [_as_number(cell) if place in places else cell for place, cell in enumerate(row)]
        if any(place < len(row) and not row[place].isdigit() and row[place] for place in places)
        else row
        for row in rows
    ]


def _as_number(cell: str) -> str:
    if not re.fullmatch(_GROUPED_NUMBER, cell):
        return cell
    whole, _, decimals = cell.replace(",", "").partition(".")
    return f"{whole}.{decimals.rstrip('0')}".rstrip(".")


def _without_empty_columns(layout: Layout, source: Table) -> Layout:
    """Leave out the columns behind the last one that has a name or a cell, where the sheet has such."""
    table = layout.table
    longest = max(map(len, table.rows), default=0)
    if table.header and table.header[-1].strip() and longest <= len(table.header):
        return layout
    named, lengths = _length(table.header), [*map(_length, table.rows)]
    width = max(named, max((min(length, len(table.header)) for length in lengths), default=0))
    if not _is_padded(source):  # a cell that slid into the last column, or past it, is its row's own issue
        lengths = [
            max(length, len(row)) if len(row) > len(table.header) else length
            for length, row in zip(lengths, table.rows, strict=True)
        ]
    rows = [row[: max(width, length)] for row, length in zip(table.rows, lengths, strict=True)]
    is_empty = max(lengths, default=0) <= width
    widest = max(longest, len(source.header), len(table.header)) if is_empty else width
    return layout._replace(table=replace(table, header=table.header[:width], rows=rows), empty=range(width, widest))


def _is_padded(source: Table) -> bool:
    """Whether a spreadsheet wrote the empty cells at the ends of rows, and not a comma within a text or a number.

    LibreOffice makes all rows equally long, Excel those of each block; a row alone in its block is as the heading.
    """
    lengths = [len(row) for row in (source.header, *source.rows)]
    blocks = (lengths[max(at, 1) : at + _BLOCK] for at in range(0, len(lengths), _BLOCK))
    return all(len({*(block if len(block) > 1 else (lengths[0], *block))}) == 1 for block in blocks)


def _length(row: Row) -> int:
    """How many cells a row has up to its last with a text."""
    return next((place for place in range(len(row), 0, -1) if row[place - 1].strip()), 0)
