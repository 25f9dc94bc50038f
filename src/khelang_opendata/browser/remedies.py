"""Remedies on the page, of failures whose own remedy is a command."""

from __future__ import annotations

from pathlib import Path

from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language, Notices, read_texts

notice = Notices(__file__)
"""The sentences of this room."""

_NAMES = read_texts(Path(__file__).with_name("notices.json")).keys()


def page_remedy(error: KhelangError, language: Language) -> str | None:
    """What a person does on the page about a failure; None where its own remedy needs no command."""
    variant = error.params.get("variant")
    name = f"{error.code}_{variant}" if variant else error.code
    return notice(name, language, **error.params) if name in _NAMES else None
