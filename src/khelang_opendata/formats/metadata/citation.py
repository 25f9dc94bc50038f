"""How to cite the release: a Citation File Format file (CFF 1.2.0)."""

from __future__ import annotations

import yaml

from khelang_opendata.formats.metadata.facts import DatasetFacts
from khelang_opendata.package.edition import Edition
from khelang_opendata.standard.tables import JsonObject

_WIDEST = 120


def citation_cff(edition: Edition) -> bytes:
    """The citation as reference managers read it; the organisation of the plan is the author."""
    facts = DatasetFacts(edition, {}, None)
    descriptor, owner = edition.descriptor, facts.owner
    citation: JsonObject = {
        "cff-version": "1.2.0",
        "message": "โปรดอ้างอิงชุดข้อมูลนี้ดังนี้ / If you use this data set, please cite it as follows.",
        "type": "dataset",
        "title": f"{descriptor['title']} / {descriptor['title_en']}",
        "abstract": f"{descriptor['description']}\n\n{descriptor['description_en']}",
        "authors": [_entity(body) for body in facts.creators],
        "version": edition.version,
        "date-released": edition.released_on.isoformat(),
        "license": [licence["name"] for licence in descriptor["licenses"]],
        "keywords": descriptor.get("keywords", []),
    }
    if facts.homepage:
        citation["url"] = facts.homepage
    citation["references"] = [_reference(source, owner) for source in descriptor["sources"]]
    return yaml.safe_dump(citation, allow_unicode=True, sort_keys=False, width=_WIDEST).encode()


def _entity(body: JsonObject) -> JsonObject:
    entity = {"name": body["title"]}
    if body.get("title_en"):
        entity["alias"] = body["title_en"]
    if body.get("path"):
        entity["website"] = body["path"]
    return entity


def _reference(source: JsonObject, owner: JsonObject) -> JsonObject:
    """A source document; it is the organisation's own."""
    reference = {"type": "government-document", "title": source["title"], "authors": [_entity(owner)]}
    if source.get("date"):
        reference["date-published"] = source["date"]
    return reference
