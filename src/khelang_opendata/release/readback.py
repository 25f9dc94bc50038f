"""The tables of a release read from each of its forms, to check that all of them hold the same data.

The schema decides how a value becomes text again: a number is written with the digits that it needs, so ``20000.00``
comes back as ``20000``. :func:`plain` brings a CSV's own cells into that form.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from khelang_opendata.formats.nested import INSIDE
from khelang_opendata.formats.parquet import is_available
from khelang_opendata.formats.totals import TOTALS
from khelang_opendata.package.datapackage import Package
from khelang_opendata.package.edition import ReleasedTable, released_tables
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation import family_of

Tables = dict[str, list[list[str]]]
"""Tables by name: text cells, the heading first."""

Table = tuple[list[str], list[list[str]]]
"""A heading, and rows."""

_XLSX = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAY_NONE = date(1899, 12, 30)
"""The day from which spreadsheets count."""


def differing_forms(release: Package) -> list[str]:
    """The paths of those forms of a release whose tables are not those of its CSV files, in whatever order.

    The tables made from them are compared between CSV, SQLite and Parquet; of the flat table the amounts of each
    project and year are compared with the budgets, of each table of totals those of each year.
    """
    family = family_of(release).held
    expected = _sorted(plain(released_tables(release, family)))
    paths = {r.name: r.path for r in release.resources if r.is_derived and r.data is not None}
    data = {r.name: r.data for r in release.resources if r.is_derived and r.data is not None}
    made_fields = _fields_of_made(release, family)
    made = _sorted({name: _read(fields, *_records(data[name])) for name, fields in made_fields.items()})
    readers = {"workbook": tables_from_xlsx, "database": tables_from_sqlite}
    differing = [paths[n] for n, read in readers.items() if _sorted(read(data[n], family)) != expected]
    empty = {name: table for name, table in expected.items() if not table[1]}
    if empty | _sorted(tables_from_json(data["nested"], family)) != expected:
        differing.append(paths["nested"])
    if _sorted(made_tables_from_sqlite(data["database"], made_fields)) != made:
        differing.append(paths["database"])
    columns = {n.removesuffix("-parquet"): file for n, file in data.items() if n.endswith("-parquet")}
    if columns and is_available():
        fields = {name: schema.field_by_name for name, schema in family.tables.items()} | made_fields
        found = _sorted(tables_from_parquet(columns, fields))
        differing += [paths[f"{name}-parquet"] for name in columns if found[name] != (expected | made)[name]]
    budgets = _amounts(expected["budgets"], "project_id")
    differing += [paths["flat"]] if _amounts(made["flat"], "project_id") != budgets else []
    years = _by_year(budgets)
    differing += [paths[name] for name in TOTALS if _by_year(_amounts(made[name], "plan_id")) != years]
    return list(dict.fromkeys(differing))


FieldsByName = Mapping[str, Field]


def _fields_of_made(release: Package, family: SchemaFamily) -> dict[str, FieldsByName]:
    """The columns of each table that is made from the others, by their names."""
    schemas = {r.name: r.descriptor["schema"] for r in release.resources if r.is_derived and "schema" in r.descriptor}
    codelists = family.folder / "codelists"
    return {name: {f["name"]: Field(f, codelists) for f in schema["fields"]} for name, schema in schemas.items()}


def _records(data: bytes) -> Table:
    header, *rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return header, rows


def _read(fields: FieldsByName, header: list[str], rows: list[list[str]]) -> list[list[str]]:
    """A table of a CSV file with each value in the one form that its type gives it."""
    columns = [fields[column] for column in header]
    return [header, *([as_text(f, f.value(cell)) for f, cell in zip(columns, row, strict=True)] for row in rows)]


def _amounts(table: Table, by: str) -> Counter[tuple[str, str, Decimal]]:
    """How often each amount occurs for each owner (a project, for instance) and year; empty amounts are skipped."""
    header, rows = table
    id_, year, amount = (header.index(name) for name in (by, "fiscal_year_be", "amount_thb"))
    return Counter((row[id_], row[year], Decimal(row[amount] or 0)) for row in rows)


def _by_year(amounts: Counter[tuple[str, str, Decimal]]) -> dict[str, Decimal]:
    totals: defaultdict[str, Decimal] = defaultdict(Decimal)
    for (_, year, amount), count in amounts.items():
        totals[year] += amount * count
    return dict(totals)


def _sorted(tables: Tables) -> dict[str, Table]:
    return {name: (rows[0], sorted(rows[1:])) for name, rows in tables.items()}


def plain(tables: Mapping[str, ReleasedTable]) -> Tables:
    """Tables with each value in the one form that its type gives it."""
    found = {}
    for name, table in tables.items():
        fields = table.schema.fields
        rows = [[as_text(f, f.value(cell)) for f, cell in zip(fields, row, strict=True)] for row in table.rows]
        found[name] = [[field.name for field in fields], *rows]
    return found


def as_text(field: Field, value: Any) -> str:
    """A value of a typed form as the text that its column's type gives it."""
    if value is None:
        return ""
    match field.descriptor["type"]:
        case "boolean":
            return "true" if value else "false"
        case "number" | "integer":
            number = Decimal(str(value))
            return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize():f}"
        case "date" if isinstance(value, Decimal):  # days of a spreadsheet, which begin in 1900
            return (_DAY_NONE + timedelta(days=int(value))).isoformat()
        case "date":
            return value.isoformat() if isinstance(value, date) else str(value)
    assert isinstance(value, str), (field.name, value)
    return value


def tables_from_xlsx(data: bytes, family: SchemaFamily) -> Tables:
    """The tables of a workbook: the sheets that the standard names, read as the format says.

    Not by openpyxl, which removes ``_x005F_`` anywhere in a text.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        names = [name for name in parts.namelist() if name.endswith(".xml")]
        trees = {name: ElementTree.fromstring(parts.read(name)) for name in names}  # noqa: S314 (made by us)
    texts = ["".join(part.text or "" for part in item.iter(f"{_XLSX}t")) for item in trees["xl/sharedStrings.xml"]]
    sheets = [sheet.get("name", "") for sheet in trees["xl/workbook.xml"].iter(f"{_XLSX}sheet")]
    found = {}
    for number, name in enumerate(sheets, 1):
        if name in family.tables:
            header, *rows = _sheet_rows(trees[f"xl/worksheets/sheet{number}.xml"], texts)
            places = [at for at, label in enumerate(header) if label in family.tables[name].field_by_name]
            own = ([row[at] for at in places] for row in rows)  # the other columns repeat names beside ids
            found[name] = _rebuilt(family.tables[name].field_by_name, [str(header[at]) for at in places], own)
    return found


def _sheet_rows(sheet: ElementTree.Element, texts: Sequence[str]) -> list[list[Any]]:
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 (40 ms to import)

    rows: list[list[Any]] = []
    for row in sheet.iter(f"{_XLSX}row"):
        cells = {cell.get("r", "").rstrip("0123456789"): _sheet_cell(cell, texts) for cell in row}
        rows.append([cells.get(xl_col_to_name(at)) for at in range(len(rows[0]) if rows else len(cells))])
    return rows


def _sheet_cell(cell: ElementTree.Element, texts: Sequence[str]) -> str | bool | Decimal | None:
    """A cell's value, None where it only has a colour; in a text, ``_x0001_`` is the character with that number."""
    value = cell.findtext(f"{_XLSX}v") or ""
    match cell.get("t"):
        case "s":
            return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), texts[int(value)])
        case "b":
            return value == "1"
    return Decimal(value) if value else None


def tables_from_sqlite(data: bytes, family: SchemaFamily) -> Tables:
    """The tables of a database, read by SQLite."""
    tables = _sqlite_tables(data, family.tables)
    return {name: _rebuilt(family.tables[name].field_by_name, *table) for name, table in tables.items()}


def made_tables_from_sqlite(data: bytes, fields: Mapping[str, FieldsByName]) -> Tables:
    """The tables of a database that are made from the others, whose columns are given."""
    return {name: _rebuilt(fields[name], *table) for name, table in _sqlite_tables(data, fields).items()}


def _sqlite_tables(data: bytes, names: Iterable[str]) -> dict[str, tuple[list[str], list[tuple[Any, ...]]]]:
    """The tables of these names that a database has: a heading and rows of each."""
    found = {}
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(data)
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        for name in names:
            if name in there:
                cursor = connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')  # noqa: S608 (names of ours)
                found[name] = [column[0] for column in cursor.description], cursor.fetchall()
    return found


def tables_from_parquet(files: Mapping[str, bytes], fields: Mapping[str, FieldsByName]) -> Tables:
    """The tables of Parquet files by name, read by polars; the columns of each are given."""
    import polars as pl  # noqa: PLC0415 (extra, 140 ms to import)

    frames = {name: pl.read_parquet(io.BytesIO(data)) for name, data in files.items()}
    return {name: _rebuilt(fields[name], frame.columns, frame.rows()) for name, frame in frames.items()}


def tables_from_json(data: bytes, family: SchemaFamily) -> Tables:
    """The tables of a plan's nested JSON; rows with the same parent row are adjacent.

    An empty table is missing from the result if its parent table is empty, too.
    """
    records: dict[str, list[dict[str, Any]]] = {}
    plan = json.loads(data, parse_float=Decimal)
    _unnest(family, "plans", plan, {}, records)
    records |= {name: plan[name] for name in family.tables if name.startswith("x_") and name in plan}
    found = {}
    for name, schema in family.tables.items():
        if name in records:
            header = [field.name for field in schema.fields]
            rows = ([record[column] for column in header] for record in records[name])
            found[name] = _rebuilt(schema.field_by_name, header, rows)
    return found


def _unnest(
    family: SchemaFamily,
    table: str,
    record: dict[str, Any],
    ids: dict[str, Any],
    records: dict[str, list[dict[str, Any]]],
) -> None:
    """Enter a record, with the ids of the records that hold it, and all that it holds."""
    own = {**ids, **{name: value for name, value in record.items() if not isinstance(value, list)}}
    records.setdefault(table, []).append(own)
    keys = {"plan_id", *family.tables[table].primary_key}
    for name, inner in INSIDE.get(table, {}).items():
        if name in record:
            records.setdefault(inner, [])
            for row in record[name]:
                _unnest(family, inner, row, {key: own[key] for key in keys}, records)


def _rebuilt(fields: FieldsByName, header: list[str], rows: Iterable[Iterable[Any]]) -> list[list[str]]:
    columns = [fields[column] for column in header]
    return [header, *([as_text(f, cell) for f, cell in zip(columns, row, strict=True)] for row in rows)]
