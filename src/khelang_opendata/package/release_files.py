"""The names of a release's files, in one list, from which the code that makes, publishes or reads one takes them.

People look into the folder, so its first file in any listing is the README; what only programs read is in subfolders.
``datapackage.json``, the manifest with its signature, ``LICENSE`` and ``CITATION.cff`` are where their standards and
readers expect them.
"""

from __future__ import annotations

from collections.abc import Mapping

from khelang_opendata.model.wording import Language

CODEBOOK_PAGE, REPORT_PAGE = "codebook.html", "validation-report.html"
CHANGES_PAGE, LICENCE, CITATION = "CHANGES.md", "LICENSE", "CITATION.cff"

CHANGES, REPORT = "metadata/changes.json", "metadata/validation-report.json"
PROVENANCE, CODEBOOK = "metadata/provenance.json", "metadata/codebook.csv"
DCAT, SCHEMA_ORG = "metadata/dcat.jsonld", "metadata/schema-org.jsonld"
CROISSANT, DATASETTE = "metadata/croissant.json", "metadata/datasette.json"

_EARLIER: Mapping[str, str] = {CHANGES: "CHANGES.json"}
"""Where releases of earlier versions of this program have the files that are read again."""


def readme_path(language: Language) -> str:
    """The README in a language. Its number puts it before all other files, in capitals and lower case."""
    return f"00-README.{language}.md"


def errata_path(language: Language) -> str:
    """The page of all errata in a language."""
    return f"ERRATA.{language}.md"


def table_path(name: str) -> str:
    """The CSV file of a table of the standard."""
    return f"data/{name}.csv"


def made_path(plan_id: str, name: str) -> str:
    """The CSV file of a table that is made from those of the standard; totals have a folder of their own."""
    return f"{'totals/' if name.startswith('totals_') else ''}{plan_id}-{name}.csv"


def parquet_path(name: str) -> str:
    """The Parquet file of a table."""
    return f"parquet/{name}.parquet"


def whole_path(plan_id: str, ending: str) -> str:
    """A file that holds the whole plan: ``xlsx``, ``json`` or ``sqlite``."""
    return f"{plan_id}.{ending}"


def schema_path(schema: str, file: str) -> str:
    """A file of the standard that a release conforms to."""
    return f"schemas/{schema}/{file}"


def present_path(files: Mapping[str, bytes], path: str) -> str:
    """Where a release has a file: at its path, or where releases of earlier versions of this program have it."""
    return _EARLIER[path] if path not in files and _EARLIER.get(path) in files else path
