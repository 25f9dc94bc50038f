"""Every command and program shown in the documents is run, in order, in a folder like the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, needs

DOCUMENTS = [
    "README.md",
    "CONTRIBUTING.md",
    "docs/changes.md",
    "docs/eplan.md",
    "docs/evidence.md",
    "docs/releases.md",
    "docs/report.md",
    "docs/table-schema.md",
    "docs/trust.md",
]
FUNCTIONS = """
khelang() { "$PYTHON" -m khelang_opendata "$@"; }
datasette() { "$PYTHON" -m datasette "$@" --get / > /dev/null; }  # answers once in place of serving for ever
"""
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


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
