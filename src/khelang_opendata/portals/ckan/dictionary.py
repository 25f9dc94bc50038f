"""Data dictionaries: what the columns of a portal's DataStore tables mean.

A loader of the portal (xloader, datapusher) copies each CSV file into a table some time after it was uploaded. Only
then is there something to describe, so a table that is not there yet is left to the next run.

The loader is asked to: CKAN notifies it of files that ``resource_create`` adds and of those that are replaced, but
not of those that ``package_revise`` adds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.refusals import ActionUnknown, PortalForbidden, PortalInvalid, PortalNotFound
from khelang_opendata.portals.resources import dictionary_of
from khelang_opendata.standard.tables import JsonObject

_LOADERS = ("xloader", "datapusher")


@dataclass(frozen=True)
class Tables:
    """How many tables have their dictionary, and how many are not loaded yet."""

    described: int
    waiting: int


def describe_tables(client: Client, publication: Publication, dataset_id: str) -> Tables:
    """Give every table that the portal has loaded its data dictionary, and have the others loaded.

    A table that has its dictionary is left alone.

    Args:
        client: the portal, with a token that may write.
        publication: what was published.
        dataset_id: the dataset's id on the portal.
    """
    described, waiting = 0, []
    for distribution in publication.distributions:
        dictionary, resource = dictionary_of(distribution), resource_id(dataset_id, distribution.path)
        if not dictionary:
            continue
        if _describe(client, resource, dictionary):
            described += 1
        else:
            waiting.append(resource)
    if waiting:
        _ask_to_load(client, waiting)
    return Tables(described, len(waiting))


def _describe(client: Client, resource: str, dictionary: list[JsonObject]) -> bool:
    """Describe a table; whether there is one."""
    try:
        there = client.get("datastore_info", {"id": resource}).get("fields")
    except (PortalNotFound, PortalForbidden, ActionUnknown):
        return False
    if there is None:  # some backends of a DataStore do not report their columns
        return False
    meanings = {column["id"]: column["info"] for column in dictionary}
    wanted = [{**column, "info": {**(column.get("info") or {}), **meanings.get(column["id"], {})}} for column in there]
    if wanted != there:
        fields = [{key: column[key] for key in ("id", "type", "info")} for column in wanted]
        client.post("datastore_create", {"resource_id": resource, "force": True, "fields": fields})
    return True


def _ask_to_load(client: Client, resources: list[str]) -> None:
    """Let the portal's loader copy files, if it has one; what it is at already is not disturbed."""
    for loader in _LOADERS:
        with suppress(PortalNotFound, PortalForbidden, PortalInvalid):
            client.get("help_show", {"name": f"{loader}_submit"})
            for resource in resources:
                client.post(f"{loader}_submit", {"resource_id": resource})
            return
