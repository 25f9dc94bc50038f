"""Examples of the standard that another municipality copies and fills in half."""

from __future__ import annotations

from pathlib import Path

from tests.cases import Case
from tests.conftest import edit_descriptor
from tests.edits import MAE_THUNG, cell, together

owned = cell(
    "plans",
    2,
    lao_name_th="เทศบาลตำบลบ้านใหม่",
    lao_name_en="Ban Mai Subdistrict Municipality",
    province_th="เชียงราย",
    province_code="TH-57",
    district_th="เมืองเชียงราย",
)
"""The plan is another municipality's."""


def _name_alone(folder: Path) -> None:
    edit_descriptor(folder, lambda d: d.update(name="ban-mai-2561-2564"))


def renamed(folder: Path) -> None:
    """Another municipality's own id, put in place of the example's wherever it is."""
    _name_alone(folder)
    for path in folder.glob("data/*.csv"):
        path.write_text(path.read_text(encoding="utf-8").replace(MAE_THUNG, "ban-mai-2561-2564"), encoding="utf-8")


_TABLES = ("errata", "indicators", "projects", "risk_controls", "risk_factors", "risks", "steps")

_LEFT = (
    ("example_copied", None, None, None),
    *(("example_copied", table, 2, None) for table in _TABLES),
)

CASES = (
    Case("owner alone changed", owned, (("example_copied", "plans", 2, "plan_id"),)),
    Case("name alone changed", _name_alone, (("name_differs", "plans", 2, "plan_id"),)),
    Case("id and owner changed", together(renamed, owned), _LEFT),
    Case("id changed", renamed, (*_LEFT, ("example_copied", "plans", 2, "lao_name_th"))),
)
