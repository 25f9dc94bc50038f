"""Thai text: digits, printed amounts, amounts in words, citizen ids."""

from __future__ import annotations

import csv
import re
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khelang_opendata.model.thai import (
    amounts_in_words,
    ascii_text,
    baht,
    has_citizen_id,
    has_other_digits,
    in_words,
    printed_amounts,
    same_words,
)

WORDS = Path(__file__).with_name("amounts_in_words.csv")


@pytest.mark.parametrize(
    ("text", "ascii_"),
    [
        ("๒๕๖๗", "2567"),
        ("๒๕61", "2561"),
        ("３００，０００．５０", "300,000.50"),
        ("２０２２－０９－２７", "2022-09-27"),
        ("໑٢३", "123"),
        ("ลำดับที่ ๑๔", "ลำดับที่ 14"),
    ],
)
def test_ascii_text(text: str, ascii_: str) -> None:
    assert ascii_text(text) == ascii_
    assert has_other_digits(text)
    assert not has_other_digits(ascii_)


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("๓๐๐,๐๐๐.๐๐ บาท (สามแสนบาทถ้วน)", ["300000"]),
        ("๒๐,๐๐๐.- บาท (-สองหมื่นบาทถ้วน-)", ["20000"]),
        ("๑๙๐,๐๐๐บาท (-หนึ่งแสนเก้าหมื่นบาทถ้วน-)", ["190000"]),
        ("จำนวนปีละ ๑๐,๐๐๐ บาท", ["10000"]),
        ("จำนวนปีละ ๘๐,๐๐๐ (-แปดหมื่นบาทถ้วน-)", ["80000"]),
        ("ปี ๒๕๖๖-๒๕๗๐ ปีละ ๑๐,๐๐๐ บาท", ["10000"]),
        ("จำนวน ๕๔,๑๕๙ คน คนละ ๔๕ บาท เป็นเงิน ๒,๔๓๗,๑๕๕ บาท", ["45", "2437155"]),
        ("๑.๕ ล้านบาท", ["1500000"]),
        ("2 หมื่นบาท", ["20000"]),
        ("๑๒,๕๐๐ บาท ๕๐ สตางค์", ["12500.50"]),
        ("๕๐๐.-", ["500"]),
        ("５００，０００ บาท（ห้าแสนบาทถ้วน）", ["500000"]),
        (" 500 ", ["500"]),
        ("๐", ["0"]),
        ("๐.๐๐", ["0"]),
        ("-", ["0"]),
        (" — ", ["0"]),
        ("ไม่ใช้งบประมาณ", ["0"]),
        ("ไม่ได้ใช้งบประมาณ", ["0"]),
        ("ปี ๒๕๖๖ ไม่ใช้งบประมาณ ปีต่อไป ๕,๐๐๐ บาท", ["0", "5000"]),
        ("ไม่ใช้งบประมาณของเทศบาล", []),
        ("งบประมาณคงเหลือจากปีงบประมาณที่ผ่านมา", []),
        ("พ.ศ. ๒๕๖๖ - ๒๕๗๐", []),
        ("ร้อยละ ๘๐", []),
        ("๕๔,๑๕๙ คน", []),
        ("๑๐,๐๐๐ - ๒๐,๐๐๐ บาท", []),
        ("๑ ถึง ๒ หมื่นบาท", []),
        ("๓๐๐, ๐๐๐ บาท", []),
        ("๓๐๐ ๐๐๐ บาท", []),
        ("๓๐๐.๐๐๐ บาท", []),
        ("3,0000 บาท", []),
        ("9" * 400 + " บาท", []),
        ("", []),
    ],
)
def test_printed_amounts(text: str, amounts: list[str]) -> None:
    assert list(printed_amounts(text)) == [Decimal(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("๓๐๐,๐๐๐.๐๐ บาท (สามแสนบาทถ้วน)", [("300000", "สามแสนบาทถ้วน")]),
        ("๒๐,๐๐๐.- บาท (-สองหมื่นบาทถ้วน-)", [("20000", "สองหมื่นบาทถ้วน")]),
        ("๘๐,๐๐๐ ( แปด หมื่น บาท )", [("80000", "แปดหมื่นบาท")]),
        ("๕,๐๐๐ บาทต่อปี (ห้าพันบาทถ้วน)", [("5000", "ห้าพันบาทถ้วน")]),
        ("๑๐ บาท (สิบบาท) และ ๒๐ บาท (ยี่สิบบาท)", [("10", "สิบบาท"), ("20", "ยี่สิบบาท")]),
        ("๑๐ คน คนละ ๔๕ บาท เป็นเงิน (สี่ร้อยห้าสิบบาทถ้วน)", []),
        ("๕,๐๐๐ บาท (งบเทศบาล)", []),
        ("๕,๐๐๐ บาท (ปี ๒๕๖๖)", []),
        ("๕,๐๐๐ บาท (ห้าพันบาทถ้วน", []),
        ("ไม่ใช้งบประมาณ", []),
    ],
)
def test_amounts_in_words(text: str, pairs: list[tuple[str, str]]) -> None:
    assert list(amounts_in_words(text)) == [(Decimal(amount), words) for amount, words in pairs]


def test_in_words() -> None:
    """The cases come from num2words 0.5.14, ``to="currency"``, which spelled the amounts before."""
    with WORDS.open(encoding="utf-8", newline="") as lines:
        expected = {row["amount"]: row["words"] for row in csv.DictReader(lines)}
    assert len(expected) > 150
    assert {amount: in_words(Decimal(amount)) for amount in expected} == expected


@given(satang=st.one_of(st.integers(0, 10**4), st.integers(0, 10**9), st.integers(0, 10**20)))
def test_words_read_back_give_the_amount(satang: int) -> None:
    amount = Decimal(satang) / 100
    words = in_words(amount)
    assert _amount_of(words) == amount
    assert same_words(words, amount)
    assert not same_words(words, amount + 1)


def _amount_of(words: str) -> Decimal:
    whole, is_whole, part = words.rpartition("บาท")
    satang = Decimal(_number_of(part.removesuffix("สตางค์"))) / 100 if part != "ถ้วน" else Decimal(0)
    return (_number_of(whole) if is_whole else 0) + satang


def _number_of(words: str) -> int:
    """The sum of digits before their units; ล้าน multiplies all that precedes it."""
    digits = {
        "ศูนย์": 0,
        "หนึ่ง": 1,
        "เอ็ด": 1,
        "สอง": 2,
        "ยี่": 2,
        "สาม": 3,
        "สี่": 4,
        "ห้า": 5,
        "หก": 6,
        "เจ็ด": 7,
        "แปด": 8,
        "เก้า": 9,
    }
    units = {"สิบ": 10, "ร้อย": 100, "พัน": 1000, "หมื่น": 10_000, "แสน": 100_000}
    parts = re.findall("|".join([*digits, *units, "ล้าน"]), words)
    assert "".join(parts) == words
    total, digit = 0, None
    for part in parts:
        if part in digits:
            assert digit is None
            digit = digits[part]
        elif part in units:
            total += (1 if digit is None else digit) * units[part]
            digit = None
        else:
            total, digit = (total + (digit or 0)) * 1_000_000, None
    return total + (digit or 0)


@pytest.mark.parametrize(
    ("words", "amount", "same"),
    [
        ("สอง หมื่น บาท", "20000", True),
        ("แสนบาทถ้วน", "100000", True),
        ("หนึ่งร้อยหนึ่งบาทถ้วน", "101", True),
        ("ศูนย์บาทห้าสิบสตางค์", "0.50", True),
        ("สองหมื่นบาทถ้วน", "200000", False),
        ("หนึ่งร้อยล้านบาทถ้วน", "101000000", False),
        ("สองหมืนบาทถ้วน", "20000", False),
    ],
)
def test_same_words(words: str, amount: str, same: bool) -> None:
    assert same_words(words, Decimal(amount)) is same


def test_baht() -> None:
    """A message shows the number of the cell, without rounding it."""
    assert [baht(Decimal(text)) for text in ("300000.00", "12500.5", "0", "20000.005")] == [
        *("300,000", "12,500.50", "0", "20,000.005")
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1234567890121", True),
        ("1-2345-67890-12-1", True),
        ("เลขที่ ๑ ๒๓๔๕ ๖๗๘๙๐ ๑๒ ๑ ค่ะ", True),
        ("1234567890122", False),
        ("12345678901211", False),
        ("1,234,567,890,121", False),
        ("0000000000000", False),
    ],
)
def test_citizen_id(text: str, found: bool) -> None:
    assert has_citizen_id(text) is found


@pytest.mark.parametrize(
    "text",
    [
        "1 บาท" + " " * 100_000 + "x",
        "1" * 130_000,
        "1 " * 60_000,
        "1," * 60_000,
        "1-1" * 40_000,
        "ไม่" + " " * 100_000,
        "1 บาท(" * 20_000,
        "๑" * 100_000 + "-" + "๑" * 30_000,
    ],
    ids=range(8),
)
def test_no_text_takes_long(text: str) -> None:
    start = time.perf_counter()
    printed_amounts(text)
    list(amounts_in_words(text))
    has_citizen_id(text)
    assert time.perf_counter() - start < 10
