"""Profiles of portals: how a plan is mapped to the fields of a kind of portal.

A profile is data (``<name>.yaml``), and may extend another. The legal values of a portal are not in it: the portal
publishes them (:mod:`khelang_opendata.portals.scheme`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from khelang_opendata.model.failures import UsageError
from khelang_opendata.portals.scheme import Scheme, SchemeField
from khelang_opendata.standard.portal_profiles import portal_profile

PROFILES = ("gd_catalog", "data_go_th", "ckan")
"""The profiles, the most demanding first."""


@dataclass(frozen=True)
class Profile:
    """How a plan is mapped to one kind of portal.

    Attributes:
        name: what it is called.
        expects: the fields by which such a portal is known.
        defaults: what is true of every plan, by field.
        only_for: fields that only data sets of one type have, by that type.
        words: by field, what the portals of this kind may call what a plan calls so; the best first.
        extras: fields for a portal that has no scheme.
        tag: what a tag may be written with.
        limits: ``tag_characters`` at least, ``tag_characters_most`` and ``name_characters_most`` at most, and
            ``file_megabytes``, what a portal takes unless its managers raised it.
    """

    name: str
    expects: tuple[str, ...]
    defaults: Mapping[str, str]
    only_for: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Mapping[str, tuple[str, ...]]]
    extras: tuple[str, ...]
    tag: re.Pattern[str]
    limits: Mapping[str, int]

    def spelling(self, field: SchemeField, text: str) -> str | None:
        """What the portal calls a value; None where it has no word for it."""
        words = self.words.get(field.name, {}).get(text, ())
        if field.legal is None:
            return next(iter(words), text)
        return next((found for word in (text, *words) if (found := field.spelling_of(word)) is not None), None)


@cache
def load_profile(name: str) -> Profile:
    """The profile of this name.

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
        only_for={type_: tuple(fields) for type_, fields in content["only_for"].items()},
        words={
            field: {ours: tuple(theirs) for ours, theirs in words.items()} for field, words in content["words"].items()
        },
        extras=tuple(content.get("extras", ())),
        tag=re.compile(content["tag"]),
        limits=MappingProxyType(content["limits"]),
    )


def profile_for(scheme: Scheme) -> Profile:
    """The first profile that expects no field which the portal lacks."""
    profiles = map(load_profile, PROFILES)
    return next(profile for profile in profiles if set(profile.expects) <= set(scheme.fields))
