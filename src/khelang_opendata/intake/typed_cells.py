"""The text of a cell that holds no text: a number, a day, an answer; with what the spreadsheet shows of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"
    TIME = "time"
    ANSWER = "answer"


class CellText(str):
    """The value of a cell as text, which knows what the cell holds: of 0.5 whether a person sees 0.5 or 50%.

    It compares as any other text does. A cell that holds text has a ``str`` of Python.

    Attributes:
        kind: what the cell holds.
        shown: what the spreadsheet shows; None where that depends on the computer, or is not known.
    """

    kind: CellKind
    shown: str | None

    def __new__(cls, text: str, kind: CellKind = CellKind.TEXT, shown: str | None = None) -> CellText:
        made = super().__new__(cls, text)
        made.kind, made.shown = kind, shown
        return made


def kind_of(text: str) -> CellKind:
    """What the cell of a text holds."""
    return text.kind if isinstance(text, CellText) else CellKind.TEXT


def shown_of(text: str) -> str | None:
    """What the spreadsheet shows of the cell of a text; None where that is not known."""
    return text.shown if isinstance(text, CellText) else text


def as_seen(text: str) -> str:
    """What a person sees of the cell of a text, or else its value."""
    shown = shown_of(text)
    return str(text) if shown is None else shown


class Meaning(NamedTuple):
    """The value that a table holds for a cell.

    Attributes:
        value: the value; None where the cell is not understood.
        problem: the name of the remark in that case.
        taken: the name of the remark on a value that follows from the cell, but is not in it as such.
        params: the parameters of either remark, beside those that every cell has.
    """

    value: str | None
    problem: str = ""
    taken: str = ""
    params: Mapping[str, str] = MappingProxyType({})
