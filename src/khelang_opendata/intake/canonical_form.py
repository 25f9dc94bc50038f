"""The canonical form of a package's tables: one order, plain text, one way to write CSV; no meaning changes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from khelang_opendata.files.serialize import BOM, csv_text, hash_of, json_bytes
from khelang_opendata.intake import notice
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, Resource
from khelang_opendata.package.listing import TABLE_FORM
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject, TableSchema
from khelang_opendata.tableschema.dialect import Row, TableUnreadable
from khelang_opendata.validation.rules.text_values import normal_text

_LONGEST_SHOWN = 80

_OF_FORM = ("encoding", "dialect")
"""Properties of a resource that say how its file is written."""


class FormChangeKind(StrEnum):
    """What a change of form is about."""

    TEXT = "text"
    COLUMNS = "columns"
    ORDER = "order"
    BLANK = "blank"
    FILE = "file"


@dataclass(frozen=True)
class FormChange:
    """One change: the file, and for a text its row as a spreadsheet counts it, its column, and both texts."""

    kind: FormChangeKind
    path: str
    row: int | None = None
    field: str = ""
    before: str = ""
    after: str = ""

    def text(self, language: Language) -> str:
        """What changes, in a sentence."""
        facts: dict[str, str | int] = {"path": self.path}
        if self.row is not None:
            facts["row"] = self.row
        if self.field:
            facts["field"] = self.field
            facts |= {"before": self.before[:_LONGEST_SHOWN], "after": self.after[:_LONGEST_SHOWN]}
        return notice(f"fmt_{self.kind}", language, **facts)


@dataclass(frozen=True)
class CanonicalForm:
    """The files that differ from their canonical form, as they are in it, and every change."""

    files: Mapping[str, bytes]
    changes: Sequence[FormChange]


def canonical_form(package: Package, family: SchemaFamily) -> CanonicalForm:
    """The tables of a package in canonical form.

    Columns come in the order of the standard, the package's own after them in theirs. The rows of one record come
    together: in the order of the table that the first column of the key refers to, else in that of their first row,
    and then by the numbers of the key. Tables of a key of one column keep the order of their rows, which is that of the
    document. Text is as :func:`normal_text` has it; blank rows go. A file is CSV of RFC 4180 in UTF-8, with commas and
    LF, and a byte order mark where it had one.

    Tables in several files or in the descriptor stay as they are, and so do those that the package adds.

    Args:
        package: the package.
        family: its schemas, with the columns that it adds.

    Raises:
        DataError: a file is no table of its columns.
    """
    files: dict[str, bytes] = {}
    changes: list[FormChange] = []
    ids: dict[str, list[str]] = {}
    found = {r.name: r for r in package.resources if r.name in family.tables and r.data is not None}
    for name, schema in family.tables.items():
        if name in found and isinstance(found[name].descriptor.get("path"), str):
            resource = found[name]
            header, rows, of_table = _arranged(resource, schema, ids)
            ids[name] = _ids(header, rows, schema)
            data = _csv(resource, [header, *rows])
            if data != resource.data:
                files[resource.path] = data
                changes += of_table or [FormChange(FormChangeKind.FILE, resource.path)]
    descriptor = _descriptor(package, files)
    if descriptor is not None:
        files[DESCRIPTOR] = descriptor
        changes.append(FormChange(FormChangeKind.FILE, DESCRIPTOR))
    return CanonicalForm(files, changes)


def _arranged(
    resource: Resource, schema: TableSchema, ids: Mapping[str, Sequence[str]]
) -> tuple[Row, list[Row], list[FormChange]]:
    """The heading and the rows of a table, each with its columns in order, and what changes."""
    header, rows = _read(resource)
    places = {name: at for at, name in enumerate(schema.field_by_name)}
    order = sorted(range(len(header)), key=lambda at: places.get(header[at], len(places)))
    columns = [header[at] for at in order]
    changes = [FormChange(FormChangeKind.COLUMNS, resource.path)] if columns != header else []
    filled = [(number, row) for number, row in rows if any(row)]
    if len(filled) < len(rows):
        blank = next(number for number, row in rows if not any(row))
        changes.append(FormChange(FormChangeKind.BLANK, resource.path, blank))
    tidy: list[Row] = []
    for number, row in filled:
        cells = [_normal(schema, label, cell) for label, cell in zip(header, row, strict=True)]
        pairs = zip(header, row, cells, strict=True)
        changes += [
            FormChange(FormChangeKind.TEXT, resource.path, number, label, old, new)
            for label, old, new in pairs
            if old != new
        ]
        tidy.append([cells[at] for at in order])
    ordered = _ordered(columns, tidy, schema, ids)
    if ordered != tidy:
        changes.append(FormChange(FormChangeKind.ORDER, resource.path))
    return columns, ordered, changes


def _read(resource: Resource) -> tuple[Row, list[tuple[int, Row]]]:
    """The heading of a file, and its rows with the numbers that a spreadsheet shows."""
    try:
        table = resource.table
    except TableUnreadable as error:
        raise DataError("table_formless", path=resource.path, code=error.code) from error
    header = table.header
    for row in table.rows:
        if any(row) and len(row) != len(header):
            raise DataError("table_formless", path=resource.path, code="row_incomplete")
    if len(set(header)) < len(header):
        raise DataError("table_formless", path=resource.path, code="header_wrong")
    return header, [(table.number(at), row) for at, row in enumerate(table.rows, 2)]


def _normal(schema: TableSchema, label: str, cell: str) -> str:
    field = schema.field_by_name.get(label)
    is_text = field is not None and cell and field.descriptor.get("type", "string") in ("string", "any")
    return normal_text(field, cell) if field is not None and is_text else cell


def _ordered(
    columns: Sequence[str], rows: Sequence[Row], schema: TableSchema, ids: Mapping[str, Sequence[str]]
) -> list[Row]:
    """The rows of one record together."""
    key = [columns.index(name) for name in schema.primary_key if name in columns]
    if len(key) < max(len(schema.primary_key), 2):
        return [*rows]
    first, *further = key
    known = [*ids.get(_referred(schema, columns[first]), ()), *(row[first] for row in rows)]
    places = {id_: at for at, id_ in reversed([*enumerate(known)])}
    return sorted(rows, key=lambda row: (places[row[first]], [_natural(row[at]) for at in further]))


def _ids(columns: Sequence[str], rows: Sequence[Row], schema: TableSchema) -> list[str]:
    """The ids of a table's records, in its order; none where its key has several columns."""
    if len(schema.primary_key) != 1 or schema.primary_key[0] not in columns:
        return []
    at = columns.index(schema.primary_key[0])
    return [row[at] for row in rows]


def _referred(schema: TableSchema, column: str) -> str:
    """The table that a column alone refers to; empty for none."""
    keys = (key for key in schema.foreign_keys if key["fields"] in (column, [column]))
    return next((str(key["reference"]["resource"]) for key in keys), "")


def _natural(text: str) -> list[tuple[int, str]]:
    """A part of a key to sort by: numbers in it by their values."""
    parts: Iterator[str] = (part for part in re.split(r"([0-9]+)", text[:200]) if part)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _csv(resource: Resource, rows: Sequence[Row]) -> bytes:
    begin = BOM if resource.data is not None and resource.data.startswith(BOM) else b""
    return begin + csv_text(rows).encode()


def _descriptor(package: Package, files: Mapping[str, bytes]) -> bytes | None:
    """The descriptor with the form and the hashes of the files that change; None where it stays as it is."""
    data = (package.root / DESCRIPTOR).read_bytes()
    descriptor: JsonObject = json.loads(data)  # as the file is: the package's has the schemas read in
    changed = False
    for entry in descriptor["resources"]:
        if entry.get("path") in files:
            now = {name: TABLE_FORM[name] for name in _OF_FORM if name in entry}
            now |= _measures(entry, files[entry["path"]])
            changed = changed or any(entry[name] != value for name, value in now.items())
            entry.update(now)
    return json_bytes(descriptor) if changed else None


def _measures(entry: JsonObject, data: bytes) -> dict[str, Any]:
    known = {"hash": hash_of(data), "bytes": len(data)}
    return {name: value for name, value in known.items() if name in entry}
