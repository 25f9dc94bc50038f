"""What is said of the cells of a workbook, from its import and from the rules, in one form for notes and lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from khelang_opendata.intake import notice
from khelang_opendata.intake.remarks import Remark
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.intake.xlsx_cells import Cell, place_of
from khelang_opendata.model.characters import visible
from khelang_opendata.model.places import letters
from khelang_opendata.model.report import Issue, Report
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts


class NoteKind(StrEnum):
    """The kinds of notes, weightiest first: those of rules by their severity, those of the import."""

    REFUSED = "refused"
    ERROR = "error"
    WARNING = "warning"
    DELETED = "deleted"
    TAKEN = "taken"
    INFO = "info"
    CHANGED = "changed"
    ADDED = "added"
    IGNORED = "ignored"

    def label(self, language: Language) -> str:
        return notice(f"note_{self}", language)


COLOURS: Mapping[NoteKind, str] = {
    NoteKind.REFUSED: "FFF8C9C3",
    NoteKind.ERROR: "FFF8C9C3",
    NoteKind.WARNING: "FFFCDFB3",
    NoteKind.DELETED: "FFFCDFB3",
    NoteKind.TAKEN: "FFFFF3B2",
    NoteKind.INFO: "FFFFF3B2",
    NoteKind.CHANGED: "FFCFE3F7",
    NoteKind.ADDED: "FFD5EBD1",
    NoteKind.IGNORED: "FFE3E3E2",
}
"""The fills of cells, as ``FFrrggbb``."""


@dataclass(frozen=True)
class CellNote:
    """One note: its kind, what it says and what to do, and the cell; no ``cell`` where it is about no single one."""

    kind: NoteKind
    sheet: str
    place: str
    """The cell or the rows in the sheet, as a spreadsheet names them; empty for the whole sheet."""
    cell: Cell | None
    value: str
    text: str
    fix: str

    def line(self, language: Language) -> str:
        """The note in one line, which has no line end."""
        said = f"{self.kind.label(language)}: {self.text}"
        return f"{said} {notice('note_fix', language)}: {self.fix}" if self.kind in _WITH_FIX else said


_WITH_FIX = (NoteKind.ERROR, NoteKind.WARNING, NoteKind.INFO)
"""Kinds whose text does not say what to do."""


def cell_notes(
    sheets: Sequence[ReadSheet], remarks: Iterable[Remark], report: Report | None, language: Language
) -> list[CellNote]:
    """The notes of a workbook, weightiest first, and each kind in the order of the workbook.

    Args:
        sheets: the sheets of the workbook.
        remarks: what its import says.
        report: the findings of the rules, which name sheets and cells; None where they were not asked for.
        language: of the notes.
    """
    order = {sheet.name: at for at, sheet in enumerate(sheets)}
    cells = {sheet.name: sheet for sheet in sheets}
    found = [*_of_remarks(remarks, cells, language), *(_of_rules(report, cells, language) if report else ())]
    weights = list(NoteKind)
    return sorted(found, key=lambda n: (weights.index(n.kind), order.get(n.sheet, len(order)), n.cell or (-1, -1)))


_Cells = Mapping[str, ReadSheet]


def _of_remarks(remarks: Iterable[Remark], cells: _Cells, language: Language) -> Iterator[CellNote]:
    for remark in remarks:
        kind = NoteKind(remark.kind)
        fix = notice(f"note_fix_{kind}", language)
        place = remark.place.removeprefix(remark.sheet).removeprefix("!")
        yield _note(kind, remark.sheet, place, cells, remark.text(language), fix)


def _of_rules(report: Report, cells: _Cells, language: Language) -> Iterator[CellNote]:
    for issue in report.issues:
        if issue.acknowledged_by is None:
            texts = issue_texts(issue, language, report.schema)
            sheet, place = _split(issue, cells)
            yield _note(NoteKind(issue.severity), sheet, place, cells, texts.message, texts.fix)


def _split(issue: Issue, cells: _Cells) -> tuple[str, str]:
    """The sheet (or the file) that an issue names, and the place in it."""
    named = issue.location.address or issue.location.resource or ""
    if named in cells or "!" not in named:
        return named, ""
    sheet, _, place = named.rpartition("!")
    return sheet, place


def _note(kind: NoteKind, sheet: str, place: str, cells: _Cells, text: str, fix: str) -> CellNote:
    rows = cells[sheet].cells if sheet in cells else ()
    first, _, is_row = place.partition(":")
    cell = None
    if is_row:
        row = int(first) - 1
        columns = [at for at, value in enumerate(rows[row]) if value] if row < len(rows) else []
        cell = (row, columns[0] if columns else 0)
    elif place:
        cell = place_of(place)
    value = _value(cells[sheet], cell) if cell and not is_row and sheet in cells else ""
    return CellNote(kind, sheet, place, cell if sheet in cells else None, value, _flat(text), _flat(fix))


def _value(sheet: ReadSheet, cell: Cell) -> str:
    row, column = cell
    if cell in sheet.check.errors:
        return sheet.check.errors[cell]
    return sheet.cells[row][column] if row < len(sheet.cells) and column < len(sheet.cells[row]) else ""


def _flat(text: str) -> str:
    """A text in one line, in which every character shows."""
    return visible(" ".join(text.split()))


def address_of_cell(cell: Cell) -> str:
    """A cell as a spreadsheet names it, without its sheet."""
    return f"{letters(cell[1])}{cell[0] + 1}"
