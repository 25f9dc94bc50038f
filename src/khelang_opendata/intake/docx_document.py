"""The lines and tables of a DOCX (Office Open XML, ISO/IEC 29500-1): also inserted text, list numbers, merged cells.

The numbers of lists are not in the text of a paragraph: they are counted here as Word shows them, for headings of
sections and titles in tables are often numbered so.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree

from khelang_opendata.intake.plan_document import (
    DocumentLine,
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    PlaceKind,
    PlanDocument,
    clean_text,
)
from khelang_opendata.intake.xlsx_checks import MOST_BYTES, MOST_TIMES
from khelang_opendata.model.failures import DataError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_DOCUMENT, _NUMBERING = "word/document.xml", "word/numbering.xml"
_MOST_XML = 80_000_000
_SMALL = 5_000_000
"""Unpacked bytes below which no ratio is asked for."""
_COUNTED = ("decimal", "decimalZero", "thaiNumbers", "thaiCounting")
_IS_ENCRYPTED = 1
_WIDEST = 100
_DAMAGED = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError, LookupError, ValueError, EOFError, OSError)


@dataclass
class _ListNumbers:
    """The numbers of lists: their forms by list and level, and how far each is counted."""

    forms: Mapping[tuple[str, str], str]
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def next(self, paragraph: ElementTree.Element) -> str:
        """The number that Word shows before a paragraph; empty for none, and for bullets and lower levels."""
        list_ = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}numId")
        level = paragraph.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        key = (_value(list_), _value(level) or "0")
        if key not in self.forms:
            return ""
        self.counts[key] += 1
        return self.forms[key].replace("%1", str(self.counts[key])) + " "


def read_docx(data: bytes, name: str) -> PlanDocument:
    """The lines and tables of a DOCX in their order.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is of another kind, has a password, is damaged, or is too large to be read safely.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            _check(packed, len(data), name)
            body = _tree(packed, _DOCUMENT, name)[0]
            has_numbers = _NUMBERING in packed.namelist()
            numbers = _ListNumbers(_forms(_tree(packed, _NUMBERING, name)) if has_numbers else {})
    except RuntimeError as error:  # what zipfile raises of a password, and of packings that it lacks
        raise DataError("document_refused", "password", path=name) from error
    except _DAMAGED as error:
        raise DataError("document_refused", "damaged", path=name) from error
    return PlanDocument(list(_blocks(body, numbers)))


def _check(packed: zipfile.ZipFile, size: int, name: str) -> None:
    parts = packed.infolist()
    names = {part.filename for part in parts}
    if _DOCUMENT not in names:
        raise DataError("document_refused", "workbook" if "xl/workbook.xml" in names else "not_document", path=name)
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise DataError("document_refused", "password", path=name)
    total = sum(part.file_size for part in parts)
    texts = sum(part.file_size for part in parts if part.filename in (_DOCUMENT, _NUMBERING))
    if total > MOST_BYTES or texts > _MOST_XML or (total > _SMALL and total > MOST_TIMES * size):
        raise DataError("document_refused", "large", path=name)


def _tree(packed: zipfile.ZipFile, part: str, name: str) -> ElementTree.Element:
    with packed.open(part) as opened:
        data = opened.read(_MOST_XML + 1)
    if len(data) > _MOST_XML:
        raise DataError("document_refused", "large", path=name)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("a document type, which no document of Word has")
    text = data.replace(_STRICT[1:-1].encode(), _W[1:-1].encode())
    return ElementTree.fromstring(text)  # noqa: S314 (document types are refused)


def _forms(numbering: ElementTree.Element) -> dict[tuple[str, str], str]:
    """The texts of numbers by list and level, of the first level of lists that are counted."""
    kinds: dict[str, str] = {}
    for kind in numbering.findall(f"{_W}abstractNum"):
        level = next((one for one in kind.findall(f"{_W}lvl") if one.get(f"{_W}ilvl") == "0"), None)
        if level is not None and _value(level.find(f"{_W}numFmt")) in _COUNTED:
            kinds[kind.get(f"{_W}abstractNumId", "")] = _value(level.find(f"{_W}lvlText"))
    forms = {}
    for list_ in numbering.findall(f"{_W}num"):
        form = kinds.get(_value(list_.find(f"{_W}abstractNumId")))
        if form and form.count("%") == 1:
            forms[list_.get(f"{_W}numId", ""), "0"] = form
    return forms


def _value(element: ElementTree.Element | None) -> str:
    return element.get(f"{_W}val", "") if element is not None else ""


def _blocks(body: ElementTree.Element, numbers: _ListNumbers) -> Iterator[DocumentLine | DocumentTable]:
    paragraphs = tables = 0
    for element in _inner(body, (f"{_W}p", f"{_W}tbl")):
        if element.tag == f"{_W}tbl":
            tables += 1
            yield DocumentTable(list(_rows(element, tables, numbers)))
            continue
        paragraphs += 1
        place = DocumentPlace(PlaceKind.PARAGRAPH, paragraphs)
        yield from (DocumentLine(text, place) for text in _lines(element, numbers))


def _inner(parent: ElementTree.Element, wanted: tuple[str, ...]) -> Iterator[ElementTree.Element]:
    """The elements of some kinds in another one, also where content controls or changes wrap them, not within each
    other."""
    waiting = [*reversed(parent)]
    while waiting:
        element = waiting.pop()
        if element.tag in wanted:
            yield element
        elif element.tag not in (_FALLBACK, f"{_W}del"):
            waiting += reversed(element)


def _lines(paragraph: ElementTree.Element, numbers: _ListNumbers) -> list[str]:
    """The lines of a paragraph, without those that are empty; the first one with the number of its list."""
    parts = [numbers.next(paragraph)]
    wanted = (f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen")
    signs = {f"{_W}tab": " ", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}
    for element in _inner(paragraph, wanted):
        parts.append(signs.get(element.tag, element.text or ""))
    return [line for part in "".join(parts).split("\n") if (line := clean_text(part))]


def _rows(table: ElementTree.Element, number: int, numbers: _ListNumbers) -> Iterator[DocumentRow]:
    for at, row in enumerate(_inner(table, (f"{_W}tr",)), 1):
        cells: list[str] = []
        for cell in _inner(row, (f"{_W}tc",)):
            merge = cell.find(f"{_W}tcPr/{_W}vMerge")
            goes_on = merge is not None and merge.get(f"{_W}val", "continue") == "continue"
            texts = [line for p in cell.iter(f"{_W}p") for line in _lines(p, numbers)]
            span = _value(cell.find(f"{_W}tcPr/{_W}gridSpan"))
            width = min(int(span), _WIDEST) if span.isdecimal() else 1
            cells += ["" if goes_on else "\n".join(texts), *[""] * (width - 1)]
        yield DocumentRow(cells, DocumentPlace(PlaceKind.TABLE, number, at))
