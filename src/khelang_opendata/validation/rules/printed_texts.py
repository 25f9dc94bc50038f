"""The rule of whole columns of printed text: a spreadsheet changes hundreds of cells, each of which is sound alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules.registry import plan_rule

_THAI_DIGIT = "[๐-๙]"
_CONVERTED = r"[0-9]{4,}(?:\.[0-9]+)?"
"""A number from a thousand on without a comma, as no document in Thai digits prints it, but a spreadsheet keeps it."""
_FEW = 5


@plan_rule(Severity.WARNING)
def printed_digits_changed(plan: Plan) -> Iterator[Issue]:
    """Columns that keep the document's text have its digits: no plain numbers where other cells have Thai ones."""
    columns = [
        (name, field.name)
        for name, table in plan.tables.items()
        for field in table.columns
        if field and field.name.endswith("_printed")
    ]
    suspects = []
    for table, field in columns:
        texts = enumerate(plan.texts(table, field))
        places = [n for n, text in texts if text and text.isascii() and re.fullmatch(_CONVERTED, text)]
        if len(places) >= _FEW:
            suspects.append((table, field, places))
    texts_of_all = (text for table, field in columns for text in plan.texts(table, field)) if suspects else ()
    if any(text and re.search(_THAI_DIGIT, text) for text in texts_of_all):
        for table, field, places in suspects:
            yield plan.record(table, places[0]).issue(printed_digits_changed, field, count=len(places))
