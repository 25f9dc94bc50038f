"""Numbers as spreadsheets and databases hold them: doubles, which give back any number of up to 15 digits."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation

FIFTEEN_DIGITS = Context(prec=15)
"""Rounds to what a double keeps."""

_EXACTLY_FIFTEEN = Context(prec=15, traps=[Inexact, InvalidOperation])


def is_held(number: int | Decimal) -> bool:
    """Whether a double gives a number back as it is."""
    decimal = Decimal(number)
    try:
        return decimal.is_finite() and abs(_EXACTLY_FIFTEEN.plus(decimal)) < Decimal("1e300")
    except Inexact:
        return False
