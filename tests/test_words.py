"""Plain English: the words that a reader of technical writing does not expect stay out of code, texts and documents."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tests.conftest import ROOT

AVOIDED = re.compile(
    r"(?<![.\"'])\b(?:tell|tells|telling|told|stand|stands|standing|stood|nobody|somebody|whoever|whomever"
    r"|he who|they who|as it stands|that there is none|thereof|hereby|wherein)\b",
    re.IGNORECASE,
)
"""Say what a thing is, does or holds: *the report lists*, not *the report tells of*; *no one*, *another program*.

A method (``file.tell()``) and a quoted name (the user ``"nobody"``) are no prose.
"""

SUFFIXES = {".py", ".md", ".json", ".j2", ".toml", ".yaml", ".yml", ".in", ".cfg", ""}
LEFT_OUT = (
    "tests/test_words.py",
    "datapackage/data",
    "LICENSE",
)


def files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in listed if Path(name).suffix in SUFFIXES and not name.startswith(LEFT_OUT)]


def test_words_are_plain() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files()
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if AVOIDED.search(line)
    ]
    assert found == []
