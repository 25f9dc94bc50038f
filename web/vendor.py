"""Copy what the site carries of others from node_modules into the package: fonts, a script, their licences.

``make assets`` runs it after ``npm ci``, which compares each package with its hash in ``package-lock.json``.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from khelang_opendata.files.place import write_atomically
from khelang_opendata.files.serialize import json_bytes

WEB = Path(__file__).parent
ASSETS = WEB.parent / "src/khelang_opendata/site/assets"

SARABUN, TABLESORT = "@expo-google-fonts/sarabun", "sortable-tablesort"
COPIED = {
    "sarabun-400.ttf": (SARABUN, "400Regular/Sarabun_400Regular.ttf"),
    "sarabun-600.ttf": (SARABUN, "600SemiBold/Sarabun_600SemiBold.ttf"),
    "sarabun-LICENSE.txt": (SARABUN, "LICENSE_FONT"),
    "sortable.min.js": (TABLESORT, "dist/sortable.min.js"),
    "sortable-LICENSE.txt": (TABLESORT, "LICENSE"),
}
"""The files as they are in their packages."""

WEIGHTS = ("400", "600")
SHOWN = [(0x20, 0x7E), (0x0E01, 0x0E3A), (0x0E3F, 0x0E5B)]
"""Ranges of the characters that pages show; what a package has of others comes from the reader's fonts."""
SIGNS = "\u00a0\u200b©«»°·×÷–—‘’“”•…−≈≠≤≥←→"
FEATURES = ("ccmp", "kern", "liga", "locl", "mark", "mkmk", "tnum")
"""What places Thai marks, and gives digits of one width."""


def main() -> None:
    """Write the files of others, the fonts and widths made from them, and what each of them is."""
    copied = {name: (WEB / "node_modules" / package / path).read_bytes() for name, (package, path) in COPIED.items()}
    files = copied | made_from(copied)
    for name, data in files.items():
        write_atomically(ASSETS / name, data)
    write_atomically(WEB / "vendored.json", json_bytes(vendored(files)))


def made_from(copied: Mapping[str, bytes]) -> dict[str, bytes]:
    """The fonts for pages, with what pages show of them, and the widths of their letters, by file."""
    fonts = {f"sarabun-{weight}.woff2": subset(copied[f"sarabun-{weight}.ttf"]) for weight in WEIGHTS}
    widths = [letter_widths(copied[f"sarabun-{weight}.ttf"]) for weight in WEIGHTS]
    rows = [(f"{code:04x}", *(of_weight[code] for of_weight in widths)) for code in widths[0]]
    lines = [",".join(map(str, row)) for row in [("code_point", *WEIGHTS), *rows]]
    return {**fonts, "sarabun-widths.csv": "".join(f"{line}\n" for line in lines).encode()}


def subset(data: bytes) -> bytes:
    """A font with the letters that pages show, compressed for the web; the rules that place Thai marks stay."""
    options = Options(flavor="woff2", layout_features=[*FEATURES], hinting=False, notdef_outline=True)
    font = TTFont(io.BytesIO(data), recalcTimestamp=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=_shown())
    subsetter.subset(font)
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def letter_widths(data: bytes) -> dict[int, int]:
    """How wide each letter is, in thousandths of the font's size."""
    font = TTFont(io.BytesIO(data))
    glyphs, advances, unit = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    return {code: round(advances[glyphs[code]][0] * 1000 / unit) for code in _shown() if code in glyphs}


def vendored(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Where each file comes from: its package with version, hash and licence, and the hash of the file."""
    lock = json.loads((WEB / "package-lock.json").read_bytes())["packages"]
    packages = {
        name: {key: lock[f"node_modules/{name}"][key] for key in ("version", "integrity", "license")}
        for name in (SARABUN, TABLESORT)
    }
    return {"packages": packages, "files": {name: _origin(name, data) for name, data in sorted(files.items())}}


def _origin(name: str, data: bytes) -> dict[str, str]:
    package, path = COPIED.get(name, (SARABUN, "made from the TTF files"))
    return {"package": package, "path": path, "sha256": hashlib.sha256(data).hexdigest()}


def _shown() -> list[int]:
    return [code for first, last in SHOWN for code in range(first, last + 1)] + [ord(sign) for sign in SIGNS]


if __name__ == "__main__":
    main()
