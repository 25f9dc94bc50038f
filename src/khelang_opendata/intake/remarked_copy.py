"""A copy of a workbook with the remarks on it: notes on coloured cells, and a sheet that lists all.

The copy is the user's file but for the notes, the styles of the coloured cells and the list: formulas keep their cached
values, and what this program does not know of (charts, sparklines, text boxes) stays byte for byte.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import quoteattr

from khelang_opendata.intake import notice
from khelang_opendata.intake.noted_cells import COLOURS, CellNote, NoteKind, cell_notes
from khelang_opendata.intake.remarks import Remark, is_remarks_sheet
from khelang_opendata.intake.remarks_sheet import remarks_workbook, sheet_xml
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.intake.xlsx_cells import Cell, sheet_cells
from khelang_opendata.intake.xlsx_fills import XlsxFills
from khelang_opendata.intake.xlsx_notes import SheetNotes
from khelang_opendata.intake.xlsx_parts import WORKBOOK, XlsxParts
from khelang_opendata.intake.xml_places import ascii_xml, changed, filled, places
from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.model.report import Report
from khelang_opendata.model.wording import Language
from khelang_opendata.package.outputs import check_output, write_output

MOST_NOTES = 10_000
"""Cells that get a note; all remarks are in the list."""

_MOST_LINES = 20
"""Remarks in one note."""
_LONGEST_NAME = 31
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_MACROS = "macroEnabled"
_SEAL = re.compile(rb"<!--khelang remarks ([0-9a-f]{64})-->")
_LARGEST_PART = 10_000_000
_OUR_COLOURS = [*dict.fromkeys(COLOURS.values())]


class RemarkedCopy:
    """The copy that a person names for the remarks on a workbook."""

    def __init__(self, path: Path, language: Language) -> None:
        self.path, self._language = path, language
        self.count = 0
        """The remarks on the copy that was written last."""

    def check(self, workbook: Path, data: bytes) -> None:
        """Check, before the workbook is read, that the copy may be written: as :func:`check_copy`."""
        check_copy(self.path, workbook, data)

    def write(
        self, name: str, data: bytes, sheets: Sequence[ReadSheet], remarks: Sequence[Remark], report: Report | None
    ) -> None:
        """Write the copy.

        Args:
            name: the name of the workbook's file.
            data: its content.
            sheets: its sheets, as they were read.
            remarks: what the import says of its cells.
            report: what the rules say of them; None where they were not asked.

        Raises:
            DataError: the file has a part that is damaged.
            EnvironmentFailure: the system refuses to write.
        """
        notes = cell_notes(sheets, remarks, report, self._language)
        self.count = len(notes)
        write_output(self.path, remarked(data, name, sheets, notes, self._language))


def remarked(
    data: bytes, name: str, sheets: Sequence[ReadSheet], notes: Sequence[CellNote], language: Language
) -> bytes:
    """The copy of a workbook with notes; for a file of another form, a workbook that lists them.

    Args:
        data: the file that was read.
        name: its name, for failures.
        sheets: its sheets, as they were read.
        notes: the remarks.
        language: of the notes.

    Raises:
        DataError: the file has a part that is damaged.
    """
    if not is_xlsx(data):
        return _sealed(remarks_workbook(notes, language))
    try:
        return _sealed(_noted(XlsxParts(data), sheets, notes, language))
    except (ValueError, LookupError, StopIteration) as error:
        raise DataError("workbook_refused", "damaged", path=name) from error


def is_xlsx(data: bytes) -> bool:
    """Whether a file is a workbook of XML parts."""
    if not data.startswith(b"PK\x03\x04"):
        return False
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return WORKBOOK in packed.namelist()


def check_copy(path: Path, workbook: Path, data: bytes) -> None:
    """Check that a copy may be written at a path: nothing is there, or a copy that is as this program wrote it.

    Args:
        path: where the copy is to be.
        workbook: the file that it is a copy of.
        data: the content of that file.

    Raises:
        UsageError: the place is the workbook itself, or holds what a person may have worked on.
    """
    form = workbook.suffix.lower() if is_xlsx(data) and workbook.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
    if path.suffix.lower() != form:
        raise UsageError("copy_refused", "form", path=str(path), form=form)
    check_output(path)
    if path.exists():
        if path.samefile(workbook):
            raise UsageError("copy_refused", "same", path=str(path))
        if not is_untouched(path):
            raise UsageError("copy_refused", "exists", path=str(path))


def is_untouched(path: Path) -> bool:
    """Whether a file is a copy that this program wrote, and no other program has changed since."""
    try:
        with zipfile.ZipFile(path) as packed:
            if packed.getinfo(WORKBOOK).file_size > _LARGEST_PART:
                return False
            found = _SEAL.search(packed.read(WORKBOOK))
            return found is not None and found[1].decode() == _seal(packed)
    except (zipfile.BadZipFile, KeyError, OSError, RuntimeError):
        return False


def _seal(packed: zipfile.ZipFile) -> str:
    """What differs between a copy and one that was saved since: the sums of all parts but the one that holds it."""
    parts = (f"{p.filename} {p.file_size} {p.CRC}" for p in packed.infolist() if p.filename != WORKBOOK)
    return sha256("\n".join(sorted(parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _sealed(data: bytes) -> bytes:
    parts = XlsxParts(data)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        seal = f"<!--khelang remarks {_seal(packed)}-->".encode()
    parts[WORKBOOK] = _SEAL.sub(b"", parts[WORKBOOK]) + seal
    return parts.packed()


def _noted(parts: XlsxParts, sheets: Sequence[ReadSheet], notes: Sequence[CellNote], language: Language) -> bytes:
    fills = XlsxFills(parts, _OUR_COLOURS)
    known = {sheet.name: sheet.part for sheet in parts.sheets()}
    listed = next((sheet.name for sheet in sheets if is_remarks_sheet(sheet.cells)), None)
    by_sheet: dict[str, dict[Cell, list[CellNote]]] = {}
    for note in [note for note in notes if note.cell and note.sheet in known][:MOST_NOTES]:
        assert note.cell
        by_sheet.setdefault(note.sheet, {}).setdefault(note.cell, []).append(note)
    for name, part in known.items():
        if name != listed and "/chartsheets/" not in part:
            _note_sheet(parts, part, by_sheet.get(name, {}), fills, language)
    numbers = {
        "text": fills.text_style(),
        "plain": fills.text_style(wraps=False),
        "title": fills.text_style(bold=True, wraps=False),
        "heading": fills.text_style("FFD9E2EC", bold=True),
        "link": fills.text_style(link=True),
        **{colour: fills.text_style(colour) for colour in _OUR_COLOURS},
    }
    content = sheet_xml(notes, language, parts.namespace(), numbers.__getitem__)
    if listed is None:
        _add_sheet(parts, notice("remarks_sheet", language), content)
    else:
        parts.add(known[listed], content, _SHEET)
    fills.save()
    return parts.packed()


def _note_sheet(
    parts: XlsxParts, part: str, notes: Mapping[Cell, Sequence[CellNote]], fills: XlsxFills, language: Language
) -> None:
    """Put notes and colours on the cells of one sheet; those of an earlier copy go in any case."""
    drawn = SheetNotes(parts, part)
    if not notes:
        return
    sheet = sheet_cells(parts[part], {*notes})
    shown: dict[Cell, list[CellNote]] = {}
    for cell, said in notes.items():
        shown.setdefault(sheet.visible_place(cell), []).extend(said)
    drawn.add({cell: _note_lines(said, language) for cell, said in shown.items()}, sheet)
    order = list(NoteKind)
    weightiest = {cell: min((note.kind for note in said), key=order.index) for cell, said in shown.items()}
    styles = {cell: partial(fills.coloured, colour=COLOURS[kind]) for cell, kind in weightiest.items()}
    changes = [*sheet.styled(styles)]
    if drawn.link:
        changes.append(sheet.with_notes(drawn.link, parts.kinds()))
    parts[part] = changed(parts[part], changes)


def _note_lines(notes: Sequence[CellNote], language: Language) -> list[str]:
    lines = [note.line(language) for note in notes[:_MOST_LINES]]
    more = len(notes) - _MOST_LINES
    return [*lines, notice("note_more", language, count=more)] if more > 0 else lines


def _add_sheet(parts: XlsxParts, name: str, content: bytes) -> None:
    """Add a sheet after the others, so that no other changes its number."""
    part = parts.unused("xl/worksheets/khelang{}.xml")
    parts.add(part, content, _SHEET)
    link = parts.relate(WORKBOOK, "worksheet", part)
    data = parts[WORKBOOK]
    found = places(data, lambda name, _depth: name in ("sheets", "sheet"))
    taken = {place.attributes.get("name", "").lower() for place in found}
    number = max((int(place.attributes.get("sheetId", "0")) for place in found), default=0) + 1
    free = next(n for at in range(1, len(taken) + 2) if (n := _numbered(name, at)).lower() not in taken)
    root = next(place for place in found if place.name == "sheets")
    named = f'xmlns:r="{parts.kinds()}" name={quoteattr(free)} sheetId="{number}" r:id="{link}"'
    parts[WORKBOOK] = changed(data, [filled(data, root, ascii_xml(f"<{root.prefix}sheet {named}/>"))])


def _numbered(name: str, number: int) -> str:
    end = f" {number}" if number > 1 else ""
    return name[: _LONGEST_NAME - len(end)] + end
