"""Build a release in memory: every file as bytes, the same for the same package, history and day on every machine."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import PurePosixPath

from khelang_opendata.diff import (
    Bump,
    Changes,
    ReleaseNote,
    Summary,
    diff_packages,
    needs_note,
    next_version,
    printed_in_bulk,
)
from khelang_opendata.files.serialize import BOM, json_bytes
from khelang_opendata.formats.codebook import codebook_html
from khelang_opendata.formats.derived import CSV, forms_of
from khelang_opendata.formats.metadata import metadata_files
from khelang_opendata.model.characters import encodable
from khelang_opendata.model.failures import DataError, PackageRefused, UsageError
from khelang_opendata.model.report import Report
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import DESCRIPTOR, Package, Resource
from khelang_opendata.package.edition import Edition, released_tables, table_csv
from khelang_opendata.package.release_files import (
    CHANGES,
    CHANGES_PAGE,
    CODEBOOK_PAGE,
    LICENCE,
    PROVENANCE,
    REPORT,
    REPORT_PAGE,
    errata_path,
    readme_path,
    schema_path,
    table_path,
)
from khelang_opendata.published.archive import YEARS
from khelang_opendata.published.manifest import MANIFEST, SIGNATURE, manifest_of
from khelang_opendata.release.readme import errata_page, licence_text, readme
from khelang_opendata.render.changes_data import changes_json
from khelang_opendata.render.changes_log import changelog_markdown
from khelang_opendata.render.changes_markdown import changes_markdown
from khelang_opendata.render.published_report import published_report_html
from khelang_opendata.render.report_json import report_json
from khelang_opendata.standard.family import SchemaFamily
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.validation import family_of, validate
from khelang_opendata.validation.file_checks import file_hash
from khelang_opendata.version import __version__

Signer = Callable[[bytes], bytes]
"""Makes the signature of a manifest."""

_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")
_LONGEST_SHOWN = 80
_LIBRARIES = ("XlsxWriter", "polars")
"""Libraries whose version shows in the bytes of a release."""


@dataclass(frozen=True)
class ReleaseOptions:
    """The publisher's choices for a release.

    Attributes:
        released_on: the day of publication.
        note: what changed and why; needed where rows go or figures change.
        at_least: what the version is raised to where the difference asks for less.
        allow_warnings: why the package is released with warnings that no erratum explains.
        approved_by: the role that approved the release, not a person.
        commit: the whole hash of the commit that the package is in, for its provenance.

    Raises:
        UsageError: the commit is not a whole hash.
    """

    released_on: date
    note: str | None = None
    at_least: Bump = Bump.NONE
    allow_warnings: str | None = None
    approved_by: str | None = None
    commit: str | None = None

    def __post_init__(self) -> None:
        if self.commit is not None and not _COMMIT.fullmatch(self.commit):
            raise UsageError("commit_invalid", value=self.commit[:_LONGEST_SHOWN])

    @property
    def as_written(self) -> ReleaseOptions:
        """The same options with stripped, encodable texts; a blank text becomes None."""
        texts = (self.note, self.allow_warnings, self.approved_by)
        note, allow_warnings, approved_by = (encodable(text.strip()) or None if text else None for text in texts)
        return replace(self, note=note, allow_warnings=allow_warnings, approved_by=approved_by)


@dataclass(frozen=True)
class Previous:
    """The previous release: its package, and the highest version so far."""

    package: Package
    version: str


@dataclass(frozen=True)
class Draft:
    """A valid package about to be released: its version, and its differences from the previous release.

    ``changes`` is None for the first release.
    """

    package: Package
    report: Report
    options: ReleaseOptions
    version: str
    changes: Changes | None

    @property
    def is_unchanged(self) -> bool:
        """Whether the package is identical to the previous release, so that there is nothing to release."""
        return self.changes is not None and not self.changes

    @property
    def note(self) -> ReleaseNote:
        summary = Summary.of(self.changes) if self.changes is not None else None
        return ReleaseNote(self.version, self.options.released_on, self.options.note, None, summary)


@dataclass(frozen=True)
class Release:
    """A release in memory: its version, and its files by path."""

    version: str
    note: ReleaseNote
    files: Mapping[str, bytes]

    @property
    def folder(self) -> str:
        return f"v{self.version}"


def draft_release(package: Package, options: ReleaseOptions, previous: Previous | None = None) -> Draft:
    """Decide whether a package may be released, and as which version; without a release before it is 1.0.0.

    Raises:
        UsageError: no archive can bear the day.
        PackageRefused: the package has errors, or warnings that neither an erratum nor ``allow_warnings`` explains; the
            exception carries the report.
        DataError: it is one of the standard's examples; it cannot be compared with the release before; or rows go or
            figures change and no note says why.
    """
    options = options.as_written
    if options.released_on.year not in YEARS:
        raise UsageError("date_invalid", "range", value=options.released_on.isoformat())
    report = validate(package)
    if not report.valid:
        raise PackageRefused("package_invalid", report)
    if report.example is not None:
        raise DataError("example_refused", example=report.example)
    if report.warnings and not options.allow_warnings:
        raise PackageRefused("warnings_unacknowledged", report)
    changes = diff_packages(previous.package, package) if previous else None
    if changes and not options.note:
        for printed in printed_in_bulk(changes):
            raise DataError("note_missing", "printed", table=printed.table, field=printed.field, count=printed.cells)
        if needs_note(changes):
            raise DataError("note_missing")
    version = next_version(previous.version if previous else None, changes, options.at_least)
    if changes is not None:
        changes = replace(changes, new=replace(changes.new, version=version))
    return Draft(package, report, options, version, changes)


def build_release(draft: Draft, sign: Signer | None = None) -> Release:
    """Build a release; without ``sign`` its manifest stays unsigned."""
    package, options = draft.package, draft.options
    family = family_of(package)
    descriptor = _descriptor(draft)
    own = [resource for resource in package.resources if not resource.is_derived]  # the others are made anew
    additional = {_additional_path(r): r for r in own if r.name not in family.tables}
    others = tuple({**r.descriptor, "path": path} for path, r in additional.items())
    held = family.held
    edition = Edition(held, released_tables(package, held), descriptor, options.released_on, others)
    forms = list(forms_of(edition))
    tables = {r.name: {**r.descriptor, **CSV, "path": table_path(r.name)} for r in own if r.name in edition.tables}
    data = {str(entry["path"]): table_csv(edition.tables[name]) for name, entry in tables.items()}
    data |= {form.path: form.data for form in forms}
    data |= {path: resource.data or b"" for path, resource in additional.items()}
    entries = [*tables.values(), *others, *(form.entry for form in forms)]
    measured = [{**e, "bytes": len(data[e["path"]]), "hash": file_hash(data[e["path"]])} for e in entries]
    whole = family.compile_into({**descriptor, "resources": measured})
    files = {
        **data,
        DESCRIPTOR: json_bytes(whole),
        CODEBOOK_PAGE: codebook_html(edition),
        PROVENANCE: json_bytes(_provenance(edition, options.approved_by, options.commit)),
        LICENCE: licence_text(descriptor).encode(),
        **_schema_files(family),
        **metadata_files(edition, data, draft.changes.old.version if draft.changes is not None else None),
        **_change_files(draft),
        REPORT: report_json(draft.report).encode(),
        REPORT_PAGE: published_report_html(draft.report, package, options.allow_warnings).encode(),
        **{readme_path(lang): readme(edition, forms, lang, draft.note).encode() for lang in Language},
        **{errata_path(lang): errata_page(edition, lang).encode() for lang in Language},
    }
    files[MANIFEST] = manifest_of(files)
    if sign:
        files[SIGNATURE] = sign(files[MANIFEST])
    return Release(draft.version, draft.note, {path: files[path] for path in sorted(files)})


def _additional_path(resource: Resource) -> str:
    """The place of a resource that is no table of the standard; its bytes stay as they are."""
    folder = "data" if resource.path.lower().endswith(".csv") else "files"
    return f"{folder}/{resource.name}{PurePosixPath(resource.path).suffix.lower()}"


def _descriptor(draft: Draft) -> JsonObject:
    """The package's descriptor without its resources, as the release has it."""
    made_anew = ("resources", "allowedWarnings")
    kept = {name: value for name, value in draft.package.descriptor.items() if name not in made_anew}
    created = f"{draft.options.released_on.isoformat()}T00:00:00Z"
    descriptor = {**kept, "version": draft.version, "created": created}
    if draft.report.warnings:
        allowed = {"count": draft.report.warnings, "reason": draft.options.allow_warnings}
        descriptor["allowedWarnings"] = allowed
    return descriptor


def _provenance(edition: Edition, approved_by: str | None, commit: str | None) -> JsonObject:
    """What a release says of its origin; None for an approving role or a commit that is not known.

    The publisher gives the commit. Nothing asks git: in a folder that others made, its configuration can run any
    command.
    """
    return {
        "plan": edition.plan_id,
        "version": edition.version,
        "released_on": edition.released_on.isoformat(),
        "approved_by": approved_by,
        "schema": edition.family.id,
        "tool": {"name": "khelang-opendata", "version": __version__},
        "libraries": {name: found for name in _LIBRARIES if (found := _version(name))},
        "sources": edition.descriptor.get("sources", []),
        "commit": commit,
        "errata": [erratum["erratum_id"] for erratum in edition.tables["errata"].records()],
    }


def _version(library: str) -> str | None:
    try:
        return installed(library)
    except PackageNotFoundError:
        return None


def _change_files(draft: Draft) -> dict[str, bytes]:
    """What changed, for programs and for people."""
    note = {"version": draft.version, "released_on": draft.options.released_on.isoformat(), "note": draft.options.note}
    content = json.loads(changes_json(draft.changes)) if draft.changes is not None else {"summary": None}
    pages = [
        changelog_markdown([draft.note], language)
        + ("\n" + changes_markdown(draft.changes, language) if draft.changes is not None else "")
        for language in Language
    ]
    return {CHANGES: json_bytes({**note, **content}), CHANGES_PAGE: "\n".join(pages).encode()}


def _schema_files(family: SchemaFamily) -> dict[str, bytes]:
    """The standard that the release conforms to, so that it explains itself; codelists with BOM, as all CSV."""
    sources = [
        *(family.folder / f"tables/{name}.json" for name, table in family.tables.items() if not table.is_foreign),
        *sorted(family.folder.glob("codelists/*.csv")),
        family.folder / "package.schema.json",
        family.folder / "plan.schema.json",
    ]
    files = {schema_path(family.id, p.relative_to(family.folder).as_posix()): p.read_bytes() for p in sources}
    return {path: BOM + data if path.endswith(".csv") else data for path, data in files.items()}
