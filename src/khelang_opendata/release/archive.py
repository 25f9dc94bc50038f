"""Releases as one file, and releases that somebody else made: whatever stands in them, reading is safe.

A foreign archive is read entry by entry, and never unpacked. Names that leave it, links, repeated names, and more than
a release could ever hold are refused.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import IO

from khelang_opendata.errors import ArchiveRefused
from khelang_opendata.files import is_safe_path

MAX_FILES = 10_000
MAX_BYTES = 512 * 1024**2
"""What a release may hold at most, unpacked; the plan of a municipality is a hundredth of it."""

_PIECE = 1024 * 1024
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, RuntimeError, ValueError, struct.error)
"""What the standard library raises of archives that are none; not supported compression is a RuntimeError."""


def zip_bytes(files: Mapping[str, bytes], folder: str, day: date) -> bytes:
    """A ZIP archive of files in one folder: sorted, of one date, and stored, for how zlib packs depends on its version.

    Args:
        files: their bytes by path.
        folder: the folder's name within the archive.
        day: the date of every file, from 1980 on.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{folder}/{path}", (day.year, day.month, day.day, 0, 0, 0))
            entry.create_system = 3  # Unix, on every system
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[path])
    return buffer.getvalue()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a folder by path; links are told apart from files and not followed.

    Raises:
        ArchiveRefused: a link, or something that is neither file nor folder; too much of anything.
    """
    budget = _Budget(folder)
    files: dict[str, bytes] = {}
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_symlink() or not (file.is_file() or file.is_dir()):
            raise ArchiveRefused("link", path=str(folder), entry=path)
        if file.is_file():
            budget.count_file()
            with file.open("rb") as stream:
                files[path] = b"".join(budget.pieces(stream))
    return files


def read_zip(path: Path) -> dict[str, bytes]:
    """The files of an archive by path within its one folder.

    Raises:
        ArchiveRefused: no ZIP archive, a damaged one, or one that no release is.
    """
    budget = _Budget(path)
    files: dict[str, bytes] = {}
    seen: set[str] = set()
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                name = _checked_name(path, entry, seen)
                if not entry.is_dir():
                    budget.count_file()
                    with archive.open(entry) as stream:
                        files[name] = b"".join(budget.pieces(stream))
    except _DAMAGED as error:
        raise ArchiveRefused("damaged", path=str(path), entry="", reason=str(error)) from error
    return files


def _checked_name(path: Path, entry: zipfile.ZipInfo, seen: set[str]) -> str:
    """An entry's path within the archive's folder."""
    name = entry.filename.rstrip("/") if entry.is_dir() else entry.filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused("link", path=str(path), entry=entry.filename)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveRefused("damaged", path=str(path), entry=entry.filename, reason=f"method {entry.compress_type}")
    if not is_safe_path(name) or entry.orig_filename != entry.filename:
        raise ArchiveRefused("unsafe_name", path=str(path), entry=entry.filename)
    if name.casefold() in seen:
        raise ArchiveRefused("repeated_name", path=str(path), entry=entry.filename)
    seen.add(name.casefold())
    return name.partition("/")[2]


class _Budget:
    """What may still be read of a release that somebody else made; declared sizes are not believed."""

    def __init__(self, path: Path) -> None:
        self.path, self.files, self.bytes = path, 0, 0

    def count_file(self) -> None:
        self.files += 1
        if self.files > MAX_FILES:
            raise ArchiveRefused("too_many", path=str(self.path), entry="", limit=MAX_FILES)

    def pieces(self, stream: IO[bytes]) -> Iterator[bytes]:
        while piece := stream.read(_PIECE):
            self.bytes += len(piece)
            if self.bytes > MAX_BYTES:
                raise ArchiveRefused("too_large", path=str(self.path), entry="", limit=MAX_BYTES)
            yield piece
