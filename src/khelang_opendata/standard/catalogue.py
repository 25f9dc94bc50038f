"""The catalogue (``rules.json``): what each rule on the data, failure of the tool and notice says in Thai and English.

A rule has a severity (an error blocks a release, a warning needs an erratum, info never blocks), title, message,
explanation (why it exists), fix and source. One that can be broken in several ways has variants, each with its message
and fix; an entry's own message serves where no variant is named. ``{names}`` in a text are filled from the issue's
params, ``{cell}``, ``{field}``, ``{row}``, ``{line}`` and ``{resource}`` from its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import RuleUnknown
from khelang_opendata.model.report import Issue, Location, Params, Severity


class Language(StrEnum):
    """The languages every text exists in."""

    TH = "th"
    EN = "en"


Text = Mapping[Language, str]


class Wording(NamedTuple):
    """What is wrong (``message``) and what to do (``fix``), with ``{names}`` of parameters."""

    message: Text
    fix: Text


class Entry:
    """One code of the catalogue; a variant tells apart the ways one thing can be wrong.

    Args:
        code: its name.
        content: what ``rules.json`` has under that name.
    """

    def __init__(self, code: str, content: Mapping[str, Any]) -> None:
        self.code = code
        self.title: Text = content["title"]
        self.wording = _wording(content) if "message" in content else None
        self.variants = {name: _wording(variant) for name, variant in content.get("variants", {}).items()}

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """All wordings: the entry's own, if it has one, then each variant's."""
        return (*((self.wording,) if self.wording else ()), *self.variants.values())

    def wording_for(self, params: Params) -> Wording:
        """The wording of the variant that ``params`` names, else the entry's own."""
        wording = self.variants.get(str(params.get("variant"))) or self.wording
        if wording is None:
            raise KeyError(f"{self.code} needs one of the variants {sorted(self.variants)}")
        return wording


class Rule(Entry):
    """A rule on the data: an entry with a severity, the reason it exists, and where it comes from."""

    def __init__(self, code: str, content: Mapping[str, Any]) -> None:
        super().__init__(code, content)
        self.severity = Severity(content["severity"])
        self.explanation: Text = content["explanation"]
        self.source: str = content["source"]


_E = TypeVar("_E", bound=Entry)


class _Entries(Mapping[str, _E]):
    """Entries by code in the catalogue's order, each built when it is first asked for."""

    def __init__(self, raw: dict[str, Any], build: Callable[[str, dict[str, Any]], _E]) -> None:
        self._raw, self._build = raw, build
        self._built: dict[str, _E] = {}

    def __getitem__(self, code: str) -> _E:
        if code not in self._built:
            self._built[code] = self._build(code, self._raw[code])
        return self._built[code]

    def __contains__(self, code: object) -> bool:
        return code in self._raw

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by code, in the order of ``rules.json``."""
    return _Entries(_content()["rules"], Rule)


@cache
def failures() -> Mapping[str, Entry]:
    """All failures of the tool by code."""
    return _Entries(_content()["failures"], Entry)


def notice(name: str, language: Language, /, **params: str | int | float) -> str:
    """What the command line says, in one language; nothing in its parameters is hidden or steers a terminal."""
    text: str = _content()["notices"][name][language]
    return text.format(**harmless_params(params))


def harmless_params(params: Params) -> Params:
    """Parameters of a text in which every character shows."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in params.items()}


@cache
def rule(code: str) -> Rule:
    """The rule of this code.

    Raises:
        RuleUnknown: the catalogue has none.
    """
    try:
        return rules()[code]
    except KeyError:
        raise RuleUnknown(code=code) from None


def issue(code: str, location: Location | None = None, /, **params: str | int | float) -> Issue:
    """An issue of this code, with the severity that the catalogue gives it."""
    return Issue(code, rule(code).severity, location or Location(), params)


@cache
def _content() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("rules.json").read_bytes())
    return content


def _wording(content: Mapping[str, Any]) -> Wording:
    return Wording(content["message"], content["fix"])
