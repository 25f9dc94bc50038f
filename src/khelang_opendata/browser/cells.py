"""The cells that findings are about, and the rows around them, for the page to show and correct."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from khelang_opendata.browser.drafts import FolderDraft, WorkbookDraft
from khelang_opendata.intake.importing import snapshot_of
from khelang_opendata.intake.opening import load
from khelang_opendata.intake.plan_sheets import PlanColumn, plan_sheets, text_pair, years_of_plan
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.sheet_headings import find_sheets
from khelang_opendata.intake.shown_values import code_title
from khelang_opendata.intake.snapshot import LISTS, SNAPSHOT, carried
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.limits import DEFAULT
from khelang_opendata.model.places import position
from khelang_opendata.model.report import Issue, Report
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package, Resource
from khelang_opendata.render.excerpt import Sheets, address_of
from khelang_opendata.standard.tables import Field
from khelang_opendata.tableschema.dialect import Dialect, DialectUnsupported, TableUnreadable
from khelang_opendata.validation import family_of
from khelang_opendata.validation.catalogue import rule

JsonObject = dict[str, Any]

_CELL = re.compile("([A-Z]{0,3})([0-9]{1,7})")
_HEADING_SOUGHT = 25
_MOST_ROWS = 500


def place_in(address: str) -> JsonObject | None:
    """The first cell or row of a text as a spreadsheet names it: ``ตารางสรุป!E9``, ``ตารางสรุป!9:9``, else None."""
    where, _, cell = address.rpartition("!")
    found = _CELL.match(cell)
    if not where or not found:
        return None
    letters, row = found.groups()
    return {"where": where, "row": int(row), "column": position(letters) if letters else None}


def cell_places(issues: Iterable[Issue], package: Package | None) -> list[JsonObject | None]:
    """The cell of each issue; None where it is about no row."""
    sheets = Sheets(package)
    return [_place(issue, sheets) for issue in issues]


def _place(issue: Issue, sheets: Sheets) -> JsonObject | None:
    address = address_of(sheets, issue)
    if issue.location.address is not None:
        return place_in(address)
    resource = sheets.resource(issue.location.resource)
    return place_in(f"{resource.path}!{address}") if resource else None


def rules_named(report: Report) -> JsonObject:
    """The rules that the findings of a report break, by code: title and explanation."""
    codes = dict.fromkeys([*report.counts_by_code, *(issue.code for issue in report.issues)])
    known = {code: rule(code, report.schema) for code in codes}
    return {
        code: {
            **{f"title_{language}": one.title[language] for language in Language},
            **{f"explanation_{language}": one.explanation[language] for language in Language},
        }
        for code, one in known.items()
    }


def tables_in(draft: WorkbookDraft | FolderDraft, package: Package | None) -> list[JsonObject]:
    """The sheets of a workbook that a person sees, or the tables of a package."""
    if isinstance(draft, WorkbookDraft):
        seen = (sheet for sheet in draft.sheets if sheet.name not in (SNAPSHOT, LISTS) and not sheet.check.is_hidden)
        return [
            {"where": s.name, "name": s.name, "title_th": s.name, "title_en": s.name, "rows": len(s.cells)}
            for s in seen
        ]
    if package is None:
        return []
    return [
        {
            "where": resource.path,
            "name": resource.name,
            "title_th": str(resource.descriptor.get("title") or resource.name),
            "title_en": str(resource.descriptor.get("title_en") or resource.name),
            "rows": len(records),
        }
        for resource in package.resources
        if not resource.is_derived and (records := _records(resource)) is not None
    ]


def sheet_rows(draft: WorkbookDraft | FolderDraft, where: str, row: int, count: int) -> JsonObject:
    """Rows of a sheet or table around one of them, with what is known of the columns.

    Args:
        draft: what the person opened.
        where: the sheet, or the path of the table.
        row: the row in the middle, counted from 1.
        count: how many rows.

    Raises:
        UsageError: there is no such table.
    """
    is_workbook = isinstance(draft, WorkbookDraft)
    cells, heading, columns = _sheet(draft, where) if isinstance(draft, WorkbookDraft) else _table(draft, where)
    count = max(1, min(count, _MOST_ROWS))
    first = max(1, min(row - count // 2, len(cells) - count + 1))
    width = max(
        (len(line) for line in [*cells[first - 1 : first - 1 + count], cells[heading - 1] if cells else []]), default=0
    )
    labels = cells[heading - 1] if cells else []
    return {
        "where": where,
        "total": len(cells),
        "first": first,
        "heading": heading,
        "columns": [
            _described(columns.get(at), labels[at] if at < len(labels) else "", is_workbook) for at in range(width)
        ],
        "rows": [[*line] for line in cells[first - 1 : first - 1 + count]],
    }


_Found = tuple[Sequence[Sequence[str]], int, dict[int, Any]]
"""The cells, the number of the heading, and the columns of the standard by their places."""


def _sheet(draft: WorkbookDraft, where: str) -> _Found:
    sheet = next((sheet for sheet in draft.sheets if sheet.name == where), None)
    if sheet is None:
        raise UsageError("draft_refused", "no_table", where=where)
    family, tables = carried(snapshot_of(draft.sheets))
    if comparable(where) in map(comparable, text_pair("plan")):
        return sheet.cells, 1, {}
    found = find_sheets([sheet], plan_sheets(family, years_of_plan(tables))).found
    for one in found.values():
        return sheet.cells, one.heading + 1, dict(one.columns)
    return sheet.cells, 1, {}


def _table(draft: FolderDraft, where: str) -> _Found:
    package = load(draft.path, DEFAULT)
    resource = next((r for r in package.resources if r.path == where), None) if package else None
    cells = _records(resource) if resource else None
    if package is None or resource is None or cells is None:
        raise UsageError("draft_refused", "no_table", where=where)
    table = family_of(package).tables.get(resource.name)
    fields = table.field_by_name if table else {}
    known = [sum(label in fields for label in line) for line in cells[:_HEADING_SOUGHT]]
    heading = known.index(max(known)) if known else 0
    labels = cells[heading] if cells else []
    return cells, heading + 1, {at: fields[label] for at, label in enumerate(labels) if label in fields}


def _records(resource: Resource) -> list[list[str]] | None:
    """The records of a CSV file, the heading first; None where it cannot be read."""
    if resource.data is None or not resource.is_csv:
        return None
    try:
        dialect = Dialect.of(resource.descriptor.get("dialect"))
        return [record for chunk in dialect.chunks(resource.name, resource.data) for record in chunk]
    except (DialectUnsupported, TableUnreadable):
        return None


def _described(column: PlanColumn | Field | None, label: str, is_workbook: bool) -> JsonObject:
    """What is known of a column: its titles, its type, and the values to choose from."""
    field = column.field if isinstance(column, PlanColumn) else column
    titles = (
        column.titles if isinstance(column, PlanColumn) else (field.title, field.title_en) if field else (label, label)
    )
    described = field.descriptor if field else {}
    return {
        "name": column.name if column else label,
        "title_th": titles[0],
        "title_en": titles[1],
        "description_th": str(described.get("description", "")),
        "description_en": str(described.get("description_en", "")),
        "type": str(described.get("type", "string")),
        "choices": [*choices_of(field, is_workbook=is_workbook)] if field and field.meanings else None,
    }


def choices_of(field: Field, *, is_workbook: bool) -> Iterator[JsonObject]:
    """The values to choose from: a workbook takes the titles of codes, a table the codes."""
    for code in field.meanings.values():
        thai, english = (code_title(code, language) for language in Language)
        yield {"code": thai if is_workbook else code.code, "title_th": thai, "title_en": english}
