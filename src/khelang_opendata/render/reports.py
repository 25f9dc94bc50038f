"""A report of a validation in one of its forms."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from khelang_opendata.model.report import Report
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.package.datapackage import Package


class ReportFormat(StrEnum):
    """The forms of a report: for the terminal, for scripts, for reading and printing, for a spreadsheet, for CI."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"
    CSV = "csv"
    SARIF = "sarif"


def render_report(
    report: Report, package: Package | None, format_: ReportFormat, language: Language, *, color: bool = False
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
        case ReportFormat.JSON:
            from khelang_opendata.render.report_json import report_json  # noqa: PLC0415 (one writer is used)

            return report_json(report)
        case ReportFormat.HTML:
            from khelang_opendata.render.report_html import report_html  # noqa: PLC0415 (loads jinja2)

            return report_html(report, language, package)
        case ReportFormat.CSV:
            from khelang_opendata.render.report_csv import report_csv  # noqa: PLC0415 (one writer is used)

            return report_csv(report, language, package)
        case ReportFormat.SARIF:
            from khelang_opendata.render.report_sarif import report_sarif  # noqa: PLC0415 (one writer is used)

            return report_sarif(report, language, package)
        case ReportFormat.TEXT:
            from khelang_opendata.render.report_text import report_text  # noqa: PLC0415 (one writer is used)

            return report_text(report, language, package, color=color)
