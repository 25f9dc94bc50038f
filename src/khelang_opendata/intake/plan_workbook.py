"""The workbook that an official fills in: the plan's facts, the summary table, and a sheet for each further table.

Headings are protected without a password, data cells are open. Ids are in a hidden sheet only. Formulas are ours alone,
each with its right value, for LibreOffice computes none when it opens a file.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from khelang_opendata.formats.worksheets import (
    BODY,
    HEADING,
    LINE,
    NUMBER,
    TEXT,
    Book,
    set_height,
    set_page,
    stored,
    write_text,
)
from khelang_opendata.intake.plan_grid import (
    GREY,
    LAST_ROW,
    OPEN,
    PlanWriter,
    description,
    grid,
    offer,
    place,
    write_value,
)
from khelang_opendata.intake.plan_sheets import (
    PlanColumn,
    PlanSheet,
    plan_columns,
    plan_sheets,
    sheet_texts,
    text_in,
    year_names,
    years_of_plan,
)
from khelang_opendata.intake.record_labels import Labels
from khelang_opendata.intake.shown_values import Shown, shown, shown_line
from khelang_opendata.intake.snapshot import SNAPSHOT, Snapshot, snapshot_rows
from khelang_opendata.intake.summary_rows import (
    DASH,
    ZERO,
    SummaryRow,
    line_fields,
    meanings_of_signs,
    summary_rows,
)
from khelang_opendata.intake.workbook_lists import fixed_lists, write_lists
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_CREATED = datetime(2026, 1, 1)  # the same bytes on every day
_MAIN_HEADINGS, _HEADINGS = 7, 3


def plan_workbook(family: SchemaFamily, snapshot: Snapshot | None, language: Language) -> bytes:
    """The workbook of a plan as the bytes of an XLSX file, the same on every machine.

    Args:
        family: the package's schemas.
        snapshot: the package that fills it; None for an empty one.
        language: of headings and choices.

    Raises:
        DataError: a text is longer than a cell.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 (40 ms to import)

    tables = snapshot.tables if snapshot else {}
    stream = io.BytesIO()
    with Workbook(stream, {"in_memory": True}) as excel:
        excel.set_properties({"title": text_in(language, "sheets", "projects"), "created": _CREATED})
        sheets = plan_sheets(family, years_of_plan(tables))
        writer = PlanWriter(Book(excel), family, tables, language, sheets, Labels.of(tables))
        _write_guide(writer)
        _write_plan(writer)
        rows = summary_rows(tables)
        _write_summary(writer, rows)
        for name in list(sheets)[1:]:
            _write_table(writer, sheets[name])
        _write_hidden(writer, rows, snapshot)
        excel.get_worksheet_by_name(sheets["projects"].title(language)).activate()
    return stored(stream.getvalue())


def _write_guide(writer: PlanWriter) -> None:
    sheet = writer.book.excel.add_worksheet(writer.text("guide"))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 110)
    for row, line in enumerate(sheet_texts()["guide_lines"]):
        text = line[writer.language is Language.EN]
        style = writer.book.style(TEXT, bold=row == 0, font_size=14 if row == 0 else 11)
        write_text(sheet, row, 0, str(row) if row else "", writer.book.style(BODY, font_size=11))
        write_text(sheet, row, 1, text, style)
        set_height(sheet, row, [text], [100])
    set_page(sheet, 0.4)
    sheet.fit_to_pages(1, 0)
    sheet.protect()


def _write_plan(writer: PlanWriter) -> None:
    sheet, book = writer.book.excel.add_worksheet(writer.text("plan")), writer.book
    for at, width in enumerate((36, 60, 80)):
        sheet.set_column(at, at, width)
        write_text(
            sheet, 0, at, sheet_texts()["plan_headings"][at][writer.language is Language.EN], book.style(HEADING)
        )
    row = next(iter(writer.tables.get("plans", [])), {})
    for at, column in enumerate(plan_columns(writer.family), 1):
        assert column.field is not None
        write_text(sheet, at, 0, column.title(writer.language), book.style(TEXT, bold=True, **LINE))
        write_value(writer, sheet, at, 1, shown(column, row, writer.labels, writer.language), column)
        note = description(column, writer.language)
        write_text(sheet, at, 2, note, book.style(TEXT, **GREY))
        set_height(sheet, at, [str(row.get(column.name, "")), note], [60, 80])
        offer(writer, sheet, (at, 1, at, 1), column)
    at += 1
    write_text(sheet, at, 0, writer.text("source_default"), book.style(TEXT, bold=True, **LINE))
    sheet.write_blank(at, 1, None, book.style(TEXT, **LINE, **OPEN))
    set_height(sheet, at, [writer.text("source_default")], [36])
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True})
    set_page(sheet, 0.4)
    sheet.fit_to_pages(1, 0)


def _write_table(writer: PlanWriter, plan_sheet: PlanSheet) -> None:
    rows = writer.tables.get(plan_sheet.table, [])
    cells = [[shown(c, row, writer.labels, writer.language) for c in plan_sheet.columns] for row in rows]
    about = writer.family.tables[plan_sheet.table].descriptor
    sheet = grid(writer, plan_sheet, _HEADINGS, cells)
    end = "" if writer.language is Language.TH else "_en"
    write_text(sheet, 0, 0, str(about[f"title{end}"]), writer.book.style(BODY, bold=True, font_size=14))
    write_text(sheet, 1, 0, str(about[f"description{end}"]), writer.book.style(BODY, **GREY))


def _write_summary(writer: PlanWriter, rows: Sequence[SummaryRow]) -> None:
    plan_sheet = writer.sheets["projects"]
    signs, statuses = meanings_of_signs(writer.tables), writer.family.tables["budgets"].field_by_name["budget_status"]
    cells = []
    for row in rows:
        line: list[Shown] = []
        for column in plan_sheet.columns:
            if column.name in row.lines:
                line.append(shown_line(row.lines[column.name], statuses.meanings, signs, writer.language))
            elif column.field is None:
                line.append(None)
            else:
                source = row.shared if column.name in line_fields() else row.project
                line.append(shown(column, source, writer.labels, writer.language))
        cells.append(line)
    sheet = grid(writer, plan_sheet, _MAIN_HEADINGS, cells)
    plan = next(iter(writer.tables.get("plans", [])), {})
    title = plan.get("title_th") or plan_sheet.title(writer.language)
    write_text(sheet, 0, 0, title, writer.book.style(BODY, bold=True, font_size=14))
    _write_signs(writer, sheet, signs)
    _write_totals(writer, sheet, cells)


def _write_signs(writer: PlanWriter, sheet: Worksheet, signs: Mapping[str, str]) -> None:
    """The two cells that say what 0 and a dash mean."""
    book, field_ = writer.book, writer.family.tables["budgets"].field_by_name["budget_status"]
    for row, (name, sign) in enumerate((("zero", ZERO), ("dash", DASH)), 1):
        write_text(sheet, row, 1, writer.text("settings", name), book.style(TEXT, bold=True, align="right"))
        style = book.style(TEXT, bg_color="#FFF2B3", **LINE, **OPEN)
        column = PlanColumn(name, ("", ""), field_)
        text = shown(PlanColumn("s", ("", ""), field_), {"s": signs.get(sign, "")}, writer.labels, writer.language)
        sheet.merge_range(row, 2, row, 4, "", style)
        if text:
            write_text(sheet, row, 2, str(text), style)
        offer(writer, sheet, (row, 2, row, 4), column)
        sheet.set_row(row, 19)


def _write_totals(writer: PlanWriter, sheet: Worksheet, cells: Sequence[Sequence[Shown]]) -> None:
    """The sum of each year, the printed total, and their difference, red where there is one."""
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415 (with the library)

    years, book = year_names(years_of_plan(writer.tables)), writer.book
    names = [column.name for column in writer.sheets["projects"].columns]
    amount = book.style(NUMBER, num_format="#,##0.##;-#,##0.##;0", bold=True, **LINE)
    for row, name in enumerate(("sum", "printed", "difference"), 3):
        write_text(sheet, row, 1, writer.text("totals", name), book.style(TEXT, bold=True, align="right", **LINE))
    for year in years:
        at = names.index(year)
        letter = xl_col_to_name(at)
        sums = sum((c for c in (line[at] for line in cells) if isinstance(c, Decimal)), Decimal(0))
        sheet.write_formula(3, at, f"=SUM({letter}{_MAIN_HEADINGS + 2}:{letter}{LAST_ROW})", amount, float(sums))
        if year.isdigit():
            printed = _printed_total(writer, year)
            formula = _printed_formula(writer, year)
            shown_printed: Any = "" if printed is None else float(printed)
            sheet.write_formula(4, at, formula, amount, shown_printed)
            difference: Any = "" if printed is None else float(sums - printed)
            sheet.write_formula(5, at, f'=IF({letter}5="","",{letter}4-{letter}5)', amount, difference)
    red = book.excel.add_format({"bg_color": "#F8C9C4", "font_color": "#8A1C10"})
    first, last = names.index(years[0]), names.index(years[-1])
    rule = {"type": "formula", "criteria": f"=AND(ISNUMBER({xl_col_to_name(first)}$6),{xl_col_to_name(first)}$6<>0)"}
    sheet.conditional_format(5, first, 5, last, {**rule, "format": red})


def _printed_total(writer: PlanWriter, year: str) -> Decimal | None:
    for row in writer.tables.get("printed_totals", []):
        if row["scope"] == "plan" and row["fiscal_year_be"] == year and row["amount_thb"]:
            return Decimal(row["amount_thb"])
    return None


def _printed_formula(writer: PlanWriter, year: str) -> str:
    """The printed total of the plan in a year, from the sheet of printed totals; nothing where it has none."""
    sheet = writer.sheets["printed_totals"]
    placed = place(writer, sheet, _HEADINGS)
    field_ = writer.family.tables["printed_totals"].field_by_name["scope"]
    whole = shown(PlanColumn("s", ("", ""), field_), {"s": "plan"}, writer.labels, writer.language)
    cells = {name: placed.cells(name, LAST_ROW) for name in ("scope", "fiscal_year_be", "amount_thb")}
    where = f'{cells["scope"]},"{whole}",{cells["fiscal_year_be"]},{year}'
    return f'=IF(COUNTIFS({where})=0,"",SUMIFS({cells["amount_thb"]},{where}))'


def _write_hidden(writer: PlanWriter, rows: Sequence[SummaryRow], snapshot: Snapshot | None) -> None:
    records = {}
    for table in ("units", "dimensions", "missions", "risks", "errata"):
        records[table] = list(writer.labels.by_table[table].values())
    records["projects"] = [writer.labels.label("projects", row.project["project_id"]) for row in rows]
    write_lists(
        writer.book,
        fixed_lists(writer.family, list(writer.sheets.values()), writer.language),
        records,
        writer.placed,
        is_filled=snapshot is not None,
    )
    if snapshot:
        sheet = writer.book.excel.add_worksheet(SNAPSHOT)
        sheet.hide()
        for at, line in enumerate(snapshot_rows(snapshot)):
            for column, text in enumerate(line):
                if text:
                    write_text(sheet, at, column, text, writer.book.style())
