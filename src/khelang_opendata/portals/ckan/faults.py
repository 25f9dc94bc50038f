"""What a portal answered: the result it holds, or the exception it means. Nothing is sent or received here.

The answers are those of CKAN 2.9 to 2.11 (``ckan/views/api.py``), of the servers in front of it, and of HTTP
(RFC 9110). CKAN's own texts are recognised in English and in its Thai translation.
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
from khelang_opendata.portals.refusals import (
    ActionUnknown,
    FileTooLarge,
    PortalConflict,
    PortalForbidden,
    PortalInvalid,
    PortalMisused,
    PortalNotFound,
)
from khelang_opendata.portals.token import Token
from khelang_opendata.render.terminal import clip
from khelang_opendata.standard.tables import JsonObject

REDIRECTS = frozenset({301, 302, 303, 307, 308})
LONGEST_NUMBER = 100
"""Digits; Python refuses to read numbers of more than some thousands, and nothing on a portal has so many."""

_LONGEST_QUOTE = 300
_LONGEST_PAGE = 2**13
"""How much of a page or a text is searched for what it says."""
_MOST_FIELDS = 1000
_DEEPEST_FIELD = 20

_REFUSALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
_ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.GONE}
_CUT_SHORT = {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_TIMEOUT}
_OF_SEARCH = {"Search Error", "Search Index Error", "Search Connection Error"}
_UNKNOWN_ACTION = "Action name not known"

_TOO_LARGE = re.compile("too large|ใหญ่เกิน", re.IGNORECASE)
_TAKEN = re.compile("in use|already exists|ถูกใช้|ซ้ำ|มีอยู่แล้ว", re.IGNORECASE)
_IN_TRASH = re.compile("trash|deleted|ถังขยะ|ถูกลบ", re.IGNORECASE)

_FAILED_CONNECTIONS: tuple[tuple[str, tuple[type[BaseException], ...]], ...] = (
    ("proxy", (requests.exceptions.ProxyError, requests.exceptions.InvalidProxyURL, requests.exceptions.InvalidSchema)),
    ("certificate", (ssl.SSLCertVerificationError,)),
    ("cut", (ssl.SSLEOFError, ssl.SSLZeroReturnError)),
    ("tls", (ssl.SSLError,)),
    ("name", (socket.gaierror,)),
    ("refused", (urllib3.exceptions.NewConnectionError,)),
    ("timeout", (TimeoutError, urllib3.exceptions.TimeoutError)),
)
"""Ways not to reach a portal, the first that fits; anything else was cut off."""


@dataclass(frozen=True)
class Answer:
    """What came back from an address; ``location`` and ``retry_after`` are the headers of these names.

    ``secret`` is the token that was sent, should the portal repeat it in an encoding.
    """

    address: str
    status: int
    body: bytes
    location: str = ""
    retry_after: str = ""
    secret: Token | None = None

    @cached_property
    def content(self) -> Any:
        """Its content in JSON, None if it is not JSON (``null`` means nothing in this interface)."""
        try:
            return json.loads(self.body, parse_int=_integer)
        except (ValueError, RecursionError):
            return None

    @property
    def said(self) -> str:
        """What it says to a person, after its status: CKAN's message, the title of a page, or the beginning."""
        said = self.quoted(_said(self))
        return f"HTTP {self.status}: {said}" if said else f"HTTP {self.status}"

    def quoted(self, text: str) -> str:
        """Something that it says, fit to be shown."""
        return _in_one_line(self.secret.removed_from(text) if self.secret else text)

    @property
    def place(self) -> str:
        """Its address, fit to be shown."""
        return shown_address(self.address)


def result_of(answer: Answer, file: str = "-", size: int = 0) -> Any:
    """The result that the answer to an action holds.

    Args:
        answer: what came back.
        file: the name of the file that was sent with the call.
        size: its size.

    Raises:
        PortalError: the answer has no result; the class gives the reason.
    """
    content = answer.content
    if (
        answer.status == HTTPStatus.OK
        and isinstance(content, dict)
        and content.get("success") is True
        and "result" in content
    ):
        return content["result"]
    raise _waiting(_fault_of_action(answer, content, file, size), answer)


def fault_of_file(answer: Answer) -> PortalError:
    """The exception that an answer without the file asked for means."""
    if answer.status in _REFUSALS:
        fault: PortalError = PortalForbidden("file", address=answer.place, answer=answer.said)
    elif answer.status in _ABSENT:
        fault = PortalNotFound(address=answer.place, answer=answer.said)
    else:
        fault = _fault_of_server(answer) or _rejected(answer)
    return _waiting(fault, answer)


def fault_of_connection(error: Exception, address: str) -> PortalError:
    """The exception that a failed connection means.

    Of the failure nothing is kept but what the system says: the exceptions of requests hold the request, with all that
    its headers hold.
    """
    if type(error) is OSError:  # requests does not find the file that REQUESTS_CA_BUNDLE names
        return PortalError(
            "portal_unreachable",
            "certificate",
            address=shown_address(address),
            answer=_in_one_line(str(error)),
        )
    causes = list(_causes(error))
    kinds = (kind for kind, types in _FAILED_CONNECTIONS if any(isinstance(cause, types) for cause in causes))
    variant = next(kinds, "cut")
    reported = [cause for cause in causes if isinstance(cause, OSError) and cause.strerror]
    passing = variant == "name" and any(cause.errno == socket.EAI_AGAIN for cause in reported)
    family = PortalUnavailable if passing or variant not in ("name", "certificate", "tls") else PortalError
    return family(
        "portal_unreachable",
        variant,
        address=shown_address(address),
        answer=_in_one_line(str(reported[-1].strerror)) if reported else type(error).__name__,
    )


def shown_address(address: str) -> str:
    """An address without what may be secret in it: user, password and query."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "-"
    return _in_one_line(urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", "")))


def seconds_to_wait(retry_after: str, now: datetime) -> float:
    """How long ``Retry-After`` asks to wait: seconds, or until a date (RFC 9110, section 10.2.3); 0 where neither."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds())
    except (ValueError, OverflowError):  # no date, or none that Python counts
        return 0


def _waiting(fault: PortalError, answer: Answer) -> PortalError:
    fault.retry_after = seconds_to_wait(answer.retry_after, datetime.now(UTC))
    return fault


def _fault_of_action(answer: Answer, content: Any, file: str, size: int) -> PortalError:
    if answer.status in REDIRECTS:
        return PortalMisused("portal_moved", address=answer.place, new=_portal_at(answer))
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return FileTooLarge(file=file, size=size, answer=answer.said)
    if isinstance(content, dict) and isinstance(error := content.get("error"), dict) and "success" in content:
        return _fault_of_ckan(answer, error, file, size)
    if fault := _fault_of_server(answer):
        return fault
    if isinstance(content, str) and answer.status == HTTPStatus.BAD_REQUEST:
        is_unknown = _UNKNOWN_ACTION in content
        return ActionUnknown(address=answer.place, answer=answer.said) if is_unknown else _rejected(answer)
    return _fault_of_another_server(answer, content)


def _fault_of_server(answer: Answer) -> PortalError | None:
    """What a status alone means, from any server."""
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return PortalUnavailable("portal_busy", address=answer.place, answer=answer.said)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return PortalUnavailable("portal_down", "error", address=answer.place, answer=answer.said)
    return None


def _fault_of_ckan(answer: Answer, error: JsonObject, file: str, size: int) -> PortalError:
    """What an error in CKAN's own envelope means; its ``__type`` is never translated."""
    place = {"address": answer.place, "answer": answer.said}
    kind = str(error.get("__type"))[:_LONGEST_QUOTE]
    if kind in _OF_SEARCH:
        return PortalUnavailable("portal_down", "search", **place)
    if kind == "Authorization Error" or answer.status in _REFUSALS:
        return PortalForbidden("action", **place)
    if kind == "Not Found Error":
        return PortalNotFound(**place)
    if kind == "Validation Error":
        return _fault_of_values(answer, error, file, size)
    return _fault_of_server(answer) or _rejected(answer)


def _fault_of_values(answer: Answer, error: JsonObject, file: str, size: int) -> PortalError:
    fields = _fields(error, answer)
    if "match" in fields:  # package_revise names what no longer is as it was matched
        return PortalConflict(fields=answer.quoted(", ".join(fields["match"])), answer=answer.said)
    if any(name.endswith("upload") and _TOO_LARGE.search(said) for name, texts in fields.items() for said in texts):
        return FileTooLarge(file=file, size=size, answer=answer.said)
    return PortalInvalid(_variant(fields), fields, answer=answer.said)


def _variant(fields: dict[str, tuple[str, ...]]) -> str:
    """Which of the cases with a remedy of their own it is."""
    of_name = " ".join((*fields.get("name", ()), *fields.get("id", ())))
    if _IN_TRASH.search(of_name):
        return "name_in_trash"
    if _TAKEN.search(of_name):
        return "name_taken"
    return "title_taken" if _TAKEN.search(" ".join(fields.get("title", ()))) else "fields"


def _fault_of_another_server(answer: Answer, content: Any) -> PortalError:
    """What an answer means that is not CKAN's: a firewall's, a gateway's, or that of another programme."""
    place = {"address": answer.place, "answer": answer.said}
    if answer.status in _REFUSALS:
        return PortalForbidden("page", **place)
    if answer.status == HTTPStatus.OK and content is None:
        is_half = answer.body.lstrip()[:1] in (b"", b"{")
        return PortalUnavailable("portal_down", "half" if is_half else "page", **place)
    if answer.status in (HTTPStatus.OK, *_ABSENT):
        return PortalMisused("portal_not_ckan", **place)
    return _rejected(answer)


def _rejected(answer: Answer) -> PortalError:
    """A call that was not understood; CKAN answers so to one that did not arrive whole."""
    is_cut = answer.status in _CUT_SHORT and not isinstance(answer.content, dict)
    place = {"address": answer.place, "answer": answer.said}
    if is_cut:
        return PortalUnavailable("portal_rejected", "cut", **place)
    return PortalError("portal_rejected", "refused", **place)


def _portal_at(answer: Answer) -> str:
    """The address of the portal to whose interface an answer redirects."""
    return re.sub("/api(/.*)?$", "", shown_address(answer.location)).rstrip("/")


def _integer(text: str) -> float:
    """A number without a fraction; infinite where it has too many digits to be one."""
    return int(text) if len(text) <= LONGEST_NUMBER else math.inf


def _said(answer: Answer) -> str:
    content = answer.content
    if isinstance(content, str):
        return content
    if isinstance(content, dict):
        return _said_by_ckan(content.get("error"), answer)
    text = _text(answer.body[:_LONGEST_PAGE])
    title = re.search("<title[^>]*>(.*?)</title", text, re.IGNORECASE | re.DOTALL)
    without_code = re.sub("<(script|style).*?</\\1>|<!--.*?-->", " ", text, flags=re.IGNORECASE | re.DOTALL)
    return html.unescape(title[1] if title else re.sub("<[^>]*>", " ", without_code))


def _said_by_ckan(error: Any, answer: Answer) -> str:
    if not isinstance(error, dict):
        return "; ".join(text for _, text in islice(_leaves("", error), _MOST_FIELDS)) if error else ""
    if isinstance(error.get("message"), str):
        return str(error["message"])
    return "; ".join(f"{name}: {', '.join(texts)}" for name, texts in _fields(error, answer).items())


def _text(data: bytes) -> str:
    """A page in UTF-8, else in the Thai code page that older servers use."""
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data)  # the last letter may be cut
    except UnicodeDecodeError:
        return data.decode("cp874", "replace")


def _fields(error: JsonObject, answer: Answer) -> dict[str, tuple[str, ...]]:
    """What a validation error says of each field; nested ones are named as ``resources[2].url``."""
    found: dict[str, list[str]] = {}
    for name, said in error.items():
        if name != "__type":
            for path, text in islice(_leaves(name, said), _MOST_FIELDS):
                found.setdefault(answer.quoted(path), []).append(answer.quoted(text))
    return {path: tuple(texts) for path, texts in found.items()}


def _leaves(path: str, said: Any, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Each text with its place; what lies too deep for any form is left out."""
    if isinstance(said, dict | list) and depth == _DEEPEST_FIELD:
        yield path, "…"
    elif isinstance(said, dict):
        for name, inner in said.items():
            yield from _leaves(f"{path}.{name}", inner, depth + 1)
    elif isinstance(said, list):
        for number, inner in enumerate(said):
            yield from _leaves(f"{path}[{number}]" if isinstance(inner, dict | list) else path, inner, depth + 1)
    else:
        yield path, str(said)


def _in_one_line(text: str) -> str:
    return clip(visible(" ".join(text[:_LONGEST_PAGE].split())), _LONGEST_QUOTE)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that led to it, wherever requests and urllib3 keep them."""
    waiting, seen = [error], set()
    while waiting:
        cause = waiting.pop()
        if id(cause) not in seen:
            seen.add(id(cause))
            yield cause
            related = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
            waiting += [other for other in related if isinstance(other, BaseException)]
