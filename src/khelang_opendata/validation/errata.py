"""Errata acknowledge warnings: a contradiction of the document that the package explains is known, not hidden.

An erratum acknowledges one finding and the values that it names: its table, record, column and year are those of the
finding, and its values are the cell and what contradicts it. What changes later in one of them is a finding again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from khelang_opendata.model.report import MAX_LISTED, Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.thai import numbers_in, printed_amounts
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.errata_records import KEY_SEPARATOR
from khelang_opendata.validation.rules.registry import PlanRule

ERRATUM_UNMATCHED = Rule("erratum_unmatched", Severity.WARNING, __file__)

EDITORIAL = "editorial"
"""The value of ``rule`` in an erratum that no rule can detect."""

_PARTS = {"resource": "resource", "record": "record_id", "field": "field", "year": "fiscal_year_be"}
"""The parts of a finding's place, each with the column of an erratum that names it."""

_LIKELY = ("record", "field", "year", "resource")
"""The parts of a place in the order in which one of them is taken to be wrong."""

_KINDS = {
    "amount": ("amount", "money_or_responsibility"),
    "_thb": ("amount", "money_or_responsibility"),
    "unit": ("responsibility", "money_or_responsibility"),
    "title": ("name", "editorial"),
    "sequence": ("numbering", "editorial"),
    "count": ("count", "meaning"),
    "year": ("period", "meaning"),
    "_on": ("period", "meaning"),
}
"""Topic and weight of an erratum by what the name of its column has in it."""

_COMPARED_AT_MOST = 200
"""Findings of a rule among which the values of an erratum are looked for."""

_Place = tuple[str | int | None, ...]


@dataclass(frozen=True, eq=False)
class Erratum:
    """A row of the table ``errata``, and the values that it names."""

    record: Record

    @property
    def id(self) -> str:
        return self.record.id

    @cached_property
    def rule(self) -> str:
        return self.record.text("rule") or ""

    def states(self, value: str, column: str) -> bool:
        """Whether a value is what the erratum names, as text or by the amounts that it states; an empty one is nothing.

        Args:
            value: what a finding is about.
            column: of the erratum that names it; a printed value may also be the one that is adopted.
        """
        columns = ("printed_value", "adopted_value") if column == "printed_value" else (column,)
        texts = [text for name in columns if (text := self.record.text(name))]
        if not value.strip() or _bare(value) in map(_bare, texts):
            return True
        amounts = printed_amounts(value)
        return bool(amounts) and any(numbers_in(text).issuperset(amounts) for text in texts)


def _bare(text: str) -> str:
    return " ".join(text.split())


class _Naming(NamedTuple):
    """An erratum at one of the places that it names; ``rest`` has the parts of its record's key after the first."""

    position: int
    rest: tuple[str, ...]


class Errata:
    """The errata of a package: which warnings they explain, which of them explain none, and rows for the others."""

    def __init__(self, plan: Plan, known: Mapping[str, Rule]) -> None:
        """Take the tables ``errata`` and ``errata_records``.

        Args:
            plan: the package's tables, those with errors among them.
            known: all rules by code.
        """
        self._plan, self._known = plan, known
        self._errata = [Erratum(record) for record in plan.records("errata")]
        ids, rules = plan.ids("errata"), plan.texts("errata", "rule")
        self._used: set[int] = set()
        self._open: list[Issue] = []
        self._offered = 0
        self._known_rows: dict[tuple[str, str, tuple[str, ...]], Set[int | None]] = {}
        self._namings: dict[_Place, list[_Naming]] = {}
        positions: dict[str, int] = {}
        for position, (id_, rule) in enumerate(zip(ids, rules, strict=True)):
            if rule not in (None, EDITORIAL):
                positions.setdefault(id_, position)
                self._name(position, self._errata[position].record)
        for place, id_ in enumerate(plan.ids("errata_records")):
            if id_ in positions:
                self._name(positions[id_], plan.record("errata_records", place))

    def _name(self, position: int, record: Record) -> None:
        first, *rest = (record.text("record_id") or "").split(KEY_SEPARATOR)
        place = (record.text("resource"), first or None, record.text("field"), record.integer("fiscal_year_be"))
        naming = _Naming(position, tuple(rest))
        self._namings.setdefault((self._errata[position].rule, *place), []).append(naming)

    def acknowledge(self, issues: Iterable[Issue]) -> Iterator[Issue]:
        """The issues: a warning that errata explain has the id of the first of them, another the row for one."""
        for issue in issues:
            if issue.severity is not Severity.WARNING:
                yield issue
                continue
            explaining = [naming.position for naming in self._explaining(issue)]
            self._used.update(explaining)
            if explaining:
                yield issue._replace(acknowledged_by=self._errata[min(explaining)].id)
                continue
            if len(self._open) < MAX_LISTED:
                self._open.append(issue)
            yield issue._replace(erratum=self._row_for(issue))

    def _explaining(self, issue: Issue) -> Iterator[_Naming]:
        for naming in self._namings.get((issue.code, *_place_of(issue)), ()):
            if self._is_row(issue, naming.rest) and not self._unstated(self._errata[naming.position], issue):
                yield naming

    def _is_row(self, issue: Issue, rest: tuple[str, ...]) -> bool:
        """Whether the further parts of a key are those of the row of an issue."""
        record = issue.params.get("record")
        return not rest or issue.location.row in self._rows(issue.location.resource or "", str(record), rest)

    def _rows(self, table: str, first: str, rest: tuple[str, ...]) -> Set[int | None]:
        """The rows of the records with a key; its further parts may be fewer than the table's."""
        key = (table, first, rest)
        if key not in self._known_rows:
            headed = self._plan.tables.get(table)
            columns = headed.schema.primary_key[1 : 1 + len(rest)] if headed else ()
            records = (record for record in self._plan.records(table) if record.id == first)
            own = (r.place().row for r in records if tuple(r.text(name) or "" for name in columns) == rest)
            self._known_rows[key] = frozenset(own)
        return self._known_rows[key]

    def _unstated(self, erratum: Erratum, issue: Issue) -> Mapping[str, str]:
        """The values of an issue that an erratum does not name, by the column that they belong in.

        Of an empty cell an erratum names no printed value.
        """
        values = [("printed_value", issue.location.cell or ""), ("other_value", self._other(issue))]
        unstated = {column: value for column, value in values if not erratum.states(value, column)}
        is_emptied = issue.location.cell == "" and erratum.record.text("printed_value") is not None
        return {"printed_value": "", **unstated} if is_emptied else unstated

    def _other(self, issue: Issue) -> str:
        """What contradicts the cell of an issue; empty where its rule compares it with nothing."""
        rule = self._known.get(issue.code)
        names = rule.compares if isinstance(rule, PlanRule) else ()
        found = next((str(issue.params[name]) for name in names if name in issue.params), "")
        return found.replace(",", "") if re.fullmatch(r"[0-9,.]+", found) else found

    def unmatched(self, judged: Set[str]) -> Iterator[Issue]:
        """An issue for each erratum that explained nothing, with what it may have meant.

        Args:
            judged: the rules that could be applied; errata of others may not be judged either.
        """
        meant = _Meant(self._open)
        for position, erratum in enumerate(self._errata):
            if not erratum.rule or erratum.record.text("resource") is None:  # its empty cell is an issue of its own
                continue
            if erratum.rule not in self._known and erratum.rule != EDITORIAL:
                yield self._unknown_rule(erratum, meant)
            elif erratum.rule in judged and position not in self._used:
                yield next(self._mismatches(erratum, meant))

    def _unknown_rule(self, erratum: Erratum, meant: _Meant) -> Issue:
        from difflib import get_close_matches  # noqa: PLC0415 (2 ms to import)

        there = [issue.code for issue in meant.at(_named(erratum))]
        titled = [code for code, rule in self._known.items() if erratum.rule in rule.title.values()]
        alike = get_close_matches(erratum.rule, [*self._known, EDITORIAL], n=1, cutoff=0.7)
        for code in (*there, *titled, *alike):
            return erratum.record.issue(
                ERRATUM_UNMATCHED, "rule", variant="unknown_rule_near", rule=erratum.rule, corrected=code
            )
        return erratum.record.issue(ERRATUM_UNMATCHED, "rule", variant="unknown_rule", rule=erratum.rule)

    def _mismatches(self, erratum: Erratum, meant: _Meant) -> Iterator[Issue]:
        """What keeps an erratum from explaining a finding, the likeliest first."""
        rule, place, record = erratum.rule, _named(erratum), erratum.record
        if self._known[rule].severity is not Severity.WARNING:
            yield record.issue(ERRATUM_UNMATCHED, "rule", variant="no_warning", rule=rule)
        for issue in meant.at(place, rule):
            for column, value in self._unstated(erratum, issue).items():
                yield record.issue(
                    ERRATUM_UNMATCHED, column, variant="value", rule=rule, column=column, corrected=value
                )
        if place[1] is None:
            yield record.issue(ERRATUM_UNMATCHED, "record_id", variant="unnamed", rule=rule)
        for part, issue in meant.but_for_one(place, rule):
            column, right = _PARTS[part], str(_place_of(issue)[[*_PARTS].index(part)] or "")
            yield record.issue(ERRATUM_UNMATCHED, column, variant="part", rule=rule, column=column, corrected=right)
        for issue in meant.at(place):
            right = issue.code
            yield record.issue(ERRATUM_UNMATCHED, "rule", variant="part", rule=rule, column="rule", corrected=right)
        for issue in meant.of(rule):
            if not self._unstated(erratum, issue):
                named = zip(_PARTS.values(), _place_of(issue), place, strict=True)
                parts = ", ".join(f"{column} = {right or '-'}" for column, right, given in named if right != given)
                yield record.issue(ERRATUM_UNMATCHED, "rule", variant="parts", rule=rule, parts=parts)
        yield record.issue(ERRATUM_UNMATCHED, "rule", rule=rule)

    def _row_for(self, issue: Issue) -> Mapping[str, str] | None:
        """The row of ``errata`` that explains a warning, by column in the file's order; reason and cause are left open.

        None for a warning that is about no row, or that no rule of the plan gives.
        """
        table, place = self._plan.tables.get(issue.location.resource or ""), issue.location
        if table is None or place.row is None or not isinstance(self._known.get(issue.code), PlanRule):
            return None
        if self._offered == MAX_LISTED:
            return None
        self._offered += 1
        field, cell, year = place.field or "", place.cell or "", issue.params.get("year") or ""
        topic, weight = next((kind for part, kind in _KINDS.items() if part in field), ("wording", "meaning"))
        other, is_printed = self._other(issue), field.endswith("_printed")
        plan_id = next(iter(self._plan.ids("plans")), "")
        values = {
            "plan_id": plan_id,
            "erratum_id": f"{plan_id}-E{self._last_number + self._offered:0{self._digits}}",
            "topic": topic,
            "weight": weight,
            "rule": issue.code,
            "resource": table.schema.name,
            "record_id": str(issue.params.get("record", "")),
            "field": field,
            "fiscal_year_be": str(year),
            "where_printed_th": _where(
                table.schema.descriptor, field and table.schema.field_by_name[field].title, year
            ),
            "printed_value": cell,
            "other_value": other,
            "adopted_value": "" if is_printed and other else cell,
            "reading_th": f"ใช้ค่า {other}" if is_printed and other else "",
            "reading_en": f"The value used is {other}" if is_printed and other else "",
        }
        return {label: values.get(name, "") for label, name in self._columns}

    @cached_property
    def _columns(self) -> list[tuple[str, str]]:
        """The heading of the file, each label with the name of its column."""
        table = self._plan.tables.get("errata")
        if table is None:
            return [(field.name, field.name) for field in self._plan.family.tables["errata"].fields]
        return [
            (label, field.name if field else "")
            for label, field in zip(table.table.header, table.columns, strict=False)
        ]

    @cached_property
    def _numbers(self) -> list[str]:
        return [found[1] for id_ in self._plan.ids("errata") if (found := re.search(r"-E([0-9]{2,9})$", id_))]

    @cached_property
    def _last_number(self) -> int:
        """The last number that is taken; rows that repeat an id are given the next ones."""
        ids = self._plan.ids("errata")
        return max(map(int, self._numbers), default=0) + len(ids) - len({*ids})

    @cached_property
    def _digits(self) -> int:
        return max(map(len, self._numbers), default=2)


def _where(table: JsonObject, column: str, year: object) -> str:
    """The place of a cell in Thai, from which a reader of the document begins."""
    return f"ตาราง{table['title']}" + (f" ช่อง{column}" if column else "") + (f" ปีงบประมาณ {year}" if year else "")


def _place_of(issue: Issue) -> _Place:
    """The parts by which an erratum names an issue; a year of 0 is none."""
    record, year = issue.params.get("record"), issue.params.get("year")
    return issue.location.resource, str(record) if record else None, issue.location.field, int(year) if year else None


def _named(erratum: Erratum) -> _Place:
    row = erratum.record
    first = (row.text("record_id") or "").partition(KEY_SEPARATOR)[0]
    return row.text("resource"), first or None, row.text("field"), row.integer("fiscal_year_be")


class _Meant:
    """The open warnings, as errata that explain nothing may have meant them; looked up, so that none is quadratic."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self._issues = issues

    @cached_property
    def _by_place(self) -> Mapping[_Place, list[Issue]]:
        found: dict[_Place, list[Issue]] = {}
        for issue in self._issues:
            place = _place_of(issue)
            found.setdefault((None, *place), []).append(issue)
            found.setdefault((issue.code, *place), []).append(issue)
        return found

    @cached_property
    def _by_most(self) -> Mapping[_Place, Issue]:
        found: dict[_Place, Issue] = {}
        for issue in self._issues:
            for part, place in _but_for_one(_place_of(issue)):
                found.setdefault((issue.code, part, *place), issue)
        return found

    @cached_property
    def _by_rule(self) -> Mapping[str, list[Issue]]:
        found: dict[str, list[Issue]] = {}
        for issue in self._issues:
            if len(listed := found.setdefault(issue.code, [])) < _COMPARED_AT_MOST:
                listed.append(issue)
        return found

    def at(self, place: _Place, rule: str | None = None) -> list[Issue]:
        """Those at a place, of one rule or of any."""
        return self._by_place.get((rule, *place), [])

    def but_for_one(self, place: _Place, rule: str) -> Iterator[tuple[str, Issue]]:
        """Those of a rule whose place has one other part, with its name."""
        for part, rest in _but_for_one(place):
            if issue := self._by_most.get((rule, part, *rest)):
                yield part, issue

    def of(self, rule: str) -> list[Issue]:
        """The first of a rule."""
        return self._by_rule.get(rule, [])


def _but_for_one(place: _Place) -> Iterator[tuple[str, _Place]]:
    for part in _LIKELY:
        position = list(_PARTS).index(part)
        yield part, place[:position] + place[position + 1 :]
