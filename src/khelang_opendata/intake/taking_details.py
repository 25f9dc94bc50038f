"""Take the sheets of details: rows that belong to a project or a risk and are numbered there, or only numbered."""

from __future__ import annotations

from collections.abc import Sequence

from khelang_opendata.intake.cell_numbers import read_ordinal
from khelang_opendata.intake.cell_words import read_words
from khelang_opendata.intake.merging import Merge, placed_after
from khelang_opendata.intake.plan_sheets import PlanColumn, Row
from khelang_opendata.intake.record_labels import Labels, comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_matching import likeness
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet, data_rows

_LABELS = ("label_th", "group_th", "title_th", "unit_printed")
_LEAST_ALIKE = 0.4
_LONGEST = 80
Key = tuple[str, ...]


def take_details(merge: Merge, found: FoundSheet, *, is_part: bool = False) -> None:
    """Take a sheet of details: a row is the old one of its key, or the one of its group that says the same.

    Args:
        merge: the import.
        found: the sheet.
        is_part: whether the sheet has some rows of the table only, so that the others stay.
    """
    table = found.plan.table
    data, remarks = data_rows(found)
    merge.remarks += remarks
    key = [name for name in merge.family.tables[table].primary_key if name != "plan_id"]
    number = key[-1] if key[-1].endswith("_no") else None
    group = [name for name in key if name != number]
    read = [(one, row) for one in data if (row := _key_of(merge, found, one, group)) is not None]
    olds = _matched(merge, table, read, group, number)
    rows: list[Row] = []
    taken: set[Key] = set()
    for (one, keyed), old in zip(read, olds, strict=True):
        row = old if old is not None else {**merge.blank(table), **keyed}
        merge.origins.note_row(row, one)
        _take_row(merge, found, one, row, is_new=old is None)
        if number and not row[number]:
            row[number] = _next_number(row, number, group, [*rows, *merge.rows(table)])
            merge.remarks.append(one.remark(RemarkKind.TAKEN, "ordinal_taken", number, text=row[number]))
        if old is None:
            merge.take_source(one, row)
            text = _said(found, row, key, merge.labels)
            merge.remarks.append(one.remark(RemarkKind.ADDED, "row_added", None, text=text[:_LONGEST]))
        rows.append(row)
        values = tuple(row[name] for name in key)
        if values in taken:
            merge.remarks.append(one.remark(RemarkKind.REFUSED, "key_twice", key[-1], text=row[key[-1]]))
        taken.add(values)
    _finish(merge, found, rows, group, has_unread=is_part or len(read) < len(data))
    if is_part:
        count = sum(merge.origins.of(row) is None for row in merge.new[table])
        merge.remarks.append(Remark(RemarkKind.IGNORED, "results_only", found.read.name, params={"count": str(count)}))


def _key_of(merge: Merge, found: FoundSheet, one: DataRow, group: Sequence[str]) -> Row | None:
    """The values of the columns that name a row's group; None, with a remark, where one is not understood."""
    row: Row = {}
    columns = {column.name: column for column in found.plan.columns}
    for name in sorted(columns, key=lambda n: n not in ("resource", "scope")):
        if name in ("resource", "scope") or name in group:
            value = merge.read(columns[name], one, row).value
            if name == "scope_id" and value == "" and row.get("scope") == "plan":
                value = merge.plan_id  # there is only one
            if not value and name in group:
                _missing(merge, one, columns[name], value)
                return None
            row[name] = value or ""
    return {name: row[name] for name in group}


def _missing(merge: Merge, one: DataRow, column: PlanColumn, value: str | None) -> None:
    if value == "":
        merge.remarks.append(one.remark(RemarkKind.REFUSED, "title_missing", column.name, **column.named))


def _said(found: FoundSheet, row: Row, key: Sequence[str], labels: Labels) -> str:
    """What a remark calls a row: its label, or its key with the labels of the records that it names."""
    if text := next((row[name] for name in _LABELS if row.get(name)), ""):
        return text
    tables = ((found.column(name).refers_to, row[name]) for name in key)
    return " / ".join(labels.label(table, value) if table and table != "*" else value for table, value in tables)


def _matched(
    merge: Merge, table: str, read: Sequence[tuple[DataRow, Row]], group: Sequence[str], number: str | None
) -> list[Row | None]:
    """A copy of the old row of each row: of equal number and label, of equal label, of equal number; else None."""
    old = merge.rows(table)
    found: dict[int, int] = {}
    label = next((name for name in _LABELS if name in merge.family.tables[table].field_by_name), None)
    keys = [tuple(row[name] for name in group) for row in old]
    labels = [_label_of(merge, table, one, label) for one, _ in read]
    for test in range(3):
        for at, (one, keyed) in enumerate(read):
            if at in found:
                continue
            for place, row in enumerate(old):
                if keys[place] != tuple(keyed.values()) or place in found.values():
                    continue
                if _fits(one, row, number, (label, labels[at]), test):
                    found[at] = place
                    break
    return [dict(old[found[at]]) if at in found else None for at in range(len(read))]


def _label_of(merge: Merge, table: str, one: DataRow, label: str | None) -> str:
    """What a row of a sheet is called; empty where its cell is empty, or not understood."""
    text = one.text(label) if label else ""
    return (read_words(merge.family.tables[table].field_by_name[label], text).value or "") if label and text else ""


def _fits(one: DataRow, row: Row, number: str | None, labelled: tuple[str | None, str], test: int) -> bool:
    has_number = number is None or read_ordinal(one.text(number)).value == read_ordinal(row[number]).value
    label, text = labelled
    if label is None or not text:
        return has_number
    has_label = comparable(text) == comparable(row[label])
    if test == 0:
        return has_number and has_label
    if test == 1:
        return has_label and (number is not None)
    return has_number and (number is None or likeness(text, row[label]) >= _LEAST_ALIKE)


def _take_row(merge: Merge, found: FoundSheet, one: DataRow, row: Row, *, is_new: bool) -> None:
    for column in sorted(found.columns.values(), key=lambda c: c.name not in ("resource", "scope")):
        if column.name == "erratum_id" and not is_new:
            continue
        merge.take(column, one, row, is_new=is_new)


def _next_number(row: Row, number: str, group: Sequence[str], others: Sequence[Row]) -> str:
    numbers = [int(o[number]) for o in others if all(o[n] == row[n] for n in group) and o[number].isdigit()]
    return str(max(numbers, default=0) + 1)


def _finish(merge: Merge, found: FoundSheet, rows: list[Row], group: Sequence[str], *, has_unread: bool) -> None:
    """Order the new rows as the old ones, and remark on those that are gone, of which an unread row may be one."""
    table = found.plan.table
    key = [name for name in merge.family.tables[table].primary_key if name != "plan_id"]
    kept = {tuple(row[name] for name in key): row for row in rows}
    if has_unread:
        kept = {**{tuple(row[name] for name in key): dict(row) for row in merge.rows(table)}, **kept}
    ordered = [kept[k] for row in merge.rows(table) if (k := tuple(row[name] for name in key)) in kept]
    for row in merge.rows(table):
        if tuple(row[name] for name in key) not in kept:
            merge.deleted(table, found.read.name, _said(found, row, key, merge.older))
    is_old = {id(row) for row in ordered}
    new = [row for row in rows if id(row) not in is_old]
    merge.new[table] = placed_after(ordered, new, lambda row: tuple(row[name] for name in group))
