"""Plans at addresses: the ZIP file of a package or release, or the index of a folder of releases."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urljoin

from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError
from khelang_opendata.national.plan_sources import PublishedArchive, latest_in
from khelang_opendata.transport.fetching import FetchPolicy, fetch, shown_address

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6")
_LARGEST_INDEX = 64 * 2**20
_ALGORITHM = "sha256:"


def found_at(address: str, folder: Path, policy: FetchPolicy) -> Path | PublishedArchive:
    """Download a plan's ZIP file; of an index of releases, find that of the latest that is not withdrawn.

    Args:
        address: the address of the file or of the index.
        folder: where it is written.
        policy: what a download may take.

    Returns:
        The file, or where the index says that it is.

    Raises:
        DataError: it cannot be downloaded, or is neither.
    """
    place = _place_of(address, folder)
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


def downloaded(archive: PublishedArchive, folder: Path, policy: FetchPolicy) -> Path:
    """Download the ZIP file of a release into a folder.

    Raises:
        DataError: it cannot be downloaded, or is not the file that its publisher gives the hash of.
    """
    place = _place_of(archive.address, folder)
    fetch(archive.address, place, policy)
    if archive.sha256 and hash_of(place.read_bytes()) != f"{_ALGORITHM}{archive.sha256}":
        raise DataError("source_hash", address=shown_address(archive.address))
    return place


def _place_of(address: str, folder: Path) -> Path:
    return folder / f"{sha256(address.encode()).hexdigest()}.zip"
