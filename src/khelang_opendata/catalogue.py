"""The catalogue of rules and failures (``rules.yaml``): what each code weighs and says in Thai and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from khelang_opendata.errors import Issue, Location, Params, RuleUnknown, Severity


class Language(StrEnum):
    """The languages every text exists in."""

    TH = "th"
    EN = "en"


Text = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Wording:
    """What is wrong (``message``) and what to do (``fix``), with ``{names}`` of parameters."""

    message: Text
    fix: Text


@dataclass(frozen=True, slots=True)
class Entry:
    """One code of the catalogue; a variant tells apart the ways one thing can be wrong."""

    code: str
    title: Text
    wording: Wording | None
    variants: Mapping[str, Wording]

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


@dataclass(frozen=True, slots=True)
class Rule(Entry):
    """A rule on the data: an entry with a severity, the reason it exists, and where it comes from."""

    severity: Severity
    explanation: Text
    source: str


def rules() -> Mapping[str, Rule]:
    """All rules by code, in the order of ``rules.yaml``."""
    return _catalogue()[0]


def failures() -> Mapping[str, Entry]:
    """All failures of the tool by code."""
    return _catalogue()[1]


def notice(name: str, language: Language, /, **params: str | int | float) -> str:
    """What the command line says, in one language."""
    return _catalogue()[2][name][language].format(**params)


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


@lru_cache(maxsize=1)
def _catalogue() -> tuple[Mapping[str, Rule], Mapping[str, Entry], Mapping[str, Text]]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files("khelang_opendata").joinpath("rules.yaml").read_text(encoding="utf-8")
    content: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 (a safe loader either way)
    rules_ = {code: _rule(code, entry) for code, entry in content["rules"].items()}
    failures_ = {code: Entry(*_common(code, entry)) for code, entry in content["failures"].items()}
    notices = {name: _text(entry) for name, entry in content["notices"].items()}
    return rules_, failures_, notices


def _rule(code: str, entry: dict[str, Any]) -> Rule:
    severity = Severity(entry["severity"])
    return Rule(*_common(code, entry), severity, _text(entry["explanation"]), str(entry["source"]))


def _common(code: str, entry: dict[str, Any]) -> tuple[str, Text, Wording | None, dict[str, Wording]]:
    own = _wording(entry) if "message" in entry else None
    variants = {name: _wording(variant) for name, variant in entry.get("variants", {}).items()}
    return code, _text(entry["title"]), own, variants


def _wording(entry: dict[str, Any]) -> Wording:
    return Wording(_text(entry["message"]), _text(entry["fix"]))


def _text(value: dict[str, str]) -> Text:
    return {language: value[language].strip() for language in Language}
