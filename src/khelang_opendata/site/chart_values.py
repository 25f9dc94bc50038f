"""The charts of a plan as values that a page shows: inline SVG for wide and narrow pages, a picture, and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class ChartTable:
    """The figures of a chart as text, for the table beneath it; the first column names the rows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Chart:
    """A chart in one language.

    ``wide`` and ``narrow`` are SVG elements to be put into a page as they are: 720 and 330 pixels wide, with ``role``,
    title, description and ids of their own, without inline style or script. Their colours are the variables of
    :func:`~khelang_opendata.site.chart_drawing.chart_css`, and their font is the page's. All other texts are plain
    and need escaping.
    """

    id: str
    """A slug, the same in both languages: ``money-by-year``."""
    title: str
    subtitle: str
    nature: str
    """What kind of money the chart shows, such as planned and not spent; empty where it shows none."""
    source: str
    description: str
    """The chart in a few sentences, as a screen reader speaks it."""
    wide: str
    narrow: str
    png: bytes
    """The picture to download, with title, nature and source inside."""
    table: ChartTable
    spec: Mapping[str, Any]
    """The Vega-Lite specification of the wide drawing."""
