"""The folder of releases: each version in its own folder, never changed again, and what is made from all of them.

A release is written into a hidden folder, read back, and renamed into place: that is the moment it exists. The index,
the archives, ``latest``, the change log and the feed are made from the folders; after a crash the next run makes them
again. Only the withdrawals stand nowhere but in the index: an index that is spoilt is refused, one that is lost is made
again without them.

What a crash leaves behind has a hidden name, and is removed by the next run, which the lock makes safe.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from khelang_opendata.catalogue import Language
from khelang_opendata.diff import ReleaseNote, Summary, Withdrawal
from khelang_opendata.errors import (
    ArchiveRefused,
    OutputOfAnotherPlan,
    OutputUnwritable,
    ReleaseDamaged,
    ReleaseUnlisted,
    VersionUnknown,
)
from khelang_opendata.files import json_bytes, write_atomically
from khelang_opendata.package import DESCRIPTOR, Package
from khelang_opendata.release.archive import read_folder
from khelang_opendata.release.build import (
    CHANGES,
    Draft,
    Options,
    Previous,
    Release,
    Signer,
    build_release,
    draft_release,
)
from khelang_opendata.release.manifest import MANIFEST
from khelang_opendata.release.place import exchange, flush_folder, hash_of, locked, remove, write_files
from khelang_opendata.release.readback import differing_forms
from khelang_opendata.release.verify import archive_of, verify_release
from khelang_opendata.render.cells import encodable
from khelang_opendata.render.changes_log import atom_feed, changelog_markdown

INDEX, LATEST, CHANGELOG, FEED = "index.json", "latest", "CHANGELOG.md", "feed.atom"
_UNFINISHED, _OLD = ".unfinished-", ".old-"
_HALF_WRITTEN = (f".{INDEX}.*", f".{CHANGELOG}.*", f".{FEED}.*", ".*-v*.zip.*")
"""The temporary names of files that are written atomically."""

VERSION_FOLDER = re.compile(r"v(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a release: where it stands, how many files it has, and whether this run wrote it."""

    version: str
    path: Path
    files: int
    written: bool


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the index says of a release, and what does not stand in the release itself."""

    manifest: str
    archive_hash: str
    withdrawn: Withdrawal | None


def publish_release(
    package: Package, out: Path, options: Options, *, sign: Signer | None = None, dry_run: bool = False
) -> Outcome:
    """Release a package below ``out``, unless the release before tells the same.

    Args:
        package: what is released.
        out: the folder of all releases of this plan; it is made where it does not exist.
        options: what the publisher says.
        sign: what signs the release, None to leave it unsigned.
        dry_run: find out what would happen, and write nothing.

    Raises:
        DataRefused: the package cannot be released as it stands (see :func:`draft_release`).
        OutputOfAnotherPlan: ``out`` is the folder of another plan.
        ReleaseLocked: another process is releasing into ``out``.
        ReleaseDamaged: a release before, or the one just written, is not what its manifest says.
        OutputUnwritable: the system refuses to write, or what stands in ``out`` is not ours; nothing was released.
        ReleaseUnlisted: the release stands, but not everything beside it could be written.
    """
    with _telling_failures(out):
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
        VersionUnknown: there is no such release.
        ReleaseLocked: another process is releasing into ``out``.
        ReleaseDamaged: a release, or the index, is not as it was published.
        OutputUnwritable: the system refuses to write.
    """
    with _telling_failures(out):
        if not (out / f"v{version}").is_dir():
            raise VersionUnknown(version=version, path=str(out))
        with locked(out):
            _clear(out)
            notes = releases_of(out)
            if version not in notes:
                raise VersionUnknown(version=version, path=str(out))
            if notes[version].withdrawn is None:
                notes[version] = replace(notes[version], withdrawn=Withdrawal(encodable(reason.strip()), day))
            _sync(out, notes)


def _published(
    package: Package, out: Path, options: Options, sign: Signer | None, first: Draft | None, *, dry_run: bool
) -> Outcome:
    notes = releases_of(out)
    last = max(notes, key=_number, default=None)
    previous = Previous(_package_of(out, last, package), last) if last else None
    draft = first if first and not last else draft_release(package, options, previous)
    if last and draft.is_unchanged:
        if not dry_run:
            _sync(out, notes)
        return Outcome(last, out / f"v{last}", len(read_folder(out / f"v{last}")), written=False)
    if not last:
        _refuse_what_is_not_ours(out)
    release = build_release(draft, sign)
    if not dry_run:
        _write_folder(release, out)
        with _completing(out):
            _sync(out, {**notes, release.version: release.note})
    return Outcome(release.version, out / release.folder, len(release.files), written=True)


def _refuse_what_is_not_ours(out: Path) -> None:
    """Where there is no release yet, files of our names are somebody else's."""
    for path in (out / name for name in (INDEX, LATEST, CHANGELOG, FEED)):
        if os.path.lexists(path):
            raise OutputUnwritable(path=str(path), reason=os.strerror(errno.EEXIST))


def _package_of(out: Path, version: str, package: Package) -> Package:
    """The last release, whole, and of the same plan."""
    folder = out / f"v{version}"
    found = Package.load(folder)
    if found.descriptor.get("name") != package.descriptor.get("name"):
        names = {"found": str(found.descriptor.get("name")), "name": str(package.descriptor.get("name"))}
        raise OutputOfAnotherPlan(path=str(out), **names)
    return found


def releases_of(out: Path) -> dict[str, ReleaseNote]:
    """The releases that stand in a folder by version, oldest first, with the withdrawals that the index tells of.

    Raises:
        ReleaseDamaged: one of them, or the index, is not as it was published, or is gone.
    """
    listed = _read_index(out)
    folders = [path for path in out.glob("v*/") if VERSION_FOLDER.fullmatch(path.name)] if out.is_dir() else []
    found = {folder.name[1:]: folder for folder in folders}
    if lost := sorted(listed.keys() - found.keys()):
        raise ReleaseDamaged(path=str(out / f"v{lost[0]}"))
    return {
        version: _note(found[version], listed[version].withdrawn if version in listed else None)
        for version in sorted(found, key=_number)
    }


def _read_index(out: Path) -> dict[str, _Listed]:
    """What the index says of each release; nothing where there is no index."""
    try:
        entries = json.loads((out / INDEX).read_text(encoding="utf-8"))["releases"]
        return {entry["version"]: _listed(entry) for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ReleaseDamaged(path=str(out / INDEX)) from None


def _listed(entry: Mapping[str, Any]) -> _Listed:
    told = entry["withdrawn"]
    withdrawn = Withdrawal(told["reason"], date.fromisoformat(told["on"])) if told else None
    return _Listed(entry["manifest"], entry["archive_hash"], withdrawn)


def _note(folder: Path, withdrawn: Withdrawal | None) -> ReleaseNote:
    problems = verify_release(folder).problems
    if problems:
        raise ReleaseDamaged(path=str(folder / problems[0].path))
    try:
        told = json.loads((folder / CHANGES).read_text(encoding="utf-8"))
        summary = Summary.from_json(told["summary"]) if told["summary"] is not None else None
        note = ReleaseNote(told["version"], date.fromisoformat(told["released_on"]), told["note"], withdrawn, summary)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ReleaseDamaged(path=str(folder / CHANGES)) from None
    if note.version != folder.name[1:]:
        raise ReleaseDamaged(path=str(folder))
    return note


def _write_folder(release: Release, out: Path) -> None:
    unfinished = out / f"{_UNFINISHED}{release.folder}"
    try:
        write_files(unfinished, release.files)
        _check(unfinished)
        unfinished.rename(out / release.folder)
        flush_folder(out)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _check(folder: Path) -> None:
    """Make sure that what was written is whole, and that all forms tell the same."""
    if problems := verify_release(folder).problems:
        raise ReleaseDamaged(path=str(folder / problems[0].path))
    if differing := differing_forms(Package.load(folder)):
        raise ReleaseDamaged(path=str(folder / differing[0]))


def _sync(out: Path, notes: Mapping[str, ReleaseNote]) -> None:
    """Make everything beside the releases' folders from them; what is right already is not touched.

    The index comes before what is shown of it: once a withdrawal stands there, a crash does not lose it.
    """
    listed = _read_index(out)
    order = sorted(notes, key=_number)
    latest = next((version for version in reversed(order) if notes[version].withdrawn is None), None)
    descriptor = json.loads((out / f"v{order[-1]}" / DESCRIPTOR).read_text(encoding="utf-8"))
    entries = [_entry(out, notes[version], listed.get(version)) for version in order]
    index = {"name": descriptor["name"], "title": descriptor["title"], "latest": latest, "releases": entries}
    _write_if_new(out / INDEX, json_bytes(index))
    logs = [changelog_markdown(notes.values(), language) for language in Language]
    _write_if_new(out / CHANGELOG, "\n".join(logs).encode())
    publishers = (c["title"] for c in descriptor["contributors"] if "publisher" in c.get("roles", ()))
    author = next(publishers, descriptor["name"])
    feed = atom_feed(notes.values(), descriptor["name"], descriptor["title"], author, Language.TH)
    _write_if_new(out / FEED, feed)
    _sync_latest(out, latest)
    flush_folder(out)


def _entry(out: Path, note: ReleaseNote, listed: _Listed | None) -> dict[str, Any]:
    """A release in the index; its archive is made where it is not the one that the index lists."""
    folder = out / f"v{note.version}"
    descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    manifest = hash_of((folder / MANIFEST).read_bytes())
    archive = out / f"{descriptor['name']}-v{note.version}.zip"
    known = listed.archive_hash if listed and listed.manifest == manifest else None
    made = (
        known if known and archive.is_file() and hash_of(archive.read_bytes()) == known else _archive(folder, archive)
    )
    withdrawn = {"reason": note.withdrawn.reason, "on": note.withdrawn.on.isoformat()} if note.withdrawn else None
    return {
        "version": note.version,
        "path": f"{folder.name}/",
        "archive": archive.name,
        "archive_hash": made,
        "released_on": note.released_on.isoformat(),
        "schema": descriptor["conformsTo"],
        "manifest": manifest,
        "note": note.note,
        "withdrawn": withdrawn,
    }


def _archive(folder: Path, archive: Path) -> str:
    """Make a release's archive where it is missing or another, and give its hash."""
    data = archive_of(read_folder(folder))
    if data is None:
        raise ReleaseDamaged(path=str(folder / DESCRIPTOR))
    _write_if_new(archive, data)
    return hash_of(data)


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
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, data)


def _clear(out: Path) -> None:
    """Remove what a crash left behind."""
    for pattern in (f"{_UNFINISHED}*", f"{_OLD}*", *_HALF_WRITTEN):
        for leftover in out.glob(pattern):
            remove(leftover)


def _number(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


@contextmanager
def _telling_failures(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(path=error.filename or str(out), reason=error.strerror or str(error)) from error


@contextmanager
def _completing(out: Path) -> Iterator[None]:
    """Tell of what cannot be written once the release itself stands."""
    try:
        yield
    except OutputUnwritable as error:
        raise ReleaseUnlisted(**error.params) from error
    except OSError as error:
        raise ReleaseUnlisted(path=error.filename or str(out), reason=error.strerror or str(error)) from error
