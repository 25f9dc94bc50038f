"""The report as SARIF 2.1.0 (an OASIS standard), from which code hosts annotate the lines of the CSV files."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from string import Formatter
from typing import Any
from urllib.parse import quote

from khelang_opendata.model.characters import encodable
from khelang_opendata.model.report import Issue, Report, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package
from khelang_opendata.render import notice
from khelang_opendata.render.excerpt import Sheets
from khelang_opendata.render.messages import issue_texts, not_judged_text, verdict
from khelang_opendata.validation.catalogue import rules

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def report_sarif(report: Report, language: Language, package: Package | None = None) -> str:
    """The findings as one SARIF run; acknowledged ones are suppressed, with their erratum's id.

    Without the package that was checked findings point to its descriptor.
    """
    sheets = Sheets(package)
    driver = {
        "name": "khelang",
        "language": language.value,
        "rules": [_rule(r, language) for r in rules(report.schema).values()],
    }
    run: dict[str, Any] = {
        "tool": {"driver": driver},
        "language": language.value,
        "columnKind": "unicodeCodePoints",
        "results": [_result(issue, report, language, sheets, package) for issue in report.issues],
    }
    notifications = [("note", verdict(report, language))]
    if waiting := not_judged_text(report, language):
        notifications.append(("warning", waiting))
    if report.truncated:
        notifications.append(("warning", notice("report_cut", language, listed=len(report.issues))))
    notifications += [("error", f"{cell.address}: {cell.message[language]}") for cell in report.unread]
    notes = [{"level": level, "message": {"text": text}} for level, text in notifications]
    run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notes}]
    run["properties"] = {"verdict": report.verdict.value}
    content = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return encodable(json.dumps(content, ensure_ascii=False, indent=2)) + "\n"


def _rule(rule: Rule, language: Language) -> dict[str, Any]:
    fixes = dict.fromkeys(_without_names(wording.fix[language]) for wording in rule.entry.wordings)
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title[language]},
        "fullDescription": {"text": rule.explanation[language]},
        "help": {"text": "\n".join([f"{notice('fix', language)}:", *(f"- {fix}" for fix in fixes)])},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _without_names(text: str) -> str:
    """A text of the catalogue, its ``{names}`` shown as an ellipsis."""
    return "".join(words + ("…" if name is not None else "") for words, name, _, _ in Formatter().parse(text))


def _result(
    issue: Issue, report: Report, language: Language, sheets: Sheets, package: Package | None
) -> dict[str, Any]:
    texts = issue_texts(issue, language, report.schema)
    result: dict[str, Any] = {
        "ruleId": issue.code,
        "ruleIndex": list(rules(report.schema)).index(issue.code),
        "level": _LEVELS[issue.severity],
        "message": {"text": f"{texts.message}\n{notice('fix', language)}: {texts.fix}"},
        "locations": [{"physicalLocation": _location(issue, sheets, package)}],
    }
    if issue.location.address:
        result["locations"][0]["logicalLocations"] = [{"fullyQualifiedName": issue.location.address}]
    if issue.acknowledged_by:
        justification = issue.acknowledged_by
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": justification}]
    return result


def _location(issue: Issue, sheets: Sheets, package: Package | None) -> dict[str, Any]:
    if issue.location.address and package:
        return {"artifactLocation": {"uri": _uri(None, package.root.as_posix())}}
    resource = sheets.resource(issue.location.resource)
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(package, resource.path if resource else DESCRIPTOR)}}
    if resource and issue.location.line:
        location["region"] = {"startLine": issue.location.line}
    return location


def _uri(package: Package | None, path: str) -> str:
    """A file's address relative to where the command ran, as code hosts need it; else relative to the package."""
    root = PurePosixPath(package.root.as_posix()) if package else PurePosixPath()
    below = not root.is_absolute() and ".." not in root.parts and ":" not in str(root)
    return quote(encodable(str((root if below else PurePosixPath()) / path)))
