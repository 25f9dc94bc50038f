"""khelang_opendata: anti-corruption plans of Thai local governments as validated, versioned open data.

A package is loaded (:class:`Package`), checked (:func:`validate`, giving a :class:`Report` of :class:`Issue`),
built into a :class:`Release` (:func:`build_release`) and written (:func:`publish_release`). Every issue and failure
is a code with parameters; :func:`issue_texts` and :func:`failure_text` say it in Thai or English.
"""

from khelang_opendata.catalogue import Language, rules
from khelang_opendata.errors import Issue, KhelangError, Location, Report, Severity
from khelang_opendata.package import Package
from khelang_opendata.release import Outcome, Release, build_release, publish_release
from khelang_opendata.render import failure_text, issue_texts, report_json, report_text
from khelang_opendata.schema import SchemaFamily, load_family
from khelang_opendata.validation import validate

__version__ = "0.1.0"

__all__ = [
    "Issue",
    "KhelangError",
    "Language",
    "Location",
    "Outcome",
    "Package",
    "Release",
    "Report",
    "SchemaFamily",
    "Severity",
    "build_release",
    "failure_text",
    "issue_texts",
    "load_family",
    "publish_release",
    "report_json",
    "report_text",
    "rules",
    "validate",
]
