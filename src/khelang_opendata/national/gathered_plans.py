"""What the dataset knows of each plan that it gathers: the rows of its table ``packages``, from harvest to harvest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from khelang_opendata.model.failures import DataError
from khelang_opendata.national.judged_batches import JudgedPlan, refused
from khelang_opendata.national.national_columns import PACKAGES, column_types
from khelang_opendata.national.plan_sources import PlanSource
from khelang_opendata.national.portal_listing import NO_PLAN

Row = dict[str, Any]


class GatheredState(StrEnum):
    """The state of a plan after a harvest."""

    TAKEN = "taken"
    TAKEN_WITH_WARNINGS = "taken_with_warnings"
    REFUSED = "refused"
    """The rows of an earlier content, if the dataset has them, stay."""
    SKIPPED = "skipped"
    """A dataset of a portal that is no plan."""
    ABSENT = "absent"
    """Its source no longer has it; its rows stay."""


OF_DATA = (
    *("plan_id", "version", "schema", "profile", "signature", "lao_name_th", "lao_name_en", "lao_type", "dla_code"),
    *("province_code", "province_th", "start_fiscal_year_be", "end_fiscal_year_be", "rows", "projects", "budget_thb"),
)
"""Columns that describe the rows which the dataset holds, also where a later content was refused."""

OF_JUDGEMENT = ("errors", "warnings", "acknowledged", "infos")
"""Columns that describe what was found the last time."""


@dataclass
class GatheredPlans:
    """The plans of a harvest, compared with those of the one before.

    Args:
        before: the rows of the table ``packages`` before.
        judged_by: what judges plans now; a content that anything else judged is judged again.
        on: the day of the harvest.

    Attributes:
        rows: the rows after, by package.
        new_data: the packages whose rows enter the dataset, with the plan's id.
        old_data: the packages whose rows leave it: the plan's id and province before.
        judged: the packages whose issues are renewed.
        changes: the way in which each package changed that did.
        gone: the packages that this harvest did not find below its sources.
        moved: those of them whose plan came from another source.
    """

    before: Mapping[str, Row]
    judged_by: str
    on: date
    rows: dict[str, Row] = field(default_factory=dict)
    new_data: dict[str, tuple[str, str]] = field(default_factory=dict)
    old_data: dict[str, tuple[str, str]] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    holders: dict[str, str] = field(default_factory=dict)
    changes: dict[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    moved: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.holders = {row["plan_id"]: key for key, row in self.before.items() if row["data_hash"]}

    def known(self, key: str) -> str | None:
        """The hash of the content that need not be judged again."""
        row = self.before.get(key)
        return row["content_hash"] if row and row["judged_by"] == self.judged_by else None

    def expect(self, keys: Collection[str], roots: Collection[str]) -> None:
        """Note which packages are found this time, below which sources; called before any is taken."""
        self.gone = frozenset(key for key, row in self.before.items() if row["root"] in roots and key not in keys)

    def take(self, source: PlanSource, judged: JudgedPlan) -> None:
        """Add the result of a plan; called in the order of the sources, for the first with a plan's id keeps it."""
        before = self.before.get(source.key)
        if judged.is_known and before is not None:
            self.rows[source.key] = self._unchanged({**before, "root": source.root})
            return
        plan_id = str(judged.facts.get("plan_id"))
        holder = self.holders.get(plan_id, source.key) if judged.is_taken else source.key
        judged_by = self.judged_by
        if holder in self.gone:
            self.moved.add(holder)
            self.old_data[holder] = plan_id, self.before[holder]["province_code"]
        elif holder != source.key:
            failure = DataError("plan_id_taken", plan=plan_id, source=holder)
            judged, judged_by = refused(source.key, judged.content_hash, failure, judged.facts), ""
        row: Row = {**dict.fromkeys(column_types(PACKAGES)), **(before or {})}
        row |= {"package": source.key, "root": source.root, "content_hash": judged.content_hash, "judged_by": judged_by}
        row |= {"reason": judged.reason, "reason_th": judged.reason_th, "reason_en": judged.reason_en}
        row |= {name: judged.facts.get(name) for name in OF_JUDGEMENT}
        if holder in self.gone:
            row["first_success"] = self.before[holder]["first_success"]
        if judged.is_taken:
            self._new_data(source.key, before, row, judged)
        else:
            row["state"] = _state_without(judged.reason).value
            if not row["data_hash"]:
                row |= {name: judged.facts.get(name) for name in OF_DATA if name in ("plan_id", "version", "schema")}
        self.rows[source.key] = row
        if judged.content_hash or (before and before["content_hash"]):
            self.judged.add(source.key)
        self._note_change(source.key, before, row)

    def _unchanged(self, row: Row) -> Row:
        is_taken = not row["reason"]
        if not is_taken:
            return {**row, "state": _state_without(row["reason"]).value}
        state = GatheredState.TAKEN_WITH_WARNINGS if row["warnings"] else GatheredState.TAKEN
        return {**row, "state": state.value, "last_success": self.on}

    def _new_data(self, key: str, before: Row | None, row: Row, judged: JudgedPlan) -> None:
        row |= {name: judged.facts.get(name) for name in OF_DATA}
        row["budget_thb"] = Decimal(str(row["budget_thb"]))
        row["state"] = (GatheredState.TAKEN_WITH_WARNINGS if row["warnings"] else GatheredState.TAKEN).value
        row["first_success"], row["last_success"] = row["first_success"] or self.on, self.on
        plan_id = str(row["plan_id"])
        self.holders[plan_id] = key
        if before and before["data_hash"]:
            self.old_data[key] = before["plan_id"], before["province_code"]
            if before["plan_id"] != plan_id:
                self.holders.pop(before["plan_id"], None)
        self.new_data[key] = plan_id, str(row["province_code"])
        row["data_hash"], row["changed_on"] = judged.content_hash, self.on

    def _note_change(self, key: str, before: Row | None, row: Row) -> None:
        old = (before or {}).get("state")
        if key in self.new_data:
            self.changes[key] = "updated" if before and before["data_hash"] else "added"
        elif old != row["state"] or (before or {}).get("content_hash") != row["content_hash"]:
            self.changes[key] = row["state"]

    def close(self) -> None:
        """Add the plans that this harvest did not find: those below its sources are absent, others stay as they are.

        One that the dataset has no rows of, or that has moved to another source, is left out.
        """
        for key, before in self.before.items():
            if key in self.rows:
                continue
            row = before
            if key in self.gone and before["state"] != GatheredState.ABSENT:
                row = {**before, "state": GatheredState.ABSENT.value}
                self.changes[key] = "absent"
            if key in self.moved or (key in self.gone and not row["data_hash"]):
                self.judged.add(key)
            else:
                self.rows[key] = row

    def counts(self) -> Counter[str]:
        """How many plans are in each state."""
        return Counter(row["state"] for row in self.rows.values())


def _state_without(reason: str) -> GatheredState:
    """The state of what was not taken for a reason."""
    return GatheredState.SKIPPED if reason == NO_PLAN else GatheredState.REFUSED
