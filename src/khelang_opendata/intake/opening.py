"""What a person names as a plan: a folder, a ZIP file or a workbook, opened and judged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.model.failures import DataError, DescriptorError, UsageError, system_errors_as
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily

if TYPE_CHECKING:
    from khelang_opendata.intake.plan_sheets import Row
    from khelang_opendata.intake.remarked_copy import RemarkedCopy
    from khelang_opendata.intake.snapshot import Snapshot
    from khelang_opendata.model.report import Report
    from khelang_opendata.tableschema import Engine

_FILLED_IN_LATER = ("table_missing", "value_missing", "erratum_unmatched", "hash_mismatch")
"""Errors of a package whose cells have the form of their columns all the same: a workbook is to mend them."""


def is_workbook(path: Path) -> bool:
    """Whether a path is that of a workbook, which may be missing."""
    return path.suffix.lower() == ".xlsx" and not path.is_dir()


@contextmanager
def judged(
    path: Path,
    *,
    engine: Engine | None = None,
    family: SchemaFamily | None = None,
    limits: Limits = DEFAULT,
    copy: RemarkedCopy | None = None,
) -> Iterator[tuple[Report, Package | None]]:
    """The report of a plan, and its package; None where its descriptor is unusable.

    Args:
        path: the folder of a package, a ZIP file of one, or a workbook.
        engine: what checks rows.
        family: another standard than the package's.
        limits: how much is read.
        copy: where the copy of a workbook with remarks on it is written; None for none.

    Raises:
        KhelangError: there is nothing to judge, or the copy cannot be written.
    """
    from khelang_opendata.validation import validate  # noqa: PLC0415 (many packages are judged in other processes)

    with package_folder(path) as folder:
        if is_workbook(path):
            from khelang_opendata.intake.judging import judge  # noqa: PLC0415 (only for workbooks)
            from khelang_opendata.intake.workbook_reading import read_sheets  # noqa: PLC0415 (as above)

            content = read_content(path)
            if copy:
                copy.check(path, content)
            sheets = read_sheets(content, path.name)
            found = judge(sheets, path, family=family, engine=engine, limits=limits)
            if copy:
                copy.write(path.name, content, sheets, found.remarks, found.report)
            yield found.report, found.package
        else:
            package = load(folder, limits)
            yield validate(package or folder, engine, family=family, limits=limits), package


@contextmanager
def package_folder(path: Path) -> Iterator[Path]:
    """The folder of a package; one in a ZIP file is unpacked, and removed in the end.

    Raises:
        UsageError: the ZIP file holds no package, or several.
        DataError: it is damaged, or not safe to read.
    """
    if path.suffix.lower() != ".zip" or not path.is_file():
        yield path
        return
    from tempfile import TemporaryDirectory  # noqa: PLC0415 (only for ZIP files)

    from khelang_opendata.files.place import write_files  # noqa: PLC0415 (as above)
    from khelang_opendata.published.archive import read_zipped_package  # noqa: PLC0415 (as above)

    files = read_zipped_package(path)
    with TemporaryDirectory(prefix="khelang-") as folder:
        write_files(Path(folder) / "package", files)
        yield Path(folder) / "package"


def load(path: Path, limits: Limits) -> Package | None:
    """The package, or None where its descriptor is unusable, which is for the report to say."""
    try:
        return Package.load(path, limits)
    except DescriptorError:
        return None


def read_content(path: Path) -> bytes:
    """The content of a workbook; UsageError where there is none, DataError where it is too large."""
    from khelang_opendata.intake.xlsx_checks import MOST_BYTES  # noqa: PLC0415 (only for workbooks)

    if not path.is_file():
        raise UsageError("workbook_missing", path=str(path))
    with system_errors_as("workbook_unreadable", path):
        if path.stat().st_size > MOST_BYTES:
            raise DataError("workbook_refused", "large", path=str(path))
        return path.read_bytes()


def readable_package(folder: Path, limits: Limits) -> tuple[Package, SchemaFamily, dict[str, list[Row]]]:
    """A package with its schemas and tables, for a workbook to show or to change.

    Raises:
        DataError: cells have not the form of their columns, so that a workbook could not show them as they are.
    """
    from khelang_opendata.intake.plan_sheets import tables_of  # noqa: PLC0415 (as above)
    from khelang_opendata.validation import family_of, validate  # noqa: PLC0415 (as above)
    from khelang_opendata.validation.catalogue import rules  # noqa: PLC0415 (as above)
    from khelang_opendata.validation.rules.registry import PlanRule  # noqa: PLC0415 (as above)

    package = Package.load(folder, limits)
    errors = [issue.code for issue in validate(package).issues if issue.severity.value == "error"]
    of_form = [code for code in errors if code not in _FILLED_IN_LATER and not isinstance(rules()[code], PlanRule)]
    if of_form:
        raise DataError("package_unreadable", path=str(folder), count=len(of_form), code=of_form[0])
    family = family_of(package)
    return package, family, tables_of(package, family)


def check_same_plan(snapshot: Snapshot | None, old: dict[str, list[Row]], workbook: Path, output: Path) -> None:
    """Raise UsageError where a workbook was made of another plan than the package that it is to change."""
    if snapshot:
        ids = [rows[0]["plan_id"] if (rows := tables.get("plans")) else "" for tables in (snapshot.tables, old)]
        if ids[0] != ids[1]:
            raise UsageError("other_plan", path=str(workbook), folder=str(output), plan=ids[0], other=ids[1])
