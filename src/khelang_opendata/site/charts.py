"""The charts of a plan, drawn: inline SVG for pages, a picture to download, and the figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.wording import Language
from khelang_opendata.render.dates import written_date
from khelang_opendata.site.chart_drawing import View, chart_css, drawn, inline_svg, picture
from khelang_opendata.site.chart_specs import Width
from khelang_opendata.site.chart_values import Chart, ChartTable
from khelang_opendata.site.chart_words import ChartWords
from khelang_opendata.site.plan_charts import Plot, Plots
from khelang_opendata.site.text_layout import shortened

__all__ = ["Chart", "ChartTable", "chart_css", "drawn_charts", "plan_charts"]

_SPOKEN = 6
"""Rows of a chart that its description says."""
_LONGEST_SAID = 150
_LONGEST_SOURCE = 300


def plan_charts(figures: KeyFigures, language: Language, *, address: str = "", prefix: str = "chart") -> list[Chart]:
    """The charts of one plan in one language, those that it has figures for.

    Args:
        figures: the key figures of the plan's edition.
        language: of all texts.
        address: of the page, which pictures name; none where it is not known.
        prefix: begins the ids in the drawings, so that a page can hold those of several plans.

    Returns:
        The charts in the order of a reader's questions: by year, division, project, source, kind; indicators; spent.

    Raises:
        ExtraMissing: the libraries that draw (extra ``site``) are not installed.
    """
    words = ChartWords(language)
    plots = [*Plots(figures, words).all()]
    return drawn_charts(plots, words, source=_source(figures, words), address=address, prefix=prefix)


def drawn_charts(
    plots: Sequence[Plot], words: ChartWords, *, source: str, address: str = "", prefix: str = "chart"
) -> list[Chart]:
    """Charts drawn in one run of the engine.

    Args:
        plots: the charts.
        words: the words of their language.
        source: of the figures, in words.
        address: of the page, which pictures name; none where it is not known.
        prefix: begins the ids in the drawings.

    Raises:
        ExtraMissing: the libraries that draw (extra ``site``) are not installed.
    """
    views = [(plot.view(Width.WIDE), plot.view(Width.NARROW)) for plot in plots]
    drawings = iter(drawn([view for both in views for view in both]))
    return [
        _chart(plot, [(view, next(drawings)) for view in both], _Frame(source, _spoken(plot, words), address, prefix))
        for plot, both in zip(plots, views, strict=True)
    ]


@dataclass(frozen=True)
class _Frame:
    """What surrounds a drawing."""

    source: str
    description: str
    address: str
    prefix: str


def _chart(plot: Plot, drawings: Sequence[tuple[View, Element]], frame: _Frame) -> Chart:
    wide, narrow = (
        inline_svg(
            drawing,
            view,
            id_=f"{frame.prefix}-{plot.id}-{width}",
            kind=width,
            title=plot.title,
            description=frame.description,
        )
        for width, (view, drawing) in zip(Width, drawings, strict=True)
    )
    view, drawing = drawings[0]
    above = [text for text in (plot.nature, plot.subtitle) if text]
    beneath = [text for text in (frame.source, frame.address) if text]
    return Chart(
        id=plot.id,
        title=plot.title,
        subtitle=plot.subtitle,
        nature=plot.nature,
        source=frame.source,
        description=frame.description,
        wide=wide,
        narrow=narrow,
        png=picture(drawing, view, title=plot.title, above=above, beneath=beneath),
        table=plot.table,
        spec=view,
    )


def _source(figures: KeyFigures, words: ChartWords) -> str:
    """The plan and its municipality, with the version of the data."""
    plan = figures.edition.plan
    title = words.of((plan["title_th"], plan["title_en"] or plan["title_th"]))
    name = words.of((plan["lao_name_th"], plan["lao_name_en"] or plan["lao_name_th"]))
    day = written_date(figures.edition.released_on, words.language)
    named = title if name in title else f"{title} {name}"
    return words.word("source", plan=shortened(named, _LONGEST_SOURCE), version=figures.edition.version, day=day)


def _spoken(plot: Plot, words: ChartWords) -> str:
    """The first rows of a chart as sentences; where it has more, the table beneath has them."""
    said = [shortened(text, _LONGEST_SAID) for text in plot.said[:_SPOKEN]]
    more = [words.word("more")] if len(plot.said) > _SPOKEN else []
    return " ".join([*([f"{plot.nature}."] if plot.nature else []), "; ".join(said) + ".", *more])
