"""The files of a package against its list of resources: what is there, and is not listed."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.package.datapackage import DATA, Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import OWN_COLUMN, JsonObject, TableSchema

_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
TABLE_FORM = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT}
"""What the descriptor of a package says of the form of a table's file."""


_ENDINGS = r"(?:\.(?:csv|txt|tsv|xlsx|xlsm|xls|ods|bak|old))*"
_BEFORE = r"(?:(?:copy|backup)(?: \(\d+\))? of |(?:สำเนา|สำรอง)(?: ?\(\d+\))?(?:ของ)? ?)*"
_AFTER = (
    r"(?:[ _.-]*(?:\(\d+\)|copy|backup|bak|old|new|final|edited|recovered|autosaved"
    r"|สำเนา|สำรอง|แก้ไข|ใหม่|เก่า|ล่าสุด|v?\d{1,8}|\([^)]*conflict[^)]*\)))*"
)
_COPY = rf"{_BEFORE}(?P<name>[a-z_]+?){_AFTER}{_ENDINGS}"
"""How systems and people name copies of a file, in small letters."""


def unlisted_tables(package: Package) -> list[str]:
    """The CSV files in the folder ``data`` that no resource names, as paths from the package's folder."""
    return [path for path in _unlisted(package, DATA) if PurePosixPath(path).suffix == ".csv"]


def copied_tables(package: Package, tables: Container[str]) -> Mapping[str, Sequence[str]]:
    """The files that no resource names and that are named like a table, or like a copy of one.

    Args:
        package: the package.
        tables: the names of the tables.

    Returns:
        Paths from the package's folder by table: those in ``data`` first, and CSV files before others.
    """
    found: dict[str, list[str]] = {}
    for folder in (DATA, "", *_other_data_folders(package.root)):
        for path in _unlisted(package, folder):
            name = copied_table(PurePosixPath(path).name)
            if name in tables:
                found.setdefault(str(name), []).append(path)
    return {name: sorted(paths, key=lambda path: (_rank(path), len(path), path)) for name, paths in found.items()}


def _other_data_folders(root: Path) -> Iterator[str]:
    """The folders that are probably meant to be ``data``: in other letters, or within it."""
    for folder in (root, root / DATA):
        for found in sorted(folder.iterdir()) if folder.is_dir() else ():
            if found.name.casefold() == DATA and found != root / DATA and found.is_dir():
                yield found.relative_to(root).as_posix()


def copied_table(file: str) -> str | None:
    """What a file was named before it was copied, or saved in another format.

    Example:
        >>> copied_table("projects - Copy (2).csv"), copied_table("สำเนาของ budgets.xlsx"), copied_table("notes.pdf")
        ('projects', 'budgets', None)
    """
    match = re.fullmatch(_COPY, unicodedata.normalize("NFC", file).casefold())
    return match["name"] if match else None


def near_files(package: Package, family: SchemaFamily) -> Mapping[str, str]:
    """The CSV files in ``data`` that no resource names, by the tables whose names theirs may be misspellings of.

    Args:
        package: the package.
        family: its family.
    """
    named = ((near_table(PurePosixPath(path).stem, family), path) for path in unlisted_tables(package))
    return {name: path for name, path in named if name}


def near_table(name: str, family: SchemaFamily) -> str | None:
    """The table of the standard that a table's name may be a misspelling of, or that has it as its title."""
    from difflib import get_close_matches  # noqa: PLC0415 (2 ms to import, and few packages need it)

    known = [table for table in family.tables.values() if not table.is_foreign]
    titled = (t.name for t in known if name in (t.descriptor.get("title"), t.descriptor.get("title_en")))
    near = get_close_matches(name.lower(), [table.name for table in known], n=1, cutoff=0.85)
    return next(titled, None) or next(iter(near), None)


def _rank(path: str) -> tuple[bool, bool]:
    return ".csv" not in path.casefold(), not path.startswith(f"{DATA}/")


def _unlisted(package: Package, below: str) -> list[str]:
    """The files in one folder of a package that no resource names, without what systems leave there."""
    folder, listed = package.root / below, {Path(path).as_posix() for path in _paths(package.descriptor)}
    if not folder.is_dir():
        return []
    in_other_letters = {path.casefold(): path for path in listed}
    found = []
    for name in sorted(file.name for file in folder.iterdir()):
        path = f"{below}/{name}" if below else name
        twin = None if path in listed else in_other_letters.get(path.casefold())
        is_listed = path in listed or (twin is not None and _is_same(package.root / twin, folder / name))
        if not is_listed and not is_leftover(name) and (folder / name).is_file():
            found.append(path)
    return found


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one file, as names in other letters are on Windows and macOS."""
    return one.exists() and one.samefile(other)


def synchronised(package: Package, family: SchemaFamily) -> JsonObject:
    """The descriptor with the family's schemas, and with the family's tables that are there and were not listed.

    Args:
        package: the package.
        family: its family.
    """
    resources = package.descriptor.get("resources")
    if not isinstance(resources, list):
        return package.descriptor
    listed = {str(entry.get("name")) for entry in resources if isinstance(entry, dict)}
    unlisted = {Path(path).stem: path for path in unlisted_tables(package)}
    added = [
        table_entry(table, unlisted[name])
        for name, table in family.tables.items()
        if name in unlisted and name not in listed
    ]
    own = {entry["name"]: _own_columns(package.root / entry["path"]) for entry in added}
    whole = family.with_fields({name: fields for name, fields in own.items() if fields})
    return whole.compile_into({**package.descriptor, "resources": [*resources, *added]})


def _own_columns(path: Path) -> list[JsonObject]:
    """The columns ``x_…`` in the heading of a file that was not listed; none where it cannot be read as a table."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
    return [{"name": label} for label in dict.fromkeys(header) if OWN_COLUMN.fullmatch(label)]


def table_entry(table: TableSchema, path: str) -> JsonObject:
    """The entry of a table of the standard in a descriptor, without its schema.

    Args:
        table: the table.
        path: its file below the package's folder.
    """
    texts = {name: table.descriptor[name] for name in ("title", "title_en", "description", "description_en")}
    texts = {name: text for name, text in texts.items() if text}
    return {"name": table.name, **texts, "path": path, **TABLE_FORM}


def _paths(descriptor: JsonObject) -> Iterator[str]:
    resources: Any = descriptor.get("resources")
    for entry in resources if isinstance(resources, list) else ():
        path = entry.get("path") if isinstance(entry, dict) else None
        yield from (part for part in (path if isinstance(path, list) else [path]) if isinstance(part, str))
