"""A clerk who fills in the workbook of an invented plan: each cell found by its visible heading, and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbooks import heading_row

NAME_TH = "องค์การบริหารส่วนตำบลผาเมฆสมมติ"
ANSWERS = (
    NAME_TH,
    "Invented Pha Mek Subdistrict Administrative Organization",
    "อบต.",
    "๖๕๕๙๙๐๑",
    "จังหวัดน่าน",
    "เวียงสมมติ",
    "๒๕๖๙ - ๒๕๗๓",
    f"แผนปฏิบัติการป้องกันการทุจริตของ{NAME_TH} (พ.ศ. ๒๕๖๙ - ๒๕๗๓)",
    "",
)
"""What the clerk answers to the questions of ``khelang init``."""

PLAN, SUMMARY = "แผน", "ตารางสรุป"
UNITS, DIMENSIONS, MISSIONS = "หน่วยงาน", "มิติ", "ภารกิจ"
OBJECTIVES, STEPS, TARGETS, INDICATORS = "วัตถุประสงค์", "ขั้นตอน", "กลุ่มเป้าหมาย", "ตัวชี้วัด"
RISKS, FACTORS, CONTROLS = "ความเสี่ยง", "ประเด็นความเสี่ยง", "มาตรการควบคุม"
TOTALS, RESULTS, BY_INDICATOR, OF_CONTROLS = "ยอดรวมที่พิมพ์", "ผลรายรอบ", "ผลตามตัวชี้วัด", "ผลมาตรการควบคุม"

OF_PROJECTS = (SUMMARY, OBJECTIVES, STEPS, TARGETS, INDICATORS)
TEXTS = ("โครงการ กิจกรรม หรือมาตรการ", "วัตถุประสงค์", "ขั้นตอน", "กลุ่มเป้าหมาย", "ตัวชี้วัด")
"""The headings of a project's own text."""

PROJECTS: tuple[tuple[Any, ...], ...] = (
    (1, "โครงการอบรมคุณธรรมและจริยธรรม", ["๒๐,๐๐๐.-", "20000 บาท", 20000, "๒๐,๐๐๐", "20,000.00"], "สำนักปลัด", "1.1"),
    (2, "กิจกรรมผาเมฆสุจริต", [0, "๐", "0", "ไม่ใช้งบประมาณ", 0], "สำนักปลัด", "1.1"),
    (3, "โครงการเยาวชนคนดีศรีผาเมฆ", ["๑๕,๐๐๐.-", "-", "๑๕,๐๐๐.-", "-", "๑๕,๐๐๐.-"], "กองการศึกษา", "1.2"),
    ("๔", "มาตรการแสดงเจตจำนงต่อต้านการทุจริต", [0, 0, 0, 0, 0], "สำนักปลัด", "๒.๑"),
    ("๕", "มาตรการเผยแพร่ข้อมูลการจัดซื้อจัดจ้าง", ["-", 0, 0, 0, 0], "กองคลัง", "๒.๑"),
    ("6.", "โครงการพัฒนาระบบรับเรื่องร้องเรียน", ["๓๐๐,๐๐๐.-", "-", "-", "-", "–"], "กองคลัง", "3.1"),
    (7, "โครงการเวทีประชาคมตรวจสอบงบประมาณ", [50000, 50000, 50000, 50000, 50000], "สำนักปลัด", "3.1"),
    (8, "แนวปฏิบัติงานตรวจรับพัสดุ", [0, "-", 0, "-", 0], "กองคลัง", "4.1"),
)
"""Number, title, the cells of the five years, unit and mission, as typed."""

DETAILS: dict[int, dict[str, list[dict[str, Any]]]] = {
    1: {
        OBJECTIVES: [{"วัตถุประสงค์": "เพื่อให้บุคลากรมีคุณธรรมและจริยธรรม"}],
        STEPS: [{"ขั้นตอน": "จัดทำหลักสูตร"}, {"ขั้นตอน": "จัดอบรม"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "พนักงานและลูกจ้าง", "จำนวนเป้าหมาย": "๖๐", "หน่วยนับ": "คน"}],
        INDICATORS: [
            {
                "ระดับของผล": "ผลผลิต",
                "ตัวชี้วัด": "จำนวนผู้เข้าอบรม",
                "เงื่อนไข": "ไม่น้อยกว่า",
                "ค่าเป้าหมาย": "๖๐",
                "หน่วยของค่าเป้าหมาย": "คน",
            },
            {
                "ระดับของผล": "ผลลัพธ์",
                "ตัวชี้วัด": "ร้อยละของผู้ผ่านแบบทดสอบ",
                "เงื่อนไข": "ไม่น้อยกว่า",
                "ค่าเป้าหมาย": 80,
                "หน่วยของค่าเป้าหมาย": "ร้อยละ",
            },
        ],
    },
    2: {
        OBJECTIVES: [{"วัตถุประสงค์": "เพื่อปลูกฝังความสุจริตในการทำงาน"}],
        STEPS: [{"ขั้นตอน": "จัดกิจกรรมทุกวันที่ ๙ ธันวาคม"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "พนักงานทุกคน"}],
        INDICATORS: [{"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "จำนวนครั้งที่จัดกิจกรรม", "ค่าเป้าหมาย": "๑", "หน่วยของค่าเป้าหมาย": "ครั้ง"}],
    },
    3: {
        OBJECTIVES: [{"วัตถุประสงค์": "เพื่อให้เยาวชนตระหนักถึงโทษของการทุจริต"}],
        STEPS: [{"ขั้นตอน": "ประสานโรงเรียน"}, {"ขั้นตอน": "จัดค่าย"}, {"ขั้นตอน": "สรุปผล"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "นักเรียนชั้นประถมศึกษา", "จำนวนเป้าหมาย": "100", "หน่วยนับ": "คน"}],
        INDICATORS: [
            {"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "จำนวนนักเรียนที่เข้าค่าย", "ค่าเป้าหมาย": "100 ", "หน่วยของค่าเป้าหมาย": "คน"}
        ],
    },
    4: {
        STEPS: [{"ขั้นตอน": "ประกาศเจตจำนงต่อสาธารณะ"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "ผู้บริหารและพนักงาน"}],
        INDICATORS: [{"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "มีประกาศเจตจำนง", "เงื่อนไข": "มี/ได้จัดทำ"}],
    },
    5: {
        STEPS: [{"ขั้นตอน": "เผยแพร่ประกาศบนเว็บไซต์"}, {"ขั้นตอน": "รายงานทุกไตรมาส"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "ประชาชนในตำบล"}],
        INDICATORS: [
            {"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "ร้อยละของประกาศที่เผยแพร่", "ค่าเป้าหมาย": "๑๐๐", "หน่วยของค่าเป้าหมาย": "ร้อยละ"}
        ],
    },
    6: {
        OBJECTIVES: [{"วัตถุประสงค์": "เพื่อให้ประชาชนร้องเรียนได้สะดวก"}],
        STEPS: [{"ขั้นตอน": "จัดซื้อระบบ"}, {"ขั้นตอน": "เปิดใช้ระบบ"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "ประชาชนในตำบล"}],
        INDICATORS: [{"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "มีระบบรับเรื่องร้องเรียน", "เงื่อนไข": "มี/ได้จัดทำ"}],
    },
    7: {
        STEPS: [{"ขั้นตอน": "จัดเวทีทุกหมู่บ้าน"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "หมู่บ้าน", "จำนวนเป้าหมาย": "๙", "หน่วยนับ": "หมู่บ้าน"}],
        INDICATORS: [{"ระดับของผล": "ผลผลิต", "ตัวชี้วัด": "จำนวนเวที", "ค่าเป้าหมาย": 9, "หน่วยของค่าเป้าหมาย": "ครั้ง"}],
    },
    8: {
        STEPS: [{"ขั้นตอน": "จัดทำคู่มือ"}],
        TARGETS: [{"กลุ่มเป้าหมาย": "เจ้าหน้าที่พัสดุ"}],
        INDICATORS: [{"ระดับของผล": "ไม่ได้แยก", "ตัวชี้วัด": "มีคู่มือตรวจรับพัสดุ", "เงื่อนไข": "มี/ได้จัดทำ"}],
    },
}

PRINTED = {2569: "๓๘๕,๐๐๐.-", 2570: "๗๐,๐๐๐.-", 2571: 85000, 2572: "70,000", 2573: "๘๕,๐๐๐"}
"""The totals of the years as the plan prints them."""


@dataclass
class Clerk:
    """Types into the cells of a workbook, and counts them by sheet and heading."""

    path: Path
    book: Workbook = field(init=False)
    typed: Counter[tuple[str, str]] = field(default_factory=Counter)
    values: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.book = load_workbook(self.path)

    def save(self) -> None:
        self.book.save(self.path)

    def row(self, name: str, values: Mapping[str, Any]) -> None:
        """Type into the first empty row of a sheet, each value below its heading."""
        sheet = self.book[name]
        headings = heading_row(sheet, next(iter(values)))
        columns = {str(cell.value): cell.column for cell in sheet[headings] if cell.value is not None}
        row = headings + 1
        while any(sheet.cell(row, column).value is not None for column in columns.values()):
            row += 1
        for heading, value in values.items():
            self._type(sheet, row, columns[heading], heading, value)

    def change(self, name: str, row: int, heading: str, value: Any) -> None:
        """Type over a cell of a row."""
        sheet = self.book[name]
        columns: dict[str, Any] = {str(cell.value): cell.column for cell in sheet[heading_row(sheet, heading)]}
        self._type(sheet, row, columns[heading], heading, value)

    def beside(self, name: str, label: str, value: Any) -> None:
        """Type into the cell to the right of a label."""
        sheet = self.book[name]
        cell = next(c for line in sheet.iter_rows(max_row=40, max_col=2) for c in line if c.value == label)
        self._type(sheet, cell.row, cell.column + 1, label, value)

    def _type(self, sheet: Worksheet, row: int, column: int, heading: str, value: Any) -> None:
        cell = sheet.cell(row, column)
        assert not _is_locked(sheet, cell), f"{sheet.title}!{cell.coordinate} is locked"
        cell.value = value
        self.typed[sheet.title, heading] += 1
        self.values.append(str(value))


def _is_locked(sheet: Worksheet, cell: Any) -> bool:
    """Whether Excel refuses to change a cell; one that is not in the file has the style of its column."""
    styled = [c for c in sheet.column_dimensions.values() if c.min <= cell.column <= c.max]
    style = cell if cell.has_style or not styled else styled[0]
    return bool(sheet.protection.sheet and style.protection.locked)


def fill_in_plan(path: Path) -> Clerk:
    """Fill in an empty workbook with the whole plan."""
    clerk = Clerk(path)
    clerk.beside(PLAN, "ที่มาในเอกสารของแถวใหม่ที่ไม่ได้ระบุ", "ส่วนที่ ๒ ตารางสรุป")
    clerk.row(UNITS, {"ชื่อหน่วยงาน": NAME_TH, "ระดับหน่วยงาน": "องค์กรปกครองส่วนท้องถิ่น"})
    for name in ("สำนักปลัด", "กองคลัง", "กองการศึกษา"):
        values = {"ชื่อหน่วยงาน": name, "ระดับหน่วยงาน": "สำนัก/กอง/หน่วย", "หน่วยงานต้นสังกัด": NAME_TH}
        clerk.row(UNITS, values)
    for place, name in enumerate(("การสร้างวัฒนธรรมสุจริต", "การบริหารราชการโปร่งใส", "การมีส่วนร่วม", "การตรวจสอบ"), 1):
        clerk.row(DIMENSIONS, {"เลขมิติ": "๐๑๒๓๔"[place], "ชื่อมิติ": name, "คิดคะแนน": "ใช่"})
    for code, name in (
        ("1.1", "สร้างจิตสำนึกบุคลากร"),
        ("1.2", "สร้างจิตสำนึกเยาวชน"),
        ("2.1", "แสดงเจตจำนง"),
        ("3.1", "เปิดเผยข้อมูล"),
        ("๔.๑", "จัดระบบตรวจสอบ"),
    ):
        clerk.row(MISSIONS, {"เลขภารกิจ": code, "มิติ": code[0], "ชื่อภารกิจ": name})
    clerk.beside(SUMMARY, "ในช่องปี ๐ หมายถึง", "ดำเนินการโดยไม่ใช้งบประมาณ")
    clerk.beside(SUMMARY, "ในช่องปี - หมายถึง", "ไม่ดำเนินการ")
    for number, title, years, unit, mission in PROJECTS:
        amounts = {f"ปีงบประมาณ {year}": value for year, value in zip(PRINTED, years, strict=True)}
        clerk.row(
            SUMMARY,
            {"ที่": number, "โครงการ กิจกรรม หรือมาตรการ": title, **amounts, "หน่วยงานรับผิดชอบหลัก": unit, "ภารกิจ": mission},
        )
    for number, title, *_ in PROJECTS:
        place = int(re.sub(r"\D", "", str(number)))
        for at, (name, rows) in enumerate(DETAILS[place].items()):
            for values in rows:
                project = f"{place}. {title}" if at else place  # the first by its number, the others from the list
                clerk.row(name, {"โครงการ": project, **values})
    clerk.row(
        RISKS,
        {
            "ปีงบประมาณ": "๒๕๖๙",
            "กระบวนงาน": "การจัดซื้อจัดจ้างวิธีเฉพาะเจาะจง",
            "ระดับความเสี่ยง": "สูง",
            "คะแนนโอกาสเกิด": "๔",
            "คะแนนผลกระทบ": 4,
            "คะแนนความเสี่ยงรวม": 16,
            "หน่วยงานเจ้าของความเสี่ยง": "กองคลัง",
        },
    )
    clerk.row(FACTORS, {"ความเสี่ยง": "การจัดซื้อจัดจ้างวิธีเฉพาะเจาะจง", "ประเด็นความเสี่ยง": "กำหนดคุณลักษณะเอื้อผู้ขาย"})
    clerk.row(
        CONTROLS,
        {
            "ความเสี่ยง": "การจัดซื้อจัดจ้างวิธีเฉพาะเจาะจง",
            "มาตรการควบคุม": "สอบทานคุณลักษณะโดยคณะกรรมการ",
            "หน่วยงานรับผิดชอบมาตรการ": "กองคลัง",
            "กำหนดแล้วเสร็จ": "๓๐ ก.ย. ๒๕๖๙",
        },
    )
    for year, total in PRINTED.items():
        clerk.row(TOTALS, {"ขอบเขตของยอดรวม": "ทั้งแผน", "ปีงบประมาณ": year, "ยอดรวมที่พิมพ์": total})
    clerk.save()
    return clerk


SIX_MONTHS: tuple[dict[str, Any], ...] = (
    {
        "โครงการ": 1,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "วันที่เริ่มจริง": "๑๕ พ.ย. ๒๕๖๘",
        "วันที่แล้วเสร็จจริง": datetime(2026, 2, 27),
        "งบประมาณที่ได้รับอนุมัติ": "๒๐,๐๐๐.-",
        "งบประมาณที่เบิกจ่าย": "18,750.50",
        "ผลการดำเนินงาน": "จัดอบรม ๑ รุ่น มีผู้เข้าอบรม ๕๘ คน",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
    {"โครงการ": "๒", "สถานะการดำเนินงาน": "อยู่ระหว่างดำเนินการ", "ผลการดำเนินงาน": "จัดกิจกรรมแล้ว ๑ ครั้ง"},
    {
        "โครงการ": "3. โครงการเยาวชนคนดีศรีผาเมฆ",
        "สถานะการดำเนินงาน": "อยู่ระหว่างดำเนินการ",
        "งบประมาณที่ได้รับอนุมัติ": 15000,
        "งบประมาณที่เบิกจ่าย": "๐",
    },
    {
        "โครงการ": 4,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "ผลการดำเนินงาน": "ประกาศเจตจำนงแล้ว",
        "ที่อยู่ของหลักฐาน": "https://pha-mek.example.go.th/no-gift.pdf",
        "งบประมาณที่เบิกจ่าย": "๐",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
    {
        "โครงการ": 6,
        "สถานะการดำเนินงาน": "ไม่สามารถดำเนินการได้",
        "งบประมาณที่ได้รับอนุมัติ": 0,
        "เหตุที่ไม่สามารถดำเนินการ": "ไม่ได้รับงบประมาณ",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "จะเสนอตั้งงบประมาณใหม่",
    },
    {
        "โครงการ": 7,
        "สถานะการดำเนินงาน": "อยู่ระหว่างดำเนินการ",
        "งบประมาณที่ได้รับอนุมัติ": "50000 บาท",
        "งบประมาณที่เบิกจ่าย": "๒๐,๐๐๐.-",
    },
)
"""What is reported after six months of the fiscal year 2569: project 5 does not run in it, 8 is not reported."""

TWELVE_MONTHS: tuple[dict[str, Any], ...] = (
    {
        "โครงการ": 2,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "ผลการดำเนินงาน": "จัดกิจกรรมแล้ว ๒ ครั้ง",
        "งบประมาณที่เบิกจ่าย": "๐",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
    {
        "โครงการ": 3,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "วันที่แล้วเสร็จจริง": "28/8/2569",
        "งบประมาณที่ได้รับอนุมัติ": "๑๕,๐๐๐",
        "งบประมาณที่เบิกจ่าย": "๑๔,๒๐๐.-",
        "ผลการดำเนินงาน": "จัดค่าย ๑ ครั้ง มีนักเรียน ๙๖ คน",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
    {
        "โครงการ": 6,
        "สถานะการดำเนินงาน": "ไม่สามารถดำเนินการได้",
        "งบประมาณที่ได้รับอนุมัติ": 0,
        "งบประมาณที่เบิกจ่าย": 0,
        "เหตุที่ไม่สามารถดำเนินการ": "ไม่ได้รับงบประมาณ",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "เสนอตั้งงบประมาณในปี ๒๕๗๐",
    },
    {
        "โครงการ": 7,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "งบประมาณที่ได้รับอนุมัติ": 50000,
        "งบประมาณที่เบิกจ่าย": "๔๘,๕๐๐.-",
        "ผลการดำเนินงาน": "จัดเวที ๙ หมู่บ้าน",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
    {
        "โครงการ": 8,
        "สถานะการดำเนินงาน": "ดำเนินการแล้วเสร็จ",
        "ผลการดำเนินงาน": "จัดทำคู่มือแล้ว",
        "งบประมาณที่เบิกจ่าย": "๐",
        "ปัญหา อุปสรรค และข้อเสนอแนะ": "ไม่มี",
    },
)
"""What is reported after twelve months; what was completed before is not reported again."""


def fill_in_round(path: Path, months: str, reports: tuple[dict[str, Any], ...]) -> Clerk:
    """Fill in the results of a round of the fiscal year 2569."""
    clerk = Clerk(path)
    for report in reports:
        project, *others = report.items()
        clerk.row(RESULTS, dict([project, ("ปีงบประมาณ", "๒๕๖๙"), ("รอบการรายงาน (เดือน)", months), *others]))
    if months == "6":
        value = {"ค่าที่ทำได้": "๕๘", "ผล": "เข้าอบรม ๕๘ คน จาก ๖๐ คน"}
        clerk.row(
            BY_INDICATOR, {"โครงการ": 1, "ลำดับตัวชี้วัด": "๑", "ปีงบประมาณ": 2569, "รอบการรายงาน (เดือน)": "6", **value}
        )
    else:
        control = {"ความเสี่ยง": "การจัดซื้อจัดจ้างวิธีเฉพาะเจาะจง", "ลำดับมาตรการ": 1, "ปีงบประมาณ": "๒๕๖๙"}
        clerk.row(OF_CONTROLS, {**control, "สถานะการดำเนินการ": "ดำเนินการแล้วเสร็จ", "ผลการดำเนินการ": "สอบทานครบ ๑๒ ครั้ง"})
    clerk.save()
    return clerk


def correct(path: Path) -> Clerk:
    """Correct the number of pupils of project 3."""
    clerk = Clerk(path)
    sheet = clerk.book[TARGETS]
    (row,) = (r for r in range(1, 40) if str(sheet.cell(r, 1).value).startswith("3. "))
    clerk.change(TARGETS, row, "จำนวนเป้าหมาย", "๑๒๐")
    clerk.save()
    return clerk
