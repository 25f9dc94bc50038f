"""Workbooks of plans as the tests fill them in: cells by the words of their headings, as a person finds them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from khelang_opendata.cli import main
from khelang_opendata.intake.importing import Imported, import_sheets, snapshot_of
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.snapshot import Snapshot, family_of_snapshot, kept_descriptor
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of

Edit = Callable[[Workbook], None]
Tables = Mapping[str, list[dict[str, str]]]


@cache
def workbook_of(folder: Path, language: Language = Language.TH) -> bytes:
    """The workbook of a package."""
    package = Package.load(folder)
    family = family_of(package)
    tables = tables_of(package, family)
    return plan_workbook(family, Snapshot(tables, kept_descriptor(package.descriptor, list(tables))), language)


def edited(workbook: bytes, edit: Edit) -> bytes:
    """A workbook after an edit, saved by openpyxl."""
    book = load_workbook(io.BytesIO(workbook))
    edit(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def imported(workbook: bytes) -> Imported:
    """What a workbook makes of the package that it carries."""
    sheets = read_sheets(workbook, "plan.xlsx")
    snapshot = snapshot_of(sheets)
    assert snapshot is not None
    return import_sheets(sheets, snapshot.tables, family_of_snapshot(snapshot))


def heading_row(sheet: Worksheet, label: str) -> int:
    """The row of the heading that has a label."""
    for row in range(1, 30):
        values = [cell.value for cell in sheet[row] if cell.value is not None]
        if label in values and len(values) > 1:
            return row
    raise AssertionError(label)


def column(sheet: Worksheet, label: str) -> int:
    """The column of a heading."""
    return next(cell.column for cell in sheet[heading_row(sheet, label)] if cell.value == label)


def cell(sheet: Worksheet, label: str, row: int) -> Any:
    """A cell by its heading and the number of its row below it, from 1."""
    return sheet.cell(heading_row(sheet, label) + row, column(sheet, label))


def codes(result: Imported, kind: RemarkKind) -> list[str]:
    """The codes of an import's remarks of one kind."""
    return [remark.code for remark in result.of_kind(kind)]


def run(*args: object) -> Result:
    """The command line in English, in this process."""
    return CliRunner().invoke(main, [*map(str, args), "--lang", "en"])


def differences(before: Tables, after: Tables) -> list[tuple[str, str, str, str, str]]:
    """The cells that differ between packages with the same rows: table, id, column, old and new."""
    found = []
    for name, rows in before.items():
        assert len(rows) == len(after[name]), name
        for old, new in zip(rows, after[name], strict=True):
            key = old.get("project_id") or old.get("unit_id") or old["plan_id"]
            found += [(name, key, f, old[f], new[f]) for f in old if old[f] != new[f]]
    return found
