"""Codes of open codelists, which the Table Schema standard cannot judge: others are allowed, with a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import Issue
from khelang_opendata.validation.headings import HeadedTable


def check_codes(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """Report codes that an open codelist does not know."""
    for table in tables.values():
        for position, field in enumerate(table.columns):
            if field is None or field.open_codes is None:
                continue
            for row, cells in enumerate(table.table.rows, 2):
                cell = cells[position] if position < len(cells) else ""
                if cell not in field.open_codes and _is_code(cell):
                    near = ", ".join(get_close_matches(cell, field.open_codes, n=3, cutoff=0.5)) or "-"
                    codelist = str(field.descriptor["codelist"])
                    place, record = table.place(row, field.name, cell), table.id_of(row)
                    yield issue("code_unknown", place, codelist=codelist, near=near, record=record)


def _is_code(cell: str) -> bool:
    """Whether a cell is written as a code at all; one that is not has an issue of its own."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", cell) is not None
