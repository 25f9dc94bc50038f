"""Text made safe for Markdown (CommonMark and GitHub's): it shows as it stands, whatever it holds."""

from __future__ import annotations

import re
from typing import Any

from khelang_opendata.render.cells import visible

_MARKUP = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        **{sign: f"\\{sign}" for sign in "\\|*`[]~"},
    }
)
_UNDERSCORE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")


def inline(value: Any) -> str:
    """Text in one line without markup of its own: no HTML, no link, no emphasis, no line break, no column break.

    It is for the middle of a line; at the beginning of one, a ``#`` or a ``-`` would still mean something.
    """
    text = visible(" ".join(str(value).split())).translate(_MARKUP)
    return _UNDERSCORE.sub(r"\_", text)


def cell(value: Any) -> str:
    """Text for a cell of a table; a dash where there is none."""
    return inline(value) or "–"
