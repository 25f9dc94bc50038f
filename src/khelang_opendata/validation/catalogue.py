"""All rules on the data, by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.rules import Rule
from khelang_opendata.validation import codes, descriptor, errata, file_checks, headings, structure
from khelang_opendata.validation.rules import arithmetic, cell_values, logic, portal_readiness, progress
from khelang_opendata.validation.rules.registry import rules_in

_MODULES = (
    *(descriptor, file_checks, headings, structure, codes, errata),
    *(cell_values, arithmetic, logic, progress, portal_readiness),
)


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by code, topic by topic: first those of structure, then those of a plan."""
    return {rule.code: rule for module in _MODULES for rule in rules_in(module)}


def rule(code: str) -> Rule:
    """The rule of this code.

    Raises:
        UsageError: no rule has this code.
    """
    try:
        return rules()[code]
    except KeyError:
        raise UsageError("rule_unknown", code=code) from None
