"""Map a release file to its CKAN resource and to the columns of its DataStore table."""

from __future__ import annotations

from pathlib import PurePosixPath

from khelang_opendata.diff.release_note import Withdrawal
from khelang_opendata.formats.metadata.facts import FileFormat
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.metadata_values import texts
from khelang_opendata.portals.publication import Distribution, Publication
from khelang_opendata.portals.scheme import Scheme
from khelang_opendata.render import notice as of_reports
from khelang_opendata.render.dates import written_date
from khelang_opendata.standard.tables import JsonObject

_CREATED, _UPDATED = "resource_created_date", "resource_last_updated_date"
_OURS = ("id", "url", "name", "description", "format", "mimetype", _CREATED, _UPDATED)
_REPORT = "validation-report"

_TYPES = {"integer": "numeric", "number": "numeric"}
"""DataStore types by those of Table Schema; any other is text.

An empty cell is NULL in a numeric column (PostgreSQL's COPY, which the loaders use). Days stay text: as ISO 8601 they
sort as they are, and a ``timestamp`` would add an hour. A loader that guesses would take the leading
zeros from a code, so text is said, too.
"""


def resource_of(distribution: Distribution, publication: Publication, scheme: Scheme) -> JsonObject:
    """Return the CKAN resource of a file, without ``id``, ``url`` and ``upload``.

    Keys that the portal's scheme does not know are kept by CKAN; ``sha256`` is ours, for ``hash`` is the loader's.
    """
    released_on = distribution.note.released_on
    created_on = released_on if distribution.entry is None else publication.first_released_on
    days = {_CREATED: created_on, _UPDATED: released_on}
    return {
        "name": _name_of(distribution, publication),
        "description": _description_of(distribution),
        "format": format_name(distribution.format),
        "mimetype": distribution.format.mediatype,
        "sha256": distribution.sha256,
        "version": distribution.note.version,
        "release_path": distribution.path,
        "released_on": released_on.isoformat(),
        **{name: day.isoformat() for name, day in days.items() if name in scheme.resource_fields},
        **_said_of_files(publication, scheme),
    }


def dictionary_of(distribution: Distribution) -> list[JsonObject]:
    """The DataStore's data dictionary of a CSV file that has a schema, column by column; empty for any other file.

    ``type_override`` is what CKAN's loaders obey (``text``, ``numeric``, ``timestamp``).
    """
    schema = (distribution.entry or {}).get("schema", {})
    return [_column(field) for field in schema.get("fields", ()) if distribution.format.file_type == "CSV"]


def format_name(format_: FileFormat) -> str:
    """What CKAN calls a format: CSV, XLSX."""
    return format_.file_type or format_.name


def withdrawal_text(withdrawal: Withdrawal, language: Language) -> str:
    """That a release was withdrawn, when and why."""
    return of_reports(
        "changes_withdrawn", language, day=written_date(withdrawal.on, language), reason=withdrawal.reason
    )


def portal_properties(descriptor: JsonObject) -> JsonObject:
    """The descriptor's ``portal``: what officials say to portals."""
    portal = descriptor.get("portal")
    return portal if isinstance(portal, dict) else {}


def _said_of_files(publication: Publication, scheme: Scheme) -> dict[str, str]:
    """What ``portal`` says of every file: fields that the scheme has for files alone."""
    names = (name for name in scheme.resource_fields if name not in (*scheme.fields, *_OURS))
    said = portal_properties(publication.descriptor)
    return {name: ", ".join(texts(said[name])) for name in names if texts(said.get(name))}


def _name_of(distribution: Distribution, publication: Publication) -> str:
    """The Thai title of a file and its format; of an archive, its version."""
    format_, note = format_name(distribution.format), distribution.note
    if distribution.entry is not None:
        return f"{_title_of(distribution, publication)} ({format_})"
    if note.withdrawn:
        title = of_reports("changes_feed_withdrawn", Language.TH, version=note.version)
    else:
        title = notice("resource_archive", Language.TH, version=note.version)
    return f"{title} ({format_})"


def _title_of(distribution: Distribution, publication: Publication) -> str:
    """Its title in the descriptor, where a page has that of the table that it shows, and the report has none."""
    stem = PurePosixPath(distribution.path).stem
    if stem == _REPORT:
        return of_reports("report_title", Language.TH)
    entries = (entry for entry in publication.descriptor["resources"] if PurePosixPath(entry["path"]).stem == stem)
    titles = texts([entry.get("title") for entry in (distribution.entry or {}, *entries)])
    return next(iter(titles), distribution.name)


def _description_of(distribution: Distribution) -> str:
    if distribution.entry is None:
        return "\n\n".join(_archive_text(distribution, language) for language in Language)
    return "\n\n".join(texts([distribution.entry.get("description"), distribution.entry.get("description_en")]))


def _archive_text(distribution: Distribution, language: Language) -> str:
    note = distribution.note
    day = written_date(note.released_on, language)
    whole = notice("resource_archive_description", language, version=note.version, day=day)
    return f"{withdrawal_text(note.withdrawn, language)}\n{whole}" if note.withdrawn else whole


def _column(field: JsonObject) -> JsonObject:
    kind = _TYPES.get(str(field.get("type")), "text")
    notes = "\n\n".join(texts([field.get("description"), field.get("description_en")]))
    info = {"label": field.get("title", field["name"]), "notes": notes, "type_override": kind}
    return {"id": field["name"], "type": kind, "info": info}
