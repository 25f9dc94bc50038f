"""``python -m benchmarks.extraction PLAN``: how much of a plan's document the draft has right, column by column.

The draft is compared with a package that people made of the document: precision is the share of drafted cells that are
right, recall the share of the package's cells that are drafted right. What is marked certain must not be wrong.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from benchmarks.measure import ROOT
from khelang_opendata.intake.document_reading import read_document
from khelang_opendata.intake.draft_values import Confidence
from khelang_opendata.intake.drafting import PlanDraft, draft_plan

Row = Mapping[str, str]
Tables = Mapping[str, list[dict[str, str]]]
Cell = tuple[str, str, str]
"""A column as the table of results names it, a record, and a year or nothing."""

PROJECT_COLUMNS = (
    *("sequence_no", "sequence_printed", "project_kind", "title_th", "summary_title_printed", "eplan_title_th"),
    *("dimension_id", "mission_id", "lead_unit_printed", "summary_unit_printed"),
    *("start_fiscal_year_be", "end_fiscal_year_be"),
)


class ColumnScore(NamedTuple):
    """The counts of one column."""

    drafted: int
    true: int
    right: int
    certain: int
    wrong_certain: int


def scores(draft: PlanDraft, truth: Tables) -> dict[str, ColumnScore]:
    """The counts by column.

    Args:
        draft: the draft, with the plan's id of the truth.
        truth: the tables of the package that people made.
    """
    drafted, true = dict(_cells(draft.tables)), dict(_cells(truth))
    certain = {
        (_column(value.table, value.column), value.record, value.year)
        for value in draft.draft.values
        if value.confidence is Confidence.CERTAIN
    }
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for cell in {**drafted, **true}:
        one, other, counts = drafted.get(cell, ""), true.get(cell, ""), found[cell[0]]
        is_right, is_certain = one == other, cell in certain
        counts[0] += bool(one)
        counts[1] += bool(other)
        counts[2] += bool(one) and is_right
        counts[3] += is_certain
        counts[4] += is_certain and not is_right
    return {column: ColumnScore(*counts) for column, counts in found.items()}


def _column(table: str, column: str) -> str:
    return f"{table}.{column}"


def _cells(tables: Tables) -> Iterator[tuple[Cell, str]]:
    """The cells that are compared, without white space; amounts are the sum of a project's year."""
    units = {row["unit_id"]: row["name_th"] for row in tables["units"]}
    for row in tables["projects"]:
        id_ = row["project_id"]
        for name in PROJECT_COLUMNS:
            yield (_column("projects", name), id_, ""), _bare(row[name])
        yield (_column("projects", "lead_unit_id"), id_, ""), _bare(units.get(row["lead_unit_id"], ""))
    for table, key in (("dimensions", "dimension_id"), ("missions", "mission_id")):
        for row in tables[table]:
            yield (_column(table, "name_th"), row[key], ""), _bare(row["name_th"])
    amounts: dict[tuple[str, str], Decimal] = {}
    statuses: dict[tuple[str, str], str] = {}
    for row in tables["budgets"]:
        place = row["project_id"], row["fiscal_year_be"]
        amounts[place] = amounts.get(place, Decimal(0)) + Decimal(row["amount_thb"] or 0)
        statuses.setdefault(place, row["budget_status"])
    for place, amount in amounts.items():
        yield (_column("budgets", "amount_thb"), *place), str(amount.normalize())
        yield (_column("budgets", "budget_status"), *place), statuses[place]
    for row in tables["printed_totals"]:
        place = row["scope_id"], row["fiscal_year_be"]
        yield (_column("printed_totals", "amount_thb"), *place), str(Decimal(row["amount_thb"] or 0).normalize())


def _bare(text: str) -> str:
    return "".join(text.split())


def tables_in(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The tables of a package as text."""
    found = {}
    for path in sorted((folder / "data").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found[path.stem] = list(csv.DictReader(lines))
    return found


def main() -> None:
    """Print the table; the exit code is 1 where a value that is marked certain is wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extraction", description=main.__doc__)
    parser.add_argument("document", type=Path, help="the document of the plan")
    parser.add_argument("--package", type=Path, default=ROOT / "datapackage", help="the package that people made of it")
    args = parser.parse_args()
    truth = tables_in(args.package)
    name = args.document.name
    draft = draft_plan(read_document(args.document.read_bytes(), name), name, {"plan_id": truth["plans"][0]["plan_id"]})
    found = scores(draft, truth)
    print("| column | drafted | true | precision | recall | certain | wrong among certain |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for column, score in found.items():
        precision, recall = score.right / (score.drafted or 1), score.right / (score.true or 1)
        shown = f"{precision:.3f} | {recall:.3f} | {score.certain} | {score.wrong_certain}"
        print(f"| {column} | {score.drafted} | {score.true} | {shown} |")
    if any(score.wrong_certain for score in found.values()):
        sys.exit("something wrong is marked certain")


if __name__ == "__main__":
    main()
