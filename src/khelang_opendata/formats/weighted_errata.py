"""The errata of an edition as readers want them: the weightiest first, each with all records that it concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from khelang_opendata.formats.joins import Record
from khelang_opendata.package.edition import Edition


def errata_by_weight(edition: Edition) -> list[Mapping[str, Any]]:
    """The errata, those that affect money or responsibility first, then those that affect the meaning.

    Returns:
        The records of the table ``errata``, each with its further ones from ``errata_records`` under ``records``.
    """
    records: defaultdict[str, list[Record]] = defaultdict(list)
    for record in edition.records("errata_records"):
        records[record["erratum_id"]].append(record)
    weights = list(edition.family.tables["errata"].field_by_name["weight"].codes or ())
    errata = [{**erratum, "records": records[erratum["erratum_id"]]} for erratum in edition.records("errata")]
    return sorted(errata, key=lambda erratum: weights.index(erratum["weight"]))
