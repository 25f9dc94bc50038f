"""What every written form of a difference says: labels of tables and columns, counts, and cells cut to be read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from khelang_opendata.diff.compare import Change, Changes, RowChange, TableChanges
from khelang_opendata.diff.release_note import Summary, TableCounts
from khelang_opendata.diff.versioning import Bump, bump
from khelang_opendata.model.characters import visible
from khelang_opendata.model.wording import Language
from khelang_opendata.render import notice
from khelang_opendata.standard.family import CURRENT, load_family
from khelang_opendata.standard.tables import TableSchema

_BEFORE_DIFFERENCE = 12
"""Letters shown of what two long texts have in common before they differ."""

_THAI_MARK = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_ODD_SPACE = re.compile(r"\A | \Z|(?<= ) | (?= )")


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, with the titles of one version of the schema; ``limit`` is the length of a cell."""

    language: Language
    limit: int
    schema: str = CURRENT

    def say(self, name: str, /, **params: str | int | float) -> str:
        return notice(name, self.language, **params)

    def table(self, name: str) -> str:
        """A table's name, with its title where the schema knows it."""
        schema = self._schema(name)
        return f"{name} ({self._title(schema.descriptor)})" if schema else visible(name)

    def column(self, table: str, name: str) -> str:
        """A column's name, with its title where the schema knows it."""
        title = self.column_title(table, name)
        return f"{name} ({title})" if title else visible(name)

    def column_title(self, table: str, name: str) -> str:
        """A column's title; empty where the schema does not know the column."""
        schema = self._schema(table)
        field = schema.field_by_name.get(name) if schema else None
        return self._title(field.descriptor) if field else ""

    def columns(self, table: TableChanges) -> Iterator[tuple[str, str]]:
        """The columns that were added or removed: what happened, and the column's name with its title."""
        for name, columns in (("added", table.columns_added), ("removed", table.columns_removed)):
            for column in columns:
                yield self.say(f"changes_kind_column_{name}"), self.column(table.name, column)

    def heading(self, changes: Changes) -> str:
        """From which version to which; a package that is not released yet has the last release's still."""
        old, new = (visible(side.version) or "-" for side in (changes.old, changes.new))
        return self.say("changes_since", old=old) if old == new else self.say("changes_from_to", old=old, new=new)

    def table_counts(self, counts: TableCounts) -> str:
        parts = [self.say(f"changes_table_{counts.change}")] if counts.change is not Change.CHANGED else []
        for name in ("columns_added", "columns_removed", "rows_added", "cells_changed", "rows_removed"):
            if count := getattr(counts, name):
                parts.append(self.say(f"changes_{name}", count=count))
        return self.say("changes_comma").join(parts)

    def summary(self, summary: Summary) -> Iterator[tuple[str, str]]:
        """What differs where: a label and a line for the schema, each table and the metadata."""
        if summary.schema:
            yield self.say("changes_standard"), visible(summary.schema)
        for counts in summary.tables:
            yield self.table(counts.name), self.table_counts(counts)
        if summary.metadata:
            yield self.say("changes_metadata"), self.say("changes_properties", count=summary.metadata)

    def verdict(self, changes: Changes) -> str:
        raised = bump(changes)
        return self.say("changes_none") if raised is Bump.NONE else self.say(f"changes_bump_{raised.name.lower()}")

    def whole(self, table: TableChanges, row: RowChange) -> str:
        """The content of an added or removed row without its key, cut to twice the length of a cell."""
        beside = (c for c in row.cells if c.field not in table.key and c.field != "plan_id")
        return _cut(visible("; ".join(f"{c.field}: {c.old or c.new}" for c in beside)), 2 * self.limit)

    def pair(self, old: str, new: str) -> tuple[str, str]:
        """Two texts that differ, each cut to the length of a cell so that the first difference is seen.

        Spaces at the ends and beside others, which do not show by themselves, are signs.
        """
        was, now = (_ODD_SPACE.sub("␣", visible(text)) for text in (old, new))
        if max(len(was), len(now)) > self.limit:
            start = _start(was, now)
            was, now = (f"…{text[start:]}" if start else text for text in (was, now))
        empty = self.say("empty")
        return _cut(was, self.limit) or empty, _cut(now, self.limit) or empty

    def values(self, old: Any, new: Any) -> tuple[str, str]:
        absent = self.say("changes_absent")
        was, now = ("" if value is None else json.dumps(value, ensure_ascii=False) for value in (old, new))
        shown = self.pair(was, now)
        return (absent if old is None else shown[0], absent if new is None else shown[1])

    def _schema(self, table: str) -> TableSchema | None:
        return load_family(self.schema).tables.get(table)

    def _title(self, descriptor: dict[str, Any]) -> str:
        return str(descriptor["title" if self.language is Language.TH else "title_en"])


def _start(old: str, new: str) -> int:
    """Where to begin showing two texts: a little before they differ."""
    pairs = enumerate(zip(old, new, strict=False))
    differs = next((position for position, (was, now) in pairs if was != now), min(len(old), len(new)))
    return _before_letter(old, max(0, differs - _BEFORE_DIFFERENCE))


def _cut(text: str, limit: int) -> str:
    """A text of up to so many characters. Their width would depend on the version of a library's tables."""
    return text if len(text) <= limit else f"{text[: _before_letter(text, limit - 1)]}…"


def _before_letter(text: str, position: int) -> int:
    """The position, or one before it where it would part a Thai letter from its marks."""
    while position and _THAI_MARK.match(text, position):
        position -= 1
    return position
