"""The summary table of a plan document: projects with their amounts by year, and the totals that are printed.

A cell may hold several titles, with their amounts and units stacked in the cells beside it or in rows below; a title
may go on in the next row after a page break. Each title keeps whether the table gives it amounts of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from khelang_opendata.intake.document_amounts import cell_parts, is_tick, printed_parts
from khelang_opendata.intake.document_units import units_in
from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.plan_document import (
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    clean_text,
    item_marks,
    squeezed,
)
from khelang_opendata.model.thai import ascii_text

NO_YEAR = 0
"""The key of an amount in a table without columns of years."""

_YEAR = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)")
_LONGEST_HEADING = 60
_ALONE = re.compile(r"(\d{1,3})[.)]?")
_DIMENSION = re.compile(r"ม[ิี]?[ตด][ิี]?(?:ที่|นี้)? ?(\d{1,2}(?: ?\*)?)[ .:)]{0,3}(.*)")
_NUMBERED = re.compile(r"(\d{1,2}\*?) ?[.)] ?(.*)")
_MISSION = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d{1,2}){1,3})[.)]? ?(?![\d.])")
_COUNT = re.compile(r"(\d{1,4}) ?(?:โครงการ|กิจกรรม|รายการ)")
_OF_PLAN = ("ทั้งสิ้น", "ทั้งหมด", "ทั้งแผน", "ทุกมิติ", "รวมทุก")
_AFTER_TOTAL = ("ทั้ง", "ทุก", "มิติ", "จำนวน", "ภารกิจ", "งบ", "ย่อย", "เงิน", "โครงการ")
_YEARS_AT_MOST = 20


@dataclass
class SummaryProject:
    """A project of the table: its title, what it is under, and the lines of its amounts by year, as printed."""

    number: int | None
    title: str
    dimension: str
    mission: str
    place: DocumentPlace
    lines: list[Mapping[int, str]] = field(default_factory=list)
    is_own: bool = True
    """Whether the amounts beside the title are surely its own."""
    group: int = 0
    """The number of the cell that it is in, the same for titles of one cell."""
    unit: str = ""
    is_of_ticks: bool = False
    """Whether its years share one amount, for several are ticked: that of each, or of all together."""


@dataclass(frozen=True)
class SummaryTotal:
    """A row of totals: of what (``dimension``, ``mission``, ``plan``), and its amounts by year, as printed."""

    scope: str
    code: str
    amounts: Mapping[int, str]
    place: DocumentPlace
    count: int | None = None
    mission: str = ""
    """The mission after whose projects the row is, where it does not say what it is of."""


@dataclass
class PlanSummary:
    """What the summary table says; names by codes as they are printed first."""

    years: list[int] = field(default_factory=list)
    projects: list[SummaryProject] = field(default_factory=list)
    totals: list[SummaryTotal] = field(default_factory=list)
    dimensions: dict[str, str] = field(default_factory=dict)
    missions: dict[str, str] = field(default_factory=dict)
    mission_dimensions: dict[str, str] = field(default_factory=dict)


@dataclass
class _SummaryColumns:
    """The columns of a table by what they hold."""

    named: Mapping[str, int]
    years: Mapping[int, int]

    def cell(self, row: DocumentRow, name: str) -> str:
        at = self.named.get(name)
        return row.cells[at] if at is not None and at < len(row.cells) else ""

    def year_cells(self, row: DocumentRow) -> dict[int, str]:
        """The cells of the years; where a year is only ticked, the amount beside it."""
        cells = {year: row.cells[at] if at < len(row.cells) else "" for year, at in self.years.items()}
        amount = self.cell(row, "amount")
        if not self.years:
            return {NO_YEAR: amount}
        if any(map(is_tick, cells.values())):
            return {year: amount if is_tick(text) else text or "-" for year, text in cells.items()}
        return cells

    def has_ticks(self, row: DocumentRow) -> bool:
        """Whether several years are ticked beside one amount."""
        ticked = [at for at in self.years.values() if at < len(row.cells) and is_tick(row.cells[at])]
        return len(ticked) > 1 and bool(cell_parts(self.cell(row, "amount")))


@dataclass
class _TitleCell:
    """Titles of one cell, with the amounts and units beside and below them."""

    projects: list[SummaryProject]
    lines: list[Mapping[int, str]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    is_flawed: bool = False


def read_summary(tables: Sequence[DocumentTable]) -> PlanSummary:
    """Read the parts of the summary table; without one the summary is empty.

    Args:
        tables: the tables of the document.
    """
    reader = _SummaryReader()
    columns: _SummaryColumns | None = None
    width = 0
    for table in tables:
        rows = [DocumentRow([clean_text(cell) for cell in row.cells], row.place) for row in table.rows]
        place = 0
        while place < len(rows):
            heading = _heading(rows, place)
            if heading:
                columns, height = heading
                width = len(rows[place].cells)
                reader.know_years(columns)
                place += height
                continue
            if columns and len(rows[place].cells) == width:
                reader.take(columns, rows[place])
            place += 1
    return reader.finished()


def _heading(rows: Sequence[DocumentRow], place: int) -> tuple[_SummaryColumns, int] | None:
    """The columns where a row is the heading of a summary table, and how many rows the heading has."""
    first = rows[place].cells
    second = rows[place + 1].cells if place + 1 < len(rows) else ()
    named: dict[str, int] = {}
    for at, cell in enumerate(first):
        name = meaning_of_beginning("columns", squeezed(cell))[0] if len(cell) <= _LONGEST_HEADING else ""
        if name and not _YEAR.search(ascii_text(cell)):
            named.setdefault(name, at)
    if "title" not in named:
        return None
    if "unit" not in named and "note" in named:
        named["unit"] = named["note"]
    years = _year_columns(first)
    below = _year_columns(second)
    is_below = not years and bool(below) and not second[named["title"]].strip() if len(second) == len(first) else False
    years = below if is_below else years
    if not years and ("amount" not in named or not ({"dimension", "mission", "unit"} & named.keys())):
        return None
    height = 1
    while place + height < len(rows) and _is_below_heading(rows[place + height], named["title"], first):
        height += 1
    return _SummaryColumns(named, years), height


def _year_columns(cells: Sequence[str]) -> dict[int, int]:
    found: dict[int, int] = {}
    for at, cell in enumerate(cells):
        years = _YEAR.findall(ascii_text(cell)) if len(cell) <= _LONGEST_HEADING else []
        if len(years) == 1 and not cell_parts(_YEAR.sub("", ascii_text(cell))):
            found.setdefault(int(years[0]), at)
    return found if len(found) <= _YEARS_AT_MOST else {}


def _is_below_heading(row: DocumentRow, title: int, first: Sequence[str]) -> bool:
    """Whether a row goes on with the heading: it repeats it, or has only words for money and years."""
    if len(row.cells) != len(first) or row.cells[title].strip() not in ("", first[title].strip()):
        return False
    filled = [squeezed(cell) for at, cell in enumerate(row.cells) if cell.strip() and cell != first[at]]
    return bool(filled) and all(cell.startswith(("งบ", "(บาท", "บาท", "ปี", "พ.ศ", "25", "24")) for cell in filled)


class _SummaryReader:
    """Takes the rows of a summary table in their order."""

    def __init__(self) -> None:
        self.summary = PlanSummary()
        self.dimension = self.mission = ""
        self.last: int | None = None
        self.groups: list[_TitleCell] = []
        self.is_numbered = False

    def know_years(self, columns: _SummaryColumns) -> None:
        known = self.summary.years
        known += [year for year in columns.years if year not in known]

    def take(self, columns: _SummaryColumns, row: DocumentRow) -> None:
        """Take a row: a total, a heading within the table, or titles and amounts."""
        if not any(cell.strip() for cell in row.cells):
            return
        begin = next((cell for cell in row.cells if cell.strip()), "")
        if _is_total(begin):
            self._take_total(columns, row, begin)
            return
        self._take_places(columns, row)
        cells = columns.year_cells(row)
        title = columns.cell(row, "title")
        is_heading = not any(map(cell_parts, cells.values())) and self._is_heading(title or begin)
        if not is_heading:
            self._take_titles(columns, row, title, cells)

    def _take_places(self, columns: _SummaryColumns, row: DocumentRow) -> None:
        """The dimension and the mission where their cells are filled in."""
        if text := columns.cell(row, "dimension").strip():
            plain = ascii_text(text)
            match = _DIMENSION.fullmatch(plain) or _NUMBERED.fullmatch(plain)
            if match:
                self._begin_dimension(match[1].replace(" ", ""), text[match.start(2) :])
        if (text := columns.cell(row, "mission").strip()) and not _DIMENSION.fullmatch(ascii_text(text)):
            self._begin_missions(text)

    def _is_heading(self, text: str) -> bool:
        """Take a dimension or missions whose name fills a row; whether it was one."""
        plain = ascii_text(text)
        if match := _DIMENSION.fullmatch(plain):
            self._begin_dimension(match[1].replace(" ", ""), text[match.start(2) :])
            return True
        if _MISSION.match(plain):
            self._begin_missions(text)
            return True
        return False

    def _begin_dimension(self, code: str, name: str) -> None:
        if code != self.dimension:
            self.mission = ""
        self.dimension = code
        self.summary.dimensions.setdefault(code, clean_text(name))

    def _begin_missions(self, text: str) -> None:
        """Take the missions that a cell names, of which the last one is the deepest; one without a code is none."""
        matches = list(_MISSION.finditer(ascii_text(text)))
        self.mission = ""
        if not matches:
            return
        for match, end in zip(matches, [*(m.start() for m in matches[1:]), len(text)], strict=True):
            self.mission = match[1]
            self.summary.missions.setdefault(match[1], clean_text(text[match.end() : end]))
            self.summary.mission_dimensions.setdefault(match[1], self.dimension)

    def _take_titles(self, columns: _SummaryColumns, row: DocumentRow, title: str, cells: Mapping[int, str]) -> None:
        before, titles = self._titles_of(title, columns.cell(row, "number"), cells)
        if before and self.summary.projects:
            self.summary.projects[-1].title = clean_text(f"{self.summary.projects[-1].title} {before}")
        if titles:
            found = [
                SummaryProject(
                    number, clean_text(text), self.dimension, self.mission, row.place, group=len(self.groups)
                )
                for number, text in titles
            ]
            self.summary.projects += found
            self.groups.append(_TitleCell(found))
        if self.groups:
            lines, is_even = _stacked(cells)
            group = self.groups[-1]
            group.lines += lines
            group.is_flawed = group.is_flawed or not is_even
            group.units += units_in(columns.cell(row, "unit"))
            for project in group.projects if columns.has_ticks(row) else ():
                project.is_of_ticks = True

    def _titles_of(self, text: str, number: str, cells: Mapping[int, str]) -> tuple[str, list[tuple[int | None, str]]]:
        """What of a cell goes on with the title before, and the titles that begin in it, with their numbers."""
        if not text.strip():
            return "", []
        alone = _ALONE.fullmatch(ascii_text(number).strip())
        if alone:
            self.last, self.is_numbered = int(alone[1]), True
            return "", [(self.last, text)]
        marks = item_marks(text, self.last)
        if marks:
            self.is_numbered, self.last = True, int(marks[-1][1])
            ends = [*(mark.start() for mark in marks[1:]), len(text)]
            titles = [(int(m[1]), text[m.end() : end]) for m, end in zip(marks, ends, strict=True)]
            return text[: marks[0].start()].strip(), list(titles)
        if self.is_numbered or (self.summary.projects and not any(map(cell_parts, cells.values()))):
            return text, []
        return "", [(None, text)]

    def _take_total(self, columns: _SummaryColumns, row: DocumentRow, begin: str) -> None:
        cells = {year: next(iter(printed_parts(text)), "") for year, text in columns.year_cells(row).items()}
        words = " ".join(cell for at, cell in enumerate(row.cells) if at not in columns.years.values())
        bare, count = squeezed(words), _COUNT.search(ascii_text(words))
        named = _DIMENSION.search(ascii_text(begin))
        unsaid = ""
        mission = _MISSION.search(ascii_text(begin))
        if any(word in bare for word in _OF_PLAN):
            scope, code = "plan", ""
        elif mission:
            scope, code = "mission", mission[1]
        elif "ภารกิจ" in squeezed(begin):
            scope, code = "mission", self.mission
        else:
            scope, code = "dimension", named[1].replace(" ", "") if named else self.dimension
            unsaid = "" if named or "มิติ" in squeezed(begin) else self.mission
        number = int(count[1]) if count else None
        self.summary.totals.append(SummaryTotal(scope, code, cells, row.place, number, unsaid))

    def finished(self) -> PlanSummary:
        """The summary, with the amounts and units of each cell of titles given to these."""
        waiting: list[str] = []
        for group in self.groups:
            _give_lines(group)
            waiting = _give_units(group, waiting)
        self.summary.totals = list(_scoped(self.summary.totals))
        return self.summary


def _scoped(totals: Sequence[SummaryTotal]) -> Iterator[SummaryTotal]:
    """The totals, of which those that a dimension has several of without saying of what are of its missions.

    One row after each mission is of that mission, and one more of the dimension; of other numbers none is guessed.
    """
    unsaid: dict[str, list[SummaryTotal]] = {}
    for total in totals:
        if total.mission:
            unsaid.setdefault(total.code, []).append(total)
    for total in totals:
        beside = unsaid.get(total.code, []) if total.mission else []
        missions = [one.mission for one in beside]
        if len(beside) <= 1:
            yield total
        elif len(set(missions)) == len(missions) or (
            total is not beside[-1] and len(set(missions[:-1])) == len(missions) - 1
        ):
            yield replace(total, scope="mission", code=total.mission)
        elif total is beside[-1] and len(set(missions[:-1])) == len(missions) - 1:
            yield total


def _is_total(begin: str) -> bool:
    rest = squeezed(begin).removeprefix("ยอด")
    if not rest.startswith("รวม"):
        return False
    after = rest.removeprefix("รวม")
    return not after or after.startswith(_AFTER_TOTAL) or not after[0].isalpha()


def _stacked(cells: Mapping[int, str]) -> tuple[list[Mapping[int, str]], bool]:
    """The amounts of a row, a line for each that is stacked in its cells; whether all cells have as many."""
    parts = {year: printed_parts(text) for year, text in cells.items()}
    height = max(map(len, parts.values()), default=0)
    lines = [{year: found[at] for year, found in parts.items() if at < len(found)} for at in range(height)]
    return list(lines), all(len(found) == height for found in parts.values())


def _give_lines(group: _TitleCell) -> None:
    """Give each title its line of amounts: where they are not as many, the first ones, and none surely."""
    is_own = len(group.lines) == len(group.projects) and not group.is_flawed
    for at, project in enumerate(group.projects):
        project.is_own = is_own
        project.lines = list(group.lines) if len(group.projects) == 1 else group.lines[at : at + 1]


def _give_units(group: _TitleCell, waiting: list[str]) -> list[str]:
    """Give each title its unit; what is left of one cell for titles of the next ones is returned."""
    units = group.units or waiting[: len(group.projects)]
    left = [] if group.units else waiting[len(group.projects) :]
    if len(group.projects) == 1 and len(units) > 1 and len(set(map(squeezed, units))) == 1:
        units, left = units[:1], units[1:]
    if len(units) == 1:
        units = units * len(group.projects)
    if len(units) == len(group.projects):
        for project, unit in zip(group.projects, units, strict=True):
            project.unit = unit
    elif len(group.projects) == 1:
        group.projects[0].unit = " ".join(units)
    return left
