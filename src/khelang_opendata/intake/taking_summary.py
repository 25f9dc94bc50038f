"""Take the summary table: the projects, and their budget lines of all years."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from khelang_opendata.intake.cell_meanings import (
    YearMeaning,
    amount_of,
    choices,
    codes_like,
    is_tick,
    titles_of,
    year_meaning,
)
from khelang_opendata.intake.merging import Merge, next_id, placed_after
from khelang_opendata.intake.parted_columns import parted_columns
from khelang_opendata.intake.plan_sheets import PlanColumn, Row, text_pair, years_of_plan
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_matching import Described, match_rows
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet
from khelang_opendata.intake.summary_projects import SheetProject, number_text_of, projects_of, without_copies
from khelang_opendata.intake.summary_rows import (
    BLANK,
    BUDGETED,
    DASH,
    SHARED,
    WHOLE,
    ZERO,
    SummaryRow,
    is_of_amounts,
    line_fields,
    summary_rows,
)
from khelang_opendata.intake.taking_records import finish, provisional, unmatched
from khelang_opendata.intake.taking_sections import Sections, rows_in_sections
from khelang_opendata.intake.ticked_years import has_ticks, has_whole_amount, is_ticked, take_ticks
from khelang_opendata.intake.typed_cells import as_seen

_LONGEST = 80
_OF_YEAR = ("fiscal_year_be", "budget_status", "amount_thb", "amount_basis", "summary_amount_printed")
"""The columns of a budget line that the cell of its year decides."""


def take_summary(merge: Merge, found: FoundSheet, own_sheets: Collection[str] = ()) -> None:
    """Take the summary table.

    Args:
        merge: the import.
        found: the sheet.
        own_sheets: the tables that have sheets of their own in the import.
    """
    sections = rows_in_sections(merge, found, own_sheets)
    data = sections.data
    signs = _signs(merge, found)
    projects = projects_of(merge, found, data)
    _identify(merge, projects)
    old: dict[str, list[SummaryRow]] = {}
    for before in summary_rows(merge.old):
        old.setdefault(before.project["project_id"], []).append(before)
    projects = without_copies(merge, projects, old)
    places = [project.old for project in projects]
    has_unread = any("title_th" in one.errors for one in data)
    merge.new["projects"] = [provisional("projects", p.row, p.first) for p in projects]
    merge.new["projects"] += unmatched(merge, "projects", places) if has_unread else []
    merge.relabel("projects")
    own = [c for c in found.columns.values() if c.name in merge.family.tables["projects"].field_by_name]
    own = [c for c in own if c.field and c.name not in line_fields()] + sections.columns(found)
    for project in projects:
        _take_project(merge, project, own, signs, sections)
    finish(merge, "projects", found.read.name, [p.row for p in projects], places, has_unread=has_unread)
    merge.relabel("projects")
    _take_lines(merge, found, projects, old, signs)
    merge.remarks += parted_columns(merge, found, projects, old)


def _signs(merge: Merge, found: FoundSheet) -> Mapping[str, str]:
    """What 0 and a dash mean, from the sheet's layout and the two cells above the heading."""
    signs = dict(found.read.layout.signs) if found.read.layout else {}
    statuses = merge.family.tables["budgets"].field_by_name["budget_status"].meanings
    known = choices(titles_of(statuses))
    for name, sign in (("zero", ZERO), ("dash", DASH)):
        titles = [comparable(text) for text in text_pair("settings", name)]
        for row, cells in enumerate(found.read.cells[: found.top.first]):
            for at, cell in enumerate(cells):
                if cell and comparable(cell) in titles:
                    place, text = next(((p, c) for p, c in enumerate(cells) if p > at and c), (at, ""))
                    codes = codes_like(statuses, text) if text else []
                    if len(codes) == 1:
                        signs.setdefault(sign, codes[0])
                    elif text:
                        params = {"text": text[:_LONGEST], "title": cell, "title_en": cell, **known}
                        merge.remarks.append(
                            Remark(RemarkKind.REFUSED, "code_unknown", found.read.name, row, place, params)
                        )
    return signs


def _identify(merge: Merge, projects: Sequence[SheetProject]) -> None:
    """Find the old record of each project, or make a new one's id."""
    old = merge.rows("projects")
    known = [
        Described(row["title_th"], (row["sequence_no"], comparable(merge.older.label("units", row["lead_unit_id"]))))
        for row in old
    ]
    new = [
        Described(p.first.text("title_th"), (number_text_of(p.first), comparable(p.first.text("lead_unit_id"))))
        for p in projects
    ]
    matches = match_rows(new, known)
    for at, place in matches.doubts:
        params = {"text": old[place]["title_th"][:_LONGEST], "number": old[place]["sequence_no"]}
        merge.remarks.append(projects[at].first.remark(RemarkKind.TAKEN, "project_doubtful", "title_th", **params))
    taken = [row["project_id"] for row in old]
    for project, match in zip(projects, matches.old, strict=True):
        project.old = match
        project.row = dict(old[match]) if match is not None else merge.blank("projects")
        if match is None:
            number = number_text_of(project.first)
            wanted = int(number) if number.isdigit() else None
            project.row["project_id"] = next_id("projects", merge.plan_id, taken, wanted)
            taken.append(project.row["project_id"])


def _take_project(
    merge: Merge, project: SheetProject, own: Sequence[PlanColumn], signs: Mapping[str, str], sections: Sections
) -> None:
    is_new = project.old is None
    merge.origins.note_row(project.row, project.first)
    for column in own:
        first = next((one for one in project.data if one.text(column.name)), project.first)
        if column.name == "dimension_id" and not first.text(column.name) and first.text("mission_id"):
            continue  # which has that of its mission
        if first.text(column.name) or column.name in first.columns:
            merge.take(column, first, project.row, is_new=is_new)
            sections.take(merge, column, first, project.row, is_new=is_new)
        for one in project.data:
            if one.text(column.name) and comparable(one.text(column.name)) != comparable(first.text(column.name)):
                params = {**column.named, "text": one.text(column.name)[:_LONGEST]}
                merge.remarks.append(one.remark(RemarkKind.REFUSED, "rows_disagree", column.name, **params))
    _take_dimension(merge, project)
    take_ticks(merge, project, signs, own)
    if is_new:
        _fill(merge, project)


def _take_dimension(merge: Merge, project: SheetProject) -> None:
    """Give a project that names its mission alone the dimension of the mission."""
    missions = {row["mission_id"]: row["dimension_id"] for row in merge.new["missions"]}
    dimension = missions.get(project.row["mission_id"], "")
    if dimension and not project.row["dimension_id"] and not project.first.text("dimension_id"):
        project.row["dimension_id"] = dimension
        text = merge.labels.label("dimensions", dimension)
        merge.remarks.append(project.first.remark(RemarkKind.TAKEN, "dimension_taken", "dimension_id", text=text))


def _fill(merge: Merge, project: SheetProject) -> None:
    """Give a new project what its row leaves out, and remark on it."""
    row, first = project.row, project.first
    plan = merge.new["plans"][0]
    if not row["sequence_no"]:
        numbers = [
            int(r["sequence_no"])
            for r in (*merge.rows("projects"), *merge.new["projects"])
            if r["sequence_no"].isdigit()
        ]
        row["sequence_no"] = str(max(numbers, default=0) + 1)
        merge.remarks.append(first.remark(RemarkKind.TAKEN, "ordinal_taken", "sequence_no", text=row["sequence_no"]))
    if not row["project_kind"]:
        kinds = merge.family.tables["projects"].field_by_name["project_kind"].meanings
        code = next((c for c, kind in kinds.items() if row["title_th"].startswith(kind.title_th)), None)
        if code:
            row["project_kind"] = code
            merge.remarks.append(
                first.remark(
                    RemarkKind.TAKEN,
                    "kind_taken",
                    "project_kind",
                    text=kinds[code].title_th,
                    text_en=kinds[code].title_en,
                )
            )
    if not row["start_fiscal_year_be"] and not row["end_fiscal_year_be"]:
        row["start_fiscal_year_be"], row["end_fiscal_year_be"] = (
            plan["start_fiscal_year_be"],
            plan["end_fiscal_year_be"],
        )
        text = f"{plan['start_fiscal_year_be']}-{plan['end_fiscal_year_be']}"
        merge.remarks.append(first.remark(RemarkKind.TAKEN, "years_taken", "start_fiscal_year_be", text=text))
    merge.take_source(first, row)
    merge.remarks.append(first.remark(RemarkKind.ADDED, "row_added", None, text=row["title_th"][:_LONGEST]))


def _year_columns(found: FoundSheet) -> dict[str, str]:
    """The columns of amounts by name, with the fiscal year of each; empty for that of all years together."""
    names = [column.name for column in found.columns.values()]
    return {name: "" if name == WHOLE else name for name in names if is_of_amounts(name)}


def _take_lines(
    merge: Merge,
    found: FoundSheet,
    projects: Sequence[SheetProject],
    old: Mapping[str, Sequence[SummaryRow]],
    signs: Mapping[str, str],
) -> None:
    lines: list[Row] = []
    years = _year_columns(found)
    for project in projects:
        lines += _lines_of(merge, found, project, old.get(project.row["project_id"], []), years, signs)
    taken = {project.row["project_id"] for project in projects}
    unread = {row["project_id"] for row in merge.new["projects"]} - taken
    lines += [dict(line) for line in merge.rows("budgets") if line["project_id"] in unread]
    keys = {(line["project_id"], line["line_no"]): line for line in lines}
    ordered = [keys[k] for row in merge.rows("budgets") if (k := (row["project_id"], row["line_no"])) in keys]
    is_old = {id(line) for line in ordered}
    new = [line for line in lines if id(line) not in is_old]
    merge.new["budgets"] = placed_after(ordered, new, lambda row: row["project_id"])
    gone = {row["project_id"] for row in merge.rows("projects")} - taken
    for row in merge.rows("budgets"):
        is_left = (row["project_id"], row["line_no"]) in keys or row["project_id"] in gone
        if not is_left:
            year = row["fiscal_year_be"] or "–"
            merge.deleted("budgets", found.read.name, f"{merge.older.label('projects', row['project_id'])} / {year}")


def _lines_of(
    merge: Merge,
    found: FoundSheet,
    project: SheetProject,
    old: Sequence[SummaryRow],
    years: Mapping[str, str],
    signs: Mapping[str, str],
) -> list[Row]:
    """The budget lines of one project: each cell of a year is the old line of its row, or a new one.

    Old lines stay where the sheet has no column of their year, and where their cell is not understood.
    """
    read = {year or WHOLE for year in years.values()}
    lines = [dict(line) for row in old for year, line in row.lines.items() if year not in read]
    used = [int(line["line_no"]) for row in old for line in row.lines.values()]
    for one, before in zip(project.data, _paired(merge, project.data, old), strict=True):
        shared = _shared(merge, found, one, before)
        whole = _said(merge, found, one, WHOLE, signs) if WHOLE in years else None
        is_of_years = whole is not None and whole.status != BUDGETED and not (before and WHOLE in before.lines)
        of_years = _of_years(merge, project, one, whole) if whole and is_of_years else {}
        for name, year in {**years, **{year: year for year in of_years}}.items():
            line = dict(before.lines[year or WHOLE]) if before and (year or WHOLE) in before.lines else None
            is_planned = has_whole_amount(project) and is_ticked(project, one.text(name)) and name != WHOLE
            if is_planned or (is_of_years and name == WHOLE):
                continue
            said = of_years.get(name) or (whole if name == WHOLE else _said(merge, found, one, name, signs))
            if said is None and _is_blank(project, one, name):
                said = _of_blank(signs)
            if said is None:
                if line is not None and (one.text(name) or name in one.errors):
                    _note_line(merge, line, one, name)
                    lines.append(line)
                continue
            row = line or {**merge.blank("budgets"), "project_id": project.row["project_id"], "fiscal_year_be": year}
            if line is None:
                row["line_no"] = str(max(used, default=0) + 1)
                used.append(int(row["line_no"]))
            _take_year(merge, found, one, name, row, said, is_new=line is None)
            if line is None:
                params = {**found.column(name).named, "text": project.title[:_LONGEST], "amount": one.text(name) or "–"}
                merge.remarks.append(one.remark(RemarkKind.ADDED, "line_added", name, **params))
            _take_shared(row, shared, before, is_new=line is None)
            _note_line(merge, row, one, name)
            lines.append(row)
    return lines


def _is_blank(project: SheetProject, one: DataRow, name: str) -> bool:
    """Whether a project has nothing in a year, which its first row says, and no amount of all years together.

    Where years are ticked, the others are empty in spite of such an amount.
    """
    names = (name,) if has_ticks(project) else (name, WHOLE)
    return (
        one is project.first
        and name != WHOLE
        and not any(r.text(n) or n in r.errors for r in project.data for n in names)
    )


def _of_years(merge: Merge, project: SheetProject, one: DataRow, whole: YearMeaning) -> dict[str, YearMeaning]:
    """What a project without an amount for all years has in each: in those that it ticks, else in empty ones."""
    years = years_of_plan(merge.new) or ()
    texts = {str(year): [row.text(str(year)) for row in project.data if row.text(str(year))] for year in years}
    if has_ticks(project):
        found = [year for year, said in texts.items() if any(map(is_tick, said))]
    else:
        found = [year for year, said in texts.items() if not said]
    if project.old is None:
        params = {"text": as_seen(one.text(WHOLE))[:_LONGEST], "years": ", ".join(found) or "–"}
        merge.remarks.append(one.remark(RemarkKind.TAKEN, "whole_without_money", WHOLE, **params))
    return dict.fromkeys(found, whole)


def _of_blank(signs: Mapping[str, str]) -> YearMeaning | None:
    """What an empty cell of a year means; None where it means nothing."""
    status = signs.get(BLANK)
    return YearMeaning(status, amount_of(status)) if status else None


def _note_line(merge: Merge, row: Row, one: DataRow, name: str) -> None:
    """Note the cell of a line's year, and those of the columns that its row shares with other lines."""
    merge.origins.note_row(row, one)
    for column in (*_OF_YEAR, *line_fields()):
        merge.origins.note(row, one, name if column in _OF_YEAR else column, column)


def _paired(merge: Merge, data: Sequence[DataRow], old: Sequence[SummaryRow]) -> list[SummaryRow | None]:
    """The old row of each row of a project: the pairs that agree most in source and years, then in order."""
    scores = [(-_agreement(merge, one, row), n, o) for n, one in enumerate(data) for o, row in enumerate(old)]
    found: dict[int, int] = {}
    for _, n, o in sorted(scores):
        if n not in found and o not in found.values():
            found[n] = o
    return [old[found[n]] if n in found else None for n in range(len(data))]


def _agreement(merge: Merge, one: DataRow, row: SummaryRow) -> int:
    """How many of a row's shared columns and years say in the sheet what they said before."""
    fields = merge.family.tables["budgets"].field_by_name
    agreed = 0
    for name in line_fields():
        text, value = one.text(name), row.shared.get(name, "")
        is_equal = comparable(text) == comparable(value) or value in codes_like(fields[name].meanings, text)
        agreed += bool(value) and is_equal
    return agreed + sum(bool(one.text(year)) == (year in row.lines) for year in one.texts if is_of_amounts(year))


def _shared(merge: Merge, found: FoundSheet, one: DataRow, before: SummaryRow | None) -> dict[str, str]:
    """The columns that hold for a row's lines and were changed in the sheet, or all of a new row."""
    shared = dict(before.shared) if before else dict.fromkeys(line_fields(), "")
    unchanged = dict(shared)
    for column in found.columns.values():
        if column.name in line_fields():
            merge.take(column, one, shared, is_new=before is None)
    return {name: value for name, value in shared.items() if before is None or value != unchanged.get(name, "")}


def _said(merge: Merge, found: FoundSheet, one: DataRow, name: str, signs: Mapping[str, str]) -> YearMeaning | None:
    """What the cell of a year says; None for an empty one and for one that is not understood."""
    text = one.text(name)
    if not text or name in one.errors:
        return None
    statuses = merge.family.tables["budgets"].field_by_name["budget_status"].meanings
    said = year_meaning(text, signs, statuses)
    is_merged = name in one.filled and said.status == BUDGETED and bool(said.amount)
    problem = said.problem or ("amount_merged" if is_merged else "")
    if found.read.layout and problem in ("sign_zero", "sign_dash", "sign_tick"):
        problem += "_mapped"
    if problem:
        named = {**found.column(name).named, **said.params}
        merge.remarks.append(one.remark(RemarkKind.REFUSED, problem, name, text=as_seen(text)[:_LONGEST], **named))
        return None
    return said


def _take_year(
    merge: Merge, found: FoundSheet, one: DataRow, name: str, row: Row, said: YearMeaning, *, is_new: bool
) -> None:
    is_same_status = row["budget_status"] == said.status
    is_same_amount = said.status != BUDGETED or not said.amount or _equal(row["amount_thb"], said.amount)
    if said.status == BUDGETED and not said.amount and row["amount_thb"]:
        is_same_amount = False
    if is_same_status and is_same_amount and not is_new:
        return
    before = row["amount_thb"] or row["budget_status"]
    row["budget_status"], row["amount_thb"] = said.status, said.amount
    named, seen = found.column(name).named, as_seen(one.text(name))[:_LONGEST]
    if said.taken:
        merge.remarks.append(one.remark(RemarkKind.TAKEN, said.taken, name, text=seen, **named, **said.params))
    if not is_new:
        params = {**named, "before": before, "after": seen}
        merge.remarks.append(one.remark(RemarkKind.CHANGED, "cell_changed", name, **params))


def _equal(one: str, other: str) -> bool:
    return bool(one) and Decimal(one) == Decimal(other)


def _take_shared(row: Row, shared: Mapping[str, str], before: SummaryRow | None, *, is_new: bool) -> None:
    """Write what a row's lines share into those that have money, and the defaults of the standard into new ones."""
    has_money = row["budget_status"] in (BUDGETED, SHARED)
    if is_new and before is not None:
        shared = {**before.shared, **shared}
    for name, value in shared.items():
        if name == "note_th" or has_money:
            row[name] = value
    if is_new and has_money:
        row["source_basis"] = row["source_basis"] or ("stated" if row["funding_source"] else "not_stated")
        row["funding_source"] = row["funding_source"] or "lao_budget"
        if row["budget_status"] == BUDGETED and not row["amount_basis"] and row["amount_thb"]:
            row["amount_basis"] = "not_said" if row["fiscal_year_be"] else "whole_period"
    if not has_money:
        row["amount_basis"] = ""
