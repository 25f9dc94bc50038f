"""The row of the errata that would explain a finding, as the sheet of errata of a workbook has it."""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.intake.importing import Imported
from khelang_opendata.intake.plan_sheets import ERRATUM_NO, PlanColumn, plan_sheets
from khelang_opendata.intake.record_labels import Labels, comparable, number_of_id
from khelang_opendata.intake.shown_values import shown
from khelang_opendata.model.places import letters
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily

_TABLE = "errata"


class OfferedErrata:
    """The rows for the sheet of errata of one workbook."""

    def __init__(self, imported: Imported, family: SchemaFamily) -> None:
        """Take the headings of the sheet, or those of the workbook's form where it has none.

        Args:
            imported: the workbook.
            family: the schemas of its tables.
        """
        plan = plan_sheets(family, None)[_TABLE]
        headings = imported.headings.get(_TABLE, {})
        is_english = sum(comparable(headings.get(c.name, "")) == comparable(c.titles[1]) for c in plan.columns)
        is_thai = sum(comparable(headings.get(c.name, "")) == comparable(c.titles[0]) for c in plan.columns)
        self._language = Language.EN if is_english > is_thai else Language.TH
        by_name = {column.name: column for column in plan.columns}
        places = imported.places.get(_TABLE) or {at: column.name for at, column in enumerate(plan.columns)}
        self._columns: dict[str, PlanColumn | None] = {}
        for at in range(max(places) + 1):
            column = by_name.get(places.get(at, ""))
            label = headings.get(column.name, column.title(self._language)) if column else letters(at)
            self._columns[" ".join(label.split())] = column
        self._labels = Labels.of(imported.tables)

    def row(self, offered: Mapping[str, str]) -> dict[str, str]:
        """The cells of the sheet's row from column A on, by their headings.

        Args:
            offered: the row of the table ``errata``.
        """
        return {label: self._cell(column, dict(offered)) for label, column in self._columns.items()}

    def _cell(self, column: PlanColumn | None, row: dict[str, str]) -> str:
        if column is None:
            return ""
        if column.name == ERRATUM_NO:
            return number_of_id(row["erratum_id"])
        value = shown(column, row, self._labels, self._language)
        return "" if value is None else " ".join(f"{value}".split())
