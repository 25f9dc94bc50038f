"""A package on disk: its descriptor, and the tables its resources name, read safely.

The descriptor is not trusted. Only regular files inside the package folder are read; a remote, absolute or
climbing path and a symbolic link out of the folder are refused (Data Package v2, "URL or Path" and Security).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from khelang_opendata.dialect import Dialect, DialectUnsupported, Row, TableUnreadable
from khelang_opendata.errors import DescriptorError, FileUnreadable, Location, PackageNotFound
from khelang_opendata.schema import JsonObject

DESCRIPTOR = "datapackage.json"

_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class Table:
    """A CSV file's records: the heading, and the rows below it.

    ``rows[i]`` is what a spreadsheet shows as row ``i + 2``. Cells are text as they stand. ``data`` and ``dialect``
    are the file and the resource's property that they were read from.
    """

    header: Row
    rows: list[Row]
    data: bytes
    dialect: JsonObject | None

    @cached_property
    def lines(self) -> Sequence[int]:
        """The line of the file that each row begins on."""
        dialect = Dialect.of(self.dialect)
        if b'"' not in self.data and dialect == Dialect():
            return range(2, len(self.rows) + 2)
        return list(dialect.line_starts(self.data))[1:]


@dataclass(frozen=True)
class Resource:
    """One resource of a descriptor: its entry, and the file's bytes or the reason it has none.

    ``problem`` is None, ``"missing"``, or the variant of ``descriptor_invalid`` that its path earns.
    """

    descriptor: JsonObject
    name: str
    path: str
    data: bytes | None
    problem: str | None = None

    @property
    def is_derived(self) -> bool:
        """Whether releasing made the file from the tables; it is no table of the plan itself."""
        return self.descriptor.get("derived") is True

    @cached_property
    def table(self) -> Table:
        """The file as a table, read as the resource's dialect says (UTF-8 with or without BOM, any line ends).

        Raises:
            TableUnreadable: not UTF-8, not well-formed CSV, empty, or written in a way that is not read here.
        """
        assert self.data is not None, "a resource without a file has no table"
        return _read_table(self.name, self.data, self.descriptor.get("dialect"))


@dataclass(frozen=True)
class Package:
    """A Data Package folder, its descriptor and its resources in the descriptor's order."""

    root: Path
    descriptor: JsonObject
    resources: tuple[Resource, ...]

    @classmethod
    def load(cls, path: str | Path) -> Package:
        """Read a package folder.

        Args:
            path: the folder, or the ``datapackage.json`` in it.

        Raises:
            PackageNotFound: there is no such folder.
            DescriptorError: ``datapackage.json`` is missing, no UTF-8, no JSON, no object, or cannot be written again.
            FileUnreadable: the system refuses to read a file.
        """
        root = Path(path)
        if root.name == DESCRIPTOR and root.is_file():
            root = root.parent
        if not root.is_dir():
            raise PackageNotFound(path=str(path))
        descriptor = _read_descriptor(root / DESCRIPTOR)
        entries = descriptor.get("resources")
        named = [e for e in entries if _is_named(e)] if isinstance(entries, list) else []
        real = root.resolve()
        return cls(root, descriptor, tuple(_read_resource(real, entry) for entry in named))


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str) and isinstance(entry.get("path"), str)


def _read_descriptor(path: Path) -> JsonObject:
    if not path.is_file():
        raise DescriptorError("missing", path=str(path))
    data = _read_bytes(path)
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise DescriptorError("not_utf8", path=str(path)) from None
    except json.JSONDecodeError as error:
        raise DescriptorError("not_json", path=str(path), line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise DescriptorError("too_deep", path=str(path)) from None
    if not isinstance(content, dict):
        raise DescriptorError("not_object", path=str(path))
    if _ESCAPED_SURROGATE.search(data) and not _is_writable(content):
        raise DescriptorError("half_character", path=str(path))
    return content


def _is_writable(content: JsonObject) -> bool:
    """Whether UTF-8 can write it: JSON may hold half a surrogate pair, as an escape."""
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _read_resource(root: Path, entry: JsonObject) -> Resource:
    name, path = entry["name"], entry["path"]
    problem = _path_problem(root, path)
    data = None if problem else _read_bytes(root / path)
    return Resource(entry, name, path, data, problem)


def _path_problem(root: Path, path: str) -> str | None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path) or path.startswith("//"):
        return "path_remote"
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or path.startswith(("\\", "~")):
        return "path_absolute"
    if "\\" in path or "\0" in path or ".." in PurePosixPath(path).parts:
        return "path_outside"
    return _target_problem(root, root / path)


def _target_problem(root: Path, target: Path) -> str | None:
    try:
        if not target.resolve().is_relative_to(root):
            return "path_symlink"
        if not target.exists():
            return "missing"
    except OSError:  # a name longer than the file system allows
        return "missing"
    except RuntimeError:  # links in a circle
        return "path_symlink"
    return None if target.is_file() else "path_not_file"


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileUnreadable(path=str(path), reason=error.strerror or str(error)) from error


def _read_table(name: str, data: bytes, descriptor: JsonObject | None) -> Table:
    try:
        dialect = Dialect.of(descriptor)
    except DialectUnsupported as error:
        raise _unsupported(name, error.name) from None
    if not dialect.header:
        raise _unsupported(name, "header")
    records = list(chain.from_iterable(dialect.chunks(name, data)))
    if not any(records):
        raise TableUnreadable("csv_malformed", Location(name), variant="empty")
    header = records.pop(0)
    marks = (mark for mark in ",;\t|" if mark != dialect.delimiter and mark in header[0]) if len(header) == 1 else ()
    if found := next(iter(marks), None):
        shown = {"\t": "tab"}.get(found, found)
        raise TableUnreadable("csv_malformed", Location(name, 1, 1), variant="delimiter", found=shown)
    return Table(header, records, data, descriptor)


def _unsupported(name: str, dialect_property: str) -> TableUnreadable:
    """Nobody should have to be told how to open a table: a heading in the first row, and no records between."""
    return TableUnreadable("descriptor_invalid", Location(name), variant="dialect", property=dialect_property)
