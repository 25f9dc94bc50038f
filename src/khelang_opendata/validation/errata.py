"""Errata acknowledge warnings: a contradiction of the document that the package explains is known, not hidden."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Set
from dataclasses import dataclass

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.validation.plan import Record
from khelang_opendata.validation.rules.errata_records import KEY_SEPARATOR

ERRATUM_UNMATCHED = Rule("erratum_unmatched", Severity.WARNING, __file__)

EDITORIAL = "editorial"
"""The value of ``rule`` in an erratum that no rule can detect."""

_Parts = tuple[str | int | float | None, ...]
_Choice = tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Erratum:
    """The parts of a place that an erratum names; an empty part matches anything."""

    id: str
    rule: str
    resource: str | None
    record: str | None
    field: str | None
    year: int | None

    @classmethod
    def of(cls, row: Record) -> Erratum:
        year, record = row.integer("fiscal_year_be"), row.text("record_id")
        record = record.partition(KEY_SEPARATOR)[0] if record else None
        return cls(row.id, row.text("rule") or "", row.text("resource"), record, row.text("field"), year)

    @property
    def named(self) -> _Parts:
        """The parts of an issue's place, None where it leaves one empty."""
        return (self.resource, self.record, self.field, self.year)


class _Alike:
    """The errata that name the same parts of the same rule; ``first`` is the position of the first of them."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.ids: list[str] = []
        self.used = False


class Errata:
    """The errata of a package, and which of them matched an issue.

    An erratum may leave any of four parts empty, and an empty part matches anything. So errata are indexed by rule, by
    which parts they fill, and by the values of these parts. An issue then needs at most sixteen look-ups (two to the
    power of four), however many errata there are; comparing each issue with each erratum would be quadratic.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        """Take the rows of the table ``errata``."""
        self._errata = [(Erratum.of(record), record) for record in records]
        self._by_rule: dict[str, dict[_Choice, dict[_Parts, _Alike]]] = {}
        for position, (erratum, _) in enumerate(self._errata):
            choice = tuple(part is not None for part in erratum.named)
            by_parts = self._by_rule.setdefault(erratum.rule, {}).setdefault(choice, {})
            by_parts.setdefault(erratum.named, _Alike(position)).ids.append(erratum.id)

    def acknowledge(self, issues: Iterable[Issue]) -> Iterator[Issue]:
        """The issues, with each warning that an erratum explains marked with the first of those that do."""
        for issue in issues:
            explaining = list(self._explaining(issue)) if issue.severity is Severity.WARNING else []
            for alike in explaining:
                alike.used = True
            first = min(alike.first for alike in explaining) if explaining else None
            yield issue if first is None else issue._replace(acknowledged_by=self._errata[first][0].id)

    def _explaining(self, issue: Issue) -> Iterator[_Alike]:
        """The errata that name the issue."""
        place, params = issue.location, issue.params
        found = (place.resource, params.get("record"), place.field, params.get("year"))
        for choice, by_parts in self._by_rule.get(issue.code, {}).items():
            parts = tuple(part if chosen else None for part, chosen in zip(found, choice, strict=True))
            if alike := by_parts.get(parts):
                yield alike

    def unmatched(self, judged: Set[str], known: Container[str]) -> Iterator[Issue]:
        """An issue for each erratum that explained nothing.

        Args:
            judged: the rules that could be applied; errata of others may not be judged either.
            known: the codes of all rules.
        """
        groups = (alike for choices in self._by_rule.values() for parts in choices.values() for alike in parts.values())
        used = {id_ for alike in groups if alike.used for id_ in alike.ids}
        for erratum, record in self._errata:
            if erratum.rule not in known and erratum.rule != EDITORIAL:
                yield record.issue(ERRATUM_UNMATCHED, "rule", variant="unknown_rule", rule=erratum.rule)
            elif erratum.rule in judged and erratum.id not in used:
                yield record.issue(ERRATUM_UNMATCHED, "rule", rule=erratum.rule)
