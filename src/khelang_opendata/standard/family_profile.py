"""A profile of a schema family: what a group of adopters adds to the standard and demands beyond it, never less.

It is a JSON object in the manner of a JSON Merge Patch (RFC 7396) over the family's tables, where fields are named and
not listed. It adds columns ``x_…``, tables and codes, and tightens constraints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import OWN_COLUMN, Field, JsonObject, TableSchema

PROFILE = "schemaProfile"
"""The property of a descriptor that holds a profile, or names the file with it."""

_TEXT = {"type": "string", "minLength": 1}
_NAME = {"pattern": "^[a-z][a-z0-9_]*$", "maxLength": 60}
PROFILE_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["id", "version", "conformsTo", "title", "title_en"],
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$", "maxLength": 80},
        "version": {"type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$", "maxLength": 40},
        "conformsTo": _TEXT,
        "title": _TEXT,
        "title_en": _TEXT,
        "tables": {"type": "object", "propertyNames": _NAME, "additionalProperties": {"type": "object"}},
        "codes": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "propertyNames": _NAME,
                "additionalProperties": {
                    "type": "object",
                    "required": ["title_th", "title_en"],
                    "properties": dict.fromkeys(("title_th", "title_en", "description_th", "description_en"), _TEXT),
                    "additionalProperties": False,
                },
            },
        },
    },
    "additionalProperties": False,
}
"""JSON Schema (2020-12) of a profile."""

_WORDS = {"title", "title_en", "description", "description_en", "example"}
_TIGHTER: Mapping[str, Callable[[Any, Any], bool]] = {
    "required": lambda old, new: bool(new) or not old,
    "unique": lambda old, new: bool(new) or not old,
    "minimum": lambda old, new: old is None or new >= old,
    "maximum": lambda old, new: old is None or new <= old,
    "minLength": lambda old, new: old is None or new >= old,
    "maxLength": lambda old, new: old is None or new <= old,
    "enum": lambda old, new: old is None or {*new} <= {*old},
    "pattern": lambda old, new: old is None or new == old,
}
"""By constraint, whether a new limit admits nothing that the old one forbids; two patterns are not compared."""


class Loosening(NamedTuple):
    """A part of a profile that it may not change: its JSON pointer, and why (a variant of ``profile_invalid``)."""

    pointer: str
    reason: str


def faults_of(profile: JsonObject, family: SchemaFamily) -> Iterator[Loosening]:
    """What a profile of the right form asks for and may not.

    Args:
        profile: satisfies :data:`PROFILE_SCHEMA`.
        family: the standard.
    """
    open_codelists = {f.codelist for table in family.tables.values() for f in table.fields if f.is_open}
    for name in profile.get("codes", {}):
        if name not in open_codelists:
            yield Loosening(f"codes/{name}", "codelist")
    for name, patch in profile.get("tables", {}).items():
        table = family.tables.get(name)
        if table is None:
            if not OWN_COLUMN.fullmatch(name):
                yield Loosening(f"tables/{name}", "table_name")
            continue
        for key in patch.keys() - {"fields", *_WORDS}:
            yield Loosening(f"tables/{name}/{key}", "property")
        fields = patch.get("fields", {})
        for column, change in fields.items() if isinstance(fields, dict) else [("", None)]:
            yield from _field_faults(f"tables/{name}/fields/{column}", table.field_by_name.get(column), column, change)


def _field_faults(pointer: str, known: Field | None, name: str, change: Any) -> Iterator[Loosening]:
    if not isinstance(change, dict):
        yield Loosening(pointer, "removed")
    elif known is None:
        if not OWN_COLUMN.fullmatch(name):
            yield Loosening(pointer, "column_name")
    else:
        for key in change.keys() - {"constraints", *_WORDS}:
            yield Loosening(f"{pointer}/{key}", "property")
        old, new = known.descriptor.get("constraints", {}), change.get("constraints", {})
        for limit, value in new.items() if isinstance(new, dict) else [("", None)]:
            if not _is_tighter(limit, old.get(limit), value):
                yield Loosening(f"{pointer}/constraints/{limit}", "looser")


def _is_tighter(limit: str, old: Any, new: Any) -> bool:
    try:
        return new is not None and limit in _TIGHTER and _TIGHTER[limit](old, new)
    except TypeError:
        return False


def profiled(family: SchemaFamily, profile: JsonObject) -> SchemaFamily:
    """The family as a profile without faults makes it."""
    codes = {
        codelist: {code: Code(code, **texts) for code, texts in added.items()}
        for codelist, added in profile.get("codes", {}).items()
    }
    patches = profile.get("tables", {})
    tables = {name: _patched(table, patches.get(name, {})) for name, table in family.tables.items()}
    added = {name: _new_table(name, schema) for name, schema in patches.items() if name not in family.tables}
    return replace(family, tables={**tables, **added}).with_codes(codes)


def _new_table(name: str, schema: JsonObject) -> TableSchema:
    fields = [{**_texts(str(field["name"])), "type": "string", **field} for field in schema["fields"]]
    return TableSchema.of_any(name, {"optional": True, **_texts(name), **schema, "fields": fields})


def _patched(table: TableSchema, patch: JsonObject) -> TableSchema:
    changes: Mapping[str, JsonObject] = patch.get("fields", {})
    if not patch:
        return table
    fields = [replace(f, descriptor=_merged(f.descriptor, changes.get(f.name, {}))) for f in table.fields]
    words = {name: patch[name] for name in _WORDS & patch.keys()}
    descriptor = {**table.descriptor, **words, "fields": [field.descriptor for field in fields]}
    changed = replace(table, descriptor=descriptor, fields=tuple(fields))
    own = [{"name": name, **change} for name, change in changes.items() if name not in table.field_by_name]
    return changed.with_fields(own) if own else changed


def _merged(descriptor: JsonObject, change: JsonObject) -> JsonObject:
    """A field with a patch; a tightened limit of a column keeps the others."""
    if not change:
        return descriptor
    constraints = {**descriptor.get("constraints", {}), **change.get("constraints", {})}
    return {**descriptor, **change, **({"constraints": constraints} if constraints else {})}


def _texts(name: str) -> JsonObject:
    return {"title": name, "title_en": name, "description": "", "description_en": ""}
