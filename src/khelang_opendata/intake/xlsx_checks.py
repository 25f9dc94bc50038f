"""A look at a workbook before it is read: whether it is safe, and what the reader of values leaves out.

The reader gives an empty text for an error (``#REF!``) and for a formula without a value, and does not know of hidden
rows. One value in the last cell of a sheet makes it ask for hundreds of gigabytes, which ends the process.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from xml.etree import ElementTree

from khelang_opendata.intake.number_formats import BUILT_IN, GENERAL
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.places import position

MOST_BYTES = 200_000_000
MOST_TIMES = 150
_SMALL = 5_000_000
"""Unpacked bytes below which no ratio is asked for: small parts of one letter pack well."""
MOST_CELLS = 20_000_000
_ROWS, _COLUMNS = 1_048_576, 16_384
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
_ADDRESS = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""The packings that a workbook may have (ISO/IEC 29500-2)."""
_STYLES = "xl/styles.xml"
_IS_ENCRYPTED = 1
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    LookupError,
    ValueError,
    EOFError,
    OSError,
    RuntimeError,  # what zipfile raises of features that it lacks
)
_DECLARED = re.compile(rb"""encoding\s*=\s*["']([^"'\s]{1,40})""")
_ENCODINGS = (b"UTF-8", b"US-ASCII", b"UTF-16")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_STARTS = 200

_column = cache(position)
"""The column of its letters, which each row of a sheet names anew."""


@dataclass
class SheetCheck:
    """What a look at one sheet finds: places count from zero, row before column."""

    name: str
    is_hidden: bool = False
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    unvalued: set[tuple[int, int]] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    """The number formats of the cells of numbers that have one; an empty one where the file does not say it."""
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    """What a file of LibreOffice says that the cells of numbers, days and answers show."""
    formulas: set[tuple[int, int]] | None = None
    """The cells of formulas; None where the file does not say which are."""
    last_row: int = 0
    last_column: int = 0
    encoding: str = ""
    """The encoding of a text that its bytes alone show."""


def check_xlsx(data: bytes, name: str) -> list[SheetCheck]:
    """Check a workbook, and find what its values alone do not show.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is no XLSX workbook, damaged, protected by a password, or too large to be read safely.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            check_parts(packed, len(data), name)
            formats = _number_formats(packed)
            return [_check_sheet(packed, *sheet, formats, name) for sheet in _sheets(packed, name)]
    except DAMAGED as error:
        raise DataError("workbook_refused", "damaged", path=name) from error


def check_parts(packed: zipfile.ZipFile, size: int, name: str) -> None:
    """Check the parts of a packed file before any is unpacked.

    Args:
        packed: the file.
        size: its bytes.
        name: its name, for failures.

    Raises:
        DataError: a part is encrypted, or the parts are too large to be read safely.
        ValueError: a part is packed as no spreadsheet is.
    """
    parts = packed.infolist()
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise DataError("workbook_refused", "password", path=name)
    if any(part.compress_type not in _PACKINGS for part in parts):
        raise ValueError("a packing that no workbook has")
    total = sum(part.file_size for part in parts)
    if total > MOST_BYTES or (total > _SMALL and total > MOST_TIMES * size):
        raise DataError("workbook_refused", "large", path=name)


def _sheets(packed: zipfile.ZipFile, name: str) -> Iterator[tuple[str, str, bool]]:
    """The sheets of a workbook: the part of each, its name, and whether it is hidden."""
    if "xl/workbook.xml" not in packed.namelist():
        raise DataError("workbook_refused", "not_workbook", path=name)
    links = _tree(packed, "xl/_rels/workbook.xml.rels")
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    for sheet in _tree(packed, "xl/workbook.xml").iter():
        if sheet.tag in (f"{_MAIN}sheet", f"{_STRICT}sheet"):
            link = next((value for key, value in sheet.items() if key.endswith("}id")), None)
            part = posixpath.normpath(posixpath.join("/xl", targets[link])).lstrip("/")
            yield part, str(sheet.get("name")), sheet.get("state", "visible") != "visible"


def _tree(packed: zipfile.ZipFile, part: str) -> ElementTree.Element:
    return ElementTree.fromstring(xml_part(packed, part))  # noqa: S314 (document types are refused)


def xml_part(packed: zipfile.ZipFile, part: str) -> bytes:
    """The content of a part, without the means to let a small text become a large one.

    Raises:
        ValueError: it has a document type, or an encoding other than the two of XML parts (ISO/IEC 29500-2), in which
            one could hide.
    """
    data = packed.read(part)
    plain = data.decode("utf-16").encode() if data[:2] in _UTF_16 else data
    declared = _DECLARED.search(plain[:_STARTS])
    if b"\0" in plain[:_STARTS] or (declared and declared[1].upper() not in _ENCODINGS):
        raise ValueError("an encoding that no spreadsheet has")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise ValueError("a document type, which no workbook has")
    return data


def _number_formats(packed: zipfile.ZipFile) -> Sequence[str]:
    """The number formats by the styles of cells, as ECMA-376 numbers them; none where the workbook has no styles."""
    if _STYLES not in packed.namelist():
        return ()
    styles = _tree(packed, _STYLES)
    named = {e.get("numFmtId", ""): e.get("formatCode", "") for e in styles.iter() if _local(e) == "numFmt"}
    cells = next((element for element in styles if _local(element) == "cellXfs"), ())
    ids = [element.get("numFmtId", "0") for element in cells]
    known = {"0": GENERAL, **{str(number): form for number, form in BUILT_IN.items()}, **named}
    return [known.get(id_, "") for id_ in ids]


def _local(element: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _check_sheet(
    packed: zipfile.ZipFile, part: str, title: str, is_hidden: bool, formats: Sequence[str], name: str
) -> SheetCheck:
    check = SheetCheck(title, is_hidden, formulas=set())
    if "/chartsheets/" in part:
        return check
    row, column = -1, -1
    parts = io.BytesIO(xml_part(packed, part))
    for event, element in ElementTree.iterparse(parts, ("start", "end")):  # noqa: S314 (as above)
        kind = element.tag.rpartition("}")[2]
        if kind == "row" and event == "start":
            row, column = int(element.get("r", row + 2)) - 1, -1
            if element.get("hidden") in ("1", "true"):
                check.hidden_rows.add(row)
        elif kind == "c" and event == "end":
            place = _place(element, (row, column + 1))
            column = place[1]
            _check_cell(check, element, place, formats)
        elif kind == "row":
            element.clear()
    if (check.last_row + 1) * (check.last_column + 1) > MOST_CELLS:
        raise DataError("workbook_refused", "large", path=name)
    return check


def _place(element: ElementTree.Element, following: tuple[int, int]) -> tuple[int, int]:
    """The row and the column of a cell: a cell without an address, which it may lack, follows the one before."""
    place, named = following, element.get("r")
    if named is not None:
        address = _ADDRESS.fullmatch(named.upper())
        if not address:
            raise ValueError("an address of no cell")
        place = int(address[2]) - 1, _column(address[1])
    if not (0 <= place[0] < _ROWS and place[1] < _COLUMNS):
        raise ValueError("a cell beyond the sheet")
    return place


def _check_cell(
    check: SheetCheck, element: ElementTree.Element, place: tuple[int, int], formats: Sequence[str]
) -> None:
    parts = {child.tag.rpartition("}")[2]: child.text for child in element}
    if "f" in parts and check.formulas is not None:
        check.formulas.add(place)
    if element.get("t") == "e":
        check.errors[place] = parts.get("v") or "#"
    elif parts.get("v") and element.get("t", "n") in ("n", "d"):
        style = int(element.get("s", "0"))
        form = formats[style] if style < len(formats) else GENERAL
        if form != GENERAL:
            check.formats[place] = form
    elif "f" in parts and not parts.get("v") and element.get("t") != "str":
        check.unvalued.add(place)
    if parts:
        check.last_row, check.last_column = max(check.last_row, place[0]), max(check.last_column, place[1])
