"""The mark in pages that this program publishes: which plan they show, so that no other file is overwritten."""

from __future__ import annotations

import re

_PROGRAM = "khelang_opendata"
_HTML = f'<meta name="generator" content="{_PROGRAM}">\n<meta name="dcterms.identifier" content="{{}}">'
_LINE = f"{_PROGRAM}: {{}}"
_MARKED = re.compile("|".join((_HTML.format('([^"]*)'), _LINE.format("([a-z0-9-]+)"))).encode())
_HEAD = 4096
"""The number of bytes at the start of a file that are searched for its mark."""


def html_mark(plan: str) -> str:
    """The mark for the ``head`` of a page; a plan's id has no character that HTML would escape."""
    return _HTML.format(plan)


def line_mark(plan: str) -> str:
    """The mark for a comment of a file that is not HTML."""
    return _LINE.format(plan)


def plan_of_page(page: bytes) -> str | None:
    """Return the plan that a marked file names; None for any other file."""
    match = _MARKED.search(page[:_HEAD])
    return (match[1] or match[2]).decode("utf-8", "replace") if match else None
