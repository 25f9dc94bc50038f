"""All that the data hold about one project, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from khelang_opendata.formats.joins import Record, grouped
from khelang_opendata.site.project_rows import ProjectRow, ProjectRows

_PER_CENT = 100


@dataclass(frozen=True)
class BudgetLine:
    """A line of a project's budget, its expense items, and its part of the largest line in per cent."""

    record: Record
    items: Sequence[Record]
    per_cent: Decimal

    @property
    def amount(self) -> Decimal | None:
        """The amount in baht; None where the table has none."""
        return Decimal(self.record["amount_thb"]) if self.record["amount_thb"] else None


@dataclass(frozen=True)
class ProjectView:
    """A project with its records of all tables, and its neighbours in the document."""

    row: ProjectRow
    tables: Mapping[str, Sequence[Record]]
    lines: Sequence[BudgetLine]
    units: Sequence[Record]
    missions: Sequence[Record]
    parent: ProjectRow | None
    children: Sequence[ProjectRow]
    previous: ProjectRow | None
    next: ProjectRow | None

    @property
    def record(self) -> Record:
        """The project itself."""
        return self.row.record

    @cached_property
    def promises(self) -> Mapping[str, Sequence[Record]]:
        """The promises by the step that they are of."""
        return grouped(self.tables["step_promises"], "step_no")

    @cached_property
    def results(self) -> Mapping[str, Sequence[Record]]:
        """The reported results by the indicator that they are of."""
        return grouped(self.tables["progress_results"], "indicator_no")

    @cached_property
    def errata(self) -> Sequence[Record]:
        """The contradictions about the project, the weightiest first, each once."""
        return [*{erratum["erratum_id"]: erratum for erratum in self.row.errata}.values()]

    @property
    def is_period_not_said(self) -> bool:
        """Whether the document does not say if an amount is for a year or for all years."""
        return "not_said" in self.row.flags


_TABLES = (
    *("objectives", "steps", "step_promises", "targets", "indicators"),
    *("project_units", "progress", "progress_results"),
)


@dataclass(frozen=True)
class ProjectViews:
    """The views of all projects of a plan."""

    rows: ProjectRows

    @cached_property
    def all(self) -> Sequence[ProjectView]:
        """The views, in the document's order."""
        return [self._view(index, row) for index, row in enumerate(self.rows.all)]

    @cached_property
    def _tables(self) -> Mapping[str, Mapping[str, Sequence[Record]]]:
        records = self.rows.figures.edition.records
        return {name: grouped(records(name), "project_id") for name in _TABLES}

    @cached_property
    def _items(self) -> Mapping[str, Sequence[Record]]:
        return grouped(self.rows.figures.edition.records("budget_items"), "project_id")

    @cached_property
    def _children(self) -> Mapping[str, Sequence[Record]]:
        return grouped(self.rows.figures.projects, "parent_project_id")

    def _view(self, index: int, row: ProjectRow) -> ProjectView:
        id_, joins = row.record["project_id"], self.rows.figures.joins
        rows = self.rows.all
        return ProjectView(
            row,
            {name: table.get(id_, ()) for name, table in self._tables.items()},
            self._lines(id_),
            joins.unit_path(row.record["lead_unit_id"]),
            joins.mission_path(row.record["mission_id"]),
            self.rows.by_id.get(row.record["parent_project_id"]),
            self.rows.of(self._children.get(id_, ())),
            rows[index - 1] if index else None,
            rows[index + 1] if index + 1 < len(rows) else None,
        )

    def _lines(self, id_: str) -> list[BudgetLine]:
        lines = sorted(self.rows.figures.lines.get(id_, ()), key=lambda line: line["fiscal_year_be"] or "9")
        items = grouped(self._items.get(id_, ()), "line_no")
        most = max((Decimal(line["amount_thb"] or 0) for line in lines), default=Decimal())
        return [BudgetLine(line, items.get(line["line_no"], ()), _share(line, most)) for line in lines]


def _share(line: Record, most: Decimal) -> Decimal:
    share = Decimal(line["amount_thb"] or 0) * _PER_CENT / most if most else Decimal()
    return round(share, 2)
