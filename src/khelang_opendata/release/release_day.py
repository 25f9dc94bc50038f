"""The day of a release as a person writes it, as the environment sets it, or today."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime

from khelang_opendata.files.strict_json import read_day
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.thai import ERA, FIRST_BUDDHIST_YEAR
from khelang_opendata.published.archive import YEARS

_EPOCH = "SOURCE_DATE_EPOCH"
_SECONDS = re.compile("[0-9]{1,12}")
_LONGEST = 40
"""How many characters of a text that is no day are shown."""


def release_day(given: str | None) -> date:
    """The day of a release or withdrawal: that given, else that of SOURCE_DATE_EPOCH, else today.

    A day is written in the form of RFC 3339 alone: ISO 8601 has others (20261126, 2026-W48-4), in which a slip of the
    hand is another day. The variable is a count of seconds
    (https://reproducible-builds.org/specs/source-date-epoch/).

    Args:
        given: the day as a person writes it, ``2026-11-26``; None where none is given.

    Raises:
        UsageError: it is no day, is of the Buddhist era, or is not one that an archive can bear.
    """
    epoch = os.environ.get(_EPOCH)
    if given is not None:
        return _written_day(given)
    return _day_of_epoch(epoch) if epoch else date.today()


def _written_day(text: str) -> date:
    is_buddhist = re.match("[0-9]{4}", text) is not None and int(text[:4]) >= FIRST_BUDDHIST_YEAR
    try:  # a year of the Buddhist era has other leap years than the Gregorian one of its number
        day = read_day(f"{int(text[:4]) - ERA}{text[4:]}" if is_buddhist else text)
    except ValueError:
        raise UsageError("date_invalid", "form", value=text[:_LONGEST]) from None
    if is_buddhist:
        raise UsageError("date_invalid", "buddhist", value=text, gregorian=day.isoformat())
    if day.year not in YEARS:
        raise UsageError("date_invalid", "range", value=text)
    return day


def _day_of_epoch(text: str) -> date:
    try:
        day = datetime.fromtimestamp(int(text), UTC).date() if _SECONDS.fullmatch(text) else None
    except (ValueError, OverflowError, OSError):
        day = None
    if day is None or day.year not in YEARS:
        raise UsageError("date_invalid", "epoch", value=text[:_LONGEST], name=_EPOCH)
    return day
