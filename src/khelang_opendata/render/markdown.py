"""Text made safe for Markdown (CommonMark and GitHub's): it is shown literally, whatever it holds."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from khelang_opendata.model.characters import visible

_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", **{sign: f"\\{sign}" for sign in "\\|*`[]~"}})
_BLOCK = re.compile("^([0-9]{0,9})([#+.)=-])")
_OF_ADDRESSES = "%/:?#[]@!$&'*+,;=~"
"""Characters that an address keeps; parentheses would end the link, and others no address has."""
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def inline(value: Any) -> str:
    """Text in one line without markup of its own: no HTML, no link, no emphasis, no line break, no column break.

    It is for the middle of a line; at the beginning of one, a ``#`` or a ``-`` would still mean something.
    """
    text = visible(" ".join(str(value).split())).translate(_MARKUP)
    return _UNDERSCORE.sub(r"\_", text)


class Escaped(str):
    """Text that is already safe Markdown."""

    __slots__ = ()


def escaped(value: Any) -> str:
    """A value in a Markdown template: escaped, unless it is :class:`Escaped` already."""
    return value if isinstance(value, Escaped) else inline(value)


def cell(value: Any) -> Escaped:
    """Text for a cell of a table; a dash for no text."""
    return Escaped(inline(value) or "–")


def paragraph(value: Any) -> Escaped:
    """Text that begins a line, where a ``#``, a ``-`` or a number with a full stop would begin a block."""
    return Escaped(_BLOCK.sub(r"\1\\\2", inline(value)))


def link(title: Any, address: Any) -> Escaped:
    """A link to a page; an address that leads to none (``javascript:``) is shown beside the title instead."""
    if not str(address).startswith(("https://", "http://")):
        return Escaped(inline(f"{title} {address}"))
    return Escaped(f"[{inline(title)}]({quote(str(address), safe=_OF_ADDRESSES)})")
