"""Paths of files inside a folder that are safe on every system."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from khelang_opendata.model.characters import HIDDEN
from khelang_opendata.model.failures import EnvironmentFailure

MAX_PATH = 1024
"""How many bytes of UTF-8 the path of a file in a release may have. Windows opens 260 characters, macOS 1,024 bytes."""

MAX_DEPTH = 32
"""How many folders may lie within each other; a release has five."""

_NOT_ON_WINDOWS = re.compile(
    r'[<>:"|?*\\]|[. ](?:/|$)|(?:^|/)(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:[./]|$)'
)
"""Characters that Windows does not take, its devices' names with any ending, and a dot or a space at the end
(https://learn.microsoft.com/windows/win32/fileio/naming-a-file)."""


def below(root: Path, path: str) -> Path:
    """The place of a file within a folder by its path with ``/``; EnvironmentFailure where it leads elsewhere or is not
    safe on every system.
    """
    if not is_safe_path(path):
        raise EnvironmentFailure("path_unsafe", path=path)
    return root / path


def is_safe_path(path: str) -> bool:
    """Whether a path stays where it is put, and every system can have a file of that name."""
    parts = path.split("/")
    return (
        all(parts)
        and len(parts) <= MAX_DEPTH
        and not {".", ".."} & set(parts)
        and len(path.encode("utf-8", "replace")) <= MAX_PATH
        and not any(unicodedata.category(character) in HIDDEN for character in path)
        and not _NOT_ON_WINDOWS.search(path.lower())
    )
