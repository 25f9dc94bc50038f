"""Every request ends at its deadline, however slow the portal is, and a response cut there is never used."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from khelang_opendata.portals.ckan.client import Client, RequestPolicy, Upload
from khelang_opendata.portals.portal_failures import PortalTooSlow
from khelang_opendata.portals.token import Token
from tests import test_portal_client as transport
from tests.test_portal_client import SECRET, fault

serve, serve_tls, certificate = transport.serve, transport.serve_tls, transport.certificate
no_proxy, nowhere = transport.no_proxy, transport.nowhere

SOON = RequestPolicy(connect_seconds=20, read_seconds=20, request_seconds=0.5, attempts=4, sleep=lambda _: None)
"""Long socket timeouts, so that only the deadline ends these requests."""
OK = b"HTTP/1.1 200 OK\r\n"
PAUSE = 0.02

Way = Callable[[socket.socket, threading.Event], None]


def drip(begin: bytes, again: bytes, *, read: bool = True) -> Way:
    """Send a beginning, then the same bytes repeatedly until the client closes the connection."""

    def way(connection: socket.socket, over: threading.Event) -> None:
        if read:
            connection.recv(65536)
        connection.sendall(begin)
        while not over.wait(PAUSE):
            connection.sendall(again)

    return way


def sip(connection: socket.socket, over: threading.Event) -> None:
    """Read a few bytes at a time, and send no response."""
    while not over.wait(PAUSE) and connection.recv(64):
        pass


def tunnel_to(inner: Way) -> Way:
    """Be a proxy that makes a tunnel, at the end of which is something else."""

    def way(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        inner(connection, over)

    return way


WAYS: dict[str, Way] = {
    "a byte at a time": drip(OK + b"Content-Length: 1000000\r\n\r\n", b"x"),
    "a body without a length": drip(OK + b"\r\n", b" "),
    "chunks": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "a chunk's size": drip(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    "compressed": drip(OK + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08\0\0\0\0\0\0\3", b"\0\1\0\xfe\xffx"),
    "the status": drip(b"", b"H"),
    "a header": drip(OK + b"X: ", b"x"),
    "100 Continue for ever": drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers of 100 Continue": drip(b"HTTP/1.1 100 Continue\r\nX: ", b"x"),
    "nothing": drip(b"", b""),
}


class Portal:
    """A server that treats every connection in one way, until it is over."""

    def __init__(self, way: Way) -> None:
        self.way, self.over = way, threading.Event()
        self.asked = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.threads = [threading.Thread(target=self._accept)]
        self.threads[0].start()

    def url(self, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.socket.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            connection, _ = self.socket.accept()
            if self.over.is_set():
                connection.close()
                return
            self.asked += 1
            self.threads.append(threading.Thread(target=self._treat, args=[connection]))
            self.threads[-1].start()

    def _treat(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.way(connection, self.over)

    def close(self) -> None:
        self.over.set()
        socket.create_connection(self.socket.getsockname()).close()  # wakes it up
        for thread in self.threads:
            thread.join()
        self.socket.close()


@pytest.fixture
def treat() -> Iterator[Callable[[Way], Portal]]:
    """Start a server that treats its clients in this way."""
    with ExitStack() as stack:

        def start(way: Way) -> Portal:
            portal = Portal(way)
            stack.callback(portal.close)
            return portal

        yield start


def timers() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)}


def fails_too_slow(call: Callable[[], object]) -> PortalTooSlow:
    found = fault(call)
    assert isinstance(found, PortalTooSlow)
    assert (found.transient, found.exit_code, found.params["seconds"]) == (False, 3, "0.5")
    assert (found.__cause__, found.__context__) == (None, None)
    return found


@pytest.mark.parametrize("way", WAYS)
def test_endless_response_times_out(treat: Callable[[Way], Portal], way: str) -> None:
    portal = treat(WAYS[way])
    client = Client(portal.url(), Token(SECRET), policy=SOON)
    fails_too_slow(lambda: client.get("status_show"))
    assert portal.asked == 1, "which is not asked again, for as long"
    fails_too_slow(lambda: client.post("package_create", {"title": "x"}))
    fails_too_slow(lambda: client.download(portal.url() + "/f"))
    assert portal.asked == 3
    assert not timers()


def test_response_cut_at_the_deadline_is_not_complete(treat: Callable[[Way], Portal]) -> None:
    whole = b'{"success": true, "result": 1}'
    portal = treat(drip(OK + b"\r\n" + whole, b" "))
    fails_too_slow(lambda: Client(portal.url(), policy=SOON).get("x"))
    fails_too_slow(lambda: Client(portal.url(), policy=SOON).download(portal.url() + "/f"))


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", ["the status", "a header", "nothing"])
def test_endless_proxy_response_times_out(
    treat: Callable[[Way], Portal], monkeypatch: pytest.MonkeyPatch, way: str, scheme: str
) -> None:
    proxy = treat(WAYS[way])
    monkeypatch.setenv(f"{scheme}_proxy", proxy.url())
    fails_too_slow(lambda: Client(f"{scheme}://portal.example", policy=SOON).get("x"))


def test_endless_tls_handshake_times_out(treat: Callable[[Way], Portal], monkeypatch: pytest.MonkeyPatch) -> None:
    hello = drip(b"\x16\x03\x03\x40\x00", b"\x02")
    fails_too_slow(lambda: Client(treat(hello).url("https"), policy=SOON).get("x"))
    monkeypatch.setenv("https_proxy", treat(tunnel_to(hello)).url())
    fails_too_slow(lambda: Client("https://portal.example", policy=SOON).get("x"))


def test_endless_response_over_tls_times_out(
    serve_tls: Callable[..., transport.Server], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    over = threading.Event()

    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(OK + b"Content-Length: 1000000\r\n\r\n")
        with suppress(OSError):
            while not over.wait(PAUSE):
                handler.wfile.write(b"x")

    server = serve_tls(trickle)
    try:
        fails_too_slow(lambda: Client(server.url(scheme="https"), Token(SECRET), policy=SOON).get("x"))
    finally:
        over.set()


def test_upload_that_is_read_slowly_times_out(treat: Callable[[Way], Portal]) -> None:
    client = Client(treat(sip).url(), Token(SECRET), policy=SOON)
    large = Upload("upload", "plan.csv", bytes(2**25), "text/csv")
    fails_too_slow(lambda: client.post("package_revise", {}, large))


def test_upload_may_take_longer_than_a_connection(treat: Callable[[Way], Portal]) -> None:
    def late(connection: socket.socket, over: threading.Event) -> None:
        over.wait(1)
        with connection.makefile("rb") as sent:
            length = next(int(line.split(b":")[1]) for line in sent if line.lower().startswith(b"content-length"))
            while sent.readline() != b"\r\n":
                pass
            assert len(sent.read(length)) == length
        connection.sendall(OK + b'\r\n{"success": true, "result": 1}')

    policy = RequestPolicy(connect_seconds=0.2, read_seconds=60, attempts=1)
    client = Client(treat(late).url(), Token(SECRET), policy=policy)
    assert client.post("x", {}, Upload("upload", "plan.csv", bytes(2**25), "text/csv")) == 1


def test_no_connection_is_left_open(treat: Callable[[Way], Portal], monkeypatch: pytest.MonkeyPatch) -> None:
    portal = treat(WAYS["a byte at a time"])
    made: list[socket.socket] = []
    copy_of = socket.socket.dup

    def dup(self: socket.socket) -> socket.socket:
        made.append(copy_of(self))
        return made[-1]

    monkeypatch.setattr(socket.socket, "dup", dup)
    fails_too_slow(lambda: Client(portal.url(), policy=SOON).get("x"))
    assert len(made) == 1
    assert [connection.fileno() for connection in made] == [-1]
    assert not timers()


def test_further_addresses_of_a_host_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []
    resolved = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 9))] * 1000

    def connect(_self: socket.socket, address: object) -> None:
        tried.append(address)
        threading.Event().wait(PAUSE)
        raise TimeoutError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: resolved)
    monkeypatch.setattr(socket.socket, "connect", connect)
    fails_too_slow(lambda: Client("http://portal.example", policy=SOON).get("x"))
    assert len(tried) < 1000


def test_request_in_time_is_unaffected(serve: Callable[..., transport.Server], nowhere: str) -> None:
    server = serve(transport.result(1))
    for _ in range(20):
        assert Client(server.url(), policy=SOON).get("x") == 1
    refused = fault(partial(Client(nowhere, policy=RequestPolicy(attempts=1)).get, "x"))
    assert (refused.code, refused.params["variant"]) == ("portal_unreachable", "refused")
    assert not timers()
