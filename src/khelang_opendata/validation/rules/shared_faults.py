"""Faults that many cells of a table share, because of how it was saved or formatted: one issue in the place of many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from khelang_opendata.model.places import from_the_end
from khelang_opendata.model.report import Issue
from khelang_opendata.validation.rules.text_values import character_hidden, encoding_suspected_cp874, text_lost
from khelang_opendata.validation.rules.typed_values import number_grouped, thai_digits

_FEW = 3
"""Cells with the same fault that have an issue each; more have one together."""

_OF_TABLES = frozenset(rule.code for rule in (text_lost, encoding_suspected_cp874, character_hidden))
"""The rules whose faults a whole table has when it is saved wrongly."""
_OF_SINGLE_CELLS = ("error_value", "hashes", "control", "format", "line", "value", "value_unknown")
"""Their variants that have nothing to do with how a table was saved."""
_OF_COLUMNS = {(thai_digits.code, ""), (number_grouped.code, ""), (character_hidden.code, "value")}
"""The rules and variants of faults that a whole column has by its format, or by how it was filled in."""


class _CellFault(NamedTuple):
    """What cells share: the rule, the way in which they break it, and their column where others may be sound."""

    code: str
    variant: str
    column: str | None


class SharedFaults:
    """The faults of one table that many cells may share, and where they are."""

    def __init__(self) -> None:
        self._first: dict[_CellFault, list[Issue]] = {}
        self._rows: dict[_CellFault, list[int]] = {}
        self._columns: dict[_CellFault, dict[str, None]] = {}

    def held_back(self, issues: Iterable[Issue]) -> Iterator[Issue]:
        """The issues but those of such faults, which :meth:`issues` gives."""
        for issue in issues:
            fault = _fault_of(issue)
            if fault is None:
                yield issue
                continue
            self._rows.setdefault(fault, []).append(issue.location.row or 0)
            self._columns.setdefault(fault, {})[str(issue.location.field)] = None
            first = self._first.setdefault(fault, [])
            if len(first) < _FEW:
                first.append(issue)

    def issues(self) -> Iterator[Issue]:
        """One issue for a fault that many cells share, else that of each cell."""
        for fault, first in self._first.items():
            rows = self._rows[fault]
            if len(rows) <= _FEW:
                yield from first
                continue
            params = {
                **first[0].params,
                "variant": f"{fault.variant}_many".lstrip("_"),
                "count": len(rows),
                "columns": ", ".join(self._columns[fault]),
            }
            yield first[0]._replace(params=params if fault.column is None else {**params, "rows": from_the_end(rows)})


def _fault_of(issue: Issue) -> _CellFault | None:
    variant = str(issue.params.get("variant", ""))
    if issue.code in _OF_TABLES and variant not in _OF_SINGLE_CELLS:
        return _CellFault(issue.code, variant, None)
    if (issue.code, variant) in _OF_COLUMNS:
        return _CellFault(issue.code, variant, issue.location.field)
    return None
