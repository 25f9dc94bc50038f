"""The value of each field of a dataset and its source: the package, its releases, officials, or a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from khelang_opendata.formats.metadata.facts import FORMATS
from khelang_opendata.model.wording import Language
from khelang_opendata.portals.metadata_values import TAGS, plain, texts
from khelang_opendata.portals.profiles import Profile
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.resources import format_name, portal_properties, withdrawal_text
from khelang_opendata.portals.scheme import SchemeField
from khelang_opendata.standard.tables import JsonObject

KEYWORDS = "keywords"
"""The extra that holds all keywords where a portal does not take them as tags."""


class ValueSource(StrEnum):
    """Who supplied a value."""

    GIVEN = "given"
    PORTAL = "portal"
    PACKAGE = "package"
    RELEASE = "release"
    PROFILE = "profile"


@dataclass(frozen=True)
class Origin:
    """Where a value comes from: who supplied it, and the property of the descriptor or the name of the profile."""

    source: ValueSource
    property: str | None = None


Said = dict[str, tuple[object, Origin]]


def said_of(
    publication: Publication, profile: Profile, targets: Mapping[str, SchemeField], given: Mapping[str, str]
) -> Said:
    """Return each value and its source. Precedence: given, portal, package, profile.

    Args:
        publication: what is published.
        profile: what is true of every plan, and how portals call what a plan says.
        targets: the portal's fields.
        given: values by field.
    """
    said: Said = {name: (value, Origin(ValueSource.PROFILE, profile.name)) for name, value in profile.defaults.items()}
    said |= {name: (value, origin) for name, value, origin in _of_plan(publication, profile, targets) if texts(value)}
    portal = portal_properties(publication.descriptor)
    said |= {
        name: (value, Origin(ValueSource.PORTAL, f"portal/{name}")) for name, value in portal.items() if texts(value)
    }
    said |= {name: (value, Origin(ValueSource.GIVEN)) for name, value in given.items()}
    type_ = plain(said["data_type"][0])
    of_other_types = {name for only, names in profile.only_for.items() if only != type_ for name in names}
    return {n: one for n, one in said.items() if not (n in of_other_types and one[1].source is ValueSource.PACKAGE)}


def _of_plan(
    publication: Publication, profile: Profile, targets: Mapping[str, SchemeField]
) -> Iterator[tuple[str, object, Origin]]:
    """Yield the values that come from the package and its releases."""
    package, plan = publication.descriptor, publication.plan
    publisher = _publisher(package)
    for name, value, property_ in (
        ("name", package["name"], "name"),
        ("title", package["title"], "title"),
        ("notes", _notes(publication), "description"),
        (TAGS, _tags(package, profile, targets), "keywords"),
        (KEYWORDS, package.get("keywords"), "keywords"),
        ("license_id", _licence(package, profile, targets), "licenses"),
        ("url", package.get("homepage"), "homepage"),
        ("maintainer", publisher.get("title"), "contributors"),
        ("maintainer_email", publisher.get("email"), "contributors"),
        ("data_source", [source["title"] for source in package.get("sources", ())], "sources"),
        ("data_language", _known(package.get("languages", ()), "data_language", profile, targets), "languages"),
        ("data_format", _known(_formats(publication), "data_format", profile, targets), "resources"),
        ("geo_coverage", _known([plan["lao_type"]], "geo_coverage", profile, targets), "plans/lao_type"),
        ("first_year_of_data", plan["start_fiscal_year_be"], "plans/start_fiscal_year_be"),
        ("last_year_of_data", plan["end_fiscal_year_be"], "plans/end_fiscal_year_be"),
    ):
        yield name, value, Origin(ValueSource.PACKAGE, property_)
    yield "version", publication.shown or publication.history[-1].version, Origin(ValueSource.RELEASE)
    yield "created_date", publication.first_released_on.isoformat(), Origin(ValueSource.RELEASE)
    yield "last_updated_date", publication.last_released_on.isoformat(), Origin(ValueSource.RELEASE)


def _publisher(package: JsonObject) -> JsonObject:
    bodies = (body for body in package.get("contributors", ()) if "publisher" in body.get("roles", ()))
    return next(bodies, {})


def _notes(publication: Publication) -> str:
    """The description in both languages, after the words that the plan was withdrawn, if all its releases were."""
    package, withdrawal = publication.descriptor, publication.history[-1].withdrawn
    withdrawn = [withdrawal_text(withdrawal, language) for language in Language] if withdrawal else []
    parts = [*(() if publication.shown else withdrawn), package.get("description"), package.get("description_en")]
    return "\n\n".join(texts(parts))


def _tags(package: JsonObject, profile: Profile, targets: Mapping[str, SchemeField]) -> list[str]:
    """The keywords; where they have a field of their own, those of them that can be tags."""
    keywords = texts(package.get("keywords"))
    return [word for word in keywords if profile.tag.fullmatch(word)] if KEYWORDS in targets else keywords


def _licence(package: JsonObject, profile: Profile, targets: Mapping[str, SchemeField]) -> str | None:
    """The licence by its identifier, else by its title if that is what the portal knows."""
    licence: JsonObject = next(iter(package.get("licenses", ())), {})
    names = texts([licence.get("name"), licence.get("title")])
    return next(iter([*_known(names, "license_id", profile, targets), *names]), None)


def _known(values: Collection[str], name: str, profile: Profile, targets: Mapping[str, SchemeField]) -> list[str]:
    """Those of the values for which the portal has a word."""
    field = targets.get(name)
    words = profile.words.get(name, {})
    return [v for v in values if field and (field.legal or v in words) and profile.spelling(field, v) is not None]


def _formats(publication: Publication) -> list[str]:
    """The formats of the files that are shown one by one; where there are none, of those in the archive."""
    shown = [format_name(file.format) for file in publication.distributions if file.entry is not None]
    paths = (PurePosixPath(entry["path"]) for entry in publication.descriptor["resources"])
    within = (format_name(FORMATS[path.suffix]) for path in paths if path.suffix in FORMATS)
    return list(dict.fromkeys(shown or within))
