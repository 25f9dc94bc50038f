"""Write the data dictionaries of a portal's DataStore tables: label, description and type of each column.

A loader of the portal (xloader, datapusher) copies each CSV file into a table some time after the upload. A dictionary
can be written only then, so a table that does not exist yet is left to the next run.

The loader is started explicitly: CKAN starts it for files that ``resource_create`` adds and for replaced files, but
not for those that ``package_revise`` adds.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.ckan.dataset import resource_id
from khelang_opendata.portals.portal_failures import PortalForbidden, PortalInvalid, PortalLacksAction, PortalNotFound
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import map_data_dictionary
from khelang_opendata.standard.tables import JsonObject

_LOADERS = ("xloader", "datapusher")


@dataclass(frozen=True)
class DictionaryCounts:
    """The number of tables with their data dictionary, and of tables that the portal has not loaded yet."""

    described: int
    waiting: int


def update_data_dictionaries(client: Client, publication: Publication, dataset_id: str) -> DictionaryCounts:
    """Write the data dictionary of every loaded table, and start the loader for the others.

    A table whose dictionary is up to date is not written again.

    Args:
        client: the portal's client, with a token that may write.
        publication: the published files.
        dataset_id: the dataset's id on the portal.

    Raises:
        PortalError: the portal fails, or refuses a dictionary.
    """
    described, waiting = 0, []
    for distribution in publication.distributions:
        columns, id_ = map_data_dictionary(distribution), resource_id(dataset_id, distribution.path)
        if not columns:
            continue
        if _update(client, id_, columns):
            described += 1
        else:
            waiting.append(id_)
    if waiting:
        _start_loader(client, waiting)
    return DictionaryCounts(described, len(waiting))


def _update(client: Client, id_: str, columns: list[JsonObject]) -> bool:
    """Write a table's data dictionary; False if the table does not exist."""
    try:
        current = client.get("datastore_info", {"id": id_}).get("fields")
    except (PortalNotFound, PortalForbidden, PortalLacksAction):
        return False
    if current is None:  # some DataStore backends do not report their columns
        return False
    infos = {column["id"]: column["info"] for column in columns}
    desired = [{**column, "info": {**(column.get("info") or {}), **infos.get(column["id"], {})}} for column in current]
    if desired != current:
        fields = [{key: column[key] for key in ("id", "type", "info")} for column in desired]
        client.post("datastore_create", {"resource_id": id_, "force": True, "fields": fields})
    return True


def _start_loader(client: Client, ids: list[str]) -> None:
    """Submit files to the first loader that the portal has; a loader refuses a file that it is loading."""
    for loader in _LOADERS:
        with suppress(PortalNotFound, PortalForbidden, PortalInvalid):
            client.get("help_show", {"name": f"{loader}_submit"})
            for id_ in ids:
                client.post(f"{loader}_submit", {"resource_id": id_})
            return
