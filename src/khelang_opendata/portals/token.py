"""The token of a portal: where it is read from, and an object that keeps it out of everything that is shown."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Never
from urllib.parse import urlsplit

from khelang_opendata.model.failures import UsageError

VARIABLE = "CKAN_API_TOKEN"
SERVICE = "khelang"
"""The name under which a keyring holds the tokens, each with its portal's host for a user."""

_SHORTEST, _LONGEST = 10, 4096
"""CKAN's tokens are JSON Web Tokens of about 200 characters, or the 36 of a UUID. What is shorter may be a word that a
portal says anyway, and would be taken out of its answers."""

_REMOVED = "[token]"

_CHARACTERS = re.compile("[A-Za-z0-9._~+/-]+=*")
"""What a token is made of (RFC 6750, section 2.1): nothing that JSON or HTML would write in another way."""


class Token:
    """A secret that only :meth:`reveal` gives away: it is not shown, formatted, copied or pickled.

    Args:
        secret: what the portal gave its user.
        source: where it was read from, for the message if the token cannot be used.

    Raises:
        UsageError: it is empty, shorter or longer than any token, or has characters that none has.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str, source: str = "") -> None:
        self._secret = _checked(secret, source)

    def reveal(self) -> str:
        """The secret itself."""
        return self._secret

    def removed_from(self, text: str) -> str:
        """A text in which the secret is replaced, as where a portal repeats what it was sent."""
        return text.replace(self._secret, _REMOVED)

    def __repr__(self) -> str:
        return "Token(…)"

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a token is neither copied nor pickled")


def read_token(url: str, file: Path | None, environ: Mapping[str, str]) -> Token | None:
    """The token for a portal: that of a file, else that of ``CKAN_API_TOKEN``, else that of the system's keyring.

    Args:
        url: the portal's address.
        file: a file that holds the token and nothing else, None where none was named.
        environ: the environment.

    Raises:
        UsageError: the file cannot be read or others may read it, or what was found is no token.
    """
    if file is not None:
        return Token(_content(file), str(file))
    if given := environ.get(VARIABLE):
        return Token(given, VARIABLE)
    host = urlsplit(url).hostname or ""
    found = _from_keyring(host)
    return Token(found, f"keyring {SERVICE}/{host}") if found is not None else None


def _content(file: Path) -> str:
    """What a file holds; its rights are those of the open file, so the file cannot be exchanged in between."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # a pipe would never answer
    except OSError as error:
        raise UsageError(
            "token_unusable", "unreadable", source=str(file), reason=os.strerror(error.errno or 0)
        ) from None
    try:
        _refuse_unsafe(os.fstat(handle), str(file))
        data = os.read(handle, 2 * _LONGEST)
    finally:
        os.close(handle)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("token_unusable", "characters", source=str(file)) from None


def _refuse_unsafe(status: os.stat_result, source: str) -> None:
    """Refuse a file that someone else may read, or may have written; Windows has no such modes."""
    if not stat.S_ISREG(status.st_mode):
        raise UsageError("token_unusable", "not_a_file", source=source)
    if hasattr(os, "getuid"):
        if status.st_uid != os.getuid():
            raise UsageError("token_unusable", "owner", source=source)
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise UsageError("token_unusable", "mode", source=source)


def _checked(secret: str, source: str) -> str:
    stripped = secret.removeprefix("\ufeff").strip()
    if not stripped:
        raise UsageError("token_unusable", "empty", source=source)
    if len(stripped.splitlines()) > 1:
        raise UsageError("token_unusable", "lines", source=source)
    if len(stripped) > _LONGEST:
        raise UsageError("token_unusable", "long", source=source)
    if len(stripped) < _SHORTEST:
        raise UsageError("token_unusable", "short", source=source)
    if not _CHARACTERS.fullmatch(stripped):
        raise UsageError("token_unusable", "characters", source=source)
    return stripped


def _from_keyring(host: str) -> str | None:
    """What the system's keyring holds; nothing if there is no keyring or it is locked."""
    try:
        import keyring  # noqa: PLC0415 (extra, and only where no token was given)
        from keyring.errors import KeyringError  # noqa: PLC0415 (the same)
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, host)
    except KeyringError:
        return None
