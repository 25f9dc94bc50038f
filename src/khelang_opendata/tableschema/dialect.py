"""CSV files as records: how a file is written (Table Dialect, Data Package v2), and reading it so.

The format is RFC 4180 with any line ends and an optional byte order mark, which is not part of the text. The reader
raises an error for any property that it does not know, as guessing could read other cells than the publisher meant.
"""

from __future__ import annotations

import csv
import io
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import accumulate, islice, zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from khelang_opendata.model.report import Location
from khelang_opendata.model.wording import Params

if TYPE_CHECKING:
    from _csv import Reader

MAX_CELL = 131_072
"""Characters a cell may have; more is a quotation mark that was never closed. The csv module's default limit,
set at each reading because libraries that this process imports raise it."""

CHUNK = 4096
"""Records that are read and checked at a time."""

Row = list[str]

_READ_AS: Mapping[str, object] = {
    "skipBlankRows": False,
    "headerCase": True,
    "csv": {},
}
"""What frictionless's own properties of a dialect must be, where they are given, for the file to be read here."""

OF_FRICTIONLESS = frozenset({*_READ_AS, "delimiter"})
"""The properties with whose other values frictionless reads a file."""

_LINE_ENDS = ("\r\n", "\n", "\r")
_MARKS = {"\n": "\0n", "\r": "\0r"}
"""What replaces a line end that is text, where others end the rows; a file with NUL is refused before."""


class DialectUnsupported(Exception):
    """A dialect has a property that this reader does not take: ``name`` is the property."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class TableUnreadable(Exception):
    """A file is no table: ``code`` and ``params`` say why, ``location`` from where on."""

    def __init__(self, code: str, location: Location, **params: str | int | float) -> None:
        super().__init__(code, location, params)
        self.code = code
        self.location = location
        self.params: Params = params


class Dialect(NamedTuple):
    """How a CSV file is written; ``quote_char`` is None if cells are never quoted.

    ``header_rows`` is None for the first row that is no comment; ``line_end`` is None for any line end.
    """

    delimiter: str = ","
    quote_char: str | None = '"'
    double_quote: bool = True
    escape_char: str | None = None
    skip_initial_space: bool = False
    header: bool = True
    header_rows: tuple[int, ...] | None = None
    header_join: str = " "
    comment_rows: frozenset[int] = frozenset()
    comment_char: str | None = None
    line_end: str | None = None
    null_sequence: str | None = None

    @classmethod
    def of(cls, descriptor: Any) -> Dialect:
        """The dialect of a resource's property ``dialect``; the standard's default where it has none.

        Raises:
            DialectUnsupported: it has a property, or a value of one, that this reader does not take.
        """
        given: Mapping[str, Any] = descriptor if isinstance(descriptor, dict) else {}
        for name, expected in _READ_AS.items():
            if given.get(name, expected) != expected:
                raise DialectUnsupported(name)
        delimiter, quote = _character(given, "delimiter", ",") or ",", _character(given, "quoteChar", '"')
        escape = _character(given, "escapeChar", None)
        _refuse_doubles({"delimiter": delimiter, "quoteChar": quote, "escapeChar": escape})
        double = _flag(given, "doubleQuote", default=True)
        line_end = _text(given, "lineTerminator")
        if line_end in _LINE_ENDS:
            line_end = None
        elif line_end is not None and (escape or line_end in (delimiter, quote)):
            raise DialectUnsupported("lineTerminator")
        rows, comments = _row_numbers(given, "headerRows"), frozenset(_row_numbers(given, "commentRows") or ())
        comment_char = _text(given, "commentChar")
        if rows == (1,) and not comments and comment_char is None:
            rows = None
        return cls(
            delimiter=delimiter,
            quote_char=quote,
            double_quote=double or escape is None,
            escape_char=escape,
            skip_initial_space=_flag(given, "skipInitialSpace", default=False),
            header=_flag(given, "header", default=True) and rows != (),
            header_rows=rows,
            header_join=_text(given, "headerJoin", empty=" ") or "",
            comment_rows=comments,
            comment_char=comment_char,
            line_end=line_end,
            null_sequence=_text(given, "nullSequence"),
        )

    @property
    def odd_property(self) -> str | None:
        """The property that makes the file one which no program opens as a table without settings; None without one."""
        odd = {
            "header": not self.header,
            "headerRows": self.header_rows,
            "commentRows": self.comment_rows,
            "commentChar": self.comment_char,
            "lineTerminator": self.line_end,
            "nullSequence": self.null_sequence,
        }
        return next((name for name, is_odd in odd.items() if is_odd), None)

    @property
    def first_row(self) -> int:
        """The record number of the first row below the heading; the first record is 1."""
        return max(self.header_rows or (1,)) + 1 if self.header else 1

    def heading(self, name: str, data: bytes) -> Row | None:
        """The labels of the columns, of several rows joined; None where the file has no heading.

        A cell of a heading's upper row is of all columns up to the next, as merged cells are saved.

        Raises:
            TableUnreadable: the file is no table up to there.
        """
        if not self.header:
            return None
        found: list[Row] = []
        for number, (record,) in enumerate(self.chunks(name, data, 1), 1):
            if self._is_comment(number, record):
                continue
            if self.header_rows is None:
                return record
            found += [record] if number in self.header_rows else []
            if number >= max(self.header_rows):
                break
        return self._joined(found) if found else []

    def _joined(self, rows: Sequence[Row]) -> Row:
        labels = rows[-1]
        for upper in reversed(rows[:-1]):
            filled: Row = list(accumulate(upper, _filled))
            filled += filled[-1:] * (len(labels) - len(filled))
            labels = [self.header_join.join(filter(None, pair)) for pair in zip_longest(filled, labels, fillvalue="")]
        return labels

    def rows(self, name: str, data: bytes) -> Iterator[tuple[Sequence[int], list[Row]]]:
        """The rows below the heading and the numbers of their records, up to :data:`CHUNK` at a time.

        Raises:
            TableUnreadable: not UTF-8, or not well-formed CSV.
        """
        first, below = 1, self.first_row
        awaits_heading = self.header and self.header_rows is None
        has_comments = bool(self.comment_rows or self.comment_char)
        for chunk in self.chunks(name, data):
            numbers: Sequence[int] = range(first, first + len(chunk))
            first += len(chunk)
            if has_comments:
                kept = [i for i, row in enumerate(chunk) if not self._is_comment(numbers[i], row)]
                numbers, chunk = [numbers[i] for i in kept], [chunk[i] for i in kept]  # noqa: PLW2901 (the chunk less)
                if awaits_heading and numbers:
                    below, awaits_heading = numbers[0] + 1, False
            start = bisect_left(numbers, below)
            if start < len(numbers):
                yield numbers[start:], chunk[start:]

    def _is_comment(self, number: int, row: Row) -> bool:
        is_marked = self.comment_char and row and row[0].startswith(self.comment_char)
        return bool(is_marked) or number in self.comment_rows

    def chunks(self, name: str, data: bytes, size: int | None = None) -> Iterator[list[Row]]:
        """All records of a file, the heading first, up to ``size`` (:data:`CHUNK`) at a time.

        Errors call the table by its name.

        Raises:
            TableUnreadable: not UTF-8, or not well-formed CSV.
        """
        _check_signs(name, data)
        try:
            reader = self._reader(data)
            while chunk := _take(reader, size or CHUNK):
                yield chunk if self.line_end is None else [list(map(_unmarked, row)) for row in chunk]
        except UnicodeDecodeError:
            raise _not_utf8(name, data) from None
        except csv.Error as error:
            variant = "field_too_long" if "field larger" in str(error) else "quote"
            starts = list(self.line_starts(data))
            raise TableUnreadable("csv_malformed", Location(name, len(starts), starts[-1]), variant=variant) from None

    def line_starts(self, data: bytes) -> Iterator[int]:
        """The line of the file that each record begins on, up to the first that cannot be read."""
        reader = self._reader(data)
        start = 1
        try:
            while _take(reader, 1):
                yield start
                start = reader.line_num + 1
        except csv.Error:
            yield start

    def _reader(self, data: bytes) -> Reader:
        lines: Iterable[str] = io.TextIOWrapper(
            io.BytesIO(data), "utf-8-sig", newline=""
        )  # csv reads line ends in cells
        if self.line_end is not None:
            lines = io.StringIO(self._with_line_feeds(data.decode("utf-8-sig")), newline="")
        return csv.reader(
            lines,
            delimiter=self.delimiter,
            quotechar=self.quote_char,
            doublequote=self.double_quote,
            escapechar=self.escape_char,
            skipinitialspace=self.skip_initial_space,
            quoting=csv.QUOTE_MINIMAL if self.quote_char else csv.QUOTE_NONE,
            strict=True,  # else text after a closing quotation mark, or an open one, is read without error
        )

    def _with_line_feeds(self, text: str) -> str:
        """A text whose rows end as csv knows it; what is a line end in it, but ends no row, is marked.

        Between quotation marks is each second piece; two of them in a row have an empty piece between them.
        """
        assert self.line_end is not None
        text = text.removesuffix("\n").removesuffix("\r")  # which an editor puts at the end of a file
        pieces = text.split(self.quote_char) if self.quote_char else [text]
        for place in range(0, len(pieces), 2):
            rows = pieces[place].split(self.line_end)
            pieces[place] = "\n".join(reduce(lambda row, mark: row.replace(*mark), _MARKS.items(), row) for row in rows)
        return (self.quote_char or "").join(pieces)


def _filled(before: str, cell: str) -> str:
    return cell if cell.strip() else before


def _unmarked(cell: str) -> str:
    return reduce(lambda text, mark: text.replace(mark[1], mark[0]), _MARKS.items(), cell) if "\0" in cell else cell


def _take(reader: Reader, count: int) -> list[Row]:
    limit = csv.field_size_limit(MAX_CELL)  # of the whole process, therefore restored
    try:
        return list(islice(reader, count))
    finally:
        csv.field_size_limit(limit)


def _character(given: Mapping[str, Any], name: str, default: str | None) -> str | None:
    """A dialect's property of one character; None for an empty text."""
    value = given.get(name, default)
    if value in (None, ""):
        return None
    if not isinstance(value, str) or len(value) != 1 or value in "\r\n\0 ":
        raise DialectUnsupported(name)
    return value


def _refuse_doubles(characters: Mapping[str, str | None]) -> None:
    """Refuse one character for two purposes: it is ambiguous, and csv refuses it from Python 3.13 on."""
    named: dict[str, str] = {}
    for name, character in characters.items():
        if character is not None and named.setdefault(character, name) != name:
            raise DialectUnsupported(name)


def _text(given: Mapping[str, Any], name: str, *, empty: str | None = None) -> str | None:
    """A dialect's property of text; ``empty`` where it is not given, None where it is an empty text without that."""
    value = given.get(name)
    if value is None:
        return empty
    if not isinstance(value, str) or "\0" in value:
        raise DialectUnsupported(name)
    return value if value or empty is not None else None


def _row_numbers(given: Mapping[str, Any], name: str) -> tuple[int, ...] | None:
    """A dialect's list of row numbers, the first being 1, in order; None where it is not given."""
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(type(number) is int and number > 0 for number in value):
        raise DialectUnsupported(name)
    return tuple(sorted(value))


def _flag(given: Mapping[str, Any], name: str, *, default: bool) -> bool:
    value = given.get(name, default)
    if not isinstance(value, bool):
        raise DialectUnsupported(name)
    return value


def _check_signs(name: str, data: bytes) -> None:
    """Refuse what is certainly no UTF-8 text, before the parts that are text come out."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableUnreadable("encoding_not_utf8", Location(name), variant="utf16")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise TableUnreadable("csv_malformed", Location(name, line=line), variant="nul")


def _not_utf8(name: str, data: bytes) -> TableUnreadable:
    position, is_cut = len(data), False
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        position, is_cut = error.start, error.end == len(data) and error.reason == "unexpected end of data"
    line = data.count(b"\n", 0, position) + 1
    if is_cut:
        return TableUnreadable("csv_malformed", Location(name, line=line), variant="cut_off")
    shown = data.splitlines()[line - 1].decode("cp874", "replace")
    return TableUnreadable("encoding_not_utf8", Location(name, line=line), shown=shown[:80])
