"""Codes of open codelists, which the Table Schema standard cannot judge: others are allowed, with a warning.

A package adds codes of its own, with their titles, in the table ``codes``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.codelists import Code, own_codes_of
from khelang_opendata.standard.family import SchemaFamily, load_family
from khelang_opendata.standard.tables import Field
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.layout import laid_out

CODE_UNKNOWN = Rule("code_unknown", Severity.WARNING, __file__)
CODE_NOT_ADDED = Rule("code_not_added", Severity.WARNING, __file__)

OWN_CODES = "codes"
"""The table in which a package adds codes to open codelists."""


def own_codes(package: Package) -> Mapping[str, Mapping[str, Code]]:
    """The codes that a package adds, by codelist and code; none where it has no such table or it cannot be read."""
    resource = next((r for r in package.resources if r.name == OWN_CODES and r.data is not None), None)
    try:
        table = laid_out(resource.table, load_family().tables[OWN_CODES]).table if resource else None
    except TableUnreadable:
        return {}
    return own_codes_of(dict(zip(table.header, row, strict=False)) for row in table.rows) if table else {}


def check_codes(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """Report codes that an open codelist does not know."""
    for table in tables.values():
        for position, field in enumerate(table.columns):
            if field and field.descriptor.get("openCodelist"):
                yield from _unknown_codes(table, position, field)


def check_own_codes(tables: Mapping[str, HeadedTable], family: SchemaFamily) -> Iterator[Issue]:
    """Report rows of the table ``codes`` that add nothing: their codelist is not an open one, or has the code already.

    Args:
        tables: the package's tables.
        family: the standard, without what the package adds.
    """
    table = tables.get(OWN_CODES)
    lists, codes = (table.position("codelist"), table.position("code")) if table else (None, None)
    if table is None or lists is None or codes is None:
        return
    fields = [field for schema in family.tables.values() for field in schema.fields if field.codelist]
    closed, opened = {field.codelist for field in fields}, {str(f.codelist): f for f in fields if f.is_open}
    for row, cells in enumerate(table.table.rows, 2):
        if len(cells) <= max(lists, codes):
            continue
        codelist, code, record = cells[lists], cells[codes], table.id_of(row)
        if codelist not in opened:
            variant, names = "closed" if codelist in closed else "no_codelist", ", ".join(sorted(opened))
            place = table.place(row, "codelist", codelist)
            yield CODE_NOT_ADDED.issue(place, variant=variant, code=code, open=names, record=record)
        elif code in opened[codelist].meanings:
            place = table.place(row, "code", code)
            yield CODE_NOT_ADDED.issue(place, variant="repeated", codelist=codelist, record=record)


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
            codelist = str(field.codelist)
            if near := _nearest(cell, known):
                yield CODE_UNKNOWN.issue(place, variant="near", codelist=codelist, record=record, near=near)
            else:
                yield CODE_UNKNOWN.issue(place, codelist=codelist, record=record)


@lru_cache(maxsize=1024)
def _nearest(cell: str, known: tuple[str, ...]) -> str:
    """The codes that a cell may mean; empty if none is alike."""
    from difflib import get_close_matches  # noqa: PLC0415 (2 ms to import)

    return ", ".join(get_close_matches(cell, known, n=3, cutoff=0.7))


def _is_code(cell: str) -> bool:
    """Whether a cell is written as a code at all; one that is not has an issue of its own."""
    return re.fullmatch(r"[a-z][a-z0-9_]*", cell) is not None
