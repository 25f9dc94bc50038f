"""Columns of printed text that a spreadsheet changed in bulk."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from khelang_opendata.files.serialize import csv_text
from khelang_opendata.model.thai import ascii_text
from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import KHELANG, Edit, cell, together, without_errata


def converted(table: str, field: str) -> Edit:
    """LibreOffice with "Detect special numbers" turns ๓๐๐,๐๐๐ into 300000."""

    def edit(folder: Path) -> None:
        path = folder / f"data/{table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        at = rows[0].index(field)
        for row in rows[1:]:
            number = ascii_text(row[at]).replace(",", "")
            row[at] = number if number.replace(".", "").isdigit() else row[at]
        path.write_text(csv_text(rows), encoding="utf-8", newline="")

    return edit


_FOUND = (("printed_digits_changed", "budgets", 2, "summary_amount_printed"),)

_ADOPTING = (f"{KHELANG}-P05", f"{KHELANG}-P12")
"""Records whose errata adopt a printed amount."""
_CONVERTED = converted("budgets", "summary_amount_printed")

CASES = (
    Case("the plan in LibreOffice", together(*map(without_errata, _ADOPTING), _CONVERTED), _FOUND, PLAN),
    Case("the example in LibreOffice", _CONVERTED, _FOUND),
    Case("one printed amount in other digits", cell("budgets", 2, summary_amount_printed="300000"), (), source=PLAN),
    Case("sequences that spreadsheets read as numbers", converted("projects", "sequence_printed"), ()),
)
