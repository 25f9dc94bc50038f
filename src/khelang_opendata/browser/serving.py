"""The page served on this machine alone, each file with the headers that its policy needs.

The policy of a page does not bind its worker, which has one of its own: https://www.w3.org/TR/CSP3/#policy-inheritance.
"""

from __future__ import annotations

import gzip
import re
import socket
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from khelang_opendata.model.failures import EnvironmentFailure, UsageError

LOOPBACK = "127.0.0.1"
INDEX = "index.html"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'none'; style-src 'self'; "
    "img-src 'self' blob: data:; font-src 'self'; frame-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types khelang"
)
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
SERVICE_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Headers of every response."""

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}
_HASHED = re.compile(r"[.-][0-9a-f]{12}[./]")
_WORKER = re.compile(r"worker\.[0-9a-f]{12}\.mjs")
_ALWAYS = "public, max-age=31536000, immutable"


def headers_of(path: str) -> dict[str, str]:
    """The headers of a file of the page, but for its type.

    Args:
        path: its path below the page's folder.
    """
    policy = {INDEX: PAGE_POLICY, "service.js": SERVICE_POLICY}.get(path)
    if _WORKER.fullmatch(path):
        policy = WORKER_POLICY
    cached = {"Cache-Control": _ALWAYS if _HASHED.search(path) else "no-cache"}
    return {**SAFE, **cached, **({"Content-Security-Policy": policy} if policy else {})}


class PageServer(ThreadingHTTPServer):
    """Serves the files that a folder has now, to programs of this machine that ask for it by its own name."""

    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        """Take the files of a folder, and listen.

        Args:
            folder: what ``make web`` built.
            port: the port; 0 for any that is free.

        Raises:
            UsageError: the folder holds no page.
            EnvironmentFailure: the port is taken.
        """
        found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
        self.files = {path.relative_to(folder).as_posix(): path for path in found}
        if INDEX not in self.files or "service.js" not in self.files:
            raise UsageError("page_missing", path=str(folder))
        try:
            super().__init__((LOOPBACK, port), _PageFile)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise EnvironmentFailure("port_taken", port=port, reason=reason) from error

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{LOOPBACK}:{self.server_port}/"

    def names(self) -> set[str]:
        """The names by which a browser may ask: another is that of a site that leads here (DNS rebinding)."""
        return {f"{name}:{self.server_port}" for name in (LOOPBACK, "localhost")}

    def server_bind(self) -> None:
        """Listen without asking what this machine is called, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = LOOPBACK, self.server_address[1]


class _PageFile(BaseHTTPRequestHandler):
    server: PageServer
    server_version = "khelang"
    sys_version = ""

    def do_GET(self) -> None:
        """Send a file."""
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        """Send the headers of a file."""
        self._send(with_body=False)

    def _send(self, *, with_body: bool) -> None:
        if self.headers.get("Host") not in self.server.names():
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        path = self.path.split("?")[0].removeprefix("/") or INDEX
        place = self.server.files.get(path)
        if place is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        data = place.read_bytes()
        is_text = place.suffix in (".mjs", ".js", ".css", ".html")
        if is_text and "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, 6, mtime=0)
        else:
            is_text = False
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", _TYPES.get(place.suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(data)))
        if is_text:
            self.send_header("Content-Encoding", "gzip")
        for name, value in headers_of(path).items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""
