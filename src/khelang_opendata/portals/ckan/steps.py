"""What to do next so that a dataset becomes what it is to be: one call to the portal at a time.

The next step depends on the current state of the dataset only, never on earlier steps. So it does not matter whether a
call that failed was carried out all the same: look again, and go on.

No reader sees a partial state. Files change only while the dataset is private, since CKAN replaces a stored file before
it commits its metadata; everything else is one call (``package_revise``), which CKAN applies completely or not at all.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from khelang_opendata.portals.ckan.client import Upload
from khelang_opendata.portals.ckan.dataset import MARKER, RECORD, DatasetFile, Found, Target, differences, resource_id
from khelang_opendata.portals.mapping import to_ckan
from khelang_opendata.standard.tables import JsonObject


class StepKind(StrEnum):
    """What a step does."""

    CREATE = "create"
    HIDE = "hide"
    UPLOAD = "upload"
    DESCRIBE = "describe"
    SHOW = "show"
    READ = "read"
    """A file is read back; nothing is changed."""


@dataclass(frozen=True)
class Step:
    """One call: the action, what it is sent, and the file that goes with it."""

    kind: StepKind
    action: str
    payload: JsonObject
    upload: Upload | None = None
    path: str | None = None


def next_step(target: Target, found: Found | None) -> Step | None:
    """The step that brings a dataset nearer to what it is to be; None where it is that already."""
    if found is None:
        return Step(StepKind.CREATE, "package_create", {**to_ckan(target.fields, target.scheme), "private": True})
    file = next((f for f in target.files if found.hashes.get(resource_id(found.id, f.path)) != f.sha256), None)
    if file:
        # CKAN replaces a stored file before it commits the revision, so that a failed call leaves the new file with the
        # old metadata. While the dataset is private, no reader can see that.
        return _upload(file, found) if found.is_private else _hide(found)
    # Metadata change in one call, which CKAN commits whole: the dataset stays public.
    if any(difference.field != "private" for difference in differences(target, found)):
        return _revise(StepKind.DESCRIBE, found, _described(target, found))
    if found.is_private != target.private:
        unmarked = [_without(resource, MARKER) for resource in found.resources]
        return _revise(StepKind.SHOW, found, {"private": target.private, "resources": unmarked})
    return None


def _hide(found: Found) -> Step:
    marked = [{**resource, MARKER: "1"} if i == 0 else resource for i, resource in enumerate(found.resources)]
    return _revise(StepKind.HIDE, found, {"private": True, "resources": marked})


def _upload(file: DatasetFile, found: Found) -> Step:
    """A file with its metadata. The first one marks the dataset where nothing does yet."""
    id_ = resource_id(found.id, file.path)
    keys = file.keys if found.is_staged else {**file.keys, MARKER: "1"}
    lock = {f"match__{key}": value for key, value in _lock(found).items()}
    if any(resource["id"] == id_ for resource in found.resources):
        place = f"update__resources__{id_}"
        payload = {**lock, place: json.dumps(keys)}
    else:
        place = "update__resources__-1"
        payload = {**lock, "update__resources__extend": json.dumps([{**keys, "id": id_}])}
    upload = Upload(f"{place}__upload", file.name, file.data, file.mediatype)
    return Step(StepKind.UPLOAD, "package_revise", payload, upload, file.path)


def _described(target: Target, found: Found) -> JsonObject:
    """All fields of a dataset and its files, without the files to remove; other people's files stay, at the end."""
    resources = {str(resource["id"]): resource for resource in found.resources}
    ours = {resource_id(found.id, file.path): file for file in target.files}
    going = {str(resource["id"]) for resource in found.ours()} - ours.keys()
    said = [{**_without(resources[id_], RECORD), **file.keys} for id_, file in ours.items()]
    others = [resource for id_, resource in resources.items() if id_ not in ours and id_ not in going]
    payload = to_ckan(target.fields, target.scheme)
    if "extras" in payload:
        names = {*found.record, *target.fields}
        payload["extras"] += [e for e in found.dataset.get("extras") or () if e["key"] not in names]
    return {**payload, "resources": [*said, *others]}


def _without(resource: JsonObject, key: str) -> JsonObject:
    return {name: value for name, value in resource.items() if name != key}


def _revise(kind: StepKind, found: Found, update: JsonObject) -> Step:
    """A change of some of the dataset's keys. CKAN merges lists into those it has, so what is set is taken away first;
    so is what was published once and is no more.
    """
    going = {*update, *(found.record if kind is StepKind.DESCRIBE else ())} - {"id", "name"}
    filter_ = [f"-{key}" for key in sorted(going) if key in found.dataset]
    return Step(kind, "package_revise", {"match": _lock(found), "filter": filter_, "update": update})


def _lock(found: Found) -> JsonObject:
    """The fields that must be unchanged since they were read; CKAN refuses the update otherwise."""
    return {"name": found.dataset["name"], "metadata_modified": found.dataset["metadata_modified"]}
