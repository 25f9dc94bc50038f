"""Read a plan document: a text, a DOCX or a PDF, recognised by its first bytes, never by its suffix."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence

from khelang_opendata.intake.plan_document import (
    DocumentLine,
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    PlaceKind,
    PlanDocument,
    clean_text,
)
from khelang_opendata.model.failures import DataError

MOST_BYTES = 100_000_000
_MOST_TEXT = 20_000_000
_MOST_LINES = 300_000
_HEAD = 1024
_LEAST_CELLS = 3
_MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OTHER_KINDS = {
    b"\xd0\xcf\x11\xe0": "old",
    b"{\\rtf": "rtf",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
    b"II*\x00": "picture",
    b"MM\x00*": "picture",
    b"GIF8": "picture",
}
"""The first bytes of files that people take for a document, and which failure says what to do."""


def read_document(data: bytes, name: str) -> PlanDocument:
    """The lines and tables of a document.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is empty, of another kind, scanned, protected, damaged or too large.
        ExtraMissing: the library that reads files of this kind is not installed.
    """
    head = data[:_HEAD].lstrip()
    if not data.strip(b"\0 \t\r\n"):
        raise DataError("document_refused", "empty", path=name)
    for magic, kind in _OTHER_KINDS.items():
        if head.startswith(magic):
            raise DataError("document_refused", kind, path=name)
    if b"%PDF-" in data[:_HEAD]:
        from khelang_opendata.intake.pdf_document import read_pdf  # noqa: PLC0415 (extra)

        return read_pdf(data, name)
    if head.startswith(b"PK"):
        from khelang_opendata.intake.docx_document import read_docx  # noqa: PLC0415 (extra)

        return read_docx(data, name)
    return _read_text(data, name)


def _read_text(data: bytes, name: str) -> PlanDocument:
    """A text whose tables have a tab between cells, or a bar as Markdown does."""
    if len(data) > _MOST_TEXT:
        raise DataError("document_refused", "large", path=name)
    text = _decoded(data, name)
    if text.lstrip()[:_HEAD].lower().startswith(("<!doctype html", "<html")):
        raise DataError("document_refused", "web_page", path=name)
    lines = text.splitlines()
    if len(lines) > _MOST_LINES:
        raise DataError("document_refused", "large", path=name)
    return PlanDocument(list(_blocks(lines)))


def _decoded(data: bytes, name: str) -> str:
    encoding = next((found for mark, found in _MARKS.items() if data.startswith(mark)), "")
    for known in [encoding] if encoding else ["utf-8", "cp874"]:
        try:
            text = data.decode(known)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise DataError("document_refused", "not_document", path=name)


def _blocks(lines: Sequence[str]) -> Iterator[DocumentLine | DocumentTable]:
    rows: list[DocumentRow] = []
    for number, line in enumerate(lines, 1):
        place = DocumentPlace(PlaceKind.LINE, number)
        cells = _cells(line)
        if cells:
            rows.append(DocumentRow([clean_text(cell) for cell in cells], place))
            continue
        if rows:
            yield DocumentTable(rows)
            rows = []
        text = clean_text(line).removeprefix("- ").lstrip("# ")
        if text:
            yield DocumentLine(text, place)
    if rows:
        yield DocumentTable(rows)


def _cells(line: str) -> list[str]:
    """The cells of a line that is a row of a table; none where it is text, or the rule of a table in Markdown."""
    if "\t" in line.strip(" ") and line.strip():
        return line.rstrip("\r\n").split("\t")
    bare = line.strip()
    if bare.startswith("|") and bare.endswith("|") and bare.count("|") > _LEAST_CELLS:
        return [] if not bare.strip("|-: ") else bare[1:-1].split("|")
    return []
