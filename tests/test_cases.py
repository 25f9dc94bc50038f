"""Every case of ``tests/cases`` gives the issues that it names, no more and no fewer."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

from tests import cases
from tests.cases import Case
from tests.edits import new_after

CASES: list[Case] = [
    case for module in iter_modules(cases.__path__) for case in import_module(f"tests.cases.{module.name}").CASES
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_gives_the_issues_that_it_names(case: Case, tmp_path: Path) -> None:
    assert new_after(case.edit, case.source, tmp_path / "copy") == sorted(case.expected, key=str)
