"""Take the sheets of records that have ids: units, dimensions, missions, risks, errata."""

from __future__ import annotations

import re
from collections.abc import Sequence

from khelang_opendata.intake.cell_numbers import plain_cell, read_ordinal
from khelang_opendata.intake.merging import Merge, next_id
from khelang_opendata.intake.plan_sheets import ERRATUM_NO, OWN_IDS, TITLE_COLUMNS, Row
from khelang_opendata.intake.record_labels import comparable, number_of_id
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.row_matching import Described, Matches, match_rows
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet, data_rows
from khelang_opendata.intake.typed_cells import as_seen
from khelang_opendata.model.thai import ascii_text

_CODES = {"dimensions": "dimension_code", "missions": "mission_code", "errata": ERRATUM_NO}
"""The columns whose value is part of the id."""

_LETTERS = {"dimensions": "D", "missions": "M"}
"""The letters before a code in the ids of a table."""


def take_records(merge: Merge, found: FoundSheet) -> None:
    """Take a sheet of records: each row is an old record, or a new one with an id of its own.

    Rows refer to each other, so that all have their ids before any cell is read.
    """
    table = found.plan.table
    data, remarks = data_rows(found)
    merge.remarks += remarks
    has_unread = any(found.column(TITLE_COLUMNS[table]).name in row.errors for row in data)
    data = [row for row in data if _has_title(merge, found, row)]
    matches = match_records(merge, table, data)
    rows = _rows_with_ids(merge, table, data, matches.old)
    title = found.column(TITLE_COLUMNS[table])
    merge.new[table] = [provisional(table, row, one) for row, one in zip(rows, data, strict=True)]
    merge.new[table] += unmatched(merge, table, matches.old) if has_unread else []
    merge.relabel(table)
    for row, one, old in zip(rows, data, matches.old, strict=True):
        merge.origins.note_row(row, one)
        for column in (c for c in found.columns.values() if c.name != ERRATUM_NO):
            merge.take(column, one, row, is_new=old is None)
        if old is None:
            merge.take_source(one, row)
            merge.remarks.append(one.remark(RemarkKind.ADDED, "row_added", None, text=one.text(title.name)[:80]))
    finish(merge, table, found.read.name, rows, matches.old, has_unread=has_unread)
    merge.relabel(table)


def provisional(table: str, row: Row, one: DataRow) -> Row:
    """A row as far as its label needs it, with the texts of the sheet."""
    names = [name for name in ("name_th", "process_th", "title_th", "sequence_no") if name in row and one.text(name)]
    code = _CODES.get(table, "")
    codes = {code: _code(table, one)} if code in row and one.text(code) else {}
    number = read_ordinal(one.text("sequence_no")).value if "sequence_no" in names else None
    numbers = {} if number is None else {"sequence_no": str(int(number))}
    return {**row, **{name: one.text(name) for name in names}, **codes, **numbers}


def _has_title(merge: Merge, found: FoundSheet, row: DataRow) -> bool:
    title = found.column(TITLE_COLUMNS[found.plan.table])
    if row.text(title.name) or title.name in row.errors:
        return bool(row.text(title.name))
    merge.remarks.append(row.remark(RemarkKind.REFUSED, "title_missing", title.name, **title.named))
    return False


def match_records(merge: Merge, table: str, data: Sequence[DataRow]) -> Matches:
    """The old record of each row, by its code or number where it has one, else by what it says."""
    old = merge.rows(table)
    if table in _CODES:
        codes = [_code_of(table, row) for row in old]
        places = [_code(table, one) for one in data]
        taken: set[int] = set()
        found: list[int | None] = []
        for code in places:
            at = next((n for n, known in enumerate(codes) if code and known == code and n not in taken), None)
            taken |= {at} if at is not None else set()
            found.append(at)
        _match_titles(merge, table, data, found)
        return Matches(found, [])
    title = TITLE_COLUMNS[table]
    parent = "parent_unit_id" if table == "units" else "risk_type"
    described = [Described(one.text(title), (comparable(one.text(parent)),)) for one in data]
    known = [Described(row[title], (comparable(_parent(merge, table, row)),)) for row in old]
    return match_rows(described, known)


def _match_titles(merge: Merge, table: str, data: Sequence[DataRow], found: list[int | None]) -> None:
    """Match the rows whose code is not there by their titles."""
    title = TITLE_COLUMNS[table]
    for place, one in enumerate(data):
        if found[place] is None and not _code(table, one):
            old = enumerate(merge.rows(table))
            same = (at for at, row in old if comparable(row[title]) == comparable(one.text(title)) and at not in found)
            found[place] = next(same, None)


def _parent(merge: Merge, table: str, row: Row) -> str:
    if table == "units":
        return merge.older.label("units", row["parent_unit_id"]) if row["parent_unit_id"] else ""
    field = merge.family.tables["risks"].field_by_name["risk_type"]
    code = field.meanings.get(row["risk_type"])
    return code.title_th if code else row["risk_type"]


def _code(table: str, one: DataRow) -> str:
    text = plain_cell(as_seen(one.text(_CODES[table]))).removeprefix("'").rstrip(".")
    number = read_ordinal(text).value if table == "errata" else None
    return str(int(number)) if number is not None else text


def _code_of(table: str, row: Row) -> str:
    return number_of_id(row["erratum_id"]) if table == "errata" else ascii_text(row[_CODES[table]])


def _rows_with_ids(merge: Merge, table: str, data: Sequence[DataRow], old: Sequence[int | None]) -> list[Row]:
    rows, taken = [], [row[OWN_IDS[table]] for row in merge.rows(table)]
    for one, at in zip(data, old, strict=True):
        if at is not None:
            rows.append(dict(merge.rows(table)[at]))
            continue
        row = merge.blank(table)
        row[OWN_IDS[table]] = _new_id(merge, table, one, taken)
        taken.append(row[OWN_IDS[table]])
        rows.append(row)
    return rows


def _new_id(merge: Merge, table: str, one: DataRow, taken: Sequence[str]) -> str:
    if table not in _LETTERS:
        number = read_ordinal(one.text(ERRATUM_NO)).value if table == "errata" else None
        return next_id(table, merge.plan_id, taken, int(number) if number else None)
    parts = re.findall("[0-9A-Z]+", _code(table, one).upper().replace("*", "S"))
    id_ = f"{merge.plan_id}-{_LETTERS[table]}{'.'.join(parts)}"
    if not parts or id_ in taken:
        code = "code_twice" if parts else "code_missing"
        merge.remarks.append(one.remark(RemarkKind.REFUSED, code, _CODES[table], text=_code(table, one)))
    return id_


def unmatched(merge: Merge, table: str, old: Sequence[int | None]) -> list[Row]:
    """The old rows that no row of the sheet is."""
    return [row for at, row in enumerate(merge.rows(table)) if at not in old]


def finish(
    merge: Merge, table: str, sheet: str, rows: Sequence[Row], old: Sequence[int | None], *, has_unread: bool = False
) -> None:
    """Order the new rows as the old ones, and remark on those that are gone.

    Args:
        merge: the import.
        table: the table.
        sheet: the name of its sheet.
        rows: its new rows.
        old: the old record of each.
        has_unread: whether a row of the sheet is not understood: a record that is not found may be that one, and stays.
    """
    placed = {at: rows[n] for n, at in enumerate(old) if at is not None}
    for at, row in enumerate(merge.rows(table)):
        if at not in placed and has_unread:
            placed[at] = dict(row)
        elif at not in placed:
            merge.deleted(table, sheet, merge.older.label(table, row[OWN_IDS[table]]))
    merge.new[table] = [placed[at] for at in sorted(placed)] + [rows[n] for n, at in enumerate(old) if at is None]
