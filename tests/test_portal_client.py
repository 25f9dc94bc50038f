"""The client of a CKAN portal: its requests, retries and redirects, and the failure of each response."""

from __future__ import annotations

import email
import gzip
import json
import logging
import pickle
import socket
import ssl
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from string import Formatter
from threading import Thread
from typing import Any, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from khelang_opendata.model.failures import PortalError
from khelang_opendata.model.wording import Language, failures
from khelang_opendata.portals.ckan import client as transport
from khelang_opendata.portals.ckan.client import Client, RequestPolicy, Upload, explain_forbidden, is_token_accepted
from khelang_opendata.portals.ckan.responses import parse_retry_after
from khelang_opendata.portals.portal_failures import (
    PortalForbidden,
    PortalInvalid,
    PortalNotFound,
)
from khelang_opendata.portals.token import Token
from khelang_opendata.render.messages import failure_text
from tests.http_answers import Reply, answer

SECRET = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0LW9mLXRoZS10ZXN0.Zm9yLW5vYm9keQ"  # noqa: S105 (of no portal)
ONCE = RequestPolicy(connect_seconds=5, read_seconds=5, attempts=1)
ACTION = "/api/3/action/"


class ReceivedRequest(NamedTuple):
    """A request as the server received it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


def result(value: Any = None) -> Reply:
    """A result as CKAN wraps it."""
    return answer(body=json.dumps({"help": "…", "success": True, "result": value}))


def error(status: int, kind: str, **more: Any) -> Reply:
    """An error as CKAN wraps it."""
    return answer(status, json.dumps({"help": "…", "success": False, "error": {"__type": kind, **more}}))


def page(status: int, title: str) -> Reply:
    return answer(status, f"<!DOCTYPE html><html><head><title>{title}</title></head><body><p>x</p></body></html>")


def moved(location: str, status: int = 302) -> Reply:
    return answer(status, Location=location)


def raw(data: bytes) -> Reply:
    """Any bytes, after which the connection is closed."""
    return lambda handler: (handler.wfile.write(data), None)[1]


def silence(handler: BaseHTTPRequestHandler) -> None:
    """No response."""
    handler.rfile.read(1)


def echo(handler: BaseHTTPRequestHandler) -> None:
    """The request's headers as the message of an error."""
    message = f"{handler.headers['Authorization']} is unknown; headers: {dict(handler.headers)}"
    error(409, "Validation Error", name=[message], message=message)(handler)


class Server(ThreadingHTTPServer):
    """A server that sends one reply after the other, the last one repeatedly."""

    daemon_threads = True

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.received: list[ReceivedRequest] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def url(self, path: str = "", *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close the connection or refuse the certificate, which is tested."""


class _Handler(BaseHTTPRequestHandler):
    def handle_one_request(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        self.close_connection = True
        if not (self.raw_requestline and self.parse_request()):
            return
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        server = self.server
        assert isinstance(server, Server)
        server.received.append(ReceivedRequest(self.command, self.path, dict(self.headers), body))
        (server.replies.pop(0) if len(server.replies) > 1 else server.replies[0])(self)

    def log_message(self, *_args: object) -> None:
        """Nothing."""


@contextmanager
def _running(server: Server) -> Iterator[Server]:
    thread = Thread(target=partial(server.serve_forever, poll_interval=0.01))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Start a server that gives these replies."""
    with ExitStack() as stack:
        yield lambda *replies: stack.enter_context(_running(Server(*replies)))


@pytest.fixture
def nowhere() -> str:
    """An address of this computer at which no server listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A self-signed certificate for this computer, with its key."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "portal of the tests")])
    day = timedelta(days=1)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - day)
        .not_valid_after(datetime.now(UTC) + day)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, None)
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = tmp_path / "certificate.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path


@pytest.fixture
def serve_tls(serve: Callable[..., Server], certificate: Path) -> Callable[..., Server]:
    """Start a server that answers in TLS."""

    def start(*replies: Reply) -> Server:
        server = serve(*replies)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        return server

    return start


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def client_of(server: Server, secret: str | None = SECRET, policy: RequestPolicy = ONCE) -> Client:
    return Client(server.url(), Token(secret) if secret else None, policy=policy)


def fault(call: Callable[[], object]) -> PortalError:
    """Return the exception of a call; it has texts in both languages."""
    with pytest.raises(PortalError) as caught:
        call()
    wording = failures()[caught.value.code].wording_for(caught.value.params)
    texts = [*wording.message.values(), *wording.fix.values()]
    assert {name for text in texts for _, name, _, _ in Formatter().parse(text) if name} <= caught.value.params.keys()
    return caught.value


class TestCalls:
    def test_action_is_called_by_name_and_returns_its_result(self, serve: Callable[..., Server]) -> None:
        server = serve(result({"name": "แผน"}))
        assert client_of(server).get("group_show", {"id": "แผน & a"}) == {"name": "แผน"}
        (request,) = server.received
        assert (request.method, request.path.partition("?")[0]) == ("GET", f"{ACTION}group_show")
        assert request.path.endswith("?id=%E0%B9%81%E0%B8%9C%E0%B8%99+%26+a")
        assert request.headers["Authorization"] == SECRET
        assert request.headers["User-Agent"].startswith("khelang-opendata/")

    def test_portal_may_have_a_path(self, serve: Callable[..., Server]) -> None:
        server = serve(result())
        Client(server.url("/catalog/"), policy=ONCE).get("group_list")
        assert server.received[0].path == f"/catalog{ACTION}group_list"

    def test_anonymous_requests_have_no_token(self, serve: Callable[..., Server]) -> None:
        server = serve(result())
        client_of(server).get("group_show", anonymous=True)
        client_of(server, None).get("group_show")
        assert not any("Authorization" in request.headers for request in server.received)

    def test_netrc_is_not_read(
        self, serve: Callable[..., Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "netrc").write_text("machine 127.0.0.1 login somchai password rosesarered\n")
        monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
        server = serve(result(), moved("/there"), answer(body=b"x"))
        client_of(server, None).get("group_show")
        client_of(server, None).download(server.url("/here"))
        assert len(server.received) == 3
        assert not any("Authorization" in request.headers for request in server.received)

    def test_cookies_of_the_portal_are_not_sent_back(self, serve: Callable[..., Server]) -> None:
        server = serve(answer(200, '{"success": true, "result": 1}', Set_Cookie="ckan=session"))
        client = client_of(server)
        assert client.get("group_list") + client.get("group_list") == 2
        assert "Cookie" not in server.received[1].headers

    def test_payload_is_sent_as_json(self, serve: Callable[..., Server]) -> None:
        server = serve(result())
        client_of(server).post("group_create", {"title": "แผน", "private": True})
        assert server.received[0].method == "POST"
        assert server.received[0].headers["Content-Type"] == "application/json"
        assert json.loads(server.received[0].body) == {"title": "แผน", "private": True}

    def test_file_is_sent_as_a_form(self, serve: Callable[..., Server]) -> None:
        server = serve(result())
        upload = Upload("update__resources__0__upload", "plan.csv", b"\xef\xbb\xbfa,b\r\n", "text/csv")
        client_of(server).post("group_update", {"match__name": "x", "update": {"notes": "ก"}}, upload)
        head = f"Content-Type: {server.received[0].headers['Content-Type']}\r\n\r\n".encode()
        form = email.message_from_bytes(head + server.received[0].body)
        parts: dict[Any, Any] = {}
        for part in form.walk():
            parts[part.get_param("name", header="Content-Disposition")] = part
        assert parts["match__name"].get_payload(decode=True) == b"x"
        assert json.loads(parts["update"].get_payload(decode=True)) == {"notes": "ก"}
        assert parts[upload.field].get_payload(decode=True) == upload.data
        assert (parts[upload.field].get_filename(), parts[upload.field].get_content_type()) == ("plan.csv", "text/csv")

    def test_proxy_of_the_environment_is_used_but_not_for_this_computer(
        self, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        proxy, portal = serve(result("by proxy")), serve(result("direct"))
        monkeypatch.setenv("http_proxy", proxy.url())
        assert Client("http://portal.example", policy=ONCE).get("group_list") == "by proxy"
        assert proxy.received[0].path == f"http://portal.example{ACTION}group_list"
        assert client_of(portal).get("group_list") == "direct"
        assert len(proxy.received) == 1

    def test_compressed_response_is_decompressed(self, serve: Callable[..., Server]) -> None:
        body = gzip.compress(b'{"success": true, "result": [1]}')
        assert client_of(serve(answer(200, body, Content_Encoding="gzip"))).get("group_list") == [1]


class TestRepeating:
    def test_transient_failure_is_retried_with_growing_delays(self, serve: Callable[..., Server]) -> None:
        waits: list[float] = []
        server = serve(page(502, "Bad Gateway"), raw(b""), answer(200, '{"success": tr'), result(1))
        assert client_of(server, policy=RequestPolicy(sleep=waits.append)).get("group_list") == 1
        assert waits == [1, 2, 4]

    def test_retries_are_limited(self, serve: Callable[..., Server]) -> None:
        server = serve(page(503, "Maintenance"))
        client = client_of(server, policy=RequestPolicy(attempts=3, sleep=lambda _: None))
        assert fault(lambda: client.get("group_list")).code == "portal_down"
        assert fault(lambda: client.download(server.url("/f"))).code == "portal_down"
        assert len(server.received) == 6

    def test_permanent_failure_is_not_retried(self, serve: Callable[..., Server]) -> None:
        server = serve(error(404, "Not Found Error", message="Not found"))
        client = client_of(server, policy=RequestPolicy(sleep=lambda _: None))
        assert isinstance(fault(lambda: client.get("group_show")), PortalNotFound)
        assert len(server.received) == 1

    @pytest.mark.parametrize("reply", [page(502, "Bad Gateway"), raw(b""), page(429, "Slow down")])
    def test_write_is_sent_once(self, serve: Callable[..., Server], reply: Reply) -> None:
        server = serve(reply, result())
        client = client_of(server, policy=RequestPolicy(sleep=lambda _: None))
        assert fault(lambda: client.post("group_create", {})).transient
        assert len(server.received) == 1

    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after_is_the_delay(self, serve: Callable[..., Server], status: int) -> None:
        waits: list[float] = []
        server = serve(answer(status, "wait", Retry_After="7"), answer(status, "wait", Retry_After="0"), result(1))
        assert client_of(server, policy=RequestPolicy(sleep=waits.append)).get("group_list") == 1
        assert waits == [7, 2]

    def test_long_retry_after_ends_the_retries(self, serve: Callable[..., Server]) -> None:
        server = serve(answer(429, "wait", Retry_After="3600"), result(1))
        client = client_of(server, policy=RequestPolicy(sleep=lambda _: pytest.fail("waited")))
        assert fault(lambda: client.get("group_list")).code == "portal_busy"

    def test_retry_after_may_be_a_date(self) -> None:
        now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        assert parse_retry_after("Mon, 23 Nov 2026 01:00:30 GMT", now) == 30
        assert parse_retry_after("Mon, 23 Nov 2026 00:00:00 GMT", now) == 0
        assert [parse_retry_after(text, now) for text in ("", "soon", "-5", "๗", "1.5")] == [0, 0, 0, 7, 0]


ANSWERS: list[tuple[Reply, str, str | None, int]] = [
    (page(500, "ผิดพลาด 500 - CKAN"), "portal_down", "error", 3),
    (error(500, "Internal Server Error", message="Internal Server Error"), "portal_down", "error", 3),
    (page(504, "Gateway Time-out"), "portal_down", "error", 3),
    (error(500, "Search Index Error", message="Unable to add package to search index"), "portal_down", "search", 3),
    (error(500, "Search Connection Error", message="Unable to connect"), "portal_down", "search", 3),
    (error(409, "Search Error", message="SOLR returned an error"), "portal_down", "search", 3),
    (page(200, "ปิดปรับปรุง"), "portal_down", "page", 3),
    (answer(200, '{"success": true, "resu'), "portal_down", "half", 3),
    (answer(200, ""), "portal_down", "half", 3),
    (raw(b"HTTP/1.1 200 OK\r\nContent-Le"), "portal_down", "half", 3),
    (answer(200, "[" * 100_000), "portal_down", "page", 3),
    (page(404, "Not Found"), "portal_not_ckan", None, 2),
    (answer(404, '{"message": "no Route matched"}'), "portal_not_ckan", None, 2),
    (answer(200, '{"status": "ok"}'), "portal_not_ckan", None, 2),
    (answer(200, "[]"), "portal_not_ckan", None, 2),
    (page(405, "Not Allowed"), "portal_not_ckan", None, 2),
    (error(403, "Authorization Error", message="Access denied"), "portal_forbidden", "action", 3),
    (page(403, "Attention Required!"), "portal_forbidden", "page", 3),
    (answer(401, '"who are you"'), "portal_forbidden", "page", 3),
    (error(404, "Not Found Error", message="ไม่พบ"), "portal_not_found", None, 3),
    (answer(400, '"คำขอไม่เหมาะสม - Action name not known: x"'), "portal_lacks_action", None, 3),
    (answer(400, '"Bad request - JSON Error: Error decoding JSON data"'), "portal_rejected", "cut", 3),
    (page(400, "400 Bad Request"), "portal_rejected", "cut", 3),
    (page(408, "Request Time-out"), "portal_rejected", "cut", 3),
    (error(400, "Integrity Error", message="x", data={}), "portal_rejected", "refused", 3),
    (page(415, "Unsupported"), "portal_rejected", "refused", 3),
    (page(429, "Too Many Requests"), "portal_busy", None, 3),
    (page(413, "413 Request Entity Too Large"), "file_too_large", None, 1),
    (error(409, "Validation Error", upload=["File upload too large"]), "file_too_large", None, 1),
    (error(409, "Validation Error", match=["metadata_modified"]), "portal_conflict", None, 3),
    (error(409, "Validation Error", name=["URL นี้ถูกใช้แล้ว"]), "portal_invalid", "name_taken", 1),
    (error(409, "Validation Error", name=["That URL is already in use."]), "portal_invalid", "name_taken", 1),
    (error(409, "Validation Error", name=["Name is already in trash"]), "portal_invalid", "name_in_trash", 1),
    (error(409, "Validation Error", title=["That title is already in use."]), "portal_invalid", "title_taken", 1),
    (error(409, "Validation Error", notes=["ค่าที่ขาดหาย"]), "portal_invalid", "fields", 1),
    (error(409, "Validation Error", message="No"), "portal_invalid", "fields", 1),
]


class TestMeaning:
    @pytest.mark.parametrize(("reply", "kind", "variant", "code"), ANSWERS)
    def test_response_becomes_failure(
        self, serve: Callable[..., Server], reply: Reply, kind: str, variant: str | None, code: int
    ) -> None:
        client = client_of(serve(reply))
        for call in (lambda: client.get("x"), lambda: client.post("x", {"a": "b"})):
            found = fault(call)
            assert found.code == kind
            assert found.params.get("variant") == variant
            assert found.answer.startswith("HTTP ")
            assert found.exit_code == code
            assert found.transient == (kind in ("portal_down", "portal_busy") or variant == "cut")

    def test_all_fields_are_reported_with_their_path(self, serve: Callable[..., Server]) -> None:
        messages: dict[str, Any] = {
            "title": ["ค่าที่ขาดหาย"],
            "resources": [{}, {"url": ["Missing value"], "name": ["x", "y"]}],
            "extras": [{"key": ["twice"]}],
            "tags": ["Tag \x1b[31m too short"],
        }
        found = fault(lambda: client_of(serve(error(409, "Validation Error", **messages))).post("x", {}))
        assert isinstance(found, PortalInvalid)
        assert found.fields == {
            "title": ("ค่าที่ขาดหาย",),
            "resources[1].url": ("Missing value",),
            "resources[1].name": ("x", "y"),
            "extras[0].key": ("twice",),
            "tags": ("Tag <U+001B>[31m too short",),
        }
        assert found.answer.startswith("HTTP 409: title: ค่าที่ขาดหาย; resources[1].url: Missing value; ")
        assert pickle.loads(pickle.dumps(found)).fields == found.fields  # noqa: S301 (our own)

    def test_page_is_reported_by_its_title_or_text_in_one_line(self, serve: Callable[..., Server]) -> None:
        def message(body: bytes | str) -> str:
            return fault(lambda: client_of(serve(answer(502, body))).get("x")).answer

        assert message("<html><title>\n ปิด &amp;\n ปรับปรุง </title><body>x") == "HTTP 502: ปิด & ปรับปรุง"
        assert message("<style>p {}</style><p>Down\x1b[2J</p><script>x()</script>") == "HTTP 502: Down<U+001B>[2J"
        assert message("<title>ปิดปรับปรุง</title>".encode("cp874")) == "HTTP 502: ปิดปรับปรุง"
        assert message("") == "HTTP 502"
        assert message("ก" * 100_000) == f"HTTP 502: {'ก' * 299}…"

    def test_the_file_that_is_too_large_is_named(self, serve: Callable[..., Server]) -> None:
        client = client_of(serve(page(413, "413 Request Entity Too Large")))
        found = fault(lambda: client.post("x", {}, Upload("upload", "plan.csv", b"12345", "text/csv")))
        assert (found.params["file"], found.params["size"]) == ("plan.csv", 5)

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_redirect_of_an_action_is_not_followed(self, serve: Callable[..., Server], status: int) -> None:
        there = serve(result())
        here = serve(moved(there.url(f"/catalog{ACTION}group_list?k=v"), status))
        for call in (lambda: client_of(here).get("group_list"), lambda: client_of(here).post("group_list", {})):
            found = fault(call)
            assert found.code == "portal_moved"
            assert found.params["new"] == there.url("/catalog")
            assert found.exit_code == 2
        assert not there.received

    def test_invalid_redirect_is_reported(self, serve: Callable[..., Server]) -> None:
        assert fault(lambda: client_of(serve(moved("http://[x"))).get("x")).code == "portal_moved"

    def test_rejected_token_and_missing_permission_are_distinguished(self, serve: Callable[..., Server]) -> None:
        forbidden = error(403, "Authorization Error", message="Access denied")
        bad, good = client_of(serve(forbidden)), client_of(serve(result(False)))
        assert (is_token_accepted(bad, "lampang"), is_token_accepted(good, "lampang")) == (False, True)
        refusal = PortalForbidden("action", answer="HTTP 403: Access denied")
        assert explain_forbidden(bad, refusal, "lampang").code == "token_refused"
        missing = explain_forbidden(good, refusal, "lampang")
        assert (missing.code, missing.params["org"]) == ("no_right", "lampang")

    def test_refusal_by_a_firewall_is_no_failure_of_the_token(self, serve: Callable[..., Server]) -> None:
        server = serve(result(True))
        refusal = PortalForbidden("page", answer="HTTP 403: blocked")
        assert explain_forbidden(client_of(server), refusal, "lampang") is refusal
        assert not server.received


class TestReaching:
    def test_no_server(self, nowhere: str) -> None:
        self.expect(Client(nowhere, Token(SECRET), policy=ONCE), "refused", transient=True)

    def test_unknown_host(self) -> None:
        found = fault(lambda: Client("http://portal.invalid", policy=ONCE).get("x"))
        assert (found.code, found.params["variant"]) == ("portal_unreachable", "name")

    def test_no_response_in_time(self, serve: Callable[..., Server]) -> None:
        self.expect(
            client_of(serve(silence), policy=RequestPolicy(read_seconds=0.1, attempts=1)), "timeout", transient=True
        )

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n9\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
            b"SSH-2.0-OpenSSH_9.2p1\r\n",
        ],
    )
    def test_truncated_or_invalid_response(self, serve: Callable[..., Server], data: bytes) -> None:
        self.expect(client_of(serve(raw(data))), "cut", transient=True)

    def test_certificate_of_no_known_authority(self, serve_tls: Callable[..., Server]) -> None:
        server = serve_tls(result())
        client = Client(server.url(scheme="https"), Token(SECRET), policy=ONCE)
        self.expect(client, "certificate", transient=False)
        assert not server.received

    def test_certificate_of_an_authority_in_the_bundle(
        self, serve_tls: Callable[..., Server], certificate: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        server = serve_tls(result(1))
        client = Client(server.url(scheme="https"), Token(SECRET), policy=ONCE)
        assert client.get("group_list") == 1
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate.with_name("none.pem")))
        self.expect(client, "certificate", transient=False)

    def test_server_without_encryption(self, serve: Callable[..., Server]) -> None:
        client = Client(serve(result()).url(scheme="https"), Token(SECRET), policy=ONCE)
        self.expect(client, "tls", transient=False)

    def test_proxy_that_is_down(self, nowhere: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for proxy in (nowhere, "socks5://127.0.0.1:1", "http://"):
            monkeypatch.setenv("http_proxy", proxy)
            self.expect(Client("http://portal.example", policy=ONCE), "proxy", transient=True)

    @staticmethod
    def expect(client: Client, variant: str, *, transient: bool) -> None:
        for call in (lambda: client.get("x"), lambda: client.post("x", {}), lambda: client.download(client.url)):
            found = fault(call)
            assert found.code == "portal_unreachable"
            assert (found.params["variant"], found.transient) == (variant, transient)
            assert found.answer


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        ["data.go.th", "", "https://", "ftp://data.go.th", "https://[x", "https://x:y", "https://data.go.th?key=a"],
    )
    def test_invalid_address(self, url: str) -> None:
        found = fault(lambda: Client(url))
        assert (found.code, found.params["variant"]) == ("portal_address_unusable", "malformed")
        assert found.exit_code == 2
        assert "key=a" not in str(found)

    def test_password_in_the_address_is_refused_and_not_printed(self) -> None:
        found = fault(lambda: Client("https://somchai:rosesarered@data.go.th"))
        assert found.params["variant"] == "password"
        assert "rosesarered" not in repr(found)

    def test_token_is_sent_unencrypted_to_this_computer_only(self) -> None:
        token = Token(SECRET)
        assert fault(lambda: Client("http://data.go.th", token)).params["variant"] == "insecure"
        assert fault(lambda: Client("http://127.0.0.1.data.go.th", token)).params["variant"] == "insecure"
        assert Client("http://data.go.th").url == "http://data.go.th"
        for here in ("http://localhost:5000", "http://127.0.0.1:5000", "http://[::1]:5000"):
            assert Client(here, token).url == here

    def test_address_is_normalised(self) -> None:
        assert Client(" https://Data.GO.TH/ ").url == "https://data.go.th"
        assert Client("https://ข้อมูล.ไทย/แผน/").url == "https://xn--22c6dm4a2dze.xn--o3cw4h/%E0%B9%81%E0%B8%9C%E0%B8%99"


class TestDownloads:
    def test_file_is_downloaded_unchanged(self, serve: Callable[..., Server]) -> None:
        data = b"\xef\xbb\xbfa\r\n\x00\xff" * 100_000
        server = serve(answer(200, data))
        assert client_of(server).download(server.url("/f.csv")) == data
        assert server.received[0].headers["Accept-Encoding"] == "identity"

    def test_only_the_content_coding_is_decoded(self, serve: Callable[..., Server]) -> None:
        packed = gzip.compress(b"a,b\r\n")
        server = serve(
            answer(200, packed, Content_Type="application/gzip"), answer(200, packed, Content_Encoding="gzip")
        )
        assert client_of(server).download(server.url("/f.csv.gz")) == packed
        assert client_of(server).download(server.url("/f.csv")) == b"a,b\r\n"

    def test_redirects_are_followed_and_only_the_portal_gets_the_token(self, serve: Callable[..., Server]) -> None:
        store = serve(answer(body=b"file"))
        portal = serve(moved("f%20ile?x=1", 301), moved(store.url("/file"), 307))
        assert client_of(portal).download(portal.url("/dataset/f")) == b"file"
        assert [request.path for request in portal.received] == ["/dataset/f", "/dataset/f%20ile?x=1"]
        assert [request.headers["Authorization"] for request in portal.received] == [SECRET, SECRET]
        assert "Authorization" not in store.received[0].headers
        assert SECRET not in repr(store.received)

    def test_other_host_name_of_the_same_computer_gets_no_token(self, serve: Callable[..., Server]) -> None:
        portal = serve(result(), answer(body=b"file"))
        portal.replies[0] = moved(portal.url("/f", host="localhost"))
        assert client_of(portal).download(portal.url("/f")) == b"file"
        assert ["Authorization" in request.headers for request in portal.received] == [True, False]

    def test_other_port_gets_no_token(self, serve: Callable[..., Server]) -> None:
        portal, other = serve(result()), serve(answer(body=b"file"))
        assert client_of(portal).download(other.url("/f")) == b"file"
        assert "Authorization" not in other.received[0].headers

    def test_redirect_back_to_the_portal_has_the_token(self, serve: Callable[..., Server]) -> None:
        portal = serve(answer(body=b"file"))
        other = serve(moved(portal.url("/f")))
        assert client_of(portal).download(other.url("/f")) == b"file"
        assert "Authorization" not in other.received[0].headers
        assert portal.received[0].headers["Authorization"] == SECRET
        assert client_of(portal).download(portal.url("/f"), anonymous=True) == b"file"
        assert "Authorization" not in portal.received[1].headers

    def test_user_and_password_in_a_redirect_are_not_sent(self, serve: Callable[..., Server]) -> None:
        store = serve(answer(body=b"file"))
        portal = serve(moved(store.url("/f").replace("//", "//somchai:rosesarered@")))
        assert client_of(portal).download(portal.url("/f")) == b"file"
        assert "Authorization" not in store.received[0].headers

    def test_redirect_from_https_to_http_is_refused(
        self,
        serve: Callable[..., Server],
        serve_tls: Callable[..., Server],
        certificate: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        plain = serve(answer(body=b"file"))
        portal = serve_tls(moved(plain.url("/f")))
        client = Client(portal.url(scheme="https"), Token(SECRET), policy=ONCE)
        for start in (portal.url("/f", scheme="https"), plain.url("/f")):
            assert fault(partial(client.download, start)).params["variant"] == "insecure"
        assert not plain.received

    def test_endless_and_invalid_redirects(self, serve: Callable[..., Server]) -> None:
        portal = serve(moved("/f"))
        found = fault(lambda: client_of(portal).download(portal.url("/f")))
        assert (found.code, found.params["variant"], len(portal.received)) == ("download_refused", "redirects", 6)
        for nowhere in ("file:///etc/passwd", "http://[x", "https://"):
            portal = serve(moved(nowhere))
            found = fault(partial(client_of(portal).download, portal.url("/f")))
            assert (found.code, found.params["variant"]) == ("download_refused", "address")

    def test_size_is_limited_after_decompression(
        self, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "MAX_RESPONSE_BYTES", 2**20)
        monkeypatch.setattr(transport, "MAX_FILE_BYTES", 2**20)
        bomb = answer(200, gzip.compress(bytes(2**26)), Content_Encoding="gzip")
        server = serve(answer(200, bytes(2**20)), answer(200, bytes(2**20 + 1)), bomb)
        client = client_of(server)
        assert len(client.download(server.url("/f"))) == 2**20
        for call in (lambda: client.download(server.url("/f")), lambda: client.get("group_list")):
            assert fault(call).params["variant"] == "large"

    def test_failed_download_is_reported(self, serve: Callable[..., Server]) -> None:
        def of(reply: Reply) -> PortalError:
            server = serve(reply)
            return fault(lambda: client_of(server).download(server.url("/f?secret=x")))

        codes = {
            "forbidden": (401, 403),
            "not_found": (404, 410),
            "down": (500,),
            "busy": (429,),
            "rejected": (204, 206),
        }
        for code, status in ((code, status) for code, statuses in codes.items() for status in statuses):
            found = of(page(status, "x"))
            assert found.code == f"portal_{code}"
            assert str(found.params["address"]).endswith("/f")

    def test_truncated_download_is_retried(self, serve: Callable[..., Server]) -> None:
        server = serve(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na,b"), answer(200, b"a,b\r\n1,2\r\n"))
        client = client_of(server, policy=RequestPolicy(sleep=lambda _: None))
        assert client.download(server.url("/f.csv")) == b"a,b\r\n1,2\r\n"


REPLIES: dict[str, Reply] = {
    "cut": raw(b""),
    "half": raw(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{}"),
    "down": page(500, f"no {SECRET}"),
    "echo": echo,
    "text": answer(400, json.dumps(f"Bad request - {SECRET}")),
    "forbidden": error(403, "Authorization Error", message=f"User {SECRET} not authorized"),
    "moved": moved(f"http://127.0.0.1:1/{SECRET}/api/3?token={SECRET}"),
    "large": answer(200, bytes(3000), Content_Type="text/plain"),
}


class TestSecrecy:
    @pytest.mark.parametrize("name", REPLIES)
    def test_token_is_in_no_failure(
        self, serve: Callable[..., Server], name: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        caplog.set_level(logging.DEBUG)
        monkeypatch.setattr(transport, "MAX_RESPONSE_BYTES", 2000)
        monkeypatch.setattr(transport, "MAX_FILE_BYTES", 2000)
        server = serve(REPLIES[name])
        client = client_of(server, policy=RequestPolicy(attempts=2, sleep=lambda _: None))
        upload = Upload("upload", "plan.csv", b"x", "text/csv")
        calls = (
            lambda: client.get("x"),
            lambda: client.post("x", {"a": "b"}),
            lambda: client.post("x", {}, upload),
            lambda: client.download(server.url("/f")),
        )
        for found in map(fault, calls):
            whole = traceback.TracebackException.from_exception(found, capture_locals=True)
            assert SECRET not in "".join(whole.format())
            assert (found.__cause__, found.__context__) == (None, None)
            assert SECRET not in repr((found, found.args, vars(found)))
            assert SECRET.encode() not in pickle.dumps(found)
            assert not any(SECRET in text for language in Language for text in failure_text(found, language))
        assert SECRET in {request.headers["Authorization"] for request in server.received}
        assert "127.0.0.1" in caplog.text
        assert SECRET not in caplog.text
        assert SECRET not in repr((client, vars(client)))
