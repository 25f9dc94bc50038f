"""Profiles of portals: how a plan is mapped to the fields of one kind of portal.

A profile is data (``standard/portal_profiles/<name>.yaml``) and may extend another one. It lists no choices of a field:
the portal publishes them (:mod:`khelang_opendata.portals.dataset_schema`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.dataset_schema import DatasetSchema, SchemaField
from khelang_opendata.standard.portal_profiles import portal_profile

PROFILES = ("gd_catalog", "data_go_th", "ckan")
"""The profiles, the most specific first: :func:`detect_profile` takes the first that fits."""


@dataclass(frozen=True)
class Profile:
    """The mapping of a plan to one kind of portal.

    Attributes:
        name: the profile's name.
        expects: the fields that identify such a portal.
        defaults: the values that apply to every plan, by field.
        only_for: the fields that only datasets of one data type have, by data type.
        synonyms: by field, the portal's values for a value of the plan; the preferred one first.
        extras: the extra fields for a portal without scheming.
        tag: the pattern of a valid tag.
        limits: ``tag_characters`` (minimum), ``tag_characters_most``, ``name_characters_most``, and
            ``file_megabytes``, CKAN's default limit of an upload.
    """

    name: str
    expects: tuple[str, ...]
    defaults: Mapping[str, str]
    only_for: Mapping[str, tuple[str, ...]]
    synonyms: Mapping[str, Mapping[str, tuple[str, ...]]]
    extras: tuple[str, ...]
    tag: re.Pattern[str]
    limits: Mapping[str, int]

    def portal_value(self, field: SchemaField, text: str) -> str | None:
        """Return the portal's value for a value of the plan; None if no choice of the field matches."""
        synonyms = self.synonyms.get(field.name, {}).get(text, ())
        if field.choices is None:
            return next(iter(synonyms), text)
        matches = map(field.match_choice, (text, *synonyms))
        return next((choice for choice in matches if choice is not None), None)


@cache
def load_profile(name: str) -> Profile:
    """Load a profile.

    Args:
        name: one of :data:`PROFILES`.

    Raises:
        UsageError: no profile has this name.
    """
    if name not in PROFILES:
        raise UsageError("profile_unknown", name=name, names=", ".join(PROFILES))
    content = portal_profile(name)
    return Profile(
        name,
        expects=tuple(content["expects"]),
        defaults=MappingProxyType(content["defaults"]),
        only_for={data_type: tuple(fields) for data_type, fields in content["only_for"].items()},
        synonyms={
            field: {value: tuple(portal_values) for value, portal_values in synonyms.items()}
            for field, synonyms in content["synonyms"].items()
        },
        extras=tuple(content.get("extras", ())),
        tag=re.compile(content["tag"]),
        limits=MappingProxyType(content["limits"]),
    )


def detect_profile(schema: DatasetSchema) -> Profile:
    """Return the first profile whose expected fields the portal has; ``ckan`` expects none."""
    profiles = map(load_profile, PROFILES)
    return next(profile for profile in profiles if set(profile.expects) <= set(schema.fields))
