"""The key figures in words: what a reader of the README, the workbook or a page reads first, and with which caveats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from khelang_opendata.formats.about import Both
from khelang_opendata.formats.key_figures import KeyFigures, Money, Part
from khelang_opendata.model.thai import ERA
from khelang_opendata.standard.tables import JsonObject

_NOTHING: Both = ("", "")


@dataclass(frozen=True)
class Headline:
    """A figure in words, each in Thai and in English: what it is, the figure, and what to mind."""

    label: Both
    value: Both = _NOTHING
    note: Both = _NOTHING


def money_headlines(figures: KeyFigures) -> Iterator[Headline]:
    """The planned money of the whole plan, by year and source, and what is spent; in baht."""
    first, last = figures.period[0], figures.period[-1]
    yield _money("whole_least" if figures.total.is_least else "whole", figures.total, first=first, last=last)
    if figures.unscored.money:
        yield _money("scored", figures.scored.money, unscored=baht(figures.unscored.money))
    for year, money in figures.years.items():
        yield _money("year", money, year=year, year_ce=year - ERA)
    if figures.whole_period:
        yield _money("whole_period", figures.whole_period)
    for source in figures.sources:
        yield _source(source)
    if figures.period_not_said.projects:
        projects = len(figures.period_not_said.projects)
        yield _money("period_not_said", figures.period_not_said.money, projects=projects)
    yield _money("not_reported" if figures.spent is None else "spent", figures.spent)


def _source(source: Part) -> Headline:
    stated = source.money_with(source_basis="stated")
    if not source.money.thb:
        name = "source_unknown"
    elif not stated:
        name = "source_assumed"
    else:
        name = "source_both" if source.money_with(source_basis="not_stated") else "source_stated"
    return _money(name, source.money, source=source.name, stated=baht(stated))


def entry_headlines(figures: KeyFigures) -> Iterator[Headline]:
    """How many entries the plan has, of which kinds, and how many have money."""
    last = figures.period[-1]
    yield _count("all", len(figures.projects))
    for kind in figures.kinds:
        thai, english = kind.name
        yield _count("kind", len(kind.projects), kind=(thai, english.lower()))
    yield _count("never_funded", len(figures.never_funded))
    if figures.shared:
        yield _count("shared", len(figures.shared))
    yield _count("funded_every_year", len(figures.funded_every_year))
    yield _count("running", len(figures.running_in(last)), last=last)
    yield _count("funded", len(figures.funded_in(last)), last=last)


def limit_headlines(figures: KeyFigures) -> Iterator[Headline]:
    """What the data do not show: a question, and why."""
    indicators, with_value = figures.indicators
    for name in ("not_reported" if figures.spent is None else "spent", "people", "aims", "words"):
        texts = _texts()["limits"][name]
        note = _filled(texts["note"], indicators=indicators, with_value=with_value)
        yield Headline(_filled(texts["label"]), note=note)


def baht(money: Money | Decimal | None) -> Both:
    """An amount with its thousands apart, and its satang where it has some; words say where it is the least.

    Example:
        >>> from decimal import Decimal
        >>> from khelang_opendata.formats.headlines import baht
        >>> from khelang_opendata.formats.key_figures import Money
        >>> baht(Money(Decimal("12942155"), is_least=True))[1]
        'at least 12,942,155'
    """
    words = _texts()["words"]
    if money is None:
        return _filled(words["none"])
    amount, is_least = (money.thb, money.is_least) if isinstance(money, Money) else (money, False)
    if is_least and not amount:
        return _filled(words["not_known"])
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    return _filled(words["least"], amount=text) if is_least else (text, text)


def _money(name: str, money: Money | Decimal | None, **params: int | Both) -> Headline:
    texts = _texts()["money"][name]
    return Headline(_filled(texts["label"], **params), baht(money), _filled(texts.get("note", _NOTHING), **params))


def _count(name: str, number: int, **params: int | Both) -> Headline:
    return Headline(_filled(_texts()["entries"][name], **params), (str(number), str(number)))


def _filled(texts: Both, **params: int | str | Both) -> Both:
    """A text in both languages with its parameters, of which a pair has one for each."""
    thai, english = (
        text.format(**{name: value[at] if isinstance(value, tuple) else value for name, value in params.items()})
        for at, text in enumerate(texts)
    )
    return thai, english


@cache
def _texts() -> JsonObject:
    content: JsonObject = yaml.safe_load(Path(__file__).with_name("headlines.yaml").read_bytes())
    return content
