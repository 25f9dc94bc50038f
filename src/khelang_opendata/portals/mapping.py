"""Map a publication to the metadata of a CKAN dataset, and a CKAN dataset back to metadata.

The field names are those of the Thai metadata scheme (ckanext-thai_gdc). Which of them a portal has, requires and
restricts to choices comes from the portal's own schema.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from khelang_opendata.model.characters import visible
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.dataset_schema import CORE_FIELDS, DatasetSchema, SchemaField
from khelang_opendata.portals.metadata_values import (
    TAGS,
    Value,
    canonical,
    field_problem,
    normalize_text,
    parse_value,
    text_list,
)
from khelang_opendata.portals.portal_failures import FieldProblem
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import map_resource
from khelang_opendata.portals.sources import Origin, ValueSource, collect_values
from khelang_opendata.render.terminal import clip
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation.rules.portal_readiness import OTHER

_OWNER = "owner_org"
_MAX_TEXT, _MAX_CHOICES = 300, 200
"""Limits of what a message shows: a portal may have longer values and more choices."""


@dataclass(frozen=True)
class Metadata:
    """The metadata of a dataset in a portal's fields.

    Attributes:
        fields: values by field name, in canonical form: lists sorted, empty fields left out.
        origins: the source of each value.
        problems: the values that the portal would refuse or should not store, in the order of the portal's fields.
    """

    fields: Mapping[str, Value]
    origins: Mapping[str, Origin]
    problems: tuple[FieldProblem, ...]


def map_metadata(
    publication: Publication, schema: DatasetSchema, profile: Profile, owner_org: str, given: Mapping[str, str]
) -> Metadata:
    """Map a publication to a portal's fields.

    Args:
        publication: the releases to publish.
        schema: the portal's schema.
        profile: the portal's profile.
        owner_org: the id of the organisation on the portal.
        given: values by field name, which override all other sources; an empty value removes the field.

    Returns:
        The metadata with its problems; nothing is raised, so that a user sees all problems at once.
    """
    portal_fields = _portal_fields(schema, profile)
    collected = collect_values(publication, profile, portal_fields, given)
    sourced = {name: (value, origin) for name, (value, origin) in collected.items() if text_list(value)}
    sourced[_OWNER] = (owner_org, Origin(ValueSource.GIVEN))
    parsed = {n: parse_value(sourced[n][0], field, profile) for n, field in portal_fields.items() if n in sourced}
    fields = {name: value.value for name, value in parsed.items()}
    invalid = {name: value.problems for name, value in parsed.items()}
    missing = {field.name: (field_problem("missing", field),) for field in _missing(fields, portal_fields)}
    problems = [p for name in portal_fields for p in (*invalid.get(name, ()), *missing.get(name, ()))]
    problems += (field_problem("missing_of_files", field) for field in _missing_of_files(publication, schema))
    origins = {name: sourced[name][1] for name in fields}
    return Metadata(fields, origins, (*problems, *_unknown(given, portal_fields)))


def problem_text(problem: FieldProblem, language: Language) -> str:
    """Return the message of a problem: the field, the choices and the remedy, in one language."""
    names = {"field": _printable(problem.field), "label": _printable(problem.label), "value": _printable(problem.value)}
    more = ["…"] if len(problem.allowed) > _MAX_CHOICES else []
    allowed = ", ".join([*map(_printable, problem.allowed[:_MAX_CHOICES]), *more])
    text = notice(f"metadata_{problem.code}", language, allowed=allowed, limit=problem.limit, **names)
    if problem.code.startswith("missing") and allowed:
        return f"{text} {notice('metadata_allowed', language, allowed=allowed)}"
    return text


def _printable(text: str) -> str:
    """Return a text without control characters: a portal's label must not send commands to a terminal."""
    return clip(visible(text[:_MAX_TEXT]), _MAX_TEXT)


def to_ckan(fields: Mapping[str, Value], schema: DatasetSchema) -> JsonObject:
    """Return metadata in the form that ``package_create`` and the ``update`` of ``package_revise`` accept.

    ``tags`` is emptied beside ``tag_string``: otherwise CKAN adds the new tags to the old ones.
    """
    extras = [name for name in fields if schema.is_plain and name not in CORE_FIELDS]
    values = {name: list(v) if isinstance(v, tuple) else v for name, v in fields.items()}
    package: JsonObject = {name: value for name, value in values.items() if name not in (TAGS, *extras)}
    if TAGS in fields:
        package |= {"tags": [], TAGS: ",".join(fields[TAGS])}
    if schema.is_plain:
        package["extras"] = [{"key": name, "value": fields[name]} for name in extras]
    return package


def from_ckan(dataset: JsonObject, names: Collection[str], schema: DatasetSchema) -> dict[str, Value]:
    """Return fields of a CKAN dataset in the form of :attr:`Metadata.fields`.

    CKAN returns lists in any order or as JSON text, tags as objects, and ``None``, ``""`` or ``[]`` for an empty field.

    Args:
        dataset: the result of ``package_show``.
        names: the names of the fields.
        schema: the portal's schema.
    """
    extras = {extra["key"]: extra["value"] for extra in dataset.get("extras") or ()} if schema.is_plain else {}
    values = {name: _canonical_value({**extras, **dataset}, name, schema.fields.get(name)) for name in names}
    return {name: value for name, value in values.items() if value}


def _portal_fields(schema: DatasetSchema, profile: Profile) -> dict[str, SchemaField]:
    """Return the portal's fields; without scheming, CKAN's fields and the profile's extras."""
    extras = profile.extras if schema.is_plain else ()
    return {**schema.fields, **{name: SchemaField(name, name) for name in extras}}


def _missing(fields: Mapping[str, Value], portal_fields: Mapping[str, SchemaField]) -> Iterator[SchemaField]:
    """Yield the required fields without a value, and the fields that must explain the choice "other"."""
    with_other = (name for name, value in fields.items() if any(text.endswith(OTHER) for text in text_list(value)))
    explaining = {f"{name}_other" for name in with_other}
    for name, field in portal_fields.items():
        if not fields.get(name) and (field.required or name in explaining):
            yield field


def _missing_of_files(publication: Publication, schema: DatasetSchema) -> Iterator[SchemaField]:
    """Yield the required fields of a resource without a value; the portal itself sets ``url`` of an uploaded file."""
    resource = map_resource(publication.distributions[-1], publication, schema)
    yield from (f for f in schema.resource_fields.values() if f.required and f.name not in (*resource, "url"))


def _unknown(given: Mapping[str, str], portal_fields: Mapping[str, SchemaField]) -> Iterator[FieldProblem]:
    """Yield a problem for each given name that is no field; the organisation has an option of its own."""
    known = [name for name in portal_fields if name != _OWNER]
    for name in given:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            yield FieldProblem("unknown_field", name, name, given[name], tuple(nearest))


def _canonical_value(dataset: JsonObject, name: str, field: SchemaField | None) -> Value:
    if name == TAGS:
        return canonical(tag["name"] for tag in dataset.get("tags") or ())
    value = dataset.get(name)
    if field and field.is_list:
        return canonical(text_list(_parsed_list(value)))
    text = "" if value is None else normalize_text(value)
    return text.removesuffix("T00:00:00") if field and field.is_date else text


def _parsed_list(value: object) -> object:
    """Parse a list that the portal stores and returns as JSON text."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
