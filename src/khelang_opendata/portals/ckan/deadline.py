"""An end for each request as a whole.

The timeouts of requests and urllib3 are those of one read or write. A portal that sends a byte a second, a header for
ever, or ``100 Continue`` again and again never lets one pass. So a timer shuts the connection down when the time is up:
whatever waits for it, in Python or in OpenSSL, finds it at its end. The system's resolver is out of reach; it has
limits of its own (``resolv.conf(5)``: ``timeout``, ``attempts``).
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from threading import Event, Lock, Timer
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter


class Deadline:
    """A time after which the connections that it watches are shut down; it begins and ends with its context.

    A connection that was shut down looks as if the portal had closed it: ask :attr:`passed` before an answer is
    believed, for one without a length would pass for whole.

    Args:
        seconds: how long the context may take.
    """

    def __init__(self, seconds: float) -> None:
        self._ended = Event()
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def passed(self) -> bool:
        """Whether the time was up before the context was left."""
        return self._ended.is_set()

    def watch(self, connection: socket.socket) -> None:
        """Shut a connection down when the time is up, or at once if it is.

        A copy of the socket is kept: TLS takes the socket itself away, and what it was may be another file by then.
        """
        with self._lock:
            self._watched.append(connection.dup())
            if self.passed:
                _shut(self._watched[-1])

    def _end(self) -> None:
        self._ended.set()
        with self._lock:
            for connection in self._watched:
                _shut(connection)

    def __enter__(self) -> Deadline:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        for connection in self._watched:
            connection.close()


class DeadlineAdapter(HTTPAdapter):
    """What requests sends by, where a deadline watches every connection, through a proxy or not.

    Args:
        deadline: watches the connections.
        silence: seconds that a portal may read nothing of what it is sent; without it, urllib3 would give a whole
            upload the time of making a connection.
    """

    def __init__(self, deadline: Deadline, silence: float) -> None:
        self._deadline = deadline
        self._silence = silence
        super().__init__()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*args, **more)
        self._watch(manager)
        return manager

    def _watch(self, manager: Any) -> None:
        """Let a pool manager of urllib3 make watched connections; it keeps the classes where they can be set."""
        pools = manager.pool_classes_by_scheme.items()
        manager.pool_classes_by_scheme = {name: _watching(pool, self._deadline, self._silence) for name, pool in pools}


class _RequestOptions:
    """Options of a socket, which urllib3 asks for before it tries the next address of a host."""

    def __init__(self, options: Iterable[Any] | None, deadline: Deadline) -> None:
        self._options = tuple(options or ())
        self._deadline = deadline

    def __iter__(self) -> Iterator[Any]:
        if self._deadline.passed:
            raise TimeoutError
        return iter(self._options)


def _watching(pool: Any, deadline: Deadline, silence: float) -> Any:
    """A class of pools like another one, whose connections are watched from before the TLS handshake on."""
    plain = pool.ConnectionCls

    def _new_conn(self: Any) -> Any:
        self.socket_options = _RequestOptions(self.socket_options, deadline)
        connection = plain._new_conn(self)
        deadline.watch(connection)
        return connection

    def _tunnel(self: Any) -> None:
        plain._tunnel(self)
        if deadline.passed:  # to http.client, the end of the connection is the end of the proxy's headers
            self.close()
            raise TimeoutError

    def connect(self: Any) -> None:
        plain.connect(self)
        self.timeout = silence
        self.sock.settimeout(silence)

    changed = {"_new_conn": _new_conn, "_tunnel": _tunnel, "connect": connect}
    connections = type(plain.__name__, (plain,), changed)
    return type(pool.__name__, (pool,), {"ConnectionCls": connections})


def _shut(connection: socket.socket) -> None:
    with suppress(OSError):  # it is at its end already
        connection.shutdown(socket.SHUT_RDWR)
