"""A release as one Excel workbook: a front sheet, a sheet for each table, the codebook, the document's contradictions.

Whatever comes from the data is written as what it is: text as text, never as a formula or a link. Text that Excel
would take for a formula once it is edited carries Excel's own mark for text (quotePrefix), which leaves it unaltered.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from khelang_opendata.formats.about import citation, label_column, licences, publisher
from khelang_opendata.formats.codebook import codebook_tables
from khelang_opendata.formats.doubles import held_values
from khelang_opendata.formats.weighted_errata import errata_by_weight
from khelang_opendata.formats.worksheets import (
    FORMULA,
    FORMULA_SIGNS,
    HEADING,
    NUMBER,
    TEXT,
    Book,
    columns_taken,
    set_height,
    set_page,
    stored,
    write_text,
)
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.edition import Edition, ReleasedTable, Value
from khelang_opendata.render.dates import thai_date
from khelang_opendata.standard.tables import Field

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

FRONT = "เริ่มที่นี่ Start here"
CODEBOOK = "คำอธิบาย Codebook"
CONTRADICTIONS = "ข้อขัดแย้ง Contradictions"
HEADING_ROWS = 2
"""Rows above the records of a table's sheet: the columns' names, and their Thai titles."""

_LONGEST_SHEET = 1_048_576 - HEADING_ROWS
_NARROWEST, _WIDEST = 9, 46  # columns, in characters; longer texts are wrapped
_FRONT_WIDTHS = (32, 62, 62, 11)
_PAGE_WIDTH = 280  # what an A4 page on its side shows in characters that can still be read
_FIRST_DAY = date(1900, 3, 1)  # before it Excel counts a day that never was


@dataclass(frozen=True)
class _SheetColumn:
    """A column of a sheet: the two lines of its heading, and how its numbers look; None shows their own decimals."""

    name: str
    title: str
    number_format: str | None = None


def workbook(edition: Edition) -> bytes:
    """The edition as the bytes of an XLSX file.

    The parts are stored, not deflated: builds of zlib differ in what they make of the same bytes.

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
        _front_sheet(book, edition)
        for table in edition.tables.values():
            _table_sheet(book, table)
        _grid(book, CODEBOOK, _headings("codebook"), list(_codebook(edition)), frozen=2, widest=32)
        _grid(book, CONTRADICTIONS, _headings("contradictions"), list(_contradictions(edition)), frozen=1, widest=30)
    return stored(stream.getvalue())


def _texts() -> Any:
    return yaml.safe_load(Path(__file__).with_name("workbook.yaml").read_bytes())


def _headings(name: str) -> list[_SheetColumn]:
    return [_SheetColumn(heading, title, "0") for heading, title in _texts()[name].items()]


def _front_sheet(book: Book, edition: Edition) -> None:
    sheet = book.excel.add_worksheet(FRONT)
    sheet.hide_gridlines(2)
    _page_setup(sheet, sum(_FRONT_WIDTHS), 0)
    for column, width in enumerate(_FRONT_WIDTHS):
        sheet.set_column(column, column, width)
    lines = [("", "ภาษาไทย", "English"), *_about(edition)]
    for row, line in enumerate(lines):
        for column, text in enumerate(line):
            heading = book.style(HEADING) if row == 0 else book.style(TEXT, bold=row == 1 or column == 0)
            write_text(sheet, row, column, text, heading)
        set_height(sheet, row, line, _FRONT_WIDTHS)
    _contents(book, sheet, len(lines) + 1, edition)


def _about(edition: Edition) -> Iterator[tuple[str, str, str]]:
    """Lines about the workbook: a label, and the text in Thai and in English."""
    about, day = edition.descriptor, edition.released_on
    yield "ชื่อ Title", about["title"], about["title_en"]
    yield "คืออะไร What it is", about["description"], about["description_en"]
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
        sheet.write_number(at, 3, count, book.style(NUMBER, num_format="#,##0"))
        set_height(sheet, at, (name, thai, english), _FRONT_WIDTHS)


def _sheets(edition: Edition) -> Iterator[tuple[str, str, str, int]]:
    for name, table in edition.tables.items():
        about = table.schema.descriptor
        thai, english = (f"{about['title' + end]}: {about['description' + end]}" for end in ("", "_en"))
        yield name, thai, english, len(table.rows)
    fields = sum(len(table.schema.fields) for table in edition.tables.values())
    yield CODEBOOK, "ความหมายของทุกคอลัมน์และทุกรหัส", "What every column and code means.", fields
    thai = "ทุกจุดที่เอกสารขัดกันเอง ค่าที่พิมพ์ ค่าที่เลือกใช้ และเหตุผล"
    english = "Where the document contradicts itself: what is printed, what is adopted and why."
    yield CONTRADICTIONS, thai, english, len(edition.tables["errata"].rows)


def _table_sheet(book: Book, table: ReleasedTable) -> None:
    columns = [_SheetColumn(f.name, f.title, _number_format(f)) for f in table.schema.fields]
    key = table.schema.primary_key[0]
    frozen = [column.name for column in columns].index(key) + 1
    _grid(book, table.name, columns, list(held_values(table)), frozen=frozen if frozen <= 2 else 0)  # noqa: PLR2004


def _number_format(column: Field) -> str | None:
    if column.name.endswith("_thb"):
        return "#,##0.00"
    return "0" if column.descriptor["type"] == "integer" else None


def _grid(
    book: Book,
    name: str,
    columns: Sequence[_SheetColumn],
    rows: Sequence[Sequence[Value]],
    *,
    frozen: int,
    widest: int = _WIDEST,
) -> None:
    """A sheet of rows under two lines of headings that stay in sight, with a filter on each column."""
    if len(rows) > _LONGEST_SHEET:
        raise DataError("form_refused", "rows", table=name, rows=len(rows), limit=_LONGEST_SHEET)
    sheet = book.excel.add_worksheet(name)
    texts = [[c.name for c in columns], [c.title for c in columns], *([_shown(cell) for cell in row] for row in rows)]
    widths = [min(_width(column), widest) for column in zip(*texts, strict=True)]
    for at, column in enumerate(columns):
        sheet.set_column(at, at, widths[at])
        write_text(sheet, 0, at, column.name, book.style(HEADING))
        write_text(sheet, 1, at, column.title, book.style(HEADING, bold=False))
        for row, cells in enumerate(rows, HEADING_ROWS):
            _write_cell(book, sheet, row, at, cells[at], column)
    for row, line in enumerate(texts):
        set_height(sheet, row, line, widths)
    sheet.freeze_panes(HEADING_ROWS, frozen)
    sheet.autofilter(1, 0, max(len(texts) - 1, 1), len(columns) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{len(texts)}"})
    _page_setup(sheet, sum(widths), frozen)


def _page_setup(sheet: Worksheet, width: int, frozen: int) -> None:
    """On paper: one page wide where that can be read, else with the first columns on every page."""
    set_page(sheet, 0.4)
    if frozen:
        sheet.repeat_rows(0, HEADING_ROWS - 1)
    if width <= _PAGE_WIDTH:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.set_print_scale(60)
        sheet.repeat_columns(0, max(frozen - 1, 0))


def _write_cell(book: Book, sheet: Worksheet, row: int, at: int, cell: Value, column: _SheetColumn) -> None:
    match cell:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, at, cell, book.style())
        case int() | Decimal():
            style = book.style(NUMBER, num_format=column.number_format or _own_decimals(cell))
            sheet.write_number(row, at, cell, style)
        case date() if cell >= _FIRST_DAY:
            sheet.write_datetime(row, at, cell, book.style(NUMBER, num_format="[$-409]yyyy-mm-dd"))
        case _:
            text = str(cell)
            write_text(sheet, row, at, text, book.style(FORMULA if text.startswith(FORMULA_SIGNS) else TEXT))


def _own_decimals(number: int | Decimal) -> str:
    """A number format with as many decimals as the number is written with."""
    exponent = Decimal(number).as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"#,##0.{'0' * decimals}".rstrip(".")


def _shown(cell: Value) -> str:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return f"{cell:,.2f}"
    return "" if cell is None else str(cell)


def _width(texts: Iterable[str]) -> int:
    """How wide a column must be for the longest line of its texts."""
    longest = max((columns_taken(line) for text in texts for line in text.split("\n")), default=0)
    return max(longest + 4, _NARROWEST)


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


def _contradictions(edition: Edition) -> Iterator[list[Value]]:
    names = _names(edition)
    fields = edition.family.tables["errata"].field_by_name
    causes = fields["cause"].meanings
    for erratum in errata_by_weight(edition.records):
        concerned = dict.fromkeys(record["record_id"] for record in (erratum, *erratum["records"]))
        named = (record["fiscal_year_be"] for record in (erratum, *erratum["records"]))
        years = [year for year in dict.fromkeys(named) if year]
        yield [
            erratum["erratum_id"].removeprefix(f"{erratum['plan_id']}-"),
            "\n".join(_concerned(record, erratum["plan_id"], names) for record in concerned if record) or None,
            int(years[0]) if len(years) == 1 else ", ".join(years) or None,
            fields["weight"].meanings[erratum["weight"]].title_th,
            *(erratum[name] or None for name in ("where_printed_th", "printed_value", "other_value", "adopted_value")),
            *(erratum[name] or None for name in ("reading_th", "basis_th", "basis_en")),
            causes[erratum["cause"]].title_th if erratum["cause"] in causes else erratum["cause"],
        ]


def _concerned(record: str, plan_id: str, names: Mapping[str, str]) -> str:
    """A record that an erratum concerns, by the end of its id and its name."""
    return f"{record.removeprefix(plan_id).lstrip('-')} {names.get(record.partition('/')[0], '')}".strip()


def _names(edition: Edition) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for table in edition.tables.values():
        label, key = label_column(table.schema), table.schema.primary_key
        if label and len(key) == 1:
            found |= {record[key[0]]: record[label] for record in table.records()}
    return found
