"""Several plans beside each other: one row a plan, and how many plans there are before any sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from markupsafe import Markup

from khelang_opendata.formats.key_figures import KeyFigures, Money
from khelang_opendata.model.wording import Language
from khelang_opendata.published.page_mark import html_mark, line_mark
from khelang_opendata.site.plan_site import asset_files
from khelang_opendata.site.search_engines import robots_and_sitemap
from khelang_opendata.site.site_source import PlanReleases
from khelang_opendata.site.site_templates import ASSETS, HOME, path_of, rendered
from khelang_opendata.site.site_texts import say

COMPARISON = "plans-compared"
"""What the marks of these pages name in place of a plan."""


@dataclass(frozen=True)
class ComparedPlan:
    """A plan in the comparison; its site is in the folder of its name."""

    releases: PlanReleases

    @property
    def name(self) -> str:
        """The plan's id, which is the folder of its site."""
        return self.releases.name

    @property
    def plan(self) -> Mapping[str, str]:
        """The row of the table ``plans``."""
        return self.releases.plan

    @property
    def figures(self) -> KeyFigures:
        """The key figures of its current release."""
        return self.releases.figures

    @cached_property
    def per_year(self) -> Money:
        """The planned money by year of the plan, rounded to baht."""
        return _divided(self.figures.total, len(self.figures.period))

    @cached_property
    def per_entry(self) -> Money:
        """The planned money by entry, rounded to baht."""
        return _divided(self.figures.total, len(self.figures.projects))


def comparison_pages(plans: Sequence[PlanReleases], base_url: str | None = None) -> dict[str, bytes]:
    """The pages that compare plans, with their style and fonts.

    Args:
        plans: the releases of each plan; one whose releases were all withdrawn is left out.
        base_url: the address of the pages' folder, with a slash at its end; None where it is not known.

    Returns:
        The files by path. They link to the site of each plan in the folder of its name.
    """
    compared = [ComparedPlan(one) for one in plans if one.edition is not None]
    compared.sort(key=lambda one: (one.plan["province_th"], one.plan["lao_name_th"], one.figures.period[0], one.name))
    years = sorted({year for one in compared for year in one.figures.period})
    pages = {
        path_of(HOME, language): rendered(
            "compare.html.j2", language, HOME, _values(compared, years, language, base_url)
        )
        for language in Language
    }
    pages |= {f"{ASSETS}/{name}": data for name, data in asset_files().items()}
    if base_url:
        sites = [f"{one.name}/{HOME}" for one in compared]
        pages |= robots_and_sitemap(base_url, line_mark(COMPARISON), [*pages, *sites])
    return pages


def _values(
    compared: Sequence[ComparedPlan], years: Sequence[int], language: Language, base_url: str | None
) -> dict[str, Any]:
    return {
        "title": say("compare_title", language),
        "site_name": say("compare_name", language),
        "brand": say("compare_name", language),
        "description": say("compare_lead", language, count=len(compared)),
        "mark": Markup(html_mark(COMPARISON)),  # noqa: S704 (ours)
        "base_url": base_url,
        "has_feed": False,
        "menu": [],
        "plans": compared,
        "all_years": years,
        "total": sum((one.figures.total.thb for one in compared), Decimal()),
        "is_least": any(one.figures.total.is_least for one in compared),
        "money": Money,
    }


def _divided(money: Money, by: int) -> Money:
    return Money(Decimal(round(money.thb / by)) if by else Decimal(), money.is_least)
