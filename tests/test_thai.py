"""Thai text: digits, printed amounts, amounts in words, citizen ids, garbled text."""

from __future__ import annotations

import time
from decimal import Decimal
from random import Random

import pytest

from khelang_opendata.model.thai import (
    amounts_in_words,
    ascii_text,
    baht,
    has_citizen_id,
    has_other_digits,
    in_words,
    printed_amounts,
    restored,
    same_words,
)


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


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "ศูนย์บาทถ้วน"),
        ("0.25", "ยี่สิบห้าสตางค์"),
        ("10", "สิบบาทถ้วน"),
        ("11", "สิบเอ็ดบาทถ้วน"),
        ("121", "หนึ่งร้อยยี่สิบเอ็ดบาทถ้วน"),
        ("12500.50", "หนึ่งหมื่นสองพันห้าร้อยบาทห้าสิบสตางค์"),
        ("300000", "สามแสนบาทถ้วน"),
        ("2437155", "สองล้านสี่แสนสามหมื่นเจ็ดพันหนึ่งร้อยห้าสิบห้าบาทถ้วน"),
        ("101000000", "หนึ่งร้อยเอ็ดล้านบาทถ้วน"),
        ("1000000000000", "หนึ่งล้านล้านบาทถ้วน"),
    ],
)
def test_in_words(amount: str, words: str) -> None:
    assert in_words(Decimal(amount)) == words
    assert same_words(words, Decimal(amount))


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


def test_words_are_judged_as_the_authority_spells_them() -> None:
    """``same_words`` spells amounts itself, to spare the import of num2words; the two never differ."""
    random = Random(2566)  # noqa: S311 (a seeded test)
    amounts = [Decimal(n) for n in range(1200)] + [Decimal(n) / 100 for n in range(1200)]
    for digits in range(1, 19):
        amounts += [Decimal(random.randrange(10**digits)) for _ in range(30)]
        amounts += [Decimal(random.randrange(10**digits)) / 100 for _ in range(30)]
        amounts += [Decimal(10**digits), Decimal(10**digits + 1), Decimal(10**digits - 1)]
    amounts += [Decimal("1.005"), Decimal("123.4567"), Decimal(10**20), Decimal(-5)]
    for amount in amounts:
        assert same_words(in_words(amount), amount), amount
        assert not same_words(in_words(amount + 1), amount), amount


def test_baht() -> None:
    assert [baht(Decimal(text)) for text in ("300000.00", "12500.5", "0")] == ["300,000", "12,500.50", "0"]


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


@pytest.mark.parametrize("thai", ["การ", "อบรมคุณธรรม จริยธรรม", "น้ำ", "ญี่ปุ่น"])
@pytest.mark.parametrize("encoding", ["cp874", "utf-8"])
def test_garbled_thai_is_restored(thai: str, encoding: str) -> None:
    assert restored(thai.encode(encoding).decode("latin-1")) == thai


def test_garbled_thai_of_western_windows_is_restored() -> None:
    assert restored("งานน้ำ บ้าน".encode().decode("cp1252")) == "งานน้ำ บ้าน"


@pytest.mark.parametrize("text", ["การ", "Château naïve été", "½ × ¼", "กาแฟ café", ""])
def test_sound_text_is_not_restored(text: str) -> None:
    assert restored(text) is None


def test_garbled_words_inside_sound_text() -> None:
    assert restored("ภาษา ¡ÒÃ á") == "ภาษา การ แ"


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
    restored(text)
    assert time.perf_counter() - start < 10
