"""The rows of the summary table: the projects with their budget lines of all years side by side.

A project takes one row, and another for each further line of a year or for lines of another source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.plan_sheets import Row, Tables, sheet_texts

WHOLE = "whole_period"
NO_BUDGET, NOT_RUN, BUDGETED, SHARED, UNKNOWN = "no_budget", "not_run", "budgeted", "shared", "unknown"
ZERO, DASH, BLANK, TICK = "0", "-", "", "/"
_SIGNS = {"0": ZERO, "๐": ZERO, "-": DASH, "–": DASH}


def is_of_amounts(name: str) -> bool:
    """Whether a column of the summary table, by its name, has the amounts of a year or of all years together."""
    return name == WHOLE or name.isdigit()


def line_fields() -> Sequence[str]:
    """The columns of a budget line that hold for a whole row of the summary table."""
    names: list[str] = sheet_texts()["summary"]["line"]
    return names


@dataclass
class SummaryRow:
    """One row: its project, the lines by year (``whole_period`` for one of all years), and what they share."""

    project: Row
    lines: dict[str, Row] = field(default_factory=dict)
    shared: dict[str, str] = field(default_factory=dict)

    def takes(self, year: str, line: Row) -> bool:
        """Whether a line fits: its year is free, and no shared column contradicts it."""
        return year not in self.lines and all(
            not line.get(name) or not self.shared.get(name) or line[name] == self.shared[name] for name in line_fields()
        )

    def add(self, year: str, line: Row) -> None:
        self.lines[year] = line
        for name in line_fields():
            self.shared[name] = self.shared.get(name) or line.get(name, "")


def summary_rows(tables: Tables) -> list[SummaryRow]:
    """The rows in the order of the projects."""
    lines: dict[str, list[Row]] = {}
    for line in tables.get("budgets", []):
        lines.setdefault(line["project_id"], []).append(line)
    found = []
    for project in tables.get("projects", []):
        rows = [SummaryRow(project)]
        for line in lines.get(project["project_id"], []):
            year = line["fiscal_year_be"] or WHOLE
            row = next((row for row in rows if row.takes(year, line)), None)
            if row is None:
                row = SummaryRow(project)
                rows.append(row)
            row.add(year, line)
        found += rows
    return found


def meanings_of_signs(tables: Tables) -> Mapping[str, str]:
    """What 0 and a dash mean in a plan: the status that most lines have whose document prints the sign alone.

    A sign that no line prints has no meaning here.
    """
    counts: dict[str, Counter[str]] = {ZERO: Counter(), DASH: Counter()}
    for line in tables.get("budgets", []):
        sign = _SIGNS.get(line.get("summary_amount_printed", "").strip())
        if sign and line["budget_status"] != BUDGETED:
            counts[sign][line["budget_status"]] += 1
    return {sign: count.most_common(1)[0][0] for sign, count in counts.items() if count}


def sign_of(line: Row, meanings: Mapping[str, str]) -> str | None:
    """The sign for a line's status; None where the status is written out, or there is an amount."""
    return next((sign for sign, status in meanings.items() if status == line["budget_status"]), None)
