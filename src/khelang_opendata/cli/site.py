"""``khelang site``: the site of a plan, or of several plans beside each other, in a folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.cli.common import language_option, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.cli.site_pages import publish_site
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.portals.folder import FolderOutcome

_RELEASES = Path("releases")
_DATASET = "national.duckdb"
"""In the folder of the dataset of all plans."""


@click.command("site", cls=HelpedCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[RELEASES]...")
@click.option("--out", type=click.Path(path_type=Path), default=Path("public"), show_default=True)
@click.option("--base-url", metavar="URL")
@click.option("--dry-run", is_flag=True)
@click.option("--force", is_flag=True)
@language_option
def site_command(
    paths: tuple[Path, ...], out: Path, base_url: str | None, dry_run: bool, force: bool, lang: Language
) -> None:
    """Make the site of a plan's releases."""
    from khelang_opendata.portals.folder import checked_base  # noqa: PLC0415 (the help does not need it)

    address = checked_base(base_url) if base_url is not None else None
    stores = [*dict.fromkeys(store for path in paths or (_RELEASES,) for store in _stores(path))]
    if len(stores) == 1:
        outcomes = [publish_site(stores[0], out, address, lang, dry_run=dry_run, force=force)]
    else:
        outcomes = _compared_sites(stores, out, address, lang, dry_run=dry_run, force=force)
    name = "site_unchanged" if not any(one.written for one in outcomes) else "site_dry_run" if dry_run else "site_made"
    print_text(notice(name, lang, path=str(out / "index.html"), plans=len(stores)) + "\n")


def _stores(path: Path) -> Iterator[Path]:
    """The folders of releases that a path names: itself, that of a release, or those in it."""
    from khelang_opendata.portals.publication import releases_folder  # noqa: PLC0415 (the help does not need it)
    from khelang_opendata.published.history import is_store  # noqa: PLC0415 (as above)
    from khelang_opendata.published.no_release import no_release  # noqa: PLC0415 (as above)

    if root := releases_folder(path):
        yield root
        return
    found = sorted(folder for folder in path.iterdir() if folder.is_dir() and is_store(folder)) if path.is_dir() else []
    if not found:
        if (path / _DATASET).is_file():
            raise UsageError("site_of_dataset", path=str(path))
        raise no_release(path)
    yield from found


def _compared_sites(
    stores: Sequence[Path], out: Path, address: str | None, lang: Language, *, dry_run: bool, force: bool
) -> list[FolderOutcome]:
    """The site of each plan in a folder of its name, and then the pages that compare them."""
    from khelang_opendata.portals.folder import publish_pages  # noqa: PLC0415 (only this command)
    from khelang_opendata.site.plans_compared import COMPARISON, comparison_pages  # noqa: PLC0415 (loads jinja2)
    from khelang_opendata.site.site_source import read_plan_releases  # noqa: PLC0415 (as above)

    plans = [read_plan_releases(store) for store in stores]
    for at, plan in enumerate(plans):
        if plan.name in [one.name for one in plans[:at]]:
            raise UsageError("site_plan_twice", name=plan.name, path=str(stores[at]))
    outcomes = []
    for store, plan in zip(stores, plans, strict=True):
        place = address and f"{address}{plan.name}/"
        outcomes.append(publish_site(store, out / plan.name, place, lang, dry_run=dry_run, force=force))
    outcomes.append(publish_pages(comparison_pages(plans, address), out, COMPARISON, dry_run=dry_run))
    return outcomes
