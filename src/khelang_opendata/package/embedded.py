"""Tables that are not in one file (Data Package v2, "path or data"): in several, or in the descriptor itself."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from khelang_opendata.standard.tables import JsonObject

_BOM = b"\xef\xbb\xbf"


def joined(parts: Sequence[bytes]) -> bytes:
    """The parts of a table as one file; a part after the first may have the heading again.

    The standard has them concatenated "in the simplest way", so that a heading in a later part would be a row. Many
    write it all the same, and no row is the same as its heading.
    """
    first, *others = [part.removeprefix(_BOM) for part in parts]
    heading = _first_line(first)
    pieces = [first, *(part[len(line) :] if (line := _first_line(part)) == heading else part for part in others)]
    ended = (piece if piece.endswith((b"\n", b"\r")) or not piece else piece + b"\n" for piece in pieces)
    return b"".join(ended)


def _first_line(part: bytes) -> bytes:
    lines = part.splitlines(keepends=True)[:1]
    return lines[0] if lines else b""


def embedded_csv(entry: JsonObject) -> bytes | None:
    """The rows that a resource has in its property ``data``, as a CSV file; None where they are no table.

    A table is the text of a CSV file, a list of lists whose first is the heading, or a list of objects.
    """
    data, form = entry.get("data"), entry.get("format")
    if isinstance(data, str):
        return data.encode() if isinstance(form, str) and form.lower() in ("csv", "tsv") else None
    rows = _rows(data) if isinstance(data, list) else None
    if rows is None:
        return None
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(map(_cell, row) for row in rows)
    return text.getvalue().encode()


def _rows(data: list[Any]) -> list[list[Any]] | None:
    if all(isinstance(row, list) for row in data):
        return data
    if not all(isinstance(row, dict) for row in data):
        return None
    heading = list(dict.fromkeys(name for row in data for name in row))
    return [heading, *([row.get(name) for name in heading] for row in data)]


def _cell(value: Any) -> str:
    """A value as a CSV file has it: nothing for null, other values than texts as JSON writes them."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
