"""All plans of the nation as their pages show them: each province and type, and the whole.

The values follow from rows of the national dataset alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Protocol

from khelang_opendata.formats.about import Both
from khelang_opendata.model.thai import ERA
from khelang_opendata.site.nation_plans import (
    SKIPPED,
    MoneySums,
    NationPlan,
    PlanDimension,
    Row,
    RuleCount,
    SourceState,
    plans_of,
    sources_of,
)
from khelang_opendata.standard.family import load_family
from khelang_opendata.standard.provinces import provinces

SHOWN_DIMENSIONS = 6
"""Columns of the table of dimensions over the nation; what few plans have is together."""

_OCTOBER = 10
_PER_CENT = 100


@dataclass(frozen=True)
class LaoGroup:
    """The local governments of a province or type, or all, with their plans and those that have none here."""

    key: str
    name: Both
    plans: Sequence[NationPlan]
    registered: int | None
    """How many the registry has; None without one."""
    missing: Sequence[Row]
    """Those of the registry that have no plan here."""

    @cached_property
    def laos(self) -> int:
        """How many local governments have a plan here."""
        return len({plan.lao for plan in self.plans})

    @property
    def published(self) -> int | None:
        """How many of the registry have a plan here."""
        return None if self.registered is None else self.registered - len(self.missing)

    @cached_property
    def projects(self) -> int:
        return sum(plan.projects for plan in self.plans)

    @cached_property
    def never_funded(self) -> int:
        return sum(plan.never_funded for plan in self.plans)

    @cached_property
    def money(self) -> MoneySums:
        return MoneySums.added(plan.money for plan in self.plans)

    @cached_property
    def errata(self) -> int:
        return sum(plan.errata_count for plan in self.plans)

    @cached_property
    def unexplained(self) -> int:
        return sum(plan.unexplained for plan in self.plans)

    def ended(self, year: int) -> int:
        """How many local governments have only plans that ended before a fiscal year (B.E.)."""
        return sum(last < year for last in self.last_years.values())

    @cached_property
    def last_years(self) -> Mapping[tuple[str, ...], int]:
        """The last fiscal year (B.E.) that any plan of a local government covers."""
        found: dict[tuple[str, ...], int] = {}
        for plan in self.plans:
            found[plan.lao] = max(plan.last_year, found.get(plan.lao, 0))
        return found


@dataclass(frozen=True)
class NationDimension:
    """The dimensions of all plans that have one number; empty where a project has none, None for all other numbers."""

    code: str | None
    name: Both
    is_scored: bool
    """Whether it is scored in half of the plans at least."""
    plans: int
    projects: int
    money: MoneySums


@dataclass(frozen=True)
class RuleSpread:
    """In how many plans a rule is broken, how often, and how many of these an erratum acknowledges."""

    code: str
    plans: int
    issues: int
    acknowledged: int


@dataclass(frozen=True)
class Nation:
    """All plans in one state of the dataset."""

    snapshot: int
    on: date
    whole: LaoGroup
    provinces: Sequence[LaoGroup]
    types: Sequence[LaoGroup]
    refused: Sequence[SourceState]
    """Sources of which the dataset holds no plan, less those that are none."""
    skipped: Sequence[SourceState]
    """Datasets of portals that are no plan."""
    products: Mapping[str, bytes]
    """Files of the dataset that the site offers, by name."""
    unlisted: int
    """How many local governments with a plan the registry does not have."""

    @property
    def plans(self) -> Sequence[NationPlan]:
        return self.whole.plans

    @property
    def sources(self) -> Sequence[SourceState]:
        """All sources: of the plans, and those without one."""
        return [*(plan.source for plan in self.plans), *self.refused, *self.skipped]

    @property
    def fiscal_year(self) -> int:
        """The fiscal year (B.E.) of the harvest, which begins in October of the year before."""
        return fiscal_year_of(self.on)

    @cached_property
    def years(self) -> Mapping[int, int]:
        """How many plans cover each fiscal year (B.E.)."""
        return dict(sorted(Counter(year for plan in self.plans for year in plan.years).items()))

    @cached_property
    def dimensions(self) -> Sequence[NationDimension]:
        """The dimensions by number; beyond those that most plans have, all others together.

        A number has another name in another plan; the name here is that of most plans.
        """
        parts: defaultdict[str, list[PlanDimension]] = defaultdict(list)
        plans: defaultdict[str, set[str]] = defaultdict(set)
        for plan in self.plans:
            for one in plan.dimensions:
                parts[one.code].append(one)
                plans[one.code].add(plan.id)
        named = sorted((code for code in parts if code), key=lambda code: (-len(plans[code]), code))
        shown, others = sorted(named[:SHOWN_DIMENSIONS]), named[SHOWN_DIMENSIONS:]
        found = [_dimension(code, parts[code], len(plans[code])) for code in shown]
        if others:
            together = set().union(*(plans[code] for code in others))
            found.append(_dimension(None, [one for code in others for one in parts[code]], len(together)))
        return [*found, *([_dimension("", parts[""], len(plans[""]))] if "" in parts else [])]

    @cached_property
    def spread(self) -> Sequence[RuleSpread]:
        """The rules that the plans break which are taken as they are now, those of most plans first."""
        found: defaultdict[str, list[RuleCount]] = defaultdict(list)
        for plan in self.plans:
            for check in plan.findings:
                found[check.code].append(check)
        spread = (
            RuleSpread(code, len(checks), sum(c.issues for c in checks), sum(c.acknowledged for c in checks))
            for code, checks in found.items()
        )
        return sorted(spread, key=lambda one: (-one.plans, -one.issues, one.code))

    @cached_property
    def topics(self) -> Mapping[str, tuple[int, Mapping[str, int]]]:
        """How many plans have errata of each topic, and how many these are by weight."""
        plans: Counter[str] = Counter()
        weights: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for plan in self.plans:
            plans.update({topic for topic, _ in plan.errata})
            for (topic, weight), count in plan.errata.items():
                weights[topic][weight] += count
        ordered = sorted(plans, key=lambda topic: (-plans[topic], -weights[topic].total(), topic))
        return {topic: (plans[topic], dict(weights[topic])) for topic in ordered}

    @cached_property
    def ends(self) -> Mapping[int, int]:
        """How many local governments are covered to the end of each fiscal year (B.E.), and no longer."""
        return dict(sorted(Counter(self.whole.last_years.values()).items()))

    @cached_property
    def overlapping(self) -> int:
        """How many local governments have two plans of one fiscal year, whose amounts both count."""
        seen: Counter[tuple[tuple[str, ...], int]] = Counter(
            (plan.lao, year) for plan in self.plans for year in range(plan.first_year, plan.last_year + 1)
        )
        return len({lao for (lao, _), count in seen.items() if count > 1})

    @cached_property
    def of_lao(self) -> Mapping[tuple[str, ...], Sequence[NationPlan]]:
        """The plans of each local government."""
        found: defaultdict[tuple[str, ...], list[NationPlan]] = defaultdict(list)
        for plan in self.plans:
            found[plan.lao].append(plan)
        return dict(found)


class NationAnswers(Protocol):
    """What the dataset of all plans says in one state.

    Attributes:
        snapshot: the number of the state.
        harvested_on: the day of its harvest.
        rows: the rows of the dataset by name: packages, plans, projects, dimensions, amounts, indicators, errata,
            issues.
        changes: what the harvest changed, by package.
        before: the earlier rows of packages that changed.
        products: files of the dataset that the site offers, by name.
    """

    @property
    def snapshot(self) -> int: ...
    @property
    def harvested_on(self) -> date: ...
    @property
    def rows(self) -> Mapping[str, Sequence[Row]]: ...
    @property
    def changes(self) -> Mapping[str, str]: ...
    @property
    def before(self) -> Mapping[str, Row]: ...
    @property
    def products(self) -> Mapping[str, bytes]: ...


def nation_of(answers: NationAnswers, registry: Sequence[Row] | None, missing: Sequence[Row]) -> Nation:
    """All plans in one state.

    Args:
        answers: what the dataset says.
        registry: the rows of all local governments; None where it is not known.
        missing: those of them that no plan is of.
    """
    rows = answers.rows
    sources = sources_of(rows, answers.changes)
    plans = [*plans_of(rows, sources, answers.before)]
    plans.sort(key=lambda plan: (plan.about["province_code"], plan.about["lao_name_th"], plan.first_year, plan.id))
    held = {row["package"] for row in rows["packages"] if row["data_hash"]}
    whole = LaoGroup("", ("", ""), plans, None if registry is None else len(registry), missing)
    others = sorted((one for package, one in sources.items() if package not in held), key=lambda one: one.name)
    return Nation(
        answers.snapshot,
        answers.harvested_on,
        whole,
        _grouped(whole, registry, "province_code", _province_names(plans)),
        _grouped(whole, registry, "lao_type", {}),
        [one for one in others if one.state != SKIPPED],
        [one for one in others if one.state == SKIPPED],
        answers.products,
        _unlisted(plans, registry),
    )


def fiscal_year_of(day: date) -> int:
    """The fiscal year (B.E.) of a day."""
    return day.year + ERA + (day.month >= _OCTOBER)


def per_cent(part: int, whole: int) -> Decimal | None:
    """A share in per cent; None of nothing."""
    return Decimal(part) * _PER_CENT / whole if whole else None


def _dimension(code: str | None, parts: Sequence[PlanDimension], plans: int) -> NationDimension:
    names = Counter(part.name for part in parts)
    name, _ = min(names.items(), key=lambda one: (-one[1], one[0]))
    scored = sum(part.is_scored for part in parts) * 2 >= len(parts)
    money = MoneySums.added(part.money for part in parts)
    return NationDimension(code, name, scored, plans, sum(part.projects for part in parts), money)


def _province_names(plans: Iterable[NationPlan]) -> Mapping[str, Both]:
    """The names of provinces: of the standard's list, else of a plan."""
    own = {plan.about["province_code"]: (plan.about["province_th"],) * 2 for plan in plans}
    return {**own, **{one.code: (one.name_th, one.name_en) for one in provinces()}}


def _grouped(
    whole: LaoGroup, registry: Sequence[Row] | None, column: str, names: Mapping[str, Both]
) -> Sequence[LaoGroup]:
    """The local governments by a column that plans and the registry have; what has no value comes last."""
    plans: defaultdict[str, list[NationPlan]] = defaultdict(list)
    missing: defaultdict[str, list[Row]] = defaultdict(list)
    listed = Counter(_key_of(row, column) for row in registry or ())
    has_column = registry is not None and set(listed) != {""}
    for plan in whole.plans:
        plans[plan.about[column]].append(plan)
    for row in whole.missing if has_column else ():
        missing[_key_of(row, column)].append(row)
    order = [*_keys(column)]
    known = {*plans, *(listed if has_column else ())}
    keys = sorted(known, key=lambda key: (not key, order.index(key) if key in order else len(order), key))
    return [
        LaoGroup(key, names.get(key, (key, key)), plans[key], listed[key] if has_column else None, missing[key])
        for key in keys
    ]


def _key_of(row: Row, column: str) -> str:
    """The province or type of a row of the registry; digits 2 and 3 of its code are those of the province's code."""
    value = str(row.get(column) or "")
    if not value and column == "province_code" and row.get("dla_code"):
        value = f"TH-{row['dla_code'][1:3]}"
    return value if value in _keys(column) else ""


@cache
def _keys(column: str) -> Sequence[str]:
    """The values that the standard knows of a column, in its order."""
    if column == "province_code":
        return [one.code for one in provinces()]
    return [*load_family().tables["plans"].field_by_name[column].meanings]


def _unlisted(plans: Iterable[NationPlan], registry: Sequence[Row] | None) -> int:
    """How many local governments with a plan a registry has neither by code nor by name and province."""
    rows = registry or ()
    known: set[tuple[str, ...]] = {(row["dla_code"],) for row in rows if row.get("dla_code")}
    known |= {(row["lao_name_th"], _key_of(row, "province_code")) for row in rows if row.get("lao_name_th")}
    names = {plan.lao: (plan.about["lao_name_th"], plan.about["province_code"]) for plan in plans}
    return 0 if registry is None else sum(lao not in known and name not in known for lao, name in names.items())
