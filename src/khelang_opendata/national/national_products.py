"""What is made of a state of the dataset: the catalogue, the report on quality, who is missing, and a DuckDB file.

All of them follow from one snapshot and name it. They are written after readers were switched to it; a harvest that
finds those of another snapshot, because a crash came between, makes them anew.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from khelang_opendata.files.place import write_atomically
from khelang_opendata.files.serialize import csv_bytes, json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.formats.sql_text import quoted
from khelang_opendata.model.failures import UsageError, system_errors_as
from khelang_opendata.national.delta_tables import DatasetSnapshot, NationalDataset, Row, connection
from khelang_opendata.national.gathered_plans import GatheredState
from khelang_opendata.national.national_columns import ISSUES, PACKAGES, table_names
from khelang_opendata.national.national_dcat import catalogue_graph
from khelang_opendata.national.ready_questions import QUESTIONS, VIEWS

CATALOG, GRAPH, QUALITY, MISSING, DATABASE = (
    *("catalog.json", "catalog.jsonld"),
    *("quality.json", "missing.csv", "national.duckdb"),
)

PRODUCTS = (CATALOG, GRAPH, QUALITY, MISSING, DATABASE)

_REGISTRY = ("dla_code", "lao_name_th", "lao_type", "province_code")
_LARGEST_REGISTRY = 64 * 2**20


def write_products(
    dataset: NationalDataset, snapshot: DatasetSnapshot, packages: Sequence[Row], changes: Mapping[str, str]
) -> None:
    """Write what is made of a state.

    Args:
        dataset: the dataset.
        snapshot: the state.
        packages: the rows of its table of packages.
        changes: the packages that changed with it, each with the way: added, updated, refused, skipped or absent.
    """
    is_current = not changes and _made_of(dataset.folder) == snapshot.number - 1
    _write_database(dataset, snapshot, is_current)
    quality = _quality(dataset, snapshot, packages)
    write_atomically(dataset.folder / QUALITY, json_bytes({"snapshot": snapshot.number, **quality}))
    write_atomically(dataset.folder / GRAPH, json_bytes(catalogue_graph(snapshot, packages, changes)))
    # The catalogue comes last: its number says that all products are those of the snapshot.
    write_atomically(dataset.folder / CATALOG, json_bytes(catalogue(snapshot, packages, changes)))


def _made_of(folder: Path) -> int | None:
    """The number of the state that the products are of; None where one is missing."""
    try:
        number = read_json((folder / CATALOG).read_bytes())["snapshot"]
    except (OSError, JsonRefused, KeyError, TypeError):
        return None
    return number if (folder / DATABASE).is_file() and isinstance(number, int) else None


def catalogue(snapshot: DatasetSnapshot, packages: Sequence[Row], changes: Mapping[str, str]) -> dict[str, Any]:
    """The catalogue of a state: each plan with its state, version, sums and warnings, and what changed with it."""
    states, taken = Counter(row["state"] for row in packages), [row for row in packages if row["data_hash"]]
    by_change: dict[str, list[str]] = {name: [] for name in ("added", "updated", "refused", "skipped", "absent")}
    for key in sorted(changes):
        by_change[changes[key]].append(key)
    return {
        **snapshot.as_json(),
        "states": {name: states[name] for name in sorted(states)},
        "plans": len(taken),
        "rows": sum(row["rows"] for row in taken),
        "projects": sum(row["projects"] for row in taken),
        "budget_thb": _plain(sum((row["budget_thb"] for row in taken), Decimal(0))),
        "changes": by_change,
        "packages": [{name: _plain(value) for name, value in row.items()} for row in packages],
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it; an amount is a text, which keeps all its digits."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def _quality(dataset: NationalDataset, snapshot: DatasetSnapshot, packages: Iterable[Row]) -> dict[str, Any]:
    """How common each issue is, over all plans and by province and type.

    A refused package counts where an earlier content of it says what province and type it is of.
    """
    about = {row["package"]: row for row in packages}
    with connection() as sql:
        found = sql.execute(
            f"""SELECT code, severity, acknowledged_by IS NOT NULL, package, count(*)
            FROM {dataset.scan(snapshot, ISSUES)} GROUP BY ALL ORDER BY ALL"""  # noqa: S608 (names of our own)
        ).fetchall()
    codes: dict[tuple[str, str, bool], dict[str, Any]] = {}
    for code, severity, acknowledged, package, count in found:
        entry = codes.setdefault(
            (code, severity, acknowledged), {"issues": 0, "plans": 0, "by_province": Counter(), "by_type": Counter()}
        )
        row = about.get(package, {})
        entry["issues"] += count
        entry["plans"] += 1
        entry["by_province"][row.get("province_code") or ""] += 1
        entry["by_type"][row.get("lao_type") or ""] += 1
    listed = [
        {
            "code": code,
            "severity": severity,
            "acknowledged": acknowledged,
            **{name: dict(sorted(v.items())) if isinstance(v, Counter) else v for name, v in entry.items()},
        }
        for (code, severity, acknowledged), entry in sorted(codes.items(), key=lambda one: (-one[1]["plans"], one[0]))
    ]
    reasons = Counter(
        row["reason"] for row in about.values() if row["reason"] and row["state"] != GatheredState.SKIPPED
    )
    return {"packages": len(about), "refused": dict(sorted(reasons.items())), "issues": listed}


def read_registry(path: Path) -> list[dict[str, str]]:
    """The local governments of a registry, a CSV file.

    Args:
        path: the file, with the columns ``dla_code`` or ``lao_name_th`` and ``province_code``; others are kept.

    Raises:
        UsageError: it is no such file.
    """
    with system_errors_as("file_unreadable", path):
        data = path.read_bytes() if path.stat().st_size <= _LARGEST_REGISTRY else b"\xff"
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
        names, rows = reader.fieldnames or [], list(reader)
    except (UnicodeDecodeError, csv.Error):
        names, rows = [], []
    is_usable = "dla_code" in names or {"lao_name_th", "province_code"} <= {*names}
    if not is_usable or any(None in row or None in row.values() for row in rows):
        raise UsageError("registry_unusable", path=str(path))
    return rows


def write_missing(dataset: NationalDataset, registry: Sequence[Mapping[str, str]]) -> int:
    """Write those of a registry that no plan of the dataset is of, and give their number."""
    missing = without_plan(dataset.packages(dataset.snapshot()), registry)
    heading = list(registry[0]) if registry else list(_REGISTRY)
    rows = [[one[name] for name in heading] for one in missing]
    write_atomically(dataset.folder / MISSING, csv_bytes([heading, *rows]))
    return len(missing)


def without_plan(packages: Iterable[Row], registry: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Those of a registry that no plan is of whose rows the dataset holds.

    A plan is of a local government if both have the same ``dla_code``, or the same name and province where either lacks
    the code.
    """
    taken = [row for row in packages if row["data_hash"]]
    codes = {row["dla_code"] for row in taken} - {None, ""}
    names = {(row["lao_name_th"], row["province_code"]): row["dla_code"] for row in taken}

    def is_there(one: Mapping[str, str]) -> bool:
        code, name = one.get("dla_code", ""), (one.get("lao_name_th", ""), one.get("province_code", ""))
        return code in codes or (name in names and not (code and names[name]))

    return [one for one in registry if not is_there(one)]


def _write_database(dataset: NationalDataset, snapshot: DatasetSnapshot, is_current: bool) -> None:
    """Write the tables of a state into a new DuckDB file, with a view for each question, and rename it into place.

    ``is_current`` says that the file there has the same plans, so that only what each harvest notes of them is renewed.
    """
    import duckdb  # noqa: PLC0415 (heavy, and an extra)

    place = dataset.folder / DATABASE
    new = place.with_name(f".{DATABASE}.new")
    for leftover in (new, new.with_name(f"{new.name}.wal")):
        leftover.unlink(missing_ok=True)
    if is_current:
        shutil.copyfile(place, new)
    tables = (PACKAGES,) if is_current else (*table_names(), PACKAGES, ISSUES)
    with duckdb.connect(new, config={"autoinstall_known_extensions": False}) as sql:
        for table in tables:
            sql.execute(f"CREATE OR REPLACE TABLE {quoted(table)} AS SELECT * FROM {dataset.scan(snapshot, table)}")  # noqa: S608 (names of our own)
        for name, query in () if is_current else {**VIEWS, **QUESTIONS}.items():
            sql.execute(f"CREATE VIEW {quoted(name)} AS {query}")
        sql.execute("CREATE OR REPLACE TABLE dataset (snapshot BIGINT, harvested_on DATE)")
        sql.execute("INSERT INTO dataset VALUES (?, ?)", [snapshot.number, snapshot.harvested_on])
    with new.open("rb") as file:
        os.fsync(file.fileno())
    new.replace(place)
