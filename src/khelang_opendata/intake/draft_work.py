"""What the parts of a draft share: what was read of the document, and the tables that are drafted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.document_amounts import SheetBudget
from khelang_opendata.intake.document_facts import PlanFacts
from khelang_opendata.intake.document_summary import PlanSummary
from khelang_opendata.intake.draft_pairs import ProjectPair
from khelang_opendata.intake.draft_units import DraftUnits
from khelang_opendata.intake.draft_values import Confidence, DraftTables
from khelang_opendata.model.thai import ascii_text

LONGEST = 1_000
"""Characters of a value; a longer text is cut."""

CERTAIN = (Confidence.CERTAIN, "")
NOT_FOUND = (Confidence.MISSING, "fact_missing")


@dataclass
class DraftWork:
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

    def dimension_id(self, code: str) -> str:
        """The id of the dimension of a code as it is printed; empty for none."""
        return f"{self.plan_id}-D{ascii_text(code).replace('*', 'S')}" if code else ""

    def mission_id(self, code: str) -> str:
        """The id of the mission of a code such as ``1.2``; empty for none."""
        return f"{self.plan_id}-M{code}" if code else ""
