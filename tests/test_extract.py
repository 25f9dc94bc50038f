"""A package is drafted from the document of a plan: what is in it is found, and what is not sure says so."""

from __future__ import annotations

import pytest

from khelang_opendata.intake.document_reading import read_document
from khelang_opendata.intake.draft_values import Confidence
from khelang_opendata.intake.drafting import PlanDraft, draft_plan
from tests.plan_documents import INVENTED, InventedPlan, as_docx


def draft_of(data: bytes, name: str = "plan.txt") -> PlanDraft:
    return draft_plan(read_document(data, name), name, {"plan_id": "invented-plan"})


def projects_of(draft: PlanDraft) -> list[tuple[object, ...]]:
    units = {row["unit_id"]: row["name_th"] for row in draft.tables["units"]}
    lines: dict[tuple[str, str], list[str]] = {}
    for row in draft.tables["budgets"]:
        shown = row["amount_thb"] or {"not_run": "-"}.get(row["budget_status"], "?")
        lines.setdefault((row["project_id"], row["fiscal_year_be"]), []).append(shown)
    years = sorted({year for _, year in lines})
    return [
        (
            row["title_th"],
            row["dimension_id"].rpartition("-D")[2],
            row["mission_id"].rpartition("-M")[2],
            units.get(row["lead_unit_id"], ""),
            f"{row['start_fiscal_year_be']}-{row['end_fiscal_year_be']}",
            tuple("+".join(lines[row["project_id"], year]) for year in years),
        )
        for row in draft.tables["projects"]
    ]


def totals_of(draft: PlanDraft) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for row in draft.tables.get("printed_totals", []):
        end = row["scope_id"].removeprefix("invented-plan").removeprefix("-")
        found.setdefault((row["scope"], end), []).append(row["amount_thb"])
    return {key: tuple(amounts) for key, amounts in found.items()}


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_draft_of_an_invented_document_is_exactly_what_is_in_it(plan: InventedPlan) -> None:
    draft = draft_of(plan.text.encode())
    assert projects_of(draft) == list(plan.projects)
    assert totals_of(draft) == plan.totals
    assert draft.tables["plans"][0]["lao_name_th"] == plan.lao
    years = draft.tables["plans"][0]["start_fiscal_year_be"], draft.tables["plans"][0]["end_fiscal_year_be"]
    assert years == (str(plan.years[0]), str(plan.years[-1]))


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_an_amount_is_certain_only_where_table_and_sheet_agree(plan: InventedPlan) -> None:
    draft = draft_of(plan.text.encode())
    titles = {row["project_id"]: row["title_th"] for row in draft.tables["projects"]}
    unsure = {
        titles[value.record]
        for value in draft.draft.values
        if value.table == "budgets" and value.confidence is not Confidence.CERTAIN
    }
    assert unsure == plan.not_certain


@pytest.mark.parametrize("plan", INVENTED, ids=lambda plan: plan.name)
def test_the_same_document_as_docx_gives_the_same_draft(plan: InventedPlan) -> None:
    assert draft_of(as_docx(plan.text), "plan.docx").tables == draft_of(plan.text.encode()).tables
