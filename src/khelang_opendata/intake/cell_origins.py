"""The cells of a workbook that the values of a package came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.sheet_headings import DataRow
from khelang_opendata.model.places import address


@dataclass(frozen=True)
class CellOrigin:
    """A cell of a sheet, or a whole row where ``column`` is None; both count from zero."""

    sheet: str
    row: int
    column: int | None = None

    @property
    def address(self) -> str:
        """Sheet and cell as a spreadsheet names them."""
        return address(self.sheet, self.row, self.column)


@dataclass
class _Known:
    row: Row
    """Kept, so that no later row takes its identity in memory."""
    place: CellOrigin
    columns: dict[str, CellOrigin] = field(default_factory=dict)


class Origins:
    """The origin of each row and value of an import.

    A row is known by its identity, not by its key: keys are made while the sheets are taken, and a faulty workbook has
    rows of equal keys. A row that the workbook does not have has no origin.
    """

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def note_row(self, row: Row, data: DataRow) -> None:
        """Note the row of a sheet that a row of a table came from."""
        self._known.setdefault(id(row), _Known(row, CellOrigin(data.sheet, data.row)))

    def note(self, row: Row, data: DataRow, name: str, column: str | None = None) -> None:
        """Note the cell that a value came from.

        Args:
            row: the row of the table.
            data: the row of the sheet.
            name: the column of the sheet.
            column: the column of the table, where its name is another.
        """
        self.note_row(row, data)
        if name in data.columns:
            self._known[id(row)].columns[column or name] = CellOrigin(data.sheet, data.row, data.columns[name])

    def of(self, row: Row, column: str | None = None) -> CellOrigin | None:
        """The cell that a value came from, the row where the sheet has no such column; None for a row without origin.

        Args:
            row: a row of the tables of the import, the same object.
            column: its column; None for the row itself.
        """
        known = self._known.get(id(row))
        if known is None:
            return None
        return known.columns.get(column or "", known.place)
