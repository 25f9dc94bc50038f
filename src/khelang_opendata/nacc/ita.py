"""The items of the ITA's OIT part by year, and the table of a plan that answers each.

They are in ``ita_items.yaml`` with their sources, because their codes change every year.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from khelang_opendata.model.failures import UsageError

_ITEMS = Path(__file__).with_name("ita_items.yaml")


class ItemKind(StrEnum):
    """What answers an item."""

    PLAN = "plan"
    RESULTS = "results"
    RISKS = "risks"
    MEASURES = "measures"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of one year's assessment.

    ``covers`` is the fiscal year that its contents are of, less the assessment's own; ``months`` is the round that a
    results report is of; ``sources`` are where the code was read.
    """

    code: str
    kind: ItemKind
    covers: int
    title_th: str
    title_en: str
    shows_th: str
    shows_en: str
    is_confirmed: bool
    sources: tuple[Mapping[str, str], ...]
    months: int = 12


def items_of(year: int) -> tuple[Item, ...]:
    """The items of an assessment fiscal year (B.E.), in the order of their codes; UsageError where none are known."""
    content = _content()
    if year not in content["years"]:
        raise UsageError("ita_year_unknown", year=year, known=", ".join(map(str, known_years())))
    return tuple(_item(entry, content["sources"]) for entry in content["years"][year])


def known_years() -> list[int]:
    """The assessment fiscal years (B.E.) whose items are known."""
    return sorted(_content()["years"])


def _item(entry: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> Item:
    known = {name: value for name, value in entry.items() if name != "status"}
    known |= {"kind": ItemKind(entry["kind"]), "sources": tuple(sources[name] for name in entry["sources"])}
    return Item(is_confirmed=entry["status"] == "confirmed", **known)


@cache
def _content() -> dict[str, Any]:
    import yaml  # noqa: PLC0415 (only this command reads YAML)

    content: dict[str, Any] = yaml.safe_load(_ITEMS.read_bytes())
    return content
