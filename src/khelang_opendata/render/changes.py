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
    match format_:
        case ChangesFormat.JSON:
            from khelang_opendata.render.changes_data import changes_json  # noqa: PLC0415 (one writer is used)

            return changes_json(changes)
        case ChangesFormat.CSV:
            from khelang_opendata.render.changes_data import changes_csv  # noqa: PLC0415 (one writer is used)

            return changes_csv(changes, language)
        case ChangesFormat.MARKDOWN:
            from khelang_opendata.render.changes_markdown import changes_markdown  # noqa: PLC0415 (one writer is used)

            return changes_markdown(changes, language)
        case ChangesFormat.TEXT:
            from khelang_opendata.render.changes_text import changes_text  # noqa: PLC0415 (one writer is used)

            return changes_text(changes, language)
