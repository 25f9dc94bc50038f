"""Thai text as officials write it: digits, amounts of money in figures and in words, and text spoilt on its way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}

_UNITS = {"ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
_UNIT = "|".join(_UNITS)
_NUMBER = r"(?<!\d)(?<!\d[.,])(?<!\d[.,]\s)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?(?![.,]?\d)"
_BAHT = r"(?P<baht>บาท(?:\s*(?P<satang>\d{1,2})\s*สตางค์)?)"
_AMOUNT = re.compile(rf"{_NUMBER}\s*(?P<end>[.,]?\s*[-–—]+)?\s*(?P<unit>{_UNIT})?\s*{_BAHT}?")
_RANGE = re.compile(rf"\d\s*(?:-|–|—|ถึง)\s*\d[\d,.]*\s*(?:\.?-\s*)?(?:{_UNIT})?บาท")
_SPENDS = r"(?:ได้)?\s*(?:ใช้จ่าย|เบิกจ่าย|ใช้|มี|ตั้ง)\s*(?:เงิน)?งบประมาณ(?!ของ|จาก|เพิ่ม)"
_NONE = re.compile(rf"\A\s*[-–—]+\s*\Z|ไม่{_SPENDS}|ไม่มีค่าใช้จ่าย")

_END = re.compile(r"\s*(?:\Z|[(])")
_MOST_DIGITS = len("999,999,999,999")
_MOST_DECIMALS = len(".999999")

_DIGIT_WORD = "ศูนย์|หนึ่ง|สอง|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า|ยี่สิบ|สิบ"
_BRACKET = re.compile(r"\s*(?:ถ้วน\s*)?(?:(?:/|ต่อ)ปี\s*)?[(](?P<words>[^()]*)[)]")
_WORDS = re.compile(rf"(?:{_DIGIT_WORD}|{_UNIT}).*(?:บาท|ถ้วน|สตางค์)\Z")
_NOT_THAI = re.compile(r"[^\u0e01-\u0e4e]")

_WINDOWS_SIGNS = {ord(bytes([b]).decode("cp1252")): b for b in range(0x80, 0xA0) if b not in b"\x81\x8d\x8f\x90\x9d"}
_CP874_LETTERS = re.compile(r"[\u00a1-\u00da\u00df-\u00fb]+")
_CP874_RUN = re.compile(r"[\u00a1-\u00da\u00df-\u00fb]{3}")
_UTF8_LETTER = re.compile(rf"\u00e0[\u00b8\u00b9][\u0080-\u00bf{''.join(map(chr, _WINDOWS_SIGNS))}]")
_UTF8_RUN = re.compile(f"(?:{_UTF8_LETTER.pattern}){{2}}")

_CITIZEN_ID = re.compile(r"(?<!\d)[1-8](?:[- ]?\d){12}(?!\d)")


def ascii_text(text: str) -> str:
    """Digits of any script and full-width signs as ASCII, one character for one; the rest stays."""
    return _OTHER_DIGIT.sub(lambda match: str(unicodedata.decimal(match[0])), text.translate(_FULL_WIDTH))


def has_other_digits(text: str) -> bool:
    """Whether there is a digit that is not 0-9, such as a Thai or a full-width one."""
    return _OTHER_DIGIT.search(text) is not None


@lru_cache(maxsize=4096)
def printed_amounts(text: str) -> tuple[Decimal, ...]:
    """The amounts of money a printed text states, in baht.

    A dash and "ไม่ใช้งบประมาณ" state 0. A number is money when it stands alone, is followed by "บาท", or is written
    as money is (๓๐๐,๐๐๐ or ๕๐๐.-) at the end or before a bracket; years and numbers of people are not.
    Nothing comes of a text that cannot be read, a range among them.
    """
    text = ascii_text(text).strip()
    if _RANGE.search(text):
        return ()
    amounts = [Decimal(0)] if _NONE.search(text) else []
    amounts += [_value(match) for match in _AMOUNT.finditer(text) if _is_money(match)]
    return tuple(amounts)


def amounts_in_words(text: str) -> Iterator[tuple[Decimal, str]]:
    """Each amount that is followed by a bracket with Thai number words, and those words."""
    text = ascii_text(text).strip()
    for match in _AMOUNT.finditer(text):
        bracket = _BRACKET.match(text, match.end())
        words = _NOT_THAI.sub("", bracket["words"]) if bracket else ""
        if _WORDS.match(words) and _is_money(match):
            yield _value(match), words


def _is_money(match: re.Match[str]) -> bool:
    """Whether a number is an amount of baht."""
    if _is_misprint(match) or match["baht"]:
        return not _is_misprint(match)
    at_end = _END.match(match.string, match.end()) is not None
    alone = match.start() == 0
    like_money = "," in match["whole"] or match["decimals"] or (match["end"] or "").startswith((".", ","))
    return at_end and not match["unit"] and bool(alone or like_money)


def _is_misprint(match: re.Match[str]) -> bool:
    """Whether a number has a leading zero, parts of a satang, or more digits than any budget: it says nothing."""
    places = _MOST_DECIMALS if match["unit"] else len(".00")
    return bool(re.match(r"0\d", match["whole"])) or (
        len(match["decimals"] or "") > places or len(match["whole"]) > _MOST_DIGITS
    )


def _value(match: re.Match[str]) -> Decimal:
    number = Decimal(match["whole"].replace(",", "") + (match["decimals"] or ""))
    return number * _UNITS.get(match["unit"] or "", 1) + Decimal(match["satang"] or 0) / 100


@lru_cache(maxsize=1024)
def in_words(amount: Decimal) -> str:
    """An amount of baht in Thai words, as a cheque or an official letter has it: สามแสนบาทถ้วน."""
    from num2words import num2words  # noqa: PLC0415 (50 ms to import)

    return str(num2words(amount, lang="th", to="currency", currency="THB"))


def same_words(words: str, amount: Decimal) -> bool:
    """Whether words name the amount. Spaces, dashes, "ถ้วน", หนึ่ง for เอ็ด and a dropped leading หนึ่ง do not matter."""
    return _reduced(words) == _reduced(in_words(amount))


def _reduced(words: str) -> str:
    plain = _NOT_THAI.sub("", words).replace("เอ็ด", "หนึ่ง").removesuffix("ถ้วน")
    plain = re.sub(r"\Aศูนย์บาท(?=.)", "", plain)
    return re.sub(rf"\Aหนึ่ง(?={_UNIT})", "", plain)


def baht(amount: Decimal) -> str:
    """An amount for a message: 300,000 or 12,500.50."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"


def has_citizen_id(text: str) -> bool:
    """Whether a 13-digit number in a text has the check digit of a Thai citizen id."""
    found = _CITIZEN_ID.findall(ascii_text(text))
    return any(_check_digit_holds([int(c) for c in number if c.isdigit()]) for number in found)


def _check_digit_holds(digits: list[int]) -> bool:
    """The thirteenth digit follows from the first twelve, weighted 13 down to 2, modulo 11 (Department of Provincial
    Administration)."""
    total = sum(digit * weight for digit, weight in zip(digits[:12], range(13, 1, -1), strict=True))
    return (11 - total % 11) % 10 == digits[12]


def restored(text: str) -> str | None:
    """A text whose Thai was read in a Western code page, read rightly; None where nothing points to it.

    Thai Windows bytes (CP874) show as ``¡ÒÃ``, UTF-8 bytes as ``à¸à¸²à¸£``.
    """
    if _UTF8_RUN.search(text):
        return _UTF8_LETTER.sub(lambda match: _decoded(match[0].translate(_WINDOWS_SIGNS), "utf-8"), text)
    if _CP874_RUN.search(text):
        return _CP874_LETTERS.sub(lambda match: _decoded(match[0], "cp874"), text)
    return None


def _decoded(western: str, encoding: str) -> str:
    return western.encode("latin-1").decode(encoding, "replace")
