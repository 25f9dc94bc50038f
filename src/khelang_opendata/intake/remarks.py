"""What an import has to say of a cell: changed, taken for something, left out, or not understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from khelang_opendata.intake import notice
from khelang_opendata.model.places import address
from khelang_opendata.model.wording import Language


class RemarkKind(StrEnum):
    """The kinds of remarks, weightiest first; one that is not understood stops the import."""

    REFUSED = "refused"
    DELETED = "deleted"
    TAKEN = "taken"
    CHANGED = "changed"
    ADDED = "added"
    IGNORED = "ignored"


@dataclass(frozen=True)
class Remark:
    """One remark: its kind, the name of its sentence, and the cell; ``row`` and ``column`` count from zero."""

    kind: RemarkKind
    code: str
    sheet: str
    row: int | None = None
    column: int | None = None
    params: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Sheet and cell as a spreadsheet names them."""
        return self.sheet if self.row is None else address(self.sheet, self.row, self.column)

    def text(self, language: Language) -> str:
        """What it says, without the place."""
        return notice(f"remark_{self.code}", language, **self.params)


def is_remarks_sheet(cells: Sequence[Sequence[str]]) -> bool:
    """Whether a sheet is the list of remarks that a copy of a workbook has, by its first cell."""
    return bool(cells) and bool(cells[0]) and cells[0][0] in [notice("remarks_title", lang) for lang in Language]
