"""The words of the charts in one language (``chart_texts.yaml``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from khelang_opendata.formats.about import Both
from khelang_opendata.model.characters import visible
from khelang_opendata.model.wording import Language


@dataclass(frozen=True)
class ChartWords:
    """The words in one language; a parameter that is a pair has one for each language."""

    language: Language

    def word(self, name: str, /, **params: Any) -> str:
        """What several charts say."""
        return self._filled(_texts()["words"][name], **params)

    def text(self, chart: str, name: str, /, **params: Any) -> str:
        """What one chart says, or else all of them."""
        return self._filled(_texts()["charts"][chart].get(name) or _texts()["words"][name], **params)

    def of(self, both: Both) -> str:
        """A text of the package in the language, in which every character shows."""
        return visible(both[[*Language].index(self.language)])

    def _filled(self, texts: Both, /, **params: Any) -> str:
        values = {name: self.of(value) if isinstance(value, tuple) else value for name, value in params.items()}
        return texts[[*Language].index(self.language)].format(**values)


@cache
def _texts() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(Path(__file__).with_name("chart_texts.yaml").read_bytes())
    return content
