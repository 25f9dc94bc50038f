"""The pages of all plans of the nation: an overview, a page a province and a plan, and the sources that are refused.

There may be thousands of pages. So each file says what it follows from, and its bytes are made only if that changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from hashlib import sha256
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from khelang_opendata.files.planned_files import PlannedFile
from khelang_opendata.formats.about import Both
from khelang_opendata.formats.headlines import baht
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.model.wording import Language
from khelang_opendata.published.page_mark import html_mark, line_mark
from khelang_opendata.render.dates import fiscal_year_days
from khelang_opendata.site.nation import LaoGroup, Nation, per_cent
from khelang_opendata.site.nation_charts import nation_charts
from khelang_opendata.site.nation_compared import compared_labels, compared_plans
from khelang_opendata.site.nation_data import NationFile, data_files
from khelang_opendata.site.nation_plans import SKIPPED, NationPlan
from khelang_opendata.site.plan_site import CHARTS, asset_files
from khelang_opendata.site.search_engines import robots_and_sitemap
from khelang_opendata.site.site_templates import ASSETS, HOME, path_of, place_name, rendered
from khelang_opendata.site.site_texts import say
from khelang_opendata.standard.family import load_family
from khelang_opendata.validation.catalogue import rules
from khelang_opendata.version import __version__

NATION = "all-plans"
"""What the marks of these pages name in place of a plan."""

RULES_SHOWN = 15
"""Findings that the overview lists; the file of contradictions has all."""

_NO_PROVINCE = "none"


@dataclass(frozen=True)
class NationOptions:
    """What a publisher chooses of the site.

    Attributes:
        base_url: the address of the site's folder, with a slash at its end; None where it is not known.
        dataset_url: where the dataset is published, with a slash at its end: an address, or a path from the site's
            folder; None where it is not.
        has_charts: whether charts are drawn, which needs the extra ``site``.
    """

    base_url: str | None = None
    dataset_url: str | None = None
    has_charts: bool = True


def nation_files(nation: Nation, options: NationOptions | None = None) -> list[PlannedFile]:
    """The files of the site in the order in which they are placed: what others refer to comes first.

    Args:
        nation: all plans in one state.
        options: the publisher's choices.

    Raises:
        ExtraMissing: there is to be a chart, and the extra ``site`` is not installed.
    """
    site = _NationSite(nation, options or NationOptions())
    found = [*site.files()]
    if base_url := site.options.base_url:
        pages = [one.path for one in found]
        found[-1:-1] = [
            _made(path, data) for path, data in robots_and_sitemap(base_url, line_mark(NATION), pages).items()
        ]
    return found


def _made(path: str, data: bytes) -> PlannedFile:
    """A file whose content is there."""
    return PlannedFile(path, sha256(data).hexdigest(), lambda: data)


@cache
def _maker() -> str:
    """What makes pages: their templates, words and code. A change of these changes each page."""
    whole = sha256(__version__.encode())
    room = files("khelang_opendata.site")
    for folder in (room, room / "templates"):
        for item in sorted(folder.iterdir(), key=lambda item: item.name):
            if item.name.endswith((".py", ".yaml", ".j2")):
                whole.update(item.name.encode() + b"\0" + item.read_bytes())
    return whole.hexdigest()


@dataclass(frozen=True)
class _NationPage:
    """A page: its template, its route in both languages, and the values that only it has.

    ``titles`` has its title in both languages.
    """

    template: str
    route: str
    titles: Both
    values: Mapping[str, Any]


@dataclass(frozen=True)
class _NationSite:
    nation: Nation
    options: NationOptions
    family: Any = field(default_factory=load_family)

    @cached_property
    def data(self) -> Sequence[NationFile]:
        return data_files(self.nation)

    def files(self) -> Iterator[PlannedFile]:
        yield from (_made(f"{ASSETS}/{name}", data) for name, data in asset_files().items())
        yield from (_made(one.path, one.content) for one in self.data)
        yield from self._compared()
        for page in self._pages():
            inputs = repr((page, self.options, _maker()))
            for language in reversed(Language):
                path, hashed = path_of(page.route, language), sha256(f"{language}{inputs}".encode()).hexdigest()
                yield PlannedFile(path, hashed, partial(self._rendered, page, language))
        yield from self._overview()

    def _pages(self) -> Iterator[_NationPage]:
        for plan in self.nation.plans:
            yield self._plan(plan)
        for source in self.nation.refused:
            checks = {"source": source, "checks": source.checks}
            yield _NationPage("nation_refusal", f"refused/{source.slug}.html", (source.name,) * 2, checks)
        for group in self.nation.provinces:
            yield self._province(group)
        groups = [
            {"key": group.key.lower(), "name": group.name, "plans": len(group.plans)} for group in self._with_plans
        ]
        yield _NationPage(
            "nation_compare", f"compare/{HOME}", _both("two_title"), {"groups": groups, "codes": self._codes}
        )
        lists = {"refused": self.nation.refused, "skipped": self.nation.skipped}
        values = {**lists, "is_sorted": True, **self._state}
        yield _NationPage("nation_refused", f"refused/{HOME}", _both("refused_title"), values)

    @property
    def _with_plans(self) -> Sequence[LaoGroup]:
        """The provinces that have plans to compare."""
        return [group for group in self.nation.provinces if group.plans]

    @property
    def _codes(self) -> Sequence[str]:
        """The numbers of the dimensions that most plans have."""
        return [one.code for one in self.nation.dimensions if one.code]

    def _compared(self) -> Iterator[PlannedFile]:
        """The figures of each plan for the comparison of two, a file a province and language."""
        for group in self._with_plans:
            inputs = repr((group.key, group.plans, self._codes, _maker()))
            for language in Language:
                hashed = sha256(f"{language}{inputs}".encode()).hexdigest()
                path = path_of(f"compare/{group.key.lower()}.js", language)
                yield PlannedFile(path, hashed, partial(compared_plans, group, self._codes, language, NATION))

    @property
    def _state(self) -> Mapping[str, Any]:
        """The state, of which only pages that change with each harvest show the day."""
        return {"on": self.nation.on, "snapshot": self.nation.snapshot}

    def _plan(self, plan: NationPlan) -> _NationPage:
        year = self.nation.fiscal_year
        others = [
            {"slug": one.slug, "first": one.first_year, "last": one.last_year}
            for one in self.nation.of_lao[plan.lao]
            if one.id != plan.id
        ]
        about = plan.about
        name = (about["lao_name_th"], about["lao_name_en"] or about["lao_name_th"])
        titles = tuple(f"{one} {plan.first_year}–{plan.last_year}" for one in name)
        province = self._province_names.get(about["province_code"], (about["province_th"],) * 2)
        values = {
            "plan": plan,
            "others": others,
            "has_ended": plan.last_year < year,
            "ends_now": plan.last_year == year,
            "province": province,
            "province_key": about["province_code"].lower(),
        }
        return _NationPage("nation_plan", f"plans/{plan.slug}.html", (titles[0], titles[1]), values)

    @cached_property
    def _province_names(self) -> Mapping[str, Both]:
        return {group.key: group.name for group in self.nation.provinces}

    def _province(self, group: LaoGroup) -> _NationPage:
        names = (say("province", Language.TH, province=group.name[0]), group.name[1])
        titles = names if group.key else _both("no_province")
        years = self._years(group.plans)
        values = {"group": group, "fiscal_year": self.nation.fiscal_year, "is_sorted": True, **years}
        return _NationPage("nation_province", _province_route(group), titles, values)

    @staticmethod
    def _years(plans: Sequence[NationPlan]) -> Mapping[str, int]:
        return {
            "first": min((plan.first_year for plan in plans), default=0),
            "last": max((plan.last_year for plan in plans), default=0),
        }

    def _overview(self) -> Iterator[PlannedFile]:
        """The overview with its chart; it comes last, and is made each time, for it has the day of the harvest."""
        nation = self.nation
        states = Counter(source.state for source in nation.sources)
        changes = Counter(source.change for source in nation.sources)
        sections = [
            "state",
            *(["nation_years"] if nation.plans else []),
            *("provinces", "types"),
            *(["without", "contradictions", "ends"] if nation.plans else []),
            *("missing", "nation_limits", "nation_data"),
        ]
        values = {
            "nation": nation,
            "states": {name: states[name] for name in ("taken", "taken_with_warnings", "refused", SKIPPED, "absent")},
            "changes": {name: changes[name] for name in ("added", "updated", "refused", SKIPPED, "absent")},
            "sections": sections,
            "has_registry": nation.whole.registered is not None,
            "has_types": any(group.registered is not None for group in nation.types),
            "shared": sum(plan.shared for plan in nation.plans),
            "least": sum(plan.money.total.is_least for plan in nation.plans),
            "rules_shown": nation.spread[:RULES_SHOWN],
            "data_files": self.data,
            "dataset_url": self.options.dataset_url,
            "is_sorted": True,
            **self._years(nation.plans),
            **self._state,
        }
        for language in reversed(Language):
            charts = {}
            if self.options.has_charts:
                made = nation_charts(nation, language, address=self.options.base_url or "")
                charts = {chart.id: chart for chart in made}
            for chart in charts.values():
                yield _made(f"{language}/{CHARTS}/{chart.id}.png", chart.png)
            page = _NationPage("nation", HOME, ("", ""), {**values, "charts": charts})
            yield _made(path_of(HOME, language), self._rendered(page, language))

    def _rendered(self, page: _NationPage, language: Language) -> bytes:
        values = {**self._shared(language), **self._helpers(page, language), **page.values}
        values["title"] = page.titles[[*Language].index(language)]
        return rendered(f"{page.template}.html.j2", language, page.route, values)

    def _shared(self, language: Language) -> dict[str, Any]:
        """What all pages have."""
        return {
            "site_name": say("nation_title", language),
            "brand": say("nation_name", language),
            "description": say("limit_planned_note", language),
            "mark": Markup(html_mark(NATION)),  # noqa: S704 (ours)
            "base_url": self.options.base_url,
            "has_feed": False,
            "menu": [
                (f"{name}/{HOME}" if name else HOME, f"menu_{name or 'nation'}") for name in ("", "compare", "refused")
            ],
            "family": self.family,
            "weights": WEIGHTS,
            "on": None,
            "is_sorted": False,
            "charts": {},
            "shares": per_cent,
            "province_route": _province_route,
            "last_day": lambda year: fiscal_year_days(year)[1],
            "rule_title": lambda code: _rule_title(code, language),
        }

    def _helpers(self, page: _NationPage, language: Language) -> dict[str, Any]:
        """What follows from the values of a page of a plan, in its language."""
        if "codes" in page.values:
            return {"labels": compared_labels(page.values["codes"], language)}
        plan = page.values.get("plan")
        if plan is None:
            return {}
        errata: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for (topic, weight), count in plan.errata.items():
            errata[topic][weight] = count
        name = "plan_one_year" if plan.first_year == plan.last_year else "plan_of"
        return {
            "place_name": place_name(plan.about, self.family),
            "period_title": say(name, language, first=plan.first_year, last=plan.last_year),
            "province_page": f"provinces/{page.values['province_key'] or _NO_PROVINCE}.html",
            "counts": [*_counts(plan, language)],
            "errata": errata,
            "checks": plan.source.checks,
        }


def _both(name: str) -> Both:
    thai, english = (say(name, language) for language in Language)
    return thai, english


def _province_route(group: LaoGroup) -> str:
    return f"provinces/{group.key.lower() or _NO_PROVINCE}.html"


def _rule_title(code: str, language: Language) -> str:
    """The title of a rule; the code of one that the program does not know."""
    rule = rules().get(code)
    return rule.title[language] if rule else code


def _counts(plan: NationPlan, language: Language) -> Iterator[tuple[str, str]]:
    """The counts of a plan, each with its label."""
    at = [*Language].index(language)
    yield say("plan_entries", language), f"{plan.projects:,}"
    yield say("plan_funded", language), f"{plan.projects - plan.never_funded:,}"
    yield say("plan_never", language), f"{plan.never_funded:,}"
    yield say("plan_shared", language), f"{plan.shared:,}"
    yield say("plan_indicators", language), f"{plan.indicators:,}"
    yield say("plan_indicators_value", language), f"{plan.indicators_with_value:,}"
    yield say("plan_per_year", language), baht(plan.per_year)[at]
    yield say("plan_per_project", language), baht(plan.per_project)[at]
