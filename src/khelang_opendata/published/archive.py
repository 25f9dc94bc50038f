"""Safe reading of releases as folders and archives, from any publisher.

A foreign archive is read entry by entry, and no library unpacks it. Names that leave it or that not every system keeps
apart, links, devices, and more than a release could ever hold are refused.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.files.paths import MAX_PATH, is_safe_path
from khelang_opendata.model.failures import DataError, EnvironmentFailure, UsageError
from khelang_opendata.package.datapackage import DESCRIPTOR, MANIFEST

MAX_FILES = 10_000
"""The most files and folders of a release; the plan of a municipality has 140."""

MAX_BYTES = 512 * 1024**2
"""The most bytes of a release, unpacked; the plan of a municipality is a hundredth of it.

A ZIP is verified in the memory of its files and of the largest of them.
"""

MAX_DIRECTORY = 12 * 1024**2
"""How large the list of contents at the end of an archive may be: the most files with the longest paths.

The zipfile module reads it whole, and makes an object of 300 bytes from every 46 bytes of it, before anything is known
of a single file.
"""

YEARS = range(1980, 2108)
"""The years that the dates in an archive can hold (APPNOTE.TXT 4.4.6: seven bits from 1980 on)."""

_PIECE = 1024 * 1024
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    IndexError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""Raised by the standard library for files that are not archives; unsupported compression is a RuntimeError."""

_END = struct.Struct("<4s4H2LH")
_END_MARK, _ZIP64_MARK = b"PK\5\6", b"PK\6\7"
_ZIP64_LENGTH = 20
"""The end of an archive's list of contents, and what points to that of a Zip64 (APPNOTE.TXT 4.3.15, 4.3.16)."""

_LOCAL_HEADER = 30
"""The fewest bytes before a file's own in an archive."""


class ArchiveRefused(DataError):
    """A release is not safe to read, or not a release; ``variant`` gives the reason."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("archive_refused", variant, **params)


class NotRegular(OSError):
    """Not an ordinary file: opening a FIFO blocks, and reading a device may never end."""


@contextmanager
def open_regular(path: Path, *, follow: bool = True) -> Iterator[BinaryIO]:
    """Open an ordinary file to read it; ``follow`` says whether it may be a link to one.

    Raises:
        NotRegular: it is not an ordinary file; it is not opened, because opening may block or start a device.
        OSError: the system refuses to read it.
    """
    if not stat.S_ISREG(path.stat(follow_symlinks=follow).st_mode):
        raise NotRegular(str(path))
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | (0 if follow else getattr(os, "O_NOFOLLOW", 0)))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):  # exchanged since
            raise NotRegular(str(path))
        yield file


def read_release(path: Path) -> dict[str, bytes]:
    """The files of a release, whether it is a folder or a ZIP archive, from any publisher.

    Raises:
        UsageError: ``path`` does not exist.
        EnvironmentFailure: the system refuses to read it.
        DataError: it is not safe to read, or not an archive.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # a path with a NUL in it is a ValueError
        raise UsageError("package_not_found", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFailure.of("file_unreadable", path, error) from error
    return read_folder(path) if stat.S_ISDIR(mode) else read_zip(path)


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a release in a folder by path; links are refused, not followed.

    What systems and office programs leave behind is no part of a release, unless its manifest lists it.

    Raises:
        EnvironmentFailure: the system refuses to read a file or a folder in it.
        DataError: a link, or something that is neither file nor folder; a name that not every system can have; too
            much of anything.
    """
    budget, names = _Budget(folder), _Names(folder)
    files: dict[str, bytes] = {}
    try:
        for path in sorted(_files_in(folder, budget, names), key=lambda path: path.split("/")):
            try:
                with open_regular(folder / path, follow=False) as stream:
                    files[path] = b"".join(budget.pieces(stream))
            except PermissionError:
                if not _is_left_behind(path):  # an office program may keep its own to itself
                    raise
    except NotRegular as error:
        raise ArchiveRefused("link", path=str(folder), entry=str(error)) from None
    except OSError as error:
        raise EnvironmentFailure.of("file_unreadable", Path(os.fsdecode(error.filename or folder)), error) from error
    return _without_leftovers(files)


def leftovers_in(folder: Path) -> list[str]:
    """The paths of what systems and office programs left in the folder of a release, and its manifest does not list.

    Raises:
        OSError: the system refuses to look.
    """
    manifest = folder / MANIFEST
    listed = manifest.read_bytes() if manifest.is_file() else b""
    paths = (Path(parent, name) for parent, _, names in os.walk(folder) for name in names)
    found = (path.relative_to(folder).as_posix() for path in paths)
    return sorted(path for path in found if _is_left_behind(path) and not _lists(listed, path))


def _without_leftovers(files: Mapping[str, bytes]) -> dict[str, bytes]:
    listed = files.get(MANIFEST, b"")
    return {path: data for path, data in files.items() if not _is_left_behind(path) or _lists(listed, path)}


def _is_left_behind(path: str) -> bool:
    return any(map(is_leftover, path.split("/")))


def _lists(manifest: bytes, path: str) -> bool:
    return f"  {path}\n".encode("utf-8", "surrogateescape") in manifest


def _files_in(folder: Path, budget: _Budget, names: _Names) -> Iterator[str]:
    """The paths of a folder's files. It is walked without recursion: folders within each other may go very deep."""
    waiting = [""]
    while waiting:
        parent = waiting.pop()
        with os.scandir(folder / parent) as entries:
            for entry in entries:
                budget.count_file()
                path = f"{parent}{entry.name}"
                if is_leftover(entry.name) and not is_safe_path(entry.name):
                    continue  # such as macOS's icon of a folder, whose name ends in a carriage return
                if entry.is_symlink() or not (entry.is_file() or entry.is_dir()):
                    raise ArchiveRefused("link", path=str(folder), entry=path)
                names.add(path, path, is_folder=entry.is_dir())
                if entry.is_dir():
                    waiting.append(f"{path}/")
                else:
                    yield path


def read_zip(path: Path, *, in_one_folder: bool = True) -> dict[str, bytes]:
    """The files of an archive by path.

    Args:
        path: the archive.
        in_one_folder: whether all of them must lie in one folder, as in a release; their paths begin below it.

    Raises:
        EnvironmentFailure: the system refuses to open it.
        DataError: no ZIP archive, a damaged one, or one that no release is.
    """
    try:
        with open_regular(path) as file:
            return _read_zip(path, file, in_one_folder)
    except NotRegular:
        raise ArchiveRefused("not_file", path=str(path)) from None
    except OSError as error:
        raise EnvironmentFailure.of("file_unreadable", path, error) from error


def _read_zip(path: Path, file: BinaryIO, in_one_folder: bool) -> dict[str, bytes]:
    budget, names = _Budget(path), _Names(path)
    files: dict[str, bytes] = {}
    try:
        _check_directory(path, file)
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            _check_overlap(entries)
            for entry in entries:
                budget.count_file()
                name = _checked_name(path, entry, names)
                name = _below_root(path, name, entry, names) if in_one_folder else name
                if not entry.is_dir():
                    with archive.open(entry) as stream:
                        files[name] = b"".join(budget.pieces(stream))
    except _DAMAGED as error:
        raise ArchiveRefused("damaged", path=str(path), reason=str(error)) from error
    return _without_leftovers(files) if in_one_folder else files


def _check_directory(path: Path, file: BinaryIO) -> None:
    """Refuse what is too large before the zipfile module reads it; it finds the end of an archive in the same way."""
    size = file.seek(0, io.SEEK_END)
    if size > MAX_BYTES + 2 * MAX_DIRECTORY:
        raise ArchiveRefused("too_large", path=str(path), limit=MAX_BYTES)
    file.seek(max(0, size - _END.size - 0xFFFF))
    tail = file.read()
    end = len(tail) - _END.size
    if tail[end : end + 4] != _END_MARK or tail[-2:] != b"\0\0":
        end = tail.rfind(_END_MARK)
    if end < 0:
        raise zipfile.BadZipFile("File is not a zip file")
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, end)
    file.seek(max(0, size - len(tail) + end - _ZIP64_LENGTH))
    if file.read(4) == _ZIP64_MARK or directory > MAX_DIRECTORY:
        raise zipfile.BadZipFile(f"Zip64, or a list of contents of {directory} bytes")
    if entries > MAX_FILES:
        raise ArchiveRefused("too_many", path=str(path), limit=MAX_FILES)


def _check_overlap(entries: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse files that share bytes, with which a small archive unpacks to a huge one; Python 3.11 lets them pass."""
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise zipfile.BadZipFile("Overlapped entries")
        end = entry.header_offset + _LOCAL_HEADER + entry.compress_size


def _checked_name(path: Path, entry: zipfile.ZipInfo, names: _Names) -> str:
    """An entry's path, safe and unlike those before."""
    shown = entry.orig_filename
    name = entry.filename.removesuffix("/") if entry.is_dir() else entry.filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ArchiveRefused("link", path=str(path), entry=shown)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveRefused("damaged", path=str(path), reason=f"method {entry.compress_type}")
    if entry.orig_filename != entry.filename:  # cut at a NUL, or with backslashes on Windows
        raise ArchiveRefused("unsafe_name", path=str(path), entry=shown)
    names.add(name, shown, is_folder=entry.is_dir())
    return name


def _below_root(path: Path, name: str, entry: zipfile.ZipInfo, names: _Names) -> str:
    """A path within the archive's one folder; empty for the folder itself."""
    root, _, inner = name.partition("/")
    if root != names.root or not (inner or entry.is_dir()):
        raise ArchiveRefused("roots", path=str(path), entry=entry.orig_filename)
    return inner


def read_zipped_package(path: Path) -> dict[str, bytes]:
    """The files of the one package in an archive, which may lie at its top or in a folder, by path from the package.

    What systems and office programs leave behind is left out.

    Raises:
        UsageError: the archive holds no package, or several.
        EnvironmentFailure: the system refuses to open it.
        DataError: no ZIP archive, a damaged one, or one that is not safe to read.
    """
    files = read_zip(path, in_one_folder=False)
    kept = {name: data for name, data in files.items() if not _is_left_behind(name)}
    folders = {name.removesuffix(DESCRIPTOR) for name in kept if name.split("/")[-1] == DESCRIPTOR}
    least = min((folder.count("/") for folder in folders), default=0)
    tops = sorted(folder for folder in folders if folder.count("/") == least)
    if not tops:
        raise UsageError("package_not_found", "archive_without", path=str(path))
    if len(tops) > 1:
        raise UsageError("package_not_found", "archive_several", path=str(path), names=", ".join(tops))
    return {name.removeprefix(tops[0]): data for name, data in kept.items() if name.startswith(tops[0])}


class _Names:
    """The paths of a foreign release, which must be distinct on every system."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = ""
        """The first part of the first path."""
        self._spelt: dict[str, str] = {}
        """The paths, those of folders with a slash at the end, as a system sees them that ignores case and Unicode's
        spellings (macOS, Windows)."""
        self._folders: set[str] = set()

    def add(self, path: str, shown: str, *, is_folder: bool) -> None:
        """Note the path of a file or a folder, and the folders that it lies in.

        DataError where not every system can have it, or not beside those before.
        """
        if not is_safe_path(path):
            raise ArchiveRefused("unsafe_name", path=str(self.path), entry=shown[:MAX_PATH])
        parts = path.split("/")
        self.root = self.root or parts[0]
        parents = ("/".join(parts[:end]) for end in range(len(parts) - 1, 0, -1))
        is_kept_apart = all(self._is_folder(folder) for folder in ([path, *parents] if is_folder else parents))
        if not is_kept_apart or (not is_folder and _folded(path) in self._spelt):
            raise ArchiveRefused("repeated_name", path=str(self.path), entry=shown)
        self._spelt.setdefault(_folded(path), path)

    def _is_folder(self, path: str) -> bool:
        """Whether a path is that of a folder, and spelt as before."""
        if path not in self._folders and self._spelt.setdefault(_folded(path), f"{path}/") == f"{path}/":
            self._folders.add(path)
        return path in self._folders


def _folded(path: str) -> str:
    """A path without differences of case and of Unicode's spellings (Unicode Standard, D145)."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


class _Budget:
    """Limits of files and bytes while reading a foreign release; declared sizes are not trusted."""

    def __init__(self, path: Path) -> None:
        self.path, self.files, self.bytes = path, 0, 0

    def count_file(self) -> None:
        self.files += 1
        if self.files > MAX_FILES:
            raise ArchiveRefused("too_many", path=str(self.path), limit=MAX_FILES)

    def pieces(self, stream: IO[bytes]) -> Iterator[bytes]:
        while piece := stream.read(_PIECE):
            self.bytes += len(piece)
            if self.bytes > MAX_BYTES:
                raise ArchiveRefused("too_large", path=str(self.path), limit=MAX_BYTES)
            yield piece
