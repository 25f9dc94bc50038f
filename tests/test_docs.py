"""Every command and program shown in the documents is run, in order, in a folder like the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/report.md", "docs/table-schema.md"]
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("schemas", "datapackage", "src"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-DATA"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_of_the_document_work(document: str, checkout: Path) -> None:
    blocks = BLOCK.findall((ROOT / document).read_text(encoding="utf-8"))
    assert blocks
    for language, block in blocks:
        if language == "python":
            _run([sys.executable, "-c", block], checkout)
        else:
            for line in block.splitlines():
                _run_line(line, checkout)


def _run_line(line: str, checkout: Path) -> None:
    program, *args = shlex.split(line)
    if program == "khelang":
        _run([sys.executable, "-m", "khelang_opendata", *args], checkout)
    elif program == "make":
        assert line in (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines(), "run by .ci/run itself"
    elif line == "python -m pip install .":
        venv = checkout / "venv"
        _run([sys.executable, "-m", "venv", str(venv)], checkout)
        _run([str(venv / "bin/python"), *args], checkout)
        _run([str(venv / "bin/khelang"), "validate"], checkout)
    else:
        assert program == "cp", f"no test knows how to run {line!r}"
        _run([program, *args], checkout)


def _run(command: list[str], checkout: Path) -> None:
    env = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
