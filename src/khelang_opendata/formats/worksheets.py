"""Common parts of workbooks: styles, literal text, row heights, and the same bytes on every machine."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import DataError
from khelang_opendata.validation.rules.portal_readiness import TABLE_LIMITS

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

BODY = {"font_name": "Tahoma", "font_size": 10, "valign": "top"}  # Tahoma has Thai on Windows and on the Mac
TEXT = BODY | {"text_wrap": True, "align": "left", "indent": 1}
HEADING = TEXT | {"bold": True, "border": 1, "border_color": "#9FB3C8", "bg_color": "#D9E2EC"}
FORMULA = TEXT | {"quote_prefix": True}
NUMBER = BODY | {"align": "right", "indent": 1}
LINE = {"border": 1, "border_color": "#C9D3DE"}
_LONGEST_NOTE = (32, 255)  # what Excel takes for the title and the text of a note on a cell
_LONGEST_TEXT = TABLE_LIMITS["characters"]
_TOLD = 80  # characters of a text that is too long
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_LINE_HEIGHT, _GREATEST_HEIGHT = 15, 409  # in points; Excel allows no more
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_MORE_THAN_TEXT = re.compile(rf"\A<r>|{_ESCAPE.pattern}|{_NOT_IN_XML.pattern}")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip file can name


@dataclass(frozen=True)
class Book:
    """The workbook that is written, and the styles that its cells share."""

    excel: Workbook
    styles: dict[tuple[tuple[str, Any], ...], Format] = field(default_factory=dict)

    def style(self, base: Mapping[str, Any] = BODY, **more: Any) -> Format:
        """The style of these properties, made once."""
        key = tuple(sorted({**base, **more}.items()))
        if key not in self.styles:
            self.styles[key] = self.excel.add_format(dict(key))
        return self.styles[key]


def stored(workbook: bytes) -> bytes:
    """The same parts in the same order, with nothing of the machine, the day or the library that packed them."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as packed, zipfile.ZipFile(stream, "w") as plain:
        for name in packed.namelist():
            part = zipfile.ZipInfo(name, _EPOCH)
            part.create_system, part.external_attr = 3, 0o644 << 16
            plain.writestr(part, packed.read(name))
    return stream.getvalue()


def set_page(sheet: Worksheet, margin: float) -> None:
    """On paper: A4 on its side, with the sheet's name and the page's number; the margin is in inches."""
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.set_margins(left=margin, right=margin, top=0.5, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")


def set_height(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """Make a row as high as its wrapped texts need; not every program does that by itself."""
    lines = max(_lines(text, width) for text, width in zip(texts, widths, strict=False))
    sheet.set_row(row, min(lines * _LINE_HEIGHT + 2, _GREATEST_HEIGHT))


def _lines(text: str, width: int) -> int:
    """How many lines a wrapped text takes; the indent takes one character of the width."""
    return sum(max(1, ceil(columns_taken(line) / (width - 1))) for line in text.split("\n"))


def set_note(sheet: Worksheet, row: int, at: int, note: tuple[str, str]) -> None:
    """Give a cell a note, a title and a text, which shows when the cell is chosen."""
    title, text = (
        part if len(part) <= most else f"{part[: most - 1]}…" for part, most in zip(note, _LONGEST_NOTE, strict=True)
    )
    sheet.data_validation(row, at, row, at, {"validate": "any", "input_title": title, "input_message": text})


def write_text(sheet: Worksheet, row: int, at: int, text: str, style: Format) -> None:
    """Write literal text: what the library or Excel would interpret is escaped in markup that the library copies."""
    if len(text.encode("utf-16-le")) // 2 > _LONGEST_TEXT:
        raise DataError("form_refused", "text", sheet=sheet.get_name(), limit=_LONGEST_TEXT, text=visible(text[:_TOLD]))
    plain = not _MORE_THAN_TEXT.search(text)
    sheet.write_string(row, at, text if plain else _marked_up(text), style)


def _marked_up(text: str) -> str:
    """Text as the XML of one run; a character that XML has no place for is ``_xHHHH_``, as Excel writes and reads it.

    The underscores of such are written as entities, or the library would escape them in its turn, and not all.
    """
    return f'<r><t xml:space="preserve">{xml_text(text).replace("_", "&#95;")}</t></r>'


def xml_text(text: str) -> str:
    """Text as an XML part of a workbook has it, in which every character comes out again."""
    escaped = _ESCAPE.sub("_x005F_", text)
    return escape(_NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", escaped))


def columns_taken(line: str) -> int:
    """Characters side by side; Thai vowels and tone marks above and below a letter take no room."""
    return len(line) - [*map(unicodedata.category, line)].count("Mn")
