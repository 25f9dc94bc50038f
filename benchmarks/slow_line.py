"""A server of the page whose line is slow: what a browser's debugging session slows does not reach a worker."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

from khelang_opendata.browser.serving import PageServer

MEGABITS, DELAY_MS, SLOWER = 9, 85, 4
"""The line of 4G, its delay each way, and how many times as slow the processor is."""

_PIECE = 16_384


class _Line:
    """A line that all connections share."""

    def __init__(self, megabits: float) -> None:
        self._rate, self._free, self._lock = megabits * 1e6 / 8, 0.0, threading.Lock()

    def take(self, count: int) -> None:
        """Wait as long as so many bytes are on the way."""
        with self._lock:
            self._free = max(self._free, time.monotonic()) + count / self._rate
            until = self._free
        time.sleep(max(0.0, until - time.monotonic()))


class _SlowSocket:
    """A socket that sends over a line; a round trip goes by before the first byte."""

    def __init__(self, real: Any, line: _Line) -> None:
        self._real, self._line, self._is_asked = real, line, False

    def sendall(self, data: bytes) -> None:
        """Send, piece by piece."""
        if not self._is_asked:
            time.sleep(2 * DELAY_MS / 1000)
            self._is_asked = True
        for at in range(0, len(data), _PIECE):
            piece = bytes(data[at : at + _PIECE])
            self._line.take(len(piece))
            self._real.sendall(piece)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


class SlowPageServer(PageServer):
    """The page as ``khelang web`` serves it, over a slow line."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, 0)
        self.line = _Line(MEGABITS)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Answer over the line."""
        slow: Any = _SlowSocket(request, self.line)
        super().finish_request(slow, client_address)
