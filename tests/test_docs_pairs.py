"""Each page exists in Thai and in English, with the same headings and code blocks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENGLISH = ROOT / "docs/en"
THAI = ROOT / "docs/th"


def heading_levels(page: Path) -> list[int]:
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [len(marks) for marks in re.findall(r"^(#+) ", prose, flags=re.MULTILINE)]


def code_blocks(page: Path) -> list[str]:
    return re.findall(r"^```.*?^```$", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def test_both_languages_have_the_same_pages() -> None:
    english, thai = ({page.name for page in folder.glob("*.md")} for folder in (ENGLISH, THAI))
    assert english == thai


@pytest.mark.parametrize("thai", sorted(THAI.glob("*.md")), ids=lambda page: page.name)
def test_a_page_is_the_same_in_both_languages(thai: Path) -> None:
    english = ENGLISH / thai.name
    assert heading_levels(english) == heading_levels(thai)
    assert code_blocks(english) == code_blocks(thai)
