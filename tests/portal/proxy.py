"""A proxy that makes one chosen request between a client and a portal fail in a chosen way.

CKAN has the proxy's address as its own (ckan.site_url). So downloads by a resource's URL pass it, are counted, and can
fail, too. It rewrites nothing, and reads each request and response completely before it passes them on.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPMessage, parse_headers
from io import BufferedIOBase, BytesIO
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Literal, get_args

Fault = Literal["refuse", "cut_request", "error_500", "reply_lost", "error_after", "cut_reply", "delay"]
FAULTS: tuple[Fault, ...] = get_args(Fault)

_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>%s</h1></body></html>"

_LONGEST_WAIT = 300
"""Seconds for CKAN's slowest answer on a busy machine."""


@dataclass
class ProxiedRequest:
    """A request of a client: its number since the last reset, and whether CKAN received all of it."""

    number: int
    method: str
    path: str
    forwarded: bool = False


@dataclass(frozen=True)
class _Plan:
    """A planned fault: at one request, or from that request on."""

    fault: Fault
    at: int
    onward: bool
    seconds: float

    def meets(self, number: int) -> bool:
        return number >= self.at if self.onward else number == self.at


class Proxy:
    """A proxy that listens from the start and passes everything on until a fault is planned.

    What each fault does to the request that meets it:
    refuse        the connection is closed when the request's header has arrived; CKAN gets nothing
    cut_request   CKAN gets half of the request, then both connections are closed
    error_500     the client gets an HTML page with status 500; CKAN gets nothing
    reply_lost    CKAN answers, the client gets nothing
    error_after   CKAN answers, the client gets an HTML page with status 502
    cut_reply     CKAN answers, the client gets half of it
    delay         CKAN answers, the client gets the answer some seconds later
    """

    def __init__(self) -> None:
        """Take a free port of the loopback interface."""
        self.requests: list[ProxiedRequest] = []
        self.target = 0
        self._plan: _Plan | None = None
        self._changed = threading.Condition()
        self._open = 0
        self._server = _Server(("127.0.0.1", 0), self._handle)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def inject(self, fault: Fault, at: int, *, seconds: float = 0.0) -> None:
        """Make the request of this number fail, counted from 1 and from now."""
        self._reset(_Plan(fault, at, False, seconds))

    def dead_from(self, at: int, fault: Fault = "refuse") -> None:
        """Make the request of this number and all later ones fail."""
        self._reset(_Plan(fault, at, True, 0.0))

    def reset(self) -> None:
        """Count from 1 again, with no fault ahead."""
        self._reset(None)

    def settle(self) -> None:
        """Wait until CKAN has answered all requests: a client may have given up before."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._open == 0, _LONGEST_WAIT), "a request is never answered"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _reset(self, plan: _Plan | None) -> None:
        self.settle()
        with self._changed:
            self._plan, self.requests = plan, []

    def _handle(self, client: socket.socket, stream: BufferedIOBase) -> None:
        """Serve one connection, which carries one request after the other."""
        with suppress(OSError):
            while head := _head(stream):
                with self._in_flight():
                    more = self._one(client, stream, head)
                if not more:
                    return

    @contextmanager
    def _in_flight(self) -> Iterator[None]:
        with self._changed:
            self._open += 1
        try:
            yield
        finally:
            with self._changed:
                self._open -= 1
                self._changed.notify_all()

    def _one(self, client: socket.socket, stream: BufferedIOBase, head: bytes) -> bool:
        """Serve one request; return whether the connection may carry another one."""
        proxied, fault, seconds = self._arrived(head)
        if fault == "refuse":
            return False
        body = _body(stream, _headers(head), to_the_end=False)
        request = head + body
        if len(body) < int(_headers(head).get("Content-Length") or 0):  # the client was killed: CKAN must not wait
            self._cut(request)
            return False
        if fault == "error_500":
            client.sendall(_error(b"500 Internal Server Error"))
            return False
        if fault == "cut_request":
            self._cut(request[: len(request) // 2])
            return False
        return _answer(client, self._exchange(request, proxied), fault, seconds)

    def _arrived(self, head: bytes) -> tuple[ProxiedRequest, Fault | None, float]:
        method, path, _ = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ", 2)
        with self._changed:
            proxied = ProxiedRequest(len(self.requests) + 1, method, path)
            self.requests.append(proxied)
            plan = self._plan
        return (proxied, plan.fault, plan.seconds) if plan and plan.meets(proxied.number) else (proxied, None, 0.0)

    def _exchange(self, request: bytes, proxied: ProxiedRequest) -> bytes:
        """Return CKAN's response to a request."""
        with socket.create_connection(("127.0.0.1", self.target)) as ckan, ckan.makefile("rb") as stream:
            ckan.sendall(request)
            proxied.forwarded = True
            head = _head(stream)
            return head if proxied.method == "HEAD" else head + _body(stream, _headers(head), to_the_end=True)

    def _cut(self, half: bytes) -> None:
        """Send half of a request to CKAN, and wait until it closes the connection."""
        with socket.create_connection(("127.0.0.1", self.target)) as ckan:
            ckan.sendall(half)
            ckan.shutdown(socket.SHUT_WR)
            while ckan.recv(65536):
                pass


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handle: Callable[[socket.socket, BufferedIOBase], None]) -> None:
        class Connection(StreamRequestHandler):
            def handle(self) -> None:
                handle(self.request, self.rfile)

        super().__init__(address, Connection)


def _answer(client: socket.socket, reply: bytes, fault: Fault | None, seconds: float) -> bool:
    """Send the client the response as the fault changes it; return whether the connection stays open."""
    if fault == "reply_lost":
        return False
    if fault == "error_after":
        client.sendall(_error(b"502 Bad Gateway"))
        return False
    if fault == "delay":
        time.sleep(seconds)
    client.sendall(reply[: len(reply) // 2] if fault == "cut_reply" else reply)
    return fault != "cut_reply" and _headers(reply).get("Connection", "close").lower() != "close"


def _error(status: bytes) -> bytes:
    page = _PAGE % status
    about = b"Content-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\nConnection: close" % len(page)
    return b"HTTP/1.1 %s\r\n%s\r\n\r\n%s" % (status, about, page)


def _head(stream: BufferedIOBase) -> bytes:
    """Read a message's head up to the empty line; empty if the connection ends before."""
    lines = []
    while line := stream.readline():
        lines.append(line)
        if line == b"\r\n":
            return b"".join(lines)
    return b""


def _headers(head: bytes) -> HTTPMessage:
    return parse_headers(BytesIO(head.partition(b"\r\n")[2]))


def _body(stream: BufferedIOBase, headers: HTTPMessage, to_the_end: bool) -> bytes:
    """Read a message's body as it was sent.

    Args:
        stream: the connection, after the header
        headers: the header, which has the body's length or says that it comes in chunks
        to_the_end: whether a body without a length in the header is all that comes, or nothing
    """
    if headers.get("Transfer-Encoding", "").lower() == "chunked":
        return _chunks(stream)
    if "Content-Length" in headers:
        return stream.read(int(headers["Content-Length"]))
    return stream.read() if to_the_end else b""


def _chunks(stream: BufferedIOBase) -> bytes:
    parts = []
    while True:
        line = stream.readline()
        size = int(line.partition(b";")[0], 16)
        parts += [line, stream.read(size + 2)]
        if size == 0:
            return b"".join(parts)
