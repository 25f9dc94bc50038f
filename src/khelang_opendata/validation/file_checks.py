"""The files behind the resources: present, safe to read, as large and as hashed as declared, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cache
from pathlib import PurePosixPath

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import DATA, Package, Resource, Table, delimiter_error
from khelang_opendata.package.listing import copied_tables, near_files, near_table, unlisted_tables
from khelang_opendata.package.meant_paths import MeantPaths, is_written_plainly
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import TableSchema
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID
from khelang_opendata.validation.headings import HeadedTable

TABLE_MISSING = Rule("table_missing", Severity.ERROR, __file__)
TABLE_UNLISTED = Rule("table_unlisted", Severity.ERROR, __file__)
ENCODING_NOT_UTF8 = Rule("encoding_not_utf8", Severity.ERROR, __file__)
CSV_MALFORMED = Rule("csv_malformed", Severity.ERROR, __file__)
LIMIT_EXCEEDED = Rule("limit_exceeded", Severity.ERROR, __file__)
HASH_MISMATCH = Rule("hash_mismatch", Severity.ERROR, __file__)

_BY_CODE = {rule.code: rule for rule in (ENCODING_NOT_UTF8, CSV_MALFORMED, LIMIT_EXCEEDED, DESCRIPTOR_INVALID)}
"""Why the reader of tables refuses a file."""

_LIMITS = ("file_bytes", "package_bytes", "cells")
"""The limits that keep a file from being read at all."""


_ELSEWHERE = ("path_outside", "path_absolute", "path_remote", "path_not_file")
"""What is wrong with a path that no file of the package has."""

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")

_DOCUMENTS = (
    b"<!doctype",
    b"<html",
    b"<?xml",
    b"<table",
    b"%pdf",
    b"{\\rtf",
    b"[{",
    b'{"',
    b"\x1f\x8b",
    b"rar!",
    b"7z\xbc\xaf",
)
"""How web pages, documents, JSON and compressed files begin, in small letters."""

_SEARCHED = 10
"""Rows in which a heading with another separator is looked for."""


def check_files(package: Package, family: SchemaFamily) -> Iterator[Issue]:
    """Report tables that lack or do not belong, unsafe paths, and files that are not what was declared."""
    copies = {} if family.is_open else copied_tables(package, family.tables)
    near = cache(lambda: near_files(package, family))

    def copy_of(name: str) -> str | None:
        return next(iter(copies.get(name, ())), None) or near().get(name)

    meant = _meant_paths(package, family)
    named: dict[str, Resource] = {}
    named_already = {path for path in meant.values() if path}
    for resource in package.resources:
        place = Location(resource.name)
        if resource.name in named:
            yield DESCRIPTOR_INVALID.issue(place, variant="resource_repeated", name=resource.name)
            continue
        named[resource.name] = resource
        if id(resource) in meant:
            yield _path_issue(resource, meant[id(resource)])
        elif resource.problem == "missing":
            copy = copy_of(resource.name)
            named_already.add(copy or "")
            yield _missing_file(resource.name, resource.path, copy)
        elif resource.problem in _LIMITS and resource.is_derived and resource.name not in family.tables:
            continue  # a form of a large release, which nothing reads from here; its manifest has its hash
        elif resource.problem in _LIMITS:
            limit = getattr(resource.limits, resource.problem)
            yield LIMIT_EXCEEDED.issue(place, variant=resource.problem, path=resource.path, limit=limit)
        elif resource.problem:
            yield DESCRIPTOR_INVALID.issue(place, variant=resource.problem, path=resource.path)
        else:
            yield from _check_declared(resource, place)
    if isinstance(package.descriptor.get("resources", []), list):  # else one issue says so
        yield from _unlisted_tables(family, named, named_already, copy_of)
        yield from () if family.is_open else _unlisted(package, copies, named, named_already)


def _unlisted_tables(
    family: SchemaFamily, named: Mapping[str, Resource], named_already: set[str], copy_of: Callable[[str], str | None]
) -> Iterator[Issue]:
    """The tables that a package must have, and that no resource is."""
    known = {table.name for table in family.tables.values() if not table.is_foreign}
    misspelt = {near_table(name, family) for name in named.keys() - known}  # each has its own issue
    for table in family.tables.values():
        if table.name not in named and not table.optional and table.name not in misspelt:
            copy = copy_of(table.name)
            if copy in (None, f"{DATA}/{table.name}.csv"):
                named_already.add(copy or "")
                yield TABLE_MISSING.issue(Location(table.name), variant="entry", name=table.name)
            else:
                named_already.add(str(copy))
                yield TABLE_MISSING.issue(Location(table.name), variant="entry_copy", name=table.name, copy=str(copy))


def _meant_paths(package: Package, family: SchemaFamily) -> Mapping[int, str | None]:
    """The files that the paths of resources mean, by the resource's identity, where the path is to be written anew.

    None where a table of the standard is no CSV file, and there is none beside it.
    """
    files = MeantPaths(package.root)
    found: dict[int, str | None] = {}
    for resource in package.resources if not family.is_open else ():
        is_table = resource.name in family.tables and not family.tables[resource.name].is_foreign
        is_other = is_table and not resource.is_derived and resource.problem in (None, "missing")
        is_other = is_other and not _is_csv(resource.path.strip())
        own = f"{DATA}/{resource.name}.csv"
        if "path" not in resource.descriptor or (is_table and resource.path == own):
            continue
        is_odd = resource.problem is None and not is_written_plainly(resource.path)
        is_elsewhere = resource.problem in _ELSEWHERE
        if resource.problem == "missing" or is_elsewhere or is_odd or is_other:
            meant = files.of(own) if is_other else files.of(resource.path)
            is_own = is_other or (is_elsewhere and is_table and meant is None)
            meant = own if is_own and (package.root / own).is_file() else meant
            if meant is not None or (is_other and resource.problem is None):
                found[id(resource)] = meant
    return found


def _path_issue(resource: Resource, meant: str | None) -> Issue:
    place, path = Location(resource.name), resource.path
    if meant is None:
        own = f"{DATA}/{resource.name}.csv"
        return DESCRIPTOR_INVALID.issue(place, variant="path_not_csv", path=path, corrected=own)
    return DESCRIPTOR_INVALID.issue(place, variant="path_meant", path=path, corrected=meant)


def _missing_file(name: str, path: str, copy: str | None) -> Issue:
    """A table whose file is not there; a file that is named like a copy of it is probably meant."""
    place = Location(name)
    if copy is None:
        return TABLE_MISSING.issue(place, variant="file", path=path, name=name)
    variant = "workbook" if PurePosixPath(copy).suffix.casefold() in _WORKBOOKS else "copy"
    return TABLE_MISSING.issue(place, variant=variant, path=path, name=name, copy=copy)


def _unlisted(
    package: Package, copies: Mapping[str, Sequence[str]], named: Mapping[str, Resource], named_already: Set[str]
) -> Iterator[Issue]:
    """The files that are not read: copies of tables, and other CSV files in ``data``."""
    copied: set[str] = set()
    for name, paths in copies.items():
        resource = named.get(name)
        if resource is not None and resource.problem in (None, "missing"):
            others = [p for p in paths if p not in named_already and (p.startswith(f"{DATA}/") or _is_csv(p))]
            yield from (TABLE_UNLISTED.issue(variant="copy", path=p, name=name, read=resource.path) for p in others)
            copied.update(others)
    for path in unlisted_tables(package):
        if path not in copied and path not in named_already:
            yield TABLE_UNLISTED.issue(path=path)


def _is_csv(path: str) -> bool:
    return path.casefold().endswith(".csv")


def read_tables(package: Package, family: SchemaFamily) -> tuple[dict[str, Table], list[Issue]]:
    """The family's tables that can be read, in the family's order, and why the others cannot."""
    tables: dict[str, Table] = {}
    issues: list[Issue] = []
    resources = {r.name: r for r in reversed(package.resources) if r.data is not None and not r.is_derived}
    for schema in family.tables.values():
        if schema.name not in resources:
            continue
        resource = resources[schema.name]
        try:
            if other := _other_form(resource):
                issues.append(other)
                continue
            table = resource.table
            _check_delimiter(table, schema)
        except TableUnreadable as error:
            issues.append(_BY_CODE[error.code].issue(error.location, **error.params))
            continue
        tables[schema.name] = table
    return tables, issues


def check_row_counts(tables: Mapping[str, HeadedTable]) -> Iterator[Issue]:
    """Report tables with fewer rows of data than they need."""
    for name, table in tables.items():
        if len(table.table.rows) < table.schema.min_rows:
            yield TABLE_MISSING.issue(Location(name), variant="no_rows", name=name)


def _other_form(resource: Resource) -> Issue | None:
    """The issue of a file that is certainly no CSV file, as its first bytes say."""
    data, place = resource.data or b"", Location(resource.name)
    start = data[:400]
    if start.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        of_zip = ".ods" if b"vnd.oasis.opendocument.spreadsheet" in start else ".xlsx"
        ending = of_zip if start.startswith(b"PK") else ".xls"
        return CSV_MALFORMED.issue(place, variant="workbook", path=resource.path, ending=ending)
    if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_DOCUMENTS):
        return CSV_MALFORMED.issue(place, variant="document", path=resource.path)
    is_text = b"\0" not in start
    if not is_text and any(_is_text_in(start, encoding) for encoding in ("utf-16-le", "utf-16-be")):
        return ENCODING_NOT_UTF8.issue(place, variant="utf16")  # without a byte order mark
    return None


def _is_text_in(start: bytes, encoding: str) -> bool:
    """Whether the first bytes of a file are lines of text in an encoding of two bytes a letter."""
    text = start[: len(start) // 2 * 2].decode(encoding, "replace")
    latin = sum(character.isascii() for character in text)
    return "\0" not in text and latin > len(text) // 2 and any(mark in text for mark in ",;\t|")


def _check_delimiter(table: Table, schema: TableSchema) -> None:
    """Look below the first row for a heading with another separator; TableUnreadable where there is one."""
    names = schema.field_by_name.keys()
    if names <= {*table.header} or len(names) < 2:  # noqa: PLR2004 (one column needs no separator)
        return
    for number, row in enumerate((table.header, *table.rows[:_SEARCHED]), 1):
        text = ",".join(row)
        for mark in ";\t|" if not names & {*row} else "":
            if 2 * len(names & {label.strip('" ') for label in text.split(mark)}) >= len(names):
                raise delimiter_error(schema.name, number, mark)


def _check_declared(resource: Resource, place: Location) -> Iterator[Issue]:
    assert resource.data is not None
    size = resource.descriptor.get("bytes")
    if isinstance(size, int) and size != len(resource.data):
        found = len(resource.data)
        yield HASH_MISMATCH.issue(place, variant="bytes", path=resource.path, declared=size, found=found)
        return
    declared = resource.descriptor.get("hash")
    if isinstance(declared, str) and file_hash(resource.data, declared) != declared.lower():
        yield HASH_MISMATCH.issue(place, path=resource.path)


def file_hash(data: bytes, like: str = "sha256:") -> str:
    """A file's hash written as the Data Package standard asks: ``sha256:<hex>``, or bare MD5 where ``like`` is bare."""
    import hashlib  # noqa: PLC0415 (6 ms to import, and few descriptors declare a hash)

    if ":" not in like:
        return hashlib.md5(data, usedforsecurity=False).hexdigest()
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
