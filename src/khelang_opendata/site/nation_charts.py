"""The chart of all plans of the nation: their money by year and dimension."""

from __future__ import annotations

from collections.abc import Sequence

from khelang_opendata.formats.headlines import baht
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.model.wording import Language
from khelang_opendata.render.dates import written_date
from khelang_opendata.site.chart_drawing import HATCH
from khelang_opendata.site.chart_specs import ChartColumn, KeyEntry, Segment, column_chart
from khelang_opendata.site.chart_values import Chart, ChartTable
from khelang_opendata.site.chart_words import ChartWords
from khelang_opendata.site.charts import drawn_charts
from khelang_opendata.site.nation import Nation, NationDimension
from khelang_opendata.site.nation_plans import NO_MONEY
from khelang_opendata.site.plan_charts import Plot
from khelang_opendata.site.text_layout import shortened

BY_YEAR = "nation-by-year"

_COLOURS, _REST = ("c1", "c2", "c3", "c4"), "c5"
_MOST_YEARS = 8
_LONGEST_NAME = 70
_MILLION = 1_000_000
_IN_MILLIONS = 100 * _MILLION
"""From which amount on columns are in millions of baht."""


def nation_charts(nation: Nation, language: Language, *, address: str = "") -> list[Chart]:
    """The chart in a language; none without money of any year.

    Raises:
        ExtraMissing: the libraries that draw (extra ``site``) are not installed.
    """
    words = ChartWords(language)
    source = words.text(BY_YEAR, "source", plans=f"{len(nation.plans):,}", day=written_date(nation.on, language))
    years = _years(nation)
    plots = [_by_year(nation, years, words)] if any(nation.whole.money.of(year).thb for year in years) else []
    return drawn_charts(plots, words, source=source, address=address)


def _years(nation: Nation) -> Sequence[int]:
    """The years that most plans cover."""
    return sorted(sorted(nation.years, key=lambda year: (-nation.years[year], year))[:_MOST_YEARS])


def _by_year(nation: Nation, years: Sequence[int], words: ChartWords) -> Plot:
    parts = [*_parts(nation.dimensions, words)]
    totals = {year: nation.whole.money.of(year) for year in years}
    is_large = max(money.thb for money in totals.values()) >= _IN_MILLIONS

    def short(money: Money) -> str:
        text = f"{money.thb / _MILLION:,.1f}" if is_large else words.of(baht(money.thb))
        return f"≥ {text}" if money.is_least else text

    columns = [
        ChartColumn(
            str(year), [Segment(colour, _sum(held, year).thb, sign) for colour, _, held, sign in parts], short(money)
        )
        for year, money in totals.items()
    ]
    key = [KeyEntry(colour, name) for colour, name, _, _ in reversed(parts)]
    notes = [words.text(BY_YEAR, "subtitle"), words.text(BY_YEAR, "millions") if is_large else words.word("unit")]
    if any(money.is_least for money in totals.values()):
        notes.append(words.word("least"))
    if len(years) < len(nation.years):
        notes.append(words.text(BY_YEAR, "most", count=len(years)))
    said = [
        words.text(BY_YEAR, "said", year=year, amount=baht(money), plans=f"{nation.years[year]:,}")
        for year, money in totals.items()
    ]
    heads = [words.word("year"), words.text(BY_YEAR, "plans"), words.word("amount")]
    rows = [[str(year), f"{nation.years[year]:,}", words.of(baht(money))] for year, money in totals.items()]
    return Plot(
        BY_YEAR,
        words.text(BY_YEAR, "title"),
        " · ".join(notes),
        words.word("nature"),
        ChartTable(heads, rows),
        lambda width: column_chart(columns, key, width),
        said,
    )


_Part = tuple[str, str, Sequence[NationDimension], str]
"""A colour, its name, the dimensions that have it, and their sign."""


def _parts(dimensions: Sequence[NationDimension], words: ChartWords) -> list[_Part]:
    named = [one for one in dimensions if one.code and one.is_scored]
    unscored = [one for one in dimensions if one.code and not one.is_scored]
    parts: list[_Part] = [
        (colour, _name(one, words), [one], str(one.code)[:3]) for colour, one in zip(_COLOURS, named, strict=False)
    ]
    rest = [*named[len(_COLOURS) :], *(one for one in dimensions if not one.code)]
    if rest:
        name = _name(rest[0], words) if len(rest) == 1 and rest[0].code else words.text(BY_YEAR, "others")
        parts.append((_REST, name, rest, ""))
    if unscored:
        name = ", ".join(_name(one, words) for one in unscored)
        parts.append((HATCH + _REST, f"{name} ({words.word('unscored')})", unscored, ""))
    return parts


def _name(dimension: NationDimension, words: ChartWords) -> str:
    name = shortened(words.of(dimension.name), _LONGEST_NAME)
    return words.text(BY_YEAR, "dimension", code=words.of((dimension.code or "",) * 2), name=name)


def _sum(dimensions: Sequence[NationDimension], year: int) -> Money:
    return sum((one.money.of(year) for one in dimensions), NO_MONEY)
