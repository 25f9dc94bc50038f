"""Numbers as spreadsheets and databases hold them: doubles, which give back any number of up to 15 digits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, Inexact, InvalidOperation

from khelang_opendata.model.failures import DataError
from khelang_opendata.package.edition import ReleasedTable, Value

_FIFTEEN_DIGITS = Context(prec=15, traps=[Inexact, InvalidOperation])
_HEADING_ROWS = 1


def held_values(table: ReleasedTable) -> Iterator[tuple[Value, ...]]:
    """The rows of a table as values, whose numbers a double gives back as they are.

    DataError where a number has more than 15 digits or is invalid, which a double would change.
    """
    for number, row in enumerate(table.values(), 1 + _HEADING_ROWS):
        for field, value in zip(table.schema.fields, row, strict=True):
            if isinstance(value, int | Decimal) and not _is_held(value):
                raise DataError(
                    "form_refused", "number", table=table.name, row=number, field=field.name, value=str(value)
                )
        yield row


def _is_held(number: int | Decimal) -> bool:
    decimal = Decimal(number)
    try:
        return decimal.is_finite() and abs(_FIFTEEN_DIGITS.plus(decimal)) < Decimal("1e300")
    except Inexact:
        return False
