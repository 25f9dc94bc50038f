"""What the text of a cell means in its column: a number, a day, a code, a record; an amount of a year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from khelang_opendata.intake.plan_sheets import ID_VALUES, PlanColumn, Row
from khelang_opendata.intake.record_labels import Labels, comparable
from khelang_opendata.intake.shown_values import names_a_table, table_titles
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET, ZERO
from khelang_opendata.model.calendar import YEARS, read_day
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.tables import Field

_AMOUNT = re.compile(
    r"(?:(?:฿|บาท)\s*)?(?P<number>-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)"
    r"\s*(?:(?:[.,]\s*)?[-–—]\s*)?(?:(?P<unit>บาท|baht|thb)\s*(?:ถ้วน)?)?",
    re.IGNORECASE,
)
_YES = ("ใช่", "yes", "true", "1", "✓", "y")
_NO = ("ไม่ใช่", "ไม่", "no", "false", "0", "n")
_DASHES = ("-", "–", "—", "−")
_WITHOUT_BUDGET = ("ไม่ใช้งบประมาณ", "ไม่มีงบประมาณ", "ไม่ใช้จ่ายงบประมาณ", "ไม่ได้ใช้งบประมาณ")
_CODE = re.compile("[a-z][a-z0-9_]*")


class Meaning(NamedTuple):
    """The value that a table holds for a cell; None with the name of the remark where it is not understood."""

    value: str | None
    problem: str = ""


def meaning(column: PlanColumn, text: str, row: Row, labels: Labels, older: Labels) -> Meaning:
    """What a cell of a sheet means.

    Args:
        column: its column, one with a field.
        text: the cell.
        row: the row as far as it is read, for columns that name a table.
        labels: the labels of the records as the workbook has them.
        older: the labels as they were when the workbook was made.
    """
    field = column.field
    if not text or field is None:
        return Meaning("")
    if column.refers_to or column.name in ID_VALUES:
        return _record(column, text, row, (labels, older))
    if names_a_table(field):
        names = [
            name for name, titles in table_titles().items() if comparable(text) in (*map(comparable, titles), name)
        ]
        return Meaning(names[0] if len(names) == 1 else None, "code_unknown")
    return _code(field, text) if field.codelist else _typed(field, text)


def _record(column: PlanColumn, text: str, row: Row, labels: tuple[Labels, Labels]) -> Meaning:
    """The id of the record that a cell names, by the labels of the workbook, else by the older ones.

    An older label counts only where its record is still there.
    """
    now, older = labels
    if column.name in ID_VALUES:
        label = text[1:-1] if text.startswith("[") and text.endswith("]") else ""
        found = (now.any_record_id(label) or older.any_record_id(label)) if label else None
        if found is None:
            return Meaning(text)
    elif column.refers_to == "*":
        found = now.record_id(row, column.name, text) or older.record_id(row, column.name, text)
    else:
        table = str(column.refers_to)
        found = now.id_of(table, text) or older.id_of(table, text)
    return Meaning(found if found and now.has(found.partition("/")[0]) else None, "record_unknown")


def _code(field: Field, text: str) -> Meaning:
    found = codes_like(field.meanings, text)
    if len(found) == 1:
        return Meaning(found[0])
    if field.is_open and _CODE.fullmatch(text):
        return Meaning(text)
    return Meaning(None, "code_unknown")


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


def _typed(field: Field, text: str) -> Meaning:
    match field.descriptor["type"]:
        case "boolean":
            plain = text.strip().lower()
            return Meaning("true" if plain in _YES else "false" if plain in _NO else None, "answer_unknown")
        case "date":
            day = read_day(text)
            is_day = day is not None and day.day is not None and day.is_certain and day.day.year in YEARS
            return Meaning(day.day.isoformat() if is_day and day and day.day else None, "day_unknown")
        case "integer" | "number" as kind:
            number = number_of(text.rstrip(" .)") if kind == "integer" else text)  # 6. and 6) are ordinals
            if number is None or (kind == "integer" and number != number.to_integral_value()):
                return Meaning(None, "number_unknown")
            return Meaning(str(int(number)) if kind == "integer" else f"{number:f}")
        case _:
            is_code = "pattern" in field.descriptor.get("constraints", {})
            return Meaning(ascii_text(text).strip() if is_code else text)


def number_of(text: str) -> Decimal | None:
    """The number that the whole text is, in digits of any script, with or without the signs of money."""
    match = _AMOUNT.fullmatch(ascii_text(text).strip())
    try:
        return Decimal(match["number"].replace(",", "")) if match else None
    except InvalidOperation:
        return None


class YearMeaning(NamedTuple):
    """What a cell of a year means: the status and the amount of a budget line, or the remark on it."""

    status: str = ""
    amount: str = ""
    problem: str = ""


def year_meaning(text: str, signs: Mapping[str, str], statuses: Mapping[str, Code]) -> YearMeaning:
    """What a cell of a year means.

    Args:
        text: the cell, not empty.
        signs: what 0 and a dash mean in this workbook; a sign that is missing has no meaning.
        statuses: the codelist of statuses.
    """
    plain = ascii_text(text).strip()
    number = number_of(plain)
    if plain in _DASHES or number == 0:
        sign = ZERO if number == 0 else DASH
        status = signs.get(sign, "")
        return YearMeaning(status, amount_of(status)) if status else YearMeaning(problem=f"sign_{_NAMES[sign]}")
    if number is not None and number > 0:
        return YearMeaning(BUDGETED, f"{number:f}")
    if comparable(plain) in map(comparable, _WITHOUT_BUDGET):
        return YearMeaning(NO_BUDGET, "0")
    found = codes_like(statuses, plain)
    if len(found) == 1:
        return YearMeaning(found[0], amount_of(found[0]))
    return YearMeaning(problem="amount_unknown")


_NAMES = {ZERO: "zero", DASH: "dash"}


def amount_of(status: str) -> str:
    """The amount that a status without money has."""
    return "0" if status == NO_BUDGET else ""
