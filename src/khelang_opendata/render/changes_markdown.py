"""A difference as Markdown, which a release carries as CHANGES.md."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.diff.compare import Change, Changes, RowChange, TableChanges
from khelang_opendata.diff.metadata import MetadataChange
from khelang_opendata.diff.release_note import Summary
from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.wording import Language
from khelang_opendata.render.changes_words import Words
from khelang_opendata.render.markdown import inline

_LISTED = 100
_LONGEST_CELL = 200


def changes_markdown(changes: Changes, language: Language) -> str:
    """What differs as a page: in numbers, then by table, then in the metadata; long lists are cut with a count."""
    return encodable("\n".join(_lines(changes, Words(language, _LONGEST_CELL, changes.new.schema))) + "\n")


def _lines(changes: Changes, words: Words) -> Iterator[str]:
    yield from (f"# {inline(words.heading(changes))}", "")
    yield words.verdict(changes)
    if changes:
        yield ""
        yield from (f"- {inline(label)}: {inline(line)}" for label, line in words.summary(Summary.of(changes)))
    for table in changes.tables:
        yield from _table(table, words)
    yield from _metadata(changes.metadata, words)


def _table(table: TableChanges, words: Words) -> Iterator[str]:
    yield from ("", f"## {inline(words.table(table.name))}")
    columns = [f"- {kind}: {inline(column)}" for kind, column in words.columns(table)]
    if columns:
        yield from ("", *columns)
    if not table.rows:
        return
    yield from ("", _heading(words, "changes_row", "changes_column", "changes_before", "changes_after"))
    for row in table.rows[:_LISTED]:
        yield from _row(row, table, words)
    yield from _left_out(len(table.rows), words)


def _row(row: RowChange, table: TableChanges, words: Words) -> Iterator[str]:
    key = inline(visible(", ".join(row.key)))
    if row.change is Change.CHANGED:
        for cell in row.cells:
            old, new = map(inline, words.pair(cell.old or "", cell.new or ""))
            yield f"| {key} | {inline(words.column(table.name, cell.field))} | {old} | {new} |"
        return
    kind, whole = words.say(f"changes_kind_row_{row.change}"), inline(words.whole(table, row))
    cells = ("", whole) if row.change is Change.ADDED else (whole, "")
    yield f"| {key} | *{kind}* | {cells[0]} | {cells[1]} |"


def _metadata(metadata: tuple[MetadataChange, ...], words: Words) -> Iterator[str]:
    if not metadata:
        return
    yield from ("", f"## {words.say('changes_metadata')}", "")
    yield _heading(words, "changes_property", "changes_before", "changes_after")
    for change in metadata[:_LISTED]:
        old, new = words.values(change.old, change.new)
        yield f"| {inline(change.path)} | {inline(old)} | {inline(new)} |"
    yield from _left_out(len(metadata), words)


def _heading(words: Words, *names: str) -> str:
    return f"| {' | '.join(words.say(name) for name in names)} |\n|{' --- |' * len(names)}"


def _left_out(count: int, words: Words) -> Iterator[str]:
    if count > _LISTED:
        yield from ("", words.say("changes_more", count=count - _LISTED))
