"""Errata acknowledge warnings: a contradiction of the document that the package explains is known, not hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace

from khelang_opendata.catalogue import rules
from khelang_opendata.errors import Issue, Severity
from khelang_opendata.validation.plan import Plan, Record

EDITORIAL = "editorial"
"""The rule of an erratum that no rule can see."""


@dataclass(frozen=True, slots=True)
class Erratum:
    """What an erratum names; a part that it leaves empty matches anything."""

    id: str
    rule: str
    resource: str | None
    record: str | None
    field: str | None
    year: int | None

    @classmethod
    def of(cls, row: Record) -> Erratum:
        year = row.integer("fiscal_year_be")
        return cls(row.id, row.text("rule") or "", row.text("resource"), row.text("record_id"), row.text("field"), year)

    def explains(self, issue: Issue) -> bool:
        """Whether the issue is the one that this erratum names."""
        found = (issue.location.resource, issue.params.get("record"), issue.location.field, issue.params.get("year"))
        named = (self.resource, self.record, self.field, self.year)
        return self.rule == issue.code and all(n is None or n == f for n, f in zip(named, found, strict=True))


def acknowledge(issues: Iterable[Issue], plan: Plan, judged: Set[str]) -> Iterator[Issue]:
    """Mark each warning that an erratum explains, then report the errata that explain nothing.

    Args:
        issues: all that was found.
        plan: the package's tables.
        judged: the rules that could be applied; errata of others may not be judged either.
    """
    rows = [(Erratum.of(row), row) for row in plan.records("errata")]
    by_rule: dict[str, list[Erratum]] = {}
    for erratum, _ in rows:
        by_rule.setdefault(erratum.rule, []).append(erratum)
    used: set[str] = set()
    for issue in issues:
        candidates = by_rule.get(issue.code, ()) if issue.severity is Severity.WARNING else ()
        explaining = [erratum for erratum in candidates if erratum.explains(issue)]
        used.update(erratum.id for erratum in explaining)
        yield replace(issue, acknowledged_by=explaining[0].id) if explaining else issue
    for erratum, row in rows:
        if erratum.rule not in rules() and erratum.rule != EDITORIAL:
            yield row.issue("erratum_unmatched", "rule", variant="unknown_rule", rule=erratum.rule)
        elif erratum.rule in judged and erratum.id not in used:
            yield row.issue("erratum_unmatched", "rule", rule=erratum.rule)
