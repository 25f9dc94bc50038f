"""The indicators and their results with the names of project, dimension and units: one row an indicator, a result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from khelang_opendata.formats.flat import headings_of_dimension, roles_of_project
from khelang_opendata.formats.joins import Joins, Record
from khelang_opendata.formats.made_schemas import joined_columns, joined_rows, made_schema, year_ce
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.tables import TableSchema

INDICATORS, RESULTS = "flat_indicators", "flat_results"


def indicators_table(edition: Edition) -> ReleasedTable:
    """One row per indicator of a project."""
    return _table(INDICATORS, edition, _joined_indicators(edition))


def results_table(edition: Edition) -> ReleasedTable:
    """One row per reported result, beside the target of its indicator."""
    return _table(RESULTS, edition, _joined_results(edition))


def long_schema(name: str, edition: Edition) -> TableSchema:
    """The schema of one of these tables."""
    fields = [column.descriptor for column in joined_columns(name, edition.family)]
    return made_schema(name, fields, edition.family)


def _table(name: str, edition: Edition, rows: Iterator[Mapping[str, Record]]) -> ReleasedTable:
    columns = list(joined_columns(name, edition.family))
    return ReleasedTable(long_schema(name, edition), joined_rows(columns, rows))


def _joined_indicators(edition: Edition) -> Iterator[dict[str, Record]]:
    joins = Joins(edition)
    for indicator in edition.records("indicators"):
        project = joins.projects[indicator["project_id"]]
        made = headings_of_dimension(joins, project)
        yield {**roles_of_project(joins, project), "indicator": indicator, "made": made}


def _joined_results(edition: Edition) -> Iterator[Mapping[str, Record]]:
    indicators = {_key(joined["indicator"]): joined for joined in _joined_indicators(edition)}
    for result in edition.records("progress_results"):
        joined = indicators[_key(result)]
        made = {**joined["made"], "fiscal_year_ce": year_ce(result["fiscal_year_be"])}
        yield {**joined, "result": result, "made": made}


def _key(record: Record) -> tuple[str, int]:
    return record["project_id"], int(record["indicator_no"])
