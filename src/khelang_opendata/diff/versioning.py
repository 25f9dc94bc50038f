"""The next version for a difference (Semantic Versioning of data), and whether the difference needs a note."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from khelang_opendata.diff.compare import Change, Changes, TableChanges
from khelang_opendata.standard.family import load_family, version_numbers
from khelang_opendata.standard.tables import Field, TableSchema

FIRST_VERSION = "1.0.0"

VERSION = re.compile(r"(?:0|[1-9][0-9]{0,8})(?:\.(?:0|[1-9][0-9]{0,8})){2}")
"""The versions that releases have: three numbers, without the leading zeros that Semantic Versioning forbids."""
_PRINTED = "_printed"
_BULK = 10
"""Cells of a column: so many are not corrected one by one."""
_LABELS = ("_no", "_be")
"""Ends of the names of columns whose numbers measure nothing: numbers in a list, and years."""


class Bump(IntEnum):
    """Which number of a version a difference raises; the greater one weighs more."""

    NONE = 0
    PATCH = 1
    MINOR = 2
    MAJOR = 3


def bump(changes: Changes) -> Bump:
    """Which number of the version the difference raises.

    MAJOR if a table or column was removed (renaming removes one and adds another) or the schema's major version
    differs; MINOR if rows were added or removed, a table or column was added, or the schema's minor version rose; PATCH
    if cells or metadata were corrected.
    """
    metadata = Bump.PATCH if changes.metadata else Bump.NONE
    return max(metadata, _of_schema(changes), *(_of_table(table) for table in changes.tables), Bump.NONE)


def next_version(last: str | None, changes: Changes | None, at_least: Bump = Bump.NONE) -> str:
    """The version of the next release.

    Args:
        last: the highest version ever released, including withdrawn ones; None before the first release.
        changes: the difference from the last release; None before the first release.
        at_least: what the publisher raises it to; it is never lowered.

    Returns:
        1.0.0 for the first release; ``last`` itself where nothing differs and nothing is raised.

    Raises:
        ValueError: ``last`` is no version of three numbers.
    """
    if last is None:
        return FIRST_VERSION
    if not VERSION.fullmatch(last):
        raise ValueError(last)
    major, minor, patch = version_numbers(last)
    match max(bump(changes) if changes else Bump.NONE, at_least):
        case Bump.MAJOR:
            return f"{major + 1}.0.0"
        case Bump.MINOR:
            return f"{major}.{minor + 1}.0"
        case Bump.PATCH:
            return f"{major}.{minor}.{patch + 1}"
    return last


def needs_note(changes: Changes) -> bool:
    """Whether the release needs a note: rows, columns or tables were removed, or figures or printed texts changed.

    A figure is a cell of a column of numbers that is no part of a key, no number in a list and no year. One that is
    only written differently (1 and 1.0) is the same figure. It needs one, too, where the document's own text changes
    in bulk (:func:`printed_in_bulk`).
    """
    tables = load_family(changes.new.schema).tables
    return any(
        table.change is Change.REMOVED
        or table.columns_removed
        or any(row.change is Change.REMOVED for row in table.rows)
        or _has_new_figures(table, tables.get(table.name))
        for table in changes.tables
    ) or any(printed_in_bulk(changes))


class PrintedChange(NamedTuple):
    """A column that keeps the document's own text, and how many of its cells differ."""

    table: str
    field: str
    cells: int


def printed_in_bulk(changes: Changes) -> Iterator[PrintedChange]:
    """The columns of printed text of which many cells differ.

    The document did not change, so a program did it, as one that reads ๓๐๐,๐๐๐ and writes 300000.
    """
    for table in changes.tables:
        cells = (cell.field for row in table.rows if row.change is Change.CHANGED for cell in row.cells)
        for field, count in Counter(name for name in cells if name.endswith(_PRINTED)).items():
            if count >= _BULK:
                yield PrintedChange(table.name, field, count)


def _of_table(table: TableChanges) -> Bump:
    kinds = {row.change for row in table.rows}
    if table.change is Change.REMOVED or table.columns_removed:
        return Bump.MAJOR
    if table.change is Change.ADDED or table.columns_added or kinds & {Change.ADDED, Change.REMOVED}:
        return Bump.MINOR
    return Bump.PATCH


def _of_schema(changes: Changes) -> Bump:
    """The number in which the schema rose; going back takes something away, which is MAJOR."""
    (old_family, _, was), (new_family, _, now) = (side.schema.rpartition("/") for side in (changes.old, changes.new))
    old, new = version_numbers(was), version_numbers(now)
    if old_family != new_family or new < old:
        return Bump.MAJOR
    raised = (bump for bump, was, now in zip((Bump.MAJOR, Bump.MINOR, Bump.PATCH), old, new, strict=True) if was != now)
    return next(raised, Bump.NONE)


def _has_new_figures(table: TableChanges, schema: TableSchema | None) -> bool:
    figures = {field.name: field for field in schema.fields if _is_figure(field, schema)} if schema else {}
    for cell in (cell for row in table.rows if row.change is Change.CHANGED for cell in row.cells):
        if field := figures.get(cell.field):
            old = field.value(cell.old or "")
            if old is None or old != field.value(cell.new or ""):
                return True
    return False


def _is_figure(field: Field, schema: TableSchema) -> bool:
    if field.name in schema.primary_key or field.name.endswith(_LABELS):
        return False
    return field.descriptor["type"] in ("integer", "number")
