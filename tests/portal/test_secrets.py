"""No output, log, exception or file contains the token, whatever the outcome of a publication."""

from __future__ import annotations

import base64
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata.portals.ckan.client import Client
from khelang_opendata.portals.ckan.publisher import publish_dataset
from khelang_opendata.portals.publication import read_publication
from khelang_opendata.portals.token import Token
from tests.conftest import ROOT
from tests.portal.faults import COMMAND, light
from tests.portal.publishing import GIVEN, IMPATIENT, client_of, examined, published, purged
from tests.portal.server import Ckan
from tests.releases import NAME

FOREIGN = "eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJub2JvZHkncyIsImlhdCI6MTc5fQ.h3kQ-9s_unknownToTheportal0123456789ABCDEF"

# Read by Python before the command: everything is logged, and no test waits for a portal that does not answer.
_LOUD = """
import logging, time
logging.basicConfig(level=logging.DEBUG)
time.sleep = lambda seconds: None
"""


def forms(token: str) -> list[bytes]:
    """A token, its signature alone, and both as an encoded text may hold them."""
    texts = [token, token.rpartition(".")[2][:24]]
    return [
        form for text in texts for form in (*_encoded(text.encode()), *map(text.encode, ("utf-16-le", "utf-16-be")))
    ]


def _encoded(text: bytes) -> Iterator[bytes]:
    yield from (text, text.hex().encode(), b"".join(b"%%%02X" % byte for byte in text))
    yield b"".join(b"%%%02x" % byte for byte in text)
    for before in range(3):  # base64 gives another text for each place in a group of three bytes
        whole = base64.b64encode(b"\0" * before + text)[4 if before else 0 : -4]
        yield from (whole, whole.translate(bytes.maketrans(b"+/", b"-_")))


def assert_absent(token: str, *texts: bytes) -> None:
    for text in texts:
        assert not [form for form in forms(token) if form in text], text


@pytest.mark.parametrize("hide", [bytes, lambda t: base64.b64encode(b"user:" + t), lambda t: repr({"a": t}).encode()])
def test_search_finds_a_token(hide: Callable[[bytes], bytes]) -> None:
    with pytest.raises(AssertionError):
        assert_absent(FOREIGN, b"before " + hide(FOREIGN.encode()) + b" after")


@dataclass
class Place:
    """A user's own folder, in which khelang is run, and where all that it writes is searched."""

    home: Path
    releases: Path

    def start(
        self,
        url: str,
        org: str,
        *options: str,
        env: Mapping[str, str],
        python: tuple[str, ...] = (),
        before: tuple[str, ...] = (),
    ) -> subprocess.Popen[bytes]:
        values = [f"--set={name}={value}" for name, value in GIVEN.items()]
        program = [sys.executable, *python, "-c", COMMAND, *before]
        command = [*program, "publish", str(self.releases), "--url", url, "--org", org]
        folders = {name: str(self.home) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")}
        paths = os.pathsep.join((str(self.home / "python"), str(ROOT), os.environ.get("PYTHONPATH", "")))
        clean = {name: value for name, value in os.environ.items() if name != "CKAN_API_TOKEN"}
        environment = {**clean, **folders, "PYTHONPATH": paths, "LC_ALL": "en_US.UTF-8", **env}
        return subprocess.Popen(
            [*command, *values, *options],
            env=environment,
            cwd=self.home,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, url: str, org: str, token: str, *options: str, **more: Any) -> tuple[int, str]:
        """Publish; gives the exit code and what was printed, after the search."""
        more.setdefault("env", {"CKAN_API_TOKEN": token})
        with self.start(url, org, *options, **more) as process:
            out, err = process.communicate(timeout=120)
        self.search(token, out, err)
        return process.returncode, (out + err).decode()

    def search(self, token: str, *printed: bytes) -> None:
        written = (path for path in self.home.rglob("*") if path.is_file() and path.name != "token")
        assert_absent(token, *printed, *(path.read_bytes() for path in written))


@pytest.fixture
def place(tmp_path: Path, released: Path) -> Place:
    (tmp_path / "python").mkdir()
    (tmp_path / "python/sitecustomize.py").write_text(_LOUD, encoding="utf-8")
    return Place(tmp_path, released)


@pytest.fixture
def portal(ckan: Ckan) -> Iterator[Ckan]:
    with purged(ckan, NAME):
        yield ckan


def token_file(place: Place, token: str, mode: int = 0o600) -> str:
    path = place.home / "token"
    path.write_text(f"{token}\n", encoding="utf-8")
    path.chmod(mode)
    return str(path)


def test_success_shows_no_token(portal: Ckan, place: Place) -> None:
    code, reported = place.run(portal.url, portal.org, portal.editor_token, python=("-X", "dev"))
    assert (code, "DEBUG:urllib3" in reported) == (0, True)
    dataset = portal.action("package_show", {"id": NAME}, portal.admin_token).content
    stored = [path.read_bytes() for path in portal.storage.rglob("*") if path.is_file()]
    assert len(stored) >= 3
    assert_absent(portal.editor_token, dataset, *stored)
    for options in (("--status",), ("--dry-run",), ("--lang", "th")):
        assert place.run(portal.url, portal.org, portal.editor_token, *options)[0] == 0


def test_token_is_read_from_a_safe_file_only(portal: Ckan, place: Place) -> None:
    for mode, expected in ((0o644, 2), (0o600, 0)):
        options = ("--token-file", token_file(place, portal.editor_token, mode))
        assert place.run(portal.url, portal.org, portal.editor_token, *options, env={})[0] == expected


@pytest.mark.parametrize("spoil", ["TOKEN two", "TOKEN\nsecond line", "TOKEN\x07", "กTOKEN", "TOKEN" * 60])
def test_token_that_cannot_be_used_is_not_shown(portal: Ckan, place: Place, spoil: str) -> None:
    assert place.run(portal.url, portal.org, FOREIGN, env={"CKAN_API_TOKEN": spoil.replace("TOKEN", FOREIGN)})[0] == 2


def test_refusals_show_no_token(portal: Ckan, place: Place) -> None:
    publication = light(read_publication(place.releases))
    assert place.run(portal.url, portal.org, FOREIGN)[0] == 3
    assert place.run(portal.url, portal.org, portal.reader_token)[0] == 3
    assert place.run(portal.url, portal.other_org, portal.editor_token)[0] == 3
    assert place.run(portal.url, "no-such-organisation", portal.editor_token)[0] == 2
    published(portal, publication)
    portal.result("package_patch", {"id": NAME, "notes": "แก้โดยผู้ดูแล"})
    assert place.run(portal.url, portal.org, portal.editor_token)[0] == 1
    portal.result("package_delete", {"id": NAME})
    assert place.run(portal.url, portal.org, portal.editor_token)[0] in (1, 3)


def test_failing_connections_show_no_token(portal: Ckan, place: Place) -> None:
    for fault in ("refuse", "cut_reply", "error_500"):
        portal.proxy.dead_from(7, fault)
        assert place.run(portal.url, portal.org, portal.editor_token, python=("-X", "dev"))[0] == 3
        portal.proxy.reset()
    unanswered = "http://127.0.0.1:9"
    assert place.run(unanswered, portal.org, portal.editor_token)[0] == 3
    assert place.run("https://127.0.0.1:9/?k=v", portal.org, portal.editor_token)[0] == 2


def test_traceback_of_an_unexpected_failure_shows_no_token(portal: Ckan, place: Place) -> None:
    with (place.home / "python/sitecustomize.py").open("a", encoding="utf-8") as lines:
        lines.write("import urllib3.connection\ndel urllib3.connection.HTTPConnection.getresponse\n")
    for before, is_shown in (((), False), (("--debug",), True)):
        code, reported = place.run(portal.url, portal.org, portal.editor_token, python=("-X", "dev"), before=before)
        assert (code, "Traceback" in reported) == (3, is_shown)
        assert "AttributeError" in reported


@pytest.mark.parametrize("number", [2, 7])
def test_interrupt_shows_no_token_and_neither_does_the_list_of_processes(
    portal: Ckan, place: Place, number: int
) -> None:
    portal.proxy.inject("delay", number, seconds=1)
    env = {"CKAN_API_TOKEN": portal.editor_token}
    with place.start(portal.url, portal.org, env=env, python=("-X", "dev")) as process:
        while len(portal.proxy.requests) < number:
            assert process.poll() is None, process.communicate()
            time.sleep(0.01)
        command = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    portal.proxy.settle()
    assert process.returncode != 0
    place.search(portal.editor_token, command, out, err)


def test_no_option_takes_a_token(place: Place) -> None:
    command = [sys.executable, "-m", "khelang_opendata", "publish"]
    reported = subprocess.run([*command, "--help"], capture_output=True, check=True).stdout
    assert {word.strip(b",") for word in reported.split() if b"token" in word and b"-" in word} == {b"--token-file"}
    refused = subprocess.run([*command, "--token", FOREIGN], capture_output=True, check=False)
    assert refused.returncode == 2
    assert_absent(FOREIGN, refused.stdout, refused.stderr)


Answering = Callable[[BaseHTTPRequestHandler], tuple[int, Mapping[str, str], bytes]]


@contextmanager
def portal_that(answers: Answering) -> Iterator[tuple[str, list[bytes]]]:
    """Run a server; gives its address, and the headers of all requests that it got."""
    got: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.headers.as_bytes())
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, headers, body = answers(self)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", got
    finally:
        server.shutdown()
        server.server_close()


def passing_on(ckan: Ckan, otherwise: Answering) -> Answering:
    """What CKAN answers to all but what comes with a token."""

    def answer(request: BaseHTTPRequestHandler) -> tuple[int, Mapping[str, str], bytes]:
        if "Authorization" in request.headers:
            return otherwise(request)
        got = ckan.action(request.path.rpartition("/")[2].partition("?")[0], {"type": "dataset"})
        return got.status_code, {"Content-Type": "application/json"}, got.content

    return answer


def test_other_host_gets_no_token(portal: Ckan, place: Place) -> None:
    with portal_that(lambda _: (200, {}, b"{}")) as (other, got):
        for status in (302, 308):

            def redirect(request: BaseHTTPRequestHandler, status: int = status) -> tuple[int, Mapping[str, str], bytes]:
                return status, {"Location": f"{other}{request.path}"}, b""

            with portal_that(passing_on(portal, redirect)) as (url, received):
                assert place.run(url, portal.org, portal.editor_token)[0] == 2
                assert portal.editor_token.encode() in b"".join(received)
        assert_absent(portal.editor_token, *got)


ECHOES: dict[str, Callable[[str], tuple[int, Mapping[str, str], bytes]]] = {
    "page": lambda t: (500, {}, f"<html><title>Error: Authorization {t}</title></html>".encode()),
    "entities": lambda t: (502, {}, f"<html><h1>{''.join(f'&#{ord(c)};' for c in t)}</h1></html>".encode()),
    "escapes": lambda t: (400, {}, ('"no: ' + "".join(f"\\u{ord(c):04x}" for c in t) + '"').encode()),
    "text": lambda t: (403, {"Content-Type": "text/plain"}, f"no: {t}".encode()),
    "json": lambda t: (
        409,
        {},
        f'{{"success": false, "error": {{"__type": "Validation Error", "{t}": ["{t}"]}}}}'.encode(),
    ),
    "string": lambda t: (400, {}, f'"Bad request - {t}"'.encode()),
    "redirect": lambda t: (302, {"Location": f"http://127.0.0.1:9/{t}/api/3/action/x?{t}"}, b""),
}


@pytest.mark.parametrize("echo", ECHOES)
def test_echoed_token_is_not_printed(portal: Ckan, place: Place, echo: str) -> None:
    def repeat(request: BaseHTTPRequestHandler) -> tuple[int, Mapping[str, str], bytes]:
        return ECHOES[echo](request.headers["Authorization"])

    with portal_that(passing_on(portal, repeat)) as (url, received):
        assert place.run(url, portal.org, portal.editor_token, python=("-X", "dev"))[0] != 0
        assert portal.editor_token.encode() in b"".join(received)


def texts_of(error: BaseException) -> list[bytes]:
    """All that can be shown of an exception: its texts, the variables of every function it came through, its pickle."""
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    ours = [frame for frame in shown.stack if not Path(frame.filename).is_relative_to(ROOT / "tests")]
    assert ours
    reported = [
        repr(error),
        str(error),
        repr(vars(error)),
        *shown.format_exception_only(),
        repr([f.locals for f in ours]),
    ]
    try:
        pickled = pickle.dumps(error)
    except TypeError:
        pickled = b""
    chain = [cause for cause in (error.__cause__, getattr(error, "cause", None)) if cause]
    return [pickled, *(text.encode() for text in reported), *(text for cause in chain for text in texts_of(cause))]


@pytest.mark.parametrize("fault", ["refuse", "cut_request", "error_500", "reply_lost", "error_after", "cut_reply"])
def test_exceptions_hold_no_token(portal: Ckan, place: Place, fault: Any) -> None:
    portal.proxy.dead_from(7, fault)
    with pytest.raises(Exception) as raised:
        published(portal, light(read_publication(place.releases)))
    assert_absent(portal.editor_token, *texts_of(raised.value))


def test_exception_of_the_progress_callback_holds_no_token(portal: Ckan, place: Place) -> None:
    client = client_of(portal)
    there = examined(client, portal, light(read_publication(place.releases)))

    def fail(_step: object) -> None:
        raise RuntimeError("the terminal is gone")

    with pytest.raises(RuntimeError) as raised:
        publish_dataset(client, there, portal.org, force=False, progress=fail)
    assert_absent(portal.editor_token, *texts_of(raised.value))


def test_client_and_token_cannot_be_shown_or_stored(portal: Ckan) -> None:
    token = Token(portal.editor_token)
    client = Client(portal.url, token, policy=IMPATIENT)
    assert_absent(portal.editor_token, *(f"{x!r} {x!s} {x}".encode() for x in (token, client, vars(client), [token])))
    for secret in (token, client):
        with pytest.raises(TypeError):
            pickle.dumps(secret)
