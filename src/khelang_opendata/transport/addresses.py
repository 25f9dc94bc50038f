"""How users name what is on the web: by its address, that of a page of a CKAN portal with a mark before it."""

from __future__ import annotations

PORTAL = "ckan+"
"""What a user writes before the address of a page of a CKAN portal."""


def is_portal(name: str) -> bool:
    """Whether a source is a page of a CKAN portal.

    Example:
        >>> is_portal("ckan+https://data.go.th/organization/khelang")
        True
    """
    return name.lower().startswith(PORTAL) and is_address(name)


def is_address(name: str) -> bool:
    """Whether a source is an address, also that of a portal, and no path."""
    return name.lower().removeprefix(PORTAL).startswith(("http://", "https://"))


def page_of(name: str) -> str:
    """The address of a source as a browser opens it."""
    return name[len(PORTAL) :] if is_portal(name) else name
