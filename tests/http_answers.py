"""What servers of the tests answer."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

Reply = Callable[[BaseHTTPRequestHandler], None]


def answer(status: int = 200, body: bytes | str = b"", **headers: str) -> Reply:
    """A whole HTTP answer."""
    data = body.encode() if isinstance(body, str) else body

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(data)

    return reply
