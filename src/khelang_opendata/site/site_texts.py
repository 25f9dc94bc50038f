"""The words of the pages in Thai and English, from ``site_texts.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from khelang_opendata.model.wording import Language


def say(name: str, language: Language, /, **params: object) -> str:
    """A text of the pages in a language, with its parameters filled in; a missing one raises KeyError."""
    text = site_texts()[name][0 if language is Language.TH else 1]
    return text.format_map(params) if params else text


@cache
def site_texts() -> Mapping[str, tuple[str, str]]:
    """All texts by name, each in Thai and in English."""
    content: Mapping[str, tuple[str, str]] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_bytes())
    return content
