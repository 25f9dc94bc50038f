"""The issues of a report in the order a person works through them: by rule, errors first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from khelang_opendata.model.report import Issue, Report, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.render.excerpt import Sheets
from khelang_opendata.validation.catalogue import rules

_WEIGHT = list(Severity)


class IssueGroup(NamedTuple):
    """The issues of one rule, in the report's order."""

    rule: Rule
    issues: tuple[Issue, ...]

    @property
    def kinds(self) -> list[tuple[Issue, ...]]:
        """The issues by the way they break the rule, for each way has its own message and fix."""
        kinds: dict[object, list[Issue]] = {}
        for issue in self.issues:
            kinds.setdefault(issue.params.get("variant"), []).append(issue)
        return [tuple(issues) for issues in kinds.values()]


def open_groups(report: Report) -> list[IssueGroup]:
    """The issues that no erratum acknowledges."""
    return _grouped(report, [issue for issue in report.issues if issue.acknowledged_by is None])


def acknowledged_groups(report: Report) -> list[IssueGroup]:
    """The acknowledged issues, with the errata that explain them."""
    return _grouped(report, [issue for issue in report.issues if issue.acknowledged_by is not None])


def silent_rules(report: Report) -> list[Rule]:
    """The rules that ran and found nothing, in the catalogue's order."""
    found = {*report.counts_by_code, *(i.code for i in report.issues), *(w.code for w in report.not_judged)}
    return [rule for rule in rules(report.schema).values() if rule.code not in found]


def waiting_rules(report: Report) -> list[tuple[Rule, Sequence[str]]]:
    """The rules that errors kept from running, each with the tables in the way."""
    known = rules(report.schema)
    return [(known[waiting.code], waiting.tables) for waiting in report.not_judged]


def errata_of(sheets: Sheets) -> Mapping[str, Mapping[str, str]]:
    """The package's errata by id; none where it has none or their table cannot be read."""
    table = sheets.table("errata")
    records = (dict(zip(table.header, row, strict=False)) for row in table.rows) if table else ()
    return {record["erratum_id"]: record for record in records if "erratum_id" in record}


def _grouped(report: Report, issues: Iterable[Issue]) -> list[IssueGroup]:
    found: dict[str, list[Issue]] = {}
    for issue in issues:
        found.setdefault(issue.code, []).append(issue)
    known = rules(report.schema)
    order = list(known)
    by_weight = sorted(found, key=lambda code: (_WEIGHT.index(known[code].severity), order.index(code)))
    return [IssueGroup(known[code], tuple(found[code])) for code in by_weight]
