"""Map a release file to its CKAN resource and to the data dictionary of its DataStore table."""

from __future__ import annotations

from pathlib import PurePosixPath

from khelang_opendata.diff.release_note import Withdrawal
from khelang_opendata.formats.metadata.facts import FileFormat
from khelang_opendata.model.wording import Language
from khelang_opendata.portals import notice
from khelang_opendata.portals.dataset_schema import DatasetSchema
from khelang_opendata.portals.metadata_values import text_list
from khelang_opendata.portals.publication import Distribution, Publication
from khelang_opendata.published.portal_resources import PATH, SHA256
from khelang_opendata.render import notice as report_notice
from khelang_opendata.render.dates import written_date
from khelang_opendata.standard.tables import JsonObject

_CREATED, _UPDATED = "resource_created_date", "resource_last_updated_date"
_GENERATED = ("id", "url", "name", "description", "format", "mimetype", _CREATED, _UPDATED)
_REPORT = "validation-report"

_DATASTORE_TYPES = {"integer": "numeric", "number": "numeric"}
"""DataStore types by Table Schema type; any other type is text.

An empty cell is NULL in a numeric column (PostgreSQL's COPY, which the loaders use). Dates stay text: ISO 8601 sorts
as text, and ``timestamp`` would add a time. Text columns are declared too, because a loader that guesses types removes
the leading zeros of a code.
"""


def map_resource(distribution: Distribution, publication: Publication, schema: DatasetSchema) -> JsonObject:
    """Map a file to a CKAN resource, without ``id``, ``url`` and ``upload``.

    Args:
        distribution: the file.
        publication: the publication that holds it.
        schema: the portal's schema, which says which dates of a resource exist.

    Returns:
        The resource. CKAN keeps keys that its schema does not have. The file's hash is in ``sha256``, because the
        DataStore's loaders write their own value into ``hash``.
    """
    released_on = distribution.note.released_on
    created_on = released_on if distribution.entry is None else publication.first_released_on
    dates = {_CREATED: created_on, _UPDATED: released_on}
    return {
        "name": _name(distribution, publication),
        "description": _description(distribution),
        "format": format_name(distribution.format),
        "mimetype": distribution.format.mediatype,
        SHA256: distribution.sha256,
        "version": distribution.note.version,
        PATH: distribution.path,
        "released_on": released_on.isoformat(),
        **{name: date.isoformat() for name, date in dates.items() if name in schema.resource_fields},
        **_portal_values(publication, schema),
    }


def map_data_dictionary(distribution: Distribution) -> list[JsonObject]:
    """Map a CSV file's Table Schema to the DataStore's data dictionary; empty for a file without a schema.

    ``type_override`` is the key that CKAN's loaders read (``text``, ``numeric``, ``timestamp``; ckanext-xloader).
    """
    table_schema = (distribution.entry or {}).get("schema", {})
    return [_column(field) for field in table_schema.get("fields", ()) if distribution.format.file_type == "CSV"]


def format_name(format_: FileFormat) -> str:
    """Return CKAN's name of a file format: CSV, XLSX."""
    return format_.file_type or format_.name


def withdrawal_text(withdrawal: Withdrawal, language: Language) -> str:
    """Return the notice that a release was withdrawn, with date and reason."""
    return report_notice(
        "changes_withdrawn", language, day=written_date(withdrawal.on, language), reason=withdrawal.reason
    )


def portal_properties(descriptor: JsonObject) -> JsonObject:
    """Return the descriptor's property ``portal``: the values that officials supply for portals."""
    portal = descriptor.get("portal")
    return portal if isinstance(portal, dict) else {}


def _portal_values(publication: Publication, schema: DatasetSchema) -> dict[str, str]:
    """Return the values of ``portal`` for fields that only the portal's resources have, not its datasets."""
    names = (name for name in schema.resource_fields if name not in (*schema.fields, *_GENERATED))
    properties = portal_properties(publication.descriptor)
    return {name: ", ".join(values) for name in names if (values := text_list(properties.get(name)))}


def _name(distribution: Distribution, publication: Publication) -> str:
    """Return the Thai title of a file, or of an archive's version, with the format."""
    note = distribution.note
    if distribution.entry is not None:
        title = _title(distribution, publication)
    elif note.withdrawn:
        title = report_notice("changes_feed_withdrawn", Language.TH, version=note.version)
    else:
        title = notice("resource_archive", Language.TH, version=note.version)
    return f"{title} ({format_name(distribution.format)})"


def _title(distribution: Distribution, publication: Publication) -> str:
    """Return a file's title in the descriptor; a page such as ``codebook.html`` has that of the file it shows."""
    stem = PurePosixPath(distribution.path).stem
    if stem == _REPORT:
        return report_notice("report_title", Language.TH)
    entries = (entry for entry in publication.descriptor["resources"] if PurePosixPath(entry["path"]).stem == stem)
    titles = text_list([entry.get("title") for entry in (distribution.entry or {}, *entries)])
    return next(iter(titles), distribution.name)


def _description(distribution: Distribution) -> str:
    if distribution.entry is None:
        return "\n\n".join(_archive_description(distribution, language) for language in Language)
    return _both_languages(distribution.entry)


def _archive_description(distribution: Distribution, language: Language) -> str:
    note = distribution.note
    day = written_date(note.released_on, language)
    description = notice("resource_archive_description", language, version=note.version, day=day)
    return f"{withdrawal_text(note.withdrawn, language)}\n{description}" if note.withdrawn else description


def _both_languages(entry: JsonObject) -> str:
    return "\n\n".join(text_list([entry.get("description"), entry.get("description_en")]))


def _column(field: JsonObject) -> JsonObject:
    type_ = _DATASTORE_TYPES.get(str(field.get("type")), "text")
    info = {"label": field.get("title", field["name"]), "notes": _both_languages(field), "type_override": type_}
    return {"id": field["name"], "type": type_, "info": info}
