"""The reports to E-PlanNACC as a table to type from or to fill in: its columns, and the table as CSV.

The columns are in the order of the system's form (see :mod:`khelang_opendata.nacc.eplan.rows`). An unreported cell
is empty: nothing is invented, and the last column but one says that it must be filled in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.model.characters import encodable, harmless
from khelang_opendata.nacc.eplan.plan_tables import REASONS, STATUSES, TWELVE_MONTHS, Reported
from khelang_opendata.nacc.eplan.rows import EplanRow

Cell = str | int | Decimal | None

BUDGETS = {False: "ไม่ใช้งบประมาณ", True: "ใช้งบประมาณ"}
ORDINANCES = {True: "บรรจุ", False: "ไม่บรรจุ"}
TO_FILL, COMPLETE, CLOSED = "ต้องกรอก", "ครบแล้ว", "แล้วเสร็จแล้ว ไม่ต้องกรอก"
"""The state of a row: whether the official has to fill anything in."""


@dataclass(frozen=True)
class FormColumn:
    """A column of the table: its heading, its width in a workbook, and what it says of a row."""

    heading: str
    width: int
    cell: Callable[[EplanRow], Cell]


def columns(months: int) -> Mapping[str, FormColumn]:
    """The columns of a round's table by name; only the second round shows what was reported in the first."""
    skipped = () if months == TWELVE_MONTHS else ("earlier",)
    return {name: column for name, column in _COLUMNS.items() if name not in skipped}


def eplan_csv(rows: Sequence[EplanRow], months: int) -> bytes:
    """The table as CSV: UTF-8 with BOM, amounts as plain numbers, no cell that a spreadsheet takes for a formula."""
    shown = columns(months)
    table = ([_text(column.cell(row)) for column in shown.values()] for row in rows)
    return csv_bytes([[column.heading for column in shown.values()], *table])


def _remark(report: Reported) -> str:
    """The text of the system's field for remarks: the result, and the problems unless the previous field has them."""
    problem = "" if report.reason == "other" else report.problem
    parts = {"ผลการดำเนินงาน": report.result, "ปัญหา อุปสรรค และข้อเสนอแนะ": problem}
    return "\n".join(f"{name}: {text}" for name, text in parts.items() if text)


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case Decimal():
            return f"{cell:f}"
        case int():
            return str(cell)
    return harmless(encodable(cell))


def _of_report(value: Callable[[Reported], Cell]) -> Callable[[EplanRow], Cell]:
    """A cell that is empty where the round was not reported."""
    return lambda row: value(row.reported) if row.reported else None


def _state(row: EplanRow) -> str:
    if row.is_closed:
        return CLOSED
    headings = ", ".join(_COLUMNS[name].heading for name in row.missing)
    return f"{TO_FILL}: {headings}" if headings else COMPLETE


_COLUMNS = {
    "sequence_no": FormColumn("ลำดับที่", 7, lambda row: row.sequence_no),
    "eplan_title": FormColumn("ชื่อโครงการ/กิจกรรม/มาตรการ/แนวปฏิบัติงาน ในระบบ E-PlanNACC", 36, lambda row: row.eplan_title),
    "title": FormColumn("ชื่อในแผน (ถ้าต่างกัน)", 28, lambda row: row.title if row.title != row.eplan_title else None),
    "year": FormColumn("ปีงบประมาณ", 11, lambda row: row.year),
    "months": FormColumn("รอบ (เดือน)", 8, lambda row: row.months),
    "kind": FormColumn("ประเภทงาน", 12, lambda row: row.kind),
    "dimension": FormColumn("มิติ", 22, lambda row: row.dimension.heading),
    "uses_budget": FormColumn(
        "การใช้งบประมาณ", 14, lambda row: None if row.uses_budget is None else BUDGETS[row.uses_budget]
    ),
    "planned": FormColumn("งบประมาณตามแผน (บาท)", 14, lambda row: row.planned),
    "approved": FormColumn("งบประมาณตามข้อบัญญัติ/เทศบัญญัติ (บาท)", 16, _of_report(lambda report: report.approved)),
    "disbursed": FormColumn("เบิกจ่ายจริง (บาท)", 14, _of_report(lambda report: report.disbursed)),
    "in_ordinance": FormColumn(
        "บรรจุไว้ในข้อบัญญัติ/เทศบัญญัติ/แผนการดำเนินงาน",
        18,
        _of_report(lambda report: None if report.in_ordinance is None else ORDINANCES[report.in_ordinance]),
    ),
    "status": FormColumn("สถานะการดำเนินงาน", 20, _of_report(lambda report: STATUSES[report.status])),
    "reason": FormColumn(
        "เหตุที่ไม่สามารถดำเนินการได้", 22, _of_report(lambda report: REASONS[report.reason] if report.reason else None)
    ),
    "other_reason": FormColumn(
        "เหตุอื่นๆ (ระบุ)", 16, _of_report(lambda report: report.problem or None if report.reason == "other" else None)
    ),
    "remark": FormColumn("หมายเหตุ", 30, _of_report(lambda report: _remark(report) or None)),
    "earlier": FormColumn(
        "สถานะที่รายงานรอบ 6 เดือน", 19, lambda row: STATUSES[row.earlier.status] if row.earlier else None
    ),
    "state": FormColumn("ความครบถ้วน", 14, _state),
    "notes": FormColumn("สิ่งที่ต้องทราบหรือตัดสินใจ", 46, lambda row: "\n".join(row.notes) or None),
}
