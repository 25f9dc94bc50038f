"""The failure of a path that is no release: what it is in place of one, and what makes a release of it."""

from __future__ import annotations

from pathlib import Path

from khelang_opendata.model.failures import UsageError
from khelang_opendata.package.datapackage import DESCRIPTOR, kind_of_file
from khelang_opendata.published.manifest import MANIFEST


def refuse_mistaken(path: Path) -> None:
    """Refuse a path that is surely no release, before anything else is asked for.

    Args:
        path: the path, which need not exist.

    Raises:
        UsageError: it is a file, or the folder of a package.
    """
    is_package = (path / DESCRIPTOR).is_file() and not (path / MANIFEST).is_file()
    if path.is_file() or is_package:
        raise no_release(path)


def no_release(path: Path) -> UsageError:
    """The failure of a path that is no release, or one that is not in the folder of its plan's releases.

    Args:
        path: the path, which need not exist.
    """
    if path.is_file():
        return UsageError("no_release", kind_of_file(path), path=str(path))
    if (path / MANIFEST).is_file():
        return UsageError("no_release", "alone", path=str(path))
    return UsageError("no_release", "package" if (path / DESCRIPTOR).is_file() else None, path=str(path))
