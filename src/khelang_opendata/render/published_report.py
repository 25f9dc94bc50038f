"""The report that a release publishes: for readers of the data, where the other forms are for those who keep them.

It names projects rather than ids, gives each explanation once, and advises no corrections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from jinja2 import Environment

from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.report import Issue, Report
from khelang_opendata.model.rules import Rule
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render import notice
from khelang_opendata.render.excerpt import Sheets
from khelang_opendata.render.groups import IssueGroup, acknowledged_groups, errata_of, open_groups, silent_rules
from khelang_opendata.render.messages import issue_texts
from khelang_opendata.render.report_html import Both, language_to_read, package_title, shown_text
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.family import find_family
from khelang_opendata.standard.tables import TableSchema

_ROW = re.compile(r",? (?:in )?row [0-9]+| ?แถวที่ [0-9]+")
"""Where a message names the row of a file."""
_RECORD_ID = re.compile(r"(?<![a-z0-9-])[a-z0-9-]+-[A-Z][A-Z0-9.]*")
_NOTHING: Both = dict.fromkeys(Language, "")


@dataclass(frozen=True)
class _NamedFinding:
    """What one record, in one or several years, breaks a rule with."""

    name: Both
    message: Both
    years: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _SharedReading:
    """Findings that the data read in the same way, and the errata that say so."""

    reading: Both
    errata: list[str] = field(default_factory=list)
    findings: list[_NamedFinding] = field(default_factory=list)


@dataclass(frozen=True)
class _SharedReason:
    """Findings that the same words explain, by how the data read them; without words where none explain them."""

    basis: Both
    readings: dict[str, _SharedReading] = field(default_factory=dict)


@dataclass(frozen=True)
class _RuleTopic:
    """What was found by one rule."""

    rule: Rule
    count: int
    reasons: Sequence[_SharedReason]


def published_report_html(report: Report, package: Package, allowed: str | None = None) -> str:
    """The page, in Thai and English, Thai first; the reader can switch.

    Args:
        report: of a valid package.
        package: the package.
        allowed: why it is published with warnings that no erratum explains.
    """
    records = _NamedRecords(report, package)
    page = (
        _environment()
        .get_template("published_report.html.j2")
        .render(
            report=report,
            languages=[*Language],
            name=package_title(package),
            rules=len(silent_rules(report)) + len({issue.code for issue in report.issues}),
            tables=len(report.tables),
            rows=sum(table.rows for table in report.tables),
            errata=len(records.errata),
            allowed=allowed,
            open_topics=[records.topic(group) for group in open_groups(report)],
            known_topics=[records.topic(group) for group in acknowledged_groups(report)],
            silent=silent_rules(report),
        )
    )
    return encodable(page)


class _NamedRecords:
    """Turns issues into findings with the names of the records."""

    def __init__(self, report: Report, package: Package) -> None:
        self.report, self.sheets = report, Sheets(package)
        self.errata = errata_of(self.sheets)

    def topic(self, group: IssueGroup) -> _RuleTopic:
        reasons: dict[str, _SharedReason] = {}
        findings: dict[tuple[str, str, str], _NamedFinding] = {}
        for issue in group.issues:
            erratum = self.errata.get(issue.acknowledged_by or "", {})
            basis, reading = _both(erratum, "basis"), _both(erratum, "reading")
            shared = basis[Language.TH], reading[Language.TH]
            reason = reasons.setdefault(shared[0], _SharedReason(basis))
            read_so = reason.readings.setdefault(shared[1], _SharedReading(reading))
            number = (issue.acknowledged_by or "").rpartition("-")[2]
            read_so.errata.extend([number] if number and number not in read_so.errata else [])
            id_, year = self._place_of(issue)
            message = self._message(issue, id_)
            finding = _NamedFinding(self._name_of(id_), message)
            if (key := (*shared, id_ + message[Language.TH])) not in findings:
                findings[key] = finding
                read_so.findings.append(finding)
            findings[key].years.extend([year] if year else [])
        return _RuleTopic(group.rule, len(group.issues), list(reasons.values()))

    def _place_of(self, issue: Issue) -> tuple[str, str]:
        """The record and the fiscal year of an issue; empty where it has none."""
        place = issue.location
        table, row = self.sheets.table(place.resource), place.row
        if table is None or row is None or not 0 <= row - 2 < len(table.rows):
            return str(issue.params.get("record", "")).partition("/")[0], ""
        cells = dict(zip(table.header, table.rows[row - 2], strict=False))
        schema = self._tables.get(place.resource or "")
        keys = ("project_id", *(schema.primary_key[:1] if schema else ()))
        id_ = str(issue.params.get("record") or next((cells[key] for key in keys if key in cells), ""))
        return id_.partition("/")[0], cells.get("fiscal_year_be", "")

    def _message(self, issue: Issue, id_: str) -> Both:
        """The message without the place that begins it, and with names in place of ids."""
        found = {}
        for language in Language:
            text = issue_texts(issue, language, self.report.schema).message
            text = _ROW.sub("", text)
            place, colon, rest = text.partition(": ")
            text = rest if id_ and colon and place.startswith(id_) and " " not in place else text
            found[language] = visible(self._with_names(text, language))
        return found

    def _with_names(self, text: str, language: Language) -> str:
        def named(match: re.Match[str]) -> str:
            name = self._names.get(match[0], _NOTHING)[language]
            return f"“{name}”" if name else match[0]

        return _RECORD_ID.sub(named, text)

    def _name_of(self, id_: str) -> Both:
        names = self._names.get(id_) or dict.fromkeys(Language, id_)
        return {language: visible(name) for language, name in names.items()}

    @cached_property
    def _tables(self) -> Mapping[str, TableSchema]:
        return find_family(self.report.schema).tables

    @cached_property
    def _names(self) -> Mapping[str, Both]:
        """The names of all records that have a key of one column; the plan's own is that of the page."""
        return {id_: names for schema in self._tables.values() for id_, names in self._names_in(schema)}

    def _names_in(self, schema: TableSchema) -> Iterator[tuple[str, Both]]:
        table = self.sheets.table(schema.name)
        label = schema.label_column
        if table is None or label is None or len(schema.primary_key) != 1:
            return
        for row in table.rows:
            cells = dict(zip(table.header, row, strict=False))
            thai, english = (cells.get(column, "") for column in (label, label.replace("_th", "_en")))
            thai, english = ("", "") if schema.name == "plans" else (thai, english)
            yield cells.get(schema.primary_key[0], ""), {Language.TH: thai, Language.EN: english or thai}


def _both(erratum: Mapping[str, str], name: str) -> Both:
    thai, english = (shown_text(erratum.get(f"{name}_{language}", "")) for language in Language)
    return {Language.TH: thai, Language.EN: english or thai}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.render", escape=True)
    environment.filters["shown"] = shown_text
    environment.filters["tongue"] = language_to_read
    environment.globals["notices"] = notice.both
    return environment
