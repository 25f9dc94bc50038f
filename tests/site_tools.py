"""What others check web pages with: html-validate and Lighthouse, as ``web/tools/package-lock.json`` locks them.

They are installed into ``build/site_tools`` when a test first asks for them, and need Node and Chromium.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.conftest import ROOT

_LOCKED = ROOT / "web/tools"
_KEPT = ROOT / "build/site_tools"
_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage"


@dataclass(frozen=True)
class SiteTools:
    """Where the tools are installed."""

    programs: Path

    def html_faults(self, folder: Path) -> list[str]:
        """What html-validate finds in the pages of a folder by its recommended rules: page, place, rule, message."""
        with tempfile.TemporaryDirectory() as scratch:
            result = Path(scratch) / "faults.json"  # a pipe is cut short where there are many pages
            command = [str(self.programs / "html-validate"), "--formatter", f"json={result}", str(folder)]
            done = subprocess.run(command, cwd=_LOCKED, capture_output=True, check=False)
            if done.returncode not in (0, 1):
                raise RuntimeError(done.stderr.decode())
            pages = json.loads(result.read_bytes())
        return [
            f"{Path(page['filePath']).relative_to(folder)}:{fault['line']}:{fault['column']} {fault['ruleId']}: "
            f"{fault['message']}"
            for page in pages
            for fault in page["messages"]
        ]

    def lighthouse(self, folder: Path, page: str = "index.html") -> Lighthouse:
        """What Lighthouse finds on a page of a folder, served here with gzip, in a phone's window."""
        with served(folder) as address, tempfile.TemporaryDirectory() as home:
            command = [
                str(self.programs / "lighthouse"),
                f"{address}{page}",
                "--output=json",
                "--quiet",
                f"--chrome-flags={_FLAGS}",
                f"--only-categories={','.join(_CATEGORIES)}",
                "--no-enable-error-reporting",
            ]
            chromium = shutil.which("chromium") or "/usr/bin/chromium"
            environment = {**os.environ, "CHROME_PATH": chromium, "HOME": home, "TMPDIR": home}
            done = subprocess.run(command, cwd=home, env=environment, capture_output=True, check=True, timeout=240)
        return Lighthouse(json.loads(done.stdout))


@dataclass(frozen=True)
class Lighthouse:
    """The result of Lighthouse."""

    content: dict[str, Any]

    @property
    def scores(self) -> dict[str, int]:
        """Of 100, by category."""
        return {name: round(100 * self.content["categories"][name]["score"]) for name in _CATEGORIES}

    @property
    def failed(self) -> list[str]:
        """The audits that are not passed, apart from those of the performance, each with its title."""
        names = [ref["id"] for category in _CATEGORIES[1:] for ref in self.content["categories"][category]["auditRefs"]]
        audits = self.content["audits"]
        return [f"{name}: {audits[name]['title']}" for name in names if audits[name]["score"] not in (None, 1)]


def site_tools() -> SiteTools:
    """The tools, installed if they are not there; the test is skipped where that cannot be done.

    Where the surroundings promise that it can (``KHELANG_REQUIRE_READERS``), as .ci/run does, the test fails instead.
    """
    missing = [program for program in ("node", "npm", "chromium") if shutil.which(program) is None]
    if missing:
        _unavailable(f"{', '.join(missing)}: not installed")
    try:
        return SiteTools(_installation() / "node_modules/.bin")
    except subprocess.CalledProcessError as failure:
        _unavailable(f"the tools for pages cannot be installed: {failure.stderr.decode(errors='replace')[-1000:]}")
    raise AssertionError("unreachable")


def _unavailable(reason: str) -> None:
    if os.environ.get("KHELANG_REQUIRE_READERS"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _installation() -> Path:
    _KEPT.mkdir(parents=True, exist_ok=True)
    wanted = _KEPT / hashlib.sha256((_LOCKED / "package-lock.json").read_bytes()).hexdigest()[:16]
    with FileLock(_KEPT / "lock"):
        if not wanted.exists():
            with tempfile.TemporaryDirectory(prefix="new-", dir=_KEPT) as name:
                new = Path(name) / "tools"
                shutil.copytree(_LOCKED, new, ignore=shutil.ignore_patterns("node_modules"))
                command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
                environment = {**os.environ, "PUPPETEER_SKIP_DOWNLOAD": "1"}
                subprocess.run(command, cwd=new, env=environment, capture_output=True, check=True)
                new.rename(wanted)
    return wanted


class _Compressing(SimpleHTTPRequestHandler):
    """Serves files as a web server does: text is compressed."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data, kind = path.read_bytes(), self.guess_type(path)
        is_text = kind.startswith("text/") or path.suffix in (".js", ".json", ".svg")
        body = gzip.compress(data, mtime=0) if is_text else data
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder, served on this machine while the context lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Compressing, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
