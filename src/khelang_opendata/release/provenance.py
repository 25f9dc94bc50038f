"""The provenance of a release: standard, tool, source document, the package's commit, and the approving role."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from khelang_opendata.package.edition import Edition
from khelang_opendata.standard.family import JsonObject
from khelang_opendata.version import __version__

_LIBRARIES = ("XlsxWriter", "polars")
"""Libraries whose version shows in the bytes of a release."""


def provenance(edition: Edition, approved_by: str | None, commit: str | None) -> JsonObject:
    """What ``provenance.json`` says; None for an approving role or a commit that is not known.

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
        return version(library)
    except PackageNotFoundError:
        return None
