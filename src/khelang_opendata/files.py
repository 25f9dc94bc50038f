"""Writing our files: the form of our JSON and CSV, and a crash at any moment leaves the old file or the new one."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
import unicodedata
from collections.abc import Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from khelang_opendata.characters import HIDDEN
from khelang_opendata.errors import OutputUnwritable, PathUnsafe

BOM = b"\xef\xbb\xbf"
"""Begins a file in UTF-8; without it Excel reads Thai in the Windows code page."""

MAX_PATH = 1024
"""How many bytes of UTF-8 the path of a file in a release may have. Windows opens 260 characters, macOS 1,024 bytes."""

MAX_DEPTH = 32
"""How many folders may lie within each other; a release has five."""

_NOT_ON_WINDOWS = re.compile(
    r'[<>:"|?*\\]|[. ](?:/|$)|(?:^|/)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:[./]|$)'
)
"""Characters that Windows does not take, its devices' names with any ending, and a dot or a space at the end
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""

_LONGEST_NAME = 230
"""Bytes of a name to which a suffix can still be added; file systems take 255."""


def hash_of(data: bytes) -> str:
    """The hash of a file as Data Package writes it."""
    return f"sha256:{sha256(data).hexdigest()}"


def json_bytes(value: Any) -> bytes:
    """JSON as every file of ours has it: UTF-8, Thai as it reads, two spaces, a line end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def csv_bytes(rows: Iterable[Sequence[object]]) -> bytes:
    """CSV as every table of ours has it: UTF-8 with :data:`BOM`, and LF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return BOM + text.getvalue().encode()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file beside its place, flush it to the disk, and rename it into place.

    A new file has the permissions that the user's umask gives; one that is replaced keeps those that it had.

    Raises:
        OutputUnwritable: no rights, no space, or no such folder; the old file stays as it was.
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
        raise OutputUnwritable(path=str(path), reason=getattr(error, "strerror", None) or str(error)) from error


def _mode_of(path: Path) -> int | None:
    """The permissions of a file; None where there is none."""
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


def below(root: Path, path: str) -> Path:
    """The place of a file within a folder, proved to lie there on every system.

    Args:
        root: the folder.
        path: the file's path in it, with ``/``.

    Raises:
        PathUnsafe: it leads elsewhere, or no system takes it as it is.
    """
    if not is_safe_path(path):
        raise PathUnsafe(path=path)
    return root / path


def is_safe_path(path: str) -> bool:
    """Whether a path stays where it is put, and every system can have a file of that name."""
    parts = path.split("/")
    return (
        all(parts)
        and len(parts) <= MAX_DEPTH
        and not {".", ".."} & set(parts)
        and len(path.encode("utf-8", "replace")) <= MAX_PATH
        and not any(unicodedata.category(character) in HIDDEN for character in path)
        and not _NOT_ON_WINDOWS.search(path.lower())
    )
