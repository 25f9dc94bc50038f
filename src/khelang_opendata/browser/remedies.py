"""Sentences of the page where the command's own name a command or an option."""

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
    return page_sentence(f"{error.code}_{variant}" if variant else error.code, language, **error.params)


def page_sentence(name: str, language: Language, **params: str | int | float) -> str | None:
    """The page's own sentence of a name; None where the command's is right on the page, too."""
    return notice(name, language, **params) if name in _NAMES else None
