"""Packages as spreadsheets, people and attackers leave them, a module a topic: what was done, and what is found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.conftest import VALID
from tests.edits import Edit, Found


@dataclass(frozen=True)
class Case:
    """A damaged copy of a package.

    Args:
        name: what happened to it, in words.
        edit: does it.
        expected: the issues that the copy has and its source does not have; none where the damage is harmless.
        source: the package that is copied.
    """

    name: str
    edit: Edit
    expected: tuple[Found, ...]
    source: Path = VALID

    def __str__(self) -> str:
        return self.name
