"""The hidden sheet of a workbook: the package that it was made of, as it was then.

Import finds the ids of records there, and the columns that no visible sheet shows. A cell is text of at most
:data:`_PIECE` characters, for Excel takes no longer one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.model.failures import DataError
from khelang_opendata.standard.codelists import own_codes_of
from khelang_opendata.standard.family import CURRENT, SchemaFamily, known_schemas, load_family
from khelang_opendata.standard.tables import OWN_COLUMN, JsonObject

SNAPSHOT = "_khelang"
LISTS = "_lists"
"""The names of the hidden sheets."""

FORMAT = "khelang workbook 1"
FILLED = "filled"
"""The mark in the sheet of lists of a workbook that was made of a package, which shows that its snapshot is gone."""

_DESCRIPTOR, _TABLE, _ROW = "descriptor", "table", "row"
_PIECE = 30_000


@dataclass(frozen=True)
class Snapshot:
    """A package as a workbook keeps it: tables, and the descriptor without the standard's schemas."""

    tables: dict[str, list[Row]]
    descriptor: JsonObject


def snapshot_rows(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    """The rows of the hidden sheet; the first names the form and has the hash of the others."""
    rows = [*_rows(snapshot)]
    yield [FORMAT, _hash(rows)]
    yield from rows


def _rows(snapshot: Snapshot) -> Iterator[Sequence[str]]:
    text = json.dumps(snapshot.descriptor, ensure_ascii=False)
    yield [_DESCRIPTOR, *(text[at : at + _PIECE] for at in range(0, len(text), _PIECE))]
    for name, rows in snapshot.tables.items():
        fields = list(dict.fromkeys(field for row in rows for field in row))
        yield [_TABLE, name, *fields]
        yield from ([_ROW, *(row.get(field, "") for field in fields)] for row in rows)


def _hash(rows: Sequence[Sequence[str]]) -> str:
    """The hash of rows, without white space, which programs change at the ends of cells and lines."""
    lines = ("\t".join("".join(text.split()) for text in row).rstrip("\t") for row in rows)
    return sha256("\n".join(lines).rstrip("\n").encode()).hexdigest()


def is_snapshot(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a sheet begins as the hidden one does."""
    return bool(rows and rows[0]) and rows[0][0] == FORMAT


def read_snapshot(rows: Sequence[Sequence[str]]) -> Snapshot:
    """The package of a hidden sheet.

    Args:
        rows: its cells as text.

    Raises:
        DataError: cells are missing or changed, so that the ids of records are not sure.
    """
    if not is_snapshot(rows) or list(filter(None, rows[0][1:])) not in ([_hash(rows[1:])], []):
        raise DataError("ids_damaged", sheet=SNAPSHOT)
    try:
        snapshot = _snapshot(rows[1:])
        family_of_snapshot(snapshot)
        plans = [row["plan_id"] for row in snapshot.tables["plans"]]
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise DataError("ids_damaged", sheet=SNAPSHOT) from error
    if len(plans) != 1:
        raise DataError("ids_damaged", sheet=SNAPSHOT)
    return snapshot


def _snapshot(rows: Sequence[Sequence[str]]) -> Snapshot:
    descriptor: JsonObject = {}
    tables: dict[str, list[Row]] = {}
    name, fields = "", list[str]()
    for kind, *cells in rows:
        if kind == _DESCRIPTOR:
            descriptor = json.loads("".join(cells) or "{}")
        elif kind == _TABLE:
            name, *named = cells
            fields = [field for field in named if field]
            tables[name] = []
        elif kind == _ROW:
            tables[name].append(dict(zip(fields, [*cells, *[""] * len(fields)], strict=False)))
        elif kind or any(cells):
            raise ValueError(kind)
    return Snapshot(tables, descriptor)


def kept_descriptor(descriptor: JsonObject, tables: Sequence[str]) -> JsonObject:
    """A descriptor as the snapshot keeps it: of the standard's tables, with the schema of own columns only."""
    kept = []
    for entry in descriptor.get("resources", ()):
        if isinstance(entry, dict) and entry.get("name") in tables:
            fields = entry.get("schema", {}).get("fields", ())
            own = [field for field in fields if OWN_COLUMN.fullmatch(str(field.get("name")))]
            rest = {name: value for name, value in entry.items() if name not in ("schema", "hash", "bytes")}
            kept.append({**rest, **({"schema": {"fields": own}} if own else {})})
    return {**descriptor, "resources": kept}


def carried(snapshot: Snapshot | None) -> tuple[SchemaFamily, dict[str, list[Row]]]:
    """The schemas and tables of the package that a workbook carries; the standard and no tables where it has none."""
    return (family_of_snapshot(snapshot), snapshot.tables) if snapshot else (load_family(), {})


def family_of_snapshot(snapshot: Snapshot) -> SchemaFamily:
    """The schemas of a package that a workbook carries, with the codes and columns that it adds."""
    named = snapshot.descriptor.get("conformsTo")
    family = load_family(named if named in known_schemas() else CURRENT)
    fields = {e["name"]: e["schema"]["fields"] for e in snapshot.descriptor.get("resources", ()) if "schema" in e}
    return family.with_codes(own_codes_of(snapshot.tables.get("codes", ()))).with_fields(fields)
