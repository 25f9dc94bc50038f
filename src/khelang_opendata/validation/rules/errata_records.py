"""Rules of the errata themselves: what they name exists, and the value that they adopt is the value in its cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.validation.plan import Plan, Record
from khelang_opendata.validation.rules.registry import plan_rule

KEY_SEPARATOR = "/"
"""Divides the parts of a longer key in ``record_id``: ``<project_id>/2`` is the second indicator of a project."""


class _Named(NamedTuple):
    """The records that a row names, or the part of its place that does not exist."""

    records: Sequence[Record]
    wrong: str | None


@plan_rule(Severity.ERROR, needs=("errata",))
def erratum_record_missing(plan: Plan) -> Iterator[Issue]:
    """The table, record, column and year that an erratum names exist.

    A year outside the whole plan has an issue of its own.
    """
    for table in ("errata", "errata_records"):
        for erratum, named in _all_named(plan, table):
            if named.wrong:
                field = {"resource": "resource", "record": "record_id", "field": "field", "year": "fiscal_year_be"}
                resource = erratum.text("resource") or ""
                yield erratum.issue(
                    erratum_record_missing, field[named.wrong], variant=named.wrong, resource_named=resource
                )


@plan_rule(Severity.ERROR, needs=("errata",))
def erratum_value_differs(plan: Plan) -> Iterator[Issue]:
    """The adopted value is the one in the cell that the erratum names; a reading is explained beside it."""
    for erratum, named in _all_named(plan, "errata"):
        adopted, reading, field = (erratum.text(name) for name in ("adopted_value", "reading_th", "field"))
        if reading and adopted:
            yield erratum.issue(erratum_value_differs, "adopted_value", variant="both")
        elif adopted and not field:
            yield erratum.issue(erratum_value_differs, "adopted_value", variant="no_field")
        elif adopted and not erratum.text("record_id"):
            yield erratum.issue(erratum_value_differs, "adopted_value", variant="no_record")
        elif field and not reading and not named.wrong and not _adopts(named.records, field, adopted):
            found = ", ".join(dict.fromkeys(record.text(field) or "-" for record in named.records))
            yield erratum.issue(erratum_value_differs, "adopted_value", field_named=field, found=found)


def _adopts(records: Sequence[Record], name: str, adopted: str | None) -> bool:
    """Whether one of the records has a value in a column: the same text, or the same number or day."""
    for record in records:
        found, field = record.text(name), record.table.schema.field_by_name[name]
        if found == adopted:
            return True
        value = field.value(adopted or "")
        if found and value is not None and field.value(found) == value:
            return True
    return not records


def _all_named(plan: Plan, table: str) -> Iterator[tuple[Record, _Named]]:
    """The rows of a table of errata with what they name; a row about a table that cannot be read is left out."""
    known: dict[str, Mapping[str, Sequence[Record]]] = {}
    for erratum in plan.records(table):
        resource = erratum.text("resource") or ""
        if resource in plan.tables:
            if resource not in known:
                known[resource] = _by_id(plan, resource)
            yield erratum, _named(plan, erratum, resource, known[resource])
        elif not _is_listed(plan, resource):
            yield erratum, _Named((), "resource")


def _is_listed(plan: Plan, table: str) -> bool:
    """Whether the package has a table, or lacks it although it must not, which has an issue of its own."""
    known = plan.family.tables.get(table)
    if known is not None and not (known.optional or known.is_foreign):
        return True
    return table.casefold() in {resource.name.casefold() for resource in plan.package.resources}


def _by_id(plan: Plan, table: str) -> Mapping[str, Sequence[Record]]:
    found: dict[str, list[Record]] = {}
    for record in plan.records(table):
        found.setdefault(record.id, []).append(record)
    return found


def _named(plan: Plan, erratum: Record, resource: str, known: Mapping[str, Sequence[Record]]) -> _Named:
    id_, year, field = (erratum.text(name) for name in ("record_id", "fiscal_year_be", "field"))
    schema = plan.tables[resource].schema
    if field and field not in schema.field_by_name:
        return _Named((), "field")
    if id_ is None:
        return _Named((), None)
    first, *rest = id_.split(KEY_SEPARATOR)
    records = list(known.get(first, ()))
    for column, part in zip(schema.primary_key[1:], rest, strict=False):
        records = [record for record in records if record.text(column) == part]
    if not records or len(rest) >= len(schema.primary_key):
        return _Named((), "record")
    if year and "fiscal_year_be" in schema.field_by_name:
        records = [record for record in records if record.text("fiscal_year_be") == year]
    is_in_plan = not plan.years or erratum.integer("fiscal_year_be") in plan.years
    return _Named(records, "year" if not records and is_in_plan else None)
