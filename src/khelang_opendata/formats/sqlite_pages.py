"""SQLite files, written page by page as https://www.sqlite.org/fileformat2.html describes them.

The SQLite library does not write them, because its versions write different bytes for the same rows, after ``VACUUM``
too: 3.40.1, 3.53.4 and 3.54.1 made three different files of the real plan. They distribute rows over pages
differently and leave remains of earlier content in them. A release must have the same bytes on every machine, and in
a browser, which has a version of its own.

The format itself is stable: every SQLite since 3.3 (2006) reads these files, and its authors support it until 2050
(https://www.sqlite.org/lts.html). What makes SQLite's own writer large does not occur here: a file is written once, and
its rows come in their final order, so each page is filled before the next one begins. In the tests an old and the
newest SQLite check and read the files.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

Cell = str | int | float | None

_PAGE = 4096
_HEADER = 100  # bytes of the first page
_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF, _INDEX_INNER = 0x0D, 0x05, 0x0A, 0x02
_LEAF_ROOM, _INNER_ROOM = _PAGE - 8, _PAGE - 12 - _HEADER  # an inner page may be the first
# The format prescribes how much of a row stays in its cell (section 1.6, "Cell Payload Overflow Pages"); SQLite takes
# any other division for damage.
_LONGEST_IN_TABLE, _LONGEST_IN_INDEX = _PAGE - 35, (_PAGE - 12) * 64 // 255 - 23
_SHORTEST = (_PAGE - 12) * 32 // 255 - 23


@dataclass(frozen=True)
class StoredTable:
    """A table: what creates it, its rows, and the positions of the columns of its primary key."""

    name: str
    sql: str
    rows: Sequence[tuple[Cell, ...]]
    key: tuple[int, ...]


def database_image(tables: Iterable[StoredTable], application: int) -> bytes:
    """A SQLite database as bytes; its header carries the application's id.

    Each table has a primary key that is not a single column of type INTEGER, which would be stored otherwise.
    """
    file = _File()
    schema: list[tuple[Cell, ...]] = []
    for table in tables:
        root = _grow(file, _TABLE_INNER, *_table_leaves(file, table.rows))
        schema.append(("table", table.name, table.name, root, table.sql))
        index = _index_tree(file, table.rows, table.key)
        schema.append(("index", f"sqlite_autoindex_{table.name}_1", table.name, index, None))
    children, numbers = _table_leaves(file, schema)
    _grow(file, _TABLE_INNER, children, numbers, first=True)
    file.pages[0] = _header(len(file.pages), application) + file.pages[0][_HEADER:]
    return b"".join(file.pages)


@dataclass(frozen=True)
class _File:
    """The pages written so far; the first is left free for the root of the schema, which the format puts there."""

    pages: list[bytes] = field(default_factory=lambda: [b""])

    def add(self, page: bytes) -> int:
        self.pages.append(page)
        return len(self.pages)

    def stored(self, payload: bytes, longest: int) -> bytes:
        """What a cell holds of a payload: all of it, or its beginning and the number of the page that continues it."""
        if len(payload) <= longest:
            return payload
        here = _SHORTEST + (len(payload) - _SHORTEST) % (_PAGE - 4)
        here = here if here <= longest else _SHORTEST
        following = 0  # each page names the next one, so the last is written first
        for start in reversed(range(here, len(payload), _PAGE - 4)):
            part = _number(following) + payload[start : start + _PAGE - 4]
            following = self.add(part.ljust(_PAGE, b"\0"))
        return payload[:here] + _number(following)


def _table_leaves(file: _File, rows: Iterable[tuple[Cell, ...]]) -> tuple[list[int], list[bytes]]:
    """Store rows under the numbers 1, 2, …: the leaves' pages, and the number of the last row of each but the last."""
    cells = []
    for number, row in enumerate(rows, 1):
        payload = _record(row)
        cells.append(_varint(len(payload)) + _varint(number) + file.stored(payload, _LONGEST_IN_TABLE))
    leaves: list[list[bytes]] = [[]]
    room = _LEAF_ROOM
    for cell in cells:
        room -= len(cell) + 2
        if room < 0:
            leaves.append([])
            room = _LEAF_ROOM - len(cell) - 2
        leaves[-1].append(cell)
    children = [file.add(_page(_TABLE_LEAF, leaf)) for leaf in leaves]
    return children, [_varint(number) for number in accumulate(map(len, leaves[:-1]))]


def _index_tree(file: _File, rows: Sequence[tuple[Cell, ...]], key: tuple[int, ...]) -> int:
    """Store the order of rows by their key; gives the page of the tree's root."""
    keys = [tuple(row[at] for at in key) for row in rows]
    cells = []
    for position in sorted(range(len(keys)), key=lambda at: [*map(_comparable, keys[at])]):
        payload = _record((*keys[position], position + 1))
        cells.append(_varint(len(payload)) + file.stored(payload, _LONGEST_IN_INDEX))
    leaves, dividers = _divided(cells, _LEAF_ROOM)
    children = [file.add(_page(_INDEX_LEAF, leaf)) for leaf in leaves]
    return _grow(file, _INDEX_INNER, children, dividers)


def _grow(file: _File, kind: int, children: list[int], dividers: list[bytes], *, first: bool = False) -> int:
    """Put inner pages above pages until one is left; ``first`` puts that one on the file's first page."""
    while len(children) > 1 or first:
        cells = [_number(child) + divider for child, divider in zip(children, dividers, strict=False)]
        groups, parting = _divided(cells, _INNER_ROOM)
        ends = [*(cell[:4] for cell in parting), _number(children[-1])]
        if first and len(groups) == 1:
            file.pages[0] = _page(kind, groups[0], ends[0], before=_HEADER)
            return 1
        children = [file.add(_page(kind, group, end)) for group, end in zip(groups, ends, strict=True)]
        dividers = [cell[4:] for cell in parting]
    return children[0]


def _divided(cells: list[bytes], room: int) -> tuple[list[list[bytes]], list[bytes]]:
    """Cells in groups that each fill a page, less those between two groups, which go to the page above."""
    groups: list[list[bytes]] = [[]]
    dividers: list[bytes] = []
    left = room
    for cell in cells:
        left -= len(cell) + 2
        if left >= 0:
            groups[-1].append(cell)
        else:
            dividers.append(cell)
            groups.append([])
            left = room
    if dividers and not groups[-1]:  # the format allows no empty page
        groups[-1].append(dividers[-1])
        dividers[-1] = groups[-2].pop()
    return groups, dividers


def _page(kind: int, cells: Sequence[bytes], end: bytes = b"", before: int = 0) -> bytes:
    """A page of a tree: its kind, the positions of its cells, and the cells from the page's end backwards."""
    starts = [_PAGE - size for size in accumulate(map(len, cells))]
    content = starts[-1] if starts else _PAGE
    head = struct.pack(">BHHHB", kind, 0, len(cells), content, 0) + end + struct.pack(f">{len(starts)}H", *starts)
    return (bytes(before) + head).ljust(content, b"\0") + b"".join(reversed(cells))


def _record(values: Iterable[Cell]) -> bytes:
    """A row: the length of its head, the type of each value, and the values."""
    stored = [_value(value) for value in values]
    types = b"".join(_varint(type_) for type_, _ in stored)
    length = len(types) + 1
    length += length > 127  # the length counts itself  # noqa: PLR2004
    return _varint(length) + types + b"".join(data for _, data in stored)


def _value(value: Cell) -> tuple[int, bytes]:
    """A value's type and its bytes."""
    match value:
        case None:
            return 0, b""
        case str():
            data = value.encode()
            return 13 + 2 * len(data), data
        case float():
            return 7, struct.pack(">d", value)
    if value in (0, 1):
        return 8 + value, b""
    sizes = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
    type_ = next(type_ for type_, size in sizes.items() if -(1 << 8 * size - 1) <= value < 1 << 8 * size - 1)
    return type_, value.to_bytes(sizes[type_], signed=True)


def _comparable(value: Cell) -> tuple[int, int | float, bytes]:
    """What sorts values as the database does: NULL, then numbers by size, then text by its bytes."""
    if value is None:
        return 0, 0, b""
    return (2, 0, value.encode()) if isinstance(value, str) else (1, value, b"")


def _varint(number: int) -> bytes:
    """A number in as many bytes as it needs, seven bits in each."""
    data = bytes([number & 0x7F])
    while number := number >> 7:
        data = bytes([number & 0x7F | 0x80]) + data
    return data


def _number(number: int) -> bytes:
    return number.to_bytes(4)


def _header(pages: int, application: int) -> bytes:
    """The file's header: no write-ahead log, UTF-8, one change since the file was created."""
    sizes = struct.pack(">HBBBBBB", _PAGE, 1, 1, 0, 64, 32, 32)
    numbers = (1, pages, 0, 0, 1, 4, 0, 0, 1, 0, 0, application)
    writer = 3_037_000  # the header must name a version of the library; readers ignore it
    return b"SQLite format 3\0" + sizes + struct.pack(">12I20xII", *numbers, 1, writer)
