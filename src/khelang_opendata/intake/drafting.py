"""Draft a package from a plan document: the tables of the standard with what was read, and every value's doubt.

Nothing is certain on one place's word: a value is where two places that were written apart say the same.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from khelang_opendata.intake.answers import suggested_plan_id
from khelang_opendata.intake.document_amounts import SheetBudget, amount_in
from khelang_opendata.intake.document_facts import PlanFacts, read_facts
from khelang_opendata.intake.document_risks import add_risks
from khelang_opendata.intake.document_sheets import DocumentSheet, read_sheets_of
from khelang_opendata.intake.document_summary import NO_YEAR, PlanSummary, read_summary
from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.draft_budgets import (
    YearReading,
    add_budget_lines,
    align_stacked,
    budget_of,
    dash_means,
    plain_amount,
    table_amounts,
    year_reading,
)
from khelang_opendata.intake.draft_pairs import ProjectPair, paired, title_of
from khelang_opendata.intake.draft_units import DraftUnits
from khelang_opendata.intake.draft_values import Confidence, DraftTables, DraftWhere
from khelang_opendata.intake.plan_document import PlanDocument, mended, squeezed
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET
from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.package.datapackage import is_plan_name

_MOST_PROJECTS = 2_000
_PROVISIONAL = "plan"
_LONGEST = 1_000
_CERTAIN = (Confidence.CERTAIN, "")
_EPLAN = re.compile(r"E-? ?Plan ?NACC[^“”\"]{0,60}[“\"]([^“”\"]{2,500})[”\"]", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)")
_LAST_MONTHS = ("ตุลาคม", "พฤศจิกายน", "ธันวาคม", "ต.ค.", "พ.ย.", "ธ.ค.")
"""The months of a year that are the first of the next fiscal year."""
_MONTH_BEFORE = 22
_OF_ANOTHER = ("ภายใต้โครงการ", "อยู่ในโครงการ", "งบประมาณของโครงการ", "งบประมาณโครงการ")
_NOT_FOUND = (Confidence.MISSING, "fact_missing")


@dataclass
class PlanDraft:
    """A drafted package: its rows, the values that were read, and what its descriptor says of its conventions."""

    tables: dict[str, list[Row]]
    draft: DraftTables
    plan_id: str
    is_continuous: bool
    """Whether the projects are numbered through the plan."""


@dataclass
class _DraftWork:
    """What the parts of a draft share."""

    plan_id: str
    years: range
    facts: PlanFacts
    summary: PlanSummary
    pairs: Sequence[ProjectPair]
    budgets: Sequence[SheetBudget]
    units: DraftUnits
    dash: str
    draft: DraftTables = field(default_factory=DraftTables)

    @property
    def has_both(self) -> bool:
        return bool(self.summary.projects) and any(pair.sheet for pair in self.pairs)


def draft_plan(document: PlanDocument, name: str, given: Mapping[str, str]) -> PlanDraft:
    """Draft a package.

    Args:
        document: the document.
        name: the name of its file, for failures.
        given: facts of the plan that the user gives, by the columns of ``plans``; they are not read.

    Raises:
        DataError: there is no plan in the document, or it has more projects than any plan.
        UsageError: the years are not in the document, nor given.
    """
    summary, sheets = read_summary(document.tables), read_sheets_of(document)
    if max(len(summary.projects), len(sheets)) > _MOST_PROJECTS:
        raise DataError("document_refused", "large", path=name)
    pairs = paired(summary.projects, sheets)
    if not pairs:
        raise DataError("document_refused", "no_plan", path=name)
    facts = read_facts(document, summary.years)
    years = _years(facts, given)
    budgets = [budget_of(pair.sheet, years) for pair in pairs]
    align_stacked(pairs, budgets, years)
    plan_id = _plan_id(facts, given, years)
    units = DraftUnits(plan_id, given.get("lao_name_th") or facts.value("lao_name_th") or "–")
    units.know([section.text for sheet in sheets if (section := sheet.section("unit"))])
    work = _DraftWork(plan_id, years, facts, summary, pairs, budgets, units, dash_means(pairs, budgets, years))
    _add_plan(work, given)
    _add_dimensions(work)
    _add_projects(work)
    _add_totals(work)
    add_risks(work.draft, plan_id, document.tables)
    used = {row["lead_unit_id"] for row in work.draft.tables["projects"]}
    work.draft.tables["units"] = units.kept(used)
    return PlanDraft(work.draft.tables, work.draft, plan_id, _is_continuous(sheets))


def _years(facts: PlanFacts, given: Mapping[str, str]) -> range:
    if given.get("start_fiscal_year_be"):
        return range(int(given["start_fiscal_year_be"]), int(given["end_fiscal_year_be"]) + 1)
    if facts.years is None:
        raise UsageError("answers_missing", options="--years")
    return facts.years


def _plan_id(facts: PlanFacts, given: Mapping[str, str], years: range) -> str:
    """The plan's id: given, of the English name where that is given, else a provisional one of the years."""
    kind = given.get("lao_type") or facts.value("lao_type")
    made = given.get("plan_id") or suggested_plan_id(given.get("lao_name_en", ""), kind, years)
    return made if is_plan_name(made) else f"{_PROVISIONAL}-{years[0]}-{years[-1]}"


def _is_continuous(sheets: Sequence[DocumentSheet]) -> bool:
    """Whether most sheets print the number that they have in the order of all."""
    printed = [sheet.number == at for at, sheet in enumerate(sheets, 1) if sheet.number]
    return bool(printed) and sum(printed) * 2 > len(printed)


# The plan.


def _add_plan(work: _DraftWork, given: Mapping[str, str]) -> None:
    columns = ("lao_name_th", "lao_name_en", "lao_type", "dla_code", "province_th", "province_code", "district_th")
    row: Row = {"plan_id": work.plan_id}
    for column in (*columns, "title_th", "announced_on", "declared_project_count"):
        row[column] = _fact(work, column, given)
    row["start_fiscal_year_be"], row["end_fiscal_year_be"] = str(work.years[0]), str(work.years[-1])
    for column in ("start_fiscal_year_be", "end_fiscal_year_be"):
        if not given.get(column):
            _fact(work, column, given)
    total = next((t for t in work.summary.totals if t.scope == "plan" and t.count), None)
    if total and not row["declared_project_count"]:
        row["declared_project_count"] = str(total.count)
    if work.plan_id.startswith(f"{_PROVISIONAL}-") and not given.get("plan_id"):
        work.draft.note("plans", work.plan_id, "plan_id", work.plan_id, (Confidence.MISSING, "plan_id_made"), ())
    work.draft.add("plans", row)


_OPTIONAL_FACTS = ("dla_code", "announced_on", "declared_project_count")


def _fact(work: _DraftWork, column: str, given: Mapping[str, str]) -> str:
    """A fact of the plan: given, or read, and then noted."""
    if given.get(column):
        return given[column]
    found = work.facts.found.get(column)
    if found is None or not found.value:
        if column not in _OPTIONAL_FACTS:
            work.draft.note("plans", work.plan_id, column, "", _NOT_FOUND, ())
        return ""
    sure = _CERTAIN if found.is_repeated else (Confidence.LIKELY, "fact_once")
    wheres = [DraftWhere("text", found.place)] if found.place else []
    return work.draft.note("plans", work.plan_id, column, mended(found.value)[:_LONGEST], sure, wheres)


# Dimensions and missions.


def _dimension_id(work: _DraftWork, code: str) -> str:
    return f"{work.plan_id}-D{ascii_text(code).replace('*', 'S')}" if code else ""


def _mission_id(work: _DraftWork, code: str) -> str:
    return f"{work.plan_id}-M{code}" if code else ""


def _named(names: Sequence[str]) -> tuple[str, tuple[Confidence, str]]:
    """The name that places give: the first of those that most give, certain where two give the same."""
    kept = [mended(name) for name in names if name]
    counts = {squeezed(name): sum(squeezed(other) == squeezed(name) for other in kept) for name in kept}
    if not kept:
        return "", _NOT_FOUND
    best = max(kept, key=lambda name: counts[squeezed(name)])
    if counts[squeezed(best)] > 1:
        return best, _CERTAIN
    return best, (Confidence.DOUBTFUL, "names_differ") if len(counts) > 1 else (Confidence.LIKELY, "only_once")


def _add_dimensions(work: _DraftWork) -> None:
    sheets = [pair.sheet for pair in work.pairs if pair.sheet]
    codes = [*work.summary.dimensions, *(sheet.dimension for sheet in sheets if sheet.dimension)]
    totals = {total.code: total for total in work.summary.totals if total.scope == "dimension"}
    for code in dict.fromkeys(codes):
        headed = list(dict.fromkeys(s.dimension_name for s in sheets if s.dimension == code and s.dimension_name))
        name, sure = _named([*headed, work.summary.dimensions.get(code, "")])
        id_, total = _dimension_id(work, code), totals.get(code)
        count = total.count if total and total.count else work.facts.dimension_counts.get(code)
        is_unscored = "*" in code
        work.draft.note("dimensions", id_, "name_th", name, sure, ())
        row = {"plan_id": work.plan_id, "dimension_id": id_, "dimension_code": code, "name_th": name[:_LONGEST]}
        scored = "false" if is_unscored else "true"
        declared = "" if count is None else str(count)
        work.draft.add("dimensions", {**row, "scored": scored, "declared_project_count": declared})
    _add_missions(work, sheets)


def _add_missions(work: _DraftWork, sheets: Sequence[DocumentSheet]) -> None:
    headed: dict[str, list[str]] = {}
    dimensions = dict(work.summary.mission_dimensions)
    for sheet in sheets:
        if sheet.mission:
            names = headed.setdefault(sheet.mission, [])
            if sheet.is_mission_before:
                names.append(sheet.mission_name)
            dimensions.setdefault(sheet.mission, sheet.dimension)
    codes = list(dict.fromkeys([*work.summary.missions, *headed]))
    for code in sorted(codes, key=lambda one: [int(part) for part in one.split(".")]):
        name, sure = _named([*headed.get(code, ()), work.summary.missions.get(code, "")])
        parent = code.rpartition(".")[0]
        while parent and parent not in codes:
            parent = parent.rpartition(".")[0]
        id_ = _mission_id(work, code)
        work.draft.note("missions", id_, "name_th", name, sure, ())
        row = {"plan_id": work.plan_id, "mission_id": id_, "mission_code": code, "name_th": name[:_LONGEST]}
        above = {"parent_mission_id": _mission_id(work, parent)}
        work.draft.add("missions", {**row, **above, "dimension_id": _dimension_id(work, dimensions.get(code, ""))})


# Projects.


def _add_projects(work: _DraftWork) -> None:
    is_continuous = _is_continuous([pair.sheet for pair in work.pairs if pair.sheet])
    for at, (pair, budget) in enumerate(zip(work.pairs, work.budgets, strict=True), 1):
        id_ = f"{work.plan_id}-P{at:02d}"
        row: Row = {"plan_id": work.plan_id, "project_id": id_, "sequence_no": str(at)}
        _number(work, row, pair, at, is_continuous)
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


def _number(work: _DraftWork, row: Row, pair: ProjectPair, at: int, is_continuous: bool) -> None:
    printed = pair.sheet.number_printed if pair.sheet else ""
    row["sequence_printed"] = printed or (str(pair.row.number) if pair.row and pair.row.number else "")
    numbers = [one.number for one in (pair.sheet, pair.row) if one and one.number is not None]
    if not pair.is_sure or len(numbers) < 2 or len(set(numbers)) > 1:  # noqa: PLR2004 (table and sheet)
        sure = (Confidence.DOUBTFUL, "number_differs") if len(set(numbers)) > 1 else (Confidence.LIKELY, "only_once")
    else:
        sure = _CERTAIN if numbers[0] == at or not is_continuous else (Confidence.DOUBTFUL, "number_differs")
    work.draft.note(
        "projects", row["project_id"], "sequence_no", str(at), sure, _wheres(pair, row["sequence_no"], "title")
    )


def _titles(work: _DraftWork, row: Row, pair: ProjectPair) -> None:
    in_sheet = title_of(pair.sheet) if pair.sheet else ""
    in_table = mended(pair.row.title) if pair.row else ""
    if pair.row and pair.sheet and squeezed(in_sheet) == squeezed(in_table):
        sure = _CERTAIN
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
    row["title_th"] = (in_sheet or in_table)[:_LONGEST]
    row["summary_title_printed"] = in_table[:_LONGEST]
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


def _places(work: _DraftWork, row: Row, pair: ProjectPair) -> None:
    """The dimension and the mission: a heading directly before the sheet is the closest that is said of it."""
    in_sheet = pair.sheet.dimension if pair.sheet else ""
    in_table = pair.row.dimension if pair.row else ""
    wheres = _wheres(pair, row["sequence_no"])
    row["dimension_id"] = _dimension_id(work, in_sheet or in_table)
    work.draft.note(
        "projects", row["project_id"], "dimension_id", in_sheet or in_table, _sure_of(pair, in_sheet, in_table), wheres
    )
    sheet_mission = pair.sheet.mission if pair.sheet else ""
    table_mission = pair.row.mission if pair.row else ""
    is_before = bool(pair.sheet and pair.sheet.is_mission_before)
    mission = sheet_mission if is_before or not table_mission else table_mission
    row["mission_id"] = _mission_id(work, mission)
    if mission:
        sure = _sure_of(pair, sheet_mission, table_mission)
        work.draft.note("projects", row["project_id"], "mission_id", mission, sure, wheres)


def _sure_of(pair: ProjectPair, in_sheet: str, in_table: str) -> tuple[Confidence, str]:
    """How sure a code is that the table and the headings between the sheets give."""
    if in_sheet and in_table and in_sheet != in_table:
        return Confidence.DOUBTFUL, "places_differ"
    if in_sheet and in_table:
        return _CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
    return (Confidence.LIKELY, "only_once") if in_sheet or in_table else _NOT_FOUND


def _unit(work: _DraftWork, row: Row, pair: ProjectPair) -> None:
    section = pair.sheet.section("unit") if pair.sheet else None
    printed = section.text if section else ""
    in_table = pair.row.unit if pair.row else ""
    named = work.units.named(printed) if printed else []
    leads = [one for one in named if one[1].level != "committee"] or named
    row["lead_unit_printed"] = mended(printed or in_table)[:_LONGEST]
    row["summary_unit_printed"] = in_table[:_LONGEST]
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
    work: _DraftWork, pair: ProjectPair, lead: tuple[str, object, bool], in_table: str
) -> tuple[Confidence, str]:
    if not in_table:
        return Confidence.LIKELY, "only_in_sheet"
    if not lead[2]:
        return Confidence.LIKELY, "unit_misprint"
    words = [squeezed(word).removesuffix("ฯ") for word in re.split(r"[\s()/*,]+", mended(in_table)) if word != "ฯ"]
    line = [squeezed(name) for name in work.units.line_of(lead[0])]
    first = next((word for word in words if word), "")
    if first and any(first in name for name in line):
        return _CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
    return Confidence.DOUBTFUL, "units_differ"


def _span(work: _DraftWork, row: Row, pair: ProjectPair) -> range:
    """The years in which a project runs: what the sheet's period says, beside the years of the table without a dash."""
    section = pair.sheet.section("period") if pair.sheet else None
    said = _fiscal_years(section.text, work.years) if section else []
    printed = table_amounts(pair.row.lines if pair.row else (), work.years)
    shown = [year for year, one in printed.items() if not one.is_silent and one.sign != DASH]
    is_all_dash = bool(printed) and all(one.sign == DASH for one in printed.values())
    if said:
        first, last = said[0], said[-1]
        is_same = bool(shown) and (shown[0], shown[-1]) == (first, last)
        agreed = _CERTAIN if pair.is_sure else (Confidence.LIKELY, "paired_by_order")
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


# Budgets and totals.


def _add_budgets(work: _DraftWork, row: Row, pair: ProjectPair, budget: SheetBudget, span: range) -> None:
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


def _add_whole_period(work: _DraftWork, row: Row, pair: ProjectPair, wheres: Sequence[DraftWhere]) -> None:
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


def _add_totals(work: _DraftWork) -> None:
    """The totals as they are printed; certain where the projects add up to them."""
    sums = _DraftSums(work)
    for scope, code, amounts, where in _totals(work):
        id_ = {"plan": work.plan_id, "dimension": _dimension_id(work, code)}.get(scope) or _mission_id(work, code)
        for year in work.years:
            printed = amounts.get(year, amounts.get(NO_YEAR, "") if len(work.years) == 1 else "")
            if not printed:
                continue
            amount = amount_in(printed)
            added = sums.of(id_, year)
            sure = _CERTAIN if (amount or 0) == added else (Confidence.DOUBTFUL, "total_differs")
            value = plain_amount(amount)
            work.draft.add(
                "printed_totals",
                {
                    "plan_id": work.plan_id,
                    "scope": scope,
                    "scope_id": id_,
                    "fiscal_year_be": str(year),
                    "amount_thb": value,
                },
            )
            shown = {"printed": printed, "added": f"{added:,}"}
            work.draft.note("printed_totals", id_, "amount_thb", value or "–", sure, [where], year=str(year), **shown)


def _totals(work: _DraftWork) -> Iterator[tuple[str, str, Mapping[int, str], DraftWhere]]:
    """The printed totals; of several for one dimension all but the last are of missions, and none is guessed for."""
    seen: set[tuple[str, str]] = set()
    known = {"dimension": work.summary.dimensions, "mission": work.summary.missions, "plan": {"": ""}}
    for total in work.summary.totals:
        key = (total.scope, total.code)
        if total.code in known[total.scope] and key not in seen:
            seen.add(key)
            yield total.scope, total.code, total.amounts, DraftWhere("summary", total.place)


class _DraftSums:
    """What the drafted budgets of a plan, a dimension or a mission add up to."""

    def __init__(self, work: _DraftWork) -> None:
        projects = {row["project_id"]: row for row in work.draft.tables["projects"]}
        self._sums: Counter[tuple[str, str]] = Counter()
        for line in work.draft.tables.get("budgets", []):
            project, amount = projects[line["project_id"]], Decimal(line["amount_thb"] or 0)
            mission = project["mission_id"]
            above = [mission[:end] for end in range(len(mission)) if mission[end] == "."]
            for id_ in (work.plan_id, project["dimension_id"], mission, *above):
                self._sums[id_, line["fiscal_year_be"]] += amount  # type: ignore[assignment]

    def of(self, id_: str, year: int) -> Decimal:
        return Decimal(self._sums[id_, str(year)])
