"""The profile that a package names: it is checked before it counts, and counts only if it has no fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from khelang_opendata.model.report import Issue, Severity
from khelang_opendata.model.rules import Rule
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.family_profile import PROFILE, PROFILE_SCHEMA, faults_of, profiled
from khelang_opendata.tableschema.columns import Column
from khelang_opendata.validation.descriptor import is_table_schema

PROFILE_INVALID = Rule("profile_invalid", Severity.ERROR, __file__)


def with_profile(package: Package, family: SchemaFamily) -> SchemaFamily:
    """The family as the package's profile makes it; as it is where there is none, or one with a fault."""
    profile = package.descriptor.get(PROFILE)
    if profile is None or next(check_profile(package, family), None) is not None:
        return family
    return profiled(family, profile)


def check_profile(package: Package, family: SchemaFamily) -> Iterator[Issue]:
    """Report what is wrong with the package's profile.

    Args:
        package: the package.
        family: the standard, without the profile.
    """
    profile = package.descriptor.get(PROFILE)
    if profile is None:
        return
    if fault := _fault_of_form(profile):
        yield PROFILE_INVALID.issue(variant="form", property=fault[0], expected=fault[1])
    elif profile["conformsTo"] != family.id:
        yield PROFILE_INVALID.issue(variant="standard", found=str(profile["conformsTo"])[:80], schema=family.id)
    else:
        for pointer, reason in faults_of(profile, family):
            yield PROFILE_INVALID.issue(variant=reason, property=pointer)
        for name, table in profile.get("tables", {}).items():
            own = {"fields": [{"name": column, **change} for column, change in _own(table).items()]}
            described = table if name not in family.tables else own
            is_readable = not (described is table or own["fields"]) or is_table_schema(described)
            if not is_readable or not _fits(name, table, family):
                yield PROFILE_INVALID.issue(variant="table_schema", property=f"tables/{name}")


def _fits(name: str, patch: Any, family: SchemaFamily) -> bool:
    """Whether the limits that a profile sets on columns of the standard are limits of their types."""
    known = family.tables.get(name)
    changes = patch.get("fields", {}) if known else {}
    if not known or not isinstance(changes, dict):
        return True
    try:
        for field in known.fields:
            change = changes.get(field.name)
            limits = change.get("constraints", {}) if isinstance(change, dict) else {}
            Column({**field.descriptor, "constraints": {**field.descriptor.get("constraints", {}), **limits}}, [""])
    except (TypeError, ValueError):
        return False
    return True


def _own(table: Any) -> dict[str, Any]:
    fields = table.get("fields")
    if not isinstance(fields, dict):
        return {}
    return {name: change for name, change in fields.items() if name.startswith("x_") and isinstance(change, dict)}


def _fault_of_form(profile: Any) -> tuple[str, str] | None:
    from khelang_opendata.validation.exact import PackageValidator  # noqa: PLC0415 (50 ms; few packages have a profile)

    for error in PackageValidator(PROFILE_SCHEMA).iter_errors(profile):
        return "/".join(map(str, error.absolute_path)) or PROFILE, str(error.validator_value)[:200]
    return None
