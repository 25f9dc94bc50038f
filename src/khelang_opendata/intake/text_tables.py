"""Tables of text (.csv, .tsv, .txt) as spreadsheet programs save them: in any encoding, with any separator."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from pathlib import PurePath

from khelang_opendata.intake.xlsx_checks import MOST_CELLS, SheetCheck
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.spoilt_text import lost_letters, restored
from khelang_opendata.tableschema.dialect import Dialect, TableUnreadable

_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SEPARATORS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<mark>[^\r\n])"?(?:\r\n|\n|\r|$)', re.IGNORECASE)
"""The line with which Excel is given the separator; Excel shows it as no row."""
_ROWS_JUDGED = 200
_FORMULA = re.compile(r"=(?=[A-Z+(-])\S")
_AS_TEXT = re.compile(r'="([^"]*)"')
"""A text that Excel is kept from taking for a number."""
_LEAST_READABLE = 0.95


def text_table(data: bytes, name: str) -> tuple[SheetCheck, list[list[str]]]:
    """The one sheet of a table of text, named after its file, and its cells.

    Args:
        data: the file.
        name: its name.

    Raises:
        DataError: its letters or its quotation marks cannot be read, or it is too large.
    """
    text, encoding = decoded(data, name)
    first = next((line for line in text.splitlines() if line.strip(_SEPARATORS + " ")), "")
    if restored(first) or lost_letters(first) in ("question_marks", "replacement"):
        raise DataError("workbook_refused", "garbled", path=name)
    given = _SEPARATOR_LINE.match(text)
    if given:
        text = text[given.end() :]
    separator = given["mark"] if given else _separator(text, name)
    if text.count(separator) + text.count("\n") > MOST_CELLS:
        raise DataError("workbook_refused", "large", path=name)
    rows = _records(text, separator, name)
    width = max(map(len, rows), default=0)
    if len(rows) * width > MOST_CELLS:
        raise DataError("workbook_refused", "large", path=name)
    check = SheetCheck(PurePath(name).stem, encoding=encoding, last_row=max(len(rows) - 1, 0), last_column=width)
    for at, row in enumerate(rows):
        for place, cell in enumerate(row):
            row[place] = _cell(cell, check, (at, place))
        row.extend([""] * (width - len(row)))
    return check, rows


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text of a file, and the encoding that its bytes alone show; empty for UTF-8 and after a mark.

    Args:
        data: the file.
        name: its name, for the failure.

    Raises:
        DataError: its letters cannot be read.
    """
    marked = next((encoding for mark, encoding in _MARKS.items() if data.startswith(mark)), None)
    if marked:
        candidates = [(marked, "")]
    elif b"\0" in data:
        candidates = [("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")]
    else:
        candidates = [("utf-8", ""), ("cp874", "Windows-874 (TIS-620)")]
    for encoding, concluded in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_readable(text):
            return text.removeprefix("\ufeff"), concluded
    raise DataError("workbook_refused", "letters", path=name)


def _is_readable(text: str) -> bool:
    """Whether a text looks like one: nearly all of it is Thai, Latin letters or signs, and none of it NUL."""
    if "\0" in text:
        return False
    common = sum(c in "\t\r\n" or " " <= c <= "\u024f" or "\u0e01" <= c <= "\u0e5b" for c in text)
    common += sum("\u2000" <= c <= "\u22ff" or c == "\ufeff" for c in text)
    return common >= _LEAST_READABLE * len(text)


def _separator(text: str, name: str) -> str:
    """The separator that gives most rows the same number of cells."""
    found = {mark: _fit(text, mark, name) for mark in _SEPARATORS}
    return max(_SEPARATORS, key=lambda mark: (found[mark], -_SEPARATORS.index(mark)))


def _fit(text: str, separator: str, name: str) -> int:
    """How many cells are in rows of the most frequent width above one; fewer where a separator breaks the quoting."""
    rows: list[list[str]] = []
    try:
        for (row,) in islice(Dialect(separator).chunks(name, text.encode("utf-8", "surrogatepass"), 1), _ROWS_JUDGED):
            rows.append(row)
    except TableUnreadable:
        pass
    widths = Counter(len(row) for row in rows if len(row) > 1 and any(row))
    return max((width * count for width, count in widths.items()), default=0)


def _records(text: str, separator: str, name: str) -> list[list[str]]:
    try:
        return [row for chunk in Dialect(separator).chunks(name, text.encode()) for row in chunk]
    except TableUnreadable as error:
        raise DataError("workbook_refused", "quotes", path=name, line=error.location.line or 1) from error


def _cell(text: str, check: SheetCheck, place: tuple[int, int]) -> str:
    """A cell's text; an error or a formula that was saved in place of its value is noted in the check."""
    plain = text.replace("\r\n", "\n").strip()
    if kept := _AS_TEXT.fullmatch(plain):
        return kept[1]
    if plain.startswith(("#", "Err:")) and lost_letters(plain) in ("error_value", "hashes"):
        check.errors[place] = plain
    elif _FORMULA.match(plain):
        check.unvalued.add(place)
    return plain
