"""The items of the ITA's OIT part by year, and the table of a plan that answers each.

They are in ``ita_items.yaml`` with their sources, because their codes change every year.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import UsageError

_CODE = re.compile("[Oo]?[0-9]{1,3}", re.ASCII)
_HALF_YEAR = 6
_LONGEST_SHOWN = 80
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

    @property
    def key(self) -> str:
        """What answers it, as a confirmed code names it: ``plan``, ``results-6``."""
        return _key({"kind": self.kind, "months": self.months})


def items_of(year: int, confirmed: Mapping[str, str] = MappingProxyType({})) -> tuple[Item, ...]:
    """The items of an assessment fiscal year (B.E.), in the order of their codes.

    Args:
        year: the year.
        confirmed: the codes that an official compared with the handbook of the NACC, by what answers them: ``plan``,
            ``risks``, ``measures``, ``results``, and ``results-6`` for the report of the first six months. Of a year
            that is not known, only these are given; what they ask for is taken from the newest year that has them.

    Raises:
        UsageError: nothing is known of the year and nothing is confirmed, or a code is none.
    """
    content = _content()
    known = {_key(entry): entry for entry in content["years"].get(year, ())}
    if not known and not confirmed:
        raise UsageError("ita_year_unknown", year=year, known=", ".join(map(str, known_years())))
    newest = _newest()
    for key, code in confirmed.items():
        if key not in newest or not _CODE.fullmatch(code):
            raise UsageError(
                "ita_item_invalid", value=visible(f"{key}={code}")[:_LONGEST_SHOWN], known=", ".join(newest)
            )
        written = f"O{int(code.upper().removeprefix('O'))}"
        known[key] = {**known.get(key, newest[key]), "code": written, "status": "confirmed", "sources": []}
    return tuple(
        sorted((_item(one, content["sources"]) for one in known.values()), key=lambda item: int(item.code[1:]))
    )


def newest_items() -> tuple[Item, ...]:
    """The newest item that each kind of answer is known of, for its title."""
    sources = _content()["sources"]
    return tuple(_item(entry, sources) for entry in _newest().values())


def _newest() -> dict[str, Mapping[str, Any]]:
    years = sorted(_content()["years"].items())
    return {_key(entry): entry for _, entries in years for entry in entries}


def known_years() -> list[int]:
    """The assessment fiscal years (B.E.) whose items are known."""
    return sorted(_content()["years"])


def confirmed_in(descriptor: Mapping[str, Any], year: int) -> Mapping[str, str]:
    """The codes of a year that ``datapackage.json`` has as confirmed (its property ``itaItems``)."""
    years = descriptor.get("itaItems")
    codes = years.get(str(year)) if isinstance(years, dict) else None
    return {str(key): str(code) for key, code in codes.items()} if isinstance(codes, dict) else {}


def _key(entry: Mapping[str, Any]) -> str:
    return f"{entry['kind']}-6" if entry.get("months") == _HALF_YEAR else str(entry["kind"])


def _item(entry: Mapping[str, Any], sources: Mapping[str, Mapping[str, str]]) -> Item:
    known = {name: value for name, value in entry.items() if name != "status"}
    known |= {"kind": ItemKind(entry["kind"]), "sources": tuple(sources[name] for name in entry["sources"])}
    return Item(is_confirmed=entry["status"] == "confirmed", **known)


@cache
def _content() -> dict[str, Any]:
    import yaml  # noqa: PLC0415 (only this command reads YAML)

    content: dict[str, Any] = yaml.safe_load(_ITEMS.read_bytes())
    return content
