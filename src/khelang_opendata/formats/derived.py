"""The files of a release that are made from its tables, and their descriptors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from khelang_opendata.formats.codebook import codebook_csv
from khelang_opendata.formats.flat import FLAT
from khelang_opendata.formats.made_schemas import made_texts
from khelang_opendata.formats.made_tables import tables_made_of
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.formats.parquet import parquet
from khelang_opendata.formats.sqlite import database
from khelang_opendata.formats.xlsx import workbook
from khelang_opendata.package.edition import Edition, table_csv
from khelang_opendata.package.release_files import CODEBOOK, made_path, parquet_path, whole_path
from khelang_opendata.standard.tables import JsonObject

CSV: JsonObject = {
    "type": "table",
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
}
"""How every CSV file of a release is written."""
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Form:
    """A file that holds all tables, or a view of them: its entry among the descriptor's resources, and its bytes."""

    entry: JsonObject
    data: bytes

    @property
    def path(self) -> str:
        return str(self.entry["path"])


def forms_of(edition: Edition) -> Iterator[Form]:
    """All forms of an edition; Parquet where the library for it is installed (extra ``large``)."""
    plan = edition.plan_id
    made_tables = tables_made_of(edition)
    for name, made in made_tables.items():
        entry = {**made_texts(name), **CSV, "schema": made.schema.compiled()}
        yield _form(name, made_path(plan, name), entry, table_csv(made))
    codebook = {"title": "คู่มือรหัสข้อมูล", "title_en": "Codebook", **CSV}
    yield _form("codebook", CODEBOOK, codebook, codebook_csv(edition))
    # frictionless would take the first sheet for a table, and wants a library for Parquet: their formats are named so
    # that it leaves the files alone. The media types are the registered ones.
    book = _file("ทุกตารางในไฟล์ Excel", "All tables as a workbook", "workbook", _XLSX)
    yield _form("workbook", whole_path(plan, "xlsx"), book, workbook(edition, made_tables[FLAT]))
    nested = _file("ทั้งแผนเป็นไฟล์ JSON เดียว", "The plan as nested JSON", "json", "application/json")
    yield _form("nested", whole_path(plan, "json"), nested, nested_json(edition))
    sqlite = _file("ทุกตารางในฐานข้อมูล SQLite", "All tables as a SQLite database", "sqlite", "application/vnd.sqlite3")
    yield _form("database", whole_path(plan, "sqlite"), sqlite, database(edition, made_tables))
    for table, data in parquet(edition, made_tables).items():
        titles = {**made_tables, **edition.tables}[table].schema.descriptor
        columns = _file(titles["title"], titles["title_en"], "columns", "application/vnd.apache.parquet")
        yield _form(f"{table}-parquet", parquet_path(table), columns, data)


def _form(name: str, path: str, more: JsonObject, data: bytes) -> Form:
    return Form({"name": name, "path": path, "derived": True, **more}, data)


def _file(title: str, title_en: str, format_: str, mediatype: str) -> JsonObject:
    return {"title": title, "title_en": title_en, "format": format_, "mediatype": mediatype}
