"""Take the workbook of a release: a sheet a table, with ids, as :mod:`khelang_opendata.formats.xlsx` writes it.

A row is known by its key. Sheets and columns that are computed of the tables are not taken; what was changed in a
column of names is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from khelang_opendata.intake.heading_rows import heading_at
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, Row
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet, data_rows
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.places import address
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import OWN_COLUMN, Field, TableSchema

_ROWS_SOUGHT = 25
_LONGEST = 80


@dataclass(frozen=True)
class ReleasedSheet:
    """A sheet that is a table of the standard, and the places of the columns that name the ids of others."""

    found: FoundSheet
    names: Mapping[int, str]
    """The columns of ids by the places of the columns that name them."""


def is_released(sheets: Sequence[ReadSheet], family: SchemaFamily) -> bool:
    """Whether any sheet is a table of the standard with its ids."""
    return any(_heading_of(sheet, family) is not None for sheet in sheets)


def released_plan_id(sheets: Sequence[ReadSheet], family: SchemaFamily) -> str | None:
    """The id of the plan in the first row of the table ``plans`` of a release's workbook; None without one."""
    for sheet in sheets:
        at = _heading_of(sheet, family)
        if at is not None and sheet.known_as == "plans" and len(sheet.cells) > at + 1:
            place = [*sheet.cells[at]].index("plan_id")
            return next((line[place] for line in sheet.cells[at + 1 :] if len(line) > place and line[place]), None)
    return None


def take_released(merge: Merge, sheets: Sequence[ReadSheet]) -> dict[str, FoundSheet]:
    """Take the tables of a release's workbook; the found sheets by their tables.

    Args:
        merge: the import.
        sheets: the sheets of the workbook.

    Raises:
        DataError: the package is new, and the workbook has no row of the table ``plans``.
    """
    tables = _released_sheets(merge, sheets)
    for name in merge.family.tables:
        if name in tables:
            _take_table(merge, tables[name].found)
        elif name in merge.old:
            merge.new[name] = merge.old[name]
            merge.remarks.append(Remark(RemarkKind.IGNORED, "sheet_missing", name))
    if not merge.new.get("plans"):
        raise DataError("workbook_refused", "no_plan_row", path="plans")
    if not merge.old:
        merge.remarks.append(Remark(RemarkKind.TAKEN, "descriptor_made", "plans"))
    merge.remarks += [*_lost_references(merge), *_changed_names(merge, tables.values())]
    return {name: sheet.found for name, sheet in tables.items()}


def _heading_of(sheet: ReadSheet, family: SchemaFamily) -> int | None:
    """The row of the heading of a sheet that is a table of the standard, with the columns of its key."""
    schema = family.tables.get(sheet.known_as)
    needed = {"plan_id", *schema.primary_key} if schema else set[str]()
    return next((at for at, line in enumerate(sheet.cells[:_ROWS_SOUGHT]) if needed and needed.issubset(line)), None)


def _released_sheets(merge: Merge, sheets: Sequence[ReadSheet]) -> dict[str, ReleasedSheet]:
    from khelang_opendata.formats.xlsx import COMPUTED_SHEETS  # noqa: PLC0415 (only for this workbook)

    tables: dict[str, ReleasedSheet] = {}
    for sheet in sheets:
        at = _heading_of(sheet, merge.family)
        if at is not None and sheet.known_as in tables:
            params = {"other": tables[sheet.known_as].found.read.name}
            merge.remarks.append(Remark(RemarkKind.REFUSED, "sheet_twice", sheet.name, params=params))
        elif at is not None:
            schema = merge.family.tables[sheet.known_as]
            columns, names = _columns(merge, sheet, at, schema)
            about = (str(schema.descriptor["title"]), str(schema.descriptor["title_en"]))
            plan = PlanSheet(schema.name, about, tuple(map(_column, schema.field_by_name.values())), schema.primary_key)
            tables[schema.name] = ReleasedSheet(FoundSheet(plan, sheet, heading_at(sheet, at, at), columns), names)
        elif sheet.known_as in COMPUTED_SHEETS:
            merge.remarks.append(Remark(RemarkKind.IGNORED, "sheet_computed", sheet.name))
        elif any(any(line) for line in sheet.cells):
            merge.remarks.append(Remark(RemarkKind.IGNORED, "sheet_unread", sheet.name))
    return tables


def _column(field: Field) -> PlanColumn:
    return PlanColumn(field.name, (field.title, field.title_en), field)


def _columns(
    merge: Merge, sheet: ReadSheet, heading: int, schema: TableSchema
) -> tuple[dict[int, PlanColumn], dict[int, str]]:
    """The columns of a table by their places, and those of names."""
    found: dict[int, PlanColumn] = {}
    names: dict[int, str] = {}
    places: dict[str, int] = {}
    for at, label in enumerate(sheet.cells[heading]):
        params = {"label": label[:_LONGEST]}
        is_filled = any(len(line) > at and line[at] for line in sheet.cells[heading + 1 :])
        if label in places:
            params["other"] = address(sheet.name, heading, places[label])
            merge.remarks.append(Remark(RemarkKind.REFUSED, "heading_twice", sheet.name, heading, at, params))
        elif label in schema.field_by_name:
            found[at] = _column(schema.field_by_name[label])
            places[label] = at
        elif label.partition(".")[0] in schema.field_by_name and "." in label:
            names[at] = label.partition(".")[0]
        elif OWN_COLUMN.fullmatch(label) and not merge.old:
            merge.remarks.append(Remark(RemarkKind.REFUSED, "own_column_unknown", sheet.name, heading, at, params))
        elif label or is_filled:
            merge.remarks.append(Remark(RemarkKind.IGNORED, "column_unread", sheet.name, heading, at, params))
    missing = [field for name, field in schema.field_by_name.items() if name not in places]
    merge.remarks += (
        Remark(RemarkKind.IGNORED, "column_missing", sheet.name, heading, params=_column(field).named)
        for field in missing
        if merge.old
    )
    return found, names


def _take_table(merge: Merge, found: FoundSheet) -> None:
    """Take a table: each row is the old one of its key, or a new one."""
    table, key = found.plan.table, found.plan.needed
    data, remarks = data_rows(found)
    merge.remarks += remarks
    old = {tuple(row[name] for name in key): row for row in merge.rows(table)}
    taken: dict[tuple[str, ...], Row] = {}
    has_unread = False
    for one in data:
        values = _key_of(merge, found, one)
        if values is None or values in taken:
            has_unread = True
            if values in taken:
                merge.remarks.append(one.remark(RemarkKind.REFUSED, "id_twice", key[-1], text=_said(key, values or ())))
            continue
        row = dict(old[values]) if values in old else {**merge.blank(table), **dict(zip(key, values, strict=True))}
        taken[values] = row
        merge.origins.note_row(row, one)
        for column in found.columns.values():
            merge.take(column, one, row, is_new=values not in old)
        if merge.old and values not in old:
            merge.remarks.append(one.remark(RemarkKind.ADDED, "row_added", None, text=_said(key, values)))
    kept = [taken.get(values, row) for values, row in old.items() if values in taken or has_unread]
    for values in old if not has_unread else ():
        if values not in taken:
            merge.deleted(table, found.read.name, _said(key, values))
    new = [row for values, row in taken.items() if values not in old]
    if table == "errata":  # which the workbook has in the order of their weights
        new.sort(key=lambda row: (len(row["erratum_id"]), row["erratum_id"]))
    merge.new[table] = [*kept, *new]


def _said(key: Sequence[str], values: Sequence[str]) -> str:
    """What remarks call a row: its key, without the plan's id where there is more."""
    parts = [value for name, value in zip(key, values, strict=True) if name != "plan_id"] or values
    return " / ".join(parts)[:_LONGEST]


def _key_of(merge: Merge, found: FoundSheet, one: DataRow) -> tuple[str, ...] | None:
    """The key of a row; None, with a remark, where a part is missing or not understood."""
    values = []
    for name in found.plan.needed:
        value = merge.read(found.column(name), one, {}).value
        if value == "":
            merge.remarks.append(one.remark(RemarkKind.REFUSED, "key_missing", name, label=name))
        if not value:
            return None
        values.append(value)
    return tuple(values)


def _lost_references(merge: Merge) -> Iterator[Remark]:
    """Remarks on cells that name a record which the workbook does not have, and did not lack before."""
    for table, rows in merge.new.items():
        for key in merge.family.tables[table].foreign_keys:
            fields, target = key["fields"], key["reference"]["resource"] or table
            known, before = (
                {tuple(row[name] for name in key["reference"]["fields"]) for row in tables.get(target, ())}
                for tables in (merge.new, merge.old)
            )
            lacked = {tuple(row[name] for name in fields) for row in merge.rows(table)} - before
            for row in rows:
                values = tuple(row[name] for name in fields)
                origin = merge.origins.of(row, fields[-1])
                if origin and all(values) and values not in known | lacked:
                    params = {"text": values[-1][:_LONGEST], "table": target}
                    yield Remark(RemarkKind.REFUSED, "id_unknown", origin.sheet, origin.row, origin.column, params)


def _changed_names(merge: Merge, sheets: Iterable[ReleasedSheet]) -> Iterator[Remark]:
    """Remarks on cells of the columns of names that say another than the record is called."""
    called: dict[str, set[str]] = {}
    for tables in (merge.old, merge.new):
        for table, rows in tables.items():
            schema = merge.family.tables[table]
            label, key = schema.label_column, schema.primary_key
            if label and len(key) == 1:
                for row in rows:
                    called.setdefault(row[key[0]], set()).add(comparable(row[label]))
    for sheet in sheets:
        read, places = sheet.found.read, {column.name: at for at, column in sheet.found.columns.items()}
        for at, line in enumerate(read.cells[sheet.found.heading + 1 :], sheet.found.heading + 1):
            for place, of in sheet.names.items():
                text = line[place] if place < len(line) else ""
                record = line[places[of]].partition("/")[0] if of in places and places[of] < len(line) else ""
                if text and comparable(text) not in called.get(record, ()):
                    params = {"text": text[:_LONGEST], "label": of}
                    yield Remark(RemarkKind.IGNORED, "name_unread", read.name, at, place, params)
