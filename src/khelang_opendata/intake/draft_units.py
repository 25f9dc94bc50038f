"""The units of a drafted package: a tree of what the sheets name, in which the short forms of the table are found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from khelang_opendata.intake.document_units import UnitName, units_in, units_of
from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.plan_document import clean_text, mended, squeezed
from khelang_opendata.intake.plan_sheets import Row
from khelang_opendata.intake.row_matching import likeness

_MISPRINT = 0.9
_COMPARED_AT_MOST = 200
_LONGEST = 300
_WORD = re.compile(r"[^\s()/*,]+")
_ALL = ("ทุก", "ทั้งหมด")
_LEAST_WORD = 3


@dataclass
class DraftUnits:
    """The units with their ids; the local government is the first."""

    plan_id: str
    lao: str
    rows: list[Row] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)
    _meant: dict[str, UnitName] = field(default_factory=dict)
    """By key, the unit for which a name that is a misprint counts."""
    _lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By id, the names of a unit and of those above it below the local government."""

    def know(self, texts: Sequence[str]) -> None:
        """Take in what all sheets print, so that a name that is printed once is compared with those printed often."""
        counts: Counter[str] = Counter()
        units: dict[str, UnitName] = {}
        for text in texts:
            for unit in units_of(mended(text), self.lao):
                counts[unit.key] += 1
                units.setdefault(unit.key, unit)
        often = [units[key] for key, count in counts.items() if count > 1][:_COMPARED_AT_MOST]
        for key, count in counts.items():
            if count == 1:
                unit = units[key]
                alike = [other for other in often if _is_misprint(unit, other)]
                if len(alike) == 1:
                    self._meant[key] = alike[0]
        self._add(self.lao, "lao", "")

    def named(self, text: str) -> list[tuple[str, UnitName, bool]]:
        """The units that a sheet names: id, name, and whether the name is as it is printed."""
        found = []
        for unit in units_of(mended(text), self.lao):
            meant = self._meant.get(unit.key, unit)
            parent = self.rows[0]["unit_id"] if self.rows else ""
            for name, level in reversed(meant.above):
                parent = self._add(name, level, parent)
            found.append((self._add(meant.name, meant.level, parent), meant, meant is unit))
        return found

    def resolved(self, text: str) -> str:
        """The id of the unit that a cell of the table means, by the lowest unit that it names in short; empty for none.

        A division that no sheet names is added.
        """
        found = ""
        if squeezed(text).startswith(_ALL):
            return ""
        for word in _WORD.findall(mended(text)):
            bare = squeezed(word).removesuffix("ฯ")
            if len(bare) < _LEAST_WORD:
                continue
            below = [row for row in self.rows if row["unit_level"] != "lao" and self._is_below(row, found)]
            named = [row for row in below if squeezed(row["name_th"]).startswith(bare)]
            named = named or [row for row in below if bare in squeezed(row["name_th"])]
            if named:
                found = named[0]["unit_id"]
        return found or self._new(text)

    @property
    def root(self) -> str:
        return self.rows[0]["unit_id"]

    def name(self, id_: str) -> str:
        """The name of a unit; empty for none."""
        return self.line_of(id_)[0] if self.line_of(id_) else self.lao if id_ else ""

    def line_of(self, id_: str) -> tuple[str, ...]:
        """The names of a unit and of those above it below the local government."""
        return self._lines.get(id_, ())

    def kept(self, used: Set[str]) -> list[Row]:
        """The rows of units that are used, and of those above them.

        Args:
            used: ids.
        """
        above = {row["unit_id"]: row["parent_unit_id"] for row in self.rows}
        needed = {self.root}
        for unit in used:
            id_ = unit
            while id_ and id_ not in needed:
                needed.add(id_)
                id_ = above.get(id_, "")
        return [row for row in self.rows if row["unit_id"] in needed]

    def _is_below(self, row: Row, above: str) -> bool:
        return not above or self._lines[row["unit_id"]][1:][: len(self._lines[above])] == self._lines[above]

    def _new(self, text: str) -> str:
        stacked = units_in(text)
        name = clean_text(mended(stacked[0])) if stacked else ""
        level = meaning_of_beginning("unit_levels", squeezed(name))[0]
        return self._add(name[:_LONGEST], level, self.root) if level else ""

    def _add(self, name: str, level: str, parent: str) -> str:
        key = f"{squeezed(name)}|{parent}"
        if key not in self._ids:
            id_ = f"{self.plan_id}-U{len(self.rows) + 1:02d}"
            self._ids[key] = id_
            self._lines[id_] = () if level == "lao" else (name, *self._lines.get(parent, ()))
            self.rows.append(
                {
                    "plan_id": self.plan_id,
                    "unit_id": id_,
                    "name_th": name[:_LONGEST],
                    "unit_level": level,
                    "parent_unit_id": parent,
                }
            )
        return self._ids[key]


def _is_misprint(unit: UnitName, other: UnitName) -> bool:
    """Whether a name is nearly another one of the same level; names that differ in a number are two."""
    digits = [re.findall(r"\d+", one.key) for one in (unit, other)]
    is_beside = unit.level == other.level and len(unit.above) == len(other.above) and digits[0] == digits[1]
    return is_beside and likeness(unit.key[:_LONGEST], other.key[:_LONGEST]) >= _MISPRINT
