"""Codelists: the codes of a column with their meanings in Thai and English."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple


class Code(NamedTuple):
    """One code of a codelist; an empty description means that the title says it all."""

    code: str
    title_th: str = ""
    title_en: str = ""
    description_th: str = ""
    description_en: str = ""
    deprecated_since: str = ""


_COLUMNS = Code._fields


def read_codelist(path: Path) -> Mapping[str, Code]:
    """The codes of a CSV file with a column ``code``, by code and in the file's order.

    Raises:
        KeyError: there is no such column.
    """
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = [Code(row["code"], *(row.get(name) or "" for name in _COLUMNS[1:])) for row in csv.DictReader(lines)]
    return {row.code: row for row in rows}


def own_codes_of(rows: Iterable[Mapping[str, str]]) -> Mapping[str, Mapping[str, Code]]:
    """The codes that a package adds, by codelist and code: of several rows of one code, the first.

    Args:
        rows: the rows of its table ``codes`` by column name.
    """
    found: dict[str, dict[str, Code]] = {}
    names = ("code", "title_th", "title_en", "description_th", "description_en")
    for row in rows:
        code = Code(*(row.get(name, "") for name in names))
        found.setdefault(row.get("codelist", ""), {}).setdefault(code.code, code)
    return found
