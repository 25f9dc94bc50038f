"""Issues, reports and failures in words: Thai or English text, HTML, CSV and SARIF, and JSON with both languages."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from khelang_opendata.catalogue import Language
from khelang_opendata.errors import Report

if TYPE_CHECKING:
    from khelang_opendata.package import Package

__all__ = ["Format", "render_report"]


class Format(StrEnum):
    """The forms of a report: for the terminal, for scripts, for reading and printing, for a spreadsheet, for CI."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"
    SARIF = "sarif"


def render_report(
    report: Report, package: Package | None, format_: Format, language: Language, *, color: bool = False
) -> str:
    """A report in one of its forms.

    Args:
        report: what was found.
        package: the package that was checked, for excerpts and file names; None where it could not be loaded.
        format_: the form. CSV begins with a BOM.
        language: of the texts; JSON has both, HTML both with this one shown first.
        color: whether a text report is coloured for a terminal.
    """
    match format_:
        case Format.JSON:
            from khelang_opendata.render.json import report_json  # noqa: PLC0415 (one writer is used)

            return report_json(report)
        case Format.HTML:
            from khelang_opendata.render.html import report_html  # noqa: PLC0415 (loads jinja2)

            return report_html(report, language, package)
        case Format.CSV:
            from khelang_opendata.render.csv import report_csv  # noqa: PLC0415 (one writer is used)

            return report_csv(report, language)
        case Format.SARIF:
            from khelang_opendata.render.sarif import report_sarif  # noqa: PLC0415 (one writer is used)

            return report_sarif(report, language, package)
        case Format.TEXT:
            from khelang_opendata.render.text import report_text  # noqa: PLC0415 (one writer is used)

            return report_text(report, language, package, color=color)
