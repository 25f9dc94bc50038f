"""What the site carries of others: each file is the one that the lock names, with its licence."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from tests.conftest import ROOT
from web.vendor import ASSETS, COPIED, SARABUN, TABLESORT, made_from

LOCK: dict[str, Any] = json.loads((ROOT / "web/package-lock.json").read_bytes())
VENDORED: dict[str, Any] = json.loads((ROOT / "web/vendored.json").read_bytes())


def test_every_file_is_the_one_that_was_copied() -> None:
    assert {name: hashlib.sha256((ASSETS / name).read_bytes()).hexdigest() for name in VENDORED["files"]} == {
        name: origin["sha256"] for name, origin in VENDORED["files"].items()
    }


@pytest.mark.parametrize("name", [SARABUN, TABLESORT])
def test_packages_are_those_of_the_lock(name: str) -> None:
    locked = LOCK["packages"][f"node_modules/{name}"]
    assert VENDORED["packages"][name] == {key: locked[key] for key in ("version", "integrity", "license")}
    assert locked["integrity"].startswith("sha512-")
    asked = json.loads((ROOT / "web/package.json").read_bytes())["dependencies"]
    assert asked[name] == locked["version"]


def test_the_lock_names_no_registry() -> None:
    assert "resolved" not in (ROOT / "web/package-lock.json").read_text(encoding="utf-8")


def test_fonts_and_widths_are_made_from_the_copies() -> None:
    copied = {name: (ASSETS / name).read_bytes() for name in COPIED}
    for name, data in made_from(copied).items():
        assert data == (ASSETS / name).read_bytes(), f"{name}: run make assets"


@pytest.mark.parametrize("weight", [400, 600])
def test_a_font_for_pages_is_light_and_has_what_pages_show(weight: int) -> None:
    data = (ASSETS / f"sarabun-{weight}.woff2").read_bytes()
    assert len(data) < 17_000
    font = TTFont(io.BytesIO(data))
    assert {*map(ord, "เขลางค์นครน้ำกี่ญู ฎุ ฝั้น ป้ำ ๐๙ Aa09 ≥ – “ ”")} <= font.getBestCmap().keys()
    assert {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord} >= {"mark", "mkmk"}


def test_widths_are_those_of_the_font() -> None:
    with (ASSETS / "sarabun-widths.csv").open(encoding="ascii", newline="") as file:
        rows = list(csv.DictReader(file))
    for weight in ("400", "600"):
        font = TTFont(ASSETS / f"sarabun-{weight}.ttf")
        unit, glyphs, advances = font["head"].unitsPerEm, font.getBestCmap(), font["hmtx"]
        for row in rows:
            assert int(row[weight]) == round(advances[glyphs[int(row["code_point"], 16)]][0] * 1000 / unit)


def test_licences_are_beside_the_files() -> None:
    texts = {
        name: (ASSETS / name).read_text(encoding="utf-8") for name in ("sarabun-LICENSE.txt", "sortable-LICENSE.txt")
    }
    assert "SIL OPEN FONT LICENSE Version 1.1" in texts["sarabun-LICENSE.txt"]
    assert re.search(
        "This is free and unencumbered software released into the public domain", texts["sortable-LICENSE.txt"]
    )
