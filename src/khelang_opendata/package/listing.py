"""The files of a package against its list of resources: what is there, and is not listed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from khelang_opendata.files.leftovers import is_leftover
from khelang_opendata.package.datapackage import DATA, Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import OWN_COLUMN, JsonObject, TableSchema

_DIALECT = {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True, "header": True}
_FORM = {"type": "table", "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", "dialect": _DIALECT}


def unlisted_tables(package: Package) -> list[str]:
    """The CSV files in the folder ``data`` that no resource names, as paths from the package's folder."""
    listed = {Path(path) for path in _paths(package.descriptor)}
    folder = package.root / DATA
    found = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    paths = (path.relative_to(package.root) for path in found if path.is_file() and not is_leftover(path.name))
    return [path.as_posix() for path in paths if path not in listed]


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
        _entry(table, unlisted[name])
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


def _entry(table: TableSchema, path: str) -> JsonObject:
    texts = {name: table.descriptor[name] for name in ("title", "title_en", "description", "description_en")}
    texts = {name: text for name, text in texts.items() if text}
    return {"name": table.name, **texts, "path": path, **_FORM}


def _paths(descriptor: JsonObject) -> Iterator[str]:
    resources: Any = descriptor.get("resources")
    for entry in resources if isinstance(resources, list) else ():
        path = entry.get("path") if isinstance(entry, dict) else None
        yield from (part for part in (path if isinstance(path, list) else [path]) if isinstance(part, str))
