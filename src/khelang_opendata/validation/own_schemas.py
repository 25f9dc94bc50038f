"""The columns and tables that a package adds to those of a family, and those that it describes itself."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package, Resource
from khelang_opendata.package.listing import near_table
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import OWN_COLUMN, JsonObject, TableSchema
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.tableschema.official_profile import SchemaFault, faults, field_faults
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID, fault_of_table_schema, is_table_schema
from khelang_opendata.validation.layout import heading_of

TABLE_UNEXPECTED = Rule("table_unexpected", Severity.ERROR, __file__)
RESOURCE_NOT_CHECKED = Rule("resource_not_checked", Severity.INFO, __file__)
RESOURCE_ADDITIONAL = Rule("resource_additional", Severity.INFO, __file__)

_LONGEST_REASON = 300


def own_fields(package: Package, family: SchemaFamily) -> Mapping[str, Sequence[JsonObject]]:
    """The columns ``x_…`` that a package adds to tables of the standard, by table.

    They are described in the resource's schema; a column that is only in the heading holds text.
    """
    found: dict[str, Sequence[JsonObject]] = {}
    for resource in package.resources:
        table = family.tables.get(resource.name)
        if table is not None and resource.name not in found and (fields := _own_fields(resource, table)):
            found[resource.name] = fields
    return found


def _own_fields(resource: Resource, table: TableSchema) -> list[JsonObject]:
    schema = resource.descriptor.get("schema")
    described = schema.get("fields") if isinstance(schema, dict) else None
    own = [f for f in described if _is_own(f)] if isinstance(described, list) else []
    is_readable = own and is_table_schema({"fields": own}) and not any(faults({"fields": own}))
    declared = {f["name"]: f for f in own} if is_readable else {}
    try:
        header = heading_of(resource.table, table) if resource.data is not None else []
    except TableUnreadable:
        header = []
    names = (label for label in header if OWN_COLUMN.fullmatch(label))
    found = {**{name: {"name": name} for name in names}, **declared}
    return [field for name, field in found.items() if name not in table.field_by_name]


def _is_own(field: Any) -> bool:
    return isinstance(field, dict) and bool(OWN_COLUMN.fullmatch(str(field.get("name"))))


def own_tables(package: Package, family: SchemaFamily) -> Mapping[str, TableSchema]:
    """The tables that are not the family's: each resource that is a CSV file, with the schema that it carries.

    A table without a schema has no fields. One whose schema is invalid is left out, for the descriptor's check reports
    it.
    """
    tables: dict[str, TableSchema] = {}
    for resource in package.resources:
        if resource.name in family.tables or not _is_table(resource):
            continue
        schema = resource.descriptor.get("schema")
        if schema is None or (is_table_schema(schema) and not any(faults(schema))):
            tables.setdefault(resource.name, TableSchema.of_any(resource.name, schema or {}))
    return tables


def check_own_tables(package: Package, family: SchemaFamily, own: Mapping[str, TableSchema]) -> Iterator[Issue]:
    """Report keys that name what does not exist, and the resources whose content is not checked.

    Args:
        package: the package.
        family: its family with its own tables.
        own: the tables that it describes itself.
    """
    for name in () if family.is_open else own:
        if near := near_table(name, family):
            yield TABLE_UNEXPECTED.issue(Location(name), name=name, near=near)
        else:
            yield RESOURCE_ADDITIONAL.issue(Location(name), name=name)
    for name, table in own.items():
        for repeated in table.repeated_names:
            yield DESCRIPTOR_INVALID.issue(Location(name), variant="field_repeated", name=repeated)
        for unknown in dict.fromkeys(table.unknown_names(family.tables)):
            yield DESCRIPTOR_INVALID.issue(Location(name), variant="key_unknown", name=unknown)
        if not table.fields:
            yield RESOURCE_NOT_CHECKED.issue(Location(name), variant="no_schema", name=name)
    yield from _schema_issues(package, family, own)
    for resource in package.resources:
        if resource.name not in family.tables and not resource.is_derived and not _is_table(resource):
            place = Location(resource.name)
            yield RESOURCE_NOT_CHECKED.issue(place, variant="format", name=resource.name, path=resource.path)
    for entry in _unread(package):
        yield RESOURCE_NOT_CHECKED.issue(Location(entry["name"]), variant="no_file", name=entry["name"])


def _schema_issues(package: Package, family: SchemaFamily, own: Container[str]) -> Iterator[Issue]:
    """What the official profile refuses in the package's own schemas, and in the columns that it adds to others.

    A family that is open has the schemas of all tables judged by the descriptor's profile; others have only their form.
    """
    entries = package.descriptor.get("resources")
    places = {id(entry): place for place, entry in enumerate(entries)} if isinstance(entries, list) else {}
    for resource in package.resources:
        schema = resource.descriptor.get("schema")
        if not _is_table(resource) or not isinstance(schema, dict) or (family.is_open and not is_table_schema(schema)):
            continue
        is_whole, place = resource.name not in family.tables or resource.name in own, Location(resource.name)
        found = [*(faults(schema) if is_whole else _own_faults(schema))]
        for fault in found:
            if is_table_schema(schema) or not (fault.pointer == "fields" and fault.kind in ("missing", "type")):
                pointer = f"resources/{places[id(resource.descriptor)]}/schema/{fault.pointer}"
                yield DESCRIPTOR_INVALID.issue(
                    place, variant=_VARIANTS[fault.kind], property=pointer, expected=fault.expected
                )
        if is_whole and not found and (reason := fault_of_table_schema(schema)):
            yield DESCRIPTOR_INVALID.issue(place, variant="schema_unusable", reason=reason[:_LONGEST_REASON])


def _own_faults(schema: JsonObject) -> Iterator[SchemaFault]:
    fields = schema.get("fields")
    for place, field in enumerate(fields if isinstance(fields, list) else ()):
        if _is_own(field):
            yield from field_faults(field, f"fields/{place}")


_VARIANTS = {
    "missing": "property_missing",
    "type": "property_type",
    "value": "property_value",
    "empty": "property_empty",
    "misplaced": "constraint_misplaced",
    "unknown": "constraint_unknown",
}


def _is_table(resource: Resource) -> bool:
    return resource.is_csv and not resource.is_derived


def _unread(package: Package) -> Iterator[JsonObject]:
    """The resources that have neither a file nor the files or rows of a table."""
    read = {id(resource.descriptor) for resource in package.resources}
    entries = package.descriptor.get("resources")
    for entry in entries if isinstance(entries, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and id(entry) not in read:
            yield entry
