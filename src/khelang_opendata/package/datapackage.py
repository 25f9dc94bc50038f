"""A package on disk: its descriptor, and the tables its resources name, read safely.

The descriptor is not trusted. Only regular files inside the package folder are read; a remote, absolute or
climbing path and a symbolic link out of the folder are refused (Data Package v2, "URL or Path" and Security).
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from khelang_opendata.files import StrPath
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DescriptorError, EnvironmentFailure, UsageError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.places import from_the_end
from khelang_opendata.model.report import Location
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.tableschema.dialect import Dialect, DialectUnsupported, Row, TableUnreadable

DESCRIPTOR = "datapackage.json"
MANIFEST = "manifest-sha256.txt"
"""The list of a release's files; a folder that has it is a release, which never changes."""

_PLAN_NAME = re.compile("[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 100
_RESERVED = re.compile("con|prn|aux|nul|(?:com|lpt)[0-9]")
"""Names of devices on Windows, which no file there can have."""

_RENAMED = r"datapackage(?:[ _.-][^.]*|\(\d+\))?\.(?:json|txt|json\.txt|json\.json|json\.bak)|datapackage"
"""How people and programs name a descriptor that they copied or saved anew, in small letters."""
_MOST_FILES = 1000
"""Files of a folder among which such a name is looked for."""
_MOST_NAMED = 5
"""Folders below one without a descriptor that are named."""

DATA = "data"
"""The folder of a package that holds its tables."""

_FILES = {"table": (".csv",), "workbook": (".xlsx", ".xlsm", ".xls", ".ods"), "archive": (".zip",)}
"""Files that may be named in place of a package, by their endings."""

_PARTS = ("schema", "dialect")

_CSV_FORMATS = frozenset({"csv", "tsv", "txt"})

_PIECE = 2**20
"""Bytes that are read at a time of a file that is longer than the system says."""

_ESCAPED_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, eq=False)
class Table:
    """A CSV file's records: the heading, and the rows below it.

    ``rows[i]`` is what a spreadsheet shows as row ``i + 2``. Cells are unchanged text. ``data`` and ``dialect``
    are the file and the resource's property that they were read from. Where rows of the file are left out, ``numbers``
    has the number of each row in a spreadsheet.
    """

    header: Row
    rows: list[Row]
    data: bytes
    dialect: JsonObject | None
    numbers: Sequence[int] | None = None

    def number(self, row: int) -> int:
        """The number that a spreadsheet shows for ``rows[row - 2]``."""
        return row if self.numbers is None else self.numbers[row - 2]

    @cached_property
    def lines(self) -> Sequence[int]:
        """The line of the file that each row begins on."""
        numbers = self.numbers or range(2, len(self.rows) + 2)
        dialect = Dialect.of(self.dialect)
        if b'"' not in self.data and dialect == Dialect():
            return numbers
        starts = list(dialect.line_starts(self.data))
        return [starts[number - 1] for number in numbers]


@dataclass(frozen=True, eq=False)
class Resource:
    """One resource of a descriptor: its entry, and the file's bytes or the reason it has none.

    A table in several files, or in the descriptor itself, is as one file here; ``path`` is then the first file, or the
    one with the problem, or the descriptor. ``problem`` is None, ``"missing"``, the name of the limit that the file
    exceeds, or the variant of ``descriptor_invalid`` for an unsafe path.
    """

    descriptor: JsonObject
    name: str
    path: str
    data: bytes | None
    problem: str | None = None
    limits: Limits = DEFAULT

    @property
    def is_derived(self) -> bool:
        """Whether releasing made the file from the tables; it is no table of the plan itself."""
        return self.descriptor.get("derived") is True

    @property
    def is_csv(self) -> bool:
        """Whether it is a CSV file: as its ``format`` says, else as its name ends."""
        return "path" not in self.descriptor or _is_csv(self.descriptor, self.path)

    @cached_property
    def table(self) -> Table:
        """The file as a table, read as the resource's dialect says (UTF-8 with or without BOM, any line ends).

        Raises:
            TableUnreadable: not UTF-8, not well-formed CSV, empty, too large, or written in a way not read here.
        """
        assert self.data is not None, "a resource without a file has no table"
        dialect = self.descriptor.get("dialect")
        is_embedded = "path" not in self.descriptor and isinstance(self.descriptor.get("data"), list)
        if is_embedded and isinstance(dialect, dict):
            dialect = {"header": dialect.get("header", True)}  # the others are of files
        return _read_table(self.name, self.data, dialect, self.limits)


@dataclass(frozen=True, eq=False)
class Package:
    """A Data Package folder, its descriptor and its resources in the descriptor's order, as far as limits allow."""

    root: Path
    descriptor: JsonObject
    resources: tuple[Resource, ...]
    limits: Limits = DEFAULT
    unread_parts: tuple[tuple[str, str], ...] = ()
    """The parts of the descriptor that name a file (a schema or a dialect) that cannot be read, and what they name."""

    @classmethod
    def load(cls, path: StrPath, limits: Limits = DEFAULT) -> Package:
        """Read a package folder.

        Args:
            path: the folder, the ``datapackage.json`` in it, or its folder ``data``.
            limits: how much is read. A file beyond them has no data, and validation reports it.

        Raises:
            UsageError: there is no such folder.
            DescriptorError: ``datapackage.json`` is missing, no UTF-8, no JSON, no object, beyond the limits, or cannot
                be written again.
            EnvironmentFailure: the system refuses to read a file.
        """
        root = Path(path)
        if root.name == DESCRIPTOR and root.is_file():
            root = root.parent
        elif root.is_dir() and root.resolve().name == DATA and not os.path.lexists(root / DESCRIPTOR):
            above = root.parent if root.name == DATA else root / ".."
            root = above if (above / DESCRIPTOR).is_file() else root
        if not root.is_dir():
            raise _not_found(root)
        real = root.resolve()
        descriptor = _read_descriptor(real, root / DESCRIPTOR, limits)
        descriptor, unread = _with_parts(real, descriptor, limits)
        entries = descriptor.get("resources")
        objects = (e for e in entries if isinstance(e, dict)) if isinstance(entries, list) else ()
        named = [e for e in objects if isinstance(e.get("name"), str) and (_paths(e) or _embedded(e) is not None)]
        if len(named) > limits.resources:
            raise DescriptorError("resources_too_many", count=len(named), limit=limits.resources)
        return cls(root, descriptor, tuple(_read_resources(real, named, limits)), limits, tuple(unread))


def _not_found(path: Path) -> UsageError:
    """The failure of a path that is no folder: nothing at all, or a file, which may be part of a package."""
    if not path.is_file():
        return UsageError("package_not_found", path=str(path))
    kind = kind_of_file(path)
    around = next((folder for folder in path.parents if (folder / DESCRIPTOR).is_file()), path.parent)
    return UsageError("package_not_found", kind, path=str(path), folder=str(around))


def kind_of_file(path: Path) -> str:
    """What a file is by its ending: ``table``, ``workbook``, ``archive``, or any other ``file``."""
    return next((kind for kind, endings in _FILES.items() if path.name.lower().endswith(endings)), "file")


def plan_name(descriptor: JsonObject) -> str:
    """The ``name`` of a package, which begins the names of files and folders on every system.

    DescriptorError where it could name something else: another folder, a device, nothing at all.
    """
    name = descriptor.get("name")
    if not is_plan_name(name):
        raise DescriptorError("name_unsafe", name=str(name)[:_LONGEST_NAME])
    return str(name)


def is_plan_name(name: Any) -> bool:
    """Whether a value is the id of a plan, and so fit for the name of a file on every system."""
    is_name = isinstance(name, str) and len(name) <= _LONGEST_NAME and _PLAN_NAME.fullmatch(name)
    return bool(is_name) and not _RESERVED.fullmatch(name)


def _read_descriptor(root: Path, path: Path, limits: Limits) -> JsonObject:
    if problem := _target_problem(root, path):
        if problem == "missing" and (elsewhere := _elsewhere(path.parent)):
            variant, found = elsewhere
            raise DescriptorError(variant, path=str(path), found=found)
        raise DescriptorError({"path_symlink": "link"}.get(problem, "missing"), path=str(path))
    data = _read_bytes(path, limits.descriptor_bytes)
    if data is None:
        raise DescriptorError("too_large", path=str(path), limit=limits.descriptor_bytes)
    try:
        content = read_json(data, limits)
    except JsonRefused as refused:
        raise DescriptorError(refused.variant, path=str(path), **refused.params) from None
    if not isinstance(content, dict):
        raise DescriptorError("not_object", path=str(path))
    if _ESCAPED_SURROGATE.search(data) and not _is_writable(content):
        raise DescriptorError("half_character", path=str(path))
    return content


def _elsewhere(root: Path) -> tuple[str, str] | None:
    """What a folder without a descriptor has in its place: a file of another name, or packages in folders below."""
    files = sorted(root.iterdir())[:_MOST_FILES]
    for file in files:
        if re.fullmatch(_RENAMED, file.name.casefold()) and file.is_file():
            return "missing_renamed", file.name
    below = [str(folder) for folder in files if (folder / DESCRIPTOR).is_file()]
    if len(below) > _MOST_NAMED:
        below[_MOST_NAMED:] = ["…"]
    return ("missing_below" if len(below) == 1 else "missing_among", ", ".join(below)) if below else None


def _with_parts(root: Path, descriptor: JsonObject, limits: Limits) -> tuple[JsonObject, list[tuple[str, str]]]:
    """A descriptor with the schemas and dialects that it keeps in files (Data Package v2, "schema"), and the unread."""
    entries, unread = descriptor.get("resources"), list[tuple[str, str]]()
    if isinstance(named := descriptor.get("schemaProfile"), str):
        content = _read_part(root, named, limits)
        unread += [] if content else [("schemaProfile", named)]
        descriptor = {**descriptor, "schemaProfile": content or {}}
    if not isinstance(entries, list):
        return descriptor, unread
    whole = []
    for number, entry in enumerate(entries):
        named = [part for part in _PARTS if isinstance(entry, dict) and isinstance(entry.get(part), str)]
        for part in named:
            content = _read_part(root, entry[part], limits)
            unread += [] if content else [(f"resources/{number}/{part}", entry[part])]
            entry = {**entry, part: content or entry[part]}  # noqa: PLW2901 (the entry, part by part)
        whole.append(entry)
    return {**descriptor, "resources": whole}, unread


def _read_part(root: Path, path: str, limits: Limits) -> JsonObject | None:
    if _path_problem(root, path):
        return None
    try:
        content = read_json(_read_bytes(root / path, limits.descriptor_bytes) or b"", limits)
    except JsonRefused:
        return None
    return content if isinstance(content, dict) and _is_writable(content) else None


def _is_writable(content: JsonObject) -> bool:
    """Whether UTF-8 can write it: JSON may hold half a surrogate pair, as an escape."""
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _embedded(entry: JsonObject) -> bytes | None:
    if "path" in entry:
        return None
    from khelang_opendata.package.embedded import embedded_csv  # noqa: PLC0415 (few packages need it)

    return embedded_csv(entry)


def _paths(entry: JsonObject) -> list[str]:
    """The files of a resource; none where they are not those of one CSV file, or of its parts."""
    path = entry.get("path")
    if isinstance(path, str):
        return [path]
    is_csv = isinstance(path, list) and all(isinstance(part, str) and _is_csv(entry, part) for part in path)
    return list(path) if is_csv and path else []


def _is_csv(entry: JsonObject, path: str) -> bool:
    form = entry.get("format") or PurePosixPath(path).suffix.removeprefix(".")
    return str(form).lower() in _CSV_FORMATS


def _read_resources(root: Path, entries: Sequence[JsonObject], limits: Limits) -> Iterator[Resource]:
    bytes_left, cells_left = limits.package_bytes, limits.cells
    for entry in entries:
        path, problem, data = DESCRIPTOR, None, _embedded(entry)
        if data is None:
            path, problem, parts = _read_parts(root, _paths(entry), limits, bytes_left)
            bytes_left -= sum(map(len, parts))
            data = None if problem else _joined(parts)
        if data is not None:
            cells_left -= 0 if entry.get("derived") is True else _separators(data, entry.get("dialect"))
            problem, data = (None, data) if cells_left >= 0 else ("cells", None)
        yield Resource(entry, entry["name"], path, data, problem, limits)


def _joined(parts: Sequence[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    from khelang_opendata.package.embedded import joined  # noqa: PLC0415 (as above)

    return joined(parts)


def _read_parts(
    root: Path, paths: Sequence[str], limits: Limits, bytes_left: int
) -> tuple[str, str | None, list[bytes]]:
    """The files of a resource, the first of them by its path; or the first that cannot be read, and why."""
    parts: list[bytes] = []
    for path in paths:
        if problem := _path_problem(root, path):
            return path, problem, []
        part = _read_bytes(root / path, min(limits.file_bytes, bytes_left))
        if part is None:
            return path, "file_bytes" if limits.file_bytes <= bytes_left else "package_bytes", []
        bytes_left -= len(part)
        parts.append(part)
    return paths[0], None, parts


def _separators(data: bytes, dialect: Any) -> int:
    """How many cells a CSV file has at most: each ends with a separator or a line."""
    given = dialect.get("delimiter") if isinstance(dialect, dict) else None
    delimiter = given if isinstance(given, str) and len(given) == 1 else ","
    return sum(map(data.count, (delimiter.encode("utf-8", "replace"), b"\n", b"\r"))) + 1


def _path_problem(root: Path, path: str) -> str | None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]+:", path) or path.startswith("//"):
        return "path_remote"
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or path.startswith(("\\", "~")):
        return "path_absolute"
    if "\\" in path or "\0" in path or ".." in PurePosixPath(path).parts:
        return "path_outside"
    return _target_problem(root, root / path)


def _target_problem(root: Path, target: Path) -> str | None:
    """The reason why a file cannot be read; None also where the system forbids to look: reading reports it."""
    try:
        if not target.resolve().is_relative_to(root):
            return "path_symlink"
        return None if stat.S_ISREG(target.stat().st_mode) else "path_not_file"
    except PermissionError:
        return None
    except OSError as error:  # among others a name longer than the file system allows
        return "path_symlink" if error.errno == errno.ELOOP else "missing"
    except RuntimeError:  # what Python before 3.13 raises of links in a circle
        return "path_symlink"


def _read_bytes(path: Path, limit: int) -> bytes | None:
    """The content of a file; None where it has more bytes than the limit, which the file's size may hide."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > limit:
                return None
            data = file.read(size + 1)  # no more, for a reader sets aside as much memory as it is asked for
            while len(data) <= limit and (more := file.read(_PIECE)):
                data += more
    except OSError as error:
        raise EnvironmentFailure.of("file_unreadable", path, error) from error
    return data if len(data) <= limit else None


def _read_table(name: str, data: bytes, descriptor: JsonObject | None, limits: Limits) -> Table:
    try:
        dialect = Dialect.of(descriptor)
    except DialectUnsupported as error:
        raise _unsupported(name, error.name) from None
    if dialect.odd_property:
        raise _unsupported(name, dialect.odd_property)
    records: list[Row] = []
    for chunk in dialect.chunks(name, data):
        records += chunk
        _check_size(name, chunk, len(records), limits)
    if not any(map(any, records)):
        raise TableUnreadable("csv_malformed", Location(name), variant="empty")
    header = records.pop(0)
    marks = (mark for mark in ",;\t|" if mark != dialect.delimiter and mark in header[0]) if len(header) == 1 else ()
    if found := next(iter(marks), None):
        if found == "," != dialect.delimiter:
            params = {"declared": dialect.delimiter, "found": found}
            raise TableUnreadable("csv_malformed", Location(name, 1, 1), variant="delimiter_declared", **params)
        raise delimiter_error(name, 1, found)
    return Table(header, records, data, descriptor)


def delimiter_error(name: str, row: int, found: str) -> TableUnreadable:
    """The error of a table whose cells another character separates than its dialect says.

    Args:
        name: the table.
        row: the row of its heading; what is above is no part of the table.
        found: the character.
    """
    place, shown = Location(name, row, row), {"\t": "tab"}.get(found, found)
    if row == 1:
        return TableUnreadable("csv_malformed", place, variant="delimiter", found=shown)
    rows = from_the_end(range(1, row))
    return TableUnreadable("csv_malformed", place, variant="delimiter_below", found=shown, rows=rows)


def _check_size(name: str, chunk: Sequence[Row], rows: int, limits: Limits) -> None:
    if rows > limits.rows:
        raise TableUnreadable("limit_exceeded", Location(name), variant="rows", limit=limits.rows)
    if max(map(len, chunk)) > limits.columns:
        row = next(row for row, cells in enumerate(chunk, rows - len(chunk) + 1) if len(cells) > limits.columns)
        found = len(chunk[row - rows + len(chunk) - 1])
        place = Location(name, row)
        raise TableUnreadable("limit_exceeded", place, variant="columns", limit=limits.columns, found=found)


def _unsupported(name: str, dialect_property: str) -> TableUnreadable:
    """The error for a dialect property that this standard excludes: any program must open a table without settings."""
    return TableUnreadable("descriptor_invalid", Location(name), variant="dialect", property=dialect_property)
