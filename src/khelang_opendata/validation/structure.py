"""Rows, cells, keys and references. The engine is frictionless; its results become issues of our catalogue.

frictionless sees only records that were already read and headed: never the descriptor, a path or a dialect.
One cause gives one issue: a shifted row is not also a row of wrong types, and an id that is missing from its
table is reported where it is first used, with how often, not once a row.
"""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import Issue
from khelang_opendata.schema import JsonObject
from khelang_opendata.validation.headings import HeadedTable

if TYPE_CHECKING:
    from frictionless import Error

_CONSTRAINTS = {
    "required": "value_missing",
    "pattern": "pattern_mismatch",
    "enum": "value_not_allowed",
    "minimum": "value_out_of_range",
    "maximum": "value_out_of_range",
    "minLength": "length_wrong",
    "maxLength": "length_wrong",
}
_NOT_FINITE = re.compile(r"\s*[+-]?s?(nan\d*|inf|infinity)\s*\Z", re.IGNORECASE)
_WEIGHT = ["value_missing", "type_wrong", "value_not_allowed", "pattern_mismatch", "length_wrong", "value_out_of_range"]


def check_structure(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """Check every row of the tables whose heading is known, and the references between them."""
    for name, errors in _run_frictionless(tables).items():
        yield from _translate(tables[name], tables, errors)


def _run_frictionless(tables: Mapping[str, HeadedTable]) -> dict[str, list[Error]]:
    if not tables:
        return {}
    from frictionless import Package  # noqa: PLC0415 (170 ms to import)

    package = Package.from_descriptor({"name": "package", "resources": [_resource(t, tables) for t in tables.values()]})
    report = package.validate(limit_errors=sys.maxsize)
    return {str(task.name): task.errors for task in report.tasks}


def _resource(table: HeadedTable, tables: Mapping[str, HeadedTable]) -> JsonObject:
    fields = [_field(column.descriptor) if column else {"type": "any"} for column in table.columns]
    for position, field in enumerate(fields):
        field.setdefault("name", f"column {position + 1}")
    schema: JsonObject = {"fields": fields, "missingValues": table.schema.descriptor["missingValues"]}
    if all(table.position(name) is not None for name in table.schema.primary_key):
        schema["primaryKey"] = list(table.schema.primary_key)
    schema["foreignKeys"] = [key for key in table.schema.foreign_keys if _is_checkable(key, table, tables)]
    data = [[field["name"] for field in fields], *_finite_rows(table)]
    return {"name": table.schema.name, "data": data, "schema": schema}


def _finite_rows(table: HeadedTable) -> Iterator[list[str]]:
    """The rows, with NaN and infinity made into text: the standard calls them numbers, but they are no amount,
    and frictionless fails where it compares them with a minimum."""
    numeric = [i for i, field in enumerate(table.columns) if field and field.descriptor["type"] == "number"]
    for cells in table.table.rows:
        strange = [i for i in numeric if i < len(cells) and _NOT_FINITE.match(cells[i])]
        yield [f"text {cell}" if i in strange else cell for i, cell in enumerate(cells)] if strange else cells


def _field(descriptor: JsonObject) -> JsonObject:
    keep = ("name", "type", "format", "constraints", "trueValues", "falseValues")
    return {key: descriptor[key] for key in keep if key in descriptor}


def _is_checkable(key: JsonObject, table: HeadedTable, tables: Mapping[str, HeadedTable]) -> bool:
    target = tables.get(key["reference"]["resource"] or table.schema.name)
    return (
        target is not None
        and all(table.position(name) is not None for name in key["fields"])
        and all(target.position(name) is not None for name in key["reference"]["fields"])
    )


def _translate(table: HeadedTable, tables: Mapping[str, HeadedTable], errors: Iterable[Error]) -> Iterator[Issue]:
    by_row: defaultdict[int, list[Any]] = defaultdict(list)
    for error in errors:
        by_row[error.row_number].append(error)  # type: ignore[attr-defined]
    references = _References(table, tables, (e for row in by_row.values() for e in row if e.type == "foreign-key"))
    for row in sorted(by_row):
        yield from _row_issues(table, row, by_row[row], references)


def _row_issues(table: HeadedTable, row: int, errors: list[Any], references: _References) -> Iterator[Issue]:
    types = Counter(error.type for error in errors)
    if "blank-row" in types:
        yield issue("row_blank", table.place(row))
    elif "extra-cell" in types:
        extra = next(e for e in errors if e.type == "extra-cell")
        expected = len(table.columns)
        found = expected + types["extra-cell"]
        yield issue("cell_extra", table.place(row, None, extra.cell), expected=expected, found=found)
    elif "missing-cell" in types:
        first = next(e for e in errors if e.type == "missing-cell")
        expected = len(table.columns)
        found = expected - types["missing-cell"]
        yield issue("cell_missing", table.place(row, first.field_name), expected=expected, found=found)
    else:
        yield from _sound_row_issues(table, row, errors, references)


def _sound_row_issues(table: HeadedTable, row: int, errors: list[Any], references: _References) -> Iterator[Issue]:
    cells: dict[str, Issue] = {}
    for error in errors:
        if error.type in ("type-error", "constraint-error"):
            found = _cell_issue(table, row, error)
            known = cells.get(error.field_name)
            if known is None or _WEIGHT.index(found.code) < _WEIGHT.index(known.code):
                cells[error.field_name] = found
    yield from cells.values()
    for error in errors:
        if error.type == "primary-key" and not cells.keys() & set(table.schema.primary_key):
            yield _key_issue(table, row, error.note)
        elif error.type == "foreign-key":
            yield from references.issue_at(row, error)


def _cell_issue(table: HeadedTable, row: int, error: Any) -> Issue:
    field = table.schema.field_by_name[error.field_name]
    position = table.position(field.name)
    cell = table.table.rows[row - 2][position] if position is not None else ""
    place = table.place(row, field.name, cell)
    example = str(field.descriptor.get("example", ""))
    if error.type == "type-error":
        kind = str(field.descriptor["type"])
        return issue("type_wrong", place, variant=kind, example=example)
    match = re.match(r'constraint "(\w+)" is', error.note)
    assert match, f"frictionless changed the note of its constraint-error: {error.note}"
    constraint = match[1]
    limit = field.descriptor["constraints"][constraint]
    shown = ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)
    code = _CONSTRAINTS[constraint]
    if code in ("value_out_of_range", "length_wrong"):
        return issue(code, place, variant=constraint, limit=shown, length=len(cell))
    return issue(code, place, allowed=shown, example=example)


def _key_issue(table: HeadedTable, row: int, note: str) -> Issue:
    key = table.schema.primary_key
    positions = [p for name in key if (p := table.position(name)) is not None]
    value = ", ".join(table.table.rows[row - 2][p] for p in positions)
    first = re.search(r"position (\d+)", note)
    assert first, f"frictionless changed the note of its primary-key error: {note}"
    single = key[0] if len(key) == 1 else None
    place = table.place(row, single, value if single else None)
    return issue("key_duplicate", place, key=" + ".join(key), value=value, first_row=int(first[1]))


class _References:
    """The broken references of one table: how often each missing value is used, and where it stands first."""

    def __init__(self, table: HeadedTable, tables: Mapping[str, HeadedTable], errors: Iterable[Any]) -> None:
        self.table = table
        self.uses: Counter[tuple[str, str]] = Counter()
        self.first: dict[tuple[str, str], int] = {}
        self.present: dict[str, set[str]] = {}
        self.targets: dict[str, tuple[str, str]] = {}
        for key in table.schema.foreign_keys:
            target = tables.get(key["reference"]["resource"] or table.schema.name)
            field, target_field = key["fields"][0], key["reference"]["fields"][0]
            if target is not None and (position := target.position(target_field)) is not None:
                self.present[field] = {row[position] for row in target.table.rows if position < len(row)}
                self.targets[field] = (target.schema.name, target_field)
        for error in errors:
            use = (error.field_names[0], error.field_cells[0])
            self.uses[use] += 1
            self.first[use] = min(self.first.get(use, error.row_number), error.row_number)

    def issue_at(self, row: int, error: Any) -> Iterator[Issue]:
        """The issue of a broken reference, on the first row that uses the value.

        A value that its table does have, in a row that has an issue of its own, is not reported again.
        """
        field, value = error.field_names[0], error.field_cells[0]
        if self.first[field, value] == row and value not in self.present[field]:
            target, target_field = self.targets[field]
            uses = self.uses[field, value]
            place = self.table.place(row, field, value)
            yield issue("reference_missing", place, target=target, target_field=target_field, uses=uses)
