"""Differences in words and as data: text, JSON, CSV and Markdown, in Thai or English."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.diff import Changes


class ChangesFormat(StrEnum):
    """The forms of a difference: for the terminal, for scripts, for a spreadsheet, for reading on the web."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"


def render_changes(changes: Changes, format_: ChangesFormat, language: Language) -> str:
    """A difference in one of its forms; CSV begins with a BOM, JSON has no language."""
    from khelang_opendata.render.changes_data import changes_csv, changes_json  # noqa: PLC0415 (the help needs no writer)
    from khelang_opendata.render.changes_markdown import changes_markdown  # noqa: PLC0415 (as above)
    from khelang_opendata.render.changes_text import changes_text  # noqa: PLC0415 (as above)

    if format_ is ChangesFormat.JSON:
        return changes_json(changes)
    writers = {
        ChangesFormat.TEXT: changes_text,
        ChangesFormat.CSV: changes_csv,
        ChangesFormat.MARKDOWN: changes_markdown,
    }
    return writers[format_](changes, language)
