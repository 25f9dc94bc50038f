"""Issues of the data and the report of a validation, without prose: an issue is a code, a place and parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import chain, islice
from types import MappingProxyType
from typing import NamedTuple

from khelang_opendata.model.wording import Params, Text

MAX_LISTED = 10_000
"""Issues that a report lists at most; those beyond it are counted."""


class Severity(StrEnum):
    """How much an issue weighs: an error blocks a release, a warning needs an erratum, info never blocks."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Location(NamedTuple):
    """Where in the package an issue is; every part may be unknown (None).

    ``row`` is the record number as a spreadsheet shows it (the heading is row 1), ``line`` the
    physical line of the file on which that record begins.

    ``address`` is the sheet and the cell of the workbook that the package came from (``ตารางสรุป!E9``), with
    ``row`` that of its sheet and no ``line``; or the file to correct, where no cell of the workbook has the value.
    """

    resource: str | None = None
    row: int | None = None
    line: int | None = None
    field: str | None = None
    cell: str | None = None
    address: str | None = None

    def named(self) -> dict[str, str | int | None]:
        """The parts by name, the address only where there is one."""
        return {name: value for name, value in self._asdict().items() if name != "address" or value is not None}


class UnreadCell(NamedTuple):
    """A cell of a workbook that import did not understand: its address, and what there is to say of it."""

    code: str
    address: str
    message: Text


class SheetWords(NamedTuple):
    """What a person sees in a workbook in place of the names of the standard.

    ``tables`` are the names of the sheets by their tables; ``names`` are the headings by the names of columns, and the
    labels of records by their ids, in each language.
    """

    tables: Mapping[str, str]
    names: Mapping[str, Text]


class Issue(NamedTuple):
    """One finding in the data: a code of ``rules.json``, a place, and the values its message names.

    ``erratum`` is the row of the table ``errata`` that would explain an open warning, by column in the file's order, or
    the row of a workbook's sheet of errata by its headings: the reason and the cause are for a person to add.
    """

    code: str
    severity: Severity
    location: Location = Location()
    params: Params = MappingProxyType({})
    acknowledged_by: str | None = None
    erratum: Mapping[str, str] | None = None
    words: SheetWords | None = None


class TableSummary(NamedTuple):
    """A table that was read: its name, how many rows it holds below the heading, and what checked them.

    ``engine`` is None where the heading left nothing to check; ``reason`` says why it is not one of our own.
    """

    name: str
    rows: int
    engine: str | None = None
    reason: str | None = None


class Verdict(StrEnum):
    """What a report comes to: whether the package can be released, and if not, what is in the way."""

    READY = "ready"
    """No errors, and every warning is explained by an erratum."""
    WARNINGS_OPEN = "warnings_open"
    """No errors; releasing asks for a reason (``allow_warnings``), or for errata that explain the warnings."""
    EXAMPLE = "example"
    """No errors, but the package is one of the standard's examples, which are invented."""
    ERRORS = "errors"


class NotJudged(NamedTuple):
    """A rule that did not run because of errors, and the tables that have them or that the package lacks."""

    code: str
    tables: tuple[str, ...]


class Tally:
    """Issues as they are found: all counted, and the first :data:`MAX_LISTED` kept."""

    def __init__(self, issues: Iterable[Issue] = ()) -> None:
        self.listed: list[Issue] = []
        self.counts: Counter[Severity] = Counter()
        self.counts_by_code: Counter[str] = Counter()
        self.acknowledged = 0
        self.faulty: set[str] = set()
        """The tables that have an error."""
        self.extend(issues)

    def extend(self, issues: Iterable[Issue]) -> None:
        """Count issues, and keep them while there is room."""
        for issue in issues:
            if len(self.listed) < MAX_LISTED:
                self.listed.append(issue)
            if issue.acknowledged_by is not None:
                self.acknowledged += 1
                continue
            self.counts[issue.severity] += 1
            self.counts_by_code[issue.code] += 1
            if issue.severity is Severity.ERROR and issue.location.resource:
                self.faulty.add(issue.location.resource)


class Report(NamedTuple):
    """The result of validating one package: up to :data:`MAX_LISTED` issues, and exact counts of all.

    What errata acknowledge is among the issues, and counted in ``acknowledged`` alone. ``not_judged`` are the rules
    that errors kept from running. ``example`` is the id of the standard's example that the package is. ``unread`` are
    the cells of a workbook that import did not understand; each counts as an error.
    """

    schema: str
    tables: tuple[TableSummary, ...]
    issues: tuple[Issue, ...]
    counts: Mapping[Severity, int]
    counts_by_code: Mapping[str, int]
    acknowledged: int
    not_judged: tuple[NotJudged, ...] = ()
    example: str | None = None
    unread: tuple[UnreadCell, ...] = ()

    @classmethod
    def of(
        cls,
        schema: str,
        tables: Iterable[TableSummary],
        *tallies: Tally,
        not_judged: tuple[NotJudged, ...] = (),
        example: str | None = None,
    ) -> Report:
        """The report of what was found, in the order of the tallies."""
        listed = islice(chain.from_iterable(tally.listed for tally in tallies), MAX_LISTED)
        counts = sum((tally.counts for tally in tallies), Counter[Severity]())
        by_code = sum((tally.counts_by_code for tally in tallies), Counter[str]())
        acknowledged = sum(tally.acknowledged for tally in tallies)
        return cls(schema, tuple(tables), tuple(listed), dict(counts), dict(by_code), acknowledged, not_judged, example)

    @property
    def truncated(self) -> bool:
        """Whether more was found than is listed."""
        return sum(self.counts.values()) + self.acknowledged > len(self.issues)

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self.counts.get(Severity.ERROR, 0) + len(self.unread)

    @property
    def warnings(self) -> int:
        """How many warnings there are that no erratum acknowledges."""
        return self.counts.get(Severity.WARNING, 0)

    @property
    def infos(self) -> int:
        """How many remarks there are."""
        return self.counts.get(Severity.INFO, 0)

    @property
    def summary(self) -> dict[str, int]:
        """How many issues there are of each kind."""
        return {
            "errors": self.errors,
            "warnings": self.warnings,
            "acknowledged": self.acknowledged,
            "infos": self.infos,
        }

    @property
    def valid(self) -> bool:
        """Whether the package conforms to the standard: no errors."""
        return self.errors == 0

    @property
    def verdict(self) -> Verdict:
        """Whether the package can be released, else what is in the way: errors before all else."""
        if not self.valid:
            return Verdict.ERRORS
        if self.example is not None:
            return Verdict.EXAMPLE
        return Verdict.WARNINGS_OPEN if self.warnings else Verdict.READY
