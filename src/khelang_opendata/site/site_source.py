"""What a site shows: a plan's current release, its earlier ones, and the files that a reader may download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.formats.key_figures import KeyFigures
from khelang_opendata.model.failures import PackageRefused, UsageError
from khelang_opendata.package.datapackage import Package
from khelang_opendata.package.edition import Edition, released_edition
from khelang_opendata.published.content import PublishedRelease, read_published
from khelang_opendata.published.history import StoredRelease, read_history
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation import family_of, validate


@dataclass(frozen=True)
class ReleaseArchive:
    """The archive of a release: its file name, bytes and hash."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class PlanReleases:
    """The releases of a plan.

    Attributes:
        descriptor: the current release's descriptor; the newest one's if all releases were withdrawn.
        history: the entries of the change log, newest first.
        archives: the archive of each release by version.
        edition: the tables of the current release; None if all releases were withdrawn.
        files: the files of the current release by path.
    """

    descriptor: JsonObject
    plan: Mapping[str, str]
    history: tuple[ReleaseNote, ...]
    archives: Mapping[str, ReleaseArchive]
    edition: Edition | None
    files: Mapping[str, bytes]

    @property
    def name(self) -> str:
        """The plan's id."""
        return str(self.descriptor["name"])

    @property
    def folder(self) -> str:
        """The folder of the current release, which stays when the next one is published."""
        return f"v{self.descriptor['version']}/"

    @property
    def note(self) -> ReleaseNote:
        """The current release in the change log."""
        return next(note for note in self.history if note.version == self.descriptor["version"])

    @cached_property
    def figures(self) -> KeyFigures:
        """The key figures of the current release, which must not be withdrawn."""
        if self.edition is None:
            raise UsageError("no_release", path=self.name)
        return KeyFigures(self.edition)


def read_plan_releases(root: Path) -> PlanReleases:
    """Read and verify a plan's releases.

    Args:
        root: the folder of all releases of one plan.

    Raises:
        UsageError: the folder holds no release.
        ReleaseDamaged: a release was altered after it was made.
        DataError: a release is not safe to read.
        PackageRefused: the tables of the current release are not a valid plan.
    """
    stored = read_history(root)
    if not stored:
        raise UsageError("no_release", path=str(root))
    newest = list(stored)[-1]
    current = next((version for version in reversed(stored) if stored[version].note.withdrawn is None), None)
    release = read_published(root / f"v{current or newest}")
    archives = {version: _archive(root, one) for version, one in stored.items()}
    history = tuple(one.note for one in reversed(stored.values()))
    edition = _edition(release) if current else None
    return PlanReleases(release.descriptor, release.plan, history, archives, edition, release.files if current else {})


def _archive(root: Path, stored: StoredRelease) -> ReleaseArchive:
    path = root / stored.archive_name
    size = path.stat().st_size if path.is_file() else len(read_published(root / f"v{stored.note.version}").archive)
    return ReleaseArchive(stored.archive_name, size, stored.archive_hash.removeprefix("sha256:"))


def _edition(release: PublishedRelease) -> Edition:
    """The tables of a release. It may come from anyone, so that its tables are validated again."""
    package = Package.load(release.folder)
    report = validate(package)
    if not report.valid:
        raise PackageRefused("package_invalid", report)
    return released_edition(package, family_of(package))
