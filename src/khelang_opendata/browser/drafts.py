"""What a person opens in the page, as files of a folder: a workbook, a ZIP, the files of a folder, or tables alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.files.place import write_files
from khelang_opendata.intake.corrections import Correction, correct_package, corrected_sheets
from khelang_opendata.intake.opening import load, package_folder, sheets_of_plan
from khelang_opendata.intake.text_tables import decoded
from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.package.datapackage import DESCRIPTOR, MANIFEST, Package
from khelang_opendata.standard.family import load_family

if TYPE_CHECKING:
    from khelang_opendata.intake.workbook_reading import ReadSheet
    from khelang_opendata.model.report import Report

_PLANS = "plans"
_YEARS = ("start_fiscal_year_be", "end_fiscal_year_be")


@dataclass(frozen=True)
class WorkbookDraft:
    """A workbook with its corrections, as sheets."""

    path: Path
    sheets: Sequence[ReadSheet]

    def judged(self) -> tuple[Report, Package | None]:
        """The report, and the package that import would make."""
        from khelang_opendata.intake.judging import judge  # noqa: PLC0415 (only for workbooks)

        found = judge(self.sheets, self.path)
        return found.report, found.package


@dataclass(frozen=True)
class FolderDraft:
    """A package with its corrections, in a folder that this call may write; ``changed`` are the files corrected."""

    path: Path
    changed: Sequence[str]

    def judged(self) -> tuple[Report, Package | None]:
        """The report, and the package; None where its descriptor is unusable."""
        from khelang_opendata.validation import validate  # noqa: PLC0415 (as for the command)

        package = load(self.path, DEFAULT)
        return validate(package or self.path), package

    @property
    def is_release(self) -> bool:
        """Whether it was released as it is."""
        return (self.path / MANIFEST).is_file()


Draft = WorkbookDraft | FolderDraft


@contextmanager
def opened(place: Path, corrections: Sequence[Correction] = ()) -> Iterator[Draft]:
    """What was put into a place, with its corrections.

    Args:
        place: the folder with the files, which may be written.
        corrections: what the person changed.

    Raises:
        UsageError: there is nothing, or tables without what says of which plan they are.
        DataError: it cannot be read, or not safely.
    """
    path = _root(place)
    sheets = sheets_of_plan([path])
    if sheets is not None:
        yield WorkbookDraft(path, corrected_sheets(sheets, corrections))
        return
    with package_folder(path) as folder:
        yield FolderDraft(folder, correct_package(folder, corrections, DEFAULT))


def files_of(folder: Path) -> dict[str, bytes]:
    """All files below a folder by path, without what systems leave there."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: path.read_bytes() for name, path in names.items() if not any(map(is_leftover, name.split("/")))}


def _root(place: Path) -> Path:
    """The workbook, the ZIP file or the folder of the package among the files of a place."""
    files = [Path(name) for name in files_of(place)] if place.is_dir() else []
    if not files:
        raise UsageError("draft_refused", "empty")
    books = [path for path in files if path.suffix.lower() in (".xlsx", ".zip")]
    if len(files) == 1:
        return place / files[0]
    descriptors = sorted((path for path in files if path.name == DESCRIPTOR), key=lambda path: len(path.parts))
    if descriptors:
        return place / descriptors[0].parent
    if all(path.suffix.lower() == ".csv" for path in files):
        _add_descriptor(place, files)
        return place
    if len(books) == 1 or len({*books}) > 1:
        raise UsageError("draft_refused", "several", names=", ".join(map(str, books)))
    return place / files[0].parts[0] if len({path.parts[0] for path in files}) == 1 else place


def _add_descriptor(place: Path, files: Sequence[Path]) -> None:
    """Make the tables of a plan that came without a descriptor a package."""
    from khelang_opendata.intake.package_update import new_files  # noqa: PLC0415 (only for tables alone)

    family = load_family()
    tables = {path.stem: _rows(place / path) for path in files if path.stem in family.tables}
    if not tables.get(_PLANS):
        raise UsageError("draft_refused", "tables")
    fields = family.tables[_PLANS].fields
    plan = {field.name: tables[_PLANS][0].get(field.name, "") for field in fields}
    # a year that is none is a finding of validation, with its place
    years = {name: plan[name] if re.fullmatch(r"\d{4}", plan[name]) else "" for name in _YEARS}
    made = new_files({**tables, _PLANS: [{**plan, **years}]}, None, family)
    given = {f"data/{path.name}": (place / path).read_bytes() for path in files}
    write_files(place, {**made, **given})
    for path in files:
        if path.as_posix() not in given:  # a second copy would be found as a file that no table names
            (place / path).unlink()


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table, as far as they can be read: validation has the word on the rest.

    They are read in the encoding that they are in: a descriptor made of misread cells would be found wrong, too.
    """
    data = path.read_bytes()
    try:
        text, _ = decoded(data, path.name)
    except DataError:
        text = data.decode("utf-8-sig", "replace")
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""), restval="")
        return [{name: value for name, value in row.items() if isinstance(name, str)} for row in rows]
    except csv.Error:
        return []
