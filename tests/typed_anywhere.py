"""Type at random into the workbook of the first plan, as people do: nothing that they type is lost.

Texts and numbers go into cells of any sheet in sight, into columns at the right and rows below, and onto a new sheet.
What is typed is taken, is named in a remark with its place, or is in a row, column or sheet that one names.
"""

from __future__ import annotations

import io
import random

from openpyxl import load_workbook
from openpyxl.cell.cell import MergedCell

from khelang_opendata.intake.importing import Imported
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.model.wording import Language
from tests.damaged_sheets import HEADING
from tests.seeds import arguments, repeatable
from tests.test_damaged_sheets import base, import_of

Place = tuple[str, int, int]
EDITS = 12
FURTHER = 5
EXPLAINED = ("แผน", 3)
"""The sheet of facts, and its column of explanations, which import does not read."""
OF_SHEET = ("sheet_unread", "headings_missing", "sheet_twice", "sheet_hidden_unread")


def typed(seed: int) -> tuple[bytes, dict[str, Place]]:
    """The workbook with what is typed into it, and the place of each text."""
    rng = random.Random(seed)  # noqa: S311 (a case follows from its seed)
    book, places = load_workbook(io.BytesIO(base()[1])), dict[str, Place]()
    if rng.random() < 1 / 4:
        book.create_sheet("บันทึก")
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    while len(places) < EDITS:
        sheet = rng.choice(sheets)
        last = sheet.max_row + (FURTHER if rng.random() < 1 / 3 else 0)
        row, column = rng.randint(1, last), rng.randint(1, sheet.max_column + (FURTHER if rng.random() < 1 / 3 else 0))
        is_heading = row == HEADING and rng.random() < 1 / 2
        cell = sheet.cell(row, column)
        if isinstance(cell, MergedCell) or is_heading or (sheet.title, column) == EXPLAINED:
            continue
        number = 7_000_000 + 1000 * seed % 900_000 + len(places)
        is_text = rng.random() < 2 / 3
        text = f"หมาย{number}เลข" if is_text else str(number)
        cell.value = text if is_text or rng.random() < 1 / 4 else number
        places[text] = (sheet.title, row - 1, column - 1)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue(), places


def lost_in(result: Imported, places: dict[str, Place]) -> list[tuple[str, Place]]:
    """The texts that no table has and no remark names, with their places.

    A row that is refused is read again once it is corrected; a column or a sheet is named as a whole.
    """
    said = [text for rows in result.tables.values() for row in rows for text in row.values()]
    said += [remark.text(Language.TH).replace(",", "") for remark in result.remarks]
    every = "\n".join(said)
    refused = {(r.sheet, r.row) for r in result.of_kind(RemarkKind.REFUSED)}
    cells = {(r.sheet, r.row, r.column) for r in result.remarks}
    columns = {(r.sheet, r.column) for r in result.remarks if r.code == "column_unread"}
    sheets = {r.sheet for r in result.remarks if r.code in OF_SHEET}
    return [
        (text, place)
        for text, place in places.items()
        if text not in every
        and place not in cells
        and (*place[:2], None) not in cells
        and place[:2] not in refused
        and (place[0], place[2]) not in columns
        and place[0] not in sheets
    ]


def check(seed: int) -> None:
    """Type one case, and import it.

    Raises:
        AssertionError: something that was typed is lost.
    """
    with repeatable("typed_anywhere", seed):
        data, places = typed(seed)
        assert lost_in(import_of(data), places) == []


if __name__ == "__main__":
    options = arguments(__doc__, 200).parse_args()
    for one in range(options.seed, options.seed + options.cases):
        check(one)
