"""Where a table that is no workbook of this program has the columns of a plan, as a person says it in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SheetLayout:
    """The layout of one sheet.

    Attributes:
        table: the table of the plan that it is.
        first: the first row of its heading, from zero.
        last: the last row of its heading.
        columns: our columns' headings by the places of its columns.
        signs: the budget statuses that 0, a dash and an empty cell of a year mean, by these signs.
    """

    table: str
    first: int
    last: int
    columns: Mapping[int, str]
    signs: Mapping[str, str]
