"""The folder of releases: each version in its own folder, never changed again, and ``index.json`` over them.

A release is written into a hidden folder, read back, and renamed into place; then the index is replaced. After a
crash between the two the next run finds the folder and enters it into the index. A hidden folder left by a crash
is removed by the next run, which the lock makes safe.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from khelang_opendata.errors import OutputUnwritable, ReleaseDamaged, ReleaseLocked, VersionExists
from khelang_opendata.files import json_bytes, write_atomically
from khelang_opendata.package import DESCRIPTOR
from khelang_opendata.release.build import MANIFEST, Release, content_hash

INDEX = "index.json"
_UNFINISHED = ".unfinished-"
_VERSION = re.compile(r"\d+\.\d+\.\d+\Z")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a release: where it stands, and whether this run wrote it."""

    version: str
    path: Path
    written: bool


def publish_release(release: Release, out: Path, *, dry_run: bool = False) -> Outcome:
    """Write a release below ``out``, unless what it tells is released already.

    Args:
        release: what to write.
        out: the folder of all releases; it is made where it does not exist.
        dry_run: find out what would happen, and write nothing.

    Raises:
        VersionExists: the version is released with other content.
        ReleaseLocked: another process is releasing into ``out``.
        ReleaseDamaged: an existing release or the one just written does not match its manifest.
        OutputUnwritable: the system refuses to write; nothing was released.
    """
    if dry_run:
        return _decide(release, out, _read_entries(out))
    with _writing(out), _locked(out):
        for leftover in out.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(leftover)
        entries = _read_entries(out)
        outcome = _decide(release, out, entries)
        if outcome.written:
            _write_folder(release, out)
            entries[release.version] = _entry(out / release.folder)
        _write_index(release, out, entries)
        return outcome


def _decide(release: Release, out: Path, entries: dict[str, dict[str, Any]]) -> Outcome:
    known = entries.get(release.version)
    if known and known["content"] == release.content:
        return Outcome(release.version, out / release.folder, written=False)
    if known:
        raise VersionExists(version=release.version)
    return Outcome(release.version, out / release.folder, written=True)


def _read_entries(out: Path) -> dict[str, dict[str, Any]]:
    """The index's entries by version, completed by release folders that a crash kept out of it."""
    try:
        listed = json.loads((out / INDEX).read_text(encoding="utf-8"))["releases"]
        entries = {str(entry["version"]): entry for entry in listed}
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        entries = {}
    folders = sorted(out.glob("v*/")) if out.is_dir() else []
    for folder in folders:
        version = folder.name[1:]
        if _VERSION.match(version) and version not in entries:
            entries[version] = _entry(folder)
    return entries


def _entry(folder: Path) -> dict[str, Any]:
    files = {path: (folder / path).read_bytes() for path in _check_manifest(folder)}
    descriptor = json.loads(files[DESCRIPTOR])
    return {
        "version": descriptor["version"],
        "path": f"{folder.name}/",
        "released_on": descriptor["created"][:10],
        "schema": descriptor["conformsTo"],
        "content": content_hash(files),
        "manifest": f"sha256:{hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()}",
    }


def _check_manifest(folder: Path) -> list[str]:
    """The files of a release, each of which is as its manifest says."""
    try:
        lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    except OSError:
        raise ReleaseDamaged(path=str(folder / MANIFEST)) from None
    hashes = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
    for path, digest in hashes.items():
        file = folder / path
        if not file.is_file() or hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            raise ReleaseDamaged(path=str(file))
    return list(hashes)


def _write_folder(release: Release, out: Path) -> None:
    unfinished = out / f"{_UNFINISHED}{release.folder}"
    try:
        for path, data in release.files.items():
            file = unfinished / path
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        _check_manifest(unfinished)
        unfinished.rename(out / release.folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _write_index(release: Release, out: Path, entries: dict[str, dict[str, Any]]) -> None:
    ordered = sorted(entries.values(), key=lambda entry: [int(n) for n in entry["version"].split(".")])
    index = {"name": release.name, "title": release.title, "latest": ordered[-1]["version"], "releases": ordered}
    data = json_bytes(index)
    path = out / INDEX
    if not path.is_file() or path.read_bytes() != data:
        write_atomically(path, data)


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        out.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise OutputUnwritable(path=error.filename or str(out), reason=error.strerror or str(error)) from error


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    try:
        with FileLock(out / ".lock", timeout=0):
            yield
    except Timeout:
        raise ReleaseLocked(path=str(out)) from None
