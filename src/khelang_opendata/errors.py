"""The words the whole library speaks: issues of the data, reports, and failures of the tool.

Nothing here carries prose. An issue or a failure is a code with parameters; its Thai and English
texts stand in ``rules.yaml`` and are joined at the edge by :mod:`khelang_opendata.render`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Params = Mapping[str, str | int | float]

MAX_LISTED = 10_000
"""Issues a report lists at most; beyond it they are only counted."""


class Severity(StrEnum):
    """How much an issue weighs: an error blocks a release, a warning needs an erratum, info never blocks."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Location:
    """Where in the package an issue stands; every part may be unknown (None).

    ``row`` is the record number as a spreadsheet shows it (the heading is row 1), ``line`` the
    physical line of the file on which that record begins.
    """

    resource: str | None = None
    row: int | None = None
    line: int | None = None
    field: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Issue:
    """One finding in the data: a code of ``rules.yaml``, a place, and the values its message names."""

    code: str
    severity: Severity
    location: Location = field(default_factory=Location)
    params: Params = field(default_factory=dict, hash=False)
    acknowledged_by: str | None = None


@dataclass(frozen=True, slots=True)
class TableSummary:
    """A table that was read: its name and how many rows it holds below the heading."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """The result of validating one package: exact counts, and up to :data:`MAX_LISTED` issues in file order."""

    schema: str
    tables: tuple[TableSummary, ...]
    issues: tuple[Issue, ...]
    counts: Mapping[Severity, int]
    acknowledged: int
    truncated: bool = False

    @classmethod
    def of(cls, schema: str, tables: Iterable[TableSummary], issues: Iterable[Issue]) -> Report:
        """Count every issue and keep the first :data:`MAX_LISTED` of them."""
        listed: list[Issue] = []
        counts: Counter[Severity] = Counter()
        acknowledged = 0
        for issue in issues:
            if issue.acknowledged_by is None:
                counts[issue.severity] += 1
            else:
                acknowledged += 1
            if len(listed) < MAX_LISTED:
                listed.append(issue)
        total = counts.total() + acknowledged
        return cls(schema, tuple(tables), tuple(listed), dict(counts), acknowledged, total > len(listed))

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return self.counts.get(Severity.ERROR, 0)

    @property
    def warnings(self) -> int:
        """How many warnings there are that no erratum acknowledges."""
        return self.counts.get(Severity.WARNING, 0)

    @property
    def infos(self) -> int:
        """How many remarks there are."""
        return self.counts.get(Severity.INFO, 0)

    @property
    def valid(self) -> bool:
        """Whether the package may be released: no errors."""
        return self.errors == 0


class KhelangError(Exception):
    """A failure of the tool or its surroundings, or a wrong call; never a problem of the data.

    ``code`` is an entry of ``rules.yaml`` under ``failures``; ``params`` are the values its texts name.
    """

    code = "internal"

    def __init__(self, **params: str | int | float) -> None:
        super().__init__(self.code, params)
        self.params: Params = params


class UsageError(KhelangError):
    """The tool was called wrongly (exit code 2)."""


class PackageNotFound(UsageError):
    """There is no folder at the given path."""

    code = "package_not_found"


class RuleUnknown(UsageError):
    """``rules.yaml`` has no rule of this code."""

    code = "rule_unknown"


class DateInvalid(UsageError):
    """A release date is not an ISO 8601 date of the Gregorian calendar."""

    code = "date_invalid"


class FileUnreadable(KhelangError):
    """A file of the package cannot be read (rights, device, encoding of its name)."""

    code = "file_unreadable"


class OutputUnwritable(KhelangError):
    """The output cannot be written: no rights, no space, or not a folder."""

    code = "output_unwritable"


class ReleaseLocked(KhelangError):
    """Another release is being written into the same folder."""

    code = "release_locked"


class ReleaseDamaged(KhelangError):
    """A written release does not read back as it was built, or an existing one was altered."""

    code = "release_damaged"


class DataRefused(KhelangError):
    """The data are in the way of what was asked (exit code 1)."""


class PackageInvalid(DataRefused):
    """A package with errors was to be released; ``report`` holds them."""

    code = "package_invalid"

    def __init__(self, report: Report) -> None:
        super().__init__(errors=report.errors)
        self.report = report


class WarningsUnacknowledged(DataRefused):
    """A package with warnings that no erratum explains was to be released; ``report`` holds them."""

    code = "warnings_unacknowledged"

    def __init__(self, report: Report) -> None:
        super().__init__(warnings=report.warnings)
        self.report = report


class VersionExists(DataRefused):
    """The content changed, but the version in the descriptor is already published."""

    code = "version_exists"


class DescriptorError(DataRefused):
    """The descriptor cannot be used as it stands; ``variant`` says in which way."""

    code = "descriptor_invalid"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)
