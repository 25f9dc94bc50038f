"""The provinces, beside the module as ``provinces.csv``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Province(NamedTuple):
    """A province: its code in ISO 3166-2, and its names."""

    code: str
    name_th: str
    name_en: str


@cache
def provinces() -> tuple[Province, ...]:
    """The provinces (ISO 3166-2:TH; names of the Royal Institute's list), in the order of their codes."""
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as lines:
        return tuple(Province(row["code"], row["name_th"], row["name_en"]) for row in csv.DictReader(lines))
