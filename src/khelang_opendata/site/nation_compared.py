"""Two plans side by side: the rows of the comparison, and the figures of each plan for the script that fills them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from khelang_opendata.formats.headlines import baht
from khelang_opendata.formats.key_figures import Money
from khelang_opendata.formats.weighted_errata import WEIGHTS
from khelang_opendata.model.wording import Language
from khelang_opendata.published.page_mark import line_mark
from khelang_opendata.render.dates import written_date
from khelang_opendata.site.nation import LaoGroup, per_cent
from khelang_opendata.site.nation_plans import MoneySums, NationPlan
from khelang_opendata.site.site_templates import shown
from khelang_opendata.site.site_texts import say
from khelang_opendata.standard.family import load_family


def compared_labels(codes: Sequence[str], language: Language) -> list[str]:
    """The labels of the rows; ``codes`` are the numbers of the dimensions that have one."""
    names = ("fact_type", "column_period", "two_years", "plan_entries", "plan_never", "column_planned_total")
    more = ("plan_per_year", "plan_per_project")
    last = ("plan_indicators_value", "two_errata", "two_heavy", "two_unexplained", "fact_version", "fact_changed")
    return [
        *(say(name, language) for name in (*names, *more)),
        *(say("two_dimension", language, number=code) for code in codes),
        *(say(name, language) for name in last),
    ]


def compared_plans(group: LaoGroup, codes: Sequence[str], language: Language, mark: str) -> bytes:
    """A script that sets the plans of a province, as texts and never as markup: each with a cell for each row."""
    plans = [_plan(plan, codes, language) for plan in group.plans]
    content = json.dumps(plans, ensure_ascii=False, separators=(",", ":"))
    key = json.dumps(group.key.lower())
    return f"// {line_mark(mark)}\n(window.khelangPlans=window.khelangPlans||{{}})[{key}]={content};\n".encode()


def _plan(plan: NationPlan, codes: Sequence[str], language: Language) -> dict[str, Any]:
    about = plan.about
    name = about["lao_name_th"] if language is Language.TH else about["lao_name_en"] or about["lao_name_th"]
    cells = [str(shown(cell)) for cell in _cells(plan, codes, language)]
    return {"slug": plan.slug, "label": str(shown(f"{name} {plan.first_year}–{plan.last_year}")), "cells": cells}


def _cells(plan: NationPlan, codes: Sequence[str], language: Language) -> Iterator[str]:
    at, total = [*Language].index(language), plan.money.total
    kind = load_family().tables["plans"].field_by_name["lao_type"].meanings[plan.about["lao_type"]]
    yield (kind.title_th, kind.title_en or kind.title_th)[at]
    yield f"{plan.first_year}–{plan.last_year}"
    yield str(plan.period)
    yield f"{plan.projects:,}"
    yield _with_share(f"{plan.never_funded:,}", per_cent(plan.never_funded, plan.projects), language)
    yield from (baht(money)[at] for money in (total, plan.per_year, plan.per_project))
    for code in codes:
        money = MoneySums.added(one.money for one in plan.dimensions if one.code == code).total
        yield _dimension(money, total, language)
    yield say("two_of", language, part=f"{plan.indicators_with_value:,}", whole=f"{plan.indicators:,}")
    yield f"{plan.errata_count:,}"
    yield f"{plan.errata_of(WEIGHTS[0]):,}"
    yield "–" if plan.source.reason else f"{plan.unexplained:,}"
    yield plan.about["version"] or "–"
    yield written_date(plan.changed_on, language)


def _dimension(money: Money, total: Money, language: Language) -> str:
    if not money:
        return say("no_money", language)
    share = money.thb * 100 / total.thb if total.thb else None
    return _with_share(baht(money)[[*Language].index(language)], share, language)


def _with_share(text: str, share: Decimal | None, language: Language) -> str:
    return text if share is None else say("two_count_share", language, count=text, share=f"{share:.1f}")
