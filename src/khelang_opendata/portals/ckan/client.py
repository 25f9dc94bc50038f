"""Call a CKAN portal's actions and fetch its files over HTTP. The token goes to no other host.

The interface is CKAN's Action API, version 3 (https://docs.ckan.org/en/2.11/api/). Each request has a connection of
its own: an idle connection may be closed just as a write goes out on it, and it would be unknown whether the write
arrived.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import json
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from khelang_opendata.model.failures import PortalError
from khelang_opendata.portals.ckan.answers import checked_result
from khelang_opendata.portals.ckan.deadline import Deadline, DeadlineAdapter
from khelang_opendata.portals.ckan.faults import (
    REDIRECTS,
    Answer,
    fault_of_connection,
    fault_of_file,
    result_of,
    shown_address,
)
from khelang_opendata.portals.refusals import PortalForbidden, PortalMisused, PortalTooSlow
from khelang_opendata.portals.token import Token
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.version import __version__

USER_AGENT = f"khelang-opendata/{__version__}"
LARGEST_FILE = 512 * 2**20
LARGEST_ANSWER = 16 * 2**20
"""Of an action: a dataset of a thousand files takes two, and in memory it is twenty times as large."""
LONGEST_REQUEST = 86_400
"""Seconds: the upper limit of a timeout (one day)."""
MOST_REDIRECTS = 5
_LONGER = 3

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a portal is waited for, and how often it is asked again."""

    connect_seconds: float = 10
    """The longest silence while a connection is made, for each address of the host."""
    read_seconds: float = 120
    """The longest silence after that; a large file may take longer as a whole."""
    request_seconds: float = 600
    """The longest that a request may take as a whole, from the connection to the answer's last byte.

    A request that takes longer is not repeated: it would take as long again. 600 seconds are enough for the largest
    file that a portal takes unless its managers set another limit (100 MB) over a line of 1.5 Mbit/s."""
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
        PortalMisused: the address is invalid, holds a password, or would carry the token unencrypted.
    """

    def __init__(self, url: str, token: Token | None = None, *, patience: Patience = Patience()) -> None:
        self.url = _portal_address(url)
        self._origin = _origin(self.url)
        if token and self._origin[0] != "https" and not _is_loopback(self._origin[1]):
            raise PortalMisused("portal_address_unusable", "insecure", address=self.url)
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
        return self._patiently(lambda: _result(action, self._call("GET", action, token, params=params)))

    def post(self, action: str, payload: JsonObject, upload: Upload | None = None) -> Any:
        """The result of an action that writes, sent once: before it is repeated, look whether it happened.

        Args:
            action: its name, such as ``package_revise``.
            payload: what it is given; beside a file, what is not text is written as JSON.
            upload: a file that goes with it.

        Raises:
            PortalError: what the portal answered instead (see :mod:`~khelang_opendata.portals.ckan.faults`).
        """
        if upload is None:
            headers, data = {"Content-Type": "application/json"}, json.dumps(payload).encode()
            return _result(action, self._call("POST", action, self._token, data=data, headers=headers))
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        files = {upload.field: (upload.filename, upload.data, upload.mediatype)}
        answer = self._call("POST", action, self._token, data=form, files=files)
        return _result(action, answer, upload.filename, len(upload.data))

    def download(self, url: str, *, anonymous: bool = False) -> bytes:
        """A file, whole, from the portal or from where it sends its readers; no other place sees the token.

        Args:
            url: its address.
            anonymous: fetch it as everybody, without the token.

        Raises:
            PortalError: it is too large, or its address leads nowhere, round in circles or out of encryption.
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
            answer = self._send("GET", address, known, _SentFile(address), headers={"Accept-Encoding": "identity"})
            if answer.status == HTTPStatus.OK:
                return answer.body
            answer = self._without_token(answer)
            if answer.status not in REDIRECTS:
                raise fault_of_file(answer)
            address = _next_address(address, answer.location)
        raise PortalError("download_refused", "redirects", address=shown_address(url), limit=MOST_REDIRECTS)

    def _call(self, method: str, action: str, token: Token | None, **content: Any) -> Answer:
        address = f"{self.url}/api/3/action/{action}"
        return self._without_token(self._send(method, address, token, _Result(address, action), **content))

    def _send(self, method: str, address: str, token: Token | None, wanted: _Wanted, **content: Any) -> Answer:
        request = requests.Request(method, address, auth=_Authorization(token), **content)
        fault: PortalError | None = None
        seconds = self.patience.request_seconds
        with Deadline(seconds) as deadline:
            try:
                answer = self._exchange(request, deadline, wanted)
            except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
                fault = fault_of_connection(error, address)
        if deadline.passed:
            longer = min(round(_LONGER * seconds) + 1, LONGEST_REQUEST)
            fault = PortalTooSlow(address=shown_address(address), seconds=f"{seconds:g}", longer=longer)
        if fault:
            raise fault  # here, where the failure is not its context any more
        return answer

    def _exchange(self, request: requests.Request, deadline: Deadline, wanted: _Wanted) -> Answer:
        adapter = DeadlineAdapter(deadline, self.patience.read_seconds)  # a session's looks into where redirects lead
        with requests.Session() as session, closing(adapter):
            session.headers["User-Agent"] = USER_AGENT
            prepared = session.prepare_request(request)
            if isinstance(prepared.body, bytes):
                prepared.body = io.BytesIO(prepared.body)  # type: ignore[assignment] # sent by and by, as it is read
            address = str(prepared.url)
            settings = session.merge_environment_settings(address, {}, stream=True, verify=True, cert=None)
            proxies = None if _is_loopback(_origin(address)[1]) else settings["proxies"]
            timeout = (self.patience.connect_seconds, self.patience.read_seconds)
            with adapter.send(
                prepared, stream=True, timeout=timeout, verify=settings["verify"] or True, proxies=proxies
            ) as response:
                location = response.headers.get("Location", "").encode("latin-1").decode("utf-8", "replace")
                waiting = response.headers.get("Retry-After", "")
                return Answer(address, response.status_code, _body(response, wanted), location, waiting)

    def _without_token(self, answer: Answer) -> Answer:
        """An answer that holds and quotes no token, should the portal repeat what it was sent."""
        if self._token is None:
            return answer
        body = self._token.removed_from(answer.body.decode("latin-1")).encode("latin-1")  # any bytes, and back
        return replace(answer, body=body, location=self._token.removed_from(answer.location), secret=self._token)


def is_token_known(client: Client, org: str) -> bool:
    """Whether the portal knows the client's token.

    It is asked whether the token's user follows the organisation: CKAN 2.9 to 2.11 all know that action, and answer it
    to every user who is logged in and to no other. Reading data proves nothing: a bad token reads as the public.

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
        return PortalError("no_right", address=client.url, org=org, answer=refusal.answer)
    return PortalError("token_refused", address=client.url, answer=refusal.answer)


class _Authorization:
    """What requests asks to sign a request; where there is no token, its being there keeps ``.netrc`` out."""

    def __init__(self, token: Token | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = self._token.reveal()
        return request


@dataclass(frozen=True)
class _SentFile:
    """What is asked for is a file: how large it may be, and what is raised where it is larger."""

    address: str

    @property
    def largest(self) -> int:
        return LARGEST_FILE

    def too_large(self) -> PortalError:
        return PortalError(
            "download_refused", "large", address=shown_address(self.address), limit=self.largest // 2**20
        )


@dataclass(frozen=True)
class _Result:
    """The same of the result of an action."""

    address: str
    action: str

    @property
    def largest(self) -> int:
        return LARGEST_ANSWER

    def too_large(self) -> PortalError:
        place, limit = shown_address(self.address), self.largest // 2**20
        return PortalError("portal_answer_unusable", "large", address=place, action=self.action, limit=limit)


_Wanted = _SentFile | _Result


def _result(action: str, answer: Answer, file: str = "-", size: int = 0) -> Any:
    return checked_result(action, result_of(answer, file, size), answer)


def _body(response: requests.Response, wanted: _Wanted) -> bytes:
    """The whole body, its content coding undone; urllib3 sees to it that it is as long as was announced."""
    body = bytearray()
    for chunk in response.iter_content(2**16):
        body += chunk
        if len(body) > wanted.largest:
            raise wanted.too_large()
    return bytes(body)


def _portal_address(url: str) -> str:
    """A portal's address, fit to have the interface's paths put behind it."""
    address = _prepared(url.strip())
    parts = urlsplit(address)
    if not address or parts.query or parts.fragment:
        raise PortalMisused("portal_address_unusable", "malformed", address=shown_address(url))
    if "@" in parts.netloc:
        raise PortalMisused("portal_address_unusable", "password", address=shown_address(url))
    return address.rstrip("/")


def _next_address(address: str, location: str) -> str:
    """Where an address leads that is relative to another one, and never from an encrypted one to an open one."""
    following = _prepared(location, address)
    if not following:
        raise PortalError("download_refused", "address", address=shown_address(address))
    if address.startswith("https:") and not following.startswith("https:"):
        raise PortalError("download_refused", "insecure", address=shown_address(address))
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
