"""Collect the value of each metadata field and its source: the package, its releases, ``portal``, or a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from khelang_opendata.formats.metadata.facts import FORMATS
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.dataset_schema import SchemaField
from khelang_opendata.portals.metadata_values import TAGS, normalize_text, text_list
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import format_name, portal_properties, withdrawal_text
from khelang_opendata.standard.tables import JsonObject

KEYWORDS = "keywords"
"""The extra that holds all keywords where a portal does not accept Thai words as tags."""


class ValueSource(StrEnum):
    """The source of a value."""

    GIVEN = "given"
    """An argument of the call: ``--set`` on the command line."""
    PORTAL = "portal"
    PACKAGE = "package"
    RELEASE = "release"
    PROFILE = "profile"


@dataclass(frozen=True)
class Origin:
    """The source of a value, and the property of the descriptor or the name of the profile."""

    source: ValueSource
    property: str | None = None


ValuesByField = dict[str, tuple[object, Origin]]


def collect_values(
    publication: Publication, profile: Profile, portal_fields: Mapping[str, SchemaField], given: Mapping[str, str]
) -> ValuesByField:
    """Return each field's value and source. Precedence: given, ``portal``, package and release, profile.

    Args:
        publication: the releases to publish.
        profile: the portal's profile, which has the default values.
        portal_fields: the portal's fields by name.
        given: values by field name; an empty value removes the field.
    """
    values: ValuesByField = {n: (v, Origin(ValueSource.PROFILE, profile.name)) for n, v in profile.defaults.items()}
    portal = portal_properties(publication.descriptor)
    from_portal = ((name, value, Origin(ValueSource.PORTAL, f"portal/{name}")) for name, value in portal.items())
    for name, value, origin in (*_package_values(publication, profile, portal_fields), *from_portal):
        if text_list(value):
            values[name] = value, origin
    values |= {name: (value, Origin(ValueSource.GIVEN)) for name, value in given.items()}
    data_type = normalize_text(values["data_type"][0])
    of_other_types = {name for type_, names in profile.only_for.items() if type_ != data_type for name in names}
    # Fields of another data type are left out, unless officials supply them: then the portal may judge them.
    return {n: v for n, v in values.items() if n not in of_other_types or v[1].source is not ValueSource.PACKAGE}


def _package_values(
    publication: Publication, profile: Profile, portal_fields: Mapping[str, SchemaField]
) -> Iterator[tuple[str, object, Origin]]:
    """Yield the values that come from the package and its releases."""
    package, plan = publication.descriptor, publication.plan
    publisher = _publisher(package)

    def choices(values: Collection[str], name: str) -> list[str]:
        return _matching_choices(values, name, profile, portal_fields)

    for name, value, property_ in (
        ("name", package["name"], "name"),
        ("title", package["title"], "title"),
        ("notes", _notes(publication), "description"),
        (TAGS, _tags(package, profile, portal_fields), "keywords"),
        (KEYWORDS, package.get("keywords"), "keywords"),
        ("license_id", _licence(package, profile, portal_fields), "licenses"),
        ("url", package.get("homepage"), "homepage"),
        ("maintainer", publisher.get("title"), "contributors"),
        ("maintainer_email", publisher.get("email"), "contributors"),
        ("data_source", [source["title"] for source in package.get("sources", ())], "sources"),
        ("data_language", choices(package.get("languages", ()), "data_language"), "languages"),
        ("data_format", choices(_formats(publication), "data_format"), "resources"),
        ("geo_coverage", choices([plan["lao_type"]], "geo_coverage"), "plans/lao_type"),
        ("first_year_of_data", plan["start_fiscal_year_be"], "plans/start_fiscal_year_be"),
        ("last_year_of_data", plan["end_fiscal_year_be"], "plans/end_fiscal_year_be"),
    ):
        yield name, value, Origin(ValueSource.PACKAGE, property_)
    yield "version", publication.current_version or publication.history[-1].version, Origin(ValueSource.RELEASE)
    yield "created_date", publication.first_released_on.isoformat(), Origin(ValueSource.RELEASE)
    yield "last_updated_date", publication.last_released_on.isoformat(), Origin(ValueSource.RELEASE)


def _publisher(package: JsonObject) -> JsonObject:
    contributors = package.get("contributors", ())
    return next((contributor for contributor in contributors if "publisher" in contributor.get("roles", ())), {})


def _notes(publication: Publication) -> str:
    """Return the description in both languages, after the withdrawal notice if all releases were withdrawn."""
    package, withdrawal = publication.descriptor, publication.history[-1].withdrawn
    withdrawn = [withdrawal_text(withdrawal, language) for language in Language] if withdrawal else []
    descriptions = package.get("description"), package.get("description_en")
    return "\n\n".join(text_list([*(() if publication.current_version else withdrawn), *descriptions]))


def _tags(package: JsonObject, profile: Profile, portal_fields: Mapping[str, SchemaField]) -> list[str]:
    """Return all keywords, or only the valid tags where the extra ``keywords`` holds all of them."""
    keywords = text_list(package.get("keywords"))
    return [word for word in keywords if profile.tag.fullmatch(word)] if KEYWORDS in portal_fields else keywords


def _licence(package: JsonObject, profile: Profile, portal_fields: Mapping[str, SchemaField]) -> str | None:
    """Return the portal's choice for the licence's identifier or title, else the identifier itself."""
    licence: JsonObject = next(iter(package.get("licenses", ())), {})
    names = text_list([licence.get("name"), licence.get("title")])
    return next(iter([*_matching_choices(names, "license_id", profile, portal_fields), *names]), None)


def _matching_choices(
    values: Collection[str], name: str, profile: Profile, portal_fields: Mapping[str, SchemaField]
) -> list[str]:
    """Return the values that a field of the portal has a choice for."""
    field = portal_fields.get(name)
    synonyms = profile.synonyms.get(name, {})
    if field is None:
        return []
    known = (value for value in values if field.choices or value in synonyms)
    return [value for value in known if profile.portal_value(field, value) is not None]


def _formats(publication: Publication) -> list[str]:
    """Return the formats of the listed files; of the files in the archive where only archives are listed."""
    listed = [format_name(file.format) for file in publication.distributions if file.entry is not None]
    paths = (PurePosixPath(entry["path"]) for entry in publication.descriptor["resources"])
    archived = (format_name(FORMATS[path.suffix]) for path in paths if path.suffix in FORMATS)
    return list(dict.fromkeys(listed or archived))
