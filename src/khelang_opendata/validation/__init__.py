"""Validation of a package: descriptor, files, headings, rows, codes. One entry: :func:`validate`."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from khelang_opendata.catalogue import issue
from khelang_opendata.errors import DescriptorError, Report, TableSummary
from khelang_opendata.package import Package
from khelang_opendata.schema import CURRENT, SchemaFamily, known_schemas, load_family
from khelang_opendata.validation.codes import check_codes
from khelang_opendata.validation.descriptor import check_descriptor
from khelang_opendata.validation.files import check_files, read_tables
from khelang_opendata.validation.headings import check_headings
from khelang_opendata.validation.structure import check_structure

__all__ = ["family_of", "validate"]


def validate(package: Package | str | Path) -> Report:
    """Check a package against its schema family and report every issue with its place.

    Args:
        package: a loaded package, or the path of its folder.

    Returns:
        A report; an unusable descriptor is an issue in it, too.

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
    headed, heading_issues = check_headings(tables, family)
    issues = chain(
        check_descriptor(package, family),
        check_files(package, family),
        unreadable,
        heading_issues,
        check_structure(headed),
        check_codes(headed),
    )
    summaries = (TableSummary(name, len(table.rows)) for name, table in tables.items())
    return Report.of(family.id, summaries, issues)


def family_of(package: Package) -> SchemaFamily:
    """The schema family a package conforms to; the current one where it names none that is known here."""
    named = package.descriptor.get("conformsTo")
    return load_family(named if named in known_schemas() else CURRENT)
