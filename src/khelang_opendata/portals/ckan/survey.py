"""The software of a CKAN portal and its requirements, read without a token."""

from __future__ import annotations

from dataclasses import dataclass

from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.profiles import Profile, load_profile, profile_for
from khelang_opendata.portals.refusals import ActionUnknown, PortalNotFound
from khelang_opendata.portals.scheme import Scheme
from khelang_opendata.standard.tables import JsonObject


@dataclass(frozen=True)
class Survey:
    """The software and requirements that a portal reports.

    Attributes:
        url: its address.
        version: of its CKAN.
        title: what it calls itself.
        extensions: the plugins that it runs.
        scheme: what it demands of a dataset.
        profile: how a plan is mapped to its fields.
    """

    url: str
    version: str
    title: str
    extensions: tuple[str, ...]
    scheme: Scheme
    profile: Profile

    @property
    def has_datastore(self) -> bool:
        """Whether it keeps tables in a database, with a data dictionary each."""
        return "datastore" in self.extensions


def survey(client: Client, profile: str | None = None) -> Survey:
    """Ask a portal what it runs and demands.

    Args:
        client: the portal.
        profile: the name of its profile; None detects it from the portal.

    Raises:
        UsageError: there is no such profile.
        PortalError: it cannot be reached, or is no CKAN.
    """
    chosen = load_profile(profile) if profile else None
    status = client.get("status_show", anonymous=True)
    licences = client.get("license_list", anonymous=True)
    scheme = _scheme(client, licences)
    return Survey(
        client.url,
        status.get("ckan_version") or "",
        status.get("site_title") or "",
        tuple(status.get("extensions") or ()),
        scheme,
        chosen or profile_for(scheme),
    )


def _scheme(client: Client, licences: list[JsonObject]) -> Scheme:
    try:
        return Scheme.of(client.get("scheming_dataset_schema_show", {"type": "dataset"}, anonymous=True), licences)
    except (ActionUnknown, PortalNotFound):
        return Scheme.plain(licences)


def organization_id(client: Client, name: str) -> str:
    """The id of an organisation on a portal, by its name or id.

    Raises:
        UsageError: no profile has this name.
    """
    try:
        found: JsonObject = client.get("organization_show", {"id": name, "include_users": "false"})
    except PortalNotFound:
        raise UsageError("organization_unknown", org=name, url=client.url) from None
    return str(found["id"])
