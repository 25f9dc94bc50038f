"""A copy of the dataset in object storage (S3 and what speaks as it does), whose readers see whole states, too.

The tables are written on a disk, where Delta's commits are atomic, and copied: the files of a Delta table never change
once they are written, so a copy adds what is missing. ``snapshot.json`` is exchanged after all of them, by one request
that the storage refuses if another program exchanged it meanwhile. A copy that breaks off leaves the state before; the
next one goes on.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from khelang_opendata.files.place import locked
from khelang_opendata.model.failures import EnvironmentFailure, ExtraMissing, UsageError
from khelang_opendata.national.delta_tables import HISTORY, POINTER, TABLES
from khelang_opendata.national.national_products import PRODUCTS
from khelang_opendata.transport.fetching import shown_address

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Store

_ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^?#@\s]*?))?/?")
"""A bucket as S3 names them, and a folder in it."""

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):[/\\]")
"""The beginning of an address, of which a path keeps one slash."""

_AT_A_TIME = 8
_LONGEST_REASON = 300


def check_places(out: Path, address: str | None) -> None:
    """Check the place of a dataset and that of its copy before anything is gathered.

    Raises:
        UsageError: the dataset has no folder of this computer, or the copy's address is of another form.
        ExtraMissing: the library of the extra ``s3`` is not installed.
    """
    if found := _SCHEME.match(os.fspath(out)):
        raise UsageError("mirror_out", address=f"{found['scheme']}://{out.as_posix()[found.end() :]}")
    if address is not None:
        _storage(address)


class _MirroredPointer(NamedTuple):
    """``snapshot.json`` of a copy as it was found, and the mark of that content."""

    data: bytes
    mark: dict[str, Any]


def mirror(folder: Path, address: str) -> int:
    """Copy the current state of a dataset, and all earlier ones, to object storage.

    Args:
        folder: the folder of the dataset.
        address: ``s3://bucket/prefix``; region, endpoint and keys come from the environment (``AWS_REGION``,
            ``AWS_ENDPOINT_URL``, ``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``).

    Returns:
        How many files were copied.

    Raises:
        UsageError: the address is of another form, or holds a dataset that this one did not come from.
        EnvironmentFailure: the storage refuses, or another copy was made meanwhile.
        ExtraMissing: the library of the extra ``s3`` is not installed.
    """
    store = _storage(address)
    with locked(folder), _failures_of(address):
        before = _pointer(store)
        current = (folder / POINTER).read_bytes()
        known = {path.read_bytes() for path in (folder / HISTORY).glob("*.json")}
        if before is not None and before.data not in known:
            raise UsageError("mirror_foreign", address=address, path=str(folder))
        there = {entry["path"]: entry["size"] for entries in store.list() for entry in entries}
        missing = [name for name in _lasting(folder) if there.get(name) != (folder / name).stat().st_size]
        _copy(store, folder, missing)
        if before is None or before.data != current:
            _exchange(store, current, before, address)
        products = [name for name in PRODUCTS if (folder / name).is_file()]
        _copy(store, folder, products)
        return len(missing) + len(products)


def _storage(address: str) -> S3Store:
    try:
        from obstore.store import S3Store  # noqa: PLC0415 (an extra)
    except ModuleNotFoundError as error:
        raise ExtraMissing("s3") from error
    if not (match := _ADDRESS.fullmatch(address)) or ".." in address.split("/"):
        raise UsageError("mirror_address", address=address)
    options: ClientConfig = {"allow_http": _endpoint().startswith("http://")}
    return S3Store(match["bucket"], prefix=match["prefix"] or None, client_options=options)


def _endpoint() -> str:
    """The server that the environment names, which the library would not check; empty for Amazon's own."""
    address = os.environ.get("AWS_ENDPOINT_URL", "")
    try:
        parts = urlsplit(address)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if address and not (is_usable and address.isascii() and address.isprintable() and " " not in address):
        raise UsageError("mirror_endpoint", address=shown_address(address))
    return address


@contextmanager
def _failures_of(address: str) -> Iterator[None]:
    """Turn the errors of the storage into failures, without the request and its keys."""
    from obstore.exceptions import BaseError  # noqa: PLC0415 (as above)

    try:
        yield
    except (BaseError, OSError) as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise EnvironmentFailure("mirror_failed", address=address, reason=reason) from None


def _pointer(store: S3Store) -> _MirroredPointer | None:
    try:
        found = store.get(POINTER)
    except FileNotFoundError:
        return None
    return _MirroredPointer(bytes(found.bytes()), {"e_tag": found.meta["e_tag"]})


def _exchange(store: S3Store, data: bytes, before: _MirroredPointer | None, address: str) -> None:
    from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415 (as above)

    try:
        store.put(POINTER, data, mode="create" if before is None else before.mark, use_multipart=False)  # type: ignore[arg-type]
    except (AlreadyExistsError, PreconditionError):
        raise EnvironmentFailure("mirror_changed", address=address) from None


def _lasting(folder: Path) -> Iterator[str]:
    """The files of all states, which never change: those of the tables, and of the history last."""
    for name in (TABLES, HISTORY):
        for path in sorted((folder / name).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(folder).as_posix()


def _copy(store: S3Store, folder: Path, names: list[str]) -> None:
    put: Callable[[str], Any] = lambda name: store.put(name, folder / name)  # noqa: E731
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        for _ in pool.map(put, names):
            pass
