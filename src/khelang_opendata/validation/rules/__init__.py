"""The rules of a good plan, one small pure function each, and how they are run.

A rule of a plan runs when every table that it needs is there and has no structural error: first the columns fit,
then the plan is judged. A rule on cells runs on every cell of every readable table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from khelang_opendata.model.report import Issue
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import (
    arithmetic,
    errata_records,
    logic,
    portal_readiness,
    printed_texts,
    progress,
    text_values,
    typed_values,
)
from khelang_opendata.validation.rules.registry import CellRule, PlanRule, rules_in

PLAN_RULES = tuple(
    rule
    for module in (arithmetic, logic, progress, errata_records, portal_readiness, printed_texts)
    for rule in rules_in(module)
    if isinstance(rule, PlanRule)
)

CELL_RULES = tuple(
    rule for module in (typed_values, text_values) for rule in rules_in(module) if isinstance(rule, CellRule)
)


def rules_that_can_run(plan: Plan, unsound: Set[str]) -> tuple[PlanRule, ...]:
    """The rules whose tables are all present and free of structural errors.

    Args:
        plan: the package's tables.
        unsound: names of tables with structural errors.
    """
    ready = plan.tables.keys() - unsound
    return tuple(rule for rule in PLAN_RULES if ready.issuperset(rule.needs))


def run_rules(plan: Plan, rules: Iterable[PlanRule]) -> Iterator[Issue]:
    """The issues of the rules, rule by rule."""
    for rule in rules:
        yield from rule(plan)
