"""What Datasette needs beside the database: which column names a row, and what each table and column is."""

from __future__ import annotations

from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.formats.made_tables import schemas_made_of
from khelang_opendata.formats.sqlite import codelist_tables
from khelang_opendata.package.edition import Edition
from khelang_opendata.standard.tables import JsonObject, TableSchema


def datasette_metadata(edition: Edition) -> bytes:
    """The metadata file that ``datasette --metadata`` takes, for the database ``<plan_id>.sqlite``.

    With it a reference is shown by the name of what it refers to, in place of its id.
    """
    about = edition.descriptor
    licence = about["licenses"][0]
    schemas = {name: table.schema for name, table in edition.tables.items()} | dict(schemas_made_of(edition))
    tables = {name: _table(schema) for name, schema in schemas.items()}
    tables |= {name: {"label_column": "title_th"} for name in codelist_tables(edition)}
    metadata = {
        "title": f"{about['title']} ({edition.version})",
        "description": about["description"],
        "license": licence["title"],
        "license_url": licence["path"],
        "source": about["sources"][0]["title"],
        "databases": {edition.plan_id: {"tables": tables}},
    }
    return json_bytes(metadata)


def _table(schema: TableSchema) -> JsonObject:
    about = schema.descriptor
    columns = {field.name: f"{field.title} / {field.descriptor['title_en']}" for field in schema.fields}
    described = {"title": f"{about['title']} / {about['title_en']}", "description": about["description"]}
    label = schema.label_column
    return {**described, "columns": columns, **({"label_column": label} if label else {})}
