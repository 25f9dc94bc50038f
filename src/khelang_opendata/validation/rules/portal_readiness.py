"""Rules of portal readiness: what a portal demands of a data set is known before anything is sent.

The mandatory fields and legal values are data (``standard/portal_profiles/thai_gdc.yaml``). What is for the portal
alone is judged where the descriptor has the property ``portal``; names, keywords, addresses and sizes always are.
``descriptor_invalid`` covers the types of the descriptor's properties and those that its profile demands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from khelang_opendata.model.report import Issue, Location, Severity
from khelang_opendata.model.spoilt_text import hidden_character
from khelang_opendata.standard.family import load_family
from khelang_opendata.standard.portal_profiles import portal_profile
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules.registry import plan_rule
from khelang_opendata.validation.rules.trees import leaves_first, parents_of

TABLE_LIMITS = {"rows": 1_000_000, "columns": 16_000, "characters": 32_767, "levels": 100}
"""What a table may have. It is no portal's own: portals and spreadsheets alike lose the rest. So every table is judged
by it, and no profile need be read for that. ``characters`` is of a cell in a column without a limit of its own, which
only packages add, ``levels`` of the missions or units above one; the flat table repeats them all in each row."""

_PLAIN_TEXT = "[ก-๙A-Za-z0-9_ -]{4,70}"
"""A name or keyword that every portal takes; for others its profile is read."""

_TREES = {"missions": "parent_mission_id", "units": "parent_unit_id"}

_PROFILE = "thai_gdc"

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(?:\.{_LABEL})+"
"""A valid e-mail address of the HTML standard, with a dot in its domain."""

_EMAIL_IN_PROFILE = ("contributors", "items", "properties", "email")

OTHER = "อื่นๆ"
"""The end of a choice that means "other"; the field ``<name>_other`` must then explain it."""

RESERVED_NAMES = ("new", "edit", "search")
"""Names of CKAN's own pages, which no dataset has (``ckan/logic/validators.py``: ``name_validator``)."""


def is_email(text: str) -> bool:
    """Whether a portal takes a text for an e-mail address; CKAN refuses dots at its beginning and in a row."""
    return re.fullmatch(_EMAIL, text) is not None and ".." not in text and text[0] != "."


def is_web_address(text: str) -> bool:
    """Whether a portal takes a text for a web address."""
    from urllib.parse import urlsplit  # noqa: PLC0415 (only a plan for a portal needs it)

    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)


@plan_rule(Severity.ERROR)
def portal_metadata_missing(plan: Plan) -> Iterator[Issue]:
    """Every mandatory field that does not follow from the plan is given, none is blank, and "other" is explained."""
    portal = _portal(plan)
    if portal is None:
        return
    supplied = (name for name in portal_profile(_PROFILE)["supplied"] if name in portal)
    listed = portal_profile(_PROFILE)["lists"]
    explaining = (
        f"{name}_other"
        for name in portal_profile(_PROFILE)["explained"]
        if any(text.strip().endswith(OTHER) for text in _texts(portal.get(name), listed=name in listed))
    )
    for name in (*portal_profile(_PROFILE)["mandatory"], *supplied, *explaining):
        if _is_blank(portal.get(name, "")):
            yield portal_metadata_missing.issue(property=f"portal/{name}")
    for name in portal_profile(_PROFILE)["from_package"]:
        value = plan.package.descriptor.get(name)
        if value and _is_blank(value):
            yield portal_metadata_missing.issue(property=name)


@plan_rule(Severity.ERROR)
def portal_value_illegal(plan: Plan) -> Iterator[Issue]:
    """Values are of the portal's lists, and names, addresses and keywords are such as portals take."""
    yield from _illegal_of_package(plan.package.descriptor)
    portal = _portal(plan)
    if portal is None:
        return
    profile = portal_profile(_PROFILE)
    for name, legal in profile["legal"].items():
        for value in _texts(portal.get(name), listed=name in profile["lists"]):
            if value.strip() and value not in legal:
                yield portal_value_illegal.issue(property=f"portal/{name}", value=value, allowed=", ".join(legal))
    for address in _texts(portal.get("maintainer_email"), listed=False):
        if address.strip() and not is_email(address):
            yield portal_value_illegal.issue(variant="email", property="portal/maintainer_email", value=address)


def _illegal_of_package(descriptor: JsonObject) -> Iterator[Issue]:
    """What portals refuse of the properties that every package has: its page, its publisher, its name and keywords."""
    for homepage in _texts(descriptor.get("homepage"), listed=False):
        if homepage.strip() and not is_web_address(homepage) and _fits_profile(homepage, "homepage"):
            yield portal_value_illegal.issue(variant="address", property="homepage", value=homepage)
    for number, contributor in enumerate(_objects(descriptor.get("contributors"))):
        for address in _texts(contributor.get("email"), listed=False):
            is_of_publisher = "publisher" in _texts(contributor.get("roles"), listed=True)
            if is_of_publisher and not is_email(address) and _fits_profile(address, *_EMAIL_IN_PROFILE):
                place = f"contributors/{number}/email"
                yield portal_value_illegal.issue(variant="email", property=place, value=address)
    name, keywords = str(descriptor.get("name", "")), _texts(descriptor.get("keywords"), listed=True)
    odd = [tag for tag in keywords if tag and not re.fullmatch(_PLAIN_TEXT, tag)]
    if odd or name in RESERVED_NAMES or not re.fullmatch(_PLAIN_TEXT, name):
        yield from _illegal_texts(name, odd, portal_profile(_PROFILE))


def _fits_profile(text: str, *place: str) -> bool:
    """Whether the profile of the standard takes a text; what it refuses has an issue of its own.

    Args:
        text: the value of a property.
        place: the names that lead to the property from ``properties`` of the profile.
    """
    schema = load_family().package_schemas[-1]["properties"]
    for name in place:
        schema = schema[name]
    return re.search(schema["pattern"], text) is not None


def _illegal_texts(name: str, keywords: Sequence[str], profile: JsonObject) -> Iterator[Issue]:
    limits, tag_pattern = profile["limits"], re.compile(profile["tag"])
    if len(name) > limits["name_characters_most"] or name in RESERVED_NAMES:
        most = limits["name_characters_most"]
        yield portal_value_illegal.issue(variant="name", property="name", value=name, most=most)
    least, longest = limits["tag_characters"], limits["tag_characters_most"]
    for tag in keywords:
        plain = " ".join(tag.split())
        if hidden_character(tag, with_invisible=True):  # an issue of its own
            continue
        if len(plain) < least:
            yield portal_value_illegal.issue(variant="tag", property="keywords", value=tag, least=least)
        elif len(plain) > longest:
            yield portal_value_illegal.issue(variant="tag_long", property="keywords", value=tag, most=longest)
        elif not tag_pattern.fullmatch(plain):
            signs = " ".join(dict.fromkeys(c for c in plain if not tag_pattern.fullmatch(c)))
            yield portal_value_illegal.issue(variant="tag_signs", property="keywords", value=tag, signs=signs)


@plan_rule(Severity.ERROR)
def file_name_not_ascii(plan: Plan) -> Iterator[Issue]:
    """File names are ASCII: portals change or refuse others. Unsafe paths have an issue of their own."""
    for resource in plan.package.resources:
        if resource.problem in (None, "missing") and not resource.path.isascii():
            yield file_name_not_ascii.issue(Location(resource.name), path=resource.path)


@plan_rule(Severity.ERROR)
def table_too_large(plan: Plan) -> Iterator[Issue]:
    """A table is no larger than portals and the files of a release take."""
    yield from larger_tables(plan, TABLE_LIMITS)
    yield from _longer_cells(plan)
    yield from _deeper_trees(plan)


def larger_tables(plan: Plan, limits: Mapping[str, int]) -> Iterator[Issue]:
    """An issue for each table above a limit.

    Args:
        plan: the package's tables.
        limits: ``rows`` and ``columns`` that a table may have.
    """
    for name, table in plan.tables.items():
        sizes = {"rows": len(table.table.rows), "columns": len(table.table.header)}
        for what, size in sizes.items():
            if size > limits[what]:
                yield table_too_large.issue(Location(name), variant=what, found=size, limit=limits[what])


def _longer_cells(plan: Plan) -> Iterator[Issue]:
    limit = TABLE_LIMITS["characters"]
    for name, table in plan.tables.items():
        for column in table.schema.own_fields:
            for place, text in enumerate(plan.texts(name, column)):
                if text and len(text) > limit // 2 and (found := len(text.encode("utf-16-le")) // 2) > limit:
                    where = plan.record(name, place).place(column)
                    yield table_too_large.issue(where, variant="characters", found=found, limit=limit)


def _deeper_trees(plan: Plan) -> Iterator[Issue]:
    limit = TABLE_LIMITS["levels"]
    for table, field in _TREES.items():
        if table not in plan.tables or len(plan.ids(table)) <= limit:
            continue
        parents = parents_of(plan, table, field)
        levels: dict[str, int] = {}
        for id_ in reversed(leaves_first(parents)):
            levels[id_] = levels.get(parents[id_], 0) + 1
        if (found := max(levels.values(), default=0)) > limit:
            yield table_too_large.issue(Location(table), variant="levels", found=found, limit=limit)


def _portal(plan: Plan) -> JsonObject | None:
    portal = plan.package.descriptor.get("portal")
    return portal if isinstance(portal, dict) else None


def _is_blank(value: Any) -> bool:
    """Whether a text or list says nothing; a value of another type is not blank but wrong."""
    return value == [] or (isinstance(value, str) and not value.strip())


def _objects(value: Any) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(value: Any, *, listed: bool) -> list[str]:
    """The text of a property, or those of its list; none where it is of another type."""
    if listed:
        return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []
    return [value] if isinstance(value, str) else []
