"""Damaged workbooks mean the same whichever program wrote them: XlsxWriter, or LibreOffice."""

from __future__ import annotations

from functools import cache

import pytest

from tests.conftest import needs
from tests.damaged_sheets import CASES, Case
from tests.other_writers import by_libreoffice, by_xlsxwriter
from tests.test_damaged_sheets import base, check_case
from tests.workbooks import edited

WRITTEN = CASES[2::9]
SAVED = CASES[::24]


@pytest.mark.parametrize("case", WRITTEN, ids=lambda case: case.name)
def test_damage_written_by_xlsxwriter(case: Case) -> None:
    check_case(case, by_xlsxwriter(edited(base()[1], case.damage)))


@cache
def saved() -> dict[str, bytes]:
    """The damaged workbooks as LibreOffice saves them, by the names of their cases."""
    made = by_libreoffice([edited(base()[1], case.damage) for case in SAVED])
    return dict(zip((case.name for case in SAVED), made, strict=True))


@needs("soffice")
@pytest.mark.system
@pytest.mark.parametrize("case", SAVED, ids=lambda case: case.name)
def test_damage_saved_by_libreoffice(case: Case) -> None:
    check_case(case, saved()[case.name])
