"""The form of the files that this project writes: JSON, CSV, and hashes of them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

BOM = b"\xef\xbb\xbf"
"""Begins a file in UTF-8; without it Excel reads Thai in the Windows code page."""


def hash_of(data: bytes) -> str:
    """The hash of a file as Data Package writes it."""
    return f"sha256:{sha256(data).hexdigest()}"


def json_bytes(value: Any) -> bytes:
    """JSON as every file of ours has it: UTF-8, Thai as it reads, two spaces, a line end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


def csv_text(rows: Iterable[Iterable[object]]) -> str:
    """CSV with LF, in which a cell is quoted for a comma, a quotation mark and any line end.

    Python quotes a carriage return on its own account only from 3.11.9, 3.12.3 and 3.13 on, and before only where it is
    part of the line end. So it writes CRLF here, of which only the LF is kept.
    """
    lines: list[str] = []
    writer = csv.writer(_Lines(lines), lineterminator="\r\n")
    writer.writerows(rows)
    return "".join(lines)


class _Lines:
    """What ``csv.writer`` writes to, a record at a time."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, record: str) -> None:
        self._lines.append(record.removesuffix("\r\n") + "\n")


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """CSV as every table of ours has it: UTF-8 with :data:`BOM`, and LF."""
    return BOM + csv_text(rows).encode()
