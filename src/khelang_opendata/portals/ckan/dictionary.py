"""Data dictionaries: what the columns of a portal's DataStore tables mean.

A loader of the portal (xloader, datapusher) copies each CSV file into a table some time after it was uploaded. Only
then is there something to describe, so a table that is not there yet is left to the next run.
"""

from __future__ import annotations

from dataclasses import dataclass

from khelang_opendata.errors import ActionUnknown, PortalForbidden, PortalNotFound
from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import dictionary_of
from khelang_opendata.schema import JsonObject


@dataclass(frozen=True)
class Tables:
    """How many tables have their dictionary, and how many are not loaded yet."""

    described: int
    waiting: int


def describe_tables(client: Client, publication: Publication, dataset_id: str) -> Tables:
    """Give every table that the portal has loaded its data dictionary; one that has it is left alone.

    Args:
        client: the portal, with a token that may write.
        publication: what was published.
        dataset_id: the dataset's id on the portal.
    """
    described = waiting = 0
    for distribution in publication.distributions:
        dictionary = dictionary_of(distribution)
        if not dictionary:
            continue
        if _describe(client, resource_id(dataset_id, distribution.path), dictionary):
            described += 1
        else:
            waiting += 1
    return Tables(described, waiting)


def _describe(client: Client, resource: str, dictionary: list[JsonObject]) -> bool:
    """Describe a table; whether there is one."""
    try:
        there = client.get("datastore_info", {"id": resource})["fields"]
    except (PortalNotFound, PortalForbidden, ActionUnknown):
        return False
    meanings = {column["id"]: column["info"] for column in dictionary}
    wanted = [{**column, "info": {**(column.get("info") or {}), **meanings.get(column["id"], {})}} for column in there]
    if wanted != there:
        fields = [{key: column[key] for key in ("id", "type", "info")} for column in wanted]
        client.post("datastore_create", {"resource_id": resource, "force": True, "fields": fields})
    return True
