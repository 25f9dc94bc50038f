"""Errata acknowledge warnings: a contradiction of the document that the package explains is known, not hidden."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from khelang_opendata.catalogue import rules
from khelang_opendata.errors import Issue, Severity
from khelang_opendata.validation.plan import Record

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


class Errata:
    """The errata of a package, and which of them explained something."""

    def __init__(self, records: Iterable[Record]) -> None:
        """Take the rows of the table ``errata``."""
        self._errata = [(Erratum.of(record), record) for record in records]
        self._by_rule: dict[str, list[Erratum]] = {}
        for erratum, _ in self._errata:
            self._by_rule.setdefault(erratum.rule, []).append(erratum)
        self._used: set[str] = set()

    def acknowledge(self, issues: Iterable[Issue]) -> Iterator[Issue]:
        """The issues, with each warning that an erratum explains marked."""
        for issue in issues:
            candidates = self._by_rule.get(issue.code, ()) if issue.severity is Severity.WARNING else ()
            explaining = [erratum for erratum in candidates if erratum.explains(issue)]
            self._used.update(erratum.id for erratum in explaining)
            yield issue._replace(acknowledged_by=explaining[0].id) if explaining else issue

    def unmatched(self, judged: Set[str]) -> Iterator[Issue]:
        """An issue for each erratum that explained nothing.

        Args:
            judged: the rules that could be applied; errata of others may not be judged either.
        """
        for erratum, record in self._errata:
            if erratum.rule not in rules() and erratum.rule != EDITORIAL:
                yield record.issue("erratum_unmatched", "rule", variant="unknown_rule", rule=erratum.rule)
            elif erratum.rule in judged and erratum.id not in self._used:
                yield record.issue("erratum_unmatched", "rule", rule=erratum.rule)
