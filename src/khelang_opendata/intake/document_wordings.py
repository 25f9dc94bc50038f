"""The wordings of plan documents, and what a text says by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from khelang_opendata.intake.plan_document import squeezed


@cache
def wordings() -> Any:
    """The wordings by their use."""
    return yaml.safe_load(Path(__file__).with_name("document_wordings.yaml").read_bytes())


@cache
def _beginnings(use: str) -> Sequence[tuple[str, str]]:
    """The wordings of a use with what each means, the longest first."""
    pairs = []
    for key, value in wordings()[use].items():
        pairs += [(squeezed(text), key) for text in value] if isinstance(value, list) else [(squeezed(key), value)]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def meaning_of_beginning(use: str, text: str) -> tuple[str, str]:
    """What the longest wording that begins a text means, and what follows it; empty where none begins it.

    Args:
        use: a part of the wordings.
        text: the text, squeezed.
    """
    for wording, meant in _beginnings(use):
        if text.startswith(wording):
            return meant, text[len(wording) :]
    return "", text


def meaning_within(use: str, text: str) -> str:
    """What the wording of a use that a text has first in it means; empty where it has none."""
    bare = squeezed(text)
    uses: Mapping[str, Sequence[str]] = wordings()[use]
    found = [(bare.find(squeezed(word)), meant) for meant, words in uses.items() for word in words]
    return min(((place, meant) for place, meant in found if place >= 0), default=(0, ""))[1]
