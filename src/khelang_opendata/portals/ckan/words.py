"""The current state of a dataset, and its planned changes, as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from khelang_opendata.model.characters import visible
from khelang_opendata.model.failures import KhelangError
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.ckan.dataset import RECORD, Difference
from khelang_opendata.portals.ckan.publisher import CurrentState
from khelang_opendata.portals.ckan.steps import Step
from khelang_opendata.portals.ckan.survey import Survey
from khelang_opendata.portals.mapping import Metadata, problem_text
from khelang_opendata.portals.metadata_values import Value
from khelang_opendata.portals.publication import Publication
from khelang_opendata.portals.refusals import MetadataRefused, PortalChanged, PortalInvalid, PortalStoresOtherwise
from khelang_opendata.portals.scheme import Scheme
from khelang_opendata.render.terminal import clip

_WIDEST = 100
_LONGEST = 1000
_MOST = 200
"""Fields, differences or legal values that are listed one by one; a portal may have any number of them."""


def dry_run_text(current: CurrentState, portal: Survey, language: Language) -> str:
    """Field by field and file by file, what a publication would send and change."""
    others = difference_lines(current.by_others, current.target.scheme, language)
    lines = [
        *_heading(current, portal, language),
        "",
        notice("publish_fields", language),
        *_fields(current, language),
        "",
        notice("publish_files", language),
        *_files(current, language),
        *_section("publish_by_others", others, language),
        *problem_lines(current.metadata, language),
    ]
    return "\n".join(lines) + "\n"


def status_text(current: CurrentState, portal: Survey, version: str | None, language: Language) -> str:
    """Describe the state of a dataset compared with the local release."""
    differing = difference_lines(current.differences, current.target.scheme, language)
    others = difference_lines(current.by_others, current.target.scheme, language)
    lines = [
        *_heading(current, portal, language),
        notice("publish_version", language, there=_version_there(current), here=version or "-"),
        *(_section("publish_differing", differing, language) if current.found else ()),
        *_section("publish_by_others", others, language),
    ]
    return "\n".join(lines) + "\n"


def check_text(metadata: Metadata, publication: Publication, portal: Survey, language: Language) -> str:
    """What a portal runs and demands, and whether it would take a release."""
    limit = portal.profile.limits["file_megabytes"]
    large = [d.path for d in publication.distributions if len(d.data) > limit * 2**20]
    demanded = [field for field in portal.scheme.fields.values() if field.required]
    lines = [
        _portal(portal, language),
        notice("portal_datastore" if portal.has_datastore else "portal_no_datastore", language),
        notice("portal_limit", language, megabytes=limit),
        *(f"  {notice('portal_large', language, path=path)}" for path in large),
        notice("portal_demands", language, count=len(demanded)),
        *_some(
            f"  {_shown(field.name)}  {_shown(field.label)}{_of_choices(field.choices, language)}" for field in demanded
        ),
        *problem_lines(metadata, language),
        *([] if metadata.problems else ["", notice("portal_accepts", language)]),
    ]
    return "\n".join(lines) + "\n"


def problem_lines(metadata: Metadata, language: Language) -> list[str]:
    """Why a portal would refuse the metadata."""
    return _section("publish_problems", [problem_text(problem, language) for problem in metadata.problems], language)


def difference_lines(differences: Iterable[Difference], scheme: Scheme, language: Language) -> list[str]:
    """Differences, a line each."""
    return [_difference(difference, scheme, language) for difference in differences]


def details(error: KhelangError, scheme: Scheme, language: Language) -> list[str]:
    """Return the details of a failure: its fields, its differences, or the portal's answers."""
    match error:
        case MetadataRefused():
            return [problem_text(problem, language) for problem in error.problems]
        case PortalChanged() | PortalStoresOtherwise():
            return difference_lines(error.changes, scheme, language)
        case PortalInvalid():
            fields = error.fields.items()
            return [f"{_shown(field)}  {_label(scheme, field)}: {_said('; '.join(said))}" for field, said in fields]
    return []


def step_text(step: Step, language: Language) -> str:
    """What is being done."""
    size = len(step.upload.data) // 1000 if step.upload else 0
    return notice(f"publish_step_{step.kind}", language, path=step.path or "", kilobytes=f"{size:,}")


def _portal(portal: Survey, language: Language) -> str:
    facts = {
        "title": _shown(portal.title),
        "url": visible(portal.url),
        "ckan": _shown(portal.version),
        "profile": portal.profile.name,
    }
    return notice("publish_portal", language, **facts)


def _heading(current: CurrentState, portal: Survey, language: Language) -> Iterator[str]:
    yield _portal(portal, language)
    found = current.found
    if found is None:
        state = "absent"
    elif found.is_staged:
        state = "staged"
    else:
        state = "private" if found.is_private else "public"
    yield notice(f"publish_state_{state}", language, url=f"{portal.url}/dataset/{current.target.name}")


def _version_there(current: CurrentState) -> str:
    """The version that the files on the portal are of."""
    found = current.found
    versions = (_shown(str(r["version"])) for r in found.resources if r.get("version")) if found else iter(())
    return next(versions, "-")


def _fields(current: CurrentState, language: Language) -> Iterator[str]:
    scheme, differing = current.target.scheme, {d.field: d for d in current.differences if d.file is None}
    for name, value in current.target.fields.items():
        origin = current.metadata.origins[name]
        source = notice(f"publish_from_{origin.source}", language, property=origin.property or "")
        sign = ("+" if differing[name].now is None else "~") if name in differing else "="
        yield f"{sign} {_shown(name)}  {_label(scheme, name)}: {_value(value)}  [{source}]"
        if name in differing and differing[name].now is not None:
            yield f"    {notice('publish_now', language)}: {_value(differing[name].now)}"
    for name in [name for name in differing if name not in current.target.fields]:
        yield f"- {_shown(name)}  {_label(scheme, name)}: {_value(differing[name].now)}"


def _files(current: CurrentState, language: Language) -> Iterator[str]:
    sent = {d.file: d for d in current.differences if d.file is not None and d.field == ""}
    described = {d.file for d in current.differences if d.file is not None and d.field}
    for file in current.target.files:
        sign = ("+" if sent[file.path].now is None else "~") if file.path in sent else "="
        note = f"  [{notice('publish_described', language)}]" if file.path in described - sent.keys() else ""
        yield f"{sign} {file.path}  {file.keys.get('format', '')}  {len(file.data):,} B{note}"
    for path, difference in sent.items():
        if difference.wanted is None:
            yield f"- {_shown(path)}"


def _difference(difference: Difference, scheme: Scheme, language: Language) -> str:
    now, wanted = _value(difference.now), _value(difference.wanted)
    if difference.file is None:
        return f"{_shown(difference.field)}  {_label(scheme, difference.field)}: {now} → {wanted}"
    path = _shown(difference.file)
    if difference.field not in ("", RECORD):
        return f"{path}, {_shown(difference.field)}: {now} → {wanted}"
    if difference.field == RECORD:
        return notice("publish_record", language, path=path)
    kind = "missing" if difference.now is None else "extra" if difference.wanted is None else "other"
    return notice(f"publish_file_{kind}", language, path=path)


def _section(heading: str, lines: list[str], language: Language) -> list[str]:
    return ["", notice(heading, language, count=len(lines)), *_some(f"  {line}" for line in lines)] if lines else []


def _some(lines: Iterable[str]) -> Iterator[str]:
    """The first of many lines, and a mark that there are more."""
    remaining = iter(lines)
    yield from islice(remaining, _MOST)
    if next(remaining, None) is not None:
        yield "  …"


def _of_choices(choices: tuple[str, ...] | None, language: Language) -> str:
    return "" if choices is None else "  " + notice("portal_choices", language, count=len(choices))


def _label(scheme: Scheme, name: str) -> str:
    return _shown(scheme.fields[name].label if name in scheme.fields else name)


def _value(value: Value | None) -> str:
    text = ", ".join(value) if isinstance(value, tuple) else value
    return _shown(text) if text else "-"


def _shown(text: str) -> str:
    """A text of a portal, or of anybody, as it does no harm in a terminal."""
    return clip(visible(text[:_LONGEST]), _WIDEST)


def _said(text: str) -> str:
    """The same of a message, which may be longer."""
    return clip(visible(text[:_LONGEST]), _LONGEST)
