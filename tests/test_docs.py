"""Every command and program that a page shows runs, in order, in a folder like the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, needs

BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)

ELSEWHERE = ("performance.md", "publishing.md")
"""What these show is run by ``make benchmark``, and by tests/portal on a real portal."""

PAGES = sorted(page for page in (ROOT / "docs/en").glob("*.md") if page.name not in ELSEWHERE)
DOCUMENTS = [
    page.relative_to(ROOT).as_posix()
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *PAGES)
    if BLOCK.search(page.read_text(encoding="utf-8"))
]
"""The pages in English; those in Thai have the same blocks (test_docs_pairs.py)."""

FUNCTIONS = """
khelang() { "$PYTHON" -m khelang_opendata "$@"; }
datasette() { "$PYTHON" -m datasette "$@" --get / > /dev/null; }  # answers once in place of serving for ever
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("schemas", "datapackage", "src", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@needs("ssh-keygen")
@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_of_the_document_work(document: str, checkout: Path) -> None:
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    assert blocks
    for language, block in blocks:
        if language == "python":
            _run([sys.executable, "-c", block], checkout)
        elif block.startswith("make "):
            commands = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
            assert set(block.splitlines()) <= set(commands), "run by .ci/run itself"
        elif block.startswith("python -m pip install "):
            _run_install(block, checkout)
        else:
            _run(["bash", "-euo", "pipefail", "-c", FUNCTIONS + block], checkout)


def test_contributors_are_shown_every_target_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(makefile.split(".PHONY:")[1].split("\n")[0].split())
    shown = set(re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")))
    assert targets - shown == {"clean", "lint", "release"}
    assert shown <= targets


def _run_install(block: str, checkout: Path) -> None:
    venv = checkout / "venv"
    _run([sys.executable, "-m", "venv", str(venv)], checkout)
    for line in block.splitlines():
        program, *arguments = line.split()
        _run([str(venv / "bin" / program), *arguments], checkout)
    _run([str(venv / "bin/khelang"), "validate"], checkout)


def _run(command: list[str], checkout: Path) -> None:
    env = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHON": sys.executable}
    done = subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
