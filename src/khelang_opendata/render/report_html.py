"""The report as one HTML file: no network, no script, Thai and English, for the screen, paper and screen readers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import Environment

from khelang_opendata.model.characters import encodable, visible
from khelang_opendata.model.report import Issue, Report, Verdict
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render import notice
from khelang_opendata.render.excerpt import Excerpt, Sheets, excerpt_of
from khelang_opendata.render.groups import (
    IssueGroup,
    acknowledged_groups,
    errata_of,
    open_groups,
    silent_rules,
    waiting_rules,
)
from khelang_opendata.render.messages import issue_texts, offer_text, place_text
from khelang_opendata.render.templating import templates_of
from khelang_opendata.standard.family import find_family, known_schemas

_EXCERPTS = 3
_PLACES = 100
_LONGEST_CELL = 300

Both = Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class _ShownIssue:
    """One issue as the template shows it, every text in both languages."""

    issue: Issue
    place: Both
    message: Both
    fix: Both
    excerpt: Excerpt | None
    erratum: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _IssueKind:
    """The issues of one message: samples in full, the fix where it is the same for all, and the other places.

    ``offers`` are rows of ``errata`` that would explain them, ``offer`` says where they belong.
    """

    samples: Sequence[_ShownIssue]
    fix: Both | None
    further: Sequence[_ShownIssue]
    further_count: int
    offers: Sequence[Mapping[str, str]]
    offer: Both | None


def report_html(report: Report, language: Language, package: Package | None = None) -> str:
    """The report as a page that opens from a mail attachment, this language first; the reader can switch.

    Without the package that was checked there are no excerpts and no errata.
    """
    findings = _Findings(report, package)
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            languages=[language, *(other for other in Language if other is not language)],
            name=package_title(package),
            open_groups=[(group, list(findings.kinds(group))) for group in open_groups(report)],
            acknowledged=[(g, [findings.one(issue) for issue in g.issues]) for g in acknowledged_groups(report)],
            outcome=_outcome(report),
            silent=silent_rules(report),
            waiting=waiting_rules(report),
            tables=find_family(report.schema).tables,
            places=_PLACES,
            unread=report.unread,
        )
    )
    return encodable(page)


class _Findings:
    """Turns the issues of one report into what the template shows."""

    def __init__(self, report: Report, package: Package | None) -> None:
        self.report, self.sheets = report, Sheets(package)
        self.errata = errata_of(self.sheets)
        self.errata_path = errata.path if (errata := self.sheets.resource("errata")) else "data/errata.csv"

    def kinds(self, group: IssueGroup) -> Iterator[_IssueKind]:
        for issues in group.kinds:
            samples = [issue for i, issue in enumerate(issues) if i < _EXCERPTS or issue.location.row is None]
            further = [issue for issue in issues[_EXCERPTS:] if issue.location.row is not None]
            shown = [self.one(issue) for issue in samples]
            fixes = {finding.fix[Language.TH]: finding.fix for finding in shown}
            fix = next(iter(fixes.values())) if len(fixes) == 1 else None
            offering = [issue for issue in issues if issue.erratum is not None]
            offers = [issue.erratum for issue in offering[:_PLACES] if issue.erratum is not None]
            offer = {lang: offer_text(offering[0], self.errata_path, lang) for lang in Language} if offering else None
            listed = [self.one(issue) for issue in further[:_PLACES]]
            yield _IssueKind(shown, fix, listed, len(further), offers, offer)

    def one(self, issue: Issue) -> _ShownIssue:
        texts = {language: issue_texts(issue, language, self.report.schema) for language in Language}
        return _ShownIssue(
            issue,
            {language: place_text(issue, language).removesuffix(": ") for language in Language},
            {language: visible(text.message) for language, text in texts.items()},
            {language: visible(text.fix) for language, text in texts.items()},
            excerpt_of(self.sheets, issue, self.report.schema),
            self.errata.get(issue.acknowledged_by or "", {}),
        )


def _outcome(report: Report) -> str:
    """The verdict as the template names it; a package of another standard is valid or not."""
    if report.valid and report.schema not in known_schemas():
        return "valid"
    names = {Verdict.READY: "passed", Verdict.WARNINGS_OPEN: "warned", Verdict.EXAMPLE: "example"}
    return names.get(report.verdict, "failed")


def package_title(package: Package | None) -> Both:
    """The package's title in each language, as far as its descriptor gives one."""
    descriptor = package.descriptor if package else {}
    thai = next((t for key in ("title", "name") if isinstance(t := descriptor.get(key), str)), "")
    english = descriptor.get("title_en")
    return {Language.TH: visible(thai), Language.EN: visible(english if isinstance(english, str) else thai)}


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = templates_of("khelang_opendata.render", escape=True)
    environment.filters["shown"] = shown_text
    environment.filters["visible"] = visible
    environment.filters["tongue"] = language_to_read
    environment.globals["notices"] = notice.both
    return environment


def shown_text(cell: str) -> str:
    """A cell as far as a page can show it, without anything invisible."""
    return visible(cell if len(cell) <= _LONGEST_CELL else cell[: _LONGEST_CELL - 1] + "…")


def language_to_read(cell: str) -> str:
    """The language to read a cell in."""
    return "th" if re.search("[\u0e00-\u0e7f]", cell) else "en"
