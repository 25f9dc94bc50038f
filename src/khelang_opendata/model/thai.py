"""Thai text as officials write it: digits, and amounts of money in figures and in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

ERA = 543
"""Years of the Buddhist era less those of the common era."""
FIRST_BUDDHIST_YEAR = 2400
"""From here on a year is taken for one of the Buddhist era (B.E. 2400 is 1857)."""
FISCAL_YEARS = range(2500, 2701)
"""The fiscal years that the standard accepts (``fiscal_year_be``)."""

_OTHER_DIGIT = re.compile(r"(?![0-9])\d")
_NO_LETTER = re.compile("[^\u0000-\u007f\u0e01-\u0e4f]")
_FULL_WIDTH = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}

UNITS = {"ร้อย": 100, "พัน": 1_000, "หมื่น": 10_000, "แสน": 100_000, "ล้าน": 1_000_000}
"""The words for powers of ten that amounts are written with."""
_UNIT = "|".join(UNITS)
_NUMBER = r"(?=\d)(?<!\d)(?<!\d[.,])(?<!\d[.,]\s)(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<decimals>\.\d+)?(?![.,]?\d)"
_BAHT = r"(?P<baht>บาท(?:\s*(?P<satang>\d{1,2})\s*สตางค์)?)"
_FIGURES = re.compile(r"(?![0๐]\d)[0-9๐-๙]{1,3}(?:,[0-9๐-๙]{3}){0,3}")
_AMOUNT = re.compile(rf"{_NUMBER}\s*(?P<end>(?:[.,]\s*)?[-–—]+)?\s*(?P<unit>{_UNIT})?\s*{_BAHT}?")
_RANGE = re.compile(rf"\d\s*(?:-|–|—|ถึง)\s*\d[\d,.]*\s*(?:\.?-\s*)?(?:{_UNIT})?บาท")
_SPENDS = r"(?:ได้)?\s*(?:ใช้จ่าย|เบิกจ่าย|ใช้|มี|ตั้ง)\s*(?:เงิน)?งบประมาณ(?!ของ|จาก|เพิ่ม)"
_NONE = re.compile(rf"ไม่(?:{_SPENDS}|มีค่าใช้จ่าย)")
_DASHES = "-–—"
_DIGITS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?"

_END = re.compile(r"\s*(?:\Z|[(])")
_MOST_DIGITS = len("999,999,999,999")
_MOST_DECIMALS = len(".999999")

_DIGIT_WORDS = ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
_UNIT_WORDS = tuple(UNITS)
_SIX_UNITS = ("แสน", "หมื่น", "พัน", "ร้อย", "สิบ", "")
_BRACKET = re.compile(r"\s*(?:ถ้วน\s*)?(?:(?:/|ต่อ)ปี\s*)?[(](?P<words>[^()]*)[)]")
_WORDS_START = (*_DIGIT_WORDS, "ยี่สิบ", "สิบ", *_UNIT_WORDS)
_WORDS_END = ("บาท", "ถ้วน", "สตางค์")
_NOT_THAI = re.compile(r"[^\u0e01-\u0e4e]")

# A pattern that few texts come to: it is compiled when the first one does.
_CITIZEN_ID = r"(?<!\d)[1-8](?:[- ]?\d){12}(?!\d)"


def ascii_text(text: str) -> str:
    """Digits of any script and full-width signs as ASCII, one character for one; the rest stays."""
    return text if text.isascii() else _NO_LETTER.sub(_ascii_sign, text)


def _ascii_sign(match: re.Match[str]) -> str:
    sign = match[0]
    return str(unicodedata.decimal(sign)) if sign.isdecimal() else _FULL_WIDTH.get(sign, sign)


def has_other_digits(text: str) -> bool:
    """Whether there is a digit that is not 0-9, such as a Thai or a full-width one."""
    return _OTHER_DIGIT.search(text) is not None


@lru_cache(maxsize=4096)
def printed_amounts(text: str) -> tuple[Decimal, ...]:
    """The amounts of money a printed text states, in baht.

    A dash and "ไม่ใช้งบประมาณ" state 0. A number is money when it is the whole text, is followed by "บาท", or is written
    as money is (๓๐๐,๐๐๐ or ๕๐๐.-) at the end or before a bracket; years and numbers of people are not.
    A text that cannot be read, such as a range, gives no amounts.
    """
    if _FIGURES.fullmatch(text):
        return (Decimal(text.replace(",", "")),)
    text = ascii_text(text).strip()
    if _RANGE.search(text):
        return ()
    is_dash = bool(text) and not text.strip(_DASHES)
    amounts = [Decimal(0)] if is_dash or _NONE.search(text) else []
    amounts += [_value(match) for match in _AMOUNT.finditer(text) if _is_money(match)]
    return tuple(amounts)


def numbers_in(text: str) -> frozenset[Decimal]:
    """Every number that a text has in digits of any script, and 0 where it says that there is no money."""
    plain = ascii_text(text)
    numbers = {Decimal(number.replace(",", "")) for number in re.findall(_DIGITS, plain)}
    is_dash = bool(plain.strip()) and not plain.strip().strip(_DASHES)
    return frozenset(numbers | ({Decimal(0)} if is_dash or _NONE.search(plain) else set()))


def amounts_in_words(text: str) -> Iterator[tuple[Decimal, str]]:
    """Each amount that is followed by a bracket with Thai number words, and those words."""
    if "(" not in text and "\uff08" not in text:
        return
    text = ascii_text(text).strip()
    for match in _AMOUNT.finditer(text):
        bracket = _BRACKET.match(text, match.end())
        words = _NOT_THAI.sub("", bracket["words"]) if bracket else ""
        if words.startswith(_WORDS_START) and words.endswith(_WORDS_END) and _is_money(match):
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
    """Whether a number is unusable: a leading zero, parts of a satang, or more digits than any budget."""
    places = _MOST_DECIMALS if match["unit"] else len(".00")
    return bool(re.match(r"0\d", match["whole"])) or (
        len(match["decimals"] or "") > places or len(match["whole"]) > _MOST_DIGITS
    )


def _value(match: re.Match[str]) -> Decimal:
    number = Decimal(match["whole"].replace(",", "") + (match["decimals"] or ""))
    return number * UNITS.get(match["unit"] or "", 1) + Decimal(match["satang"] or 0) / 100


@lru_cache(maxsize=1024)
def in_words(amount: Decimal) -> str:
    """An amount of baht in Thai words, as a cheque or an official letter has it: สามแสนบาทถ้วน.

    The spelling follows the usage of Thai law and banks: สิบ and ยี่สิบ for 10 and 20, เอ็ด for a last 1 after other
    digits, ล้าน repeated for each further million, ถ้วน where there are no satang. Half a satang is rounded up.
    """
    whole, part = divmod(int((amount * 100).to_integral_value(ROUND_HALF_UP)), 100)
    satang = f"{_number_in_words(part)}สตางค์" if part else "ถ้วน"
    return f"{_number_in_words(whole)}บาท{satang}" if whole or not part else satang


def _number_in_words(number: int) -> str:
    millions, rest = divmod(number, 1_000_000)
    words = f"{_number_in_words(millions)}ล้าน" if millions else ""
    for digit, unit in zip(f"{rest:06}", _SIX_UNITS, strict=True):
        if digit + unit == "1" and words:
            words += "เอ็ด"
        elif digit != "0":
            words += {"1สิบ": "สิบ", "2สิบ": "ยี่สิบ"}.get(digit + unit, _DIGIT_WORDS[int(digit)] + unit)
    return words or _DIGIT_WORDS[0]


def same_words(words: str, amount: Decimal) -> bool:
    """Whether words name the amount. Spaces, dashes, "ถ้วน", หนึ่ง for เอ็ด and a dropped leading หนึ่ง do not matter."""
    return _reduced(words) == _reduced(in_words(amount))


def _reduced(words: str) -> str:
    plain = _NOT_THAI.sub("", words).replace("เอ็ด", "หนึ่ง").removesuffix("ถ้วน")
    if plain != "ศูนย์บาท":
        plain = plain.removeprefix("ศูนย์บาท")
    shorter = plain.removeprefix("หนึ่ง")
    return shorter if shorter.startswith(_UNIT_WORDS) else plain


_TENS = {"สิบ": 10, **UNITS}
_WORD = "|".join(_DIGIT_WORDS[1:])
_WORD_PART = rf"({_WORD}|ยี่)?(แสน|หมื่น|พัน|ร้อย|สิบ)|({_WORD}|เอ็ด)"
_LONGEST_WORDS = 200


def amount_of_words(text: str) -> Decimal | None:
    """The amount that Thai words name, with or without "บาท"; None where the whole text names none.

    Example:
        >>> amount_of_words("สามแสนบาทถ้วน"), amount_of_words("แสนห้าหมื่น"), amount_of_words("สามัญ")
        (Decimal('300000'), Decimal('150000'), None)
    """
    words = "".join(text.split())
    if not words.startswith((*_WORDS_START, "ยี่")) or _NOT_THAI.search(words) or len(words) > _LONGEST_WORDS:
        return None
    plain = words.removesuffix("ถ้วน")
    whole, unit, rest = plain.partition("บาท")
    if not unit and plain.endswith("สตางค์"):
        whole, rest = "", plain
    amounts = [_number_of_words(part) if part else 0 for part in (whole, rest.removesuffix("สตางค์"))]
    if None in amounts or (rest and not rest.endswith("สตางค์")):
        return None
    found = Decimal(amounts[0] or 0) + Decimal(amounts[1] or 0) / 100
    return found if same_words(f"{whole}บาท{rest}" if whole else rest, found) else None


def _number_of_words(words: str) -> int | None:
    head, millions, tail = words.rpartition("ล้าน")
    if millions:
        above, below = (_number_of_words(head) if head else 1), (_number_of_words(tail) if tail else 0)
        return above * 1_000_000 + below if above is not None and below is not None else None
    if words == _DIGIT_WORDS[0]:
        return 0
    parts = [*re.finditer(_WORD_PART, words)]
    if not words or "".join(part[0] for part in parts) != words:
        return None
    return sum(_digit(part[1] or part[3] or "หนึ่ง") * _TENS.get(part[2] or "", 1) for part in parts)


def _digit(word: str) -> int:
    return {"ยี่": 2, "เอ็ด": 1}.get(word) or _DIGIT_WORDS.index(word)


def baht(amount: Decimal) -> str:
    """An amount for a message, with all its decimals: 300,000 or 12,500.50."""
    if amount == amount.to_integral_value():
        return f"{amount:,.0f}"
    whole, _, decimals = f"{amount:,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def has_citizen_id(text: str) -> bool:
    """Whether a 13-digit number in a text has the check digit of a Thai citizen id."""
    found = re.findall(_CITIZEN_ID, ascii_text(text))
    return any(_check_digit_holds([int(c) for c in number if c.isdigit()]) for number in found)


def _check_digit_holds(digits: list[int]) -> bool:
    """The thirteenth digit follows from the first twelve, weighted 13 down to 2, modulo 11 (Department of Provincial
    Administration)."""
    total = sum(digit * weight for digit, weight in zip(digits[:12], range(13, 1, -1), strict=True))
    return (11 - total % 11) % 10 == digits[12]
