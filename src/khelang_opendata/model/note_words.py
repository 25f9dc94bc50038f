"""How notes and signatures around a table begin, which hold no record."""

from __future__ import annotations

import re

NOTE = re.compile(
    r"[(*\s]*(?:ลง(?:ชื่อ|นาม)(?=[\s.…_:(]|$)|หมายเหตุ|(?:แหล่ง)?ที่มา(?=[\s:]|$)|แหล่งข้อมูล|ตำแหน่ง(?=[\s.…_:(]|$)|(?:ข้อมูล\s*)?ณ\s*วันที่"
    r"|ข้อมูล\s*ณ(?=\s)|หน่วย\s*:|จัดทำโดย"
    r"|วันที่(?=[\s.…_:/\d]|$)|ผู้(?:จัดทำ|รับรอง|ตรวจสอบ|ตรวจ|อนุมัติ|เห็นชอบ|เสนอ|รายงาน|บันทึก|กรอก|ให้)(?:ข้อมูล|แผน|โครงการ|รายงาน)?"
    r"(?=[\s.…_:(]|$)|[.…_]{3,}|sign(?:ed|ature)\b"
    r"|(?:notes?|remarks?|source|prepared by|approved by|position|date)\s*[:.…_])"
    r"|\(\s*(?:นาย|นาง|น\.ส\.|ว่าที่|ดร\.|พ\.[ตจอ]|ร\.[ตทอ]|จ\.[สทอ]|[.…_]{3,})",
    re.IGNORECASE,
)
POSITION = re.compile(
    r"(?:รอง)?(?:นายก|ปลัด|ผู้อำนวยการ|หัวหน้า|เลขานุการ)|นัก|เจ้าพนักงาน|[-*•(]|mayor|clerk|director", re.IGNORECASE
)
"""What follows on a signature or a note."""
