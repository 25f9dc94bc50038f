"""Cells as people and programs leave them, each with what import must make of it: the value, or a complaint.

A case is one cell of the workbook of the plan. ``{n}`` in a value is the number of its row, ``{t}`` the same in Thai
digits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

SUMMARY, PLAN_SHEET, UNITS = "ตารางสรุป", "แผน", "หน่วยงาน"
STEPS, PROMISES, TARGETS = "ขั้นตอน", "กำหนดในขั้นตอน", "กลุ่มเป้าหมาย"
INDICATORS, LAWS, PROGRESS = "ตัวชี้วัด", "กฎหมายที่อ้าง", "ผลรายรอบ"
YEARS = "years"
"""Any cell of a fiscal year in the summary table."""

ZWSP, NBSP, THIN, NARROW, RLO = "\u200b", "\u00a0", "\u2009", "\u202f", "\u202e"


@dataclass(frozen=True, eq=False)  # True is no 1 here
class Damaged:
    """One cell.

    Attributes:
        name: what is the matter with it.
        sheet: its sheet.
        heading: its column.
        value: what is in the cell; a text is stored as text, whatever it looks like.
        table: the table of its value.
        column: the column of its value.
        expected: the value that the table must have; None where the cell must be refused.
        code: the name of the remark where it is refused, or where the value is taken for something.
        form: the number format.
        status: the status of the budget line, for an amount of a year.
        beside: further cells of the row by their headings.
        remedy: what a person types who does what the complaint says; None where it offers readings.
        means: the value that the table has then.
    """

    name: str
    sheet: str
    heading: str
    value: Any
    table: str
    column: str
    expected: str | None = None
    code: str = ""
    form: str = "General"
    status: str = "budgeted"
    beside: dict[str, Any] = field(default_factory=dict)
    remedy: Any = None
    means: str = ""


def _amount(name: str, value: Any, expected: str, code: str = "", form: str = "General") -> Damaged:
    return Damaged(name, SUMMARY, YEARS, value, "budgets", "amount_thb", expected, code, form)


def _status(name: str, value: Any, status: str, form: str = "General") -> Damaged:
    amount = "0" if status == "no_budget" else ""
    return Damaged(name, SUMMARY, YEARS, value, "budgets", "amount_thb", amount, form=form, status=status)


def _no_amount(name: str, value: Any, code: str, form: str = "General", remedy: Any = None) -> Damaged:
    means = "300000" if remedy == 300000 else ""
    return Damaged(name, SUMMARY, YEARS, value, "budgets", "amount_thb", None, code, form, remedy=remedy, means=means)


AMOUNTS = [
    _amount("noise below", 299999.99999999994, "300000"),
    _amount("noise above", 20000.000000000004, "20000"),
    _amount("sum of decimals", 0.1 + 0.2, "0.3"),
    _amount("product of decimals", 1.1 * 3, "3.3"),
    _amount("large with satang", 1234567890.25, "1234567890.25"),
    _amount("satang", 300000.5, "300000.5"),
    _amount("zero width space", f"310{ZWSP},000{ZWSP}", "310000"),
    _amount("no-break space around", f"{NBSP}310,000{NBSP}", "310000"),
    _amount("no-break space between", f"310{NBSP}250", "310250"),
    _amount("narrow space between", f"1{NARROW}310{NARROW}000", "1310000"),
    _amount("thin space before the unit", f"310,000{THIN}บาท", "310000"),
    _amount("direction marks", "\u200e310,000\u200f", "310000"),
    _amount("isolates", "\u2066310,000\u2069", "310000"),
    _amount("byte order mark", "\ufeff310,000", "310000"),
    _amount("soft hyphen", "310,\u00ad000", "310000"),
    _amount("spaces and a line break", " 310,000 \n", "310000"),
    _amount("tab", "\t310,000\t", "310000"),
    _amount("European grouping with decimals", "310.000,00", "310000.00"),
    _amount("dots twice", "1.310.000", "1310000"),
    _amount("space before zeros", "310 000", "310000"),
    _amount("dot and dash", "310,000.-", "310000"),
    _amount("dot and equals", "310,000.=", "310000"),
    _amount("dot and long dash", "310,000.–", "310000"),
    _amount("comma and dash", "310,000,-", "310000"),
    _amount("dash", "310,000-", "310000"),
    _amount("Thai digits and dash", "๓๑๐,๐๐๐.-", "310000"),
    _amount("mixed digits", "๓10,๐00", "310000"),
    _amount("full-width digits", "３１０，０００", "310000"),
    _amount("Lao digits", "໓໑໐,໐໐໐", "310000"),
    _amount("baht", "310000 บาท", "310000"),
    _amount("baht exactly", "310000บาทถ้วน", "310000"),
    _amount("baht shortened", "310,000 บ.", "310000"),
    _amount("sign of baht", "฿310,000", "310000"),
    _amount("code of baht before", "THB 310,000", "310000"),
    _amount("code of baht after", "310,000.00 thb", "310000.00"),
    _amount("number of", "จำนวน 310,000 บาท", "310000"),
    _amount("figures and words", "310,000 บาท (สามแสนหนึ่งหมื่นบาทถ้วน)", "310000"),
    _amount("unit of 100,000", "3.1 แสน", "310000.0", "number_taken"),
    _amount("parts of a million", "0.31 ล้านบาท", "310000.00", "number_taken"),
    _amount("two units", "3 แสน 1 หมื่นบาท", "310000", "number_taken"),
    _amount("Thai digits with a unit", "๓๑ หมื่นบาท", "310000", "number_taken"),
    _amount("words", "สามแสนหนึ่งหมื่นบาทถ้วน", "310000", "number_taken"),
    _amount("words without baht", "สามแสนหนึ่งหมื่น", "310000", "number_taken"),
    _amount("formula as text", "=310000", "310000"),
    _amount("apostrophe", "'310000", "310000"),
    _amount("plus", "+310000", "310000"),
    _amount("number in scientific format", 310000, "310000", form="0.00E+00"),
    _amount("number in a format of baht", 310000, "310000", form='"฿"#,##0.00'),
    _amount("number with Thai digits by format", 310000, "310000", form="[$-D000000]#,##0"),
    _amount("number in thousands by format", 310000, "310000", form="#,##0,"),
    _status("0", 0, "no_budget"),
    _status("Thai 0", "๐", "no_budget"),
    _status("0 as text", "0", "no_budget"),
    _status("0.00", "0.00", "no_budget"),
    _status("no baht", "0 บาท", "no_budget"),
    _status("dash as text", "-", "not_run"),
    _status("en dash", "–", "not_run"),
    _status("em dash", "—", "not_run"),
    _status("minus sign", "−", "not_run"),
    _status("dashes", "---", "not_run"),
    _status("dash between hidden spaces", f"{ZWSP} -{NBSP}", "not_run"),
    _status("no budget used", "ไม่ใช้งบประมาณ", "no_budget"),
    _status("no budget used, shorter", "ไม่ใช้งบ", "no_budget"),
    _status("no budget used, in brackets", "(ไม่ใช้งบประมาณ)", "no_budget"),
    _status("no budget", "ไม่มีงบประมาณ", "no_budget"),
    _status("no budget, spaced", f"ไม่ใช้{ZWSP}งบ ประมาณ", "no_budget"),
    _status("status", "ดำเนินการโดยไม่ใช้งบประมาณ", "no_budget"),
    _status("status in English", "Not run", "not_run"),
    _status("unknown", "ไม่ทราบ", "unknown"),
    _no_amount("part of a satang", 20000.005, "amount_too_fine"),
    _no_amount("part of a satang as text", "20000.005", "amount_too_fine"),
    _no_amount("third of an amount", 100000 / 3, "amount_too_fine"),
    _no_amount("16 digits", 1234567890123456, "number_too_long", remedy=300000),
    _no_amount("16 digits as text", "1,234,567,890,123,456", "number_too_long", remedy=300000),
    _no_amount("one dot and three digits", "300.000", "number_ambiguous"),
    _no_amount("one dot and three digits in baht", "12.500 บาท", "number_ambiguous"),
    _no_amount("Indian grouping", "3,00,000", "number_grouped_wrong", remedy=300000),
    _no_amount("grouping in twos", "300,00,000", "number_grouped_wrong", remedy=300000),
    _no_amount("two digits after the comma", "300,00", "number_grouped_wrong", remedy=300000),
    _no_amount("comma at the end of a group", "300,0000", "number_grouped_wrong", remedy=300000),
    _no_amount("two numbers with a space", "300 250", "number_several", remedy=300000),
    _no_amount("two amounts with a slash", "300,000 / 200,000", "number_several", remedy=300000),
    _no_amount("two amounts on two lines", "300,000\n200,000", "number_several", remedy=300000),
    _no_amount("sum as text", "300,000+200,000", "number_several", remedy=300000),
    _no_amount("range", "300-400", "number_several", remedy=300000),
    _no_amount("thousands in short", "300k", "number_shortened"),
    _no_amount("exponent", "3E5", "number_exponent"),
    _no_amount("scientific text", "3.00E+05", "number_exponent"),
    _no_amount("letter O", "O", "number_letters"),
    _no_amount("small letter o", "o", "number_letters"),
    _no_amount("letters in digits", "3OO,OOO", "number_letters"),
    _no_amount("letter l", "l00,000", "number_letters"),
    _no_amount("negative", -300000, "amount_negative"),
    _no_amount("negative as text", "-300,000", "amount_negative"),
    _no_amount("accountant's brackets", "(300,000)", "amount_negative"),
    _no_amount("figures and other words", "300,000 (สองแสนบาทถ้วน)", "amount_words_differ"),
    _no_amount("percentage", "50%", "number_percent", remedy=300000),
    _no_amount("percentage by format", 0.5, "number_percent", "0%", remedy=300000),
    _no_amount("date", datetime(2022, 10, 1), "number_is_day", "d/m/yyyy", remedy=300000),
    _no_amount("amount in a format of dates", date(2721, 5, 17), "number_is_day", "d/m/yyyy", remedy=300000),
    _no_amount("time", time(8, 30), "number_is_day", "h:mm", remedy=300000),
    _no_amount("0 that shows a dash", 0, "sign_shown", '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)', remedy="-"),
    _no_amount("hashes", "########", "cell_hashes", remedy=300000),
    _no_amount("error as text", "#N/A", "cell_error", remedy=300000),
    _no_amount("answer", True, "sign_tick", remedy="ไม่ทราบ"),
    _no_amount("turned direction", f"{RLO}000,003", "amount_unknown", remedy=300000),
    _no_amount("footnote mark", "300,000²", "amount_unknown", remedy=300000),
    _no_amount("about", "ประมาณ 300,000", "amount_unknown", remedy=300000),
    _no_amount("two units the wrong way round", "5 หมื่น 3 แสน", "amount_unknown", remedy=300000),
    _no_amount("none", "ไม่มี", "amount_unknown", remedy="ดำเนินการโดยไม่ใช้งบประมาณ"),
    _no_amount("already set aside", "ตั้งไว้แล้ว", "amount_unknown", remedy="ใช้งบประมาณร่วมกับโครงการอื่น"),
    _no_amount("already appropriated", "ตั้งจ่ายไว้แล้ว", "amount_unknown", remedy="ตั้งงบประมาณ"),
    _no_amount("source of money", "งบกลาง", "amount_unknown", remedy=300000),
    _no_amount("as spent", "ตามที่จ่ายจริง", "amount_unknown", remedy="ไม่ทราบ"),
    _no_amount("not available", "N/A", "amount_unknown", remedy="ไม่ทราบ"),
    _no_amount("to be confirmed", "TBC", "amount_unknown", remedy="0"),
    _no_amount("question mark", "?", "text_lost", remedy=300000),
]


def _number(name: str, value: Any, expected: str | None, code: str = "", **rest: Any) -> Damaged:
    return Damaged(name, INDICATORS, "ค่าเป้าหมาย", value, "indicators", "value", expected, code, **rest)


def _spent(name: str, value: Any, expected: str | None, code: str = "", **rest: Any) -> Damaged:
    return Damaged(name, PROGRESS, "งบประมาณที่เบิกจ่าย", value, "progress", "disbursed_thb", expected, code, **rest)


def _sequence(name: str, value: Any, code: str = "", **rest: Any) -> Damaged:
    return Damaged(name, SUMMARY, "ที่", value, "projects", "sequence_no", None if code else "{n}", code, **rest)


def _year(name: str, value: Any, expected: str | None, code: str = "", **rest: Any) -> Damaged:
    return Damaged(name, LAWS, "ปี พ.ศ.", value, "legal_bases", "year_be", expected, code, **rest)


_OF_PERCENT = {"หน่วยของค่าเป้าหมาย": "ร้อยละ"}
_TYPED: dict[str, Any] = {"remedy": 81, "means": "81"}
_OF_PEOPLE = {"หน่วยของค่าเป้าหมาย": "คน"}
NUMBERS = [
    _number("percentage of percent", "81%", "81", beside=_OF_PERCENT),
    _number("percentage by format of percent", 0.81, "81", form="0%", beside=_OF_PERCENT),
    _number("percentage in words of percent", "ร้อยละ ๘๑", "81", beside=_OF_PERCENT),
    _number("percentage of people", "81%", None, "number_percent", beside=_OF_PEOPLE, **_TYPED),
    _number(
        "percentage by format of people",
        0.81,
        None,
        "number_percent",
        form="0%",
        beside=_OF_PEOPLE,
        remedy=81,
        means="81",
    ),
    _number("Thai digits", "๘๑", "81", beside=_OF_PEOPLE),
    _number("decimals in a cell of numbers", 3.125, "3.125", beside=_OF_PEOPLE),
    _number("negative", -5, "-5", beside=_OF_PEOPLE),
    _number("number with its unit", "81 คน", None, "number_unknown", beside=_OF_PEOPLE, **_TYPED),
    _number("condition", "ไม่น้อยกว่า 81", None, "number_unknown", beside=_OF_PEOPLE, **_TYPED),
    _number("one dot and three digits", "1.500", None, "number_ambiguous", beside=_OF_PEOPLE),
    _spent("amount in words", "สามพันบาท", "3000", "number_taken"),
    _spent("noise", 2999.9999999999995, "3000"),
    _spent("part of a satang", 2999.999, None, "amount_too_fine"),
    _spent("negative", "(3,000)", None, "amount_negative"),
    _spent("not yet", "ยังไม่เบิก", None, "number_unknown", remedy=80, means="80"),
    _sequence("dot", "{n}."),
    _sequence("Thai digit and bracket", "{t})"),
    _sequence("brackets", "({n})"),
    _sequence("number as text", "{n}"),
    _sequence("at", "ที่ {n}"),
    _sequence("at, in full", "ลำดับที่ {t}"),
    _sequence("project", "โครงการที่ {n}"),
    _sequence("hidden space", f"{ZWSP}{{n}}{NBSP}"),
    _sequence("decimal", "{n}.1", "number_not_whole", remedy="{n}", means="{n}"),
    _sequence("id", "P0{n}", "number_unknown", remedy="{n}", means="{n}"),
    _sequence("two numbers with a comma", "{n},2", "number_grouped_wrong", remedy="{n}", means="{n}"),
    _sequence("range", "{n}-3", "number_several", remedy="{n}", means="{n}"),
    _sequence("date", date(2026, 3, 2), "number_is_day", form="d-mmm", remedy="{n}", means="{n}"),
    _year("Thai digits", "๒๕๔๑", "2541"),
    _year("era", "พ.ศ. 2541", "2541"),
    _year("word and era", "ปี พ.ศ. ๒๕๔๑", "2541"),
    _year("hidden spaces", f"25{ZWSP}41{NBSP}", "2541"),
    _year("grouped", "2,541", "2541"),
    _year("grouped by format", 2541, "2541", form="#,##0"),
    _year("two digits", "41", None, "year_short"),
    _year("common era", 1998, None, "year_common"),
    _year("two years", "2541-2542", None, "year_unknown", remedy=2566, means="2566"),
    _year("date", date(1998, 1, 1), None, "year_unknown", form="d/m/yyyy", remedy=2566, means="2566"),
    _year("words", "ปีนี้", None, "year_unknown", remedy=2566, means="2566"),
]


def _day(name: str, value: Any, expected: str | None, code: str = "", **rest: Any) -> Damaged:
    return Damaged(name, PROGRESS, "วันที่เริ่มจริง", value, "progress", "actual_start_on", expected, code, **rest)


def _no_day(name: str, value: Any, code: str = "day_unknown", **rest: Any) -> Damaged:
    typed: dict[str, Any] = (
        {} if code in ("day_ambiguous", "day_century") else {"remedy": "27 กันยายน 2570", "means": "2027-09-27"}
    )
    return _day(name, value, None, code, **{**typed, **rest})


DAYS = [
    *(
        _day(value, value, "2022-10-01")
        for value in (
            *("1 ต.ค. 2565", "๑ ตุลาคม ๒๕๖๕", "1 ต.ค. 65", "1 ตค 2565", "วันที่ 1 ตุลาคม พ.ศ. 2565", "1 October 2022"),
            *("1/10/2565", "01/10/2565", "1-10-65", "1.10.2565", "2565-10-01", "2022-10-01", "2022-10-01T08:30:00"),
            *("2022-10-01 00:00:00", f"1{NBSP}ตุลาคม{ZWSP} 2565", f"1/10/{ZWSP}2565", "Oct 1, 2022"),
        )
    ),
    _day("day before month in a Buddhist year", "10/1/2565", "2022-01-10"),
    _day("leap day of a Buddhist year", "29/2/2567", "2024-02-29"),
    _day("date", date(2022, 10, 1), "2022-10-01", form="d/m/yyyy"),
    _day("date of a Buddhist year", date(2565, 10, 1), "2022-10-01", form="d/m/yyyy"),
    _day("date and time", datetime(2022, 10, 1, 8, 30), "2022-10-01", form="d/m/yyyy h:mm"),
    _day("day that a spreadsheet counts", 44835, "2022-10-01", "day_taken"),
    _day("the same as text", "44835", "2022-10-01", "day_taken"),
    _no_day("either month", "9/8/2022", "day_ambiguous"),
    _no_day("either month of a short year", "1/10/22", "day_ambiguous"),
    _no_day("year of two digits that Excel read", date(1965, 10, 1), "day_century", form="d/m/yyyy"),
    _no_day("day that is none", "29 ก.พ. 2564", "day_missing"),
    _no_day("31 September", "31/9/2565", "day_missing"),
    _no_day("month", "ต.ค. 65"),
    _no_day("months", "ต.ค. 2565 - ก.ย. 2566"),
    _no_day("fiscal year", "ปีงบประมาณ 2566"),
    _no_day("quarter", "ไตรมาส 1/2566"),
    _no_day("year", 2566),
    _no_day("year and month", 256510),
    _no_day("soon", "เร็ว ๆ นี้"),
    _no_day("time", time(8, 30), form="h:mm"),
]


_ID = "khelang-nakhon-2566-2570"


def _answer(value: Any, expected: str | None) -> Damaged:
    remedy: dict[str, Any] = {} if expected else {"remedy": "ใช่", "means": "true"}
    code = "" if expected else "answer_unknown"
    return Damaged(
        f"answer {value}",
        PROGRESS,
        "บรรจุในเทศบัญญัติหรือข้อบัญญัติ",
        value,
        "progress",
        "in_ordinance",
        expected,
        code,
        **remedy,
    )


def _code(name: str, value: Any, expected: str | None, remedy: str = "", means: str = "") -> Damaged:
    code = "" if expected else "code_unknown"
    return Damaged(
        name,
        PROGRESS,
        "สถานะการดำเนินงาน",
        value,
        "progress",
        "status",
        expected,
        code,
        remedy=remedy or None,
        means=means,
    )


def _unit(name: str, value: Any, expected: str | None) -> Damaged:
    code = "" if expected else "record_unknown"
    remedy: dict[str, Any] = {} if expected else {"remedy": "กองคลัง", "means": f"{_ID}-U04"}
    return Damaged(name, SUMMARY, "หน่วยงานรับผิดชอบหลัก", value, "projects", "lead_unit_id", expected, code, **remedy)


_TREASURY = f"{_ID}-U04"
CHOICES = [
    *(_answer(value, "true") for value in ("ใช่", f"ใช่{ZWSP}", "Yes", "Y", 1, "1", "TRUE", True, "✓", "✔", "/", "๑")),
    *(_answer(value, "false") for value in ("ไม่ใช่", "ไม่", "No", "n", 0, False, "๐")),
    *(_answer(value, None) for value in ("X", "-", "บางส่วน", 2)),
    _code("Thai title", "ดำเนินการแล้วเสร็จ", "completed"),
    _code("English title", "completed", "completed"),
    _code("English title in capitals", "IN PROGRESS", "in_progress"),
    _code("title with spaces", f"อยู่ ระหว่าง{NBSP}ดำเนินการ{ZWSP}", "in_progress"),
    _code("title in glyphs of a font", "ยังไม\uf70aได\uf70bดำเนินการ", "not_started"),
    _code("title with sara am in two", "ดําเนินการแล้วเสร็จ", "completed"),
    _code("title with two e", "ดำเนินการเเล้วเสร็จ", "completed"),
    _code("title in another code page", "ดำเนินการแล้วเสร็จ".encode("cp874").decode("latin-1"), "completed"),
    _code("unknown title", "เสร็จครึ่งเดียว", None, "อยู่ระหว่างดำเนินการ", "in_progress"),
    _code("part of titles", "ดำเนินการ", None, "ดำเนินการแล้วเสร็จ", "completed"),
    _unit("name", "กองคลัง", _TREASURY),
    _unit("name with hidden spaces", f"กอง{ZWSP}คลัง{NBSP}", _TREASURY),
    _unit("unknown name", "กองที่ไม่มี", None),
    _unit("two names", "กองคลัง/สำนักปลัด", None),
    Damaged("mission by its code", SUMMARY, "ภารกิจ", "1.2", "projects", "mission_id", f"{_ID}-M1.2"),
    Damaged("mission in Thai digits", SUMMARY, "ภารกิจ", "๑.๒", "projects", "mission_id", f"{_ID}-M1.2"),
    Damaged(
        "mission without its dot", SUMMARY, "ภารกิจ", "12", "projects", "mission_id", None, "record_unknown",
        remedy="1.2", means=f"{_ID}-M1.2",
    ),
    Damaged(
        "mission that a spreadsheet shortened", SUMMARY, "ภารกิจ", 1.2, "projects", "mission_id", None, "record_unknown",
        form="0.00", remedy="1.2", means=f"{_ID}-M1.2",
    ),
    Damaged("dimension with a star", SUMMARY, "มิติ", "3*", "projects", "dimension_id", f"{_ID}-D3S"),
    Damaged("dimension by its word", SUMMARY, "มิติ", "มิติที่ ๓", "projects", "dimension_id", f"{_ID}-D3"),
    Damaged("hidden characters", PLAN_SHEET, "รหัส สถ.", f"45{ZWSP}20104{NBSP}", "plans", "dla_code", "4520104"),
    Damaged("code in Thai digits", PLAN_SHEET, "รหัส ปค.", "๕๒๙๙", "plans", "dopa_code", "5299"),
    Damaged("code with zeros by format", PLAN_SHEET, "รหัส ปค.", 99, "plans", "dopa_code", "0099", form="0000"),
    Damaged("code grouped by format", PLAN_SHEET, "รหัส สถ.", 4520104, "plans", "dla_code", "4520104", form="#,##0"),
    Damaged(
        "code that became a day", PLAN_SHEET, "รหัส ปค.", date(2022, 10, 1), "plans", "dopa_code", None, "code_is_day",
        form="d/m/yyyy", remedy="5299", means="5299",
    ),
]  # fmt: skip

_STEP = "ติดต่อบุคคลและหน่วยงานที่เกี่ยวข้อง"


def _text(name: str, value: Any, expected: str | None, code: str = "", form: str = "General") -> Damaged:
    remedy: dict[str, Any] = {} if expected is not None else {"remedy": _STEP, "means": _STEP}
    return Damaged(name, STEPS, "ที่มาในเอกสาร", value, "steps", "source_section", expected, code, form, **remedy)


def _as_thai(data: bytes) -> str:
    """Bytes as Windows shows them in its Thai code page; those without a letter as C1 characters."""
    return "".join(data[at : at + 1].decode("cp874", "ignore") or chr(data[at]) for at in range(len(data)))


_GARBLED = _STEP.encode("cp874").decode("latin-1")
TEXTS = [
    _text("percentage by format", 0.5, "50%", form="0%"),
    _text("decimals of a percentage", 0.805, "80.50%", form="0.00%"),
    _text("zeros by format", 7, "007", form="000"),
    _text("fraction", 1.5, "1 1/2", form="# ?/?"),
    _text("baht by format", 1500, "฿1,500.00", form='"฿"#,##0.00'),
    _text("unit by format", 81, "81 คน", form='0" คน"'),
    _text("Thai digits by format", 81, "๘๑", form="t0"),
    _text("Thai digits by locale", 1250, "๑,๒๕๐", form="[$-D000000]#,##0"),
    _text("trailing zero by format", 1.1, "1.10", form="0.00"),
    _text("negative in brackets", -5, "(5)", form="#,##0;(#,##0)"),
    _text("dash for 0", 0, "-", form='0;-0;"-"'),
    _text("telephone number by format", 541234567, "054-123-4567", form="000-000-0000"),
    _text("plain number", 2566, "2566"),
    _text("noise", 0.1 + 0.2, "0.3"),
    _text("day by format", date(2022, 10, 1), "01/10/2565", form="dd/mm/bbbb"),
    _text("day in Thai by format", date(2022, 10, 1), "1 ต.ค. 65", form="[$-107041E]d mmm yy"),
    _text("day of a Buddhist year", date(2565, 10, 1), "1/10/2565", form="d/m/yyyy"),
    _text("day as the computer shows it", date(2022, 10, 1), "1 ตุลาคม 2565", "day_in_words", form="mm-dd-yy"),
    _text("month in the computer's language", date(2022, 10, 1), "1 ตุลาคม 2565", "day_in_words", form="d mmmm yyyy"),
    _text("time", time(8, 30), "8.30 น.", form='h.mm "น."'),
    _text("hidden by format", 5, None, "format_unknown", form=";;;"),
    _text("condition in the format", 5, None, "format_unknown", form="[<3]0;0.0"),
    _text("16 digits", 1234567890123456, None, "number_too_long"),
    _text("answer", True, None, "answer_in_text"),
    _text("answer as text", "FALSE", None, "answer_in_text"),
    _text("error as text", "#N/A", None, "cell_error"),
    _text("hashes", "########", None, "cell_hashes"),
    _text("question marks", "????????????? ???", None, "text_lost"),
    _text("replaced letters", "ติดต่อ\ufffd\ufffd", None, "text_lost"),
    _text("Thai read as Latin", _GARBLED, _STEP, "text_mended"),
    _text("UTF-8 read as Latin", _STEP.encode().decode("latin-1"), _STEP, "text_mended"),
    _text("UTF-8 read as Thai", _as_thai(_STEP.encode()), _STEP, "text_mended"),
    _text("glyphs of a font", "ติดต\uf70aอผู\uf70bเกี่ยวข\uf70bอง", "ติดต่อผู้เกี่ยวข้อง", "text_mended"),
    _text("unknown glyph", "ติดต่อ \ue123 หน่วยงาน", None, "character_unknown"),
    _text("two e", "เเจ้งหน่วยงาน", "แจ้งหน่วยงาน", "text_mended"),
    _text("sara am in two", "ดําเนินการ", "ดำเนินการ", "text_mended"),
    _text("zero width space", f"ติดต่อ{ZWSP}หน่วยงาน", "ติดต่อหน่วยงาน", "text_mended"),
    _text("no-break space", f"ติดต่อ{NBSP}หน่วยงาน", "ติดต่อ หน่วยงาน"),
    _text("spaces", "  ติดต่อ  หน่วยงาน ", "ติดต่อ หน่วยงาน"),
    _text("tab", "ติดต่อ\tหน่วยงาน", "ติดต่อ หน่วยงาน"),
    _text("line break", "ติดต่อ\nหน่วยงาน", "ติดต่อ\nหน่วยงาน"),
    _text("line break of Windows", "ติดต่อ_x000D_\nหน่วยงาน", "ติดต่อ\nหน่วยงาน"),
    _text("control character", "ติดต่อ_x0007_หน่วยงาน", "ติดต่อหน่วยงาน", "text_mended"),
    _text("turned direction", f"ติดต่อ{RLO}หน่วยงาน", "ติดต่อหน่วยงาน", "text_mended"),
    _text("apostrophe before a formula", "'=ติดต่อ", "=ติดต่อ"),
    _text("apostrophe before digits", "'007", "007"),
    _text("apostrophe as quotation", "'ติดต่อ' หน่วยงาน", "'ติดต่อ' หน่วยงาน"),
    _text("formula as text", "=SUM(A1:A3)", "=SUM(A1:A3)"),
    _text("plus", "+ติดต่อ", "+ติดต่อ"),
    _text("at", "@ติดต่อ", "@ติดต่อ"),
    _text("link", '=HYPERLINK("http://x.example","ก")', '=HYPERLINK("http://x.example","ก")'),
    _text("markup", "<b>ติดต่อ</b> &amp; <script>x</script>", "<b>ติดต่อ</b> &amp; <script>x</script>"),
    _text("question in Thai", "หน่วยงานใด??", "หน่วยงานใด??"),
    _text("number sign", "ข้อ #1", "ข้อ #1"),
    Damaged(
        "address in Thai digits", PROGRESS, "ที่อยู่ของหลักฐาน", f"https://example.go.th/แผน๖๖{ZWSP}", "progress",
        "evidence_url", "https://example.go.th/แผน๖๖", "text_mended",
    ),
    Damaged(
        "line break in a title", SUMMARY, "ชื่อโครงการภาษาอังกฤษ", "Training\nfor staff", "projects", "title_en",
        "Training for staff",
    ),
    Damaged(
        "line break in a Thai title", SUMMARY, "ชื่อในระบบ E-PlanNACC", "โครงการฝึก\nอบรม", "projects", "eplan_title_th",
        "โครงการฝึกอบรม", "text_mended",
    ),
    Damaged(
        "printed text keeps its spaces", SUMMARY, "หน่วยงานในตารางสรุปตามที่พิมพ์", "กองคลัง  (งาน พัสดุ)", "projects",
        "summary_unit_printed", "กองคลัง  (งาน พัสดุ)",
    ),
]  # fmt: skip

CASES = [*AMOUNTS, *NUMBERS, *DAYS, *CHOICES, *TEXTS]
