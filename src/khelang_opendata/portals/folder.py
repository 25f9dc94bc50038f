"""Publish to the folder of a static web server: every release, the files about them, and the pages that show them.

A web server reads the folder at any moment, and a crash may happen at any moment. So all new files are written to a
hidden folder first and read back; then each file and folder is renamed into its place, in this order: releases,
archives, ``latest``, the index with its companions, the folders of pages, the first page, and removals last. Whatever
refers to other files comes after them, so the pages and the index never list a file that is missing. The next run
completes an interrupted one; a lock keeps two runs apart.

Unknown files are never overwritten. A file or folder belongs to the plan if it names the plan: an index or a release
with its name, a page with its mark, an archive with its file name, a folder of pages with its list of files. Beside an
index of the plan, the change log, the feed and ``latest`` belong to it, too.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from khelang_opendata.files import StrPath
from khelang_opendata.files.place import LOCK, exchange, flush_folder, locked, remove, write_files
from khelang_opendata.files.serialize import hash_of, json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import EnvironmentFailure, ReleaseDamaged, UsageError, system_errors_as
from khelang_opendata.package.datapackage import DESCRIPTOR
from khelang_opendata.package.outputs import refuse_protected
from khelang_opendata.portals.publication import Publication, read_publication, releases_folder
from khelang_opendata.published import verify
from khelang_opendata.published.archive import ArchiveRefused, read_folder
from khelang_opendata.published.history import CHANGELOG, FEED, INDEX, LATEST, VERSION_FOLDER, WITHDRAWALS, feed_of
from khelang_opendata.published.no_release import no_release
from khelang_opendata.published.page_mark import plan_of_page

PAGE = "index.html"
FOR_SEARCH_ENGINES = ("robots.txt", "sitemap.xml")

PAGES_LIST = "pages.json"
"""In a folder of pages: the plan's name and the files that this program wrote there."""

STAGING = ".unfinished-publish"
_NOT_IN_ADDRESS = re.compile(r"[^!-~]|[<>\"\\^`{|}]")
"""What an address holds in escaped form only (RFC 3986)."""
_LONGEST_SHOWN = 80
_ARCHIVE = re.compile(rf"(?P<plan>.+)-{VERSION_FOLDER.pattern}\.zip")

_Content = bytes | Mapping[str, bytes]
"""The content of a name in the folder: a file's bytes, or the files of a subfolder by path."""

Pages = Callable[[Path], Mapping[str, bytes]]
"""Makes the pages from the folder of the releases: their files by path, the first page by the name of ``PAGE``."""


@dataclass(frozen=True, slots=True)
class FolderOutcome:
    """The outcome of a publication to a folder.

    Attributes:
        version: the version that the page shows; None if all releases were withdrawn.
        added: the names of new files and folders.
        replaced: the names of replaced ones.
        removed: the names of removed ones.
        unchanged: the names of ones that had the right content.
    """

    version: str | None
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]

    @property
    def written(self) -> bool:
        """Whether anything changed, or would change in a dry run."""
        return bool(self.added or self.replaced or self.removed)


@dataclass(frozen=True)
class _Site:
    """The desired content of the folder: files and subfolders by name, in the order in which they are placed."""

    plan: str
    version: str | None
    contents: Mapping[str, _Content]


def publish_folder(
    releases: StrPath,
    target: StrPath,
    *,
    pages: Pages | None = None,
    dry_run: bool = False,
    force: bool = False,
    base_url: str | None = None,
) -> FolderOutcome:
    """Publish a folder of releases to the folder of a web server, completely or not at all.

    Args:
        releases: the folder of a plan's releases, or the newest release in it.
        target: the web server's folder; it is created if it does not exist.
        pages: makes the pages that show the releases, such as
            :func:`~khelang_opendata.site.plan_site.pages_of_releases`; without it there are none.
        dry_run: report the changes and write nothing.
        force: replace published releases that were altered, and remove those that ``releases`` does not have.
        base_url: the address of the folder on the web, for absolute links in the feed and in what search engines read.

    Returns:
        The names of the files and folders that were added, replaced, removed or unchanged.

    Raises:
        UsageError: ``releases`` holds no release, or is one that was withdrawn or is not the newest.
        ReleaseDamaged: a release was altered after it was made, or does not read back as it was written.
        DataError: a release is not safe to read.
        EnvironmentFailure: a release cannot be read, or the index beside the releases does not list them all.
        UsageError: ``base_url`` is no address of a folder on the web.
        UsageError: ``target`` overlaps with ``releases``, belongs to another plan, or has a link or an unknown file
            where this function writes.
        EnvironmentFailure: a release in ``target`` was altered, or ``releases`` does not have it; see ``force``.
        EnvironmentFailure: ``target`` cannot be read or written; each file there is the old or the new one.
        EnvironmentFailure: another process publishes to ``target``.

    Example:
        >>> from khelang_opendata import publish_folder
        >>> publish_folder("releases", "website").version
        '1.0.0'
    """
    releases, target = Path(releases), Path(target)
    base = checked_base(base_url) if base_url is not None else None
    with system_errors_as("file_unreadable", releases):
        root = releases_folder(releases)
        if root is None:
            raise no_release(releases)
        site = _site_of(root, read_publication(releases), pages, base)
    with system_errors_as("folder_unwritable", target):
        _refuse_overlap(root, target)
        return _published(site, target, dry_run=dry_run, force=force)


def publish_pages(files: Mapping[str, bytes], target: StrPath, name: str, *, dry_run: bool = False) -> FolderOutcome:
    """Publish pages that are of no single plan to a folder, completely or not at all.

    Args:
        files: the pages' files by path.
        target: the folder; it is created if it does not exist.
        name: what the pages' marks name in place of a plan.
        dry_run: report the changes and write nothing.

    Returns:
        The names of the files and folders that were added, replaced, removed or unchanged.

    Raises:
        UsageError: ``target`` has a link, an unknown file or the pages of a plan where this function writes.
        EnvironmentFailure: ``target`` cannot be read or written, or another process publishes to it.
    """
    target = Path(target)
    with system_errors_as("folder_unwritable", target):
        refuse_protected(target, target, may_hold_releases=True)
        return _published(_Site(name, None, _page_contents(files, name)), target, dry_run=dry_run, force=False)


def _published(site: _Site, target: Path, *, dry_run: bool, force: bool) -> FolderOutcome:
    outcome = _compare(site, target, force=force)
    if dry_run or not (outcome.written or os.path.lexists(target / STAGING)):
        return outcome
    if not target.is_dir():
        target.mkdir(parents=True)
        target.chmod(0o755)  # the web server runs as another user
    with locked(target):
        remove(target / STAGING)
        outcome = _compare(site, target, force=force)  # another process may have published before the lock
        _apply(outcome, site, target)
    return outcome


def _refuse_overlap(root: Path, target: Path) -> None:
    if target.is_symlink() and not target.exists():
        raise UsageError("folder_refused", "link", path=str(target))
    source, destination = root.resolve(), target.resolve()
    if source == destination or source in destination.parents or destination in source.parents:
        raise UsageError("folder_refused", "overlaps", path=str(target), releases=str(root))
    refuse_protected(target, target, may_hold_releases=True)


def checked_base(base_url: str) -> str:
    """An address with its last slash."""
    try:
        parts = urlsplit(base_url)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or "@" in parts.netloc or parts.query or parts.fragment or _NOT_IN_ADDRESS.search(base_url):
        raise UsageError("base_url_invalid", value=visible(base_url[:_LONGEST_SHOWN]))
    return f"{base_url.rstrip('/')}/"


def checked_link(link: str) -> str:
    """An address, or a path from the folder of a site, with its last slash."""
    checked_base(link if "://" in link else urljoin("https://example.org/plans/", link))
    return f"{link.rstrip('/')}/"


def _site_of(root: Path, publication: Publication, pages: Pages | None, base: str | None) -> _Site:
    versions: dict[str, Mapping[str, bytes]] = {
        f"v{note.version}": read_folder(root / f"v{note.version}") for note in publication.history
    }
    archives = {file.path: file.data for file in publication.distributions if file.entry is None}
    names = (*((WITHDRAWALS,) if any(n.withdrawn for n in publication.history) else ()), INDEX, CHANGELOG, FEED)
    about = {name: _read_or_unfinished(root / name) for name in names}
    if not _lists_releases(about[INDEX], publication, archives):
        raise EnvironmentFailure("releases_unfinished", path=str(root / INDEX))
    current = versions.get(f"v{publication.current_version}")
    if base is not None:
        about[FEED] = feed_of(publication.history, publication.descriptor, base)
    latest = {LATEST: current} if current else {}
    plan = str(publication.descriptor["name"])
    shown = _page_contents(pages(root) if pages else {}, plan)
    return _Site(plan, publication.current_version, {**versions, **archives, **latest, **about, **shown})


def _page_contents(files: Mapping[str, bytes], plan: str) -> dict[str, _Content]:
    """The pages by their names in the folder, the first page last; each subfolder with the list of its files."""
    folders: dict[str, dict[str, bytes]] = {}
    for path, data in files.items():
        folder, slash, name = path.partition("/")
        if slash:
            folders.setdefault(folder, {})[name] = data
    for content in folders.values():
        content[PAGES_LIST] = json_bytes({"name": plan, "files": sorted(content)})
    alone = {path: data for path, data in files.items() if "/" not in path}
    return {**folders, **dict(sorted(alone.items(), key=lambda item: item[0] == PAGE))}


def _read_or_unfinished(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise EnvironmentFailure("releases_unfinished", path=str(path)) from None


def _lists_releases(index: bytes, publication: Publication, archives: Mapping[str, bytes]) -> bool:
    """Whether an index lists exactly these releases; an interrupted release is not in it yet."""
    content = read_json(index)  # its form was checked when the releases were read
    listed = {entry["version"]: entry["archive_hash"] for entry in content["releases"]}
    versions = (note.version for note in reversed(publication.history))  # newest first
    hashes = map(hash_of, archives.values())
    return listed == dict(zip(versions, hashes, strict=True)) and content.get("latest") == publication.current_version


def _compare(site: _Site, target: Path, *, force: bool) -> FolderOutcome:
    """Return the changes that the folder needs; nothing is written."""
    if target.exists() and not target.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(target))
    indexed = _has_index(target, site.plan)
    for name in (LOCK, LATEST):  # written or removed even if the site has no such name, so a link must be refused
        _read_content(target / name)
    outcome: dict[str, list[str]] = {"added": [], "replaced": [], "unchanged": []}
    for name, desired in site.contents.items():
        current = _read_content(target / name)
        if current is not None and current != desired:
            is_folder = not isinstance(desired, bytes)
            _refuse_foreign(target / name, current, site.plan, indexed=indexed, is_folder=is_folder)
            _refuse_altered(target / name, current, desired, force=force)
        outcome["added" if current is None else "unchanged" if current == desired else "replaced"].append(name)
    releases, pages = tuple(_outdated(site, target, indexed=indexed)), tuple(_outdated_pages(site, target))
    if ahead := [name for name in releases if name != LATEST and not force]:
        raise EnvironmentFailure("folder_differs", "ahead", path=str(target / ahead[0]))
    removed = (*releases, *pages)
    return FolderOutcome(site.version, removed=removed, **{key: tuple(names) for key, names in outcome.items()})


def _has_index(target: Path, plan: str) -> bool:
    """Whether a folder has the index of a plan's releases.

    Raises:
        UsageError: the index belongs to another plan or program.
    """
    index = _read_content(target / INDEX)
    if index is None:
        return False
    name = _plan_name(index) if isinstance(index, bytes) and b'"releases"' in index else None
    if name is None:
        raise UsageError("folder_refused", "not_ours", path=str(target / INDEX))
    if name != plan:
        raise UsageError("folder_refused", "another_plan", path=str(target), found=name, name=plan)
    return True


def _read_content(path: Path) -> _Content | None:
    """Read a file or a folder; None if the path does not exist.

    Raises:
        UsageError: the path is a link or a special file, or a folder that holds one or is larger than any release.
    """
    try:
        if not path.is_symlink() and path.is_dir():
            return read_folder(path)
    except ArchiveRefused as refused:
        variant = "link" if refused.params["variant"] == "link" else "not_ours"  # larger than any release
        raise UsageError("folder_refused", variant, path=str(path / str(refused.params.get("entry", "")))) from None
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise UsageError("folder_refused", "link", path=str(path))
    return path.read_bytes() if path.exists() else None


def _refuse_foreign(path: Path, content: _Content, plan: str, *, indexed: bool, is_folder: bool) -> None:
    """Refuse to overwrite a file or folder that does not belong to the plan, or a folder that has an unknown file."""
    beside = path.name in (CHANGELOG, FEED, INDEX, LATEST, WITHDRAWALS) or VERSION_FOLDER.fullmatch(path.name)
    owner = _owner(path.name, content) or (plan if indexed and beside else None)
    if owner is None or isinstance(content, bytes) == is_folder:
        raise UsageError("folder_refused", "not_ours", path=str(path))
    if owner != plan:
        raise UsageError("folder_refused", "another_plan", path=str(path), found=owner, name=plan)
    if not isinstance(content, bytes) and (unknown := _unknown_page(content)):
        raise UsageError("folder_refused", "not_ours", path=str(path / unknown))


def _unknown_page(content: Mapping[str, bytes]) -> str | None:
    """The first file in a folder of pages that its list does not have; None in a release."""
    if PAGES_LIST not in content or DESCRIPTOR in content:
        return None
    listed = read_json(content[PAGES_LIST]).get("files")
    known = {PAGES_LIST, *(listed if isinstance(listed, list) else ())}
    return min(content.keys() - known, default=None)


def _owner(name: str, content: _Content) -> str | None:
    """Return the plan that a file or folder names; None if it names none."""
    if not isinstance(content, bytes):
        return _plan_name(content.get(DESCRIPTOR, content.get(PAGES_LIST, b"")))
    archive = _ARCHIVE.fullmatch(name)
    return archive["plan"] if archive else plan_of_page(content) if name in (PAGE, *FOR_SEARCH_ENGINES) else None


def _refuse_altered(path: Path, current: _Content, desired: _Content, *, force: bool) -> None:
    """Refuse to replace a release's folder or archive: a release never changes, so the published one was altered."""
    if force or not (path.suffix == ".zip" or VERSION_FOLDER.fullmatch(path.name)):
        return
    if isinstance(current, bytes) or isinstance(desired, bytes):
        raise EnvironmentFailure("folder_differs", "altered", path=str(path))
    differing = min(name for name in {*current, *desired} if current.get(name) != desired.get(name))
    raise EnvironmentFailure("folder_differs", "altered", path=str(path / differing))


def _outdated_pages(site: _Site, target: Path) -> Iterator[str]:
    """Yield the names of the plan's pages that are no longer desired, where pages are published at all."""
    if PAGE not in site.contents or not target.is_dir():
        return
    for path in sorted(target.iterdir()):
        if path.name in site.contents or path.is_symlink():
            continue
        if path.name in FOR_SEARCH_ENGINES and plan_of_page(path.read_bytes()) == site.plan:
            yield path.name
        elif (path / PAGES_LIST).is_file() and _plan_name((path / PAGES_LIST).read_bytes()) == site.plan:
            _refuse_foreign(path, read_folder(path), site.plan, indexed=False, is_folder=True)
            yield path.name


def _outdated(site: _Site, target: Path, *, indexed: bool) -> Iterator[str]:
    """Yield the names of releases that belong to the plan and are no longer desired."""
    for path in sorted(target.iterdir()) if target.is_dir() else ():
        if path.name in site.contents or path.is_symlink():
            continue
        is_release = path.name == LATEST or VERSION_FOLDER.fullmatch(path.name)
        descriptor = path / DESCRIPTOR
        named = is_release and descriptor.is_file() and _plan_name(descriptor.read_bytes()) == site.plan
        archive = _ARCHIVE.fullmatch(path.name)
        if named or (path.name == LATEST and indexed) or (archive and archive["plan"] == site.plan):
            yield path.name


def _plan_name(descriptor: bytes) -> str | None:
    """Return the plan's name in an index or a descriptor; None if the JSON is neither."""
    try:
        name = read_json(descriptor)["name"]
    except (JsonRefused, KeyError, TypeError):
        return None
    return name if isinstance(name, str) else None


def _apply(outcome: FolderOutcome, site: _Site, target: Path) -> None:
    staging = target / STAGING
    try:
        staging.mkdir(mode=0o700)
        _stage(staging, {name: site.contents[name] for name in (*outcome.added, *outcome.replaced)})
        _place(outcome, site, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _stage(staging: Path, contents: Mapping[str, _Content]) -> None:
    """Write files and folders to the hidden folder, readable for the web server, and verify the releases there."""
    for name, content in contents.items():
        if isinstance(content, bytes):
            write_files(staging, {name: content})
        else:
            write_files(staging / name, content)
    for path in staging.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    for name, content in contents.items():
        if isinstance(content, bytes):
            continue
        if PAGES_LIST in content:
            _verify_pages(staging / name, content)
        elif problems := verify(staging / name).problems:
            raise ReleaseDamaged(str(staging / name / problems[0].path))


def _verify_pages(folder: Path, content: Mapping[str, bytes]) -> None:
    """Make sure that the disk holds the pages as they were written."""
    written = read_folder(folder)
    for path in content:
        if written.get(path) != content[path]:
            raise ReleaseDamaged(str(folder / path))


def _place(outcome: FolderOutcome, site: _Site, target: Path) -> None:
    """Rename the files into their places; each name reaches the disk before the next one, which may refer to it."""
    staging = target / STAGING
    for name in (name for name in site.contents if name not in outcome.unchanged):
        new, place = staging / name, target / name
        if name in outcome.replaced and place.is_dir():
            exchange(new, place, staging / f"old-{name}")
        else:
            new.replace(place)
        flush_folder(target)
    for name in outcome.removed:
        (target / name).rename(staging / f"old-{name}")
    flush_folder(target)
