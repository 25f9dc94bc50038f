"""Colours of cells: the style of a cell with another fill, and its own fill again in the next copy.

A fill of ours is known by its colour. Where the cell had a plain colour of its own, that is kept as the fill's
``bgColor``, which a solid fill does not show.
"""

from __future__ import annotations

from collections.abc import Sequence

from khelang_opendata.intake.xlsx_parts import WORKBOOK, XlsxParts
from khelang_opendata.intake.xml_places import Splice, XmlPlace, ascii_xml, changed, filled, places, with_attributes

_PART = "xl/styles.xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs", "tableStyles")
"""The parts of the styles in the order that the standard demands (ISO/IEC 29500-1, 18.8.39)."""
_DEFAULTS = {
    "fonts": '<{0}font><{0}sz val="11"/><{0}name val="Tahoma"/></{0}font>',
    "fills": '<{0}fill><{0}patternFill patternType="none"/></{0}fill>'
    '<{0}fill><{0}patternFill patternType="gray125"/></{0}fill>',
    "borders": "<{0}border/>",
    "cellStyleXfs": '<{0}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellXfs": '<{0}xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',
    "cellStyles": '<{0}cellStyle name="Normal" xfId="0" builtinId="0"/>',
}
_FONT = '<{0}font>{1}<{0}sz val="11"/>{2}<{0}name val="Tahoma"/></{0}font>'
_COLOUR_ATTRIBUTES = ("rgb", "theme", "indexed", "tint")
_NO_COLOUR = {"indexed": "64"}


class XlsxFills:
    """The styles of a workbook, to which styles with colours of ours are added.

    Fills of an earlier copy are taken away first: the cells that have them get back the fill that they had.
    """

    def __init__(self, parts: XlsxParts, ours: Sequence[str]) -> None:
        """Read the styles.

        Args:
            parts: the workbook.
            ours: the colours of our fills, as ``FFrrggbb``.
        """
        self._parts, self._ours = parts, {*ours}
        self._part = next((r.target for r in parts.relations(WORKBOOK) if r.kind == "styles"), "")
        if self._part not in parts:
            self._add_part()
        for name, default in _DEFAULTS.items():
            self._complete(name, default)
        data = parts[self._part]
        self._data = changed(data, [self._restored(data, fill) for fill in self._our_fills(data)])
        self._found = places(self._data, lambda _name, depth: depth <= 3)  # noqa: PLR2004 (root to colours)
        self._prefix = self._found[0].prefix
        self._styles = self._children("cellXfs")
        self._fills, self._fonts = len(self._children("fills")), len(self._children("fonts"))
        self._new: dict[str, list[bytes]] = {"fonts": [], "fills": [], "cellXfs": []}
        self._known: dict[tuple[int, str], int] = {}

    def coloured(self, style: int, colour: str) -> int:
        """The style of a cell with a fill of ours.

        Args:
            style: the style that the cell has.
            colour: the fill's, one of ours.
        """
        if (style, colour) not in self._known:
            base = self._style(style)
            own = int(base.attributes.get("fillId", "0"))
            fill = self._add("fills", self._fill(colour, self._colour_of(own)), self._fills)
            clone = with_attributes(self._data[base.start : base.end], {"fillId": str(fill), "applyFill": "1"})
            self._known[style, colour] = self._add("cellXfs", clone, len(self._styles))
        return self._known[style, colour]

    def text_style(self, colour: str = "", *, bold: bool = False, link: bool = False, wraps: bool = True) -> int:
        """A style for text of ours, at the top of the cell."""
        p = self._prefix
        more = (f"<{p}b/>" if bold else "") + (f"<{p}u/>" if link else "")
        after = f'<{p}color rgb="FF0B4F9E"/>' if link else ""
        font = self._add("fonts", ascii_xml(_FONT.format(p, more, after)), self._fonts)
        fill = self._add("fills", self._fill(colour, _NO_COLOUR), self._fills) if colour else 0
        numbers = f'numFmtId="0" fontId="{font}" fillId="{fill}" borderId="0" applyFont="1" applyFill="1"'
        alignment = f'<{p}alignment vertical="top" wrapText="{int(wraps)}"/>'
        made = f'<{p}xf {numbers} applyAlignment="1">{alignment}</{p}xf>'
        return self._add("cellXfs", ascii_xml(made), len(self._styles))

    def save(self) -> None:
        """Put the styles back into the workbook."""
        changes = []
        for name, new in self._new.items():
            place = next(p for p in self._found if p.name == name and p.depth == 1)
            tag = self._data[place.start : place.inside]
            count = len(self._children(name)) + len(new)
            changes.append(Splice(place.start, place.inside, with_attributes(tag, {"count": str(count)})))
            changes.append(Splice(place.outside, place.outside, b"".join(new)))
        self._parts[self._part] = changed(self._data, changes)

    def _add_part(self) -> None:
        self._part = _PART
        self._parts.add(self._part, f'<styleSheet xmlns="{self._parts.namespace()}"/>'.encode(), _TYPE)
        self._parts.relate(WORKBOOK, "styles", self._part)

    def _complete(self, name: str, default: str) -> None:
        """Add a list of styles that the part lacks or has without entries."""
        data = self._parts[self._part]
        root, *found = places(data, lambda _name, depth: depth <= 2)  # noqa: PLR2004 (lists and entries)
        place = next((p for p in found if p.name == name and p.depth == 1), None)
        content = default.format(root.prefix)
        if place is None:
            after = _ORDER[_ORDER.index(name) + 1 :]
            later = next((p.start for p in found if p.depth == 1 and p.name in (*after, "colors", "extLst")), None)
            new = ascii_xml(f"<{root.prefix}{name}>{content}</{root.prefix}{name}>")
            change = filled(data, root, new) if later is None else Splice(later, later, new)
            self._parts[self._part] = changed(data, [change])
        elif not any(place.start < p.start < place.end for p in found):
            self._parts[self._part] = changed(data, [filled(data, place, ascii_xml(content))])

    def _our_fills(self, data: bytes) -> list[XmlPlace]:
        """The places of ``patternFill`` that an earlier copy made."""
        found = places(data, lambda name, _depth: name in ("patternFill", "fgColor"))
        return [
            found[at - 1]
            for at, place in enumerate(found)
            if place.name == "fgColor" and place.attributes.get("rgb") in self._ours and place.depth == 4  # noqa: PLR2004
        ]

    def _restored(self, data: bytes, fill: XmlPlace) -> Splice:
        """The fill that a cell had before: its colour, or none."""
        inner = places(data[fill.start : fill.end])
        kept = next((p.attributes for p in inner if p.name == "bgColor"), _NO_COLOUR)
        kept = {name: kept[name] for name in _COLOUR_ATTRIBUTES if name in kept}
        if kept in ({}, _NO_COLOUR):
            return Splice(fill.start, fill.end, ascii_xml(f'<{fill.prefix}patternFill patternType="none"/>'))
        named = with_attributes(f"<{fill.prefix}fgColor/>".encode(), kept)
        opened = f'<{fill.prefix}patternFill patternType="solid">'.encode()
        back = f'<{fill.prefix}bgColor indexed="64"/></{fill.prefix}patternFill>'.encode()
        return Splice(fill.start, fill.end, opened + named + back)

    def _colour_of(self, fill: int) -> dict[str, str]:
        """The colour of a solid fill; none for others."""
        fills = self._children("fills")
        if fill >= len(fills):
            return _NO_COLOUR
        inner = [p for p in self._found if fills[fill].start < p.start < fills[fill].end]
        if not inner or inner[0].attributes.get("patternType") != "solid":
            return _NO_COLOUR
        parts = places(self._data[inner[0].start : inner[0].end])
        known = next((p.attributes for p in parts if p.name == "fgColor"), {})
        return {name: known[name] for name in _COLOUR_ATTRIBUTES if name in known} or _NO_COLOUR

    def _fill(self, colour: str, own: dict[str, str]) -> bytes:
        p = self._prefix
        back = with_attributes(f"<{p}bgColor/>".encode(), own)
        opened = f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/>'
        return ascii_xml(opened) + back + ascii_xml(f"</{p}patternFill></{p}fill>")

    def _style(self, number: int) -> XmlPlace:
        return self._styles[number] if number < len(self._styles) else self._styles[0]

    def _children(self, name: str) -> list[XmlPlace]:
        place = next(p for p in self._found if p.name == name and p.depth == 1)
        return [p for p in self._found if p.depth == 2 and place.start < p.start < place.end]  # noqa: PLR2004 (entries)

    def _add(self, name: str, entry: bytes, before: int) -> int:
        """Add an entry to a list, and return its number; one that is there already is not added again."""
        new = self._new[name]
        if entry not in new:
            new.append(entry)
        return before + new.index(entry)
