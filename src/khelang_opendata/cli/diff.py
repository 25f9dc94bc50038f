"""``khelang diff``: what differs between two packages or releases."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from khelang_opendata.cli.common import language_option, limits, print_text
from khelang_opendata.cli.help import HelpedCommand
from khelang_opendata.model.wording import Language
from khelang_opendata.package.datapackage import Package
from khelang_opendata.render.changes import ChangesFormat, render_changes


@click.command("diff", cls=HelpedCommand)
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice([form.value for form in ChangesFormat]), default="text", show_default=True
)
@language_option
@click.option("--output", type=click.Path(path_type=Path))
def diff_command(old: Path, new: Path, format_: str, lang: Language, output: Path | None) -> None:
    """Compare two packages or releases, row by row."""
    from khelang_opendata.diff import diff_packages  # noqa: PLC0415 (the command's help does not need it)

    if output:
        from khelang_opendata.package.outputs import check_output  # noqa: PLC0415 (only where a file is written)

        check_output(output)
    changes = diff_packages(Package.load(old, limits()), Package.load(new, limits()))
    text = render_changes(changes, ChangesFormat(format_), lang)
    if output:
        from khelang_opendata.package.outputs import write_output  # noqa: PLC0415 (only where a file is written)

        write_output(output, text.encode())
    else:
        print_text(text.removeprefix("\ufeff") if sys.stdout.isatty() else text)
