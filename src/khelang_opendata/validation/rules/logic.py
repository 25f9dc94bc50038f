"""Rules of a plan's logic: ids and years, the trees of units and missions, numbering, and how the summary table and
the detail sheet of a project agree.

What differs from one local government to another is read from the package (``conventions``) or is not judged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import pairwise
from typing import TypeVar

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.spoilt_text import as_shown
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.package.datapackage import is_plan_name
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules.registry import PlanRule, plan_rule
from khelang_opendata.validation.rules.trees import cycles, lineage, parents_of

_WITH_ID = ("dimensions", "missions", "units", "projects", "risks", "errata")
"""Tables whose rows have an id of their own."""

_SCOPES = {"plan": "plans", "dimension": "dimensions", "mission": "missions"}
_LEVELS = ("lao", "division", "section", "subsection")
"""Levels of units from the highest down; a committee has no place among them."""

_KINDS = {"โครงการ": "project", "กิจกรรม": "activity", "มาตรการ": "measure", "แนวปฏิบัติงาน": "guideline"}
_QUOTES = "\"'“”„‘’‚«»"
_UNIT_WORD = r"[^\s()\[\]*]+"
_NUMBER = r"\d{1,50}"
_SHOWN_OF_A_CYCLE = 6

_K = TypeVar("_K")


@plan_rule(Severity.ERROR, needs=("plans",))
def plan_row_count(plan: Plan) -> Iterator[Issue]:
    """A package is one plan: the table plans has exactly one row (that it has any is structural)."""
    if (count := len(plan.ids("plans"))) > 1:
        yield plan.record("plans", 1).issue(plan_row_count, count=count)


@plan_rule(Severity.ERROR, needs=_WITH_ID)
def id_prefix_wrong(plan: Plan) -> Iterator[Issue]:
    """An id begins with its row's plan_id and a hyphen, so that the tables of many plans can be joined."""
    for table in _WITH_ID:
        for place, (plan_id, id_) in enumerate(zip(plan.texts(table, "plan_id"), plan.ids(table), strict=True)):
            if plan_id and id_ and not id_.startswith(f"{plan_id}-"):
                record = plan.record(table, place)
                yield record.issue(id_prefix_wrong, record.table.schema.primary_key[0], prefix=f"{plan_id}-")


@plan_rule(Severity.ERROR, needs=("printed_totals", *_SCOPES.values()))
def scope_unknown(plan: Plan) -> Iterator[Issue]:
    """A printed total's scope_id exists in the table that its scope names."""
    scopes = zip(plan.texts("printed_totals", "scope"), plan.texts("printed_totals", "scope_id"), strict=True)
    for place, (scope, id_) in enumerate(scopes):
        target = _SCOPES.get(scope or "")
        if target and (id_ or "") not in plan.places(target):
            total = plan.record("printed_totals", place)
            yield total.issue(scope_unknown, "scope_id", target=target, year=total.integer("fiscal_year_be") or 0)


@plan_rule(Severity.ERROR, needs=("plans", "projects"))
def years_reversed(plan: Plan) -> Iterator[Issue]:
    """A plan and a project end in the year they start or later."""
    for table in ("plans", "projects"):
        starts, ends = (plan.integers(table, f"{end}_fiscal_year_be") for end in ("start", "end"))
        for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
            if start is not None and end is not None and start > end:
                yield plan.record(table, place).issue(years_reversed, "end_fiscal_year_be", start=start)


@plan_rule(Severity.ERROR, needs=("plans", "projects", "targets", "errata"))
def year_outside_plan(plan: Plan) -> Iterator[Issue]:
    """The years of projects, targets, errata and progress are years of the plan period.

    Budgets have a rule of their own. The issue of a project has no ``year``: its row is about all of them.
    """
    if not plan.years:
        return
    first, last = plan.years[0], plan.years[-1]
    ends = ("start_fiscal_year_be", "end_fiscal_year_be")
    for place, years in enumerate(zip(*(plan.integers("projects", field) for field in ends), strict=True)):
        for field, year in zip(ends, years, strict=True):
            if _is_outside(year, plan.years):
                yield plan.record("projects", place).issue(year_outside_plan, field, first=first, last=last)
    for table in ("targets", "errata", "errata_records", "progress"):
        for place, year in enumerate(plan.integers(table, "fiscal_year_be")):
            if year is not None and _is_outside(year, plan.years):
                row = plan.record(table, place)
                yield row.issue(year_outside_plan, "fiscal_year_be", year=year, first=first, last=last)


def _is_outside(year: int | None, years: range) -> bool:
    return year is not None and year not in years


@plan_rule(Severity.ERROR, needs=("units",))
def unit_cycle(plan: Plan) -> Iterator[Issue]:
    """No unit is its own ancestor."""
    return _cycle_issues(plan, unit_cycle, "units", "parent_unit_id")


@plan_rule(Severity.WARNING, needs=("units",), compares=("level",))
def unit_level_order(plan: Plan) -> Iterator[Issue]:
    """A unit's parent is of a higher level; a committee may have any parent.

    The levels, from the highest: organisation, division, section, subsection.

    The units of a cycle are left to :func:`unit_cycle`.
    """
    looped = {id_ for ring in cycles(parents_of(plan, "units", "parent_unit_id")) for id_ in ring}
    places, levels = plan.places("units"), plan.texts("units", "unit_level")
    for place, parent_id in enumerate(plan.texts("units", "parent_unit_id")):
        above = places.get(parent_id or "")
        if above is None or _may_belong_to(levels[place], levels[above]) or plan.ids("units")[place] in looped:
            continue
        parent = plan.record("units", above)
        shown = parent.text("name_th") or parent.id
        unit = plan.record("units", place)
        yield unit.issue(unit_level_order, "unit_level", parent=shown, level=levels[above] or "")


def _may_belong_to(below: str | None, above: str | None) -> bool:
    if below not in _LEVELS or above not in _LEVELS:
        return True
    return _LEVELS.index(above) < _LEVELS.index(below)


@plan_rule(Severity.INFO, needs=("units", "projects", "risks", "risk_controls"))
def unit_unused(plan: Plan) -> Iterator[Issue]:
    """A unit leads a project, owns a risk or a control, or is an ancestor of one that does."""
    parents = parents_of(plan, "units", "parent_unit_id")
    used: set[str] = set()
    for named in _units_named(plan):
        for unit_id in lineage(named, parents):
            if unit_id in used:
                break
            used.add(unit_id)
    for place, id_ in enumerate(plan.ids("units")):
        if id_ not in used:
            unit = plan.record("units", place)
            yield unit.issue(unit_unused, "unit_id", name=unit.text("name_th") or "")


def _units_named(plan: Plan) -> Set[str | None]:
    owners = (plan.texts(table, "owner_unit_id") for table in ("risks", "risk_controls"))
    return {*plan.texts("projects", "lead_unit_id"), *plan.texts("project_units", "unit_id")}.union(*owners)


@plan_rule(Severity.ERROR, needs=("missions", "projects"))
def mission_dimension_mismatch(plan: Plan) -> Iterator[Issue]:
    """A project's mission, and a mission's parent, belong to the same dimension as they do."""
    missions, of_missions = plan.places("missions"), plan.texts("missions", "dimension_id")
    for table, field in (("missions", "parent_mission_id"), ("projects", "mission_id")):
        rows = zip(plan.texts(table, "dimension_id"), plan.texts(table, field), strict=True)
        for place, (own, mission_id) in enumerate(rows):
            mission = missions.get(mission_id or "")
            if mission is not None and of_missions[mission] != own:
                record, other = plan.record(table, place), of_missions[mission] or ""
                yield record.issue(mission_dimension_mismatch, field, dimension=own or "", other=other)


@plan_rule(Severity.ERROR, needs=("missions",))
def mission_cycle(plan: Plan) -> Iterator[Issue]:
    """No mission is its own ancestor."""
    return _cycle_issues(plan, mission_cycle, "missions", "parent_mission_id")


@plan_rule(Severity.ERROR, needs=("projects",))
def parent_project_invalid(plan: Plan) -> Iterator[Issue]:
    """No project runs inside itself, directly or through others."""
    return _cycle_issues(plan, parent_project_invalid, "projects", "parent_project_id")


def _cycle_issues(plan: Plan, rule: PlanRule, table: str, field: str) -> Iterator[Issue]:
    """One issue a cycle, at its first record in the file."""
    for ring in cycles(parents_of(plan, table, field)):
        first = plan.find(table, ring[0])
        if first is not None:
            shown = [*ring[:_SHOWN_OF_A_CYCLE], "…"] if len(ring) > _SHOWN_OF_A_CYCLE else [*ring, ring[0]]
            yield first.issue(rule, field, path=" → ".join(shown))


@plan_rule(Severity.INFO, needs=("projects",))
def sequence_gap(plan: Plan) -> Iterator[Issue]:
    """The sequence numbers run from 1 without a gap.

    A number used twice also leaves a gap; only the duplicate is reported.
    """
    numbers = plan.integers("projects", "sequence_no")
    numbered = sorted((number, place) for place, number in enumerate(numbers) if number is not None)
    doubles = [(again[1], first[1]) for first, again in pairwise(numbered) if first[0] == again[0]]
    for place, first_place in doubles:
        first_row = plan.record("projects", first_place).row
        yield plan.record("projects", place).issue(sequence_gap, "sequence_no", variant="double", first_row=first_row)
    expected = 1
    for number, place in [] if doubles else numbered:
        if number != expected:
            yield plan.record("projects", place).issue(sequence_gap, "sequence_no", expected=expected)
        expected = number + 1


@plan_rule(Severity.WARNING, needs=("projects",), compares=("number",))
def sequence_printed_differs(plan: Plan) -> Iterator[Issue]:
    """The printed number is the project's sequence number, in a plan that says that it numbers continuously."""
    if not _numbers_continuously(plan):
        return
    rows = zip(plan.texts("projects", "sequence_printed"), plan.integers("projects", "sequence_no"), strict=True)
    for place, (text, number) in enumerate(rows):
        printed = re.findall(_NUMBER, text or "")
        if printed and number is not None and number not in map(int, printed):
            yield plan.record("projects", place).issue(sequence_printed_differs, "sequence_printed", number=number)


def _numbers_continuously(plan: Plan) -> bool:
    conventions = plan.package.descriptor.get("conventions")
    return isinstance(conventions, dict) and conventions.get("sequence_printed") == "continuous"


@plan_rule(Severity.WARNING, needs=("projects",), compares=("title",))
def title_differs(plan: Plan) -> Iterator[Issue]:
    """The title in the summary table is the sheet's, but for white space and quotation marks."""
    titles = zip(plan.texts("projects", "summary_title_printed"), plan.texts("projects", "title_th"), strict=True)
    for place, (summary, title) in enumerate(titles):
        if not summary or not title or summary == title or _bare(summary, _QUOTES) == _bare(title, _QUOTES):
            continue
        if _bare(as_shown(summary), _QUOTES) != _bare(as_shown(title), _QUOTES):  # a rule on cells reports the others
            yield plan.record("projects", place).issue(title_differs, "summary_title_printed", title=title)


def _bare(text: str, without: str = "") -> str:
    """A text without white space and the characters named."""
    text = "".join(text.split())
    for character in without:
        text = text.replace(character, "")
    return text


@plan_rule(Severity.WARNING, needs=("projects", "units"), compares=("unit",))
def unit_differs(plan: Plan) -> Iterator[Issue]:
    """The unit in the summary table is the project's lead unit, or one above it below the root.

    Its first word decides, since summary tables shorten: ``กองยุทธศาสตร์ (งานนิติการฯ)`` is the division
    กองยุทธศาสตร์และงบประมาณ.
    """
    leads = plan.texts("projects", "lead_unit_id")
    words = list(map(_unit_word, plan.texts("projects", "summary_unit_printed")))
    differing = _differing_words(plan, _grouped((lead, word) for lead, word in zip(leads, words, strict=True) if word))
    for place, (lead, word) in enumerate(zip(leads, words, strict=True)):
        if word and word in differing.get(lead, ()):
            project = plan.record("projects", place)
            shown, summary = project.text("lead_unit_printed") or "", project.text("summary_unit_printed") or ""
            if _bare(shown) == _bare(summary):  # both name several units, or none in particular
                continue
            unit = plan.find("units", lead)
            name = (unit.text("name_th") if unit else None) or ""
            yield project.issue(unit_differs, "summary_unit_printed", lead=shown, unit=name)


def _unit_word(printed: str | None) -> str:
    """The first word of a unit's name; empty if the text has no word."""
    word = re.search(_UNIT_WORD, printed or "")
    return word[0].removesuffix("ฯ") if word else ""


def _differing_words(plan: Plan, asked: Mapping[str | None, Set[str]]) -> Mapping[str | None, Set[str]]:
    """By lead unit, the words that neither its name has nor that of one above it, without the root unless it leads.

    The units are walked from the roots down, once for all leads, with the words that the names on the way have. Those
    of a cycle are not reached, so that their words do not differ.

    Args:
        plan: the package's tables.
        asked: by lead unit, the words to look for.
    """
    parents = parents_of(plan, "units", "parent_unit_id")
    below = _grouped((parent, id_) for id_, parent in parents.items())
    words = _words_of_names(plan, set().union(*asked.values()))
    differing: dict[str | None, Set[str]] = {}
    for root in (id_ for id_ in dict.fromkeys([*plan.ids("units"), *parents.values()]) if id_ not in parents):
        if root in words and root in asked:
            differing[root] = asked[root] - words[root]
        on_the_way: Counter[str] = Counter()
        steps = [(id_, 1) for id_ in below.get(root, ())]
        while steps:
            id_, step = steps.pop()
            for word in words[id_]:
                on_the_way[word] += step
            if step > 0:
                differing[id_] = {word for word in asked.get(id_, ()) if not on_the_way[word]}
                steps += [(id_, -1), *((unit, 1) for unit in below.get(id_, ()))]
    return differing


def _words_of_names(plan: Plan, words: Set[str]) -> Mapping[str, Set[str]]:
    """By unit, those of some words that its name has; sought by their lengths where they are many."""
    lengths = {len(word) for word in words}
    found: dict[str, Set[str]] = {}
    for id_, place in plan.places("units").items():
        name = _bare(plan.texts("units", "name_th")[place] or "")
        if len(words) <= len(name) * len(lengths):
            found[id_] = {word for word in words if word in name}
        else:
            parts = (name[start : start + size] for size in lengths for start in range(len(name) - size + 1))
            found[id_] = words & {*parts}
    return found


def _grouped(pairs: Iterable[tuple[_K, str]]) -> Mapping[_K, Set[str]]:
    groups: dict[_K, set[str]] = {}
    for key, member in pairs:
        groups.setdefault(key, set()).add(member)
    return groups


@plan_rule(Severity.WARNING, needs=("projects",), compares=("kind",))
def kind_differs(plan: Plan) -> Iterator[Issue]:
    """The kind is the one that the title's first word names; titles that begin otherwise are not judged."""
    rows = zip(plan.texts("projects", "title_th"), plan.texts("projects", "project_kind"), strict=True)
    for place, (title, kind) in enumerate(rows):
        bare = _bare(title or "", _QUOTES)
        word = next((word for word in _KINDS if bare.startswith(word)), None)
        if word and kind not in (None, _KINDS[word]):
            yield plan.record("projects", place).issue(kind_differs, "project_kind", word=word, kind=_KINDS[word])


@plan_rule(Severity.WARNING, needs=("projects",), compares=("first",))
def duplicate_title(plan: Plan) -> Iterator[Issue]:
    """No two projects have the same title."""
    first: dict[str, int] = {}
    for place, text in enumerate(plan.texts("projects", "title_th")):
        title = _bare(text or "")
        known = first.setdefault(title, place)
        if title and known != place:
            earlier = plan.record("projects", known)
            again = plan.record("projects", place)
            yield again.issue(duplicate_title, "title_th", first=earlier.id, first_row=earlier.row)


@plan_rule(Severity.INFO, needs=("projects", "targets"))
def project_without_target(plan: Plan) -> Iterator[Issue]:
    """A project names whom it is for."""
    return _without(plan, project_without_target, "projects", "targets")


@plan_rule(Severity.INFO, needs=("projects", "indicators"))
def project_without_indicator(plan: Plan) -> Iterator[Issue]:
    """A project has an output or outcome to be measured by."""
    return _without(plan, project_without_indicator, "projects", "indicators")


def _without(plan: Plan, rule: PlanRule, table: str, children: str) -> Iterator[Issue]:
    """Records that no row of another table belongs to."""
    owners = set(plan.ids(children))
    for place, id_ in enumerate(plan.ids(table)):
        if id_ not in owners:
            record = plan.record(table, place)
            yield record.issue(rule, record.table.schema.primary_key[0])


@plan_rule(Severity.ERROR, needs=("plans",))
def name_differs(plan: Plan) -> Iterator[Issue]:
    """The name in the descriptor is the plan's id."""
    name = plan.package.descriptor.get("name")
    ids = plan.ids("plans")
    if len(ids) == 1 and isinstance(name, str) and is_plan_name(name) and name != ids[0]:
        yield plan.record("plans", 0).issue(name_differs, "plan_id", name=name)


@plan_rule(Severity.ERROR)
def id_code_differs(plan: Plan) -> Iterator[Issue]:
    """The last part of an id is its code: a spreadsheet makes 1.1 of the code 1.10.

    A code without a digit or a Latin letter, such as ก, is not judged.
    """
    for table, letter, field in (("dimensions", "D", "dimension_code"), ("missions", "M", "mission_code")):
        rows = zip(plan.ids(table), plan.texts(table, field), strict=True)
        for place, (id_, code) in enumerate(rows):
            end = id_.rpartition(f"-{letter}")[2]
            printed = _code_parts(code or "")
            if id_ and printed and printed != _code_parts(end):
                yield plan.record(table, place).issue(id_code_differs, field, end=end)


def _code_parts(code: str) -> list[str]:
    """The numbers and letters of a code; the star of dimension 3* is the S of its id."""
    return re.findall("[0-9]+|[A-Z]+", ascii_text(code).replace("*", "S").upper())


@plan_rule(Severity.ERROR, needs=("projects", "project_units"))
def lead_unit_differs(plan: Plan) -> Iterator[Issue]:
    """Among a project's units, the lead is the project's lead unit."""
    leads = dict(zip(plan.ids("projects"), plan.texts("projects", "lead_unit_id"), strict=True))
    columns = (plan.texts("project_units", name) for name in ("project_id", "role", "unit_id"))
    for place, (project, role, unit) in enumerate(zip(*columns, strict=True)):
        lead = leads.get(project or "")
        if role == "lead" and unit and unit != lead:
            yield plan.record("project_units", place).issue(lead_unit_differs, "unit_id", lead=lead or "-")


@plan_rule(Severity.WARNING, needs=("risks",), compares=("expected",))
def risk_score_differs(plan: Plan) -> Iterator[Issue]:
    """The score is likelihood times impact, where all three are given; the column holds what the document prints."""
    columns = (plan.numbers("risks", field) for field in ("likelihood", "impact", "risk_score"))
    for place, (likelihood, impact, score) in enumerate(zip(*columns, strict=True)):
        if likelihood is not None and impact is not None and score is not None and score != likelihood * impact:
            yield plan.record("risks", place).issue(
                risk_score_differs,
                "risk_score",
                likelihood=str(likelihood),
                impact=str(impact),
                expected=str(likelihood * impact),
            )


@plan_rule(Severity.WARNING, needs=("risks", "risk_controls"))
def risk_without_control(plan: Plan) -> Iterator[Issue]:
    """A risk has a measure against it."""
    return _without(plan, risk_without_control, "risks", "risk_controls")
