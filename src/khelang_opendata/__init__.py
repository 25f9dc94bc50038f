"""khelang_opendata: anti-corruption plans of Thai local governments as validated, versioned open data.

Load a package (:class:`Package`), check it (:func:`validate`), compare it (:func:`diff_packages`), release it
(:func:`release_package`), check a release (:func:`verify`), mark one as withdrawn (:func:`withdraw`) and publish it
(:func:`publish`, :func:`publish_folder`). The functions are named as the commands are; ``release_package`` and
``diff_packages`` have longer names because ``khelang_opendata.release`` and ``khelang_opendata.diff`` are modules.

Each name is imported from its module at its first use, so that ``import khelang_opendata`` loads nothing heavy.

Example:
    >>> from khelang_opendata import Language, Package, report_text, validate
    >>> report = validate("datapackage")
    >>> report.valid
    True
"""

from typing import TYPE_CHECKING

from khelang_opendata.version import __version__ as __version__

__all__ = ["Package", "Resource", "Table"]
__all__ += ["Validated", "validate", "validate_many"]
__all__ += ["Issue", "Location", "NotJudged", "Report", "Severity", "TableSummary", "Verdict"]
__all__ += ["issue_texts", "report_json", "report_text"]
__all__ += ["PlanRule", "Rule", "plan_rule", "rules"]
__all__ += ["Outcome", "ReleaseOptions", "Verification", "release_package", "verify", "withdraw"]
__all__ += ["Bump", "Changes", "diff_packages"]
__all__ += ["FolderOutcome", "Published", "Token", "publish", "publish_folder"]
__all__ += ["Engine", "Finding", "FindingType", "TableCheck", "TableSource", "check_tables", "table_issues"]
__all__ += ["Field", "SchemaFamily", "TableSchema", "find_family", "load_family"]
__all__ += ["Language", "Limits", "Texts"]
__all__ += ["KhelangError", "failure_text"]

if TYPE_CHECKING:
    from khelang_opendata.diff import Bump, Changes, diff_packages
    from khelang_opendata.model.failures import KhelangError
    from khelang_opendata.model.limits import Limits
    from khelang_opendata.model.report import Issue, Location, NotJudged, Report, Severity, TableSummary, Verdict
    from khelang_opendata.model.rules import Rule
    from khelang_opendata.model.wording import Language, Texts
    from khelang_opendata.package.datapackage import Package, Resource, Table
    from khelang_opendata.portals.ckan.publisher import Published
    from khelang_opendata.portals.ckan.upload import publish
    from khelang_opendata.portals.folder import FolderOutcome, publish_folder
    from khelang_opendata.portals.token import Token
    from khelang_opendata.published.verification import Verification, verify
    from khelang_opendata.release import Outcome, ReleaseOptions, release_package, withdraw
    from khelang_opendata.render.messages import failure_text, issue_texts
    from khelang_opendata.render.report_json import report_json
    from khelang_opendata.render.report_text import report_text
    from khelang_opendata.standard.family import SchemaFamily, find_family, load_family
    from khelang_opendata.standard.tables import Field, TableSchema
    from khelang_opendata.tableschema import Engine, Finding, FindingType, TableCheck, TableSource, check_tables
    from khelang_opendata.validation import validate
    from khelang_opendata.validation.batch import Validated, validate_many
    from khelang_opendata.validation.catalogue import rules
    from khelang_opendata.validation.rules.registry import PlanRule, plan_rule
    from khelang_opendata.validation.structure import table_issues
else:
    _MODULES = {
        "diff": ("Bump", "Changes", "diff_packages"),
        "model.failures": ("KhelangError",),
        "model.limits": ("Limits",),
        "model.report": ("Issue", "Location", "NotJudged", "Report", "Severity", "TableSummary", "Verdict"),
        "model.rules": ("Rule",),
        "model.wording": ("Language", "Texts"),
        "package.datapackage": ("Package", "Resource", "Table"),
        "portals.ckan.publisher": ("Published",),
        "portals.ckan.upload": ("publish",),
        "portals.folder": ("FolderOutcome", "publish_folder"),
        "portals.token": ("Token",),
        "release": ("Outcome", "ReleaseOptions", "release_package", "withdraw"),
        "published.verification": ("Verification", "verify"),
        "render.messages": ("failure_text", "issue_texts"),
        "render.report_json": ("report_json",),
        "render.report_text": ("report_text",),
        "standard.family": ("SchemaFamily", "find_family", "load_family"),
        "standard.tables": ("Field", "TableSchema"),
        "tableschema": ("Engine", "Finding", "FindingType", "TableCheck", "TableSource", "check_tables"),
        "validation": ("validate",),
        "validation.batch": ("Validated", "validate_many"),
        "validation.catalogue": ("rules",),
        "validation.rules.registry": ("PlanRule", "plan_rule"),
        "validation.structure": ("table_issues",),
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
