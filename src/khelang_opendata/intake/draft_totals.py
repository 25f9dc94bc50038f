"""Draft the totals that the document prints, and compare them with what the drafted budgets add up to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from khelang_opendata.intake.document_amounts import amount_in
from khelang_opendata.intake.document_summary import NO_YEAR
from khelang_opendata.intake.draft_budgets import plain_amount
from khelang_opendata.intake.draft_values import Confidence, DraftWhere
from khelang_opendata.intake.draft_work import CERTAIN, DraftWork


def add_totals(work: DraftWork) -> None:
    """The totals as they are printed; certain where the projects add up to them."""
    sums = _DraftSums(work)
    for scope, code, amounts, where in _totals(work):
        id_ = {"plan": work.plan_id, "dimension": work.dimension_id(code)}.get(scope) or work.mission_id(code)
        for year in work.years:
            printed = amounts.get(year, amounts.get(NO_YEAR, "") if len(work.years) == 1 else "")
            if not printed:
                continue
            amount = amount_in(printed)
            added = sums.of(id_, year)
            sure = CERTAIN if (amount or 0) == added else (Confidence.DOUBTFUL, "total_differs")
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


def _totals(work: DraftWork) -> Iterator[tuple[str, str, Mapping[int, str], DraftWhere]]:
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

    def __init__(self, work: DraftWork) -> None:
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
