"""The release for search engines: a schema.org ``Dataset`` after Google's rules for data sets."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.formats.metadata.facts import DataFile, DatasetFacts, context
from khelang_opendata.package.edition import Edition
from khelang_opendata.package.release_files import SCHEMA_ORG
from khelang_opendata.standard.tables import JsonObject

_LONGEST_DESCRIPTION = 5000


def schema_org_jsonld(edition: Edition, files: Mapping[str, bytes], *, base: str | None = None) -> bytes:
    """The release and its data files as a ``Dataset``, to be put into the page that shows it.

    ``base`` is the address of the release's folder, ending in a slash. Without it addresses are relative to the folder
    ``metadata/``; a page that takes this in elsewhere needs one, since Google follows ``contentUrl``.
    """
    facts = DatasetFacts(edition, files, base)
    dataset = {"@context": context("schema_org"), "@type": "Dataset", **_about(facts), **_makers(facts)}
    if facts.homepage:
        dataset["url"] = facts.homepage
    dataset["distribution"] = [_download(file) for file in facts.files]
    return json_bytes(dataset)


def located(description: bytes, base_url: str) -> bytes:
    """A release's description for a page at a known address.

    Args:
        description: the file of a release; one that is not readable stays as it is.
        base_url: the address of the page, with its last slash, in which the releases' folders are.

    Returns:
        The description whose ``url`` is the page, and whose ``contentUrl`` are absolute. An address that the publisher
        gives as the data set's home page becomes ``sameAs``.
    """
    try:
        dataset = dict(read_json(description))
        folder = urljoin(base_url, f"v{dataset['version']}/{SCHEMA_ORG}")
        files = [{**file, "contentUrl": urljoin(folder, file["contentUrl"])} for file in dataset["distribution"]]
    except (JsonRefused, KeyError, TypeError, ValueError):
        return description
    homepage = {"sameAs": dataset["url"]} if dataset.get("url", base_url) != base_url else {}
    return json_bytes({**dataset, "url": base_url, **homepage, "distribution": files})


def _about(facts: DatasetFacts) -> JsonObject:
    descriptor, (start, end) = facts.descriptor, facts.period
    return {
        "name": descriptor["title"],
        "alternateName": descriptor["title_en"],
        "description": f"{descriptor['description']}\n\n{descriptor['description_en']}"[:_LONGEST_DESCRIPTION],
        "identifier": facts.identifier,
        "version": facts.edition.version,
        "datePublished": facts.edition.released_on.isoformat(),
        "dateModified": facts.edition.released_on.isoformat(),
        "keywords": descriptor.get("keywords", []),
        "inLanguage": ["th", "en"],
        "license": facts.licence,
        "isAccessibleForFree": True,
        "conformsTo": facts.standard,
        "temporalCoverage": f"{start.isoformat()}/{end.isoformat()}",
        "spatialCoverage": _place(facts),
        "isBasedOn": [_source(source) for source in descriptor["sources"]],
    }


def _makers(facts: DatasetFacts) -> JsonObject:
    """Who compiled the data set, and who publishes it."""
    return {
        "creator": [_organisation(body, facts) for body in facts.creators],
        "publisher": _organisation(facts.publisher, facts),
    }


def _organisation(body: JsonObject, facts: DatasetFacts) -> JsonObject:
    organisation = {"@type": "Organization", "name": body["title"]}
    if body.get("title_en"):
        organisation["alternateName"] = body["title_en"]
    if body.get("path"):
        organisation["url"] = body["path"]
    if body == facts.owner and facts.wikidata:
        organisation["sameAs"] = facts.wikidata
    return organisation


def _place(facts: DatasetFacts) -> JsonObject:
    plan = facts.edition.plan
    place = {
        "@type": "Place",
        "name": f"{plan['lao_name_th']} {plan['district_th']} {plan['province_th']}",
        "alternateName": plan["lao_name_en"],
        "address": {"@type": "PostalAddress", "addressCountry": "TH", "addressRegion": plan["province_th"]},
    }
    return {**place, "sameAs": facts.wikidata} if facts.wikidata else place


def _source(source: JsonObject) -> JsonObject:
    work = {"@type": "CreativeWork", "name": source["title"]}
    return {**work, "datePublished": source["date"]} if source.get("date") else work


def _download(file: DataFile) -> JsonObject:
    return {
        "@type": "DataDownload",
        "name": file.path,
        "description": f"{file.texts['title']} · {file.texts['title_en']}",
        "encodingFormat": file.format.mediatype,
        "contentUrl": file.iri,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }
