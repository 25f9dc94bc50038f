"""The whole plan as one nested JSON object, after ``plan.schema.json``: rows are nested in their parents."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from khelang_opendata.package.edition import Edition

INSIDE: Mapping[str, Mapping[str, str]] = {
    "plans": {
        "goals": "goals",
        "legal_bases": "legal_bases",
        "dimensions": "dimensions",
        "missions": "missions",
        "units": "units",
        "projects": "projects",
        "risks": "risks",
        "printed_totals": "printed_totals",
        "codes": "codes",
        "errata": "errata",
    },
    "projects": {
        "units": "project_units",
        "objectives": "objectives",
        "steps": "steps",
        "step_promises": "step_promises",
        "budgets": "budgets",
        "budget_items": "budget_items",
        "targets": "targets",
        "indicators": "indicators",
        "progress": "progress",
        "progress_results": "progress_results",
    },
    "risks": {"factors": "risk_factors", "controls": "risk_controls", "results": "risk_results"},
    "errata": {"records": "errata_records"},
}
"""By table: the properties that hold the rows inside one of its rows, and which table's rows they are."""

_Record = dict[str, Any]
_Held = Mapping[str, Mapping[str, list[_Record]]]


def nested_json(edition: Edition) -> bytes:
    """The plan with all rows of all tables; an empty cell is null, a number has the digits that its cell has.

    A row repeats neither the plan's id nor the id of the row that holds it. A table that the package lacks has no
    property.
    """
    nestings = ((holder, table) for holder, properties in INSIDE.items() for table in properties.values())
    held = {table: _by_holder(edition, holder, table) for holder, table in nestings if table in edition.tables}
    (plan,) = _records(edition, "plans")
    others = {name: list(_records(edition, name)) for name in added_tables(edition)}
    return (_json({**_nest("plans", plan["plan_id"], plan, held), **others}) + "\n").encode()


def added_tables(edition: Edition) -> list[str]:
    """The tables that a profile adds to the standard; the plan holds their rows as they are."""
    return [
        name
        for name in edition.tables
        if name not in {"plans", *(table for inside in INSIDE.values() for table in inside.values())}
    ]


def _records(edition: Edition, table: str) -> Iterator[_Record]:
    names = [field.name for field in edition.tables[table].schema.fields]
    return (dict(zip(names, row, strict=True)) for row in edition.tables[table].values())


def _by_holder(edition: Edition, holder: str, table: str) -> Mapping[str, list[_Record]]:
    """The rows of a table with what they hold, by the id of the row that holds them."""
    (key,) = edition.family.tables[holder].primary_key
    groups: defaultdict[str, list[_Record]] = defaultdict(list)
    for record in _records(edition, table):
        groups[record[key]].append({name: value for name, value in record.items() if name not in ("plan_id", key)})
    return groups


def _nest(table: str, id_: str, record: _Record, held: _Held) -> _Record:
    """A record with the rows that belong to it, and those that belong to them."""
    inside = {
        name: [_nest(inner, next(iter(row.values())), row, held) for row in held[inner].get(id_, ())]
        for name, inner in INSIDE.get(table, {}).items()
        if inner in held
    }
    return {**record, **inside}


def _json(value: Any, indent: str = "\n") -> str:
    """JSON with two spaces, Thai as it reads, and decimal numbers exactly as they are, which ``json`` cannot write."""
    match value:
        case dict():
            return _bracketed("{}", (f"{_json(k)}: {_json(v, indent + '  ')}" for k, v in value.items()), indent)
        case list():
            return _bracketed("[]", (_json(v, indent + "  ") for v in value), indent)
        case Decimal():
            return f"{value:f}"
        case date():
            return _json(value.isoformat())
    return json.dumps(value, ensure_ascii=False)


def _bracketed(brackets: str, items: Iterable[str], indent: str) -> str:
    body = f",{indent}  ".join(items)
    return f"{brackets[0]}{indent}  {body}{indent}{brackets[1]}" if body else brackets
