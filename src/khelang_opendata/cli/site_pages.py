"""The pages of a plan's site, put together from the rooms that make them: the site, and the evidence for the ITA."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.cli.common import notice, print_text
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.package.edition import Edition
    from khelang_opendata.portals.folder import FolderOutcome

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
        evidence = _evidence(releases.edition, releases.figures.period)
    show_progress("site_draws", lang, name=releases.name)
    return plan_pages(releases, SiteOptions(base_url, has_charts=can_draw(lang), evidence=evidence))


def can_draw(lang: Language) -> bool:
    """Whether the libraries that draw charts are installed; a notice on stderr says if not."""
    has_charts = all(map(find_spec, _DRAW))
    if not has_charts:
        print_text(notice("site_without_charts", lang) + "\n", err=True)
    return has_charts


def show_progress(name: str, lang: Language, /, **params: str | int) -> None:
    """Show a step on stderr, if it is a terminal."""
    if sys.stderr.isatty():
        print_text(notice(name, lang, **params) + "\n", err=True)


def publish_site(
    store: Path, target: Path, base_url: str | None, lang: Language, *, dry_run: bool, force: bool
) -> FolderOutcome:
    """Publish a folder of releases with its site to a folder; see :func:`publish_folder`."""
    from khelang_opendata.portals.folder import publish_folder  # noqa: PLC0415 (as above)

    return publish_folder(
        store,
        target,
        pages=lambda root: site_pages(root, base_url, lang),
        dry_run=dry_run,
        force=force,
        base_url=base_url,
    )


def _evidence(edition: Edition, years: range) -> dict[int, dict[str, bytes]]:
    from khelang_opendata.nacc.evidence_pages import evidence_files  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.nacc.exhibits import evidence_of  # noqa: PLC0415 (as above)
    from khelang_opendata.nacc.ita import confirmed_in, items_of, known_years  # noqa: PLC0415 (as above)

    confirmed = {year: confirmed_in(edition.descriptor, year) for year in years}
    return {
        year: evidence_files(evidence_of(edition, year, items_of(year, codes)), _HOME_FROM_EVIDENCE)
        for year, codes in confirmed.items()
        if codes or year in known_years()
    }
