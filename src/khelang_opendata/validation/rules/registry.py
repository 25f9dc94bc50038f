"""How a rule is declared: a function that finds issues, made a rule by ``@plan_rule`` or ``@cell_rule``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import ModuleType

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.plan import Plan, Record

Check = Callable[[Plan], Iterator[Issue]]
CellCheck = Callable[[Record, Field, str], Issue | None]


class PlanRule(Rule):
    """A rule that judges the plan as a whole.

    Args:
        check: finds the issues; its name is the rule's code, and its module's texts hold the rule's.
        severity: of its issues.
        needs: the tables that it cannot judge without. It runs where all of them are there without structural errors.
        compares: the parameters of its issues that hold what contradicts the cell. An erratum names them, and the cell.
    """

    def __init__(
        self, check: Check, severity: Severity, needs: tuple[str, ...], compares: tuple[str, ...] = ()
    ) -> None:
        super().__init__(check.__name__, severity, str(sys.modules[check.__module__].__file__))
        self.__doc__ = check.__doc__
        self.check = check
        self.needs = needs
        self.compares = compares

    def __call__(self, plan: Plan) -> Iterator[Issue]:
        return self.check(plan)


def plan_rule(
    severity: Severity, *, needs: tuple[str, ...] = (), compares: tuple[str, ...] = ()
) -> Callable[[Check], PlanRule]:
    """Make a function a rule; its texts are in the JSON file beside its module.

    Args:
        severity: of the rule's issues.
        needs: the tables that it cannot judge without.
        compares: the parameters of its issues that hold what contradicts the cell; an erratum must name their values.

    Example:
        >>> from khelang_opendata import Severity, plan_rule
        >>> @plan_rule(Severity.WARNING, needs=("projects",))
        ... def many_projects(plan):
        ...     if len(plan.records("projects")) > 100:
        ...         yield many_projects.issue(many=100)
        >>> many_projects.code, many_projects.needs
        ('many_projects', ('projects',))
    """
    return lambda check: PlanRule(check, severity, needs, compares)


class CellRule(Rule):
    """A rule that judges one cell.

    Args:
        check: gives the issue of a cell, None where it has none; its name is the rule's code, and its module's texts
            hold the rule's.
        severity: of its issues.
    """

    def __init__(self, check: CellCheck, severity: Severity) -> None:
        super().__init__(check.__name__, severity, str(sys.modules[check.__module__].__file__))
        self.__doc__ = check.__doc__
        self.check = check

    def __call__(self, record: Record, field: Field, cell: str) -> Issue | None:
        return self.check(record, field, cell)


def cell_rule(severity: Severity) -> Callable[[CellCheck], CellRule]:
    """Make a function a rule on single cells: ``@cell_rule(Severity.ERROR)``."""
    return lambda check: CellRule(check, severity)


def cell_issue(rule: Rule, record: Record, field: Field, **params: str | int | float) -> Issue:
    """The issue of a rule in one cell, with the fiscal year of its record."""
    if (year := record.integer("fiscal_year_be")) is not None:
        params["year"] = year
    return rule.issue(record.place(field.name), record=record.id, **params)


def rules_in(module: ModuleType) -> tuple[Rule, ...]:
    """The rules that a module declares, in the order of its source."""
    return tuple(rule for rule in vars(module).values() if isinstance(rule, Rule) and rule.module == module.__file__)
