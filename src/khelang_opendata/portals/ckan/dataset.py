"""The desired and the current state of a CKAN dataset, and their differences. This module makes no request.

A portal computes no hash and does not report who changed what, so each resource carries keys of ours, which CKAN keeps:
``sha256`` of its file, ``release_path``, ``fingerprint`` of the values that we sent; and the newest archive carries
``published_fields``, a fingerprint of each of the dataset's fields. What no longer has its fingerprint was changed by
someone else. ``publishing`` marks a dataset that is private because we are at work on it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from khelang_opendata.portals.mapping import from_ckan
from khelang_opendata.portals.metadata_values import Value
from khelang_opendata.portals.publication import Distribution
from khelang_opendata.portals.scheme import Scheme
from khelang_opendata.standard.tables import JsonObject

SHA256, PATH, FINGERPRINT = "sha256", "release_path", "fingerprint"
RECORD, MARKER = "published_fields", "publishing"
_RESOURCES = "resources"
_TOLD = ("name", "description", "format", SHA256, PATH)
"""What a fingerprint is made from. It never changes: other keys would make every published file look edited."""


@dataclass(frozen=True)
class DatasetFile:
    """A file as it is to be on the portal.

    Attributes:
        path: what names it for ever.
        sha256: its hash.
        keys: what its resource says of it.
        name: the name that it is uploaded by.
        mediatype: its media type.
        data: its content.
    """

    path: str
    sha256: str
    keys: JsonObject
    name: str
    mediatype: str
    data: bytes


@dataclass(frozen=True)
class Target:
    """A dataset as it is to be.

    Attributes:
        name: its name, by which it is found.
        fields: its metadata in canonical form.
        scheme: the portal's.
        files: our resources in their order.
        private: whether only the organisation sees it.
    """

    name: str
    fields: Mapping[str, Value]
    scheme: Scheme
    files: tuple[DatasetFile, ...]
    private: bool = False


@dataclass(frozen=True)
class Found:
    """A dataset's current state: what ``package_show`` returns, and the hashes of our files as they were read back.

    A file that the portal does not give has the hash None.
    """

    dataset: JsonObject
    hashes: Mapping[str, str | None]

    @property
    def id(self) -> str:
        """The dataset's id, which the portal chose."""
        return str(self.dataset["id"])

    @property
    def resources(self) -> list[JsonObject]:
        """Its resources in their order."""
        return list(self.dataset.get(_RESOURCES) or ())

    @property
    def is_private(self) -> bool:
        """Whether only the organisation sees it."""
        return self.dataset.get("private") is True

    @property
    def is_staged(self) -> bool:
        """Whether it is private because we are at work on it."""
        return self.is_private and any(resource.get(MARKER) for resource in self.resources)

    @property
    def is_unfinished(self) -> bool:
        """Whether it is private because a publication was cut short: at its files, or before there were any."""
        return self.is_staged or (self.is_private and not self.resources)

    @property
    def record(self) -> dict[str, str]:
        """The fingerprints of its fields as they were last published; nothing where it was never published."""
        stored = next((resource[RECORD] for resource in self.resources if resource.get(RECORD)), "{}")
        try:
            record = json.loads(stored)
        except (TypeError, ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def ours(self) -> Iterator[JsonObject]:
        """The resources that we made."""
        return (r for r in self.resources if r["id"] == resource_id(self.id, str(r.get(PATH))))

    def fields(self, target: Target) -> dict[str, Value]:
        """Its metadata in canonical form: the fields to be, and those that were published once."""
        names = {*target.fields, *self.record} - {_RESOURCES}
        return from_ckan(self.dataset, names, target.scheme)


class Difference(NamedTuple):
    """A field of the dataset, or of a file of it, that is not as it is to be; None where there is none.

    ``file`` is the file's path; the field ``""`` means the file itself.
    """

    field: str
    now: Value | None
    wanted: Value | None
    file: str | None = None


def resource_id(dataset_id: str, path: str) -> str:
    """The id of a file's resource: the same for ever, and another in every portal (RFC 9562, UUIDv5)."""
    return str(uuid5(UUID(dataset_id), path))


def target_of(
    name: str,
    fields: Mapping[str, Value],
    scheme: Scheme,
    files: Collection[tuple[Distribution, JsonObject]],
) -> Target:
    """The desired state of a dataset, with the fingerprints that show later whether someone else changed it.

    Args:
        name: the dataset's name.
        fields: its metadata in canonical form.
        scheme: the portal's.
        files: each file with its resource's keys; the first archive among them is the newest.
    """
    record = {field: _digest(value) for field, value in fields.items()}
    record[_RESOURCES] = _digest(sorted(distribution.path for distribution, _ in files))
    newest = next(distribution.path for distribution, _ in files if distribution.entry is None)
    stored = json.dumps(record, sort_keys=True)
    made = (_file(d, {**keys, RECORD: stored} if d.path == newest else keys) for d, keys in files)
    return Target(name, fields, scheme, tuple(made))


def _file(distribution: Distribution, keys: JsonObject) -> DatasetFile:
    said = {**keys, FINGERPRINT: fingerprint(keys)}
    name, mediatype = distribution.name, distribution.format.mediatype
    return DatasetFile(distribution.path, distribution.sha256, said, name, mediatype, distribution.data)


def fingerprint(keys: Mapping[str, Any]) -> str:
    """A fingerprint of what people read of a resource, and of its file."""
    return _digest(keys_of(keys, _TOLD))


def _digest(value: Any) -> str:
    """A fingerprint of a value; a text that a portal keeps as JSON may hold half a character."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _text(value: Any) -> str:
    """A key's value as it can be compared: what is unset is None, empty or missing."""
    return "" if value is None else str(value)


def keys_of(resource: Mapping[str, Any], keys: Collection[str]) -> dict[str, str]:
    """Some keys of a resource, as they can be compared."""
    return {key: _text(resource.get(key)) for key in keys}


def differences(target: Target, found: Found | None) -> list[Difference]:
    """Everything that is not as it is to be: fields, then files in their order, then files that go.

    The state of the dataset (``private``) is a field of it; the order of the files is the field ``resources``.
    """
    if found is None:
        return [
            *(Difference(field, None, value) for field, value in target.fields.items()),
            *(Difference("", None, file.sha256, file.path) for file in target.files),
        ]
    return [*_field_differences(target, found), *_file_differences(target, found)]


def _field_differences(target: Target, found: Found) -> Iterator[Difference]:
    now = found.fields(target)
    for field in [*target.fields, *sorted(now.keys() - target.fields.keys())]:
        if now.get(field) != target.fields.get(field):
            yield Difference(field, now.get(field), target.fields.get(field))
    if found.is_private != target.private:
        yield Difference("private", str(found.is_private).lower(), str(target.private).lower())


def _file_differences(target: Target, found: Found) -> Iterator[Difference]:
    resources = {str(r["id"]): r for r in found.resources}
    wanted = {resource_id(found.id, file.path): file for file in target.files}
    for id_, file in wanted.items():
        if found.hashes.get(id_) != file.sha256:
            yield Difference("", found.hashes.get(id_), file.sha256, file.path)
        elif id_ in resources:
            yield from _key_differences(resources[id_], file)
    for resource in found.ours():
        if resource["id"] not in wanted:
            hash_ = found.hashes.get(resource["id"]) or _text(resource.get(SHA256))
            yield Difference("", hash_, None, str(resource.get(PATH)))
    order = [id_ for id_ in resources if id_ in wanted]
    if order == sorted(order, key=list(wanted).index):
        return
    yield Difference(_RESOURCES, tuple(wanted[id_].path for id_ in order), tuple(file.path for file in target.files))


def _key_differences(resource: JsonObject, file: DatasetFile) -> Iterator[Difference]:
    names = {*file.keys, RECORD} - {FINGERPRINT}
    now, wanted = keys_of(resource, names), keys_of(file.keys, names)
    return (Difference(name, now[name], wanted[name], file.path) for name in sorted(names) if now[name] != wanted[name])


def changed_by_others(target: Target, found: Found) -> list[Difference]:
    """What differs because someone else changed it since it was published, and would be overwritten.

    Where the dataset carries no record of ours, all of it is someone else's; what they left as it is to be anyway
    is no difference.
    """
    return [d for d in differences(target, found) if _is_of_others(d, found)]


def _is_of_others(difference: Difference, found: Found) -> bool:
    if found.is_staged and not found.record:  # the first publication, cut short
        return False
    if difference.file is not None:
        return _is_file_of_others(difference.file, difference, found)
    if difference.field == "private":
        return found.is_private and not found.is_unfinished
    if difference.field == _RESOURCES:
        return False
    return difference.now is not None and found.record.get(difference.field) != _digest(difference.now)


def _is_file_of_others(path: str, difference: Difference, found: Found) -> bool:
    id_ = resource_id(found.id, path)
    resource = next((r for r in found.resources if r["id"] == id_), None)
    if resource is None:  # new in this release, unless files were removed
        paths = sorted(str(resource.get(PATH)) for resource in found.ours())
        return not found.is_staged and found.record.get(_RESOURCES, _digest(paths)) != _digest(paths)
    if difference.field == "" and difference.wanted is not None and not found.is_staged:
        return found.hashes.get(id_) != resource.get(SHA256)
    return difference.field != RECORD and resource.get(FINGERPRINT) != fingerprint(resource)
