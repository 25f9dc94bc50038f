"""The files behind the resources: present, safe to read, as large and as hashed as declared, and tables."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from khelang_opendata.model.report import Issue, Location
from khelang_opendata.package.datapackage import Package, Resource, Table
from khelang_opendata.standard.catalogue import issue
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.tableschema.dialect import TableUnreadable

_LIMITS = ("file_bytes", "package_bytes", "cells")
"""The limits that keep a file from being read at all."""


def check_files(package: Package, family: SchemaFamily) -> Iterator[Issue]:
    """Report tables that lack or do not belong, unsafe paths, and files that are not what was declared."""
    named: set[str] = set()
    for resource in package.resources:
        place = Location(resource.name)
        if resource.name in named:
            yield issue("descriptor_invalid", place, variant="resource_repeated", name=resource.name)
            continue
        named.add(resource.name)
        if resource.name not in family.tables and not resource.is_derived:
            yield issue("table_unexpected", place, name=resource.name)
        if resource.problem == "missing":
            yield issue("table_missing", place, variant="file", path=resource.path, name=resource.name)
        elif resource.problem in _LIMITS:
            limit = getattr(resource.limits, resource.problem)
            yield issue("limit_exceeded", place, variant=resource.problem, path=resource.path, limit=limit)
        elif resource.problem:
            yield issue("descriptor_invalid", place, variant=resource.problem, path=resource.path)
        else:
            yield from _check_declared(resource, place)
    for table in family.tables.values():
        if table.name not in named and not table.optional:
            yield issue("table_missing", Location(table.name), variant="entry", name=table.name)


def read_tables(package: Package, family: SchemaFamily) -> tuple[dict[str, Table], list[Issue]]:
    """The family's tables that can be read, in the family's order, and why the others cannot."""
    tables: dict[str, Table] = {}
    issues: list[Issue] = []
    resources = {r.name: r for r in reversed(package.resources) if r.data is not None and not r.is_derived}
    for schema in family.tables.values():
        if schema.name not in resources:
            continue
        try:
            table = resources[schema.name].table
        except TableUnreadable as error:
            issues.append(issue(error.code, error.location, **error.params))
            continue
        tables[schema.name] = table
        if len(table.rows) < schema.min_rows:
            issues.append(issue("table_missing", Location(schema.name), variant="no_rows", name=schema.name))
    return tables, issues


def _check_declared(resource: Resource, place: Location) -> Iterator[Issue]:
    assert resource.data is not None
    size = resource.descriptor.get("bytes")
    if isinstance(size, int) and size != len(resource.data):
        found = len(resource.data)
        yield issue("hash_mismatch", place, variant="bytes", path=resource.path, declared=size, found=found)
        return
    declared = resource.descriptor.get("hash")
    if isinstance(declared, str):
        found_hash = file_hash(resource.data, declared)
        if found_hash != declared.lower():
            yield issue("hash_mismatch", place, path=resource.path, declared=declared, found=found_hash)


def file_hash(data: bytes, like: str = "sha256:") -> str:
    """A file's hash written as the Data Package standard asks: ``sha256:<hex>``, or bare MD5 where ``like`` is bare."""
    if ":" not in like:
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
