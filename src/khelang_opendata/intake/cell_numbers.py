"""The number that a cell means: of money, of a list, of a year; or why it is none, or not for certain one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import NamedTuple

from khelang_opendata.intake.typed_cells import CellKind, kind_of, shown_of
from khelang_opendata.model.spoilt_text import INVISIBLE
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR, UNITS, amount_of_words, ascii_text, baht, same_words

MOST_DIGITS = 15
"""The digits of a number that a spreadsheet keeps (IEEE 754, as Excel rounds it)."""
_LONGEST = 200
_SATANG = 2
"""The decimals of an amount in baht."""

_NO_SHAPE = re.compile(f"[{INVISIBLE}\u061c\u202a\u202c\u2066\u2068\u2069]")
"""What does not show and changes no reading; U+202E, which turns digits round, is left, for it does."""
_GROUPING_SPACE = re.compile(r"(?<=\d)[\u00a0\u2007\u2009\u202f](?=\d{3}(?!\d))")
_SPACES = re.compile(r"\s+")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\u30fc", "-"))
_TYPED_AS_TEXT = re.compile(r"(?:['\u2018\u2019`] ?)?(?:= ?)?(?=[-+(\d])")
"""What people put before a number to keep a spreadsheet from reading it, or to make it read one."""

_MONEY_BEFORE = re.compile(r"(?:จำนวนเงิน|จำนวน|เป็นเงิน)? ?(?:(?:฿|บาท|baht|thb) ?)?", re.IGNORECASE)
_MONEY_AFTER = re.compile(r"(?: ?(?:[.,/] ?)?-+|\.=)?(?: ?(?:บาท|บ\.|baht|thb|฿))?(?: ?ถ้วน)?\.?", re.IGNORECASE)
_BODY = re.compile(r"[+-]?[\d,.]*\d(?: \d{3})*(?:\.\d+)?(?!\d|[,.]\d)")

_GROUPED = r"\d+(?:\.\d+)?|\d{1,3}(?:, ?\d{3})+(?:\.\d+)?"
_SPACED = r"\d{1,3}(?: \d{3})? 0\d\d(?:\.\d+)?"
"""Groups with a space between them, of which the last is no number of its own: 300 000, but not 300 200."""
_EUROPEAN = r"\d{1,3}(?:\.\d{3})+,\d\d?|\d{1,3}\.\d{3}(?:\.\d{3})+"
_ONE_DOT = r"[1-9]\d{0,2}\.\d{3}"
_COMMAS = r"\d+(?:,\d*)+(?:\.\d+)?"
_EXPONENT = r"[+-]?\d+(?:\.\d+)?[eE][+-]?\d{1,2}"
_SHORT = r"[+-]?(\d+(?:,\d{3})*(?:\.\d+)?) ?([kKmM])\.?"
_LETTERS = r"[\doOlI,.]*[oO\d][\doOlI,.]*"
_AS_DIGITS = str.maketrans("oOlI", "0011")
_OF_UNITS = r"(\d+(?:\.\d+)?)(พัน|หมื่น|แสน|ล้าน)"
_THOUSANDS = {"k": 1_000, "m": 1_000_000}

_ORDINAL = re.compile(
    r"(?:(?:โครงการ|กิจกรรม|มาตรการ)?(?:ลำดับ|ข้อ)? ?ที่ ?|(?:ลำดับ|ข้อ) ?|(?:no|item)\.? ?|# ?)?\(? ?(\d+)(?:\.0+)? ?[.)]*",
    re.IGNORECASE,
)
_YEAR = re.compile(
    r"(?:ปี ?)?(?:งบประมาณ ?)?(?:พ\. ?ศ\.? ?|(?:fiscal year|fy|b\.?e\.?) ?)*(\d{4}|\d,\d{3}|\d\d)(?:\.0+)?",
    re.IGNORECASE,
)
_FIRST_COMMON, _CENTURY = 1900, 2500


class CellNumber(NamedTuple):
    """What a cell says of a number.

    Attributes:
        value: the number; None where it is none for certain.
        problem: the name of the remark in that case.
        reading: what the cell may mean, as it is to be typed; of a derived number, the number.
        other: what else it may mean.
        stored: the number that the cell holds, where it shows fewer decimals.
        is_derived: whether the number is not in the cell as such, but follows from words.
    """

    value: Decimal | None = None
    problem: str = ""
    reading: str = ""
    other: str = ""
    stored: str = ""
    is_derived: bool = False

    @property
    def params(self) -> dict[str, str]:
        """The parameters of the remark on it, beside those of its cell."""
        named = {"reading": self.reading, "other": self.other, "stored": self.stored}
        return {name: value for name, value in named.items() if value}


def plain_cell(text: str) -> str:
    """A cell as far as numbers and codes need it: digits of ASCII, one kind of space and dash, and what shows."""
    shown = _GROUPING_SPACE.sub(",", _NO_SHAPE.sub("", ascii_text(text)))
    return _SPACES.sub(" ", shown).strip().translate(_DASHES)


def read_number(text: str, *, is_money: bool) -> CellNumber:
    """The number that a whole cell is.

    Args:
        text: the cell.
        is_money: whether it is an amount of baht: not negative, and without parts of a satang.
    """
    kind = kind_of(text)
    if len(text) > _LONGEST or (len(text) > 1 and not text.strip("#")):
        return CellNumber(problem="number_unknown" if text.strip("#") else "cell_hashes")
    if kind in (CellKind.DAY, CellKind.TIME):
        return CellNumber(problem="number_is_day")
    shown = shown_of(text) or ""
    percent = plain_cell(shown if shown.endswith("%") else text)
    if percent.endswith("%") or percent.startswith("ร้อยละ"):
        amount = _of_text(percent.removesuffix("%").removeprefix("ร้อยละ"), is_typed=False)
        return CellNumber(problem="number_percent", reading=f"{amount.value:f}" if amount.value is not None else "")
    found = _of_text(plain_cell(text), is_typed=kind is CellKind.TEXT)
    return _held(found, is_money=is_money)


def _held(found: CellNumber, *, is_money: bool) -> CellNumber:
    """A number, or the remark on one that a spreadsheet or money cannot have."""
    value = found.value
    if value is None:
        return found
    if is_money and value < 0:
        return CellNumber(problem="amount_negative", reading=baht(-value))
    digits = value.normalize().as_tuple().digits
    if len(digits) > MOST_DIGITS or value.adjusted() >= MOST_DIGITS:
        return CellNumber(problem="number_too_long")
    if is_money and -int(value.normalize().as_tuple().exponent) > _SATANG:
        return CellNumber(problem="amount_too_fine", reading=_as_baht(value), stored=f"{value:,f}")
    return found


def _of_text(text: str, *, is_typed: bool) -> CellNumber:
    head, bracket, words = text.removesuffix(")").rpartition("(")
    if bracket and head.strip() and (amount := amount_of_words(words)) is not None:
        return _with_words(_of_text(head.strip(), is_typed=is_typed), words, amount)
    if text.startswith("(") and text.endswith(")"):
        inner = _of_text(text[1:-1].strip(), is_typed=is_typed)
        return inner._replace(value=-inner.value) if inner.value else inner
    amount = amount_of_words(text)
    if amount is not None:
        return CellNumber(amount, reading=baht(amount), is_derived=True)
    core = _without_money(_TYPED_AS_TEXT.sub("", text, count=1) if _TYPED_AS_TEXT.match(text) else text)
    return _of_digits(core, is_typed=is_typed) or _of_signs(core)


def _as_baht(value: Decimal) -> str:
    """A number as money has it, to the satang."""
    return baht(value.quantize(Decimal(1).scaleb(-_SATANG), ROUND_HALF_UP))


def _with_words(found: CellNumber, words: str, amount: Decimal) -> CellNumber:
    """A number in figures that is followed by the words for it."""
    if found.value is None or same_words(words, found.value):
        return found
    return CellNumber(problem="amount_words_differ", reading=baht(found.value), other=baht(amount))


def _without_money(text: str) -> str:
    """A number without the words and signs of money around it."""
    start = _MONEY_BEFORE.match(text)
    rest = text[start.end() :] if start else text
    body = _BODY.match(rest)
    return body[0] if body and _MONEY_AFTER.fullmatch(rest, body.end()) else rest


def _of_digits(core: str, *, is_typed: bool) -> CellNumber | None:
    """A number in digits with one sign, dots, commas and spaces; None for anything else."""
    sign, body = (core[0], core[1:].strip()) if core[:1] in ("-", "+") else ("", core)
    if is_typed and re.fullmatch(_ONE_DOT, body):
        return CellNumber(problem="number_ambiguous", reading=body.replace(".", ","), other=_as_baht(Decimal(body)))
    if re.fullmatch(_GROUPED, body) or re.fullmatch(_SPACED, body):
        return CellNumber(Decimal(sign + body.replace(",", "").replace(" ", "")))
    if re.fullmatch(_EUROPEAN, body):
        return CellNumber(Decimal(sign + body.replace(".", "").replace(",", ".")))
    if re.fullmatch(_COMMAS, body):
        return CellNumber(problem="number_grouped_wrong")
    return None


def _of_signs(core: str) -> CellNumber:
    """What a cell is that has digits, but is no number as such."""
    for read in (_exponent, _shortened, _with_letters, _in_units):
        if found := read(core):
            return found
    is_several = len(re.findall(r"\d[\d,.]*", core)) > 1 and not re.search("[A-Za-zก-ฮ]", core)
    return CellNumber(problem="number_several" if is_several else "number_unknown")


def _exponent(core: str) -> CellNumber | None:
    if not re.fullmatch(_EXPONENT, core):
        return None
    meant = Decimal(core)
    if meant.adjusted() >= MOST_DIGITS:
        return CellNumber(problem="number_too_long")
    return CellNumber(problem="number_exponent", reading=_as_baht(meant))


def _shortened(core: str) -> CellNumber | None:
    short = re.fullmatch(_SHORT, core)
    if not short or len(short[1]) > MOST_DIGITS:
        return None
    whole = Decimal(short[1].replace(",", "")) * _THOUSANDS[short[2].lower()]
    return CellNumber(problem="number_shortened", reading=baht(whole))


def _with_letters(core: str) -> CellNumber | None:
    figures = _of_digits(core.translate(_AS_DIGITS), is_typed=False) if re.fullmatch(_LETTERS, core) else None
    if not figures or figures.value is None or len(core) > MOST_DIGITS:
        return None
    return CellNumber(problem="number_letters", reading=_as_baht(figures.value))


def _in_units(core: str) -> CellNumber | None:
    amount = sum(_of_units(core), Decimal(0))
    return CellNumber(amount, reading=baht(amount), is_derived=True) if amount else None


def _of_units(core: str) -> Iterator[Decimal]:
    """The parts of an amount such as 3 แสน 5 หมื่น, each smaller than the unit before it; none for anything else."""
    joined = core.replace(" ", "").removesuffix("ถ้วน").removesuffix("บาท")
    found = [*re.finditer(_OF_UNITS, joined)]
    if "".join(match[0] for match in found) != joined:
        return
    amounts = [(Decimal(match[1]) * UNITS[match[2]], UNITS[match[2]]) for match in found]
    if all(amount < unit for (_, unit), (amount, _) in pairwise(amounts)):
        yield from (amount for amount, _ in amounts)


def read_ordinal(text: str) -> CellNumber:
    """The number of a row in a list, as 1, 1., (1), ลำดับที่ ๑ have it."""
    if match := _ORDINAL.fullmatch(plain_cell(text).removeprefix("'")):
        return CellNumber(Decimal(match[1]))
    return _whole(read_number(text, is_money=False))


def read_whole(text: str) -> CellNumber:
    """A count."""
    return _whole(read_number(text, is_money=False))


def _whole(found: CellNumber) -> CellNumber:
    if found.value is not None and found.value != found.value.to_integral_value():
        return CellNumber(problem="number_not_whole")
    return found


def read_year(text: str) -> CellNumber:
    """A year of the Buddhist era; one of the common era or of two digits is named with the year that it may mean."""
    match = (
        None
        if kind_of(text) in (CellKind.DAY, CellKind.TIME)
        else _YEAR.fullmatch(plain_cell(text[:_LONGEST]).removeprefix("'"))
    )
    if match is None:
        return read_number(text, is_money=False)._replace(value=None, problem="year_unknown")
    year = int(match[1].replace(",", ""))
    if len(match[1]) == len("66"):
        return CellNumber(problem="year_short", reading=str(_CENTURY + year))
    if _FIRST_COMMON <= year < FIRST_BUDDHIST_YEAR:
        return CellNumber(problem="year_common", reading=str(year + ERA))
    return CellNumber(Decimal(year))
