"""Where plans come from: packages and releases in folders and ZIP files, found below what the user names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.files.paths import is_safe_path
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError, EnvironmentFailure, KhelangError, UsageError, system_errors_as
from khelang_opendata.package.datapackage import DATA, DESCRIPTOR
from khelang_opendata.published.history import INDEX, folders_in, is_store
from khelang_opendata.transport.addresses import is_address, is_portal

_DEEPEST = 16
"""Folders within each other that are searched for packages."""

_LARGEST_LIST, _MOST_NAMED = 16 * 2**20, 100_000
"""Bytes and lines of a list of sources."""

_LARGEST_INDEX = 64 * 2**20


class SourceKind(StrEnum):
    """What a source is."""

    FOLDER = "folder"
    """The folder of a package or of a release."""
    ARCHIVE = "archive"
    """The ZIP file of one."""
    ADDRESS = "address"
    """The address of such a ZIP file, of the index of releases, or of a dataset on a portal."""


class PublishedArchive(NamedTuple):
    """The ZIP file of a release at an address, and its SHA-256 in hexadecimal, empty where the publisher gives none."""

    address: str
    sha256: str


class PlanSource(NamedTuple):
    """One plan to gather.

    ``key`` identifies it from harvest to harvest: the absolute path, or the address, of the package, the archive, the
    folder of releases or the dataset. ``path`` is what is read: of a folder of releases, the latest. ``root`` is what
    the user named. ``failure`` says why there is nothing to read. ``archive`` is what a portal offers.
    """

    key: str
    root: str
    kind: SourceKind
    path: Path
    failure: KhelangError | None = None
    archive: PublishedArchive | None = None

    @classmethod
    def failed(cls, key: str, root: str, failure: KhelangError) -> PlanSource:
        """A source that cannot be read."""
        return cls(key, root, SourceKind.FOLDER, Path(key), failure)

    @property
    def is_unlisted(self) -> bool:
        """Whether it says that a portal did not list its datasets, or not all of them."""
        return self.failure is not None and is_portal(self.key)


def named_sources(names: Iterator[str], base: Path) -> Iterator[str]:
    """The sources that a user names, each list of sources in its place as the sources that it names.

    Args:
        names: paths and addresses; a file that is no ZIP file is a list with one of them a line, in which a line that
            begins with # does not count.
        base: the folder that relative paths begin at.

    Returns:
        Absolute paths, and addresses. A path without a file or folder is given, too.

    Raises:
        DataError: a list is too long, or no text in UTF-8.
        EnvironmentFailure: the system refuses to read it.
    """
    for name in names:
        if is_address(name):
            yield name
            continue
        path = Path(os.path.normpath(base.absolute() / name))
        if path.is_file() and path.suffix.lower() != ".zip" and path.name != DESCRIPTOR:
            yield from named_sources(iter(_lines(path)), path.parent)
        else:
            yield str(path.parent if path.name in (DESCRIPTOR, INDEX) and path.is_file() else path)


def _lines(path: Path) -> list[str]:
    if path.name == INDEX:
        return [str(path.parent)]
    with system_errors_as("file_unreadable", path):
        if path.stat().st_size > _LARGEST_LIST:
            raise DataError("source_list_unusable", path=str(path), limit=_MOST_NAMED)
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except UnicodeDecodeError:
            raise DataError("source_list_unusable", path=str(path), limit=_MOST_NAMED) from None
    named = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if len(named) > _MOST_NAMED or any("\0" in line for line in named):
        raise DataError("source_list_unusable", path=str(path), limit=_MOST_NAMED)
    return named


def plans_below(root: str) -> Iterator[PlanSource]:
    """The plans in a folder, a ZIP file or at an address, in the order of their names.

    One that cannot be read has a failure.

    A folder of releases is one plan, of which the latest release counts that is not withdrawn. Any other folder without
    a descriptor is searched, unless it has files of data: then it is a package that lacks its descriptor.
    """
    path = Path(root)
    if is_address(root):
        yield PlanSource(root, root, SourceKind.ADDRESS, path)
    elif path.is_file():
        yield PlanSource(root, root, SourceKind.ARCHIVE, path)
    elif not path.is_dir():
        yield PlanSource.failed(root, root, UsageError("package_not_found", path=root))
    else:
        found = False
        for source in _below(path, root, 0):
            found = True
            yield source
        if not found:
            yield PlanSource.failed(root, root, UsageError("source_empty", path=root))


def _below(folder: Path, root: str, depth: int) -> Iterator[PlanSource]:
    key = str(folder)
    try:
        if os.path.lexists(folder / DESCRIPTOR):
            yield PlanSource(key, root, SourceKind.FOLDER, folder)
            return
        if is_store(folder):
            yield _latest(folder, root)
            return
        with os.scandir(folder) as entries:
            inner = sorted((one for one in entries if not is_leftover(one.name)), key=lambda one: one.name)
        if depth and (not inner or any(map(_is_data, inner))):
            yield PlanSource(key, root, SourceKind.FOLDER, folder)
            return
    except OSError as error:
        yield PlanSource.failed(key, root, EnvironmentFailure.of("file_unreadable", folder, error))
        return
    except KhelangError as error:
        yield PlanSource.failed(key, root, error)
        return
    for one in inner:
        place = folder / one.name
        is_archive = one.name.lower().endswith(".zip")
        if one.is_symlink():
            if is_archive or place.is_dir():
                failure = DataError("archive_refused", "link", path=key, entry=one.name)
                yield PlanSource.failed(str(place), root, failure)
        elif is_archive:
            yield PlanSource(str(place), root, SourceKind.ARCHIVE, place)
        elif one.is_dir():
            if depth == _DEEPEST:
                yield PlanSource.failed(str(place), root, UsageError("source_empty", path=str(place)))
            else:
                yield from _below(place, root, depth + 1)


def _is_data(entry: os.DirEntry[str]) -> bool:
    """Whether an entry of a folder shows that the folder is a package."""
    is_table = entry.name.lower().endswith((".csv", ".json"))
    return (entry.name == DATA and entry.is_dir(follow_symlinks=False)) or (is_table and not entry.is_dir())


def _latest(folder: Path, root: str) -> PlanSource:
    """The latest release in a folder of releases that is not withdrawn; its index says which."""
    index = folder / INDEX
    if index.stat().st_size > _LARGEST_INDEX:
        raise DataError("source_index_unusable", path=str(index))
    try:
        entry = latest_in(read_json(index.read_bytes()))
    except (JsonRefused, ValueError):
        raise DataError("source_index_unusable", path=str(index)) from None
    if entry is None:
        return PlanSource.failed(str(folder), root, DataError("source_withdrawn", path=str(folder)))
    place = next((one for one in folders_in(folder) if one.name == f"v{entry.version}"), None)
    if place is not None and not place.is_symlink():
        return PlanSource(str(folder), root, SourceKind.FOLDER, place)
    archive = folder / entry.archive
    if not archive.is_file():
        raise DataError("source_index_unusable", path=str(index))
    return PlanSource(str(folder), root, SourceKind.ARCHIVE, archive)


class IndexedRelease(NamedTuple):
    """A release as the index of its folder lists it: ``archive`` is the name of its ZIP file."""

    version: str
    archive: str
    archive_hash: str


def latest_in(index: object) -> IndexedRelease | None:
    """The latest release in an index, as it says; None where all are withdrawn, ValueError where it is no index."""
    if not isinstance(index, dict) or not isinstance(entries := index.get("releases"), list) or "latest" not in index:
        raise ValueError(index)
    if index["latest"] is None:
        return None
    for entry in entries:
        if isinstance(entry, dict) and entry.get("version") == index["latest"]:
            values = [value for name in IndexedRelease._fields if isinstance(value := entry.get(name), str)]
            if len(values) == len(IndexedRelease._fields) and is_safe_path(values[1]) and "/" not in values[1]:
                return IndexedRelease(*values)
    raise ValueError(index)
