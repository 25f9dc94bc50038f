"""Text for the terminal: a dataset's state, its planned changes, a portal's requirements, and details of failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.ckan.dataset import PUBLISHED_FIELDS, Difference
from khelang_opendata.portals.ckan.portal_info import PortalInfo
from khelang_opendata.portals.ckan.publisher import DatasetState
from khelang_opendata.portals.ckan.steps import Step
from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.mapping import Metadata, problem_text
from khelang_opendata.portals.metadata_values import Value
from khelang_opendata.portals.portal_failures import (
    MetadataRefused,
    PortalChanged,
    PortalInvalid,
    PortalStoresOtherwise,
)
from khelang_opendata.portals.publication import Publication
from khelang_opendata.render.terminal import clip

_MAX_WIDTH = 100
_MAX_MESSAGE = 1000
_MAX_LINES = 200
"""The most fields or differences of a list; a portal may have any number of them."""


def dry_run_text(state: DatasetState, portal: PortalInfo, language: Language) -> str:
    """Return what a publication would send and change, field by field and file by file."""
    others = _difference_lines(state.by_others, state.desired.schema, language)
    lines = [
        *_heading(state, portal, language),
        "",
        notice("publish_fields", language),
        *_fields(state, language),
        "",
        notice("publish_files", language),
        *_files(state, language),
        *_section("publish_by_others", others, language),
        *_problem_lines(state.metadata, language),
    ]
    return "\n".join(lines) + "\n"


def status_text(state: DatasetState, portal: PortalInfo, version: str | None, language: Language) -> str:
    """Return the differences between a dataset and the local release, whose version is None if it was withdrawn."""
    differing = _difference_lines(state.differences, state.desired.schema, language)
    others = _difference_lines(state.by_others, state.desired.schema, language)
    lines = [
        *_heading(state, portal, language),
        notice("publish_version", language, there=_published_version(state), here=version or "-"),
        *(_section("publish_differing", differing, language) if state.current else ()),
        *_section("publish_by_others", others, language),
    ]
    return "\n".join(lines) + "\n"


def check_text(metadata: Metadata, publication: Publication, portal: PortalInfo, language: Language) -> str:
    """Return a portal's software and requirements, and whether it would accept a release."""
    limit = portal.profile.limits["file_megabytes"]
    large = [d.path for d in publication.distributions if len(d.data) > limit * 2**20]
    required = [field for field in portal.schema.fields.values() if field.required]
    lines = [
        _portal(portal, language),
        notice("portal_datastore" if portal.has_datastore else "portal_no_datastore", language),
        notice("portal_limit", language, megabytes=limit),
        *(f"  {notice('portal_large', language, path=path)}" for path in large),
        notice("portal_demands", language, count=len(required)),
        *_first_lines(
            f"  {_printable(field.name)}  {_printable(field.label)}{_choice_count(field.choice_values, language)}"
            for field in required
        ),
        *_problem_lines(metadata, language),
        *([] if metadata.problems else ["", notice("portal_accepts", language)]),
    ]
    return "\n".join(lines) + "\n"


def _difference_lines(differences: Iterable[Difference], schema: DatasetSchema, language: Language) -> list[str]:
    """Return one line for each difference."""
    return [_difference(difference, schema, language) for difference in differences]


def failure_details(error: KhelangError, schema: DatasetSchema, language: Language) -> list[str]:
    """Return the details of a failure: its problems, its differences, or the portal's messages by field."""
    match error:
        case MetadataRefused():
            return [problem_text(problem, language) for problem in error.problems]
        case PortalChanged() | PortalStoresOtherwise():
            return _difference_lines(error.changes, schema, language)
        case PortalInvalid():
            return [
                f"{_printable(field)}  {_label(schema, field)}: {_printable('; '.join(messages), _MAX_MESSAGE)}"
                for field, messages in error.fields.items()
            ]
    return []


def step_text(step: Step, language: Language) -> str:
    """Return the progress message of a step."""
    size = len(step.upload.data) // 1000 if step.upload else 0
    return notice(f"publish_step_{step.kind}", language, path=step.path or "", kilobytes=f"{size:,}")


def _portal(portal: PortalInfo, language: Language) -> str:
    params = {
        "title": _printable(portal.title),
        "url": visible(portal.url),
        "ckan": _printable(portal.version),
        "profile": portal.profile.name,
    }
    return notice("publish_portal", language, **params)


def _heading(state: DatasetState, portal: PortalInfo, language: Language) -> Iterator[str]:
    yield _portal(portal, language)
    current = state.current
    if current is None:
        name = "absent"
    elif current.is_staged:
        name = "staged"
    else:
        name = "private" if current.is_private else "public"
    yield notice(f"publish_state_{name}", language, url=f"{portal.url}/dataset/{state.desired.name}")


def _published_version(state: DatasetState) -> str:
    """Return the version of the first file on the portal."""
    resources = state.current.resources if state.current else []
    return next((_printable(str(r["version"])) for r in resources if r.get("version")), "-")


def _fields(state: DatasetState, language: Language) -> Iterator[str]:
    schema, differing = state.desired.schema, {d.field: d for d in state.differences if d.file is None}
    for name, value in state.desired.fields.items():
        origin = state.metadata.origins[name]
        source = notice(f"publish_from_{origin.source}", language, property=origin.property or "")
        sign = ("+" if differing[name].current is None else "~") if name in differing else "="
        yield f"{sign} {_printable(name)}  {_label(schema, name)}: {_value(value)}  [{source}]"
        if name in differing and differing[name].current is not None:
            yield f"    {notice('publish_now', language)}: {_value(differing[name].current)}"
    for name in [name for name in differing if name not in state.desired.fields]:
        yield f"- {_printable(name)}  {_label(schema, name)}: {_value(differing[name].current)}"


def _files(state: DatasetState, language: Language) -> Iterator[str]:
    contents = {d.file: d for d in state.differences if d.file is not None and d.field == ""}
    described = {d.file for d in state.differences if d.file is not None and d.field}
    for file in state.desired.resources:
        sign = ("+" if contents[file.path].current is None else "~") if file.path in contents else "="
        note = f"  [{notice('publish_described', language)}]" if file.path in described - contents.keys() else ""
        yield f"{sign} {file.path}  {file.fields.get('format', '')}  {len(file.data):,} B{note}"
    for path, difference in contents.items():
        if difference.desired is None:
            yield f"- {_printable(path)}"


def _difference(difference: Difference, schema: DatasetSchema, language: Language) -> str:
    current, desired = _value(difference.current), _value(difference.desired)
    if difference.file is None:
        return f"{_printable(difference.field)}  {_label(schema, difference.field)}: {current} → {desired}"
    path = _printable(difference.file)
    if difference.field == PUBLISHED_FIELDS:
        return notice("publish_record", language, path=path)
    if difference.field:
        return f"{path}, {_printable(difference.field)}: {current} → {desired}"
    kind = "missing" if difference.current is None else "extra" if difference.desired is None else "other"
    return notice(f"publish_file_{kind}", language, path=path)


def _problem_lines(metadata: Metadata, language: Language) -> list[str]:
    return _section("publish_problems", [problem_text(problem, language) for problem in metadata.problems], language)


def _section(heading: str, lines: list[str], language: Language) -> list[str]:
    if not lines:
        return []
    return ["", notice(heading, language, count=len(lines)), *_first_lines(f"  {line}" for line in lines)]


def _first_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first of many lines, and a mark if there are more."""
    remaining = iter(lines)
    yield from islice(remaining, _MAX_LINES)
    if next(remaining, None) is not None:
        yield "  …"


def _choice_count(choices: tuple[str, ...] | None, language: Language) -> str:
    return "" if choices is None else "  " + notice("portal_choices", language, count=len(choices))


def _label(schema: DatasetSchema, name: str) -> str:
    return _printable(schema.fields[name].label if name in schema.fields else name)


def _value(value: Value | None) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else value
    return _printable(text) if text else "-"


def _printable(text: str, width: int = _MAX_WIDTH) -> str:
    """Return a text without control characters: a portal's text must not send commands to a terminal."""
    return clip(visible(text[:_MAX_MESSAGE]), width)
