"""The form of the files that this project writes: JSON, CSV, and hashes of them."""

from __future__ import annotations

import csv
import io
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


def csv_bytes(rows: Iterable[Iterable[object]]) -> bytes:
    """CSV as every table of ours has it: UTF-8 with :data:`BOM`, and LF."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return BOM + text.getvalue().encode()
