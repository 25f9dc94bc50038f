"""The release for machine learning: Croissant 1.0, with the columns of every table."""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.formats.about import citation
from khelang_opendata.formats.metadata.facts import DataFile, DatasetFacts, context
from khelang_opendata.package.edition import Edition, ReleasedTable
from khelang_opendata.standard.tables import Field, JsonObject

CROISSANT = "http://mlcommons.org/croissant/1.0"
_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}


def croissant_json(edition: Edition, files: Mapping[str, bytes], *, base: str | None = None) -> bytes:
    """The release as a Croissant data set: each data file with its hash, each table as a record set.

    ``base`` is the address of the release's folder, ending in a slash. Without it ``contentUrl`` is a path relative to
    the folder ``metadata/``, which readers of Croissant open on a disk but not over the network.
    """
    facts = DatasetFacts(edition, files, base)
    dataset = {
        "@context": context("croissant"),
        "@type": "sc:Dataset",
        "conformsTo": CROISSANT,
        **_about(facts),
        "distribution": [_file_object(file) for file in facts.files],
        "recordSet": [_record_set(table) for _, table in sorted(edition.tables.items())],
    }
    return json_bytes(dataset)


def _about(facts: DatasetFacts) -> JsonObject:
    descriptor = facts.descriptor
    day = facts.edition.released_on.isoformat()
    about = {
        "name": descriptor["title_en"],
        "description": descriptor["description_en"],
        "version": facts.edition.version,
        "license": facts.licence,
        "creator": [_organisation(body) for body in facts.creators],
        "publisher": _organisation(facts.publisher),
        "datePublished": day,
        "dateModified": day,
        "inLanguage": descriptor["languages"],
        "keywords": descriptor.get("keywords", []),
        "isLiveDataset": False,
        "citeAs": citation(facts.edition)[1],
    }
    return {**about, "url": facts.homepage} if facts.homepage else about


def _organisation(body: JsonObject) -> JsonObject:
    return {"@type": "sc:Organization", "name": body.get("title_en", body["title"])}


def _file_object(file: DataFile) -> JsonObject:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "description": file.texts["description_en"],
        "contentUrl": file.iri,
        "contentSize": f"{file.size} B",
        "encodingFormat": file.format.mediatype,
        "sha256": file.sha256,
    }


def _record_set(table: ReleasedTable) -> JsonObject:
    schema = table.schema
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{schema.descriptor['title_en']}. {schema.descriptor['description_en']}",
        "key": [{"@id": f"{table.name}/{name}"} for name in schema.primary_key],
        "field": [_field(table, field) for field in schema.fields],
    }


def _field(table: ReleasedTable, field: Field) -> JsonObject:
    """A column; a foreign key is described in words.

    Readers take ``references`` as an order to join, and lose each row whose reference is empty.
    """
    descriptor = field.descriptor
    targets = {key["fields"][0]: key["reference"] for key in table.schema.foreign_keys}
    target = targets.get(field.name)
    refers = f" Refers to {target['resource'] or table.name}/{target['fields'][0]}." if target else ""
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": f"{table.name}/{field.name}",
        "description": f"{descriptor['title_en']}. {descriptor['description_en']}{refers}",
        "dataType": _TYPES.get(descriptor["type"], "sc:Text"),
        "source": {"fileObject": {"@id": f"data/{table.name}.csv"}, "extract": {"column": field.name}},
    }
