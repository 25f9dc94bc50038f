"""Each damaged cell becomes the right value or a complaint about that cell, and changes nothing else in the package."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from khelang_opendata.intake.importing import Imported
from khelang_opendata.intake.plan_sheets import tables_of
from khelang_opendata.intake.plan_workbook import plan_workbook
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.snapshot import Snapshot, kept_descriptor
from khelang_opendata.model.characters import visible
from khelang_opendata.model.places import address
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.validation import family_of
from tests.conftest import PLAN
from tests.damaged_cells import CASES, PLAN_SHEET, STEPS, SUMMARY, YEARS, Damaged
from tests.workbooks import edited, heading_row, imported

_PROJECTS = 40
_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_WITH_STATUS = ("amount_thb", "budget_status", "amount_basis", "funding_source", "source_basis")
"""The columns of a budget line that follow from the cell of its year."""
_WEIGHTY = (RemarkKind.REFUSED, RemarkKind.TAKEN, RemarkKind.DELETED)
_READINGS = ("reading", "other")


class Placed(NamedTuple):
    """A case in its cell; row and column count from one."""

    case: Damaged
    row: int
    column: int
    number: int

    @property
    def address(self) -> str:
        return address(self.case.sheet, self.row - 1, self.column - 1)

    def filled(self, text: Any) -> Any:
        """A value of the case with the number of its row."""
        is_pattern = isinstance(text, str) and ("{n}" in text or "{t}" in text)
        return text.format(n=self.number, t=str(self.number).translate(_THAI)) if is_pattern else text


@dataclass(frozen=True, repr=False, eq=False)  # pytest prints what has a short form
class Tried:
    """Cases in one workbook, and what import makes of it."""

    placed: dict[Damaged, Placed]
    result: Imported

    def remarks(self, case: Damaged) -> list[Remark]:
        place = self.placed[case].address
        return [r for r in self.result.remarks if r.place == place and r.kind in _WEIGHTY]

    def row(self, case: Damaged) -> int:
        """The place in its table of the row that a case is in."""
        place, origins = self.placed[case].address, self.result.origins
        rows = self.result.tables[case.table]
        origin_of = (origins.of(row, case.column) for row in rows)
        return next(at for at, origin in enumerate(origin_of) if origin and origin.address == place)


@cache
def base() -> bytes:
    """The workbook of the plan, with a first round of results for most of its projects."""
    package = Package.load(PLAN)
    family = family_of(package)
    tables = tables_of(package, family)
    blank = dict.fromkeys(family.tables["progress"].field_by_name, "")
    known = {"fiscal_year_be": "2566", "round_months": "6", "status": "cannot", "cannot_reason": "other"}
    progress = [
        {**blank, **known, "plan_id": row["plan_id"], "project_id": row["project_id"]}
        for row in tables["projects"][:_PROJECTS]
    ]
    tables["progress"] = progress
    return plan_workbook(family, Snapshot(tables, kept_descriptor(package.descriptor, list(tables))), Language.TH)


@cache
def before() -> Imported:
    result = imported(base())
    assert result.remarks == []
    return result


def _cells(sheet: Worksheet, heading: str) -> list[tuple[int, int]]:
    """The cells of a column below its heading, or the value of a fact of the plan."""
    if sheet.title == PLAN_SHEET:
        return [(row, 2) for row in range(1, sheet.max_row + 1) if sheet.cell(row, 1).value == heading]
    years = [f"ปีงบประมาณ {year}" for year in range(2566, 2571)]
    names = years if heading == YEARS else [heading]
    top = heading_row(sheet, names[0])
    columns = [cell.column for cell in sheet[top] if cell.value in names]
    rows = [row for row in range(top + 1, sheet.max_row + 1) if sheet.cell(row, 1).value is not None]
    return [(row, column) for row in rows[: _PROJECTS if sheet.title == SUMMARY else None] for column in columns]


@cache
def batches() -> Sequence[Sequence[Placed]]:
    """The cases with their cells: in one workbook as many as have a cell of their own."""
    book = load_workbook(io.BytesIO(base()))
    free: dict[tuple[str, str], list[tuple[int, int]]] = {}
    used: dict[tuple[str, str], int] = {}
    made: list[list[Placed]] = []
    for case in CASES:
        key = (case.sheet, case.heading)
        cells = free.setdefault(key, _cells(book[case.sheet], case.heading))
        batch, at = divmod(used.get(key, 0), len(cells))
        used[key] = used.get(key, 0) + 1
        if batch == len(made):
            made.append([])
        made[batch].append(Placed(case, *cells[at], at + 1))
    return made


def _write(book: Workbook, placed: Placed, value: Any, form: str) -> None:
    sheet = book[placed.case.sheet]
    cell = sheet.cell(placed.row, placed.column)
    cell.value = placed.filled(value)
    if isinstance(value, str):
        cell.data_type = "s"
    cell.number_format = form
    for heading, other in placed.case.beside.items():
        top = heading_row(sheet, heading)
        column = next(found.column for found in sheet[top] if found.value == heading)
        sheet.cell(placed.row, column).value = other


@cache
def tried(batch: int) -> Tried:
    def edit(book: Workbook) -> None:
        for placed in batches()[batch]:
            _write(book, placed, placed.case.value, placed.case.form)

    return Tried({p.case: p for p in batches()[batch]}, imported(edited(base(), edit)))


def trial_of(case: Damaged) -> Tried:
    return next(tried(at) for at, batch in enumerate(batches()) if any(p.case is case for p in batch))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.column}-{case.name}")
def test_cell_is_read_rightly_or_complained_of(case: Damaged) -> None:
    trial = trial_of(case)
    at, placed = trial.row(case), trial.placed[case]
    row, old = trial.result.tables[case.table][at], before().tables[case.table][at]
    kind = RemarkKind.REFUSED if case.expected is None else RemarkKind.TAKEN
    assert [(r.kind, r.code) for r in trial.remarks(case)] == ([(kind, case.code)] if case.code else [])
    assert row[case.column] == (old[case.column] if case.expected is None else placed.filled(case.expected))
    if case.table == "budgets" and case.expected is not None:
        assert row["budget_status"] == case.status


@pytest.mark.parametrize("case", [case for case in CASES if case.code], ids=lambda case: f"{case.column}-{case.name}")
def test_complaint_shows_what_was_found(case: Damaged) -> None:
    (remark,) = trial_of(case).remarks(case)
    found = remark.params["text"]
    if isinstance(case.value, str) and not case.value.startswith("'"):
        assert found == trial_of(case).placed[case].filled(case.value).strip().replace("_x000D_", "")[:80] or (
            "_x0007_" in case.value
        )
    for language in Language:
        text = remark.text(language)
        assert visible(found) in text
        assert "{" not in text.replace(found, "")


def test_nothing_else_changes() -> None:
    for number in range(len(batches())):
        trial = tried(number)
        expected = set()
        for placed in batches()[number]:
            case = placed.case
            columns = _WITH_STATUS if case.table == "budgets" else (case.column,)
            if case.expected is not None:
                expected |= {(case.table, trial.row(case), column) for column in columns}
            for heading in case.beside:
                assert heading == "หน่วยของค่าเป้าหมาย"
                expected.add((case.table, trial.row(case), "value_unit"))
        changed = {
            (name, at, column)
            for name, rows in before().tables.items()
            for at, (old, new) in enumerate(zip(rows, trial.result.tables[name], strict=True))
            for column in old
            if old[column] != new[column]
        }
        assert changed <= expected
        places = {placed.address for placed in batches()[number]}
        assert [r for r in trial.result.remarks if r.kind in _WEIGHTY and r.place not in places] == []


@cache
def remedied(reading: str) -> Tried:
    """What import makes of the cells that it refused, after a person typed what the complaints say."""
    typed: list[tuple[Placed, Any]] = []
    for case in CASES:
        if case.expected is None:
            (remark,) = trial_of(case).remarks(case)
            placed = trial_of(case).placed[case]
            if case.remedy is not None:
                typed.append((placed, case.remedy))
            else:
                typed.append((placed, remark.params.get(reading, remark.params["reading"])))
    one_each = {placed.address: (placed, value) for placed, value in typed}

    def edit(book: Workbook) -> None:
        for placed, value in one_each.values():
            _write(book, placed, value, "General")

    return Tried({placed.case: placed for placed, _ in one_each.values()}, imported(edited(base(), edit)))


@pytest.mark.parametrize("reading", _READINGS)
def test_remedy_of_each_complaint_works(reading: str) -> None:
    trial = remedied(reading)
    assert trial.result.of_kind(RemarkKind.REFUSED) == []
    for case, placed in trial.placed.items():
        if case.means:
            value = trial.result.tables[case.table][trial.row(case)][case.column]
            assert (case.name, value) == (case.name, placed.filled(case.means))


def test_cell_without_a_visible_character_is_empty() -> None:
    def edit(book: Workbook) -> None:
        _below(book[STEPS], "ขั้นตอนภาษาอังกฤษ").value = "\u200b\u00a0\u2060"

    result = imported(edited(base(), edit))
    assert result.tables["steps"][0]["label_en"] == ""
    assert [r.kind for r in result.remarks] == [RemarkKind.CHANGED]


def _below(sheet: Worksheet, heading: str) -> Any:
    """The first cell below a heading."""
    top = heading_row(sheet, heading)
    return sheet.cell(top + 1, next(cell.column for cell in sheet[top] if cell.value == heading))


def test_text_longer_than_a_spreadsheet_takes_is_kept_whole() -> None:
    """Other programs write such cells; the validation says that they are too long."""
    long, mark = "ก" * 40_000, "markofthelongcell"

    def edit(book: Workbook) -> None:
        _below(book[STEPS], "ที่มาในเอกสาร").value = mark

    packed, stream = zipfile.ZipFile(io.BytesIO(edited(base(), edit))), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as copy:
        for part in packed.namelist():
            copy.writestr(part, packed.read(part).replace(mark.encode(), long.encode()))
    result = imported(stream.getvalue())
    assert result.tables["steps"][0]["source_section"] == long
    assert [r.code for r in result.remarks] == ["cell_changed"]


def test_row_whose_label_is_lost_stays_by_its_number() -> None:
    def edit(book: Workbook) -> None:
        cell = _below(book[STEPS], "ขั้นตอน")
        cell.value, cell.data_type = "????????", "s"

    result = imported(edited(base(), edit))
    assert result.tables == before().tables
    assert [r.code for r in result.remarks] == ["text_lost"]
