"""Notes for the official, to read or decide before reporting a project, in Thai, the language of the system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from khelang_opendata.model.thai import baht
from khelang_opendata.model.wording import Language
from khelang_opendata.nacc import notice
from khelang_opendata.nacc.eplan.plan_tables import STATUSES, Dimension, Record, Reported

_ABOUT_AMOUNTS = {"amount_thb", "amount_basis", "budget_status", "summary_amount_printed", "sheet_amount_printed"}
_ABOUT_REPORTS = {("budgets", field) for field in _ABOUT_AMOUNTS} | {("projects", "eplan_title_th")}
"""The tables and columns whose errata concern a report."""


@dataclass(frozen=True)
class NoteFacts:
    """What bears on the report of one project in one round.

    ``budgets`` are the project's of that year and ``planned`` their sum; ``uses_budget`` is None if unknown.
    ``sharing`` are the numbers of other projects under the same name in E-PlanNACC, ``errata`` those of the project in
    that year, ``sources`` the names of the sources of money.
    """

    dimension: Dimension
    budgets: Sequence[Record]
    uses_budget: bool | None
    planned: Decimal | None
    reported: Reported | None
    earlier: Reported | None
    sharing: Sequence[int]
    errata: Sequence[Record]
    sources: Mapping[str, str]


def notes_of(facts: NoteFacts) -> tuple[str, ...]:
    """What there is to know or decide: of the reports, the name, the money, and what the document contradicts."""
    return (*_on_reports(facts), *_on_budgets(facts), *_on_errata(facts))


def _on_reports(facts: NoteFacts) -> Iterator[str]:
    earlier, planned = facts.earlier, facts.reported.planned if facts.reported else None
    if earlier and not facts.reported:
        name = "eplan_note_closed" if earlier.status == "completed" else "eplan_note_earlier"
        yield _note(name, status=STATUSES[earlier.status])
    if planned is not None and facts.planned is not None and planned != facts.planned:
        yield _note("eplan_note_planned", reported=baht(planned), planned=baht(facts.planned))
    if not facts.dimension.scored:
        yield _note("eplan_note_unscored", code=facts.dimension.code)
    if facts.sharing:
        yield _note("eplan_note_shared_name", numbers=", ".join(map(str, facts.sharing)))


def _on_budgets(facts: NoteFacts) -> Iterator[str]:
    by_status = {budget["budget_status"]: budget for budget in facts.budgets}
    if not facts.budgets:
        yield _note("eplan_note_untold")
    if facts.uses_budget is False:
        yield _note("eplan_note_no_budget")
    if "shared" in by_status:
        yield _note("eplan_note_shared")
    known = [budget for budget in facts.budgets if budget["amount_thb"]]
    if len(known) > 1:
        parts = (f"{facts.sources.get(b['funding_source'], '-')} {baht(Decimal(b['amount_thb']))}" for b in known)
        yield _note("eplan_note_sources", parts=" + ".join(parts))
    if "unknown" in by_status:
        yield _note("eplan_note_unknown", source=facts.sources.get(by_status["unknown"]["funding_source"], "-"))
    report = facts.reported
    amounts = (facts.planned, *((report.planned, report.approved, report.disbursed) if report else ()))
    if any(
        amount is not None and amount != amount.to_integral_value() for amount in amounts
    ):  # the system's form takes whole baht
        yield _note("eplan_note_satang")
    for text in dict.fromkeys(budget["note_th"] for budget in facts.budgets if budget["note_th"]):
        yield _note("eplan_note_of_plan", text=text)


def _on_errata(facts: NoteFacts) -> Iterator[str]:
    for erratum in facts.errata:
        if (erratum["resource"], erratum["field"]) in _ABOUT_REPORTS:
            id_ = erratum["erratum_id"].removeprefix(f"{erratum['plan_id']}-")
            yield _note("eplan_note_erratum", id=id_, basis=erratum["basis_th"])


def _note(name: str, **params: str | int) -> str:
    return notice(name, Language.TH, **params)
