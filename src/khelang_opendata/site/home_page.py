"""What the first page shows beside the key figures: concentration, measurement, promises, spending, the weightiest
errata."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from khelang_opendata.formats.headlines import entry_headlines, limit_headlines, money_headlines
from khelang_opendata.formats.joins import Record, grouped
from khelang_opendata.formats.key_figures import KeyFigures, Money, Part
from khelang_opendata.formats.reported_progress import latest_reports
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.site.project_rows import ProjectRows, slug_of

LARGEST_SHOWN = 10
"""How many of the largest projects the first page lists."""

HEAVIEST_SHOWN = 10
"""How many reasons for errata that affect money or responsibility the first page gives."""

_HALF = 50


@dataclass(frozen=True)
class Concentration:
    """The fewest projects that have half of the money, and their share of it in per cent."""

    parts: Sequence[Part]
    per_cent: Decimal

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.parts)


@dataclass(frozen=True)
class YearSpending:
    """Planned and spent money of one fiscal year, by the latest report of each project."""

    year: int
    planned: Money
    reports: int
    planned_reported: Decimal
    spent: Decimal | None


@dataclass(frozen=True)
class RiskView:
    """A risk with its factors, and its controls with their reported results."""

    slug: str
    record: Record
    factors: Sequence[Record]
    controls: Sequence[tuple[Record, Sequence[Record]]]


def home_values(rows: ProjectRows) -> dict[str, Any]:
    """The values of the first page's template that no other page has."""
    figures = rows.figures
    shown = figures.by_money[:LARGEST_SHOWN]
    others = figures.by_money[LARGEST_SHOWN:]
    return {
        "money_lines": list(money_headlines(figures)),
        "entry_lines": list(entry_headlines(figures)),
        "limit_lines": list(limit_headlines(figures)),
        "concentration": concentration(figures),
        "largest_shown": len(shown),
        "rest": {"count": len(others), "money": _sum([part.money for part in others])},
        "promises": [(one, rows.by_id[one["project_id"]]) for one in figures.edition.records("step_promises")],
        "spending": list(spending(figures)) if figures.spent is not None else [],
        "heaviest": figures.heaviest_errata,
        "heaviest_shown": HEAVIEST_SHOWN,
    }


def concentration(figures: KeyFigures) -> Concentration:
    """The fewest projects that together have half of the known money."""
    parts: list[Part] = []
    share = Decimal()
    for part in figures.by_money:
        if share >= _HALF:
            break
        parts.append(part)
        share += figures.per_cent(part.money)
    return Concentration(parts, share)


def spending(figures: KeyFigures) -> Iterator[YearSpending]:
    """Planned and spent money by fiscal year."""
    reported = latest_reports(figures.edition)
    for year, planned in figures.years.items():
        ids = {project for project, of_year in reported if of_year == str(year)}
        lines = [line for line in figures.whole.lines if line["fiscal_year_be"] == str(year)]
        of_reported = Money.of(line for line in lines if line["project_id"] in ids)
        yield YearSpending(year, planned, len(ids), of_reported.thb, figures.spent_in(year))


def topic_counts(figures: KeyFigures) -> Mapping[str, Mapping[str, int]]:
    """How many errata there are of each topic and weight, the topics in the order of the codelist."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for erratum in figures.errata:
        counts[erratum["topic"]][erratum["weight"]] += 1
    topics = figures.edition.family.tables["errata"].field_by_name["topic"].meanings
    return {topic: {weight: counts[topic][weight] for weight in WEIGHTS} for topic in topics if topic in counts}


def risk_views(figures: KeyFigures) -> list[RiskView]:
    """The risks with their factors, controls and results."""
    records = figures.edition.records
    factors, controls = grouped(records("risk_factors"), "risk_id"), grouped(records("risk_controls"), "risk_id")
    results = grouped(records("risk_results"), "risk_id")
    return [
        RiskView(
            slug_of(risk["risk_id"], risk["plan_id"]),
            risk,
            factors.get(risk["risk_id"], ()),
            [
                (one, grouped(results.get(risk["risk_id"], ()), "control_no").get(one["control_no"], ()))
                for one in controls.get(risk["risk_id"], ())
            ],
        )
        for risk in records("risks")
    ]


def _sum(moneys: Sequence[Money]) -> Money:
    return Money(sum((money.thb for money in moneys), Decimal()), any(money.is_least for money in moneys))
