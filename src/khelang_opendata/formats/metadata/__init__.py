"""Metadata of a release for catalogues, search engines, programs and people.

DCAT-AP, schema.org, Croissant, Datasette and the Citation File Format.
"""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.formats.datasette import datasette_metadata
from khelang_opendata.formats.metadata.citation import citation_cff
from khelang_opendata.formats.metadata.croissant import croissant_json
from khelang_opendata.formats.metadata.dcat import dcat_jsonld
from khelang_opendata.formats.metadata.schema_org import schema_org_jsonld
from khelang_opendata.package.edition import Edition
from khelang_opendata.package.release_files import CITATION, CROISSANT, DATASETTE, DCAT, SCHEMA_ORG

__all__ = ["citation_cff", "croissant_json", "dcat_jsonld", "metadata_files", "schema_org_jsonld"]


def metadata_files(edition: Edition, files: Mapping[str, bytes], previous_version: str | None) -> dict[str, bytes]:
    """All metadata of an edition and its data files by path; without a previous version it is the first."""
    return {
        DCAT: dcat_jsonld(edition, files, previous_version=previous_version),
        SCHEMA_ORG: schema_org_jsonld(edition, files),
        CROISSANT: croissant_json(edition, files),
        DATASETTE: datasette_metadata(edition),
        CITATION: citation_cff(edition),
    }
