"""The state of an import while sheet after sheet is taken: old and new rows, labels, remarks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.cell_meanings import meaning
from khelang_opendata.intake.cell_origins import Origins
from khelang_opendata.intake.plan_sheets import PlanColumn, Row
from khelang_opendata.intake.record_labels import Labels, labels_of
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.sheet_headings import DataRow
from khelang_opendata.intake.typed_cells import Meaning, as_seen
from khelang_opendata.standard.family import SchemaFamily

_LONGEST = 80
_GIVEN = ("funding_source", "source_basis", "amount_basis")
"""Columns of budget lines that import fills in where a new row leaves them empty."""
_LEAST_DIGITS = 2
_UNITS = {"value": "value_unit", "quantity": "quantity_unit"}
"""The columns of numbers, and those of the units that they are counted in."""


@dataclass
class Merge:
    """An import under way.

    Attributes:
        family: the package's schemas.
        plan_id: the plan's id, with which every other id begins.
        old: the tables of the package as they are.
        older: the labels of the old records.
        new: the tables as far as they are taken.
        remarks: what there is to say so far.
        source: the place in the document of new rows that name none.
        labels: the labels of the records as the workbook has them.
        origins: the cells that the new rows came from.
    """

    family: SchemaFamily
    plan_id: str
    old: Mapping[str, list[Row]]
    older: Labels
    new: dict[str, list[Row]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    source: str = ""
    labels: Labels = field(default_factory=lambda: Labels({}))
    origins: Origins = field(default_factory=Origins)

    def rows(self, table: str) -> list[Row]:
        """The old rows of a table."""
        return self.old.get(table, [])

    def relabel(self, table: str) -> None:
        """Take the labels of a table's records from its new rows."""
        self.labels = Labels({**self.labels.by_table, table: labels_of(table, self.new[table])})

    def blank(self, table: str) -> Row:
        """A new row of a table, with nothing but the plan's id."""
        row = dict.fromkeys((f.name for f in self.family.tables[table].fields), "")
        return {**row, "plan_id": self.plan_id}

    def read(self, column: PlanColumn, data: DataRow, row: Row) -> Meaning:
        """What a cell means; with a remark where it is not understood."""
        text = data.text(column.name)
        if column.name in data.errors:
            return Meaning(None)  # which has its remark already
        found = meaning(column, text, row, self.labels, self.older, data.text(_UNITS.get(column.name, "")))
        if found.value and column.name in data.filled and column.field and column.field.descriptor["type"] == "number":
            found = Meaning(None, "amount_merged")
        if found.value is None:
            self._remark(RemarkKind.REFUSED, found.problem, column, data, found.params)
        return found

    def _remark(
        self, kind: RemarkKind, code: str, column: PlanColumn, data: DataRow, params: Mapping[str, str]
    ) -> None:
        of_cell = {"text": as_seen(data.text(column.name))[:_LONGEST], **column.named}
        self.remarks.append(data.remark(kind, code, column.name, **of_cell, **params))

    def take(self, column: PlanColumn, data: DataRow, row: Row, *, is_new: bool) -> None:
        """Write a cell's value into a row: a value that says the same stays as it was, another is a remark."""
        self.origins.note(row, data, column.name)
        before, text = row.get(column.name, ""), data.text(column.name)
        if before and column.field and column.field.holds_texts and is_same(column, before, as_seen(text)):
            return
        found = self.read(column, data, row)
        value = found.value
        if value is None or column.field is None or is_same(column, before, value):
            return
        if not value and _keeps(column):
            return
        row[column.name] = value
        if found.taken:
            self._remark(RemarkKind.TAKEN, found.taken, column, data, found.params)
        if not is_new:
            shown = {"before": self.shown(column, before), "after": as_seen(text)[:_LONGEST]}
            self._remark(RemarkKind.CHANGED, "cell_changed", column, data, shown)

    def shown(self, column: PlanColumn, value: str) -> str:
        """An old value as a remark shows it."""
        text = self.older.label(column.refers_to, value) if column.refers_to and column.refers_to != "*" else value
        return text[:_LONGEST] or "–"

    def take_source(self, data: DataRow, row: Row) -> None:
        """Fill in the place in the document of a new row that names none."""
        if "source_section" in row and not row["source_section"] and self.source:
            row["source_section"] = self.source
            self.remarks.append(data.remark(RemarkKind.TAKEN, "source_taken", None, text=self.source[:_LONGEST]))

    def deleted(self, table: str, sheet: str, text: str) -> None:
        """Remark that a row of the package is not in the workbook."""
        about = self.family.tables[table].descriptor
        params = {"text": text[:_LONGEST], "table": about["title"], "table_en": about["title_en"]}
        self.remarks.append(Remark(RemarkKind.DELETED, "row_deleted", sheet, params=params))


def _keeps(column: PlanColumn) -> bool:
    """Whether an empty cell leaves the old value: it must have one, or import itself gave it one."""
    is_needed = bool(column.field and column.field.descriptor.get("constraints", {}).get("required"))
    return is_needed or column.name in _GIVEN


def is_same(column: PlanColumn, before: str, after: str) -> bool:
    """Whether two values of a column say the same: 20000.00 is 20000, TRUE is true, and a last space does not count."""
    one, other = (column.field.value(text) if column.field else None for text in (before, after))
    return (one is not None and one == other) or " ".join(before.split()) == " ".join(after.split())


def next_id(table: str, plan_id: str, taken: Sequence[str], wanted: int | None = None) -> str:
    """An id that no record has: with the wanted number where it is free, else after the greatest."""
    letter = {"projects": "P", "units": "U", "risks": "R", "errata": "E"}[table]
    numbers = {int(id_.rpartition(letter)[2]) for id_ in taken if id_.rpartition(letter)[2].isdigit()}
    widths = {len(id_.rpartition(letter)[2]) for id_ in taken}
    number = wanted if wanted and wanted not in numbers else max(numbers, default=0) + 1
    return f"{plan_id}-{letter}{number:0{max(widths, default=_LEAST_DIGITS)}d}"


def placed_after(kept: Sequence[Row], new: Sequence[Row], key: Callable[[Row], object]) -> list[Row]:
    """The rows that are kept, with each new one after the last of its group, or at the end."""
    waiting: dict[object, list[Row]] = {}
    for row in new:
        waiting.setdefault(key(row), []).append(row)
    last = {key(row): at for at, row in enumerate(kept)}
    placed = []
    for at, row in enumerate(kept):
        placed.append(row)
        if last[key(row)] == at:
            placed += waiting.pop(key(row), ())
    return [*placed, *(row for rows in waiting.values() for row in rows)]
