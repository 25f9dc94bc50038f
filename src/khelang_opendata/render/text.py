"""The report as plain text for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from khelang_opendata.catalogue import Language, notice
from khelang_opendata.errors import Issue, Report
from khelang_opendata.render.messages import issue_texts


def report_text(report: Report, language: Language) -> str:
    """The issues one by one, each with its place and its fix, and a verdict in the last line."""
    return "\n".join(_lines(report, language)) + "\n"


def _lines(report: Report, language: Language) -> Iterator[str]:
    for issue in report.issues:
        texts = issue_texts(issue, language, report.schema)
        severity = notice(f"severity_{issue.severity}", language)
        yield f"{_place(issue, language)}[{severity} {issue.code}] {texts.message}"
        yield f"    {notice('fix', language)}: {texts.fix}"
    if report.truncated:
        yield notice("truncated", language, listed=len(report.issues))
    yield notice(
        "valid" if report.valid else "invalid",
        language,
        errors=report.errors,
        warnings=report.warnings,
        acknowledged=report.acknowledged,
        tables=len(report.tables),
        rows=sum(table.rows for table in report.tables),
    )


def _place(issue: Issue, language: Language) -> str:
    place = issue.location
    if place.resource is None:
        return ""
    if place.row is None:
        return f"{place.resource}: "
    return notice("place", language, file=place.resource, row=place.row) + ": "
