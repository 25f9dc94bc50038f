"""The address on the web of a folder that a person publishes."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import UsageError

_NOT_IN_ADDRESS = re.compile(r"[^!-~]|[<>\"\\^`{|}]")
"""What an address holds in escaped form only (RFC 3986)."""
_LONGEST_SHOWN = 80


def folder_address(value: str) -> str:
    """The address of a folder, with a slash at its end.

    Raises:
        UsageError: it is no address of a folder on the web, or has a password in it.
    """
    try:
        parts = urlsplit(value)
        is_sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or "@" in parts.netloc or parts.query or parts.fragment or _NOT_IN_ADDRESS.search(value):
        raise UsageError("base_url_invalid", value=visible(value[:_LONGEST_SHOWN]))
    return f"{value.rstrip('/')}/"
