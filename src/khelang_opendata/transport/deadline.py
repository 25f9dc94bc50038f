"""A timeout for a whole request.

The timeouts of requests and urllib3 apply to one read or write. A portal that sends a byte a second, endless headers,
or ``100 Continue`` again and again never exceeds them. So a timer shuts the sockets down when the time is up: a blocked
read or write then returns, in Python and in OpenSSL. A thread cannot be stopped from outside, and signals work in the
main thread only, so a socket is the only place to interrupt a request. The system's resolver cannot be interrupted; it
has limits of its own (``resolv.conf(5)``: ``timeout``, ``attempts``).
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
    """A context that shuts its watched connections down after some seconds.

    A connection that was shut down looks as if the portal had closed it. Check :attr:`passed` before a response is
    used: one without ``Content-Length`` would seem complete.

    Args:
        seconds: the timeout, from the start of the context.
    """

    def __init__(self, seconds: float) -> None:
        self._ended = Event()
        self._lock = Lock()
        self._watched: list[socket.socket] = []
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    @property
    def passed(self) -> bool:
        """Whether the time was up before the context ended."""
        return self._ended.is_set()

    def watch(self, connection: socket.socket) -> None:
        """Shut a connection down when the time is up, or now if it already is.

        The deadline keeps a duplicate: TLS detaches the original socket, whose number may then belong to another file.
        """
        with self._lock:
            self._watched.append(connection.dup())
            if self.passed:
                _shut_down(self._watched[-1])

    def _end(self) -> None:
        self._ended.set()
        with self._lock:
            for connection in self._watched:
                _shut_down(connection)

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
    """An adapter of requests whose connections a deadline watches, with or without a proxy.

    Args:
        deadline: the deadline of the request.
        socket_timeout: seconds for one read or write; without it, urllib3 applies the timeout of connecting to the
            whole upload.
    """

    def __init__(self, deadline: Deadline, socket_timeout: float) -> None:
        self._deadline = deadline
        self._socket_timeout = socket_timeout
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self._watch(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        self._watch(manager)
        return manager

    def _watch(self, manager: Any) -> None:
        """Replace the pool classes of a urllib3 pool manager; urllib3 has no argument for a connection class."""
        pools = manager.pool_classes_by_scheme.items()
        manager.pool_classes_by_scheme = {
            name: _watched_pool(pool, self._deadline, self._socket_timeout) for name, pool in pools
        }


class _RequestOptions:
    """The socket options of a connection, which end the attempts when the deadline has passed.

    urllib3 reads the options for each address of a host. A host with a hundred silent addresses would otherwise take
    the timeout of connecting a hundred times.
    """

    def __init__(self, options: Iterable[Any] | None, deadline: Deadline) -> None:
        self._options = tuple(options or ())
        self._deadline = deadline

    def __iter__(self) -> Iterator[Any]:
        if self._deadline.passed:
            raise TimeoutError
        return iter(self._options)


def _watched_pool(pool: Any, deadline: Deadline, socket_timeout: float) -> Any:
    """Return a subclass of a pool class whose connections are watched from before the TLS handshake."""
    base = pool.ConnectionCls

    def _new_conn(self: Any) -> Any:
        self.socket_options = _RequestOptions(self.socket_options, deadline)
        connection = base._new_conn(self)
        deadline.watch(connection)
        return connection

    def _tunnel(self: Any) -> None:
        base._tunnel(self)
        if deadline.passed:  # http.client takes the end of a connection for the end of the proxy's headers
            self.close()
            raise TimeoutError

    def connect(self: Any) -> None:
        base.connect(self)
        self.timeout = socket_timeout
        self.sock.settimeout(socket_timeout)

    methods = {"_new_conn": _new_conn, "_tunnel": _tunnel, "connect": connect}
    connection_class = type(base.__name__, (base,), methods)
    return type(pool.__name__, (pool,), {"ConnectionCls": connection_class})


def _shut_down(connection: socket.socket) -> None:
    with suppress(OSError):  # the portal has closed it already
        connection.shutdown(socket.SHUT_RDWR)
