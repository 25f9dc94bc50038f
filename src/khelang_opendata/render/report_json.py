"""The report as JSON, in the form that scripts rely on (documented in docs/en/report.md)."""

from __future__ import annotations

import json
from typing import Any

from khelang_opendata.model.characters import encodable
from khelang_opendata.model.report import Issue, Report
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import issue_texts, offered_line


def report_json(report: Report) -> str:
    """The report as one JSON object, both languages in it; exact counts even where the list is cut.

    Example:
        >>> import json
        >>> from khelang_opendata import report_json, validate
        >>> json.loads(report_json(validate("datapackage")))["valid"]
        True
    """
    return encodable(json.dumps(report_object(report), ensure_ascii=False, indent=2)) + "\n"


def report_object(report: Report) -> dict[str, Any]:
    """The content of the JSON report, to include in another JSON document."""
    content: dict[str, Any] = {
        "valid": report.valid,
        "verdict": report.verdict.value,
        "schema": report.schema,
        "summary": report.summary,
        "counts": dict(report.counts_by_code),
        "tables": [
            {name: value for name, value in table._asdict().items() if name != "reason" or value}
            for table in report.tables
        ],
        "issues": [_issue(issue, report.schema) for issue in report.issues],
    }
    if report.example is not None:
        content["example"] = report.example
    if report.unread:
        content["unread"] = [
            {"code": c.code, "address": c.address, **{f"message_{lang}": c.message[lang] for lang in Language}}
            for c in report.unread
        ]
    if report.not_judged:
        content["not_judged"] = [{"code": waiting.code, "tables": [*waiting.tables]} for waiting in report.not_judged]
    if report.truncated:
        content["truncated"] = True
    return content


def _issue(issue: Issue, schema: str) -> dict[str, Any]:
    thai, english = (issue_texts(issue, language, schema) for language in (Language.TH, Language.EN))
    content = {
        "code": issue.code,
        "severity": issue.severity.value,
        "acknowledged_by": issue.acknowledged_by,
        **issue.location.named(),
        "params": dict(issue.params),
        "message_th": thai.message,
        "message_en": english.message,
        "fix_th": thai.fix,
        "fix_en": english.fix,
    }
    if issue.erratum is not None:
        form = "erratum_cells" if issue.words else "erratum_csv"
        content |= {"erratum": dict(issue.erratum), form: offered_line(issue)}
    return content
