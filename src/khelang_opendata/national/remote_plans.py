"""Plans at addresses: the ZIP file of a package or release, or the index of a folder of releases."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urljoin

from khelang_opendata.files.serialize import hash_of
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError
from khelang_opendata.national.plan_sources import latest_in
from khelang_opendata.transport.fetching import FetchPolicy, fetch, shown_address

_ZIP_MARKS = (b"PK\3\4", b"PK\5\6")
_LARGEST_INDEX = 64 * 2**20


def downloaded(address: str, folder: Path, policy: FetchPolicy) -> Path:
    """Download a plan's ZIP file; of an index of releases, that of the latest that is not withdrawn.

    Args:
        address: the address of the file or of the index.
        folder: where it is written.
        policy: what a download may take.

    Raises:
        DataError: it cannot be downloaded, or is neither.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{sha256(address.encode()).hexdigest()}.zip"
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
    archive = urljoin(found, quote(entry.archive))
    fetch(archive, place, policy)
    if hash_of(place.read_bytes()) != entry.archive_hash:
        raise DataError("source_hash", address=shown_address(archive))
    return place
