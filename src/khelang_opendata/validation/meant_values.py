"""What a cell that its column cannot hold is probably meant to be: an id, a code, a year, a truth value, an amount."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache

from khelang_opendata.model.look_alikes import as_meant
from khelang_opendata.model.thai import ERA, printed_amounts
from khelang_opendata.standard.tables import Field
from khelang_opendata.validation.headings import HeadedTable
from khelang_opendata.validation.ids import BrokenReferences, LostIds, example_in
from khelang_opendata.validation.layout import LONGEST_LABEL, fits, plain
from khelang_opendata.validation.plan import Record

_CENTURY = 100
_YES = {"true", "yes", "y", "1", "ใช่", "จริง", "มี", "✓", "✔", "/"}
_NO = {"false", "no", "n", "0", "ไม่", "ไม่ใช่", "เท็จ", "ไม่มี", "✗", "x"}

_AS_ZERO, _AS_ONE = r"[Oo](?=\d)|(?<=\d)[Oo]", r"[Il](?=\d)|(?<=\d)[Il]"
"""Letters beside digits that are typed for one."""


def year_meant(field: Field, cell: str) -> str | None:
    """The year of the Buddhist era for one of the common era, or for its last two digits."""
    if not field.name.endswith("_be") or not re.fullmatch("[0-9]{1,4}", cell):
        return None
    number = int(cell)
    year = str(number + (2500 if number < _CENTURY else ERA))
    return year if fits(field, year) else None


def truth_meant(field: Field, cell: str) -> str | None:
    """The value of a column of true or false for the words that people write in its place."""
    for name, words in (("trueValues", _YES), ("falseValues", _NO)):
        if cell.strip().casefold() in words:
            return str(field.descriptor.get(name, [name.removesuffix("Values")])[0])
    return None


def printed_amount(budget: Record) -> str | None:
    """The one amount above 0 that the document prints for a budget, where its row has the document's texts."""
    texts = (budget.text(field) or "" for field in ("summary_amount_printed", "sheet_amount_printed"))
    amounts = {amount for text in texts for amount in printed_amounts(text)}
    return f"{Decimal(amounts.pop()).normalize():f}" if len(amounts) == 1 and any(amounts) else None


def value_meant(
    table: HeadedTable, field: Field, cell: str, references: BrokenReferences, lost_ids: LostIds
) -> str | None:
    """What a misspelt id or code is meant to be; None where that is not certain.

    Line breaks, spaces and hidden characters go; a code, and an id of another table, may be in other letters, a code
    may be written as its title, and an id as the name of its row, or without the id of the plan.
    """
    if field.name == lost_ids.name and lost_ids.id:
        return lost_ids.id
    tidy = "".join(as_meant(cell).split())
    is_known = field.codes is not None or "enum" in field.descriptor.get("constraints", {}) or references.of(field.name)
    other_letters = (tidy.lower(), tidy.upper()) if is_known else ()
    numbered = re.sub(_AS_ONE, "1", re.sub(_AS_ZERO, "0", tidy))
    of_plan = f"{example_in(table, table.schema.fields[0])}-{tidy}" if references.of(field.name) else ""
    named = references.named(field.name, cell)
    forms = dict.fromkeys((tidy, *other_letters, numbered, of_plan, *named, *_codes_titled(field, cell)))
    right = [form for form in forms if form and fits(field, form) and references.has(field.name, form)]
    return right[0] if len(right) == 1 or right[:1] == [tidy] else None


def _codes_titled(field: Field, cell: str) -> Sequence[str]:
    """The codes that a text names, or has the title of in either language."""
    return _codes_by_title(field).get(plain(cell), ()) if len(cell) <= LONGEST_LABEL else ()


@lru_cache(maxsize=256)
def _codes_by_title(field: Field) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, code in field.meanings.items():
        for title in {plain(name), plain(code.title_th), plain(code.title_en)} - {""}:
            found.setdefault(title, []).append(name)
    return found
