"""A plan that was begun as a copy of one of the standard's examples has nothing of the example left.

The examples are invented. A copy that is filled half would publish invented figures as those of a local government.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.package.datapackage import DESCRIPTOR, Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.tableschema.dialect import TableUnreadable
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules.registry import plan_rule

_TABLES = ("projects", "objectives", "steps", "indicators", "risks", "risk_factors", "risk_controls", "errata")
"""Tables of which a plan writes each row in words of its own."""

_TEXTS = ("title", "title_en", "description", "description_en", "homepage")
_PORTAL = ("maintainer", "maintainer_email", "data_source")

_THAI = re.compile("[\u0e01-\u0e4e]")

_OWNER = ("lao_name_th", "lao_name_en", "province_th")

_FEW, _SHORT, _LONG = 3, 20, 60
"""One row of many letters, or a few rows of fewer, are no coincidence."""


@dataclass(frozen=True, slots=True)
class _Example:
    """What an example says of itself: its local government, the texts of its descriptor, and of its rows by table."""

    owner: tuple[str, ...]
    texts: frozenset[str]
    rows: Mapping[str, frozenset[str]]


def example_of(package: Package, family: SchemaFamily) -> str | None:
    """The id of the standard's example that a package is, by its name or its plan's id; None for any other plan."""
    ids = {package.descriptor.get("name"), *_plan_ids(package)}
    return next((id_ for id_ in _ids(family.folder) if id_ in ids), None)


def _plan_ids(package: Package) -> Iterator[str]:
    """The ids in the table ``plans``, as far as it can be read."""
    for resource in package.resources:
        if resource.name == "plans" and resource.data is not None:
            with suppress(TableUnreadable, ValueError):
                position = resource.table.header.index("plan_id")
                yield from (cells[position] for cells in resource.table.rows if position < len(cells))


@plan_rule(Severity.ERROR, needs=("plans",))
def example_copied(plan: Plan) -> Iterator[Issue]:
    """A plan with an id or a local government of its own has no row and no description of an example.

    A package that is an example is none of its own: releasing refuses it.
    """
    ids = plan.ids("plans")
    if len(ids) != 1:
        return
    owner = _owner(plan)
    for id_, example in _examples(plan.family.folder).items():
        agreeing = sum(own == others for own, others in zip(owner, example.owner, strict=True))
        if ids[0] == id_:
            if agreeing <= 1 and all(owner[:1]):
                yield plan.record("plans", 0).issue(example_copied, "plan_id", variant="plan_id", owner=owner[0])
            return
        if owner[0] == example.owner[0] and owner[-1] == example.owner[-1]:
            yield plan.record("plans", 0).issue(example_copied, "lao_name_th", variant="owner", example=id_)
        yield from _described(plan, id_, example, owner)
        for table in _TABLES:
            yield from _rows(plan, table, id_, example)


def _described(plan: Plan, id_: str, example: _Example, owner: Sequence[str]) -> Iterator[Issue]:
    texts = example.texts.difference(owner)
    found = [pointer for pointer, text in _descriptor_texts(plan.package.descriptor) if text in texts]
    if found:
        yield example_copied.issue(variant="descriptor", example=id_, property=", ".join(found))


def _rows(plan: Plan, table: str, id_: str, example: _Example) -> Iterator[Issue]:
    known = example.rows.get(table)
    headed = plan.tables.get(table) if known else None
    if headed is None or not known:
        return
    found = [(place, text) for place, cells in enumerate(headed.table.rows) if (text := _thai_of(cells)) in known]
    if len(found) >= _FEW or any(len(text) >= _LONG for _, text in found):
        yield plan.record(table, found[0][0]).issue(example_copied, variant="rows", example=id_, count=len(found))


def _owner(plan: Plan) -> tuple[str, ...]:
    return tuple(" ".join((plan.texts("plans", name)[0] or "").split()) for name in _OWNER)


def _thai_of(cells: Sequence[str]) -> str:
    """The Thai cells of a row, which its ids and numbers do not touch."""
    return "\n".join(cell for cell in cells if _THAI.search(cell))


def _descriptor_texts(descriptor: JsonObject) -> Iterator[tuple[str, str]]:
    """The texts of a descriptor that are a package's own, each with its place."""
    portal = descriptor.get("portal")
    entries: list[tuple[str, Any, tuple[str, ...]]] = [("", descriptor, _TEXTS), ("portal/", portal, _PORTAL)]
    for name in ("contributors", "sources"):
        listed = descriptor.get(name)
        numbered = enumerate(listed if isinstance(listed, list) else ())
        entries += [(f"{name}/{number}/", entry, ("title", "title_en")) for number, entry in numbered]
    for pointer, entry, names in entries:
        for name in names if isinstance(entry, dict) else ():
            if isinstance(text := entry.get(name), str):
                yield f"{pointer}{name}", text


def _ids(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "examples/valid").glob("*/"))


@lru_cache(maxsize=4)
def _examples(folder: Path) -> Mapping[str, _Example]:
    return {id_: _read(folder / "examples/valid" / id_) for id_ in _ids(folder)}


def _read(folder: Path) -> _Example:
    descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    rows = {}
    for table in _TABLES:
        path = folder / f"data/{table}.csv"
        if path.is_file():
            with path.open(encoding="utf-8-sig", newline="") as lines:
                rows[table] = frozenset(text for row in csv.reader(lines) if len(text := _thai_of(row)) >= _SHORT)
    with (folder / "data/plans.csv").open(encoding="utf-8-sig", newline="") as lines:
        (plan,) = csv.DictReader(lines)
    texts = frozenset(text for _, text in _descriptor_texts(descriptor))
    return _Example(tuple(plan[name] for name in _OWNER), texts, rows)
