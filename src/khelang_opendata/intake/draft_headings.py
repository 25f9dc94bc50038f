"""Draft what projects are within: the plan with its facts, its dimensions, and their missions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khelang_opendata.intake.document_sheets import DocumentSheet
from khelang_opendata.intake.draft_values import Confidence, DraftWhere
from khelang_opendata.intake.draft_work import CERTAIN, LONGEST, NOT_FOUND, DraftWork
from khelang_opendata.intake.plan_document import mended, squeezed
from khelang_opendata.intake.plan_sheets import Row

PROVISIONAL = "plan"
"""How the id of a plan begins whose English name is not known."""

_OPTIONAL_FACTS = ("dla_code", "announced_on", "declared_project_count")


def add_plan(work: DraftWork, given: Mapping[str, str]) -> None:
    """Add the plan's row.

    Args:
        work: the draft.
        given: facts that the user gives, by the columns of ``plans``; they are not noted.
    """
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
    if work.plan_id.startswith(f"{PROVISIONAL}-") and not given.get("plan_id"):
        work.draft.note("plans", work.plan_id, "plan_id", work.plan_id, (Confidence.MISSING, "plan_id_made"), ())
    work.draft.add("plans", row)


def _fact(work: DraftWork, column: str, given: Mapping[str, str]) -> str:
    """A fact of the plan: given, or read, and then noted."""
    if given.get(column):
        return given[column]
    found = work.facts.found.get(column)
    if found is None or not found.value:
        if column not in _OPTIONAL_FACTS:
            work.draft.note("plans", work.plan_id, column, "", NOT_FOUND, ())
        return ""
    sure = CERTAIN if found.is_repeated else (Confidence.LIKELY, "fact_once")
    wheres = [DraftWhere("text", found.place)] if found.place else []
    return work.draft.note("plans", work.plan_id, column, mended(found.value)[:LONGEST], sure, wheres)


def _named(names: Sequence[str]) -> tuple[str, tuple[Confidence, str]]:
    """The name that places give: the first of those that most give, certain where two give the same."""
    kept = [mended(name) for name in names if name]
    counts = {squeezed(name): sum(squeezed(other) == squeezed(name) for other in kept) for name in kept}
    if not kept:
        return "", NOT_FOUND
    best = max(kept, key=lambda name: counts[squeezed(name)])
    if counts[squeezed(best)] > 1:
        return best, CERTAIN
    return best, (Confidence.DOUBTFUL, "names_differ") if len(counts) > 1 else (Confidence.LIKELY, "only_once")


def add_dimensions(work: DraftWork) -> None:
    """Add the dimensions and the missions, by the headings of the sheets and the summary table."""
    sheets = [pair.sheet for pair in work.pairs if pair.sheet]
    codes = [*work.summary.dimensions, *(sheet.dimension for sheet in sheets if sheet.dimension)]
    totals = {total.code: total for total in work.summary.totals if total.scope == "dimension"}
    for code in dict.fromkeys(codes):
        headed = list(dict.fromkeys(s.dimension_name for s in sheets if s.dimension == code and s.dimension_name))
        name, sure = _named([*headed, work.summary.dimensions.get(code, "")])
        id_, total = work.dimension_id(code), totals.get(code)
        count = total.count if total and total.count else work.facts.dimension_counts.get(code)
        is_unscored = "*" in code
        work.draft.note("dimensions", id_, "name_th", name, sure, ())
        row = {"plan_id": work.plan_id, "dimension_id": id_, "dimension_code": code, "name_th": name[:LONGEST]}
        scored = "false" if is_unscored else "true"
        declared = "" if count is None else str(count)
        work.draft.add("dimensions", {**row, "scored": scored, "declared_project_count": declared})
    _add_missions(work, sheets)


def _add_missions(work: DraftWork, sheets: Sequence[DocumentSheet]) -> None:
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
        id_ = work.mission_id(code)
        work.draft.note("missions", id_, "name_th", name, sure, ())
        row = {"plan_id": work.plan_id, "mission_id": id_, "mission_code": code, "name_th": name[:LONGEST]}
        above = {"parent_mission_id": work.mission_id(parent)}
        work.draft.add("missions", {**row, **above, "dimension_id": work.dimension_id(dimensions.get(code, ""))})
