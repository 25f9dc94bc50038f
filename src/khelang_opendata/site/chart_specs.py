"""Specifications in Vega-Lite of the kinds of charts that a plan needs: bars, stacked columns, and one bar of shares.

A specification holds the figures as data with a scale, and each line of text at its place in pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from khelang_opendata.site.chart_drawing import View, style
from khelang_opendata.site.text_layout import lines_of, width_of

_MIDDLE = 0.36
"""How far beneath the middle of a line its letters rest, in parts of the font's size."""
_PAD = 8
_LEFT = 320
"""The widest column of labels at the left of bars."""
_SHORTEST = 24
"""The least length of the longest bar."""
_NARROWEST_TEXT = 16
"""The least height of a segment that has its sign inside."""

Piece = tuple[str, Decimal]
"""A part of a bar: the name of its colour, and its figure."""


class Width(StrEnum):
    """The two drawings of a chart: for pages as wide as a desk's, and for a phone's."""

    WIDE = "wide"
    NARROW = "narrow"

    @property
    def pixels(self) -> int:
        return int(style()["widths"][self])


@dataclass(frozen=True)
class Bar:
    """One bar of a row: its parts, the text at its end, and a figure that a line marks."""

    parts: Sequence[Piece]
    text: str
    marked: Decimal | None = None

    @property
    def figure(self) -> Decimal:
        return sum((figure for _, figure in self.parts), Decimal())


@dataclass(frozen=True)
class Row:
    """A row of a bar chart: its label, and a bar for each panel."""

    label: str
    bars: Sequence[Bar]


@dataclass(frozen=True)
class Segment:
    """A part of a column: its colour, its figure and a sign that is shown inside."""

    colour: str
    figure: Decimal
    sign: str


@dataclass(frozen=True)
class ChartColumn:
    """A column: the text beneath, its segments from the bottom, and the text above."""

    label: str
    segments: Sequence[Segment]
    text: str

    @property
    def figure(self) -> Decimal:
        return sum((segment.figure for segment in self.segments), Decimal())


@dataclass(frozen=True)
class KeyEntry:
    """A colour and what it is for."""

    colour: str
    text: str


@dataclass
class _Canvas:
    """What a drawing holds so far, and how far down it reaches."""

    width: Width
    y: float = 0
    layers: list[Mapping[str, Any]] = field(default_factory=list)
    texts: list[Mapping[str, Any]] = field(default_factory=list)
    areas: list[Mapping[str, Any]] = field(default_factory=list)

    def write(self, text: str, x: float, y: float, **look: Any) -> None:
        """Add a line of text, the middle of which is at ``y``; none where it is empty."""
        if not text:
            return
        size = look.get("size", style()["text"]["size"])
        place = {"x": round(x, 1), "y": round(y + _MIDDLE * size, 1), "text": text, "align": "left", "bold": False}
        self.texts.append({**place, "colour": "ink", **look, "size": size})

    def view(self) -> View:
        """The specification."""
        return {
            "width": self.width.pixels,
            "height": round(self.y),
            "layer": [*_edged(self.areas, {**_between("x"), **_between("y")}), *self.layers, _texts(self.texts)],
            "resolve": {"scale": {"x": "independent", "y": "independent"}},
        }


def bar_chart(
    rows: Sequence[Row],
    width: Width,
    *,
    heads: Sequence[str] = (),
    whole: Sequence[str] = (),
    key: Sequence[KeyEntry] = (),
) -> View:
    """Horizontal bars; where there are several panels each has a head and a scale of its own.

    Args:
        rows: from above.
        width: of the drawing; in a narrow one the labels are above their bars.
        heads: of the panels.
        whole: names in which no line of a label ends.
        key: what the colours are for.
    """
    canvas, text = _Canvas(width), style()["text"]
    _add_key(canvas, key)
    is_wide = width is Width.WIDE
    labels = [
        lines_of(row.label, _LEFT if is_wide else width.pixels, text["size"], most=2, whole=whole) for row in rows
    ]
    left = (
        max((width_of(line, text["size"]) for lines in labels for line in lines), default=0) + 2 * _PAD
        if is_wide
        else 0
    )
    panels = [*_panels([[row.bars[at] for row in rows] for at in range(len(rows[0].bars))], left, width.pixels)]
    for head, panel in zip(heads, panels, strict=bool(heads)):
        canvas.write(head, panel.left, canvas.y + text["line"] / 2, colour="soft", size=text["small"])
    canvas.y += text["line"] + _PAD if heads else 0
    for row, lines in zip(rows, labels, strict=True):
        _add_row(canvas, row, lines, panels)
    canvas.layers += [layer for panel in panels for layer in panel.layers()]
    return canvas.view()


@dataclass
class _Panel:
    """The place of the bars of a column, and their marks so far."""

    left: float
    right: float
    most: Decimal
    bars: list[Mapping[str, Any]] = field(default_factory=list)
    marks: list[Mapping[str, Any]] = field(default_factory=list)

    def at(self, figure: Decimal) -> float:
        return self.left + float(figure / self.most) * (self.right - self.left) if self.most else self.left

    def layers(self) -> Iterator[Mapping[str, Any]]:
        scale = {"domain": [0, float(self.most)], "range": [round(self.left, 1), round(self.right, 1)], "nice": False}
        x = {"field": "from", "type": "quantitative", "scale": scale, "axis": None}
        yield from _edged(self.bars, {"x": x, "x2": {"field": "to"}, **_between("y")})
        if self.marks:
            yield {
                "data": {"values": self.marks},
                "mark": {"type": "rule", "strokeWidth": 4},
                "encoding": {"x": {**x, "field": "figure"}, **_between("y"), **_colour()},
            }


def _panels(columns: Sequence[Sequence[Bar]], left: float, right: float) -> Iterator[_Panel]:
    """The panels between two edges, with bars of one length and room for the texts at their ends."""
    texts = [max(width_of(bar.text, style()["text"]["size"]) for bar in bars) + _PAD for bars in columns]
    between = 2 * _PAD
    length = max((right - left - sum(texts) - between * (len(columns) - 1)) / len(columns), _SHORTEST)
    for bars, text in zip(columns, texts, strict=True):
        most = max(max(bar.figure, bar.marked or Decimal()) for bar in bars)
        yield _Panel(left, left + length, most)
        left += length + text + between


def _add_row(canvas: _Canvas, row: Row, lines: Sequence[str], panels: Sequence[_Panel]) -> None:
    look, text = style()["bar"], style()["text"]
    high = look["height"]
    if canvas.width is Width.WIDE:
        room = max(len(lines) * text["line"], high)
        top, middle = canvas.y + (room - len(lines) * text["line"]) / 2, canvas.y + room / 2
    else:
        room = len(lines) * text["line"] + high
        top, middle = canvas.y, canvas.y + len(lines) * text["line"] + high / 2
    for number, line in enumerate(lines):
        canvas.write(line, 0, top + (number + 0.5) * text["line"])
    for bar, panel in zip(row.bars, panels, strict=True):
        _add_bar(canvas, bar, panel, middle)
    canvas.y += room + (look["gap"] if canvas.width is Width.WIDE else look["narrow_gap"])


def _add_bar(canvas: _Canvas, bar: Bar, panel: _Panel, middle: float) -> None:
    high = style()["bar"]["height"] / 2
    start = Decimal()
    for colour, figure in bar.parts:
        if figure:
            ends = {"from": float(start), "to": float(start + figure)}
            panel.bars.append({**ends, "y": middle - high, "y2": middle + high, "colour": colour})
        start += figure
    if bar.marked is not None:
        place = {"figure": float(bar.marked), "y": middle - high - 4, "y2": middle + high + 4}
        panel.marks.append({**place, "colour": "ink"})
    end = panel.at(max(bar.figure, bar.marked or Decimal()))
    canvas.write(bar.text, end + (_PAD if end > panel.left else 0), middle)


def column_chart(columns: Sequence[ChartColumn], key: Sequence[KeyEntry], width: Width) -> View:
    """Stacked columns with the key above, a text above and beneath each column, and signs in the segments."""
    canvas, line = _Canvas(width), style()["text"]["line"]
    _add_key(canvas, key)
    high = style()["columns"]["height"][width]
    most, texts = max(column.figure for column in columns), [column.text for column in columns]
    size = _fitting(texts, width.pixels / len(columns))
    place = _Columns(canvas, len(columns), most, canvas.y + line + high, high, size)
    for number, column in enumerate(columns):
        place.add(number, column)
    scale = {"domain": [0, float(place.most)], "range": [place.bottom, place.bottom - high], "nice": False}
    y = {"field": "from", "type": "quantitative", "scale": scale, "axis": None}
    canvas.layers.append(_rectangles(place.bars, {**_between("x"), "y": y, "y2": {"field": "to"}}, edge="paper"))
    canvas.areas.append({"x": 0, "x2": width.pixels, "y": place.bottom, "y2": place.bottom + 1, "colour": "line"})
    canvas.y = place.bottom + line * 1.5
    return canvas.view()


def _fitting(texts: Sequence[str], width: float) -> float:
    """The size of a font in which each of some texts is no wider than a column."""
    size: float = style()["text"]["size"]
    widest = max(width_of(text, size, is_bold=True) for text in texts) + _PAD / 2
    return round(min(size, size * width / widest), 1)


@dataclass
class _Columns:
    """Where columns are on a canvas, and their parts so far."""

    canvas: _Canvas
    count: int
    most: Decimal
    bottom: float
    high: float
    size: float
    """Of the texts above the columns."""
    bars: list[Mapping[str, Any]] = field(default_factory=list)

    def add(self, number: int, column: ChartColumn) -> None:
        """Add a column with its texts."""
        look, text = style()["columns"], style()["text"]
        step = self.canvas.width.pixels / self.count
        middle, wide = (number + 0.5) * step, min(look["widest"], step * look["filled"])
        edges = {"x": round(middle - wide / 2, 1), "x2": round(middle + wide / 2, 1)}
        reached = Decimal()
        for part in column.segments:
            self._add_segment(part, reached, edges, middle)
            reached += part.figure
        top = self.bottom - self._pixels(reached) - text["line"] / 2
        self.canvas.write(column.text, middle, top, align="center", bold=True, size=self.size)
        self.canvas.write(column.label, middle, self.bottom + text["line"] * 0.75, align="center")

    def _add_segment(self, part: Segment, reached: Decimal, edges: Mapping[str, float], middle: float) -> None:
        if not part.figure:
            return
        ends = {"from": float(reached), "to": float(reached + part.figure)}
        self.bars.append({**ends, **edges, "colour": part.colour})
        if part.sign and self._pixels(part.figure) >= _NARROWEST_TEXT:
            y = self.bottom - self._pixels(reached + part.figure / 2)
            small = style()["text"]["small"]
            self.canvas.write(part.sign, middle, y, align="center", size=small, colour=_on(part.colour))

    def _pixels(self, figure: Decimal) -> float:
        return float(figure / self.most) * self.high


def _on(colour: str) -> str:
    """The colour of text on another; stripes have none inside."""
    return colour.replace("c", "on") if colour.startswith("c") else "ink"


def share_chart(segments: Sequence[Segment], key: Sequence[KeyEntry], width: Width) -> View:
    """One bar as wide as the drawing, divided by shares, with the key beneath."""
    canvas = _Canvas(width)
    total = sum((part.figure for part in segments), Decimal())
    bars, reached = [], Decimal()
    for part in segments:
        ends = {"from": float(reached), "to": float(reached + part.figure)}
        bars.append({**ends, "y": 0, "y2": 40, "colour": part.colour})
        reached += part.figure
    scale = {"domain": [0, float(total)], "range": [0, width.pixels], "nice": False}
    x = {"field": "from", "type": "quantitative", "scale": scale, "axis": None}
    canvas.layers.append(_rectangles(bars, {"x": x, "x2": {"field": "to"}, **_between("y")}, edge="paper"))
    canvas.y = 40 + 2 * _PAD
    _add_key(canvas, key)
    return canvas.view()


def _add_key(canvas: _Canvas, key: Sequence[KeyEntry]) -> None:
    look, text = style()["key"], style()["text"]
    for entry in key:
        lines = lines_of(entry.text, canvas.width.pixels - look["sign"] - _PAD, text["size"], most=3)
        middle = canvas.y + look["line"] / 2
        high = look["sign"] / 2
        canvas.areas.append(
            {"x": 0, "x2": look["sign"], "y": middle - high, "y2": middle + high, "colour": entry.colour}
        )
        for number, line in enumerate(lines):
            canvas.write(line, look["sign"] + _PAD, middle + number * text["line"])
        canvas.y += look["line"] + (len(lines) - 1) * text["line"]
    canvas.y += _PAD if key else 0


def _edged(values: Sequence[Mapping[str, Any]], places: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Rectangles, of which the pale ones have an edge, without which they are hard to see."""
    for edge in (None, "line"):
        alike = [value for value in values if (value["colour"] == "pale") == bool(edge)]
        if alike:
            yield _rectangles(alike, places, edge)


def _rectangles(
    values: Sequence[Mapping[str, Any]], places: Mapping[str, Any], edge: str | None = None
) -> Mapping[str, Any]:
    mark = {"type": "rect", **({"stroke": edge, "strokeWidth": 0.5} if edge else {})}
    return {"data": {"values": values}, "mark": mark, "encoding": {**places, **_colour("fill")}}


def _between(axis: str) -> Mapping[str, Any]:
    """Two edges in pixels."""
    return {
        axis: {"field": axis, "type": "quantitative", "scale": None, "axis": None},
        f"{axis}2": {"field": f"{axis}2"},
    }


def _colour(channel: str = "stroke") -> Mapping[str, Any]:
    return {channel: {"field": "colour", "type": "nominal", "scale": None}}


def _texts(texts: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    mark = {
        "type": "text",
        "baseline": "alphabetic",
        "align": {"expr": "datum.align"},
        "fontSize": {"expr": "datum.size"},
        "fontWeight": {"expr": "datum.bold ? 600 : 'normal'"},
        "limit": 0,
    }
    place = {axis: {"field": axis, "type": "quantitative", "scale": None, "axis": None} for axis in ("x", "y")}
    return {
        "data": {"values": texts},
        "mark": mark,
        "encoding": {**place, "text": {"field": "text"}, **_colour("fill")},
    }
