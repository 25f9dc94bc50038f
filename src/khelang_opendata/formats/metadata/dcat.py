"""The release for data catalogues: DCAT-AP 3 as JSON-LD, with a context of its own, so that nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from khelang_opendata.files.serialize import json_bytes
from khelang_opendata.formats.metadata.facts import DataFile, DatasetFacts, context
from khelang_opendata.package.edition import Edition
from khelang_opendata.standard.tables import JsonObject

_AUTHORITY = "http://publications.europa.eu/resource/authority/"
_MEDIA_TYPES = "http://www.iana.org/assignments/media-types/"
_LANGUAGES = ("THA", "ENG")


def dcat_jsonld(
    edition: Edition, files: Mapping[str, bytes], *, base: str | None = None, previous_version: str | None = None
) -> bytes:
    """The release as a ``dcat:Dataset`` whose data files are its distributions.

    ``base`` is the address of the release's folder, ending in a slash; without it IRIs are relative to the folder
    ``metadata/``, which holds this document.
    """
    facts = DatasetFacts(edition, files, base)
    dataset: JsonObject = {
        "@context": context("dcat"),
        "@id": facts.iri,
        "@type": "dcat:Dataset",
        **_about(facts),
        **_origin(facts),
    }
    if previous_version:
        dataset["dcat:previousVersion"] = {"@id": facts.folder_of(previous_version)}
    dataset["dcat:distribution"] = [_distribution(facts, file) for file in facts.files]
    return json_bytes(dataset)


def _about(facts: DatasetFacts) -> JsonObject:
    """The subject of the data."""
    descriptor, (start, end) = facts.descriptor, facts.period
    about = {
        "dct:title": _both(descriptor, "title"),
        "dct:description": _both(descriptor, "description"),
        "dct:identifier": facts.identifier,
        "dcat:version": facts.edition.version,
        "dct:issued": _date(facts.edition.released_on.isoformat()),
        "dct:modified": _date(facts.edition.released_on.isoformat()),
        "dcat:keyword": [_keyword(word) for word in descriptor.get("keywords", [])],
        "dcat:theme": [_concept("data-theme/GOVE", "ภาครัฐ", "Government and public sector")],
        "dct:language": [_node(f"{_AUTHORITY}language/{code}", "dct:LinguisticSystem") for code in _LANGUAGES],
        "dct:accessRights": _node(f"{_AUTHORITY}access-right/PUBLIC", "dct:RightsStatement"),
        "dct:conformsTo": _node(facts.standard, "dct:Standard"),
        "dct:spatial": _place(facts),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": _date(start.isoformat()),
            "dcat:endDate": _date(end.isoformat()),
        },
    }
    if facts.homepage:
        about["dcat:landingPage"] = _node(facts.homepage, "foaf:Document")
    return about


def _origin(facts: DatasetFacts) -> JsonObject:
    """The makers of the data, their sources, and the responsible contact."""
    sources = facts.descriptor["sources"]
    origin: JsonObject = {
        "dct:publisher": _agent(facts.publisher),
        "dct:creator": [_agent(body) for body in facts.creators],
        "prov:wasDerivedFrom": [_source(source) for source in sources],
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": _provenance(sources)},
    }
    portal = facts.descriptor.get("portal", {})
    if portal.get("maintainer_email"):
        origin["dcat:contactPoint"] = {
            "@type": "vcard:Organization",
            "vcard:fn": portal.get("maintainer") or facts.publisher["title"],
            "vcard:hasEmail": {"@id": f"mailto:{portal['maintainer_email']}"},
        }
    return origin


def _provenance(sources: Sequence[JsonObject]) -> list[JsonObject]:
    thai, english = (
        " · ".join(source.get(name) or source["title"] for source in sources) for name in ("title", "title_en")
    )
    thai = f"จัดทำข้อมูลจาก {thai} จุดที่เอกสารไม่ตรงกันอยู่ในตาราง errata"
    english = f"Compiled from {english}. The table errata lists where the document contradicts itself."
    return [{"@language": "th", "@value": thai}, {"@language": "en", "@value": english}]


def _distribution(facts: DatasetFacts, file: DataFile) -> JsonObject:
    """A file: the address of its download is the only one there is, so it is the access address, too."""
    file_type = file.format.file_type
    return {
        "@id": f"{file.iri}#distribution",
        "@type": "dcat:Distribution",
        "dct:title": _both(file.texts, "title"),
        "dct:description": _both(file.texts, "description"),
        "dcat:accessURL": _node(file.iri, "rdfs:Resource"),
        "dcat:downloadURL": _node(file.iri, "rdfs:Resource"),
        "dcat:mediaType": _node(_MEDIA_TYPES + file.format.mediatype, "dct:MediaType"),
        **({"dct:format": _node(f"{_AUTHORITY}file-type/{file_type}", "dct:MediaTypeOrExtent")} if file_type else {}),
        "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(file.size)},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": _node("spdx:checksumAlgorithm_sha256", "spdx:ChecksumAlgorithm"),
            "spdx:checksumValue": {"@type": "xsd:hexBinary", "@value": file.sha256},
        },
        "dct:issued": _date(facts.edition.released_on.isoformat()),
        "dct:license": _node(facts.licence, "dct:LicenseDocument"),
        "dcatap:availability": _concept("planned-availability/STABLE", "คงอยู่ถาวร", "stable"),
    }


def _place(facts: DatasetFacts) -> JsonObject:
    plan = facts.edition.plan
    place: JsonObject = {
        "@type": "dct:Location",
        "skos:prefLabel": [
            {"@language": "th", "@value": f"{plan['lao_name_th']} {plan['district_th']} {plan['province_th']}"},
            {"@language": "en", "@value": plan["lao_name_en"]},
        ],
    }
    return {"@id": facts.wikidata, **place} if facts.wikidata else place


def _agent(body: JsonObject) -> JsonObject:
    agent: JsonObject = {"@type": "foaf:Agent", "foaf:name": _both(body, "title")}
    if body.get("path"):
        agent["foaf:homepage"] = _node(body["path"], "foaf:Document")
    return agent


def _source(source: JsonObject) -> JsonObject:
    entity: JsonObject = {"@type": "prov:Entity", "dct:title": _both(source, "title")}
    if source.get("date"):
        entity["dct:issued"] = _date(source["date"])
    if str(source.get("path", "")).startswith(("http://", "https://")):
        entity["@id"] = source["path"]
    return entity


def _both(texts: JsonObject, name: str) -> list[JsonObject]:
    """A text in Thai, and in English where there is one."""
    both = {"th": texts.get(name), "en": texts.get(f"{name}_en")}
    return [{"@language": language, "@value": text} for language, text in both.items() if text]


def _keyword(word: str) -> JsonObject:
    return {"@language": "en" if word.isascii() else "th", "@value": word}


def _date(day: str) -> JsonObject:
    return {"@type": "xsd:date", "@value": day}


def _concept(name: str, thai: str, english: str) -> JsonObject:
    """A concept of the European Union's lists; the profile requires its label."""
    labels = [{"@language": "th", "@value": thai}, {"@language": "en", "@value": english}]
    return {**_node(_AUTHORITY + name, "skos:Concept"), "skos:prefLabel": labels}


def _node(iri: str, type_: str) -> JsonObject:
    """A thing by its IRI and class, which profiles check, without fetching it."""
    return {"@id": iri, "@type": type_}
