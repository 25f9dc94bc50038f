"""The files behind the resources: present, safe to read, as large and as hashed as declared, and tables."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package, Resource, Table
from khelang_opendata.package.listing import unlisted_tables
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID

TABLE_MISSING = Rule("table_missing", Severity.ERROR, __file__)
TABLE_UNLISTED = Rule("table_unlisted", Severity.ERROR, __file__)
ENCODING_NOT_UTF8 = Rule("encoding_not_utf8", Severity.ERROR, __file__)
CSV_MALFORMED = Rule("csv_malformed", Severity.ERROR, __file__)
LIMIT_EXCEEDED = Rule("limit_exceeded", Severity.ERROR, __file__)
HASH_MISMATCH = Rule("hash_mismatch", Severity.ERROR, __file__)

_BY_CODE = {rule.code: rule for rule in (ENCODING_NOT_UTF8, CSV_MALFORMED, LIMIT_EXCEEDED, DESCRIPTOR_INVALID)}
"""Why the reader of tables refuses a file."""

_LIMITS = ("file_bytes", "package_bytes", "cells")
"""The limits that keep a file from being read at all."""


def check_files(package: Package, family: SchemaFamily) -> Iterator[Issue]:
    """Report tables that lack or do not belong, unsafe paths, and files that are not what was declared."""
    named: set[str] = set()
    for resource in package.resources:
        place = Location(resource.name)
        if resource.name in named:
            yield DESCRIPTOR_INVALID.issue(place, variant="resource_repeated", name=resource.name)
            continue
        named.add(resource.name)
        if resource.problem == "missing":
            yield TABLE_MISSING.issue(place, variant="file", path=resource.path, name=resource.name)
        elif resource.problem in _LIMITS:
            limit = getattr(resource.limits, resource.problem)
            yield LIMIT_EXCEEDED.issue(place, variant=resource.problem, path=resource.path, limit=limit)
        elif resource.problem:
            yield DESCRIPTOR_INVALID.issue(place, variant=resource.problem, path=resource.path)
        else:
            yield from _check_declared(resource, place)
    for path in () if family.is_open else unlisted_tables(package):
        yield TABLE_UNLISTED.issue(path=path)
    for table in family.tables.values():
        if table.name not in named and not table.optional:
            yield TABLE_MISSING.issue(Location(table.name), variant="entry", name=table.name)


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
            issues.append(_BY_CODE[error.code].issue(error.location, **error.params))
            continue
        tables[schema.name] = table
        if len(table.rows) < schema.min_rows:
            issues.append(TABLE_MISSING.issue(Location(schema.name), variant="no_rows", name=schema.name))
    return tables, issues


def _check_declared(resource: Resource, place: Location) -> Iterator[Issue]:
    assert resource.data is not None
    size = resource.descriptor.get("bytes")
    if isinstance(size, int) and size != len(resource.data):
        found = len(resource.data)
        yield HASH_MISMATCH.issue(place, variant="bytes", path=resource.path, declared=size, found=found)
        return
    declared = resource.descriptor.get("hash")
    if isinstance(declared, str) and file_hash(resource.data, declared) != declared.lower():
        yield HASH_MISMATCH.issue(place, path=resource.path)


def file_hash(data: bytes, like: str = "sha256:") -> str:
    """A file's hash written as the Data Package standard asks: ``sha256:<hex>``, or bare MD5 where ``like`` is bare."""
    import hashlib  # noqa: PLC0415 (6 ms to import, and few descriptors declare a hash)

    if ":" not in like:
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
