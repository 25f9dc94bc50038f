"""What a spreadsheet shows of a number or a day: its number format (ECMA-376 Part 1, 18.8.30 and 18.8.31).

Rendered is what does not depend on the computer. A day without a language in its format, or in the format of
the system, looks different on each computer.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from khelang_opendata.model.calendar import THAI_MONTHS
from khelang_opendata.model.thai import ERA

GENERAL = "General"
BUILT_IN = {
    **{1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??"},
    **{20: "h:mm", 21: "h:mm:ss", 37: "#,##0;(#,##0)", 38: "#,##0;(#,##0)", 39: "#,##0.00;(#,##0.00)"},
    **{40: "#,##0.00;(#,##0.00)", 41: '#,##0;-#,##0;"-"', 42: '#,##0;-#,##0;"-"', 43: '#,##0.00;-#,##0.00;"-"??'},
    **{44: '#,##0.00;-#,##0.00;"-"??', 46: "[h]:mm:ss", 48: "##0.0E+0", 49: "@"},
    **{59: "t0", 60: "t0.00", 61: "t#,##0", 62: "t#,##0.00", 67: "t0%", 68: "t0.00%", 69: "t# ?/?", 70: "t# ??/??"},
}
"""The formats that a workbook names by number alone, which have one look; 59 to 70 are those of Thai Excel."""

_LONGEST = 200
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(General|AM/PM|A/P|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[bB]+|[eEgG]+[+-]?|[0#?]+|.)'
)
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_THAI, _BUDDHIST, _THAI_NUMERALS = 0x041E, 0x07, 0x0D
_MOST_SECTIONS = 4
_SECTION_END = r';(?=(?:[^"]*"[^"]*")*[^"]*$)'
_NUMBER = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?,*|\.[0#?]+")
_FRACTION = re.compile(r"(?:([#0?]+) +)?([#0?]+) ?/ ?([#0?]+|\d+)")
_EXPONENT = re.compile(r"([0#?]+)(?:\.([0#?]*))?[eE]([+-])([0#?]+)")
_SHORT_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def shown_number(value: Decimal, form: str) -> str | None:
    """What a number looks like; None where the format is not known.

    Args:
        value: the number.
        form: its number format.
    """
    if form in (GENERAL, "", "@"):
        return f"{value:f}"
    sections = _sections(form)
    if sections is None:
        return None
    if value < 0 and len(sections) > 1:
        value, section = -value, sections[1]
    else:
        section = sections[2 if value == 0 and len(sections) > len(("positive", "negative")) else 0]
    is_thai, plain = _without_numerals(section)
    shown = _shown(value, plain)
    return shown if shown is None or not is_thai else shown.translate(_THAI_DIGITS)


def _sections(form: str) -> list[str] | None:
    """The sections of a format; None where one has a condition."""
    if len(form) > _LONGEST or re.search(r"\[[<>=]", form):
        return None
    parts = re.split(_SECTION_END, form) if form.count('"') < _LONGEST // 10 else [form]
    return parts if len(parts) <= _MOST_SECTIONS else None


def _without_numerals(section: str) -> tuple[bool, str]:
    """Whether a section shows Thai digits, and the section without the sign for it."""
    named = re.match(r"\[\$-([0-9A-Fa-f]{1,8})\]", section)
    is_thai = named is not None and int(named[1], 16) >> 24 == _THAI_NUMERALS
    plain = section[named.end() :] if named else section
    is_prefixed = re.match(r"[tT](?=[0#?])", plain) is not None
    return is_thai or is_prefixed, plain[1:] if is_prefixed else plain


def _shown(value: Decimal, section: str) -> str | None:
    pieces = _pieces(section)
    if pieces is None:
        return None
    groups = [text for text, is_literal in pieces if not is_literal and text != "%"]
    if any(text == "%" for text, _ in pieces):
        value *= 100
    made = _in_groups(value, groups) if len(groups) > 1 else [_made(value, text.strip()) for text in groups]
    numbers = iter(made)
    shown = [text if is_literal or text == "%" else next(numbers) for text, is_literal in pieces]
    known = [text for text in shown if text is not None]
    return _tidy("".join(known)) or None if len(known) == len(shown) else None


def _in_groups(value: Decimal, groups: list[str]) -> list[str | None]:
    """A whole number with signs between its digits, as 000-000-0000 has them."""
    digits, parts = f"{value:f}", list[str | None]()
    if not digits.isdecimal() or any(group.strip("0") for group in groups):
        return [None] * len(groups)
    digits = digits.rjust(sum(map(len, groups)), "0")
    for group in reversed(groups[1:]):
        digits, part = digits[: -len(group)], digits[-len(group) :]
        parts.insert(0, part)
    return [digits, *parts]


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _pieces(section: str) -> list[tuple[str, bool]] | None:
    """The literal texts and the digits of a section, in order; None where it has what a number cannot show."""
    found: list[tuple[str, bool]] = []
    for match in _TOKEN.finditer(section):
        quoted, escaped, bracket, plain = match.groups()
        if quoted is not None or escaped is not None:
            found.append((quoted if quoted is not None else escaped, True))
        elif bracket is not None:
            if bracket.startswith("$"):
                found.append((bracket[1:].partition("-")[0], True))
        elif plain is None:
            found.append((" ", True))
        elif re.fullmatch(r"[0#?.,%/ ]|[0#?]+|[1-9]|[eE][+-]", plain):
            found.append((plain, False))
        elif re.fullmatch(r"[-+$()฿:!^&'~{}<>=๐-๙]|[ก-๎]", plain):
            found.append((plain, True))
        else:
            return None
    return _joined(found)


def _joined(pieces: list[tuple[str, bool]]) -> list[tuple[str, bool]]:
    """The digits of a number as one piece; a space is one of them only in a fraction."""
    is_fraction = any(text == "/" for text, is_literal in pieces if not is_literal)
    joined: list[tuple[str, bool]] = []
    for text, is_literal in pieces:
        is_other = is_literal or text == "%" or (text == " " and not is_fraction)
        if not is_other and joined and not joined[-1][1] and joined[-1][0] != "%":
            joined[-1] = (joined[-1][0] + text, False)
        else:
            joined.append((text, is_other and text != "%"))
    return joined


def _made(value: Decimal, digits: str) -> str | None:
    if match := _EXPONENT.fullmatch(digits):
        return _exponential(value, len(match[2] or ""), match[3], len(match[4])) if len(match[1]) == 1 else None
    if match := _FRACTION.fullmatch(digits):
        return _fraction(value, has_whole=match[1] is not None, under=match[3])
    return _plain(value, digits) if _NUMBER.fullmatch(digits) else None


def _plain(value: Decimal, digits: str) -> str:
    whole, _, decimals = digits.rstrip(",").partition(".")
    value = value.scaleb(-3 * (len(digits) - len(digits.rstrip(","))))
    rounded = abs(value).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    plain = f"{rounded:f}"
    before, dot, after = plain.partition(".")
    least = sum(sign == "0" for sign in decimals)
    while len(after) > least and after.endswith("0"):
        after = after[:-1]
    before = before.lstrip("0").rjust(whole.count("0"), "0")
    if "," in whole and before:
        before = f"{int(before):,}".rjust(whole.count("0"), "0")
    sign = "-" if value < 0 and rounded else ""
    return f"{sign}{before}{dot}{after}"


def _exponential(value: Decimal, decimals: int, sign: str, width: int) -> str:
    mantissa, _, power = f"{value:.{decimals}e}".partition("e")
    mark = "-" if int(power) < 0 else sign.replace("-", "")
    return f"{mantissa}E{mark}{abs(int(power)):0{width}d}"


def _fraction(value: Decimal, *, has_whole: bool, under: str) -> str:
    exact = Fraction(abs(value))
    most = 10 ** len(under) - 1
    near = Fraction(round(exact * int(under)), int(under)) if under.isdecimal() else exact.limit_denominator(most)
    whole = near.numerator // near.denominator if has_whole else 0
    rest = near - whole
    base = int(under) if under.isdecimal() else rest.denominator
    parts = [str(whole)] if whole or (has_whole and not rest) else []
    parts += [f"{rest * base}/{base}"] if rest or not has_whole else []
    return ("-" if value < 0 else "") + " ".join(parts)


def shown_day(value: date | time | timedelta, form: str) -> str | None:
    """What a day or a time looks like; None where that depends on the computer, or the format is not known.

    Args:
        value: the day as the workbook has it, or the time.
        form: its number format.
    """
    sections = _sections(form)
    tokens = [*_TOKEN.finditer(sections[0])] if sections else []
    if not tokens or not any(match[4] for match in tokens):
        return None
    named = next((int(m[3][2:], 16) for m in tokens if re.fullmatch(r"\$-[0-9A-Fa-f]{1,8}", m[3] or "")), None)
    shown = []
    for at, match in enumerate(tokens):
        text = _of_token(value, match, _is_minute(tokens, at), named)
        if text is None:
            return None
        shown.append(text)
    made = _tidy("".join(shown))
    return made.translate(_THAI_DIGITS) if named is not None and named >> 24 == _THAI_NUMERALS else made


def _is_minute(tokens: list[re.Match[str]], at: int) -> bool:
    """Whether an m is of minutes: it follows hours or precedes seconds."""
    before = next((m for m in reversed(tokens[:at]) if re.match("[hHsSdDyY]", m[4] or m[3] or "")), None)
    after = next((m for m in tokens[at + 1 :] if re.match("[hHsSdDyYmM]", m[4] or m[3] or "")), None)
    is_after_hours = before is not None and re.match("[hH]", before[4] or before[3] or "") is not None
    return is_after_hours or (after is not None and re.match("[sS]", after[4] or "") is not None)


def _of_token(value: date | time | timedelta, match: re.Match[str], is_minute: bool, named: int | None) -> str | None:
    quoted, escaped, bracket, plain = match.groups()
    if bracket is not None:
        if re.fullmatch("[hH]+", bracket) and isinstance(value, (timedelta, time)):
            return str(_seconds(value) // 3600)
        return "" if bracket.startswith("$-") else None
    literal = next((text for text in (quoted, escaped) if text is not None), " " if plain is None else None)
    if literal is not None or re.fullmatch(r"[-/:., ]", plain):
        return plain if literal is None else literal
    sign = plain[0].lower()
    if sign in "hs" or (sign == "m" and is_minute):
        return _of_time(value, plain, sign)
    return _of_day(value, plain, named) if isinstance(value, date) and sign in "dmyb" else None


def _seconds(value: time | timedelta) -> int:
    if isinstance(value, timedelta):
        return int(value.total_seconds())
    return value.hour * 3600 + value.minute * 60 + value.second


def _of_time(value: date | time | timedelta, plain: str, sign: str) -> str | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        part = 0
    else:
        seconds = _seconds(value.time() if isinstance(value, datetime) else value)
        part = {"h": seconds // 3600 % 24, "m": seconds // 60 % 60, "s": seconds % 60}[sign]
    return f"{part:0{len(plain)}d}" if len(plain) <= len("00") else None


def _of_day(value: date, plain: str, named: int | None) -> str | None:
    sign, width = plain[0].lower(), len(plain)
    if sign == "b" or (sign == "y" and named is not None and named >> 16 & 0xFF == _BUDDHIST):
        year = value.year + ERA
        return f"{year % 100:02d}" if width <= len("yy") else str(year)
    if sign == "y":
        return f"{value.year % 100:02d}" if width <= len("yy") else str(value.year)
    if width <= len("mm"):
        return f"{value.day if sign == 'd' else value.month:0{width}d}"
    if sign == "m" and named is not None and named & 0xFFFF == _THAI and width <= len("mmmm"):
        return (_SHORT_MONTHS if width == len("mmm") else THAI_MONTHS)[value.month - 1]
    return None
