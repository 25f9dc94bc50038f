"""The evidence for the items of the ITA's OIT part, as the rows of its pages.

Nothing is invented: missing data are shown as not recorded, and listed for the official to complete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from khelang_opendata.nacc.ita import Item, ItemKind, confirmed_in, items_of
from khelang_opendata.nacc.measures import measures_sheet, risks_sheet
from khelang_opendata.nacc.projects import plan_sheet, results_sheet
from khelang_opendata.nacc.sheet import Sheet, ToDo
from khelang_opendata.nacc.source import check_year
from khelang_opendata.package.datapackage import Package
from khelang_opendata.package.edition import Edition, released_edition
from khelang_opendata.validation import family_of

_SHEETS = {
    ItemKind.PLAN: plan_sheet,
    ItemKind.RESULTS: results_sheet,
    ItemKind.RISKS: risks_sheet,
    ItemKind.MEASURES: measures_sheet,
}


@dataclass(frozen=True)
class Exhibit:
    """What answers one item: the fiscal year that it is of, its table, and what is left to do before it is shown."""

    item: Item
    fiscal_year: int
    sheet: Sheet
    todo: tuple[ToDo, ...]

    @property
    def name(self) -> str:
        """The name of its files, without the ending."""
        return f"{self.item.code.lower()}-{self.item.kind}"


@dataclass(frozen=True)
class Evidence:
    """All that is shown for one assessment fiscal year (B.E.), and the document and release that it is taken from.

    ``announced_on`` is None if the plan does not give it.
    """

    year: int
    organisation: str
    plan: str
    plan_years: tuple[int, int]
    document: str
    announced_on: date | None
    version: str
    released_on: date
    exhibits: tuple[Exhibit, ...]


def released_evidence(package: Package, year: int, codes: Mapping[str, str]) -> Evidence:
    """What a release shows for the items of one assessment.

    Args:
        package: the release, verified.
        year: the fiscal year of the assessment (B.E.).
        codes: those that an official confirmed, as :func:`items_of` takes them, on top of those in the package.

    Raises:
        UsageError: the items of the year are not known, a code is none, or the plan does not run in that year.
    """
    edition = released_edition(package, family_of(package))
    return evidence_of(edition, year, items_of(year, {**confirmed_in(package.descriptor, year), **codes}))


def evidence_of(edition: Edition, year: int, items: Sequence[Item]) -> Evidence:
    """What answers the items of one assessment, by its fiscal year (B.E.), from a release that was verified.

    UsageError where the plan does not run in that year.
    """
    plan = edition.plan
    first, last = int(plan["start_fiscal_year_be"]), int(plan["end_fiscal_year_be"])
    check_year(year, range(first, last + 1))
    return Evidence(
        year=year,
        organisation=plan["lao_name_th"],
        plan=plan["title_th"],
        plan_years=(first, last),
        document=edition.descriptor["sources"][0]["title"],
        announced_on=date.fromisoformat(plan["announced_on"]) if plan["announced_on"] else None,
        version=edition.version,
        released_on=edition.released_on,
        exhibits=tuple(_exhibit(edition, year, item) for item in items),
    )


def _exhibit(edition: Edition, year: int, item: Item) -> Exhibit:
    sheet = _SHEETS[item.kind](edition, year + item.covers, item)
    unconfirmed = () if item.is_confirmed else (ToDo("unconfirmed", {"code": item.code, "year": year}),)
    return Exhibit(item, year + item.covers, sheet, (*unconfirmed, *sheet.todo))
