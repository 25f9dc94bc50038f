"""Take what headings among the rows of the summary table say of the projects below: dimension, mission, unit.

A heading holds until the next one of its kind, or until one that it is within: in a table of dimensions with units
below each, a new dimension ends the unit; in one of units with dimensions below each, a new unit ends the dimension.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from khelang_opendata.intake.merging import Merge
from khelang_opendata.intake.plan_sheets import OWN_IDS, PlanColumn, Row
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.row_kinds import amounts_in
from khelang_opendata.intake.section_rows import (
    DIMENSION,
    MISSION,
    UNIT,
    SectionName,
    is_like_unit,
    section_in,
    section_text,
)
from khelang_opendata.intake.sheet_headings import DataRow, FoundSheet, data_rows
from khelang_opendata.model.thai import ascii_text

_TABLES = {DIMENSION: "dimensions", MISSION: "missions", UNIT: "units"}
_OF_STANDARD = ("1", "2", "3", "4")
"""The dimensions that every template of the NACC has; any other is a plan's own, and comes from its table."""
_LONGEST = 80


@dataclass
class SectionHeading:
    """A heading among the rows: its place, what it says, and the record that it names.

    Attributes:
        data: its cell, as a row of the sheet with the column of the record.
        said: what it says.
        record: the id of the record; empty where there is none.
        is_refused: whether a remark that stops the import names it.
        rows: the rows of data that it holds for.
    """

    data: DataRow
    said: SectionName
    record: str = ""
    is_refused: bool = False
    rows: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.data.any_text[:_LONGEST]


@dataclass
class Sections:
    """The rows of the projects of a summary table with what the headings above them say.

    Attributes:
        data: the rows, each with the labels of the records of its headings where its own cells are empty.
        headings: the headings of each row by the columns that they fill in.
    """

    data: list[DataRow]
    headings: Mapping[int, Mapping[str, SectionHeading]]

    def columns(self, found: FoundSheet) -> list[PlanColumn]:
        """The columns that headings fill in and the sheet has not."""
        there = {column.name for column in found.columns.values()}
        given = {name for headings in self.headings.values() for name in headings}
        return [column for column in found.plan.columns if column.name in given - there]

    def take(self, merge: Merge, column: PlanColumn, one: DataRow, row: Row, *, is_new: bool) -> None:
        """Note the heading as the origin of a value that it gives, and remark on it in a new project."""
        heading = self.headings.get(one.row, {}).get(column.name)
        if heading is None:
            return
        merge.origins.note(row, heading.data, column.name)
        if is_new and row[column.name]:
            params = {**column.named, "text": one.text(column.name)[:_LONGEST], "row": str(heading.data.row + 1)}
            merge.remarks.append(one.remark(RemarkKind.TAKEN, "section_taken", column.name, **params))


def rows_in_sections(merge: Merge, found: FoundSheet, own_sheets: Collection[str]) -> Sections:
    """The rows of the projects with what the headings above them say; remarks go to the import.

    Args:
        merge: the import, with the units, dimensions and missions taken.
        found: the sheet.
        own_sheets: the tables that sheets of the import have; headings add no record to these.
    """
    reader = _SectionReader(merge, found, own_sheets)
    data, remarks = data_rows(found, reader.names_a_record)
    headings = reader.read(data, remarks)
    return Sections([reader.filled(row, headings.get(row.row, {})) for row in data], headings)


class _SectionReader:
    def __init__(self, merge: Merge, found: FoundSheet, own_sheets: Collection[str]) -> None:
        self.merge, self.found, self.own_sheets = merge, found, own_sheets
        self.stack: list[SectionHeading] = []
        self.seen = {comparable(cell) for line in found.read.cells[: found.top.first] for cell in line if cell}

    def names_a_record(self, text: str) -> bool:
        """Whether a text that is alone in its row names a unit, a dimension or a mission of the plan."""
        return self._by_name(text) is not None

    def _by_name(self, text: str) -> tuple[SectionName, str] | None:
        """What a text without a number names, and the record's id; an unknown unit has none."""
        if unit := self.merge.labels.id_of("units", text):
            return (SectionName(UNIT, "", text), unit) if not text.strip(" .").isdecimal() else None
        for name in (DIMENSION, MISSION):
            same = [row[name] for row in self._rows(name) if comparable(text) in self._names(row)]
            if len(same) == 1:
                return SectionName(name, "", text), same[0]
        return (SectionName(UNIT, "", text), "") if is_like_unit(text) else None

    def _rows(self, name: str) -> list[Row]:
        return self.merge.new.get(_TABLES[name], [])

    def _names(self, row: Row) -> set[str]:
        return {comparable(row[name]) for name in ("name_th", "name_en") if row.get(name)}

    def read(self, data: Sequence[DataRow], remarks: Sequence[Remark]) -> dict[int, dict[str, SectionHeading]]:
        """The headings of each row of data; remarks on headings take the place of those that leave them out."""
        left = {r.row: r for r in remarks if r.code in ("band_left_out", "total_left_out") and r.row is not None}
        of_rows: dict[int, dict[str, SectionHeading]] = {}
        headings: dict[int, SectionHeading] = {}
        rows = {row.row: row for row in data}
        for at in sorted({*left, *rows}):
            if at in rows:
                of_rows[at] = self._of_row(rows[at])
            elif (heading := self._heading(at, is_total=left[at].code == "total_left_out")) is not None:
                headings[at] = heading
            elif left[at].code == "band_left_out":
                self._unknown(at)
        is_read = {at for at, one in headings.items() if one.record or one.is_refused}
        kept = [r for r in remarks if not (r.code == "band_left_out" and r.row in is_read)]
        wrong = list(self._totals(left, headings, of_rows, rows))
        judged = {row for row, _ in wrong}
        kept = [r for r in kept if not (r.code == "total_differs" and r.row in judged)]
        self.merge.remarks += [*kept, *self._of_headings(headings), *(r for _, found in wrong for r in found)]
        return {at: {n: one for n, one in of.items() if not rows[at].text(n)} for at, of in of_rows.items()}

    def _heading(self, at: int, *, is_total: bool) -> SectionHeading | None:
        """Take a row as a heading; None where it says nothing that is known."""
        cells = self.found.read.cells[at]
        read = self.found.read
        merged = {p for p in range(len(cells)) if (at, p) in read.filled or read.is_over_rows(at, p)}
        first = next((p for p, cell in enumerate(cells) if cell and p not in merged), 0)
        text = cells[first] if is_total else section_text(cells, self.found.columns, merged)
        if not text:
            return None
        said = section_in(text)
        by_name = self._by_name(said.name if said and said.kind == UNIT else text) if not is_total else None
        if said is None or (said.kind == UNIT and by_name):
            if by_name is None:
                return None
            said, record = by_name
        else:
            record = ""
        kind = said.kind
        heading = SectionHeading(DataRow(self.found.read.name, at, {kind: text}, {kind: first}, {}), said, record)
        self._place(heading)
        self._unit_beside(heading, cells)
        return heading

    def _unit_beside(self, heading: SectionHeading, cells: Sequence[str]) -> None:
        """Take a unit in its column beside a heading as that of the projects below."""
        place = next((p for p, column in self.found.columns.items() if column.name == UNIT), len(cells))
        text = cells[place] if place < len(cells) else ""
        at = heading.data.row
        if heading.said.kind not in (DIMENSION, MISSION) or not text or (at, place) in self.found.read.filled:
            return
        data = DataRow(self.found.read.name, at, {UNIT: text}, {UNIT: place}, {})
        self._place(SectionHeading(data, SectionName(UNIT, "", text), self.merge.labels.id_of("units", text) or ""))

    def _place(self, heading: SectionHeading) -> None:
        """Find the record of a heading, and put it where it is within others."""
        said = heading.said
        again = next((one for one in self.stack if one.said == said and said.kind in _TABLES), None)
        if again is not None:
            heading.record, heading.is_refused = again.record, again.is_refused
            heading.rows = again.rows
            return
        depth = said.code.count(".")
        ended = (DIMENSION, MISSION) if said.kind == DIMENSION else (said.kind,)  # for a mission is of one dimension
        same = (n for n, one in enumerate(self.stack) if one.said.kind in ended and one.said.code.count(".") >= depth)
        del self.stack[next(same, len(self.stack)) :]
        if said.kind == DIMENSION:
            self._find_dimension(heading)
        elif said.kind == MISSION:
            self._find_mission(heading)
        elif said.kind == UNIT and not heading.record:
            self._refuse(heading, "section_unit_unknown", unit=said.name[:_LONGEST])
        self.stack.append(heading)

    def _unknown(self, at: int) -> None:
        """End the mission or unit before a heading that says nothing known, but for the title of a page."""
        key = comparable(next(filter(None, self.found.read.cells[at]), ""))
        if key not in self.seen and self.stack and self.stack[-1].said.kind in (MISSION, UNIT):
            self.stack.pop()
        self.seen.add(key)

    def _refuse(self, heading: SectionHeading, code: str, **params: str) -> None:
        heading.is_refused = True
        kind = heading.said.kind
        self.merge.remarks.append(heading.data.remark(RemarkKind.REFUSED, code, kind, text=heading.text, **params))

    def _find_dimension(self, heading: SectionHeading) -> None:
        said, rows = heading.said, self._rows(DIMENSION)
        if heading.record:
            return
        known = next((row for row in rows if ascii_text(row["dimension_code"]) == said.code), None)
        if known is not None:
            self._check_name(heading, known, rows)
            heading.record = known[DIMENSION]
        elif said.code not in _OF_STANDARD and said.is_named:
            self._refuse(heading, "section_number_unknown")
        elif not (said.is_named and _is_thai(said.name)) or "dimensions" in self.own_sheets:
            self._refuse(heading, "section_unknown")
        else:
            row = {**self.merge.blank("dimensions"), DIMENSION: f"{self.merge.plan_id}-D{said.code}"}
            self._add(heading, {**row, "dimension_code": said.code, "name_th": said.name, "scored": "true"})

    def _find_mission(self, heading: SectionHeading) -> None:
        said, rows = heading.said, self._rows(MISSION)
        above = self._above(DIMENSION)
        if not heading.record and not said.code:
            within = [row for row in rows if not above or row[DIMENSION] == above.record]
            same = [row[MISSION] for row in within if comparable(said.name) in self._names(row)]
            heading.record = same[0] if len(same) == 1 else ""
            return
        known = next(
            (r for r in rows if heading.record == r[MISSION] or ascii_text(r["mission_code"]) == said.code), None
        )
        dimension = self._dimension_of(said.code, known)
        if above is not None and (above.is_refused or dimension != above.record):
            if not above.is_refused:
                self._refuse(heading, "section_elsewhere", other=above.text, row=str(above.data.row + 1))
            heading.is_refused = True
        elif known is not None:
            self._check_name(heading, known, rows)
            heading.record = known[MISSION]
        elif not _is_thai(said.name) or not dimension or "missions" in self.own_sheets:
            self._refuse(heading, "section_unknown")
        else:
            parents = {ascii_text(row["mission_code"]): row[MISSION] for row in rows}
            row = {**self.merge.blank("missions"), MISSION: f"{self.merge.plan_id}-M{said.code}"}
            row |= {"mission_code": said.code, "name_th": said.name, DIMENSION: dimension}
            self._add(heading, {**row, "parent_mission_id": parents.get(said.code.rpartition(".")[0], "")})

    def _dimension_of(self, code: str, mission: Row | None) -> str:
        """The dimension of a mission: that of its record, else of the first number of its code."""
        if mission is not None:
            return mission[DIMENSION]
        first = code.partition(".")[0]
        return next((r[DIMENSION] for r in self._rows(DIMENSION) if ascii_text(r["dimension_code"]) == first), "")

    def _above(self, kind: str) -> SectionHeading | None:
        return next((one for one in reversed(self.stack) if one.said.kind == kind), None)

    def _check_name(self, heading: SectionHeading, known: Row, rows: Sequence[Row]) -> None:
        """Refuse a heading with the number of one record and the name of another."""
        key = OWN_IDS[_TABLES[heading.said.kind]]
        name = comparable(heading.said.name)
        other = [row for row in rows if row[key] != known[key] and name in self._names(row)]
        if heading.said.name and other and name not in self._names(known):
            labels = self.merge.labels.by_table[_TABLES[heading.said.kind]]
            self._refuse(heading, "section_named_otherwise", label=labels[known[key]], other=labels[other[0][key]])

    def _add(self, heading: SectionHeading, row: Row) -> None:
        """Add the record that a heading names to the package."""
        table = _TABLES[heading.said.kind]
        heading.record = row[OWN_IDS[table]]
        self.merge.new[table] = [*self.merge.new.get(table, []), row]  # the old rows are the package's
        self.merge.relabel(table)
        self.merge.origins.note_row(row, heading.data)
        kind = RemarkKind.ADDED
        code = "dimension_added" if heading.said.kind == DIMENSION else "mission_added"
        text = self.merge.labels.label(table, heading.record)
        self.merge.remarks.append(heading.data.remark(kind, code, heading.said.kind, text=text))

    def _of_row(self, row: DataRow) -> dict[str, SectionHeading]:
        """The headings that hold for a row, with a complaint where a column of the row says another."""
        found: dict[str, SectionHeading] = {}
        for one in self.stack:
            if one.record and not one.is_refused and one.said.kind in _TABLES:
                one.rows.append(row.row)
                found[one.said.kind] = one
        own = {name: self.merge.labels.id_of(_TABLES[name], row.text(name)) or "" for name in _TABLES if row.text(name)}
        if (mission := own.get(MISSION)) and DIMENSION not in own:
            own[DIMENSION] = self._dimension_of("", next(r for r in self._rows(MISSION) if r[MISSION] == mission))
        for name, heading in found.items():
            record = own.get(name, "")
            if record and record != heading.record and not self._is_within(record, heading.record):
                self._contradicted(row, name if row.text(name) else MISSION, heading)
        if (above := found.get(MISSION)) and DIMENSION not in found and row.text(DIMENSION):
            known = next(r for r in self._rows(MISSION) if r[MISSION] == above.record)
            if own[DIMENSION] not in ("", known[DIMENSION]):
                self._contradicted(row, DIMENSION, found.pop(MISSION))
        return found

    def _contradicted(self, row: DataRow, name: str, heading: SectionHeading) -> None:
        """Refuse a cell that says another than the heading above."""
        params = {**self.found.column(name).named, "text": row.text(name)[:_LONGEST], "other": heading.text}
        at = str(heading.data.row + 1)
        self.merge.remarks.append(row.remark(RemarkKind.REFUSED, "section_contradicted", name, **params, row=at))

    def _is_within(self, mission: str, other: str) -> bool:
        """Whether a mission is below another."""
        parents = {row[MISSION]: row["parent_mission_id"] for row in self._rows(MISSION)}
        seen: set[str] = set()
        while mission and mission not in seen:
            seen.add(mission)
            mission = parents.get(mission, "")
            if mission == other:
                return True
        return False

    def filled(self, row: DataRow, headings: Mapping[str, SectionHeading]) -> DataRow:
        """A row with the labels of the records of its headings."""
        labels = {n: self.merge.labels.label(_TABLES[n], one.record) for n, one in headings.items()}
        return replace(row, texts={**row.texts, **{n: t for n, t in labels.items() if n not in row.errors}})

    def _of_headings(self, headings: Mapping[int, SectionHeading]) -> Iterator[Remark]:
        """A remark on each heading that is understood, and on one in a hidden row."""
        for at, one in headings.items():
            if one.record and not one.is_refused:
                kind = one.said.kind
                label = self.merge.labels.label(_TABLES[kind], one.record)
                code = "section_read" if any(row > at for row in one.rows) else "section_empty"
                kind_of = RemarkKind.TAKEN if code == "section_read" else RemarkKind.IGNORED
                named = self.found.column(kind).named
                yield one.data.remark(kind_of, code, kind, text=one.text, label=label[:_LONGEST], **named)
                if at in self.found.read.check.hidden_rows:
                    yield one.data.remark(RemarkKind.TAKEN, "row_hidden")

    def _totals(
        self,
        left: Mapping[int, Remark],
        headings: Mapping[int, SectionHeading],
        of_rows: Mapping[int, Mapping[str, SectionHeading]],
        rows: Mapping[int, DataRow],
    ) -> Iterator[tuple[int, list[Remark]]]:
        """Each total that says what it is of, with remarks on its amounts that are no sum of those projects."""
        records = {at: self._records(rows[at], of) for at, of in of_rows.items()}
        for at, remark in left.items():
            record = headings[at].record if at in headings else self._total_of(remark.params["text"])
            under = [row for row, ids in records.items() if record and record in ids]
            if remark.code == "total_left_out" and under:
                yield at, list(self._wrong(at, remark.params["text"], under))

    def _total_of(self, text: str) -> str:
        """The record that a row of totals names."""
        words = ascii_text(text)
        start = next((n for n in range(len(words)) if (said := section_in(words[n:])) and said.is_named), None)
        said = section_in(text[start:]) if start is not None else None
        if said is None or said.kind not in (DIMENSION, MISSION):
            return ""
        code = "dimension_code" if said.kind == DIMENSION else "mission_code"
        found = (row[said.kind] for row in self._rows(said.kind) if said.code and ascii_text(row[code]) == said.code)
        return next(found, "")

    def _records(self, row: DataRow, headings: Mapping[str, SectionHeading]) -> set[str]:
        """The dimension, the mission and those above it, of a row."""
        ids = {one.record for name, one in headings.items() if not row.text(name)}
        ids |= {self.merge.labels.id_of(_TABLES[name], row.text(name)) or "" for name in _TABLES if row.text(name)}
        missions = {one[MISSION]: one for one in self._rows(MISSION)}
        below = [id_ for id_ in ids if id_ in missions]
        for id_ in below:
            ids.add(missions[id_][DIMENSION])
            ids |= {other for other in missions if self._is_within(id_, other)}
        return ids

    def _wrong(self, at: int, text: str, under: Sequence[int]) -> Iterator[Remark]:
        cells, places = self.found.read.cells, {c.name: p for p, c in self.found.columns.items()}
        rows = [amounts_in(cells[row], self.found.columns) for row in under]
        for year, printed in amounts_in(cells[at], self.found.columns).items():
            computed = sum((row.get(year, Decimal(0)) for row in rows), Decimal(0))
            if printed != computed:
                numbers = {"printed": printed, "computed": computed, "difference": abs(printed - computed)}
                params = {"text": text, **{name: f"{number:,f}" for name, number in numbers.items()}}
                yield Remark(RemarkKind.REFUSED, "total_differs", self.found.read.name, at, places[year], params)


def _is_thai(text: str) -> bool:
    return any("\u0e00" <= character <= "\u0e7f" for character in text)
