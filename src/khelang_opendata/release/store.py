"""The folder of releases: each version in its own folder, never changed again, and what is made from all of them.

A release is written into a hidden folder, read back, and renamed into place: that is the moment it exists. The index,
the archives, ``latest``, the change log and the feed are made from the folders; after a crash the next run makes them
again.

Folders, archives and index check each other: an archive holds what its folder holds, and the index has the hashes of
both. A withdrawal is in the index, in ``withdrawals.json`` and in the change log. Whoever alters one place is noticed,
and nothing is put right in silence: what does not agree is :class:`~khelang_opendata.model.failures.ReleaseDamaged`.

A run that is cut short leaves the places in disagreement, too. So it first writes down what it is about to do
(:data:`PENDING`), and the next run, which the lock makes safe, accepts that and nothing else. What else a crash leaves
behind has a hidden name, and is removed.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from khelang_opendata.diff import ReleaseNote, Withdrawal
from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files.atomic import write_atomically
from khelang_opendata.files.place import exchange, flush_folder, locked, remove, write_files
from khelang_opendata.files.serialize import hash_of, json_bytes
from khelang_opendata.model.characters import encodable
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged, UsageError, system_errors_as
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, plan_name
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.published.archive import ArchiveRefused, read_folder
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
    folders_in,
    holds_bytes,
    read_history,
)
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.verify import verify_release
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
from khelang_opendata.render.changes_log import atom_feed
from khelang_opendata.standard.family import version_numbers

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
    """What became of a release: where it stands, how many files it has, and whether this run wrote it."""

    version: str
    path: Path
    files: int
    written: bool


def publish_release(
    package: Package, out: Path, options: ReleaseOptions, *, sign: Signer | None = None, dry_run: bool = False
) -> Outcome:
    """Release a package below ``out``, unless the release before tells the same.

    Args:
        package: what is released.
        out: the folder of all releases of this plan; it is made where it does not exist.
        options: what the publisher says.
        sign: what signs the release, None to leave it unsigned.
        dry_run: find out what would happen, and write nothing.

    Raises:
        DataError: the package cannot be released as it stands (see :func:`draft_release`).
        UsageError: ``out`` is the folder of another plan.
        UsageError: ``out`` lies within a package or a release.
        EnvironmentFailure: another process is releasing into ``out``.
        ReleaseDamaged: a release before, or the one just written, is not what its manifest says.
        EnvironmentFailure: the system refuses to write, or what stands in ``out`` is not ours; nothing was released.
        EnvironmentFailure: the release stands, but not everything beside it could be written.
    """
    with system_errors_as("output_unwritable", out):
        refuse_protected(out, out, may_hold_releases=True)
        first = None if out.exists() else draft_release(package, options)  # a refused package makes no folder
        if dry_run:
            return _published(package, out, options, sign, first, dry_run=True)
        out.mkdir(parents=True, exist_ok=True)
        with locked(out):
            _clear(out)
            return _published(package, out, options, sign, first, dry_run=False)


def withdraw_release(out: Path, version: str, reason: str, day: date) -> None:
    """Say of a release that it is not to be used any more; its files stay.

    Args:
        out: the folder of all releases.
        version: which one.
        reason: why, for everybody to read.
        day: since when.

    Raises:
        UsageError: there is no such release.
        EnvironmentFailure: another process is releasing into ``out``.
        ReleaseDamaged: a release, or the index, is not as it was published.
        EnvironmentFailure: the system refuses to write.
    """
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
    _refuse_what_is_not_ours(out, release, is_first=not last)
    if not dry_run:
        _complete(out, stored)
        _announce(out, release.version, hash_of(release.files[MANIFEST]))
        _write_folder(release, out)
        with _completing(out):
            flush_folder(out)
            written = StoredRelease.of(read_published(out / release.folder), None)
            _sync(out, {**stored, release.version: written})
    return Outcome(release.version, out / release.folder, len(release.files), written=True)


def _refuse_what_is_not_ours(out: Path, release: Release, *, is_first: bool) -> None:
    """Refuse to overwrite what has the name of something new; for the first release, any of our names."""
    beside = (INDEX, WITHDRAWALS, LATEST, CHANGELOG, FEED) if is_first else ()
    name = plan_name(json.loads(release.files[DESCRIPTOR]))
    for path in (out / name for name in (*beside, release.folder, f"{name}-{release.folder}.zip")):
        if os.path.lexists(path):
            raise EnvironmentFailure("output_unwritable", path=str(path), reason=os.strerror(errno.EEXIST))


def _package_of(out: Path, version: str, package: Package) -> Package:
    """The last release, whole, and of the same plan."""
    folder = out / f"v{version}"
    found = Package.load(folder)
    if found.descriptor.get("name") != package.descriptor.get("name"):
        names = {"found": str(found.descriptor.get("name")), "name": str(package.descriptor.get("name"))}
        raise UsageError("output_of_another_plan", path=str(out), **names)
    return found


def _announce(out: Path, version: str, manifest: str | None) -> None:
    """Write down what is about to change, for the next run if this one is cut short."""
    write_atomically(out / PENDING, json_bytes(PendingChange(version, manifest)._asdict()))
    flush_folder(out)


def _complete(out: Path, stored: Mapping[str, StoredRelease]) -> None:
    """Finish the change that was cut short before another one is announced in its place."""
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
    """Make sure that what was written is whole, and that all forms tell the same."""
    if problems := verify_release(folder).problems:
        raise ReleaseDamaged(str(folder / problems[0].path))
    if differing := differing_forms(Package.load(folder)):
        raise ReleaseDamaged(str(folder / differing[0]))


def _sync(out: Path, stored: Mapping[str, StoredRelease]) -> None:
    """Make everything beside the releases' folders from them; what is right already is not touched.

    Archives come before the index that lists them, and the index before what is shown of it. A withdrawal is in its
    own list first: once it is there, a crash does not lose it.
    """
    order = sorted(stored, key=version_numbers)
    notes = [stored[version].note for version in stored]
    latest = next((version for version in reversed(order) if stored[version].note.withdrawn is None), None)
    newest = stored[order[-1]].descriptor
    withdrawals = {v: _withdrawal(stored[v].note) for v in order if stored[v].note.withdrawn}
    if withdrawals:
        _write_if_new(out / WITHDRAWALS, json_bytes(withdrawals))
    entries = [_entry(out, stored[version]) for version in order]
    index = {"name": newest["name"], "title": newest["title"], "latest": latest, "releases": entries}
    _write_if_new(out / INDEX, json_bytes(index))
    _write_if_new(out / CHANGELOG, changelog_of(stored))
    publishers = (c["title"] for c in newest.get("contributors", ()) if "publisher" in (c.get("roles") or ()))
    author = next(publishers, newest["name"])
    feed = atom_feed(notes, newest["name"], newest["title"], author, Language.TH)
    _write_if_new(out / FEED, feed)
    _sync_latest(out, latest)
    flush_folder(out)
    (out / PENDING).unlink(missing_ok=True)


def _withdrawal(note: ReleaseNote) -> dict[str, str] | None:
    return {"reason": note.withdrawn.reason, "on": note.withdrawn.on.isoformat()} if note.withdrawn else None


def _entry(out: Path, one: StoredRelease) -> dict[str, Any]:
    """A release in the index; its archive is made where it is missing."""
    folder = out / f"v{one.note.version}"
    if not (out / one.archive_name).exists():
        write_atomically(out / one.archive_name, read_published(folder).archive)
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
    """``latest`` is a copy, since not every web server and file system has links."""
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
    """Whether a folder holds these files and no others; without files, whether there is no such folder."""
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
    """Remove what a crash left behind."""
    for pattern in (f"{_UNFINISHED}*", f"{_OLD}*", *_HALF_WRITTEN):
        for leftover in out.glob(pattern):
            remove(leftover)


@contextmanager
def _completing(out: Path) -> Iterator[None]:
    """Report differently what cannot be written once the release itself is in its place."""
    try:
        with system_errors_as("output_unwritable", out):
            yield
    except EnvironmentFailure as error:
        if error.code != "output_unwritable":
            raise
        raise EnvironmentFailure("release_unlisted", **error.params) from error
