"""Call a CKAN portal's actions and download its files over HTTP. The token goes to no other host.

The interface is CKAN's Action API, version 3 (https://docs.ckan.org/en/2.11/api/). Each request opens a connection of
its own: a server may close an idle connection at the moment when a request is sent on it, and the client could not
know whether a write arrived. Redirects of a download are followed here and not by requests, so that each target is
checked first and only the portal itself gets the token.
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
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from khelang_opendata.model.failures import PortalError
from khelang_opendata.portals.ckan.action_results import validate_result
from khelang_opendata.portals.ckan.responses import (
    REDIRECTS,
    Response,
    connection_error,
    download_error,
    parse_result,
    sanitize_address,
)
from khelang_opendata.portals.portal_failures import PortalForbidden, PortalMisused, PortalTooSlow
from khelang_opendata.portals.token import Token
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.transport.deadline import Deadline, DeadlineAdapter
from khelang_opendata.version import __version__

USER_AGENT = f"khelang-opendata/{__version__}"
MAX_FILE_BYTES = 512 * 2**20
MAX_RESPONSE_BYTES = 16 * 2**20
"""The limit of an action's response, because parsed JSON takes twenty times its size in memory. A dataset with a
thousand files takes 2 MiB."""
MAX_TIMEOUT_SECONDS = 86_400
MAX_REDIRECTS = 5
_LONGER = 3
"""The factor of the timeout that the message of a timeout suggests."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """Timeouts and retries of a client's requests."""

    connect_seconds: float = 10
    """The timeout of a connection attempt, for each address of the host."""
    read_seconds: float = 120
    """The longest silence after that; a large file may take longer as a whole."""
    request_seconds: float = 600
    """The timeout of a whole request, from the connection to the last byte of the response.

    A request that exceeds it is not repeated, because it would take as long again. 600 seconds are enough for a file of
    100 MB over a line of 1.5 Mbit/s."""
    attempts: int = 4
    first_delay_seconds: float = 1
    """The delay before the second attempt; each further delay is twice as long."""
    max_delay_seconds: float = 60
    """A request fails at once if the portal asks for a longer delay (``Retry-After``)."""
    sleep: Callable[[float], object] = time.sleep


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart form: the form field, the file's name, content and media type."""

    field: str
    filename: str
    data: bytes
    mediatype: str


class Client:
    """A client of one CKAN portal.

    Args:
        url: the portal's address, with or without a path: ``https://data.go.th``, ``https://example.go.th/catalog``.
        token: the user's token; None reads public data only.
        policy: timeouts and retries.

    Raises:
        PortalMisused: the address is invalid, holds a password, or would send the token unencrypted.
    """

    def __init__(self, url: str, token: Token | None = None, *, policy: RequestPolicy = RequestPolicy()) -> None:
        self.url = _portal_address(url)
        self._origin = _origin(self.url)
        if token and self._origin[0] != "https" and not _is_loopback(self._origin[1]):
            raise PortalMisused("portal_address_unusable", "insecure", address=self.url)
        self._token = token
        self.policy = policy

    def get(self, action: str, params: Mapping[str, str] = MappingProxyType({}), *, anonymous: bool = False) -> Any:
        """Call an action that reads; transient failures are retried, because reading twice changes nothing.

        Args:
            action: the action's name, such as ``package_show``.
            params: the query parameters.
            anonymous: call it without the token.

        Returns:
            The result, in the form that ``action_results.json`` requires.

        Raises:
            PortalError: the request failed; :mod:`~khelang_opendata.portals.ckan.responses` lists the classes.
        """
        token = None if anonymous else self._token
        return self._with_retries(lambda: _result(action, self._call("GET", action, token, params=params)))

    def post(self, action: str, payload: JsonObject, upload: Upload | None = None) -> Any:
        """Call an action that writes, once.

        It is not retried: a request without a response may have been executed, and ``package_create`` twice makes two
        datasets or fails. The caller reads the dataset before it repeats a write.

        Args:
            action: the action's name, such as ``package_revise``.
            payload: the action's parameters; beside an upload, values that are not text become JSON.
            upload: a file to upload with it.

        Returns:
            The result, in the form that ``action_results.json`` requires.

        Raises:
            PortalError: the request failed; :mod:`~khelang_opendata.portals.ckan.responses` lists the classes.
        """
        if upload is None:
            headers, data = {"Content-Type": "application/json"}, json.dumps(payload).encode()
            return _result(action, self._call("POST", action, self._token, data=data, headers=headers))
        form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in payload.items()}
        files = {upload.field: (upload.filename, upload.data, upload.mediatype)}
        response = self._call("POST", action, self._token, data=form, files=files)
        return _result(action, response, upload.filename, len(upload.data))

    def download(self, url: str, *, anonymous: bool = False) -> bytes:
        """Download a file from the portal, or from a storage that it redirects to; only the portal gets the token.

        Args:
            url: the file's address.
            anonymous: download it without the token.

        Returns:
            The whole content.

        Raises:
            PortalError: the file is too large, or a redirect is invalid, unencrypted or endless.
            PortalError: the request failed; :mod:`~khelang_opendata.portals.ckan.responses` lists the classes.
        """
        token = None if anonymous else self._token
        return self._with_retries(lambda: self._download(url, token))

    def _with_retries(self, call: Callable[[], _T]) -> _T:
        """Call a function that changes nothing, again after transient failures, with growing delays."""
        delay = self.policy.first_delay_seconds
        for _ in range(self.policy.attempts - 1):
            try:
                return call()
            except PortalError as error:
                pause = max(delay, error.retry_after)
                if not error.transient or pause > self.policy.max_delay_seconds:
                    raise
            self.policy.sleep(pause)
            delay *= 2
        return call()

    def _download(self, url: str, token: Token | None) -> bytes:
        address = _redirect_target(self.url, url)
        for _ in range(1 + MAX_REDIRECTS):
            own_token = token if _origin(address) == self._origin else None
            # A server that declares a stored .gz file as compressed content would otherwise deliver another file.
            headers = {"Accept-Encoding": "identity"}
            response = self._send("GET", address, own_token, _file_limit(address), headers=headers)
            if response.status == HTTPStatus.OK:
                return response.body
            response = self._without_token(response)
            if response.status not in REDIRECTS:
                raise download_error(response)
            address = _redirect_target(address, response.location)
        raise PortalError("download_refused", "redirects", address=sanitize_address(url), limit=MAX_REDIRECTS)

    def _call(self, method: str, action: str, token: Token | None, **content: Any) -> Response:
        address = f"{self.url}/api/3/action/{action}"
        return self._without_token(self._send(method, address, token, _result_limit(address, action), **content))

    def _send(self, method: str, address: str, token: Token | None, limit: _SizeLimit, **content: Any) -> Response:
        request = requests.Request(method, address, auth=partial(_authorize, token), **content)
        failure: PortalError | None = None
        seconds = self.policy.request_seconds
        with Deadline(seconds) as deadline:
            try:
                response = self._exchange(request, deadline, limit)
            except (OSError, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
                failure = connection_error(error, address)
        if deadline.passed:  # a connection that the deadline shut down looks like one that the portal closed
            longer = min(round(_LONGER * seconds) + 1, MAX_TIMEOUT_SECONDS)
            failure = PortalTooSlow(address=sanitize_address(address), seconds=f"{seconds:g}", longer=longer)
        if failure:
            # Outside of the ``except``: the original exception holds the request with its token, and a traceback
            # would print it as the context of this one.
            raise failure
        return response

    def _exchange(self, request: requests.Request, deadline: Deadline, limit: _SizeLimit) -> Response:
        # Not Session.send: even with allow_redirects=False it parses redirects, and fails on invalid ones.
        adapter = DeadlineAdapter(deadline, self.policy.read_seconds)
        with requests.Session() as session, closing(adapter):
            session.headers["User-Agent"] = USER_AGENT
            prepared = session.prepare_request(request)
            if isinstance(prepared.body, bytes):
                # http.client sends a stream in blocks; all bytes at once would have to pass within one socket timeout.
                prepared.body = io.BytesIO(prepared.body)  # type: ignore[assignment]
            address = str(prepared.url)
            # Proxies and REQUESTS_CA_BUNDLE come from the environment, as offices configure them. There is no option
            # to skip the certificate check: it would send the token to anyone between.
            settings = session.merge_environment_settings(address, {}, stream=True, verify=True, cert=None)
            proxies = None if _is_loopback(_origin(address)[1]) else settings["proxies"]
            timeout = (self.policy.connect_seconds, self.policy.read_seconds)
            with adapter.send(
                prepared, stream=True, timeout=timeout, verify=settings["verify"] or True, proxies=proxies
            ) as received:
                # http.client decodes headers as Latin-1; portals send Thai addresses in UTF-8.
                location = received.headers.get("Location", "").encode("latin-1").decode("utf-8", "replace")
                retry_after = received.headers.get("Retry-After", "")
                return Response(address, received.status_code, _body(received, limit), location, retry_after)

    def _without_token(self, response: Response) -> Response:
        """Return a response in which the token is replaced: a portal may echo the request in an error."""
        if self._token is None:
            return response
        body = self._token.removed_from(response.body.decode("latin-1")).encode("latin-1")  # lossless for any bytes
        return replace(response, body=body, location=self._token.removed_from(response.location), token=self._token)


def is_token_accepted(client: Client, org: str) -> bool:
    """Whether the portal accepts the client's token.

    The request asks whether the token's user follows an organisation: CKAN 2.9 to 2.11 all have that action, and answer
    every user who is logged in and no one else. Reading data proves nothing: with a bad token, CKAN shows public data.

    Args:
        client: the portal's client.
        org: an organisation of the portal.

    Raises:
        PortalInvalid: the portal has no such organisation.
        PortalError: the portal does not respond.
    """
    try:
        client.get("am_following_group", {"id": org})
    except PortalForbidden:
        return False
    return True


def explain_forbidden(client: Client, refusal: PortalForbidden, org: str) -> PortalError:
    """Find out why a portal refused a write: it rejects the token, or the user has no role in the organisation.

    Args:
        client: the portal's client.
        refusal: the failure of the write.
        org: the organisation of the dataset.

    Returns:
        The failure ``token_refused`` or ``no_right``; the refusal itself if another server than CKAN made it.

    Raises:
        PortalError: the portal no longer responds.
    """
    if refusal.params["variant"] != "action":
        return refusal
    if is_token_accepted(client, org):
        return PortalError("no_right", address=client.url, org=org, answer=refusal.answer)
    return PortalError("token_refused", address=client.url, answer=refusal.answer)


def _authorize(token: Token | None, request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Set the token; without one, the mere ``auth`` keeps requests from sending a password out of ``.netrc``."""
    if token:
        request.headers["Authorization"] = token.reveal()
    return request


class _SizeLimit(NamedTuple):
    """The largest body of a response, and the failure of a larger one."""

    max_bytes: int
    error: PortalError


def _file_limit(address: str) -> _SizeLimit:
    limit = MAX_FILE_BYTES // 2**20
    error = PortalError("download_refused", "large", address=sanitize_address(address), limit=limit)
    return _SizeLimit(MAX_FILE_BYTES, error)


def _result_limit(address: str, action: str) -> _SizeLimit:
    shown, limit = sanitize_address(address), MAX_RESPONSE_BYTES // 2**20
    error = PortalError("portal_answer_unusable", "large", address=shown, action=action, limit=limit)
    return _SizeLimit(MAX_RESPONSE_BYTES, error)


def _result(action: str, response: Response, file: str = "-", size: int = 0) -> Any:
    return validate_result(action, parse_result(response, file, size), response)


def _body(response: requests.Response, limit: _SizeLimit) -> bytes:
    """Read the whole body, decompressed; urllib3 raises if it is shorter than ``Content-Length``.

    The size is checked while reading, because a response may lack ``Content-Length`` or decompress to any size.
    """
    body = bytearray()
    for chunk in response.iter_content(2**16):
        body += chunk
        if len(body) > limit.max_bytes:
            raise limit.error
    return bytes(body)


def _portal_address(url: str) -> str:
    """Return a portal's address without a slash at its end; the API's paths are appended to it."""
    address = _prepared(url.strip())
    parts = urlsplit(address)
    if not address or parts.query or parts.fragment:
        raise PortalMisused("portal_address_unusable", "malformed", address=sanitize_address(url))
    if "@" in parts.netloc:
        raise PortalMisused("portal_address_unusable", "password", address=sanitize_address(url))
    return address.rstrip("/")


def _redirect_target(address: str, location: str) -> str:
    """Return the absolute address of a redirect; a redirect from HTTPS to HTTP is refused."""
    target = _prepared(location, address)
    if not target:
        raise PortalError("download_refused", "address", address=sanitize_address(address))
    if address.startswith("https:") and not target.startswith("https:"):
        raise PortalError("download_refused", "insecure", address=sanitize_address(address))
    return target


def _prepared(url: str, base: str = "") -> str:
    """Return an address as requests sends it, or an empty text if it is no HTTP address.

    All checks use this form: two parsers may disagree about the host of the same text.
    """
    try:
        address = str(requests.Request("GET", urljoin(base, url)).prepare().url)
        _origin(address)
    except (requests.RequestException, ValueError):
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def _origin(address: str) -> tuple[str, str, int]:
    """Return scheme, host and port of an address (RFC 6454)."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _is_loopback(host: str) -> bool:
    """Whether a host is this computer; such requests leave no network interface and need no proxy."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
