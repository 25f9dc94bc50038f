"""How the workbook shows a cell of a table: codes by their titles, records by their labels, days in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from khelang_opendata.intake.plan_sheets import ERRATUM_NO, ID_VALUES, PlanColumn, Row, text_in, year_names
from khelang_opendata.intake.record_labels import Labels
from khelang_opendata.intake.summary_rows import BUDGETED, sign_of
from khelang_opendata.model.wording import Language
from khelang_opendata.render.dates import written_date
from khelang_opendata.standard.codelists import Code
from khelang_opendata.standard.family import load_family
from khelang_opendata.standard.tables import Field

Shown = str | Decimal | None


def code_title(code: Code, language: Language) -> str:
    """The title of a code, or the code itself where it has none."""
    return (code.title_th if language is Language.TH else code.title_en) or code.code


@cache
def table_titles() -> Mapping[str, tuple[str, str]]:
    """The titles of the standard's tables by their names."""
    tables = load_family().tables
    return {name: (str(t.descriptor["title"]), str(t.descriptor["title_en"])) for name, t in tables.items()}


def names_a_table(field: Field) -> bool:
    """Whether the values of a column are names of tables."""
    values = field.descriptor.get("constraints", {}).get("enum", ())
    return bool(values) and all(value in table_titles() for value in values)


def shown(column: PlanColumn, row: Row, labels: Labels, language: Language) -> Shown:
    """What a cell of a sheet shows; None for an empty one.

    Args:
        column: the column.
        row: the row of the table.
        labels: the labels of all records.
        language: of codes and days.
    """
    if column.name == ERRATUM_NO:
        return Decimal(labels.label("errata", row["erratum_id"]))
    text = row.get(column.name, "")
    if not text or column.field is None:
        return None
    if column.name in ID_VALUES:
        label = labels.record_label(row, column.name, text)
        return text if label == text else f"[{label}]"
    if column.refers_to == "*":
        return labels.record_label(row, column.name, text)
    if column.refers_to:
        return labels.label(column.refers_to, text)
    return _shown_value(column.field, text, language)


def example_of(column: PlanColumn, language: Language) -> str:
    """An example of a cell, as the sheet shows it; none where it would be a choice from a list or a sentence."""
    if column.name.isdigit() or column.name in year_names(None):
        return "300,000"
    if column.field is None or column.refers_to or column.field.codelist or "example" not in column.field.descriptor:
        return ""
    value = shown(column, {column.name: str(column.field.descriptor["example"])}, Labels.of({}), language)
    return "" if value is None else str(value)


def _shown_value(field: Field, text: str, language: Language) -> Shown:
    if field.codelist:
        return code_title(field.meanings[text], language) if text in field.meanings else text
    if names_a_table(field):
        return table_titles()[text][language is Language.EN] if text in table_titles() else text
    value = field.value(text)
    match value:
        case bool():
            return text_in(language, "answers", "yes" if value else "no")
        case date():
            return written_date(value, language)
        case int() | Decimal():
            return Decimal(value)
        case _:
            return text


def shown_line(line: Row, statuses: Mapping[str, Code], signs: Mapping[str, str], language: Language) -> Shown:
    """What the cell of a year shows of a budget line: the amount, a sign for its status, or the status in words."""
    amount = line["amount_thb"]
    if line["budget_status"] == BUDGETED and amount:
        return Decimal(amount)
    if sign := sign_of(line, signs):
        return Decimal(0) if sign == "0" else sign
    status = statuses.get(line["budget_status"])
    return code_title(status, language) if status else line["budget_status"]
