"""The rule of columns that a spreadsheet sorted by themselves: each cell is sound, and belongs to another row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import gt, lt
from typing import Any

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules.registry import plan_rule

_KEY = "project_id"
_FEWEST = 10
"""Different texts that are in order by chance once in 3,600,000 documents; fewer may be."""
_MOST_TURNS = 0.05
"""How many steps to the next text may go the other way, as spreadsheets order letters and signs each in their way."""
_HARDLY = 0.4
"""A share of such steps above which no other order of letters makes texts sorted."""

_JUMPS = 2
"""How many steps more than by its letters a sorted text goes back by its numbers: from 19 to 2, from 29 to 3."""

_BEFORE = "([เ-ไ])([ก-ฮ])"
"""A Thai vowel that is written before its consonant, and sorted behind it."""
_UNSORTED = r"[\u0e47-\u0e4e\W_]"
"""Tone marks and signs, which make no difference at first."""
_NUMBERED = "source_section"
"""The column of chapters and lists, whose letters may count, too."""


@plan_rule(Severity.WARNING, needs=("projects",))
def column_sorted_alone(plan: Plan) -> Iterator[Issue]:
    """The texts and amounts of a column are not in order where the rows are in the order of their ids.

    It judges tables of projects and of what belongs to them: a document may list units or laws in alphabetical order.
    """
    for name, table in plan.tables.items():
        if _KEY not in table.schema.primary_key:
            continue
        sorted_ = [column for column in _judged(table) if _is_sorted(plan, name, column)]
        if sorted_ and not _turns([*map(_numbered, plan.ids(name))], gt):
            yield from (plan.record(name, 0).issue(column_sorted_alone, column, key=_KEY) for column in sorted_)


def _judged(table: HeadedTable) -> Iterator[str]:
    """The columns of free text, and the amounts."""
    for field in table.columns:
        if field and (field.name == "amount_thb" or field.holds_texts):
            yield field.name


def _is_sorted(plan: Plan, table: str, column: str) -> bool:
    """Whether a column is in the order in which a spreadsheet sorts it, empty cells last."""
    cells: Sequence[Any] = plan.amounts(table) if column == "amount_thb" else plan.texts(table, column)
    filled = len(cells) - cells.count(None)
    if None in cells[:filled] or len({*cells[:filled]}) < _FEWEST:
        return False
    changing = [cell for cell, _ in groupby(cells[:filled])]
    if column == "amount_thb":
        return min(_turns(changing, gt), _turns(changing, lt)) <= _MOST_TURNS * len(changing)
    return _are_sorted(changing, column, gt) or _are_sorted(changing, column, lt)


def _are_sorted(texts: Sequence[str], column: str, is_turn: Callable[[Any, Any], bool]) -> bool:
    """Whether texts are sorted as texts are, not as their numbers count."""
    turns, most = _turns(texts, is_turn), _MOST_TURNS * len(texts)
    if turns > _HARDLY * len(texts):
        return False
    if turns > most:
        turns = _turns([*map(_collated, texts)], is_turn)
    if turns > most:
        return False
    if _turns([*map(_numbered, texts)], is_turn) >= turns + _JUMPS:
        return True
    return column != _NUMBERED and len({re.sub(r"\d", "", text) for text in texts}) >= _FEWEST


def _turns(values: Sequence[Any], is_turn: Callable[[Any, Any], bool]) -> int:
    """How many of the steps to a next value go the other way."""
    return sum(map(is_turn, values, values[1:]))


def _collated(text: str) -> str:
    """A text as dictionaries of Thai and English sort it, nearly."""
    return re.sub(_UNSORTED, "", re.sub(_BEFORE, r"\2\1", text.casefold()))


def _numbered(text: str) -> tuple[tuple[int, str], ...]:
    """A text as people count: its letters, and each number as one."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d{1,18})", text))
