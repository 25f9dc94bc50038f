"""Plan the next request that brings a CKAN dataset nearer to its desired state.

CKAN has no transaction over several requests. So the order of the requests keeps every state complete that readers see:

1. A new dataset is created private, as a draft: a public one would be visible before its files are uploaded.
2. A published dataset is made private before a file changes. CKAN replaces a stored file before it commits the
   metadata, so a request that fails can leave a new file with old metadata.
3. Files are uploaded, one in each request.
4. All metadata change in one request (``package_revise``), which CKAN commits completely or not at all. A dataset with
   unchanged files stays public for it.
5. The dataset is made public.

The next step follows from the dataset's current state only, never from earlier steps. So a request without a response
does no harm: the dataset is read again, and shows whether CKAN executed it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from khelang_opendata.portals.ckan.client import Upload
from khelang_opendata.portals.ckan.dataset import (
    PUBLISHED_FIELDS,
    PUBLISHING,
    CurrentDataset,
    DesiredDataset,
    DesiredResource,
    differences,
    resource_id,
)
from khelang_opendata.portals.mapping import to_ckan
from khelang_opendata.standard.tables import JsonObject


class StepKind(StrEnum):
    """The kind of a step."""

    CREATE = "create"
    HIDE = "hide"
    UPLOAD = "upload"
    DESCRIBE = "describe"
    SHOW = "show"
    READ = "read"
    """A file is downloaded to compare it; nothing changes."""


@dataclass(frozen=True)
class Step:
    """One request: the action, its payload, and the file to upload."""

    kind: StepKind
    action: str
    payload: JsonObject
    upload: Upload | None = None
    path: str | None = None


def next_step(desired: DesiredDataset, current: CurrentDataset | None) -> Step | None:
    """Return the next step towards the desired state; None if the dataset has reached it.

    Args:
        desired: the desired state.
        current: the current state; None if the dataset does not exist.
    """
    if current is None:
        return Step(StepKind.CREATE, "package_create", {**to_ckan(desired.fields, desired.schema), "private": True})
    for file in desired.resources:
        if current.hashes.get(resource_id(current.id, file.path)) != file.sha256:
            return _upload(file, current) if current.is_private else _hide(current)
    if any(difference.field != "private" for difference in differences(desired, current)):
        return _revise(StepKind.DESCRIBE, current, _all_metadata(desired, current))
    if current.is_private != desired.private:
        unmarked = [_without(resource, PUBLISHING) for resource in current.resources]
        return _revise(StepKind.SHOW, current, {"private": desired.private, "resources": unmarked})
    return None


def _hide(current: CurrentDataset) -> Step:
    """Make the dataset private; its first resource gets the mark that this publication did it, not a person."""
    marked = [{**resource, PUBLISHING: "1"} if i == 0 else resource for i, resource in enumerate(current.resources)]
    return _revise(StepKind.HIDE, current, {"private": True, "resources": marked})


def _upload(file: DesiredResource, current: CurrentDataset) -> Step:
    """Upload a file with its metadata; the first file of a draft marks the dataset as unfinished."""
    id_ = resource_id(current.id, file.path)
    fields = file.fields if current.is_staged else {**file.fields, PUBLISHING: "1"}
    lock = {f"match__{key}": value for key, value in _lock(current).items()}
    if any(resource["id"] == id_ for resource in current.resources):
        place = f"update__resources__{id_}"
        payload = {**lock, place: json.dumps(fields)}
    else:
        place = "update__resources__-1"
        payload = {**lock, "update__resources__extend": json.dumps([{**fields, "id": id_}])}
    upload = Upload(f"{place}__upload", file.name, file.data, file.mediatype)
    return Step(StepKind.UPLOAD, "package_revise", payload, upload, file.path)


def _all_metadata(desired: DesiredDataset, current: CurrentDataset) -> JsonObject:
    """Return all fields and resources, without the files to remove; resources and extras of other people stay."""
    resources = {str(resource["id"]): resource for resource in current.resources}
    files = {resource_id(current.id, file.path): file for file in desired.resources}
    removed = {str(resource["id"]) for resource in current.managed_resources} - files.keys()
    described = [{**_without(resources[id_], PUBLISHED_FIELDS), **file.fields} for id_, file in files.items()]
    others = [resource for id_, resource in resources.items() if id_ not in files and id_ not in removed]
    package = to_ckan(desired.fields, desired.schema)
    if "extras" in package:
        names = {*current.published_fields, *desired.fields}
        package["extras"] += [e for e in current.package.get("extras") or () if e["key"] not in names]
    return {**package, "resources": [*described, *others]}


def _without(resource: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in resource.items() if name != key}


def _revise(kind: StepKind, current: CurrentDataset, update: JsonObject) -> Step:
    """Change some keys of the dataset.

    The keys are removed first (``filter``), because ``package_revise`` merges a new list into the old one. Fields that
    were published before and are no longer desired are removed, too.
    """
    replaced = {*update, *(current.published_fields if kind is StepKind.DESCRIBE else ())} - {"id", "name"}
    filter_ = [f"-{key}" for key in sorted(replaced) if key in current.package]
    return Step(kind, "package_revise", {"match": _lock(current), "filter": filter_, "update": update})


def _lock(current: CurrentDataset) -> JsonObject:
    """Return the values that must be unchanged since they were read; else CKAN refuses the request."""
    return {"name": current.package["name"], "metadata_modified": current.package["metadata_modified"]}
