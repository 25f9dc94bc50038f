"""The list of all remarks on a workbook: as a sheet of its copy, and as a workbook of its own."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from math import ceil
from xml.sax.saxutils import quoteattr

from khelang_opendata.formats.worksheets import BODY, HEADING, TEXT, Book, columns_taken, stored, write_text, xml_text
from khelang_opendata.intake import notice
from khelang_opendata.intake.noted_cells import COLOURS, CellNote, address_of_cell
from khelang_opendata.model.places import letters
from khelang_opendata.model.wording import Language

MOST_LISTED = 60_000
"""Remarks that are listed; a sheet takes 65,530 links (Excel's limit)."""

_WIDTHS = (22, 12, 18, 28, 70, 60)
_LINE, _HIGHEST = 18, 400
_FIRST = 4
"""The row of the first remark, from zero; the heading is above it."""
_LONGEST_VALUE = 200


def _headings(language: Language) -> list[str]:
    names = ("place", "cell", "kind", "value", "text", "fix")
    return [notice(f"remarks_{name}", language) for name in names]


def _lines(notes: Sequence[CellNote], language: Language) -> list[list[str]]:
    """What is above the list, and its heading."""
    count = notice("remarks_count", language, count=len(notes))
    listed = [count if len(notes) <= MOST_LISTED else f"{count} ({notice('remarks_cut', language, count=MOST_LISTED)})"]
    return [[notice("remarks_title", language)], [notice("remarks_about", language)], listed, _headings(language)]


def _texts(note: CellNote, language: Language) -> list[str]:
    value = note.value if len(note.value) <= _LONGEST_VALUE else note.value[: _LONGEST_VALUE - 1] + "…"
    return [note.sheet, note.place, note.kind.label(language), value, note.text, note.fix]


def _height(texts: Sequence[str]) -> int:
    """The height of a row in points; not every program makes rows as high as their texts."""
    lines = max(ceil(columns_taken(text) * 1.15 / width) for text, width in zip(texts, _WIDTHS, strict=True))
    return min(max(lines, 1) * _LINE, _HIGHEST)


def sheet_xml(notes: Sequence[CellNote], language: Language, namespace: str, style: Callable[[str], int]) -> bytes:
    """The part of the sheet.

    Args:
        notes: the remarks.
        language: of the headings.
        namespace: of the workbook's parts.
        style: the style of a cell by its use: ``text``, ``title``, ``heading``, ``link``, or the colour of a kind.
    """
    rows, links = [], []
    above = _lines(notes, language)
    for row, texts in enumerate(above):
        use = "title" if row == 0 else "heading" if row == _FIRST - 1 else "plain"
        rows.append(_row(row, texts, [style(use)] * len(texts), 24 if row == 0 else _LINE))
    for row, note in enumerate(notes[:MOST_LISTED], _FIRST):
        texts = _texts(note, language)
        styles = [style("text")] * len(texts)
        styles[_KIND] = style(COLOURS[note.kind])
        if note.cell:
            styles[1] = style("link")
            target = f"'{note.sheet.replace(chr(39), chr(39) * 2)}'!{address_of_cell(note.cell)}"
            links.append(f'<hyperlink ref="B{row + 1}" location={quoteattr(target)}/>')
        rows.append(_row(row, texts, styles, _height(texts)))
    columns = (f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(_WIDTHS, 1))
    pane = f'<pane ySplit="{_FIRST}" topLeftCell="A{_FIRST + 1}" activePane="bottomLeft" state="frozen"/>'
    last = f"{letters(len(_WIDTHS) - 1)}{max(len(rows), _FIRST)}"
    return "".join(
        [
            f'<worksheet xmlns="{namespace}"><sheetPr><tabColor rgb="FFC0392B"/>',
            '<pageSetUpPr fitToPage="1"/></sheetPr>',
            f'<sheetViews><sheetView showGridLines="0" workbookViewId="0">{pane}</sheetView></sheetViews>',
            f"<cols>{''.join(columns)}</cols><sheetData>{''.join(rows)}</sheetData>",
            f'<autoFilter ref="A{_FIRST}:{last}"/>' if notes else "",
            f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else "",
            '<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>',
        ]
    ).encode()


def _row(row: int, texts: Sequence[str], styles: Sequence[int], height: int) -> str:
    cells = "".join(
        f'<c r="{letters(at)}{row + 1}" s="{style}" t="inlineStr">'
        f'<is><t xml:space="preserve">{xml_text(text)}</t></is></c>'
        for at, (text, style) in enumerate(zip(texts, styles, strict=True))
    )
    return f'<row r="{row + 1}" ht="{height}" customHeight="1">{cells}</row>'


def remarks_workbook(notes: Sequence[CellNote], language: Language) -> bytes:
    """The list as a workbook of its own, for a file that takes no notes.

    Args:
        notes: the remarks.
        language: of the headings.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 (40 ms to import)

    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as excel:
        book = Book(excel)
        sheet = excel.add_worksheet(notice("remarks_sheet", language))
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width)
        for row, texts in enumerate(_lines(notes, language)):
            style = book.style(BODY, bold=True, font_size=14) if row == 0 else book.style(BODY)
            for at, text in enumerate(texts):
                write_text(sheet, row, at, text, book.style(HEADING) if row == _FIRST - 1 else style)
        for row, note in enumerate(notes[:MOST_LISTED], _FIRST):
            texts = _texts(note, language)
            for at, text in enumerate(texts):
                colour = {"bg_color": f"#{COLOURS[note.kind][2:]}"} if at == _KIND else {}
                write_text(sheet, row, at, text, book.style(TEXT, **colour))
            sheet.set_row(row, _height(texts))
        sheet.freeze_panes(_FIRST, 0)
    return stored(stream.getvalue())


_KIND = 2
"""The column of the kind."""
