"""Synthetic sets of one large package: millions of rows of a plan, and a storm of errors."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from benchmarks import texts
from benchmarks.generate import (
    Plan,
    Row,
    Sums,
    Synthetic,
    Violation,
    add_budget,
    columns,
    violations,
    write_descriptor,
    write_package,
)
from khelang_opendata.package.datapackage import DESCRIPTOR

_PLAN_ID = "th-2566-2570"
ROWS_OF_A_PROJECT = 8
"""A project, five budgets, a target, an indicator."""

_BAD_CELLS = ["สูงมาก", "มาก", "ห้า", "ยี่สิบห้า"]
"""A risk's level, likelihood, impact and score: one off its pattern, three of a wrong type."""


def generate_large(path: Path, rows: int, seed: int, *, share: float) -> Synthetic:
    """Write one package whose tables have about so many rows; a complete one stays as it is.

    Args:
        path: the package's folder.
        rows: how many rows its large tables have together; the small ones have some fifty more.
        seed: another seed gives other rows.
        share: how many of the rows of the large tables carry a violation.
    """
    counts = path / "counts.json"
    if not (path / DESCRIPTOR).exists():
        written = Synthetic.of(path, _write_tables(path, rows // ROWS_OF_A_PROJECT, Random(seed), share))
        counts.write_text(json.dumps([written.violations, written.findings]), encoding="utf-8")
        write_descriptor(path, _plan())
    return Synthetic(path, *json.loads(counts.read_text(encoding="utf-8")))


def generate_storm(path: Path, bad_cells: int, seed: int) -> Synthetic:
    """Write one package whose table of risks has four bad cells a row; a complete one stays as it is."""
    if not (path / DESCRIPTOR).exists():
        rng, plan = Random(seed), _plan()
        risks = [_bad_risk(plan, number, rng) for number in range(1, bad_cells // len(_BAD_CELLS) + 1)]
        write_package(path, plan, {**plan.tables(rng), "risks": risks})
    return Synthetic(path, bad_cells, bad_cells)


def _bad_risk(plan: Plan, number: int, rng: Random) -> Row:
    row = plan.risk(number, rng)
    first = columns("risks").index("risk_level")
    row[first : first + len(_BAD_CELLS)] = _BAD_CELLS
    return row


def _plan() -> Plan:
    return Plan.invent(Random(0), _PLAN_ID)


def _write_tables(path: Path, projects: int, rng: Random, share: float) -> list[Violation]:
    """Write every table, the large ones row by row, and give the violations in them."""
    plan, numbers, sums = _plan(), range(1, projects + 1), Counter[tuple[int, int]]()
    (path / "data").mkdir(parents=True, exist_ok=True)
    large: dict[str, Iterable[Row]] = {
        "projects": (plan.project(number, rng) for number in numbers),
        "budgets": _added((row for number in numbers for row in plan.budgets(number, rng)), sums),
        "targets": (plan.target(number, 1, rng.choice(texts.AUDIENCES), rng) for number in numbers),
        "indicators": (plan.indicator(number, 1, rng) for number in numbers),
    }
    found = [violation for name, rows in large.items() for violation in _write(path, name, rows, rng, share)]
    small = {**plan.small_tables(rng), "plans": [plan.plan(projects)], "errata": [plan.erratum(1, rng)]}
    for name, rows in {**small, "printed_totals": plan.printed_totals(sums)}.items():
        _write(path, name, rows, rng, 0)
    return found


def _added(budgets: Iterable[Row], sums: Sums) -> Iterator[Row]:
    """The same rows, added up as they pass."""
    for row in budgets:
        add_budget(sums, row)
        yield row


def _write(path: Path, table: str, rows: Iterable[Row], rng: Random, share: float) -> list[Violation]:
    """Write a table, a share of its rows spoilt, and give the violations in it."""
    kinds = [violation for violation in violations() if violation.table == table]
    chosen: list[Violation] = []
    with (path / f"data/{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns(table))
        for row in rows:
            if rng.random() < share:
                chosen.append(rng.choice(kinds))
                writer.writerows(chosen[-1].change(row))
            else:
                writer.writerow(row)
    return chosen
