"""Vega-Lite specifications drawn as SVG for pages, and as pictures.

The engine (vl-convert, extra ``site``) draws the shapes. The text, of which the specification gives the places, is
added here: the engine measures each line, which takes nearly all of its time, and gives the Thai vowel ำ no width.
What the engine adds for itself goes, colours become variables of the page's style sheet, and ids get a prefix, so that
a page takes many drawings, under any content security policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import yaml

from khelang_opendata.model.failures import ExtraMissing
from khelang_opendata.site.text_layout import ASSETS, lines_of

VERSION = "6.4"
"""Of Vega-Lite."""
HATCH = "hatch-"
"""Before the name of a colour: stripes of it."""

_SVG = "{http://www.w3.org/2000/svg}"
_KEPT = {"d", "fill", "stroke", "stroke-width", "transform", "x2", "y2"}
_SHARED = ("fill", "stroke", "stroke-width")
_ANCHORS = {"center": "middle", "right": "end"}

View = Mapping[str, Any]
"""A Vega-Lite specification of one view, with its width and height."""


@cache
def style() -> Mapping[str, Any]:
    """How all charts look (``chart_style.yaml``)."""
    content: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("chart_style.yaml").read_bytes())
    return content


def chart_css() -> str:
    """The charts' colours as variables, for light and for dark pages, and which drawing shows on which page."""
    light, dark = (
        "".join(f"--chart-{name}:{colours[scheme]};" for name, colours in style()["colours"].items())
        for scheme in ("light", "dark")
    )
    narrow = style()["widths"]["wide"] + 40
    return (
        f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
        ".chart-drawing{display:block;max-width:100%;height:auto;font-family:Sarabun,sans-serif}\n"
        ".chart-drawing.narrow{display:none}\n"
        f"@media screen and (max-width:{narrow}px)"
        "{.chart-drawing.wide{display:none}.chart-drawing.narrow{display:block}}\n"
    )


def drawn(views: Sequence[View]) -> list[Element]:
    """Each view as an SVG element without its own size, colours by name.

    All are drawn in one run of the engine, which takes about as long for many as for one.

    Raises:
        ExtraMissing: the engine is not installed.
    """
    shapes = [{**view, "layer": [layer for layer in view["layer"] if not _is_text(layer)]} for view in views]
    groups = iter(_shapes([view for view in shapes if view["layer"]]))
    found = []
    for view, shape in zip(views, shapes, strict=True):
        drawing = next(groups) if shape["layer"] else Element("g")
        lines = (line for layer in view["layer"] if _is_text(layer) for line in layer["data"]["values"])
        drawing.extend(map(_line, lines))
        found.append(drawing)
    return found


def _is_text(layer: Mapping[str, Any]) -> bool:
    return bool(layer["mark"]["type"] == "text")


def _shapes(views: Sequence[View]) -> list[Element]:
    """The shapes of views."""
    with site_libraries():
        import vl_convert  # noqa: PLC0415 (extra, a second to start)
    if not views:
        return []
    config = {"aria": False, "view": {"stroke": None}, "background": None, "concat": {"spacing": 0}}
    spec = {"config": config, "vconcat": [*views]}
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(spec, vl_version=VERSION))  # noqa: S314 (the engine's)
    groups = [group for group in svg.iter(f"{_SVG}g") if re.search(r"\bconcat_\d+_group\b", group.get("class", ""))]
    return [_slim(group) for group in groups]


def _line(line: Mapping[str, Any]) -> Element:
    """A line of text; what it inherits from the element around it is left out (:func:`_inherited`)."""
    element = Element("text", {"x": _rounded(line["x"]), "y": _rounded(line["y"])})
    if line["size"] != style()["text"]["size"]:
        element.set("font-size", f"{line['size']:g}")
    if line["bold"]:
        element.set("font-weight", "600")
    if line["align"] in _ANCHORS:
        element.set("text-anchor", _ANCHORS[line["align"]])
    if line["colour"] != "ink":
        element.set("fill", line["colour"])
    element.text = line["text"]
    return element


def _inherited(colours: Mapping[str, str]) -> dict[str, str]:
    return {"font-size": str(style()["text"]["size"]), "fill": colours["ink"]}


@contextmanager
def site_libraries() -> Iterator[None]:
    """Name the extra where a library of the charts is not installed."""
    try:
        yield
    except ImportError as error:
        raise ExtraMissing("site") from error


def _slim(element: Element) -> Element:
    """A drawn element with nothing but what shows."""
    tag = element.tag.removeprefix(_SVG)
    copy = Element(tag, {name: value for name, value in element.attrib.items() if name in _KEPT and tag != "g"})
    for name in {"d", "transform"} & copy.attrib.keys():
        copy.set(name, re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda m: _rounded(float(m[0])), copy.get(name, "")))
    if copy.get("stroke-width") == "1":
        del copy.attrib["stroke-width"]
    for child in element:
        slim = _slim(child)
        copy.extend(slim if slim.tag == "g" and not slim.attrib else [slim] if _shows(slim) else [])
    return _with_shared(copy) if copy.tag == "g" else copy


def _shows(element: Element) -> bool:
    if element.tag == "path":
        return "fill" in element.attrib or "stroke" in element.attrib
    return element.tag != "g" or len(element) > 0


def _with_shared(group: Element) -> Element:
    """A group that has what all of its children have in common."""
    for name in _SHARED:
        values = {child.get(name) for child in group}
        if len(group) > 1 and len(values) == 1 and (value := values.pop()):
            group.set(name, value)
            for child in group:
                del child.attrib[name]
    return group


def _rounded(number: float) -> str:
    return f"{round(number, 1) + 0:g}"


def inline_svg(drawing: Element, view: View, *, id_: str, kind: str, title: str, description: str) -> str:
    """A drawing as an element of a page, with its own title and description, and ids that begin with ``id_``."""
    variables = {name: f"var(--chart-{name})" for name in style()["colours"]}
    names = {"title": f"{id_}-title", "desc": f"{id_}-desc"}
    width, height = view["width"], view["height"]
    svg = Element(
        "svg",
        {
            "class": f"chart-drawing {kind}",
            "role": "img",
            "aria-labelledby": " ".join(names.values()),
            "viewBox": f"0 0 {width} {height}",
            "width": str(width),
            "height": str(height),
            **_inherited(variables),
        },
    )
    for tag, text in (("title", title), ("desc", description)):
        ElementTree.SubElement(svg, tag, {"id": names[tag]}).text = text
    svg.extend(_coloured(drawing, id_, variables))
    return ElementTree.tostring(svg, encoding="unicode")


def _coloured(drawing: Element, id_: str, colours: Mapping[str, str]) -> list[Element]:
    """A drawing with colours in place of their names, and the stripes that it uses."""
    copy = ElementTree.fromstring(ElementTree.tostring(drawing))  # noqa: S314 (ours)
    hatches = []
    for element in copy.iter():
        for name in ("fill", "stroke"):
            colour = element.get(name)
            if colour and colour.startswith(HATCH):
                hatches.append(colour.removeprefix(HATCH))
                element.set(name, f"url(#{id_}-{colour})")
            elif colour and colour in colours:
                element.set(name, colours[colour])
    patterns = [_stripes(f"{id_}-{HATCH}{name}", colours[name], colours["paper"]) for name in dict.fromkeys(hatches)]
    definitions = Element("defs")
    definitions.extend(patterns)
    return [*([definitions] if patterns else []), copy]


def _stripes(id_: str, colour: str, paper: str) -> Element:
    size = {"width": "6", "height": "6"}
    pattern = Element(
        "pattern", {"id": id_, **size, "patternUnits": "userSpaceOnUse", "patternTransform": "rotate(45)"}
    )
    ElementTree.SubElement(pattern, "rect", {**size, "fill": paper})
    ElementTree.SubElement(pattern, "rect", {"width": "3.5", "height": "6", "fill": colour})
    return pattern


def picture(drawing: Element, view: View, *, title: str, above: Sequence[str], beneath: Sequence[str]) -> bytes:
    """A drawing as a PNG picture on white, with its title and what it shows above, and its source beneath.

    Raises:
        ExtraMissing: the library that draws it (resvg, extra ``site``) is not installed.
    """
    with site_libraries():
        import resvg_py  # noqa: PLC0415 (extra)
    look, colours = style()["picture"], {name: pair["light"] for name, pair in style()["colours"].items()}
    width, margin, small, line = view["width"], look["margin"], style()["text"]["small"], style()["text"]["line"]
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": "Sarabun"})
    y = margin + look["title"]
    for text in lines_of(title, width, look["title"], most=3, is_bold=True):
        svg.append(_text(text, margin, y, look["title"], colours["ink"], "600"))
        y += look["title_line"]
    y = _paragraphs(svg, above, margin, y - 4, width, small, line, colours["soft"])
    frame = ElementTree.SubElement(svg, "g", {"transform": f"translate({margin},{y})", **_inherited(colours)})
    frame.extend(_coloured(drawing, "picture", colours))
    y = _paragraphs(svg, beneath, margin, y + view["height"] + margin, width, small, line, colours["soft"])
    size = {"width": width + 2 * margin, "height": round(y - line + margin)}
    svg.attrib.update({name: str(value) for name, value in size.items()})
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=ElementTree.tostring(svg, encoding="unicode"),
            background=colours["paper"],
            zoom=look["scale"],
            skip_system_fonts=True,
            font_files=[str(ASSETS / f"sarabun-{weight}.ttf") for weight in ("400", "600")],
            font_family="Sarabun",
        )
    )


def _paragraphs(
    svg: Element, texts: Sequence[str], x: float, y: float, width: float, size: float, line: float, colour: str
) -> float:
    """Add texts beneath each other; returns where the next one begins."""
    for text in texts:
        for part in lines_of(text, width, size, most=4):
            svg.append(_text(part, x, y, size, colour, "400"))
            y += line
    return y


def _text(text: str, x: float, y: float, size: float, colour: str, weight: str) -> Element:
    place = {"x": str(x), "y": str(y), "font-size": str(size), "font-weight": weight, "fill": colour}
    element = Element("text", place)
    element.text = text
    return element
