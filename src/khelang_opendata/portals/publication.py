"""What a portal is to show of a plan: the newest release file by file, and every release as an archive.

A portal's resource has one file, so a release that is replaced keeps only an archive of its own
(``<plan_id>-vX.Y.Z.zip``). Files that are of use one by one are placed beside it; the rest (Parquet, SQLite, schemas,
metadata) are in the archive.
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
from khelang_opendata.published import releases_of
from khelang_opendata.published.content import PublishedRelease, read_published
from khelang_opendata.published.history import LATEST, is_store
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.standard.tables import JsonObject


@dataclass(frozen=True)
class Distribution:
    """One file as a portal shows it: a distribution of DCAT, a resource of CKAN.

    ``path`` names it for ever: its path in the release, or the name of the archive. ``entry`` is what the release's
    descriptor says of it, with its titles and its schema; an archive has none, and its ``note`` says whether the
    release was withdrawn.
    """

    path: str
    data: bytes
    note: ReleaseNote
    entry: JsonObject | None

    @property
    def name(self) -> str:
        """The name of the file."""
        return PurePosixPath(self.path).name

    @property
    def format(self) -> FileFormat:
        """Its format, by its ending."""
        return FORMATS[PurePosixPath(self.path).suffix]

    @cached_property
    def sha256(self) -> str:
        """Its hash, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Publication:
    """What is published of a plan.

    Attributes:
        descriptor: that of the release shown; of the newest one where all were withdrawn.
        plan: the record of its table ``plans``.
        history: every release, oldest first.
        shown: the version whose files are shown one by one, None where all were withdrawn.
        distributions: the files in the order in which they are shown, the flat table first, the archives last.
    """

    descriptor: JsonObject
    plan: Mapping[str, str]
    history: tuple[ReleaseNote, ...]
    shown: str | None
    distributions: tuple[Distribution, ...]

    @property
    def first_released_on(self) -> date:
        """When the plan was published for the first time."""
        return self.history[0].released_on

    @property
    def last_released_on(self) -> date:
        """When its newest release was published."""
        return self.history[-1].released_on


def read_publication(path: Path) -> Publication:
    """What a folder of releases, or one release in it, is to show.

    Args:
        path: the folder with ``index.json``; or a release's folder, which must be the newest that was not withdrawn,
            and may be alone: then it is the whole history.

    Raises:
        UsageError: the folder is neither.
        ReleaseDamaged: a release is not as it was published.
        UsageError: the release was withdrawn, or is not the newest.
        DataError: it is not safe to read.
    """
    out = next((folder for folder in (path, path.absolute().parent) if is_store(folder)), None)
    if out is None or not (out == path or path.name in _names_in(out)):
        return _alone(path)
    notes = releases_of(out)
    if not notes:
        raise UsageError("no_release", path=str(path))
    newest = list(notes)[-1]
    shown = next((version for version in reversed(notes) if notes[version].withdrawn is None), None)
    if out != path and path.name not in (LATEST, f"v{shown}"):
        raise UsageError("release_superseded", path=str(path), newest=shown or "-")
    releases = {version: read_published(out / f"v{version}") for version in reversed(notes)}
    archives = [_archive(release, notes[version]) for version, release in releases.items()]
    return _publication(releases[shown or newest], tuple(notes.values()), shown, archives)


def _names_in(out: Path) -> set[str]:
    return {LATEST, *(folder.name for folder in out.glob("v*/"))}


def _alone(folder: Path) -> Publication:
    if not (folder / MANIFEST).is_file():
        raise UsageError("no_release", path=str(folder))
    release = read_published(folder)
    return _publication(release, (release.note,), release.version, [_archive(release, release.note)])


def _publication(
    release: PublishedRelease, history: tuple[ReleaseNote, ...], shown: str | None, archives: list[Distribution]
) -> Publication:
    note = next((note for note in history if note.version == shown), None)
    current = list(_current(release, note)) if note else []
    return Publication(release.descriptor, release.plan, history, shown, (*current, *archives))


def _current(release: PublishedRelease, note: ReleaseNote) -> Iterator[Distribution]:
    """The files that are of use one by one: to look at first, then the tables, then what explains them."""
    entries = {entry["path"]: entry for entry in release.descriptor["resources"]}
    name = release.name
    tables = [path for path, entry in entries.items() if not entry.get("derived")]
    first = (f"{name}-flat.csv", f"{name}-summary.csv", f"{name}.xlsx")
    last = (f"{name}.json", "codebook.html", "codebook.csv", "validation-report.html")
    for path in (*first, *tables, *last):
        if path not in release.files or PurePosixPath(path).suffix not in FORMATS:
            raise ReleaseDamaged(str(release.folder / path))
        yield Distribution(path, release.files[path], note, entries.get(path, {}))


def _archive(release: PublishedRelease, note: ReleaseNote) -> Distribution:
    return Distribution(release.archive_name, release.archive, note, None)
