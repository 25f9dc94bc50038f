"""Publish to portals with random faults in their responses: any outcome but our failures is an error.

``python -m tests.portal_fuzz --cases 5000 --seed 1`` makes the cases 1 to 5,000, and ``--cases 1 --seed 77`` case 77
again: a case is its seed. Most cases hand the answers over in memory; every fiftieth goes over a socket, where the HTTP
itself is spoilt, too. What is printed is searched for characters that a terminal obeys.
"""

from __future__ import annotations

import copy
import email
import json
import socketserver
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import yaml

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.ckan.client import Client, RequestPolicy
from khelang_opendata.portals.ckan.data_dictionary import update_data_dictionaries
from khelang_opendata.portals.ckan.portal_info import find_organization_id, read_portal_info
from khelang_opendata.portals.ckan.publisher import compare_dataset, publish_dataset
from khelang_opendata.portals.ckan.responses import Response
from khelang_opendata.portals.ckan.status_text import check_text, dry_run_text, failure_details, status_text
from khelang_opendata.portals.publication import Publication, read_publication
from khelang_opendata.portals.token import Token
from khelang_opendata.render.messages import failure_text
from tests.conftest import PLAN
from tests.memory import peak_rss_mb
from tests.portal.faults import light
from tests.portal.publishing import GIVEN
from tests.releases import publish as release
from tests.seeds import again, arguments

SCHEMES = Path(__file__).with_name("portal") / "schemes"
SECRET = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LW9mLXRoZS1mdXp6.Zm9yLW5vYm9keQ"  # noqa: S105 (of no portal)
ORG = "3f0c1e5a-6f0e-4b51-9a3c-0d7a4d2b7c11"
DATASET = UUID("7b0d3a52-5a7e-4d3e-8f2d-2f1a9d1c0b22")
BY_SOCKET = 50
"""Every so many cases one goes over a socket."""
ENOUGH = 10
"""Cases that fail, after which a run stops."""
SHOWN = "\x1b]0;x\x07\x1b[31m\u202e"
"""Control characters for a terminal, and one that reverses a line."""

QUICK = RequestPolicy(connect_seconds=5, read_seconds=5, request_seconds=5, first_delay_seconds=0, sleep=lambda _: None)

_BIG, _DEEP, _TWICE = "@big@", "@deep@", "@twice@"
_RAW = {
    f'"{_BIG}"': "9" * 5000,
    f'"{_DEEP}"': "[" * 400 + "]" * 400,
    f'"{_TWICE}"': '{"id": 1, "id": [2]}',
}
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 10**80, "", " ", "-", "x" * 100_000, SHOWN, "\0"),
    *("\ud800", "\u202e", "None", "[", '["a", 1, {}]', '{"a": {"b": 1}}', "[" * 900 + "]" * 900, "9" * 5000),
    *('["\\ud800"]', '{"\\ud800": "\\udfff"}', [], {}, [None], [[]], [{}], {"a": None}, {"": ""}, ["x"] * 1000),
    *(_BIG, _DEEP, _TWICE, "2026-02-30", "../../etc/passwd", "?#%", "๙", SECRET, {"id": str(DATASET)}),
)
_WAITS = ("", "7", "9" * 5000, "-1", "Mon, 99 Foo 0000", "Fri, 31 Dec 9999 23:59:59 -2359", "1e9", "nan", "\x85")
_PLACES = (
    "",
    "/",
    "http://[x",
    "javascript:1",
    "//",
    "http://127.0.0.1:99999999/",
    "\x1b[2J",
    "https://x/" + "y" * 9000,
)
_HEADERS = (
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999999999",
    b"Content-Length: " + b"9" * 5000,
    b"Transfer-Encoding: chunked",
    b"Content-Encoding: gzip",
    b"Content-Encoding: " + b"gzip, " * 50 + b"gzip",
    b"Content-Type: text/html; charset",
    b'Content-Type: application/json; charset="\xff"',
    b"Set-Cookie: \xff=\x00; expires=Fri, 99 Foo 99999; max-age=" + b"9" * 5000,
    b'Set-Cookie: a=b; domain=.; port="x"; version=\xb2',
    b"Location: \xff\xfe\x00",
    b"no colon at all",
    b" folded",
    b": nameless",
    b"X: \x1b]0;x\x07",
    b"X: " + b"y" * 70_000,
    b"\r",
)


@dataclass
class Ckan:
    """A CKAN in memory, with the actions of a publication."""

    dataset: dict[str, Any] | None = None
    files: dict[str, bytes] = field(default_factory=dict)
    revisions: int = 0

    def answer(self, method: str, address: str, content: dict[str, Any]) -> tuple[int, bytes]:
        """Return the status and body of a response."""
        path = urlsplit(address).path
        if "/download/" in path:
            data = self.files.get(path.split("/")[4])
            return (200, data) if data is not None else (404, b"<title>404</title>")
        action = path.rsplit("/", 1)[-1]
        status, result = self.call(action, content)
        if status == 200:
            return 200, json.dumps({"help": "…", "success": True, "result": result}).encode()
        error = {"__type": result, "message": "no"}
        return status, json.dumps({"help": "…", "success": False, "error": error}).encode()

    def call(self, action: str, given: dict[str, Any]) -> tuple[int, Any]:
        known: dict[str, Any] = {
            "status_show": {"ckan_version": "2.11.6", "site_title": "ระบบ", "extensions": ["datastore", "xloader"]},
            "license_list": licences(),
            "scheming_dataset_schema_show": scheme(),
            "organization_show": {"id": ORG, "name": "lampang", "title": None, "users": []},
            "am_following_group": False,
            "datastore_info": {"meta": {"count": 1}, "fields": [{"id": "plan_id", "type": "text", "info": None}]},
            "help_show": "…",
        }
        if action == "package_show":
            return (200, self.dataset) if self.dataset else (404, "Not Found Error")
        if action == "package_create":
            self.dataset = {**given, "id": str(DATASET), "resources": [], "extras": [], "state": "active"}
            return 200, self.changed()
        if action == "package_revise":
            self.revise(given)
            return 200, {"package": self.changed()}
        return 200, known.get(action, {})

    def changed(self) -> dict[str, Any]:
        assert self.dataset
        self.revisions += 1
        self.dataset["metadata_modified"] = f"2026-11-26T00:00:00.{self.revisions:06}"
        tags = str(self.dataset.pop("tag_string", "") or "")
        self.dataset["tags"] = [{"name": tag} for tag in tags.split(",") if tag] or self.dataset.get("tags", [])
        return self.dataset

    def revise(self, given: dict[str, Any]) -> None:
        assert self.dataset
        for name in given.get("filter", ()):
            self.dataset.pop(name[1:], None)
        self.dataset |= given.get("update", {})
        uploads = {name: data for name, data in given.items() if isinstance(data, bytes)}
        new = json.loads(given.get("update__resources__extend", "[]"))
        self.dataset["resources"] = [*self.dataset.get("resources", []), *new]
        for name, data in uploads.items():
            id_ = new[0]["id"] if new else name.removesuffix("__upload").rsplit("__", 1)[-1]
            one = next(r for r in self.dataset["resources"] if r["id"] == id_)
            one |= json.loads(given.get(f"update__resources__{id_}", "{}"))
            one |= {"url": f"http://portal.example/dataset/x/resource/{id_}/download/f", "url_type": "upload"}
            self.files[id_] = data


@cache
def scheme() -> Any:
    return yaml.safe_load((SCHEMES / "thai_gdc.yaml").read_text(encoding="utf-8"))


@cache
def licences() -> Any:
    return json.loads((SCHEMES / "thai_gdc.licenses.json").read_text(encoding="utf-8"))


def given_by(content: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of a request as the portal reads them."""
    read: dict[str, Any] = json.loads(content["data"]) if isinstance(content.get("data"), bytes) else {}
    read |= content["data"] if isinstance(content.get("data"), dict) else {}
    return read | {name: file[1] for name, file in content.get("files", {}).items()}


@dataclass
class Spoiler:
    """Changes some of a portal's responses at random."""

    dice: Random
    odds: float

    def spoil(self, answer: tuple[int, bytes]) -> Response:
        status, body = answer
        if self.dice.random() >= self.odds:
            return Response("http://portal.example/x", status, body)
        way = self.dice.choice(
            (self.inside, self.inside, self.inside, self.inside, self.other_bytes, self.other_status)
        )
        status, body = way(status, body)
        waiting, place = self.dice.choice(_WAITS), self.dice.choice(_PLACES)
        return Response("http://portal.example/x", status, body, place, waiting)

    def inside(self, status: int, body: bytes) -> tuple[int, bytes]:
        """Other values in the JSON: mostly in the result or the error."""
        try:
            content = json.loads(body)
        except ValueError:
            return self.other_bytes(status, body)
        for _ in range(self.dice.choice((1, 1, 1, 2, 5))):
            inner = self.dice.choice(("result", "result", "result", "error", "success", None))
            if isinstance(content, dict) and inner in content:
                content[inner] = self.changed(content[inner])
            else:
                content = self.changed(content)
        if self.dice.random() < 0.1:
            content = {"success": False, "error": {"__type": "Validation Error", "x": self.dice.choice(_ODD)}}
            status = 409
        text = json.dumps(content)
        for name, raw in _RAW.items():
            text = text.replace(name, raw)
        return status, text.encode()

    def changed(self, value: Any) -> Any:
        """A value with something odd in it somewhere."""
        if isinstance(value, dict | list) and value and self.dice.random() < 0.85:
            value = copy.copy(value)
            key = self.dice.choice(list(value) if isinstance(value, dict) else range(len(value)))
            lot = self.dice.random()
            if lot < 0.1:
                del value[key]
            elif lot < 0.15 and isinstance(value, dict):
                value[self.dice.choice(("", SHOWN, "\ud800", "id", "x" * 1000))] = value[key]
            else:
                value[key] = self.changed(value[key])
            return value
        return self.dice.choice(_ODD)

    def other_bytes(self, status: int, body: bytes) -> tuple[int, bytes]:
        """Other bytes."""
        at = self.dice.randrange(len(body) + 1)
        garbage = self.dice.choice(
            (b"", b"\xff\xfe", b"\0" * 100, self.dice.randbytes(200), b"<title>" * 2000, b"<script" * 2000, b'"' * 9)
        )
        return status, self.dice.choice(
            (body[:at], body[:at] + garbage, garbage, body + garbage, b"\xef\xbb\xbf" + body)
        )

    def other_status(self, _status: int, body: bytes) -> tuple[int, bytes]:
        """Another status."""
        odd = (102, 201, 204, 206, 302, 307, 400, 401, 403, 404, 405, 408, 409, 410, 413, 418, 429, 500, 503, 999)
        return self.dice.choice(odd), self.dice.choice((body, b"", b"<title>\x1b[2J\xe2\x80\xae</title>"))


class InMemory(Client):
    """A client that gets its responses without a socket."""

    portal: Ckan
    spoiler: Spoiler

    def _send(self, method: str, address: str, token: Token | None, limit: Any, **content: Any) -> Response:
        answer = self.spoiler.spoil(self.portal.answer(method, address, given_by(content)))
        if len(answer.body) > limit.max_bytes:
            raise limit.error
        return answer


class _Handler(socketserver.StreamRequestHandler):
    """An HTTP server that can send invalid HTTP."""

    def handle(self) -> None:
        with suppress(OSError, ValueError, StopIteration):
            self.converse()

    def converse(self) -> None:
        server = self.server
        assert isinstance(server, _Server)
        method, address, _ = self.rfile.readline().decode("latin-1").split(" ", 2)
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b"\r\n", b""):
            lines.append(line)
        head = email.message_from_bytes(b"".join(lines))
        body = self.rfile.read(int(head.get("Content-Length", 0)))
        answer = server.spoiler.spoil(server.portal.answer(method, address, _given_in(head, body, address)))
        dice = server.spoiler.dice
        headers = [b"Content-Length: %d" % len(answer.body)]
        if dice.random() < server.spoiler.odds:
            headers += dice.sample(_HEADERS, 2)
            dice.shuffle(headers)
        status = (
            dice.choice((b"%d", b"%d", b"%d", b"%d\x1b[2J", b"\xb2%d", b"-%d", b"%d" + b"9" * 5000)) % answer.status
        )
        if dice.random() >= server.spoiler.odds:
            status = b"%d" % answer.status
        location = answer.location.encode().replace(b"\n", b"")
        headers += [b"Location: " + location, b"Retry-After: " + answer.retry_after.encode("latin-1", "replace")]
        self.wfile.write(b"\r\n".join([b"HTTP/1.1 " + status + b" x", *headers, b"", b""]) + answer.body)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    portal: Ckan
    spoiler: Spoiler


def _given_in(head: Any, body: bytes, address: str) -> dict[str, Any]:
    kind = head.get_content_type()
    if kind == "application/json":
        read: dict[str, Any] = json.loads(body)
        return read
    if not kind.startswith("multipart/"):
        return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    form = email.message_from_bytes(f"Content-Type: {head['Content-Type']}\r\n\r\n".encode() + body)
    given: dict[str, Any] = {}
    for part in form.walk():
        name, data = part.get_param("name", header="Content-Disposition"), part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(data, bytes):
            given[name] = data if part.get_filename() else data.decode()
    return given


@contextmanager
def _client(portal: Ckan, spoiler: Spoiler, *, by_socket: bool) -> Iterator[Client]:
    if not by_socket:
        client = InMemory("http://127.0.0.1", Token(SECRET), policy=QUICK)
        client.portal, client.spoiler = portal, spoiler
        yield client
        return
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.portal, server.spoiler = portal, spoiler
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Client(f"http://127.0.0.1:{server.server_address[1]}", Token(SECRET), policy=QUICK)
        finally:
            server.shutdown()
            thread.join()


@dataclass(frozen=True)
class Case:
    """A case: the portal's state before, and the share of changed responses."""

    seed: int
    is_published: bool
    odds: float
    by_socket: bool

    @classmethod
    def of(cls, seed: int) -> Case:
        dice = Random(seed)  # noqa: S311 (no secret)
        odds = dice.choice((0.0, 0.05, 0.2, 0.5))
        return cls(seed, dice.random() < 0.5, odds, seed % BY_SOCKET == 0)


@dataclass
class Ending:
    """The outcome of a case: its failure, None if it was published; and all printed texts."""

    failure: KhelangError | None
    shown: list[str]


def portal_of(case: Case, publication: Publication) -> Ckan:
    portal = Ckan()
    if case.is_published:
        run(Case(0, False, 0, False), publication, portal)
        if case.seed % 3 == 0 and portal.dataset:
            portal.dataset["notes"] = f"{SHOWN} by another user"
    return portal


def run(case: Case, publication: Publication, portal: Ckan) -> Ending:
    """Publish, and collect all printed texts; exceptions other than our failures are raised."""
    shown: list[str] = []
    scheme_of = None
    spoiler = Spoiler(Random(case.seed), case.odds)  # noqa: S311 (no secret)
    with _client(portal, spoiler, by_socket=case.by_socket) as client:
        try:
            found = read_portal_info(client)
            scheme_of = found.schema
            org = find_organization_id(client, "lampang")
            current = compare_dataset(client, publication, found, org, GIVEN, lambda _: None)
            for language in Language:
                shown.append(check_text(current.metadata, publication, found, language))
                shown.append(dry_run_text(current, found, language))
                shown.append(status_text(current, found, "1.0.0", language))
            done = publish_dataset(client, current, "lampang", force=case.seed % 2 == 0, progress=lambda _: None)
            update_data_dictionaries(client, publication, done.dataset_id)
        except KhelangError as error:
            for each in (error, getattr(error, "cause", error)):
                for language in Language:
                    shown += [
                        *failure_text(each, language),
                        *(failure_details(each, scheme_of, language) if scheme_of else ()),
                    ]
            return Ending(error, shown)
    return Ending(None, shown)


def judge(seed: int, publication: Publication) -> str:
    """Return the error of a case; empty if it gave our failures only, and all printed texts are harmless."""
    case = Case.of(seed)
    try:
        ending = run(case, publication, portal_of(case, publication))
    except Exception:
        return f"{again('portal_fuzz', seed)}: {traceback.format_exc()}"
    for text in ending.shown:
        if any(visible(line) != line for line in text.split("\n")):
            return f"{again('portal_fuzz', seed)}: shows {text!r}"
        if SECRET in text:
            return f"{again('portal_fuzz', seed)}: shows the token"
    if case.odds == 0 and not case.by_socket and ending.failure and not (case.is_published and seed % 3 == 0):
        return f"{again('portal_fuzz', seed)}: nothing was spoilt, and it failed: {ending.failure!r}"
    return ""


@contextmanager
def small_publication() -> Iterator[Publication]:
    """The real plan's release, with few and small files."""
    with tempfile.TemporaryDirectory() as folder:
        release(PLAN, Path(folder) / "releases")
        yield light(read_publication(Path(folder) / "releases"))


def main() -> None:
    """Judge so many cases, and print what came of it as JSON."""
    args = arguments(__doc__, 5000).parse_args()
    failed, slowest, done = 0, 0.0, 0
    with small_publication() as publication:
        for seed in range(args.seed, args.seed + args.cases):
            begun = time.perf_counter()
            wrong = judge(seed, publication)
            slowest = max(slowest, time.perf_counter() - begun)
            done += 1
            if wrong:
                failed += 1
                print(wrong, file=sys.stderr)  # noqa: T201
            if failed >= ENOUGH:
                break
    peak = peak_rss_mb()
    reported = {
        "cases": done,
        "seed": args.seed,
        "failures": failed,
        "slowest_seconds": round(slowest, 2),
        "peak_rss_mb": round(peak),
    }
    print(json.dumps(reported))  # noqa: T201
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
