"""Draft the projects and their budgets: what the row of the table and the sheet say, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from khelang_opendata.intake.document_amounts import SheetBudget, amount_in
from khelang_opendata.intake.document_sheets import DocumentSheet, is_continuous
from khelang_opendata.intake.document_summary import NO_YEAR
from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.draft_budgets import YearReading, add_budget_lines, table_amounts, year_reading
from khelang_opendata.intake.draft_pairs import ProjectPair, title_of
from khelang_opendata.intake.draft_values import Confidence, DraftWhere
from khelang_opendata.intake.draft_work import CERTAIN, LONGEST, NOT_FOUND, DraftWork
from khelang_opendata.intake.plan_document import mended, squeezed
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET
from khelang_opendata.model.thai import ascii_text

_EPLAN = re.compile(r"E-? ?Plan ?NACC[^“”\"]{0,60}[“\"]([^“”\"]{2,500})[”\"]", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)")
_LAST_MONTHS = ("ตุลาคม", "พฤศจิกายน", "ธันวาคม", "ต.ค.", "พ.ย.", "ธ.ค.")
"""The months of a year that are the first of the next fiscal year."""
_MONTH_BEFORE = 22
_OF_ANOTHER = ("ภายใต้โครงการ", "อยู่ในโครงการ", "งบประมาณของโครงการ", "งบประมาณโครงการ")


def add_projects(work: DraftWork) -> None:
    """Add the projects in the order of the pairs, each with its budgets."""
    is_through = is_continuous([pair.sheet for pair in work.pairs if pair.sheet])
    for at, (pair, budget) in enumerate(zip(work.pairs, work.budgets, strict=True), 1):
        id_ = f"{work.plan_id}-P{at:02d}"
        row: Row = {"plan_id": work.plan_id, "project_id": id_, "sequence_no": str(at)}
        _number(work, row, pair, at, is_through)
        _titles(work, row, pair)
        _places(work, row, pair)
        _unit(work, row, pair)
        span = _span(work, row, pair)
        row["source_section"] = f"ส่วนที่ 3 ลำดับที่ {at}" if pair.sheet else f"ตารางสรุป ลำดับที่ {at}"
        work.draft.add("projects", row)
        _add_budgets(work, row, pair, budget, span)


def _wheres(pair: ProjectPair, at: str, section: str = "") -> list[DraftWhere]:
    """The places of a project: its row of the table, and a section of its sheet."""
    found = []
    if pair.row:
        found.append(DraftWhere("summary", pair.row.place))
    if pair.sheet:
        part = pair.sheet.section(section)
        number = str(pair.sheet.number or at)
        place = part.place if part else pair.sheet.place
        found.append(DraftWhere("sheet", place, number, part.number if part else 0))
    return found


def _number(work: DraftWork, row: Row, pair: ProjectPair, at: int, is_through: bool) -> None:
    printed = pair.sheet.number_printed if pair.sheet else ""
    row["sequence_printed"] = printed or (str(pair.row.number) if pair.row and pair.row.number else "")
    numbers = [one.number for one in (pair.sheet, pair.row) if one and one.number is not None]
    if not pair.is_sure or len(numbers) < 2 or len(set(numbers)) > 1:  # noqa: PLR2004 (table and sheet)
        sure = (Confidence.DOUBTFUL, "number_differs") if len(set(numbers)) > 1 else (Confidence.LIKELY, "only_once")
    else:
        sure = CERTAIN if numbers[0] == at or not is_through else (Confidence.DOUBTFUL, "number_differs")
    work.draft.note(
        "projects", row["project_id"], "sequence_no", str(at), sure, _wheres(pair, row["sequence_no"], "title")
    )


def _titles(work: DraftWork, row: Row, pair: ProjectPair) -> None:
    in_sheet = title_of(pair.sheet) if pair.sheet else ""
    in_table = mended(pair.row.title) if pair.row else ""
    if pair.row and pair.sheet and squeezed(in_sheet) == squeezed(in_table):
        sure = CERTAIN
        in_table = in_sheet
    elif pair.row and pair.sheet:
        sure = (Confidence.LIKELY if pair.is_sure else Confidence.DOUBTFUL, "titles_differ")
    else:
        sure = (Confidence.LIKELY, "only_in_sheet" if pair.sheet else "only_in_summary")
        sure = (Confidence.DOUBTFUL, "alone") if work.has_both else sure
    raw = pair.sheet.section("title") if pair.sheet else None
    if sure[0] is Confidence.CERTAIN and raw and squeezed(raw.text) != squeezed(in_sheet):
        sure = Confidence.LIKELY, "text_mended"
    id_, wheres = row["project_id"], _wheres(pair, row["sequence_no"], "title")
    row["title_th"] = (in_sheet or in_table)[:LONGEST]
    row["summary_title_printed"] = in_table[:LONGEST]
    work.draft.note("projects", id_, "title_th", row["title_th"], sure, wheres, summary=in_table or "–")
    kind = meaning_of_beginning("kinds", squeezed(row["title_th"]))[0]
    row["project_kind"] = kind or "project"
    if not kind:
        work.draft.note("projects", id_, "project_kind", "project", (Confidence.DOUBTFUL, "kind_unsaid"), wheres)
    row["eplan_title_th"] = _eplan_title(pair.sheet)


def _eplan_title(sheet: DocumentSheet | None) -> str:
    """The name that a note gives for the E-PlanNACC system."""
    for line in sheet.notes if sheet else ():
        if match := _EPLAN.search(line.text):
            return mended(match[1]).strip()
    return ""


def _places(work: DraftWork, row: Row, pair: ProjectPair) -> None:
    """The dimension and the mission: a heading directly before the sheet is the closest that is said of it."""
    in_sheet = pair.sheet.dimension if pair.sheet else ""
    in_table = pair.row.dimension if pair.row else ""
    wheres = _wheres(pair, row["sequence_no"])
    row["dimension_id"] = work.dimension_id(in_sheet or in_table)
    work.draft.note(
        "projects", row["project_id"], "dimension_id", in_sheet or in_table, _sure_of(pair, in_sheet, in_table), wheres
    )
    sheet_mission = pair.sheet.mission if pair.sheet else ""
    table_mission = pair.row.mission if pair.row else ""
    is_before = bool(pair.sheet and pair.sheet.is_mission_before)
    mission = sheet_mission if is_before or not table_mission else table_mission
    row["mission_id"] = work.mission_id(mission)
    if mission:
        sure = _sure_of(pair, sheet_mission, table_mission)
        work.draft.note("projects", row["project_id"], "mission_id", mission, sure, wheres)


def _sure_of(pair: ProjectPair, in_sheet: str, in_table: str) -> tuple[Confidence, str]:
    """How sure a code is that the table and the headings between the sheets give."""
    if in_sheet and in_table and in_sheet != in_table:
        return Confidence.DOUBTFUL, "places_differ"
    if in_sheet and in_table:
        return CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
    return (Confidence.LIKELY, "only_once") if in_sheet or in_table else NOT_FOUND


def _unit(work: DraftWork, row: Row, pair: ProjectPair) -> None:
    section = pair.sheet.section("unit") if pair.sheet else None
    printed = section.text if section else ""
    in_table = pair.row.unit if pair.row else ""
    named = work.units.named(printed) if printed else []
    leads = [one for one in named if one[1].level != "committee"] or named
    row["lead_unit_printed"] = mended(printed or in_table)[:LONGEST]
    row["summary_unit_printed"] = in_table[:LONGEST]
    if leads:
        row["lead_unit_id"] = leads[0][0]
        sure = _unit_sure(work, pair, leads[0], in_table)
        if len(named) > 1:
            sure = Confidence.DOUBTFUL, "units_several"
    else:
        resolved = work.units.resolved(in_table) if in_table else ""
        row["lead_unit_id"] = resolved or (work.units.root if printed or in_table else "")
        sure = (Confidence.DOUBTFUL, "unit_from_summary") if printed else (Confidence.LIKELY, "only_in_summary")
        sure = sure if row["lead_unit_id"] and (resolved or printed) else (Confidence.DOUBTFUL, "unit_unclear")
    name = work.units.name(row["lead_unit_id"])
    wheres = _wheres(pair, row["sequence_no"], "unit")
    work.draft.note("projects", row["project_id"], "lead_unit_id", name, sure, wheres, summary=in_table or "–")


def _unit_sure(
    work: DraftWork, pair: ProjectPair, lead: tuple[str, object, bool], in_table: str
) -> tuple[Confidence, str]:
    if not in_table:
        return Confidence.LIKELY, "only_in_sheet"
    if not lead[2]:
        return Confidence.LIKELY, "unit_misprint"
    words = [squeezed(word).removesuffix("ฯ") for word in re.split(r"[\s()/*,]+", mended(in_table)) if word != "ฯ"]
    line = [squeezed(name) for name in work.units.line_of(lead[0])]
    first = next((word for word in words if word), "")
    if first and any(first in name for name in line):
        return CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
    return Confidence.DOUBTFUL, "units_differ"


def _span(work: DraftWork, row: Row, pair: ProjectPair) -> range:
    """The years in which a project runs: what the sheet's period says, beside the years of the table without a dash."""
    section = pair.sheet.section("period") if pair.sheet else None
    said = _fiscal_years(section.text, work.years) if section else []
    printed = table_amounts(pair.row.lines if pair.row else (), work.years)
    shown = [year for year, one in printed.items() if not one.is_silent and one.sign != DASH]
    is_all_dash = bool(printed) and all(one.sign == DASH for one in printed.values())
    if said:
        first, last = said[0], said[-1]
        is_same = bool(shown) and (shown[0], shown[-1]) == (first, last)
        agreed = CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
        sure = agreed if is_same else (Confidence.LIKELY, "period_differs" if shown else "only_in_sheet")
    elif shown and not is_all_dash:
        first, last = shown[0], shown[-1]
        sure = (Confidence.LIKELY, "only_in_summary")
    else:
        first, last = work.years[0], work.years[-1]
        sure = (Confidence.DOUBTFUL, "period_unsaid")
    row["start_fiscal_year_be"], row["end_fiscal_year_be"] = str(first), str(last)
    for column in ("start_fiscal_year_be", "end_fiscal_year_be"):
        work.draft.note(
            "projects", row["project_id"], column, row[column], sure, _wheres(pair, row["sequence_no"], "period")
        )
    return range(first, last + 1)


def _fiscal_years(text: str, years: range) -> list[int]:
    """The fiscal years that a period names, in order; a month from October on is of the next one."""
    plain = ascii_text(text)
    found = []
    for match in _YEAR.finditer(plain):
        before = text[max(0, match.start() - _MONTH_BEFORE) : match.start()]
        year = int(match[1]) + any(month in before for month in _LAST_MONTHS)
        if year in years:
            found.append(year)
    return sorted(found)


def _add_budgets(work: DraftWork, row: Row, pair: ProjectPair, budget: SheetBudget, span: range) -> None:
    lines = pair.row.lines if pair.row else ()
    wheres = _wheres(pair, row["sequence_no"], "budget")
    if len(work.years) > 1 and any(NO_YEAR in line for line in lines) and not budget.by_year:
        _add_whole_period(work, row, pair, wheres)
        return
    printed = table_amounts(lines, work.years)
    line_no = 1
    for year in work.years:
        reading = year_reading(pair, printed[year], budget, year, span, work.dash)
        line_no = add_budget_lines(work.draft, row, line_no, str(year), _with_notes(pair, reading), wheres)


def _with_notes(pair: ProjectPair, reading: YearReading) -> YearReading:
    """A year without money is not certain where a note says that another project pays."""
    notes = [line.text for line in pair.sheet.notes] if pair.sheet else []
    is_of_another = any(word in squeezed(note) for note in notes for word in _OF_ANOTHER)
    if reading.status != NO_BUDGET or not is_of_another or reading.sure[0] is Confidence.DOUBTFUL:
        return reading
    sure = (Confidence.LIKELY, "paid_by_another")
    return YearReading(reading.status, reading.amount, sure, reading.summary_printed, reading.sheet)


def _add_whole_period(work: DraftWork, row: Row, pair: ProjectPair, wheres: Sequence[DraftWhere]) -> None:
    """One amount that the table does not split by years."""
    printed = [line[NO_YEAR] for line in (pair.row.lines if pair.row else ()) if line.get(NO_YEAR)]
    amounts = [amount for part in printed if (amount := amount_in(part)) is not None]
    total, shown = sum(amounts, Decimal(0)), " + ".join(printed)
    if total:
        reading = YearReading(BUDGETED, total, (Confidence.DOUBTFUL, "whole_period"), shown)
        add_budget_lines(work.draft, row, 1, "", reading, wheres)
        return
    status = NO_BUDGET if amounts else work.dash
    amount = Decimal(0) if status == NO_BUDGET else None
    for at, year in enumerate(work.years, 1):
        reading = YearReading(status, amount, (Confidence.LIKELY, "only_in_summary"), shown)
        add_budget_lines(work.draft, row, at, str(year), reading, wheres)
