"""Plans at addresses: the ZIP file of a package or release, or the index of a folder of releases."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar
from urllib.parse import quote, urljoin

from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError
from khelang_opendata.national.plan_sources import PlanSource, PublishedArchive, SourceKind, latest_in
from khelang_opendata.transport.fetching import FetchPolicy, fetch, shown_address

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6")
_LARGEST_INDEX = 64 * 2**20
_ALGORITHM = "sha256:"

AT_A_TIME = 8
"""Addresses that are asked at a time: few wait for one that does not answer, and no server gets more requests."""

_Found = TypeVar("_Found")


def asked_together(
    sources: Iterable[PlanSource], find: Callable[[PlanSource], _Found]
) -> Iterator[tuple[PlanSource, _Found]]:
    """Find what each source has, :data:`AT_A_TIME` addresses at a time, and give it as it comes.

    Args:
        sources: the sources; taken no faster than they are asked.
        find: finds what one has; raises nothing, and is called in threads.
    """
    found: SimpleQueue[tuple[PlanSource, _Found]] = SimpleQueue()
    asked = 0
    for source in sources:
        if source.kind is not SourceKind.ADDRESS:
            yield source, find(source)
            continue
        if asked == AT_A_TIME:
            yield found.get()
            asked -= 1
        # No thread of an executor, for which the end of an interrupted program would wait.
        Thread(target=lambda one=source: found.put((one, find(one))), daemon=True).start()
        asked += 1
    for _ in range(asked):
        yield found.get()


def place_of(key: str, folder: Path) -> Path:
    """The file for the download of a source: its own, for two may name one archive."""
    return folder / f"{sha256(key.encode()).hexdigest()}.zip"


def found_at(address: str, place: Path, policy: FetchPolicy) -> Path | PublishedArchive:
    """Download a plan's ZIP file; of an index of releases, find that of the latest that is not withdrawn.

    Args:
        address: the address of the file or of the index.
        place: where it is written.
        policy: what a download may take.

    Returns:
        The file, or where the index says that it is.

    Raises:
        DataError: it cannot be downloaded, or is neither.
    """
    found = fetch(address, place, policy)
    with place.open("rb") as file:
        start = file.read(len(_ZIP_MARKS[0]))
    if start in _ZIP_MARKS:
        return place
    try:
        index = read_json(place.read_bytes()) if place.stat().st_size <= _LARGEST_INDEX else None
        entry = latest_in(index)
    except (JsonRefused, ValueError):
        raise DataError("source_not_plan", address=shown_address(address)) from None
    if entry is None:
        raise DataError("source_withdrawn", path=shown_address(address))
    return PublishedArchive(urljoin(found, quote(entry.archive)), entry.archive_hash.removeprefix(_ALGORITHM))


def downloaded(archive: PublishedArchive, place: Path, policy: FetchPolicy) -> Path:
    """Download the ZIP file of a release.

    Raises:
        DataError: it cannot be downloaded, or is not the file that its publisher gives the hash of.
    """
    fetch(archive.address, place, policy)
    if archive.sha256 and hash_of(place.read_bytes()) != f"{_ALGORITHM}{archive.sha256}":
        raise DataError("source_hash", address=shown_address(archive.address))
    return place
