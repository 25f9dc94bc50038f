"""Draw the pictures of the adopters' guide: the sheets of the workbook of an invented plan, as LibreOffice prints them.

``python docs/pictures.py docs`` (``make pictures``). It needs LibreOffice and Poppler.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from khelang_opendata import Language
from khelang_opendata.intake.plan_sheets import text_in

ROOT = Path(__file__).parents[1]
PLAN = ROOT / "schemas/anticorruption-plan/1.0.0/examples/valid/mae-thung-2561-2564"
TABLES = ("units", "dimensions", "missions", "projects", "steps", "targets", "indicators", "risks", "risk_controls")
RESULTS = "progress"

_WIDTH = 1000  # pixels
_POINTS = 72
_MARGIN = 6
_SHARE = {"projects": 0.45, RESULTS: 0.46, "risks": 0.7, "indicators": 0.7}
"""How much of a wide sheet is shown, from its left."""
_TALLEST, _FOOTER = 200, 45  # points


def main(docs: Path) -> None:
    """Draw the pictures of both languages into ``<language>/pictures`` below a folder."""
    for language in Language:
        target = docs / language / "pictures"
        target.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            pdf = _printed(Path(folder), language)
            pages = _pages(pdf)
            names = {"plan": text_in(language, "plan")}
            names |= {table: text_in(language, "sheets", table) for table in (*TABLES, RESULTS)}
            for name, sheet in names.items():
                _draw(pdf, pages[sheet], _SHARE.get(name, 1), target / name)


def _printed(folder: Path, language: Language) -> Path:
    """The workbook as a PDF."""
    khelang = [sys.executable, "-m", "khelang_opendata", "template", "-o", str(folder / "plan.xlsx")]
    subprocess.run([*khelang, "--from", str(PLAN), "--lang", language], check=True)
    office = ["soffice", f"-env:UserInstallation=file://{folder}/office", "--headless", "--convert-to", "pdf"]
    subprocess.run([*office, "--outdir", str(folder), str(folder / "plan.xlsx")], check=True)
    return folder / "plan.pdf"


def _pages(pdf: Path) -> dict[str, int]:
    """The first page of each sheet."""
    outline = _output("pdftohtml", "-xml", "-i", "-stdout", str(pdf))
    return {name: int(page) for page, name in re.findall(r'<item page="(\d+)">([^<]+)</item>', outline)}


def _draw(pdf: Path, page: int, share: float, picture: Path) -> None:
    """Draw the upper part of a page, as far as it has words."""
    found = _output("pdftotext", "-f", str(page), "-l", str(page), "-bbox", str(pdf), "-")
    words = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)"', found)
    height = float(re.findall(r'<page width="[\d.]+" height="([\d.]+)"', found)[0])
    boxes = [tuple(map(float, word)) for word in words if float(word[3]) < height - _FOOTER]
    left, top = (min(box[at] for box in boxes) - _MARGIN for at in (0, 1))
    width = (max(box[2] for box in boxes) + _MARGIN - left) * share
    tall = min(max(box[3] for box in boxes) + _MARGIN - top, _TALLEST)
    scale = _WIDTH / width
    area = {"-x": left, "-y": top, "-W": width, "-H": tall}
    options = [part for option, value in area.items() for part in (option, str(round(value * scale)))]
    command = ["pdftoppm", "-png", "-singlefile", "-r", str(scale * _POINTS), "-f", str(page), "-l", str(page)]
    subprocess.run([*command, *options, str(pdf), str(picture)], check=True)


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
