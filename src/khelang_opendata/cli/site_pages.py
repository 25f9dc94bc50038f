"""The pages of a plan's site, put together from the rooms that make them: the site, and the evidence for the ITA."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from khelang_opendata.cli.common import limits, notice, print_text
from khelang_opendata.model.wording import Language

_DRAW = ("vl_convert", "resvg_py")
"""The libraries of the extra ``site``."""

_HOME_FROM_EVIDENCE = "../../../index.html"
"""The first page as seen from ``th/evidence/<year>/``."""


def site_pages(root: Path, base_url: str | None, lang: Language) -> dict[str, bytes]:
    """The pages of a folder of releases, with the evidence for each year whose items are known.

    Args:
        root: the folder of a plan's releases.
        base_url: the address of the site's folder, with a slash at its end; None where it is not known.
        lang: the language of the progress that a terminal shows.
    """
    from khelang_opendata.site.plan_site import SiteOptions, plan_pages  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.site.site_source import read_plan_releases  # noqa: PLC0415 (as above)

    show_progress("site_reads", lang, path=str(root))
    releases = read_plan_releases(root)
    evidence: Mapping[int, Mapping[str, bytes]] = {}
    if releases.edition is not None:
        evidence = _evidence(root / releases.folder, releases.figures.period)
    show_progress("site_draws", lang, name=releases.name)
    has_charts = all(map(find_spec, _DRAW))
    if not has_charts:
        print_text(notice("site_without_charts", lang) + "\n", err=True)
    return plan_pages(releases, SiteOptions(base_url, has_charts=has_charts, evidence=evidence))


def show_progress(name: str, lang: Language, /, **params: str | int) -> None:
    """Show a step on stderr, if it is a terminal."""
    if sys.stderr.isatty():
        print_text(notice(name, lang, **params) + "\n", err=True)


def _evidence(release: Path, years: range) -> dict[int, dict[str, bytes]]:
    from khelang_opendata.nacc.evidence_pages import evidence_files  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.nacc.exhibits import evidence_of  # noqa: PLC0415 (as above)
    from khelang_opendata.nacc.ita import confirmed_in, items_of, known_years  # noqa: PLC0415 (as above)
    from khelang_opendata.nacc.source import released_package  # noqa: PLC0415 (as above)

    package = released_package(release, limits())
    confirmed = {year: confirmed_in(package.descriptor, year) for year in years}
    return {
        year: evidence_files(evidence_of(package, year, items_of(year, codes)), _HOME_FROM_EVIDENCE)
        for year, codes in confirmed.items()
        if codes or year in known_years()
    }
