"""Take a filled E-Plan workbook: the results of a round, as :mod:`khelang_opendata.nacc.eplan` writes its table.

What the program itself wrote there of the package, unchanged, is not read anew. A project is known by its
number, and its names must not say another; the results go into the table ``progress``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.intake.cell_meanings import number_of
from khelang_opendata.intake.cell_numbers import read_ordinal
from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import PlanColumn, Row, years_of_plan
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_matching import likeness
from khelang_opendata.intake.sheet_headings import DataRow, error_remark
from khelang_opendata.intake.typed_cells import as_seen
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.nacc.eplan.plan_tables import REASONS, TWELVE_MONTHS, PlanTables
from khelang_opendata.nacc.eplan.report_form import (
    CLOSED,
    COMPLETE,
    ORDINANCES,
    TO_FILL,
    Cell,
    FormColumn,
    columns,
)
from khelang_opendata.nacc.eplan.rows import EplanRow, rows_of_tables
from khelang_opendata.nacc.eplan.workbook import SCORE
from khelang_opendata.package.edition import ReleasedTable

_ROWS_SOUGHT = 25
_LONGEST = 80
_LEAST_ALIKE = 0.6
"""From here on a title is a changed one of the project of its number; below, the two may be of different projects."""
_NEEDED = ("eplan_title", "year", "months", "status")
"""The columns by which the table is known, and without which no row of it is."""
_FIELDS = {
    "planned": "planned_thb",
    "approved": "approved_thb",
    "disbursed": "disbursed_thb",
    "in_ordinance": "in_ordinance",
    "status": "status",
    "reason": "cannot_reason",
    "other_reason": "problem_th",
    "remark": "result_th",
}
"""The columns that are filled in, and the columns of ``progress`` that they go to; a remark goes to two."""
_BESIDE = ("kind", "dimension", "uses_budget", "earlier", "notes")
"""Columns that say what the plan has; what differs there is named."""
_RESULT, _PROBLEM = "ผลการดำเนินงาน", "ปัญหา อุปสรรค และข้อเสนอแนะ"
_LABELLED = rf"\s*({_RESULT}|{_PROBLEM})\s*:(.*)"
"""The labels in the system's field for remarks, as the program writes them."""


@dataclass(frozen=True)
class _EplanTable:
    """The table in a sheet: the row of its heading, and the places of its columns by their names."""

    sheet: ReadSheet
    heading: int
    places: Mapping[str, int]

    def cell(self, row: int, name: str) -> str:
        line, place = self.sheet.cells[row], self.places.get(name, -1)
        return line[place] if 0 <= place < len(line) else ""


@dataclass(frozen=True)
class _WrittenPlan:
    """The package as the program writes it into the table."""

    merge: Merge

    @cached_property
    def projects(self) -> Mapping[int, Row]:
        return {int(row["sequence_no"]): row for row in self.merge.rows("projects") if row["sequence_no"].isdigit()}

    @cached_property
    def _tables(self) -> PlanTables:
        family = self.merge.family
        found = {}
        for name, rows in self.merge.old.items():
            fields = [field.name for field in family.tables[name].fields]
            found[name] = ReleasedTable(
                family.tables[name], tuple(tuple(row.get(f, "") for f in fields) for row in rows)
            )
        return PlanTables(found)

    @cached_property
    def _rounds(self) -> dict[tuple[int, int], Mapping[int, EplanRow]]:
        return {}

    def written(self, number: int, year: int, months: int) -> Mapping[str, Cell]:
        """The cells of a project's row as the program writes it; none for a project that is not run that year."""
        if (year, months) not in self._rounds:
            rows = rows_of_tables(self._tables, year, months)
            self._rounds[year, months] = {row.sequence_no: row for row in rows}
        row = self._rounds[year, months].get(number)
        return {name: column.cell(row) for name, column in columns(months).items()} if row else {}


def is_eplan_table(sheet: ReadSheet) -> bool:
    """Whether a sheet holds the table of the reports to E-PlanNACC."""
    return _table(sheet) is not None


def take_eplan(merge: Merge, sheets: Sequence[ReadSheet]) -> None:
    """Take the results of the tables of E-Plan workbooks into the reports of the package.

    Args:
        merge: the import, into a package that exists.
        sheets: the sheets of the workbooks.
    """
    merge.new.update(merge.old)
    merge.labels = merge.older
    plan, taken = _WrittenPlan(merge), dict[tuple[str, ...], Row]()
    for sheet in sheets:
        if (table := _table(sheet)) is not None:
            merge.remarks += _of_headings(table)
            for at in range(table.heading + 1, len(sheet.cells)):
                if any(sheet.cells[at]):
                    _take_row(plan, table, at, taken)
        elif any(any(line) for line in sheet.cells):
            code = "sheet_computed" if sheet.known_as == SCORE else "sheet_unread"
            merge.remarks.append(Remark(RemarkKind.IGNORED, code, sheet.name))
    old = {_key(row): row for row in merge.rows("progress")}
    rows = [taken.get(key, row) for key, row in old.items()] + [row for key, row in taken.items() if key not in old]
    if rows:
        merge.new["progress"] = rows


def _key(row: Row) -> tuple[str, ...]:
    return row["project_id"], row["fiscal_year_be"], row["round_months"]


def _table(sheet: ReadSheet) -> _EplanTable | None:
    titles = {comparable(column.heading): name for name, column in columns(TWELVE_MONTHS).items()}
    for at, line in enumerate(sheet.cells[:_ROWS_SOUGHT]):
        places: dict[str, int] = {}
        for place, label in enumerate(line):
            if label and (name := titles.get(comparable(label))):
                places.setdefault(name, place)
        if places.keys() >= {*_NEEDED}:
            return _EplanTable(sheet, at, places)
    return None


def _of_headings(table: _EplanTable) -> Iterator[Remark]:
    """Remarks on columns that are none of the table, and on missing ones."""
    sheet, places = table.sheet, {*table.places.values()}
    for at in range(max(map(len, sheet.cells))):
        label = sheet.cells[table.heading][at] if at < len(sheet.cells[table.heading]) else ""
        is_filled = any(len(line) > at and line[at] for line in sheet.cells[table.heading + 1 :])
        if at not in places and (label or is_filled):
            params = {"label": label[:_LONGEST]}
            yield Remark(RemarkKind.IGNORED, "column_unread", sheet.name, table.heading, at, params)
    for name in _FIELDS:
        if name not in table.places:
            heading = _form(name).heading
            params = {"title": heading, "title_en": heading}
            yield Remark(RemarkKind.IGNORED, "column_missing", sheet.name, table.heading, None, params)


def _form(name: str) -> FormColumn:
    return columns(TWELVE_MONTHS)[name]


def _take_row(plan: _WrittenPlan, table: _EplanTable, at: int, taken: dict[tuple[str, ...], Row]) -> None:
    """Take one row; with a remark where it is of no project, or no report."""
    merge, data = plan.merge, _data(table, at)
    merge.remarks += (error_remark(data, name) for name in data.errors)
    text = " ".join(f"{data.text('sequence_no')} {data.text('title') or data.text('eplan_title')}".split())[:_LONGEST]
    if not data.errors and not any(data.text(name) for name in (*_FIELDS, "year", "months")):
        said = " ".join(data.any_text.split())[:_LONGEST]
        merge.remarks.append(data.remark(RemarkKind.IGNORED, "eplan_row_unread", None, text=said))
        return
    keyed, project = _round(plan, data), _project(plan, data)
    if keyed is None or project is None or data.errors:
        return
    year, months = keyed
    written = plan.written(int(project["sequence_no"]), int(year), int(months))
    merge.remarks += _differing(data, project, written)
    changed = [name for name in _FIELDS if name in table.places and not _is_same(data.text(name), written.get(name))]
    key = (project["project_id"], year, months)
    if key in taken:
        merge.remarks.append(
            data.remark(RemarkKind.REFUSED, "eplan_row_twice", "status", text=project["title_th"][:60])
        )
        return
    old = next((row for row in merge.rows("progress") if _key(row) == key), None)
    if not changed:
        return
    if old is not None and not any(data.text(name) for name in _FIELDS if name != "planned"):
        merge.remarks.append(data.remark(RemarkKind.IGNORED, "eplan_row_blank", None, text=project["title_th"][:60]))
        return
    if old is None and not data.text("status"):
        merge.remarks.append(data.remark(RemarkKind.REFUSED, "eplan_status_missing", "status", text=text))
        return
    names = dict(zip(("project_id", "fiscal_year_be", "round_months"), key, strict=True))
    row = dict(old) if old is not None else {**merge.blank("progress"), **names}
    taken[key] = row
    merge.origins.note_row(row, data)
    _take_cells(merge, data, row, [*table.places] if old is None else changed, is_new=old is None)
    if old is None:
        merge.remarks.append(data.remark(RemarkKind.ADDED, "row_added", None, text=f"{year}/{months} · {text}"))


def _data(table: _EplanTable, at: int) -> DataRow:
    """A row of the table, with the errors of the cells that a person fills in."""
    check = table.sheet.check
    unread = {**dict.fromkeys(check.unvalued, ""), **check.errors}
    names = ("sequence_no", "year", "months", *_FIELDS)
    errors = {n: unread[at, table.places[n]] for n in names if n in table.places and (at, table.places[n]) in unread}
    return DataRow(table.sheet.name, at, {n: table.cell(at, n) for n in table.places}, table.places, errors)


def _round(plan: _WrittenPlan, data: DataRow) -> tuple[str, str] | None:
    """Year and months of a row's round; None, with a remark, where they are missing or not the plan's."""
    merge, found = plan.merge, list[str]()
    for name, field in (("year", "fiscal_year_be"), ("months", "round_months")):
        column = _column(merge, name, field)
        value = merge.read(column, data, {}).value
        years = years_of_plan(merge.old) or range(0)
        if value == "" or (value and name == "year" and int(value) not in years):
            code = "eplan_year_outside" if value else "title_missing"
            params = {"text": value, "first": str(years.start), "last": str(years.stop - 1)} if value else column.named
            merge.remarks.append(data.remark(RemarkKind.REFUSED, code, name, **params))
        elif value:
            found.append(value)
    return (found[0], found[1]) if len(found) == len(("year", "months")) else None


def _column(merge: Merge, name: str, field: str) -> PlanColumn:
    """A column of the table as one of a sheet of the plan."""
    found = merge.family.tables["progress"].field_by_name[field]
    return PlanColumn(name, (_form(name).heading, found.title_en), found)


def _project(plan: _WrittenPlan, data: DataRow) -> Row | None:
    """The project of a row: that of its number, if its names say no other, else the only one of its name."""
    seen = [comparable(data.text(name)) for name in ("title", "eplan_title") if data.text(name)]
    number = read_ordinal(data.text("sequence_no")).value if data.text("sequence_no") else None
    named = [row for row in plan.projects.values() if seen and seen[0] in _names(row)]
    project = plan.projects.get(int(number)) if number is not None else None
    text = (data.text("title") or data.text("eplan_title"))[:_LONGEST]
    if project is None and len(named) == 1 and not data.text("sequence_no"):
        params = {"number": named[0]["sequence_no"]}
        plan.merge.remarks.append(data.remark(RemarkKind.TAKEN, "eplan_by_title", "eplan_title", **params))
        return named[0]
    if project is None:
        where = "sequence_no" if "sequence_no" in data.columns else "eplan_title"
        plan.merge.remarks.append(data.remark(RemarkKind.REFUSED, "eplan_project_unknown", where, text=text))
        return None
    is_like = max((likeness(data.text(n), t) for n in _TITLES for t in _titles(project) if data.text(n)), default=1.0)
    if project not in named and (named or is_like < _LEAST_ALIKE):
        params = {"number": project["sequence_no"], "title": project["title_th"][:_LONGEST], "text": text}
        plan.merge.remarks.append(data.remark(RemarkKind.REFUSED, "eplan_project_doubtful", "eplan_title", **params))
        return None
    return project


_TITLES = ("title", "eplan_title")


def _titles(project: Row) -> list[str]:
    return [project[name] for name in ("title_th", "eplan_title_th") if project[name]]


def _names(project: Row) -> list[str]:
    return [*map(comparable, _titles(project))]


def _differing(data: DataRow, project: Row, written: Mapping[str, Cell]) -> Iterator[Remark]:
    """Remarks on cells that say another than the plan, and are not taken."""
    for name in _TITLES:
        if data.text(name) and comparable(data.text(name)) not in _names(project):
            yield data.remark(RemarkKind.IGNORED, "eplan_title_differs", name, text=data.text(name)[:_LONGEST])
    for name in _BESIDE:
        if data.text(name) and not _is_same(data.text(name), written.get(name)):
            params = {"text": data.text(name)[:_LONGEST], "label": _form(name).heading}
            yield data.remark(RemarkKind.IGNORED, "eplan_cell_unread", name, **params)
    state = data.text("state")
    if state and state not in (CLOSED, COMPLETE) and not state.startswith(TO_FILL):
        params = {"text": state[:_LONGEST], "label": _form("state").heading}
        yield data.remark(RemarkKind.IGNORED, "eplan_cell_unread", "state", **params)


def _is_same(text: str, written: Cell) -> bool:
    """Whether a cell is as the program writes it."""
    if isinstance(written, int | Decimal):
        return number_of(text) == written
    return "".join(text.split()) == "".join((written or "").split())


def _take_cells(merge: Merge, data: DataRow, row: Row, names: Sequence[str], *, is_new: bool) -> None:
    """Take the cells of a report whose columns are named."""
    texts = dict(data.texts)
    for name, words in _WORDS.items():
        texts[name] = words(merge).get(comparable(texts.get(name, "")), texts.get(name, ""))
    read = DataRow(data.sheet, data.row, texts, data.columns, {})
    for name, field in _FIELDS.items():
        if name in names and name not in ("other_reason", "remark"):
            _take_as(merge, read, name, field, row, texts[name], is_new=is_new)
    if {"other_reason", "remark", "reason"}.isdisjoint(names):
        return
    result, problem, is_labelled = _parts(as_seen(texts.get("remark", "")))
    other = texts.get("other_reason", "")
    if other and row["cannot_reason"] != "other":
        merge.remarks.append(data.remark(RemarkKind.REFUSED, "eplan_reason_other", "other_reason", text=other[:60]))
        return
    if other and problem and comparable(other) != comparable(problem):
        merge.remarks.append(data.remark(RemarkKind.REFUSED, "eplan_problem_twice", "remark", text=problem[:60]))
        return
    if "remark" in data.columns:
        _take_as(merge, read, "remark", "result_th", row, result, is_new=is_new)
    of_problem = "other_reason" if other else "remark"
    if of_problem in data.columns:
        _take_as(merge, read, of_problem, "problem_th", row, other or problem, is_new=is_new)
    if not is_labelled:
        merge.remarks.append(data.remark(RemarkKind.TAKEN, "eplan_remark_taken", "remark", text=result[:_LONGEST]))


def _take_as(merge: Merge, data: DataRow, name: str, field: str, row: Row, text: str, *, is_new: bool) -> None:
    """Take a text as a column of ``progress`` from the cell of a column of the table."""
    column = _column(merge, name, field)
    known = PlanColumn(field, column.titles, column.field)
    place = {field: data.columns[name]} if name in data.columns else {}
    merge.take(known, DataRow(data.sheet, data.row, {field: text}, place, {}), row, is_new=is_new)


def _parts(text: str) -> tuple[str, str, bool]:
    """Result and problems in the system's field for remarks, and whether each has its label.

    What has none is taken as part of the result.
    """
    paragraphs: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in text.split("\n"):
        if labelled := re.fullmatch(_LABELLED, line):
            paragraphs.append((labelled[1], [labelled[2]]))
        else:
            paragraphs[-1][1].append(line)
    said = [(label, "\n".join(lines).strip()) for label, lines in paragraphs]
    result = "\n".join(text for label, text in said if label != _PROBLEM and text)
    problem = "\n".join(text for label, text in said if label == _PROBLEM and text)
    return result, problem, not said[0][1]


def _reasons(merge: Merge) -> dict[str, str]:
    meanings = merge.family.tables["progress"].field_by_name["cannot_reason"].meanings
    return {comparable(word): meanings[code].title_th for code, word in REASONS.items()}


def _ordinances(_: Merge) -> dict[str, str]:
    return {comparable(word): "ใช่" if is_in else "ไม่ใช่" for is_in, word in ORDINANCES.items()}


_WORDS: Mapping[str, Callable[[Merge], dict[str, str]]] = {"reason": _reasons, "in_ordinance": _ordinances}
"""What the system's words are in the plan's workbook, by the columns that have words of their own."""
