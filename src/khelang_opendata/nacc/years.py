"""Fiscal years as officials type them: of the Buddhist era, in Thai or Arabic digits."""

from __future__ import annotations

import re

from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.thai import FISCAL_YEARS, ascii_text


def fiscal_year(text: str) -> int:
    """The fiscal year (B.E.) that a text gives, in digits of any script.

    Raises:
        UsageError: not a year of the Buddhist era; 2023, for instance, is Gregorian.
    """
    figures = ascii_text(text).strip()
    if not re.fullmatch("[0-9]{4}", figures) or int(figures) not in FISCAL_YEARS:
        raise UsageError("year_invalid", value=text)
    return int(figures)


def of_plan(year: int, years: range) -> int:
    """The year, if the plan runs in it.

    Args:
        year: a fiscal year (B.E.).
        years: the plan's.

    Raises:
        UsageError: it does not.
    """
    if year not in years:
        raise UsageError("year_outside_plan", year=year, years=f"{years[0]}-{years[-1]}" if years else "-")
    return year
