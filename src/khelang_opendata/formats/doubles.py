"""The values of a table as the forms of a release that hold numbers as doubles take them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from khelang_opendata.model.failures import DataError
from khelang_opendata.model.figures import is_held
from khelang_opendata.package.edition import ReleasedTable, Value
from khelang_opendata.standard.tables import Field

_HEADING_ROWS = 1
_SATANG = 2


def decimals_of(amounts: Iterable[Decimal | None]) -> int:
    """The decimal places that a column of amounts is written with: 0 where all are whole, else at least the satang."""
    exponents = (amount.normalize().as_tuple().exponent for amount in amounts if amount is not None)
    most = max((-exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    return max(most, _SATANG) if most > 0 else 0


def is_money(field: Field) -> bool:
    """Whether a column holds amounts in baht."""
    return field.name.endswith("_thb") and field.descriptor["type"] == "number"


def held_values(table: ReleasedTable) -> Iterator[tuple[Value, ...]]:
    """The rows of a table as values, whose numbers a double gives back as they are.

    DataError where a number has more than 15 digits or is invalid, which a double would change.
    """
    for number, row in enumerate(table.values(), 1 + _HEADING_ROWS):
        for field, value in zip(table.schema.fields, row, strict=True):
            if isinstance(value, int | Decimal) and not is_held(value):
                raise DataError(
                    "form_refused", "number", table=table.name, row=number, field=field.name, value=str(value)
                )
        yield row
