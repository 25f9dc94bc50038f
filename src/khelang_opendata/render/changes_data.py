"""A difference as JSON for scripts (documented in docs/en/changes.md) and as CSV for a spreadsheet, in full."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from khelang_opendata.diff.compare import Change, Changes, RowChange, TableChanges
from khelang_opendata.diff.release_note import Summary
from khelang_opendata.diff.versioning import bump, needs_note
from khelang_opendata.files.serialize import csv_text
from khelang_opendata.model.characters import encodable, harmless
from khelang_opendata.model.wording import Language
from khelang_opendata.render.changes_words import Words
from khelang_opendata.render.report_csv import BOM

HEADER = (
    "change การเปลี่ยนแปลง",
    "meaning ความหมาย",
    "table ตาราง",
    "key รหัสของแถว",
    "row แถว",
    "field คอลัมน์",
    "title ชื่อคอลัมน์",
    "old ค่าเดิม",
    "new ค่าใหม่",
)


def changes_json(changes: Changes) -> str:
    """What differs as one JSON object: codes and values without prose."""
    content = {
        "old": asdict(changes.old),
        "new": asdict(changes.new),
        "bump": bump(changes).name.lower(),
        "needs_note": needs_note(changes),
        "summary": asdict(Summary.of(changes)),
        "metadata": [asdict(change) for change in changes.metadata],
        "tables": [asdict(table) for table in changes.tables],
    }
    return encodable(json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


def changes_csv(changes: Changes, language: Language) -> str:
    """What differs, one change a row, beginning with a BOM, without which Excel shows no Thai."""
    words = Words(language, 0, changes.new.schema)
    rows = (
        [harmless(cell) for cell in (code, words.say(f"changes_kind_{code}"), *cells)]
        for code, *cells in _changes(changes, words)
    )
    return BOM + encodable(csv_text([HEADER, *rows]))


def _changes(changes: Changes, words: Words) -> Iterator[tuple[str, ...]]:
    """The code of each change and its cells after the meaning."""
    if changes.schema_changed:
        yield "schema_changed", "", "", "", "conformsTo", "", changes.old.schema, changes.new.schema
    for table in changes.tables:
        if table.change is not Change.CHANGED:
            yield f"table_{table.change}", table.name, "", "", "", "", "", ""
        for name, columns in (("added", table.columns_added), ("removed", table.columns_removed)):
            for column in columns:
                yield f"column_{name}", table.name, "", "", column, words.column_title(table.name, column), "", ""
        for row in table.rows:
            yield from _changes_in(row, table, words)
    for change in changes.metadata:
        yield "metadata_changed", "", "", "", change.path, "", _json(change.old), _json(change.new)


def _changes_in(row: RowChange, table: TableChanges, words: Words) -> Iterator[tuple[str, ...]]:
    place = (table.name, ", ".join(row.key), str(row.row))
    if row.change is Change.CHANGED:
        for cell in row.cells:
            title = words.column_title(table.name, cell.field)
            yield "cell_changed", *place, cell.field, title, cell.old or "", cell.new or ""
        return
    whole = "; ".join(f"{cell.field}: {cell.old or cell.new}" for cell in row.cells)
    cells = ("", whole) if row.change is Change.ADDED else (whole, "")
    yield f"row_{row.change}", *place, "", "", *cells


def _json(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
