"""A CKAN portal over HTTP: its actions are called and its files fetched, and the token goes to it and to nobody else.

The interface is CKAN's Action API, version 3 (https://docs.ckan.org/en/2.11/api/). Each request has a connection of
its own: one that stood idle may be closed just as a write goes out on it, and nobody would know whether it arrived.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from khelang_opendata.errors import (
    DownloadRefused,
    NoRight,
    PortalAddressUnusable,
    PortalError,
    PortalForbidden,
    TokenRefused,
)
from khelang_opendata.portals.ckan.faults import (
    REDIRECTS,
    Answer,
    fault_of_connection,
    fault_of_file,
    result_of,
    shown_address,
)
from khelang_opendata.portals.token import Token
from khelang_opendata.schema import JsonObject
from khelang_opendata.version import __version__

USER_AGENT = f"khelang-opendata/{__version__}"
LARGEST_ANSWER = 512 * 2**20
MOST_REDIRECTS = 5

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a portal is waited for, and how often it is asked again."""

    connect_seconds: float = 10
    read_seconds: float = 120
    """The longest silence; a large file may take longer as a whole."""
    tries: int = 4
    first_wait_seconds: float = 1
    """The wait before the second try; each further one is twice as long."""
    longest_wait_seconds: float = 60
    """A portal that asks for more is left alone."""
    sleep: Callable[[float], object] = time.sleep


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a form sends it: the field of the form, the file's name, content and media type."""

    field: str
    filename: str
    data: bytes
    mediatype: str


class Client:
    """A CKAN portal, and who asks it.

    Args:
        url: the portal's address, with or without a path: ``https://data.go.th``, ``https://example.go.th/catalog``.
        token: that of the user who writes; None reads what everybody may read.
        patience: how long to wait, and how often to try.

    Raises:
        PortalAddressUnusable: the address is none, holds a password, or would carry the token unencrypted.
    """

    def __init__(self, url: str, token: Token | None = None, *, patience: Patience = Patience()) -> None:
        self.url = _portal_address(url)
        self._origin = _origin(self.url)
        if token and self._origin[0] != "https" and not _is_loopback(self._origin[1]):
            raise PortalAddressUnusable("insecure", address=self.url)
        self._token = token
        self.patience = patience

    def get(self, action: str, params: Mapping[str, str] = MappingProxyType({}), *, anonymous: bool = False) -> Any:
        """The result of an action that reads, asked for again while what is in the way may pass.

        Args:
            action: its name, such as ``package_show``.
            params: what it is asked.
            anonymous: ask as everybody, without the token.

        Raises:
            PortalError: what the portal answered instead (see :mod:`~khelang_opendata.portals.ckan.faults`).
        """
        token = None if anonymous else self._token
        return self._patiently(lambda: result_of(self._call("GET", action, token, params=params)))

    def post(self, action: str, payload: JsonObject, upload: Upload | None = None) -> Any:
        """The result of an action that writes, sent once: whoever repeats it must see first whether it happened.

        Args:
            action: its name, such as ``package_revise``.
            payload: what it is given; beside a file, what is not text is written as JSON.
            upload: a file that goes with it.

        Raises:
            PortalError: what the portal answered instead (see :mod:`~khelang_opendata.portals.ckan.faults`).
        """
        if upload is None:
            headers = {"Content-Type": "application/json"}
            return result_of(self._call("POST", action, self._token, data=json.dumps(payload), headers=headers))
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        files = {upload.field: (upload.filename, upload.data, upload.mediatype)}
        answer = self._call("POST", action, self._token, data=form, files=files)
        return result_of(answer, upload.filename, len(upload.data))

    def download(self, url: str, *, anonymous: bool = False) -> bytes:
        """A file, whole, from the portal or from where it sends its readers; no other place sees the token.

        Args:
            url: its address.
            anonymous: fetch it as everybody, without the token.

        Raises:
            DownloadRefused: it is too large, or its address leads nowhere, round in circles or out of encryption.
            PortalError: what came instead of the file (see :mod:`~khelang_opendata.portals.ckan.faults`).
        """
        token = None if anonymous else self._token
        return self._patiently(lambda: self._fetch(url, token))

    def _patiently(self, call: Callable[[], _T]) -> _T:
        """What a call gives, tried again after ever longer waits, or as long a one as the portal asks for."""
        wait = self.patience.first_wait_seconds
        for _ in range(self.patience.tries - 1):
            try:
                return call()
            except PortalError as error:
                pause = max(wait, error.retry_after)
                if not error.transient or pause > self.patience.longest_wait_seconds:
                    raise
            self.patience.sleep(pause)
            wait *= 2
        return call()

    def _fetch(self, url: str, token: Token | None) -> bytes:
        address = _next_address(self.url, url)
        for _ in range(1 + MOST_REDIRECTS):
            known = token if _origin(address) == self._origin else None
            answer = self._send("GET", address, known, headers={"Accept-Encoding": "identity"})
            if answer.status == HTTPStatus.OK:
                return answer.body
            answer = self._without_token(answer)
            if answer.status not in REDIRECTS:
                raise fault_of_file(answer)
            address = _next_address(address, answer.location)
        raise DownloadRefused("redirects", address=shown_address(url), limit=MOST_REDIRECTS)

    def _call(self, method: str, action: str, token: Token | None, **content: Any) -> Answer:
        return self._without_token(self._send(method, f"{self.url}/api/3/action/{action}", token, **content))

    def _send(self, method: str, address: str, token: Token | None, **content: Any) -> Answer:
        try:
            return self._exchange(requests.Request(method, address, auth=_Authorization(token), **content))
        except (OSError, urllib3.exceptions.HTTPError) as error:
            fault = fault_of_connection(error, address)
        raise fault  # here, where the failure is not its context any more

    def _exchange(self, request: requests.Request) -> Answer:
        with requests.Session() as session:
            session.headers["User-Agent"] = USER_AGENT
            prepared = session.prepare_request(request)
            address = str(prepared.url)
            settings = session.merge_environment_settings(address, {}, stream=True, verify=True, cert=None)
            proxies = None if _is_loopback(_origin(address)[1]) else settings["proxies"]
            timeout = (self.patience.connect_seconds, self.patience.read_seconds)
            adapter = session.get_adapter(address)  # session.send would look into where a redirect leads
            with adapter.send(
                prepared, stream=True, timeout=timeout, verify=settings["verify"] or True, proxies=proxies
            ) as response:
                location = response.headers.get("Location", "").encode("latin-1").decode("utf-8", "replace")
                waiting = response.headers.get("Retry-After", "")
                return Answer(address, response.status_code, _body(response), location, waiting)

    def _without_token(self, answer: Answer) -> Answer:
        """An answer that holds and quotes no token, should the portal repeat what it was sent."""
        if self._token is None:
            return answer
        body = self._token.removed_from(answer.body.decode("latin-1")).encode("latin-1")  # any bytes, and back
        return replace(answer, body=body, location=self._token.removed_from(answer.location), secret=self._token)


def is_token_known(client: Client, org: str) -> bool:
    """Whether the portal knows the client's token.

    It is asked whether the token's user follows the organisation: CKAN 2.9 to 2.11 all know that action, and answer it
    to anybody who is logged in and to nobody else. To read data proves nothing, for a bad token reads as everybody.

    Args:
        client: the portal.
        org: an organisation that it has.

    Raises:
        PortalInvalid: it has no such organisation.
        PortalError: it does not answer.
    """
    try:
        client.get("am_following_group", {"id": org})
    except PortalForbidden:
        return False
    return True


def cause_of_refusal(client: Client, refusal: PortalForbidden, org: str) -> PortalError:
    """Why a portal refused to write: it does not know the token, or the token's user has no right.

    Args:
        client: the portal.
        refusal: what it answered.
        org: the organisation that was written to.

    Raises:
        PortalError: it does not answer any more.
    """
    if refusal.params["variant"] != "action":
        return refusal
    if is_token_known(client, org):
        return NoRight(address=client.url, org=org, answer=refusal.answer)
    return TokenRefused(address=client.url, answer=refusal.answer)


class _Authorization:
    """What requests asks to sign a request; where there is no token, its being there keeps ``.netrc`` out."""

    def __init__(self, token: Token | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = self._token.reveal()
        return request


def _body(response: requests.Response) -> bytes:
    """The whole body, its content coding undone; urllib3 sees to it that it is as long as was announced."""
    body = bytearray()
    for chunk in response.iter_content(2**16):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise DownloadRefused("large", address=shown_address(response.url), limit=LARGEST_ANSWER // 2**20)
    return bytes(body)


def _portal_address(url: str) -> str:
    """A portal's address, fit to have the interface's paths put behind it."""
    address = _prepared(url.strip())
    parts = urlsplit(address)
    if not address or parts.query or parts.fragment:
        raise PortalAddressUnusable("malformed", address=shown_address(url))
    if "@" in parts.netloc:
        raise PortalAddressUnusable("password", address=shown_address(url))
    return address.rstrip("/")


def _next_address(address: str, location: str) -> str:
    """Where an address leads that is relative to another one, and never from an encrypted one to an open one."""
    following = _prepared(location, address)
    if not following:
        raise DownloadRefused("address", address=shown_address(address))
    if address.startswith("https:") and not following.startswith("https:"):
        raise DownloadRefused("insecure", address=shown_address(address))
    return following


def _prepared(url: str, base: str = "") -> str:
    """An address as it is sent, empty where it is none of HTTP: the one that is judged is the one that is used."""
    try:
        address = str(requests.Request("GET", urljoin(base, url)).prepare().url)
        _origin(address)
    except (requests.RequestException, ValueError):
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def _origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address (RFC 6454)."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_loopback(host: str) -> bool:
    """Whether a host is this computer itself, to which nothing goes over a network nor by way of a proxy."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
