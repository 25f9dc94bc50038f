"""A release as one Excel workbook: a front sheet, the sums, the budgets to filter, the tables, and the codebook.

Whatever comes from the data is written as what it is: text as text, never as a formula or a link. Text that Excel
would take for a formula once it is edited carries Excel's own mark for text (quotePrefix), which leaves it unaltered.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from khelang_opendata.formats.about import citation, licences, publisher
from khelang_opendata.formats.codebook import codebook_tables
from khelang_opendata.formats.doubles import held_values
from khelang_opendata.formats.flat import flat_table
from khelang_opendata.formats.grids import SheetColumn, write_grid
from khelang_opendata.formats.headlines import entry_headlines, limit_headlines, money_headlines
from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.formats.sums_sheet import write_sums
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.formats.worksheets import (
    HEADING,
    NUMBER,
    TEXT,
    Book,
    set_height,
    set_page,
    stored,
    write_text,
)
from khelang_opendata.package.edition import Edition, ReleasedTable, Value
from khelang_opendata.render.dates import thai_date
from khelang_opendata.standard.tables import Field, TableSchema

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FRONT = "เริ่มที่นี่ Start here"
SUMS = "ยอดรวม Sums"
BUDGETS = "งบประมาณ Budgets"
CODEBOOK = "คำอธิบาย Codebook"
COMPUTED_SHEETS = (FRONT, SUMS, BUDGETS, CODEBOOK)
"""The sheets that hold nothing but what follows from the tables."""

_FRONT_WIDTHS = (40, 62, 62, 11)
_LABEL_WIDTH, _CODEBOOK_WIDTH = 30, 32
_OF_ANY_TABLE = ("record_id", "scope_id")
"""The columns that hold the id of a record of any table."""


def workbook(edition: Edition, flat: ReleasedTable | None = None) -> bytes:
    """The edition as the bytes of an XLSX file.

    The parts are stored, not deflated: builds of zlib differ in what they make of the same bytes.

    Args:
        edition: the edition.
        flat: its flat table, where it exists already.

    Raises:
        DataError: a text is longer than a cell, a table longer than a sheet, or a number has more than 15 digits.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 (40 ms to import)

    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as excel:
        book = Book(excel)
        excel.set_properties(
            {
                "title": edition.descriptor["title"],
                "subject": edition.descriptor["title_en"],
                "author": publisher(edition)[0],
                "keywords": ", ".join(edition.descriptor["keywords"]),
                "comments": f"{edition.version}, {licences(edition)}",
                "created": datetime.combine(edition.released_on, datetime.min.time()),
            }
        )
        figures = KeyFigures(edition)
        _front_sheet(book, figures)
        write_sums(book, SUMS, figures)
        _budgets_sheet(book, edition, flat or flat_table(edition))
        labels = _labels(edition)
        for table in edition.tables.values():
            _table_sheet(book, table, labels)
        write_grid(book, CODEBOOK, _headings("codebook"), list(_codebook(edition)), frozen=2)
    return stored(stream.getvalue())


def _texts() -> Any:
    return yaml.safe_load(Path(__file__).with_name("workbook.yaml").read_bytes())


def _headings(name: str) -> list[SheetColumn]:
    return [SheetColumn(title, number_format="0", widest=_CODEBOOK_WIDTH) for title in _texts()[name].values()]


def _front_sheet(book: Book, figures: KeyFigures) -> None:
    edition = figures.edition
    sheet = book.excel.add_worksheet(FRONT)
    sheet.hide_gridlines(2)
    set_page(sheet, 0.4)
    sheet.fit_to_pages(1, 0)
    for column, width in enumerate(_FRONT_WIDTHS):
        sheet.set_column(column, column, width)
    lines = [("", "ภาษาไทย", "English"), *_title(edition), *_headlines(figures), *_about(edition)]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            heading = book.style(HEADING) if row == 0 else book.style(TEXT, bold=row == 1 or column == 0)
            write_text(sheet, row, column, text, heading)
        set_height(sheet, row, line, _FRONT_WIDTHS)
    _contents(book, sheet, len(lines) + 1, edition)


def _title(edition: Edition) -> Iterator[tuple[str, str, str]]:
    about = edition.descriptor
    yield "ชื่อ Title", about["title"], about["title_en"]
    yield "คืออะไร What it is", about["description"], about["description_en"]


def _headlines(figures: KeyFigures) -> Iterator[tuple[str, str, str]]:
    """The key figures: what each is, and the figure with its caveat in Thai and in English."""
    yield _texts()["money"], "", ""
    for line in (*money_headlines(figures), *entry_headlines(figures)):
        thai, english = (" · ".join(filter(None, pair)) for pair in zip(line.value, line.note, strict=True))
        yield "\n".join(line.label), thai, english
    for line in limit_headlines(figures):
        yield "\n".join(f"{question}?" for question in line.label).replace("เท่าไร?", "เท่าไร"), *line.note


def _about(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Lines about the workbook: a label, and the text in Thai and in English."""
    about, day = edition.descriptor, edition.released_on
    yield "รุ่น Version", edition.version, edition.version
    yield "เผยแพร่ Released", f"{thai_date(day)} ({day.isoformat()})", day.isoformat()
    yield "ผู้เผยแพร่ Publisher", *publisher(edition)
    yield "สัญญาอนุญาต Licence", licences(edition), licences(edition)
    yield "การอ้างอิง Citation", *citation(edition)
    for source in about["sources"]:
        yield "แหล่งที่มา Source", source["title"], source.get("title_en", source["title"])
    yield "มาตรฐาน Standard", about["conformsTo"], about["conformsTo"]
    yield from _texts()["notes"]
    for translation in about.get("translations", []):
        if "note" in translation:
            yield "คำแปล Translation", translation["note"], translation.get("note_en", translation["note"])


def _contents(book: Book, sheet: Worksheet, row: int, edition: Edition) -> None:
    """The list of the sheets, each with a link to it."""
    for column, text in enumerate(("แผ่นงาน Sheet", "มีอะไร", "What is in it", "แถว Rows")):
        write_text(sheet, row, column, text, book.style(HEADING))
    link = book.style(align="left", indent=1, font_color="#0B4F9E", underline=1)
    for at, (name, thai, english, count) in enumerate(_sheets(edition), row + 1):
        sheet.write_url(at, 0, f"internal:'{name}'!A1", link, name)
        write_text(sheet, at, 1, thai, book.style(TEXT))
        write_text(sheet, at, 2, english, book.style(TEXT))
        if count is not None:
            sheet.write_number(at, 3, count, book.style(NUMBER, num_format="#,##0"))
        set_height(sheet, at, (name, thai, english), _FRONT_WIDTHS)


def _sheets(edition: Edition) -> Iterator[tuple[str, str, str, int | None]]:
    """The sheets after the front one: name, what is in it in Thai and in English, and how many rows of data."""
    yield SUMS, *_texts()["sheets"]["sums"], None
    yield BUDGETS, *_texts()["sheets"]["budgets"], len(edition.tables["budgets"].rows)
    for name, table in edition.tables.items():
        about = table.schema.descriptor
        thai, english = (f"{about['title' + end]}: {about['description' + end]}" for end in ("", "_en"))
        yield name, thai, english, len(table.rows)
    fields = sum(len(table.schema.fields) for table in edition.tables.values())
    yield CODEBOOK, *_texts()["sheets"]["codebook"], fields


def _budgets_sheet(book: Book, edition: Edition, table: ReleasedTable) -> None:
    """The flat table's columns that people filter by, under Thai headings."""
    names = [field.name for field in table.schema.fields]
    chosen = _texts()["budgets"]
    columns = [
        SheetColumn(heading, number_format=_number_format(table.schema.field_by_name[name]))
        for name, heading in chosen.items()
    ]
    titles = edition.family.tables["targets"].field_by_name["audience"].meanings
    rows = []
    for row in held_values(table):
        values = dict(zip(names, row, strict=True))
        values["errata_ids"] = str(values["errata_ids"] or "").replace(f"{edition.plan_id}-", "") or None
        audiences = str(values["audiences"] or "").split()
        values["audiences"] = ", ".join(titles[a].title_th if a in titles else a for a in audiences) or None
        rows.append([values[name] for name in chosen])
    write_grid(book, BUDGETS, columns, rows, frozen=2)


def _table_sheet(book: Book, table: ReleasedTable, labels: _Labels) -> None:
    """A table as it is, with the name of a record beside its id: ``project_id.title_th``."""
    columns: list[SheetColumn] = []
    rows: list[list[Value]] = [[] for _ in table.rows]
    by_column = zip(*held_values(table), strict=True) if table.rows else ((),) * len(table.schema.fields)
    for field, values in zip(table.schema.fields, by_column, strict=True):
        columns.append(_column(field))
        named = _labels_of(field, table.schema, labels)
        if named:
            name, texts = named
            columns.append(SheetColumn(f"{field.name}.{name}", widest=_LABEL_WIDTH, is_added=True))
        for row, value in zip(rows, values, strict=True):
            row.append(value)
            if named:
                row.append(texts.get(str(value).partition("/")[0]))
    if table.name == "errata":
        weight = [column.name for column in columns].index("weight")
        rows.sort(key=lambda row: WEIGHTS.index(str(row[weight])))
    key = [column.name for column in columns].index(table.schema.primary_key[0]) + 1
    write_grid(book, table.name, columns, rows, frozen=key if key <= 2 else 0)  # noqa: PLR2004


def _column(field: Field) -> SheetColumn:
    about = field.descriptor
    note = (about["title"], f"{about['description']}\n{about['description_en']}")
    return SheetColumn(field.name, note, _number_format(field), wraps=field.name != "plan_id")


def _number_format(field: Field) -> str | None:
    if field.name.endswith("_thb"):
        return "#,##0.00"
    return "0" if field.descriptor["type"] == "integer" else None


_Labels = Mapping[str, tuple[str, Mapping[str, str], str]]
"""By table whose records have a name: the column that holds it, the names by id, and the column of the ids."""


def _labels(edition: Edition) -> _Labels:
    found = {}
    for table in edition.tables.values():
        label, key = table.schema.label_column, table.schema.primary_key
        if label and len(key) == 1:
            found[table.name] = label, {record[key[0]]: record[label] for record in table.records()}, key[0]
    return found


def _labels_of(field: Field, schema: TableSchema, labels: _Labels) -> tuple[str, Mapping[str, str]] | None:
    """What belongs beside a column of ids: the name of the column of names, and the names; None beside others."""
    if field.name in _OF_ANY_TABLE:
        return "name", {id_: text for _, named, _ in labels.values() for id_, text in named.items()}
    keys = (key for key in schema.foreign_keys if key["fields"] == [field.name])
    targets = [key["reference"]["resource"] or schema.name for key in keys]
    of_same_id = (name for name, (_, _, key) in labels.items() if key == field.name and name != schema.name)
    found = next((name for name in (*targets, *of_same_id) if name in labels and name != "plans"), None)
    return labels[found][:2] if found else None


def _codebook(edition: Edition) -> Iterator[list[str]]:
    for table in codebook_tables(edition):
        for column in table.columns if table.name in edition.tables else ():
            about = column.descriptor
            rules = [*(["คีย์หลัก primary key"] if column.key else [])]
            rules += [f"→ {column.refers_to}"] if column.refers_to else []
            rules += (f"{name}: {limit}" for name, limit in column.limits.items() if name != "enum")
            codes = [f"{code.code} = {code.title_th}" for code in column.codes] or column.limits.get("enum", [])
            yield [
                table.name,
                column.name,
                about["title"],
                about["title_en"],
                about["type"],
                "ใช่ yes" if column.required else "",
                "\n".join(rules),
                "\n".join(codes),
                about["description"],
                about["description_en"],
            ]
