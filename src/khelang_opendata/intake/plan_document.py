"""A plan document as text: lines and tables in their order, each with its place, from whatever kind of file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from khelang_opendata.intake import notice
from khelang_opendata.model.spoilt_text import FLAWS, as_shown, tidied
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import Language

_MARKUP = re.compile(r"</?(?:p|br|b|i|u|strong|em)\s{0,3}/?>|\*\*", re.IGNORECASE)
"""What programs that recognise letters leave in a text."""
_ITEM = re.compile(r"(?<![\d.,/])(\d{1,3}) ?([.)])(?!\d) ?")
_MENDED = tuple(name for name in FLAWS if name != "lone_mark")


class PlaceKind(StrEnum):
    """How a kind of file counts its places."""

    LINE = "line"
    PAGE = "page"
    PARAGRAPH = "paragraph"
    TABLE = "table"


@dataclass(frozen=True)
class DocumentPlace:
    """A place: the number of the line, page, paragraph or table, and the row of a table or the line of a page."""

    kind: PlaceKind
    number: int
    row: int = 0

    def text(self, language: Language) -> str:
        """The place as a person finds it."""
        return notice(f"place_{self.kind}", language, number=self.number, row=self.row)


@dataclass(frozen=True)
class DocumentLine:
    """A line of text, or a paragraph."""

    text: str
    place: DocumentPlace


@dataclass(frozen=True)
class DocumentRow:
    """A row of a table; of cells that are merged the first has the text, and the others are empty.

    A cell may have several lines.
    """

    cells: Sequence[str]
    place: DocumentPlace


@dataclass(frozen=True)
class DocumentTable:
    """A table, or the part of one that is on one page."""

    rows: Sequence[DocumentRow]


@dataclass(frozen=True)
class PlanDocument:
    """The lines and tables of a document in their order, and the pages that are pictures without text."""

    blocks: Sequence[DocumentLine | DocumentTable]
    unread_pages: Sequence[int] = ()

    @property
    def tables(self) -> list[DocumentTable]:
        return [block for block in self.blocks if isinstance(block, DocumentTable)]

    def lines(self) -> Iterator[DocumentLine]:
        """All text line by line; a cell of a table is a line."""
        for block in self.blocks:
            if isinstance(block, DocumentLine):
                yield block
                continue
            for row in block.rows:
                for cell in row.cells:
                    yield from (DocumentLine(text, row.place) for text in cell.split("\n") if text)


def clean_text(text: str) -> str:
    """A line or cell without markup, with single spaces and letters in one of the forms that look alike."""
    return " ".join(_MARKUP.sub(" ", as_shown(text)).split())


def squeezed(text: str) -> str:
    """A text for comparison: without white space, digits as ASCII."""
    return "".join(ascii_text(text).split())


def mended(text: str) -> str:
    """A text without marks that cannot be meant: those doubled or in a wrong order, and spaces within a word.

    A doubled า is one, for no word begins with it.
    """
    single = re.sub("\u0e32{2,}", "\u0e32", unicodedata.normalize("NFC", text))
    return tidied(single, _MENDED) or single


def item_marks(text: str, last: int | None) -> list[re.Match[str]]:
    """The numbers of items in a text (``1)`` or ``1.``), each the next one, in one style, and none within brackets.

    Args:
        text: the text, in digits of any script.
        last: the number of the item before; a number that begins the text need not follow it.
    """
    plain = ascii_text(text)
    marks: list[re.Match[str]] = []
    open_brackets = at = 0
    begin = len(plain) - len(plain.lstrip())
    for match in _ITEM.finditer(plain):
        between = plain[at : match.start()]
        open_brackets = max(0, open_brackets + between.count("(") - between.count(")"))
        at = match.start()
        begins = match.start() == begin
        is_next = int(match[1]) == (int(marks[-1][1]) if marks else last or 0) + 1
        if (begins or is_next) and not open_brackets and (not marks or match[2] == marks[0][2]):
            marks.append(match)
            at = match.end()
    return marks
