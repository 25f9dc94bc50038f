"""The files that the paths of a descriptor mean, where they are not written as the Data Package standard writes them.

Windows takes ``\\`` for ``/`` and reads names in any letters, and people copy a path with its drive.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath

from khelang_opendata.package.datapackage import DATA

_MOST_FILES = 20_000
"""A folder with more is not looked through."""


class MeantPaths:
    """The files in a package's folder and in its folder ``data``, by how people write their paths.

    Args:
        root: the package's folder.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def of(self, path: str) -> str | None:
        """The path of the file that a path means; None where it is written so already, or where there is no such file.

        Args:
            path: what the descriptor has.
        """
        parts = [part for part in path.replace("\\", "/").split("/") if part.strip(" .")]
        for names in (parts[-2:], parts[-1:], [DATA, *parts[-1:]]):
            found = self._files.get("/".join(names).strip().casefold())
            if found is not None:
                return None if found == path else found
        return None

    @cached_property
    def _files(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for folder in (DATA, ""):
            place = self._root / folder
            for count, file in enumerate(place.iterdir() if place.is_dir() else ()):
                if count >= _MOST_FILES:
                    break
                if file.is_file() and not file.is_symlink():
                    path = PurePosixPath(folder, file.name).as_posix()
                    found[path.casefold()] = path
        return found


def is_written_plainly(path: str) -> bool:
    """Whether a path is written as every system reads it: its parts joined by ``/``, and nothing around them."""
    return path == PurePosixPath(path).as_posix().strip() and "\\" not in path
