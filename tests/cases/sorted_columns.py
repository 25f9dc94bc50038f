"""Single columns that a spreadsheet sorted, and rows that it sorted as a whole."""

from __future__ import annotations

from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import Edit, Found, edit_table


def _sorted_alone(table: str, column: str, *, down: bool = False) -> Edit:
    """The cells of one column in order, empty ones last, while all others stay."""

    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(column)
        cells = [row[place] for row in rows[1:]]
        in_order = sorted(filter(None, cells), key=_key, reverse=down)
        for row, cell in zip(rows[1:], [*in_order, *[""] * cells.count("")], strict=True):
            row[place] = cell

    return edit_table(table, change)


def _key(cell: str) -> tuple[float, str]:
    """A cell as Excel sorts it: numbers by their value, before texts."""
    return (float(cell), "") if cell.replace(".", "").isdigit() and cell.isascii() else (float("inf"), cell.casefold())


def _rows_sorted(table: str, column: str) -> Edit:
    def change(rows: list[list[str]]) -> None:
        place = rows[0].index(column)
        rows[1:] = sorted(rows[1:], key=lambda row: row[place])

    return edit_table(table, change)


def _alone(table: str, column: str, *, down: bool = False) -> Case:
    found: Found = ("column_sorted_alone", table, 2, column)
    return Case(
        f"{column} of {table} sorted alone{', down' * down}",
        _sorted_alone(table, column, down=down),
        (found,),
        source=PLAN,
    )


CASES = (
    _alone("projects", "title_en"),
    _alone("projects", "title_en", down=True),
    _alone("projects", "lead_unit_printed"),
    _alone("projects", "source_section"),
    _alone("objectives", "label_th"),
    _alone("steps", "label_th"),
    _alone("steps", "label_en", down=True),
    _alone("indicators", "verification_th"),
    _alone("indicators", "source_section"),
    *(
        Case(f"the rows of {table} sorted by {column}", _rows_sorted(table, column), (), source=PLAN)
        for table, column in (("objectives", "label_en"), ("steps", "label_th"))
    ),
    Case("titles of units sorted alone", _sorted_alone("units", "name_en"), (), source=PLAN),
    Case("codes of few kinds sorted alone", _sorted_alone("budgets", "amount_basis"), (), source=PLAN),
)
