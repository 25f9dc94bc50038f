"""The report as CSV for a spreadsheet: one finding a row, to sort and to tick off."""

from __future__ import annotations

import csv
import io

from khelang_opendata.model.characters import encodable, harmless
from khelang_opendata.model.report import Issue, Report
from khelang_opendata.model.wording import Language
from khelang_opendata.render import notice
from khelang_opendata.render.messages import issue_texts

BOM = "\ufeff"

HEADER = (
    "status สถานะ",
    "severity ระดับ",
    "code รหัสกฎ",
    "resource ตาราง",
    "row แถว",
    "field คอลัมน์",
    "cell ค่าที่พบ",
    "message ปัญหา",
    "fix วิธีแก้",
    "acknowledged_by รับทราบโดย",
)


def report_csv(report: Report, language: Language) -> str:
    """The findings in the report's order, beginning with a BOM, without which Excel shows no Thai.

    The first column is empty, for ticking off. A list that was cut says so in its last row.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    writer.writerows(_row(issue, report, language) for issue in report.issues)
    if report.truncated:
        cut = notice("report_cut", language, listed=len(report.issues))
        writer.writerow([cut if column.startswith("message ") else "" for column in HEADER])
    return BOM + encodable(buffer.getvalue())


def _row(issue: Issue, report: Report, language: Language) -> list[str]:
    texts, place = issue_texts(issue, language, report.schema), issue.location
    cells = [
        "",
        notice(f"severity_{issue.severity}", language),
        issue.code,
        place.resource or "",
        "" if place.row is None else str(place.row),
        place.field or "",
        place.cell or "",
        texts.message,
        texts.fix,
        issue.acknowledged_by or "",
    ]
    return [harmless(cell) for cell in cells]
