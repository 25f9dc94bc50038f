"""The errata as readers want them: the weightiest first, and with each record that they concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from khelang_opendata.formats.joins import Record

WEIGHTS = ("money_or_responsibility", "meaning", "editorial")
"""The codes of ``errata.weight``, the heaviest first."""

Records = Callable[[str], Iterable[Record]]
"""Gives the rows of a table by its name; none where the package lacks the table."""

_PLACE = ("resource", "record_id", "field", "fiscal_year_be")


def errata_by_weight(records: Records) -> list[Mapping[str, Any]]:
    """The errata, those that affect money or responsibility first, then those that affect the meaning.

    Returns:
        The records of the table ``errata``, each with its further ones from ``errata_records`` under ``records``.
    """
    further: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records("errata_records"):
        further[record["erratum_id"]].append(record)
    errata = [{**erratum, "records": further[erratum["erratum_id"]]} for erratum in records("errata")]
    return sorted(errata, key=lambda erratum: WEIGHTS.index(erratum["weight"]))


def errata_of_records(records: Records) -> Mapping[str, Sequence[Record]]:
    """The errata by the id of each record that they concern, as :func:`errata_by_record` gives them."""
    return errata_by_record(errata_by_weight(records))


def errata_by_record(errata: Iterable[Mapping[str, Any]]) -> Mapping[str, Sequence[Record]]:
    """The errata of :func:`errata_by_weight` by the id of each record that they concern, the weightiest first.

    Of a longer key the first part is the id, as a project's is of its indicators. Table, column and year of an erratum
    are those of that record.
    """
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for erratum in errata:
        for record in (erratum, *erratum["records"]):
            found[record["record_id"].partition("/")[0]].append({**erratum, **{name: record[name] for name in _PLACE}})
    return found
