"""The findings in a table, with the error types of frictionless, the standard's own library."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class FindingType(StrEnum):
    """The kinds of findings, named as frictionless names its errors; it has none for unique keys."""

    TYPE = "type-error"
    CONSTRAINT = "constraint-error"
    UNIQUE = "unique-error"
    PRIMARY_KEY = "primary-key"
    UNIQUE_KEY = "unique-key"
    FOREIGN_KEY = "foreign-key"
    BLANK_ROW = "blank-row"
    EXTRA_CELL = "extra-cell"
    MISSING_CELL = "missing-cell"
    BLANK_HEADER = "blank-header"
    BLANK_LABEL = "blank-label"
    DUPLICATE_LABEL = "duplicate-label"
    INCORRECT_LABEL = "incorrect-label"
    EXTRA_LABEL = "extra-label"
    MISSING_LABEL = "missing-label"


OF_HEADING = frozenset(kind for kind in FindingType if kind.endswith(("header", "label")))
"""The kinds of findings in a heading."""


class Finding(NamedTuple):
    """One thing wrong in one row.

    ``row`` is the record's number in the file, the first being 1: a heading counts, a blank line counts, a cell of
    several lines counts once. A finding of a key or of a whole row has no ``field`` and no ``cell``; an extra cell
    has no ``field``. In a heading, whose last row it has, ``field`` is the field that is due, and ``cell`` the label.
    """

    type: FindingType
    row: int
    field: str | None = None
    cell: str | None = None
    constraint: str | None = None
    """For a constraint error, the constraint's name, such as ``required``, or ``categories``."""
    key: tuple[str, ...] = ()
    """For a primary, unique or foreign key, its fields in this table."""
    same_as: int | None = None
    """For a repeated value or key, the row where it occurs first; None for a primary key without any value."""
