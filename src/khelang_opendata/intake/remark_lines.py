"""The remarks of an import as lines to read: one line for all cells of a column of which the same is said."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from khelang_opendata.intake.remarks import Remark
from khelang_opendata.model.places import letters
from khelang_opendata.model.wording import Language


def remark_lines(remarks: Sequence[Remark], language: Language) -> list[str]:
    """A line for each thing that is said, with all its places, in the order of the first ones.

    Args:
        remarks: those of one kind.
        language: of the lines.

    Example:
        ``ขั้นตอน!B5, B7:B9: …`` for four cells, ``ขั้นตอน!5:9: …`` for five rows.
    """
    rows: dict[tuple[str, int | None, str], list[int]] = {}
    for remark in remarks:
        places = rows.setdefault((remark.sheet, remark.column, remark.text(language)), [])
        places += [] if remark.row is None else [remark.row + 1]
    return [
        f"{sheet}{'!' if numbers else ''}{', '.join(_spans(numbers, column))}: {text}"
        for (sheet, column, text), numbers in rows.items()
    ]


def _spans(numbers: Sequence[int], column: int | None) -> Iterator[str]:
    """The cells of a column, or whole rows, each run of them as a spreadsheet names it."""
    letter = "" if column is None else letters(column)
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    for run in runs:
        is_one = len(run) == 1 and column is not None
        yield f"{letter}{run[0]}" if is_one else f"{letter}{run[0]}:{letter}{run[-1]}"
