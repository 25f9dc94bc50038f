"""A release as one SQLite file: typed tables with their keys, the codelists, and the tables made from them.

Money is NUMERIC: whole baht are integers, as they are written everywhere else, and amounts with satang are REAL, which
gives back any amount below ten trillion baht. So a query for shares multiplies by 1.0 before it divides. Other numbers
are REAL, dates ISO text, truth is 1 or 0, an empty cell is NULL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

from khelang_opendata.formats.about import citation, licences, publisher
from khelang_opendata.formats.doubles import held_values, is_money
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.formats.sql_text import literal, quoted
from khelang_opendata.formats.sqlite_pages import Cell, StoredTable, database_image
from khelang_opendata.package.edition import Edition, ReleasedTable, Value
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.tables import Field, JsonObject, TableSchema

_TYPES = {"integer": "INT", "number": "REAL", "boolean": "INT", "date": "DATE"}
_APPLICATION = int.from_bytes(b"KLOD")
_CODE_COLUMNS = Code._fields


def database(edition: Edition, made: Mapping[str, ReleasedTable] | None = None) -> bytes:
    """The edition as the bytes of a SQLite database; DataError where a number has more than 15 digits.

    Args:
        edition: the edition.
        made: the tables that :func:`tables_made_of` makes of it, where they exist already.
    """
    made = tables_made_of(edition) if made is None else made
    return database_image(_tables(edition, {**edition.tables, **made}), _APPLICATION)


def _tables(edition: Edition, tables: Mapping[str, ReleasedTable]) -> Iterator[StoredTable]:
    for name, field in codelist_tables(edition).items():
        rows = [
            (_cell(field, field.value(code)), *(text or None for text in texts))
            for code, *texts in field.meanings.values()
        ]
        yield StoredTable(name, _create_codelist(name, field), rows, (0,))
    for name, table in tables.items():
        schema = table.schema
        columns = list(schema.field_by_name)
        rows = [tuple(map(_cell, schema.fields, row)) for row in held_values(table)]
        yield StoredTable(name, _create_table(name, schema), rows, tuple(map(columns.index, schema.primary_key)))
    create = _create("metadata", ["key TEXT NOT NULL PRIMARY KEY", "value TEXT NOT NULL"])
    yield StoredTable("metadata", create, list(_metadata(edition)), (0,))


def codelist_tables(edition: Edition) -> Mapping[str, Field]:
    """The tables that explain codes, and for each a column that takes its codes."""
    taking = (field for schema in edition.family.tables.values() for field in schema.fields)
    found = {_codelist_table(field): field for field in taking if field.codes}
    return {name: found[name] for name in sorted(found)}


def _codelist_table(field: Field) -> str:
    return f"code_{Path(field.descriptor['codelist']).stem}"


def _create_codelist(name: str, field: Field) -> str:
    code, title_th, title_en, *texts = _CODE_COLUMNS
    columns = [f"{code} {_type(field)} NOT NULL PRIMARY KEY", f"{title_th} TEXT NOT NULL", f"{title_en} TEXT NOT NULL"]
    return _create(name, [*columns, *(f"{text} TEXT" for text in texts)])


def _create_table(name: str, schema: TableSchema) -> str:
    parts = [_column(field) for field in schema.fields]
    parts.append(f"PRIMARY KEY {_listed(schema.primary_key)}")
    for key in schema.foreign_keys:
        target = key["reference"]["resource"] or schema.name
        parts.append(_foreign_key(key["fields"], target, key["reference"]["fields"]))
    for field in schema.fields:
        if field.codes and not field.open_codes:
            parts.append(_foreign_key([field.name], _codelist_table(field), ["code"]))
    return _create(name, parts)


def _column(field: Field) -> str:
    constraints: JsonObject = field.descriptor.get("constraints", {})
    words = [quoted(field.name), _type(field)]
    if constraints.get("required"):
        words.append("NOT NULL")
    if "enum" in constraints:
        words.append(f"CHECK ({quoted(field.name)} IN ({', '.join(map(literal, constraints['enum']))}))")
    elif field.descriptor["type"] == "boolean":
        words.append(f"CHECK ({quoted(field.name)} IN (0, 1))")
    return " ".join(words)


def _type(field: Field) -> str:
    return "NUMERIC" if is_money(field) else _TYPES.get(field.descriptor["type"], "TEXT")


def _foreign_key(columns: Iterable[str], table: str, targets: Iterable[str]) -> str:
    return f"FOREIGN KEY {_listed(columns)} REFERENCES {quoted(table)} {_listed(targets)}"


def _create(name: str, parts: Iterable[str]) -> str:
    body = ",\n  ".join(parts)
    return f"CREATE TABLE {quoted(name)} (\n  {body}\n)"


def _listed(names: Iterable[str]) -> str:
    return f"({', '.join(map(quoted, names))})"


def _cell(field: Field, value: Value) -> Cell:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if is_money(field) and value == value.to_integral_value() else float(value)
    return value


def _metadata(edition: Edition) -> Iterator[tuple[str, str]]:
    """Facts about the file: title, day, licence, publisher and citation, for readers of the database alone."""
    for key in ("name", "title", "title_en", "description", "description_en", "version", "conformsTo"):
        yield key, str(edition.descriptor[key])
    yield "released_on", edition.released_on.isoformat()
    yield "licence", licences(edition)
    for key, (thai, english) in {"publisher": publisher(edition), "citation": citation(edition)}.items():
        yield key, thai
        yield f"{key}_en", english
