"""Read a CKAN portal's software, extensions and schema. No token is needed."""

from __future__ import annotations

from dataclasses import dataclass

from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.portal_failures import PortalLacksAction, PortalNotFound
from khelang_opendata.portals.profiles import Profile, detect_profile, load_profile
from khelang_opendata.standard.tables import JsonObject


@dataclass(frozen=True)
class PortalInfo:
    """The software and requirements of a portal.

    Attributes:
        url: the portal's address.
        version: the version of CKAN.
        title: the portal's title.
        extensions: the names of the active plugins.
        schema: the schema of datasets.
        profile: the mapping of a plan to the portal's fields.
    """

    url: str
    version: str
    title: str
    extensions: tuple[str, ...]
    schema: DatasetSchema
    profile: Profile

    @property
    def has_datastore(self) -> bool:
        """Whether the portal loads CSV files into DataStore tables, each with a data dictionary."""
        return "datastore" in self.extensions


def read_portal_info(client: Client, profile: str | None = None) -> PortalInfo:
    """Read a portal's software and schema.

    Args:
        client: the portal's client.
        profile: the name of the profile; None detects it from the schema.

    Raises:
        UsageError: no profile has this name.
        PortalError: the portal cannot be reached, or is no CKAN.
    """
    chosen = load_profile(profile) if profile else None
    status = client.get("status_show", anonymous=True)
    licences = client.get("license_list", anonymous=True)
    schema = _schema(client, licences)
    return PortalInfo(
        client.url,
        status.get("ckan_version") or "",
        status.get("site_title") or "",
        tuple(status.get("extensions") or ()),
        schema,
        chosen or detect_profile(schema),
    )


def _schema(client: Client, licences: list[JsonObject]) -> DatasetSchema:
    try:
        result = client.get("scheming_dataset_schema_show", {"type": "dataset"}, anonymous=True)
    except (PortalLacksAction, PortalNotFound):  # no ckanext-scheming, or no schema for this type
        return DatasetSchema.ckan_core(licences)
    return DatasetSchema.from_scheming(result, licences)


def find_organization_id(client: Client, name: str) -> str:
    """Return the id of an organisation on a portal.

    Args:
        client: the portal's client.
        name: the organisation's name or id.

    Raises:
        UsageError: the portal has no such organisation.
        PortalError: the portal cannot be read.
    """
    try:
        organization: JsonObject = client.get("organization_show", {"id": name, "include_users": "false"})
    except PortalNotFound:
        raise UsageError("organization_unknown", org=name, url=client.url) from None
    return str(organization["id"])
