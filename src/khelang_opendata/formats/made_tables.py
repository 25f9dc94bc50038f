"""The tables that a release makes from those of a plan, under one name in every form: CSV, SQLite and Parquet."""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.formats.flat import flat_table
from khelang_opendata.formats.long_forms import indicators_table, results_table
from khelang_opendata.formats.totals import totals_tables
from khelang_opendata.package.edition import Edition, ReleasedTable


def tables_made_of(edition: Edition) -> Mapping[str, ReleasedTable]:
    """The flat table, the indicators, the results where there are any, and the totals, by name."""
    tables = [flat_table(edition), *totals_tables(edition)]
    if any(edition.records("indicators")):
        tables.append(indicators_table(edition))
    if any(edition.records("progress_results")):
        tables.append(results_table(edition))
    return {table.name: table for table in tables}
