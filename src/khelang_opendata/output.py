"""Files and folders that a user names for output: nothing is overwritten that may be data.

A typing error must not turn a table into a report, so a target within a package or a release is refused, and so is
whatever is neither new nor a regular file.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from khelang_opendata.errors import OutputRefused, OutputUnwritable
from khelang_opendata.files import write_atomically
from khelang_opendata.package import DESCRIPTOR, MANIFEST

_RELEASES = (f"v*/{MANIFEST}", f"latest/{MANIFEST}")


def write_output(path: Path, data: bytes, *, inputs: Iterable[Path] = ()) -> None:
    """Write a file that a user named; an earlier output of that name is replaced, and keeps its permissions.

    Args:
        path: the file.
        data: its content.
        inputs: what the command reads; a file among them is not overwritten.

    Raises:
        OutputRefused: it lies within a package or a release, is an input, a link or a device.
        OutputUnwritable: the system refuses to write; an earlier file is as it was.
    """
    check_output(path, inputs=inputs)
    write_atomically(path, data)


def check_output(path: Path, *, inputs: Iterable[Path] = ()) -> None:
    """Make sure that a file may be written where a user said.

    Raises:
        OutputRefused: it may not.
        OutputUnwritable: it is a folder, or the system does not say what is there.
    """
    with reporting_failures(path):
        refuse_protected(path, path.parent)
        mode = path.lstat().st_mode if os.path.lexists(path) else None
        if mode is None:
            return
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(mode):
            raise OutputRefused("not_file", path=str(path))
        if any(source.exists() and path.samefile(source) for source in inputs):
            raise OutputRefused("input", path=str(path))


def make_output_folder(path: Path) -> None:
    """Make a folder that a user named for output, where it does not exist.

    Raises:
        OutputRefused: it lies within a package or a release, or is one.
        OutputUnwritable: it is something other than a folder, or the system refuses to make it.
    """
    with reporting_failures(path):
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

    Raises:
        OutputRefused: the folder, or one above it, is one of these.
        OSError: the system does not say what is there.
    """
    try:
        real = folder.resolve()
    except RuntimeError:  # Python before 3.13, for links in a circle
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(folder)) from None
    except ValueError as error:  # a NUL character in the name
        raise OSError(errno.EINVAL, str(error), str(folder)) from None
    for place in (real, *real.parents):
        if os.path.lexists(place / MANIFEST):
            raise OutputRefused("release", path=str(path), folder=str(place))
        if os.path.lexists(place / DESCRIPTOR):
            raise OutputRefused("package", path=str(path), folder=str(place))
        if not (may_hold_releases and place == real) and any(any(place.glob(name)) for name in _RELEASES):
            raise OutputRefused("release", path=str(path), folder=str(place))


@contextmanager
def reporting_failures(path: Path) -> Iterator[None]:
    """Turn the system's refusal to write into the failure that names the file and the reason.

    Args:
        path: what is written, for a refusal that names no file.

    Raises:
        OutputUnwritable: in place of any OSError.
    """
    try:
        yield
    except OSError as error:
        raise OutputUnwritable(path=error.filename or str(path), reason=error.strerror or str(error)) from error
