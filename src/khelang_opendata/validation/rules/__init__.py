"""The rules of a good plan, one small pure function each, and how they are run.

A rule of a plan runs when every table that it needs is there and has no structural error: first the columns fit,
then the plan is judged. A rule on cells runs on every cell of every readable table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set

from khelang_opendata.model.report import Issue, NotJudged
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import (
    arithmetic,
    errata_records,
    example_copies,
    logic,
    portal_readiness,
    printed_texts,
    progress,
    sorted_columns,
    text_values,
    typed_values,
)
from khelang_opendata.validation.rules.registry import CellRule, PlanRule, rules_in

MODULES = (
    *(typed_values, text_values, arithmetic, logic, progress, errata_records, example_copies, portal_readiness),
    *(printed_texts, sorted_columns),
)
"""The modules that declare the rules of values and of plans, topic by topic."""

_RULES = tuple(rule for module in MODULES for rule in rules_in(module))
PLAN_RULES = tuple(rule for rule in _RULES if isinstance(rule, PlanRule))
CELL_RULES = tuple(rule for rule in _RULES if isinstance(rule, CellRule))


def rules_that_can_run(plan: Plan, unsound: Set[str]) -> tuple[PlanRule, ...]:
    """The rules whose tables are all present and free of structural errors.

    Args:
        plan: the package's tables.
        unsound: names of tables with structural errors.
    """
    ready = plan.tables.keys() - unsound
    return tuple(rule for rule in PLAN_RULES if ready.issuperset(rule.needs))


def rules_that_wait(plan: Plan, unsound: Set[str]) -> tuple[NotJudged, ...]:
    """The rules that cannot run because of errors, each with the tables that have them, or that the package lacks.

    A table that a package may leave out keeps no rule waiting.

    Args:
        plan: the package's tables.
        unsound: names of tables with structural errors.
    """
    known = plan.family.tables
    waiting = []
    for rule in PLAN_RULES:
        absent = {name for name in rule.needs if name not in plan.tables and not known[name].optional}
        if tables := [name for name in rule.needs if name in unsound or name in absent]:
            waiting.append(NotJudged(rule.code, tuple(tables)))
    return tuple(waiting)


def run_rules(plan: Plan, rules: Iterable[PlanRule]) -> Iterator[Issue]:
    """The issues of the rules, rule by rule."""
    for rule in rules:
        yield from rule(plan)
