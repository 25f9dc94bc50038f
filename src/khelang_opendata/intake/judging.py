"""Judge a workbook: validate the package that import would make of it, and give each finding its cell."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from khelang_opendata.intake.importing import Imported, import_sheets, snapshot_of
from khelang_opendata.intake.offered_errata import OfferedErrata
from khelang_opendata.intake.package_update import new_files
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.sheet_words import WordsOfSheets
from khelang_opendata.intake.snapshot import carried
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.failures import DataError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.report import Issue, Report, Tally, UnreadCell
from khelang_opendata.model.wording import Language, Params
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, Resource
from khelang_opendata.standard.family import SchemaFamily, load_family
from khelang_opendata.tableschema import Engine
from khelang_opendata.validation import validate

_UNNAMED = "plan"
"""The id of a plan whose names and years are not filled in yet; it is in no report."""

_OF_DESCRIPTOR = ("descriptor_invalid", "profile_invalid")
"""Rules on the descriptor, also where they name a table."""

_FIRST = 2
"""The number of the first row below the heading."""

_ROWS = ("first_row", "rows")
"""Parameters that are rows of the issue's table."""


@dataclass(frozen=True)
class Judged:
    """A workbook's report, the package that import would make of it, and what the import says of its cells."""

    report: Report
    package: Package
    remarks: Sequence[Remark]


def judge(
    sheets: Sequence[ReadSheet],
    path: Path,
    *,
    family: SchemaFamily | None = None,
    engine: Engine | None = None,
    limits: Limits = DEFAULT,
) -> Judged:
    """Validate the package that import would make of a workbook in a new folder; nothing is written.

    Args:
        sheets: the sheets of the workbook.
        path: its file, which reports name.
        family: another standard than the package's.
        engine: what checks rows.
        limits: how much is read.

    Returns:
        The report, whose issues name sheet and cell in place of the row and line of a file. Where a cell was not
        understood, what follows from its missing value is left out.

    Raises:
        DataError: the workbook has no sheet of a plan.
    """
    snapshot = snapshot_of(sheets)
    known, tables = carried(snapshot)
    imported = _imported(sheets, tables, known)
    package = package_of_files(path, new_files(imported.tables, snapshot, known), limits)
    report = validate(package, engine, family=family)
    unread = imported.of_kind(RemarkKind.REFUSED)
    refused = {remark.place for remark in unread}
    offers = OfferedErrata(imported, known)
    words = WordsOfSheets(imported, load_family(report.schema) if family is None else family, tables)
    placed = (_placed(issue, imported, offers)._replace(words=words.of(issue)) for issue in report.issues)
    found = [issue for issue in placed if issue.location.address not in refused]
    return Judged(_with_issues(report, found, unread), package, imported.remarks)


def _imported(sheets: Sequence[ReadSheet], old: Mapping[str, list[Row]], family: SchemaFamily) -> Imported:
    try:
        return import_sheets(sheets, old, family)
    except DataError as error:
        if error.code != "plan_id_unknown":
            raise
        return import_sheets(sheets, old, family, _UNNAMED)


def package_of_files(path: Path, files: Mapping[str, bytes], limits: Limits = DEFAULT) -> Package:
    """The package of files that are nowhere on disk.

    Args:
        path: what reports name.
        files: the files of a package by their paths.
        limits: how much is read.
    """
    descriptor = json.loads(files[DESCRIPTOR])
    entries = descriptor["resources"]
    resources = (Resource(e, e["name"], e["path"], files[e["path"]], None, limits) for e in entries)
    return Package(path, descriptor, tuple(resources), limits)


def _placed(issue: Issue, imported: Imported, offers: OfferedErrata) -> Issue:
    """An issue with the address that it is about, and the row that it offers as the sheet of errata has it."""
    if issue.erratum is not None:
        issue = issue._replace(erratum=offers.row(issue.erratum))
    place = issue.location
    rows = imported.tables.get(place.resource or "", [])
    if place.resource is None or issue.code in _OF_DESCRIPTOR:
        return issue._replace(location=place._replace(address=DESCRIPTOR))
    sheet = imported.sheet_of(place.resource)
    at = (place.row or 0) - _FIRST
    origin = imported.origins.of(rows[at], place.field) if 0 <= at < len(rows) else None
    if origin is None:
        return issue._replace(location=place._replace(line=None, address=sheet))
    placed = place._replace(row=origin.row + 1, line=None, address=origin.address)
    return issue._replace(location=placed, params=_rows_of_sheet(issue, rows, imported))


def _rows_of_sheet(issue: Issue, rows: Sequence[Row], imported: Imported) -> Params:
    """The parameters of an issue with the rows of the sheet in place of the rows of the table."""

    def moved(found: re.Match[str]) -> str:
        row = int(found[0])
        origin = imported.origins.of(rows[row - _FIRST]) if _FIRST <= row <= len(rows) + 1 else None
        return str(origin.row + 1) if origin else found[0]

    given = {name: re.sub(r"\d+", moved, str(issue.params[name])) for name in _ROWS if name in issue.params}
    return {**issue.params, **given}


def _with_issues(report: Report, issues: Sequence[Issue], unread: Sequence[Remark]) -> Report:
    """A report with other issues, counted anew unless it lists only some of them."""
    cells = tuple(UnreadCell(r.code, r.place, {lang: r.text(lang) for lang in Language}) for r in unread)
    if report.truncated:
        return report._replace(issues=tuple(issues), unread=cells)
    made = Report.of(report.schema, report.tables, Tally(issues), not_judged=report.not_judged, example=report.example)
    return made._replace(unread=cells)
