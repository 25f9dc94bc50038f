"""The records of a plan found by their ids, and the levels above a mission or a unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from khelang_opendata.formats.about import Both
from khelang_opendata.model.failures import DataError
from khelang_opendata.package.edition import Edition
from khelang_opendata.validation.rules.portal_readiness import TABLE_LIMITS

Record = Mapping[str, str]

NOTHING: Record = {}

_MOST_ABOVE = TABLE_LIMITS["levels"]
"""Levels above a mission or a unit. Each row repeats all of them, so a file grows with the product of both."""


@dataclass(frozen=True)
class Joins:
    """The tables of an edition by the ids that others refer to them with."""

    edition: Edition

    @cached_property
    def dimensions(self) -> Mapping[str, Record]:
        return self._by("dimensions", "dimension_id")

    @cached_property
    def missions(self) -> Mapping[str, Record]:
        return self._by("missions", "mission_id")

    @cached_property
    def units(self) -> Mapping[str, Record]:
        return self._by("units", "unit_id")

    @cached_property
    def projects(self) -> Mapping[str, Record]:
        return self._by("projects", "project_id")

    @cached_property
    def names(self) -> Mapping[str, Both]:
        """The names in Thai and in English of the records that have one, by their ids; Thai where English lacks."""
        found: dict[str, Both] = {}
        for table in self.edition.tables.values():
            label, key = table.schema.label_column, table.schema.primary_key
            if label and len(key) == 1:
                english = label.replace("_th", "_en")
                found |= {r[key[0]]: (r[label], r.get(english) or r[label]) for r in table.records()}
        return found

    def dimension_heading(self, dimension_id: str) -> Both:
        """The number and the name of a dimension; two empty texts without one."""
        dimension = self.dimensions.get(dimension_id, NOTHING)
        code, name = dimension.get("dimension_code", ""), dimension.get("name_th", "")
        return f"{code} {name}".strip(), f"{code} {dimension.get('name_en') or name}".strip()

    def mission_path(self, mission_id: str) -> list[Record]:
        """A mission and those above it, the highest first; empty without a mission."""
        return _path("missions", self.missions, mission_id, "parent_mission_id")

    def unit_path(self, unit_id: str) -> list[Record]:
        """A unit and those above it, the highest first; empty without a unit."""
        return _path("units", self.units, unit_id, "parent_unit_id")

    def division(self, unit_id: str) -> Record:
        """The unit directly under the organisation that a unit belongs to; the organisation is its own."""
        path = self.unit_path(unit_id) or [NOTHING]
        return next((unit for unit in path if unit.get("unit_level") != "lao"), path[0])

    def _by(self, table: str, key: str) -> dict[str, Record]:
        return {record[key]: record for record in self.edition.records(table)}


def grouped(records: Iterable[Record], column: str) -> Mapping[str, Sequence[Record]]:
    """Records by the value of a column."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[record[column]].append(record)
    return found


def _path(table: str, records: Mapping[str, Record], id_: str, parent: str) -> list[Record]:
    """A record and those above it; DataError where that is more levels than the files of a release can show."""
    found: list[Record] = []
    here = id_
    while here:
        if len(found) > _MOST_ABOVE:
            raise DataError("form_refused", "depth", table=table, id=id_, field=parent, limit=_MOST_ABOVE)
        found.append(records[here])
        here = records[here][parent]
    return found[::-1]
