"""Writing our files: the form of our JSON and CSV, and a crash at any moment leaves the old file or the new one."""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from khelang_opendata.errors import OutputUnwritable

BOM = b"\xef\xbb\xbf"
"""Begins a file in UTF-8; without it Excel reads Thai in the Windows code page."""


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

    Raises:
        OutputUnwritable: no rights, no space, or no such folder; the old file stays as it was.
    """
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary:
            temporary.unlink(missing_ok=True)
        raise OutputUnwritable(path=str(path), reason=error.strerror or str(error)) from error
