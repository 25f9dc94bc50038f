"""What a person names as a plan: a folder, a ZIP file or a workbook, opened and judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from khelang_opendata.model.failures import DataError, DescriptorError, UsageError, system_errors_as
from khelang_opendata.model.limits import DEFAULT, Limits
from khelang_opendata.package.datapackage import Package
from khelang_opendata.standard.family import SchemaFamily

if TYPE_CHECKING:
    from khelang_opendata.intake.plan_files import PlanFile
    from khelang_opendata.intake.plan_sheets import Row
    from khelang_opendata.intake.remarked_copy import RemarkedCopy
    from khelang_opendata.intake.workbook_reading import ReadSheet
    from khelang_opendata.model.report import Report
    from khelang_opendata.tableschema import Engine

_OF_PACKAGES = (".zip", ".json")
"""The endings of files that are a package, or its descriptor."""

_FILLED_IN_LATER = ("table_missing", "value_missing", "erratum_unmatched", "hash_mismatch")
"""Errors of a package whose cells have the form of their columns all the same: a workbook is to mend them."""


def sheets_of_plan(paths: Sequence[Path], columns: Path | None = None) -> list[ReadSheet] | None:
    """The sheets of workbooks and of tables of text; None where the paths are no plan's, but perhaps a package's.

    Args:
        paths: the files.
        columns: the file that says which of their columns is which; None where their headings say it.

    Raises:
        UsageError: a workbook or the file of columns is missing.
        DataError: one of them cannot be read, or not safely.
    """
    files = _files_of_plan(paths)
    return None if files is None else _sheets_of_plan(files, columns)


def _files_of_plan(paths: Sequence[Path]) -> list[PlanFile] | None:
    """The files at paths that are those of a plan's sheets by their kinds; None where a path is another's."""
    if not paths or any(path.is_dir() or path.suffix.lower() in _OF_PACKAGES for path in paths):
        return None
    from khelang_opendata.intake.spreadsheet_forms import ENDINGS  # noqa: PLC0415 (only for workbooks)

    is_named = len(paths) == 1 and paths[0].suffix.lower() in ENDINGS
    return read_contents(paths) if is_named or all(path.is_file() for path in paths) else None


def _sheets_of_plan(files: Sequence[PlanFile], columns: Path | None) -> list[ReadSheet] | None:
    from khelang_opendata.intake.importing import is_of_plan  # noqa: PLC0415 (only for workbooks)
    from khelang_opendata.intake.plan_files import read_plan_files  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.spreadsheet_forms import is_workbook  # noqa: PLC0415 (as above)
    from khelang_opendata.standard.family import load_family  # noqa: PLC0415 (as above)

    has_workbook = any(is_workbook(file.data, file.path) for file in files)
    try:
        sheets = read_plan_files(files)
    except DataError:
        if has_workbook:
            raise
        return None
    if columns:
        from khelang_opendata.intake.column_map import read_column_maps, with_layouts  # noqa: PLC0415 (as above)

        sheets = with_layouts(sheets, read_column_maps(columns, load_family()))
    return sheets if has_workbook or is_of_plan(sheets, load_family()) else None


@contextmanager
def judged(
    path: Path,
    *others: Path,
    engine: Engine | None = None,
    family: SchemaFamily | None = None,
    limits: Limits = DEFAULT,
    copy: RemarkedCopy | None = None,
    columns: Path | None = None,
) -> Iterator[tuple[Report, Package | None]]:
    """The report of a plan, and its package; None where its descriptor is unusable.

    Args:
        path: the folder of a package, a ZIP file of one, or a file with sheets of a plan.
        others: the files with the other sheets of the plan.
        engine: what checks rows.
        family: another standard than the package's.
        limits: how much is read.
        copy: where the copy of a workbook with remarks on it is written; None for none.
        columns: the file that says which columns of the sheets are which; None where their headings say it.

    Raises:
        KhelangError: there is nothing to judge, or the copy cannot be written.
    """
    from khelang_opendata.validation import validate  # noqa: PLC0415 (many packages are judged in other processes)

    files = _files_of_plan([path, *others]) or []
    if copy and files:
        copy.check(path, files[0].data)
    sheets = _sheets_of_plan(files, columns) if files else None
    if columns and sheets is None:
        raise UsageError("columns_without_table", path=str(path))
    if copy and (sheets is None or others):
        raise UsageError("remarks_without_workbook", path=str(path))
    with package_folder(path) as folder:
        if sheets is not None:
            from khelang_opendata.intake.judging import judge  # noqa: PLC0415 (only for workbooks)

            found = judge(sheets, path, family=family, engine=engine, limits=limits)
            if copy:
                copy.write(path.name, files[0].data, sheets, found.remarks, found.report)
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


def read_contents(paths: Sequence[Path]) -> list[PlanFile]:
    """The contents of workbooks and tables of text.

    Raises:
        UsageError: there is no such file.
        DataError: it may not be read, or they are too large together.
    """
    from khelang_opendata.intake.plan_files import PlanFile  # noqa: PLC0415 (only for workbooks)
    from khelang_opendata.intake.xlsx_checks import MOST_BYTES  # noqa: PLC0415 (as above)

    files: list[PlanFile] = []
    left = MOST_BYTES
    for path in paths:
        if not path.is_file():
            raise UsageError("workbook_missing", path=str(path))
        with system_errors_as("workbook_unreadable", path):
            left -= path.stat().st_size
            if left < 0:
                raise DataError("workbook_refused", "large", path=str(path))
            files.append(PlanFile(path, path.read_bytes()))
    return files


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


def check_same_plan(plan: str | None, old: dict[str, list[Row]], files: Sequence[Path], output: Path) -> None:
    """Raise UsageError where files were made of another plan than the package that they are to change.

    Args:
        plan: the id of the plan in the files; None where they have none.
        old: the tables of the package.
        files: the files.
        output: the folder of the package.
    """
    known = rows[0]["plan_id"] if (rows := old.get("plans")) else ""
    if plan is not None and plan != known:
        paths = ", ".join(map(str, files))
        raise UsageError("other_plan", path=paths, folder=str(output), plan=plan, other=known)
