"""What the text of a cell means in its column: a number, a day, a code, a record; an amount of a year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from khelang_opendata.intake.cell_days import read_day_cell
from khelang_opendata.intake.cell_numbers import (
    CellNumber,
    plain_cell,
    read_number,
    read_ordinal,
    read_whole,
    read_year,
)
from khelang_opendata.intake.cell_words import lost, read_code_text, read_words
from khelang_opendata.intake.plan_sheets import ID_VALUES, PlanColumn, Row
from khelang_opendata.intake.record_labels import Labels, comparable, shortened
from khelang_opendata.intake.shown_values import names_a_table, table_titles
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET, TICK, ZERO
from khelang_opendata.intake.typed_cells import CellKind, Meaning, as_seen, kind_of
from khelang_opendata.model.spoilt_text import restored
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.tables import Field

_TICKS = ("/", "\u2044", "\u2215", "\uff0f", *"\u2713\u2714\u221a\u2611\u2705", "\U0001f5f8", "\U0001f5f9")
_MARKS = (*_TICKS, *"\u25cf\u2022\u26ab\u2b24\u25a0\u25aa\u25c6\u2605*", "\u00fc", "\u00fe", "\uf0fc", "\uf0fe")
"""Ticks, what people colour in their place, and the letters that the typeface Wingdings shows as ticks."""
_UNCLEAR = ("x", "p", "a", *"\u00d7\u2715\u2716\u2717\u2718\u2612\u25cb\u25ef\u25a1\u2610\u26aa", "\u00fb", "\uf0fb")
"""Marks of a year by which some mean that it is planned, and others that it is not."""
_YES = ("ใช่", "yes", "true", "1", "y", *_TICKS)
_NO = ("ไม่ใช่", "ไม่", "no", "false", "0", "n")
_WITHOUT_BUDGET = tuple(
    f"ไม่{verb}{noun}"
    for verb in ("ใช้", "มี", "ใช้จ่าย", "ได้ใช้", "ขอใช้", "ต้องใช้")
    for noun in ("งบประมาณ", "งบ", "เงินงบประมาณ")
)
_PERCENT = ("ร้อยละ", "percent", "เปอร์เซ็นต์", "%")
_CHOICES = 500
_CODE = re.compile("[a-z][a-z0-9_]*")


def meaning(column: PlanColumn, text: str, row: Row, labels: Labels, older: Labels, unit: str = "") -> Meaning:
    """What a cell of a sheet means.

    Args:
        column: its column, one with a field.
        text: the cell.
        row: the row as far as it is read, for columns that name a table.
        labels: the labels of the records as the workbook has them.
        older: the labels as they were when the workbook was made.
        unit: the cell of the unit that a number is counted in.
    """
    field = column.field
    if not text or field is None:
        return Meaning("")
    if column.refers_to or column.name in ID_VALUES:
        return _record(column, text, row, (labels, older))
    if names_a_table(field):
        sought = comparable(as_seen(text))
        names = [name for name, titles in table_titles().items() if sought in map(comparable, (*titles, name))]
        return Meaning(names[0]) if len(names) == 1 else Meaning(None, "code_unknown", params=choices(table_titles()))
    return _code(field, text) if field.codelist else _typed(field, text, unit)


def _record(column: PlanColumn, text: str, row: Row, labels: tuple[Labels, Labels]) -> Meaning:
    """The id of the record that a cell names, by the labels of the workbook, else by the older ones.

    An older label counts only where its record is still there.
    """
    now, older = labels
    seen = as_seen(text)
    if column.name in ID_VALUES and column.field:
        label = seen[1:-1] if seen.startswith("[") and seen.endswith("]") else ""
        found = (now.any_record_id(label) or older.any_record_id(label)) if label else None
        if found is None:
            return read_words(column.field, text)
    elif column.refers_to == "*":
        found = now.record_id(row, column.name, seen) or older.record_id(row, column.name, seen)
    else:
        table = str(column.refers_to)
        found = now.id_of(table, seen) or older.id_of(table, seen)
    return Meaning(found if found and now.has(found.partition("/")[0]) else None, "record_unknown")


def _code(field: Field, text: str) -> Meaning:
    seen = as_seen(text)
    found = codes_like(field.meanings, seen) or codes_like(field.meanings, restored(seen) or seen)
    if len(found) == 1:
        return Meaning(found[0])
    if field.is_open and _CODE.fullmatch(seen):
        return Meaning(seen)
    return Meaning(None, "code_unknown", params=choices(titles_of(field.meanings)))


def titles_of(meanings: Mapping[str, Code]) -> Mapping[str, tuple[str, str]]:
    """The titles of codes in Thai and English; a code without one is its own title."""
    return {code: (entry.title_th or code, entry.title_en or code) for code, entry in meanings.items()}


def choices(titles: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What a cell may say, as the parameter of a remark: the titles in Thai and English."""
    return {"known": shortened(", ".join(f"{thai} ({english})" for thai, english in titles.values()), _CHOICES)}


def codes_like(meanings: Mapping[str, Code], text: str) -> list[str]:
    """The codes that a text names: by code or title, whole, without its brackets, or by what these hold."""
    sought = comparable(text)
    for names in (_whole_names, _short_names):
        found = [code for code, entry in meanings.items() if sought in map(comparable, filter(None, names(entry)))]
        if found:
            return found
    return []


def _whole_names(code: Code) -> tuple[str, ...]:
    return code.code, code.title_th, code.title_en


def _short_names(code: Code) -> tuple[str, ...]:
    """The titles without their brackets, and what the brackets hold, which is an abbreviation."""
    parts = [title.partition(" (") for title in (code.title_th, code.title_en)]
    return tuple(text for title, _, bracket in parts for text in (title, bracket.rstrip(")")))


def _typed(field: Field, text: str, unit: str) -> Meaning:
    match field.descriptor["type"]:
        case "boolean":
            plain = plain_cell(text).lower().rstrip(".")
            return Meaning("true" if plain in _YES else "false" if plain in _NO else None, "answer_unknown")
        case "date":
            return read_day_cell(text)
        case "integer":
            return _of_number(_whole_number(field.name, text), "")
        case "number":
            is_money = field.name.endswith("_thb")
            return _of_number(read_number(text, is_money=is_money), "" if is_money else unit)
        case _:
            is_address = field.name.endswith("_url")
            is_code = field.holds_codes or field.name.endswith("_code")
            return read_code_text(text) if is_code and not is_address else read_words(field, text)


def _whole_number(name: str, text: str) -> CellNumber:
    if name.endswith("_be"):
        return read_year(text)
    return read_ordinal(text) if name.endswith("_no") else read_whole(text)


def _of_number(found: CellNumber, unit: str) -> Meaning:
    """The value of a number; of a percentage only where its unit says so."""
    if found.problem == "number_percent" and found.reading and comparable(unit) in map(comparable, _PERCENT):
        return Meaning(found.reading)
    if found.value is None:
        return Meaning(None, found.problem, params=found.params)
    taken = "number_taken" if found.is_derived else ""
    return Meaning(f"{found.value:f}", taken=taken, params=found.params)


def number_of(text: str) -> Decimal | None:
    """The number that the whole text is, in digits of any script, with or without the signs of money."""
    return read_number(text, is_money=False).value


class YearMeaning(NamedTuple):
    """What a cell of a year means: the status and the amount of a budget line, or the remark on it.

    ``taken`` names the remark on an amount that is not in the cell as such, ``params`` has the parameters of either.
    """

    status: str = ""
    amount: str = ""
    problem: str = ""
    taken: str = ""
    params: Mapping[str, str] = MappingProxyType({})


def year_meaning(text: str, signs: Mapping[str, str], statuses: Mapping[str, Code]) -> YearMeaning:
    """What a cell of a year means.

    Args:
        text: the cell, not empty.
        signs: what 0, a dash and a tick mean in this workbook; a sign that is missing has no meaning.
        statuses: the codelist of statuses.
    """
    found = read_number(text, is_money=True)
    if is_tick(text):
        return _of_sign(TICK, text, signs)
    is_dash = _is_dash(text)
    if is_dash or found.value == 0:
        return _of_sign(DASH if is_dash else ZERO, text, signs)
    if found.value is not None:
        taken = "number_taken" if found.is_derived else ""
        return YearMeaning(BUDGETED, f"{found.value:f}", taken=taken, params=found.params)
    if found.problem != "number_unknown":
        return YearMeaning(problem=found.problem, params=found.params)
    if problem := "mark_unclear" if _is_unclear(text) else lost(text):
        return YearMeaning(problem=problem)
    return _of_status(restored(text) or text, statuses)


def _of_status(text: str, statuses: Mapping[str, Code]) -> YearMeaning:
    """The status that a cell names."""
    if comparable(text) in map(comparable, _WITHOUT_BUDGET):
        return YearMeaning(NO_BUDGET, "0")
    named = codes_like(statuses, text)
    if len(named) == 1:
        return YearMeaning(named[0], amount_of(named[0]))
    return YearMeaning(problem="amount_unknown", params=choices(titles_of(statuses)))


def is_tick(text: str) -> bool:
    """Whether the cell of a year says no more than that it is marked: by a tick, a dot, or a box that is ticked."""
    marks = "".join(as_seen(text).replace("\ufe0f", "").replace("\ufe0e", "").split())
    is_answer = kind_of(text) is CellKind.ANSWER and text.lower() == "true"
    return is_answer or (bool(marks) and marks[0] in _MARKS and not marks.strip(marks[0]))


def _is_unclear(text: str) -> bool:
    """Whether the cell of a year is marked, but says not whether the project runs."""
    is_answer = kind_of(text) is CellKind.ANSWER and text.lower() == "false"
    return is_answer or as_seen(text).strip().lower() in _UNCLEAR


def _is_dash(text: str) -> bool:
    plain = plain_cell(text)
    return bool(plain) and not plain.strip("- ")


def _of_sign(sign: str, text: str, signs: Mapping[str, str]) -> YearMeaning:
    """The status that a sign has in the workbook. A format may show a dash for 0, which then has both meanings."""
    status = signs.get(sign, "")
    if sign == ZERO and _is_dash(as_seen(text)) and signs.get(DASH, "") != status:
        return YearMeaning(problem="sign_shown")
    return YearMeaning(status, amount_of(status)) if status else YearMeaning(problem=f"sign_{_NAMES[sign]}")


_NAMES = {ZERO: "zero", DASH: "dash", TICK: "tick"}


def amount_of(status: str) -> str:
    """The amount that a status without money has."""
    return "0" if status == NO_BUDGET else ""
