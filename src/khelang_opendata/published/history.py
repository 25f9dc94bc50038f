"""All releases of a plan in their folder, read and compared with the index and the list of withdrawals."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from khelang_opendata.diff import ReleaseNote, Withdrawal
from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import ReleaseDamaged
from khelang_opendata.model.wording import Language
from khelang_opendata.published.content import PublishedRelease, read_published, read_withdrawal
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.render.changes_log import atom_feed, changelog_markdown
from khelang_opendata.standard.family import version_numbers
from khelang_opendata.standard.tables import JsonObject

INDEX, LATEST, CHANGELOG, FEED = "index.json", "latest", "CHANGELOG.md", "feed.atom"
WITHDRAWALS = "withdrawals.json"
"""The reason and day of each withdrawal by version; exists once a release was withdrawn."""

PENDING = ".pending.json"
"""The change under way: ``version``, and the hash of its new ``manifest`` or None for a withdrawal."""

_LARGEST_INDEX = 64 * 2**20
"""Bytes; the index of ten thousand releases is a tenth of it."""

VERSION_FOLDER = re.compile(f"v{VERSION.pattern}")


def named_release(path: Path) -> Path:
    """The folder of the release that a path names, which for a folder of releases is the latest one.

    Args:
        path: a path, which need not exist; it is the result where it names no release.

    Raises:
        OSError: the system does not let the path be looked at.
    """
    return next((folder for folder in (path, path / LATEST) if (folder / MANIFEST).is_file()), path)


@dataclass(frozen=True, slots=True)
class _IndexEntry:
    """The part of an index entry that the release itself does not hold."""

    manifest: str
    archive_hash: str
    withdrawn: Withdrawal | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> _IndexEntry:
        withdrawn = read_withdrawal(entry["withdrawn"]) if entry["withdrawn"] is not None else None
        return cls(entry["manifest"], entry["archive_hash"], withdrawn)


@dataclass(frozen=True, slots=True)
class StoredRelease:
    """A release in its folder, reduced to what the index, the change log and the feed need."""

    note: ReleaseNote
    manifest: str
    archive_name: str
    archive_hash: str
    descriptor: JsonObject

    @classmethod
    def of(cls, release: PublishedRelease, withdrawn: Withdrawal | None, archive: bytes) -> StoredRelease:
        note = replace(release.note, withdrawn=withdrawn)
        return cls(note, release.manifest_hash, release.archive_name, hash_of(archive), release.descriptor)


def is_store(folder: Path) -> bool:
    """Whether a folder holds a plan's releases, even if its index is lost."""
    return any((folder / name).is_file() for name in (INDEX, WITHDRAWALS, FEED))


def releases_of(out: Path) -> dict[str, ReleaseNote]:
    """The releases in a folder by version, oldest first, each with its withdrawal.

    Raises:
        ReleaseDamaged: a release, an archive, the index or the list of withdrawals differs from what was
            published, or they do not agree.
    """
    return {version: one.note for version, one in read_history(out).items()}


def read_history(out: Path) -> dict[str, StoredRelease]:
    """The releases in a folder by version, oldest first, compared with archives, index and withdrawals."""
    listed, withdrawals, announced = _read_index(out), _read_withdrawals(out), _read_beside(out / PENDING)
    pending = PendingChange(str(announced.get("version")), announced.get("manifest")) if announced is not None else None
    found = {folder.name[1:]: folder for folder in folders_in(out)}
    for version in sorted({*(listed or ()), *withdrawals} - found.keys()):
        raise ReleaseDamaged(str(out / f"v{version}"))
    stored = {
        version: _compared(found[version], listed, withdrawals.get(version), pending)
        for version in sorted(found, key=version_numbers)
    }
    if stored and listed is None and pending is None and not holds_bytes(out / CHANGELOG, changelog_of(stored)):
        raise ReleaseDamaged(str(out / INDEX))  # the withdrawals may be lost, too
    return stored


def folders_in(out: Path) -> list[Path]:
    """The folders of releases below ``out``, in no order; empty where ``out`` does not exist."""
    return [path for path in out.glob("v*/") if VERSION_FOLDER.fullmatch(path.name)] if out.is_dir() else []


def _compared(
    folder: Path, listed: Mapping[str, _IndexEntry] | None, withdrawn: Withdrawal | None, pending: PendingChange | None
) -> StoredRelease:
    """A release, if its folder, its archive, the index and the list of withdrawals agree about it.

    ``listed`` is None if the index is lost, and then the archive must exist; ``pending`` is the interrupted change.
    """
    release = read_published(folder)
    version, archive = release.version, folder.parent / release.archive_name
    is_pending = pending is not None and pending.version == version
    if version != folder.name[1:]:
        raise ReleaseDamaged(str(folder))
    entry = listed.get(version) if listed is not None else None
    one = StoredRelease.of(release, withdrawn, _archive_of(release, archive, entry))
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


def _archive_of(release: PublishedRelease, path: Path, entry: _IndexEntry | None) -> bytes:
    """The archive of a release as it is, or is made again: that of the index, which other builds of zlib cannot make.

    ReleaseDamaged where the file is not its archive, or the lost one cannot be made again.
    """
    if path.exists():
        if not path.is_file() or not release.is_archived_in(path):
            raise ReleaseDamaged(str(path))
        return path.read_bytes()
    if entry is None or entry.manifest != release.manifest_hash:
        return release.archive
    if (again := release.archive_with(entry.archive_hash)) is None:
        raise ReleaseDamaged(str(path))
    return again


def newest_listed(out: Path) -> str | None:
    """The version of the newest release that the index lists and that is not withdrawn; None where there is none.

    Raises:
        ReleaseDamaged: the index has not its form.
    """
    listed = (_read_index(out) or {}).items()
    return max((version for version, one in listed if one.withdrawn is None), key=version_numbers, default=None)


def _read_index(out: Path) -> dict[str, _IndexEntry] | None:
    """The entries of the index by version; None without an index."""
    content = _read_beside(out / INDEX)
    if content is None:
        return None
    try:
        listed = {entry["version"]: _IndexEntry.of(entry) for entry in content["releases"]}
        is_sound = len(listed) == len(content["releases"]) and all(map(VERSION.fullmatch, listed))
    except (ValueError, KeyError, TypeError, AttributeError):
        is_sound = False
    if not is_sound:
        raise ReleaseDamaged(str(out / INDEX))
    return listed


def _read_withdrawals(out: Path) -> dict[str, Withdrawal]:
    """The withdrawals by version; empty without a list."""
    content = _read_beside(out / WITHDRAWALS)
    try:
        withdrawals = {version: read_withdrawal(one) for version, one in (content or {}).items()}
    except (ValueError, AttributeError):
        raise ReleaseDamaged(str(out / WITHDRAWALS)) from None
    if content is not None and not all(map(VERSION.fullmatch, withdrawals)):
        raise ReleaseDamaged(str(out / WITHDRAWALS))
    return withdrawals


class PendingChange(NamedTuple):
    """An interrupted change: a new release with its manifest's hash, or a withdrawal without one."""

    version: str
    manifest: str | None


def _read_beside(path: Path) -> Any:
    """A JSON object in an ordinary file beside the releases, else ReleaseDamaged; None if missing."""
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


def changelog_of(stored: Mapping[str, StoredRelease]) -> bytes:
    """``CHANGELOG.md`` of these releases, in Thai and then in English."""
    notes = [one.note for one in stored.values()]
    return "\n".join(changelog_markdown(notes, language) for language in Language).encode()


def feed_of(notes: Iterable[ReleaseNote], descriptor: JsonObject, base_url: str | None = None) -> bytes:
    """``feed.atom`` of these releases.

    Args:
        notes: the releases' notes with their withdrawals, at least one.
        descriptor: the newest release's, which names the plan and its publisher.
        base_url: the address of the folder of all releases; None for links relative to the feed.
    """
    publishers = (c["title"] for c in descriptor.get("contributors", ()) if "publisher" in (c.get("roles") or ()))
    author = next(publishers, descriptor["name"])
    return atom_feed(notes, descriptor["name"], descriptor["title"], author, Language.TH, base_url)


def holds_bytes(path: Path, data: bytes) -> bool:
    """Whether a file exists and has exactly this content."""
    return path.is_file() and path.read_bytes() == data
