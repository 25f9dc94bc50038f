"""Write and exchange files and folders so that a crash leaves the old or the new ones."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

from khelang_opendata.files.paths import below
from khelang_opendata.model.failures import EnvironmentFailure

LOCK = ".lock"
_HERE, _EXCHANGE = -100, 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of Linux."""
_LONGEST_NAME = 230
"""Bytes of a name to which a suffix can still be added; file systems take 255."""


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file beside its place, flush it to the disk, and rename it into place.

    A new file has the permissions that the user's umask gives; one that is replaced keeps those that it had.

    Raises:
        EnvironmentFailure: no rights, no space, or no such folder; the old file stays as it was.
    """
    temporary: Path | None = None
    try:
        mode = _mode_of(path)
        handle, temporary = _new_beside(path, 0o666 if mode is None else 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        try:
            temporary.replace(path)
        except PermissionError as error:  # Windows refuses to replace a file that a program has open
            temporary.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise EnvironmentFailure("output_unwritable", "in_use", path=os.fsdecode(path), reason=reason) from error
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the name
        if temporary:
            temporary.unlink(missing_ok=True)
        raise EnvironmentFailure.of("output_unwritable", path, error) from error


def _mode_of(path: Path) -> int | None:
    """The permissions of a file; None if it does not exist."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return None


def _new_beside(path: Path, mode: int) -> tuple[int, Path]:
    """A new file beside another, open for writing; its name is hidden and begins with the other's."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    name = path.name if len(os.fsencode(path.name)) <= _LONGEST_NAME else "long-name"
    while True:
        temporary = path.with_name(f".{name}.{os.urandom(6).hex()}")
        with suppress(FileExistsError):
            return os.open(temporary, flags, mode), temporary


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder, and flush them and their names to the disk.

    Raises:
        EnvironmentFailure: a path would lie elsewhere; nothing is written.
    """
    places = {path: below(folder, path) for path in files}
    for path, data in files.items():
        file = places[path]
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
    for place in {folder / parent for path in files for parent in PurePosixPath(path).parents}:
        flush_folder(place)


def flush_folder(folder: Path) -> None:
    """Let the names in a folder reach the disk, where the system can do that for folders."""
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with suppress(OSError):  # file systems that cannot
                os.fsync(handle)
        finally:
            os.close(handle)


def exchange(new: Path, place: Path, old: Path) -> None:
    """Put a folder in the place of another, which goes to ``old``.

    Linux swaps the two in one step (renameat2). Where it cannot, two renames do it: the place is empty between them,
    and after a crash then, until the next run.
    """
    if _swapped(new, place):
        new.rename(old)
        return
    place.rename(old)
    try:
        new.rename(place)
    except OSError:
        old.rename(place)
        raise


def _swapped(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    import ctypes  # noqa: PLC0415 (only to exchange folders)

    swap = getattr(ctypes.CDLL(None), "renameat2", None)
    return swap is not None and swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0


def remove(path: Path) -> None:
    """Remove a file, a folder with its content, or a link; a missing path is not an error."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process from writing into a folder; EnvironmentFailure where one already is."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 (only to write folders)

    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise EnvironmentFailure("release_locked", path=str(folder)) from None
