"""The single sheet in which the results of a round are kept: its year and round may be said once, above the table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from khelang_opendata.intake.plan_sheets import PlanColumn, PlanSheet, sheet_texts
from khelang_opendata.intake.record_labels import comparable
from khelang_opendata.intake.remarks import Remark, RemarkKind
from khelang_opendata.intake.workbook_reading import ReadSheet
from khelang_opendata.model.thai import ascii_text

RESULTS = ("progress", "progress_results", "risk_results")
"""The tables of what was done: a file with their sheets alone changes nothing else."""

_ROWS_SOUGHT = 25
_NEEDED = ("project_id", "status")
"""The columns by which a sheet of results is known, whatever its name."""
_YEAR = re.compile(r"(?<!\d)25\d\d(?!\d)")
_MONTHS = re.compile(r"(?<!\d)(6|12) ?(?:เดือน|[- ]?months?\b)", re.IGNORECASE)


def with_rounds(
    sheets: Sequence[ReadSheet], plan: PlanSheet, years: range | None
) -> tuple[list[ReadSheet], list[Remark]]:
    """Sheets with the columns of year and round, where a sheet of results says them once above its heading.

    Args:
        sheets: the sheets of a file.
        plan: the sheet of results by round.
        years: the plan's fiscal years; None where they are not known.

    Returns:
        The sheets, and a remark on each round that was taken from above a table.
    """
    remarks: list[Remark] = []
    titles = {comparable(title): c.name for c in plan.columns for title in (*c.titles, *c.also, c.name)}
    found = [_with_round(sheet, plan, titles, years or range(0), remarks) for sheet in sheets]
    return found, remarks


def _with_round(
    sheet: ReadSheet, plan: PlanSheet, titles: dict[str, str], years: range, remarks: list[Remark]
) -> ReadSheet:
    headings = ({titles.get(comparable(label)) for label in line if label} for line in sheet.cells[:_ROWS_SOUGHT])
    at, names = next(((at, names) for at, names in enumerate(headings) if names.issuperset(_NEEDED)), (-1, set[str]()))
    if at < 0:
        return sheet
    above = " ".join(ascii_text(text) for line in sheet.cells[:at] for text in line if text)
    said = {
        "fiscal_year_be": {year for year in _YEAR.findall(above) if int(year) in years},
        "round_months": set(_MONTHS.findall(above)),
    }
    missing = [name for name in said if name not in names]
    if any(len(said[name]) != 1 for name in missing):
        return sheet
    columns = [next(column for column in plan.columns if column.name == name) for name in missing]
    values = [next(iter(said[name])) for name in missing]
    if missing:
        params = {"text": " / ".join(values)}
        remarks.append(Remark(RemarkKind.TAKEN, "round_taken", sheet.name, at, None, params))
    known = {comparable(name) for pair in sheet_texts()["sheets"].values() for name in pair}
    title = sheet.title if comparable(sheet.known_as) in known else plan.titles[0]
    return replace(sheet, cells=[*_with_columns(sheet, at, columns, values)], title=title)


def _with_columns(
    sheet: ReadSheet, heading: int, columns: Sequence[PlanColumn], values: Sequence[str]
) -> Iterator[Sequence[str]]:
    """The rows of a sheet with further columns at their ends, which are filled wherever a row below the heading is.

    What says the values above the heading, and the words before it, are left out: they are read.
    """
    width = max(map(len, sheet.cells))
    for at, cells in enumerate(sheet.cells):
        said = [p for p, text in enumerate(cells) if at < heading and any(v in ascii_text(text) for v in values)]
        line = ["" if {p, p + 1} & {*said} else text for p, text in enumerate(cells)] if said else cells
        further = [column.titles[0] for column in columns] if at == heading else values if at > heading else ()
        yield [*line, *[""] * (width - len(line)), *further] if further and any(line) else line
