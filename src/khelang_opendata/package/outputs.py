"""Files and folders that a user names for output: nothing is overwritten that may be data.

A typing error must not turn a table into a report, so a target within a package or a release is refused, and so is
whatever is neither new nor a regular file.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from khelang_opendata.files.place import write_atomically
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.package.datapackage import DESCRIPTOR, MANIFEST

_RELEASES = (f"v*/{MANIFEST}", f"latest/{MANIFEST}")


def write_output(path: Path, data: bytes) -> None:
    """Write a file that a user named; an earlier output of that name is replaced, and keeps its permissions.

    Args:
        path: the file.
        data: its content.

    Raises:
        UsageError: it lies within a package or a release, is a link or a device.
        EnvironmentFailure: the system refuses to write; an earlier file is as it was.
    """
    check_output(path)
    write_atomically(path, data)


def check_output(path: Path) -> None:
    """Check that an output file may be written at a path.

    Raises:
        UsageError: it may not.
        EnvironmentFailure: it is a folder, or the system does not say what is there.
    """
    with system_errors_as("output_unwritable", path):
        refuse_protected(path, path.parent)
        mode = path.lstat().st_mode if os.path.lexists(path) else None
        if mode is None:
            return
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise UsageError("output_refused", "not_file", path=str(path))


def make_output_folder(path: Path) -> None:
    """Make a folder that a user named for output, where it does not exist.

    Raises:
        UsageError: it lies within a package or a release, or is one.
        EnvironmentFailure: it is not a folder, or the system refuses to make it.
    """
    with system_errors_as("output_unwritable", path):
        refuse_protected(path, path)
        if os.path.lexists(path) and not path.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        path.mkdir(parents=True, exist_ok=True)


def refuse_protected(path: Path, folder: Path, *, may_hold_releases: bool = False) -> None:
    """Refuse a target that lies within a package, a release or a folder of releases.

    Args:
        path: the target, which the refusal names.
        folder: the folder that is written into; it need not exist.
        may_hold_releases: whether the folder itself may be one of releases.
    """
    try:
        real = folder.resolve()
    except RuntimeError:  # what Python before 3.13 raises of links in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder)) from None
    for place in (real, *real.parents):
        if os.path.lexists(place / MANIFEST):
            raise UsageError("output_refused", "release", path=str(path), folder=str(place))
        if os.path.lexists(place / DESCRIPTOR):
            raise UsageError("output_refused", "package", path=str(path), folder=str(place))
        if not (may_hold_releases and place == real) and any(any(place.glob(name)) for name in _RELEASES):
            raise UsageError("output_refused", "release", path=str(path), folder=str(place))
