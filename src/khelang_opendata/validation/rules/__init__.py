"""The rules of a good plan, each a small pure function under its slug, and how they are run.

A rule of a plan runs when every table it needs is there and has no structural error: first the columns fit,
then the plan is judged. A rule of values runs on every cell of every readable table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from khelang_opendata.model.report import Issue
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import arithmetic, logic, portal_readiness, progress
from khelang_opendata.validation.rules.registry import PlanRule

PLAN_RULES: Mapping[str, PlanRule] = {**arithmetic.RULES, **logic.RULES, **progress.RULES, **portal_readiness.RULES}


def rules_that_can_run(plan: Plan, unsound: Set[str]) -> tuple[str, ...]:
    """The slugs of the rules whose tables are all present and free of structural errors.

    Args:
        plan: the package's tables.
        unsound: names of tables with structural errors.
    """
    ready = plan.tables.keys() - unsound
    return tuple(slug for slug, rule in PLAN_RULES.items() if ready.issuperset(rule.needs))


def run_rules(plan: Plan, slugs: tuple[str, ...]) -> Iterator[Issue]:
    """What the rules find, rule by rule."""
    for slug in slugs:
        yield from PLAN_RULES[slug].check(plan)
