"""The streams of a compound file, in which Excel kept workbooks until 2003 ([MS-CFB]).

The library that reads such workbooks follows the chain of a stream for ever where a damaged one is a ring; here a chain
has at most as many sectors as the file.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence

_HEADER, _ENTRY = 512, 128
_SMALL_SECTOR = 64
_SMALL_STREAM = 4096
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_SECTOR_SIZES = (9, 12)
"""Sizes of a sector as powers of two."""


def streams(data: bytes) -> Mapping[str, bytes]:
    """The streams of a compound file by their names; of equal ones, the first.

    Args:
        data: the file.

    Raises:
        ValueError: the file is damaged.
        struct.error: it ends too early.
    """
    return _CompoundFile(data).streams()


class _CompoundFile:
    def __init__(self, data: bytes) -> None:
        power, _ = struct.unpack_from("<HH", data, 30)
        if power not in _SECTOR_SIZES:
            raise ValueError("a size of sectors that no compound file has")
        self.size = 1 << power
        self.data = data
        self.most = len(data) // self.size + 1
        first_entry, small_first, lists_first = (struct.unpack_from("<I", data, at)[0] for at in (48, 60, 68))
        self.table = self._table(lists_first)
        self.entries = [*self._entries(self._joined(first_entry))]
        small = self._joined(small_first) if small_first <= self.most else b""
        self.small_table = struct.unpack(f"<{len(small) // 4}I", small[: len(small) // 4 * 4])
        root = next((start for _, kind, start, _ in self.entries if kind == _ROOT), None)
        self.small_data = self._joined(root) if root is not None and root <= self.most else b""

    def streams(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for name, kind, start, length in self.entries:
            if kind == _STREAM and name not in found:
                found[name] = self._stream(start, length)[:length]
        return found

    def _stream(self, start: int, length: int) -> bytes:
        if not length:
            return b""
        if length >= _SMALL_STREAM:
            return self._joined(start)
        places = (at * _SMALL_SECTOR for at in _chain(start, self.small_table))
        return b"".join(self.small_data[at : at + _SMALL_SECTOR] for at in places)

    def _sector(self, number: int) -> bytes:
        at = _HEADER if self.size == _HEADER else self.size
        return self.data[at + number * self.size : at + (number + 1) * self.size]

    def _table(self, lists_first: int) -> Sequence[int]:
        """The sector that follows each: the header lists the sectors of this table, further ones are a chain."""
        numbers = [*struct.unpack_from("<109I", self.data, 76)]
        following, seen = lists_first, 0
        while following < self.most and seen < self.most:
            *listed, following = struct.unpack(f"<{self.size // 4}I", self._sector(following))
            numbers += listed
            seen += 1
        packed = b"".join(self._sector(number) for number in numbers if number < self.most)
        return struct.unpack(f"<{len(packed) // 4}I", packed[: len(packed) // 4 * 4])

    def _joined(self, start: int) -> bytes:
        return b"".join(map(self._sector, _chain(start, self.table)))

    @staticmethod
    def _entries(directory: bytes) -> Iterator[tuple[str, int, int, int]]:
        """The name, the kind, the first sector and the length of each entry."""
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            start, size = struct.unpack_from("<II", directory, at + 116)
            if kind in (_STORAGE, _STREAM, _ROOT):
                yield directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace"), kind, start, size


def _chain(start: int, table: Sequence[int]) -> Iterator[int]:
    at, taken = start, 0
    while at < len(table):
        yield at
        at, taken = table[at], taken + 1
        if taken > len(table):
            raise ValueError("a chain of sectors that is a ring")
