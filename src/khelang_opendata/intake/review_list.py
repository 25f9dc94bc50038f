"""The lists of a draft: what a person decides, in order of doubt, and every value with its place and its confidence.

They are CSV for Excel, outside of the package's tables: validation and releases leave them alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.intake import notice
from khelang_opendata.intake.draft_values import Confidence, DraftValue
from khelang_opendata.model.characters import harmless
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.validation.catalogue import rules

REVIEW, EXTRACTED = "review.csv", "extracted.csv"

_WEIGHTIEST = ("plans", "budgets", "printed_totals", "errata", "projects", "dimensions", "missions", "risks")
"""The tables in the order in which a wrong value weighs, among values of one confidence."""
_LONGEST_LABEL = 100
_HEADINGS = ("no", "confidence", "record", "column", "year", "value", "where", "reason", "remedy", "file", "id")


def in_order_of_doubt(values: Sequence[DraftValue]) -> list[DraftValue]:
    """The values that are not certain, the most doubtful first; of one kind those of one record together."""
    levels = list(Confidence)
    weights = {table: at for at, table in enumerate(_WEIGHTIEST)}
    open_ = [value for value in values if value.confidence is not Confidence.CERTAIN]
    return sorted(open_, key=lambda value: (levels.index(value.confidence), weights.get(value.table, len(weights))))


def review_csv(
    values: Sequence[DraftValue], labels: Mapping[str, str], family: SchemaFamily, language: Language
) -> bytes:
    """The list of what a person decides.

    Years of one project that have the same doubt are one line.

    Args:
        values: the values in their order.
        labels: what a person calls the records, by id.
        family: the schemas, for the titles of columns.
        language: the language of the list.
    """
    heading = [notice(f"review_{name}", language) for name in _HEADINGS]
    rows = [_row(at, group, labels, family, language) for at, group in enumerate(_grouped(values, labels), 1)]
    return csv_bytes([heading, *rows])


def extracted_csv(
    values: Sequence[DraftValue], labels: Mapping[str, str], family: SchemaFamily, language: Language
) -> bytes:
    """Every value that was read, as :func:`review_csv` has them."""
    heading = [notice(f"review_{name}", language) for name in _HEADINGS]
    rows = [_row(at, [value], labels, family, language) for at, value in enumerate(values, 1)]
    return csv_bytes([heading, *rows])


def _grouped(values: Sequence[DraftValue], labels: Mapping[str, str]) -> Iterator[list[DraftValue]]:
    group: list[DraftValue] = []
    for value in values:
        if group and _kind(group[0], labels) != _kind(value, labels):
            yield group
            group = []
        group.append(value)
    if group:
        yield group


def _kind(value: DraftValue, labels: Mapping[str, str]) -> tuple[object, ...]:
    """What values of several years have in common to be one line; errata of one record have ids of their own."""
    record = labels.get(value.record, value.record) if value.table == "errata" else value.record
    return value.table, record, value.column, value.value, value.confidence, value.reason, tuple(value.params.items())


def _row(
    at: int, group: Sequence[DraftValue], labels: Mapping[str, str], family: SchemaFamily, language: Language
) -> list[str]:
    first = group[0]
    field = family.tables[first.table].field_by_name[first.column]
    title = field.title if language is Language.TH else field.title_en
    record = labels.get(first.record.partition("/")[0], first.record)
    reason = first.reason or "certain"
    cells = [
        str(at),
        notice(f"confidence_{first.confidence}", language),
        record[:_LONGEST_LABEL],
        title,
        _years([value.year for value in group if value.year]),
        rules()[first.value].title[language] if first.table == "errata" else first.value,
        "; ".join(where.text(language) for where in first.wheres),
        notice(f"doubt_{reason}", language, **first.params),
        notice(f"doubt_{reason}_remedy", language),
        f"data/{first.table}.csv",
        first.record if first.record == group[-1].record else f"{first.record} … {group[-1].record}",
    ]
    return [harmless(cell) for cell in cells]


def _years(years: Sequence[str]) -> str:
    if len(years) > 1 and [int(year) for year in years] == list(range(int(years[0]), int(years[-1]) + 1)):
        return f"{years[0]}-{years[-1]}"
    return ", ".join(years)
