"""A difference as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.diff.compare import CellChange, Change, Changes, TableChanges
from khelang_opendata.diff.metadata import MetadataChange
from khelang_opendata.diff.release_note import TableCounts
from khelang_opendata.diff.versioning import needs_note, printed_in_bulk
from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.wording import Language
from khelang_opendata.render.changes_words import Words

_LISTED = 20
_LONGEST_CELL = 60
_SIGNS = {Change.ADDED: "+", Change.CHANGED: "~", Change.REMOVED: "-"}


def changes_text(changes: Changes, language: Language) -> str:
    """What differs, by table; long lists are cut, with the count of what is left out."""
    return encodable("\n".join(_lines(changes, Words(language, _LONGEST_CELL, changes.new.schema))) + "\n")


def _lines(changes: Changes, words: Words) -> Iterator[str]:
    if changes:
        yield from (words.heading(changes), "")
    if changes.schema_changed:
        yield from (f"{words.say('changes_standard')}: {changes.old.schema} → {changes.new.schema}", "")
    for table in changes.tables:
        yield from _table(table, words)
    yield from _metadata(changes.metadata, words)
    for printed in printed_in_bulk(changes):
        field = words.column(printed.table, printed.field)
        yield words.say("changes_printed_in_bulk", table=printed.table, field=field, count=printed.cells)
    yield words.verdict(changes)
    if needs_note(changes):
        yield words.say("changes_note_needed")


def _table(table: TableChanges, words: Words) -> Iterator[str]:
    yield f"{words.table(table.name)}: {words.table_counts(TableCounts.of(table))}"
    yield from (f"  {kind}: {column}" for kind, column in words.columns(table))
    for row in table.rows[:_LISTED]:
        yield f"  {_SIGNS[row.change]} {visible(', '.join(row.key))}"
        if row.change is Change.CHANGED:
            yield from (_cell(cell, table, words) for cell in row.cells)
        elif whole := words.whole(table, row):
            yield f"      {whole}"
    yield from _left_out(len(table.rows), words)
    yield ""


def _cell(cell: CellChange, table: TableChanges, words: Words) -> str:
    old, new = words.pair(cell.old or "", cell.new or "")
    return f"      {words.column(table.name, cell.field)}: {old} → {new}"


def _metadata(metadata: tuple[MetadataChange, ...], words: Words) -> Iterator[str]:
    if not metadata:
        return
    yield f"{words.say('changes_metadata')}: {words.say('changes_properties', count=len(metadata))}"
    for change in metadata[:_LISTED]:
        old, new = words.values(change.old, change.new)
        yield f"  {visible(change.path)}: {old} → {new}"
    yield from _left_out(len(metadata), words)
    yield ""


def _left_out(count: int, words: Words) -> Iterator[str]:
    if count > _LISTED:
        yield f"  {words.say('changes_more', count=count - _LISTED)}"
