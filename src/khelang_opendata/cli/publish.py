"""``khelang publish``: a release goes to a portal, or into the folder of a web server."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, failure_lines, language_option, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import KhelangError, UsageError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.portal_failures import PublicationStopped

if TYPE_CHECKING:
    from khelang_opendata.portals.ckan.publisher import Progress
    from khelang_opendata.portals.dataset_schema import DatasetSchema

_RELEASES = Path("releases")

url_option = click.option("--url", metavar="URL")
profile_option = click.option("--profile", metavar="NAME")
set_option = click.option(
    "--set", "pairs", metavar="FIELD=VALUE", multiple=True, callback=lambda _ctx, _param, values: _pairs(values)
)
timeout_option = click.option(
    "--timeout", metavar="SECONDS", type=click.IntRange(1, 86_400), default=600, show_default=True
)


@click.command("publish", cls=HelpedCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[RELEASE] [DIR]")
@click.option("--to", type=click.Choice(["ckan", "folder"]), default="ckan", show_default=True)
@url_option
@click.option("--org", metavar="ORG")
@profile_option
@set_option
@click.option("--token-file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True)
@click.option("--status", is_flag=True)
@timeout_option
@click.option("--force", is_flag=True)
@click.option("--base-url", metavar="URL")
@language_option
def publish_command(
    paths: tuple[Path, ...],
    to: str,
    url: str | None,
    org: str | None,
    profile: str | None,
    pairs: dict[str, str],
    token_file: Path | None,
    dry_run: bool,
    status: bool,
    timeout: int,
    force: bool,
    base_url: str | None,
    lang: Language,
) -> None:
    """Publish a release on a CKAN portal or a web site."""
    if to == "folder":
        _publish_folder(paths, dry_run, force, base_url, lang)
        return
    if paths:
        from khelang_opendata.published.no_release import refuse_mistaken  # noqa: PLC0415 (the help does not need it)

        refuse_mistaken(paths[0])
    if len(paths) > 1 or url is None or org is None:
        raise click.UsageError(notice("publish_usage_ckan", lang))
    from khelang_opendata.portals.ckan import status_text  # noqa: PLC0415 (loads requests)
    from khelang_opendata.portals.ckan.client import Client, RequestPolicy  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.ckan.data_dictionary import update_data_dictionaries  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.ckan.portal_info import find_organization_id, read_portal_info  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.ckan.publisher import compare_dataset, publish_dataset  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.publication import read_publication  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.token import read_token  # noqa: PLC0415 (as above)

    publication = read_publication(paths[0] if paths else _RELEASES)
    token = read_token(url, token_file, os.environ)
    if token is None and not (dry_run or status):
        raise UsageError("token_missing", address=Client(url).url)
    client = Client(url, token, policy=RequestPolicy(request_seconds=timeout))
    portal = read_portal_info(client, profile)
    state = compare_dataset(client, publication, portal, find_organization_id(client, org), pairs, _progress(lang))
    if dry_run:
        print_text(status_text.dry_run_text(state, portal, lang))
        sys.exit(PROBLEMS_IN_DATA if state.metadata.problems or state.by_others else 0)
    if status:
        print_text(status_text.status_text(state, portal, publication.current_version, lang))
        sys.exit(0 if state.is_current else PROBLEMS_IN_DATA)
    with _failure_details(portal.schema, lang):
        done = publish_dataset(client, state, org, force=force, progress=_progress(lang))
    name = "published" if done.steps else "published_before"
    print_text(notice(name, lang, url=done.url, version=publication.current_version or "-") + "\n")
    if portal.has_datastore:
        tables = update_data_dictionaries(client, publication, done.dataset_id)
        print_text(notice("publish_tables", lang, described=tables.described, waiting=tables.waiting) + "\n")


def _publish_folder(paths: tuple[Path, ...], dry_run: bool, force: bool, base_url: str | None, lang: Language) -> None:
    from khelang_opendata.cli.site_pages import publish_site  # noqa: PLC0415 (only this target)
    from khelang_opendata.portals.folder import checked_base  # noqa: PLC0415 (as above)

    if not 1 <= len(paths) <= 2:  # noqa: PLR2004 (the releases and the folder)
        raise click.UsageError(notice("publish_usage_folder", lang))
    releases = paths[0] if len(paths) > 1 else _RELEASES
    base = checked_base(base_url) if base_url is not None else None
    outcome = publish_site(releases, paths[-1], base, lang, dry_run=dry_run, force=force)
    signs = (("+", outcome.added), ("~", outcome.replaced), ("-", outcome.removed))
    lines = [f"{sign} {name}" for sign, names in signs for name in names]
    name = "folder_unchanged" if not lines else "folder_dry_run" if dry_run else "folder_published"
    lines.append(notice(name, lang, version=outcome.version or "-", path=str(paths[-1])))
    print_text("\n".join(lines) + "\n")


@contextmanager
def _failure_details(schema: DatasetSchema, lang: Language) -> Iterator[None]:
    """Print the cause of a stopped publication, and the fields and files concerned, before the failure itself."""
    from khelang_opendata.portals.ckan.status_text import failure_details  # noqa: PLC0415 (loads requests)

    try:
        yield
    except KhelangError as error:
        cause = error.cause if isinstance(error, PublicationStopped) else error
        print_text("".join(f"  {line}\n" for line in failure_details(cause, schema, lang)), err=True)
        if cause is not error:
            print_text(failure_lines(cause, lang), err=True)
        raise


def _progress(lang: Language) -> Progress:
    """Show each step, if stderr is a terminal."""
    from khelang_opendata.portals.ckan.status_text import step_text  # noqa: PLC0415 (loads requests)

    if not sys.stderr.isatty():
        return lambda _step: None
    return lambda step: print_text(f"{step_text(step, lang)}\n", err=True)


def _pairs(values: Iterable[str]) -> dict[str, str]:
    pairs = dict(value.split("=", 1) for value in values if "=" in value)
    if len(pairs) < len(list(values)):
        raise click.BadParameter("FIELD=VALUE")
    return pairs
