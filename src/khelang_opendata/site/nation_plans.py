"""The plans of the national dataset and their sources, as the pages of all plans show them.

The values follow from rows of the dataset alone. All money is planned, in baht; where a document leaves an amount out,
a sum is the least that it can be.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Any

from khelang_opendata.files.paths import is_safe_path
from khelang_opendata.formats.about import NOT_NAMED, Both
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.transport.addresses import is_address, page_of
from khelang_opendata.transport.fetching import shown_address

Row = Mapping[str, Any]

NO_MONEY = Money(Decimal(), is_least=False)

SKIPPED = "skipped"
"""The state of a source that is no plan."""

_NOT_RENEWED = ("refused", SKIPPED, "absent")
_HASHED = 12
_TEXTS = (
    *("plan_id", "version", "schema", "profile", "signature", "lao_name_th", "lao_name_en", "lao_type", "dla_code"),
    *("province_code", "province_th"),
)


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
        state: taken, taken_with_warnings, refused, skipped or absent.
        reason: why it is refused: the code, and a sentence in both languages.
        errors: how many errors the refused content has.
        change: what the last harvest changed: added, updated, refused, skipped, absent, or nothing.
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


def divided(money: Money, by: int) -> Money:
    """A share of money, rounded to baht."""
    return Money(Decimal(round(money.thb / by)) if by else Decimal(), money.is_least)


def sources_of(rows: Mapping[str, Sequence[Row]], changes: Mapping[str, str]) -> Mapping[str, SourceState]:
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
            address=shown_address(page_of(row["package"])) if is_address(row["package"]) else "",
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


def _above(root: str) -> str:
    """The folder that the named source is in, with its last slash; empty for an address, and at the top of a disk."""
    path = PurePath(root)
    is_below = not is_address(root) and len(path.parts) > len(("/", "folder"))
    return root[: len(root) - len(path.name)] if is_below else ""


def plans_of(
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
