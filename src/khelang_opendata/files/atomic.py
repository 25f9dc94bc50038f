"""Writes a file whole: a crash at any moment leaves the old file or the new one."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from khelang_opendata.model.failures import EnvironmentFailure

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
        temporary.replace(path)
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
