"""Codes of open codelists, which the Table Schema standard cannot judge: others are allowed, with a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable

CODE_UNKNOWN = Rule("code_unknown", Severity.WARNING, __file__)


def check_codes(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """Report codes that an open codelist does not know."""
    for table in tables.values():
        for position, field in enumerate(table.columns):
            if field and field.descriptor.get("openCodelist"):
                yield from _unknown_codes(table, position, field)


def _unknown_codes(table: HeadedTable, position: int, field: Field) -> Iterator[Issue]:
    cells = [cells[position] if position < len(cells) else "" for cells in table.table.rows]
    written = {*cells} - {""}
    known = field.open_codes if written else None
    if known is None:
        return
    unknown = {cell for cell in written.difference(known) if _is_code(cell)}
    for row, cell in enumerate(cells, 2) if unknown else ():
        if cell in unknown:
            place, record = table.place(row, field.name, cell), table.id_of(row)
            codelist = str(field.descriptor["codelist"])
            yield CODE_UNKNOWN.issue(place, codelist=codelist, near=_nearest(cell, known), record=record)


@lru_cache(maxsize=1024)
def _nearest(cell: str, known: tuple[str, ...]) -> str:
    """The codes that a cell may mean."""
    from difflib import get_close_matches  # noqa: PLC0415 (2 ms to import)

    return ", ".join(get_close_matches(cell, known, n=3, cutoff=0.5)) or "-"


def _is_code(cell: str) -> bool:
    """Whether a cell is written as a code at all; one that is not has an issue of its own."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", cell) is not None
