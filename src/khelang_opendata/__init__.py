"""khelang_opendata: anti-corruption plans of Thai local governments as validated, versioned open data.

A package is loaded (:class:`Package`), checked (:func:`validate`, giving a :class:`Report` of :class:`Issue`),
compared (:func:`compare`) and released (:func:`publish_release`, :func:`verify_release`). Every issue and failure is
a code with parameters; :func:`issue_texts` and :func:`failure_text` say it in Thai or English.

Each name is imported from its module when it is first asked for, so that nothing is loaded that nobody uses.
"""

from typing import TYPE_CHECKING

from khelang_opendata.version import __version__ as __version__

__all__ = [
    "Issue",
    "KhelangError",
    "Language",
    "Limits",
    "Location",
    "Outcome",
    "Package",
    "ReleaseOptions",
    "Report",
    "SchemaFamily",
    "Severity",
    "compare",
    "failure_text",
    "issue_texts",
    "load_family",
    "publish_release",
    "report_json",
    "report_text",
    "rules",
    "validate",
    "validate_many",
    "verify_release",
    "withdraw_release",
]

if TYPE_CHECKING:
    from khelang_opendata.diff import compare
    from khelang_opendata.model.failures import KhelangError
    from khelang_opendata.model.limits import Limits
    from khelang_opendata.model.report import Issue, Location, Report, Severity
    from khelang_opendata.model.wording import Language
    from khelang_opendata.package.datapackage import Package
    from khelang_opendata.published import verify_release
    from khelang_opendata.release import Outcome, ReleaseOptions, publish_release, withdraw_release
    from khelang_opendata.render.messages import failure_text, issue_texts
    from khelang_opendata.render.report_json import report_json
    from khelang_opendata.render.report_text import report_text
    from khelang_opendata.standard.family import SchemaFamily, load_family
    from khelang_opendata.validation import validate
    from khelang_opendata.validation.batch import validate_many
    from khelang_opendata.validation.catalogue import rules
else:
    _MODULES = {
        "model.wording": ("Language",),
        "validation.catalogue": ("rules",),
        "model.failures": ("KhelangError",),
        "model.report": ("Issue", "Location", "Report", "Severity"),
        "model.limits": ("Limits",),
        "package.datapackage": ("Package",),
        "diff": ("compare",),
        "release": ("ReleaseOptions", "Outcome", "publish_release", "withdraw_release"),
        "published": ("verify_release",),
        "render.report_json": ("report_json",),
        "render.messages": ("failure_text", "issue_texts"),
        "render.report_text": ("report_text",),
        "standard.family": ("SchemaFamily", "load_family"),
        "validation": ("validate",),
        "validation.batch": ("validate_many",),
    }

    def __getattr__(name: str) -> object:
        for module, names in _MODULES.items():
            if name in names:
                from importlib import import_module  # noqa: PLC0415 (only where a public name is used)

                value = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
