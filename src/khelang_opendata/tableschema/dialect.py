"""CSV files as records: how a file is written (Table Dialect, Data Package v2), and reading it so.

The format is RFC 4180 with any line ends and an optional byte order mark, which is not part of the text. The reader
supports delimiter, quotes, escapes, spaces and heading; it raises an error for any other property, as guessing could
read other cells than the publisher meant.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

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
    "headerRows": [1],
    "commentChar": None,
    "commentRows": [],
    "nullSequence": None,
    "skipBlankRows": False,
    "headerCase": True,
    "csv": {},
}
"""What other properties of a dialect must be, where they are given, for the file to be read here."""


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


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written; ``quote_char`` is None if cells are never quoted."""

    delimiter: str = ","
    quote_char: str | None = '"'
    double_quote: bool = True
    escape_char: str | None = None
    skip_initial_space: bool = False
    header: bool = True

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
        return cls(
            delimiter=delimiter,
            quote_char=quote,
            double_quote=double or escape is None,
            escape_char=escape,
            skip_initial_space=_flag(given, "skipInitialSpace", default=False),
            header=_flag(given, "header", default=True),
        )

    @property
    def first_row(self) -> int:
        """The record number of the first row below the heading; the first record is 1."""
        return 2 if self.header else 1

    def chunks(self, name: str, data: bytes) -> Iterator[list[Row]]:
        """All records of a file, the heading first, up to :data:`CHUNK` at a time; errors call the table by its name.

        Raises:
            TableUnreadable: not UTF-8, or not well-formed CSV.
        """
        _check_signs(name, data)
        reader = self._reader(data)
        try:
            while chunk := _take(reader, CHUNK):
                yield chunk
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
        return csv.reader(
            io.TextIOWrapper(io.BytesIO(data), "utf-8-sig", newline=""),  # csv itself reads line ends inside cells
            delimiter=self.delimiter,
            quotechar=self.quote_char,
            doublequote=self.double_quote,
            escapechar=self.escape_char,
            skipinitialspace=self.skip_initial_space,
            quoting=csv.QUOTE_MINIMAL if self.quote_char else csv.QUOTE_NONE,
            strict=True,  # else text after a closing quotation mark, or an open one, is read without error
        )


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
    try:
        data.decode("utf-8-sig")
        position = len(data)
    except UnicodeDecodeError as error:
        position = error.start
    line = data.count(b"\n", 0, position) + 1
    shown = data.splitlines()[line - 1].decode("cp874", "replace")
    return TableUnreadable("encoding_not_utf8", Location(name, line=line), shown=shown[:80])
