"""The report as plain text for a person at a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from khelang_opendata.model.characters import encodable, visible, visible_lines
from khelang_opendata.model.report import Issue, Report, Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render import notice
from khelang_opendata.render.excerpt import Excerpt, ExcerptColumn, Sheets, excerpt_of
from khelang_opendata.render.groups import IssueGroup, acknowledged_groups, open_groups
from khelang_opendata.render.messages import issue_texts, not_judged_text, offer_text, offered_line, place_text, verdict
from khelang_opendata.render.terminal import clip, pad, width

_EXCERPTS = 3
_PLACES = 20
_TABLE_WIDTH = 80
_SHOWN = 200
"""Characters of a cell or a label that are looked at; no more of them fit."""
_BOLD, _REVERSE = "1", "1;7"
_ID = r"[a-zA-Z0-9]+(-[a-zA-Z0-9.]+)+"
"""Ids, which differ at their ends."""
_COLOURS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.INFO: "1;36"}


def report_text(report: Report, language: Language, package: Package | None = None, *, color: bool = False) -> str:
    """The issues by rule, the first of each as excerpts of the sheet, and a verdict in the last line.

    Args:
        report: what was found.
        language: Thai or English.
        package: the package that was checked; without it there are no excerpts.
        color: whether to colour for a terminal.

    Example:
        >>> from khelang_opendata import Language, report_text, validate
        >>> report_text(validate("datapackage"), Language.EN).splitlines()[-1].startswith("Valid")
        True
    """
    return encodable("\n".join(_Writer(report, language, package, color).lines()) + "\n")


class _Writer:
    """Writes one report in one language."""

    def __init__(self, report: Report, language: Language, package: Package | None, color: bool) -> None:
        self.report, self.language, self.sheets, self.color = report, language, Sheets(package), color

    def lines(self) -> Iterator[str]:
        yield from self._unread()
        for group in open_groups(self.report):
            yield from self._group(group)
        yield from self._acknowledged(acknowledged_groups(self.report))
        if self.report.truncated:
            yield notice("truncated", self.language, listed=len(self.report.issues))
            yield from (f"  {code}: {count:,}" for code, count in self.report.counts_by_code.items())
        for table in self.report.tables:
            if table.reason:
                params = {"engine": str(table.engine), "table": table.name, "reason": visible(table.reason)}
                yield notice("checked_by", self.language, **params)
        if waiting := not_judged_text(self.report, self.language):
            yield waiting
        yield self._paint(verdict(self.report, self.language), _BOLD)

    def _unread(self) -> Iterator[str]:
        """The cells of a workbook that import did not understand."""
        cells = self.report.unread
        if not cells:
            return
        severity = self._paint(notice("severity_error", self.language), _COLOURS[Severity.ERROR])
        count = notice("report_places", self.language, count=len(cells))
        yield f"[{severity}] {notice('report_unread', self.language)} ({count})"
        yield from (f"  {visible(cell.address)}: {visible(cell.message[self.language])}" for cell in cells)
        yield ""

    def _group(self, group: IssueGroup) -> Iterator[str]:
        rule = group.rule
        severity = self._paint(notice(f"severity_{rule.severity}", self.language), _COLOURS[rule.severity])
        count = notice("report_places", self.language, count=self.report.counts_by_code[rule.code])
        yield f"[{severity} {self._paint(rule.code, _BOLD)}] {rule.title[self.language]} ({count})"
        yield f"  {notice('why', self.language)}: {rule.explanation[self.language]}"
        for issues in group.kinds:
            yield from self._kind(issues)
        yield ""

    def _kind(self, issues: Sequence[Issue]) -> Iterator[str]:
        """The issues of one message: samples in full, the fix once where it is the same for all, other places."""
        # An issue of no row has its place in its message alone, so it is never only counted as a further place.
        samples = [issue for i, issue in enumerate(issues) if i < _EXCERPTS or issue.location.row is None]
        texts = [issue_texts(issue, self.language, self.report.schema) for issue in samples]
        once = len({text.fix for text in texts}) == 1
        for issue, text in zip(samples, texts, strict=True):
            excerpt = excerpt_of(self.sheets, issue, self.report.schema)
            named = excerpt is not None and excerpt.cell_name
            place = f"{visible(excerpt.resource)} {named}: " if excerpt and named else place_text(issue, self.language)
            yield ""
            yield f"  {place}{visible(text.message)}"
            yield from self._excerpt(excerpt)
            if not once:
                yield self._fix(text.fix)
        if once:
            yield self._fix(texts[0].fix)
        yield from self._offers([issue for issue in issues if issue.erratum is not None])
        yield from self._further([issue for issue in issues[_EXCERPTS:] if issue.location.row is not None])

    def _fix(self, fix: str) -> str:
        return f"  {self._paint(notice('fix', self.language), _BOLD)}: {visible(fix)}"

    def _offers(self, issues: Sequence[Issue]) -> Iterator[str]:
        """The rows of ``errata`` that would explain issues, as lines of its file or its sheet."""
        if not issues:
            return
        resource = self.sheets.resource("errata")
        yield f"  {offer_text(issues[0], resource.path if resource else 'data/errata.csv', self.language)}:"
        for issue in issues[:_PLACES]:  # not indented, to be copied as they are
            yield offered_line(issue) if issue.words else visible_lines(offered_line(issue))
        if len(issues) > _PLACES:
            yield f"    {notice('report_more', self.language, count=len(issues) - _PLACES)}"

    def _further(self, issues: Sequence[Issue]) -> Iterator[str]:
        if not issues:
            return
        yield f"  {notice('report_further', self.language, count=len(issues))}"
        rows: dict[str, list[str]] = {}
        addresses: list[str] = []
        for issue in issues:
            place = issue.location
            if place.address is not None:
                addresses.append(visible(place.address))
                continue
            column = f"{place.resource}.{place.field}" if place.field else str(place.resource)
            rows.setdefault(visible(column), []).append(str(place.row))
        if addresses:
            more = notice("report_more", self.language, count=len(addresses) - _PLACES)
            yield f"    {', '.join(addresses[:_PLACES])} {more if len(addresses) > _PLACES else ''}".rstrip()
        for column, found in rows.items():
            more = notice("report_more", self.language, count=len(found) - _PLACES) if len(found) > _PLACES else ""
            listed = f"{', '.join(found[:_PLACES])} {more}".rstrip()
            yield f"    {notice('place', self.language, file=column, row=listed)}"

    def _acknowledged(self, groups: Sequence[IssueGroup]) -> Iterator[str]:
        if not groups:
            return
        prefix = _common_prefix([issue.acknowledged_by or "" for group in groups for issue in group.issues])
        count = notice("report_acknowledged_count", self.language, count=sum(len(group.issues) for group in groups))
        yield f"{self._paint(count, _BOLD)} ({visible(prefix)}…)" if prefix else self._paint(count, _BOLD)
        for group in groups:
            own = dict.fromkeys(visible((issue.acknowledged_by or "").removeprefix(prefix)) for issue in group.issues)
            yield f"  {group.rule.code} ({len(group.issues)}): {', '.join(own)}"
        yield ""

    def _excerpt(self, excerpt: Excerpt | None) -> Iterator[str]:
        if excerpt is None:
            return
        rows = [[visible(column.label[:_SHOWN]) for column in excerpt.columns]]
        if excerpt.row > 1:
            rows.append([visible((column.cell or "")[:_SHOWN]) for column in excerpt.columns])
        numbers = ["1", str(excerpt.row)][: len(rows)]
        side = max(map(len, numbers))
        widths = _widths(rows, excerpt, _TABLE_WIDTH - side - len("     | "))
        names = " | ".join(pad(c.letter, w) for c, w in zip(excerpt.columns, widths, strict=True))
        yield f"    {'':{side}} | {names}".rstrip()
        for number, row in zip(numbers, rows, strict=True):
            last = row is rows[-1]
            cells = (self._cell(*of, last) for of in zip(row, widths, excerpt.columns, strict=True))
            yield f"    {number:>{side}} | {' | '.join(cells)}".rstrip()
        marks = "   ".join(("^" if c.marked else " ") * w for c, w in zip(excerpt.columns, widths, strict=True))
        if marks.strip():
            yield f"    {'':{side}}   {marks}".rstrip()

    def _cell(self, cell: str, columns: int, column: ExcerptColumn, last: bool) -> str:
        shown = pad(clip(cell, columns, keep_end=last and re.fullmatch(_ID, cell) is not None), columns)
        return self._paint(shown, _REVERSE) if column.marked and last else shown

    def _paint(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color else text


def _common_prefix(ids: Sequence[str]) -> str:
    """What all ids begin with up to their last hyphen, for it need not be said with each; else empty."""
    heads = {head + hyphen for head, hyphen, _ in (id_.rpartition("-") for id_ in ids)}
    return heads.pop() if len(heads) == 1 else ""


def _widths(rows: Sequence[Sequence[str]], excerpt: Excerpt, available: int) -> list[int]:
    """The width of each column: as wide as its cells, the widest cut until all fit; marked cells are cut last."""
    wanted = [max(3, *(width(cell) for cell in column)) for column in zip(*rows, strict=True)]
    room = available - 3 * (len(wanted) - 1)
    for limit in range(room, 5, -1):
        widths = [min(w, limit * (3 if c.marked else 1)) for w, c in zip(wanted, excerpt.columns, strict=True)]
        if sum(widths) <= room:
            return widths
    return [min(w, 6) for w in wanted]
