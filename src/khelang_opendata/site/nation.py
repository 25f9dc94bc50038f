"""All plans of the nation as their pages show them: each plan, each province and type, and the whole.

The values follow from rows of the national dataset alone. All money is planned, in baht; where a document leaves an
amount out, a sum is the least that it can be.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from khelang_opendata.files.paths import is_safe_path
from khelang_opendata.formats.about import NOT_NAMED, Both
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.model.thai import ERA
from khelang_opendata.standard.family import load_family
from khelang_opendata.standard.provinces import provinces
from khelang_opendata.transport.fetching import shown_address

Row = Mapping[str, Any]

NO_MONEY = Money(Decimal(), is_least=False)

SHOWN_DIMENSIONS = 6
"""Columns of the table of dimensions over the nation; what few plans have is together."""

_NOT_RENEWED = ("refused", "absent")
_OCTOBER = 10
_PER_CENT = 100
_HASHED = 12


@dataclass(frozen=True)
class MoneySums:
    """Money by fiscal year (B.E.), None for amounts that a document gives for all years together."""

    by_year: Mapping[int | None, Money]

    @property
    def total(self) -> Money:
        return sum(self.by_year.values(), NO_MONEY)

    def of(self, year: int | None) -> Money:
        """The money of a year."""
        return self.by_year.get(year, NO_MONEY)

    @classmethod
    def added(cls, sums: Iterable[MoneySums]) -> MoneySums:
        """The sums of several, year by year."""
        found: defaultdict[int | None, Money] = defaultdict(lambda: NO_MONEY)
        for one in sums:
            for year, money in one.by_year.items():
                found[year] += money
        return cls(dict(found))


@dataclass(frozen=True)
class PlanDimension:
    """A dimension of a plan; its code is empty for projects without one."""

    code: str
    name: Both
    is_scored: bool
    projects: int
    money: MoneySums


@dataclass(frozen=True)
class RuleCount:
    """How often a plan breaks a rule, how often an erratum acknowledges it, and the first messages."""

    code: str
    severity: str
    issues: int
    acknowledged: int
    messages: tuple[Sequence[str], Sequence[str]]


@dataclass(frozen=True)
class FormerFigures:
    """What the dataset had of a plan before it changed."""

    version: str | None
    projects: int
    money_thb: Decimal


@dataclass(frozen=True)
class SourceState:
    """A source of the dataset after a harvest.

    Attributes:
        name: where it is, as a reader may know it: an address, or the last parts of a path.
        address: its address on the web; empty where it has none.
        state: taken, taken_with_warnings, refused or absent.
        reason: why it is refused: the code, and a sentence in both languages.
        errors: how many errors the refused content has.
        change: what the last harvest changed: added, updated, refused, absent, or nothing.
        checks: the rules that the content breaks.
    """

    name: str
    address: str
    state: str
    reason: str
    reason_words: Both
    errors: int
    change: str
    first_success: date | None
    last_success: date | None
    """When it was last taken, if not by the last harvest."""
    checks: Sequence[RuleCount]
    slug: str
    """The name of its page, where the dataset has no plan of it."""


@dataclass(frozen=True)
class NationPlan:
    """A plan that the dataset holds, with its local government."""

    about: Mapping[str, str]
    first_year: int
    last_year: int
    announced_on: date | None
    changed_on: date
    source: SourceState
    projects: int
    never_funded: int
    shared: int
    dimensions: Sequence[PlanDimension]
    indicators: int
    indicators_with_value: int
    errata: Mapping[tuple[str, str], int]
    """How many by topic and weight."""
    former: FormerFigures | None

    @property
    def id(self) -> str:
        return self.about["plan_id"]

    @property
    def slug(self) -> str:
        """The name of its page: its id, which a hyphen ends that no id ends with where a system has no such file."""
        return self.id if is_safe_path(f"{self.id}.html") else f"{self.id}-"

    @property
    def lao(self) -> tuple[str, ...]:
        """What identifies the local government: its code, or else its name and province."""
        code = self.about["dla_code"]
        return (code,) if code else (self.about["lao_name_th"], self.about["province_code"])

    @cached_property
    def money(self) -> MoneySums:
        return MoneySums.added(one.money for one in self.dimensions)

    @cached_property
    def years(self) -> Sequence[int]:
        """The fiscal years (B.E.) of the plan and of its amounts."""
        given = {year for year in self.money.by_year if year is not None}
        return sorted({*range(self.first_year, self.last_year + 1), *given})

    @property
    def period(self) -> int:
        """How many fiscal years the plan has."""
        return self.last_year - self.first_year + 1

    @property
    def per_year(self) -> Money:
        """Its money by year of its period, rounded to baht."""
        return divided(self.money.total, self.period)

    @property
    def per_project(self) -> Money:
        """Its money by project, rounded to baht."""
        return divided(self.money.total, self.projects)

    @property
    def errata_count(self) -> int:
        return sum(self.errata.values())

    def errata_of(self, weight: str) -> int:
        """How many errata are of a weight."""
        return sum(count for (_, of_weight), count in self.errata.items() if of_weight == weight)

    @property
    def findings(self) -> Sequence[RuleCount]:
        """What the checks found in the data that the dataset holds; of a refused content, nothing."""
        return () if self.source.reason else self.source.checks

    @property
    def warnings(self) -> int:
        """How many warnings the checks gave."""
        return sum(check.issues for check in self.findings)

    @property
    def unexplained(self) -> int:
        """How many warnings no erratum explains."""
        return sum(check.issues - check.acknowledged for check in self.findings)


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
    """Sources of which the dataset holds no plan."""
    unlisted: int
    """How many local governments with a plan the registry does not have."""

    @property
    def plans(self) -> Sequence[NationPlan]:
        return self.whole.plans

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


def nation_of(
    *,
    snapshot: int,
    on: date,
    rows: Mapping[str, Sequence[Row]],
    changes: Mapping[str, str],
    before: Mapping[str, Row],
    registry: Sequence[Row] | None,
    missing: Sequence[Row],
) -> Nation:
    """All plans in one state.

    Args:
        snapshot: the number of the state.
        on: the day of its harvest.
        rows: the rows of the dataset by name: packages, plans, projects, dimensions, amounts, indicators, errata,
            issues.
        changes: what the harvest changed, by package.
        before: the earlier rows of packages that changed.
        registry: the rows of all local governments; None where it is not known.
        missing: those of them that no plan is of.
    """
    sources = _sources(rows, changes)
    plans = [*_plans(rows, sources, before)]
    plans.sort(key=lambda plan: (plan.about["province_code"], plan.about["lao_name_th"], plan.first_year, plan.id))
    held = {row["package"] for row in rows["packages"] if row["data_hash"]}
    whole = LaoGroup("", ("", ""), plans, None if registry is None else len(registry), missing)
    refused = [source for package, source in sources.items() if package not in held]
    return Nation(
        snapshot,
        on,
        whole,
        _grouped(whole, registry, "province_code", _province_names(plans)),
        _grouped(whole, registry, "lao_type", {}),
        sorted(refused, key=lambda source: source.name),
        _unlisted(plans, registry),
    )


def fiscal_year_of(day: date) -> int:
    """The fiscal year (B.E.) of a day."""
    return day.year + ERA + (day.month >= _OCTOBER)


def divided(money: Money, by: int) -> Money:
    """A share of money, rounded to baht."""
    return Money(Decimal(round(money.thb / by)) if by else Decimal(), money.is_least)


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


def _sources(rows: Mapping[str, Sequence[Row]], changes: Mapping[str, str]) -> Mapping[str, SourceState]:
    """What is known of each source, by package."""
    packages = rows["packages"]
    folders = sorted({_above(row["root"]) for row in packages} - {""}, key=len, reverse=True)

    def shown(text: str | None) -> str:
        """A text without the folders of the computer that gathered the plans."""
        found = text or ""
        for folder in folders:
            found = found.replace(folder, "")
        return found

    checks: defaultdict[str, list[RuleCount]] = defaultdict(list)
    for row in rows["issues"]:
        messages = ([*map(shown, row["messages_th"])], [*map(shown, row["messages_en"])])
        counts = row["code"], row["severity"], row["issues"], row["acknowledged"]
        checks[row["package"]].append(RuleCount(*counts, messages))
    return {
        row["package"]: SourceState(
            name=shown_address(row["package"]) if is_address(row["package"]) else shown(row["package"]),
            address=shown_address(row["package"]) if is_address(row["package"]) else "",
            slug=sha256(row["package"].encode("utf-8", "surrogatepass")).hexdigest()[:_HASHED],
            state=row["state"],
            reason=row["reason"] or "",
            reason_words=(shown(row["reason_th"]), shown(row["reason_en"])),
            errors=row["errors"] or 0,
            change=changes.get(row["package"], ""),
            first_success=row["first_success"],
            last_success=row["last_success"] if row["state"] in _NOT_RENEWED else None,
            checks=checks[row["package"]],
        )
        for row in packages
    }


def is_address(package: str) -> bool:
    """Whether a source has an address on the web."""
    return package.lower().startswith(("http://", "https://"))


def _above(root: str) -> str:
    """The folder that the named source is in, with its last slash; empty for an address, and at the top of a disk."""
    path = PurePath(root)
    is_below = not is_address(root) and len(path.parts) > len(("/", "folder"))
    return root[: len(root) - len(path.name)] if is_below else ""


def _plans(
    rows: Mapping[str, Sequence[Row]], sources: Mapping[str, SourceState], before: Mapping[str, Row]
) -> Iterator[NationPlan]:
    """The plans that the dataset holds."""
    about = {row["plan_id"]: row for row in rows["plans"]}
    indicators = {row["plan_id"]: row for row in rows["indicators"]}
    errata: defaultdict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    for row in rows["errata"]:
        errata[row["plan_id"]][row["topic"], row["weight"]] = row["errata"]
    projects = _by_plan(rows["projects"])
    dimensions = _by_plan(rows["dimensions"])
    amounts: defaultdict[str, dict[str, dict[int | None, Money]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows["amounts"]:
        money = Money(row["amount_thb"], bool(row["is_least"]))
        amounts[row["plan_id"]][row["dimension_id"]][row["fiscal_year_be"]] = money
    for row in rows["packages"]:
        if not row["data_hash"]:
            continue
        id_ = row["plan_id"]
        own, counted = about.get(id_, {}), projects.get(id_, [])
        texts = {name: str(row[name] or "") for name in _TEXTS}
        texts |= {name: str(own.get(name) or "") for name in ("title_th", "title_en", "district_th", "revision_of")}
        measured = indicators.get(id_, {"indicators": 0, "with_value": 0})
        yield NationPlan(
            about=texts,
            first_year=row["start_fiscal_year_be"],
            last_year=row["end_fiscal_year_be"],
            announced_on=own.get("announced_on"),
            changed_on=row["changed_on"],
            source=sources[row["package"]],
            projects=sum(one["projects"] for one in counted),
            never_funded=sum(one["never_funded"] for one in counted),
            shared=sum(one["shared"] for one in counted),
            dimensions=[*_dimensions(dimensions.get(id_, []), counted, amounts[id_])],
            indicators=measured["indicators"],
            indicators_with_value=measured["with_value"],
            errata=errata[id_],
            former=_former(before.get(row["package"])),
        )


_TEXTS = (
    *("plan_id", "version", "schema", "profile", "signature", "lao_name_th", "lao_name_en", "lao_type", "dla_code"),
    *("province_code", "province_th"),
)


def _dimensions(
    given: Sequence[Row], counted: Sequence[Row], amounts: Mapping[str, Mapping[int | None, Money]]
) -> Iterator[PlanDimension]:
    """The dimensions of a plan; projects that name none, or one that is not there, come last."""
    projects = {row["dimension_id"]: row["projects"] for row in counted}
    for row in given:
        name = (row["name_th"], row["name_en"] or row["name_th"])
        id_ = row["dimension_id"]
        money = MoneySums(amounts.get(id_, {}))
        yield PlanDimension(row["dimension_code"], name, bool(row["scored"]), projects.get(id_, 0), money)
    others = [id_ for id_ in projects if id_ not in {row["dimension_id"] for row in given}]
    if others:
        money = MoneySums.added(MoneySums(amounts.get(id_, {})) for id_ in others)
        yield PlanDimension("", NOT_NAMED, True, sum(projects[id_] for id_ in others), money)


def _by_plan(rows: Sequence[Row]) -> Mapping[str, Sequence[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["plan_id"]].append(row)
    return dict(found)


def _former(row: Row | None) -> FormerFigures | None:
    if row is None or not row["data_hash"]:
        return None
    return FormerFigures(row["version"], row["projects"] or 0, row["budget_thb"] or Decimal())
