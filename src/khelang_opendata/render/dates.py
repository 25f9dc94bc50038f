"""Days as people write them."""

from __future__ import annotations

from datetime import date

from khelang_opendata.model.calendar import THAI_MONTHS
from khelang_opendata.model.thai import ERA
from khelang_opendata.model.wording import Language


def thai_date(day: date) -> str:
    """A day as Thai official writing gives it: day, month's name, year of the Buddhist era (Gregorian + 543)."""
    return f"{day.day} {THAI_MONTHS[day.month - 1]} {day.year + ERA}"


def fiscal_year_days(year_be: int) -> tuple[date, date]:
    """The first and the last day of a fiscal year (B.E.): 1 October of the year before, and 30 September (Budget
    Procedures Act, B.E. 2561, section 4)."""
    return date(year_be - ERA - 1, 10, 1), date(year_be - ERA, 9, 30)


def written_date(day: date, language: Language) -> str:
    """A day in Thai official writing, or in English as ISO 8601 has it."""
    return thai_date(day) if language is Language.TH else day.isoformat()
