"""Places in a sheet as spreadsheets name them: the letters of columns, and many rows or columns in few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable

MAX_SPANS = 200
"""Spans that a text names at most; a sheet with more is checked again when those are gone."""


def letters(position: int) -> str:
    """The letters of a column in a spreadsheet: A for 0, Z for 25, AA for 26."""
    name = ""
    while position >= 0:
        name = chr(ord("A") + position % 26) + name
        position = position // 26 - 1
    return name


def position(name: str) -> int:
    """The column of letters in a spreadsheet, counted from zero: the reverse of :func:`letters`."""
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def address(sheet: str, row: int, column: int | None = None) -> str:
    """A cell as a spreadsheet names it: ``ตารางสรุป!E9``, or ``ตารางสรุป!9:9`` for the row where there is no column.

    Args:
        sheet: the name of the sheet.
        row: the row, counted from zero.
        column: the column, counted from zero.
    """
    number = row + 1
    return f"{sheet}!{number}:{number}" if column is None else f"{sheet}!{letters(column)}{number}"


def from_the_end(numbers: Iterable[int], shown: Callable[[int], str] = str) -> str:
    """Rows or columns as spans, the last first. Deleted in this order, none moves the others.

    Args:
        numbers: the rows, or the positions of the columns.
        shown: the text of each, such as :func:`letters`.

    Returns:
        The spans, the last :data:`MAX_SPANS` of them where there are more.

    Example:
        >>> from_the_end([10, 21, 47, 48, 49])
        '47-49, 21, 10'
    """
    spans: list[tuple[int, int]] = []
    for number in sorted(set(numbers), reverse=True):
        if spans and number == spans[-1][0] - 1:
            spans[-1] = (number, spans[-1][1])
        else:
            spans.append((number, number))
    texts = (shown(first) if first == last else f"{shown(first)}-{shown(last)}" for first, last in spans[:MAX_SPANS])
    return ", ".join(texts)
