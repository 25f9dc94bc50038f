"""The folder of releases: each version in its own folder, never changed again, and what is made from all of them.

A release is written into a hidden folder, read back, and renamed into place: that is the moment it exists. The index,
the archives, ``latest``, the change log and the feed are made from the folders; after a crash the next run makes them
again.

Folders, archives and index check each other: an archive holds what its folder holds, and the index has the hashes of
both. A withdrawal is in the index, in ``withdrawals.json`` and in the change log. Whoever alters one place is noticed,
and nothing is put right in silence: what does not agree is :class:`~khelang_opendata.model.failures.ReleaseDamaged`.

A run that is cut short leaves the places in disagreement, too. So it first writes down what it is about to do
(:data:`_PENDING`), and the next run, which the lock makes safe, accepts that and nothing else. What else a crash leaves
behind has a hidden name, and is removed.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from khelang_opendata.diff import ReleaseNote, Withdrawal
from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files import StrPath
from khelang_opendata.files.atomic import write_atomically
from khelang_opendata.files.serialize import hash_of, json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.characters import encodable
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged, UsageError, system_errors_as
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, plan_name
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.release.archive import ArchiveRefused, read_folder
from khelang_opendata.release.build import (
    Draft,
    Previous,
    Release,
    ReleaseOptions,
    Signer,
    build_release,
    draft_release,
)
from khelang_opendata.release.manifest import MANIFEST
from khelang_opendata.release.place import exchange, flush_folder, locked, remove, write_files
from khelang_opendata.release.published import PublishedRelease, read_published, read_withdrawal
from khelang_opendata.release.readback import differing_forms
from khelang_opendata.release.verify import verify
from khelang_opendata.render.changes_log import atom_feed, changelog_markdown
from khelang_opendata.standard.family import JsonObject, version_numbers

INDEX, LATEST, CHANGELOG, FEED = "index.json", "latest", "CHANGELOG.md", "feed.atom"
WITHDRAWALS = "withdrawals.json"
"""Beside the index where a release was withdrawn: version by version why, and since when."""

_PENDING = ".pending.json"
"""The change under way: ``version``, and the hash of its new ``manifest`` or None for a withdrawal."""

_LARGEST_INDEX = 64 * 2**20
"""Bytes; the index of ten thousand releases is a tenth of it."""

_UNFINISHED, _OLD = ".unfinished-", ".old-"
_HALF_WRITTEN = (
    *(f".{name}.*" for name in (INDEX, WITHDRAWALS, CHANGELOG, FEED)),
    f".{_PENDING}.*",
    ".*-v*.zip.*",
    ".long-name.*",
)
"""The temporary names of files that are written atomically."""

VERSION_FOLDER = re.compile(f"v{VERSION.pattern}")


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


@dataclass(frozen=True, slots=True)
class _StoredRelease:
    """A release in the folder: what is needed of it to make everything beside the folders."""

    note: ReleaseNote
    manifest: str
    archive_name: str
    archive_hash: str
    descriptor: JsonObject

    @classmethod
    def of(cls, release: PublishedRelease, withdrawn: Withdrawal | None) -> _StoredRelease:
        note = replace(release.note, withdrawn=withdrawn)
        archive = hash_of(release.archive)
        return cls(note, release.manifest_hash, release.archive_name, archive, release.descriptor)


def release_package(
    package: Package, out: StrPath, options: ReleaseOptions, *, sign: Signer | None = None, dry_run: bool = False
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

    Example:
        >>> from datetime import date
        >>> from khelang_opendata import withdraw
        >>> withdraw("releases", "1.0.0", "The budget of 2567 is wrong", date(2026, 12, 1))
    """
    out = Path(out)
    with system_errors_as("output_unwritable", out):
        if not VERSION.fullmatch(version) or not _folders_in(out):
            raise UsageError("version_unknown", version=version, path=str(out))
        with locked(out):
            _clear(out)
            standing = _standing_in(out)
            if version not in standing:
                raise UsageError("version_unknown", version=version, path=str(out))
            one = standing[version]
            if one.note.withdrawn is None:
                _complete(out, standing)
                _announce(out, version, None)
                withdrawn = Withdrawal(encodable(reason.strip()), day)
                standing[version] = replace(one, note=replace(one.note, withdrawn=withdrawn))
            _sync(out, standing)


def _published(
    package: Package, out: Path, options: ReleaseOptions, sign: Signer | None, first: Draft | None, *, dry_run: bool
) -> Outcome:
    standing = _standing_in(out)
    last = max(standing, key=version_numbers, default=None)
    previous = Previous(_package_of(out, last, package), last) if last else None
    draft = first if first and not last else draft_release(package, options, previous)
    if last and draft.is_unchanged:
        if not dry_run:
            _sync(out, standing)
        return Outcome(last, out / f"v{last}", len(read_folder(out / f"v{last}")), written=False)
    release = build_release(draft, sign)
    _refuse_what_is_not_ours(out, release, is_first=not last)
    if not dry_run:
        _complete(out, standing)
        _announce(out, release.version, hash_of(release.files[MANIFEST]))
        _write_folder(release, out)
        with _completing(out):
            flush_folder(out)
            written = _StoredRelease.of(read_published(out / release.folder), None)
            _sync(out, {**standing, release.version: written})
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


def is_store(folder: Path) -> bool:
    """Whether a folder is that of a plan's releases, even if its index is lost."""
    return any((folder / name).is_file() for name in (INDEX, WITHDRAWALS, FEED))


def releases_of(out: Path) -> dict[str, ReleaseNote]:
    """The releases in a folder by version, oldest first, each with its withdrawal.

    Raises:
        ReleaseDamaged: a release, an archive, the index or the list of withdrawals is not as it was published, or they
            do not agree.
    """
    return {version: one.note for version, one in _standing_in(out).items()}


def _standing_in(out: Path) -> dict[str, _StoredRelease]:
    """The releases in a folder by version, oldest first, after everything that says something of them was compared."""
    listed, withdrawals, pending = _read_index(out), _read_withdrawals(out), _read_pending(out)
    found = {folder.name[1:]: folder for folder in _folders_in(out)}
    for version in sorted({*(listed or ()), *withdrawals} - found.keys()):
        raise ReleaseDamaged(str(out / f"v{version}"))
    standing = {
        version: _compared(found[version], listed, withdrawals.get(version), pending)
        for version in sorted(found, key=version_numbers)
    }
    if standing and listed is None and pending is None and not _holds_bytes(out / CHANGELOG, _changelog(standing)):
        raise ReleaseDamaged(str(out / INDEX))  # the withdrawals may be lost, too
    return standing


def _folders_in(out: Path) -> list[Path]:
    return [path for path in out.glob("v*/") if VERSION_FOLDER.fullmatch(path.name)] if out.is_dir() else []


def _compared(
    folder: Path, listed: Mapping[str, _Listed] | None, withdrawn: Withdrawal | None, pending: _Pending | None
) -> _StoredRelease:
    """A release, if its folder, its archive, the index and the list of withdrawals agree about it.

    Args:
        folder: the release's folder.
        listed: what the index says by version; None where it is lost, and then the archive must be there.
        withdrawn: what the list of withdrawals says of it.
        pending: the change that was cut short.
    """
    release = read_published(folder)
    one, version = _StoredRelease.of(release, withdrawn), release.version
    archive = folder.parent / release.archive_name
    is_pending = pending is not None and pending.version == version
    if version != folder.name[1:]:
        raise ReleaseDamaged(str(folder))
    if archive.exists() and (not archive.is_file() or hash_of(archive.read_bytes()) != one.archive_hash):
        raise ReleaseDamaged(str(archive))
    entry = listed.get(version) if listed is not None else None
    if entry is None:
        is_new = is_pending and pending is not None and pending.manifest == one.manifest
        if not is_new and (listed is not None or not archive.exists()):
            raise ReleaseDamaged(str(folder.parent / INDEX))
        return one
    if (entry.manifest, entry.archive_hash) != (one.manifest, one.archive_hash):
        raise ReleaseDamaged(str(folder / MANIFEST))
    if entry.withdrawn != withdrawn and not is_pending:
        raise ReleaseDamaged(str(folder.parent / WITHDRAWALS))
    return replace(one, note=replace(one.note, withdrawn=withdrawn or entry.withdrawn))


def _read_index(out: Path) -> dict[str, _Listed] | None:
    """What the index says of each release; None where there is no index."""
    content = _read_beside(out / INDEX)
    if content is None:
        return None
    try:
        entries = [(entry["version"], _listed(entry)) for entry in content["releases"]]
        listed = dict(entries)
        is_sound = len(listed) == len(entries) and all(map(VERSION.fullmatch, listed))
    except (ValueError, KeyError, TypeError, AttributeError):
        is_sound = False
    if not is_sound:
        raise ReleaseDamaged(str(out / INDEX))
    return listed


def _listed(entry: Mapping[str, Any]) -> _Listed:
    withdrawn = read_withdrawal(entry["withdrawn"]) if entry["withdrawn"] is not None else None
    return _Listed(entry["manifest"], entry["archive_hash"], withdrawn)


def _read_withdrawals(out: Path) -> dict[str, Withdrawal]:
    """The withdrawals by version; nothing where there is no list of them."""
    content = _read_beside(out / WITHDRAWALS)
    try:
        withdrawals = {version: read_withdrawal(one) for version, one in (content or {}).items()}
    except (ValueError, AttributeError):
        raise ReleaseDamaged(str(out / WITHDRAWALS)) from None
    if content is not None and not all(map(VERSION.fullmatch, withdrawals)):
        raise ReleaseDamaged(str(out / WITHDRAWALS))
    return withdrawals


class _Pending(NamedTuple):
    """A change that was cut short: a new release with its manifest's hash, or a withdrawal without."""

    version: str
    manifest: str | None


def _read_pending(out: Path) -> _Pending | None:
    content = _read_beside(out / _PENDING)
    return _Pending(str(content.get("version")), content.get("manifest")) if content is not None else None


def _announce(out: Path, version: str, manifest: str | None) -> None:
    """Write down what is about to change, for the next run if this one is cut short."""
    write_atomically(out / _PENDING, json_bytes(_Pending(version, manifest)._asdict()))
    flush_folder(out)


def _complete(out: Path, standing: Mapping[str, _StoredRelease]) -> None:
    """Finish the change that was cut short before another one is announced in its place."""
    if (out / _PENDING).exists() and standing:
        _sync(out, standing)


def _read_beside(path: Path) -> Any:
    """A JSON file beside the releases; None where there is none.

    Raises:
        ReleaseDamaged: it is something else.
    """
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST_INDEX:
            raise ReleaseDamaged(str(path))
        content = read_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except JsonRefused:
        raise ReleaseDamaged(str(path)) from None
    if not isinstance(content, dict):
        raise ReleaseDamaged(str(path))
    return content


def _write_folder(release: Release, out: Path) -> None:
    unfinished = out / f"{_UNFINISHED}{release.folder}"
    try:
        write_files(unfinished, release.files)
        _check(unfinished)
        unfinished.rename(out / release.folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        if not (out / release.folder).exists():
            (out / _PENDING).unlink(missing_ok=True)
        raise


def _check(folder: Path) -> None:
    """Make sure that what was written is whole, and that all forms tell the same."""
    if problems := verify(folder).problems:
        raise ReleaseDamaged(str(folder / problems[0].path))
    if differing := differing_forms(Package.load(folder)):
        raise ReleaseDamaged(str(folder / differing[0]))


def _sync(out: Path, standing: Mapping[str, _StoredRelease]) -> None:
    """Make everything beside the releases' folders from them; what is right already is not touched.

    Archives come before the index that lists them, and the index before what is shown of it. A withdrawal is in its
    own list first: once it is there, a crash does not lose it.
    """
    order = sorted(standing, key=version_numbers)
    notes = [standing[version].note for version in standing]
    latest = next((version for version in reversed(order) if standing[version].note.withdrawn is None), None)
    newest = standing[order[-1]].descriptor
    withdrawals = {v: _withdrawal(standing[v].note) for v in order if standing[v].note.withdrawn}
    if withdrawals:
        _write_if_new(out / WITHDRAWALS, json_bytes(withdrawals))
    entries = [_entry(out, standing[version]) for version in order]
    index = {"name": newest["name"], "title": newest["title"], "latest": latest, "releases": entries}
    _write_if_new(out / INDEX, json_bytes(index))
    _write_if_new(out / CHANGELOG, _changelog(standing))
    publishers = (c["title"] for c in newest.get("contributors", ()) if "publisher" in (c.get("roles") or ()))
    author = next(publishers, newest["name"])
    feed = atom_feed(notes, newest["name"], newest["title"], author, Language.TH)
    _write_if_new(out / FEED, feed)
    _sync_latest(out, latest)
    flush_folder(out)
    (out / _PENDING).unlink(missing_ok=True)


def _changelog(standing: Mapping[str, _StoredRelease]) -> bytes:
    notes = [one.note for one in standing.values()]
    return "\n".join(changelog_markdown(notes, language) for language in Language).encode()


def _withdrawal(note: ReleaseNote) -> dict[str, str] | None:
    return {"reason": note.withdrawn.reason, "on": note.withdrawn.on.isoformat()} if note.withdrawn else None


def _entry(out: Path, one: _StoredRelease) -> dict[str, Any]:
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
    if not _holds_bytes(path, data):
        write_atomically(path, data)


def _holds_bytes(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


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
