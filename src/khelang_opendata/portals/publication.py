"""Read the content of a publication from releases: the newest release file by file, and every release as an archive.

A CKAN resource holds one file. So each release has an archive (``<plan_id>-vX.Y.Z.zip``), which stays when a newer
release replaces the single files. Only files that are useful by themselves are single files; the others (Parquet,
SQLite, schemas, metadata) are in the archive.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath

from khelang_opendata.diff import ReleaseNote
from khelang_opendata.formats.metadata.facts import FORMATS, FileFormat
from khelang_opendata.model.failures import ReleaseDamaged, UsageError
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.package.release_files import CODEBOOK, CODEBOOK_PAGE, REPORT_PAGE, whole_path
from khelang_opendata.published import releases_of
from khelang_opendata.published.content import PublishedRelease, read_published
from khelang_opendata.published.history import LATEST, is_store
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.no_release import no_release
from khelang_opendata.standard.tables import JsonObject


@dataclass(frozen=True)
class Distribution:
    """A file of a publication: a distribution in DCAT, a resource in CKAN.

    Attributes:
        path: the permanent key: the path in the release, or the name of the archive.
        data: the content.
        note: the release's version, dates, note and withdrawal.
        entry: the resource of the descriptor, with titles and schema; empty for a file that the descriptor does not
            list, None for an archive.
    """

    path: str
    data: bytes
    note: ReleaseNote
    entry: JsonObject | None

    @property
    def name(self) -> str:
        """The file name without its folders."""
        return PurePosixPath(self.path).name

    @property
    def format(self) -> FileFormat:
        """The file format, by the suffix."""
        return FORMATS[PurePosixPath(self.path).suffix]

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Publication:
    """The content of a publication.

    Attributes:
        descriptor: the current release's descriptor; the newest one's if all releases were withdrawn.
        plan: the row of the table ``plans``.
        history: all releases, oldest first.
        current_version: the newest version that was not withdrawn; None if all were withdrawn.
        distributions: the files in display order: the current release's files, flat table first, then the archives,
            newest first.
    """

    descriptor: JsonObject
    plan: Mapping[str, str]
    history: tuple[ReleaseNote, ...]
    current_version: str | None
    distributions: tuple[Distribution, ...]

    @property
    def first_released_on(self) -> date:
        """The date of the first release."""
        return self.history[0].released_on

    @property
    def last_released_on(self) -> date:
        """The date of the newest release."""
        return self.history[-1].released_on


def read_publication(path: Path) -> Publication:
    """Read a folder of releases, or one release.

    Args:
        path: the folder with ``index.json``; or a release's folder, which must be the newest that was not withdrawn.
            A release outside such a folder is published as the only one.

    Raises:
        UsageError: the folder holds no release, or the release was withdrawn or is not the newest.
        ReleaseDamaged: a release was altered after it was made.
        DataError: a release is not safe to read.
    """
    root = releases_folder(path)
    if root is None:
        return _single_release(path)
    notes = releases_of(root)
    if not notes:
        raise UsageError("no_release", path=str(path))
    newest = list(notes)[-1]
    current = next((version for version in reversed(notes) if notes[version].withdrawn is None), None)
    if root != path and path.name not in (LATEST, f"v{current}"):
        raise UsageError("release_superseded", path=str(path), newest=current or "-")
    releases = {version: read_published(root / f"v{version}") for version in reversed(notes)}
    archives = [_archive(release, notes[version], root) for version, release in releases.items()]
    return _publication(releases[current or newest], tuple(notes.values()), current, archives)


def releases_folder(path: Path) -> Path | None:
    """Return the folder of all releases, given it or a release in it; None for any other path."""
    root = next((folder for folder in (path, path.absolute().parent) if is_store(folder)), None)
    if root is None or root == path:
        return root
    return root if path.name in {LATEST, *(folder.name for folder in root.glob("v*/"))} else None


def _single_release(folder: Path) -> Publication:
    if not (folder / MANIFEST).is_file():
        raise no_release(folder)
    release = read_published(folder)
    return _publication(release, (release.note,), release.version, [_archive(release, release.note, None)])


def _publication(
    release: PublishedRelease, history: tuple[ReleaseNote, ...], current: str | None, archives: list[Distribution]
) -> Publication:
    note = next((note for note in history if note.version == current), None)
    files = _single_files(release, note) if note else ()
    return Publication(release.descriptor, release.plan, history, current, (*files, *archives))


def _single_files(release: PublishedRelease, note: ReleaseNote) -> Iterator[Distribution]:
    """Yield the files that are useful by themselves: the overviews, then the tables, then codebook and report.

    The overviews are as many as the release has: those of earlier versions of this program have other ones.
    A package's own files follow its tables, where their format is known; the archive holds the others, too.
    """
    entries = {entry["path"]: entry for entry in release.descriptor["resources"]}
    name = release.name
    own = [path for path, entry in entries.items() if not entry.get("derived")]
    tables = [path for path in own if not path.startswith("files/") or PurePosixPath(path).suffix in FORMATS]
    named = {entry["name"]: path for path, entry in entries.items() if entry.get("derived")}
    if "flat" not in named:
        raise ReleaseDamaged(str(release.folder / DESCRIPTOR))
    made = [path for path in named.values() if path.endswith(".csv") and path != named.get("codebook")]
    last = (named.get("nested", whole_path(name, "json")), CODEBOOK_PAGE, named.get("codebook", CODEBOOK), REPORT_PAGE)
    for path in (*made, named.get("workbook", whole_path(name, "xlsx")), *tables, *last):
        if path not in release.files or PurePosixPath(path).suffix not in FORMATS:
            raise ReleaseDamaged(str(release.folder / path))
        yield Distribution(path, release.files[path], note, entries.get(path, {}))


def _archive(release: PublishedRelease, note: ReleaseNote, root: Path | None) -> Distribution:
    """Return a release's archive: the file beside it, for another build of zlib makes another one."""
    path = root / release.archive_name if root else None
    data = path.read_bytes() if path and path.is_file() else release.archive
    return Distribution(release.archive_name, data, note, None)
