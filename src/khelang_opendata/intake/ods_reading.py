"""OpenDocument spreadsheets (.ods, OpenDocument 1.3, part 3, section 9).

The reader of the other forms gives neither merged cells, errors nor hidden rows of such a file, and 1 for TRUE. All of
them are in one part of it, which this module reads once, row by row.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

from khelang_opendata.intake.xls_reading import RawSheet
from khelang_opendata.intake.xlsx_checks import DAMAGED, MOST_CELLS, SheetCheck, check_parts, xml_part
from khelang_opendata.model.failures import DataError

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_ASIDE = (f"{_OFFICE}annotation", f"{_TABLE}shapes", f"{_TABLE}tracked-changes", f"{_OFFICE}forms")
"""Parts of a sheet that hold texts which are in no cell."""
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?|Err:\d{3}")
_DURATION = re.compile(r"(-?)PT?(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,]\d+)?S)?")
_ROWS, _COLUMNS = 1_048_576, 16_384


@dataclass
class _Reading:
    """A sheet in the making; blank rows are added when a row with a value follows."""

    check: SheetCheck
    values: list[list[object]] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    next_row: int = 0


def ods_sheets(data: bytes, name: str) -> list[RawSheet]:
    """The sheets of a spreadsheet.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is damaged, protected by a password, or too large to be read safely.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            check_parts(packed, len(data), name)
            if _is_locked(packed):
                raise DataError("workbook_refused", "password", path=name)
            content = xml_part(packed, "content.xml")
        return list(_tables(content, name))
    except DAMAGED as error:
        raise DataError("workbook_refused", "damaged", path=name) from error


def _is_locked(packed: zipfile.ZipFile) -> bool:
    names = packed.namelist()
    manifest = packed.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in names else b""
    return "encrypted-package" in names or b":encryption-data" in manifest


def _tables(content: bytes, name: str) -> Iterator[RawSheet]:
    hidden: set[str] = set()
    reading: _Reading | None = None
    depth = aside = 0
    parser = ElementTree.iterparse(io.BytesIO(content), ("start", "end"))  # noqa: S314 (document types are refused)
    for event, element in parser:
        kind, is_start = element.tag, event == "start"
        if kind in _ASIDE:
            aside += 1 if is_start else -1
        elif aside:
            continue
        elif kind == f"{_STYLE}style" and not is_start:
            hidden |= _hidden_style(element)
        elif kind == f"{_TABLE}table":
            depth += 1 if is_start else -1
            if is_start and depth == 1:
                is_hidden = element.get(f"{_TABLE}style-name") in hidden
                reading = _Reading(SheetCheck(str(element.get(f"{_TABLE}name")), is_hidden, formulas=set()))
            elif depth == 0 and reading:
                yield _finished(reading)
                reading = None
                element.clear()
        elif kind == f"{_TABLE}table-row" and not is_start and depth == 1 and reading:
            _add_row(reading, element, name)
            element.clear()


def _hidden_style(style: ElementTree.Element) -> set[str]:
    shown = style.find(f"{_STYLE}table-properties")
    is_hidden = shown is not None and shown.get(f"{_TABLE}display") == "false"
    return {str(style.get(f"{_STYLE}name"))} if is_hidden else set()


def _finished(reading: _Reading) -> RawSheet:
    width = reading.check.last_column + 1
    values = [[*line, *[""] * (width - len(line))] for line in reading.values]
    return RawSheet(reading.check, values, tuple(reading.merged))


def _add_row(reading: _Reading, element: ElementTree.Element, name: str) -> None:
    """Add a row, as often as it is repeated; one without a value is kept only where a value follows."""
    check, row = reading.check, reading.next_row
    times = _times(element, "number-rows-repeated")
    reading.next_row += times
    line: list[object] = []
    column = 0
    for cell in (child for child in element if child.tag in _CELLS):
        repeated = _times(cell, "number-columns-repeated")
        value, error, is_unvalued = _content(cell)
        shown = "" if isinstance(value, str) else _shown(cell)
        span = _span(cell, row, column)
        if span:
            reading.merged.append(span)
        if value != "" or error or is_unvalued:
            _check_size(row + times, column + repeated, check, name)
            line += [""] * (column - len(line)) + [value] * repeated
            for place in ((r, c) for r in range(row, row + times) for c in range(column, column + repeated)):
                if error:
                    check.errors[place] = error
                elif is_unvalued:
                    check.unvalued.add(place)
                elif shown:
                    check.shown[place] = shown
                if cell.get(f"{_TABLE}formula") is not None and check.formulas is not None:
                    check.formulas.add(place)
        column += repeated
    if not line:
        return
    if element.get(f"{_TABLE}visibility", "visible") != "visible":
        check.hidden_rows |= {*range(row, row + times)}
    reading.values += [[] for _ in range(row - len(reading.values))] + [line] * times
    check.last_row, check.last_column = row + times - 1, max(check.last_column, len(line) - 1)


def _times(element: ElementTree.Element, name: str) -> int:
    times = int(element.get(f"{_TABLE}{name}", 1))
    if times < 1:
        raise ValueError("a row or a cell that is there less than once")
    return times


def _check_size(rows: int, columns: int, check: SheetCheck, name: str) -> None:
    if rows > _ROWS or columns > _COLUMNS:
        raise ValueError("a cell beyond the sheet")
    if rows * max(columns, check.last_column + 1) > MOST_CELLS:
        raise DataError("workbook_refused", "large", path=name)


def _span(cell: ElementTree.Element, row: int, column: int) -> tuple[tuple[int, int], tuple[int, int]] | None:
    down, right = _times(cell, "number-rows-spanned"), _times(cell, "number-columns-spanned")
    return ((row, column), (row + down - 1, column + right - 1)) if down > 1 or right > 1 else None


def _content(cell: ElementTree.Element) -> tuple[object, str, bool]:
    """The value of a cell, its error, and whether it is a formula without a value."""
    shown = _shown(cell)
    kind = cell.get(f"{_OFFICE}value-type")
    is_formula = cell.get(f"{_TABLE}formula") is not None
    is_error = cell.get(f"{_CALC}value-type") == "error"
    if is_error or (is_formula and _ERROR.fullmatch(shown)):
        return "", shown or "#", False
    if kind is None:
        # LibreOffice writes a formula of an empty text like this, with an empty paragraph
        return shown, "", is_formula and cell.find(f"{_TEXT}p") is None
    return _value(cell, kind, shown), "", False


def _value(cell: ElementTree.Element, kind: str, shown: str) -> object:
    match kind:
        case "float" | "percentage" | "currency":
            number = float(cell.get(f"{_OFFICE}value", ""))
            is_truth = shown.upper() in ("TRUE", "FALSE") and number in (0, 1)
            return bool(number) if is_truth else number
        case "boolean":
            return cell.get(f"{_OFFICE}boolean-value") == "true"
        case "date":
            return _day(cell.get(f"{_OFFICE}date-value", ""), shown)
        case "time":
            return _duration(cell.get(f"{_OFFICE}time-value", ""), shown)
        case _:
            return cell.get(f"{_OFFICE}string-value") or shown


def _day(text: str, shown: str) -> date | str:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return shown or text


def _duration(text: str, shown: str) -> timedelta | str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return shown or text
    hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    length = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -length if match[1] else length


def _shown(cell: ElementTree.Element) -> str:
    """The text of a cell, a line for each of its paragraphs."""
    return "\n".join("".join(_pieces(child)) for child in cell if child.tag in (f"{_TEXT}p", f"{_TEXT}h"))


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    match element.tag.removeprefix(_TEXT):
        case "s":
            yield " " * min(_space(element), _COLUMNS)
        case "tab":
            yield "\t"
        case "line-break":
            yield "\n"
        case "ruby-text":
            return
    yield element.text or ""
    for child in element:
        if child.tag not in _ASIDE:
            yield from _pieces(child)
        yield child.tail or ""


def _space(element: ElementTree.Element) -> int:
    return int(element.get(f"{_TEXT}c", 1))
