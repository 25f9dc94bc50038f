"""The tables that a package describes itself, beside those of a family or in place of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package, Resource
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import TableSchema
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID, is_table_schema

RESOURCE_NOT_CHECKED = Rule("resource_not_checked", Severity.INFO, __file__)

_FORMATS = frozenset({"csv", "tsv", "txt"})


def own_tables(package: Package, family: SchemaFamily) -> Mapping[str, TableSchema]:
    """The tables that are not the family's: each resource that is a CSV file, with the schema that it carries.

    A table without a schema has no fields. One whose schema is invalid is left out, for the descriptor's check reports
    it.
    """
    tables: dict[str, TableSchema] = {}
    for resource in package.resources:
        schema = resource.descriptor.get("schema")
        is_readable = schema is None or is_table_schema(schema)
        if resource.name not in family.tables and _is_table(resource) and is_readable:
            tables.setdefault(resource.name, TableSchema.of_any(resource.name, schema or {}))
    return tables


def check_own_tables(package: Package, family: SchemaFamily, own: Mapping[str, TableSchema]) -> Iterator[Issue]:
    """Report keys that name what does not exist, and the resources whose content is not checked.

    Args:
        package: the package.
        family: its family with its own tables.
        own: the tables that it describes itself.
    """
    for name, table in own.items():
        for repeated in table.repeated_names:
            yield DESCRIPTOR_INVALID.issue(Location(name), variant="field_repeated", name=repeated)
        for unknown in dict.fromkeys(table.unknown_names(family.tables)):
            yield DESCRIPTOR_INVALID.issue(Location(name), variant="key_unknown", name=unknown)
        if not table.fields:
            yield RESOURCE_NOT_CHECKED.issue(Location(name), variant="no_schema", name=name)
    for resource in package.resources:
        if resource.name not in family.tables and not _is_table(resource):
            place = Location(resource.name)
            yield RESOURCE_NOT_CHECKED.issue(place, variant="format", name=resource.name, path=resource.path)
    for entry in _without_one_file(package.descriptor.get("resources")):
        yield RESOURCE_NOT_CHECKED.issue(Location(entry["name"]), variant="no_file", name=entry["name"])


def _is_table(resource: Resource) -> bool:
    """Whether a resource is a CSV file: as its ``format`` says, else as its name ends."""
    form = resource.descriptor.get("format") or PurePosixPath(resource.path).suffix.removeprefix(".")
    return str(form).lower() in _FORMATS and not resource.is_derived


def _without_one_file(entries: Any) -> Iterator[dict[str, Any]]:
    """The resources whose data are in the descriptor, or in several files."""
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and not isinstance(entry.get("path"), str):
            yield entry
