"""The table of risks of a plan document: processes with what may go wrong, a level or a score, and controls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from khelang_opendata.intake.document_wordings import meaning_of_beginning
from khelang_opendata.intake.draft_values import Confidence, DraftTables, DraftWhere
from khelang_opendata.intake.plan_document import (
    DocumentPlace,
    DocumentRow,
    DocumentTable,
    item_marks,
    mended,
    squeezed,
)
from khelang_opendata.model.thai import ascii_text

_NUMBER = re.compile(r"\d{1,3}(?:\.\d{1,2})?")
_LEVELS = {"สูงมาก": "very_high", "สูง": "high", "ปานกลาง": "medium", "กลาง": "medium", "ต่ำ": "low", "น้อย": "low"}
_LONGEST = 500
_LONGEST_HEADING = 80
_LONGEST_LEVEL = 200
_SCALE = range(1, 6)
_FACTORS = "ความเสี่ยง"


@dataclass
class _ReadRisk:
    place: DocumentPlace
    number: str
    cells: dict[str, str] = field(default_factory=dict)

    def take(self, columns: Mapping[str, int], row: DocumentRow) -> None:
        for name, at in columns.items():
            if at < len(row.cells) and row.cells[at].strip():
                self.cells[name] = f"{self.cells.get(name, '')} {row.cells[at]}".strip()


def add_risks(draft: DraftTables, plan_id: str, tables: Sequence[DocumentTable]) -> None:
    """Add the risks of the tables whose heading names them.

    Args:
        draft: the tables of the draft.
        plan_id: the plan's id.
        tables: the tables of the document.
    """
    for at, risk in enumerate(_risks(tables), 1):
        id_ = f"{plan_id}-R{at:02d}"
        where = [DraftWhere("risks", risk.place, risk.number)]
        process = mended(risk.cells.get("process") or risk.cells["factors"])[:_LONGEST]
        level = mended(risk.cells.get("score", ""))
        row = {"plan_id": plan_id, "risk_id": id_, "process_th": process}
        row |= {name: _scaled(risk.cells.get(name, "")) for name in ("likelihood", "impact")}
        number = _NUMBER.fullmatch(ascii_text(level).strip())
        row |= {"risk_score": number[0] if number else "", "risk_level_printed": level[:_LONGEST_LEVEL]}
        row |= {"risk_level": _level(level), "source_section": f"ตารางความเสี่ยง ลำดับที่ {at}"}
        draft.add("risks", row)
        sure = (Confidence.LIKELY, "only_once")
        draft.note("risks", id_, "process_th", process, sure, where)
        if level:
            draft.note("risks", id_, "risk_level_printed", level, sure, where)
        for table, name, key in (("risk_factors", "factors", "factor_no"), ("risk_controls", "controls", "control_no")):
            for no, label in enumerate(_items(risk.cells.get(name, "")), 1):
                label_row = {"plan_id": plan_id, "risk_id": id_, key: str(no), "label_th": label[:_LONGEST]}
                draft.add(table, label_row)
                draft.note(table, f"{id_}/{no}", "label_th", label[:_LONGEST], (Confidence.LIKELY, "own_words"), where)


def _risks(tables: Sequence[DocumentTable]) -> Iterator[_ReadRisk]:
    columns: dict[str, int] = {}
    number_at = 0
    current: _ReadRisk | None = None
    for table in tables:
        heading = _columns(table.rows[0]) if table.rows else {}
        if not heading:
            if current:
                yield current
            current, columns = None, {}
            continue
        columns, number_at = heading, 0
        for row in table.rows[1:]:
            if _columns(row):
                continue
            number = row.cells[number_at].strip() if row.cells else ""
            begins = row.cells[columns.get("process", columns["factors"])].strip() if _fits(row, columns) else ""
            if begins and (current is None or number or not number_at):
                if current:
                    yield current
                current = _ReadRisk(row.place, ascii_text(number))
            if current:
                current.take(columns, row)
    if current:
        yield current


def _fits(row: DocumentRow, columns: Mapping[str, int]) -> bool:
    return len(row.cells) > max(columns.values())


def _columns(row: DocumentRow) -> dict[str, int]:
    """The columns of a table of risks; none where the row is no heading of one."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        name = meaning_of_beginning("risk_columns", squeezed(cell))[0] if len(cell) <= _LONGEST_HEADING else ""
        if name:
            found.setdefault(name, at)
    is_risks = "factors" in found and any(_FACTORS in cell for cell in row.cells) and len(found) > 1
    return found if is_risks else {}


def _scaled(text: str) -> str:
    plain = ascii_text(text).strip()
    return plain if plain.isdecimal() and int(plain) in _SCALE else ""


def _level(text: str) -> str:
    bare = squeezed(text)
    return next((code for word, code in _LEVELS.items() if word in bare), "")


def _items(text: str) -> list[str]:
    """The numbered items of a cell, in their order; all of it where there are none."""
    text = mended(text)
    marks = item_marks(text, None)
    if not marks:
        return [text.strip()] if text.strip() else []
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
