"""The byte positions of a CSV file's records, found 64 bytes at a time (numpy); an exception if uncertain.

A set bit marks a byte: a quotation mark, a delimiter, a line end. What is inside quotation marks follows from the
marks before it, of which there is then an odd number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from khelang_opendata.tableschema.dialect import MAX_CELL, Dialect

Bits = NDArray[np.uint64]
Positions = NDArray[np.int64]

BLOCK = 1 << 21
"""Bytes that are looked at together."""

BOM = b"\xef\xbb\xbf"
_WORD = 64
_TOP = np.uint64(63)
_ONE = np.uint64(1)


class RecordsUnclear(Exception):
    """A file is not written so plainly that its records are certain from its bytes; ``args[0]`` says why."""


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive records of a file: where each begins and ends, its line end included, and how many cells it has.

    A blank line has no cells.
    """

    starts: Positions
    ends: Positions
    widths: Positions


def blocks(data: bytes, dialect: Dialect) -> Iterator[Block]:
    """All records of a file, many at a time.

    Raises:
        RecordsUnclear: they are not certain, among others where the file is malformed.
    """
    if (dialect.quote_char, dialect.escape_char, dialect.skip_initial_space) != ('"', None, False):
        raise RecordsUnclear("dialect")
    if not dialect.delimiter.isascii() or dialect.delimiter == '"' or b"\0" in data:
        raise RecordsUnclear("delimiter or NUL")
    has_returns = b"\r" in data
    start = len(BOM) if data.startswith(BOM) else 0
    while start < len(data):
        block = _block(data, start, ord(dialect.delimiter), has_returns=has_returns)
        if (block.ends - block.starts).max() > MAX_CELL:
            raise RecordsUnclear("very long record")
        yield block
        start = int(block.ends[-1])


def _block(data: bytes, start: int, delimiter: int, *, has_returns: bool) -> Block:
    text = np.frombuffer(data, np.uint8, min(BLOCK, len(data) - start), start)
    is_last = start + len(text) == len(data)
    quotes, ends = _bits(text == ord('"')), _bits(text == ord("\n"))
    delimiters = _bits(text == delimiter)
    returns = _bits(text == ord("\r")) if has_returns else np.zeros_like(ends)
    inside = _inside(quotes)
    breaks = ends | delimiters
    opening, closing = quotes & inside, quotes & ~inside
    stray = opening & ~(_later(breaks | quotes) | _first(breaks)) | closing & ~_earlier(breaks | quotes | returns)
    lone = returns & ~inside & ~_earlier(ends)
    last = np.uint64((len(text) - 1) % _WORD)
    if not is_last:  # what follows the block's last byte is seen with the next block
        stray[-1] &= ~(_ONE << last)
        lone[-1] &= ~(_ONE << last)
    elif (closing[-1] >> last) & _ONE:
        stray[-1] &= ~(_ONE << last)
    if stray.any() or lone.any():
        raise RecordsUnclear("quotation mark or line end inside a cell")
    if is_last and (inside[-1] >> last) & _ONE:
        raise RecordsUnclear("quotation mark never closed")
    line_ends = _positions(ends & ~inside, len(text))
    if is_last and (not len(line_ends) or line_ends[-1] != len(text) - 1):
        line_ends = np.append(line_ends, len(text))
    if not len(line_ends):
        raise RecordsUnclear("very long record")
    return _measured(text, start, line_ends, delimiters & ~inside)


def _measured(text: NDArray[np.uint8], start: int, line_ends: Positions, delimiters: Bits) -> Block:
    ends = np.minimum(line_ends + 1, len(text))
    starts = np.append(0, ends[:-1])
    before = _counts_before(delimiters, line_ends)
    widths = np.diff(before, prepend=0) + 1
    lengths = line_ends - starts
    blank = (lengths == 0) | ((lengths == 1) & (text[starts] == ord("\r")))
    widths[blank] = 0
    return Block(starts + start, ends + start, widths)


def _bits(mask: NDArray[np.bool_]) -> Bits:
    packed = np.packbits(mask, bitorder="little")
    return np.append(packed, np.zeros(-len(packed) % 8, np.uint8)).view(np.uint64)


def _inside(quotes: Bits) -> Bits:
    """The bytes from each opening quotation mark up to, without it, the closing one: a running exclusive or."""
    if not quotes.any():
        return np.zeros_like(quotes)
    inside = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        inside ^= inside << np.uint64(shift)
    carried = np.bitwise_xor.accumulate(inside >> _TOP)
    inside[1:] ^= np.uint64(0) - carried[:-1]
    return inside


def _later(bits: Bits) -> Bits:
    """Each bit moved to the byte that follows."""
    moved = bits << _ONE
    moved[1:] |= bits[:-1] >> _TOP
    return moved


def _earlier(bits: Bits) -> Bits:
    """Each bit moved to the byte before."""
    moved = bits >> _ONE
    moved[:-1] |= bits[1:] << _TOP
    return moved


def _first(bits: Bits) -> Bits:
    first = np.zeros_like(bits)
    first[0] = _ONE
    return first


def _positions(bits: Bits, count: int) -> Positions:
    unpacked: NDArray[np.uint8] = np.unpackbits(bits.view(np.uint8), count=count, bitorder="little")
    positions: Positions = np.flatnonzero(unpacked.view(np.bool_))
    return positions


def _counts_before(bits: Bits, positions: Positions) -> Positions:
    """How many bits are set before each position."""
    counts = np.append(0, np.cumsum(np.bitwise_count(bits), dtype=np.int64))
    words = np.minimum(positions // _WORD, len(bits) - 1)
    shifts = positions - words * _WORD  # 64 where the position is behind the last word
    below = np.where(shifts < _WORD, (_ONE << (shifts % _WORD).astype(np.uint64)) - _ONE, ~np.uint64(0))
    before: Positions = counts[words] + np.bitwise_count(bits[words] & below)
    return before
