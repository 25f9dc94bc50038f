"""The report as CSV for a spreadsheet: one finding a row, to sort and to tick off."""

from __future__ import annotations

import csv
import io

from khelang_opendata.model.characters import encodable, harmless
from khelang_opendata.model.report import Issue, Report, Severity
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render import notice
from khelang_opendata.render.excerpt import Sheets, address_of
from khelang_opendata.render.messages import issue_texts, offered_line

BOM = "\ufeff"

HEADER = (
    "status สถานะ",
    "severity ระดับ",
    "code รหัสกฎ",
    "resource ตาราง",
    "row แถว",
    "field คอลัมน์",
    "address ช่อง",
    "cell ค่าที่พบ",
    "message ปัญหา",
    "fix วิธีแก้",
    "acknowledged_by รับทราบโดย",
    "erratum แถวข้อคลาดเคลื่อน",
)


def report_csv(report: Report, language: Language, package: Package | None = None) -> str:
    """The findings, open ones first, beginning with a BOM, without which Excel shows no Thai.

    Errors come before warnings, and each in the report's order. The first column is empty, for ticking off. A list that
    was cut says so in its last row. Without the package that was checked there are no addresses of cells.
    """
    sheets, weights = Sheets(package), list(Severity)
    in_order = sorted(report.issues, key=lambda i: (i.acknowledged_by is not None, weights.index(i.severity)))
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(HEADER)
    for unread in report.unread:
        shown = ["", notice("severity_error", language), unread.code, "", "", "", unread.address]
        writer.writerow([harmless(cell) for cell in (*shown, "", unread.message[language], "", "", "")])
    writer.writerows(_row(issue, report, language, address_of(sheets, issue)) for issue in in_order)
    if report.truncated:
        cut = notice("report_cut", language, listed=len(report.issues))
        writer.writerow([cut if column.startswith("message ") else "" for column in HEADER])
    return BOM + encodable(buffer.getvalue())


def _row(issue: Issue, report: Report, language: Language, address: str) -> list[str]:
    texts, place = issue_texts(issue, language, report.schema), issue.location
    cells = [
        "",
        notice(f"severity_{issue.severity}", language),
        issue.code,
        place.resource or "",
        "" if place.row is None else str(place.row),
        place.field or "",
        address,
        place.cell or "",
        texts.message,
        texts.fix,
        issue.acknowledged_by or "",
        offered_line(issue),
    ]
    return [harmless(cell) for cell in cells]
