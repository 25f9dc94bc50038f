"""Parse a portal's HTTP response: return the action's result, or the failure that it means. No request is made here.

The responses are those of CKAN 2.9 to 2.11 (``ckan/views/api.py``), of servers in front of it, and of HTTP (RFC 9110).
CKAN's own messages are recognised in English and in its Thai translation.
"""

from __future__ import annotations

import codecs
import html
import json
import math
import re
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from http import HTTPStatus
from itertools import islice
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
import urllib3

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import PortalError, PortalUnavailable
from khelang_opendata.portals.portal_failures import (
    FileTooLarge,
    PortalConflict,
    PortalForbidden,
    PortalInvalid,
    PortalLacksAction,
    PortalMisused,
    PortalNotFound,
)
from khelang_opendata.portals.token import Token
from khelang_opendata.render.terminal import clip
from khelang_opendata.standard.tables import JsonObject

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MAX_DIGITS = 100
"""The most digits of a number: Python refuses to parse some thousands, and no value of a portal has so many."""

_MAX_MESSAGE = 300
_MAX_PAGE = 2**13
"""The part of a page or text that is searched for a message."""
_MAX_MESSAGES = 1000
_MAX_FIELD_DEPTH = 20

_FORBIDDEN = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
_TRUNCATED = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT}
_SEARCH_ERRORS = {"Search Error", "Search Index Error", "Search Connection Error"}
_UNKNOWN_ACTION = "Action name not known"

_TOO_LARGE = re.compile("too large|ใหญ่เกิน", re.IGNORECASE)
_TAKEN = re.compile("in use|already exists|ถูกใช้|ซ้ำ|มีอยู่แล้ว", re.IGNORECASE)
_IN_TRASH = re.compile("trash|deleted|ถังขยะ|ถูกลบ", re.IGNORECASE)

_CONNECTION_ERRORS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("proxy", (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema)),
    ("certificate", (ssl.SSLCertVerificationError,)),
    ("cut", (ssl.SSLEOFError, ssl.SSLZeroReturnError)),
    ("tls", (ssl.SSLError,)),
    ("name", (socket.gaierror,)),
    ("refused", (urllib3.exceptions.NewConnectionError,)),
    ("timeout", (TimeoutError, urllib3.exceptions.TimeoutError)),
)
"""Variants of ``portal_unreachable`` by exception; the first match applies, because later classes include earlier ones.
Any other exception means that the connection was cut."""


@dataclass(frozen=True)
class Response:
    """A response as it was received.

    Attributes:
        address: the address of the request.
        status: the HTTP status.
        body: the whole content, decompressed.
        location: the header ``Location``.
        retry_after: the header ``Retry-After``.
        token: the token of the request, which is removed from every message: a portal may echo it in an encoding that
            the removal from the body does not find.
    """

    address: str
    status: int
    body: bytes
    location: str = ""
    retry_after: str = ""
    token: Token | None = None

    @cached_property
    def content(self) -> Any:
        """The parsed JSON; None if the body is not JSON (``null`` is no response of this API)."""
        try:
            return json.loads(self.body, parse_int=_integer)
        except (ValueError, RecursionError):
            return None

    @property
    def message(self) -> str:
        """The status with CKAN's error message, the title of a page, or the beginning of a text."""
        message = self.sanitized(_message(self))
        return f"HTTP {self.status}: {message}" if message else f"HTTP {self.status}"

    def sanitized(self, text: str) -> str:
        """Return a text of the response that is safe to print: one short line without token and control characters."""
        return _in_one_line(self.token.removed_from(text) if self.token else text)

    @property
    def safe_address(self) -> str:
        """The address without user, password and query."""
        return sanitize_address(self.address)


def parse_result(response: Response, file: str = "-", size: int = 0) -> Any:
    """Return the result of an action.

    Args:
        response: the response to the action's request.
        file: the name of the uploaded file, for the message if it is too large.
        size: the file's size in bytes.

    Raises:
        PortalError: the response has no result. CKAN's validation error becomes :class:`PortalInvalid`,
            :class:`PortalConflict` or :class:`FileTooLarge`; 401 and 403 :class:`PortalForbidden`; 404
            :class:`PortalNotFound`; an unknown action :class:`PortalLacksAction`; a redirect or another program
            :class:`PortalMisused`; 429, 5xx and truncated responses :class:`PortalUnavailable`, which may be retried.
    """
    content = response.content
    if (
        response.status == HTTPStatus.OK
        and isinstance(content, dict)
        and content.get("success") is True
        and "result" in content
    ):
        return content["result"]
    raise _with_delay(_action_error(response, content, file, size), response)


def download_error(response: Response) -> PortalError:
    """Return the failure that a download's response other than 200 and redirects means."""
    if response.status in _FORBIDDEN:
        error: PortalError = PortalForbidden("file", address=response.safe_address, answer=response.message)
    elif response.status in _ABSENT:
        error = PortalNotFound(address=response.safe_address, answer=response.message)
    else:
        error = _server_error(response) or _rejected(response)
    return _with_delay(error, response)


def connection_error(error: Exception, address: str) -> PortalError:
    """Return the failure that an exception of the connection means.

    The failure keeps only the system's message: exceptions of requests hold the request with its headers, and so the
    token.
    """
    if type(error) is OSError:  # requests raises it if the file of REQUESTS_CA_BUNDLE does not exist
        return PortalError(
            "portal_unreachable",
            "certificate",
            address=sanitize_address(address),
            answer=_in_one_line(str(error)),
        )
    causes = list(_causes(error))
    variants = (name for name, types in _CONNECTION_ERRORS if any(isinstance(cause, types) for cause in causes))
    variant = next(variants, "cut")
    system_errors = [cause for cause in causes if isinstance(cause, OSError) and cause.strerror]
    # The resolver reports EAI_AGAIN for a temporary failure; an unknown name or a bad certificate stays so.
    is_temporary = variant == "name" and any(cause.errno == socket.EAI_AGAIN for cause in system_errors)
    family = PortalUnavailable if is_temporary or variant not in ("name", "certificate", "tls") else PortalError
    return family(
        "portal_unreachable",
        variant,
        address=sanitize_address(address),
        answer=_in_one_line(str(system_errors[-1].strerror)) if system_errors else type(error).__name__,
    )


def sanitize_address(address: str) -> str:
    """Return an address without its secret parts: user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "-"
    return _in_one_line(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def parse_retry_after(header: str, now: datetime) -> float:
    """Return the seconds of a ``Retry-After`` header, which has seconds or a date (RFC 9110, section 10.2.3).

    Args:
        header: the header's value; an invalid one gives 0.
        now: the time from which a date is counted.
    """
    if header.strip().isdecimal():
        return float(header)
    try:
        until = parsedate_to_datetime(header)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):  # not a date, or outside of Python's range
        return 0


def _with_delay(error: PortalError, response: Response) -> PortalError:
    error.retry_after = parse_retry_after(response.retry_after, datetime.now(UTC))
    return error


def _action_error(response: Response, content: Any, file: str, size: int) -> PortalError:
    if response.status in REDIRECTS:
        return PortalMisused("portal_moved", address=response.safe_address, new=_new_portal_address(response))
    if response.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return FileTooLarge(file=file, size=size, answer=response.message)
    if isinstance(content, dict) and isinstance(error := content.get("error"), dict) and "success" in content:
        return _ckan_error(response, error, file, size)
    return _server_error(response) or _foreign_error(response, content)


def _server_error(response: Response) -> PortalError | None:
    """Return the failure that a status means from any server."""
    if response.status == HTTPStatus.TOO_MANY_REQUESTS:
        return PortalUnavailable("portal_busy", address=response.safe_address, answer=response.message)
    if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PortalUnavailable("portal_down", "error", address=response.safe_address, answer=response.message)
    return None


def _ckan_error(response: Response, error: JsonObject, file: str, size: int) -> PortalError:
    """Return the failure that CKAN's error object means; CKAN never translates its ``__type``."""
    params = {"address": response.safe_address, "answer": response.message}
    type_ = str(error.get("__type"))[:_MAX_MESSAGE]
    if type_ in _SEARCH_ERRORS:
        return PortalUnavailable("portal_down", "search", **params)
    if type_ == "Authorization Error" or response.status in _FORBIDDEN:
        return PortalForbidden("action", **params)
    if type_ == "Not Found Error":
        return PortalNotFound(**params)
    if type_ == "Validation Error":
        return _validation_error(response, error, file, size)
    return _server_error(response) or _rejected(response)


def _validation_error(response: Response, error: JsonObject, file: str, size: int) -> PortalError:
    fields = _messages_by_field(error, response)
    if "match" in fields:  # package_revise lists the values of ``match`` that differ now
        return PortalConflict(fields=response.sanitized(", ".join(fields["match"])), answer=response.message)
    uploads = (message for name, messages in fields.items() if name.endswith("upload") for message in messages)
    if any(map(_TOO_LARGE.search, uploads)):
        return FileTooLarge(file=file, size=size, answer=response.message)
    return PortalInvalid(_invalid_variant(fields), fields, answer=response.message)


def _invalid_variant(fields: dict[str, tuple[str, ...]]) -> str:
    """Return the variant of ``portal_invalid``: the cases with a remedy of their own, else ``fields``."""
    name_messages = " ".join((*fields.get("name", ()), *fields.get("id", ())))
    if _IN_TRASH.search(name_messages):
        return "name_in_trash"
    if _TAKEN.search(name_messages):
        return "name_taken"
    return "title_taken" if _TAKEN.search(" ".join(fields.get("title", ()))) else "fields"


def _foreign_error(response: Response, content: Any) -> PortalError:
    """Return the failure that a response without CKAN's error object means: of a firewall, gateway or other program.

    CKAN itself answers a bad request with a JSON text.
    """
    params = {"address": response.safe_address, "answer": response.message}
    if isinstance(content, str) and response.status == HTTPStatus.BAD_REQUEST:
        return PortalLacksAction(**params) if _UNKNOWN_ACTION in content else _rejected(response)
    if response.status in _FORBIDDEN:
        return PortalForbidden("page", **params)
    if response.status == HTTPStatus.OK and content is None:
        is_truncated = response.body.lstrip()[:1] in (b"", b"{")
        return PortalUnavailable("portal_down", "half" if is_truncated else "page", **params)
    if response.status in (HTTPStatus.OK, *_ABSENT):
        return PortalMisused("portal_not_ckan", **params)
    return _rejected(response)


def _rejected(response: Response) -> PortalError:
    """Return the failure of a rejected request; CKAN also rejects one that did not arrive completely, without JSON."""
    params = {"address": response.safe_address, "answer": response.message}
    if response.status in _TRUNCATED and not isinstance(response.content, dict):
        return PortalUnavailable("portal_rejected", "cut", **params)
    return PortalError("portal_rejected", "refused", **params)


def _new_portal_address(response: Response) -> str:
    """Return the portal's address in a redirect, without the API's path."""
    return re.sub("/api(/.*)?$", "", sanitize_address(response.location)).rstrip("/")


def _integer(text: str) -> float:
    """Parse a JSON integer; one with too many digits becomes infinite, which ``action_results`` refuses."""
    return int(text) if len(text) <= MAX_DIGITS else math.inf


def _message(response: Response) -> str:
    content = response.content
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return _ckan_message(content.get("error"), response)
    text = _decoded(response.body[:_MAX_PAGE])
    title = re.search("<title[^>]*>(.*?)</title", text, re.IGNORECASE | re.DOTALL)
    without_code = re.sub("<(script|style).*?</\\1>|<!--.*?-->", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return html.unescape(title[1] if title else re.sub("<[^>]*>", " ", without_code))


def _ckan_message(error: Any, response: Response) -> str:
    if not isinstance(error, dict):
        return "; ".join(text for _, text in islice(_leaves("", error), _MAX_MESSAGES)) if error else ""
    if isinstance(error.get("message"), str):
        return str(error["message"])
    return "; ".join(f"{name}: {', '.join(texts)}" for name, texts in _messages_by_field(error, response).items())


def _decoded(data: bytes) -> str:
    """Decode a page as UTF-8, else in the Thai code page that older servers use."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)  # the last character may be cut
    except UnicodeDecodeError:
        return data.decode("cp874", "replace")


def _messages_by_field(error: JsonObject, response: Response) -> dict[str, tuple[str, ...]]:
    """Return a validation error's messages by field; a nested field is named as in ``resources[2].url``."""
    messages: dict[str, list[str]] = {}
    for name, value in error.items():
        if name != "__type":
            for path, text in islice(_leaves(name, value), _MAX_MESSAGES):
                messages.setdefault(response.sanitized(path), []).append(response.sanitized(text))
    return {path: tuple(texts) for path, texts in messages.items()}


def _leaves(path: str, value: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield each text with its path, down to a depth that no form reaches."""
    if isinstance(value, dict | list) and depth == _MAX_FIELD_DEPTH:
        yield path, "…"
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}", inner, depth + 1)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(f"{path}[{number}]" if isinstance(inner, dict | list) else path, inner, depth + 1)
    else:
        yield path, str(value)


def _in_one_line(text: str) -> str:
    return clip(visible(" ".join(text[:_MAX_PAGE].split())), _MAX_MESSAGE)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, wherever requests and urllib3 keep them."""
    waiting, visited = [error], set()
    while waiting:
        cause = waiting.pop()
        if id(cause) not in visited:
            visited.add(id(cause))
            yield cause
            related = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
            waiting += [other for other in related if isinstance(other, BaseException)]
