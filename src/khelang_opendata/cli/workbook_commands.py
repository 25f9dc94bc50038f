"""``khelang template`` and ``khelang import``: a plan as a workbook, and back."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, first_lines, language_option, limits, notice, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.intake.importing import Imported
    from khelang_opendata.intake.plan_sheets import Row
    from khelang_opendata.intake.snapshot import Snapshot
    from khelang_opendata.package.datapackage import Package
    from khelang_opendata.standard.family import SchemaFamily

_FILLED_IN_LATER = ("table_missing", "value_missing", "erratum_unmatched", "hash_mismatch")
"""Errors of a package whose cells have the form of their columns all the same: a workbook is to mend them."""


@click.command("template", cls=HelpedCommand)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@click.option("--from", "source", type=click.Path(path_type=Path), metavar="FOLDER")
@language_option
def template_command(output: Path, source: Path | None, lang: Language) -> None:
    """Make the workbook of a plan."""
    from khelang_opendata.intake.plan_workbook import plan_workbook  # noqa: PLC0415 (the help needs no workbook)
    from khelang_opendata.intake.snapshot import Snapshot, kept_descriptor  # noqa: PLC0415 (as above)
    from khelang_opendata.package.outputs import check_output, write_output  # noqa: PLC0415 (as above)
    from khelang_opendata.standard.family import load_family  # noqa: PLC0415 (as above)

    if output.suffix.lower() != ".xlsx":
        raise UsageError("output_form_unknown", path=str(output), forms=".xlsx")
    check_output(output)
    if output.exists():
        raise UsageError("workbook_exists", path=str(output))
    family, snapshot = load_family(), None
    if source:
        package, family, tables = _read(source)
        snapshot = Snapshot(tables, kept_descriptor(package.descriptor, list(tables)))
    write_output(output, plan_workbook(family, snapshot, lang))
    print_text(notice("template_written", lang, path=str(output)) + "\n")


def _read(folder: Path) -> tuple[Package, SchemaFamily, dict[str, list[Row]]]:
    """A package with its schemas and tables.

    Raises:
        DataError: cells have not the form of their columns, so that a workbook could not show them as they are.
    """
    from khelang_opendata.intake.plan_sheets import tables_of  # noqa: PLC0415 (as above)
    from khelang_opendata.model.failures import DataError  # noqa: PLC0415 (as above)
    from khelang_opendata.package.datapackage import Package  # noqa: PLC0415 (as above)
    from khelang_opendata.validation import family_of, validate  # noqa: PLC0415 (as above)
    from khelang_opendata.validation.catalogue import rules  # noqa: PLC0415 (as above)
    from khelang_opendata.validation.rules.registry import PlanRule  # noqa: PLC0415 (as above)

    package = Package.load(folder, limits())
    errors = [issue.code for issue in validate(package).issues if issue.severity.value == "error"]
    of_form = [code for code in errors if code not in _FILLED_IN_LATER and not isinstance(rules()[code], PlanRule)]
    if of_form:
        raise DataError("package_unreadable", path=str(folder), count=len(of_form), code=of_form[0])
    family = family_of(package)
    return package, family, tables_of(package, family)


@click.command("import", cls=HelpedCommand)
@click.argument("workbook", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", required=True)
@click.option("--plan-id", metavar="TEXT")
@click.option("--allow-deletions", is_flag=True)
@click.option("--dry-run", is_flag=True)
@language_option
def import_command(
    workbook: Path, output: Path, plan_id: str | None, allow_deletions: bool, dry_run: bool, lang: Language
) -> None:
    """Take a workbook into a package."""
    from khelang_opendata.intake.importing import import_sheets, snapshot_of  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.package_update import changed_files, new_files, write_package  # noqa: PLC0415
    from khelang_opendata.intake.workbook_reading import read_sheets  # noqa: PLC0415 (as above)
    from khelang_opendata.package.datapackage import DESCRIPTOR  # noqa: PLC0415 (as above)

    sheets = read_sheets(read_content(workbook), workbook.name)
    snapshot = snapshot_of(sheets)
    is_new = not (output / DESCRIPTOR).exists()
    if is_new:
        from khelang_opendata.intake.new_package import check_new_folder  # noqa: PLC0415 (as above)
        from khelang_opendata.intake.snapshot import carried  # noqa: PLC0415 (as above)

        check_new_folder(output)
        family, old = carried(snapshot)
        package = None
    else:
        package, family, old = _read(output)
        _check_same_plan(snapshot, old, workbook, output)
    imported = import_sheets(sheets, old, family, plan_id)
    is_stopped = _report(imported, lang, allow_deletions)
    if is_stopped:
        sys.exit(PROBLEMS_IN_DATA)
    files = (
        changed_files(package, imported.tables, old, family)
        if package
        else new_files(imported.tables, snapshot, family)
    )
    if dry_run:
        print_text(notice("import_dry_run", lang, files=len(files), path=str(output)) + "\n")
    else:
        write_package(output, files, is_new=is_new)
        print_text(notice("import_written" if files else "import_unchanged", lang, path=str(output)) + "\n")


def read_content(path: Path) -> bytes:
    """The content of a workbook; UsageError where there is none, DataError where it is too large."""
    from khelang_opendata.intake.xlsx_checks import MOST_BYTES  # noqa: PLC0415 (as above)
    from khelang_opendata.model.failures import DataError, system_errors_as  # noqa: PLC0415 (as above)

    if not path.is_file():
        raise UsageError("workbook_missing", path=str(path))
    with system_errors_as("workbook_unreadable", path):
        if path.stat().st_size > MOST_BYTES:
            raise DataError("workbook_refused", "large", path=str(path))
        return path.read_bytes()


def _check_same_plan(snapshot: Snapshot | None, old: dict[str, list[Row]], workbook: Path, output: Path) -> None:
    if snapshot:
        ids = [rows[0]["plan_id"] if (rows := tables.get("plans")) else "" for tables in (snapshot.tables, old)]
        if ids[0] != ids[1]:
            raise UsageError("other_plan", path=str(workbook), folder=str(output), plan=ids[0], other=ids[1])


def _report(imported: Imported, lang: Language, allow_deletions: bool) -> bool:
    """Print the remarks, weightiest first; whether they stop the import."""
    from khelang_opendata.intake.remark_lines import remark_lines  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.remarks import RemarkKind  # noqa: PLC0415 (as above)

    lines = []
    for kind in RemarkKind:
        remarks = imported.of_kind(kind)
        if remarks:
            lines.append(notice(f"import_{kind}", lang, count=len(remarks)))
            found = remark_lines(remarks, lang)
            lines += [f"  {line}" for line in first_lines(iter(found), len(found), lang)]
    is_refused = bool(imported.of_kind(RemarkKind.REFUSED))
    is_held = bool(imported.of_kind(RemarkKind.DELETED)) and not allow_deletions
    if is_refused or is_held:
        lines.append(notice("import_stopped" if is_refused else "import_held", lang))
    print_text("".join(f"{line}\n" for line in lines))
    return is_refused or is_held
