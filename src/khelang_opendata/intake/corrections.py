"""Corrections of cells that a person makes beside the files: a list, applied in its order to sheets or to a package.

All else stays as it is: of a CSV file, every record that is not corrected keeps its bytes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any

from khelang_opendata.files.paths import below
from khelang_opendata.files.place import write_files
from khelang_opendata.files.serialize import BOM, csv_bytes, json_bytes
from khelang_opendata.intake.canonical_form import canonical_form
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.limits import Limits
from khelang_opendata.package.datapackage import DATA, DESCRIPTOR, Package, Resource
from khelang_opendata.package.listing import synchronised
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.tableschema.dialect import Dialect, DialectUnsupported, TableUnreadable
from khelang_opendata.validation import family_of

_ERRATA = "errata"
_MOST_COLUMNS = 16_384
_MEASURED = ("hash", "bytes")
"""What a descriptor says of a file's bytes, which a correction changes."""


@dataclass(frozen=True)
class Correction:
    """A cell's new text, a row to delete, a new row of errata, or the canonical form of all tables.

    ``where`` is the name of a sheet, or the path of a table in a package; ``row`` is as a spreadsheet counts, from 1,
    ``column`` counts from 0.
    """

    where: str = ""
    row: int = 0
    column: int | None = None
    value: str = ""
    erratum: Mapping[str, str] | None = None
    is_of_form: bool = False

    @classmethod
    def of(cls, given: Any) -> Correction:
        """A correction from JSON.

        Raises:
            UsageError: it has another form.
        """
        match given:
            case {"erratum": dict(row)} if all(isinstance(text, str) for text in row.values()):
                return cls(erratum=row)
            case {"fmt": True}:
                return cls(is_of_form=True)
            case {"where": str(where), "row": int(row), "delete": True}:
                return cls(where, row)
            case {"where": str(where), "row": int(row), "column": int(column), "value": str(value)}:
                return cls(where, row, column, value)
        raise UsageError("correction_refused", "form")

    @property
    def misplaced(self) -> UsageError:
        """The failure of a correction whose cell is not there."""
        return UsageError("correction_refused", "place", where=self.where, row=self.row)


def corrected_sheets(sheets: Sequence[ReadSheet], corrections: Sequence[Correction]) -> list[ReadSheet]:
    """The sheets of a workbook with corrections; a row that is to go is left blank, for other rows keep their numbers.

    Raises:
        UsageError: a correction names no cell of them, or is one of packages.
    """
    found = {sheet.name: sheet for sheet in sheets}
    for one in corrections:
        if one.erratum is not None:
            raise UsageError("correction_refused", "erratum")
        if one.is_of_form:
            raise UsageError("correction_refused", "workbook_form")
        if one.where not in found:
            raise one.misplaced
        found[one.where] = _corrected_sheet(found[one.where], one)
    return [found[sheet.name] for sheet in sheets]


def _corrected_sheet(sheet: ReadSheet, one: Correction) -> ReadSheet:
    at = one.row - 1
    if not 0 <= at <= len(sheet.cells) or not 0 <= (one.column or 0) < _MOST_COLUMNS:
        raise one.misplaced
    cells = [*sheet.cells, *([[]] if at == len(sheet.cells) else [])]
    cells[at] = [] if one.column is None else _with_cell(cells[at], one.column, one.value.strip())
    if one.column is None:
        cells[at] = [""] * len(sheet.cells[at]) if at < len(sheet.cells) else []

    def stays(place: tuple[int, int]) -> bool:
        return place[0] != at or (one.column is not None and place[1] != one.column)

    errors = {place: text for place, text in sheet.check.errors.items() if stays(place)}
    check = replace(sheet.check, errors=errors, unvalued=set(filter(stays, sheet.check.unvalued)))
    return replace(sheet, check=check, cells=cells, filled=frozenset(filter(stays, sheet.filled)))


def _with_cell(cells: Sequence[str], column: int, value: str) -> list[str]:
    made = [*cells, *[""] * (column + 1 - len(cells))]
    made[column] = value
    return made


def correct_package(folder: Path, corrections: Sequence[Correction], limits: Limits) -> list[str]:
    """Correct the files of a package in its folder.

    Args:
        folder: the package's folder, which is written.
        corrections: what to change; rows that go move up those below them.
        limits: how much is read.

    Returns:
        The paths of the files that changed.

    Raises:
        UsageError: a correction names no cell of the package, or a file that cannot be corrected by cells.
        DescriptorError: the package's descriptor is unusable.
        DataError: a table is to take the canonical form, and is none.
    """
    changed: list[str] = []
    for is_of_form, run in groupby(corrections, key=lambda one: one.is_of_form):
        changed += _put_into_form(folder, limits) if is_of_form else _correct_cells(folder, [*run], limits)
    return [*dict.fromkeys(changed)]


def _put_into_form(folder: Path, limits: Limits) -> list[str]:
    package = Package.load(folder, limits)
    form = canonical_form(package, family_of(package))
    write_files(folder, form.files)
    return [*form.files]


def _correct_cells(folder: Path, corrections: Sequence[Correction], limits: Limits) -> list[str]:
    package = Package.load(folder, limits)
    family = family_of(package)
    files: dict[str, _CsvRecords] = {}
    for one in corrections:
        path = one.where if one.erratum is None else _path_of_errata(package)
        if path not in files:
            files[path] = _records_of(package, family, path, one)
        files[path].apply(one)
    for path, records in files.items():
        place = below(folder, path)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(records.data())
    changed = [*files]
    if _rewrite_descriptor(folder, family, limits, files):
        changed.append(DESCRIPTOR)
    return changed


def _path_of_errata(package: Package) -> str:
    found = (resource.path for resource in package.resources if resource.name == _ERRATA)
    return next(found, f"{DATA}/{_ERRATA}.csv")


def _records_of(package: Package, family: SchemaFamily, path: str, one: Correction) -> _CsvRecords:
    resource = next((r for r in package.resources if r.path == path and r.path != DESCRIPTOR), None)
    if resource is not None and resource.data is not None and isinstance(resource.descriptor.get("path"), str):
        return _CsvRecords.of(resource)
    if resource is None and one.erratum is not None:
        heading = [field.name for field in family.tables[_ERRATA].fields]
        return _CsvRecords(
            _ERRATA, Dialect(), BOM, [_CsvRecord(heading, csv_bytes([heading]).removeprefix(BOM).decode())]
        )
    raise one.misplaced


def _rewrite_descriptor(folder: Path, family: SchemaFamily, limits: Limits, changed: Mapping[str, Any]) -> bool:
    """List the tables that are new, and leave out what is said of the bytes of files that changed."""
    package = Package.load(folder, limits)
    written = json.loads((folder / DESCRIPTOR).read_bytes())
    known = {resource.path for resource in package.resources}
    content = synchronised(package, family) if changed.keys() - known else written
    entries = [_unmeasured(entry, changed) for entry in content.get("resources", [])]
    if entries == written.get("resources"):
        return False
    (folder / DESCRIPTOR).write_bytes(json_bytes({**content, "resources": entries}))
    return True


def _unmeasured(entry: Any, changed: Mapping[str, Any]) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("path"), str) or entry["path"] not in changed:
        return entry
    return {name: value for name, value in entry.items() if name not in _MEASURED}


@dataclass
class _CsvRecord:
    """A record of a file; ``raw`` is its text there, with the end of its line, None once it is changed."""

    cells: list[str]
    raw: str | None
    end: str = ""


@dataclass
class _CsvRecords:
    """The records of a CSV file, each with its text."""

    name: str
    dialect: Dialect
    mark: bytes
    records: list[_CsvRecord] = field(default_factory=list)

    @classmethod
    def of(cls, resource: Resource) -> _CsvRecords:
        """The records of a resource's one file."""
        data = resource.data or b""
        try:
            dialect = Dialect.of(resource.descriptor.get("dialect"))
            if dialect.line_end or dialect.escape_char:
                raise DialectUnsupported("lineTerminator")
            rows = [row for chunk in dialect.chunks(resource.name, data) for row in chunk]
        except (DialectUnsupported, TableUnreadable):
            raise UsageError("correction_refused", "unreadable", where=resource.path) from None
        lines = [*io.StringIO(data.decode("utf-8-sig"), newline="")]
        starts = [*dialect.line_starts(data), len(lines) + 1]
        raw = ("".join(lines[starts[at] - 1 : starts[at + 1] - 1]) for at in range(len(rows)))
        mark = BOM if data.startswith(BOM) else b""
        return cls(resource.name, dialect, mark, [*map(_CsvRecord, rows, raw)])

    def apply(self, one: Correction) -> None:
        """Make one correction."""
        if one.erratum is not None:
            self._append(self._cells_of(one))
        elif one.column is None:
            self._check_row(one, len(self.records))
            del self.records[one.row - 1]
        else:
            self._check_row(one, len(self.records) + 1)
            if one.row > len(self.records):
                self._append([])
            record = self.records[one.row - 1]
            end = record.end or _end_of(record.raw or "")
            cells = _with_cell(record.cells, one.column, one.value)
            self.records[one.row - 1] = _CsvRecord(cells, None, end)

    def _check_row(self, one: Correction, last: int) -> None:
        if not 1 <= one.row <= last or not 0 <= (one.column or 0) < _MOST_COLUMNS:
            raise one.misplaced

    def _cells_of(self, one: Correction) -> list[str]:
        """The cells of an erratum in the order of the heading."""
        heading, row = self.records[0].cells if self.records else [], one.erratum or {}
        if not row.keys() <= {*heading}:
            raise UsageError("correction_refused", "form")
        return [row.get(name, "") for name in heading]

    def _append(self, cells: list[str]) -> None:
        end = next(filter(None, (_end_of(record.raw or record.end) for record in self.records)), "\n")
        if self.records and not _end_of(self.records[-1].raw or self.records[-1].end):
            last = self.records[-1]
            self.records[-1] = replace(last, raw=None if last.raw is None else last.raw + end, end=end)
        self.records.append(_CsvRecord(cells, None, end))

    def data(self) -> bytes:
        """The file."""
        return self.mark + "".join(self._texts()).encode()

    def _texts(self) -> Iterator[str]:
        for record in self.records:
            if record.raw is not None:
                yield record.raw
                continue
            line = io.StringIO(newline="")
            writer = csv.writer(
                line,
                delimiter=self.dialect.delimiter,
                quotechar=self.dialect.quote_char or '"',
                quoting=csv.QUOTE_MINIMAL if self.dialect.quote_char else csv.QUOTE_NONE,
                lineterminator="",
            )
            writer.writerow(record.cells)
            yield line.getvalue() + record.end


def _end_of(text: str) -> str:
    return next((end for end in ("\r\n", "\n", "\r") if text.endswith(end)), "")
