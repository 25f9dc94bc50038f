"""The public function :func:`publish`: publish a release to a CKAN portal in one call, as ``khelang publish`` does."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from khelang_opendata.files import StrPath
from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.ckan.client import Client, RequestPolicy
from khelang_opendata.portals.ckan.data_dictionary import update_data_dictionaries
from khelang_opendata.portals.ckan.portal_info import find_organization_id, read_portal_info
from khelang_opendata.portals.ckan.publisher import Published, compare_dataset, publish_dataset
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
    """Publish the newest release of a folder to a CKAN portal, completely or not at all.

    Args:
        releases: the folder of all releases, or the newest release in it.
        url: the portal's address.
        organization: the name of the publisher's organisation on the portal.
        token: the user's API token; None reads CKAN_API_TOKEN, then the system's keyring.
        profile: the name of the portal's profile; None detects it.
        values: values of metadata fields by name, which override those of the package.
        timeout: the timeout of one request in seconds.
        force: whether to overwrite the changes that other people made on the portal.

    Returns:
        The address of the dataset and the executed steps; no steps if the portal already has the release.

    Raises:
        UsageError: there is no token or no release, or the organisation or profile is unknown.
        DataError: the release cannot be published, or the portal would refuse or refuses its metadata.
        PortalError: the portal cannot be reached, or refuses a request; nothing was changed.
        PublicationStopped: a step failed after a change; its variant says what the portal holds now.

    Example:
        >>> from khelang_opendata import publish
        >>> publish("releases", "https://data.go.th", "khelang-nakhon")  # doctest: +SKIP
    """
    publication = read_publication(Path(releases))
    token = token or read_token(url, None, os.environ)
    if token is None:
        raise UsageError("token_missing", address=url)
    client = Client(url, token, policy=RequestPolicy(request_seconds=timeout))
    portal = read_portal_info(client, profile)
    org_id = find_organization_id(client, organization)
    state = compare_dataset(client, publication, portal, org_id, values or {}, _no_progress)
    published = publish_dataset(client, state, organization, force=force, progress=_no_progress)
    if portal.has_datastore:
        update_data_dictionaries(client, publication, published.dataset_id)
    return published


def _no_progress(_step: object) -> None:
    """Report no progress."""
