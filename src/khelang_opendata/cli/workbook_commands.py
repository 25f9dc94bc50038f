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
    from collections.abc import Sequence

    from khelang_opendata.intake.importing import Imported
    from khelang_opendata.intake.plan_files import PlanFile
    from khelang_opendata.intake.receiving import Receiver
    from khelang_opendata.intake.remarked_copy import RemarkedCopy
    from khelang_opendata.intake.workbook_reading import ReadSheet


@click.command("template", cls=HelpedCommand)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", required=True)
@click.option("--from", "source", type=click.Path(path_type=Path), metavar="FOLDER")
@language_option
def template_command(output: Path, source: Path | None, lang: Language) -> None:
    """Make the workbook of a plan."""
    from khelang_opendata.intake.opening import readable_package  # noqa: PLC0415 (as below)
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
        package, family, tables = readable_package(source, limits())
        snapshot = Snapshot(tables, kept_descriptor(package.descriptor, list(tables)))
    write_output(output, plan_workbook(family, snapshot, lang))
    print_text(notice("template_written", lang, path=str(output)) + "\n")


@click.command("import", cls=HelpedCommand)
@click.argument("workbooks", metavar="FILE...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FOLDER", required=True)
@click.option("--plan-id", metavar="TEXT")
@click.option("--columns", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--write-columns", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--allow-deletions", is_flag=True)
@click.option("--dry-run", is_flag=True)
@click.option("--remarks", type=click.Path(path_type=Path), metavar="FILE")
@language_option
def import_command(
    workbooks: tuple[Path, ...],
    output: Path,
    plan_id: str | None,
    columns: Path | None,
    write_columns: Path | None,
    allow_deletions: bool,
    dry_run: bool,
    remarks: Path | None,
    lang: Language,
) -> None:
    """Take workbooks into a package."""
    from khelang_opendata.intake.opening import read_contents  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.package_update import write_package  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.plan_files import read_plan_files  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.receiving import Receiver  # noqa: PLC0415 (as above)
    from khelang_opendata.package.datapackage import DESCRIPTOR  # noqa: PLC0415 (as above)

    given = read_contents(workbooks)
    copy = _copy_for(given, remarks, lang) if remarks else None
    sheets = read_plan_files(given)
    is_new = not (output / DESCRIPTOR).exists()
    if is_new:
        from khelang_opendata.intake.new_package import check_new_folder  # noqa: PLC0415 (as above)

        check_new_folder(output)
        receiver = Receiver.new(sheets)
    else:
        receiver = Receiver.existing(output, sheets, workbooks, limits())
    if write_columns:
        _write_columns(write_columns, sheets, receiver, lang)
        return
    if columns:
        from khelang_opendata.intake.column_map import read_column_maps, with_layouts  # noqa: PLC0415 (as above)

        sheets = with_layouts(sheets, read_column_maps(columns, receiver.family))
    imported = receiver.take(sheets, plan_id)
    is_stopped = _report(imported, lang, allow_deletions)
    if copy:
        copy.write(given[0].path.name, given[0].data, sheets, imported.remarks, None)
        print_text(notice("remarks_written", lang, count=copy.count, path=str(copy.path)) + "\n", err=True)
    if is_stopped:
        sys.exit(PROBLEMS_IN_DATA)
    files = receiver.files(imported.tables)
    if dry_run:
        print_text(notice("import_dry_run", lang, files=len(files), path=str(output)) + "\n")
    else:
        write_package(output, files, is_new=is_new)
        print_text(notice("import_written" if files else "import_unchanged", lang, path=str(output)) + "\n")


def _write_columns(path: Path, sheets: Sequence[ReadSheet], receiver: Receiver, lang: Language) -> None:
    from khelang_opendata.intake.column_map import suggested_map  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.plan_sheets import years_of_plan  # noqa: PLC0415 (as above)
    from khelang_opendata.intake.summary_rows import meanings_of_signs  # noqa: PLC0415 (as above)
    from khelang_opendata.package.outputs import check_output, write_output  # noqa: PLC0415 (as above)

    check_output(path)
    if path.exists():
        raise UsageError("columns_exist", path=str(path))
    old = receiver.old
    text = suggested_map(sheets, receiver.family, years_of_plan(old), meanings_of_signs(old), lang)
    write_output(path, text.encode("utf-8-sig"))  # Notepad of older Windows takes UTF-8 without a mark for another
    print_text(notice("columns_written", lang, path=str(path)) + "\n")


def _copy_for(files: Sequence[PlanFile], path: Path, lang: Language) -> RemarkedCopy:
    """The copy of one workbook that ``--remarks`` names; it is checked before the workbook is read."""
    from khelang_opendata.intake.remarked_copy import RemarkedCopy  # noqa: PLC0415 (as above)

    copy = RemarkedCopy(path, lang)
    if len(files) > 1:
        raise UsageError("remarks_without_workbook", path=", ".join(str(file.path) for file in files))
    copy.check(*files[0])
    return copy


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
    stopped_by = imported.stopped_by(allow_deletions=allow_deletions)
    if stopped_by:
        lines.append(notice("import_stopped" if stopped_by is RemarkKind.REFUSED else "import_held", lang))
    print_text("".join(f"{line}\n" for line in lines))
    return stopped_by is not None
