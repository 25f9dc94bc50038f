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
    """The places of the records that a row names in the table ``resource``, or the part of it that does not exist."""

    resource: str
    places: Sequence[int]
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
                yield erratum.issue(
                    erratum_record_missing, field[named.wrong], variant=named.wrong, resource_named=named.resource
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
        elif field and not reading and not named.wrong and not _adopts(plan, named, field, adopted):
            texts = plan.texts(named.resource, field)
            found = ", ".join(dict.fromkeys(texts[place] or "-" for place in named.places))
            yield erratum.issue(erratum_value_differs, "adopted_value", field_named=field, found=found)


def _adopts(plan: Plan, named: _Named, name: str, adopted: str | None) -> bool:
    """Whether one of the records has a value in a column: the same text, or the same number or day."""
    texts, field = plan.texts(named.resource, name), plan.tables[named.resource].schema.field_by_name[name]
    for place in named.places:
        found = texts[place]
        if found == adopted:
            return True
        value = field.value(adopted or "")
        if found and value is not None and field.value(found) == value:
            return True
    return not named.places


def _all_named(plan: Plan, table: str) -> Iterator[tuple[Record, _Named]]:
    """The rows of a table of errata with what they name; a row about a table that cannot be read is left out."""
    known: dict[str, Mapping[str, Sequence[int]]] = {}
    columns = [plan.texts(table, name) for name in ("resource", "record_id", "field", "fiscal_year_be")]
    numbers = plan.integers(table, "fiscal_year_be") if table in plan.tables else ()
    for place, (named, id_, field, year) in enumerate(zip(*columns, strict=True)):
        resource = named or ""
        if resource in plan.tables:
            if resource not in known:
                known[resource] = _places_by_id(plan, resource)
            found = _named(plan, resource, known[resource], id_, field, year)
            is_outside = found.wrong == "year" and plan.years and numbers[place] not in plan.years
            yield plan.record(table, place), found._replace(wrong=None) if is_outside else found
        elif not _is_listed(plan, resource):
            yield plan.record(table, place), _Named(resource, (), "resource")


def _is_listed(plan: Plan, table: str) -> bool:
    """Whether the package has a table, or lacks it although it must not, which has an issue of its own."""
    known = plan.family.tables.get(table)
    if known is not None and not (known.optional or known.is_foreign):
        return True
    return table.casefold() in {resource.name.casefold() for resource in plan.package.resources}


def _places_by_id(plan: Plan, table: str) -> Mapping[str, Sequence[int]]:
    """The places of the records of each id; a table without a key has no ids."""
    found: dict[str, list[int]] = {}
    for key in plan.tables[table].schema.primary_key[:1]:
        for place, id_ in enumerate(plan.texts(table, key)):
            found.setdefault(id_ or "", []).append(place)
    return found


def _named(
    plan: Plan,
    resource: str,
    known: Mapping[str, Sequence[int]],
    id_: str | None,
    field: str | None,
    year: str | None,
) -> _Named:
    schema = plan.tables[resource].schema
    if field and field not in schema.field_by_name:
        return _Named(resource, (), "field")
    if id_ is None:
        return _Named(resource, (), None)
    first, *rest = id_.split(KEY_SEPARATOR)
    places = known.get(first, ())
    for column, part in zip(schema.primary_key[1:], rest, strict=False):
        places = _where(plan.texts(resource, column), part, places)
    if not places or len(rest) >= len(schema.primary_key):
        return _Named(resource, (), "record")
    if year and "fiscal_year_be" in schema.field_by_name:
        places = _where(plan.texts(resource, "fiscal_year_be"), year, places)
    return _Named(resource, places, None if places else "year")


def _where(texts: Sequence[str | None], wanted: str, places: Sequence[int]) -> Sequence[int]:
    return [place for place in places if texts[place] == wanted]
