"""Words of invented plans: what local governments plan, for whom, and who is responsible."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from khelang_opendata.model.thai import in_words

DIMENSIONS = (
    ("การสร้างวัฒนธรรมสุจริต", "Building a culture of integrity"),
    ("การบริหารราชการด้วยความโปร่งใส", "Transparent administration, open to all"),
    ("การส่งเสริมการมีส่วนร่วมของภาคประชาชน", "Participation of the people"),
    ("การเสริมสร้างกลไกในการตรวจสอบ", "Stronger mechanisms of inspection"),
)
MISSIONS = (
    "การสร้างจิตสำนึกและความตระหนักแก่บุคลากร",
    "การเปิดเผยข้อมูลข่าวสารแก่ประชาชน",
    "การพัฒนาระบบการให้บริการ การเงิน และการพัสดุ",
)
UNITS = (  # name, English, level, position of the parent
    ("เทศบาล", "Municipality", "lao", None),
    ("สำนักปลัด", "Office of the Municipal Clerk", "division", 0),
    ("กองคลัง", "Finance Division", "division", 0),
    ("กองช่าง", "Public Works Division", "division", 0),
    ("กองการศึกษา ศาสนา และวัฒนธรรม", "Education, Religion and Culture Division", "division", 0),
    ("กองสาธารณสุขและสิ่งแวดล้อม", "Public Health and Environment Division", "division", 0),
    ("งานนิติการ", "Legal Affairs Subsection", "subsection", 1),
    ("งานพัสดุและทรัพย์สิน", "Supplies and Assets Subsection", "subsection", 2),
    ("หน่วยตรวจสอบภายใน", "", "division", 0),
)
LEADS = (1, 3, 4, 5, 6, 7, 8)
"""Units that lead projects; those above them are in use with them."""

KINDS = (
    ("project", "โครงการ"),
    ("activity", "กิจกรรม"),
    ("measure", "มาตรการ"),
    ("guideline", "แนวปฏิบัติงาน"),
)
SUBJECTS = (
    ("อบรมคุณธรรมและจริยธรรม", "Training in morals, ethics and good governance"),
    ("เผยแพร่ข้อมูลการจัดซื้อจัดจ้าง", "Publishing procurement, bids and contracts"),
    ("รณรงค์ต่อต้านการทุจริตคอร์รัปชัน", "Campaign against corruption"),
    ("พัฒนาระบบรับเรื่องร้องเรียนร้องทุกข์", "Better handling of complaints"),
    ("ส่งเสริมปรัชญาของเศรษฐกิจพอเพียง", ""),
    ("ประเมินความพึงพอใจของผู้รับบริการ", "Measuring the satisfaction of users"),
    ("เสริมสร้างความโปร่งใสในการบริหารงานบุคคล", "Transparency in appointments, transfers and promotion"),
)
Audience = tuple[str, str, str, str]
"""A target group in Thai and English, the code of its audience, and what its members are counted in."""

AUDIENCES: Sequence[Audience] = (
    ("พนักงานส่วนท้องถิ่นและลูกจ้าง", "Officers and employees", "staff", "person"),
    ("เด็กและเยาวชนในเขตพื้นที่", "Children and young people", "students_youth", "person"),
    ("ชุมชนในเขตเทศบาล", "Communities of the municipality", "communities", "community"),
    ("คณะผู้บริหารและสมาชิกสภาท้องถิ่น", "", "council", "person"),
    ("ผู้ประกอบการและประชาชนทั่วไป", "Businesses, and the public at large", "general_public", "person"),
)
VERIFICATIONS = (
    "แบบสำรวจความพึงพอใจ",
    "ภาพถ่ายกิจกรรม, บัญชีลงเวลา\nและรายงานผลการดำเนินงาน",
    "",
    "เว็บไซต์ของหน่วยงาน\nป้ายประชาสัมพันธ์",
)
RISKS = (  # process, English, type
    ("การจัดซื้อจัดจ้าง", "Procurement", "spending"),
    ("การออกใบอนุญาตก่อสร้าง", "Building permits", "approval"),
    ("การใช้รถยนต์ส่วนกลาง", "", "power"),
)
PROVINCES = (("ลำปาง", "TH-52"), ("น่าน", "TH-55"), ("ขอนแก่น", "TH-40"), ("สงขลา", "TH-90"), ("ชลบุรี", "TH-20"))
# None is แม่ทุ่ง, the local government of an example, which the rule example_copied refuses.
PLACES: Sequence[str] = [
    first + second
    for first in ("แม่", "บ้าน", "หนอง", "ห้วย", "ท่า", "ดอน", "วัง")
    for second in ("ทุ่งเอก", "เมาะ", "น้ำใส", "ตาล", "หลวง", "ยาว", "แดง")
]
AMOUNTS = (5_000, 12_000, 20_000, 30_000, 45_000, 80_000, 100_000, 150_000, 240_000, 300_000, 520_000, 1_200_000)

_TO_THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def thai(text: object) -> str:
    """A text with Thai digits."""
    return str(text).translate(_TO_THAI)


@cache
def amount_printed(amount: int) -> str:
    """An amount as a summary table prints it: ๓๐๐,๐๐๐."""
    return thai(f"{amount:,}")


@cache
def amount_on_sheet(amount: int) -> str:
    """An amount as a project's sheet prints it: ๓๐๐,๐๐๐.๐๐ บาท (สามแสนบาทถ้วน)."""
    return thai(f"{amount:,}.00 บาท") + f" ({in_words(Decimal(amount))})"
