"""The hidden sheet of lists: what the drop-downs offer.

A drop-down names its list by a defined name: Excel keeps a direct reference to another sheet in an extension that other
programs drop, and a list typed into the rule ends at 255 characters. Lists of records follow their sheets by formula.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from khelang_opendata.formats.worksheets import TEXT, Book, write_text
from khelang_opendata.intake.plan_sheets import PlanSheet, text_pair
from khelang_opendata.intake.record_labels import longest_label
from khelang_opendata.intake.shown_values import code_title, names_a_table, table_titles
from khelang_opendata.intake.snapshot import FILLED, LISTS
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

RECORDS = 500
"""How many records a list of a sheet's records follows."""

_FORMULAS = {
    "units": "{name_th}",
    "dimensions": '{dimension_code}&" "&TRIM({name_th})',
    "missions": '{mission_code}&" "&TRIM({name_th})',
    "projects": '{sequence_no}&". "&TRIM({title_th})',
    "risks": "TRIM({process_th})",
    "errata": "{erratum_no}",
}


@dataclass(frozen=True)
class Placed:
    """Where the columns of a sheet lie: its name, its first row of data, and the letters of its columns."""

    sheet: str
    first_row: int
    letters: dict[str, str]

    def cells(self, column: str, last: int | None = None) -> str:
        """The cells of a column as a formula of another sheet names them."""
        end = last or self.first_row + RECORDS - 1
        letter = self.letters[column]
        return f"'{self.sheet}'!${letter}${self.first_row}:${letter}${end}"


def list_name(of: str) -> str:
    """The defined name of a list."""
    return f"khelang_{of}"


def fixed_lists(family: SchemaFamily, sheets: Sequence[PlanSheet], language: Language) -> dict[str, list[str]]:
    """The lists of codes by their names."""
    found = {"answers": [text_pair("answers", name)[language is Language.EN] for name in ("yes", "no")]}
    fields = [field for sheet in sheets for field in family.tables[sheet.table].fields]
    fields += [*family.tables["plans"].fields, *family.tables["budgets"].fields]
    for field in fields:
        if field.codelist and field.codelist not in found:
            found[field.codelist] = [code_title(code, language) for code in field.meanings.values()]
        elif names_a_table(field):
            found["tables"] = [table_titles()[name][language is Language.EN] for name in table_titles()]
    return found


def write_lists(
    book: Book,
    fixed: dict[str, list[str]],
    records: dict[str, list[str]],
    placed: dict[str, Placed],
    *,
    is_filled: bool,
) -> None:
    """Write the hidden sheet, and define the names of its lists.

    Args:
        book: the workbook.
        fixed: lists of codes.
        records: the labels of each table's records in the order of its sheet, as they are now.
        placed: where the sheets of these tables have their columns.
        is_filled: whether the workbook is made of a package.
    """
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 (with the library)

    sheet = book.excel.add_worksheet(LISTS)
    sheet.hide()
    for at, (name, items) in enumerate([*fixed.items(), *records.items()]):
        letter = xl_col_to_name(at)
        write_text(sheet, 0, at, name, book.style(TEXT))
        if name in fixed:
            for row, item in enumerate(items, 1):
                write_text(sheet, row, at, item, book.style(TEXT))
            book.excel.define_name(list_name(name), f"='{LISTS}'!${letter}$2:${letter}${len(items) + 1}")
        else:
            _write_record_list(sheet, at, items, list(_formulas(name, placed[name])))
            column = f"'{LISTS}'!${letter}$2:${letter}${RECORDS + 1}"
            count = f'MAX(1,COUNTIF({column},"?*"))'
            book.excel.define_name(list_name(name), f"=OFFSET('{LISTS}'!${letter}$2,0,0,{count},1)")
    if is_filled:
        write_text(sheet, 0, len(fixed) + len(records), FILLED, book.style(TEXT))


def _write_record_list(sheet: Worksheet, at: int, items: Sequence[str], formulas: Sequence[str]) -> None:
    for row, formula in enumerate(formulas, 1):
        sheet.write_formula(row, at, formula, None, items[row - 1] if row <= len(items) else "")


def _formulas(table: str, placed: Placed) -> Iterator[str]:
    """The formula of each line of a list: the label of the record in that row of the sheet, or nothing."""
    ranges = {name: placed.cells(name) for name in placed.letters if f"{{{name}}}" in _FORMULAS[table]}
    longest = longest_label(table)
    for number in range(1, RECORDS + 1):
        cells = {name: f"INDEX({cells},{number})" for name, cells in ranges.items()}
        label = _FORMULAS[table].format_map(cells)
        if longest:
            label = f'IF(LEN({label})>{longest},LEFT({label},{longest - 1})&"…",{label})'
        yield f'=IF({[*cells.values()][-1]}="","",{label})'
