"""The words of the library: Thai and English texts, kept as JSON beside the code that uses them.

``<module>.json`` holds the texts of the rules in a module, ``failures.json`` and ``notices.json`` those of a room.
A ``{name}`` in a text is filled from the parameters; one that lacks a parameter is an error of ours, never a gap.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from khelang_opendata.model.characters import visible

Params = Mapping[str, str | int | float]
"""The values that a text names."""

_PACKAGE = Path(__file__).parents[1]


class Language(StrEnum):
    """The languages that every text exists in."""

    TH = "th"
    EN = "en"


Text = Mapping[Language, str]


class Texts(NamedTuple):
    """The text of an issue or a failure in one language: the problem and its fix."""

    message: str
    fix: str


class Wording(NamedTuple):
    """What is wrong (``message``) and what to do (``fix``), with ``{names}`` of parameters."""

    message: Text
    fix: Text

    def filled(self, params: Params, language: Language) -> Texts:
        """The texts in one language with the parameters in their places; a missing one raises KeyError."""
        shown = harmless_params(params)
        return Texts(self.message[language].format_map(shown), self.fix[language].format_map(shown))


class Entry:
    """The texts of one rule or failure from a JSON file; a variant is one way in which the same can be wrong."""

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
        """The wording of the variant that ``params`` names, else the entry's own; KeyError where there is neither."""
        wording = self.variants.get(str(params.get("variant"))) or self.wording
        if wording is None:
            raise KeyError(f"{self.code} needs one of the variants {sorted(self.variants)}")
        return wording


class Notices:
    """The sentences of one room by name, from the ``notices.json`` beside a module, whose ``__file__`` it takes."""

    def __init__(self, module: str) -> None:
        self._path = Path(module).with_name("notices.json")

    def __call__(self, name: str, language: Language, /, **params: str | int | float) -> str:
        """A sentence in one language, in which no parameter hides a character or steers a terminal."""
        text: str = read_texts(self._path)[name][language]
        return text.format_map(harmless_params(params))

    def both(self, name: str, /, **params: str | int | float) -> Text:
        """A sentence in both languages."""
        return {language: self(name, language, **params) for language in Language}


def harmless_params(params: Params) -> Params:
    """Parameters of a text in which every character shows."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in params.items()}


@cache
def failures() -> Mapping[str, Entry]:
    """The texts of all failures by code, from the ``failures.json`` of each room."""
    paths = sorted(_PACKAGE.glob("*/failures.json"))
    return {code: Entry(code, content) for path in paths for code, content in read_texts(path).items()}


@cache
def read_texts(path: Path) -> Mapping[str, Any]:
    """The content of a file of texts, read once."""
    content: Mapping[str, Any] = json.loads(path.read_bytes())
    return content


def _wording(content: Mapping[str, Any]) -> Wording:
    return Wording(content["message"], content["fix"])
