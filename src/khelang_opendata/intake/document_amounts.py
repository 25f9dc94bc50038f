"""Amounts of money as plan documents print them: in the cells of years of a table, and in the budget of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from khelang_opendata.intake.document_wordings import meaning_within
from khelang_opendata.intake.summary_rows import BUDGETED, DASH, NO_BUDGET, ZERO
from khelang_opendata.model.thai import ascii_text, printed_amounts

_PARTS = re.compile(r"ไม่ใช้งบประมาณ|ไม่ใช้งบ|ไม่มีงบประมาณ|ตั้งไว้แล้ว|[✓✔√☑]|(?<![\d,.])[\d,.]+|[-–—]+")
_AMOUNT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?")
_BAHT_END = re.compile(r"[.,] ?[-–—]")
_TICKS = "✓✔√☑"
_YEARS = re.compile(r"(?<!\d)(2[45]\d\d)(?!\d)(?: ?(?:-|–|—|ถึง) ?(?:พ\.ศ\. ?)?(2[45]\d\d)(?!\d))?")
_EACH_YEAR = ("ปีละ", "ต่อปี", "/ปี")
_PRINTED = re.compile(r"(?<![\d,.])[\d,.]{1,20}(?: ?[.]?-)? ?บาท(?: ?\([^()]{0,80}\))?")
_PRINTED_WORDS = re.compile(r"(?<![\d,.])[\d,.]{1,20} ?\([^()]{0,80}\)")
_LONGEST_PRINTED = 60


def cell_parts(text: str) -> list[str]:
    """The amounts, dashes and ticks of a cell, one for each project whose amounts are stacked in it.

    A number that is no amount, as 1.000.000, is a part, too, for it is that of a project.
    """
    return [ascii_text(part) for part in printed_parts(text)]


def printed_parts(text: str) -> list[str]:
    """The same as :func:`cell_parts` in the digits of the document."""
    plain = _BAHT_END.sub(lambda match: " " * len(match[0]), ascii_text(text))
    found = (text[match.start() : match.end()].rstrip(",.") for match in _PARTS.finditer(plain))
    return [part for part in found if part]


def is_tick(part: str) -> bool:
    """Whether a part of a cell marks a year without an amount."""
    return bool(part) and part in _TICKS


def sign_in(part: str) -> str:
    """``0`` or ``-`` where a part of a cell is one of them; empty for another."""
    amount = amount_in(part)
    return DASH if part and not part.strip("-–—") else ZERO if amount == 0 and part[:1].isdigit() else ""


def amount_in(part: str) -> Decimal | None:
    """The amount that a part of a cell states; None for a dash, a tick, or words."""
    plain = ascii_text(part)
    return Decimal(plain.replace(",", "")) if _AMOUNT.fullmatch(plain) else None


@dataclass(frozen=True)
class SheetAmount:
    """An amount in a sheet: what of a budget line it says, and the text that says it."""

    status: str
    amount: Decimal
    printed: str
    basis: str = ""
    source: str = ""


@dataclass
class SheetBudget:
    """What the budget of a sheet says: amounts by year, one for every year, or parts of one of several sources."""

    by_year: dict[int, SheetAmount] = field(default_factory=dict)
    every_year: SheetAmount | None = None
    parts: list[SheetAmount] = field(default_factory=list)
    is_clear: bool = True
    """Whether all amounts in it found their place."""

    def of(self, year: int) -> SheetAmount | None:
        return self.by_year.get(year, self.every_year)


def sheet_budget(lines: Sequence[str], years: Sequence[int]) -> SheetBudget:
    """What the lines of a sheet's budget say.

    Args:
        lines: the lines.
        years: the years of the plan; others, as of laws, are none of a budget.
    """
    found = SheetBudget()
    loose: list[SheetAmount] = []
    for line in lines:
        for spoken_of, amount in _clauses(line, years):
            found.parts.append(amount)
            if spoken_of:
                clash = any(found.by_year.get(year, amount).amount != amount.amount for year in spoken_of)
                found.is_clear = found.is_clear and not clash
                for year in spoken_of:
                    found.by_year.setdefault(year, amount)
            else:
                loose.append(amount)
    _place_loose(found, loose)
    return found


def _place_loose(found: SheetBudget, loose: Sequence[SheetAmount]) -> None:
    """Find what amounts without a year are: of every year, a sum with its items, or unclear."""
    if not loose:
        return
    first, last, total = loose[0], loose[-1], sum(one.amount for one in loose)
    if found.by_year:
        found.is_clear = found.is_clear and any(total == one.amount for one in found.by_year.values())
    elif len(loose) == 1 or total == 2 * first.amount:
        found.every_year = first
    elif total == 2 * last.amount:
        found.every_year = last
    else:
        found.is_clear = False


def _clauses(line: str, years: Sequence[int]) -> Iterator[tuple[list[int], SheetAmount]]:
    """The amounts of a line, each with the years that it is said of."""
    plain = ascii_text(line)
    marks = [match for match in _YEARS.finditer(plain) if int(match[1]) in years]
    starts = [0, *(match.start() for match in marks)]
    ends = [*(match.start() for match in marks), len(plain)]
    spoken_of: list[int] = []
    waiting: SheetAmount | None = None
    for mark, start, end in zip([None, *marks], starts, ends, strict=True):
        if mark:
            spoken_of += _years_of(mark, years)
        skipped = len(mark[0]) if mark else 0
        amount = _amount(line[start + skipped : end], line)
        if amount and spoken_of:
            yield spoken_of, _of_years(amount, spoken_of)
            spoken_of, waiting = [], None
        elif amount:
            waiting = amount
    if waiting:
        yield spoken_of, _of_years(waiting, spoken_of)


def _years_of(mark: re.Match[str], years: Sequence[int]) -> list[int]:
    first, last = int(mark[1]), int(mark[2] or mark[1])
    return [year for year in years if first <= year <= last]


def _of_years(amount: SheetAmount, spoken_of: Sequence[int]) -> SheetAmount:
    is_each = amount.status == BUDGETED and len(spoken_of) == 1
    return replace(amount, basis="each_year") if is_each else amount


def _amount(text: str, line: str) -> SheetAmount | None:
    """The amount that a clause of a line states last, for what comes before are its factors."""
    amounts = printed_amounts(text.strip(" ,;()"))
    if not amounts:
        return None
    if amounts[-1] == 0:
        return SheetAmount(NO_BUDGET, Decimal(0), _shortest(text))
    basis = "each_year" if any(word in text for word in _EACH_YEAR) else "not_said"
    return SheetAmount(BUDGETED, amounts[-1], _shortest(text), basis, meaning_within("sources", line))


def _shortest(text: str) -> str:
    """A clause as it is where it is short, else its last amount with its words."""
    bare = text.strip(" ,;")
    if len(bare) <= _LONGEST_PRINTED:
        return bare.removeprefix("(").removesuffix(")") if bare.startswith("(") else bare
    plain = ascii_text(bare)
    matches = list(_PRINTED.finditer(plain)) or list(_PRINTED_WORDS.finditer(plain))
    return bare[matches[-1].start() : matches[-1].end()] if matches else bare[:_LONGEST_PRINTED]
