"""The figures that a reader of a plan asks for first, computed from the tables of an edition.

All money is planned, in baht. Where the document leaves an amount out, a sum is the least that it can be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from khelang_opendata.formats.about import NOT_NAMED, Both
from khelang_opendata.formats.joins import Joins, Record, grouped
from khelang_opendata.formats.reported_progress import latest_reports
from khelang_opendata.formats.weighted_errata import WEIGHTS, errata_by_weight
from khelang_opendata.package.edition import Edition

_PER_CENT = 100
_ABOUT_MONEY = ("amount", "period")
_COUNTED = ("amount_thb", "quantity", "value")


@dataclass(frozen=True)
class Money:
    """Planned money: the sum of the known amounts in baht, and whether one is unknown, so that it is the least."""

    thb: Decimal
    is_least: bool

    @classmethod
    def of(cls, lines: Iterable[Record]) -> Money:
        """The money of lines of the table ``budgets``."""
        given = list(lines)
        amounts = (Decimal(line["amount_thb"]) for line in given if line["amount_thb"])
        return cls(sum(amounts, Decimal()), any(line["budget_status"] == "unknown" for line in given))

    def __bool__(self) -> bool:
        return bool(self.thb) or self.is_least

    def __add__(self, other: Money) -> Money:
        return Money(self.thb + other.thb, self.is_least or other.is_least)


@dataclass(frozen=True)
class Part:
    """A part of the plan: its id or code, its name in Thai and in English, its lines and projects."""

    id: str
    name: Both
    lines: Sequence[Record]
    projects: Sequence[Record]

    @cached_property
    def money(self) -> Money:
        return Money.of(self.lines)

    def money_with(self, **values: str) -> Money:
        """The money of those lines that have these values, such as ``source_basis="stated"``."""
        return Money.of(line for line in self.lines if all(line[name] == value for name, value in values.items()))


@dataclass(frozen=True)
class IndicatorLevel:
    """The indicators of one level of results: how many there are, and how many have a value to reach."""

    id: str
    name: Both
    count: int
    with_value: int


@dataclass(frozen=True)
class KeyFigures:
    """The key figures of an edition; each is computed when it is asked for."""

    edition: Edition

    @cached_property
    def joins(self) -> Joins:
        return Joins(self.edition)

    @cached_property
    def projects(self) -> Sequence[Record]:
        """The projects, activities and measures in the order of the document."""
        return [*self.joins.projects.values()]

    @cached_property
    def lines(self) -> Mapping[str, Sequence[Record]]:
        """The lines of the budgets by project_id."""
        return grouped(self.edition.records("budgets"), "project_id")

    def _part(self, id_: str, name: Both, projects: Sequence[Record]) -> Part:
        lines = [line for project in projects for line in self.lines.get(project["project_id"], ())]
        return Part(id_, name, lines, projects)

    @cached_property
    def whole(self) -> Part:
        """The whole plan."""
        plan = self.edition.plan
        return self._part(plan["plan_id"], (plan["title_th"], plan["title_en"]), self.projects)

    @property
    def total(self) -> Money:
        return self.whole.money

    @cached_property
    def period(self) -> range:
        """The fiscal years (B.E.) of the plan."""
        plan = self.edition.plan
        return range(int(plan["start_fiscal_year_be"]), int(plan["end_fiscal_year_be"]) + 1)

    @cached_property
    def years(self) -> Mapping[int, Money]:
        """The money by fiscal year (B.E.), without amounts that are for the whole period."""
        return {year: self.whole.money_with(fiscal_year_be=str(year)) for year in self.period}

    @cached_property
    def whole_period(self) -> Money:
        """The amounts that the document gives for all years together."""
        return self.whole.money_with(amount_basis="whole_period")

    @cached_property
    def period_not_said(self) -> Part:
        """The projects with an amount of which the document does not say whether it is for a year or for all."""
        return self._with_lines("not_said", lambda line: line["amount_basis"] == "not_said")

    def _with_lines(self, id_: str, wanted: Any) -> Part:
        lines = [line for line in self.whole.lines if wanted(line)]
        ids = {line["project_id"] for line in lines}
        return Part(id_, NOT_NAMED, lines, [project for project in self.projects if project["project_id"] in ids])

    @cached_property
    def dimensions(self) -> Sequence[Part]:
        """The plan by dimension, in the document's order; what names none comes last."""
        names = {id_: self.joins.dimension_heading(id_) for id_ in self.joins.dimensions}
        return [*self._parts(names, lambda project: [project["dimension_id"]])]

    @cached_property
    def unscored(self) -> Part:
        """What is outside the dimensions that are scored (``dimensions.scored``)."""
        unscored = {id_ for id_, dimension in self.joins.dimensions.items() if dimension["scored"] == "false"}
        return self._part("unscored", NOT_NAMED, [p for p in self.projects if p["dimension_id"] in unscored])

    @cached_property
    def scored(self) -> Part:
        """The plan without what is outside the dimensions that are scored."""
        outside = {project["project_id"] for project in self.unscored.projects}
        return self._part("scored", NOT_NAMED, [p for p in self.projects if p["project_id"] not in outside])

    @cached_property
    def divisions(self) -> Sequence[Part]:
        """The plan by the division in charge, the one with most money first."""
        names = {id_: (unit["name_th"], unit["name_en"] or unit["name_th"]) for id_, unit in self.joins.units.items()}
        parts = self._parts(names, lambda project: [self.joins.division(project["lead_unit_id"]).get("unit_id", "")])
        return sorted((part for part in parts if part.projects), key=lambda part: -part.money.thb)

    @cached_property
    def audiences(self) -> Sequence[Part]:
        """The projects for each kind of people; a project for several is in each, so that they do not add up."""
        of_project: defaultdict[str, set[str]] = defaultdict(set)
        for target in self.edition.records("targets"):
            of_project[target["project_id"]].add(target["audience"])
        names = self._titles("targets", "audience")
        parts = self._parts(names, lambda project: of_project[project["project_id"]] & names.keys())
        return [part for part in parts if part.id and part.projects]

    @cached_property
    def kinds(self) -> Sequence[Part]:
        """The plan by what the document calls its entries: project, activity, measure."""
        parts = self._parts(self._titles("projects", "project_kind"), lambda project: [project["project_kind"]])
        return [part for part in parts if part.projects]

    @cached_property
    def sources(self) -> Sequence[Part]:
        """The money by source, the largest first."""
        titles = self._titles("budgets", "funding_source")
        named = {
            line["funding_source"] for line in self.whole.lines if line["budget_status"] in ("budgeted", "unknown")
        }
        parts = []
        for code in [*(code for code in titles if code in named), *sorted(named - titles.keys())]:
            part = self._with_lines(
                code, lambda line, code=code: line["funding_source"] == code and line["budget_status"] != "shared"
            )
            parts.append(
                Part(code, titles.get(code, NOT_NAMED if not code else (code, code)), part.lines, part.projects)
            )
        return sorted(parts, key=lambda part: -part.money.thb)

    @cached_property
    def by_money(self) -> Sequence[Part]:
        """The projects with money, the largest first, each as a part of its own."""
        parts = [
            self._part(p["project_id"], (p["title_th"], p["title_en"] or p["title_th"]), [p]) for p in self.projects
        ]
        return sorted((part for part in parts if part.money), key=lambda part: -part.money.thb)

    @cached_property
    def never_funded(self) -> Sequence[Record]:
        """The projects for which no year has money of their own; money shared with another project is that one's."""
        funded = {part.id for part in self.by_money}
        return [project for project in self.projects if project["project_id"] not in funded]

    @cached_property
    def shared(self) -> Sequence[Record]:
        """Those of them that are paid from another project's money."""
        sharing = {line["project_id"] for line in self.whole.lines if line["budget_status"] == "shared"}
        return [project for project in self.never_funded if project["project_id"] in sharing]

    @cached_property
    def funded_every_year(self) -> Sequence[Record]:
        """The projects with money in each year of the plan."""
        funded = {
            (line["project_id"], line["fiscal_year_be"])
            for line in self.whole.lines
            if line["amount_thb"] not in ("", "0")
        }
        return [p for p in self.projects if all((p["project_id"], str(year)) in funded for year in self.period)]

    def running_in(self, year: int) -> Sequence[Record]:
        """The projects that run in a fiscal year (B.E.), with or without money."""
        running = {
            line["project_id"]
            for line in self.whole.lines
            if line["budget_status"] != "not_run" and line["fiscal_year_be"] in (str(year), "")
        }
        return [project for project in self.projects if project["project_id"] in running]

    def funded_in(self, year: int) -> Sequence[Record]:
        """The projects with money in a fiscal year (B.E.)."""
        funded = {
            line["project_id"]
            for line in self.whole.lines
            if line["fiscal_year_be"] == str(year) and line["budget_status"] in ("budgeted", "unknown")
        }
        return [project for project in self.projects if project["project_id"] in funded]

    @cached_property
    def spent(self) -> Decimal | None:
        """What was disbursed by the latest report of each project and year; None where nothing is reported."""
        return _disbursed(self._latest_reports.values())

    def spent_in(self, year: int) -> Decimal | None:
        """What was disbursed of a fiscal year (B.E.); None where nothing is reported."""
        return _disbursed(report for report in self._latest_reports.values() if report["fiscal_year_be"] == str(year))

    def reported_in(self, year: int) -> Sequence[Record]:
        """The projects of which a report says what was disbursed of a fiscal year (B.E.)."""
        reports = self._latest_reports
        return [
            project
            for project in self.projects
            if (report := reports.get((project["project_id"], str(year)))) and report["disbursed_thb"]
        ]

    @cached_property
    def _latest_reports(self) -> Mapping[tuple[str, str], Record]:
        return latest_reports(self.edition)

    @property
    def indicators(self) -> tuple[int, int]:
        """How many indicators there are, and how many of them have a value to reach."""
        levels = self.indicator_levels
        return sum(level.count for level in levels), sum(level.with_value for level in levels)

    @cached_property
    def indicator_levels(self) -> Sequence[IndicatorLevel]:
        """The indicators by what they measure: outputs, outcomes."""
        levels = grouped(self.edition.records("indicators"), "result_level")
        titles = self._titles("indicators", "result_level")
        return [
            IndicatorLevel(id_, titles.get(id_, NOT_NAMED), len(found), sum(bool(one["value"]) for one in found))
            for id_ in [*titles, *(id_ for id_ in levels if id_ not in titles)]
            if (found := levels.get(id_))
        ]

    @cached_property
    def errata(self) -> Sequence[Mapping[str, Any]]:
        """The contradictions of the document, the weightiest first.

        Returns:
            The records of :func:`errata_by_weight`, each with its adopted value in Thai and in English words under
            ``adopted``, and the other value under ``other``: the title of a code, the name of an id's record, a number
            with its thousands apart.
        """
        names = self.joins.names
        in_words = {"adopted": "adopted_value", "other": "other_value"}
        return [
            {**erratum, **{name: self._in_words(erratum, erratum[value], names) for name, value in in_words.items()}}
            for erratum in errata_by_weight(self.edition.records)
        ]

    def _in_words(self, erratum: Record, value: str, names: Mapping[str, Both]) -> Both:
        name = erratum["field"]
        table = self.edition.tables.get(erratum["resource"])
        field = table.schema.field_by_name.get(name) if table else None
        if field and value in field.meanings:
            return field.meanings[value].title_th, field.meanings[value].title_en
        if name in _COUNTED and value.isascii() and value.isdigit():
            return (f"{int(value):,}",) * 2
        return names.get(value, (value, value))

    @cached_property
    def heaviest_errata(self) -> Sequence[Sequence[Mapping[str, Any]]]:
        """The errata that affect money or responsibility, those of one reason together.

        Those about money come first, and of those the ones that concern most records, whatever the number of their
        years.
        """
        alike: defaultdict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
        for erratum in self.errata:
            if erratum["weight"] == WEIGHTS[0]:
                alike[erratum["topic"], erratum["basis_th"]].append(erratum)

        def order(errata: Sequence[Mapping[str, Any]]) -> tuple[bool, int]:
            concerned = {record["record_id"] for erratum in errata for record in (erratum, *erratum["records"])}
            return errata[0]["topic"] not in _ABOUT_MONEY, -len(concerned)

        return sorted(alike.values(), key=order)

    @cached_property
    def errata_by_weight(self) -> Mapping[str, int]:
        """How many errata there are of each weight, the heaviest first."""
        counts = Counter(erratum["weight"] for erratum in self.errata)
        return {weight: counts[weight] for weight in WEIGHTS}

    def per_cent(self, money: Money) -> Decimal:
        """The share of the plan's known money, in per cent."""
        return money.thb * _PER_CENT / self.total.thb if self.total.thb else Decimal()

    def _parts(self, names: Mapping[str, Both], ids_of: Any) -> Iterator[Part]:
        """A part for each id, in the order of the names, and one for the projects that have none."""
        groups: defaultdict[str, list[Record]] = defaultdict(list)
        for project in self.projects:
            for id_ in ids_of(project):
                groups[id_].append(project)
        for id_ in [*names, *(id_ for id_ in groups if id_ not in names)]:
            if id_ in names or groups[id_]:
                yield self._part(id_, names.get(id_, NOT_NAMED), groups[id_])

    def _titles(self, table: str, column: str) -> Mapping[str, Both]:
        """The titles of a column's codes."""
        meanings = self.edition.family.tables[table].field_by_name[column].meanings
        return {code: (texts.title_th, texts.title_en) for code, texts in meanings.items()}


def _disbursed(reports: Iterable[Record]) -> Decimal | None:
    amounts = [Decimal(report["disbursed_thb"]) for report in reports if report["disbursed_thb"]]
    return sum(amounts, Decimal()) if amounts else None
