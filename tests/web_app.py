"""The tool in the browser for the tests: built as ``make web`` builds it, and its Python asked in Node."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from filelock import FileLock

from tests.conftest import ROOT

BUILT = ROOT / "build/web"
_STAMP = ROOT / "build/web_parts/made_of"
_MADE_OF = ("src", "schemas", "web/app", "requirements/web.txt", "pyproject.toml", "Makefile")


def built_web() -> Path:
    """The folder ``build/web``, made anew where it is of other files; the test is skipped where that cannot be done.

    Where the surroundings promise that it can (``KHELANG_REQUIRE_READERS``), as .ci/run does, the test fails instead.
    """
    missing = [program for program in ("node", "npm", "make") if shutil.which(program) is None]
    if missing:
        _unavailable(f"{', '.join(missing)}: not installed")
    (ROOT / "build").mkdir(exist_ok=True)
    with FileLock(ROOT / "build/web.lock"):
        made_of = _hash_of_sources()
        if not BUILT.is_dir() or not _STAMP.is_file() or _STAMP.read_text() != made_of:
            command = ["make", "web", "READY=", f"BIN={Path(sys.executable).parent}"]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
            if done.returncode:
                _unavailable(f"the page cannot be built: {done.stderr.decode(errors='replace')[-1000:]}")
            _STAMP.write_text(made_of)
    return BUILT


def _unavailable(reason: str) -> None:
    if os.environ.get("KHELANG_REQUIRE_READERS"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _hash_of_sources() -> str:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *_MADE_OF],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    digest = hashlib.sha256()
    for name in sorted(listed):
        if (ROOT / name).is_file():
            digest.update(name.encode() + b"\0" + (ROOT / name).read_bytes())
    return digest.hexdigest()


class PythonInNode:
    """The page's Python with the program, which answers calls as it does in the page's worker."""

    def __init__(self, process: subprocess.Popen[str], scratch: Path) -> None:
        self._process, self._scratch, self._calls = process, scratch, 0
        self.ready: int = self._line()["ready"]
        """Milliseconds that the start took."""

    def ask(self, call: str, facts: dict[str, Any] | None = None, **places: Path) -> dict[str, Any]:
        """The answer to a call, with ``files`` by path.

        Args:
            call: its name.
            facts: its parameters.
            places: by place, a file, or a folder whose content is in that place.
        """
        self._calls += 1
        out = self._scratch / str(self._calls)
        asked = {"call": call, "facts": facts or {}, "to": str(out)}
        asked |= {"places": {place: str(path) for place, path in places.items()}}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        result = self._line()
        assert "error" not in result, result["error"]
        result["files"] = {name: (out / name).read_bytes() for name in result["files"]}
        shutil.rmtree(out, ignore_errors=True)
        return result

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        content: dict[str, Any] = json.loads(self._process.stdout.readline())
        return content


@contextmanager
def python_in_node() -> Iterator[PythonInNode]:
    """Python as the page runs it, in one process of Node while the context lasts."""
    command = ["node", str(ROOT / "web/app/ask.mjs"), str(built_web())]
    with (
        TemporaryDirectory() as scratch,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        ) as process,
    ):
        yield PythonInNode(process, Path(scratch))
        assert process.stdin is not None
        process.stdin.close()
