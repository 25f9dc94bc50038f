"""The lines and tables of a PDF: its text by PDFium, the cells of its tables by the lines that are drawn."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from khelang_opendata.intake.pdf_grids import DrawnLine, PageGrid, page_grids
from khelang_opendata.intake.plan_document import (
    DocumentLine,
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    PlaceKind,
    PlanDocument,
    clean_text,
)
from khelang_opendata.model.failures import DataError, ExtraMissing
from khelang_opendata.model.spoilt_text import without_hidden
from khelang_opendata.model.thai import ascii_text

_MOST_PAGES = 2_000
_MOST_SIGNS = 20_000_000
_MOST_OBJECTS = 20_000
"""Drawn objects of a page that are looked at."""
_LEAST_SIGNS = 5
"""Letters of a page of text; a scanned one may have a stamp."""
_STRAIGHT = 1.0
"""Points by which a line that counts as straight may lean."""
_FULL_LINE = 0.8
"""The part of the widest line of a page from which a line goes on in the next one."""
_NEW_LINE = 4.0
_PAGE_NUMBER = re.compile(r"[-–(]? ?(?:หน้า ?)?\d{1,3} ?[-–)]?")
_BEGINS = re.compile(r"\d{1,2} ?[.)]|\d{1,2}\.\d|[-•–]|ลำดับที่|มิติ|ปีงบประมาณ|หมายเหตุ|\(\d")


@dataclass
class _PdfLine:
    text: list[str] = field(default_factory=list)
    height: float | None = None
    end: float = 0.0


def read_pdf(data: bytes, name: str) -> PlanDocument:
    """The lines and tables of a PDF in their order.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is scanned, has a password, is damaged, or is too large.
        ExtraMissing: the library that reads PDFs is not installed.
    """
    try:
        import pypdfium2  # noqa: PLC0415 (extra)
    except ImportError as error:
        raise ExtraMissing("extract") from error
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        kind = "password" if "password" in str(error).lower() else "damaged"
        raise DataError("document_refused", kind, path=name) from error
    try:
        return _read(document, pypdfium2.raw, name)
    except pypdfium2.PdfiumError as error:
        raise DataError("document_refused", "damaged", path=name) from error
    finally:
        document.close()


def _read(document: Any, raw: Any, name: str) -> PlanDocument:
    if len(document) > _MOST_PAGES:
        raise DataError("document_refused", "large", path=name)
    blocks: list[DocumentLine | DocumentTable] = []
    pictures: list[int] = []
    signs = 0
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text = page.get_textpage()
        count = text.count_chars()
        signs += count
        if signs > _MOST_SIGNS:
            raise DataError("document_refused", "large", path=name)
        if count < _LEAST_SIGNS:
            if _has_picture(page, raw):
                pictures.append(number)
        else:
            blocks += _blocks(page, text, raw, number)
        text.close()
        page.close()
    if not blocks:
        raise DataError("document_refused", "scanned" if pictures else "empty", path=name)
    return PlanDocument(blocks, pictures)


def _has_picture(page: Any, raw: Any) -> bool:
    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])), None) is not None


def _blocks(page: Any, text: Any, raw: Any, number: int) -> Iterator[DocumentLine | DocumentTable]:
    """The lines and tables of a page, a table where its first letter is."""
    grids = page_grids(*_drawn_lines(page, raw))
    lines: list[_PdfLine | PageGrid] = []
    cell: tuple[PageGrid, tuple[int, int]] | None = None
    height = 0.0
    for at in range(text.count_chars()):
        sign = _sign(raw.FPDFText_GetUnicode(text, at))
        is_made = raw.FPDFText_IsGenerated(text, at) == 1
        place = None if is_made else _origin(text, raw, at)
        if place is not None:
            cell = next(((grid, found) for grid in grids if (found := grid.cell_at(*place))), None)
        if cell:
            grid, owner = cell
            if not grid.texts:
                lines.append(grid)
            parts = grid.texts.setdefault(owner, [])
            is_below = place is not None and bool(parts) and abs(height - place[1]) > _NEW_LINE
            parts.append(("\n" if is_below else "") + (" " if sign in "\r\n" else sign))
        else:
            _write(lines, sign, place)
        height = place[1] if place else height
    yield from _placed(lines, number)


def _write(lines: list[_PdfLine | PageGrid], sign: str, place: tuple[float, float] | None) -> None:
    """Add a letter to the last line, or begin another."""
    last = lines[-1] if lines else None
    if not isinstance(last, _PdfLine):
        last = _PdfLine()
        lines.append(last)
    is_below = place is not None and last.height is not None and abs(last.height - place[1]) > _NEW_LINE
    if sign in "\r\n" or is_below:
        last = _PdfLine()
        lines.append(last)
    if sign not in "\r\n":
        last.text.append(sign)
    if place is not None:
        last.height, last.end = place[1], max(last.end, place[0])


def _sign(code: int) -> str:
    return chr(code) if code and not 0xD800 <= code <= 0xDFFF and code < 0x110000 else ""  # noqa: PLR2004 (Unicode)


def _origin(text: Any, raw: Any, at: int) -> tuple[float, float] | None:
    """Where a letter stands on its line, which marks above and below have in common with their consonant."""
    x, y = ctypes.c_double(), ctypes.c_double()
    return (x.value, y.value) if raw.FPDFText_GetCharOrigin(text, at, x, y) else None


def _placed(lines: list[_PdfLine | PageGrid], number: int) -> Iterator[DocumentLine | DocumentTable]:
    """The lines with their places, those that only the page's width broke as one, without the page's number."""
    width = max((line.end for line in lines if isinstance(line, _PdfLine)), default=0.0)
    open_line: DocumentLine | None = None
    is_full = False
    for at, line in enumerate(lines, 1):
        place = DocumentPlace(PlaceKind.PAGE, number, at)
        if isinstance(line, PageGrid):
            if open_line:
                yield open_line
            open_line = None
            yield DocumentTable([DocumentRow([_shown(cell) for cell in row], place) for row in line.rows()])
            continue
        text = _shown("".join(line.text))
        plain = ascii_text(text)
        if not text or _PAGE_NUMBER.fullmatch(plain):
            continue
        if open_line and is_full and not _BEGINS.match(plain):
            open_line = DocumentLine(_joined(open_line.text, text), open_line.place)
        else:
            if open_line:
                yield open_line
            open_line = DocumentLine(text, place)
        is_full = line.end >= width * _FULL_LINE
    if open_line:
        yield open_line


def _shown(text: str) -> str:
    """A text with the letters that glyphs of Thai fonts show."""
    plain = without_hidden(text) or text
    return "\n".join(line for part in plain.split("\n") if (line := clean_text(part)))


def _joined(first: str, second: str) -> str:
    is_thai = "\u0e01" <= first[-1] <= "\u0e4e" and "\u0e01" <= second[0] <= "\u0e4e"
    return f"{first}{second}" if is_thai else f"{first} {second}"


def _drawn_lines(page: Any, raw: Any) -> tuple[list[DrawnLine], list[DrawnLine]]:
    """The straight lines of a page: from left to right, and from bottom to top."""
    horizontal: list[DrawnLine] = []
    vertical: list[DrawnLine] = []
    for count, drawn in enumerate(page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])):
        if count > _MOST_OBJECTS:
            return [], []
        for (x0, y0), (x1, y1) in _segments(drawn, raw):
            if abs(y0 - y1) <= _STRAIGHT < abs(x0 - x1):
                horizontal.append(DrawnLine((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x0 - x1) <= _STRAIGHT < abs(y0 - y1):
                vertical.append(DrawnLine((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return horizontal, vertical


_Point = tuple[float, float]


def _segments(drawn: Any, raw: Any) -> Iterator[tuple[_Point, _Point]]:
    """The straight parts of a path, in points of the page."""
    matrix = drawn.get_matrix()
    first = last = (0.0, 0.0)
    for at in range(min(raw.FPDFPath_CountSegments(drawn), _MOST_OBJECTS)):
        segment = raw.FPDFPath_GetPathSegment(drawn, at)
        x, y = ctypes.c_float(), ctypes.c_float()
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment):
            yield last, first
            last = first
