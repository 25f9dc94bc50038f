"""Texts whose letters were lost or garbled on their way, and characters that do not show."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from khelang_opendata.files.serialize import csv_text
from tests.cases import Case
from tests.conftest import PLAN
from tests.edits import Edit, Found, cell, descriptor, together

_OF_PACKAGE = (None, None, None)


def _label(text: str, *codes: str) -> Case:
    """A text in a column of its own wording, of one line."""
    found: tuple[Found, ...] = tuple((code, "risk_factors", 2, "label_th") for code in codes)
    return Case(f"a label of {text[:40]!r}", cell("risk_factors", 2, label_th=text), found)


def _note(text: str, *codes: str) -> Case:
    """A text of several lines."""
    found: tuple[Found, ...] = tuple((code, "budgets", 2, "note_th") for code in codes)
    return Case(f"a note of {text[:40]!r}", cell("budgets", 2, note_th=text), found)


def _printed(text: str, *codes: str) -> Case:
    found: tuple[Found, ...] = tuple((code, "projects", 2, "lead_unit_printed") for code in codes)
    return Case(f"a printed unit of {text[:40]!r}", cell("projects", 2, lead_unit_printed=text), found)


def _id(text: str, *codes: str) -> Case:
    found: tuple[Found, ...] = tuple((code, "plans", 2, "revision_of") for code in codes)
    return Case(f"an id of {text!r}", cell("plans", 2, revision_of=text), found)


def _code(text: str, *codes: str) -> Case:
    found: tuple[Found, ...] = tuple((code, "budgets", 2, "budget_status") for code in codes)
    return Case(f"a code of {text!r}", cell("budgets", 2, budget_status=text), found)


def _title(text: str, *codes: str) -> Case:
    return Case(
        f"a title of the package of {text[:40]!r}",
        descriptor(lambda d: d.update(title=text)),
        tuple((code, *_OF_PACKAGE) for code in codes),
    )


def _all(table: str, change: Callable[[str], str]) -> Edit:
    """Every cell of a table that is not ASCII is changed, as a program does that saves it."""

    def edit(folder: Path) -> None:
        path = folder / f"data/{table}.csv"
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        changed = [[text if text.isascii() else change(text) for text in row] for row in rows]
        path.write_text(csv_text(changed), encoding="utf-8", newline="")

    return edit


def question_marks(text: str) -> str:
    """Thai as Excel's plain CSV has it on a Windows that is not Thai."""
    return text.encode("cp1252", "replace").decode("cp1252")


def as_windows_shows(data: bytes, code_page: str) -> str:
    """Bytes in a code page of Windows; those that have no character there show as control characters."""
    return "".join(bytes([byte]).decode(code_page, "ignore") or chr(byte) for byte in data)


_TEXT = "การตรวจสอบบ้านน้ำ – ภาษา “ไทย”"
GARBLED = (
    _TEXT.encode("cp874").decode("latin-1"),
    as_windows_shows(_TEXT.encode("cp874"), "cp1252"),
    _TEXT.encode().decode("latin-1"),
    as_windows_shows(_TEXT.encode(), "cp1252"),
    as_windows_shows(_TEXT.encode(), "cp874"),
    as_windows_shows(as_windows_shows(_TEXT.encode(), "cp1252").encode(), "cp1252"),
    _TEXT.encode().decode("latin-1").encode().decode("latin-1"),
    as_windows_shows(as_windows_shows(_TEXT.encode("cp874"), "cp1252").encode(), "cp1252"),
    "»Õ",
    "ปี".encode().decode("latin-1"),
)
"""A text that was read in a wrong code page, once or twice."""

LOST = (
    *("?????????", "???????? ?????", "????? (ITA) ?.?. 2566", "??? 2566", "?", "??"),
    *("ทุจริ\ufffdต", "\ufffd\ufffd\ufffd"),
    *("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "Err:502", "โครงการ #REF!", "FALSE", "TRUE"),
    *("########", "####"),
)

HIDDEN = (
    *("ป\uf70bองกันการท\uf718จริต", "ผู\uf70bบริหาร", "ก\uf88bน", "\ue000ก"),
    *("ข้อ\u202eความ", "ข้อ\u2066ความ", "ข้อ\u202cความ", "ข้อ\u061cความ", "ข้อ\ufff9ความ", "ข้อ\U000e0041ความ"),
    *("ข้อ\x07ความ", "ข้อ\x1b[31mความ", "ข้อ\x7fความ", "ข้อ\x85ความ", "ข้อ\rความ", "ข้อ\x0bความ", "ข้อ\x0cความ"),
    *(
        "ข้อ\u2028ความ",
        "ข้อ\u2029ความ",
        "ข้อ\ufdd0ความ",
        "ข้อ\uffffความ",
        "ข้อ\u0e5cความ",
        "ข้อ\u0378ความ",
        "ข้อ\U000f0000ความ",
    ),
)

NOT_NORMAL = (
    *(
        "เเผนงาน",
        "ก่ี่",
        "ที่่",
        "ทีี่",
        "ก\u0e48\u0e35",
        "กำ\u0e49น",
        "ปา\u0e48",
        "สิทธ์\u0e34",
        "น\u0e4d\u0e49า",
        "น\u0e49\u0e4dา",
        "่ก",
        "ก ่",
        "A้",
    ),
    *(
        "ข้อ\u200bความ",
        "ข้อ\u00adความ",
        "ข้อ\ufeffความ",
        "ข้อ\u3164ความ",
        "ข้อ\u2800ความ",
        "ข้อ\ufe0fความ",
        "ข้อ\u00a0ความ",
        "ข้อ\tความ",
    ),
    *("เม ือง", "ข้อ  ความ", "ข้อความ\n"),
)

SOUND = (
    "สิทธิ์ ทุกข์ พันธุ์ ก็ ฤๅษี จ้ะ น้ำ ปฏิบัติ ๆ",
    "พุทฺธํ สรณํ",
    "Is this right?",
    "อะไร???",
    "12?",
    "Really???",
    "No. #1",
    "Château",
    "เธอเนื่องเธน",
)

CASES = (
    *(_label(text, "text_lost") for text in LOST),
    *(_label(text, "encoding_suspected_cp874") for text in GARBLED),
    *(_label(text, "character_hidden") for text in HIDDEN),
    *(_label(text, "text_not_normalized") for text in NOT_NORMAL),
    *(_label(text, "value_missing") for text in (" ", "\u00a0", " \n ")),
    *(_label(text) for text in SOUND),
    _label("ข้อ\nความ"),
    *(
        Case(
            f"a title of {text!r}",
            cell("legal_bases", 2, title_th=text),
            (("text_not_normalized", "legal_bases", 2, "title_th"),),
        )
        for text in ("ข้อ\nความ", "ข้อ\r\nความ", "ITA\n2566")
    ),
    _note("ข้อ\nความ"),
    _note("ข้อ\r\nความ"),
    _note("ข้อ\rความ", "character_hidden"),
    *(_printed(text, "text_lost") for text in ("?????", "#N/A", "ก\ufffd")),
    *(_printed(text, "encoding_suspected_cp874") for text in GARBLED),
    *(_printed(text, "character_hidden") for text in ("ก\uf70bน", "ก\u202eน", "ก\rน")),
    *(_printed(text, "text_not_normalized") for text in ("เเผน", "ที่่", "ก\u0e48\u0e35", "ก\u200bน")),
    _printed("งานนิติการ  \u0e01\u0e4d\u0e32"),
    *(
        _id(text, "character_hidden")
        for text in (
            *("mae-thung-2557\u200b", " mae-thung-2557", "mae-thung-2557\n"),
            *("mae\u2013thung-2557", "m\u0430e-thung-2557", "mae-thung-2557\u00a0"),
        )
    ),
    _id("mae-thung-255\uff17", "thai_digits"),
    *(
        _code(text, "character_hidden")
        for text in ("budgeted ", "budg\u200beted", "budgeted\n", "\ufeffbudgeted", "budgete\u0501")
    ),
    Case("the letters of a table are lost", _all("units", question_marks), (("text_lost", "units", 2, "name_th"),)),
    Case(
        "the letters of two tables are garbled",
        together(
            _all("projects", lambda text: text.encode("cp874", "replace").decode("latin-1")),
            _all("goals", lambda text: as_windows_shows(text.encode(), "cp874")),
        ),
        (
            ("encoding_suspected_cp874", "projects", 2, "sequence_printed"),
            ("encoding_suspected_cp874", "goals", 2, "label_th"),
        ),
        source=PLAN,
    ),
    Case(
        "a table of a PDF's glyphs",
        _all("goals", lambda text: text.replace("\u0e48", "\uf70a").replace("\u0e49", "\uf70b")),
        (("character_hidden", "goals", 2, "label_th"),),
    ),
    _title("แผน\u200bงาน", "character_hidden"),
    _title("แผน\u202eงาน", "character_hidden"),
    _title("แผน\uf70bงาน", "character_hidden"),
    _title("แผน\ue000งาน", "character_hidden"),
    _title("????????", "text_lost"),
    _title("แผน\ufffd", "text_lost"),
    _title(GARBLED[0], "encoding_suspected_cp874"),
    _title("แผน\nงาน"),
    Case(
        "a keyword with a hidden character",
        descriptor(lambda d: d["keywords"].append("แผน\u200bงาน")),
        (("character_hidden", *_OF_PACKAGE),),
    ),
    Case(
        "a source with a hidden character",
        descriptor(lambda d: d["sources"][0].update(title="แผน\u200f")),
        (("character_hidden", *_OF_PACKAGE),),
    ),
    Case(
        "a licence with a hidden character",
        descriptor(lambda d: d["licenses"][0].update(name="CC-BY-4.0\u200b")),
        (("character_hidden", *_OF_PACKAGE),),
    ),
    Case(
        "a property whose name has a hidden character",
        descriptor(lambda d: d.update({"note\u200b": "x"})),
        (("character_hidden", *_OF_PACKAGE),),
    ),
)
