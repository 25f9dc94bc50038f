"""All rules on the data, by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.rules import Rule
from khelang_opendata.standard.family import CURRENT, SchemaFamily, find_family
from khelang_opendata.validation import (
    codes,
    descriptor,
    errata,
    file_checks,
    headings,
    ids,
    layout,
    own_schemas,
    package_profiles,
    structure,
)
from khelang_opendata.validation.rules import MODULES
from khelang_opendata.validation.rules.declared import declared_rules
from khelang_opendata.validation.rules.registry import rules_in

_MODULES = (
    *(descriptor, file_checks, own_schemas, package_profiles, headings, layout, structure, ids, codes, errata),
    *MODULES,
)


def rules(schema: str = CURRENT) -> Mapping[str, Rule]:
    """All rules by code, topic by topic: first those of structure, then those of a plan, then another standard's.

    Args:
        schema: the standard, as a report names it.

    Example:
        >>> from khelang_opendata import Language, rules
        >>> rules()["value_missing"].title[Language.EN]
        'A required cell is empty'
    """
    return rules_of(find_family(schema))


def rules_of(family: SchemaFamily) -> Mapping[str, Rule]:
    """All rules by code, those that the family declares among them.

    Raises:
        UsageError: the family declares a rule with the code of another.
    """
    known, declared = _known_rules(), {rule.code: rule for rule in declared_rules(family)}
    for code in known.keys() & declared.keys():
        raise UsageError("family_unusable", "rule_known", path=declared[code].module, code=code)
    return {**known, **declared} if declared else known


@cache
def _known_rules() -> Mapping[str, Rule]:
    return {rule.code: rule for module in _MODULES for rule in rules_in(module)}


def rule(code: str, schema: str = CURRENT) -> Rule:
    """The rule of this code.

    Raises:
        UsageError: no rule has this code.
    """
    try:
        return rules(schema)[code]
    except KeyError:
        raise UsageError("rule_unknown", code=code) from None
