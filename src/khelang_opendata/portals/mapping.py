"""What a CKAN portal is sent of a publication: pure functions from the one to the other, and back.

The fields are those of the Thai metadata scheme (ckanext-thai_gdc). Which of them a portal has, which it demands and
which values it takes is asked of the portal.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from khelang_opendata.model.characters import visible
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.metadata_values import OTHER, TAGS, Value, canonical, plain, problem, read_value, texts
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.refusals import FieldProblem
from khelang_opendata.portals.resources import dictionary_of, resource_of
from khelang_opendata.portals.scheme import CORE_FIELDS, Scheme, SchemeField
from khelang_opendata.portals.sources import Origin, ValueSource, said_of
from khelang_opendata.render.terminal import clip
from khelang_opendata.standard.tables import JsonObject

__all__ = [
    "Metadata",
    "Origin",
    "Value",
    "ValueSource",
    "dictionary_of",
    "from_ckan",
    "metadata_of",
    "problem_text",
    "resource_of",
    "to_ckan",
]

_OWNER = "owner_org"
_LONGEST, _MOST_ALLOWED = 300, 200
"""How much is shown of a value, and how many legal ones are; a portal may have longer ones and more."""


@dataclass(frozen=True)
class Metadata:
    """The metadata of a dataset in a portal's fields.

    Attributes:
        fields: values by the target's field names, in canonical form: lists sorted, nothing empty.
        origins: where each comes from.
        problems: why the portal would refuse them, or would store what it should not; in the portal's order.
    """

    fields: Mapping[str, Value]
    origins: Mapping[str, Origin]
    problems: tuple[FieldProblem, ...]


def metadata_of(
    publication: Publication, scheme: Scheme, profile: Profile, owner_org: str, given: Mapping[str, str]
) -> Metadata:
    """Map a publication to a portal's fields.

    What is given goes before the descriptor's property ``portal``, that before the package's own values, and
    that before what the profile holds true of every plan. A blank value given leaves the field out.

    Args:
        publication: what is published.
        scheme: what the portal demands.
        profile: how portals of this kind call what a plan says.
        owner_org: the id of the organisation on the portal.
        given: further values by field.
    """
    targets = _targets(scheme, profile)
    owner = {_OWNER: (owner_org, Origin(ValueSource.GIVEN))}
    said = {name: one for name, one in said_of(publication, profile, targets, given).items() if texts(one[0])} | owner
    readings = {name: read_value(said[name][0], field, profile) for name, field in targets.items() if name in said}
    fields = {name: reading.value for name, reading in readings.items()}
    wrong = {name: reading.problems for name, reading in readings.items()}
    missing = {field.name: (problem("missing", field),) for field in _missing(fields, targets)}
    of_files = (problem("missing_of_files", field) for field in _missing_of_files(publication, scheme))
    problems = (found for name in targets for found in (*wrong.get(name, ()), *missing.get(name, ())))
    origins = {name: said[name][1] for name in fields}
    return Metadata(fields, origins, (*problems, *of_files, *_unknown(given, targets)))


def problem_text(found: FieldProblem, language: Language) -> str:
    """What is wrong with a field, its legal values, and what to do, in one language."""
    said = {"field": _readable(found.field), "label": _readable(found.label), "value": _readable(found.value)}
    more = ["…"] if len(found.allowed) > _MOST_ALLOWED else []
    allowed = ", ".join([*map(_readable, found.allowed[:_MOST_ALLOWED]), *more])
    text = notice(f"metadata_{found.code}", language, allowed=allowed, limit=found.limit, **said)
    if found.code.startswith("missing") and allowed:
        return f"{text} {notice('metadata_allowed', language, allowed=allowed)}"
    return text


def _readable(text: str) -> str:
    """A text of a portal, or of anybody, as it does no harm in a terminal."""
    return clip(visible(text[:_LONGEST]), _LONGEST)


def to_ckan(fields: Mapping[str, Value], scheme: Scheme) -> JsonObject:
    """The fields as ``package_create`` and the ``update`` of ``package_revise`` take them.

    An empty list of tags goes with ``tag_string``, which would otherwise be added to the tags that are there.
    """
    extras = [name for name in fields if scheme.is_plain and name not in CORE_FIELDS]
    sent: JsonObject = {name: _sent(value) for name, value in fields.items() if name not in (TAGS, *extras)}
    if TAGS in fields:
        sent |= {"tags": [], TAGS: ",".join(fields[TAGS])}
    if scheme.is_plain:
        sent["extras"] = [{"key": name, "value": fields[name]} for name in extras]
    return sent


def from_ckan(dataset: JsonObject, names: Collection[str], scheme: Scheme) -> dict[str, Value]:
    """Fields of a data set that CKAN shows, in the form of :attr:`Metadata.fields`.

    CKAN gives lists in an order of its own or as JSON text, tags as objects, and ``None``, ``""`` or ``[]`` where
    nothing is set.

    Args:
        dataset: what ``package_show`` answers.
        names: the fields wanted.
        scheme: what the portal demands.
    """
    extras = {extra["key"]: extra["value"] for extra in dataset.get("extras") or ()} if scheme.is_plain else {}
    shown = {name: _shown({**extras, **dataset}, name, scheme.fields.get(name)) for name in names}
    return {name: value for name, value in shown.items() if value}


def _targets(scheme: Scheme, profile: Profile) -> dict[str, SchemeField]:
    """The fields of the portal, and on a plain one those of the profile that go into its extras."""
    extras = profile.extras if scheme.is_plain else ()
    return {**scheme.fields, **{name: SchemeField(name, name) for name in extras}}


def _missing(fields: Mapping[str, Value], targets: Mapping[str, SchemeField]) -> Iterator[SchemeField]:
    """Fields that must be there, and the words that explain an "other"."""
    explained = {f"{name}_other" for name, value in fields.items() if any(one.endswith(OTHER) for one in texts(value))}
    for name, field in targets.items():
        if not fields.get(name) and (field.required or name in explained):
            yield field


def _missing_of_files(publication: Publication, scheme: Scheme) -> Iterator[SchemeField]:
    """Yield the fields required of each file that have no value; ``url`` is there when the file is."""
    filled = resource_of(publication.distributions[-1], publication, scheme)
    yield from (f for f in scheme.resource_fields.values() if f.required and f.name not in (*filled, "url"))


def _unknown(given: Mapping[str, str], targets: Mapping[str, SchemeField]) -> Iterator[FieldProblem]:
    """Names that were given and are no field; the organisation is chosen otherwise."""
    known = [name for name in targets if name != _OWNER]
    for name in given:
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1, cutoff=0.0)
            yield FieldProblem("unknown_field", name, name, given[name], tuple(nearest))


def _sent(value: Value) -> str | list[str]:
    return list(value) if isinstance(value, tuple) else value


def _shown(dataset: JsonObject, name: str, field: SchemeField | None) -> Value:
    if name == TAGS:
        return canonical(tag["name"] for tag in dataset.get("tags") or ())
    value = dataset.get(name)
    if field and field.is_list:
        return canonical(texts(_listed(value)))
    text = "" if value is None else plain(value)
    return text.removesuffix("T00:00:00") if field and field.is_date else text


def _listed(value: object) -> object:
    """A list that a portal shows as the JSON text in which it keeps it."""
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
