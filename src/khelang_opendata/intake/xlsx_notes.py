"""Notes on the cells of one sheet: the part of comments, and the drawing in VML that shows them.

Each line of ours begins with :data:`MARK`, in a note of ours as in one of the user's, to which ours is added. So the
lines of an earlier copy are found again, and whatever else the note holds is the user's, and stays.

Source: ISO/IEC 29500-1, 18.7 (comments), and 29500-4, 19 (VML). The drawing is no strict XML where Excel wrote it, so
it is searched as text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import ceil
from xml.sax.saxutils import escape

from khelang_opendata.formats.worksheets import columns_taken, xml_text
from khelang_opendata.intake.xlsx_cells import Cell, SheetCells, place_of
from khelang_opendata.intake.xlsx_parts import XlsxParts
from khelang_opendata.intake.xml_places import Splice, XmlPlace, ascii_xml, changed, filled, places
from khelang_opendata.model.places import letters

MARK = "khelang · "
"""What each line of ours begins with."""

AUTHOR = "khelang"
_THREAD = "tc="
"""The beginning of the author of a note that only replaces a thread of comments, which Excel shows in its place."""

_OURS = re.compile(rf"\n?{MARK}[^\n]*")
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DRAWING = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SHAPE = re.compile(rb"<((?:\w+:)?shape)\s")
_CELL = re.compile(rb"<(?:\w+:)?(Row|Column)>\s*(\d+)\s*</")
_SHAPE_NUMBER = re.compile(rb'id="_x0000_s(\d+)"')
_BLOCKS = re.compile(rb'<(?:\w+:)?idmap\b[^<>]*\bdata="([\d,]*)"')
_ANCHOR = re.compile(rb"<(?:\w+:)?Anchor>([\d,\s]+)</")
_PIXELS = re.compile(rb"height:\s*(\d+)(?:\.\d+)?(px|pt)")
_ROOT = re.compile(rb"<xml\b[^<>]*")
_SPACES = {
    "v": "urn:schemas-microsoft-com:vml",
    "o": "urn:schemas-microsoft-com:office:office",
    "x": "urn:schemas-microsoft-com:office:excel",
}
_BLOCK = 1024
_WIDTH, _LINE, _MARGIN, _MOST_LINES = 330, 17, 14, 30
"""The size of a note in pixels, and the lines that it shows at most."""
_FARTHEST = 200
"""Columns or rows, of which many may be hidden, that a note reaches over at most."""
_LETTERS = 46
"""Letters side by side in a line of a note."""

_NEW_DRAWING = """<xml xmlns:v="{v}" xmlns:o="{o}" xmlns:x="{x}"><o:shapelayout v:ext="edit">\
<o:idmap v:ext="edit" data="{blocks}"/></o:shapelayout></xml>"""
_SHAPE_TYPE = """<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">\
<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"""
_NEW_SHAPE = """<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;\
margin-top:2pt;width:{width}pt;height:{height}pt;z-index:{order};visibility:hidden" fillcolor="#ffffe1" \
o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>\
<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>\
<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>\
<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"""


class SheetNotes:
    """The notes of one sheet, without those of an earlier copy."""

    def __init__(self, parts: XlsxParts, part: str) -> None:
        """Read the notes of a sheet, and take away ours.

        Args:
            parts: the workbook.
            part: the part of the sheet.
        """
        self._parts, self._part = parts, part
        relations = parts.relations(part)
        comments = next((r.target for r in relations if r.kind == "comments"), "")
        self._comments = comments if comments in parts else ""
        link = next(iter(_drawings(parts[part])), "")
        drawing = next((r.target for r in relations if r.id == link), "")
        self._drawing = drawing if drawing in parts else ""
        self.link = ""
        """The relationship to a new drawing, which the sheet is to name."""
        if self._comments:
            self._without_ours()

    def add(self, notes: Mapping[Cell, Sequence[str]], sheet: SheetCells) -> list[Cell]:
        """Add notes.

        Args:
            notes: the lines of the note on each cell.
            sheet: the sheet as it is.

        Returns:
            The cells that take no note, for they have a thread of comments.
        """
        if not notes:
            return []
        if not self._comments:
            self._comments = self._parts.unused("xl/comments{}.xml")
            space = self._parts.namespace()
            self._parts.add(
                self._comments, f'<comments xmlns="{space}"><authors/><commentList/></comments>'.encode(), _COMMENTS
            )
            self._parts.relate(self._part, "comments", self._comments)
        taken = self._add_texts(notes)
        self._draw({cell: lines for cell, lines in notes.items() if cell not in taken}, sheet)
        return taken

    def _add_texts(self, notes: Mapping[Cell, Sequence[str]]) -> list[Cell]:
        data = self._parts[self._comments]
        found = places(data)
        authors, names = self._authors(data, found)
        root, prefix = found[0], found[0].prefix
        known = {_place_or_none(p.attributes.get("ref", "")): p for p in found if p.name == "comment"}
        changes, new, threads = [], b"", list[Cell]()
        if AUTHOR not in names:
            changes.append(filled(data, authors, ascii_xml(f"<{prefix}author>{AUTHOR}</{prefix}author>")))
        number = names.index(AUTHOR) if AUTHOR in names else len(names)
        for cell, lines in notes.items():
            text = "\n".join(MARK + line for line in lines)
            comment = known.get(cell)
            if comment is None:
                address = f"{letters(cell[1])}{cell[0] + 1}"
                opened = f'<{prefix}comment ref="{address}" authorId="{number}"><{prefix}text>'
                new += ascii_xml(f"{opened}{_run(prefix, text)}</{prefix}text></{prefix}comment>")
            elif _author_of(comment, names).startswith(_THREAD):
                threads.append(cell)
            else:
                changes += _extended(data, found, comment, _run(prefix, f"\n{text}"))
        listed = next((p for p in found if p.name == "commentList"), None)
        if listed is None:
            new = ascii_xml(f"<{prefix}commentList>") + new + ascii_xml(f"</{prefix}commentList>")
        changes.append(filled(data, listed or root, new))
        self._parts[self._comments] = changed(data, changes)
        return threads

    def _authors(self, data: bytes, found: list[XmlPlace]) -> tuple[XmlPlace, list[str]]:
        names = [
            html.unescape(data[p.inside : p.outside].decode("utf-8", "replace")) for p in found if p.name == "author"
        ]
        return next(p for p in found if p.name == "authors"), names

    def _without_ours(self) -> None:
        """Take our lines out of all notes; a note without other lines goes, and so does its drawing."""
        data = self._parts[self._comments]
        comment: XmlPlace | None = None
        texts: dict[int, tuple[XmlPlace, list[XmlPlace]]] = {}
        for place in places(data):
            if place.name == "comment":
                comment = place
                texts[place.start] = (place, [])
            elif place.name == "t" and comment is not None and place.start < comment.end:
                texts[comment.start][1].append(place)
        changes, gone = [], set()
        for comment, runs in texts.values():
            before = [html.unescape(data[p.inside : p.outside].decode("utf-8", "replace")) for p in runs]
            after = [_OURS.sub("", text) for text in before]
            if before == after:
                continue
            if "".join(after).strip():
                pairs = zip(runs, before, after, strict=True)
                changes += [Splice(p.inside, p.outside, ascii_xml(escape(new))) for p, old, new in pairs if old != new]
            else:
                changes.append(Splice(comment.start, comment.end, b""))
                gone.add(_place_or_none(comment.attributes.get("ref", "")))
        if changes:
            self._parts[self._comments] = changed(data, changes)
        if gone and self._drawing:
            drawing = self._parts[self._drawing]
            self._parts[self._drawing] = changed(
                drawing, [Splice(start, end, b"") for start, end, shape in _shapes(drawing) if _cell_of(shape) in gone]
            )

    def _draw(self, notes: Mapping[Cell, Sequence[str]], sheet: SheetCells) -> None:
        """Give each note its shape in the drawing; one that the user's note has already is made high enough."""
        if not self._drawing:
            self._new_drawing(len(notes))
        data = self._parts[self._drawing]
        known = {_cell_of(s): (s, start) for start, _, s in _shapes(data) if b'ObjectType="Note"' in s}
        numbers = [int(number) for number in _SHAPE_NUMBER.findall(data)]
        first = max(numbers, default=int((_blocks(data) or ["1"])[0]) * _BLOCK) + 1
        new = "" if b'id="_x0000_t202"' in data else _SHAPE_TYPE
        changes = [*_named_spaces(data)]
        for at, (cell, lines) in enumerate(notes.items()):
            height = _height(lines)
            if cell in known:
                changes += _raised(*known[cell], sheet, height)
                continue
            new += _NEW_SHAPE.format(
                number=first + at,
                order=at + 1,
                anchor=_anchor(sheet, cell, height),
                width=_WIDTH * 3 // 4,
                height=height * 3 // 4,
                row=cell[0],
                column=cell[1],
            )
        end = data.rfind(b"</xml>")
        if end < 0:
            raise ValueError("a drawing of notes without an end")
        self._parts[self._drawing] = changed(data, [*changes, Splice(end, end, new.encode())])

    def _new_drawing(self, count: int) -> None:
        """A drawing for notes, whose shapes have numbers that no other sheet's have."""
        self._drawing = self._parts.unused("xl/drawings/vmlDrawing{}.vml")
        drawings = (data for name, data in self._parts.contents().items() if name.endswith(".vml"))
        taken = {int(block) for data in drawings for block in _blocks(data)}
        first = max(taken, default=0) + 1
        blocks = ",".join(str(first + at) for at in range(ceil((count + 1) / _BLOCK)))
        self._parts.add(self._drawing, _NEW_DRAWING.format(blocks=blocks, **_SPACES).encode(), _DRAWING)
        self.link = self._parts.relate(self._part, "vmlDrawing", self._drawing)


def _drawings(data: bytes) -> Iterable[str]:
    """The ids of the relationships to the drawing of a sheet's notes."""
    for place in places(data, lambda name, _depth: name == "legacyDrawing"):
        yield from (value for name, value in place.attributes.items() if name.endswith(":id"))


def _extended(data: bytes, found: list[XmlPlace], comment: XmlPlace, run: str) -> list[Splice]:
    """The changes that add a run to a note; a plain text becomes a run first, for it cannot have one beside it."""
    inside = [p for p in found if comment.start < p.start < comment.end]
    text = next((p for p in inside if p.name == "text"), None)
    if text is None:
        opened, closed = f"<{comment.prefix}text>", f"</{comment.prefix}text>"
        return [Splice(comment.inside, comment.inside, ascii_xml(opened + run + closed))]
    parts = [p for p in inside if p.depth == text.depth + 1 and p.name in ("t", "r")]
    if not parts:
        return [filled(data, text, ascii_xml(run))]
    last = parts[-1]
    if last.name == "r":
        return [Splice(last.end, last.end, ascii_xml(run))]
    p = last.prefix
    return [Splice(last.start, last.start, f"<{p}r>".encode()), Splice(last.end, last.end, ascii_xml(f"</{p}r>{run}"))]


def _run(prefix: str, text: str) -> str:
    p = prefix
    font = f'<{p}rPr><{p}sz val="9"/><{p}rFont val="Tahoma"/></{p}rPr>'
    return f'<{p}r>{font}<{p}t xml:space="preserve">{xml_text(text)}</{p}t></{p}r>'


def _author_of(comment: XmlPlace, names: Sequence[str]) -> str:
    number = comment.attributes.get("authorId", "")
    return names[int(number)] if number.isdecimal() and int(number) < len(names) else ""


def _place_or_none(address: str) -> Cell | None:
    try:
        return place_of(address)
    except ValueError:
        return None


def _cell_of(shape: bytes) -> Cell | None:
    found = {name: int(number) for name, number in _CELL.findall(shape)}
    return (found[b"Row"], found[b"Column"]) if len(found) == 2 else None  # noqa: PLR2004 (row and column)


def _blocks(drawing: bytes) -> list[str]:
    return [block for found in _BLOCKS.findall(drawing) for block in found.decode().split(",") if block]


def _height(lines: Sequence[str]) -> int:
    """The height in pixels that the lines of a note need."""
    count = sum(ceil(columns_taken(MARK + line) / _LETTERS) or 1 for line in lines)
    return min(count, _MOST_LINES) * _LINE + _MARGIN


def _anchor(sheet: SheetCells, cell: Cell, height: int) -> str:
    """The corners of a note beside its cell: for each the column or row and the pixels within it."""
    left, top = cell[1] + 1, max(cell[0] - 1, 0)
    right, right_offset = _along(left, _WIDTH + 15, sheet.width)
    bottom, bottom_offset = _along(top, height + 4, sheet.height)
    return f"{left},15,{top},4,{right},{right_offset},{bottom},{bottom_offset}"


def _along(first: int, pixels: int, size: Callable[[int], int]) -> tuple[int, int]:
    """The column or row that is some pixels after the beginning of another, and the pixels within it."""
    at = first
    while at < first + _FARTHEST and pixels >= size(at):
        pixels -= size(at)
        at += 1
    return at, min(pixels, size(at))


def _raised(shape: bytes, start: int, sheet: SheetCells, height: int) -> list[Splice]:
    """The changes that make the shape of a user's note as high as its new lines need, below what it has."""
    if found := _ANCHOR.search(shape):
        numbers = [int(number) for number in found[1].split(b",")]
        if len(numbers) == 8:  # noqa: PLR2004 (four corners)
            bottom, _ = _along(numbers[2], height, sheet.height)
            numbers[6] = max(numbers[6], bottom + 2)
        anchor = ",".join(map(str, numbers)).encode()
        return [Splice(start + found.start(1), start + found.end(1), anchor)]
    if found := _PIXELS.search(shape):
        pixels = int(found[1]) * (4 if found[2] == b"pt" else 3) // 3
        return [Splice(start + found.start(), start + found.end(), f"height:{max(pixels, height + 60)}px".encode())]
    return []


def _named_spaces(drawing: bytes) -> Iterator[Splice]:
    """The changes that name the namespaces of new shapes; a drawing may have them under other names."""
    if root := _ROOT.search(drawing):
        missing = (f' xmlns:{p}="{s}"' for p, s in _SPACES.items() if f"xmlns:{p}=".encode() not in root[0])
        yield Splice(root.end(), root.end(), "".join(missing).encode())


def _shapes(drawing: bytes) -> Iterator[tuple[int, int, bytes]]:
    """The shapes of a drawing: where each begins and ends, and its text."""
    end = 0
    while found := _SHAPE.search(drawing, end):
        closing = b"</" + found[1] + b">"
        last = drawing.find(closing, found.end())
        if last < 0:
            return
        end = last + len(closing)
        yield found.start(), end, drawing[found.start() : end]
