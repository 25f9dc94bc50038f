"""The files of a release that are made from its tables, and their descriptors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from khelang_opendata.formats.codebook import codebook_csv
from khelang_opendata.formats.flat import FLAT, flat_table
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.formats.parquet import parquet
from khelang_opendata.formats.sqlite import database
from khelang_opendata.formats.totals import SUMMARY, summary_table
from khelang_opendata.formats.xlsx import workbook
from khelang_opendata.package.edition import Edition, table_csv
from khelang_opendata.standard.tables import JsonObject

CSV: JsonObject = {
    "type": "table",
    "format": "csv",
    "mediatype": "text/csv",
    "encoding": "utf-8",
    "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True},
}
"""How every CSV file of a release is written."""


@dataclass(frozen=True, slots=True)
class Form:
    """A file that holds all tables, or a view of them: its entry among the descriptor's resources, and its bytes."""

    entry: JsonObject
    data: bytes

    @property
    def path(self) -> str:
        """Its path in the release."""
        return str(self.entry["path"])


def forms_of(edition: Edition) -> list[Form]:
    """All forms of an edition; Parquet where the library for it is installed (extra ``large``)."""
    return list(_forms(edition))


def _forms(edition: Edition) -> Iterator[Form]:
    plan = edition.plan_id
    for made, about in ((flat_table(edition), FLAT), (summary_table(edition), SUMMARY)):
        entry = {**about, **CSV, "schema": made.schema.compiled()}
        yield Form(_entry(made.name, f"{plan}-{made.name}.csv", entry), table_csv(made))
    codebook = _titles("คู่มือรหัสข้อมูล", "Codebook") | CSV
    yield Form(_entry("codebook", "codebook.csv", codebook), codebook_csv(edition))
    # frictionless would take the first sheet for a table, and wants a library for Parquet: their formats are named so
    # that it leaves the files alone. The media types are the registered ones.
    book = _file("ทุกตารางในไฟล์ Excel", "All tables as a workbook", "workbook", _XLSX)
    yield Form(_entry("workbook", f"{plan}.xlsx", book), workbook(edition))
    nested = _file("ทั้งแผนเป็นไฟล์ JSON เดียว", "The plan as nested JSON", "json", "application/json")
    yield Form(_entry("nested", f"{plan}.json", nested), nested_json(edition))
    sqlite = _file("ทุกตารางในฐานข้อมูล SQLite", "All tables as a SQLite database", "sqlite", "application/vnd.sqlite3")
    yield Form(_entry("database", f"{plan}.sqlite", sqlite), database(edition))
    for name, data in parquet(edition).items():
        table = name.removesuffix(".parquet")
        titles = edition.tables[table].schema.descriptor
        entry = _file(titles["title"], titles["title_en"], "columns", "application/vnd.apache.parquet")
        yield Form(_entry(f"{table}-parquet", f"parquet/{name}", entry), data)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _entry(name: str, path: str, more: JsonObject) -> JsonObject:
    return {"name": name, "path": path, "derived": True, **more}


def _file(title: str, title_en: str, format_: str, mediatype: str) -> JsonObject:
    return {**_titles(title, title_en), "format": format_, "mediatype": mediatype}


def _titles(title: str, title_en: str) -> JsonObject:
    return {"title": title, "title_en": title_en}
