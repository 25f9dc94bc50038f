"""All pages of one plan, as bytes by path: the same for the same releases, day and options."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

from markupsafe import Markup

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.formats.about import NOT_NAMED, Both, citation, creators, publisher
from khelang_opendata.formats.joins import NOTHING, Record
from khelang_opendata.formats.key_figures import Money, Part
from khelang_opendata.formats.metadata.schema_org import located
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.model.failures import ReleaseDamaged
from khelang_opendata.model.wording import Language
from khelang_opendata.package.release_files import SCHEMA_ORG
from khelang_opendata.published.page_mark import html_mark, line_mark
from khelang_opendata.render.changes_words import Words
from khelang_opendata.site.charts import Chart, chart_css, plan_charts
from khelang_opendata.site.downloads import Downloads
from khelang_opendata.site.home_page import home_values, risk_views, topic_counts
from khelang_opendata.site.project_page import ProjectViews
from khelang_opendata.site.project_rows import MONEY_FLAGS, STATUSES, ProjectRow, ProjectRows, plain, slug_of
from khelang_opendata.site.search_engines import robots_and_sitemap
from khelang_opendata.site.search_rows import row_data, search_rows
from khelang_opendata.site.site_source import PlanReleases, read_plan_releases
from khelang_opendata.site.site_templates import ASSETS, HOME, path_of, place_name, rendered
from khelang_opendata.site.site_texts import say
from khelang_opendata.standard.tables import JsonObject

ONE_PAGE = 500
"""Up to how many rows the table of projects is one page."""

PAGE_ROWS = 50
"""How many rows a page has where the table is several."""

CHARTS = "charts"
"""The folder of the charts' pictures, in that of a language."""

_PER_CENT = 100
_PARTS = ("dimensions", "divisions", "audiences")
_MENU = ("projects", *_PARTS, "risks", "errata", "data")


@dataclass(frozen=True)
class SiteOptions:
    """What a publisher chooses of a site.

    Attributes:
        base_url: the address of the site's folder, with a slash at its end; None where it is not known.
        has_charts: whether charts are drawn, which needs the extra ``site``.
        evidence: further pages by assessment fiscal year (B.E.): each year's files by name.
    """

    base_url: str | None = None
    has_charts: bool = True
    evidence: Mapping[int, Mapping[str, bytes]] = field(default_factory=dict)


def plan_pages(releases: PlanReleases, options: SiteOptions | None = None) -> dict[str, bytes]:
    """The pages of a plan, with their style, scripts and fonts.

    Args:
        releases: the plan's releases, as read from their folder.
        options: the publisher's choices.

    Returns:
        The files by path. They refer to the files of the releases, which are to be in the same folder.

    Raises:
        ReleaseDamaged: the current release has no usable schema.org description.
        ExtraMissing: there are to be charts, and the extra ``site`` is not installed.
    """
    site = _PlanSite(releases, options or SiteOptions())
    pages = {path: data for language in Language for path, data in site.pages(language)}
    pages |= {f"{ASSETS}/{name}": data for name, data in asset_files().items()}
    pages |= dict(site.evidence_files())
    if (base_url := site.options.base_url) and releases.edition is not None:
        pages |= robots_and_sitemap(base_url, line_mark(releases.name), pages)
    return pages


def pages_of_releases(root: Path, options: SiteOptions | None = None) -> dict[str, bytes]:
    """The pages of a folder of releases; see :func:`plan_pages`, and :func:`read_plan_releases` for failures."""
    return plan_pages(read_plan_releases(root), options)


def asset_files() -> dict[str, bytes]:
    """The style, the scripts, the fonts and the licences of what is not ours."""
    folder = files("khelang_opendata.site") / "assets"
    found = sorted((item for item in folder.iterdir() if _is_for_pages(item.name)), key=lambda item: item.name)
    assets = {item.name: item.read_bytes() for item in found}
    return {**assets, "site.css": assets["site.css"] + chart_css().encode()}


def _is_for_pages(name: str) -> bool:
    return name.endswith((".css", ".js", ".svg", ".woff2", ".txt"))


@dataclass(frozen=True)
class _PlanSite:
    releases: PlanReleases
    options: SiteOptions

    @cached_property
    def rows(self) -> ProjectRows:
        return ProjectRows(self.releases.figures)

    @cached_property
    def views(self) -> ProjectViews:
        return ProjectViews(self.rows)

    @cached_property
    def downloads(self) -> Downloads:
        return Downloads(self.releases)

    @cached_property
    def home(self) -> Mapping[str, Any]:
        return home_values(self.rows)

    def pages(self, language: Language) -> Iterator[tuple[str, bytes]]:
        """The pages in a language by their path in the site."""
        if self.releases.edition is None:
            yield path_of(HOME, language), self._rendered("withdrawn", language, HOME, "")
            return
        values = {**self._values(language), **self._helpers(language)}
        for chart in values["charts"].values():
            yield f"{language}/{CHARTS}/{chart.id}.png", chart.png
        if len(self.rows.all) > ONE_PAGE:
            has_whole = bool(self.releases.figures.whole_period)
            yield path_of("projects/rows.js", language), search_rows(self.rows.all, language, values, has_whole)
        for route, template, title, more in (
            *self._single(language),
            *self._projects(language),
            *self._parts(language),
        ):
            head = {"title": title, "description": self._description(language)}
            yield path_of(route, language), rendered(f"{template}.html.j2", language, route, {**values, **head, **more})

    def evidence_files(self) -> Iterator[tuple[str, bytes]]:
        """The further pages, beside those in Thai."""
        for year, content in self.options.evidence.items():
            for name, data in content.items():
                yield f"{_evidence_folder(year)}{name}", data

    def _rendered(self, template: str, language: Language, route: str, title: str) -> bytes:
        values = {**self._values(language), "title": title, "description": self._description(language)}
        return rendered(f"{template}.html.j2", language, route, values)

    def _description(self, language: Language) -> str:
        descriptor = self.releases.descriptor
        return str((language is Language.EN and descriptor.get("description_en")) or descriptor.get("description", ""))

    def _values(self, language: Language) -> dict[str, Any]:
        """What all templates use, whether a release is current or not."""
        releases, plan = self.releases, self.releases.plan
        years = {"first": plan["start_fiscal_year_be"], "last": plan["end_fiscal_year_be"]}
        lao = plan["lao_name_th"] if language is Language.TH else plan["lao_name_en"] or plan["lao_name_th"]
        return {
            "plan": plan,
            "descriptor": releases.descriptor,
            "history": releases.history,
            "archives": releases.archives,
            "current_version": releases.descriptor["version"] if releases.edition else None,
            "changes": {note.version: list(_changes(note, language)) for note in releases.history},
            "mark": Markup(html_mark(releases.name)),  # noqa: S704 (a plan's id needs no escape)
            "site_name": f"{say('site_name', language, **years)} {lao}",
            "brand": say("brand", language, lao=lao, **years),
            "base_url": self.options.base_url,
            "has_feed": True,
            "menu": [(f"{name}/{HOME}", f"menu_{name}") for name in _MENU] if releases.edition else [],
            "pick_entry": lambda entry, key: str((language is Language.EN and entry.get(f"{key}_en")) or entry[key]),
        }

    def _helpers(self, language: Language) -> dict[str, Any]:
        """What the templates of a current release use."""
        edition, figures = self.releases.figures.edition, self.releases.figures
        plan_id = edition.plan["plan_id"]
        joins = figures.joins

        kinds = {kind.id: _pick(kind.name, language) for kind in figures.kinds}

        def name_of(record: Record) -> str:
            return _pick((record.get("name_th", ""), record.get("name_en", "")), language)

        return {
            "figures": figures,
            "family": edition.family,
            "period": figures.period,
            "note": self.releases.note,
            "place_name": place_name(edition.plan, edition.family),
            "document": self.releases.descriptor["sources"][0]["title"],
            "creators": creators(edition),
            "publisher": publisher(edition),
            "is_official": edition.plan["lao_name_th"] in publisher(edition)[0],
            "contacts": [body["email"] for body in self.releases.descriptor["contributors"] if body.get("email")],
            "downloads": self.downloads,
            "charts": self._charts(language),
            "evidence": {year: f"{_evidence_folder(year)}{HOME}" for year in self.options.evidence},
            "row_of": self.rows.by_id.__getitem__,
            "dimension_slug": lambda id_: slug_of(id_, plan_id) or "none",
            "dimension_code": lambda id_: joins.dimensions.get(id_, NOTHING).get("dimension_code", "–"),
            "unit_slug": lambda id_: slug_of(id_, plan_id) or "none",
            "unit_name": lambda id_: name_of(joins.units.get(id_, NOTHING)),
            "division_name": lambda id_: name_of(joins.units[id_]) if id_ else _pick(NOT_NAMED, language),
            "erratum_slug": lambda id_: slug_of(id_, plan_id),
            "erratum_projects": self._erratum_projects,
            "kind_name": lambda code: kinds.get(code, code),
            "row_data": lambda row: row_data(row, lambda id_: slug_of(id_, plan_id) or "none"),
            "relative": _relative,
            "most": lambda parts: max((part.money for part in parts), key=lambda money: money.thb),
            "status_meaning": lambda code: _meaning(edition.family, code, language),
        }

    def _charts(self, language: Language) -> Mapping[str, Chart]:
        """The charts of the plan by their ids."""
        if not self.options.has_charts:
            return {}
        charts = plan_charts(self.releases.figures, language, address=self.options.base_url or "")
        return {chart.id: chart for chart in charts}

    def _erratum_projects(self, erratum: Mapping[str, Any]) -> list[ProjectRow]:
        ids = {record["record_id"].partition("/")[0]: None for record in (erratum, *erratum["records"])}
        return [self.rows.by_id[id_] for id_ in ids if id_ in self.rows.by_id]

    def _single(self, language: Language) -> Iterator[_Page]:
        figures = self.releases.figures
        risks = risk_views(figures)
        dataset = self._dataset()
        sections = [
            "figures",
            "years",
            "divisions",
            *(["audiences"] if figures.audiences else []),
            "largest",
            "sources",
        ]
        sections += ["kinds", "indicators", "risks", "promises", "spent", "limits", "errata", "downloads", "cite"]
        sections += ["versions", *(["evidence"] if self.options.evidence else []), "contact"]
        more = {"risks": risks, "dataset": dataset, "sections": sections, "citation": citation(figures.edition)}
        yield HOME, "home", "", {**self.home, **more}
        yield f"risks/{HOME}", "risks", say("risks_title", language), {"risks": risks}
        weights = [{"weight": w, "errata": [e for e in figures.errata if e["weight"] == w]} for w in WEIGHTS]
        values = {"weights": weights, "topics": topic_counts(figures)}
        yield f"errata/{HOME}", "errata", say("errata_title", language), values
        archive = self.releases.archives[self.releases.note.version]
        yield f"data/{HOME}", "data", say("data_title", language), {"archive": archive}

    def _projects(self, language: Language) -> Iterator[_Page]:
        rows = self.rows.all
        size = PAGE_ROWS if len(rows) > ONE_PAGE else max(len(rows), 1)
        starts = range(0, max(len(rows), 1), size)
        common = {"pages": len(starts), "statuses": STATUSES, "is_large": len(starts) > 1}
        for page, start in enumerate(starts, 1):
            route = f"projects/{HOME}" if page == 1 else f"projects/page-{page}.html"
            values = {"rows": rows[start : start + size], "page": page, "is_searchable": page == 1}
            values |= {"filters": self._filters(language)} if page == 1 else {}
            yield route, "projects", say("projects_title", language), {**common, **values}
        for view in self.views.all:
            title = f"{view.row.number} {_pick((view.record['title_th'], view.record['title_en']), language)}"
            yield f"projects/{view.row.slug}.html", "project", title, {"view": view}

    def _parts(self, language: Language) -> Iterator[_Page]:
        for folder in _PARTS:
            parts = self._slugged(folder)
            most = max((part.money for _, part in parts), key=lambda money: money.thb, default=Money(Decimal(), False))
            column = f"column_{folder.removesuffix('s')}"
            values = {"folder": folder, "parts_": parts, "most_money": most, "column": column}
            yield f"{folder}/{HOME}", "part_list", say(f"{folder}_title", language), values
            for slug, part in parts:
                yield f"{folder}/{slug}.html", "part", _pick(part.name, language), self._part(folder, slug, part)

    def _slugged(self, folder: str) -> Sequence[tuple[str, Part]]:
        figures, plan_id = self.releases.figures, self.releases.name
        if folder == "audiences":
            return [(part.id, part) for part in figures.audiences]
        parts = figures.dimensions if folder == "dimensions" else figures.divisions
        return [(slug_of(part.id, plan_id) or "none", part) for part in parts]

    def _part(self, folder: str, slug: str, part: Part) -> dict[str, Any]:
        figures = self.releases.figures
        moneys: list[tuple[int, Money]] = [(year, part.money_with(fiscal_year_be=str(year))) for year in figures.period]
        if figures.whole_period:
            moneys.append((0, part.money_with(amount_basis="whole_period")))
        dimension = figures.joins.dimensions.get(part.id, NOTHING)
        return {
            "folder": folder,
            "slug": slug,
            "part": part,
            "rows": self.rows.of(part.projects),
            "funded": sum(bool(self.rows.by_id[p["project_id"]].money) for p in part.projects),
            "declared": dimension.get("declared_project_count", ""),
            "moneys": moneys,
            "most_money": max((money for _, money in moneys), key=lambda money: money.thb),
            "filter_hash": f"{folder.removesuffix('s')}={slug}",
        }

    def _filters(self, language: Language) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The choices of each filter, with how many projects each has."""
        figures, rows = self.releases.figures, self.rows.all
        options: dict[str, list[Mapping[str, Any]]] = {
            folder.removesuffix("s"): [
                _option(slug, _pick(part.name, language), len(part.projects)) for slug, part in self._slugged(folder)
            ]
            for folder in _PARTS
        }
        options["kind"] = [_option(p.id, _pick(p.name, language), len(p.projects)) for p in figures.kinds]
        options["year"] = [_option(str(y), str(y), len(figures.running_in(y))) for y in figures.period]
        counts = {flag: sum(flag in row.flags for row in rows) for flag in MONEY_FLAGS}
        options["money"] = [_option(flag, say(f"money_{flag}", language), n) for flag, n in counts.items() if n]
        disputed = sum(bool(row.errata) for row in rows)
        options["errata"] = [
            _option("yes", say("errata_yes", language), disputed),
            _option("no", say("errata_no", language), len(rows) - disputed),
        ]
        return options

    def _dataset(self) -> Markup:
        """The schema.org description, with the addresses of the files as seen from the first page."""
        release, base = self.releases, self.options.base_url
        try:
            description = release.files[SCHEMA_ORG]
            dataset: JsonObject = dict(read_json(located(description, base) if base else description))
            first = {one.name for one in self.downloads.groups["read"]}
            listed = [one for one in dataset["distribution"] if PurePosixPath(one["contentUrl"]).name in first]
            for one in listed:
                one["contentUrl"] = urljoin(f"{release.folder}{SCHEMA_ORG}", one["contentUrl"])
            dataset["distribution"] = listed
        except (JsonRefused, KeyError, TypeError, ValueError, AttributeError):
            raise ReleaseDamaged(SCHEMA_ORG) from None
        return Markup(json.dumps(dataset, ensure_ascii=False).replace("<", "\\u003c"))  # noqa: S704 (escaped here)


_Page = tuple[str, str, str, dict[str, Any]]
"""The route of a page, its template, its title and the values that only it has."""


def _changes(note: ReleaseNote, language: Language) -> Iterator[str]:
    """The changes of a release, one line for each table."""
    words = Words(language, 0)
    if note.summary is None:
        yield words.say("changes_first")
    else:
        yield from [f"{label}: {line}" for label, line in words.summary(note.summary)] or [words.say("changes_none")]


def _evidence_folder(year: int) -> str:
    return f"{Language.TH}/evidence/{year}/"


def _pick(both: Both, language: Language) -> str:
    return both[0] if language is Language.TH else both[1] or both[0]


def _option(value: str, label: str, count: int) -> Mapping[str, Any]:
    return {"value": value, "label": label, "count": count}


def _relative(money: Money, most: Money) -> str:
    """The length of a bar in per cent of the longest."""
    return plain(round(money.thb * _PER_CENT / most.thb, 2)) if most.thb else "0"


def _meaning(family: Any, code: str, language: Language) -> str:
    meaning = family.tables["budgets"].field_by_name["budget_status"].meanings[code]
    return str(meaning.description_th if language is Language.TH else meaning.description_en or meaning.description_th)
