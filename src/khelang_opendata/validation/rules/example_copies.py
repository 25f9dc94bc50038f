"""A plan that was begun as a copy of one of the standard's examples has nothing of the example left.

The examples are invented. A copy that is filled half would publish invented figures as those of a local government.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

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

_THAI = "[ก-๎]"

_OWNER = ("lao_name_th", "lao_name_en", "province_th")

_FEW, _SHORT, _LONG = 3, 20, 60
"""One row of many letters, or a few rows of fewer, are no coincidence."""


EXAMPLES = "examples/texts.json"
"""What the examples say, by their ids: made of their files, for reading these takes a check as long as many rules."""


class _Example(NamedTuple):
    """What an example says of itself: its local government, the texts of its descriptor, and of its rows by table.

    Of a row these are the first Thai text and all Thai texts.
    """

    owner: tuple[str, ...]
    texts: frozenset[str]
    rows: Mapping[str, Mapping[str, str]]


def example_of(package: Package, family: SchemaFamily) -> str | None:
    """The id of the standard's example that a package is, by its name or its plan's id; None for any other plan."""
    ids = {package.descriptor.get("name"), *_plan_ids(package)}
    return next((id_ for id_ in _examples(family.folder) if id_ in ids), None)


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
    known, headed = example.rows.get(table, {}), plan.tables.get(table)
    texts = plan.texts(table, _first_text(plan.family, table))
    if headed is None or known.keys().isdisjoint(texts):
        return
    rows = zip(texts, headed.table.rows, strict=True)
    found = [
        (place, known[key])
        for place, (key, row) in enumerate(rows)
        if key and key in known and _thai_of(row) == known[key]
    ]
    if len(found) >= _FEW or any(len(text) >= _LONG for _, text in found):
        yield plan.record(table, found[0][0]).issue(example_copied, variant="rows", example=id_, count=len(found))


def _first_text(family: SchemaFamily, table: str) -> str:
    """The first Thai column of a table."""
    return next(field.name for field in family.tables[table].fields if field.name.endswith("_th"))


def _owner(plan: Plan) -> tuple[str, ...]:
    return tuple(" ".join((plan.texts("plans", name)[0] or "").split()) for name in _OWNER)


def _thai_of(cells: Sequence[str]) -> str:
    """The Thai cells of a row, which its ids and numbers do not touch."""
    return "\n".join(cell for cell in cells if re.search(_THAI, cell))


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


@lru_cache(maxsize=4)
def _examples(folder: Path) -> Mapping[str, _Example]:
    path = folder / EXAMPLES
    content = json.loads(path.read_bytes()) if path.is_file() else {}
    return {
        id_: _Example(tuple(about["owner"]), frozenset(about["descriptor"]), about["rows"])
        for id_, about in content.items()
    }


def example_texts(family: SchemaFamily) -> JsonObject:
    """The content of :data:`EXAMPLES`, from the examples themselves."""
    folders = sorted((family.folder / "examples/valid").glob("*/"))
    return {folder.name: _texts_of(folder, family) for folder in folders}


def _texts_of(folder: Path, family: SchemaFamily) -> JsonObject:
    descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    (plan,) = _records(folder, "plans")
    rows = {}
    for table in _TABLES:
        first = _first_text(family, table)
        texts = {record[first]: _thai_of([*record.values()]) for record in _records(folder, table)}
        rows[table] = {key: text for key, text in texts.items() if len(text) >= _SHORT}
    texts_of_descriptor = sorted({text for _, text in _descriptor_texts(descriptor)})
    return {"owner": [plan[name] for name in _OWNER], "descriptor": texts_of_descriptor, "rows": rows}


def _records(folder: Path, table: str) -> list[dict[str, str]]:
    path = folder / f"data/{table}.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
