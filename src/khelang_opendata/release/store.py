"""The folder of releases: each version in its own folder, never changed again, and what is made from all of them.

A release is written into a hidden folder, read back, and renamed into place: that is the moment it exists. The index,
the archives, ``latest``, the change log and the feed are made from the folders; after a crash the next run makes them
again.

Folders, archives and index confirm each other: an archive holds the files of its folder, and the index has the hashes
of both. A withdrawal is in the index, in ``withdrawals.json`` and in the change log. A change of one of them alone is
detected and never repaired silently: it is :class:`~khelang_opendata.model.failures.ReleaseDamaged`.

A run that is cut short leaves such differences, too. So each run first records the change that it is about to make
(:data:`~khelang_opendata.published.history.PENDING`); the next run, protected by the lock, accepts this difference and
no other. Other remains of a crash have hidden names, and are removed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from khelang_opendata.diff import ReleaseNote, Withdrawal
from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files import StrPath
from khelang_opendata.files.place import exchange, flush_folder, locked, remove, write_atomically, write_files
from khelang_opendata.files.serialize import hash_of, json_bytes
from khelang_opendata.model.characters import encodable
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged, UsageError, system_errors_as
from khelang_opendata.model.limits import Limits
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, plan_name
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.published.archive import ArchiveRefused, read_folder, read_zip
from khelang_opendata.published.content import read_published
from khelang_opendata.published.history import (
    CHANGELOG,
    FEED,
    INDEX,
    LATEST,
    PENDING,
    WITHDRAWALS,
    PendingChange,
    StoredRelease,
    changelog_of,
    feed_of,
    folders_in,
    holds_bytes,
    read_history,
)
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.verification import verify
from khelang_opendata.release.build import (
    Draft,
    Previous,
    Release,
    ReleaseOptions,
    Signer,
    build_release,
    draft_release,
)
from khelang_opendata.release.readback import differing_forms
from khelang_opendata.standard.family import version_numbers

_UNLIMITED = Limits(*(sys.maxsize for _ in Limits._fields))
"""For a release that this program just wrote: its forms are many times as large as the package it is of."""

_UNFINISHED, _OLD = ".unfinished-", ".old-"
_HALF_WRITTEN = (
    *(f".{name}.*" for name in (INDEX, WITHDRAWALS, CHANGELOG, FEED)),
    f".{PENDING}.*",
    ".*-v*.zip.*",
    ".long-name.*",
)
"""The temporary names of files that are written atomically."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of releasing: version, folder, number of files, and whether this run wrote it."""

    version: str
    path: Path
    files: int
    written: bool


def release_package(
    package: Package, out: StrPath, options: ReleaseOptions, *, sign: Signer | None = None, dry_run: bool = False
) -> Outcome:
    """Release a package below ``out``, unless it is identical to the previous release.

    Args:
        package: what is released.
        out: the folder of all releases of this plan; it is created if missing.
        options: the publisher's choices.
        sign: signs the release; None to leave it unsigned.
        dry_run: compute the outcome, and write nothing.

    Raises:
        DataError: the package cannot be released (see :func:`draft_release`).
        UsageError: ``out`` is the folder of another plan, or lies within a package or a release.
        EnvironmentFailure: another process is releasing into ``out``; or the system refuses to write, or ``out`` has an
            unknown file of a name that a release needs, and nothing was released; or the release is written, but not
            all files beside it.
        ReleaseDamaged: a previous release, or the one just written, differs from its manifest.

    Example:
        >>> from datetime import date
        >>> from khelang_opendata import Package, ReleaseOptions, release_package
        >>> options = ReleaseOptions(date(2026, 11, 22))
        >>> release_package(Package.load("datapackage"), "releases", options).version
        '1.0.0'
    """
    out = Path(out)
    with system_errors_as("output_unwritable", out):
        refuse_protected(out, out, may_hold_releases=True)
        first = None if out.exists() else draft_release(package, options)  # a refused package makes no folder
        if dry_run:
            return _published(package, out, options, sign, first, dry_run=True)
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            _clear(out)
            return _published(package, out, options, sign, first, dry_run=False)


def withdraw(out: StrPath, version: str, reason: str, day: date) -> None:
    """Mark a release as withdrawn; its files stay.

    Args:
        out: the folder of all releases.
        version: which one.
        reason: why, for the users of the data.
        day: since when.

    Raises:
        UsageError: the version is unknown.
        EnvironmentFailure: another process is releasing into ``out``, or the system refuses to write.
        ReleaseDamaged: a release, or the index, differs from what was published.

    Example:
        >>> from datetime import date
        >>> from khelang_opendata import withdraw
        >>> withdraw("releases", "1.0.0", "The budget of 2567 is wrong", date(2026, 12, 1))
    """
    out = Path(out)
    with system_errors_as("output_unwritable", out):
        if not VERSION.fullmatch(version) or not folders_in(out):
            raise UsageError("version_unknown", version=version, path=str(out))
        with locked(out):
            _clear(out)
            stored = read_history(out)
            if version not in stored:
                raise UsageError("version_unknown", version=version, path=str(out))
            one = stored[version]
            if one.note.withdrawn is None:
                _complete(out, stored)
                _announce(out, version, None)
                withdrawn = Withdrawal(encodable(reason.strip()), day)
                stored[version] = replace(one, note=replace(one.note, withdrawn=withdrawn))
            _sync(out, stored)


def restore_store(out: Path, archives: Sequence[Path]) -> None:
    """Make the folder of releases that archives are of, where nothing but those is at hand.

    What no archive says is lost with the folder: which releases were withdrawn.

    Args:
        out: the folder to make.
        archives: the ZIP files of releases of one plan.

    Raises:
        UsageError: there is no archive, or they are of different plans.
        ReleaseDamaged: an archive differs from its manifest.
        DataError: one is not safe to read.
    """
    stored: dict[str, StoredRelease] = {}
    names = set()
    for archive in archives:
        unfinished = out / f"{_UNFINISHED}{len(stored)}"
        write_files(unfinished, read_zip(archive))
        release = read_published(unfinished)
        unfinished.rename(out / f"v{release.version}")
        data = archive.read_bytes()
        write_atomically(out / release.archive_name, data)
        stored[release.version] = StoredRelease.of(release, None, data)
        names.add(release.name)
    if len(names) != 1:
        raise UsageError("archives_refused", count=len(archives), names=", ".join(sorted(names)))
    _sync(out, stored)


def _published(
    package: Package, out: Path, options: ReleaseOptions, sign: Signer | None, first: Draft | None, *, dry_run: bool
) -> Outcome:
    stored = read_history(out)
    last = max(stored, key=version_numbers, default=None)
    previous = Previous(_package_of(out, last, package), last) if last else None
    draft = first if first and not last else draft_release(package, options, previous)
    if last and draft.is_unchanged:
        if not dry_run:
            _sync(out, stored)
        return Outcome(last, out / f"v{last}", len(read_folder(out / f"v{last}")), written=False)
    release = build_release(draft, sign)
    _refuse_unknown_files(out, release, is_first=not last)
    if not dry_run:
        # The record of the change comes first: without it, a folder that the index does not list is damage. The folder
        # appears by one rename, checked and whole; what belongs beside it can be made from it at any later time.
        _complete(out, stored)
        _announce(out, release.version, hash_of(release.files[MANIFEST]))
        _write_folder(release, out)
        try:
            with system_errors_as("output_unwritable", out):
                flush_folder(out)
                published = read_published(out / release.folder)
                written = StoredRelease.of(published, None, published.archive)
                _sync(out, {**stored, release.version: written})
        except EnvironmentFailure as error:  # the release itself is written
            if error.code != "output_unwritable":
                raise
            raise EnvironmentFailure("release_unlisted", **error.params) from error
    return Outcome(release.version, out / release.folder, len(release.files), written=True)


def _refuse_unknown_files(out: Path, release: Release, *, is_first: bool) -> None:
    """Refuse to overwrite unknown files, before the first release under any name of the store."""
    beside = (INDEX, WITHDRAWALS, LATEST, CHANGELOG, FEED) if is_first else ()
    name = plan_name(json.loads(release.files[DESCRIPTOR]))
    for path in (out / name for name in (*beside, release.folder, f"{name}-{release.folder}.zip")):
        if os.path.lexists(path):
            raise EnvironmentFailure("output_unwritable", path=str(path), reason=os.strerror(errno.EEXIST))


def _package_of(out: Path, version: str, package: Package) -> Package:
    """The package of the last release, after checking that it belongs to the same plan."""
    folder = out / f"v{version}"
    found = Package.load(folder)
    if found.descriptor.get("name") != package.descriptor.get("name"):
        names = {"found": str(found.descriptor.get("name")), "name": str(package.descriptor.get("name"))}
        raise UsageError("output_of_another_plan", path=str(out), **names)
    return found


def _announce(out: Path, version: str, manifest: str | None) -> None:
    """Record the change before making it, so that the next run can finish it after a crash."""
    write_atomically(out / PENDING, json_bytes(PendingChange(version, manifest)._asdict()))
    flush_folder(out)


def _complete(out: Path, stored: Mapping[str, StoredRelease]) -> None:
    """Finish an interrupted change, whose record the next change overwrites."""
    if (out / PENDING).exists() and stored:
        _sync(out, stored)


def _write_folder(release: Release, out: Path) -> None:
    unfinished = out / f"{_UNFINISHED}{release.folder}"
    try:
        write_files(unfinished, release.files)
        _check(unfinished)
        unfinished.rename(out / release.folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not (out / release.folder).exists():
            (out / PENDING).unlink(missing_ok=True)
        raise


def _check(folder: Path) -> None:
    """Check that the written release is complete, and that all forms hold the same data."""
    if problems := verify(folder).problems:
        raise ReleaseDamaged(str(folder / problems[0].path))
    if differing := differing_forms(Package.load(folder, _UNLIMITED)):
        raise ReleaseDamaged(str(folder / differing[0]))


def _sync(out: Path, stored: Mapping[str, StoredRelease]) -> None:
    """Write all files beside the releases' folders; correct files are not touched.

    The order matters after a crash: archives come before the index that lists them, and the index before the pages
    made from it. A withdrawal is written to its own list first, so that no crash loses it.
    """
    order = sorted(stored, key=version_numbers)
    latest = next((version for version in reversed(order) if stored[version].note.withdrawn is None), None)
    newest = stored[order[-1]].descriptor
    withdrawals = {v: _withdrawal(stored[v].note) for v in order if stored[v].note.withdrawn}
    if withdrawals:
        _write_if_new(out / WITHDRAWALS, json_bytes(withdrawals))
    entries = [_entry(out, stored[version]) for version in order]
    index = {"name": newest["name"], "title": newest["title"], "latest": latest, "releases": entries}
    _write_if_new(out / INDEX, json_bytes(index))
    _write_if_new(out / CHANGELOG, changelog_of(stored))
    _write_if_new(out / FEED, feed_of([stored[version].note for version in stored], newest))
    _sync_latest(out, latest)
    flush_folder(out)
    (out / PENDING).unlink(missing_ok=True)


def _withdrawal(note: ReleaseNote) -> dict[str, str] | None:
    return {"reason": note.withdrawn.reason, "on": note.withdrawn.on.isoformat()} if note.withdrawn else None


def _entry(out: Path, one: StoredRelease) -> dict[str, Any]:
    """The entry of a release in the index; writes its archive if missing."""
    folder = out / f"v{one.note.version}"
    if not (out / one.archive_name).exists():
        release = read_published(folder)
        write_atomically(out / one.archive_name, release.archive_with(one.archive_hash) or release.archive)
    return {
        "version": one.note.version,
        "path": f"{folder.name}/",
        "archive": one.archive_name,
        "archive_hash": one.archive_hash,
        "released_on": one.note.released_on.isoformat(),
        "schema": one.descriptor["conformsTo"],
        "manifest": one.manifest,
        "note": one.note.note,
        "withdrawn": _withdrawal(one.note),
    }


def _sync_latest(out: Path, version: str | None) -> None:
    """Write ``latest`` as a copy: not every web server and file system supports links."""
    latest, new, old = out / LATEST, out / f"{_UNFINISHED}{LATEST}", out / f"{_OLD}{LATEST}"
    wanted = read_folder(out / f"v{version}") if version else {}
    if _holds(latest, wanted):
        return
    if wanted:
        write_files(new, wanted)
    if wanted and os.path.lexists(latest):
        exchange(new, latest, old)
    elif wanted:
        new.rename(latest)
    else:
        latest.rename(old)
    remove(old)


def _holds(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Whether a folder holds exactly these files; for no files, whether the folder is missing."""
    if not (files and folder.is_dir()):
        return not files and not os.path.lexists(folder)
    try:
        return read_folder(folder) == files
    except ArchiveRefused:
        return False


def _write_if_new(path: Path, data: bytes) -> None:
    if not holds_bytes(path, data):
        write_atomically(path, data)


def _clear(out: Path) -> None:
    """Remove the temporary files and folders of a crashed run."""
    for pattern in (f"{_UNFINISHED}*", f"{_OLD}*", *_HALF_WRITTEN):
        for leftover in out.glob(pattern):
            remove(leftover)
