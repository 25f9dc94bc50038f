"""``khelang web`` serves the files of the page and no others, to this machine alone, with the headers they need."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from khelang_opendata.browser.serving import PageServer
from tests.conftest import Khelang, fails

WORKER = "worker.0123456789ab.mjs"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = tmp_path / "web"
    page.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    for name in ("index.html", "service.js", WORKER, "part.0123456789ab.zip.gz"):
        (page / name).write_bytes(name.encode())
    (page / "link").symlink_to(tmp_path / "secret")
    return page


@pytest.fixture
def server(folder: Path) -> Iterator[PageServer]:
    with PageServer(folder, 0) as serving:
        thread = threading.Thread(target=serving.serve_forever)
        thread.start()
        yield serving
        serving.shutdown()
        thread.join()


def get(
    server: PageServer, path: str, host: str | None = None, method: str = "GET"
) -> tuple[int, dict[str, str], bytes]:
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=20)
    connection.putrequest(method, path, skip_host=True)
    connection.putheader("Host", host or f"127.0.0.1:{server.server_port}")
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, dict(response.getheaders()), body


def test_page_and_worker_have_the_policies_that_they_need(server: PageServer) -> None:
    status, headers, body = get(server, "/")
    assert (status, body) == (200, b"index.html")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; worker-src 'self'")
    assert "wasm" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-cache"
    _, headers, _ = get(server, f"/{WORKER}")
    assert "'wasm-unsafe-eval'" in headers["Content-Security-Policy"]
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/javascript")
    assert get(server, "/part.0123456789ab.zip.gz", method="HEAD")[2] == b""


@pytest.mark.parametrize(
    "path", ["/../secret", "/%2e%2e/secret", "/link", "//etc/passwd", "/web", "/.", "/\\..\\secret"]
)
def test_nothing_else_is_served(server: PageServer, path: str) -> None:
    assert get(server, path)[0] == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:80"])
def test_name_of_another_site_is_refused(server: PageServer, host: str) -> None:
    assert get(server, "/", host)[0] == 421
    assert get(server, "/", f"localhost:{server.server_port}")[0] == 200


def test_nothing_is_written_by_a_request(server: PageServer) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert get(server, "/", method=method)[0] == 501


def test_folder_without_the_page_and_port_that_is_taken_are_failures(
    folder: Path, tmp_path: Path, khelang: Khelang
) -> None:
    with fails("page_missing"):
        PageServer(tmp_path, 0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with fails("port_taken"):
            PageServer(folder, port)
        done = khelang("web", "--folder", folder, "--port", str(port), "--lang", "en")
        assert (done.returncode, done.stdout) == (3, b"")
        assert b"--port 0" in done.stderr
    done = khelang("web", "--folder", tmp_path / "nowhere", "--lang", "en")
    assert done.returncode == 2
    assert b"make web" in done.stderr
