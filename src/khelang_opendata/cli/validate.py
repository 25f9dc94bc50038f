"""``khelang validate``: one package, or many at once."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from khelang_opendata.cli.common import (
    PROBLEMS_IN_DATA,
    is_failure,
    language_option,
    limits,
    notice,
    print_text,
)
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.intake.opening import judged, sheets_of_plan
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language
from khelang_opendata.render.reports import ReportFormat, render_report
from khelang_opendata.standard.family import find_family

if TYPE_CHECKING:
    from khelang_opendata.model.report import Report

_PACKAGE = Path("datapackage")
_ENGINES = ("standard", "large", "frictionless")


@click.command("validate", cls=HelpedCommand)
@click.argument("paths", metavar="[PATH]...", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--format", "format_", type=click.Choice([form.value for form in ReportFormat]), default="text", show_default=True
)
@language_option
@click.option("--output", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path))
@click.option("--fail-on", type=click.Choice(["error", "warning"]), default="error", show_default=True)
@click.option("--engine", type=click.Choice(_ENGINES))
@click.option("--schema", metavar="FOLDER|none")
@click.option("--processes", type=click.IntRange(min=1))
@click.option("--remarks", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--columns", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--watch", "is_watched", is_flag=True)
def validate_command(
    paths: tuple[Path, ...],
    format_: str,
    lang: Language,
    output: Path | None,
    out: Path | None,
    fail_on: str,
    engine: str | None,
    schema: str | None,
    processes: int | None,
    remarks: Path | None,
    columns: Path | None,
    is_watched: bool,
) -> None:
    """Check packages (default: the folder datapackage)."""
    path, *others = paths or [_PACKAGE]
    if remarks and (others or out):
        raise UsageError("remarks_without_workbook", path=", ".join(map(str, paths)))
    if is_watched and (others or out):
        raise UsageError("watch_refused", "several")
    if is_watched and not path.exists():
        raise UsageError("watch_refused", "missing", path=str(path))
    if out or (others and sheets_of_plan(paths, columns) is None):
        if output:
            raise UsageError("output_folder_needed", format=format_)
        from khelang_opendata.cli.validate_many import Many  # noqa: PLC0415 (only for several packages)

        if columns:
            raise UsageError("columns_without_table", path=", ".join(map(str, paths)))
        many = Many(ReportFormat(format_), lang, out, fail_on)
        sys.exit(many.run(paths or [_PACKAGE], engine, processes, find_family(schema) if schema else None))
    from khelang_opendata.tableschema import Engine  # noqa: PLC0415 (several packages do it in their processes)

    if output:
        from khelang_opendata.package.outputs import check_output  # noqa: PLC0415 (only where a file is written)

        check_output(output)
    family = find_family(schema) if schema else None
    color = output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    chosen = Engine(engine) if engine else None
    copy = None
    if remarks:
        from khelang_opendata.intake.remarked_copy import RemarkedCopy  # noqa: PLC0415 (only where one is written)

        copy = RemarkedCopy(remarks, lang)

    def checked() -> tuple[Report, str]:
        given = judged(path, *others, engine=chosen, family=family, limits=limits(), copy=copy, columns=columns)
        with given as (report, package):
            return report, render_report(report, package, ReportFormat(format_), lang, color=color)

    def show(text: str) -> None:
        if copy:
            print_text(notice("remarks_written", lang, count=copy.count, path=str(copy.path)) + "\n", err=True)
        if output:
            from khelang_opendata.package.outputs import write_output  # noqa: PLC0415 (only where a file is written)

            write_output(output, text.encode())
        else:
            print_text(text.removeprefix("\ufeff") if sys.stdout.isatty() else text, styled=color)

    if is_watched:
        from khelang_opendata.cli.watching import watch  # noqa: PLC0415 (only here)

        watch(path, lambda: checked()[1], show, lang)
        return
    report, text = checked()
    show(text)
    if is_failure(report, fail_on):
        sys.exit(PROBLEMS_IN_DATA)
