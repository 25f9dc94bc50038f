"""The projects of a plan as rows of a table: the money of each year with its status, and what a filter asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.joins import Record, grouped
from khelang_opendata.formats.key_figures import KeyFigures, Money
from khelang_opendata.formats.weighted_errata import errata_by_record

STATUSES = ("budgeted", "unknown", "shared", "no_budget", "not_run")
"""The statuses of a budget, the most informative first."""

MONEY_FLAGS = ("funded", "never", "every_year", "unknown", "not_said")
"""What the filter of money asks for: some money, none ever, money in each year, an amount that is unknown, an amount of
which the document does not say the period."""


@dataclass(frozen=True)
class YearCell:
    """A project's money in one year: the sum of its lines, and the most informative of their statuses.

    ``status`` is empty where no line is of this year.
    """

    money: Money
    status: str

    @classmethod
    def of(cls, lines: Sequence[Record]) -> YearCell:
        """The cell of a year's lines."""
        statuses = {line["budget_status"] for line in lines}
        return cls(Money.of(lines), next((status for status in STATUSES if status in statuses), ""))

    @property
    def amount(self) -> str:
        """The bare amount, for a script; empty where there is none."""
        return plain(self.money.thb) if self.money.thb else ""

    @property
    def coded(self) -> str:
        """The cell for a script: status, amount, and a mark where the amount is the least that it can be."""
        return f"{self.status}:{self.amount}{':least' if self.money.is_least else ''}"


@dataclass(frozen=True)
class ProjectRow:
    """A project in a table.

    ``cells`` are by fiscal year (B.E.); ``whole_period`` is what is given for all years together. ``division`` is the
    unit's id, empty where the document names none.
    """

    record: Record
    slug: str
    division: str
    audiences: tuple[str, ...]
    cells: Mapping[int, YearCell]
    whole_period: YearCell
    money: Money
    flags: tuple[str, ...]
    errata: Sequence[Record]

    @property
    def number(self) -> str:
        """The number in the document's order."""
        return self.record["sequence_no"]

    @property
    def errata_count(self) -> int:
        """How many contradictions concern the project; each counts once."""
        return len({erratum["erratum_id"] for erratum in self.errata})


@dataclass(frozen=True)
class ProjectRows:
    """The rows of all projects, in the document's order."""

    figures: KeyFigures

    @cached_property
    def all(self) -> Sequence[ProjectRow]:
        """The rows of all projects."""
        return [*map(self._row, self.figures.projects)]

    @cached_property
    def by_id(self) -> Mapping[str, ProjectRow]:
        """The rows by project_id."""
        return {row.record["project_id"]: row for row in self.all}

    @cached_property
    def errata(self) -> Mapping[str, Sequence[Record]]:
        """The errata by the id of each record that they concern."""
        return errata_by_record(self.figures.errata)

    @cached_property
    def _audiences(self) -> Mapping[str, Sequence[Record]]:
        return grouped(self.figures.edition.records("targets"), "project_id")

    @cached_property
    def _funded_every_year(self) -> set[str]:
        return {project["project_id"] for project in self.figures.funded_every_year}

    def of(self, projects: Iterable[Record]) -> list[ProjectRow]:
        """The rows of some projects."""
        return [self.by_id[project["project_id"]] for project in projects]

    def _row(self, project: Record) -> ProjectRow:
        id_ = project["project_id"]
        lines = self.figures.lines.get(id_, ())
        by_year = grouped(lines, "fiscal_year_be")
        audiences = {target["audience"]: None for target in self._audiences.get(id_, ()) if target["audience"]}
        return ProjectRow(
            project,
            slug_of(id_, project["plan_id"]),
            self.figures.joins.division(project["lead_unit_id"]).get("unit_id", ""),
            tuple(audiences),
            {year: YearCell.of(by_year.get(str(year), ())) for year in self.figures.period},
            YearCell.of(by_year.get("", ())),
            Money.of(lines),
            tuple(self._flags(id_, lines)),
            self.errata.get(id_, ()),
        )

    def _flags(self, id_: str, lines: Sequence[Record]) -> Iterator[str]:
        money = Money.of(lines)
        yield "funded" if money else "never"
        if id_ in self._funded_every_year:
            yield "every_year"
        if money.is_least:
            yield "unknown"
        if any(line["amount_basis"] == "not_said" for line in lines):
            yield "not_said"


def slug_of(id_: str, plan_id: str) -> str:
    """The name of a record's page: its id without the plan's, in lower case as addresses are."""
    return id_.removeprefix(f"{plan_id}-").lower()


def plain(amount: Decimal) -> str:
    """A bare amount: 300000 or 0.5, never 3E+5."""
    return f"{amount.normalize():f}"
