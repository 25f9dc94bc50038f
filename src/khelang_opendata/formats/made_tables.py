"""The tables that a release makes from those of a plan, under one name in every form: CSV, SQLite and Parquet."""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.formats.flat import flat_schema, flat_table
from khelang_opendata.formats.long_forms import INDICATORS, RESULTS, indicators_table, long_schema, results_table
from khelang_opendata.formats.totals import TOTALS, totals_schema, totals_tables
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.tables import TableSchema

_LONG_FORMS = {INDICATORS: indicators_table, RESULTS: results_table}


def tables_made_of(edition: Edition) -> Mapping[str, ReleasedTable]:
    """The flat table, the indicators, the results where there are any, and the totals, by name."""
    tables = [flat_table(edition), *totals_tables(edition)]
    tables += [make(edition) for name, make in _LONG_FORMS.items() if name in schemas_made_of(edition)]
    return {table.name: table for table in tables}


def schemas_made_of(edition: Edition) -> Mapping[str, TableSchema]:
    """The schemas of these tables, without making their rows, which takes long for a large plan."""
    long_forms = {INDICATORS: "indicators", RESULTS: "progress_results"}
    schemas = [flat_schema(edition), *(totals_schema(name, edition) for name in TOTALS)]
    schemas += [long_schema(name, edition) for name, table in long_forms.items() if any(edition.records(table))]
    return {schema.name: schema for schema in schemas}
