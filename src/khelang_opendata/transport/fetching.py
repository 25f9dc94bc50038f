"""Download files from addresses that are not trusted: no private address, no endless answer, no endless chain.

The name of a host is resolved once for each connection, every address that it has is checked, and the connection goes
to one of these: a name that resolves anew would lead around the check (DNS rebinding). TLS and ``Host`` keep the name.
Redirects are followed here, so that each is checked. Proxies of the environment are not used, for they would resolve.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit, urlunsplit

import requests
import urllib3

from khelang_opendata.model.failures import DataError
from khelang_opendata.transport.deadline import Deadline, DeadlineAdapter
from khelang_opendata.version import __version__

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRANSIENT = frozenset({429, 502, 503, 504})
_OK = 200
_PIECE = 2**16
_LONGEST_ADDRESS = 2_000
_LONGEST_REASON = 200

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""Addresses that hold one of IPv4 in their last 32 bits (RFC 6052)."""


class FetchPolicy(NamedTuple):
    """What a download may take.

    Attributes:
        max_bytes: the largest file, unpacked.
        seconds: the time of one request as a whole.
        silence_seconds: the longest time without a byte, and to connect.
        redirects: how many are followed.
        attempts: how often a request is sent that fails for now.
        longest_pause: seconds; a server that asks for a longer pause is not asked again.
        allow_private: whether addresses within a network or this computer are allowed.
        sleep: waits some seconds.
    """

    max_bytes: int = 512 * 2**20
    seconds: float = 300
    silence_seconds: float = 30
    redirects: int = 5
    attempts: int = 3
    longest_pause: float = 30
    allow_private: bool = False
    sleep: Callable[[float], object] = time.sleep


DEFAULT = FetchPolicy()


class FetchFailed(DataError):
    """A download was refused or failed; ``variant`` is the reason. The parameter ``address`` has no secret."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("fetch_failed", variant, **params)


class _FailedForNow(Exception):
    """The same request may succeed after a pause of some seconds."""

    def __init__(self, failure: FetchFailed, pause: float) -> None:
        super().__init__(failure, pause)
        self.failure, self.pause = failure, pause


def fetch(address: str, place: Path, policy: FetchPolicy = DEFAULT) -> str:
    """Download a file.

    Args:
        address: where it is, beginning with ``http://`` or ``https://``.
        place: where it is written; what is there is replaced.
        policy: what it may take.

    Returns:
        The address that it came from in the end.

    Raises:
        FetchFailed: it is larger or slower than allowed, is not there, or its address is not allowed.
    """
    pause = 1.0
    for left in reversed(range(policy.attempts)):
        try:
            return _followed(address, place, policy)
        except _FailedForNow as now:
            pause = max(pause, now.pause)
            if not left or pause > policy.longest_pause:
                raise now.failure from None
        policy.sleep(pause)
        pause *= 2
    raise AssertionError("an attempt returns or raises")


def shown_address(address: str) -> str:
    """An address without user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "-"
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))[:_LONGEST_REASON]


def _followed(address: str, place: Path, policy: FetchPolicy) -> str:
    here = _checked_address(address, address)
    for _ in range(policy.redirects + 1):
        target = _requested(here, place, policy)
        if target is None:
            return here
        there = _checked_address(urljoin(here, target), address)
        if here.startswith("https:") and not there.startswith("https:"):
            raise FetchFailed("insecure", address=shown_address(address))
        here = there
    raise FetchFailed("redirects", address=shown_address(address), limit=policy.redirects)


def _checked_address(address: str, named: str) -> str:
    """An address as requests sends it."""
    try:
        prepared = str(requests.Request("GET", address).prepare().url) if len(address) <= _LONGEST_ADDRESS else ""
        is_usable = prepared.startswith(("http://", "https://")) and "@" not in urlsplit(prepared).netloc
    except (requests.RequestException, ValueError):
        is_usable = False
    if not is_usable:
        raise FetchFailed("address", address=shown_address(named))
    return prepared


def _requested(address: str, place: Path, policy: FetchPolicy) -> str | None:
    """Request a file and write it, or give the address to go to instead."""
    shown, target, failure = shown_address(address), None, None
    with Deadline(policy.seconds) as deadline:
        try:
            target = _exchanged(address, place, policy, deadline)
        except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
            failure = FetchFailed("cut", address=shown, reason=_reason(error))
    if deadline.passed:  # a connection that the deadline ended may look like a whole answer
        place.unlink(missing_ok=True)
        raise FetchFailed("slow", address=shown, seconds=f"{policy.seconds:g}")
    if failure is not None:
        raise _FailedForNow(failure, 0)
    return target


def _exchanged(address: str, place: Path, policy: FetchPolicy, deadline: Deadline) -> str | None:
    adapter = _GuardedAdapter(deadline, policy.silence_seconds, policy.allow_private)
    with requests.Session() as session, closing(adapter):
        session.trust_env = False
        headers = {"User-Agent": f"khelang-opendata/{__version__}", "Accept-Encoding": "identity"}
        prepared = session.prepare_request(requests.Request("GET", address, headers=headers))
        timeout = (policy.silence_seconds, policy.silence_seconds)
        with adapter.send(prepared, stream=True, timeout=timeout, verify=True, proxies={}) as received:
            if received.status_code in _REDIRECTS:
                return received.headers.get("Location", "").encode("latin-1").decode("utf-8", "replace")
            if received.status_code != _OK:
                failure = FetchFailed("status", address=shown_address(address), status=received.status_code)
                if received.status_code in _TRANSIENT:
                    asked = received.headers.get("Retry-After", "")
                    raise _FailedForNow(failure, float(asked) if asked.isdecimal() and asked.isascii() else 0)
                raise failure
            _write(received, place, address, policy)
    return None


def _write(received: requests.Response, place: Path, address: str, policy: FetchPolicy) -> None:
    """Write the body; urllib3 raises if it is shorter than ``Content-Length``."""
    size = 0
    with place.open("wb") as file:
        for piece in received.iter_content(_PIECE):
            size += len(piece)
            if size > policy.max_bytes:
                raise FetchFailed("large", address=shown_address(address), limit=policy.max_bytes)
            file.write(piece)


def _reason(error: BaseException) -> str:
    """What the system said, without the request that exceptions of requests hold."""
    found = [one for one in _causes(error) if isinstance(one, OSError) and one.strerror]
    return str(found[-1].strerror)[:_LONGEST_REASON] if found else type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    here: BaseException | None = error
    while here is not None and id(here) not in seen:
        seen.add(id(here))
        yield here
        inner = next((arg for arg in here.args if isinstance(arg, BaseException)), None)
        here = getattr(here, "reason", None) if isinstance(getattr(here, "reason", None), BaseException) else None
        here = here or inner or (error.__context__ if len(seen) == 1 else None)


class _GuardedAdapter(DeadlineAdapter):
    """An adapter that connects to checked addresses only."""

    def __init__(self, deadline: Deadline, socket_timeout: float, allow_private: bool) -> None:
        self._allow_private = allow_private
        super().__init__(deadline, socket_timeout)

    def _watch(self, manager: Any) -> None:
        pools = manager.pool_classes_by_scheme.items()
        manager.pool_classes_by_scheme = {name: _guarded_pool(pool, self._allow_private) for name, pool in pools}
        super()._watch(manager)


def _guarded_pool(pool: Any, allow_private: bool) -> Any:
    base = pool.ConnectionCls

    def _new_conn(self: Any) -> Any:
        name = self._dns_host
        found = _resolved(name, self.port, allow_private)
        try:
            for address in found[:-1]:
                self._dns_host = address
                try:
                    return base._new_conn(self)
                except urllib3.exceptions.HTTPError:  # the next may answer, as where there is no way for IPv6
                    continue
            self._dns_host = found[-1]
            return base._new_conn(self)
        finally:
            self._dns_host = name  # the name that the certificate is for

    connection_class = type(base.__name__, (base,), {"_new_conn": _new_conn})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection_class})


def _resolved(name: str, port: int, allow_private: bool) -> list[str]:
    """The addresses of a host; FetchFailed where one of them is not public."""
    infos = socket.getaddrinfo(name.strip("[]"), port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    if not allow_private and not all(map(is_public, found)):
        raise FetchFailed("private", host=name[:_LONGEST_REASON])
    return found


def is_public(text: str) -> bool:
    """Whether an address of the Internet Protocol is one of the public internet, and no other hides in it.

    Example:
        >>> is_public("8.8.8.8"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
        (True, False, False)
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    held = [address]
    if isinstance(address, ipaddress.IPv6Address):
        in_last_bits = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        inner = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()), in_last_bits)
        held = [one for one in inner if one is not None] or held
    return all(one.is_global and not one.is_multicast for one in held)
