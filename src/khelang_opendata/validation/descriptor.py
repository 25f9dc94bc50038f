"""The descriptor against the family's profile, and its inline schemas against the family's tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package, is_plan_name
from khelang_opendata.package.listing import near_table
from khelang_opendata.package.meant_paths import is_written_plainly
from khelang_opendata.standard.data_package import TABLE_SCHEMA
from khelang_opendata.standard.family import CURRENT, SchemaFamily, known_schemas
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.validation.descriptor_texts import is_reported_as_text
from khelang_opendata.validation.profile import Check, compile_check

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

DESCRIPTOR_INVALID = Rule("descriptor_invalid", Severity.ERROR, __file__)

_VARIANTS = {
    "required": "property_missing",
    "type": "property_type",
    "const": "property_value",
    "enum": "property_value",
    "pattern": "property_pattern",
    "minItems": "property_empty",
    "minLength": "property_empty",
}


def check_descriptor(package: Package, family: SchemaFamily) -> Iterator[Issue]:
    """Report each property that the profile refuses, and the tables whose inline schema is not the family's."""
    errors = _profile_errors(package.descriptor, family)
    problems = {id(r.descriptor): r.problem for r in package.resources} if errors else {}
    named: set[tuple[object, object]] = set()
    for error in errors:
        if not _has_own_issue(error, package, family, problems):
            issue = _profile_issue(error, package, family)
            if (key := (issue.params["variant"], issue.params.get("property"))) not in named:
                named.add(key)  # the official profile asks for some of what the standard asks for, too
                yield issue
    name = package.descriptor.get("name")
    is_refused = any(list(error.absolute_path) == ["name"] for error in errors)
    if not (family.is_open or is_refused) and isinstance(name, str) and not is_plan_name(name):
        yield DESCRIPTOR_INVALID.issue(variant="name_unsafe", name=name)  # of a device; releasing makes files of it
    for property_, path in _unread_parts(package, family):
        yield DESCRIPTOR_INVALID.issue(variant="part_unreadable", property=property_, path=path)
    tables = {name: table for name, table in family.tables.items() if not table.is_foreign}
    resources = (r for r in package.resources if r.name in tables and "schema" in r.descriptor)
    stale = [r.name for r in resources if r.descriptor["schema"] != tables[r.name].compiled()]
    if stale:
        yield DESCRIPTOR_INVALID.issue(variant="schema_differs", tables=", ".join(stale))


def _unread_parts(package: Package, family: SchemaFamily) -> Iterator[tuple[str, str]]:
    """The parts that cannot be read, but for the schemas of tables of the standard, which ``schema_differs`` names."""
    entries = package.descriptor.get("resources")
    for property_, path in package.unread_parts:
        _, _, rest = property_.partition("/")
        number, _, part = rest.partition("/")
        entry = entries[int(number)] if isinstance(entries, list) and number.isdecimal() else {}
        if not (part == "schema" and entry.get("name") in family.tables):
            yield property_, path


def satisfies_profile(descriptor: JsonObject, family: SchemaFamily) -> bool:
    """Whether a descriptor has the properties that the family's profile (``package.schema.json``) asks for."""
    return not _profile_errors(descriptor, family)


def _profile_errors(descriptor: JsonObject, family: SchemaFamily) -> list[ValidationError]:
    """The errors of the profile, in the descriptor's order."""
    schemas = [schema for schema, is_satisfied in _checks_of(family) if not is_satisfied(descriptor)]
    if not schemas:
        return []
    from khelang_opendata.validation.exact import PackageValidator  # noqa: PLC0415 (50 ms, and nearly all are valid)

    errors = (error for schema in schemas for error in PackageValidator(schema).iter_errors(descriptor))
    relevant = (own for error in errors for own in _of_its_kind(error))
    return sorted(relevant, key=lambda e: [f"{part:>9}" for part in e.absolute_path])


def is_table_schema(schema: Any) -> bool:
    """Whether a value can be read as a Table Schema."""
    return fault_of_table_schema(schema) is None


def fault_of_table_schema(schema: Any) -> str | None:
    """Why a value cannot be read as a Table Schema; None where it can."""
    if _table_schema_check()(schema):
        return None
    from khelang_opendata.validation.exact import PackageValidator  # noqa: PLC0415 (as above)

    errors = PackageValidator(TABLE_SCHEMA).iter_errors(schema)
    return next((f"{error.json_path.removeprefix('$.')}: {error.message}" for error in errors), None)


@cache
def _table_schema_check() -> Check:
    """The fast look at the form of a Table Schema."""
    return compile_check(TABLE_SCHEMA, TABLE_SCHEMA)


def _of_its_kind(error: ValidationError) -> Iterator[ValidationError]:
    """The errors of the kind of resource that an entry declares: a table, a derived file, or another file.

    A resource that matches no kind gets errors of all, and those of the other kinds would mislead."""
    if error.validator != "anyOf" or len(error.absolute_path) != len(("resources", 0)):
        yield error
        return
    meant = _kind(error.instance)
    yield from (inner for inner in error.context or () if inner.relative_schema_path[0] == meant)


def _kind(entry: Any) -> int:
    """The kind of resource that an entry is meant to be, by its place in the profile: table, derived, other file."""
    if not isinstance(entry, dict):
        return 0
    if entry.get("derived") is True:
        return 1
    is_table = "schema" in entry or entry.get("type") == "table" or str(entry.get("path", "")).endswith(".csv")
    return 0 if is_table or "path" not in entry else 2


@lru_cache(maxsize=8)
def _checks_of(family: SchemaFamily) -> tuple[tuple[JsonObject, Check], ...]:
    """The JSON Schemas of a family's descriptors, each with its fast look."""
    return tuple((schema, compile_check(schema, schema)) for schema in family.package_schemas)


def _has_own_issue(
    error: ValidationError, package: Package, family: SchemaFamily, problems: Mapping[int, str | None]
) -> bool:
    """Whether an unsafe path, a spoilt text or an inline schema that is not the family's has an issue of its own.

    Args:
        error: what the profile refuses.
        package: the package.
        family: its schema family.
        problems: what is wrong with the path of each resource, by the identity of its entry.
    """
    if not family.is_open and is_reported_as_text(error.instance, error.schema):
        return True
    match list(error.absolute_path):
        case ["resources", int(position), "path", *_]:
            entry = package.descriptor["resources"][position]
            is_odd = isinstance(entry["path"], str) and not is_written_plainly(entry["path"])
            return (is_odd and not family.is_open) or problems.get(id(entry)) not in (None, "missing")
        case ["resources", int(position), "name"] if not family.is_open:
            return near_table(str(error.instance), family) is not None
        case ["resources", int(position), "schema" | "dialect" as part]:
            entry = package.descriptor["resources"][position]
            is_known = part == "schema" and not family.is_open and str(entry.get("name")) in family.tables
            return is_known or isinstance(entry[part], str)  # an unread part
        case ["resources", int(position), "schema", *_] if not family.is_open:
            return str(package.descriptor["resources"][position].get("name")) in family.tables
    return False


def _profile_issue(error: ValidationError, package: Package, family: SchemaFamily) -> Issue:
    pointer = "/".join(str(part) for part in error.absolute_path)
    if pointer == "conformsTo":
        known = ", ".join(known_schemas())
        return DESCRIPTOR_INVALID.issue(variant="schema_unknown", found=str(error.instance), known=known)
    variant = _VARIANTS.get(str(error.validator), "property_invalid")
    if variant == "property_missing":
        pointer = f"{pointer}/{error.message}".lstrip("/")
        if pointer == "conformsTo":
            return DESCRIPTOR_INVALID.issue(variant="standard_missing", corrected=CURRENT)
        if re.fullmatch(r"resources/\d+/schema", pointer):
            return DESCRIPTOR_INVALID.issue(variant="schema_missing", property=pointer)
    meant = None if family.is_open else _meant_issue(error, variant, pointer, package)
    expected = str(error.validator_value)[:200]
    return meant or DESCRIPTOR_INVALID.issue(variant=variant, property=pointer, expected=expected)


def _meant_issue(error: ValidationError, variant: str, pointer: str, package: Package) -> Issue | None:
    """A fault with what is right, or an example of it. Its pattern is the standard's: others' may take for ever."""
    if variant == "property_pattern":
        found = _text_issue(error, pointer, package)
    else:
        found = _list_issue(error, pointer) if variant == "property_type" else None
    return found or _example_issue(error, variant, pointer, package)


_WITH_EXAMPLE = {
    "property_missing": "missing_example",
    "property_empty": "empty_example",
    "property_type": "type_example",
    "property_pattern": "pattern_example",
}


def _example_issue(error: ValidationError, variant: str, pointer: str, package: Package) -> Issue | None:
    """A fault with an example of what is right, where the profile has one; that of the plan's name is its id."""
    schema: Any = error.schema
    if error.validator == "required":
        schema = schema.get("properties", {}).get(pointer.rpartition("/")[2], {})
    examples = schema.get("examples", ())
    if variant not in _WITH_EXAMPLE or not examples:
        return None
    example = (_plan_id(package) if pointer == "name" else None) or examples[0]
    written = json.dumps(example, ensure_ascii=False)
    return DESCRIPTOR_INVALID.issue(variant=_WITH_EXAMPLE[variant], property=pointer, example=written)


def _list_issue(error: ValidationError, pointer: str) -> Issue | None:
    """A value that must be a list and is none, where it says what the list is."""
    from khelang_opendata.validation.meant_properties import list_meant  # noqa: PLC0415 (few descriptors are wrong)

    if pointer == "resources":
        return DESCRIPTOR_INVALID.issue(variant="resources_type")
    meant = list_meant(error.instance, error.schema)
    if meant is None:
        return None
    written = json.dumps(meant, ensure_ascii=False)
    return DESCRIPTOR_INVALID.issue(variant="property_list", property=pointer, corrected=written)


def _text_issue(error: ValidationError, pointer: str, package: Package) -> Issue | None:
    """A text of the wrong form, where the right one is found."""
    from khelang_opendata.validation.meant_properties import text_meant  # noqa: PLC0415 (as above)

    meant = text_meant(pointer, str(error.instance), str(error.validator_value), _plan_id(package))
    if meant is None:
        return None
    return DESCRIPTOR_INVALID.issue(variant="property_meant", property=pointer, corrected=meant)


def _plan_id(package: Package) -> str | None:
    """The id that the table of the plan has; None where it cannot be read, or has not one row."""
    resource = next((r for r in package.resources if r.name == "plans" and r.data is not None), None)
    try:
        table = resource.table if resource else None
    except TableUnreadable:
        return None
    if table is None or len(table.rows) != 1 or "plan_id" not in table.header:
        return None
    return dict(zip(table.header, table.rows[0], strict=False)).get("plan_id")
