"""A workbook whose sheets are damaged becomes the right package, or a precise complaint: never something else."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import cache

import pytest
from openpyxl.cell.cell import MergedCell
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.workbook import Workbook

from khelang_opendata.intake.importing import Imported, import_sheets, snapshot_of
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.intake.remarks import RemarkKind
from khelang_opendata.intake.snapshot import Snapshot, family_of_snapshot, kept_descriptor
from khelang_opendata.intake.workbook_reading import read_sheets
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of
from tests.conftest import PLAN
from tests.damaged_sheets import CASES, Case
from tests.workbooks import Tables, edited

PROJECTS = (*range(1, 9), *range(15, 19), 45)
"""The projects of the workbook, by their numbers: the last has money of three sources."""
DETAILED = 3
"""The projects that keep their details, for speed."""
DETAILS = ("objectives", "steps", "targets")
WHOLE = ("plans", "units", "dimensions", "missions", "printed_totals", "goals", "legal_bases")


@cache
def base() -> tuple[Snapshot, bytes]:
    """A part of the first plan, and its workbook."""
    package = Package.load(PLAN)
    family = family_of(package)
    full = tables_of(package, family)
    ids = [row["project_id"] for row in full["projects"] if int(row["sequence_no"]) in PROJECTS]
    tables = {}
    for name, rows in full.items():
        kept = ids[:DETAILED] if name in DETAILS else ids if name in ("projects", "budgets", "project_units") else []
        tables[name] = [row for row in rows if name in WHOLE or row.get("project_id") in kept]
    snapshot = Snapshot(tables, kept_descriptor(package.descriptor, list(tables)))
    return snapshot, edited(plan_workbook(family, snapshot, Language.TH), _plain)


def _plain(book: Workbook) -> None:
    """Leave out what has no bearing on what import reads, for speed: notes, drop-downs, styles."""
    book["_lists"].delete_rows(2, 5000)
    for sheet in book:
        sheet.data_validations.dataValidation = []
        sheet.conditional_formatting = ConditionalFormattingList()
        for line in sheet.iter_rows():
            for cell in (cell for cell in line if not isinstance(cell, MergedCell)):
                cell.comment = None
                if cell.value is None:
                    del sheet._cells[cell.row, cell.column]  # a styled blank


def import_of(workbook: bytes, *, is_new: bool = False) -> Imported:
    """What import makes of a workbook, with the package that it was made of or from the workbook alone."""
    sheets = read_sheets(workbook, "plan.xlsx")
    if is_new:
        carried = snapshot_of(sheets)
        assert carried is not None
        return import_sheets(sheets, carried.tables, family_of_snapshot(carried))
    return import_sheets(sheets, base()[0].tables, family_of_snapshot(base()[0]))


def baht_in(tables: Tables) -> Decimal:
    return sum((Decimal(row["amount_thb"] or 0) for row in tables["budgets"]), Decimal(0))


def changes(before: Tables, after: Tables) -> set[tuple[str, str, str, str]]:
    """The cells of kept rows that are others: table, end of the id, column, text."""
    found = set()
    for name, rows in before.items():
        known = {tuple(row.values()) for row in after[name]}
        for old in (row for row in rows if tuple(row.values()) not in known):
            key = [*old][1]
            new = next(row for row in after[name] if row[key] == old[key])
            differing = {column for column in old if old[column] != new[column]}
            found |= {(name, old[key].rpartition("-")[2], column, new[column]) for column in differing}
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_damaged_workbook_is_taken_rightly_or_complained_of(case: Case) -> None:
    check_case(case, edited(base()[1], case.damage))


def check_case(case: Case, workbook: bytes) -> None:
    """Check what import makes of a damaged workbook."""
    if case.failure:
        with pytest.raises(DataError) as caught:
            import_of(workbook, is_new=case.is_new)
        assert caught.value.code == case.failure
        return
    result = import_of(workbook, is_new=case.is_new)
    kinds = (RemarkKind.REFUSED, RemarkKind.DELETED)
    refused = Counter((remark.code, remark.place) for remark in result.of_kind(RemarkKind.REFUSED))
    said = Counter((remark.code, remark.place) for remark in result.remarks if remark.kind not in kinds)
    assert refused == Counter(case.refused)
    if case.is_noisy:
        return
    assert len(result.of_kind(RemarkKind.DELETED)) == case.deleted
    assert said == Counter(case.said)
    assert bool(result.stopped_by(allow_deletions=False)) != case.is_taken
    if case.is_taken:
        old, new = base()[0].tables, result.tables
        assert {name: len(new[name]) - len(rows) for name, rows in old.items() if len(new[name]) != len(rows)} == dict(
            case.added
        )
        assert baht_in(new) - baht_in(old) == case.baht
        assert changes(old, new) == set(case.changed)
        assert case.added or case.changed or new == old
