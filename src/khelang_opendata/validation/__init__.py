"""Validation of a package: descriptor, files, headings, rows, values, plan. One entry: :func:`validate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from khelang_opendata.files import StrPath
from khelang_opendata.model.failures import DescriptorError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.report import NotJudged, Report, TableSummary, Tally
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import CURRENT, SchemaFamily, known_schemas, load_family
from khelang_opendata.standard.tables import TableSchema
from khelang_opendata.tableschema import Engine
from khelang_opendata.tableschema.stdlib import collector_paused
from khelang_opendata.validation.catalogue import rules, rules_of
from khelang_opendata.validation.codes import CODE_NOT_ADDED, CODE_UNKNOWN, check_codes, check_own_codes, own_codes
from khelang_opendata.validation.descriptor import DESCRIPTOR_INVALID, check_descriptor
from khelang_opendata.validation.descriptor_texts import check_descriptor_texts
from khelang_opendata.validation.errata import Errata
from khelang_opendata.validation.file_checks import check_files, check_row_counts, read_tables
from khelang_opendata.validation.headings import HeadedTable, check_headings
from khelang_opendata.validation.own_schemas import check_own_tables, own_fields, own_tables
from khelang_opendata.validation.package_profiles import check_profile, with_profile
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import CELL_RULES, rules_that_can_run, rules_that_wait, run_rules
from khelang_opendata.validation.rules.cell_values import check_values
from khelang_opendata.validation.rules.declared import RowRule
from khelang_opendata.validation.rules.example_copies import example_of
from khelang_opendata.validation.structure import check_structure

__all__ = ["family_of", "validate"]


def validate(
    package: Package | StrPath,
    engine: Engine | None = None,
    *,
    family: SchemaFamily | None = None,
    limits: Limits = DEFAULT,
) -> Report:
    """Check a package against a schema family and its rules, and report every issue with its place.

    Args:
        package: a loaded package, or the path of its folder.
        engine: what checks rows, keys and references; None takes the fastest. All give the same report.
        family: another standard than the one that the package names: ``SchemaFamily.load(folder)``, or
            ``find_family("none")`` for a package that only has schemas of its own.
        limits: how much is read of a package that is given by its path.

    Returns:
        A report; an unusable descriptor is an issue in it, too. Warnings that an erratum of the package explains
        are acknowledged.

    Raises:
        UsageError: the path is no folder, or a rule of the family cannot be used.
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
            schema = family.id if family else CURRENT
            return Report.of(schema, (), Tally([DESCRIPTOR_INVALID.issue(None, **error.params)]))
    with collector_paused():
        if family is not None and family.is_open:
            return _validate_other(package, family, engine)
        return _validate_plan(package, family or family_of(package), engine)


def _validate_plan(package: Package, family: SchemaFamily, engine: Engine | None) -> Report:
    own = own_tables(package, family)
    checked = _check_tables(package, family.with_tables(own), engine, own)
    headed = {name: table for name, table in checked.headed.items() if not table.schema.is_foreign}
    standard = load_family(family.id)
    checked.files.extend(check_profile(package, standard))
    checked.files.extend(check_descriptor_texts(package))
    errata = Errata(Plan(package, family, headed), rules())
    codes = chain(check_codes(headed), check_own_codes(headed, standard))
    values = Tally(errata.acknowledge(chain(check_values(headed), codes)))
    unsound = checked.structure.faulty | values.faulty
    plan = Plan(package, family, {n: t for n, t in headed.items() if n not in unsound})
    runnable = rules_that_can_run(plan, unsound)
    found = Tally(errata.acknowledge(run_rules(plan, runnable)))
    judged = {rule.code for rule in (*runnable, *CELL_RULES, CODE_UNKNOWN, CODE_NOT_ADDED)}
    found.extend(errata.unmatched(judged))
    waiting = rules_that_wait(plan, unsound)
    return checked.report(values, found, not_judged=waiting, example=example_of(package, family))


def _validate_other(package: Package, family: SchemaFamily, engine: Engine | None) -> Report:
    """Check a package of another standard, or of none: its own schemas count for the tables that no family has."""
    own = own_tables(package, family)
    family = family.with_tables(own)
    checked = _check_tables(package, family, engine, own)
    values = Tally(check_codes(checked.headed))
    plan = Plan(package, family, {n: t for n, t in checked.headed.items() if n not in checked.structure.faulty})
    declared = (rule for rule in rules_of(family).values() if isinstance(rule, RowRule) and rule.table in plan.tables)
    found = Tally(chain.from_iterable(rule(plan) for rule in declared))
    return checked.report(values, found)


class _Checked(NamedTuple):
    """A package whose descriptor, files, headings and rows were checked."""

    family: SchemaFamily
    headed: Mapping[str, HeadedTable]
    summaries: Sequence[TableSummary]
    files: Tally
    structure: Tally

    def report(self, *tallies: Tally, not_judged: tuple[NotJudged, ...] = (), example: str | None = None) -> Report:
        """The report, with what was found beside."""
        found = (self.files, self.structure, *tallies)
        return Report.of(self.family.id, self.summaries, *found, not_judged=not_judged, example=example)


def _check_tables(
    package: Package, family: SchemaFamily, engine: Engine | None, own: Mapping[str, TableSchema]
) -> _Checked:
    tables, unreadable = read_tables(package, family)
    headed, headings = check_headings(tables, family)
    files = Tally(chain(check_descriptor(package, family), check_files(package, family)))
    files.extend(check_own_tables(package, family, own))
    structure = Tally(chain(unreadable, headings, check_row_counts(headed)))
    checks: dict[str, tuple[Engine, str | None]] = {}
    for check, issues in check_structure(headed, engine):
        structure.extend(issues)
        checks[check.name] = (check.engine, check.reason)
    summaries = [TableSummary(name, len(table.rows), *checks.get(name, ())) for name, table in tables.items()]
    return _Checked(family, headed, summaries, files, structure)


def family_of(package: Package) -> SchemaFamily:
    """The schema family a package conforms to, with its profile and the codes and columns that the package adds.

    It is the current one where the package names none that is known here.
    """
    named = package.descriptor.get("conformsTo")
    family = load_family(named if named in known_schemas() else CURRENT)
    family = with_profile(package, family)
    return family.with_codes(own_codes(package)).with_fields(own_fields(package, family))
