"""Publish a release to a CKAN portal in one call, as ``khelang publish`` does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from khelang_opendata.files import StrPath
from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.ckan.client import Client, Patience
from khelang_opendata.portals.ckan.dictionary import describe_tables
from khelang_opendata.portals.ckan.publisher import Published, examine
from khelang_opendata.portals.ckan.publisher import publish as bring
from khelang_opendata.portals.ckan.survey import organization_id, survey
from khelang_opendata.portals.publication import read_publication
from khelang_opendata.portals.token import Token, read_token


def publish(
    releases: StrPath,
    url: str,
    organization: str,
    *,
    token: Token | None = None,
    profile: str | None = None,
    values: Mapping[str, str] | None = None,
    timeout: int = 600,
    force: bool = False,
) -> Published:
    """Publish the newest release of a folder to a CKAN portal, whole or not at all.

    Args:
        releases: the folder of all releases, or the newest release in it.
        url: the portal's address.
        organization: the name of the publisher's organisation on the portal.
        token: the portal's token; None reads CKAN_API_TOKEN, then the system's keyring.
        profile: the kind of portal; None asks the portal.
        values: values of fields that the portal requires, by field name.
        timeout: the most seconds that one request takes.
        force: overwrite what others changed on the portal.

    Returns:
        The address of the dataset and the steps taken; no steps where the portal already has the release.

    Raises:
        UsageError: no token, no release, or an unknown organisation or profile.
        DataError: the release cannot be published, or the portal refuses its metadata.
        PortalError: the portal fails, or refuses.

    Example:
        >>> from khelang_opendata import publish
        >>> publish("releases", "https://data.go.th", "khelang-nakhon")  # doctest: +SKIP
    """
    publication = read_publication(Path(releases))
    token = token or read_token(url, None, os.environ)
    if token is None:
        raise UsageError("token_missing", address=url)
    client = Client(url, token, patience=Patience(request_seconds=timeout))
    portal = survey(client, profile)
    state = examine(client, publication, portal, organization_id(client, organization), values or {}, _silent)
    done = bring(client, state, organization, force=force, progress=_silent)
    if portal.has_datastore:
        describe_tables(client, publication, done.dataset_id)
    return done


def _silent(_step: object) -> None:
    """Report no progress."""
