"""Validation of a package: descriptor, files, headings, rows, values, plan. One entry: :func:`validate`."""

from __future__ import annotations

from itertools import chain

from khelang_opendata.files import StrPath
from khelang_opendata.model.failures import DescriptorError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.report import Report, TableSummary, Tally
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import CURRENT, SchemaFamily, known_schemas, load_family
from khelang_opendata.tableschema import Engine
from khelang_opendata.tableschema.stdlib import collector_paused
from khelang_opendata.validation.catalogue import rules
from khelang_opendata.validation.codes import CODE_UNKNOWN, check_codes
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID, check_descriptor
from khelang_opendata.validation.errata import Errata
from khelang_opendata.validation.file_checks import check_files, read_tables
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import CELL_RULES, rules_that_can_run, run_rules
from khelang_opendata.validation.rules.cell_values import check_values
from khelang_opendata.validation.structure import check_structure

__all__ = ["family_of", "validate"]


def validate(package: Package | StrPath, engine: Engine | None = None, *, limits: Limits = DEFAULT) -> Report:
    """Check a package against its schema family and the rules of a plan, and report every issue with its place.

    Args:
        package: a loaded package, or the path of its folder.
        engine: what checks rows, keys and references; None takes the fastest. All give the same report.
        limits: how much is read of a package that is given by its path.

    Returns:
        A report; an unusable descriptor is an issue in it, too. Warnings that an erratum of the package explains
        are acknowledged.

    Raises:
        UsageError: the path is no folder.
        EnvironmentFailure: the system refuses to read a file.

    Example:
        >>> from khelang_opendata import validate
        >>> report = validate("datapackage")
        >>> report.valid, report.errors
        (True, 0)
    """
    if not isinstance(package, Package):
        try:
            package = Package.load(package, limits)
        except DescriptorError as error:
            return Report.of(CURRENT, (), Tally([DESCRIPTOR_INVALID.issue(None, **error.params)]))
    with collector_paused():
        return _validate(package, engine)


def _validate(package: Package, engine: Engine | None) -> Report:
    family = family_of(package)
    tables, unreadable = read_tables(package, family)
    headed, headings = check_headings(tables, family)
    files = Tally(chain(check_descriptor(package, family), check_files(package, family)))
    structure = Tally(chain(unreadable, headings))
    checks: dict[str, tuple[Engine, str | None]] = {}
    for check, issues in check_structure(headed, engine):
        structure.extend(issues)
        checks[check.name] = (check.engine, check.reason)
    errata = Errata(Plan(package, family, headed).records("errata"))
    values = Tally(errata.acknowledge(chain(check_values(headed), check_codes(headed))))
    unsound = structure.faulty | values.faulty
    plan = Plan(package, family, {n: t for n, t in headed.items() if n not in unsound})
    runnable = rules_that_can_run(plan, unsound)
    found = Tally(errata.acknowledge(run_rules(plan, runnable)))
    judged = {rule.code for rule in (*runnable, *CELL_RULES, CODE_UNKNOWN)}
    found.extend(errata.unmatched(judged, rules()))
    summaries = (TableSummary(name, len(table.rows), *checks.get(name, ())) for name, table in tables.items())
    return Report.of(family.id, summaries, files, structure, values, found)


def family_of(package: Package) -> SchemaFamily:
    """The schema family a package conforms to; the current one where it names none that is known here."""
    named = package.descriptor.get("conformsTo")
    return load_family(named if named in known_schemas() else CURRENT)
