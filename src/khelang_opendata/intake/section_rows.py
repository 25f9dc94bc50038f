"""Headings among the rows of a summary table: of a dimension, a mission or another part of the plan, by their words.

The wordings are those of the templates of the NACC of 2561-2564 and 2566-2570 (``มิติที่ 1``, ``ภารกิจตามมิติที่ 1``,
``1.1``) and of plans of strategies (``ยุทธศาสตร์ที่ 1``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from khelang_opendata.intake.plan_sheets import PlanColumn
from khelang_opendata.model.thai import ascii_text

DIMENSION, MISSION, UNIT = "dimension_id", "mission_id", "lead_unit_id"
"""The kinds of headings that say something of the projects below, by the columns of these."""

_CONTINUED = re.compile(r"\((?:ต่อ|continued|cont\.?)\)", re.IGNORECASE)
"""What a heading says besides where it is printed again on the next page."""
_DIMENSION = re.compile(r"(ภารกิจตาม)?(?:มิติ(?:ที่)?|dimension(?: no\.)?) ?(\d{1,2}(?: ?\*)?)(?![.\d]\d)", re.IGNORECASE)
_MISSION = re.compile(
    r"(?:(?:ภารกิจ(?:ตามมิติ|ตามภารกิจ)?|มิติ)(?:ที่)?|mission(?: area)?)? ?(\d{1,2}(?:\.\d{1,2}){1,3})(?!\d)", re.IGNORECASE
)
_NUMBER_OF_MISSION = re.compile(r"(?:ภารกิจ(?:ตามมิติ)?(?:ที่)?|mission(?: area)?) ?\d{1,2}(?![.\d])", re.IGNORECASE)
_OTHER = re.compile(r"(ยุทธศาสตร์|กลยุทธ์|แนวทาง|ด้าน|ส่วน|หมวด|แผนงาน|strategy|part)(?:ที่)? ?\d{1,2}(?!\d)", re.IGNORECASE)
_OF_UNIT = re.compile(
    r"(?:ส่วนราชการ|หน่วยงาน|ผู้รับผิดชอบ)(?:ที่)?(?:รับผิดชอบ)?(?:หลัก)? ?: ?|(?:responsible )?unit ?: ?", re.IGNORECASE
)
_UNIT_WORDS = ("สำนัก", "กอง", "ฝ่าย", "หน่วยตรวจสอบ")
_PROJECT_WORDS = ("โครงการ", "กิจกรรม", "project", "activity")
"""Words that begin the title of a project, and the name of no mission; มาตรการ (measure) begins either."""
_PLACES = ("sequence_no", "title_th", DIMENSION, MISSION)
"""The columns in which a heading begins."""
_BETWEEN = " .:)-–—"
_LONGEST_UNIT = 60


@dataclass(frozen=True)
class SectionName:
    """What a heading says: its kind, its number or code, and its name.

    Attributes:
        kind: ``dimension_id``, ``mission_id``, ``lead_unit_id``, or the word of another part such as ``ยุทธศาสตร์``.
        code: the number as it is typed, in digits of ASCII; empty for a unit.
        name: what is behind the number, or the unit; empty where there is nothing.
        is_named: whether a word says what it is: not a code alone, nor the dimension of missions (``ภารกิจตามมิติที่ 1``).
    """

    kind: str
    code: str = ""
    name: str = ""
    is_named: bool = True


def section_in(text: str) -> SectionName | None:
    """What a heading says; None for a text that does not begin as one.

    Args:
        text: the text, in digits of any script.
    """
    line = " ".join(_CONTINUED.sub("", " ".join(text.split())).split())
    plain = ascii_text(line)
    if match := _DIMENSION.match(plain):
        return SectionName(DIMENSION, match[2].replace(" ", ""), _behind(line, match.end()), not match[1])
    if match := _MISSION.match(plain):
        is_named = not plain[: match.start(1)].isspace() and match.start(1) > 0
        return SectionName(MISSION, match[1], _behind(line, match.end()), is_named)
    if match := _NUMBER_OF_MISSION.match(plain):
        return SectionName(MISSION, "", _behind(line, match.end()))
    if match := _OTHER.match(plain):
        return SectionName(match[1].lower(), "", _behind(line, match.end()))
    if match := _OF_UNIT.match(plain):
        return SectionName(UNIT, "", _behind(line, match.end()))
    return None


def is_like_unit(text: str) -> bool:
    """Whether a text of its own begins as the name of a unit does."""
    return text.startswith(_UNIT_WORDS) and len(text) <= _LONGEST_UNIT


def _behind(line: str, end: int) -> str:
    return line[end:].strip(_BETWEEN)


def section_text(cells: Sequence[str], columns: Mapping[int, PlanColumn], merged: Collection[int]) -> str:
    """The text of a row of the summary table that is perhaps a heading: of one cell, with the number beside it.

    Empty for a row that has more, such as an amount beside a title, and for one whose text says something of the
    project above, such as a second unit. A unit beside words such as ``มิติที่ 1`` is that of the heading.

    Args:
        cells: the row.
        columns: the table's columns by their places.
        merged: the places that have the value of a merged cell; one that goes over several rows is none of the row.
    """
    filled = {p: cells[p] for p in sorted(columns) if p < len(cells) and cells[p]}
    own = {p: text for p, text in filled.items() if p not in merged}
    beside = [p for p in own if columns[p].name == UNIT]
    if beside and any(said.is_named for p, text in own.items() if p not in beside and (said := section_in(text))):
        own = {p: text for p, text in own.items() if p not in beside}
    if not own:
        texts = {*(filled.values() if filled else filter(None, cells))}
        is_wide = not filled or any(columns[p].name == "title_th" for p in filled)
        return next(iter(texts)) if len(texts) == 1 and is_wide else ""
    if any(columns[p].name not in _PLACES for p in own):
        return ""
    numbers = [text for p, text in own.items() if columns[p].name == "sequence_no"]
    names = [text for p, text in own.items() if columns[p].name != "sequence_no"]
    if len(names) > 1:
        return ""
    if not numbers or not names:
        return next(iter((*names, *numbers)))
    said = section_in(names[0])
    if said and said.kind != MISSION:
        return names[0]
    return f"{numbers[0]} {names[0]}" if section_in(numbers[0]) else ""


def is_section(text: str) -> bool:
    """Whether a row that has this text alone is a heading, and no project of that title.

    Args:
        text: what ``section_text`` gives.
    """
    said = section_in(text)
    if said is None or (said.kind == UNIT and not said.name):
        return False
    is_title = not said.name or said.name.lower().startswith(_PROJECT_WORDS)
    return said.is_named or said.kind != MISSION or not is_title
