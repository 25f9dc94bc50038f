"""The desired and the current state of a CKAN dataset, and their differences. No request is made here.

CKAN computes no hash of a file and does not report who changed a value. So each resource carries keys of this package,
which CKAN stores as they are: ``sha256`` of the file, ``release_path``, and ``fingerprint``, a hash of the values that
were sent. The newest archive carries ``published_fields``, a hash of each of the dataset's fields. A value that no
longer has its hash was changed by someone else. ``publishing`` marks a dataset that is private during a publication.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.mapping import from_ckan
from khelang_opendata.portals.metadata_values import Value
from khelang_opendata.portals.publication import Distribution
from khelang_opendata.published.portal_resources import PATH, SHA256
from khelang_opendata.standard.tables import JsonObject

FINGERPRINT = "fingerprint"
PUBLISHED_FIELDS, PUBLISHING = "published_fields", "publishing"
_RESOURCES = "resources"
_FINGERPRINTED = ("name", "description", "format", SHA256, PATH)
"""The keys of a fingerprint. They never change: with other keys, every published file would look edited."""


@dataclass(frozen=True)
class DesiredResource:
    """The desired state of a resource.

    Attributes:
        path: the permanent key of the file, from which the resource's id is made.
        sha256: the file's hash.
        fields: the resource's metadata.
        name: the file name of the upload.
        mediatype: the media type.
        data: the content.
    """

    path: str
    sha256: str
    fields: JsonObject
    name: str
    mediatype: str
    data: bytes


@dataclass(frozen=True)
class DesiredDataset:
    """The desired state of a dataset.

    Attributes:
        name: the dataset's name in CKAN.
        fields: the metadata in canonical form.
        schema: the portal's schema.
        resources: the resources in display order.
        private: whether only the organisation sees the dataset.
    """

    name: str
    fields: Mapping[str, Value]
    schema: DatasetSchema
    resources: tuple[DesiredResource, ...]
    private: bool = False


@dataclass(frozen=True)
class CurrentDataset:
    """The current state of a dataset.

    Attributes:
        package: the result of ``package_show``.
        hashes: the hashes of the downloaded files, by resource id; None for a file that the portal does not deliver.
    """

    package: JsonObject
    hashes: Mapping[str, str | None]

    @property
    def id(self) -> str:
        """The dataset's id, which the portal chose."""
        return str(self.package["id"])

    @property
    def resources(self) -> list[JsonObject]:
        """All resources in their order."""
        return list(self.package.get(_RESOURCES) or ())

    @property
    def managed_resources(self) -> list[JsonObject]:
        """The resources that this package created; their ids follow from their paths."""
        return [r for r in self.resources if r["id"] == resource_id(self.id, str(r.get(PATH)))]

    @property
    def is_private(self) -> bool:
        """Whether only the organisation sees the dataset."""
        return self.package.get("private") is True

    @property
    def is_staged(self) -> bool:
        """Whether the dataset is private because of a publication."""
        return self.is_private and any(resource.get(PUBLISHING) for resource in self.resources)

    @property
    def is_unfinished(self) -> bool:
        """Whether the dataset is private because a publication was interrupted, before or after its first file."""
        return self.is_staged or (self.is_private and not self.resources)

    @property
    def published_fields(self) -> dict[str, str]:
        """The hashes of the fields as they were published last; empty if the dataset was never published."""
        stored = next((r[PUBLISHED_FIELDS] for r in self.resources if r.get(PUBLISHED_FIELDS)), "{}")
        try:
            hashes = json.loads(stored)
        except (TypeError, ValueError, RecursionError):
            return {}
        return hashes if isinstance(hashes, dict) else {}

    def fields(self, desired: DesiredDataset) -> dict[str, Value]:
        """Return the metadata in canonical form: the desired fields, and those that were published before."""
        names = {*desired.fields, *self.published_fields} - {_RESOURCES}
        return from_ckan(self.package, names, desired.schema)


class Difference(NamedTuple):
    """A difference between the current and the desired state.

    Attributes:
        field: the field of the dataset or resource; an empty text means the file itself.
        current: the current value; None if there is none.
        desired: the desired value; None if the value is to be removed.
        file: the file's path; None for a field of the dataset.
    """

    field: str
    current: Value | None
    desired: Value | None
    file: str | None = None


def resource_id(dataset_id: str, path: str) -> str:
    """Return the id of a file's resource: a UUIDv5 (RFC 9562) of the path, in the namespace of the dataset's id.

    The id is always the same, so that the file's address stays, and a repeated request adds no second resource.
    """
    return str(uuid5(UUID(dataset_id), path))


def desired_dataset(
    name: str,
    fields: Mapping[str, Value],
    schema: DatasetSchema,
    files: Collection[tuple[Distribution, JsonObject]],
) -> DesiredDataset:
    """Return the desired state of a dataset, with the hashes that later show whether someone else changed it.

    Args:
        name: the dataset's name.
        fields: the metadata in canonical form.
        schema: the portal's schema.
        files: each file with its resource's metadata; the first archive among them is the newest.
    """
    hashes = {field: _digest(value) for field, value in fields.items()}
    hashes[_RESOURCES] = _digest(sorted(distribution.path for distribution, _ in files))
    newest = next(distribution.path for distribution, _ in files if distribution.entry is None)
    stored = json.dumps(hashes, sort_keys=True)
    resources = (_resource(d, {**r, PUBLISHED_FIELDS: stored} if d.path == newest else r) for d, r in files)
    return DesiredDataset(name, fields, schema, tuple(resources))


def _resource(distribution: Distribution, fields: JsonObject) -> DesiredResource:
    return DesiredResource(
        distribution.path,
        distribution.sha256,
        {**fields, FINGERPRINT: fingerprint(fields)},
        distribution.name,
        distribution.format.mediatype,
        distribution.data,
    )


def fingerprint(resource: Mapping[str, Any]) -> str:
    """Return a hash of the values of a resource that people read and edit, and of its file."""
    return _digest(comparable_fields(resource, _FINGERPRINTED))


def _digest(value: Any) -> str:
    """Return a short hash of a value; ``surrogatepass``, because a portal may store lone surrogates as JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _text(value: Any) -> str:
    """Return a value as text: CKAN returns an unset key as None, as an empty text, or not at all."""
    return "" if value is None else str(value)


def comparable_fields(resource: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Return fields of a resource as texts that can be compared."""
    return {name: _text(resource.get(name)) for name in names}


def differences(desired: DesiredDataset, current: CurrentDataset | None) -> list[Difference]:
    """Return all differences: fields, then files in their order, then files to remove.

    The visibility is the field ``private``; the order of the files is the field ``resources``.
    """
    if current is None:
        return [
            *(Difference(field, None, value) for field, value in desired.fields.items()),
            *(Difference("", None, file.sha256, file.path) for file in desired.resources),
        ]
    return [*_field_differences(desired, current), *_file_differences(desired, current)]


def _field_differences(desired: DesiredDataset, current: CurrentDataset) -> Iterator[Difference]:
    fields = current.fields(desired)
    for field in [*desired.fields, *sorted(fields.keys() - desired.fields.keys())]:
        if fields.get(field) != desired.fields.get(field):
            yield Difference(field, fields.get(field), desired.fields.get(field))
    if current.is_private != desired.private:
        yield Difference("private", str(current.is_private).lower(), str(desired.private).lower())


def _file_differences(desired: DesiredDataset, current: CurrentDataset) -> Iterator[Difference]:
    resources = {str(r["id"]): r for r in current.resources}
    files = {resource_id(current.id, file.path): file for file in desired.resources}
    for id_, file in files.items():
        if current.hashes.get(id_) != file.sha256:
            yield Difference("", current.hashes.get(id_), file.sha256, file.path)
        elif id_ in resources:
            yield from _resource_differences(resources[id_], file)
    for resource in current.managed_resources:
        if resource["id"] not in files:
            hash_ = current.hashes.get(resource["id"]) or _text(resource.get(SHA256))
            yield Difference("", hash_, None, str(resource.get(PATH)))
    order = [id_ for id_ in resources if id_ in files]
    if order != sorted(order, key=list(files).index):
        paths = tuple(files[id_].path for id_ in order)
        yield Difference(_RESOURCES, paths, tuple(file.path for file in desired.resources))


def _resource_differences(resource: JsonObject, file: DesiredResource) -> Iterator[Difference]:
    names = {*file.fields, PUBLISHED_FIELDS} - {FINGERPRINT}
    current, desired = comparable_fields(resource, names), comparable_fields(file.fields, names)
    for name in sorted(names):
        if current[name] != desired[name]:
            yield Difference(name, current[name], desired[name], file.path)


def changed_by_others(desired: DesiredDataset, current: CurrentDataset) -> list[Difference]:
    """Return the differences that someone else made after the last publication; a publication would overwrite them.

    If the dataset was never published by this package, all of its values belong to someone else.
    """
    return [d for d in differences(desired, current) if _is_by_others(d, current)]


def _is_by_others(difference: Difference, current: CurrentDataset) -> bool:
    if current.is_staged and not current.published_fields:  # the first publication was interrupted
        return False
    if difference.file is not None:
        return _is_file_by_others(difference.file, difference, current)
    if difference.field == "private":
        return current.is_private and not current.is_unfinished
    if difference.field == _RESOURCES:
        return False
    published = current.published_fields.get(difference.field)
    return difference.current is not None and published != _digest(difference.current)


def _is_file_by_others(path: str, difference: Difference, current: CurrentDataset) -> bool:
    id_ = resource_id(current.id, path)
    resource = next((r for r in current.resources if r["id"] == id_), None)
    if resource is None:  # the file is new in this release, unless someone removed published files
        paths = _digest(sorted(str(resource.get(PATH)) for resource in current.managed_resources))
        return not current.is_staged and current.published_fields.get(_RESOURCES, paths) != paths
    if difference.field == "" and difference.desired is not None and not current.is_staged:
        return current.hashes.get(id_) != resource.get(SHA256)
    return difference.field != PUBLISHED_FIELDS and resource.get(FINGERPRINT) != fingerprint(resource)
