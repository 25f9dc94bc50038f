"""What the charts of one plan show: their figures, which the key figures give, and their words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.headlines import baht
from khelang_opendata.formats.key_figures import KeyFigures, Money, Part
from khelang_opendata.model.characters import visible
from khelang_opendata.site.chart_drawing import HATCH, View
from khelang_opendata.site.chart_specs import (
    Bar,
    ChartColumn,
    KeyEntry,
    Row,
    Segment,
    Width,
    bar_chart,
    column_chart,
    share_chart,
)
from khelang_opendata.site.chart_values import ChartTable
from khelang_opendata.site.chart_words import ChartWords
from khelang_opendata.site.text_layout import shortened

_MOST_BARS = 20
_FIRST = 5
_LONGEST_NAME = 100
"""Letters of a name in a key, so that there is room for its amount."""
_COLOURS = ("c1", "c2", "c3", "c4")
_REST = "c5"

Views = Callable[[Width], View]


@dataclass(frozen=True)
class Plot:
    """A chart before it is drawn: its words, its figures as a table, and its specification for each width."""

    id: str
    title: str
    subtitle: str
    nature: str
    table: ChartTable
    view: Views
    said: Sequence[str]
    """What the description says of each row."""


@dataclass(frozen=True)
class Plots:
    """The plots of a plan in the language of the words."""

    figures: KeyFigures
    words: ChartWords

    def all(self) -> Iterator[Plot]:
        """Those that the plan has figures for, in the order of a reader's questions."""
        made = (
            self.money_by_year,
            self.money_by_division,
            self.money_by_project,
            self.money_by_source,
            self.entries_by_kind,
            self.indicator_values,
            self.planned_and_spent,
        )
        return (plot for make in made if (plot := make()))

    def money_by_year(self) -> Plot | None:
        """The money of each year, stacked by dimension; what is not scored is on top and striped."""
        figures = self.figures
        if not any(money.thb for money in figures.years.values()):
            return None
        parts = [*self._dimensions()]
        columns = [
            ChartColumn(
                str(year),
                [Segment(one.colour, one.money(year).thb, one.sign) for one in parts],
                f"≥ {self._baht(money.thb)}" if money.is_least else self._baht(money.thb),
            )
            for year, money in figures.years.items()
        ]
        has_key = len(parts) > 1
        key = [KeyEntry(one.colour, self._entry(one)) for one in reversed(parts)] if has_key else []
        least = any(money.is_least for money in figures.years.values())
        notes = [
            self.words.word("unit"),
            *([self.words.word("hatched")] if any(one.colour.startswith(HATCH) for one in parts) else []),
            *([self.words.word("least")] if least else []),
            *([self.words.word("whole_period", amount=baht(figures.whole_period))] if figures.whole_period else []),
        ]
        years = [[str(year), *(self._baht(one.money(year)) for one in parts)] for year in figures.period]
        rows = [[*row, self._baht(figures.years[int(row[0])])] if has_key else row for row in years]
        heads = [one.name for one in parts] if has_key else [self.words.word("amount")]
        table = ChartTable([self.words.word("year"), *heads, *([self.words.word("sum")] if has_key else [])], rows)
        title = "title" if has_key else "title_plain"
        return self._plot(
            "money-by-year",
            notes,
            table,
            lambda w: column_chart(columns, key, w),
            title=title,
            said=[f"{row[0]}: {row[-1]}" for row in rows],
        )

    def money_by_division(self) -> Plot | None:
        """The money of each division in charge, the one with most first."""
        return self._ranking("money-by-division", [part for part in self.figures.divisions if part.money], [])

    def money_by_project(self) -> Plot | None:
        """The entries with most money, how much the others have together, and how many have none."""
        figures, id_ = self.figures, "money-by-project"
        never = len(figures.never_funded)
        first = sum((part.money for part in figures.by_money[:_FIRST]), _NO_MONEY)
        notes = []
        if len(figures.by_money) > _FIRST and figures.total.thb:
            notes.append(self.words.text(id_, "first", count=_FIRST, share=self._share(first)))
        if any(self._is_unscored(part) for part in figures.by_money):
            notes.append(self.words.word("hatched"))
        without = Row(self.words.text(id_, "never", count=never), [Bar([], "–")])
        return self._ranking(id_, figures.by_money, notes, [without] if never else [])

    def money_by_source(self) -> Plot | None:
        """One bar of the whole money by source; what the document does not state is striped."""
        figures, id_ = self.figures, "money-by-source"
        if not figures.total.thb:
            return None
        segments, key, rows = [], [], []
        for number, source in enumerate(figures.sources):
            colour = _COLOURS[number] if number < len(_COLOURS) else _REST
            for basis, name, look in (("stated", "stated", colour), ("not_stated", "assumed", HATCH + colour)):
                money = source.money_with(source_basis=basis)
                if money:
                    label = self.words.text(id_, name, name=source.name)
                    text = self._amount(money, "baht_share")
                    segments.append(Segment(look, money.thb, ""))
                    key.append(KeyEntry(look, f"{label}: {text}"))
                    rows.append([label, self._baht(money), self._share(money)])
        is_assumed = any(segment.colour.startswith(HATCH) for segment in segments)
        notes = [self.words.text(id_, "hatched")] if is_assumed else []
        table = ChartTable(
            [self.words.text(id_, "head"), self.words.word("amount"), self.words.word("share_head")], rows
        )
        return self._plot(id_, notes, table, lambda w: share_chart(segments, key, w))

    def entries_by_kind(self) -> Plot | None:
        """How many projects, measures and activities there are, beside their money."""
        figures, id_ = self.figures, "entries-by-kind"
        if not figures.kinds:
            return None
        rows, cells = [], []
        for kind in figures.kinds:
            name, count = self.words.of(kind.name), len(kind.projects)
            text = self._amount(kind.money, "share") if kind.money else self.words.word("nothing_own")
            rows.append(Row(name, [Bar([("c5", Decimal(count))], str(count)), Bar([("c1", kind.money.thb)], text)]))
            cells.append([name, str(count), self._baht(kind.money) if kind.money else text])
        heads = [self.words.text(id_, "count"), self.words.word("amount")]
        table = ChartTable([self.words.text(id_, "head"), *heads], cells)
        return self._plot(id_, [], table, lambda w: bar_chart(rows, w, heads=heads))

    def indicator_values(self) -> Plot | None:
        """How many indicators have a value to reach, by level of results."""
        levels, id_ = self.figures.indicator_levels, "indicator-values"
        if not levels:
            return None
        rows, cells = [], []
        for level in levels:
            share = f"{Decimal(level.with_value) * 100 / level.count:.0f}"
            text = self.words.text(id_, "of", part=level.with_value, all=level.count, share=share)
            parts = [("c1", Decimal(level.with_value)), ("pale", Decimal(level.count - level.with_value))]
            rows.append(Row(self.words.of(level.name), [Bar(parts, text)]))
            cells.append([self.words.of(level.name), str(level.with_value), str(level.count), f"{share}%"])
        heads = [self.words.text(id_, name) for name in ("head", "with_value", "all")]
        table = ChartTable([*heads, "%"], cells)
        key = [KeyEntry("c1", heads[1]), KeyEntry("pale", self.words.text(id_, "without"))]
        subtitle = [self.words.text(id_, "subtitle")]
        return self._plot(id_, subtitle, table, lambda w: bar_chart(rows, w, key=key), nature="", period=False)

    def planned_and_spent(self) -> Plot | None:
        """The money planned for each year beside what was spent, where anything is reported."""
        figures, id_ = self.figures, "planned-and-spent"
        if figures.spent is None:
            return None
        rows, cells = [], []
        for year, planned in figures.years.items():
            spent, reported, running = figures.spent_in(year), figures.reported_in(year), figures.running_in(year)
            name = "not_reported" if spent is None else "reported"
            params = {"year": year, "part": len(reported), "all": len(running)}
            label = self.words.text(id_, name, planned=baht(planned), spent=baht(spent), **params)
            rows.append(Row(label, [Bar([("pale", planned.thb)], "", spent)]))
            counts = f"{len(reported)}/{len(running)}"
            unknown = self.words.text(id_, "none")
            cells.append([str(year), self._baht(planned), unknown if spent is None else self._baht(spent), counts])
        heads = [
            self.words.word("year"),
            self.words.word("amount"),
            self.words.text(id_, "spent"),
            self.words.text(id_, "entries"),
        ]
        table = ChartTable(heads, cells)
        nature = self.words.text(id_, "nature")
        return self._plot(
            id_,
            [self.words.word("unit")],
            table,
            lambda w: bar_chart(rows, w),
            nature=nature,
            said=[row.label for row in rows],
        )

    def _ranking(self, id_: str, parts: Sequence[Part], notes: Sequence[str], last: Sequence[Row] = ()) -> Plot | None:
        """Bars of parts of the plan, the largest first; beyond the twentieth all together."""
        if not parts:
            return None
        rows, cells = [], []
        shown = len(parts) if len(parts) == _MOST_BARS + 1 else _MOST_BARS
        for part in parts[:shown]:
            look = HATCH + "c1" if self._is_unscored(part) and id_ == "money-by-project" else "c1"
            rows.append(self._row(self._label(part), part.money, look))
            cells.append([self._label(part), self._baht(part.money), self._share(part.money)])
        if others := parts[shown:]:
            money = sum((part.money for part in others), _NO_MONEY)
            label = self.words.text(id_, "others", count=len(others))
            rows.append(self._row(label, money, "c5"))
            cells.append([label, self._baht(money), self._share(money)])
        cells += [[row.label, row.bars[0].text, row.bars[0].text] for row in last]
        table = ChartTable(
            [self.words.text(id_, "head"), self.words.word("amount"), self.words.word("share_head")], cells
        )
        drawn = [*rows, *last]
        return self._plot(
            id_, [self.words.word("unit"), *notes], table, lambda w: bar_chart(drawn, w, whole=self._names)
        )

    def _row(self, label: str, money: Money, colour: str) -> Row:
        return Row(label, [Bar([(colour, money.thb)], self._amount(money, "share"))])

    def _label(self, part: Part) -> str:
        """The name of a part; that of an entry after its number in the document."""
        is_entry = len(part.projects) == 1 and part.id == part.projects[0]["project_id"]
        number = part.projects[0]["sequence_no"] if is_entry else ""
        return f"{number}. {self.words.of(part.name)}" if number else self.words.of(part.name)

    def _is_unscored(self, part: Part) -> bool:
        return bool(part.projects) and all(project["project_id"] in self._unscored for project in part.projects)

    @cached_property
    def _unscored(self) -> set[str]:
        return {project["project_id"] for project in self.figures.unscored.projects}

    @property
    def _names(self) -> Sequence[str]:
        """Names that lines are not broken in."""
        plan = self.figures.edition.plan
        return [plan["lao_name_th"], plan["lao_name_en"]]

    def _dimensions(self) -> Iterator[_Stacked]:
        """The dimensions as they are stacked, those that are scored first; beyond the fourth all together."""
        parts = self.figures.dimensions
        unscored = [part for part in parts if self._is_unscored(part)]
        scored = [part for part in parts if part not in unscored]
        for colour, part in zip(_COLOURS, scored, strict=False):
            yield _Stacked(colour, self.words.of(part.name), [part], self._sign(part))
        if rest := scored[len(_COLOURS) :]:
            name = self.words.of(rest[0].name) if len(rest) == 1 else self.words.text("money-by-year", "others")
            yield _Stacked(_REST, name, rest, self._sign(rest[0]) if len(rest) == 1 else "")
        if unscored:
            name = ", ".join(self.words.of(part.name) for part in unscored)
            yield _Stacked(HATCH + _REST, f"{name} ({self.words.word('unscored')})", unscored, "")

    def _sign(self, part: Part) -> str:
        dimension = self.figures.joins.dimensions.get(part.id)
        return visible(dimension["dimension_code"])[:3] if dimension else ""

    def _entry(self, one: _Stacked) -> str:
        money = one.money()
        return (
            f"{shortened(one.name, _LONGEST_NAME)}: {self._amount(money, 'baht') if money else self.words.word('none')}"
        )

    def _amount(self, money: Money, name: str) -> str:
        if money.is_least and not money.thb:
            return self.words.word("not_known")
        return self.words.word(name, amount=baht(money), share=self._share(money))

    def _share(self, money: Money) -> str:
        share = f"{self.figures.per_cent(money):.1f}"
        return "<0.1" if share == "0.0" and money.thb else share

    def _baht(self, money: Money | Decimal) -> str:
        return self.words.of(baht(money))

    def _plot(
        self,
        id_: str,
        notes: Sequence[str],
        table: ChartTable,
        view: Views,
        *,
        title: str = "title",
        nature: str | None = None,
        period: bool = True,
        said: Sequence[str] = (),
    ) -> Plot:
        first, last = self.figures.period[0], self.figures.period[-1]
        years = [self.words.word("period" if last > first else "one_year", first=first, last=last)] if period else []
        kind = self.words.word("nature") if nature is None else nature
        return Plot(
            id_,
            self.words.text(id_, title),
            " · ".join([*years, *notes]),
            kind,
            table,
            view,
            said or [f"{row[0]}: {row[1]}" for row in table.rows],
        )


@dataclass(frozen=True)
class _Stacked:
    """A part of each column: dimensions with one colour."""

    colour: str
    name: str
    parts: Sequence[Part]
    sign: str

    def money(self, year: int | None = None) -> Money:
        """Its money in a fiscal year (B.E.), or in all."""
        of_year = (part.money if year is None else part.money_with(fiscal_year_be=str(year)) for part in self.parts)
        return sum(of_year, _NO_MONEY)


_NO_MONEY = Money(Decimal(), is_least=False)
