"""The differences between the descriptors of two packages, by JSON pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from khelang_opendata.model.failures import DescriptorError
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, Resource
from khelang_opendata.standard.tables import JsonObject

_MADE_BY_RELEASING = {"version", "created", "allowedWarnings", "bytes", "hash"}
_COMPARED_ELSEWHERE = {"conformsTo", "resources"}
_OF_THE_FILE = {"name", "path", "type", "format", "mediatype", "encoding", "dialect", "schema"}


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A property of the descriptor that differs: its JSON pointer, and its values; None where it is absent or null.

    The pointer names a resource by its name, as the order of resources has no meaning.
    """

    path: str
    old: Any
    new: Any


def metadata_changes(old: Package, new: Package, tables: Container[str]) -> tuple[MetadataChange, ...]:
    """The differences in the metadata of a package and of the resources in both, in the newer descriptor's order.

    Of resources that are no tables of the standard (``tables`` are those), which are compared as files, the content's
    hash is among them. DescriptorError where the descriptors are nested too deeply.
    """
    try:
        return tuple(_objects("", _compared(old, tables), _compared(new, tables)))
    except RecursionError:
        raise DescriptorError("too_deep", path=str(new.root / DESCRIPTOR), limit=new.limits.json_depth) from None


def _compared(package: Package, tables: Container[str]) -> JsonObject:
    ignored = _MADE_BY_RELEASING | _COMPARED_ELSEWHERE
    compared = {name: value for name, value in package.descriptor.items() if name not in ignored}
    own = [resource for resource in package.resources if not resource.is_derived]
    return {**compared, "resources": {r.name: _entry(r, tables) for r in own}}


def _entry(resource: Resource, tables: Container[str]) -> JsonObject:
    if resource.name in tables or resource.data is None:
        return resource.descriptor
    return {**resource.descriptor, "content": f"sha256:{sha256(resource.data).hexdigest()}"}


def _objects(path: str, old: JsonObject, new: JsonObject) -> Iterator[MetadataChange]:
    for name in dict.fromkeys([*new, *old]):
        below = f"{path}/{_escaped(name)}"
        if below == "/resources":
            yield from _resources(old[name], new[name])
        else:
            yield from _values(below, old.get(name), new.get(name))


def _resources(old: JsonObject, new: JsonObject) -> Iterator[MetadataChange]:
    """The texts of resources in both packages; a table of the standard that came or went is a change of its own."""
    ignored = _OF_THE_FILE | _MADE_BY_RELEASING
    for name in dict.fromkeys([*new, *old]):
        entries = [part.get(name, {}) for part in (old, new)]
        if all(entries) or any("content" in entry for entry in entries):
            was, now = ({key: entry[key] for key in entry if key not in ignored} for entry in entries)
            yield from _objects(f"/resources/{_escaped(name)}", was, now)


def _values(path: str, old: Any, new: Any) -> Iterator[MetadataChange]:
    if isinstance(old, dict) and isinstance(new, dict):
        yield from _objects(path, old, new)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, (was, now) in enumerate(zip(old, new, strict=True)):
            yield from _values(f"{path}/{position}", was, now)
    elif repr(old) != repr(new):  # unlike ==, it distinguishes true from 1
        yield MetadataChange(path, old, new)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
