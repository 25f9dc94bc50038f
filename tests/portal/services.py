"""The services of a CKAN: the system's PostgreSQL and Redis, and a server with the responses needed of Solr.

All run in one temporary folder. PostgreSQL and Redis are reached by Unix sockets there, so no port is taken before
it is used. Each gets a signal from the kernel when the process that started it ends, however that ends.
"""

from __future__ import annotations

import html
import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

_DEBIAN = Path("/usr/lib/postgresql")
_UNPRIVILEGED = "nobody"
_PATIENCE = 60.0

Command = list[str | Path]

# Nothing here must survive a power cut.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "32MB",
    "max_connections": "200",
}


@cache
def postgres_programs() -> Path | None:
    """Give the folder of the newest PostgreSQL's programs: Debian keeps the server off the path."""
    versions = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda program: int(program.parts[-3]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).parent if found else None


def missing() -> list[str]:
    """Name the programs that a portal needs and that are not installed."""
    lacking = [program for program in ("setpriv", "redis-server") if shutil.which(program) is None]
    return lacking if postgres_programs() else [*lacking, "postgresql"]


def bound(command: Command, ending: str = "TERM", user: str | None = None) -> list[str]:
    """Give the command that runs as a user, if one is named, and gets a signal when this process ends."""
    account = pwd.getpwnam(user) if user else None
    identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"] if account else []
    return ["setpriv", *identity, f"--pdeathsig={ending}", "--", *map(str, command)]


def start(command: Sequence[str], log: Path, **more: Any) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own, which writes to a log."""
    with log.open("ab") as lines:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=lines, stderr=lines, start_new_session=True, **more
        )


def stop(process: subprocess.Popen[bytes], ending: signal.Signals = signal.SIGTERM) -> None:
    """End a server and everything that it started."""
    for sent in (ending, signal.SIGKILL):
        try:
            os.killpg(process.pid, sent)
            process.wait(timeout=10)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait for a server; raise with its log if it ends or takes too long."""
    until = time.monotonic() + _PATIENCE
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            stop(process)
            raise RuntimeError(f"{process.args!r} did not start:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)


class Postgres:
    """A PostgreSQL cluster in a folder; its superuser is ckan, and no user needs a password."""

    def __init__(self, folder: Path) -> None:
        """Name the cluster's folder, below one that every user may enter."""
        programs = postgres_programs()
        assert programs is not None
        self._programs = programs
        self._user = _UNPRIVILEGED if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self.data, self._sockets, self._log = folder / "data", folder / "sockets", folder / "postgres.log"
        self._sockets.mkdir()
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make an empty cluster."""
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        how = ["--username=ckan", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        command: Command = [self._programs / "initdb", *how, "-D", self.data]
        subprocess.run(bound(command, user=self._user), check=True, capture_output=True, cwd="/")

    def copy(self, cluster: Path) -> None:
        """Make a cluster that is a copy of one that is not running."""
        shutil.copytree(cluster, self.data)
        for path in (self.data, *self.data.rglob("*")):
            self._own(path)

    def start(self) -> None:
        self._own(self._sockets)
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        server: Command = [self._programs / "postgres", "-D", self.data, "-k", self._sockets, *settings]
        ready: Command = [self._programs / "pg_isready", "--quiet", "-h", self._sockets]
        self._process = start(bound(server, "INT", self._user), self._log, cwd="/")
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, self._process, self._log)

    def stop(self) -> None:
        if self._process:
            stop(self._process, signal.SIGINT)

    def run(self, sql: str, database: str = "postgres") -> str:
        """Execute statements one by one, and give the rows that they select."""
        how = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1", "-U", "ckan", database]
        command: Command = [self._programs / "psql", "-h", self._sockets, *how]
        return subprocess.run(command, input=sql.encode(), check=True, capture_output=True).stdout.decode()

    def url(self, database: str, user: str = "ckan") -> str:
        """Give the address by which CKAN reaches a database."""
        return f"postgresql://{user}:@/{database}?host={self._sockets}"

    def _own(self, path: Path) -> None:
        if self._user:
            shutil.chown(path, self._user)


class Redis:
    """A Redis that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of its socket and its log."""
        self._socket, self._log = folder / "redis.socket", folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        server: Command = ["redis-server", "--port", "0", "--unixsocket", self._socket, "--save", ""]
        self._process = start(bound(server), self._log, cwd=self._socket.parent)
        wait_until(self._socket.exists, self._process, self._log)

    def stop(self) -> None:
        if self._process:
            stop(self._process)

    def url(self, number: int) -> str:
        """Give the address of one of the sixteen databases."""
        return f"unix://{self._socket}?db={number}"


_UPDATE = {"responseHeader": {"status": 0, "QTime": 1}}

_FILTER = re.compile(r'\+?(?P<field>\w+):\(?(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>[^\s)]+))\)?')
"""A filter that CKAN writes, or a harvest: a field that has a value."""

_SHOWN = re.compile(r'(?:name:"[^"]+" OR )?id:"([^"]+)"')
"""How package_show asks for a dataset as it was indexed, and the loader of tables, which changes it there."""


def _search_result(documents: Collection[dict[str, Any]], query: Mapping[str, list[str]]) -> dict[str, Any]:
    """What Solr answers where one dataset is asked for, and to the filters of package_search.

    It answers nothing to any other query.
    """
    found = []
    asked = query.get("q", ["*:*"])[0]
    if shown := _SHOWN.fullmatch(asked):
        found = [one for one in documents if shown[1] in (one["name"], one["id"])]
    elif "validated_data_dict" in query.get("fl", [""])[0] and asked == "*:*":
        filters = [one for text in query.get("fq", ()) for one in _FILTER.finditer(text)]
        found = [one for one in documents if all(_has(one, filter_) for filter_ in filters)]
    found.sort(key=lambda one: str(one["name"]))
    start = int(query.get("start", ["0"])[0])
    return {
        "responseHeader": {"status": 0, "QTime": 1},
        "response": {
            "numFound": len(found),
            "start": start,
            "docs": found[start : start + int(query.get("rows", ["10"])[0])],
        },
        "facet_counts": {"facet_queries": {}, "facet_fields": {}, "facet_ranges": {}},
    }


def _has(document: Mapping[str, Any], filter_: re.Match[str]) -> bool:
    value = document.get(filter_["field"], [])
    wanted = filter_["word"] or re.sub(r"\\(.)", r"\1", filter_["phrase"])
    return wanted in map(str, value if isinstance(value, list) else [value])


class Solr:
    """The answers that CKAN's API needs of a Solr: CKAN's own schema, updates, and searches of package_search.

    It finds a dataset by its name or id, for package_search the public ones that have the values of the filters, and
    nothing for any other search. Stopped, it closes each connection without an answer.
    """

    def __init__(self, schema: Path) -> None:
        """Name the file of CKAN's schema."""
        self.answering = True
        self.documents: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler(schema.read_bytes()))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/solr/ckan"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def update(self, data: bytes) -> None:
        """Add documents (JSON), or delete those that a query names (XML)."""
        if data.startswith(b"["):
            self.documents |= {one["id"]: one for one in json.loads(data)}
        elif b"<delete>" in data:
            text = html.unescape(data.decode())
            self.documents = {id_: one for id_, one in self.documents.items() if f'"{id_}"' not in text}

    def _handler(self, schema: bytes) -> type[BaseHTTPRequestHandler]:
        solr = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if not solr.answering:
                    return
                address = urlsplit(self.path)
                what = address.path.rstrip("/").rpartition("/")[2]
                if what == "update":
                    solr.update(sent)
                body = schema
                if what != "schema":
                    found = what == "select" and _search_result([*solr.documents.values()], parse_qs(address.query))
                    body = json.dumps(found or _UPDATE).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/xml" if what == "schema" else "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Answers
