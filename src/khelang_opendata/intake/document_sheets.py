"""The sheets of a plan document: for each project its sections, which are numbered or not and worded in many ways.

A heading counts where its words fit and its number, if it has one, is the next. Numbers alone would fit list items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.plan_document import DocumentLine, DocumentPlace, PlanDocument, clean_text, squeezed
from khelang_opendata.model.spoilt_text import tidied
from khelang_opendata.model.thai import ascii_text

_NUMBERED = re.compile(r"(\d{1,2}) ?[.)] ?")
_SHEET_NUMBER = re.compile(r"(?:ลำดับ|โครงการ)ที่ ?(\d{1,3})(?: ?[.:])?")
_DIMENSION = re.compile(r"ม[ิี]?[ตด][ิี]?(?:ที่|นี้) ?(\d{1,2}(?: ?\*)?)[ .:)]{0,3}(.*)")
_MISSION = re.compile(r"(\d{1,2}(?:\.\d{1,2}){1,3})[.)]? ?(?![\d.)])(.+)")
_NOTE = ("หมายเหตุ",)
_AFTER_WORDING = (":", "-", "–", "(", "：")
_LEAST_SECTIONS = 3
_LONGEST_HEADING = 300
_NAMED_AT_MOST = 6
"""Lines before the first heading of a sheet in which its number, mission and dimension are looked for."""


@dataclass
class SheetSection:
    """A section: its number in the sheet, and its lines."""

    number: int
    place: DocumentPlace
    lines: list[DocumentLine] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [line.text for line in self.lines]

    @property
    def text(self) -> str:
        """All of it in one line; between Thai letters a line break is no space."""
        return clean_text(tidied("\n".join(self.texts), ("line_break",)) or "")


@dataclass
class DocumentSheet:
    """A project's sheet."""

    place: DocumentPlace
    number: int | None = None
    number_printed: str = ""
    dimension: str = ""
    dimension_name: str = ""
    mission: str = ""
    mission_name: str = ""
    is_mission_before: bool = False
    """Whether the heading of the mission is directly before the sheet."""
    sections: dict[str, SheetSection] = field(default_factory=dict)
    notes: list[DocumentLine] = field(default_factory=list)

    def section(self, name: str) -> SheetSection | None:
        return self.sections.get(name)


@dataclass
class _LinesBefore:
    """The lines before a sheet that say what it is under."""

    kept: list[DocumentLine] = field(default_factory=list)

    def add(self, line: DocumentLine) -> None:
        self.kept = [*self.kept[1 - _NAMED_AT_MOST :], line]


def read_sheets_of(document: PlanDocument) -> list[DocumentSheet]:
    """The sheets of a document in their order.

    Args:
        document: the document, also with sheets that are tables.
    """
    sheets: list[DocumentSheet] = []
    before = _LinesBefore()
    current: DocumentSheet | None = None
    last = 0
    section: SheetSection | None = None
    for line in document.lines():
        found = _heading(line.text, last, current.sections if current else {})
        if found and found[0] == "title":
            current = DocumentSheet(line.place)
            _name(current, before.kept, sheets)
            sheets.append(current)
        if current and found:
            name, number, rest = found
            section = SheetSection(number, line.place)
            current.sections[name] = section
            last = number
            if rest:
                section.lines.append(DocumentLine(rest, line.place))
        elif current and squeezed(line.text).startswith(_NOTE):
            section = None
            current.notes.append(line)
        elif current and section is None:
            current.notes.append(line)
        elif current and section is not None and not _ends(line.text):
            section.lines.append(line)
        elif section is not None:
            section = None
        before.add(line)
    return [sheet for sheet in sheets if len(sheet.sections) >= _LEAST_SECTIONS]


def _heading(text: str, last: int, taken: dict[str, SheetSection]) -> tuple[str, int, str] | None:
    """The section whose heading a line is, its number, and what of the line follows the heading."""
    if len(text) > _LONGEST_HEADING:
        return None
    plain = ascii_text(text)
    match = _NUMBERED.match(plain)
    number = int(match[1]) if match else 0
    rest = text[match.end() :] if match else text
    name, after = meaning_of_beginning("sections", squeezed(rest))
    if not name:
        return None
    is_whole = not after or after.startswith(":")
    if name == "title":
        begins = number in (0, 1) and (is_whole or (number == 1 and after.startswith(_AFTER_WORDING)))
        return (name, 1, _content(rest, after)) if begins else None
    if not taken or name in taken:
        return None
    is_next = number == last + 1 and (is_whole or after.startswith(_AFTER_WORDING))
    is_near = is_whole and number in (0, last, last + 2)
    return (name, last + 1 if number in (0, last) else number, _content(rest, after)) if is_next or is_near else None


def _content(text: str, after: str) -> str:
    """What follows a heading in its line: after its colon, or all that the wording does not have."""
    if not after:
        return ""
    kept = len(after)
    at = len(text)
    while kept and at:
        at -= 1
        kept -= not text[at].isspace()
    return text[at:].lstrip(" :：-–").strip()


def _ends(text: str) -> bool:
    """Whether a line is what comes before the next sheet."""
    plain = ascii_text(text)
    return bool(_SHEET_NUMBER.fullmatch(plain) or _DIMENSION.fullmatch(plain))


def _name(sheet: DocumentSheet, before: Sequence[DocumentLine], earlier: Sequence[DocumentSheet]) -> None:
    """Take the number, the mission and the dimension from the lines before a sheet, else from the sheet before."""
    if earlier:
        sheet.dimension, sheet.dimension_name = earlier[-1].dimension, earlier[-1].dimension_name
        sheet.mission, sheet.mission_name = earlier[-1].mission, earlier[-1].mission_name
    for kind, match, text in _naming(before):
        if kind == "number":
            sheet.number, sheet.number_printed = int(match[1]), text
        elif kind == "mission" and not sheet.is_mission_before:
            sheet.mission, sheet.mission_name, sheet.is_mission_before = match[1], text[match.start(2) :].strip(), True
        elif kind == "dimension":
            code = match[1].replace(" ", "")
            if code != sheet.dimension and not sheet.is_mission_before:
                sheet.mission = sheet.mission_name = ""
            sheet.dimension, sheet.dimension_name = code, text[match.start(2) :].strip()
            break


def _naming(before: Sequence[DocumentLine]) -> Iterator[tuple[str, re.Match[str], str]]:
    """The lines directly before a sheet that name it, from the last one on; others between them are few and short."""
    for line in reversed(before):
        plain = ascii_text(line.text)
        if match := _SHEET_NUMBER.fullmatch(plain):
            yield "number", match, line.text
        elif match := _DIMENSION.fullmatch(plain):
            yield "dimension", match, line.text
        elif match := _MISSION.fullmatch(plain):
            yield "mission", match, line.text
        elif not squeezed(line.text).startswith("โครงการเพิ่มเติม"):
            return


def is_continuous(sheets: Sequence[DocumentSheet]) -> bool:
    """Whether sheets are numbered through the plan: most print the number that they have in the order of all.

    Args:
        sheets: the sheets in an order.
    """
    printed = [sheet.number == at for at, sheet in enumerate(sheets, 1) if sheet.number]
    return bool(printed) and sum(printed) * 2 > len(printed)
