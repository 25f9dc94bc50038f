"""The API token of a portal: read it from a file, the environment or a keyring, and keep it out of all output."""

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
"""The service name of the tokens in a keyring; the user name is the portal's host."""

_MIN_LENGTH, _MAX_LENGTH = 10, 4096
"""CKAN's tokens are JSON Web Tokens of about 200 characters, or UUIDs of 36 (older API keys). A shorter
text may be an ordinary word, which :meth:`Token.removed_from` would remove from every response."""

_REPLACEMENT = "[token]"

_CHARACTERS = re.compile("[A-Za-z0-9._~+/-]+=*")
"""The characters of a token (RFC 6750, section 2.1). JSON and HTML escape none of them, so a token that a portal echoes
is found by comparing text."""


class Token:
    """An API token that only :meth:`reveal` returns; ``repr``, copies and pickles do not contain it.

    Args:
        secret: the token as the portal issued it.
        source: where it was read from, for the message if it is invalid.

    Raises:
        UsageError: the text is empty, too short, too long, has several lines, or has characters that no token has.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: str, source: str = "") -> None:
        self._secret = _checked(secret, source)

    def reveal(self) -> str:
        """Return the token itself."""
        return self._secret

    def removed_from(self, text: str) -> str:
        """Return a text with the token replaced: a portal may echo a request in its response."""
        return text.replace(self._secret, _REPLACEMENT)

    def __repr__(self) -> str:
        return "Token(…)"

    def __reduce_ex__(self, _protocol: object) -> Never:
        raise TypeError("a token is neither copied nor pickled")


def read_token(url: str, file: Path | None, environ: Mapping[str, str]) -> Token | None:
    """Read the token for a portal. Precedence: file, ``CKAN_API_TOKEN``, the system's keyring.

    A token is no command line option, because other users of a computer can list the arguments of a process.

    Args:
        url: the portal's address.
        file: a file that holds only the token; None reads the environment or the keyring.
        environ: the environment variables.

    Returns:
        The token, or None if no source has one.

    Raises:
        UsageError: the file cannot be read, other users may read it, or its content is no token.
    """
    if file is not None:
        return Token(_content(file), str(file))
    if given := environ.get(VARIABLE):
        return Token(given, VARIABLE)
    host = urlsplit(url).hostname or ""
    found = _from_keyring(host)
    return Token(found, f"keyring {SERVICE}/{host}") if found is not None else None


def _content(file: Path) -> str:
    """Read a file. The permissions are checked on the open file, so that no other file can replace it in between."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # opening a pipe would block
    except OSError as error:
        raise UsageError(
            "token_unusable", "unreadable", source=str(file), reason=os.strerror(error.errno or 0)
        ) from None
    try:
        _refuse_unsafe(os.fstat(handle), str(file))
        data = os.read(handle, 2 * _MAX_LENGTH)
    finally:
        os.close(handle)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("token_unusable", "characters", source=str(file)) from None


def _refuse_unsafe(status: os.stat_result, source: str) -> None:
    """Refuse a file that other users may read or have written; Windows has no such permissions."""
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
    if len(stripped) > _MAX_LENGTH:
        raise UsageError("token_unusable", "long", source=source)
    if len(stripped) < _MIN_LENGTH:
        raise UsageError("token_unusable", "short", source=source)
    if not _CHARACTERS.fullmatch(stripped):
        raise UsageError("token_unusable", "characters", source=source)
    return stripped


def _from_keyring(host: str) -> str | None:
    """Return the keyring's token; None if the library is missing, there is no keyring, or it is locked."""
    try:
        import keyring  # noqa: PLC0415 (optional extra, needed only without another source)
        from keyring.errors import KeyringError  # noqa: PLC0415 (as above)
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, host)
    except KeyringError:
        return None
