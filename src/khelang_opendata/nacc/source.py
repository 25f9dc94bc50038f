"""What a report to the NACC is made of: a release that is whole, unaltered and valid, and a fiscal year (B.E.)."""

from __future__ import annotations

import re
from pathlib import Path

from khelang_opendata.model.failures import PackageRefused, UsageError
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.model.thai import FISCAL_YEARS, ascii_text
from khelang_opendata.package.datapackage import DESCRIPTOR, Package
from khelang_opendata.published.history import named_release
from khelang_opendata.published.manifest import MANIFEST
from khelang_opendata.published.no_release import no_release
from khelang_opendata.published.verification import damage_of, verify
from khelang_opendata.validation import validate


def released_package(path: Path, limits: Limits = DEFAULT) -> Package:
    """The package of a release, verified; the folder of all releases means the latest.

    Raises:
        UsageError: the folder does not exist, or is not a release.
        DataError: it is not safe to read.
        ReleaseDamaged: a file differs from the manifest, or is not in it.
        PackageRefused: the files match the manifest, but the tables are not a valid plan.
    """
    root = named_release(path.parent if path.name == DESCRIPTOR else path)
    if root.exists() and not (root / MANIFEST).is_file():
        raise no_release(path)
    package, verification = Package.load(root, limits), verify(root)
    if not verification.is_whole:
        raise damage_of(root, verification)
    report = validate(package)
    if not report.valid:
        raise PackageRefused("package_invalid", report)
    if "created" not in package.descriptor:
        raise UsageError("no_release", path=str(path))
    return package


def fiscal_year(text: str) -> int:
    """The fiscal year (B.E.) in a text, in digits of any script; UsageError for others, such as the Gregorian 2023."""
    figures = ascii_text(text).strip()
    if not re.fullmatch("[0-9]{4}", figures) or int(figures) not in FISCAL_YEARS:
        raise UsageError("year_invalid", value=text)
    return int(figures)


def check_year(year: int, plan_years: range) -> None:
    """Make sure that a plan runs in a fiscal year (B.E.), else raise UsageError."""
    if year not in plan_years:
        years = f"{plan_years[0]}-{plan_years[-1]}" if plan_years else "-"
        raise UsageError("year_outside_plan", year=year, years=years)
