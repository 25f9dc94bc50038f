"""Publish thousands of pages to a folder: only those are made and written whose inputs changed.

``pages.json`` in the folder has, for each file of the pages, a hash of what it follows from and one of its content. A
file is made again if either differs, so that a page which was damaged or written halfway is mended, too.

The new files are written to a hidden folder first. Then ``pages.json`` names them, each is renamed into its place, in
the given order, and pages that are gone are removed. A run that is stopped before leaves the former site; one that is
stopped while files are renamed leaves whole files, of which those that others refer to came first. The next run
completes it. Files that neither ``pages.json`` nor their mark shows to be of these pages are never touched.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from khelang_opendata.files import StrPath
from khelang_opendata.files.paths import below
from khelang_opendata.files.place import flush_folder, locked, remove, write_atomically, write_files
from khelang_opendata.files.planned_files import PlannedFile
from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.portals.folder import PAGES_LIST, STAGING
from khelang_opendata.published.page_mark import plan_of_page

_AT_A_TIME = 64
"""Files that are in memory while they are written."""


@dataclass(frozen=True, slots=True)
class PagesOutcome:
    """The paths of files that were written and removed, and how many had the right content."""

    written: Sequence[str]
    removed: Sequence[str]
    unchanged: int


class _Listed(NamedTuple):
    """What the list has of a file: the hashes of what it follows from and of its content."""

    inputs: str
    content: str


def publish_planned(
    files: Iterable[PlannedFile],
    target: StrPath,
    name: str,
    *,
    dry_run: bool = False,
    progress: Callable[[int], object] = lambda _: None,
) -> PagesOutcome:
    """Publish pages to a folder; what is unchanged is neither made nor written.

    Args:
        files: the files in the order in which they are placed: what others refer to comes first.
        target: the folder; it is created if it does not exist.
        name: what the pages' marks name.
        dry_run: report the files that may change, and write nothing.
        progress: called with the number of files made so far.

    Raises:
        UsageError: ``target`` has a link, an unknown file or the pages of a plan where this function writes.
        EnvironmentFailure: ``target`` cannot be read or written, or another process publishes to it.
    """
    place, planned = Path(target), list(files)
    with system_errors_as("folder_unwritable", place):
        refuse_protected(place, place, may_hold_releases=True)
        if dry_run:
            return _compared(planned, place, name).outcome
        if not place.is_dir():
            place.mkdir(parents=True)
            place.chmod(0o755)  # the web server runs as another user
        with locked(place):
            remove(place / STAGING)
            found = _compared(planned, place, name)
            if not found.changed and not found.gone:
                return found.outcome
            try:
                return _exchanged(planned, place, name, found, progress)
            finally:
                shutil.rmtree(place / STAGING, ignore_errors=True)


@dataclass(frozen=True)
class _Comparison:
    """The files that may have changed, those that are gone, what the folder has, and what its list says."""

    changed: Sequence[PlannedFile]
    gone: Sequence[str]
    there: Mapping[str, str]
    """The hash of each planned file that is in the folder."""
    listed: Mapping[str, _Listed]

    @property
    def outcome(self) -> PagesOutcome:
        paths = [one.path for one in self.changed]
        return PagesOutcome(paths, self.gone, len(self.there.keys() - {*paths}))


def _compared(planned: Sequence[PlannedFile], target: Path, name: str) -> _Comparison:
    listed = _read_list(target, name)
    changed, there = [], {}
    for parent in sorted({PurePosixPath(one.path).parent for one in planned}):
        _refuse_link(target, parent)
    for one in planned:
        data = _content(target / one.path)
        if data is None:
            changed.append(one)
            continue
        there[one.path] = sha256(data).hexdigest()
        if listed.get(one.path) != (one.inputs, there[one.path]):
            if one.path not in listed:
                _refuse_foreign(target / one.path, data, one, name)
            changed.append(one)
    gone = [
        path for path in sorted(listed.keys() - {one.path for one in planned}) if _is_ours(target, path, listed, name)
    ]
    return _Comparison(changed, gone, there, listed)


def _read_list(target: Path, name: str) -> Mapping[str, _Listed]:
    """What the list of the folder says; nothing without one.

    Raises:
        UsageError: it is of other pages, or no list of ours.
    """
    data = _content(target / PAGES_LIST)
    if data is None:
        return {}
    try:
        content = read_json(data)
        if content["name"] != name:
            raise UsageError("folder_refused", "another_plan", path=str(target), found=str(content["name"]), name=name)
        return {str(path): _Listed(str(one["inputs"]), str(one["content"])) for path, one in content["files"].items()}
    except (JsonRefused, KeyError, TypeError, AttributeError):
        raise UsageError("folder_refused", "not_ours", path=str(target / PAGES_LIST)) from None


def _refuse_link(target: Path, folder: PurePosixPath) -> None:
    """Refuse a folder that is a link, or no folder, or in one that is."""
    for one in (*reversed(folder.parents), folder):
        place = target / one
        if one != PurePosixPath() and (place.is_symlink() or (place.exists() and not place.is_dir())):
            raise UsageError("folder_refused", "link", path=str(place))


def _content(place: Path) -> bytes | None:
    """The bytes of a file; None where there is none.

    Raises:
        UsageError: it is a link, a folder or a special file.
    """
    if place.is_symlink() or (place.exists() and not place.is_file()):
        raise UsageError("folder_refused", "link", path=str(place))
    return place.read_bytes() if place.exists() else None


def _refuse_foreign(place: Path, data: bytes, planned: PlannedFile, name: str) -> None:
    """Refuse a file that the list does not have, unless its mark or its bytes show that it is ours."""
    owner = plan_of_page(data)
    if owner not in (None, name):
        raise UsageError("folder_refused", "another_plan", path=str(place), found=str(owner), name=name)
    if owner is None and data != planned.content():
        raise UsageError("folder_refused", "not_ours", path=str(place))


def _is_ours(target: Path, path: str, listed: Mapping[str, _Listed], name: str) -> bool:
    """Whether a listed file is as it was written, or has the mark of these pages."""
    place = below(target, path)
    if place.is_symlink() or not place.is_file():
        return False
    data = place.read_bytes()
    return sha256(data).hexdigest() == listed[path].content or plan_of_page(data) == name


def _exchanged(
    planned: Sequence[PlannedFile], target: Path, name: str, found: _Comparison, progress: Callable[[int], object]
) -> PagesOutcome:
    hashes, written = dict(found.there), list[str]()
    staging = target / STAGING
    staging.mkdir(mode=0o700)
    remaining, done = iter(found.changed), 0
    while batch := {one.path: one.content() for one in islice(remaining, _AT_A_TIME)}:
        new = {path: data for path, data in batch.items() if sha256(data).hexdigest() != found.there.get(path)}
        write_files(staging, new)
        hashes |= {path: sha256(data).hexdigest() for path, data in new.items()}
        written += new
        done += len(batch)
        progress(done)
    for new_place in staging.rglob("*"):
        new_place.chmod(0o755 if new_place.is_dir() else 0o644)
    now = {one.path: _Listed(one.inputs, hashes[one.path]) for one in planned}
    going = {path: found.listed[path] for path in found.gone}
    _write_list(target, name, {**going, **now})  # before the first file: the next run must know all of them as ours
    _place(staging, target, written)
    for path in found.gone:
        (target / path).unlink()
        _remove_empty(target, PurePosixPath(path).parent)
    if going:
        _write_list(target, name, now)
    return PagesOutcome(written, found.gone, len(planned) - len(written))


def _write_list(target: Path, name: str, files: Mapping[str, _Listed]) -> None:
    entries = {path: one._asdict() for path, one in sorted(files.items())}
    write_atomically(target / PAGES_LIST, json_bytes({"name": name, "files": entries}))


def _place(staging: Path, target: Path, paths: Sequence[str]) -> None:
    """Rename files into their places, in their order."""
    folders = {PurePosixPath(path).parent for path in paths}
    for needed in sorted({*folders, *(parent for folder in folders for parent in folder.parents)}):
        if not (target / needed).is_dir():
            (target / needed).mkdir()
            (target / needed).chmod(0o755)
    for path in paths:
        (staging / path).replace(target / path)
    for folder in folders:
        flush_folder(target / folder)


def _remove_empty(target: Path, folder: PurePosixPath) -> None:
    """Remove a folder that the last file left, and those above it that are empty now."""
    for one in (folder, *folder.parents):
        if one == PurePosixPath() or any((target / one).iterdir()):
            return
        (target / one).rmdir()
