"""The meanings of the codes of a column, in Thai and English."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from khelang_opendata.standard.tables import Field


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a codelist; an empty description means that the title says it all."""

    code: str
    title_th: str
    title_en: str
    description_th: str
    description_en: str
    deprecated_since: str


def codes_of(field: Field) -> Mapping[str, Code]:
    """The codes that a column's values come from, in the codelist's order; none for a column of free values."""
    codelist = field.descriptor.get("codelist")
    return _read(field.codelists / codelist) if codelist else {}


@cache
def _read(path: Path) -> Mapping[str, Code]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return {row["code"]: Code(**row) for row in csv.DictReader(lines)}
