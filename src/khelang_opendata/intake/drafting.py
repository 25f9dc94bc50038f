"""Draft a package from a plan document: the tables of the standard with what was read, and every value's doubt.

Nothing is certain on one place's word: a value is where two places that were written apart say the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from khelang_opendata.intake.answers import suggested_plan_id
from khelang_opendata.intake.document_facts import PlanFacts, read_facts
from khelang_opendata.intake.document_risks import add_risks
from khelang_opendata.intake.document_sheets import is_continuous, read_sheets_of
from khelang_opendata.intake.document_summary import read_summary
from khelang_opendata.intake.draft_budgets import align_stacked, budget_of, dash_means
from khelang_opendata.intake.draft_headings import PROVISIONAL, add_dimensions, add_plan
from khelang_opendata.intake.draft_pairs import paired
from khelang_opendata.intake.draft_projects import add_projects
from khelang_opendata.intake.draft_totals import add_totals
from khelang_opendata.intake.draft_units import DraftUnits
from khelang_opendata.intake.draft_values import DraftTables
from khelang_opendata.intake.draft_work import DraftWork
from khelang_opendata.intake.plan_document import PlanDocument
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.model.failures import DataError, UsageError
from khelang_opendata.package.datapackage import is_plan_name

_MOST_PROJECTS = 2_000


@dataclass
class PlanDraft:
    """A drafted package: its rows, the values that were read, and what its descriptor says of its conventions."""

    tables: dict[str, list[Row]]
    draft: DraftTables
    plan_id: str
    is_continuous: bool
    """Whether the projects are numbered through the plan."""


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
    work = DraftWork(plan_id, years, facts, summary, pairs, budgets, units, dash_means(pairs, budgets, years))
    add_plan(work, given)
    add_dimensions(work)
    add_projects(work)
    add_totals(work)
    add_risks(work.draft, plan_id, document.tables)
    used = {row["lead_unit_id"] for row in work.draft.tables["projects"]}
    work.draft.tables["units"] = units.kept(used)
    return PlanDraft(work.draft.tables, work.draft, plan_id, is_continuous(sheets))


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
    return made if is_plan_name(made) else f"{PROVISIONAL}-{years[0]}-{years[-1]}"
