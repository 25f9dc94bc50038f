"""``khelang portal``: what a portal runs and demands, and whether it would take a release."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, language_option, print_text, release_path
from khelang_opendata.cli.help import HelpedGroup
from khelang_opendata.cli.publish import profile_option, set_option, timeout_option
from khelang_opendata.model.wording import Language

_ANY = "-"
"""The organisation before one is named."""


@click.group("portal", cls=HelpedGroup)
@language_option
def portal_group(lang: Language) -> None:
    """Data portals."""


@portal_group.command("check")
@click.argument("release", type=click.Path(path_type=Path), default=Path("releases"), callback=release_path)
@click.option("--url", metavar="URL", required=True)
@click.option("--org", metavar="ORG")
@profile_option
@set_option
@timeout_option
@language_option
def check_command(
    release: Path, url: str, org: str | None, profile: str | None, pairs: dict[str, str], timeout: int, lang: Language
) -> None:
    """What a portal runs and demands, and whether it takes a release."""
    from khelang_opendata.portals.ckan.client import Client, RequestPolicy  # noqa: PLC0415 (loads requests)
    from khelang_opendata.portals.ckan.portal_info import find_organization_id, read_portal_info  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.ckan.status_text import check_text  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.mapping import map_metadata  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.publication import read_publication  # noqa: PLC0415 (as above)

    publication, client = read_publication(release), Client(url, policy=RequestPolicy(request_seconds=timeout))
    portal = read_portal_info(client, profile)
    owner = find_organization_id(client, org) if org else _ANY
    metadata = map_metadata(publication, portal.schema, portal.profile, owner, pairs)
    print_text(check_text(metadata, publication, portal, lang))
    sys.exit(PROBLEMS_IN_DATA if metadata.problems else 0)
