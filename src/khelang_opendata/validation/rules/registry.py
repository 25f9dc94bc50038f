"""What a rule is to those who run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from khelang_opendata.model.report import Issue
from khelang_opendata.validation.plan import Plan


@dataclass(frozen=True, slots=True)
class PlanRule:
    """A rule's function and the tables it cannot judge without."""

    check: Callable[[Plan], Iterator[Issue]]
    needs: tuple[str, ...] = ()
