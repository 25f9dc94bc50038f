"""The lines and tables of a PDF: its text by PDFium, the cells of its tables by the lines that are drawn."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.pdf_grids import DrawnLine, PageGrid, page_grids
from khelang_opendata.intake.plan_document import (
    DocumentLine,
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    PlaceKind,
    PlanDocument,
    clean_text,
    squeezed,
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
_FULL_LINE, _FULL_PAGE = 0.85, 0.75
"""The parts of the widest line of a page, and of the page, that a line fills which goes on in the next one."""
_SAME_PLACE, _SYLLABLE = 1.0, 24.0
"""Points within which two letters are in one place, and within which a mark follows its letter."""
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


class _PdfSign(NamedTuple):
    """A letter: its place on its line, None for one that PDFium adds between words and lines."""

    sign: str
    place: tuple[float, float] | None


def _signs(text: Any, raw: Any) -> list[_PdfSign]:
    """The letters of a page in the order of the file, without those that repeat a syllable for its mark."""
    signs = []
    for at in range(text.count_chars()):
        is_made = raw.FPDFText_IsGenerated(text, at) == 1
        sign = _PdfSign(_letter(raw.FPDFText_GetUnicode(text, at)), None if is_made else _origin(text, raw, at))
        signs.append(sign)
    repeated = _repeated(signs)
    return [
        sign
        for at, sign in enumerate(signs)
        if at not in repeated and not (sign.place is None and {at - 1, at + 1} & repeated)
    ]


def _repeated(signs: Sequence[_PdfSign]) -> set[int]:
    """The letters that are there once more for a mark that is drawn by itself.

    Programs of the Skia library (Chromium, Android) give the whole syllable as the text of its tone mark. Such a
    syllable is where the next letter is, and the same syllable is before it.
    """
    lines: dict[int, list[tuple[float, int, str]]] = {}
    at = 0
    while at < len(signs):
        place = signs[at].place
        end = at + 1
        while end < len(signs) and signs[end].place == place:
            end += 1
        if place is not None:
            syllable = "".join(sign.sign for sign in signs[at:end])
            lines.setdefault(round(place[1]), []).append((place[0], at, syllable))
        at = end
    found: set[int] = set()
    for line in lines.values():
        line.sort()
        for at, (x, start, syllable) in enumerate(line):
            if len(syllable) > 1 and _repeats_for_a_mark(line, at, x, syllable):
                found.update(range(start, start + len(syllable)))
    return found


def _repeats_for_a_mark(line: Sequence[tuple[float, int, str]], at: int, x: float, syllable: str) -> bool:
    """Whether a syllable is where another letter is, right after the same syllable."""
    near = [*line[max(0, at - 2) : at], *line[at + 1 : at + 2]]
    is_doubled = any(abs(one[0] - x) < _SAME_PLACE and one[2] != syllable for one in near)
    return is_doubled and any(0 < x - one[0] < _SYLLABLE and one[2] == syllable for one in near)


def _blocks(page: Any, text: Any, raw: Any, number: int) -> Iterator[DocumentLine | DocumentTable]:
    """The lines and tables of a page, a table where its first letter is."""
    grids = page_grids(*_drawn_lines(page, raw))
    lines: list[_PdfLine | PageGrid] = []
    cell: tuple[PageGrid, tuple[int, int]] | None = None
    height = 0.0
    for sign, place in _signs(text, raw):
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
    yield from _placed(lines, number, page.get_width())


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


def _letter(code: int) -> str:
    return chr(code) if code and not 0xD800 <= code <= 0xDFFF and code < 0x110000 else ""  # noqa: PLR2004 (Unicode)


def _origin(text: Any, raw: Any, at: int) -> tuple[float, float] | None:
    """The place of a letter on its line, which marks above and below have in common with their consonant."""
    x, y = ctypes.c_double(), ctypes.c_double()
    return (x.value, y.value) if raw.FPDFText_GetCharOrigin(text, at, x, y) else None


def _placed(lines: list[_PdfLine | PageGrid], number: int, page_width: float) -> Iterator[DocumentLine | DocumentTable]:
    """The lines with their places, those that only the page's width broke as one, without the page's number."""
    widest = max((line.end for line in lines if isinstance(line, _PdfLine)), default=0.0)
    full = max(widest * _FULL_LINE, page_width * _FULL_PAGE)
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
        if open_line and is_full and not _begins(plain):
            open_line = DocumentLine(_joined(open_line.text, text), open_line.place)
        else:
            if open_line:
                yield open_line
            open_line = DocumentLine(text, place)
        is_full = line.end >= full
    if open_line:
        yield open_line


def _begins(plain: str) -> bool:
    """Whether a line begins something, so that it does not go on with the line before."""
    is_heading = bool(meaning_of_beginning("sections", squeezed(plain))[0])
    return is_heading or _BEGINS.match(plain) is not None


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
