"""The heading of a table against the fields of its schema (Table Schema, ``fieldsMatch``), seen before any engine."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from khelang_opendata.tableschema.columns import JsonObject
from khelang_opendata.tableschema.compiled import TableSource
from khelang_opendata.tableschema.dialect import Dialect
from khelang_opendata.tableschema.findings import Finding, FindingType

_MORE_COLUMNS, _FEWER_COLUMNS = ("subset", "partial"), ("superset", "partial")
"""The values of ``fieldsMatch`` with which a table may have more columns than its schema, or fewer."""


def headed(source: TableSource) -> tuple[TableSource, list[Finding]]:
    """A table with its fields in the order of the file's columns, and what is wrong with its heading.

    Where anything is wrong with the heading, no cell can be judged. A column without a field may hold anything, and a
    field without a column is left out, with the keys that it belongs to.

    Raises:
        SchemaInvalid: its schema is none that the standard's profile takes.
        DialectUnsupported: the file is written in a way that is not read here.
        TableUnreadable: the file is no table.
    """
    source, labels = _with_null_sequence(source), source.heading()
    names = [str(field["name"]) for field in source.schema["fields"]]
    if labels is None or labels == names:
        return source, []
    if not any(label.strip() for label in labels):
        return source, [Finding(FindingType.BLANK_HEADER, source.first_row - 1)]
    match = _match_of(source.schema)
    found = list(_by_order(labels, names) if match == "exact" else _by_name(labels, names, source.schema, match))
    if found:
        row = source.first_row - 1
        return source, [Finding(kind, row, field, label) for kind, field, label in found]
    return replace(source, schema=_in_order_of(labels, source.schema)), []


def _match_of(schema: JsonObject) -> str:
    match = schema.get("fieldsMatch", "exact")
    return str(match if isinstance(match, str) else match[0])


def _with_null_sequence(source: TableSource) -> TableSource:
    """A table whose dialect's ``nullSequence`` is one of the missing values of each field."""
    null = Dialect.of(source.dialect).null_sequence
    if null is None:
        return source
    schema, missing = source.schema, source.schema.get("missingValues", [""])
    fields = [{**f, "missingValues": _with_value(f.get("missingValues", missing), null)} for f in schema["fields"]]
    return replace(source, schema={**schema, "fields": fields})


def _with_value(missing: Sequence[object], null: str) -> list[object]:
    return [*missing, {"value": null} if missing and isinstance(missing[0], dict) else null]


_Found = tuple[FindingType, str | None, str | None]


def _by_order(labels: Sequence[str], names: Sequence[str]) -> Iterator[_Found]:
    seen: set[str] = set()
    for place, label in enumerate(labels):
        due = names[place] if place < len(names) else None
        if due is None:
            yield FindingType.EXTRA_LABEL, None, label
        elif label != due:
            kind = FindingType.INCORRECT_LABEL
            if not label.strip():
                kind = FindingType.BLANK_LABEL
            elif label in seen:
                kind = FindingType.DUPLICATE_LABEL
            yield kind, due, label
        seen.add(label)
    for name in names[len(labels) :]:
        yield FindingType.MISSING_LABEL, name, None


def _by_name(labels: Sequence[str], names: Sequence[str], schema: JsonObject, match: str) -> Iterator[_Found]:
    known, seen = {*names}, set[str]()
    for label in labels:
        if label in known and label in seen:
            yield FindingType.DUPLICATE_LABEL, label, label
        elif label not in known and match not in _MORE_COLUMNS:
            yield FindingType.EXTRA_LABEL if label.strip() else FindingType.BLANK_LABEL, None, label
        seen.add(label)
    missing = [name for name in names if name not in seen]
    if match in _FEWER_COLUMNS and len(missing) < len(names):
        missing = [name for name in missing if name in _needed(schema)]
    for name in missing:
        yield FindingType.MISSING_LABEL, name, None


def _needed(schema: JsonObject) -> set[str]:
    """The fields that must have values, so that a table cannot be without them."""
    key = schema.get("primaryKey", ())
    required = {f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")}
    return required.union([key] if isinstance(key, str) else key)


def _in_order_of(labels: Sequence[str], schema: JsonObject) -> JsonObject:
    by_name = {field["name"]: field for field in schema["fields"]}
    taken = by_name.keys() - {*labels}
    fields = []
    for place, label in enumerate(labels, 1):
        unknown = {"name": _unused(f"column {place}", by_name), "type": "any"}
        fields.append(by_name.get(label, unknown))
    found = {**schema, "fields": fields, "fieldsMatch": "exact"}
    for property_ in ("uniqueKeys", "foreignKeys"):
        kept = [key for key in schema.get(property_, ()) if taken.isdisjoint(_fields_of(key))]
        found = {name: value for name, value in found.items() if name != property_} | (
            {property_: kept} if kept else {}
        )
    return found


def _unused(name: str, known: Container[str]) -> str:
    return name if name not in known else _unused(f"{name}_", known)


def _fields_of(key: JsonObject | list[str]) -> Sequence[str]:
    """The fields of a foreign key, or of a unique one."""
    fields = key["fields"] if isinstance(key, dict) else key
    return [fields] if isinstance(fields, str) else fields
