"""The folder of a static web server: every release, the files beside them, and a page that shows it all.

Everything that is new is written into one hidden folder and read back; then each file and folder is renamed into its
place: what refers to others after them, the page last, and only then what goes is taken away. So whatever a crash
leaves, the page and the index refer to what is there, and the next run, which the lock makes safe, does the rest.

Unknown files are never changed. Ours is what carries our name for the plan: an index or a release that names it,
a page with our mark, an archive called after it; beside such an index, the change log, the feed and ``latest`` too.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from khelang_opendata.files import StrPath
from khelang_opendata.files.place import LOCK, exchange, flush_folder, locked, remove, write_files
from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged, UsageError, system_errors_as
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.portals.folder_page import index_html, plan_of_page
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.published import verify
from khelang_opendata.published.archive import ArchiveRefused, read_folder
from khelang_opendata.published.history import CHANGELOG, FEED, INDEX, LATEST, VERSION_FOLDER, WITHDRAWALS, is_store

PAGE = "index.html"
_STAGING = ".unfinished-publish"
_ARCHIVE = re.compile(rf"(?P<plan>.+)-{VERSION_FOLDER.pattern}\.zip")

_Piece = bytes | Mapping[str, bytes]
"""The content under a name: a file, or a folder's files by path."""


@dataclass(frozen=True, slots=True)
class FolderOutcome:
    """What became of each file and folder, by name; ``version`` is the one the page shows, None if there is none."""

    version: str | None
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def written(self) -> bool:
        """Whether anything changed, or would change."""
        return bool(self.added or self.replaced or self.removed)


@dataclass(frozen=True)
class _Site:
    """What a folder is to hold: its pieces in the order in which they are put there."""

    plan: str
    version: str | None
    pieces: Mapping[str, _Piece]


def publish_folder(releases: StrPath, target: StrPath, *, dry_run: bool = False, force: bool = False) -> FolderOutcome:
    """Make the folder of a web server show what a folder of releases has, whole or not at all.

    Args:
        releases: the folder of a plan's releases, or the newest release in it.
        target: the web server's folder; it is made where it does not exist.
        dry_run: find out what would happen, and write nothing.
        force: put published releases right that were altered, and take away those that ``releases`` does not have.

    Raises:
        UsageError: ``releases`` is no folder of releases.
        UsageError: it is a release that was withdrawn, or not the newest.
        ReleaseDamaged: a release is not as it was released, or not as it was written.
        DataError: it is not safe to read.
        EnvironmentFailure: the files beside the releases do not list them all.
        EnvironmentFailure: the system refuses to read a release.
        UsageError: ``target`` overlaps with ``releases``, is another plan's, or has a link or an unknown file
            where the publisher writes.
        EnvironmentFailure: a release in ``target`` was altered, or ``releases`` does not have it; see ``force``.
        EnvironmentFailure: the system refuses to read or write ``target``; each piece there is the old or the new one.
        EnvironmentFailure: another process is publishing there.

    Example:
        >>> from khelang_opendata import publish_folder
        >>> publish_folder("releases", "website").version
        '1.0.0'
    """
    releases, target = Path(releases), Path(target)
    with system_errors_as("file_unreadable", releases):
        root = _root_of(releases)
        site = _site_of(root, read_publication(releases))
    with system_errors_as("folder_unwritable", target):
        _refuse_overlap(root, target)
        outcome = _compared(site, target, force=force)
        if dry_run or not (outcome.written or os.path.lexists(target / _STAGING)):
            return outcome
        _make(target)
        with locked(target):
            remove(target / _STAGING)
            outcome = _compared(site, target, force=force)
            _apply(outcome, site, target)
    return outcome


def _root_of(releases: Path) -> Path:
    """The folder of all releases, given it or a release in it."""
    folders = (releases, releases.absolute().parent)
    root = next((folder for folder in folders if is_store(folder)), None)
    if root is None or (root != releases and not (releases.name == LATEST or VERSION_FOLDER.fullmatch(releases.name))):
        raise UsageError("no_release", path=str(releases))
    return root


def _refuse_overlap(root: Path, target: Path) -> None:
    if target.is_symlink() and not target.exists():
        raise UsageError("folder_refused", "link", path=str(target))
    ours, theirs = root.resolve(), target.resolve()
    if ours == theirs or ours in theirs.parents or theirs in ours.parents:
        raise UsageError("folder_refused", "overlaps", path=str(target), releases=str(root))
    refuse_protected(target, target, may_hold_releases=True)


def _site_of(root: Path, publication: Publication) -> _Site:
    versions: dict[str, Mapping[str, bytes]] = {
        f"v{note.version}": read_folder(root / f"v{note.version}") for note in publication.history
    }
    archives = {one.path: one.data for one in publication.distributions if one.entry is None}
    names = (*((WITHDRAWALS,) if any(n.withdrawn for n in publication.history) else ()), INDEX, CHANGELOG, FEED)
    beside = {name: _beside(root / name) for name in names}
    if not _lists(beside[INDEX], publication, archives):
        raise EnvironmentFailure("releases_unfinished", path=str(root / INDEX))
    shown = versions.get(f"v{publication.current_version}")
    latest = {LATEST: shown} if shown else {}
    page = {PAGE: index_html(publication, shown)}
    plan = str(publication.descriptor["name"])
    return _Site(plan, publication.current_version, {**versions, **archives, **latest, **beside, **page})


def _beside(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFailure("releases_unfinished", path=str(path)) from None


def _lists(index: bytes, publication: Publication, archives: Mapping[str, bytes]) -> bool:
    """Whether an index lists these releases and no others."""
    content = read_json(index)  # its shape was checked when the releases were read
    listed = {entry["version"]: entry["archive_hash"] for entry in content["releases"]}
    versions = (note.version for note in reversed(publication.history))  # newest first
    hashes = map(hash_of, archives.values())
    return listed == dict(zip(versions, hashes, strict=True)) and content.get("latest") == publication.current_version


def _compared(site: _Site, target: Path, *, force: bool) -> FolderOutcome:
    """What is to happen in a folder; nothing is written yet."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target))
    indexed = _is_indexed(target, site.plan)
    for name in (LOCK, LATEST):  # where we write even if there is nothing to put there
        _standing(target / name)
    outcome: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": []}
    for name, piece in site.pieces.items():
        found = _standing(target / name)
        if found is not None and found != piece:
            _refuse_unless_ours(target / name, found, site.plan, indexed=indexed)
            _refuse_unless_changing(target / name, found, piece, force=force)
        outcome["added" if found is None else "unchanged" if found == piece else "replaced"].append(name)
    removed = tuple(_outdated(site, target, indexed=indexed))
    if ahead := [name for name in removed if name != LATEST and not force]:
        raise EnvironmentFailure("folder_differs", "ahead", path=str(target / ahead[0]))
    return FolderOutcome(site.version, removed=removed, **{key: tuple(names) for key, names in outcome.items()})


def _is_indexed(target: Path, plan: str) -> bool:
    """Whether a folder has the index of a plan's releases."""
    index = _standing(target / INDEX)
    if index is None:
        return False
    name = _name_in(index) if isinstance(index, bytes) and b'"releases"' in index else None
    if name is None:
        raise UsageError("folder_refused", "not_ours", path=str(target / INDEX))
    if name != plan:
        raise UsageError("folder_refused", "another_plan", path=str(target), found=name, name=plan)
    return True


def _standing(path: Path) -> _Piece | None:
    """Return the content under a name, None if nothing exists.

    Raises:
        UsageError: a link, something that is neither file nor folder, or a folder that holds one or far too much.
    """
    try:
        if not path.is_symlink() and path.is_dir():
            return read_folder(path)
    except ArchiveRefused as refused:
        variant = "link" if refused.params["variant"] == "link" else "not_ours"  # more than a release could ever hold
        raise UsageError("folder_refused", variant, path=str(path / str(refused.params.get("entry", "")))) from None
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError("folder_refused", "link", path=str(path))
    return path.read_bytes() if path.exists() else None


def _refuse_unless_ours(path: Path, found: _Piece, plan: str, *, indexed: bool) -> None:
    owner = _owner_of(path.name, found) or (plan if indexed and path.name != PAGE else None)
    is_folder = path.name == LATEST or VERSION_FOLDER.fullmatch(path.name) is not None
    if owner is None or isinstance(found, bytes) == is_folder:
        raise UsageError("folder_refused", "not_ours", path=str(path))
    if owner != plan:
        raise UsageError("folder_refused", "another_plan", path=str(path), found=owner, name=plan)


def _owner_of(name: str, found: _Piece) -> str | None:
    """The plan that a piece names, None if it names none."""
    if not isinstance(found, bytes):
        return _name_in(found.get(DESCRIPTOR, b""))
    archive = _ARCHIVE.fullmatch(name)
    return plan_of_page(found) if name == PAGE else archive["plan"] if archive else None


def _refuse_unless_changing(path: Path, found: _Piece, piece: _Piece, *, force: bool) -> None:
    """A version's folder and archive never change; those that did were altered."""
    if force or not (path.suffix == ".zip" or VERSION_FOLDER.fullmatch(path.name)):
        return
    if isinstance(found, bytes) or isinstance(piece, bytes):
        raise EnvironmentFailure("folder_differs", "altered", path=str(path))
    differing = min(name for name in {*found, *piece} if found.get(name) != piece.get(name))
    raise EnvironmentFailure("folder_differs", "altered", path=str(path / differing))


def _outdated(site: _Site, target: Path, *, indexed: bool) -> Iterator[str]:
    """What is ours in a folder and not to be there any more."""
    for path in sorted(target.iterdir()) if target.is_dir() else ():
        if path.name in site.pieces or path.is_symlink():
            continue
        folder = path.name == LATEST or VERSION_FOLDER.fullmatch(path.name)
        descriptor = path / DESCRIPTOR
        named = folder and descriptor.is_file() and _name_in(descriptor.read_bytes()) == site.plan
        archive = _ARCHIVE.fullmatch(path.name)
        if named or (path.name == LATEST and indexed) or (archive and archive["plan"] == site.plan):
            yield path.name


def _name_in(descriptor: bytes) -> str | None:
    """The plan's name in an index or a descriptor, None where it is neither."""
    try:
        name = read_json(descriptor)["name"]
    except (JsonRefused, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def _make(target: Path) -> None:
    if not target.is_dir():
        target.mkdir(parents=True)
        target.chmod(0o755)


def _apply(outcome: FolderOutcome, site: _Site, target: Path) -> None:
    staging = target / _STAGING
    try:
        staging.mkdir(mode=0o700)
        _stage(staging, {name: site.pieces[name] for name in (*outcome.added, *outcome.replaced)})
        _place(outcome, site, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _stage(staging: Path, pieces: Mapping[str, _Piece]) -> None:
    """Write pieces to a hidden folder, readable by a web server whatever the umask, and read releases back."""
    for name, piece in pieces.items():
        if isinstance(piece, bytes):
            write_files(staging, {name: piece})
        else:
            write_files(staging / name, piece)
    for path in staging.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for name in (name for name, piece in pieces.items() if not isinstance(piece, bytes)):
        if problems := verify(staging / name).problems:
            raise ReleaseDamaged(str(staging / name / problems[0].path))


def _place(outcome: FolderOutcome, site: _Site, target: Path) -> None:
    """Put what was written into its place; each name reaches the disk before the next, which may refer to it."""
    staging = target / _STAGING
    for name in (name for name in site.pieces if name not in outcome.unchanged):
        new, place = staging / name, target / name
        if name in outcome.replaced and place.is_dir():
            exchange(new, place, staging / f"old-{name}")
        else:
            new.replace(place)
        flush_folder(target)
    for name in outcome.removed:
        (target / name).rename(staging / f"old-{name}")
    flush_folder(target)
