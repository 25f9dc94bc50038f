"""A package on disk: its descriptor, and the tables its resources name, read safely.

The descriptor is not trusted. Only regular files inside the package folder are read; a remote, absolute or
climbing path and a symbolic link out of the folder are refused (Data Package v2, "URL or Path" and Security).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from khelang_opendata.errors import DescriptorError, FileUnreadable, Location, PackageNotFound, Params
from khelang_opendata.schema import JsonObject

DESCRIPTOR = "datapackage.json"

MAX_CELL = 131_072
"""Characters a cell may have; more is a quotation mark that was never closed. The csv module's default limit,
kept here because libraries that this process imports raise the module's own."""


class TableUnreadable(Exception):
    """A file is no table: ``code`` and ``params`` say why, ``location`` from where on."""

    def __init__(self, code: str, location: Location, **params: str | int | float) -> None:
        super().__init__(code, location, params)
        self.code = code
        self.location = location
        self.params: Params = params


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file's records: the heading, the rows below it, and the line of the file each row begins on.

    ``rows[i]`` is what a spreadsheet shows as row ``i + 2``. Cells are text as they stand.
    """

    header: list[str]
    rows: list[list[str]]
    lines: list[int]


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

    @cached_property
    def table(self) -> Table:
        """The file as a table (UTF-8 with or without BOM, any line ends, comma, double quotes: RFC 4180).

        Raises:
            TableUnreadable: not UTF-8, not well-formed CSV, or empty.
        """
        assert self.data is not None, "a resource without a file has no table"
        return _parse(self.name, _decode(self.name, self.data))


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
            DescriptorError: ``datapackage.json`` is missing, no UTF-8, no JSON, or no object.
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
        return cls(root, descriptor, tuple(_read_resource(root, entry) for entry in named))


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
    return content


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
        if not target.resolve().is_relative_to(root.resolve()):
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


def _decode(name: str, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableUnreadable("encoding_not_utf8", Location(name), variant="utf16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        shown = data.splitlines()[line - 1].decode("cp874", "replace")
        raise TableUnreadable("encoding_not_utf8", Location(name, line=line), shown=shown[:80]) from None


def _parse(name: str, text: str) -> Table:
    records: list[list[str]] = []
    starts: list[int] = []
    for start, record in _records(name, text):
        starts.append(start)
        records.append(record)
    if not any(records):
        raise TableUnreadable("csv_malformed", Location(name), variant="empty")
    header = records[0]
    if len(header) == 1 and (found := next((mark for mark in ";\t|" if mark in header[0]), None)):
        shown = {"\t": "tab"}.get(found, found)
        raise TableUnreadable("csv_malformed", Location(name, 1, 1), variant="delimiter", found=shown)
    return Table(header, records[1:], starts[1:])


def _records(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableUnreadable("csv_malformed", Location(name, line=line), variant="nul")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    row, start = 1, 1
    try:
        for record in reader:
            if any(len(cell) > MAX_CELL for cell in record):
                raise csv.Error("field larger than field limit")
            yield start, record
            row, start = row + 1, reader.line_num + 1
    except csv.Error as error:
        variant = "field_too_long" if "field larger" in str(error) else "quote"
        raise TableUnreadable("csv_malformed", Location(name, row, start), variant=variant) from None
