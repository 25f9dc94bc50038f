"""Validation of a package: descriptor, files, headings, rows, values, plan. One entry: :func:`validate`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import DescriptorError, Issue, Report, Severity, TableSummary
from khelang_opendata.package import Package
from khelang_opendata.schema import CURRENT, SchemaFamily, known_schemas, load_family
from khelang_opendata.validation.codes import check_codes
from khelang_opendata.validation.descriptor import check_descriptor
from khelang_opendata.validation.errata import acknowledge
from khelang_opendata.validation.files import check_files, read_tables
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.plan import Plan
from khelang_opendata.validation.rules import rules_that_can_run, run_rules
from khelang_opendata.validation.rules.values import VALUE_RULES, check_values
from khelang_opendata.validation.structure import check_structure

__all__ = ["family_of", "validate"]

_TOLD_BETTER_BY_VALUES = {"type_wrong", "pattern_mismatch", "value_not_allowed"}


def validate(package: Package | str | Path) -> Report:
    """Check a package against its schema family and the rules of a plan, and report every issue with its place.

    Args:
        package: a loaded package, or the path of its folder.

    Returns:
        A report; an unusable descriptor is an issue in it, too. Warnings that an erratum of the package explains
        are acknowledged.

    Raises:
        PackageNotFound: the path is no folder.
        FileUnreadable: the system refuses to read a file.
    """
    if not isinstance(package, Package):
        try:
            package = Package.load(package)
        except DescriptorError as error:
            return Report.of(CURRENT, (), (issue("descriptor_invalid", **error.params),))
    family = family_of(package)
    tables, unreadable = read_tables(package, family)
    headed, headings = check_headings(tables, family)
    values = list(check_values(headed))
    structure = _without(check_structure(headed), told_by=values)
    unsound = _unsound(chain(unreadable, headings, values, structure))
    plan = Plan(package, family, {n: t for n, t in headed.items() if n not in unsound or n == "errata"})
    slugs = rules_that_can_run(plan, unsound)
    known = acknowledge(
        chain(values, check_codes(headed), run_rules(plan, slugs)), plan, {*slugs, *VALUE_RULES, "code_unknown"}
    )
    issues = chain(
        check_descriptor(package, family), check_files(package, family), unreadable, headings, structure, known
    )
    summaries = (TableSummary(name, len(table.rows)) for name, table in tables.items())
    return Report.of(family.id, summaries, issues)


def family_of(package: Package) -> SchemaFamily:
    """The schema family a package conforms to; the current one where it names none that is known here."""
    named = package.descriptor.get("conformsTo")
    return load_family(named if named in known_schemas() else CURRENT)


def _without(structure: Iterable[Issue], told_by: Iterable[Issue]) -> list[Issue]:
    """Structural issues, less those at cells whose fault a rule of values names more precisely."""
    told = {_cell(i) for i in told_by if i.severity is Severity.ERROR}
    return [i for i in structure if i.code not in _TOLD_BETTER_BY_VALUES or _cell(i) not in told]


def _cell(found: Issue) -> tuple[str | None, int | None, str | None]:
    return found.location.resource, found.location.row, found.location.field


def _unsound(issues: Iterable[Issue]) -> set[str]:
    """The tables that have an error."""
    return {i.location.resource for i in issues if i.severity is Severity.ERROR and i.location.resource}
